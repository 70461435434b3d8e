"""What the CityJSON specifications say of names: city objects, geometries, semantic surfaces, members.

Sources: the schemas of CityJSON 1.0.1, 1.1.3 and 2.0.1 (https://www.cityjson.org/schemas/).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ATTRIBUTES_1_0",
    "DEPTHS",
    "FEATURE_MEMBERS",
    "GEOMETRY_MEMBERS",
    "NEEDS_PARENTS",
    "OBJECT_MEMBERS",
    "ROOT_MEMBERS",
    "SEMANTIC_SURFACES",
    "VERSIONS",
    "allowed_geometries",
]

VERSIONS = ("1.0", "1.1", "2.0")

#: How deep boundaries are nested down to the index: a ring of a MultiSurface is an array in an array in an array.
DEPTHS: Mapping[str, int] = {
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiSurface": 3,
    "CompositeSurface": 3,
    "Solid": 4,
    "MultiSolid": 5,
    "CompositeSolid": 5,
}

_SURFACES = frozenset({"MultiSurface", "CompositeSurface"})
_SOLIDS = frozenset({"Solid", "CompositeSolid"})
_BUILT = _SURFACES | _SOLIDS
_ANY = frozenset(DEPTHS) | {"GeometryInstance"}
_LINES = _SURFACES | {"MultiLineString"}

#: City objects of 1.1 and 2.0 -> the geometries they may have.
_NOW: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("Bridge", "BridgePart", "Building", "BuildingPart", "Tunnel", "TunnelPart"), _BUILT),
    **dict.fromkeys(("BuildingRoom", "BuildingStorey", "BuildingUnit", "OtherConstruction"), _BUILT),
    **dict.fromkeys(("BridgeConstructiveElement", "BridgeFurniture", "BridgeInstallation", "BridgeRoom"), _ANY),
    **dict.fromkeys(("BuildingConstructiveElement", "BuildingFurniture", "BuildingInstallation"), _ANY),
    **dict.fromkeys(("TunnelConstructiveElement", "TunnelFurniture", "TunnelHollowSpace", "TunnelInstallation"), _ANY),
    **dict.fromkeys(("CityFurniture", "SolitaryVegetationObject"), _ANY),
    **dict.fromkeys(("Railway", "Road", "TransportSquare", "Waterway"), _LINES | {"MultiPoint"}),
    "CityObjectGroup": frozenset(DEPTHS),
    "LandUse": _SURFACES,
    "PlantCover": _BUILT | {"MultiSolid"},
    "TINRelief": frozenset({"CompositeSurface"}),
    "WaterBody": _BUILT | {"MultiLineString"},
}
_BUILT_1_0 = frozenset({"MultiSurface", "Solid", "CompositeSolid"})
_THEN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("Bridge", "BridgePart", "Building", "BuildingPart", "Tunnel", "TunnelPart"), _BUILT_1_0),
    **dict.fromkeys(
        ("BridgeConstructionElement", "BridgeInstallation", "BuildingInstallation", "TunnelInstallation"), _ANY
    ),
    **dict.fromkeys(("CityFurniture", "GenericCityObject", "SolitaryVegetationObject"), _ANY),
    **dict.fromkeys(("Railway", "Road", "TransportSquare"), _LINES),
    "CityObjectGroup": frozenset(DEPTHS),
    "LandUse": _SURFACES,
    "PlantCover": frozenset({"MultiSolid", "MultiSurface"}),
    "TINRelief": frozenset({"CompositeSurface"}),
    "WaterBody": _BUILT | {"MultiLineString"},
}
_GEOMETRIES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "1.0": _THEN,
    "1.1": _NOW,
    "2.0": {**_NOW, "GenericCityObject": _ANY},
}


def allowed_geometries(version: str) -> Mapping[str, frozenset[str]]:
    """The city objects of a version, each with the geometries it may have."""
    return _GEOMETRIES[version]


#: City objects of the second level, which name the one they belong to.
NEEDS_PARENTS = frozenset(
    {
        *(
            "BridgeConstructionElement",
            "BridgeConstructiveElement",
            "BridgeFurniture",
            "BridgeInstallation",
            "BridgePart",
        ),
        *("BridgeRoom", "BuildingConstructiveElement", "BuildingFurniture", "BuildingInstallation", "BuildingPart"),
        *("BuildingRoom", "BuildingStorey", "BuildingUnit", "TunnelConstructiveElement", "TunnelFurniture"),
        *("TunnelHollowSpace", "TunnelInstallation", "TunnelPart"),
    }
)

SEMANTIC_SURFACES = frozenset(
    {
        *("RoofSurface", "GroundSurface", "WallSurface", "ClosureSurface", "OuterCeilingSurface", "OuterFloorSurface"),
        *("Window", "Door", "InteriorWallSurface", "CeilingSurface", "FloorSurface", "WaterSurface"),
        *("WaterGroundSurface", "WaterClosureSurface", "TrafficArea", "AuxiliaryTrafficArea", "TransportationHole"),
        "TransportationMarking",
    }
)

ROOT_MEMBERS = frozenset(
    {
        *("type", "version", "transform", "CityObjects", "vertices", "metadata", "extensions", "appearance"),
        "geometry-templates",
    }
)
FEATURE_MEMBERS = frozenset({"type", "id", "CityObjects", "vertices", "appearance"})
OBJECT_MEMBERS = frozenset(
    {
        *("type", "attributes", "parents", "children", "geographicalExtent", "geometry", "address"),
        *("children_roles", "members"),
    }
)
GEOMETRY_MEMBERS = frozenset({"type", "lod", "boundaries", "semantics", "material", "texture"})

#: Attributes that CityJSON 1.0 gives a type (later versions leave them to extensions).
ATTRIBUTES_1_0: Mapping[str, type | tuple[type, ...]] = {
    "measuredHeight": (int, float),
    "roofType": str,
    "storeysAboveGround": int,
    "storeysBelowGround": int,
    "storeyHeightsAboveGround": list,
    "storeyHeightsBelowGround": list,
    "yearOfConstruction": int,
    "yearOfDemolition": int,
    "creationDate": str,
    "terminationDate": str,
    "class": str,
    "function": str,
    "usage": str,
}

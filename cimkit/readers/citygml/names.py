"""Names of CityGML and GML: namespaces, what is a city object, what is geometry.

Sources: OGC 08-007r1 (CityGML 1.0), OGC 12-019 (2.0), OGC 21-006r2 (3.0 GML encoding), OGC 03-105r1 and 07-036 (GML).
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

__all__ = [
    "CITYGML",
    "GML",
    "HREF",
    "MEMBERS",
    "SOLIDS",
    "SURFACES",
    "Element",
    "gml_id",
    "inner",
    "is_gml",
    "is_object",
    "local",
    "lod_of",
    "space",
]

Element = etree._Element  # noqa: SLF001 - lxml's own name for the type

CITYGML = "http://www.opengis.net/citygml/"
GML = ("http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2")
HREF = "{http://www.w3.org/1999/xlink}href"
_IDS = tuple(f"{{{namespace}}}id" for namespace in GML)

#: Elements of the root that hold one city object each (or several).
MEMBERS = frozenset({"cityObjectMember", "featureMember", "featureMembers", "member"})

SOLIDS = frozenset({"Solid", "CompositeSolid", "MultiSolid"})
SURFACES = frozenset(
    {
        *("Polygon", "MultiSurface", "CompositeSurface", "Surface", "PolyhedralSurface", "TriangulatedSurface", "Tin"),
        *("OrientableSurface", "Triangle", "Rectangle", "PolygonPatch", "Shell"),
    }
)

# Data types and other things with a capital letter that are no city objects.
_NOT_OBJECTS = frozenset(
    {
        *("Address", "AddressDetails", "Appearance", "ExternalReference", "ImplicitGeometry", "Building.address"),
        *("StringAttribute", "IntAttribute", "DoubleAttribute", "DateAttribute", "UriAttribute", "MeasureAttribute"),
        *(
            "CodeAttribute",
            "GenericAttributeSet",
            "Height",
            "Elevation",
            "RoomHeight",
            "ConstructionEvent",
            "Occupancy",
        ),
        *("QualifiedArea", "QualifiedVolume", "Role", "Relation", "CityObjectRelation", "TransactionType"),
    }
)
_LOD = re.compile(r"lod(\d)")


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def local(element: Element) -> str:
    """The name without its namespace."""
    return _local(element.tag)


def space(element: Element) -> str:
    """The namespace."""
    return element.tag.rpartition("}")[0].removeprefix("{")


def inner(element: Element) -> list[Element]:
    """The child elements, without entities (comments and instructions are left out when parsing)."""
    return [child for child in element if type(child) is Element]


def gml_id(element: Element) -> str | None:
    """`gml:id`."""
    for name in _IDS:
        found = element.get(name)
        if found is not None:
            return found
    return None


def is_gml(element: Element) -> bool:
    """Whether GML itself defines the element."""
    return space(element) in GML


def is_object(element: Element) -> bool:
    """Whether an element inside a property is a city object: of CityGML's own kinds, or an extension's with an id."""
    name = local(element)
    if not name[:1].isupper() or name in _NOT_OBJECTS or is_gml(element):
        return False
    return space(element).startswith(CITYGML) or gml_id(element) is not None


def lod_of(name: str) -> str:
    """The level of detail in the name of a property: `lod2Solid` -> 2; "" where there is none."""
    found = _LOD.match(name)
    return found[1] if found else ""

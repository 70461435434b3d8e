"""Types, materials and classification of the renewed block: what its components have in common."""

from __future__ import annotations

from typing import Any

from makers.block_kinds import DOORS, MATERIALS, WALLS, WINDOWS
from makers.geometry import Geometry
from makers.properties import Properties, Values, identifier, ratio, thermal
from makers.step_model import StepModel

__all__ = ["Types"]

_CLASSES = {
    "14-10.20.03.03": "内墙",
    "14-10.20.03.06": "外墙",
    "14-10.20.09": "门",
    "14-10.20.12": "窗",
    "14-10.20.15": "屋顶",
    "14-10.20.18": "楼、地面",
    "14-20.10": "地基基础",
    "14-20.30.03": "钢柱",
    "14-20.30.06": "钢梁",
}


class Types:
    """Makes each type once and gives it to the occurrences that ask for it by code."""

    def __init__(self, model: StepModel, geometry: Geometry, properties: Properties, project: Any) -> None:
        self.model = model
        self.geometry = geometry
        self.properties = properties
        self.project = project
        self.types: dict[str, Any] = {}
        self.maps: dict[str, Any] = {}
        self._walls()
        self._doors()
        self._windows()
        self._plain_types()

    def assign(self, element: Any, code: str) -> None:
        """Give an occurrence its type; the type's own PredefinedType speaks for both."""
        self.model.relate("IfcRelDefinesByType", ("RelatingType", self.types[code]), ("RelatedObjects", element))

    def classify(self, element: Any, code: str) -> None:
        """Give an occurrence its class in table 14 of GB/T 51269."""
        system = self.model.shared(
            "IfcClassification", Source="中华人民共和国住房和城乡建设部", Edition="2017", Name="GB/T 51269-2017"
        )
        reference = self.model.shared(
            "IfcClassificationReference", Identification=code, Name=_CLASSES[code], ReferencedSource=system
        )
        self.model.relate(
            "IfcRelAssociatesClassification", ("RelatingClassification", reference), ("RelatedObjects", element)
        )

    def made_of(self, thing: Any, material: Any) -> None:
        """Associate an occurrence or a type with a material, layer set or constituent set."""
        self.model.relate("IfcRelAssociatesMaterial", ("RelatingMaterial", material), ("RelatedObjects", thing))

    def material(self, name: str) -> Any:
        category, conductivity = MATERIALS[name]
        material = self.model.shared("IfcMaterial", Name=name, Category=category)
        value = self.model.shared(
            "IfcPropertySingleValue",
            Name="ThermalConductivity",
            NominalValue=self.model.value("IfcThermalConductivityMeasure", conductivity),
        )
        self.model.shared("IfcMaterialProperties", Name="Pset_MaterialThermal", Properties=[value], Material=material)
        return material

    def layers(self, name: str, *layers: tuple[str, int]) -> Any:
        """A layer set; each layer a material's name and a thickness in mm."""
        parts = [
            self.model.add("IfcMaterialLayer", Material=self.material(m), LayerThickness=float(t), Name=m)
            for m, t in layers
        ]
        return self.model.add("IfcMaterialLayerSet", MaterialLayers=parts, LayerSetName=name)

    def constituents(self, name: str, **parts: str) -> Any:
        members = [
            self.model.add("IfcMaterialConstituent", Name=part, Material=self.material(m)) for part, m in parts.items()
        ]
        return self.model.add("IfcMaterialConstituentSet", Name=name, MaterialConstituents=members)

    def _type(
        self, entity: str, code: str, zh: str, pset: str, values: Values, *more: tuple[str, Values], **attributes: Any
    ) -> Any:
        """A type with its standard set, `pset`, and what other sets it has (name, values)."""
        sets = ((pset, {"Reference": identifier(code), **values}), *more)
        made = self.model.rooted(
            entity,
            f"type/{code}",
            Name=f"{code} {zh}",
            Tag=code,
            HasPropertySets=[self.properties.on_type(name, content) for name, content in sets],
            **attributes,
        )
        self.types[code] = made
        self.model.relate("IfcRelDeclares", ("RelatingContext", self.project), ("RelatedDefinitions", made))
        return made

    def _walls(self) -> None:
        for code, kind in WALLS.items():
            values = {
                "IsExternal": kind.external,
                "LoadBearing": kind.bearing,
                "ThermalTransmittance": thermal(kind.transmittance),
                "Combustible": False,
                "SurfaceSpreadOfFlame": "A",
                "Compartmentation": kind.bearing,
                "ExtendToStructure": kind.predefined != "PARAPET",
            }
            made = self._type("IfcWallType", code, kind.zh, "Pset_WallCommon", values, PredefinedType=kind.predefined)
            self.made_of(made, self.layers(kind.zh, *kind.layers))

    def _doors(self) -> None:
        for code, kind in DOORS.items():
            values = {
                "IsExternal": kind.external,
                "ThermalTransmittance": thermal(kind.transmittance),
                "GlazingAreaFraction": ratio(0.05),
                "HandicapAccessible": kind.width >= 1000,
                "FireExit": kind.exit,
                "SelfClosing": kind.closing,
                "SmokeStop": kind.fire == "1.50h",
                "HasDrive": code == "DT1021",
            }
            shape = self.geometry.box(kind.width, 50, kind.height)
            self.maps[code] = self.geometry.type_map(shape)
            made = self._type(
                "IfcDoorType",
                code,
                kind.zh,
                "Pset_DoorCommon",
                values,
                PredefinedType="DOOR",
                OperationType=kind.operation,
                RepresentationMaps=[self.maps[code]],
            )
            self.made_of(made, self.constituents(kind.zh, Lining=kind.material, Framing=kind.material))

    def _windows(self) -> None:
        for code, kind in WINDOWS.items():
            values = {"IsExternal": True, "GlazingAreaFraction": ratio(0.7), "SmokeStop": False, "FireExit": False}
            glass = self.geometry.box(kind.width - 100, 20, kind.height - 100, (50, 30, 50))
            corners = ((0, 0), (kind.width, 0), (kind.width, kind.height), (0, kind.height))
            inner = (
                (50, 50),
                (kind.width - 50, 50),
                (kind.width - 50, kind.height - 50),
                (50, kind.height - 50),
            )
            profile = self.geometry.polygon(corners, [inner])
            frame = self.geometry.extrusion(profile, 80, (0, 80, 0), (1, 0, 0), (0, -1, 0))
            self.maps[code] = self.geometry.type_map(frame, glass)
            glazing = {
                "GlassLayers": ("IfcCountMeasure", kind.panes),
                "SolarHeatGainTransmittance": ("IfcNormalisedRatioMeasure", kind.solar_gain),
            }
            made = self._type(
                "IfcWindowType",
                code,
                kind.zh,
                "Pset_WindowCommon",
                values,
                ("Pset_DoorWindowGlazingType", glazing),
                PredefinedType="WINDOW",
                PartitioningType=kind.partitioning,
                RepresentationMaps=[self.maps[code]],
            )
            self.made_of(made, self.constituents(kind.zh, Framing=kind.frame, Glazing="中空玻璃"))

    def _plain_types(self) -> None:
        slab = {"Combustible": False, "SurfaceSpreadOfFlame": "A", "Compartmentation": True, "LoadBearing": True}
        for code, zh, predefined, outside, u in (
            ("LB150", "预制混凝土楼板150", "FLOOR", False, 1.50),
            ("TB150", "现浇混凝土楼板150", "FLOOR", False, 1.50),
            ("DB150", "混凝土底板150", "BASESLAB", True, 0.60),
            ("WB150", "屋面板150", "ROOF", True, 0.35),
            ("PT150", "休息平台板150", "LANDING", False, 1.50),
        ):
            values = {**slab, "IsExternal": outside, "ThermalTransmittance": thermal(u)}
            made = self._type("IfcSlabType", code, zh, "Pset_SlabCommon", values, PredefinedType=predefined)
            self.made_of(made, self.layers(zh, ("水泥砂浆", 30), ("钢筋混凝土", 120)))
        for entity, code, zh, material in (
            ("IfcColumnType", "GZ200", "方钢管柱200", "钢"),
            ("IfcBeamType", "GL200", "方钢管梁200", "钢"),
        ):
            pset = f"Pset_{entity[3:-4]}Common"
            values = {"LoadBearing": True, "IsExternal": True}
            made = self._type(entity, code, zh, pset, values, PredefinedType=entity[3:-4].upper())
            self.made_of(made, self.material(material))
        for code, zh, predefined, layer, u in (
            ("BW100", "外墙岩棉保温100", "INSULATION", "岩棉板", 0.40),
            ("BW120", "屋面挤塑板保温120", "INSULATION", "挤塑聚苯板", 0.25),
        ):
            values = {
                "IsExternal": True,
                "Combustible": layer != "岩棉板",
                "SurfaceSpreadOfFlame": "A" if layer == "岩棉板" else "B1",
                "FlammabilityRating": "A" if layer == "岩棉板" else "B1",
                "ThermalTransmittance": thermal(u),
            }
            made = self._type("IfcCoveringType", code, zh, "Pset_CoveringCommon", values, PredefinedType=predefined)
            self.made_of(made, self.layers(zh, (layer, int(code[2:]))))
        self._type(
            "IfcTransportElementType",
            "DT630",
            "无机房电梯630kg",
            "Pset_TransportElementCommon",
            {
                "CapacityPeople": ("IfcCountMeasure", 8.0),
                "CapacityWeight": ("IfcMassMeasure", 630.0),
                "FireExit": False,
            },
            PredefinedType="ELEVATOR",
        )

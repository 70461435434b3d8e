"""A small house as a Chinese Revit exports it to IFC2X3, with the habits that trouble those who check it.

Names 族:类型:ID, storeys 标高 n, bare Chinese property sets, proxies, a class called 'Null', the site at the tool's
default place, the project's fields as the template left them. It imitates habits, not a product: no such tool wrote it.
"""

from __future__ import annotations

from typing import Any

from makers.frame import contexts, created_seconds, project_units
from makers.geometry import Geometry, Point
from makers.properties import Properties, Values, identifier
from makers.revit_sets import Named, common_sets, opening_constraints, type_sets, wall_constraints
from makers.step_model import Header, StepModel

__all__ = ["FILE_NAME", "header", "make_house"]

FILE_NAME = "revit-chinese.ifc"

_HEIGHT = 3300
_LENGTH, _DEPTH, _OUTER, _INNER, _FLOOR = 12000, 8000, 200, 100, 150

_WALL = Named("基本墙", "常规 - 200mm", "墙", 398)
_PARTITION = Named("基本墙", "内部 - 砌块墙 100", "墙", 402)
_FLOOR_KIND = Named("楼板", "常规 - 150mm", "楼板", 339)
_ROOF_KIND = Named("基本屋顶", "常规 - 150mm", "屋顶", 335)
_COLUMN = Named("混凝土 - 矩形 - 柱", "300 x 300mm", "结构柱", 202155)
_DOOR = Named("单扇 - 与墙齐", "900 x 2100mm", "门", 202211)
_WINDOW = Named("推拉窗", "1500 x 1500mm", "窗", 202303)
_PROXIES = (
    Named("空调室外机", "标准", "机械设备", 210417),
    Named("雨水管", "DN100", "常规模型", 210533),
    Named("散水", "600mm", "常规模型", 210609),
)


def header() -> Header:
    """The header, in the form that Revit's exporter gives it, and marked as an imitation."""
    return Header(
        name="住宅楼_建筑.ifc",
        description=(
            "ViewDefinition [CoordinationView_V2.0]",
            "Comment [synthetic sample, not a real building, not written by Revit]",
            "Comment [合成样例，非真实建筑，并非由 Revit 导出]",
        ),
        author="",
        organization="",
        preprocessor="IfcOpenShell",
        system="synthetic imitation - Autodesk Revit 2020 (CHS) - 20.0.0.377",
        authorization="",
    )


def make_house() -> StepModel:
    """Build the whole model, IFC2X3."""
    return _House().model


class _House:
    def __init__(self) -> None:
        self.model = StepModel("IFC2X3", "revit-chinese")
        self.properties = Properties(self.model)
        self.types: dict[str, Any] = {}
        self.last_id = 304215 - 17
        self.storey: Any = None
        self.level = ""
        self.upper = ""
        self._history()
        self._project()
        for number in range(1, 6):
            self._level(number)
        self.model.finish()

    def _history(self) -> None:
        add = self.model.add
        nobody = add("IfcOrganization", Name="")
        maker = add("IfcOrganization", Name="Autodesk Revit 2020 (CHS)")
        application = add(
            "IfcApplication",
            ApplicationDeveloper=maker,
            Version="2020",
            ApplicationFullName="Autodesk Revit 2020 (CHS)",
            ApplicationIdentifier="Revit",
        )
        user = add("IfcPersonAndOrganization", ThePerson=add("IfcPerson", FamilyName=""), TheOrganization=nobody)
        self.model.owner_history = add(
            "IfcOwnerHistory",
            OwningUser=user,
            OwningApplication=application,
            ChangeAction="NOCHANGE",
            CreationDate=created_seconds(),
        )

    def _project(self) -> None:
        model = self.model
        world, body = contexts(model)
        self.geometry = Geometry(model, body)
        project = model.rooted(
            "IfcProject",
            "project",
            Name="项目编号",
            LongName="项目名称",
            Phase="项目状态",
            RepresentationContexts=[world],
            UnitsInContext=project_units(model),
        )
        site = model.rooted(
            "IfcSite",
            "site",
            Name="Default",
            CompositionType="ELEMENT",
            ObjectPlacement=self.geometry.placement(None, (0, 0, 0)),
            RefLatitude=(39, 54, 57, 601318),
            RefLongitude=(116, 25, 58, 795166),
            RefElevation=0.0,
        )
        self.building = model.rooted(
            "IfcBuilding",
            "building",
            Name="",
            LongName="项目名称",
            CompositionType="ELEMENT",
            ObjectPlacement=self.geometry.placement(site, (0, 0, 0)),
        )
        for whole, part in ((project, site), (site, self.building)):
            model.relate("IfcRelAggregates", ("RelatingObject", whole), ("RelatedObjects", part))

    def _level(self, number: int) -> None:
        elevation = (number - 1) * _HEIGHT
        self.level, self.upper = f"标高 {number}", f"标高 {number + 1}"
        self.storey = self.model.rooted(
            "IfcBuildingStorey",
            self.level,
            Name=self.level,
            ObjectType="标高:上标头",
            CompositionType="ELEMENT",
            ObjectPlacement=self.geometry.placement(self.building, (0, 0, elevation)),
            Elevation=float(elevation),
        )
        self.model.relate("IfcRelAggregates", ("RelatingObject", self.building), ("RelatedObjects", self.storey))
        if number == 5:
            self._slab(_ROOF_KIND, "ROOF")
            return
        walls = self._walls()
        self._slab(_FLOOR_KIND, "FLOOR")
        self._openings(walls)
        for x, y in ((200, 200), (11500, 200), (200, 7500), (11500, 7500)):
            self._column(x, y)
        self._rooms(number)
        for place, named in enumerate(_PROXIES[: 3 if number == 1 else 1]):
            self._proxy(named, place)

    def _place(self, x: float, y: float, z: float) -> Any:
        return self.geometry.placement(self.storey, (x, y, z))

    def _product(self, entity: str, named: Named, placement: Any, solid: Any, **attributes: Any) -> Any:
        """An element of the current level with Revit's name and number."""
        self.last_id += 17
        element = self.model.rooted(
            entity,
            f"element/{self.last_id}",
            Name=named.name(self.last_id),
            ObjectType=named.name(),
            Tag=str(self.last_id),
            ObjectPlacement=placement,
            Representation=self.geometry.shape(solid),
            **attributes,
        )
        self.model.relate(
            "IfcRelContainedInSpatialStructure", ("RelatingStructure", self.storey), ("RelatedElements", element)
        )
        return element

    def _describe(
        self,
        element: Any,
        named: Named,
        size: dict[str, tuple[str, float]],
        standard: Values,
        bearing: bool | None = None,
        constraints: Values | None = None,
    ) -> None:
        sets = common_sets(named, self.level, size, bearing)
        if constraints is not None:
            sets["约束"] = dict(constraints)
        for name, values in sets.items():
            self.properties.attach_own(element, name, values)
        entity = element.is_a()[3:].removesuffix("StandardCase")
        reference = {"Reference": identifier(named.kind)}
        self.properties.attach_own(element, f"Pset_{entity}Common", {**reference, **standard})

    def _typed(self, element: Any, entity: str, named: Named, **attributes: Any) -> None:
        if named.name() not in self.types:
            self.types[named.name()] = self.model.rooted(
                entity,
                f"type/{named.name()}",
                Name=named.name(),
                Tag=str(named.type_id),
                HasPropertySets=[self.properties.on_type(n, values) for n, values in type_sets(named).items()],
                **attributes,
            )
        made = self.types[named.name()]
        self.model.relate("IfcRelDefinesByType", ("RelatingType", made), ("RelatedObjects", element))

    def _walls(self) -> list[tuple[Any, int]]:
        rows: tuple[tuple[Named, Point, Point | None, int, int], ...] = (
            (_WALL, (0, 0, 0), None, _LENGTH, _OUTER),
            (_WALL, (0, _DEPTH - _OUTER, 0), None, _LENGTH, _OUTER),
            (_WALL, (_OUTER, _OUTER, 0), (0, 1, 0), _DEPTH - 2 * _OUTER, _OUTER),
            (_WALL, (_LENGTH, _OUTER, 0), (0, 1, 0), _DEPTH - 2 * _OUTER, _OUTER),
            (_PARTITION, (6000, _OUTER, 0), (0, 1, 0), _DEPTH - 2 * _OUTER, _INNER),
        )
        walls = []
        height = _HEIGHT - _FLOOR
        for named, origin, x_axis, length, thickness in rows:
            solid = self.geometry.box(length, thickness, height)
            placement = self.geometry.placement(self.storey, origin, x_axis)
            wall = self._product("IfcWallStandardCase", named, placement, solid)
            area = length * height / 1e6
            size = {
                "长度": ("IfcLengthMeasure", float(length)),
                "面积": ("IfcAreaMeasure", area),
                "体积": ("IfcVolumeMeasure", area * thickness / 1000),
            }
            outside = named is _WALL
            standard = {"IsExternal": outside, "LoadBearing": False, "ExtendToStructure": False}
            limits = wall_constraints(self.level, self.upper, float(height))
            self._describe(wall, named, size, standard, bearing=False, constraints=limits)
            self._typed(wall, "IfcWallType", named, PredefinedType="STANDARD")
            self._layered(wall, named, thickness)
            if outside:
                self._null_class(wall)
            walls.append((wall, thickness))
        return walls

    def _layered(self, wall: Any, named: Named, thickness: int) -> None:
        material = self.model.shared("IfcMaterial", Name="默认墙")
        layer = self.model.shared("IfcMaterialLayer", Material=material, LayerThickness=float(thickness))
        layers = self.model.shared("IfcMaterialLayerSet", MaterialLayers=[layer], LayerSetName=named.name())
        usage = self.model.shared(
            "IfcMaterialLayerSetUsage",
            ForLayerSet=layers,
            LayerSetDirection="AXIS2",
            DirectionSense="POSITIVE",
            OffsetFromReferenceLine=0.0,
        )
        self.model.relate("IfcRelAssociatesMaterial", ("RelatingMaterial", usage), ("RelatedObjects", wall))

    def _null_class(self, element: Any) -> None:
        system = self.model.shared(
            "IfcClassification", Source="http://www.csiorg.net/uniformat", Edition="1998", Name="Uniformat"
        )
        null = self.model.shared(
            "IfcClassificationReference", ItemReference="Null", Name="Null", ReferencedSource=system
        )
        self.model.relate(
            "IfcRelAssociatesClassification", ("RelatingClassification", null), ("RelatedObjects", element)
        )

    def _openings(self, walls: list[tuple[Any, int]]) -> None:
        for entity, named, host, start, sill in (
            ("IfcDoor", _DOOR, 0, 1000, 0),
            ("IfcDoor", _DOOR, 4, 3000, 0),
            ("IfcWindow", _WINDOW, 0, 8000, 900),
            ("IfcWindow", _WINDOW, 1, 2000, 900),
            ("IfcWindow", _WINDOW, 1, 8000, 900),
        ):
            wall, thickness = walls[host]
            width, height = (900, 2100) if entity == "IfcDoor" else (1500, 1500)
            void = self.model.rooted(
                "IfcOpeningElement",
                f"void/{self.last_id}",
                Name=named.name(self.last_id + 17),
                ObjectPlacement=self.geometry.placement(wall, (start, 0, sill)),
                Representation=self.geometry.shape(self.geometry.box(width, thickness, height)),
            )
            solid = self.geometry.box(width, 50, height)
            placement = self.geometry.placement(void, (0, 0, 0))
            filling = self._product(
                entity, named, placement, solid, OverallHeight=float(height), OverallWidth=float(width)
            )
            self.model.rooted(
                "IfcRelVoidsElement",
                f"voids/{self.last_id}",
                RelatingBuildingElement=wall,
                RelatedOpeningElement=void,
            )
            self.model.rooted(
                "IfcRelFillsElement",
                f"fills/{self.last_id}",
                RelatingOpeningElement=void,
                RelatedBuildingElement=filling,
            )
            size = {"高度": ("IfcLengthMeasure", float(height)), "宽度": ("IfcLengthMeasure", float(width))}
            limits = opening_constraints(self.level, float(sill))
            self._describe(filling, named, size, {"IsExternal": host != 4}, constraints=limits)
            self._typed(
                filling,
                f"{entity}Style",
                named,
                OperationType="SINGLE_SWING_LEFT" if entity == "IfcDoor" else "DOUBLE_PANEL_VERTICAL",
                ConstructionType="NOTDEFINED",
                ParameterTakesPrecedence=False,
                Sizeable=False,
            )

    def _slab(self, named: Named, kind: str) -> None:
        solid = self.geometry.box(_LENGTH, _DEPTH, _FLOOR)
        slab = self._product("IfcSlab", named, self._place(0, 0, -_FLOOR), solid, PredefinedType=kind)
        area = _LENGTH * _DEPTH / 1e6
        size = {
            "厚度": ("IfcLengthMeasure", float(_FLOOR)),
            "面积": ("IfcAreaMeasure", area),
            "体积": ("IfcVolumeMeasure", area * _FLOOR / 1000),
        }
        self._describe(slab, named, size, {"IsExternal": kind == "ROOF", "LoadBearing": True}, bearing=True)
        self._typed(slab, "IfcSlabType", named, PredefinedType=kind)
        self._null_class(slab)

    def _column(self, x: int, y: int) -> None:
        height = _HEIGHT - _FLOOR
        column = self._product("IfcColumn", _COLUMN, self._place(x, y, 0), self.geometry.box(300, 300, height))
        size = {"体积": ("IfcVolumeMeasure", 0.09 * height / 1000)}
        self._describe(column, _COLUMN, size, {"IsExternal": False, "LoadBearing": True}, bearing=True)
        self._typed(column, "IfcColumnType", _COLUMN, PredefinedType="COLUMN")

    def _proxy(self, named: Named, place: int) -> None:
        solid = self.geometry.box(800, 300, 600)
        placement = self._place(3000 + 2000 * place, -300, 0)
        proxy = self._product("IfcBuildingElementProxy", named, placement, solid, CompositionType="ELEMENT")
        size = {"体积": ("IfcVolumeMeasure", 0.144)}
        self._describe(proxy, named, size, {})
        self._typed(proxy, "IfcBuildingElementProxyType", named, PredefinedType="NOTDEFINED")

    def _rooms(self, number: int) -> None:
        depth, height = _DEPTH - 2 * _OUTER, _HEIGHT - _FLOOR
        for code, zh, x0, x1 in ((1, "客厅", _OUTER, 5900), (2, "卧室", 6000, _LENGTH - _OUTER)):
            room = self.model.rooted(
                "IfcSpace",
                f"room/{number}/{code}",
                Name=f"{number}0{code}",
                LongName=zh,
                CompositionType="ELEMENT",
                InteriorOrExteriorSpace="INTERNAL",
                ObjectPlacement=self.geometry.placement(self.storey, (x0, _OUTER, 0)),
                Representation=self.geometry.shape(self.geometry.box(x1 - x0, depth, height)),
            )
            self.model.relate("IfcRelAggregates", ("RelatingObject", self.storey), ("RelatedObjects", room))
            area = (x1 - x0) * depth / 1e6
            self.properties.attach_own(room, "尺寸标注", {"面积": ("IfcAreaMeasure", area)})
            self.properties.attach_own(room, "标识数据", {"名称": zh, "编号": f"{number}0{code}"})
            self.properties.attach_own(room, "阶段化", {"阶段": "新构造"})

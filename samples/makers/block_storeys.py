"""Walls, doors, windows and rooms of one storey of the renewed block, from its plan."""

from __future__ import annotations

from typing import Any

from makers.block_kinds import DOORS, WALLS, WINDOWS
from makers.block_plan import SLAB, Opening, Plan, Room, Storey, Wall
from makers.block_sets import PREFIX, room_sets, window_sets
from makers.block_types import Types
from makers.properties import Properties, Values, length, thermal
from makers.step_model import StepModel

__all__ = ["StoreyMaker"]

_PARAPET = 900


class StoreyMaker:
    """Fills one storey; what it makes is contained in it, named and tagged by storey and code."""

    def __init__(self, model: StepModel, types: Types, properties: Properties, storey: Storey, placed: Any) -> None:
        self.model = model
        self.types = types
        self.geometry = types.geometry
        self.properties = properties
        self.storey = storey
        self.placed = placed
        self.walls: dict[str, tuple[Wall, Any]] = {}

    def element(self, entity: str, code: str, zh: str, **attributes: Any) -> Any:
        """An element of this storey, not yet contained."""
        tag = f"{self.storey.name}-{code}"
        return self.model.rooted(entity, tag, Name=f"{self.storey.name} {zh}", Tag=tag, **attributes)

    def contain(self, element: Any) -> None:
        self.model.relate(
            "IfcRelContainedInSpatialStructure", ("RelatingStructure", self.placed), ("RelatedElements", element)
        )

    def common(self, element: Any, status: str, fire: str, **more: Any) -> None:
        """Give an element its standard set with phase, fire rating and what else differs from its type's."""
        values: Values = {"Status": status, "FireRating": fire, **more}
        self.properties.attach(element, f"Pset_{element.is_a()[3:]}Common", values)

    def fill(self, plan: Plan) -> None:
        """Make everything that the plan draws."""
        for wall in plan.walls:
            self._wall(wall)
        for opening in plan.openings:
            self._opening(opening)
        for room in plan.rooms:
            self._room(room)

    def _wall(self, wall: Wall) -> None:
        kind = WALLS[wall.kind]
        height = self._wall_height(wall)
        origin, x_axis = ((wall.x0, wall.y0, 0), None) if wall.along_x else ((wall.x1, wall.y0, 0), (0, 1, 0))
        element = self.element(
            "IfcWall",
            wall.code,
            wall.zh,
            ObjectPlacement=self.geometry.placement(self.placed, origin, x_axis),
            Representation=self.geometry.shape(self.geometry.box(wall.length, wall.thickness, height)),
        )
        self.contain(element)
        self.types.assign(element, wall.kind)
        self.types.classify(element, kind.family)
        self.common(element, wall.status, kind.fire)
        side = wall.length * height / 1e6
        self.properties.measure(
            element,
            "Qto_WallBaseQuantities",
            Length=("length", wall.length),
            Width=("length", wall.thickness),
            Height=("length", height),
            GrossSideArea=("area", side),
            GrossVolume=("volume", side * wall.thickness / 1000),
        )
        self.walls[wall.code] = (wall, element)

    def _wall_height(self, wall: Wall) -> int:
        if wall.kind == "NE240":
            return _PARAPET
        above = (
            200 if wall.code.startswith("H") else SLAB
        )  # the shaft's walls stand under a beam, the others under a slab
        return self.storey.height - above

    def _opening(self, opening: Opening) -> None:
        wall, host = self.walls[opening.wall]
        door = opening.kind in DOORS
        kind = DOORS[opening.kind] if door else WINDOWS[opening.kind]
        start = opening.start - (wall.x0 if wall.along_x else wall.y0)
        void = self.model.rooted(
            "IfcOpeningElement",
            f"{self.storey.name}-{opening.code}-void",
            Name=f"{self.storey.name} 洞口 {opening.code}",
            ObjectPlacement=self.geometry.placement(host, (start, 0, opening.sill)),
            Representation=self.geometry.shape(self.geometry.box(kind.width, wall.thickness, kind.height)),
            PredefinedType="OPENING",
        )
        element = self.element(
            "IfcDoor" if door else "IfcWindow",
            opening.code,
            kind.zh,
            ObjectPlacement=self.geometry.placement(void, (0, (wall.thickness - (50 if door else 80)) / 2, 0)),
            Representation=self.geometry.mapped_shape(self.types.maps[opening.kind]),
            OverallHeight=float(kind.height),
            OverallWidth=float(kind.width),
        )
        key = f"{self.storey.name}-{opening.code}"
        self.model.rooted(
            "IfcRelVoidsElement", f"{key}-voids", RelatingBuildingElement=host, RelatedOpeningElement=void
        )
        self.model.rooted(
            "IfcRelFillsElement", f"{key}-fills", RelatingOpeningElement=void, RelatedBuildingElement=element
        )
        self.contain(element)
        self.types.assign(element, opening.kind)
        self.types.classify(element, "14-10.20.09" if door else "14-10.20.12")
        own = {} if door else {"ThermalTransmittance": thermal(kind.transmittance)}
        self.common(element, opening.status, kind.fire, **own)
        if door:
            self.properties.attach(
                element, f"{PREFIX}门信息属性集", {"开启方向": "推拉" if opening.kind == "DT1021" else "平开"}
            )
        else:
            for name, values in window_sets(float(opening.sill)).items():
                self.properties.attach(element, PREFIX + name, values)
        self.properties.measure(
            element,
            f"Qto_{element.is_a()[3:]}BaseQuantities",
            Width=("length", kind.width),
            Height=("length", kind.height),
            Area=("area", kind.width * kind.height / 1e6),
        )

    def _room(self, room: Room) -> None:
        width, depth, height = room.x1 - room.x0, room.y1 - room.y0, self.storey.height - SLAB
        area = width * depth / 1e6
        space = self.model.rooted(
            "IfcSpace",
            f"{self.storey.name}-room-{room.code}",
            Name=f"{room.code} {room.zh}",
            LongName=room.zh,
            CompositionType="ELEMENT",
            PredefinedType="INTERNAL",
            ObjectPlacement=self.geometry.placement(self.placed, (room.x0, room.y0, 0)),
            Representation=self.geometry.shape(self.geometry.box(width, depth, height)),
        )
        self.model.relate("IfcRelAggregates", ("RelatingObject", self.placed), ("RelatedObjects", space))
        public = room.use == "交通"
        self.properties.attach(
            space,
            "Pset_SpaceCommon",
            {"IsExternal": False, "PubliclyAccessible": public, "HandicapAccessible": room.zh == "候梯厅"},
        )
        for name, values in room_sets(room.use, float(height), round(area, 2)).items():
            self.properties.attach(space, PREFIX + name, values)
        self.properties.measure(
            space,
            "Qto_SpaceBaseQuantities",
            Height=("length", height),
            GrossFloorArea=("area", area),
            NetFloorArea=("area", area),
            NetVolume=("volume", area * height / 1000),
        )

    def box_element(
        self,
        entity: str,
        code: str,
        zh: str,
        kind: str,
        box: tuple[float, float, float, float, float, float],
        status: str,
        fire: str,
        **attributes: Any,
    ) -> Any:
        """An element that is a box; `box` is x, y, z of its corner and its size along x, y, z, in mm."""
        x, y, z, width, depth, height = box
        element = self.element(
            entity,
            code,
            zh,
            ObjectPlacement=self.geometry.placement(self.placed, (x, y, z)),
            Representation=self.geometry.shape(self.geometry.box(width, depth, height)),
            **attributes,
        )
        self.contain(element)
        self.types.assign(element, kind)
        extra = {"Span": length(max(width, depth))} if entity == "IfcBeam" else {}
        self.common(element, status, fire, **extra)
        return element

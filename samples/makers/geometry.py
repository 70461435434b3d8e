"""Placements and extruded solids in millimetres, each written once and shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from makers.step_model import StepModel

__all__ = ["Geometry", "Point"]

Point = tuple[float, ...]


class Geometry:
    """Geometry of one model; `body` is the context (or sub-context) that bodies belong to."""

    def __init__(self, model: StepModel, body: Any) -> None:
        self.model = model
        self.body = body

    def point(self, *coordinates: float) -> Any:
        return self.model.shared("IfcCartesianPoint", Coordinates=tuple(float(c) for c in coordinates))

    def direction(self, *ratios: float) -> Any:
        return self.model.shared("IfcDirection", DirectionRatios=tuple(float(r) for r in ratios))

    def axes(self, origin: Point, x_axis: Point | None = None, z_axis: Point | None = None) -> Any:
        """Right-handed axes at `origin`; without directions those of the world."""
        return self.model.shared(
            "IfcAxis2Placement3D",
            Location=self.point(*origin),
            Axis=self.direction(*(z_axis or (0, 0, 1))) if x_axis or z_axis else None,
            RefDirection=self.direction(*(x_axis or (1, 0, 0))) if x_axis or z_axis else None,
        )

    def placement(self, parent: Any | None, origin: Point, x_axis: Point | None = None) -> Any:
        """A placement of one product, relative to that of `parent` (a product) or to the world."""
        relative_to = parent.ObjectPlacement if parent is not None else None
        return self.model.add(
            "IfcLocalPlacement", PlacementRelTo=relative_to, RelativePlacement=self.axes(origin, x_axis)
        )

    def rectangle(self, width: float, depth: float) -> Any:
        """A rectangle with one corner at the origin."""
        centre = self.model.shared("IfcAxis2Placement2D", Location=self.point(width / 2, depth / 2))
        return self.model.shared(
            "IfcRectangleProfileDef", ProfileType="AREA", Position=centre, XDim=float(width), YDim=float(depth)
        )

    def polygon(self, outline: Sequence[Point], holes: Sequence[Sequence[Point]] = ()) -> Any:
        """A polygon; neither the outline nor a hole repeats its first point."""
        outer = self._closed(outline)
        if not holes:
            return self.model.shared("IfcArbitraryClosedProfileDef", ProfileType="AREA", OuterCurve=outer)
        return self.model.shared(
            "IfcArbitraryProfileDefWithVoids",
            ProfileType="AREA",
            OuterCurve=outer,
            InnerCurves=[self._closed(hole) for hole in holes],
        )

    def extrusion(
        self,
        profile: Any,
        depth: float,
        origin: Point = (0, 0, 0),
        x_axis: Point | None = None,
        z_axis: Point | None = None,
    ) -> Any:
        """A profile drawn along the z axis of its own axes."""
        return self.model.shared(
            "IfcExtrudedAreaSolid",
            SweptArea=profile,
            Position=self.axes(origin, x_axis, z_axis),
            ExtrudedDirection=self.direction(0, 0, 1),
            Depth=float(depth),
        )

    def box(self, width: float, depth: float, height: float, origin: Point = (0, 0, 0)) -> Any:
        """A box with one corner at `origin`."""
        return self.extrusion(self.rectangle(width, depth), height, origin)

    def shape(self, *solids: Any) -> Any:
        """What a product's Representation takes."""
        return self._product_shape(self._representation("SweptSolid", solids))

    def mapped_shape(self, source: Any) -> Any:
        """A use of a type's geometry where the type has drawn it."""
        operator = self.model.shared("IfcCartesianTransformationOperator3D", LocalOrigin=self.point(0, 0, 0))
        item = self.model.shared("IfcMappedItem", MappingSource=source, MappingTarget=operator)
        return self._product_shape(self._representation("MappedRepresentation", [item]))

    def type_map(self, *solids: Any) -> Any:
        """The geometry of a type, for the shapes of its occurrences."""
        return self.model.add(
            "IfcRepresentationMap",
            MappingOrigin=self.axes((0, 0, 0)),
            MappedRepresentation=self._representation("SweptSolid", solids),
        )

    def _representation(self, kind: str, items: Sequence[Any]) -> Any:
        return self.model.add(
            "IfcShapeRepresentation",
            ContextOfItems=self.body,
            RepresentationIdentifier="Body",
            RepresentationType=kind,
            Items=list(items),
        )

    def _product_shape(self, representation: Any) -> Any:
        return self.model.add("IfcProductDefinitionShape", Representations=[representation])

    def _closed(self, corners: Sequence[Point]) -> Any:
        points = [self.point(*corner) for corner in corners]
        return self.model.shared("IfcPolyline", Points=[*points, points[0]])

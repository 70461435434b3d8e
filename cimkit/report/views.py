"""Views of a source as plain data, which `run` attaches to a report so that formats can draw without the source."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["PlanShape", "StoreyPlan"]

#: One line of a drawing: points (x, y) in metres, from south-west up.
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PlanShape:
    """One element of a plan. lines: where the element meets the plane of the plan, or the outline of its box.

    subject: its row in the report's subject table, None when it has no finding. kind: `IfcWall`. cut: met by the
    plane; False: drawn as its outline, since it lies above or below.
    """

    kind: str
    lines: tuple[Line, ...]
    subject: int | None = None
    cut: bool = True


@dataclass(frozen=True, slots=True)
class StoreyPlan:
    """One storey seen from above. source: index of the source. box: (west, south, east, north) of all shapes, metres.

    failing: number of shapes with a finding. left_out: elements that could not be drawn.
    """

    source: int
    name: str
    elevation: float | None
    box: tuple[float, float, float, float]
    shapes: tuple[PlanShape, ...]
    failing: int
    left_out: int = 0

    def shifted(self, rows: int) -> StoreyPlan:
        """The plan with its subjects this many rows further on: sources are drawn one by one, and joined later."""
        moved = (
            shape if shape.subject is None else replace(shape, subject=shape.subject + rows) for shape in self.shapes
        )
        return replace(self, shapes=tuple(moved))

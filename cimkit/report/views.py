"""Views: plain data that formats draw, attached to a report by the run because somebody asked for pictures.

A view knows no source and no library; coordinates are metres in the model's own plan, x to the right, y upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Map", "Outline", "Plan"]


@dataclass(frozen=True, slots=True)
class Outline:
    """One thing seen from above. id: GlobalId, as the report's subjects have it; rings: closed lines of (x, y), the
    first the outer one, further ones holes; the last point is not repeated."""

    id: str
    kind: str
    rings: Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one storey. source: index into `Report.sources`; storey: its name, as subjects have it; elevation:
    metres, None unknown; left_out: things whose outline could not be made or that were too many."""

    source: int
    storey: str
    elevation: float | None
    outlines: Sequence[Outline]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Map:
    """A model among what it was compared with (its building, parcel, red line), seen from above. source: index of the
    model's; name: the model's building; coordinates in metres around it, x to the east, y to the north."""

    source: int
    name: str
    outlines: Sequence[Outline]
    left_out: int = 0

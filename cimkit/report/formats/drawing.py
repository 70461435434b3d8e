"""Storey plans as SVG paths, from the views that a run attached; what has open findings stands out."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cimkit.report.model import Report
from cimkit.report.summary import SEVERITIES
from cimkit.report.views import Map, Outline, Plan

__all__ = ["Drawing", "Shape", "drawings"]

#: Points of a plan are rounded to this share of its larger side: finer than a screen, and a tenth of the bytes.
_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline as an SVG path. severity: the worst of its open findings, empty without one; count: how many."""

    path: str
    id: str
    kind: str
    name: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """One storey, or a map of a model (`storey` is its name). Width and height of the drawing in its own
    units. Shapes with findings come last, on top."""

    storey: str
    source: int
    elevation: float | None
    width: int
    height: int
    shapes: list[Shape]
    marked: int
    left_out: int
    is_map: bool = False


def drawings(report: Report) -> list[Drawing]:
    """The plans and maps among the report's views, in their order."""
    plans = [view for view in report.views if isinstance(view, Plan | Map)]
    if not plans:
        return []
    marks = _marks(report)
    return [drawing for plan in plans if (drawing := _drawing(plan, marks)) is not None]


def _drawing(plan: Plan | Map, marks: dict[tuple[int, str], tuple[str, int, str]]) -> Drawing | None:
    points = [point for outline in plan.outlines for ring in outline.rings for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    unit = max(east - west, north - south, 1e-9) / _STEPS
    shapes = []
    for outline in plan.outlines:
        severity, number, name = marks.get((plan.source, outline.id), ("", 0, ""))
        path = _path(outline, west, north, unit)
        shapes.append(Shape(path, outline.id, outline.kind, name, severity, number))
    shapes.sort(key=lambda shape: shape.count > 0)
    return Drawing(
        storey=plan.storey if isinstance(plan, Plan) else plan.name,
        source=plan.source,
        elevation=plan.elevation if isinstance(plan, Plan) else None,
        width=max(round((east - west) / unit), 1),
        height=max(round((north - south) / unit), 1),
        shapes=shapes,
        marked=sum(shape.count > 0 for shape in shapes),
        left_out=plan.left_out,
        is_map=isinstance(plan, Map),
    )


def _path(outline: Outline, west: float, north: float, unit: float) -> str:
    """SVG's y runs downwards."""
    rings = (
        "M" + "L".join(f"{round((x - west) / unit)} {round((north - y) / unit)}" for x, y in ring) + "Z"
        for ring in outline.rings
        if ring
    )
    return "".join(rings)


def _marks(report: Report) -> dict[tuple[int, str], tuple[str, int, str]]:
    """(source, id) -> worst severity, number of open findings, name."""
    frames = [
        result.findings.rows.filter(pl.col("state").is_null()).select("subject", severity=pl.lit(rank, dtype=pl.Int8))
        for rank, severity in enumerate(SEVERITIES)
        for result in report.results
        if result.severity == severity
    ]
    if not frames:
        return {}
    worst = pl.concat(frames).drop_nulls().group_by("subject").agg(pl.col("severity").min(), count=pl.len())
    subjects = report.subjects.select("source", "id", "name").select(pl.all().gather(worst["subject"]))
    named = pl.concat([worst, subjects], how="horizontal").drop_nulls("id")
    return {
        (source, key): (SEVERITIES[rank], number, name or "")
        for source, key, rank, number, name in named.select("source", "id", "severity", "count", "name").iter_rows()
    }

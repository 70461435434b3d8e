"""What RFC 7946 asks of the shapes themselves: the right-hand rule, bounding boxes, the range of degrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cimkit.facts.shapes import GeometryArray
from cimkit.readers.notes import Notes
from cimkit.readers.vector.geojson_objects import Feature

__all__ = ["note_boxes", "note_ring_order"]

#: A bounding box may be rounded: this much of a degree.
_SLACK = 1e-6


def note_ring_order(features: Sequence[Feature], shapes: GeometryArray, notes: Notes) -> None:
    """Section 3.1.6: outer rings counterclockwise, holes clockwise. One defect a feature."""
    if not notes.wants("geojson_ring_order"):
        return
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():  # collections in collections
        inner, of = shapely.get_parts(parts, return_index=True)
        parts, owner = inner, owner[of]
    polygons = shapely.get_type_id(parts) == 3
    parts, owner = parts[polygons], owner[polygons]
    outer = shapely.get_exterior_ring(parts)
    wrong = set(owner[~shapely.is_ccw(outer) & ~shapely.is_empty(outer)].tolist())
    holes, of = shapely.get_rings(parts, return_index=True)
    is_hole = np.r_[False, of[1:] == of[:-1]] if len(of) else np.zeros(0, bool)
    wrong |= set(owner[of[is_hole & shapely.is_ccw(holes)]].tolist())
    for at in sorted(wrong):
        one = features[at]
        notes.add("geojson_ring_order", sid=at, line=one.line, locator=f"{one.place}/geometry")


def note_boxes(features: Sequence[Feature], root: Any, shapes: GeometryArray, notes: Notes) -> None:
    """Section 5: two corners of as many numbers as positions have, around the geometry. Boxes across the
    antimeridian (west > east) are not compared."""
    if not notes.wants("geojson_bbox"):
        return
    import shapely

    bounds = shapely.bounds(shapes)
    for feature, found in zip(features, bounds, strict=True):
        if feature.bbox is not None:
            _note_box(feature.bbox, found, f"{feature.place}/bbox", feature.at, notes)
    if isinstance(root, Mapping) and root.get("type") == "FeatureCollection" and root.get("bbox") is not None:
        known = bounds[~np.isnan(bounds).any(axis=1)]
        if len(known):
            whole = np.r_[known[:, :2].min(axis=0), known[:, 2:].max(axis=0)]
            _note_box(root["bbox"], whole, "/bbox", None, notes)


def _note_box(box: Any, bounds: Any, place: str, sid: int | None, notes: Notes) -> None:
    numbers = isinstance(box, list) and all(type(each) in (int, float) for each in box)
    if not numbers or len(box) not in (4, 6):
        notes.add("geojson_bbox", "length", found=box, sid=sid, locator=place)
        return
    half = len(box) // 2
    west, south, east, north = box[0], box[1], box[half], box[half + 1]
    if west > east or np.isnan(bounds).any():
        return
    low, high = (bounds[0] >= west - _SLACK, bounds[1] >= south - _SLACK), (bounds[2] <= east + _SLACK,)
    if not (all(low) and all(high) and bounds[3] <= north + _SLACK):
        shown = ", ".join(f"{each:.10g}" for each in bounds)
        notes.add("geojson_bbox", "outside", found=shown, expected=str(box), sid=sid, locator=place)

"""The footprint of a model: what stands on its ground floor seen from above, put on the map.

ifcopenshell makes the geometry, so this is asked for only where pictures are.
"""

from __future__ import annotations

import math
from typing import Any

from cimkit.facts.model import Facts
from cimkit.run.pictures import CUT_ABOVE_STOREY_M, LARGEST_MB, ground_outlines

__all__ = ["footprint_of"]

#: Gaps between walls up to this width (doors, windows cut by the plane) do not open the outline, metres.
_GAP_M = 1.5


def footprint_of(data: bytes, facts: Facts) -> tuple[Any, str] | None:
    """A shapely geometry in the model's map system, and that system; None where the model is not on a map, is too
    large, has no storey, or ifcopenshell is not installed or can't read it."""
    georeference: Any = facts.whole.get("georeference") or {}
    system = (georeference.get("projected_crs") or {}).get("name")
    conversion = georeference.get("map_conversion") or {}
    if not system or conversion.get("eastings") is None or conversion.get("northings") is None:
        return None
    if len(data) > LARGEST_MB * 1_000_000:
        return None
    import shapely

    rings = ground_outlines(data, CUT_ABOVE_STOREY_M)
    shapes = [shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) >= 3]
    if not shapes:
        return None
    walls = shapely.union_all(shapely.buffer(shapes, _GAP_M / 2, cap_style="square", join_style="mitre"))
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(walls) if part.geom_type == "Polygon"]
    outline = shapely.buffer(shapely.union_all(filled), -_GAP_M / 2, join_style="mitre")
    if shapely.is_empty(outline):
        return None
    return shapely.transform(outline, lambda points: _on_map(points, conversion)), str(system)


def _on_map(points: Any, conversion: dict[str, Any]) -> Any:
    """Model metres to eastings and northings, as IfcMapConversion defines it. Its scale also turns units into those of
    the map; only what is left near one is a scale of the map itself."""
    import numpy as np

    cosine, sine = conversion.get("x_axis_abscissa"), conversion.get("x_axis_ordinate")
    angle = math.atan2(sine, cosine) if sine is not None and cosine is not None else 0.0
    scale = conversion.get("scale") or 1.0
    scale = scale if 0.9 < scale < 1.1 else 1.0
    x, y = points[:, 0] * scale, points[:, 1] * scale
    return np.column_stack(
        [
            conversion["eastings"] + x * math.cos(angle) - y * math.sin(angle),
            conversion["northings"] + x * math.sin(angle) + y * math.cos(angle),
        ]
    )

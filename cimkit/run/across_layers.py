"""Layers as a whole: what rules across sources take of each, their name, file, reference system and extent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from cimkit.facts.model import Facts
from cimkit.rules.across_model import Measure

__all__ = ["LayerMeasures", "layers_of"]

#: What is known of one layer; what is not, is left out.
LayerMeasures = Mapping[Measure, str | float]

_SIDES = (Measure.WEST, Measure.SOUTH, Measure.EAST, Measure.NORTH)
_GEOGRAPHIC = "EPSG:4490"
#: RFC 7946 leaves no choice: that such a file is in WGS 84 is nothing that its author stated.
_UNSTATED = {"geojson": "EPSG:4326", "geojsonseq": "EPSG:4326"}


def layers_of(facts: Facts, name: str) -> list[LayerMeasures]:
    """The layers with geometry of a source, in its order. name: the source's path."""
    told = facts.whole.get("layers")
    layers = [layer for layer in told if layer.get("spatial")] if isinstance(told, list) else []
    stem = _stem(name)
    found: list[LayerMeasures] = []
    for layer in layers:
        known: dict[Measure, str | float] = {Measure.LAYER: str(layer["name"])}
        if stem:
            known[Measure.FILE] = stem
            if len(layers) == 1:
                known[Measure.SOLE_FILE] = stem
        code, datum = _system(layer.get("crs"))
        if code != _UNSTATED.get(facts.format):
            stated = ((Measure.CRS, code), (Measure.DATUM, datum))
            known |= {measure: text for measure, text in stated if text is not None}
        box = layer.get("extent")
        if code is not None and box is not None:
            known |= dict(zip(_SIDES, _degrees(code, box) or (), strict=False))
        found.append(known)
    return found


def _stem(path: str) -> str:
    """`buildings` of `zip!vector/buildings.gpkg`."""
    own = path.replace("\\", "/").rstrip("/").rpartition("!")[2].rpartition("/")[2]
    return own.rpartition(".")[0] or own


@lru_cache(maxsize=64)
def _system(crs: str | None) -> tuple[str | None, str | None]:
    """The code of the plane part of a system, and of the geographic system below it."""
    if not crs:
        return None, None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        return None, None
    parts = [part for part in (system.sub_crs_list or [system]) if not part.is_vertical]
    plane = parts[0] if parts else system
    return _code(plane), _code(plane.geodetic_crs)


def _code(system: Any) -> str | None:
    code = system.to_epsg(min_confidence=70) if system is not None else None
    return f"EPSG:{code}" if code is not None else None


def _degrees(code: str, box: Sequence[float]) -> tuple[float, float, float, float] | None:
    """The box, east before north, in longitude and latitude; None where it can't be computed."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError, ProjError

    west, south, east, north = (float(side) for side in box)
    try:
        if CRS.from_user_input(code).is_geographic:
            return west, south, east, north
        transformer = Transformer.from_crs(code, _GEOGRAPHIC, always_xy=True)
        found: tuple[float, float, float, float] = transformer.transform_bounds(west, south, east, north)
    except (CRSError, ProjError):
        return None
    return found if np.isfinite(found).all() else None

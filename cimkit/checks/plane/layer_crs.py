"""layer_crs: each layer with geometry says which reference system it is in, one that is known and accepted.

FACTS behind the aspects: EPSG register; GB/T 45668-2025 4.3.1 (CGCS2000 and the 1985 height datum).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.checks.places import epsg_code
from cimkit.checks.plane.gathering import system
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand
from cimkit.facts.names import fold_layer_name

__all__ = ["demand", "judge"]

_Layer = Mapping[str, Any]
#: What people call web-map coordinates that were shifted on purpose.
_SHIFTED = re.compile(r"gcj[-_ ]?0?2|bd[-_ ]?0?9|火星坐标|百度坐标|高德坐标|mars[-_ ]?coord", re.IGNORECASE)


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing but what every reader tells of its layers."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect: `stated`; `known` to the register or to PROJ; `accepted`, tried on the code, `EPSG:` with the code, and
    the system's name; `height`, the same of the height datum of layers with z, where `accepted` is given, else whether
    one is stated; `mixed`, all layers in one; `shifted`, a name that speaks of GCJ-02 or BD-09. One finding a layer."""
    layers = context.facts.whole.get("layers")
    spatial = [layer for layer in layers if layer.get("spatial")] if isinstance(layers, list) else []
    findings = _ASPECTS[str(options["aspect"])](spatial, options)
    looked = bool(spatial) if findings is not None else False
    rows = pl.concat(findings) if findings else no_rows()
    return of_source(len(context.facts), rows, looked=looked)


def _finding(layer: _Layer, reason: str, aspect: str, **columns: Any) -> pl.DataFrame:
    return whole_finding(reason, locator=layer["name"], values=orjson.dumps({"aspect": aspect}).decode(), **columns)


def _short(crs: str) -> str:
    """A system's code, or the name in its well-known text."""
    known = system(crs)
    return crs if len(crs) < 40 or known is None else str(known.name)


def _stated(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame]:
    return [_finding(layer, "layer_crs_missing", "system") for layer in layers if not layer.get("crs")]


def _with_system(layers: Sequence[_Layer]) -> list[tuple[_Layer, str]]:
    return [(layer, str(layer["crs"])) for layer in layers if layer.get("crs")]


def _known(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame] | None:
    told = _with_system(layers)
    if not told:
        return None
    return [
        _finding(layer, "layer_crs_unknown", "known", found=crs[:120]) for layer, crs in told if system(crs) is None
    ]


def _accepted(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame] | None:
    told = _with_system(layers)
    accepted = options.get("accepted")
    if not told or accepted is None:
        return None
    found = []
    for layer, crs in told:
        if not accepted.accepts_text(_readings(crs)).any():
            row = _finding(layer, "layer_crs_not_accepted", "system", found=_short(crs), expected=accepted.describe())
            found.append(row)
    return found


def _readings(crs: str) -> pl.Series:
    """The ways in which a list of accepted systems may name this one; of a compound system its plane part too."""
    known = system(crs)
    parts = [known, *known.sub_crs_list] if known is not None else []
    texts = [crs, *(part.name for part in parts)]
    codes = [epsg_code(crs), *(part.to_epsg(min_confidence=70) for part in parts)]
    for code in dict.fromkeys(code for code in codes if code):
        texts += [f"EPSG:{code}", str(code)]
    return pl.Series(list(dict.fromkeys(texts)), dtype=pl.String)


def _height(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame] | None:
    solid = [layer for layer in layers if " Z" in str(layer.get("geometry_type") or "")]
    if not solid:
        return None
    accepted, found = options.get("accepted"), []
    for layer in solid:
        datum = layer.get("height_datum")
        if not datum:
            found.append(_finding(layer, "layer_crs_missing", "vertical"))
        elif accepted is not None and not accepted.accepts_text(_readings(str(datum))).any():
            expected = accepted.describe()
            found.append(_finding(layer, "layer_crs_not_accepted", "vertical", found=_short(datum), expected=expected))
    return found


def _mixed(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame] | None:
    told = _with_system(layers)
    if len(told) < 2:
        return None
    counted: dict[str, int] = {}
    for _, crs in told:
        counted[crs] = counted.get(crs, 0) + 1
    usual = max(counted, key=lambda crs: counted[crs])
    return [
        _finding(layer, "layer_crs_mixed", "system", found=_short(crs), expected=_short(usual))
        for layer, crs in told
        if crs != usual
    ]


def _shifted(layers: Sequence[_Layer], options: Mapping[str, Any]) -> list[pl.DataFrame]:
    found = []
    for layer in layers:
        names = [layer["name"], *(one["name"] for one in layer.get("fields") or ()), str(layer.get("crs") or "")]
        word = next((each for each in names if _SHIFTED.search(fold_layer_name(str(each)))), None)
        if word is not None:
            found.append(_finding(layer, "layer_crs_shifted", "system", found=str(word)[:120]))
    return found


_ASPECTS: Mapping[str, Callable[[Sequence[_Layer], Mapping[str, Any]], list[pl.DataFrame] | None]] = {
    "stated": _stated,
    "known": _known,
    "accepted": _accepted,
    "height": _height,
    "mixed": _mixed,
    "shifted": _shifted,
}

"""Are the parameters of a facet sound: form of values, base types, limits that contradict each other, patterns.

Which limits a base type takes, and how its values are written, is buildingSMART's table of XML base types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cimkit.ids.audit.flaws import Flaws
from cimkit.ids.document import IdsValue, Limit
from cimkit.rules.patterns import PatternError, translate
from cimkit.rules.restriction import read_real
from cimkit.rules.timeline import TIMELINES

__all__ = ["BASE_TYPES", "check_value", "fits"]

_BOUNDS = frozenset({"minInclusive", "maxInclusive", "minExclusive", "maxExclusive"})
_LENGTHS = frozenset({"length", "minLength", "maxLength"})
_UNSUPPORTED = frozenset({"totalDigits", "fractionDigits", "whiteSpace"})

#: XSD type -> (how its values are written, limits it takes).
BASE_TYPES: Mapping[str, tuple[re.Pattern[str], frozenset[str]]] = {
    "string": (re.compile(r".*", re.DOTALL), _LENGTHS | {"pattern", "enumeration"}),
    "anyURI": (re.compile(r"\S+"), _LENGTHS | {"pattern", "enumeration"}),
    "boolean": (re.compile(r"true|false|0|1"), frozenset({"pattern"})),
    "integer": (re.compile(r"[+-]?[0-9]+"), _BOUNDS | {"pattern", "enumeration"}),
    "double": (
        re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|NaN|[+-]?INF"),
        _BOUNDS | {"pattern", "enumeration"},
    ),
    "date": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?"),
        _BOUNDS | {"pattern", "enumeration"},
    ),
    "dateTime": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"),
        _BOUNDS | {"pattern", "enumeration"},
    ),
    "time": (
        re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"),
        _BOUNDS | {"pattern", "enumeration"},
    ),
    "duration": (
        re.compile(r"[-+]?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"),
        _BOUNDS | {"pattern", "enumeration"},
    ),
}

#: Pairs of bounds that must leave room, and whether they may be equal.
_ROOM = (
    ("minInclusive", "maxInclusive", True),
    ("minInclusive", "maxExclusive", False),
    ("minExclusive", "maxInclusive", False),
    ("minExclusive", "maxExclusive", False),
)


def fits(text: str, bases: frozenset[str]) -> bool:
    """Whether the text is written as one of the XSD types wants it."""
    return any(BASE_TYPES[base][0].fullmatch(text) for base in bases)


def check_value(value: IdsValue | None, bases: frozenset[str], flaws: Flaws, about: str) -> None:
    """Note what is wrong with one parameter.

    bases  XSD types that the parameter's data can have (a name: `string`); empty: not known, any will do
    about  the parameter's element, for the sentence
    """
    if value is None:
        return
    if value.simple is not None:
        if not value.simple.strip():
            flaws.add("IDS-VAL-013", value.line, about=about)
        elif bases and not fits(value.simple, bases):
            flaws.add("IDS-VAL-001", value.line, value=value.simple, base=_named(bases), about=about)
        return
    base = _base(value, bases, flaws, about)
    if base is None:
        return
    _check_kinds(value, base, flaws)
    _check_bounds(value, base, flaws)
    _check_lengths(value, flaws)
    _check_patterns(value, flaws)


def _named(bases: frozenset[str]) -> str:
    return " | ".join(f"xs:{base}" for base in sorted(bases))


def _base(value: IdsValue, bases: frozenset[str], flaws: Flaws, about: str) -> str | None:
    """The restriction's base type, None if it is no type that IDS takes."""
    base = value.base or ""
    base = "anyURI" if base == "anyUri" else base  # the documentation writes both
    if base not in BASE_TYPES:
        flaws.add_near("IDS-VAL-002", value.line, name=base, known=BASE_TYPES, about=about)
        return None
    if bases and base not in bases:
        flaws.add("IDS-VAL-003", value.line, base=f"xs:{base}", wanted=_named(bases), about=about)
    if not value.limits:
        flaws.add("IDS-VAL-014", value.line, about=about)
    return base


def _check_kinds(value: IdsValue, base: str, flaws: Flaws) -> None:
    written, allowed = BASE_TYPES[base]
    seen: set[str] = set()
    for limit in value.limits:
        if limit.kind in _UNSUPPORTED:
            flaws.add("IDS-VAL-012", limit.line, limit=limit.kind)
        elif limit.kind not in allowed:
            flaws.add("IDS-VAL-004", limit.line, limit=limit.kind, base=f"xs:{base}")
        if limit.kind in seen and limit.kind not in {"pattern", "enumeration"}:
            flaws.add("IDS-VAL-011", limit.line, limit=limit.kind)
        seen.add(limit.kind)
        of_base = limit.kind == "enumeration" or limit.kind in _BOUNDS
        if of_base and limit.kind in allowed and not written.fullmatch(limit.value):
            flaws.add("IDS-VAL-001", limit.line, value=limit.value, base=f"xs:{base}", about=limit.kind)
    for inclusive, exclusive in (("minInclusive", "minExclusive"), ("maxInclusive", "maxExclusive")):
        if {inclusive, exclusive} <= seen:
            flaws.add("IDS-VAL-011", value.line, limit=f"{inclusive}, {exclusive}")


def _check_bounds(value: IdsValue, base: str, flaws: Flaws) -> None:
    bounds = {limit.kind: limit for limit in value.limits if limit.kind in _BOUNDS}
    for low, high, may_be_equal in _ROOM:
        if low in bounds and high in bounds and not _leaves_room(bounds[low], bounds[high], base, may_be_equal):
            flaws.add("IDS-VAL-005", bounds[high].line, low=bounds[low].value, high=bounds[high].value)


def _leaves_room(low: Limit, high: Limit, base: str, may_be_equal: bool) -> bool:
    timeline = TIMELINES.get(base)
    if timeline is not None:
        # What has no order, or can't be read, is left to the check of how it is written.
        return not timeline(low.value, ">" if may_be_equal else ">=", high.value)
    least, most = read_real(low.value), read_real(high.value)
    return least is None or most is None or least < most or (may_be_equal and least == most)


def _check_lengths(value: IdsValue, flaws: Flaws) -> None:
    sizes: dict[str, int] = {}
    for limit in value.limits:
        if limit.kind in _LENGTHS:
            if limit.value.isascii() and limit.value.isdigit():
                sizes[limit.kind] = int(limit.value) if len(limit.value) < 10 else 10**9
            else:
                flaws.add("IDS-VAL-007", limit.line, limit=limit.kind, value=limit.value)
    least = max((sizes[kind] for kind in ("length", "minLength") if kind in sizes), default=0)
    most = min((sizes[kind] for kind in ("length", "maxLength") if kind in sizes), default=None)
    if most is not None and least > most:
        flaws.add("IDS-VAL-006", value.line, least=least, most=most)


def _check_patterns(value: IdsValue, flaws: Flaws) -> None:
    for limit in value.of("pattern"):
        try:
            departures = translate(limit.value).departures
        except PatternError as error:
            flaws.add_error("IDS-VAL-008", limit.line, error)
            continue
        for departure in departures:
            code = "IDS-VAL-010" if departure.reason == "anchor" else "IDS-VAL-009"
            flaws.add(code, limit.line, pattern=limit.value, position=departure.position)

"""What restrictions accept, by the value's own type."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.facts.columns import State, Values
from cimkit.rules.restriction import Restriction, exactly, fold_names, matching, one_of
from cimkit.rules.timeline import TIMELINES


def values(*rows: tuple[str | None, float, str | None, State]) -> Values:
    texts, numbers, datatypes, states = zip(*rows, strict=True)
    return Values(
        pl.Series(texts, dtype=pl.String),
        np.array(numbers, float),
        pl.Series(datatypes, dtype=pl.String),
        np.array(states, np.uint8),
    )


def real(number: float, datatype: str = "IFCREAL") -> Values:
    return values((repr(number), number, datatype, State.PRESENT))


def text(content: str, datatype: str = "IFCLABEL") -> Values:
    return values((content, math.nan, datatype, State.PRESENT))


def accepts(restriction: Restriction, of: Values) -> bool:
    return bool(restriction.accepts(of)[0])


@pytest.mark.parametrize(
    ("wanted", "number", "equal"),
    [
        ("1.", 0.999998, True),
        ("1.", 0.9999979, False),
        ("0.", 0.000001, True),
        ("0.", -0.0000011, False),
        ("100000.", 100000.100001, True),
        ("100000.", 100000.1000011, False),
        ("-1000000.", -1000001.000001, True),
        ("-1000000.", -999998.9999989, False),
        ("1e3", 1000.0, True),
        ("42,3", 42.3, False),
        ("1.234.5", 1234.5, False),
        ("forty-two", 42.0, False),
        ("1e999", 1.0, False),
        ("1e99999999", math.inf, False),
    ],
)
def test_reals_have_a_tolerance(wanted: str, number: float, *, equal: bool) -> None:
    assert accepts(exactly(wanted), real(number)) == equal


def test_integers_are_exact_and_written_whole() -> None:
    assert accepts(exactly("42"), real(42.0, "IFCINTEGER"))
    assert not accepts(exactly("42.0"), real(42.0, "IFCINTEGER"))
    assert not accepts(exactly("10000000"), real(10000001.0, "IFCCOUNTMEASURE"))
    assert accepts(exactly("10000000"), real(10000001.0, "IFCREAL"))


def test_bounds_have_no_tolerance_but_forgive_the_last_digits() -> None:
    at_least = Restriction(base="double", min_inclusive="2.2")
    assert accepts(at_least, real(2200 * 0.001))  # 2.2 of a model in millimetres
    assert not accepts(at_least, real(2.1999999))
    above = Restriction(base="double", min_exclusive="2.2")
    assert not accepts(above, real(2200 * 0.001))
    assert accepts(above, real(2.2000001))
    assert not accepts(Restriction(base="double", max_exclusive="0."), real(0.0))
    assert accepts(Restriction(base="double", min_inclusive="0", max_inclusive="0"), real(-0.0))


@settings(deadline=None)
@given(st.integers(-(10**7), 10**7))
def test_every_millimetre_is_its_metre(millimetres: int) -> None:
    literal = f"{'-' if millimetres < 0 else ''}{abs(millimetres) // 1000}.{abs(millimetres) % 1000:03}"
    of = real(millimetres * 0.001)
    for kind, expected in (
        ("min_inclusive", True),
        ("max_inclusive", True),
        ("min_exclusive", False),
        ("max_exclusive", False),
    ):
        assert accepts(Restriction(base="double", **{kind: literal}), of) == expected


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_bounds_agree_with_plain_comparison_away_from_the_edge(bound: float, number: float) -> None:
    if abs(bound - number) > 1e-9 * max(abs(bound), abs(number)):
        assert accepts(Restriction(base="double", min_inclusive=repr(bound)), real(number)) == (number >= bound)
        assert accepts(Restriction(base="double", max_exclusive=repr(bound)), real(number)) == (number < bound)


def test_booleans_and_logicals() -> None:
    true = text("true", "IFCBOOLEAN")
    assert accepts(exactly("true"), true)
    assert accepts(exactly("1"), true)
    assert not accepts(exactly("TRUE"), true)
    assert not accepts(exactly("false"), true)
    assert accepts(one_of("true", "false"), text("false", "IFCLOGICAL"))
    assert not accepts(matching(".*"), true)
    unknown = values(("unknown", math.nan, "IFCLOGICAL", State.UNKNOWN))
    assert not accepts(one_of("true", "false", "unknown"), unknown)


def test_text_is_text() -> None:
    assert accepts(exactly("1"), text("1"))
    assert not accepts(exactly("1.0"), text("1"))
    assert not accepts(exactly("wood"), text("Wood"))
    assert not accepts(Restriction(base="double", min_inclusive="0"), text("5"))
    assert accepts(Restriction(min_length=2, max_length=3), text("城市"))
    assert not accepts(Restriction(length=2), text("城市规"))


def test_patterns_and_lengths_are_for_text_only() -> None:
    assert not accepts(matching(".*"), real(1.0))
    assert not accepts(Restriction(length=3), real(1.0))


@pytest.mark.parametrize("state", [state for state in State if state is not State.PRESENT])
def test_only_what_is_present_is_accepted(state: State) -> None:
    assert not accepts(Restriction(), values(("a", math.nan, "IFCLABEL", state)))
    assert not accepts(one_of("a", ""), values(("a", math.nan, "IFCLABEL", state)))


def test_all_kinds_in_one_restriction_hold_together() -> None:
    both = Restriction(values=("ab", "abc", "b"), patterns=("a.*", "c"), max_length=2)
    assert [name for name in ("ab", "abc", "b", "a") if both.accepts_text(pl.Series([name]))[0]] == ["ab"]
    assert both.describe() == "ab | abc | b, /a.*/ | /c/, length 0..2"


def test_digits() -> None:
    restriction = Restriction(base="double", total_digits=3, fraction_digits=1)
    assert [x for x in (1.5, 12.3, 123.4, 1.25, 100.0, 1000.0, math.inf) if accepts(restriction, real(x))] == [
        1.5,
        12.3,
        100.0,
    ]


def test_names() -> None:
    names = pl.Series(["IFCWALL", "ifcwall", None, "IFCSLAB", ""])
    assert list(exactly("IFCWALL")(names)) == [True, False, False, False, False]
    assert list(matching("IFC.*")(names)) == [True, False, False, True, False]
    assert list(Restriction(min_inclusive="2")(pl.Series(["1", "3", "x", None]))) == [False, True, False, False]
    assert list(Restriction()(names)) == [True, True, False, True, True]


def test_folded_names() -> None:
    folded = Restriction(values=("耐火极限(h)",), fold=True)
    written = pl.Series(["耐火极限（h）", " 耐火极限【h】", "耐火极限( h )", "耐火极限(H)", "耐火极限"])
    assert list(folded.accepts_text(written)) == [True, True, True, False, False]
    assert list(Restriction(values=("Pset_WallCommon",), fold=True)(pl.Series(["WallCommon", "Ｐset_WallCommon"]))) == [
        True,
        True,
    ]
    assert folded.exact_texts() is None


WIDE = {ord(char): ord(char) + 0xFEE0 for char in "ABCabc019()[]"}


@settings(deadline=None)
@given(st.text("ABCabc019()[]耐火极限", min_size=1, max_size=8), st.data())
def test_width_and_spaces_do_not_count_when_folded(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    written = f"{name[:at]} {name[at:].translate(WIDE)}"
    assert fold_names(pl.Series([written])).item() == fold_names(pl.Series([name])).item()


def test_exact_texts() -> None:
    assert one_of("a", "b").exact_texts() == {"a", "b"}
    assert exactly("a").exact_texts() == {"a"}
    assert matching("a").exact_texts() is None
    assert Restriction(values=("a",), max_length=3).exact_texts() is None
    assert Restriction().exact_texts() is None


@pytest.mark.parametrize(
    ("base", "value", "sign", "bound", "holds"),
    [
        ("date", "2024-02-01", "<", "2024-03-01", True),
        ("date", "2024-02-01+08:00", "<", "2024-02-01", True),
        ("date", "2023-02-29", "<", "2024-01-01", False),
        ("dateTime", "2024-01-01T00:00:00+08:00", "<", "2024-01-01T00:00:00Z", True),
        ("time", "09:00:00", ">=", "08:59:59.5", True),
        ("duration", "PT16H", ">=", "PT960M", True),
        ("duration", "P1M", "<", "P32D", True),
        ("duration", "P1M", "<", "P30D", False),
        ("duration", "P1M", ">", "P30D", False),
        ("duration", "-P1D", "<", "P0D", True),
        ("duration", "one day", "<", "P2D", False),
        ("duration", "P2D", "<", "PT", False),
    ],
)
def test_order_of_times(base: str, value: str, sign: str, bound: str, *, holds: bool) -> None:
    assert TIMELINES[base](value, sign, bound) == holds
    kind = {"<": "max_exclusive", ">": "min_exclusive", ">=": "min_inclusive", "<=": "max_inclusive"}[sign]
    assert accepts(Restriction(base=base, **{kind: bound}), text(value)) == holds


def test_mixed_columns_are_judged_value_by_value() -> None:
    mixed = values(
        ("1", math.nan, "IFCLABEL", State.PRESENT),
        ("1.0", 1.0, "IFCREAL", State.PRESENT),
        ("1", 1.0, "IFCINTEGER", State.PRESENT),
        ("true", math.nan, "IFCBOOLEAN", State.PRESENT),
        (None, math.nan, None, State.NULL),
    )
    assert list(exactly("1").accepts(mixed)) == [True, True, True, True, False]
    assert list(exactly("1.0").accepts(mixed)) == [False, True, False, False, False]

"""Names written differently that mean the same."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.rules.restriction import fold_name, fold_names
from cimkit.rules.values_reading import folded

# Characters that both sides know the same way: the two carry tables of different Unicode versions.
NAMES = st.text(st.characters(max_codepoint=0x9FFF, exclude_categories=["Cn", "Cs"]), max_size=12)


@given(st.lists(NAMES, max_size=6))
def test_one_name_folds_as_a_column_of_names_does(names: list[str]) -> None:
    assert [fold_name(name) for name in names] == list(fold_names(pl.Series(names, dtype=pl.String)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Pset_建筑技术信息属性集", "建筑技术信息属性集"),
        ("基点坐标 X", "基点坐标X"),
        ("Ｋ值", "K值"),
        ("计算标高（埋深）", "计算标高(埋深)"),
        ("村【社区】", "村(社区)"),
    ],
)
def test_what_counts_as_the_same(written: str, meant: str) -> None:
    names = pl.Series([written, meant, "FireRating", None], dtype=pl.String)
    assert list(folded(meant).accepts_text(names)) == [True, True, False, False]
    assert list(folded(written)(names)) == [True, True, False, False]


def test_case_counts() -> None:
    assert not folded("FireRating").accepts_text(pl.Series(["firerating"]))[0]


def test_many_names_are_judged_as_few_are() -> None:
    few = pl.Series(["Pset_A", "Ａ", "a", "B", None], dtype=pl.String)
    many = pl.concat([few] * 1000)
    assert list(folded("A").accepts_text(many)) == list(folded("A").accepts_text(few)) * 1000

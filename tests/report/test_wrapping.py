"""Lines of a terminal: they fit, they lose nothing, and Chinese punctuation stands where it may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cimkit.report.formats.wrapping import wrapped

texts = st.text(alphabet=st.sampled_from("墙缺少，。（）“”abc.12 -_/"), max_size=120)


@given(texts, st.integers(4, 40))
def test_lines_fit_and_hold_all_of_the_text(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_chinese_breaks_anywhere_but_before_a_comma() -> None:
    assert wrapped("墙缺少耐火极限，应当补填", 14) == ["墙缺少耐火极", "限，应当补填"]


def test_latin_words_and_numbers_stay_whole() -> None:
    assert wrapped("应在属性集 Pset_WallCommon 中", 16) == ["应在属性集", "Pset_WallCommon", "中"]


def test_a_short_text_is_one_line() -> None:
    assert wrapped("墙", 10) == ["墙"]
    assert wrapped("", 10) == [""]

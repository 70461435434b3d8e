"""Lines of a terminal: they fit, they lose nothing, and Chinese punctuation stands where it may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cimkit.report.formats.columns import Cell, common_folder, in_columns
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


def rows(*paths: str) -> list[list[Cell]]:
    return [[(path, ""), ("待人工判定" if n % 2 else "通过", ""), ("IFC4 · 12 MB", "")] for n, path in enumerate(paths)]


def lines(given: list[list[Cell]], width: int) -> list[str]:
    return [line.plain for line in in_columns(given, width)]


def test_rows_that_fit_are_aligned_by_cells() -> None:
    assert lines(rows("结构.ifc", "a.ifc"), 40) == [
        "结构.ifc  通过        IFC4 · 12 MB",
        "a.ifc     待人工判定  IFC4 · 12 MB",
    ]


def test_a_path_that_is_long_has_a_line_of_its_own() -> None:
    assert lines(rows("很长的文件夹/建筑.ifc", "a.ifc"), 30) == [
        "很长的文件夹/建筑.ifc",
        "  通过        IFC4 · 12 MB",
        "a.ifc",
        "  待人工判定  IFC4 · 12 MB",
    ]


paths = st.lists(st.text(alphabet=st.sampled_from("项目ab/\\. "), min_size=1, max_size=60), min_size=1, max_size=5)


@given(paths, st.integers(30, 60))
def test_rows_fit_and_no_path_loses_a_letter(given_paths: list[str], width: int) -> None:
    told = lines(rows(*given_paths), width)
    assert all(cell_len(line) <= width for line in told)
    shown = "".join("".join(told).split())
    assert all("".join(path.split()) in shown for path in given_paths)


@given(paths)
def test_the_common_folder_is_the_beginning_of_all(given_paths: list[str]) -> None:
    folder = common_folder(given_paths)
    assert all(path.startswith(folder) for path in given_paths)
    assert not folder or folder[-1] in "/\\"


def test_the_common_folder_ends_at_a_whole_name() -> None:
    assert common_folder(["交付/矢量/路网.shp", "交付/矢量图/街区.gpkg"]) == "交付/"
    assert common_folder(["D:\\项目\\建筑.ifc", "D:\\项目\\结构.ifc"]) == "D:\\项目\\"
    assert common_folder(["交付/建筑.ifc"]) == ""
    assert common_folder(["/a.ifc", "/b.ifc"]) == ""

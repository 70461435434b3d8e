"""Packs edited in a spreadsheet: nothing changes by itself, edits arrive, damage is named by its cell."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cimkit
from cimkit.authoring.excel_damage import Damage, address, cell_text
from cimkit.authoring.export_xlsx import export_xlsx
from cimkit.authoring.import_xlsx import import_xlsx
from cimkit.authoring.new import new_pack
from cimkit.authoring.workbook import as_cell, from_cell
from cimkit.authoring.yaml_editing import as_json, changed_mappings
from cimkit.cli import main
from cimkit.errors import PackError, UsageError
from cimkit.rules.yaml_reading import parse_yaml

xlsxwriter = pytest.importorskip("xlsxwriter", reason="the extra xlsx is not installed")
calamine = pytest.importorskip("python_calamine", reason="the extra xlsx is not installed")

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
PACKS = [pack.id for pack in cimkit.packs() if "ifc" in pack.applies_to or not pack.applies_to]
Cells = dict[str, list[list[Any]]]


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def grids(workbook: bytes) -> Cells:
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def saved(path: Path, cells: Cells) -> Path:
    """The workbook as another program would write it: numbers as numbers, days as days."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in cells.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        page.write_datetime(number, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("=error"):
                        page.write_formula(number, column, "=NA()", None, "#N/A")
                    elif cell != "":
                        page.write(number, column, cell)
    return path


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the construction pack, which extends nothing."""
    return Path(shutil.copytree(STANDARDS / "ln-bim-construction", tmp_path / "pack" / "ln-bim-construction"))


@pytest.fixture
def edited(pack: Path, tmp_path: Path) -> Callable[[Callable[[Cells], object]], Path]:
    """The pack's workbook after somebody worked in it."""

    def edit(work: Callable[[Cells], object]) -> Path:
        cells = grids(export_xlsx(cimkit.load_pack(pack)))
        work(cells)
        return saved(tmp_path / "need.xlsx", cells)

    return edit


# --- the law ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKS)
def test_out_and_in_again_changes_nothing(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STANDARDS / name, tmp_path / name))
    if (extends := cimkit.load_pack(STANDARDS / name).extends) is not None:
        shutil.copytree(STANDARDS / extends, tmp_path / extends)
    before = content_of(folder)
    workbook = tmp_path / "need.xlsx"
    workbook.write_bytes(export_xlsx(cimkit.load_pack(folder)))
    assert import_xlsx(workbook, folder).changed == ()
    assert content_of(folder) == before
    saved(workbook, grids(workbook.read_bytes()))  # nor does saving it in another program
    assert import_xlsx(workbook, folder).changed == ()
    assert content_of(folder) == before


# Characters that no XML holds are none of a table's; a cell's ends are stripped by every reader of tables.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff\r\n"), max_size=20).map(str.strip)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(rows=st.lists(st.tuples(texts, texts, texts), max_size=5), value=st.one_of(
    st.none(), st.booleans(), st.integers(-10**12, 10**12), texts, st.lists(st.integers(0, 9), max_size=3),
    st.floats(allow_nan=False, allow_infinity=False), st.dictionaries(st.sampled_from("nesw"), st.integers(0, 9)),
))  # fmt: skip
def test_the_law_for_any_text(rows: list[tuple[str, str, str]], value: object, tmp_path: Path) -> None:
    """Whatever is in a code list and a parameter: leading zeros, formulas, dates, control characters."""
    import csv

    folder = tmp_path / "any"
    if not folder.exists():
        new_pack(folder, "ANY")
    codes = {f"{number}{code}": (zh, en) for number, (code, zh, en) in enumerate(rows)}
    with (folder / "lists" / "any.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([("code", "zh", "en"), *((code, *names) for code, names in codes.items())])
    (folder / "parameters.yaml").write_text(
        f"# kept\na: {as_json(value)}\nb: {{value: {as_json(value)}, zh: 数}}\n", encoding="utf-8"
    )
    before = content_of(folder)
    workbook = tmp_path / "any.xlsx"
    workbook.write_bytes(export_xlsx(cimkit.load_pack(folder)))
    assert import_xlsx(workbook, folder).damages == ()
    assert content_of(folder) == before


@given(st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), texts, st.lists(texts, max_size=3)))
def test_values_survive_their_cell(value: object) -> None:
    assert from_cell(as_cell(value)) == (None if value == "" and as_cell(value) == "" else value)


# --- edits --------------------------------------------------------------------------------------------------------


def test_an_edited_cell_arrives_and_only_its_file_changes(
    pack: Path, edited: Callable[[Callable[[Cells], object]], Path]
) -> None:
    def work(cells: Cells) -> None:
        wall = cells["wall"]
        row = next(row for row in wall if row[0] == "LNB-WAL-002")
        row[wall[0].index("severity")] = "info"
        cells["list areas"].append(["219999", "测试区", "", "210100", "", "", "C-92"] + [""] * 10)

    before = content_of(pack)
    assert set(import_xlsx(edited(work), pack).changed) == {"tables/wall.csv", "lists/areas.csv"}
    after = content_of(pack)
    assert {name for name in after if after[name] != before[name]} == {"tables/wall.csv", "lists/areas.csv"}
    loaded = cimkit.load_pack(pack)
    assert next(rule.severity for rule in loaded.rules if rule.code == "LNB-WAL-002") == "info"
    assert "219999" in loaded.lists["areas"].column("code")
    old, new = (text["tables/wall.csv"].decode("utf-8-sig").splitlines() for text in (before, after))
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_an_offered_column_is_written_once_it_is_filled(
    pack: Path, edited: Callable[[Callable[[Cells], object]], Path]
) -> None:
    def work(cells: Cells) -> None:
        column = cells["wall"][0].index("length")
        cells["wall"][1][column] = 5.0

    assert import_xlsx(edited(work), pack).changed == ("tables/wall.csv",)
    assert (pack / "tables" / "wall.csv").read_text("utf-8-sig").splitlines()[0].endswith(",length")


def test_a_parameter_changes_in_its_place(pack: Path, edited: Callable[[Callable[[Cells], object]], Path]) -> None:
    def work(cells: Cells) -> None:
        rows = {row[0]: row for row in cells["parameters"]}
        rows["area_sum_tolerance"][1] = 0.02  # typed as a number, which is right here
        rows["northing_min_m"][1] = "4280001"
        rows["northing_min_m"][cells["parameters"][0].index("note")] = "as measured: 2"

    before = (pack / "parameters.yaml").read_text("utf-8")
    assert import_xlsx(edited(work), pack).changed == ("parameters.yaml",)
    after = (pack / "parameters.yaml").read_text("utf-8")
    expected = before.replace("value: 0.01", "value: 0.02", 1).replace(
        "{value: 4280000, unit: m, zh: 辽宁北坐标下限, en: Least northing in Liaoning, source: C-36, evidence: tool}",
        "{value: 4280001, unit: m, zh: 辽宁北坐标下限, en: Least northing in Liaoning, source: C-36, evidence: tool, "
        'note: "as measured: 2"}',
    )
    assert after == expected
    assert cimkit.load_pack(pack).parameters["area_sum_tolerance"] == 0.02


YAML = """# head
bare: 3   # of a bare one
empty:
block:
  value: 1
  zh: 一   # beside
  # between

nested:
  value:
    north: 1
    south: 2

flow: {value: [1, 2], note: x}
text: |
  two
  lines
last: 5"""


@pytest.mark.parametrize(
    ("wanted", "old", "new"),
    [
        ({"bare": {"value": "0010"}}, "bare: 3 ", 'bare: "0010" '),
        ({"empty": {"value": 7}}, "empty:\n", "empty: 7\n"),
        ({"block": {"value": None, "unit": "mm"}}, "value: 1\n", "value: null\n  unit: mm\n"),
        ({"block": {"zh": "二"}}, "zh: 一 ", "zh: 二 "),
        ({"nested": {"value": {"north": 3}}}, "\n    north: 1\n    south: 2\n", ' {"north": 3}\n'),
        ({"nested": {"note": "n"}}, "    south: 2\n", "    south: 2\n  note: n\n"),
        ({"flow": {"note": "a, b", "unit": "m"}}, "note: x}", 'note: "a, b", unit: m}'),
        ({"text": {"value": "one"}}, "|\n  two\n  lines\n", "one\n"),
        ({"last": {"value": 6, "zh": "末"}}, "last: 5", "last: {value: 6, zh: 末}"),
        ({"new": {"value": 1}}, "last: 5", "last: 5\nnew: {value: 1}\n"),
    ],
)  # fmt: skip
def test_yaml_changes_where_it_must_and_nowhere_else(wanted: dict[str, dict[str, Any]], old: str, new: str) -> None:
    changed = changed_mappings(YAML, wanted)
    ((name, fields),) = wanted.items()
    read = parse_yaml(changed, "p.yaml")
    if isinstance(read[name], dict) and "value" in read[name]:
        assert {key: read[name].get(key) for key in fields} == fields
    else:
        assert read[name] == fields["value"]
    untouched = {key: value for key, value in parse_yaml(YAML, "p.yaml").items() if key != name}
    assert {key: read[key] for key in untouched} == untouched
    if name == "nested" and "value" in fields:
        assert "# between" in changed
    elif name == "block" and "unit" in fields:
        assert "# beside" in changed
    else:
        assert changed == YAML.replace(old, new, 1)


# --- damage -------------------------------------------------------------------------------------------------------


def test_damage_is_named_by_its_cell_and_nothing_is_written(
    pack: Path, edited: Callable[[Callable[[Cells], object]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (pack / "lists" / "marks.csv").write_text(
        "﻿code,zh\n0010,甲\n0020,乙\n3-1,丙\n210102198001011234,丁\n", encoding="utf-8"
    )

    def work(cells: Cells) -> None:
        marks = cells["list marks"]
        marks[1][0] = 10.0
        marks[2][0] = 20.0
        marks[3][0] = datetime(2025, 3, 1)  # noqa: DTZ001 - as a spreadsheet keeps it
        marks[4][0] = 2.10102198001011e17
        cells["wall"][2][0] = "=error"
        cells["wall"][3][cells["wall"][0].index("unit")] = "1.2E+17"
        cells["wall"][4][cells["wall"][0].index("name_en")] = True

    before = content_of(pack)
    workbook = edited(work)
    assert main(["pack", "import", str(workbook), "--into", str(pack), "--lang", "en"]) == 2
    told = capsys.readouterr().err
    for words in (
        "list marks!A2: 10 lost zeros at its beginning or end; it probably was 0010",
        "list marks!A3: 20 lost zeros at its beginning or end; it probably was 0020",
        "list marks!A4: the text was taken for a date or time (2025-03-01)",
        "list marks!A5: 2.10102e+17 is a long code",
        "wall!A3: the cell is an error of a formula, #N/A",
        "wall!I4: 1.2E+17 is a long code",
        "wall!G5: TRUE was taken for a truth value",
    ):
        assert words in told
    assert "7 cell(s)" in told
    assert content_of(pack) == before
    assert main(["pack", "import", str(workbook), "--into", str(pack), "--lang", "zh"]) == 2
    assert "list marks!A2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "known", "expected"),
    [
        (210100.0, {"210100"}, "210100"),
        (210101.0, {"210100"}, "210101"),
        (7.0, {"07", "08"}, "zeros"),
        (1.5, {"1.50"}, "zeros"),
        (1.5, {"x"}, "1.5"),
        (7.0, {"A7"}, "7"),
        ("2E12", set(), "2E12"),
        (" a ", set(), "a"),
        ("", set(), ""),
    ],
)
def test_numbers_among_codes(cell: object, known: set[str], expected: str) -> None:
    said = cell_text(cell, "s!A1", known)
    assert (said.reason if isinstance(said, Damage) else said) == expected


def test_days_are_days_where_days_belong() -> None:
    assert cell_text(datetime(2025, 3, 1), "s!A1", (), day=True) == "2025-03-01"  # noqa: DTZ001
    assert isinstance(cell_text(45717.0, "s!A1", (), day=True), Damage)


def test_addresses() -> None:
    assert [address("s", 0, column) for column in (0, 25, 26, 701, 702)] == ["s!A1", "s!Z1", "s!AA1", "s!ZZ1", "s!AAA1"]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_pack_that_would_not_load_stays(pack: Path, edited: Callable[[Callable[[Cells], object]], Path]) -> None:
    def work(cells: Cells) -> None:
        cells["wall"][1][cells["wall"][0].index("severity")] = "eror"
        cells["list areas"][1][1] = "x"

    before = content_of(pack)
    with pytest.raises(PackError) as caught:
        import_xlsx(edited(work), pack)
    assert "tables/wall.csv:2" in caught.value.message("en")
    assert "error" in caught.value.message("en")
    assert content_of(pack) == before


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda cells: cells["wall"][0].__setitem__(1, "entitty"), "wall!B1"),
        (lambda cells: cells["wall"][0].__setitem__(1, "code"), "twice"),
        (lambda cells: cells["wall"][0].__setitem__(0, ""), "code"),
        (lambda cells: cells["wall"].clear(), "wall"),
        (lambda cells: cells.__setitem__("neu", [["code"]]), "neu"),
        (lambda cells: cells.pop("pack"), "pack"),
        (lambda cells: cells["pack"][0].__setitem__(1, "other-pack"), "other-pack"),
        (lambda cells: cells["parameters"].pop(), "easting_max_m"),
        (lambda cells: cells["parameters"].append(cells["parameters"][1]), "twice"),
    ],
)
def test_a_workbook_that_can_not_be_taken(
    work: Callable[[Cells], object], words: str, pack: Path, edited: Callable[[Callable[[Cells], object]], Path]
) -> None:
    before = content_of(pack)
    with pytest.raises((PackError, UsageError)) as caught:
        import_xlsx(edited(work), pack)
    assert words in caught.value.message("en")
    assert caught.value.message("zh")
    assert caught.value.exit_status == 2
    assert content_of(pack) == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"code,zh\n1,a\n"])
def test_what_is_no_workbook(content: bytes, pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "need.xlsx"
    path.write_bytes(content)
    with pytest.raises(PackError) as caught:
        import_xlsx(path, pack)
    assert "need.xlsx" in caught.value.message("en")


def test_a_sheet_left_out_leaves_its_file_alone(
    pack: Path, edited: Callable[[Callable[[Cells], object]], Path]
) -> None:
    before = content_of(pack)
    assert import_xlsx(edited(lambda cells: cells.pop("wall")), pack).changed == ()
    assert content_of(pack) == before


# --- the command --------------------------------------------------------------------------------------------------


def test_command(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = str(tmp_path / "need.xlsx")
    assert main(["pack", "export", str(pack), "--to", "xlsx", "--out", workbook, "--lang", "en"]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["pack", "import", workbook, "--lang", "en"]) == 2
    assert "--into" in capsys.readouterr().err
    monkeypatch.chdir(pack.parent)
    assert main(["pack", "import", workbook, "--lang", "en"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert main(["pack", "export", str(pack), "--to", "xlsx", "--out", workbook]) == 0
    first = Path(workbook).read_bytes()
    assert main(["pack", "export", str(pack), "--to", "xlsx", "--out", workbook]) == 0
    assert Path(workbook).read_bytes() == first


def test_drop_downs_and_text_columns(pack: Path) -> None:
    """Read in the workbook's own XML: the closed lists are there, every column is text."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(export_xlsx(cimkit.load_pack(pack)))) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    offered = "".join(sheets)
    for words in (
        "M,C,O",
        "error,warning,info",
        "confirmed,practice,tool,memory",
        "规划,施工图,竣工,既有",
        "建筑,结构",
    ):
        assert f'<formula1>"{words}' in offered
    for sheet in sheets:
        assert "<v>" not in sheet.replace('t="s"><v>', "")  # no cell holds a number


# --- tables that a pack keeps as workbooks, and the missing extra -------------------------------------------------


def test_a_list_kept_as_a_workbook(pack: Path, tmp_path: Path) -> None:
    (pack / "lists" / "marks.csv").unlink(missing_ok=True)
    saved(pack / "lists" / "marks.xlsx", {"a": [["code", "zh"], ["0010", "甲"], ["0020", "乙"]]})
    cells = grids(export_xlsx(cimkit.load_pack(pack)))
    workbook = saved(tmp_path / "need.xlsx", cells)
    before = content_of(pack)
    assert import_xlsx(workbook, pack).changed == ()
    assert content_of(pack) == before
    cells["list marks"][2][1] = "丙"
    assert import_xlsx(saved(workbook, cells), pack).changed == ("lists/marks.xlsx",)
    assert cimkit.load_pack(pack).lists["marks"].column("zh") == ("甲", "丙")
    assert cimkit.load_pack(pack).lists["marks"].column("code") == ("0010", "0020")


def test_a_long_number_in_a_packs_own_workbook_is_refused(pack: Path) -> None:
    saved(pack / "lists" / "marks.xlsx", {"a": [["code"], [2.10102198001011e17]]})
    with pytest.raises(PackError) as caught:
        cimkit.load_pack(pack)
    assert caught.value.key == "rules.digits_lost"
    assert "lists/marks.xlsx:2" in caught.value.message("zh")


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("xlsxwriter", ["pack", "export", "ln-bim-construction", "--to", "xlsx", "--out", "need.xlsx"]),
        ("python_calamine", ["pack", "import", "need.xlsx"]),
    ],
)
def test_without_the_extra_a_sentence_says_what_to_install(
    module: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main([*arguments, "--lang", "en"]) == 2
    assert 'pip install "cimkit[xlsx]"' in capsys.readouterr().err

"""Files for Revit's IFC exporter, read back as the exporter reads them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cimkit
from cimkit.authoring.export_map import misplaced, write_export_map
from cimkit.authoring.revit_file import Carrier, data_type, mapping_table, property_sets
from cimkit.authoring.revit_psets import revit_files
from cimkit.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
#: As the exporter's own template lists them.
DATA_TYPES = {
    "Area", "Boolean", "Count", "Identifier", "Integer", "Label", "Length", "Logical", "PositiveLength", "Ratio",
    "NormalisedRatio", "PositiveRatio", "Real", "Text", "ThermalTransmittance", "Volume", "Power", "PlaneAngle",
}  # fmt: skip

Block = tuple[str, list[str], list[tuple[str, str, str]]]


def read_sets(content: bytes) -> list[Block]:
    """The file as the exporter takes it: trimmed lines, comments behind #, empty columns removed."""
    blocks: list[Block] = []
    for raw in content.decode("utf-8-sig").splitlines():
        line = raw.lstrip(" \t")
        if not line or line.startswith("#"):
            continue
        cells = [cell for cell in line.split("\t") if cell]
        if cells[0].casefold() == "propertyset:":
            assert len(cells) == 4, raw
            assert cells[2] == "I"
            blocks.append((cells[1], [name for name in cells[3].replace(";", ",").split(",") if name], []))
        else:
            assert len(cells) == 3, raw
            blocks[-1][2].append((cells[0], cells[1], cells[2]))
    return blocks


@pytest.mark.parametrize("pack", ["ln-bim-construction", "ln-bim-asbuilt", "ifc-basics"])
def test_a_shipped_pack_as_property_sets(pack: str) -> None:
    files = revit_files(cimkit.load_pack(pack))
    blocks = read_sets(files.property_sets)
    assert len({(name, row[0]) for name, _, rows in blocks for row in rows}) == files.count
    assert all(rows for _, _, rows in blocks)
    for _, _, rows in blocks:
        assert {kind for _, kind, _ in rows} <= DATA_TYPES
    # A set that is defined twice for one entity would be written twice.
    places = [(name, entity) for name, entities, _ in blocks for entity in entities]
    assert len(places) == len(set(places))


def test_parameters_are_chinese_and_types_count_too() -> None:
    blocks = read_sets(revit_files(cimkit.load_pack("ln-bim-construction")).property_sets)
    (walls,) = [block for block in blocks if block[0] == "Pset_WallCommon" and "IfcWall" in block[1]]
    assert "IfcWallType" in walls[1]
    assert ("FireRating", "Label", "耐火极限") in walls[2]
    assert ("IsExternal", "Boolean", "是否外墙") in walls[2]
    (doors,) = [block for block in blocks if block[0] == "Pset_DoorCommon" and "IfcDoor" in block[1]]
    assert {"IfcDoorType", "IfcDoorStyle"} <= set(doors[1])


def test_the_mapping_table_has_the_standard_sets() -> None:
    table = revit_files(cimkit.load_pack("ln-bim-construction")).mapping_table
    assert table is not None
    rows = [line.split("\t") for line in table.decode("utf-8-sig").splitlines() if not line.startswith("#")]
    assert ["Pset_WallCommon", "FireRating", "耐火极限"] in rows
    assert all(len(row) == 3 and row[0].startswith("Pset_") for row in rows)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("IFCLABEL", "Label"),
        ("IFCPOSITIVELENGTHMEASURE", "PositiveLength"),
        ("IFCCOUNTMEASURE", "Count"),
        ("IFCSOUNDPOWERLEVELMEASURE", "Real"),
        ("IFCDATE", "Text"),
        ("", "Text"),
    ],
)
def test_data_types(measure: str, expected: str) -> None:
    assert data_type(measure) == expected


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(names, names, st.sampled_from(["IFCWALL", "IFCSLAB", "IFCDOOR"]), names), max_size=8))
def test_no_name_breaks_the_table(rows: list[tuple[str, str, str, str]]) -> None:
    """Whatever a name holds, every row is one line of three columns and no definition runs into another."""
    carriers = [Carrier(set_, name, (entity,), "", parameter) for set_, name, entity, parameter in rows]
    blocks = read_sets(property_sets(carriers, ["remark"]))
    wanted = {
        (" ".join(carrier.set.split()), " ".join(carrier.name.split())) for carrier in carriers if carrier.writable
    }
    assert {(name, row[0]) for name, _, read in blocks for row in read} == wanted
    mapping_table(carriers)


def test_the_map_of_a_check(tmp_path: Path) -> None:
    report = cimkit.check(SAMPLES / "renewal-block-faults.ifc", packs=["ln-bim-construction"], lang="en")
    found, files = write_export_map(report, tmp_path / "map")
    assert [path.name for path in files] == ["mapping.csv", "revit-psets.txt", "revit-mapping.txt"]
    (one,) = [each for each in found if each.rule == "LNB-DOR-002"]
    assert (one.set, one.name, one.found_set, one.found_name) == (
        "Pset_DoorCommon",
        "FireRating",
        "标识数据",
        "耐火极限",
    )
    assert (one.count, one.examples) == (1, ("甲级",))
    content = files[0].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["rule", "entity", "wanted set"]
    assert len(rows) == len(found) + 1
    assert ("Pset_DoorCommon", ["IfcDoor", "IfcDoorType", "IfcDoorStyle"], [("FireRating", "Label", "耐火极限")]) in (
        read_sets(files[1].read_bytes())
    )


def test_no_map_where_nothing_is_misplaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(SAMPLES / "renewal-block.ifc")
    main([model, "--pack", "ln-bim-construction", "--export-map", str(tmp_path / "map"), "--lang", "en"])
    assert "No value stands under another name" in capsys.readouterr().out
    assert not (tmp_path / "map").exists()


def test_the_map_of_several_elements(tmp_path: Path) -> None:
    """Counted by element; the parameter that most of them have goes into the file for Revit."""
    from cimkit.authoring.case_model import model_text

    lines = []
    for index, (set_name, name, value) in enumerate(
        [("A", "耐火极限", "1h"), ("A", "耐火极限", "2h"), ("B", "防火等级", "=1+1")]
    ):
        wall, props = 100 + index, 200 + 10 * index
        lines += [
            f"#{wall}=IFCDOOR('{index}Ke3j0aXX2SRoX2eYkqk9d',#12,'FM\\X2\\7532\\X0\\',$,$,#9,$,$,$,$,$,$,$);",
            f"#{props}=IFCPROPERTYSINGLEVALUE('{_step(name)}',$,IFCLABEL('{value}'),$);",
            f"#{props + 1}=IFCPROPERTYSET('{index}Ke3j0aXX2SRoX2eYkqk9e',#12,'{set_name}',$,(#{props}));",
            f"#{props + 2}=IFCRELDEFINESBYPROPERTIES('{index}Ke3j0aXX2SRoX2eYkqk9f',#12,$,$,(#{wall}),#{props + 1});",
        ]
    model = tmp_path / "m.ifc"
    model.write_text(model_text("IFC4", lines), encoding="ascii")
    report = cimkit.check(model, packs=["ln-bim-construction"], select=["LNB-DOR-002"])
    found = misplaced(report)
    assert [(one.kind, one.found_set, one.found_name, one.count, one.examples) for one in found] == [
        ("IfcDoor", "A", "耐火极限", 2, ("1h", "2h")),
        ("IfcDoor", "B", "防火等级", 1, ("=1+1",)),
    ]
    _, files = write_export_map(report, tmp_path)
    assert "'=1+1" in files[0].read_text("utf-8-sig")
    assert [row for _, _, rows in read_sets(files[1].read_bytes()) for row in rows] == [
        ("FireRating", "Label", "耐火极限")
    ]


def _step(text: str) -> str:
    return f"\\X2\\{text.encode('utf-16-be').hex().upper()}\\X0\\"


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "psets.txt"
    arguments = ["pack", "export", "ln-bim-construction", "--to", "revit-psets", "--out", str(out), "--lang", "zh"]
    assert main(arguments) == 0
    assert str(out) in capsys.readouterr().out
    assert read_sets(out.read_bytes())
    assert (tmp_path / "psets.mapping.txt").is_file()


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "missing" / "psets.txt"
    assert main(["pack", "export", "ifc-basics", "--to", "ids", "--out", str(out), "--lang", "en"]) == 2
    assert "missing" in capsys.readouterr().err

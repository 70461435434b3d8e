"""Broken and hostile IDS files given to the command: a sentence, the right exit status, and the rest is judged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.authoring.case_model import model_text
from cimkit.cli import main

WALL = "#{}=IFCWALL('{:022d}',#12,{},$,$,#9,$,$,$);"
NAMED = "<attribute><name><simpleValue>Name</simpleValue></name></attribute>"
Make = Callable[..., bytes]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], str]:
    def write(content: bytes) -> str:
        path = tmp_path / "need.ids"
        path.write_bytes(content)
        return str(path)

    return write


@pytest.fixture
def model(tmp_path: Path) -> str:
    """Two walls, one with a name."""
    path = tmp_path / "walls.ifc"
    path.write_text(model_text("IFC4", [WALL.format(100, 1, "'a'"), WALL.format(101, 2, "$")]), encoding="ascii")
    return str(path)


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE ids [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<ids xmlns="http://standards.buildingsmart.org/IDS"><info><title>&d;</title></info></ids>"""
EXTERNAL = b"""<?xml version="1.0"?>
<!DOCTYPE ids [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<ids xmlns="http://standards.buildingsmart.org/IDS"><info><title>&secret;</title></info></ids>"""
DRAFT = b"""<?xml version="1.0"?>
<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://standards.buildingsmart.org/IDS http://standards.buildingsmart.org/IDS/0.9.6/ids.xsd">
<info><title>t</title></info><specifications><specification name="s" ifcVersion="IFC4" minOccurs="0">
<applicability/></specification></specifications></ids>"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "XML"),
        (b"ISO-10303-21;", "XML"),
        (b"<ids", "XML"),
        (b"<?xml version='1.0' encoding='klingon'?><ids/>", "XML"),
        (b"<a>" * 100_000, "XML"),
        (BOMB, "DOCTYPE"),
        (EXTERNAL, "DOCTYPE"),
        (b"<ids/>", "namespace"),
        (b'<ids xmlns="http://example.org/IDS"><info/></ids>', "namespace"),
        (b'<project xmlns="http://standards.buildingsmart.org/IDS"/>', "project"),
        (DRAFT, "0.9.6"),
        (b'<ids xmlns="http://standards.buildingsmart.org/IDS"/>', "lacks"),
        (b'<ids xmlns="http://standards.buildingsmart.org/IDS"><info><title>t</title></info><specifications/></ids>',
         "lacks specification"),
    ],
)  # fmt: skip
def test_what_is_no_ids_at_all(
    content: bytes, words: str, write: Callable[[bytes], str], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(content)
    for lang in ("zh", "en"):
        assert main([model, "--ids", path, "--lang", lang]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("cimcheck: ")
        assert captured.err.count("\n") == 1
        assert "need.ids" in captured.err
    assert words in captured.err
    assert main(["ids", "audit", path, "--lang", "en"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_is_not_there(model: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.ids")
    assert main([model, "--ids", missing, "--lang", "en"]) == 2
    assert "missing.ids" in capsys.readouterr().err


def results(model: str, capsys: pytest.CaptureFixture[str], *ids: str, lang: str = "en") -> tuple[int, dict]:
    arguments = [part for path in ids for part in ("--ids", path)]
    status = main([model, *arguments, "--format", "json", "--lang", lang])
    return status, json.loads(capsys.readouterr().out)


def test_a_flawed_specification_is_blocked_and_the_sound_ones_judged(
    ids: Make, value: Callable[..., str], write: Callable[[bytes], str], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flawed = (
        '<specification name="Flawed" ifcVersion="IFC4"><applicability minOccurs="0" maxOccurs="unbounded">'
        f"<entity>{value('name', 'IFCWAL')}</entity></applicability>"
        f"<requirements>{NAMED}</requirements></specification>"
    )
    path = write(ids(NAMED, tail=flawed))
    for lang, said in (("zh", "IFCWALL"), ("en", "IFCWALL was probably meant")):
        status, report = results(model, capsys, path, lang=lang)
        assert status == 1
        assert [result["verdict"] for result in report["results"]] == ["failed", "blocked"]
        told = json.dumps(report["results"][1], ensure_ascii=False)
        assert "IDS-ENT-002" in told
        assert said in told
    assert main(["ids", "audit", path, "--lang", "en"]) == 2
    assert "IDS-ENT-002" in capsys.readouterr().out


def test_a_flawed_specification_alone_never_looks_like_a_pass(
    ids: Make, write: Callable[[bytes], str], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(ids(NAMED, applies="<entity><name><simpleValue>IfcWall</simpleValue></name></entity>"))
    status, report = results(model, capsys, path)
    assert (status, report["verdict"]) == (1, "blocked")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)(.*)(.*)(.*)(.*)(.*)x", "(a*)*b", "(a{0,30}){0,30}b"]
)
def test_patterns_run_in_linear_time(
    pattern: str,
    ids: Make,
    value: Callable[..., str],
    write: Callable[[bytes], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A backtracking engine would not come back from these within a lifetime."""
    path = tmp_path / "long.ifc"
    path.write_text(model_text("IFC4", [WALL.format(100, 1, f"'{'a' * 100_000}'")]), encoding="ascii")
    limit = f'<xs:pattern value="{pattern}"/>'
    named = f"<attribute>{value('name', 'Name')}{value('value', base='xs:string', limits=limit)}</attribute>"
    status, report = results(str(path), capsys, write(ids(named)))
    assert (status, report["results"][0]["verdict"]) == (1, "failed")


@pytest.mark.parametrize("pattern", ["((a{500}){500}){500}", "(" * 5000 + ")" * 5000, "[a-z", "(?=a)a", "a" * 100_000])
def test_patterns_that_are_refused(
    pattern: str, ids: Make, value: Callable[..., str], write: Callable[[bytes], str], model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    limit = f'<xs:pattern value="{pattern}"/>'
    named = f"<attribute>{value('name', 'Name')}{value('value', base='xs:string', limits=limit)}</attribute>"
    status, report = results(model, capsys, write(ids(named)))
    assert (status, report["results"][0]["verdict"]) == (1, "blocked")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_ifc_version_is_a_note_and_changes_no_verdict(
    lang: str, ids: Make, write: Callable[[bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(ids(NAMED, spec='name="Walls" ifcVersion="IFC4X3_ADD2"'))
    old = tmp_path / "old.ifc"
    wall = "#100=IFCWALL('{:022d}',#12,{},$,$,#9,$,$);"
    old.write_text(model_text("IFC2X3", [wall.format(1, "'a'")]), encoding="ascii")
    status, report = results(str(old), capsys, path, lang=lang)
    assert (status, report["results"][0]["verdict"]) == (0, "passed")
    (note,) = report["ids"][0]["notes"]
    assert "IFC4X3_ADD2" in note
    assert "IFC2X3" in note
    for form in ("text", "markdown"):
        main([str(old), "--ids", path, "--format", form, "--lang", lang])
        shown = re.sub(r"[\s\\]", "", capsys.readouterr().out)
        assert "IFC4X3_ADD2" in shown


def test_no_note_where_the_version_fits(
    ids: Make, write: Callable[[bytes], str], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report = results(model, capsys, write(ids(NAMED, spec='name="Walls" ifcVersion="IFC2X3 IFC4"')))
    assert "notes" not in report["ids"][0]


def test_files_of_one_name_are_kept_apart(
    ids: Make, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both have a specification IDS-001."""
    paths = []
    for folder, requires in (("a", NAMED), ("b", NAMED.replace("Name", "GlobalId"))):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "need.ids"
        path.write_bytes(ids(requires))
        paths.append(str(path))
    status, report = results(model, capsys, *paths, paths[0])
    assert status == 1
    assert [(result["failed"], result["verdict"]) for result in report["results"]] == [(1, "failed"), (0, "passed")]
    assert len({result["pack"] for result in report["results"]}) == 2
    assert len(report["ids"]) == 2
    (tmp_path / "b" / "other.ids").write_bytes(ids(NAMED.replace("Name", "GlobalId")))
    status, report = results(model, capsys, paths[0], str(tmp_path / "b" / "other.ids"))
    assert [result["verdict"] for result in report["results"]] == ["failed", "passed"]


def test_audit_goes_on_after_a_file_it_can_not_open(
    ids: Make, write: Callable[[bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = write(ids(NAMED))
    assert main(["ids", "audit", sound, "--lang", "en"]) == 0
    capsys.readouterr()
    assert main(["ids", "audit", str(tmp_path / "missing.ids"), sound, "--lang", "en"]) == 2
    captured = capsys.readouterr()
    assert "missing.ids" in captured.err
    assert "need.ids" in captured.out

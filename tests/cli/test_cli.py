"""The command line as a person or a pipeline meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cimkit import __version__
from cimkit.cli import main
from cimkit.cli.app import COMMANDS, load
from cimkit.cli.words import Words, language

ROOT = Path(__file__).resolve().parents[2]
FAULTS = ROOT / "samples" / "renewal-block-faults.ifc"
SOUND = ROOT / "samples" / "renewal-block.ifc"


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "CIMCHECK_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model with one wall, and a pack beside it that wants walls to have names."""
    from cimkit.authoring.case_model import model_text
    from cimkit.authoring.new import new_pack

    new_pack(tmp_path / "walls", "WAL")
    wall = "#100=IFCWALL('0Ke3j0aXX2SRoX2eYkqk9d',#12,{},$,$,#9,$,'W1',$);"
    (tmp_path / "bad.ifc").write_text(model_text("IFC4", [wall.format("$")]), encoding="ascii")
    (tmp_path / "good.ifc").write_text(model_text("IFC4", [wall.format("'a'")]), encoding="ascii")
    (tmp_path / "cimcheck.yaml").write_text("packs: [walls]\nselect: WAL-WAL-001\n")
    return tmp_path


def test_help_is_in_the_callers_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "检查" in capsys.readouterr().out
    assert main(["--help", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "check BIM models" in out or "checks BIM models" in out
    assert not re.search("[\u4e00-\u9fff]", out.replace("施工图", ""))
    for name in COMMANDS:
        assert f"\n  {name} " in out


def test_no_argument_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "cimcheck" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("zh", "en"):
        assert main([name, "--help", "--lang", lang]) == 0
        out = capsys.readouterr().out
        assert f"cimcheck {name}" in out
        if lang == "en":
            assert "选项" not in out
        command = load(name, Words(lang))
        for sub in getattr(command, "builders", {}):
            assert main([name, sub, "--help", "--lang", lang]) == 0
            assert sub in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"cimcheck {__version__}"


@pytest.mark.parametrize(
    ("arguments", "variable", "expected"),
    [
        (["--lang", "en"], "zh_CN.UTF-8", "en"),
        (["--lang=zh"], "en_GB.UTF-8", "zh"),
        (["m.ifc"], "en_US.UTF-8", "en"),
        (["m.ifc"], "C.UTF-8", "zh"),
        (["m.ifc"], "de_DE.UTF-8", "zh"),
        (["--", "--lang", "en"], "zh_CN.UTF-8", "zh"),
    ],
)
def test_language(monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str, expected: str) -> None:
    monkeypatch.setenv("LANG", variable)
    assert language(arguments) == expected


def test_a_check_needs_no_command(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tiny / "bad.ifc"), "--fail-on", "warning"]) == 1
    out = capsys.readouterr().out
    assert "WAL-WAL-001" in out
    assert "墙没有名称" in out
    assert main(["--fail-on", "warning", str(tiny / "good.ifc")]) == 0
    assert main(["check", str(tiny / "bad.ifc")]) == 0  # a warning is no error
    assert main([str(tiny / "bad.ifc"), "--fail-on", "never"]) == 0


def test_json_on_standard_output_is_only_json(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tiny / "bad.ifc"), "--format", "json", "--progress", "json", "--lang", "en"])
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert report["lang"] == "en"
    assert report["settings"] == {"packs": ["walls"], "select": "WAL-WAL-001"}
    assert [result["code"] for result in report["results"]] == ["WAL-WAL-001"]
    assert report["results"][0]["findings"][0]["subject"]["tag"] == "W1"
    steps = [json.loads(line) for line in captured.err.splitlines()]
    assert {"read", "report"} <= {step["step"] for step in steps}


def test_reports_are_written(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    json_path, text_path = tiny / "r.json", tiny / "r.txt"
    main([str(tiny / "bad.ifc"), "--report", f"json={json_path}", "--report", f"text={text_path}"])
    assert json.loads(json_path.read_text(encoding="utf-8"))["results"]
    assert "WAL-WAL-001" in text_path.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["compare", str(json_path), str(json_path), "--lang", "en"]) == 0
    assert "still there 1" in capsys.readouterr().out
    assert main([str(tiny / "bad.ifc"), "--baseline", str(json_path), "--fail-on", "warning"]) == 0
    assert main([str(tiny / "good.ifc"), "--against", str(json_path), "--lang", "en"]) == 0
    assert "mended 1" in capsys.readouterr().out


def test_waivers_from_the_command_line_and_from_settings(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = "- {code: WAL-WAL-001, reason: agreed, by: someone, until: 2999-01-01}\n"
    (tiny / "w.yaml").write_text(waiver)
    bad = str(tiny / "bad.ifc")
    assert main([bad, "--fail-on", "warning", "--waivers", str(tiny / "w.yaml")]) == 0
    (tiny / "cimcheck.yaml").write_text("packs: [walls]\nselect: WAL-WAL-001\nwaivers: w.yaml\n")
    assert main([bad, "--fail-on", "warning"]) == 0
    (tiny / "cimcheck.yaml").write_text(f"packs: [walls]\nselect: WAL-WAL-001\nwaivers:\n  {waiver}")
    assert main([bad, "--fail-on", "warning"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["nowhere.ifc"], 3, "nowhere.ifc"),
        (["explian", "IFB-HDR-001"], 2, "cimcheck explain"),
        (["--opn", "x"], 2, "--open"),
        (["x.ifc", "--fail-on", "eror"], 2, "error | warning"),
        (["x.ifc", "--report", "html"], 2, "html=报告.html"),
        (["x.ifc", "--report", "pdf=x.pdf"], 2, "pdf"),
        (["x.ifc", "--pack", "ifc-basic"], 2, "ifc-basics"),
        (["x.ifc", "--stage", "施工"], 2, "施工图"),
        (["x.ifc", "--settings", "nowhere.yaml"], 2, "nowhere.yaml"),
        (["x.ifc", "--pack", "ifc-basics", "--select", "QQQ-Q"], 2, "QQQ-Q"),
        (["explain", "IFB-REL-99"], 2, "IFB-REL-"),
        (["explain"], 2, "CODE"),
        (["pack", "lnt", "x"], 2, "pack lint"),
        (["rules", "--pack", "nowhere-at-all"], 2, "nowhere-at-all"),
        (["compare", "a.json", "b.json"], 2, "a.json"),
        (["ids", "audit", "nowhere.ids"], 2, "nowhere.ids"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    arguments: list[str],
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.ifc").write_text("no IFC at all")
    assert main(arguments) == status
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert "Traceback" not in captured.err
    assert captured.err.count("\n") <= 1


def test_a_broken_pack_is_named_with_its_line(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tiny / "walls/rules/walls.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("severity", "severty"), encoding="utf-8")
    assert main([str(tiny / "bad.ifc")]) == 2
    assert "walls/rules/walls.yaml:5" in capsys.readouterr().err


def test_a_fault_of_cimkit_is_told_as_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("cimkit.cli.app.load", fail)
    assert main(["packs"]) == 4
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err
    monkeypatch.setenv("CIMCHECK_DEBUG", "1")
    assert main(["packs"]) == 4
    assert "Traceback" in capsys.readouterr().err


def test_rules_packs_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs"]) == 0
    assert "ifc-basics" in capsys.readouterr().out
    assert main(["rules", "--pack", "ifc-basics"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("IFB-") for line in lines)
    code, name = lines[0].split()[0], "user-defined-without-object-type"
    assert main(["explain", code.lower()]) == 0
    assert capsys.readouterr().out.startswith(f"# {code} ")
    assert main(["explain", name, "--lang", "en"]) == 0
    assert "## How to mend it" in capsys.readouterr().out
    assert main(["explain", "LNB-WAL-102"]) == 0  # of the pack that brought it, not of one that extends it
    assert "ln-bim-construction" in capsys.readouterr().out.splitlines()[2]


@pytest.mark.parametrize("document", ["report", "pack", "rule", "settings", "waivers", "project", "portfolio"])
def test_schemas(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert main(["schema", document]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_pack_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-pack"
    assert main(["pack", "new", str(folder), "--prefix", "MYP"]) == 0
    assert main(["pack", "lint", str(folder)]) == 0
    assert main(["pack", "test", str(folder)]) == 0
    assert main(["pack", "docs", str(folder), "--out", str(tmp_path / "docs")]) == 0
    assert (tmp_path / "docs" / "MYP-WAL-001.md").is_file()
    (folder / "SOURCES.md").unlink()
    assert main(["pack", "lint", str(folder)]) == 1
    (folder / "cases/MYP-WAL-001-fail-empty-name.yaml").write_text(
        "rule: MYP-WAL-001\nverdict: fail\nwhy: x\ndata: []\n"
    )
    capsys.readouterr()
    assert main(["pack", "test", str(folder), "--lang", "en"]) == 1
    assert "should be failed and is not-applicable" in capsys.readouterr().out


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    program = "import sys; from cimkit.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )


def test_a_chinese_windows_console_survives_anything(tmp_path: Path) -> None:
    done = run(["packs"], PYTHONIOENCODING="cp936", LANG="zh_CN")
    assert done.returncode == 0
    assert "ifc-basics" in done.stdout.decode("cp936")
    done = run(["\U0001f600.ifc"], PYTHONIOENCODING="ascii", LANG="zh_CN")
    assert done.returncode == 3


def test_help_reads_no_heavy_library() -> None:
    program = (
        "import sys; from cimkit.cli import main; main(['--help']);"
        "print([name for name in ('polars', 'numpy', 'click', 'rich', 'lxml', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGPIPE")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    program = "import sys; from cimkit.cli import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", program, "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_samples_give_what_they_promise(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FAULTS), "--pack", "ifc-basics"]) == 1
    assert "IFB-" in capsys.readouterr().out


def test_the_page_is_opened(tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    page = tiny / "out.html"
    assert main([str(tiny / "bad.ifc"), "--report", f"html={page}", "--open"]) == 0
    assert opened == [page.as_uri()]
    assert "WAL-WAL-001" in page.read_text(encoding="utf-8")
    assert main([str(tiny / "bad.ifc"), "--open"]) == 0
    assert opened[1].startswith("file:")
    assert opened[1].endswith("bad.ifc.html")
    capsys.readouterr()

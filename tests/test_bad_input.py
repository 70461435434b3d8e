"""Bad input: one clear sentence in both languages, the right exit status, nothing raised, and the rest is checked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cimkit
from cimkit.report.model import Report, Verdict
from cimkit.report.summary import exit_status
from cimkit.sources.limits import Limits

HEADER = (
    "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('a'),'2;1');\nFILE_NAME('n','2026-01-01T00:00:00',('a'),('o'),'p','s','');\n"
    "FILE_SCHEMA(('{schema}'));\nENDSEC;\nDATA;\n"
)
END = "ENDSEC;\nEND-ISO-10303-21;\n"
PROJECT = "#1=IFCPROJECT('0YvctVUKr0kugbFTf53O9L',$,'P',$,$,$,$,$,$);\n"


def model(*lines: str, schema: str = "IFC4", end: str = END) -> bytes:
    return (HEADER.format(schema=schema) + PROJECT + "".join(f"{line}\n" for line in lines) + end).encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def basics(source: object, **options: object) -> Report:
    return cimkit.check(source, packs=["ifc-basics"], **options)  # type: ignore[arg-type]


def verdict_of(report: Report, code: str) -> Verdict:
    return next(result.verdict for result in report.results if result.code == code)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "sources.empty"),
        (b"hello, world", "sources.not_recognised"),
        (b"\x00" * 1000, "sources.not_recognised"),
        (b"%PDF-1.7", "sources.not_recognised"),
        (b"<ids xmlns='http://standards.buildingsmart.org/IDS'/>", "sources.is_ids"),
        (b'{"type": "Topology"}', "sources.no_reader"),
        (b"PK\x03\x04 broken", "sources.archive_broken"),
        (zipped({"a.txt": b"x"}), "sources.archive_without_source"),
        (zipped({"../a.ifc": model()}), "sources.archive_path"),
        (zipped({"a.ifc": model() + b" " * 20_000_000}), "sources.archive_bomb"),
    ],
)
def test_what_cant_be_read_has_its_sentence_in_both_languages(content: bytes, key: str) -> None:
    for lang in ("zh", "en"):
        report = basics(content, lang=lang, name="铁西/1#楼 建筑.ifc")
        source = report.sources[0]
        assert source.error_key == key
        assert source.error is not None
        assert "1#楼" in source.error
        assert exit_status(report) == 3
        assert not report.ok()
        assert not report.internal_errors


def test_too_large_is_refused_by_the_limit() -> None:
    report = cimkit.check(io.BytesIO(model()), packs=[], limits=Limits(bytes=100))
    assert report.sources[0].error_key == "sources.too_large"


def test_a_bad_source_never_keeps_the_others_from_being_checked(tmp_path: Path) -> None:
    (tmp_path / "好 模型.ifc").write_bytes(model())
    (tmp_path / "empty.ifc").write_bytes(b"")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    from cimkit.api import check_sources

    report = check_sources(
        [tmp_path / "missing.ifc", tmp_path / "empty.ifc", tmp_path / "broken.zip", tmp_path / "好 模型.ifc"],
        packs=["ifc-basics"],
    )
    keys = ["sources.not_found", "sources.empty", "sources.archive_broken", None]
    assert [source.error_key for source in report.sources] == keys
    assert report.sources[3].verdict is not None
    assert exit_status(report) == 3


def test_a_folder_where_a_file_was_meant_checks_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.ifc").write_bytes(model())
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    report = basics(tmp_path)
    assert [Path(source.path).name for source in report.sources] == ["a.ifc"]


def test_an_ifczip_is_its_model() -> None:
    assert verdict_of(basics(zipped({"模型.ifc": model()})), "IFB-PRJ-001") is Verdict.PASSED


@pytest.mark.parametrize("schema", ["IFC9", "AP214", ""])
def test_an_unknown_schema_blocks_what_depends_on_it(schema: str) -> None:
    report = basics(model(schema=schema))
    assert not report.internal_errors
    assert report.verdict is not Verdict.PASSED
    assert verdict_of(report, "IFB-SPA-006") in (Verdict.BLOCKED, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize(
    "lines",
    [
        ["#2=IFCWALL('x',$,$"],  # truncated within a record
        ["#2=IFCWALL("],
        ["#1=IFCWALL('0YvctVUKr0kugbFTf53O9M',$,$,$,$,$,$,$,$);"],  # duplicate number
        ["#2=IFCRELAGGREGATES('0YvctVUKr0kugbFTf53O9N',$,$,$,#99,(#98));"],  # dangling
        ["#2=IFCNOSUCHTHING(1);"],
        [
            "#2=IFCBUILDING('0YvctVUKr0kugbFTf53O9P',$,$,$,$,$,$,$,$,$,$,$);",
            "#3=IFCRELAGGREGATES('0YvctVUKr0kugbFTf53O9Q',$,$,$,#2,(#2));",
        ],
        ["#2=IFCWALL(((((((((((((((((((((((((((((((((((((((((((1)))));"],
        ["#99999999999999999999999=IFCWALL($,$,$,$,$,$,$,$,$);"],
        ["/* an endless comment"],
        ["#2=IFCWALL('\\X2\\4E", "#3=IFCWALL('\\X\\ZZ',$,$,$,$,$,$,$,$);"],
    ],
)  # fmt: skip
def test_broken_models_fail_and_never_crash(lines: list[str]) -> None:
    report = basics(model(*lines))
    assert not report.internal_errors, report.internal_errors
    assert report.verdict is Verdict.FAILED
    assert exit_status(report) in (1, 3)


def test_a_truncated_file_says_that_the_rest_was_lost() -> None:
    report = basics(model("#2=IFCWALL('0YvctVUKr0kugbFTf53O9M',$,$,$", end=""))
    assert report.sources[0].partial
    assert exit_status(report, "never") == 0
    assert exit_status(report, "error") == 1


def test_one_endless_line() -> None:
    line = ",".join(["1."] * 2_000_000)
    report = basics(model(f"#2=IFCCARTESIANPOINT(({line}));").replace(b"\n", b" "))
    assert not report.internal_errors
    assert report.sources[0].error is None


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_raw_chinese_bytes_are_read_and_reported(encoding: str) -> None:
    text = model("#2=IFCBUILDING('0YvctVUKr0kugbFTf53O9M',$,'铁西一号楼',$,$,$,$,$,$,$,$,$);").decode()
    facts = cimkit.read(text.encode(encoding))
    assert "铁西一号楼" in facts.attributes["Name"].values.text.to_list()
    assert "encoding" in facts.defects["kind"].to_list()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_give_a_report(noise: bytes, place: int) -> None:
    """Noise alone, and noise put somewhere into a sound file."""
    sound = model("#2=IFCWALL('0YvctVUKr0kugbFTf53O9M',$,'W',$,$,$,$,$,.SHEAR.);")
    for content in (noise, sound[:place] + noise + sound[place:]):
        report = basics(content)
        assert not report.internal_errors, report.internal_errors
        assert report.sources

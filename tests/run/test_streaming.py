"""A source that is read in batches says what it says when it is read at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cimkit
from cimkit.report.model import Report
from cimkit.run import streaming

pyogrio = pytest.importorskip("pyogrio", reason="the extra `geo` is not installed")
shapely = pytest.importorskip("shapely", reason="the extra `geo` is not installed")

_PACK = """
id: streamed
prefix: STR
edition: "1"
title: {zh: 分批, en: batches}
authority: {zh: cimkit, en: cimkit}
applies_to: [geopackage]
stages: []
status: stable
"""
_ROLE = "{where: {entity: building}, take: {code: {property: {name: code}}, storeys: {property: {name: storeys}}}}"
_ACROSS = f"""
    compare:
      left: {{property: {{set: one, name: storeys}}}}
      op: '>='
      right: {{property: {{set: other, name: storeys}}}}
  across: {{one: {_ROLE}, other: {_ROLE}}}
  match: {{code: other}}"""
_MUSTS = (
    "{field: {layer: [building], name: code, value: {pattern: '[A-Z][0-9]+'}}}",
    "{field: {layer: [building], name: storeys, type: integer, value: {min: 1}}}",
    "{field: {layer: [building], name: absent}}",
    "{unique: {property: {name: code}}}",
    "{shape_valid: invalid}",
    "{no_defect: gpkg_value}",
    "{placed: degrees}",
    "{no_duplicate_shapes: {}}",
    _ACROSS,
)


@pytest.fixture
def source(tmp_path: Path) -> tuple[Path, Path]:
    """A GeoPackage of 40 buildings with faults here and there, and a pack that finds them."""
    import pyogrio.raw

    boxes = [shapely.box(500000 + 20 * n, 4600000, 500010 + 20 * n, 4600010) for n in range(40)]
    boxes[33] = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    boxes[39] = boxes[2]
    codes = [f"A{n}" for n in range(40)]
    codes[5], codes[38] = "wrong", "A1"
    path = tmp_path / "a.gpkg"
    columns = [np.array(codes, object), np.arange(40)]
    shapes = shapely.to_wkb(np.array(boxes, object))
    given: dict[str, Any] = {"layer": "building", "driver": "GPKG", "geometry_type": "Polygon", "crs": "EPSG:4549"}
    pyogrio.raw.write(path, shapes, columns, ["code", "storeys"], **given)
    pack = tmp_path / "pack"
    rules = [
        f"- code: STR-VEC-{n:03d}\n  name: r{n}\n  status: stable\n  severity: info\n  executable: full\n"
        f"  evidence: memory\n  quality: attribute\n  must: {must}\n"
        for n, must in enumerate(_MUSTS, start=1)
    ]
    texts = "".join(f"STR-VEC-{n:03d}: {{title: t, why: w, fix: f}}\n" for n in range(1, len(_MUSTS) + 1))
    files = {"pack.yaml": _PACK, "rules/r.yaml": "\n".join(rules), "locales/zh.yaml": texts, "locales/en.yaml": texts}
    for name, content in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(content, encoding="utf-8")
    return path, pack


def told(report: Report) -> list[Any]:
    assert report.internal_errors == []
    return [
        (
            result.code,
            str(result.verdict),
            result.failed,
            sorted(
                (f.reason, f.found, f.locator or f.subject.locator if f.subject else f.locator) for f in result.findings
            ),
        )
        for result in report.results
    ]


def test_batches_say_what_the_whole_says(source: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path, pack = source
    at_once = cimkit.check(path, packs=[pack])
    monkeypatch.setattr(streaming, "STREAM_FROM", 10)
    monkeypatch.setattr(streaming, "BATCH_ROWS", 7)
    in_batches = cimkit.check(path, packs=[pack])
    assert told(in_batches) == told(at_once)
    assert in_batches.sources[0].subjects == 40
    failing = {code for code, verdict, _, _ in told(at_once) if verdict == "failed"}
    assert {"STR-VEC-001", "STR-VEC-003", "STR-VEC-004", "STR-VEC-005", "STR-VEC-008", "STR-VEC-009"} <= failing


def test_the_first_findings_are_kept_and_all_are_counted(
    source: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, pack = source
    text = (pack / "rules" / "r.yaml").read_text(encoding="utf-8").replace("'[A-Z][0-9]+'", "'[B-Z][0-9]+'")
    (pack / "rules" / "r.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(streaming, "STREAM_FROM", 10)
    monkeypatch.setattr(streaming, "BATCH_ROWS", 7)
    monkeypatch.setattr(streaming, "KEPT_FINDINGS", 9)
    result = cimkit.check(path, packs=[pack]).results[0]
    assert result.failed == 40
    assert len(result.findings) == 9

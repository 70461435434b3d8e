"""A synthetic report with everything that a real one may hold: what formats are developed and tested against."""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl
import pytest

from cimkit.report.model import (
    FINDINGS,
    SUBJECTS,
    FindingTable,
    PackSummary,
    Report,
    Result,
    Skipped,
    SourceSummary,
    Verdict,
)

STOREYS = ["B1", "1F", "2F", "3F", "4F", "屋面层"]
NASTY = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "\x1b[31m红\x1b[0m",
    "a|b`c*d_e",
    "\u202e反向",
    "第一行\n第二行",
    "𠮷野家🏠",
    "]]> & </details>",
]


def subjects(count: int) -> pl.DataFrame:
    """Walls, doors and columns of two buildings, some without a name or a storey, some with a nasty one."""
    kinds, names, types = (
        ["IfcWall", "IfcDoor", "IfcColumn"],
        ["外墙", "防火门", "框架柱"],
        ["外墙-200", "FM甲1521", "KZ-600"],
    )
    rows = [
        {
            "source": 0 if i < count * 3 // 4 else 1,
            "kind": kinds[i % 3],
            "id": f"{i:022d}" if i % 50 else None,
            "name": None if i % 97 == 0 else NASTY[i % len(NASTY)] if i % 101 == 0 else f"{names[i % 3]}-{i}",
            "tag": str(300000 + i),
            "type": types[i % 3] if i % 4 else f"{types[i % 3]}-改",
            "storey": STOREYS[(i // 7) % 6] if i % 13 else None,
            "locator": f"#{1000 + i}",
        }
        for i in range(count)
    ]
    return pl.DataFrame(rows, schema=SUBJECTS)


def table(rows: list[dict]) -> FindingTable:
    """A finding table; what a row does not say is null."""
    complete = [{name: row.get(name) for name in FINDINGS} for row in rows]
    return FindingTable(pl.DataFrame(complete, schema=FINDINGS))


def result(code: str, verdict: str, severity: str = "error", rows: list[dict] | None = None, **changes) -> Result:
    """A result with texts in both languages."""
    rows = rows or []
    given = {
        "code": code,
        "name": "wall-without-fire-rating",
        "pack": "ln-bim-construction",
        "verdict": Verdict(verdict),
        "severity": severity,
        "evidence": "practice",
        "title": {"zh": f"标题 {code}", "en": f"Title {code}"},
        "message": {},
        "why": {"zh": "防火设计审查要用到。", "en": "Fire design review needs it."},
        "fix": {"zh": "在类型属性中补填后重新导出。", "en": "Fill it in at the type and export again."},
        "cites": [
            {"document": "某建模工具构件数据表", "clause": None, "fact": "C-47", "url": "https://example.org/a?b=1&c=2"}
        ],
        "quality": "completeness",
        "adopted": False,
        "gate": "content",
        "applicable": max(len(rows) * 2, 10 if verdict == "passed" else 0),
        "failed": len(rows),
        "findings": table(rows),
    }
    return Result(**{**given, **changes})


def of_property(count: int, start: int = 0, step: int = 1, **values: str) -> list[dict]:
    """Findings about a property, one a subject."""
    packed = orjson.dumps({"set": "Pset_WallCommon", "name": "FireRating", **values}).decode()
    return [
        {"subject": start + i * step, "source": 0, "reason": "property_missing", "values": packed} for i in range(count)
    ]


def make_report(size: int = 60, lang: str = "zh") -> Report:
    """A report of all verdicts over two sources and three packs; `size` findings for the largest rule."""
    things = subjects(size)
    wrong_value = [
        {
            "subject": i,
            "source": things["source"][i],
            "reason": "property_wrong_value",
            "found": NASTY[i % len(NASTY)] if i % 5 == 0 else "REI30",
            "expected": "REI60 | REI90",
            "values": '{"set":"Pset_WallCommon","name":"FireRating"}',
            "related": [0] if i % 3 == 0 else None,
            "state": "waived" if i == 3 else "baselined" if i == 6 else None,
        }
        for i in range(0, size, 3)
    ]
    missing = [{**row, "source": things["source"][row["subject"]]} for row in of_property(size)]
    whole = [
        {"subject": None, "source": 0, "locator": "line 12", "reason": "defect_encoding", "found": "D6D0"},
        {"subject": None, "source": 1, "reason": "crs_missing", "values": '{"aspect":"name"}'},
        {"subject": None, "source": 1, "reason": "quite_new_reason", "found": "x" * 500, "expected": "y"},
    ]
    return Report(
        version="0.1.0",
        created="2026-11-22T08:00:00Z",
        lang=lang,
        verdict=Verdict.FAILED,
        stage=("施工图", "default"),
        sources=[
            SourceSummary(
                "A栋/建筑-施工图.ifc",
                "ab" * 32,
                12_345_678,
                "ifc",
                "IFC4",
                18_204,
                Verdict.FAILED,
                facts={"discipline": "建筑", "software": "Revit 2024", "storeys": STOREYS},
                kinds={"IfcWall": 5120, "IfcDoor": 800},
            ),
            SourceSummary(
                "A栋/结构.ifc", "cd" * 32, 2_345, "ifc", "IFC2X3", 42, Verdict.PASSED, facts={"discipline": "结构"}
            ),
        ],
        packs=[
            PackSummary(
                "ln-bim-construction",
                "2021",
                "ef" * 32,
                Verdict.FAILED,
                5,
                8,
                1,
                {"confirmed": 2, "practice": 5, "tool": 1, "memory": 0},
                {"zh": "辽宁施工图模型交付", "en": "Construction drawing model delivery, Liaoning"},
                {
                    "zh": "标准正文未公开，属性表取自公开的行业做法；采纳前仅作参考。",
                    "en": "The standard's body is not public.",
                },
            ),
            PackSummary(
                "ifc-file",
                "1",
                "01" * 32,
                Verdict.PASSED,
                3,
                3,
                0,
                {"tool": 3},
                {"zh": "IFC 文件质量", "en": "IFC file quality"},
            ),
            PackSummary(
                "cim-crs",
                "1",
                "02" * 32,
                Verdict.BLOCKED,
                0,
                2,
                0,
                {"confirmed": 2},
                {"zh": "坐标参考系", "en": "Reference systems"},
            ),
        ],
        results=[
            result(
                "LNB-WAL-003",
                "failed",
                "error",
                missing,
                title={"zh": "墙缺少耐火极限", "en": "Wall without fire rating"},
            ),
            result(
                "LNB-WAL-004",
                "failed",
                "warning",
                wrong_value,
                waived=1,
                baselined=1,
                evidence="memory",
                title={"zh": "墙的耐火极限取值不对", "en": "Wall with a wrong fire rating"},
                message={
                    "zh": "{subject} 的耐火极限为“{found}”，应为 {expected}。",
                    "en": '{subject} has the rating "{found}", expected {expected}.',
                },
            ),
            result(
                "LNB-DOR-001",
                "failed",
                "info",
                of_property(2, start=1, step=3),
                title={"zh": "门没有标记 <b>", "en": "Door <b>"},
            ),
            result("LNB-PRJ-001", "manual", reason="results.by_hand"),
            result(
                "LNB-PRJ-002",
                "manual",
                "warning",
                reason="results.parameter_missing",
                reason_values={"names": "storey_height_max"},
            ),
            result("LNB-STA-001", "not-applicable", "warning"),
            result("LNB-DOR-002", "passed"),
            result("IFC-SYN-001", "passed", pack="ifc-file", evidence="tool"),
            result("IFC-ENC-001", "failed", "warning", whole[:1], pack="ifc-file", evidence="tool", applicable=2),
            result("IFC-HDR-001", "passed", pack="ifc-file", evidence="tool"),
            result(
                "CRS-001",
                "blocked",
                pack="cim-crs",
                evidence="confirmed",
                reason="results.gate_closed",
                reason_values={"gate": "syntax"},
            ),
            result("CRS-002", "failed", "warning", whole[1:], pack="cim-crs", evidence="confirmed"),
            result("need/01", "passed", pack="ids:need.ids", evidence="tool", title={"zh": "防火门须有标识"}),
        ],
        subjects=things,
        ids=[{"path": "need.ids", "sha256": "11" * 32, "title": "业主要求"}],
        parameters={"ln-bim-construction": {"storey_height_max": None, "tolerance": 0.01}},
        adoption=[{"pack": "ln-bim-construction", "by": "某设计院", "date": "2026-01-01", "page": "12"}],
        settings={"regrade": {"LNB-DOR-001": "info"}},
        skipped=[Skipped("LNB-OLD-001", "removed"), Skipped("LNB-WAL-009", "stage"), Skipped("LNB-WAL-010", "stage")],
    )


#: Formats that are no text, and the library of those that need one.
BINARY = {"xlsx", "bcf", "parquet"}
_LIBRARIES = {"xlsx": "xlsxwriter", "bcf": "bcf.v2.model"}


def needs(name: str) -> None:
    """Skip the test where the library of this format is not installed."""
    if name in _LIBRARIES:
        pytest.importorskip(_LIBRARIES[name])


def written(report: Report, name: str, folder: Path, **options) -> bytes:
    """The report as `报告.<name>` in the folder."""
    needs(name)
    path = folder / f"报告.{name}"
    report.write(name, str(path), **options)
    return path.read_bytes()

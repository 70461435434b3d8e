"""JSON Lines: the report, each result and each finding as an object on a line of its own, for pipelines.

`record` says what a line is: `report` (the first), `result`, or `finding`, which names its rule's `code` and `pack`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson

from cimkit.report.formats.json import as_bytes, finding_lines, report_head, report_tail, result_head
from cimkit.report.model import Report

__all__ = ["write"]


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write the report as UTF-8 lines."""
    stream.write(_line("report", {**report_head(report), **report_tail(report)}))
    for result in sorted(report.results, key=lambda result: (result.code, result.pack)):
        stream.write(_line("result", result_head(report, result)))
        begin = orjson.dumps({"record": "finding", "code": result.code, "pack": result.pack})[:-1].decode() + ","
        for lines in finding_lines(report, result):
            stream.write((begin + lines.str.slice(1).str.join("\n" + begin).item() + "\n").encode("utf-8"))


def _line(record: str, content: Mapping[str, Any]) -> bytes:
    return as_bytes({"record": record, **content}) + b"\n"

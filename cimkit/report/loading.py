"""A report read back from its JSON: for comparing, for a baseline, or to write another format without the source.

Reading is tolerant: a key that a later cimkit added is passed over, one that an earlier did not have is empty. What
is not a report at all, or of another major version, is refused with a sentence.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from cimkit.errors import UsageError
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

__all__ = ["from_dict", "load_report"]

_VERSION = 1


def load_report(path: str | os.PathLike[str]) -> Report:
    """Read a JSON report. Its findings keep the sentences that they were written with.

    Raises UsageError when the file can't be read or is no JSON report of version 1.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError("report.cannot_read", path=str(path), why=error.strerror or str(error)) from error
    try:
        data = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UsageError("report.not_json", path=str(path), why=str(error)) from error
    return from_dict(data, str(path))


def from_dict(data: Any, path: str = "-") -> Report:
    """The report that `Report.to_dict` gave. path: named when it turns out not to be one.

    Raises UsageError.
    """
    if not isinstance(data, Mapping) or data.get("report_version") != _VERSION:
        version = data.get("report_version") if isinstance(data, Mapping) else None
        raise UsageError("report.not_a_report", path=path, version=version or "-")
    try:
        return _report(data)
    except (KeyError, TypeError, ValueError, AttributeError, pl.exceptions.PolarsError) as error:
        raise UsageError("report.damaged", path=path, why=f"{type(error).__name__}: {error}") from error


def _report(data: Mapping[str, Any]) -> Report:
    lang = str(data["lang"])
    sources = [_source(source) for source in data.get("sources", ())]
    numbers: dict[str, int] = {}
    for number, source in enumerate(sources):
        numbers.setdefault(source.path, number)
    things = _Subjects(numbers)
    results = [_result(result, lang, things) for result in data.get("results", ())]
    return Report(
        version=str(data["cimkit"]),
        created=str(data["created"]),
        lang=lang,
        verdict=Verdict(data["verdict"]),
        stage=(str(data["stage"]["value"]), str(data["stage"]["decided_by"])),
        sources=sources,
        packs=[_pack(pack, lang) for pack in data.get("packs", ())],
        results=results,
        subjects=pl.DataFrame(things.rows, schema=SUBJECTS, orient="row"),
        ids=list(data.get("ids", ())),
        parameters=data.get("parameters", {}),
        adoption=list(data.get("adoption", ())),
        settings=data.get("settings", {}),
        skipped=[Skipped(str(rule["code"]), str(rule["reason"])) for rule in data.get("skipped", ())],
        internal_errors=list(data.get("internal_errors", ())),
        waivers=list(data.get("waivers", ())),
        signoffs=list(data.get("signoffs", ())),
        baseline=data.get("baseline"),
        project=data.get("project"),
    )


class _Subjects:
    """The subject table, built anew: things that look the same are one."""

    def __init__(self, sources: Mapping[str, int]) -> None:
        self.sources = sources
        self.rows: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def row_of(self, subject: Mapping[str, Any]) -> int:
        row = (self.source_of(subject), *(subject.get(name) for name in SUBJECTS if name != "source"))
        number = self._known.setdefault(row, len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        return number

    def source_of(self, subject: Mapping[str, Any]) -> int:
        return self.sources.get(str(subject.get("source")), 0)


def _result(data: Mapping[str, Any], lang: str, things: _Subjects) -> Result:
    return Result(
        code=str(data["code"]),
        name=str(data.get("name", "")),
        pack=str(data.get("pack", "")),
        verdict=Verdict(data["verdict"]),
        severity=str(data["severity"]),
        evidence=str(data.get("evidence", "")),
        title=_said(data, "title", lang),
        message={},
        why=_said(data, "why", lang),
        fix=_said(data, "fix", lang),
        cites=list(data.get("cites") or ()),
        quality=data.get("quality"),
        adopted=bool(data.get("adopted")),
        gate=str(data.get("gate", "content")),
        applicable=int(data.get("applicable", 0)),
        failed=int(data.get("failed", 0)),
        findings=_findings(data.get("findings", ()), things),
        waived=int(data.get("waived", 0)),
        baselined=int(data.get("baselined", 0)),
        reason=data.get("reason"),
        reason_values=data.get("reason_values") or {},
        by_source=[
            (Verdict(share["verdict"]), int(share["applicable"]), int(share["failed"]))
            for share in data.get("by_source", ())
        ],
    )


def _findings(findings: Iterable[Mapping[str, Any]], things: _Subjects) -> FindingTable:
    rows = []
    for finding in findings:
        subject = finding.get("subject") or {}
        whole = subject.get("kind") is None and subject.get("id") is None and subject.get("name") is None
        values = finding.get("values")
        rows.append(
            (
                None if whole else things.row_of(subject),
                things.source_of(subject),
                finding.get("locator"),
                finding.get("reason") or "",
                finding.get("found"),
                finding.get("expected"),
                [things.row_of(other) for other in finding.get("related") or ()] or None,
                orjson.dumps(values).decode() if values is not None else None,
                finding.get("state"),
                finding.get("message") or "",
            )
        )
    return FindingTable(pl.DataFrame(rows, schema=[*FINDINGS.items(), ("message", pl.String)], orient="row"))


def _source(data: Mapping[str, Any]) -> SourceSummary:
    verdict = data.get("verdict")
    return SourceSummary(
        path=str(data["path"]),
        sha256=data.get("sha256"),
        bytes=data.get("bytes"),
        format=data.get("format"),
        schema=data.get("schema"),
        subjects=data.get("subjects"),
        verdict=Verdict(verdict) if verdict else None,
        error=data.get("error"),
        error_key=data.get("error_key"),
        partial=bool(data.get("partial")),
        facts=data.get("facts") or {},
        kinds=data.get("kinds") or {},
    )


def _pack(data: Mapping[str, Any], lang: str) -> PackSummary:
    return PackSummary(
        id=str(data["id"]),
        edition=str(data.get("edition", "")),
        sha256=str(data.get("sha256", "")),
        verdict=Verdict(data["verdict"]),
        judged=int(data.get("judged", 0)),
        of=int(data.get("of", 0)),
        adopted=int(data.get("adopted", 0)),
        evidence=data.get("evidence") or {},
        title=_said(data, "title", lang),
        notice=_said(data, "notice", lang),
    )


def _said(data: Mapping[str, Any], key: str, lang: str) -> dict[str, str]:
    said = data.get(key)
    return {lang: str(said)} if said else {}

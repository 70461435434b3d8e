"""SARIF 2.1.0 (OASIS), which code hosts and editors show.

A STEP file's instance number or a GlobalId is no line of text: it stands as a logical location; only what really is a
line (a syntax error) has a region. Waived findings are suppressed results, baselined ones unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote

import polars as pl

from cimkit.report.comparing import identities
from cimkit.report.formats.json import as_bytes
from cimkit.report.model import Report, Result, SourceSummary, Verdict
from cimkit.report.reading import with_messages
from cimkit.report.summary import exit_status
from cimkit.report.wording import Words, internal_error_line, rule_reason

__all__ = ["write"]

_LEVEL = {"error": "error", "warning": "warning", "info": "note"}
#: A verdict without findings as SARIF's kind of result.
_KIND = {
    Verdict.PASSED: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.MANUAL: "review",
    Verdict.BLOCKED: "open",
    Verdict.FAILED: "fail",
}


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write one run."""
    words = Words(report.lang)
    results = sorted(report.results, key=lambda result: (result.code, result.pack))
    run = {
        "tool": {"driver": _driver(report, results, words)},
        "language": "zh-CN" if report.lang == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, words)],
        "artifacts": [_artifact(source) for source in report.sources],
        "properties": {"verdict": str(report.verdict), "stage": report.stage[0]},
    }
    head = as_bytes({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})
    stream.write(head[: -len(b"}]}")] + b',"results":[')
    first = True
    for index, result in enumerate(results):
        for entry in _entries(report, result, index, words):
            stream.write((b"\n" if first else b",\n") + as_bytes(entry))
            first = False
    stream.write(b"]}]}\n")


def _driver(report: Report, results: list[Result], words: Words) -> dict[str, Any]:
    return {"name": "cimkit", "version": report.version, "rules": [_rule(result, words) for result in results]}


def _rule(result: Result, words: Words) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": result.code,
        "name": result.name,
        "shortDescription": {"text": words.title(result)},
        "defaultConfiguration": {"level": _LEVEL.get(result.severity, "warning")},
        "properties": {"pack": result.pack, "evidence": result.evidence, "adopted": result.adopted},
    }
    if why := words.local(result.why):
        rule["fullDescription"] = {"text": why}
    if fix := words.local(result.fix):
        rule["help"] = {"text": fix}
    url = next((str(cite["url"]) for cite in result.cites if str(cite.get("url") or "").startswith("http")), None)
    if url:
        rule["helpUri"] = quote(url, safe=":/?#[]@!$&'()*+,;=%-._~")
    return rule


def _invocation(report: Report, words: Words) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": internal_error_line(words, error)}} for error in report.internal_errors
    ]
    for source in report.sources:
        if source.error or source.partial:
            text = f"{source.path}: {source.error or words('partial')}"
            notes.append({"level": "error", "message": {"text": text}})
    return {
        "executionSuccessful": exit_status(report, "never") == 0,
        "endTimeUtc": report.created,
        "toolExecutionNotifications": notes,
    }


def _artifact(source: SourceSummary) -> dict[str, Any]:
    artifact: dict[str, Any] = {"location": {"uri": _uri(source.path)}}
    if source.bytes is not None:
        artifact["length"] = source.bytes
    if source.sha256:
        artifact["hashes"] = {"sha-256": source.sha256}
    return artifact


def _uri(path: str) -> str:
    return quote(path.replace("\\", "/"))


def _entries(report: Report, result: Result, index: int, words: Words) -> Iterator[dict[str, Any]]:
    kind = _KIND[result.verdict]
    same = {"ruleId": result.code, "ruleIndex": index}
    level = _LEVEL.get(result.severity, "warning")
    if not len(result.findings):
        text = rule_reason(words, result) or words.verdict(result.verdict)
        yield {**same, "kind": kind, "level": level if kind == "fail" else "none", "message": {"text": text}}
        return
    rows = with_messages(report, result, result.findings.rows)
    keys = identities(report, result).select(
        pl.concat_str(pl.lit(result.code), "subject", "reason", "nth", separator="\n")
    )
    for row, key in zip(rows.iter_rows(named=True), keys.to_series(), strict=True):
        entry: dict[str, Any] = {
            **same,
            "kind": "fail",
            "level": level,
            "message": {"text": row["message"]},
            "locations": [_location(row)],
            "partialFingerprints": {"cimkitFinding/v1": hashlib.sha256(key.encode("utf-8")).hexdigest()},
        }
        if row["related"]:
            entry["relatedLocations"] = [_related(report, number) for number in row["related"]]
        if row["state"] == "waived":
            entry["suppressions"] = [{"kind": "external", "status": "accepted"}]
        if report.baseline is not None:
            entry["baselineState"] = "unchanged" if row["state"] == "baselined" else "new"
        yield entry


def _location(row: Mapping[str, Any]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(row["path"]), "index": row["source"]}}
    line, _, column = (row["locator"] or "").partition(":")
    if line.isdecimal() and int(line) > 0:
        physical["region"] = {"startLine": int(line)}
        if column.isdecimal() and int(column) > 0:
            physical["region"]["startColumn"] = int(column)
    location: dict[str, Any] = {"physicalLocation": physical}
    if row["subject"] is not None:
        location["logicalLocations"] = [_logical(row["s_name"], row["s_id"], row["s_kind"], row["s_locator"])]
    return location


def _related(report: Report, number: int) -> dict[str, Any]:
    row = report.subjects.row(number, named=True)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(report.sources[row["source"]].path), "index": row["source"]}
        },
        "logicalLocations": [_logical(row["name"], row["id"], row["kind"], row["locator"])],
    }


def _logical(name: str | None, key: str | None, kind: str | None, locator: str | None) -> dict[str, Any]:
    logical = {"name": name, "fullyQualifiedName": key or locator, "kind": kind, "decoratedName": locator}
    return {key: value for key, value in logical.items() if value}

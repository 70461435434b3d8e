"""The JSON report, version 1: complete, deterministic, one finding a line.

Findings go from columns to bytes without becoming objects: a hundred thousand of them take well under a second.
What the version promises is in `cimkit/report/schemas/report.json`; keys are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

import orjson
import polars as pl
from msgspec.structs import asdict

from cimkit.report.model import FindingTable, PackSummary, Report, Result, SourceSummary
from cimkit.report.reading import with_messages
from cimkit.report.summary import count, findings_of
from cimkit.report.wording import Words, rule_reason

__all__ = ["as_bytes", "finding_lines", "report_head", "report_tail", "result_head", "to_dict", "write"]

_CHUNK = 50_000
_SUBJECT = ("kind", "id", "name", "tag", "type", "storey", "locator")


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write the report as UTF-8 JSON."""
    for piece in _pieces(report):
        stream.write(piece)


def to_dict(report: Report) -> dict[str, Any]:
    """The same as plain dictionaries and lists."""
    parsed: dict[str, Any] = orjson.loads(b"".join(_pieces(report)))
    return parsed


def _pieces(report: Report) -> Iterator[bytes]:
    head = as_bytes(report_head(report))
    yield head[:-1] + b',\n"results":['
    ordered = sorted(report.results, key=lambda result: (result.code, result.pack))
    for number, (result, pieces) in enumerate(_with_lines(report, ordered)):
        yield (b",\n" if number else b"\n") + as_bytes(result_head(report, result))[:-1] + b',"findings":['
        for place, lines in enumerate(pieces):
            yield (b",\n" if place else b"\n") + lines.str.join(",\n").item().encode("utf-8")
        yield b"]}"
    yield b"],\n" + as_bytes(report_tail(report))[1:] + b"\n"


def report_head(report: Report) -> dict[str, Any]:
    """All that stands before the results."""
    counts = count(report)
    value, decided_by = report.stage
    words = Words(report.lang)
    return {
        "report_version": 1,
        "cimkit": report.version,
        "created": report.created,
        "lang": report.lang,
        "verdict": report.verdict,
        "stage": {"value": value, "decided_by": decided_by},
        "sources": [_source(source) for source in report.sources],
        "packs": [_pack(pack, words) for pack in report.packs],
        "ids": report.ids,
        "parameters": report.parameters,
        "adoption": report.adoption,
        "settings": report.settings,
        "waivers": report.waivers,
        "signoffs": report.signoffs,
        "baseline": report.baseline,
        **({"project": report.project} if report.project is not None else {}),
        "counts": asdict(counts),
    }


def report_tail(report: Report) -> dict[str, Any]:
    """All that stands after the results."""
    skipped = sorted(report.skipped, key=lambda skipped: (skipped.code, skipped.reason))
    return {
        "skipped": [{"code": rule.code, "reason": rule.reason} for rule in skipped],
        "internal_errors": report.internal_errors,
    }


def _source(source: SourceSummary) -> dict[str, Any]:
    return {
        "path": source.path,
        "sha256": source.sha256,
        "bytes": source.bytes,
        "format": source.format,
        "schema": source.schema,
        "subjects": source.subjects,
        "verdict": source.verdict,
        "error": source.error,
        "error_key": source.error_key,
        "partial": source.partial,
        "facts": source.facts,
        "kinds": source.kinds,
    }


def _pack(pack: PackSummary, words: Words) -> dict[str, Any]:
    return {
        "id": pack.id,
        "edition": pack.edition,
        "sha256": pack.sha256,
        "title": words.local(pack.title),
        "notice": words.local(pack.notice),
        "verdict": pack.verdict,
        "judged": pack.judged,
        "of": pack.of,
        "adopted": pack.adopted,
        "evidence": pack.evidence,
    }


def result_head(report: Report, result: Result) -> dict[str, Any]:
    """All that a result says besides its findings."""
    words = Words(report.lang)
    return {
        "code": result.code,
        "name": result.name,
        "title": words.title(result),
        "pack": result.pack,
        "verdict": result.verdict,
        "severity": result.severity,
        "evidence": result.evidence,
        "adopted": result.adopted,
        "quality": result.quality,
        "gate": result.gate,
        "cites": list(result.cites),
        "why": words.local(result.why),
        "fix": words.local(result.fix),
        "reason": result.reason,
        "reason_text": rule_reason(words, result) or None,
        "reason_values": result.reason_values,
        "applicable": result.applicable,
        "failed": result.failed,
        "findings_total": findings_of(result),
        "waived": result.waived,
        "baselined": result.baselined,
        "shown": len(result.findings),
        "by_source": [
            {"verdict": verdict, "applicable": applicable, "failed": failed}
            for verdict, applicable, failed in result.by_source
        ],
    }


def _with_lines(report: Report, results: Iterable[Result]) -> Iterator[tuple[Result, Iterable[pl.Series]]]:
    """Each result with its findings as `finding_lines` gives them. Results without a sentence of their own, as IDS
    specifications are, have it from the locale files by its reason alone: many of them are worded at once."""
    batch: list[Result] = []
    columns, size = None, 0
    for result in results:
        rows = result.findings.rows
        alone = bool(result.message.get(report.lang)) or rows.height > _CHUNK
        other_columns = rows.height and columns not in (None, rows.columns)  # a report read back has more of them
        if alone or other_columns or size + rows.height > _CHUNK:
            yield from _worded_together(report, batch)
            batch, columns, size = [], None, 0
        if alone:
            yield result, finding_lines(report, result)
            continue
        batch.append(result)
        if rows.height:
            columns, size = rows.columns, size + rows.height
    yield from _worded_together(report, batch)


def _worded_together(report: Report, results: list[Result]) -> Iterator[tuple[Result, Iterable[pl.Series]]]:
    frames = [result.findings.rows for result in results if result.findings.rows.height]
    lines = pl.Series([], dtype=pl.String)
    if frames:
        (lines,) = finding_lines(report, replace(results[0], findings=FindingTable(pl.concat(frames))))
    start = 0
    for result in results:
        height = result.findings.rows.height
        yield result, (lines.slice(start, height),) if height else ()
        start += height


def finding_lines(report: Report, result: Result) -> Iterator[pl.Series]:
    """The findings as JSON objects, one a row, in pieces of many."""
    for chunk in result.findings.rows.iter_slices(_CHUNK):
        frame = with_messages(report, result, chunk, statements=False)
        named = [pl.col(f"s_{name}").alias(name) for name in _SUBJECT if name != "locator"]
        place = pl.coalesce("s_locator", "locator").alias("locator")
        subject = pl.struct(*named, place, pl.col("path").alias("source"))
        said = pl.struct("found", "expected", "message", "reason", "locator", "state").struct.json_encode()
        line = pl.concat_str(
            pl.lit('{"subject":'),
            subject.struct.json_encode(),
            pl.lit(',"related":'),
            _related(report, frame["related"]),
            pl.lit(","),
            said.str.slice(1, said.str.len_chars() - 2),
            pl.lit(',"values":'),
            pl.col("values").fill_null("null"),
            pl.lit("}"),
        )
        yield frame.select(line.alias("line"))["line"]


def _related(report: Report, related: pl.Series) -> pl.Series:
    """The related subjects of each finding, as a JSON array."""
    pairs = pl.DataFrame({"row": pl.int_range(len(related), eager=True), "subject": related}).explode("subject")
    pairs = pairs.drop_nulls()
    if not pairs.height:
        return pl.Series(["[]"], dtype=pl.String).extend_constant("[]", max(len(related) - 1, 0)).head(len(related))
    paths = pl.Series([source.path for source in report.sources], dtype=pl.String)
    subjects = report.subjects.select(pl.all().gather(pairs["subject"]))
    subjects = subjects.with_columns(source=paths.gather(subjects["source"]))
    written = pairs.select("row").with_columns(
        subjects.select(pl.struct(*_SUBJECT, "source").struct.json_encode().alias("json"))
    )
    arrays = written.group_by("row").agg(pl.col("json").str.join(","))
    all_rows = pl.DataFrame({"row": pl.int_range(len(related), eager=True)})
    joined = all_rows.join(arrays, on="row", how="left", maintain_order="left")
    return joined.select(pl.concat_str(pl.lit("["), pl.col("json").fill_null(""), pl.lit("]")).alias("related"))[
        "related"
    ]


def as_bytes(value: Any) -> bytes:
    """Compact JSON. What a pack, a reader or settings bring may hold dates, numpy numbers and read-only mappings."""
    return orjson.dumps(value, default=_plain_data, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def _plain_data(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Sequence):
        return list(value)
    return str(value)

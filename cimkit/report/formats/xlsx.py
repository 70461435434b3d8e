"""An Excel workbook: summary, rules, findings, and a sheet to sign for what a person must judge.

Every cell from a model is written as text; nothing becomes a formula or a link. Needs the extra `xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, Any

import polars as pl

from cimkit.errors import UsageError
from cimkit.report.formats.flat import COLUMNS, flat_tables
from cimkit.report.model import Report, Verdict
from cimkit.report.outline import by_importance, skipped_counts, unset_parameters
from cimkit.report.summary import SEVERITIES, count, open_findings
from cimkit.report.wording import STEERING, Words, plain, rule_reason, source_line, stage_line

__all__ = ["write"]

#: Rows of one sheet; further findings go to a further sheet.
_ROWS = 1_000_000
_LONGEST_CELL = 32_000
_WIDTHS = {
    "rule": 28,
    "source": 24,
    "name": 22,
    "type": 20,
    "id": 24,
    "problem": 60,
    "found": 20,
    "expected": 20,
    "fix": 40,
}
_TONES = {"error": "#FDECEA", "warning": "#FDF3DC", "info": "#E3F1F8"}


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write the workbook. Raises UsageError when XlsxWriter is not installed."""
    try:
        import xlsxwriter
    except ImportError as missing:
        raise UsageError("report.extra_missing", format="xlsx", extra="xlsx") from missing
    made = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _created(report), "comments": f"cimkit {report.version}"})
        words = Words(report.lang)
        heading = book.add_format({"bold": True, "bg_color": "#E9EDF0", "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        tones = {words.severity(name): book.add_format({"bg_color": tone}) for name, tone in _TONES.items()}
        _summary(book, report, words, heading, wrapped)
        _rules(book, report, words, heading, tones)
        _findings(book, report, words, heading, tones)
        _to_sign(book, report, words, heading, wrapped)
    stream.write(made.getvalue())


def _created(report: Report) -> datetime:
    """The report's own time, so that the same report gives the same workbook."""
    return datetime.fromisoformat(report.created).replace(tzinfo=None)


def _summary(book: Any, report: Report, words: Words, heading: Any, wrapped: Any) -> None:
    sheet = book.add_worksheet(words("sheet_summary"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(_summary_lines(report, words)):
        _text(sheet, row, 0, name, heading)
        _text(sheet, row, 1, value, wrapped)


def _summary_lines(report: Report, words: Words) -> Iterator[tuple[str, str]]:
    counts = count(report)
    yield words("verdict"), words.verdict(report.verdict)
    for severity in SEVERITIES:
        yield words.severity(severity), words.number(counts.findings[severity])
    yield words("waived"), words.number(counts.waived)
    yield words("baselined"), words.number(counts.baselined)
    for verdict, number in counts.rules.items():
        yield f"{words('rules')} {words.verdict(verdict)}", words.number(number)
    if stage := stage_line(words, report):
        yield words("column_stage"), stage
    for source in report.sources:
        about = [source_line(words, source), source.error or "", words("partial") if source.partial else ""]
        yield source.path, " · ".join(part for part in (*about, f"sha256 {source.sha256 or '-'}") if part)
    for pack in report.packs:
        covered = words("judged", judged=pack.judged, of=pack.of, adopted=pack.adopted)
        line = " · ".join((words.verdict(pack.verdict), covered, words.local(pack.notice)))
        yield f"{words.local(pack.title) or pack.id} ({pack.id} {pack.edition})", line.rstrip(" ·")
    for reason, number in skipped_counts(report):
        yield f"{words('skipped')} · {words.known('skipped', reason)}", words.number(number)
    if unset := unset_parameters(report):
        yield words("not_set"), ", ".join(unset)
    yield "", words("scope")
    yield "", words("made_by", version=report.version, created=report.created)


def _rules(book: Any, report: Report, words: Words, heading: Any, tones: dict[str, Any]) -> None:
    names = ("code", "rule", "verdict", "severity", "open", "applicable", "failed", "evidence", "pack", "why", "fix")
    sheet = _table(book, words("rules"), [words(f"column_{name}") for name in names], heading)
    sheet.set_column(1, 1, 36)
    sheet.set_column(9, 10, 40)
    results = by_importance(report)
    for row, result in enumerate(results, 1):
        severity = words.severity(result.severity)
        texts = [result.code, words.title(result), words.verdict(result.verdict), severity]
        for column, text in enumerate(texts):
            _text(sheet, row, column, text, tones.get(severity) if column == 3 else None)
        numbers = (open_findings(result), result.applicable, result.failed)
        for column, number in enumerate(numbers, 4):
            sheet.write_number(row, column, number)
        evidence = words.known("evidence", result.evidence)
        rest = [evidence, result.pack, words.local(result.why) or rule_reason(words, result), words.local(result.fix)]
        for column, text in enumerate(rest, 7):
            _text(sheet, row, column, text)
    sheet.autofilter(0, 0, len(results), len(names) - 1)


def _findings(book: Any, report: Report, words: Words, heading: Any, tones: dict[str, Any]) -> None:
    names = [words(f"column_{name}") for name in COLUMNS]
    sheet, row, sheets = None, 0, 0
    for table in flat_tables(report):
        for values in _clean(table).iter_rows():
            if sheet is None or row >= _ROWS:
                sheets += 1
                title = words("sheet_findings") + (f" {sheets}" if sheets > 1 else "")
                sheet, row = _table(book, title, names, heading), 0
                for column, name in enumerate(COLUMNS):
                    sheet.set_column(column, column, _WIDTHS.get(name, 13))
                sheet.autofilter(0, 0, _ROWS, len(COLUMNS) - 1)
            row += 1
            for column, value in enumerate(values):
                if value is not None:
                    sheet.write_string(row, column, value, tones.get(value) if column == 0 else None)


def _clean(table: pl.DataFrame) -> pl.DataFrame:
    """As `_text` does to one cell, for all at once."""
    return table.select(_clean_column(name) for name in table.columns)


def _clean_column(name: str) -> pl.Expr:
    text = pl.col(name).str.replace_all(STEERING, "?")
    length = text.str.len_chars()
    cut = pl.concat_str(text.str.head(_LONGEST_CELL), pl.lit("… ("), length.cast(pl.String), pl.lit(")"))
    return pl.when(length > _LONGEST_CELL).then(cut).otherwise(text).alias(name)


def _to_sign(book: Any, report: Report, words: Words, heading: Any, wrapped: Any) -> None:
    manual = [result for result in by_importance(report) if result.verdict is Verdict.MANUAL]
    if not manual:
        return
    names = [words(key) for key in ("code", "rule", "problem", "decision", "signature")]
    sheet = _table(book, words("sheet_to_sign"), names, heading)
    sheet.set_column(1, 2, 50)
    sheet.set_column(3, 4, 24)
    for row, result in enumerate(manual, 1):
        for column, text in enumerate((result.code, words.title(result), rule_reason(words, result))):
            _text(sheet, row, column, text, wrapped)


def _table(book: Any, title: str, names: Sequence[str], heading: Any) -> Any:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, heading)
    return sheet


def _text(sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
    """As text whatever it looks like. XML knows no control characters; Excel no cell longer than 32,767 characters."""
    clean = plain(text)
    if len(clean) > _LONGEST_CELL:
        clean = f"{clean[:_LONGEST_CELL]}… ({len(clean)})"
    sheet.write_string(row, column, clean, form)

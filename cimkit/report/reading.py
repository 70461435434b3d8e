"""From columns to what a person reads: the sentence of each finding, and findings one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.locales import has_text, template
from cimkit.report.model import SUBJECTS, Finding, Report, Result, Subject
from cimkit.report.sentences import filled, kind_text, named_subject, room_of

__all__ = [
    "detailed",
    "localised",
    "read_findings",
    "related_subjects",
    "sentence_of",
    "with_messages",
    "with_messages_of",
]

#: Reasons that say more than a rule's own message can: the value is there, but in another place.
_TELLS_MORE = frozenset({"property_under_other_name"})
_CHUNK = 20_000


def localised(words: Mapping[str, str], lang: str) -> str:
    """The text in `lang`, else in the other language that is there, else an empty one."""
    return words.get(lang) or next((value for value in words.values() if value), "")


def sentence_of(reason: str, result: Result, lang: str) -> tuple[str, bool]:
    """The template for a finding of this reason, and whether it is the rule's own message, not the locale files'."""
    own = result.message.get(lang)
    if own and reason not in _TELLS_MORE:
        return own, True
    key = f"{room_of(reason)}.{reason}"
    if has_text(key, lang):
        return template(key, lang), False
    return template("findings.defect_other" if reason.startswith("defect_") else "findings.general", lang), False


def detailed(report: Report, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a finding table with their subject's columns beside them (`s_kind`, `s_id` ...; null for the source
    as a whole), `path` (of the source) and `place` (the finding's own locator, else its subject's)."""
    if rows.height:
        subjects = report.subjects.select(pl.all().gather(rows["subject"]))
        path = pl.Series("path", [source.path for source in report.sources], dtype=pl.String).gather(rows["source"])
    else:
        subjects, path = report.subjects.clear(), pl.Series("path", [], dtype=pl.String)
    named = subjects.rename({name: f"s_{name}" for name in SUBJECTS})
    beside = pl.concat([rows, named, path.to_frame()], how="horizontal")
    return beside.with_columns(place=pl.coalesce("locator", "s_locator"))


def with_messages(report: Report, result: Result, rows: pl.DataFrame, *, statements: bool = True) -> pl.DataFrame:
    """`detailed`, with `subject_text` (how the finding's subject is named), `kind_text` (its kind in the report's
    language), `message` (its sentence) and `statement` (the sentence without the subject that it begins with, for
    tables that name it apart; left out where `statements` says so).

    Rows that bring a column `message` (a report read back from its JSON) keep it.
    """
    return _worded(detailed(report, rows), [(result, rows.height)], report.lang, statements=statements)


def with_messages_of(report: Report, several: Sequence[tuple[Result, pl.DataFrame]]) -> Iterator[pl.DataFrame]:
    """`with_messages` of several results' rows, worded at once: meant for a few rows of each."""
    if len({tuple(rows.columns) for _, rows in several}) != 1:  # a report put together from several, or nothing
        yield from (with_messages(report, result, rows) for result, rows in several)
        return
    together = detailed(report, pl.concat([rows for _, rows in several]))
    worded = _worded(together, [(result, rows.height) for result, rows in several], report.lang, statements=True)
    start = 0
    for _, rows in several:
        yield worded.slice(start, rows.height)
        start += rows.height


def _worded(frame: pl.DataFrame, holders: Sequence[tuple[Result, int]], lang: str, *, statements: bool) -> pl.DataFrame:
    """Rows of `detailed` with their sentences. holders: the results whose rows follow one another, and how many."""
    frame = frame.with_columns(subject_text=named_subject(lang), kind_text=kind_text(lang))
    if "message" not in frame.columns:
        frame = frame.with_columns(message=_messages(frame, holders, lang))
    subject, message = pl.col("subject_text"), pl.col("message")
    begins = message.str.starts_with(subject)
    rest = message.str.slice(subject.str.len_chars())
    # Chinese needs no space after a closing bracket.
    bracket = begins & subject.str.ends_with("）")
    closed = pl.when(bracket).then(subject + rest.str.strip_chars_start()).otherwise(message)
    if not statements:
        return frame.with_columns(message=closed)
    statement = pl.when(begins).then(_alone(rest.str.strip_chars_start(" \t\u3000：:"), lang)).otherwise(message)
    return frame.with_columns(statement=statement, message=closed)


def _messages(frame: pl.DataFrame, holders: Sequence[tuple[Result, int]], lang: str) -> pl.Series:
    """The sentence of each row: rows that share a template are filled together."""
    holder = np.repeat(np.arange(len(holders)), [height for _, height in holders])
    reasons = frame["reason"].fill_null("").to_list()
    sharing: dict[tuple[str, bool, str], list[int]] = {}
    known: dict[tuple[int, str], list[int]] = {}
    for row, (place, reason) in enumerate(zip(holder.tolist(), reasons, strict=True)):
        rows = known.get((place, reason))
        if rows is None:
            sentence, own = sentence_of(reason, holders[place][0], lang)
            rows = known[place, reason] = sharing.setdefault((sentence, own, reason), [])
        rows.append(row)
    if len(sharing) == 1:
        ((sentence, own, reason),) = sharing
        return frame.select(said=filled(sentence, reason, lang, own=own))["said"]
    said = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    for (sentence, own, reason), rows in sharing.items():
        their = frame[rows].select(said=filled(sentence, reason, lang, own=own))["said"]
        said = said.scatter(rows, their)
    return said


def _alone(statement: pl.Expr, lang: str) -> pl.Expr:
    """A sentence that lost its subject: in Chinese without the 的 or 中 that joined them, in English with a capital."""
    if lang == "zh":
        joined = statement.str.replace("^中(的|名称|有|没有|缺少)", "$1")
        return joined.str.strip_prefix("的").str.strip_chars_start()
    return pl.concat_str(statement.str.head(1).str.to_uppercase(), statement.str.slice(1))


def read_findings(report: Report, result: Result, rows: pl.DataFrame) -> Iterator[Finding]:
    """The findings of `rows`, one object each, in their order."""
    for chunk in rows.iter_slices(_CHUNK):
        for row in with_messages(report, result, chunk).iter_rows(named=True):
            yield Finding(
                subject=None if row["subject"] is None else _subject_of(row),
                related=tuple(related_subjects(report, row["related"] or ())),
                reason=row["reason"],
                found=row["found"],
                expected=row["expected"],
                locator=row["place"],
                source=row["path"],
                values=orjson.loads(row["values"]) if row["values"] else {},
                state=row["state"],
                message=row["message"],
            )


def related_subjects(report: Report, rows: Sequence[int]) -> Iterator[Subject]:
    """The subjects in these rows of the report's subject table."""
    for row in rows:
        named = dict(zip(SUBJECTS, report.subjects.row(row), strict=True))
        path = report.sources[named.pop("source")].path
        yield Subject(**named, source=path)


def _subject_of(row: Mapping[str, Any]) -> Subject:
    return Subject(**{name: row[f"s_{name}"] for name in SUBJECTS if name != "source"}, source=row["path"])

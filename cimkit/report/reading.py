"""From columns to what a person reads: the sentence of each finding, and findings one by one.

A sentence is a template with `{placeholders}`: the rule's own message where it has one, else the sentence for the
finding's reason in the locale files' `findings.yaml`. Templates are filled column-wise, so that a hundred thousand
sentences are a few expressions. A placeholder can only name a column or a value; nothing in it is ever evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import Any

import orjson
import polars as pl

from cimkit.locales import has_text, template, text
from cimkit.report.model import SUBJECTS, Finding, Report, Result, Subject

__all__ = ["LONGEST_VALUE", "detailed", "localised", "read_findings", "sentence_of", "with_messages"]

#: A value longer than this is shortened inside a sentence, with a word on its true length; data formats keep it whole.
LONGEST_VALUE = 200
#: Reasons that say more than a rule's own message can: the value is there, but in another place.
_TELLS_MORE = frozenset({"property_under_other_name"})
#: Columns that a template may name besides the values that a reason brings.
_COLUMNS = ("found", "expected", "storey", "kind")
_CHUNK = 20_000


def localised(words: Mapping[str, str], lang: str) -> str:
    """The text in `lang`, else in the other language that is there, else an empty one."""
    return words.get(lang) or next((value for value in words.values() if value), "")


def sentence_of(reason: str, result: Result, lang: str) -> str:
    """The template for a finding of this reason under this rule."""
    own = result.message.get(lang)
    if own and reason not in _TELLS_MORE:
        return own
    key = f"findings.{reason}"
    if has_text(key, lang):
        return template(key, lang)
    return template("findings.defect_other" if reason.startswith("defect_") else "findings.general", lang)


def detailed(report: Report, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a finding table with their subject's columns beside them (`s_kind`, `s_id` ...; null for the source
    as a whole), `path` (of the source) and `place` (the finding's own locator, else its subject's)."""
    subjects = report.subjects.select(pl.all().gather(rows["subject"])) if rows.height else report.subjects.clear()
    named = subjects.rename({name: f"s_{name}" for name in SUBJECTS})
    paths = pl.Series("path", [source.path for source in report.sources], dtype=pl.String)
    path = paths.gather(rows["source"]) if rows.height else paths.clear()
    return pl.concat([rows, named, path.to_frame()], how="horizontal").with_columns(
        place=pl.coalesce("locator", "s_locator")
    )


def with_messages(report: Report, result: Result, rows: pl.DataFrame) -> pl.DataFrame:
    """`detailed`, and the column `message`: each finding's sentence in the report's language.

    Rows that bring a column `message` (a report read back from its JSON) keep it.
    """
    frame = detailed(report, rows)
    if "message" in frame.columns:
        return frame
    frame = frame.with_columns(_subject(report.lang).alias("subject_text"))
    sentence = pl.lit(None, dtype=pl.String)
    for reason in frame["reason"].unique(maintain_order=True):
        filled = _filled(sentence_of(reason or "", result, report.lang), report.lang)
        sentence = pl.when(pl.col("reason").eq_missing(pl.lit(reason))).then(filled).otherwise(sentence)
    return frame.with_columns(sentence.alias("message")).drop("subject_text")


def read_findings(report: Report, result: Result, rows: pl.DataFrame) -> Iterator[Finding]:
    """The findings of `rows`, one object each, in their order."""
    for chunk in rows.iter_slices(_CHUNK):
        for row in with_messages(report, result, chunk).iter_rows(named=True):
            yield Finding(
                subject=None if row["subject"] is None else _subject_of(row, row["path"]),
                related=tuple(_related(report, row["related"] or ())),
                reason=row["reason"],
                found=row["found"],
                expected=row["expected"],
                locator=row["place"],
                source=row["path"],
                values=orjson.loads(row["values"]) if row["values"] else {},
                state=row["state"],
                message=row["message"],
            )


def _subject_of(row: Mapping[str, Any], path: str) -> Subject:
    return Subject(**{name: row[f"s_{name}"] for name in SUBJECTS if name != "source"}, source=path)


def _related(report: Report, rows: list[int]) -> Iterator[Subject]:
    for row in rows:
        named = dict(zip(SUBJECTS, report.subjects.row(row), strict=True))
        path = report.sources[named.pop("source")].path
        yield Subject(**named, source=path)


def _subject(lang: str) -> pl.Expr:
    """How a sentence names its subject: `外墙-200（IfcWall #12）`, or the file."""
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    where = pl.concat_str(["s_kind", "place"], separator=" ", ignore_nulls=True)
    name = _short(pl.col("s_name"), lang)
    thing = (
        pl.when(pl.col("s_name").is_null() | (pl.col("s_name") == ""))
        .then(where)
        .otherwise(pl.concat_str([name, pl.lit(opening), where, pl.lit(closing)]))
    )
    before, _, after = template("findings.source_subject", lang).partition("{path}")
    place = pl.when(pl.col("place").is_null()).then(pl.lit("")).otherwise(
        pl.concat_str([pl.lit(opening), pl.col("place"), pl.lit(closing)])
    )  # fmt: skip
    source = pl.concat_str([pl.lit(before), pl.col("path"), pl.lit(after), place])
    return pl.when(pl.col("subject").is_null()).then(source).otherwise(thing)


def _filled(sentence: str, lang: str) -> pl.Expr:
    """A template as one string expression over the columns of `detailed`."""
    nothing = template("findings.nothing", lang)
    pieces = [piece for literal, name in _parts(sentence) for piece in _piece(literal, name, nothing, lang)]
    return pl.concat_str(pieces) if pieces else pl.lit("")


def _piece(literal: str, name: str | None, nothing: str, lang: str) -> Iterator[pl.Expr]:
    if literal:
        yield pl.lit(literal)
    if name is None:
        return
    if name == "subject":
        yield pl.col("subject_text")
        return
    value = pl.col("values").str.json_path_match(f"$.{name}")
    if name in _COLUMNS:
        column = pl.col(f"s_{name}" if name in {"storey", "kind"} else name)
        value = pl.coalesce(column, value)
    if name == "detail":
        value = _translated_detail(value, lang)
    value = value.replace("*", template("findings.anything", lang))
    yield _short(value, lang).fill_null(nothing)


@lru_cache(maxsize=1024)
def _parts(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """Literals and the placeholders after them. What is no plain name, or no template at all, stays as it is written."""
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError:
        return ((sentence, None),)
    parts: list[tuple[str, str | None]] = []
    for literal, name, _, _ in parsed:
        if name is None or name.isidentifier():
            parts.append((literal, name))
        else:
            parts.append((f"{literal}{{{name}}}", None))
    return tuple(parts)


def _short(value: pl.Expr, lang: str) -> pl.Expr:
    """The value, cut after LONGEST_VALUE characters with a word on how long it is."""
    before, _, after = template("findings.shortened", lang).partition("{count}")
    length = value.str.len_chars()
    cut = pl.concat_str([value.str.head(LONGEST_VALUE), pl.lit(before), length.cast(pl.String), pl.lit(after)])
    return pl.when(length > LONGEST_VALUE).then(cut).otherwise(value)


def _translated_detail(value: pl.Expr, lang: str) -> pl.Expr:
    """A reader's word for what is wrong (`unterminated_string`) as the locale files say it, where they do."""
    return value.map_batches(lambda words: _details(words, lang), return_dtype=pl.String)


def _details(words: pl.Series, lang: str) -> pl.Series:
    known = {
        word: text(f"findings.detail_{word}", lang)
        for word in words.unique().drop_nulls()
        if has_text(f"findings.detail_{word}", lang)
    }
    return words.replace(known) if known else words

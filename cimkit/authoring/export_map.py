"""`--export-map DIR`: from a check's findings, the mapping that carries values to where they were wanted.

A finding with the reason `property_under_other_name` says that the value is there, in another set or under another
name. The table lists each such pair with how many things have it; the property-set file has Revit's next export write
the values where they belong.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cimkit.authoring.revit_file import Carrier, is_exported, is_standard, mapping_table, property_sets
from cimkit.authoring.revit_psets import standard_measure
from cimkit.authoring.written_files import write_file
from cimkit.errors import UsageError
from cimkit.locales import text
from cimkit.report.model import Report

__all__ = ["Misplaced", "misplaced", "write_export_map"]

_REASON = "property_under_other_name"
_EXAMPLES = 3
#: A cell that a spreadsheet would take for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A value under another name. kind: the entity; count: things that have it; examples: some of the values."""

    rule: str
    kind: str
    set: str
    name: str
    found_set: str
    found_name: str
    count: int
    examples: tuple[str, ...]


def misplaced(report: Report) -> list[Misplaced]:
    """What stands under other names, by rule and place, the most frequent of each first."""
    frames = [
        result.findings.rows.filter(pl.col("reason") == _REASON).select(
            "subject", "values", pl.lit(result.code).alias("rule")
        )
        for result in report.results
    ]
    found = pl.concat(frames) if frames else pl.DataFrame()
    if not found.height:
        return []
    names = pl.Struct(dict.fromkeys(("set", "name", "other_set", "other_name", "other_value"), pl.String))
    kinds = report.subjects.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("subject"), "kind")
    places = ["rule", "kind", "set", "name", "other_set", "other_name"]
    grouped = (
        found.with_columns(pl.col("values").str.json_decode(names))
        .unnest("values")
        .join(kinds, on="subject", how="left")
        .with_columns(pl.col("kind").fill_null(""))
        .group_by(places, maintain_order=True)
        .agg(
            pl.col("subject").n_unique().alias("count"),
            pl.col("other_value").drop_nulls().unique(maintain_order=True).head(_EXAMPLES).alias("examples"),
        )
        .sort(
            "rule",
            "kind",
            "set",
            "name",
            "count",
            "other_set",
            "other_name",
            descending=[False] * 4 + [True, False, False],
        )
    )
    return [
        Misplaced(rule, kind, set_name, name, other_set, other_name, count, tuple(examples))
        for rule, kind, set_name, name, other_set, other_name, count, examples in grouped.iter_rows()
    ]


def write_export_map(report: Report, folder: Path) -> tuple[list[Misplaced], list[Path]]:
    """Write the table and the files for Revit into a folder, which is made if need be; nothing where nothing is found.

    Returns what was found and the files written. Raises UsageError when they can't be written.
    """
    found = misplaced(report)
    if not found:
        return [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("authoring.cannot_write", path=str(folder), why=why) from error
    remarks = text("exchange.map_remarks", report.lang).splitlines()
    carriers = _carriers(found)
    contents = {"mapping.csv": _table(found, report.lang), "revit-psets.txt": property_sets(carriers, remarks)}
    if any(is_standard(carrier.set) for carrier in carriers):
        contents["revit-mapping.txt"] = mapping_table(
            carriers, text("exchange.revit_table_remarks", report.lang).splitlines()
        )
    for name, content in contents.items():
        write_file(folder / name, content)
    return found, [folder / name for name in contents]


def _table(found: Sequence[Misplaced], lang: str) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out)
    columns = ("rule", "entity", "set", "name", "found_set", "found_name", "count", "examples")
    table.writerow(text(f"exchange.map_{column}", lang) for column in columns)
    for one in found:
        texts = (one.rule, one.kind, one.set, one.name, one.found_set, one.found_name)
        table.writerow([*map(_plain, texts), one.count, _plain(" | ".join(one.examples))])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A name from a model must not become a formula of the person who opens the table."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _carriers(found: Sequence[Misplaced]) -> list[Carrier]:
    """One source for each property of an entity: the one that most things have. It is a parameter of that name."""
    sources: dict[tuple[str, str, str], Counter[str]] = {}
    for one in found:
        if is_exported(one.kind.upper()):
            sources.setdefault((one.kind.upper(), one.set, one.name), Counter())[one.found_name] += one.count
    return [
        Carrier(set_name, name, (kind,), standard_measure(set_name, name), parameters.most_common(1)[0][0])
        for (kind, set_name, name), parameters in sources.items()
    ]

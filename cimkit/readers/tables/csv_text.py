"""Delimited text (CSV) to a layer: encoding and separator told, every row kept, every value as it is written."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.tables.encoding import tell_encoding
from cimkit.readers.tables.headers import column_names
from cimkit.readers.tables.records import Records, find_records
from cimkit.readers.tables.types import told_types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cimkit.facts.demand import Demand

__all__ = ["read_csv"]

_SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 200  # records that tell the separator and the header
_TITLE_ROWS = 10


def read_csv(data: bytes | memoryview, demand: Demand, *, name: str) -> Facts:
    """The facts of a CSV file: one layer named for the file, a subject a row, `row` its line in the file.

    The encoding is told by its mark, else UTF-8, else GB18030, and stands in `whole["layers"]`. Values are kept as
    written; a column of numbers only has numbers besides, unless they are codes (leading zeros, over 15 digits).
    A row with too few fields lacks the last ones; what is over the header's fields is in the defect.

    Raises SourceError for an empty text and for one that is no table.
    """
    notes = Notes(demand)
    told = tell_encoding(bytes(data), notes)
    text = _plain_line_ends(told.utf8, notes)
    stem = name.rpartition("/")[2].rpartition("!")[2].rpartition(".")[0] or name
    separator = _separator(text)
    records = find_records(text, separator)
    if not len(records):
        raise SourceError("tables.empty", name=name)
    table = _by_records(text, records, separator, notes)
    frame, lines = _without_blank_rows(*table, notes)
    if not frame.height:
        notes.add("table_no_rows", line=int(records.line[0]))
    layer = Layer(
        name=stem, frame=frame, rows=lines, types=told_types(frame, notes, lines), geometry=None,
        geometry_type=None, crs=None, key=None, encoding=told.name,
    )  # fmt: skip
    return facts_of_layers(
        [layer], demand, format="csv", name=name, defects=notes.frame(), whole={"separator": separator}
    )


def _plain_line_ends(text: bytes, notes: Notes) -> bytes:
    """With a bare line feed as line end, and without zero bytes, which no text has."""
    if b"\0" in text:
        notes.add("table_syntax", "zero_byte", line=text[: text.index(b"\0")].count(b"\n") + 1)
        text = text.replace(b"\0", b"")
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _separator(text: bytes) -> str:
    """The character that parts the most records into the same number of fields, more than one."""
    head = text[:65_536]
    best, score = ",", (0.0, 0)
    for separator in _SEPARATORS:
        fields = find_records(head, separator).fields[:_LOOKED_AT].tolist()
        if len(fields) > 1 and len(head) < len(text):
            fields = fields[:-1]  # the head may end inside a record
        counts = Counter(number for number in fields if number > 1)
        if counts:
            width, often = counts.most_common(1)[0]
            score, best = max((score, best), ((often / len(fields), width), separator))
    return best


def _by_records(
    text: bytes, records: Records, separator: str, notes: Notes
) -> tuple[pl.DataFrame, np.ndarray[Any, np.dtype[np.int64]]]:
    """The table, all text, and the line of each of its rows."""
    rows: list[list[str]] | None = None
    lines = records.line
    if records.open_quote or records.stray_quote:
        rows, lines = _rows_one_by_one(text, separator, notes)
        fields = np.array([len(row) for row in rows], np.int64)
    else:
        fields = records.fields
    at = _header_row(fields)
    header = rows[at] if rows is not None else _split(text, records, at, separator)
    width = len(header)
    _note_ragged(fields, lines, at, width, rows, text, records, separator, notes)
    if rows is None:
        body = _body(text, records, at, width, separator)
        columns = _parsed(body, width, separator)
        if columns is None or columns.height != len(records) - at - 1:
            rows = [_split(text, records, index, separator) for index in range(len(records))]
    if rows is not None:
        padded = [(row + [""] * width)[:width] for row in rows[at + 1 :]]
        schema = {f"column_{number}": pl.String for number in range(1, width + 1)}
        columns = pl.DataFrame(padded, schema=schema, orient="row") if padded else pl.DataFrame(schema=schema)
        columns = columns.with_columns(pl.all().replace("", None))
    assert columns is not None
    filled = [column.null_count() < len(column) for column in columns.iter_columns()]
    trimmed = [cell.strip() for cell in header]
    columns.columns = column_names(trimmed, filled, notes, line=int(lines[at]))
    return columns, np.asarray(lines[at + 1 :], np.int64)


def _header_row(fields: np.ndarray[Any, np.dtype[np.int64]]) -> int:
    """The first row as wide as most: titles above the header are shorter."""
    head = fields[:_LOOKED_AT].tolist()
    usual = Counter(head).most_common(1)[0][0]
    return next((index for index, width in enumerate(head[:_TITLE_ROWS]) if width >= usual), 0)


def _split(text: bytes, records: Records, index: int, separator: str) -> list[str]:
    """The fields of one record."""
    record = text[int(records.start[index]) : int(records.end[index])].decode("utf-8", "replace")
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator), None) or [""]
    except csv.Error:  # a field longer than the module takes
        return record.split(separator)


def _rows_one_by_one(
    text: bytes, separator: str, notes: Notes
) -> tuple[list[list[str]], np.ndarray[Any, np.dtype[np.int64]]]:
    """Rows of a text whose quotes are not in order. A quote that never ends is a character like any other."""
    decoded = text.decode("utf-8", "replace")
    rows, lines, begun = [], [], 1
    reader = csv.reader(io.StringIO(decoded, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(begun)
            begun = reader.line_num + 1
    except csv.Error:
        notes.add("table_syntax", "quote", line=begun)
        numbered = [(number, line) for number, line in enumerate(decoded.split("\n"), start=1) if line]
        rows = [[_unquoted(cell) for cell in line.split(separator)] for _, line in numbered]
        lines = [number for number, _ in numbered]
    return rows, np.array(lines, np.int64)


def _unquoted(cell: str) -> str:
    whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"') if whole else cell


def _note_ragged(
    fields: np.ndarray[Any, np.dtype[np.int64]],
    lines: np.ndarray[Any, np.dtype[np.int64]],
    at: int,
    width: int,
    rows: Sequence[list[str]] | None,
    text: bytes,
    records: Records,
    separator: str,
    notes: Notes,
) -> None:
    """Each row of another width, with what a longer one has over."""
    if not notes.wants("table_ragged"):
        return
    for index in (np.flatnonzero(fields[at + 1 :] != width) + at + 1).tolist():
        row = rows[index] if rows is not None else _split(text, records, index, separator)
        over = [cell for cell in row[width:] if cell.strip()]
        if len(row) > width and not over:
            continue  # separators at the end of the line and nothing behind them
        if not any(cell.strip() for cell in row):
            continue  # a blank row
        detail = "too_many" if over else "too_few"
        found = f"{len(row)}: {separator.join(over)}" if over else str(len(row))
        notes.add("table_ragged", detail, found=found, expected=width, line=int(lines[index]))


def _body(text: bytes, records: Records, at: int, width: int, separator: str) -> bytes:
    """The text of the rows below the header, rows of another width mended."""
    first = at + 1
    if first >= len(records):
        return b""
    wrong = np.flatnonzero(records.fields[first:] != width) + first
    begin = int(records.start[first])
    if not len(wrong):
        return text[begin:]
    pieces, done = [], begin
    for index in wrong.tolist():
        row = _split(text, records, index, separator)
        mended = io.StringIO(newline="")
        csv.writer(mended, delimiter=separator, lineterminator="").writerow((row + [""] * width)[:width])
        pieces += [text[done : int(records.start[index])], mended.getvalue().encode("utf-8", "replace")]
        done = int(records.end[index])
    pieces.append(text[done:])
    return b"".join(pieces)


def _parsed(body: bytes, width: int, separator: str) -> pl.DataFrame | None:
    """By polars, all text; None: it reads the rows in another way than they are counted here."""
    schema = {f"column_{number}": pl.String for number in range(1, width + 1)}
    if not body.strip():
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(body, has_header=False, separator=separator, schema=schema, encoding="utf8")
    except pl.exceptions.PolarsError:
        return None


def _without_blank_rows(
    frame: pl.DataFrame, lines: np.ndarray[Any, np.dtype[np.int64]], notes: Notes
) -> tuple[pl.DataFrame, np.ndarray[Any, np.dtype[np.int64]]]:
    if not frame.height:
        return frame, lines
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    if not blank.any():
        return frame, lines
    notes.add("table_blank_row", found=int(blank.sum()), line=int(lines[blank][0]))
    return frame.filter(~blank), lines[~blank]

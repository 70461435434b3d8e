"""`cimcheck pack lint --fix`: rows of requirement tables that have no code get the next free one."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.shapes import text_in
from cimkit.rules.sheets import decode_csv

__all__ = ["give_codes"]

_CODE = re.compile(r"\b([A-Z][A-Z0-9]{1,7})-([A-Z][A-Z0-9]{1,4})-([0-9]{3})\b", re.ASCII)


def give_codes(folder: Path) -> dict[str, int]:
    """Write codes into the CSV tables of a pack: table -> rows that got one. Nothing else in a table changes.

    A code is never used twice: numbers go on after the highest that stands anywhere in the pack's files. Tables kept as
    XLSX are left to the spreadsheet program. Raises PackError for a pack that can't be read.
    """
    files = read_pack_files(folder)
    prefix = text_in(files.yaml_mapping("pack.yaml"), "prefix", "pack.yaml", required=True) or ""
    texts = {path: _text(content, path) for path, content in files.content.items() if not path.endswith(".xlsx")}
    highest: Counter[str] = Counter()
    for match in (match for text in texts.values() for match in _CODE.finditer(text)):
        if match[1] == prefix:
            highest[match[2]] = max(highest[match[2]], int(match[3]))
    given: dict[str, int] = {}
    for path in files.under("tables"):
        if path not in texts:
            continue
        rows = list(csv.reader(io.StringIO(texts[path], newline="")))
        count = _fill(rows, prefix, highest)
        if count:
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="\n").writerows(rows)
            (folder / path).write_bytes(out.getvalue().encode("utf-8-sig"))
            given[path] = count
    return given


def _text(content: bytes, path: str) -> str:
    return decode_csv(content, path) if path.endswith(".csv") else content.decode("utf-8", "replace")


def _fill(rows: list[list[str]], prefix: str, highest: Counter[str]) -> int:
    """Fill the column `code` where it is empty; the number of rows that were."""
    if not rows or "code" not in rows[0]:
        return 0
    column = rows[0].index("code")
    part = _usual_part(row[column] for row in rows[1:] if len(row) > column)
    count = 0
    for row in rows[1:]:
        if any(cell.strip() for cell in row) and len(row) > column and not row[column].strip():
            highest[part] += 1
            row[column] = f"{prefix}-{part}-{highest[part]:03d}"
            count += 1
    return count


def _usual_part(codes: Iterable[str]) -> str:
    """The part that most codes of the table have; TAB where there is none yet."""
    parts = Counter(match[2] for code in codes if (match := _CODE.search(code)))
    return parts.most_common(1)[0][0] if parts else "TAB"

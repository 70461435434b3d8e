"""The names of a table's columns as they are written, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from cimkit.readers.notes import Notes

__all__ = ["column_names"]


def column_names(
    written: Sequence[str], has_values: Sequence[bool], notes: Notes, *, line: int | None, sheet: str | None = None
) -> list[str]:
    """One name a column, each different: a column without one is `column_3`, a second `名称` is `名称_2`.

    written     the header's cells, trimmed
    has_values  whether the column holds any value: an empty column without a name is nobody's loss
    line        of the header, for the notes; sheet: of a workbook
    """
    names: list[str] = []
    taken = set(written)
    for number, name in enumerate(written, start=1):
        where = None if sheet is None else f"{sheet}!{letters(number)}{line or 1}"
        if not name:
            if has_values[number - 1]:
                notes.add("table_column_unnamed", found=f"column_{number}", line=line, column=number, locator=where)
            names.append(_free(f"column_{number}", taken))
        elif name in names:
            notes.add("table_column_repeated", found=name, line=line, column=number, locator=where)
            names.append(_free(f"{name}_{names.count(name) + 1}", taken))
        else:
            names.append(name)
        taken.add(names[-1])
    return names


def letters(number: int) -> str:
    """`AB` for column 28, as spreadsheets count."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{name}_{number}"
        number += 1
    return candidate

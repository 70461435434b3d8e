"""Rows of a terminal in columns, as long as they fit: a long path has its own line rather than a narrow column.

Cells are texts with a style. Widths are cells of the terminal: a Chinese character has two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from cimkit.report.formats.styled import Styled
from cimkit.report.formats.wrapping import path_lines, wrapped

__all__ = ["Cell", "common_folder", "fit", "in_columns"]

Cell = tuple[str, str]
_GAP = 2


def fit(rows: Sequence[Sequence[Cell]], width: int) -> bool:
    """Whether every row has one line of at most `width` cells when the columns are aligned."""
    return sum(_widths(rows)) + _GAP * (len(rows[0]) - 1 if rows else 0) <= width


def in_columns(rows: Sequence[Sequence[Cell]], width: int, *, first_most: float = 0.0) -> list[Styled]:
    """The rows aligned, one line each. Where they do not fit: with a first column of at most `first_most` of the width
    the last one continues below itself; else the first cell of a row has a line of its own, the others the next."""
    if not rows:
        return []
    widths = _widths(rows)
    if fit(rows, width) or widths[0] <= first_most * width:
        return [line for row in rows for line in _aligned(row, widths, width)]
    lines: list[Styled] = []
    for row in rows:
        (name, style), *others = row
        lines += [Styled(part, style) for part in path_lines(name, width)]
        if any(text for text, _ in others):
            lines += [line.indented(2) for line in _aligned(others, widths[1:], width - 2)]
    return lines


def common_folder(paths: Sequence[str]) -> str:
    """The folder that all of several paths lie in, with its closing mark; empty where there is none."""
    if len(paths) < 2:
        return ""
    split = [re.findall(r"[^/\\]*[/\\]", path) for path in paths]
    common: list[str] = []
    for parts in zip(*split, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    folder = "".join(common)
    return folder if folder.strip("/\\") else ""


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    return [max(cell_len(text) for text, _ in column) for column in zip(*rows, strict=True)]


def _aligned(row: Sequence[Cell], widths: Sequence[int], width: int) -> list[Styled]:
    """One row; what is too long in its last cell continues below that cell."""
    *before, (last, last_style) = row
    line, used = Styled(), 0
    for (text, style), cells in zip(before, widths, strict=False):
        line.append(text, style)
        line.append(" " * (cells - cell_len(text) + _GAP))
        used += cells + _GAP
    first, *more = wrapped(last, max(width - used, 10))
    line.append(first, last_style)
    return [line, *(Styled(" " * used).append(part, last_style) for part in more)]

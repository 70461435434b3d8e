"""Lines for a terminal, broken where Chinese and Latin text may be broken.

A terminal library breaks at blanks only, which leaves Chinese paragraphs ragged: here a line may also end before or
after any Chinese character, though never before a closing or after an opening mark. Widths are cells: a Chinese
character has two.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

__all__ = ["path_lines", "wrapped"]

#: A run that stays together: letters, digits and what stands inside names and numbers; else a single character.
_TOKEN = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]+|\s+|.")
#: A folder of a path with its closing mark, or the name at the end.
_FOLDER = re.compile(r"[^/\\]+[/\\]*|[/\\]+")
_NOT_FIRST = frozenset("，。；：、！？）》」』”’】〕%…,.;:!?)]}")
_NOT_LAST = frozenset("（《「『“‘【〔([{")


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells; a word longer than a line is cut."""
    if cell_len(text) <= width:
        return [text.rstrip()]
    return _filled(_units(text, width), width)


def path_lines(path: str, width: int) -> list[str]:
    """A path in lines of at most `width` cells, broken after the names of folders where that can be."""
    return _filled([unit for part in _FOLDER.findall(path) for unit in _cut(part, width)], width)


def _filled(units: list[str], width: int) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for unit in units:
        if line and used + cell_len(unit.rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
            used = cell_len(line)
        else:
            line += unit
            used += cell_len(unit)
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _units(text: str, width: int) -> list[str]:
    """Pieces between which a line may end."""
    units: list[str] = []
    for token in _TOKEN.findall(text):
        joins = bool(units) and (token[0] in _NOT_FIRST or units[-1][-1] in _NOT_LAST)
        if joins and cell_len(units[-1]) + cell_len(token) <= width:
            units[-1] += token
        else:
            units.extend(_cut(token, width))
    return units


def _cut(token: str, width: int) -> list[str]:
    if cell_len(token) <= width:
        return [token]
    pieces = [""]
    for char in token:
        if cell_len(pieces[-1]) + cell_len(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces

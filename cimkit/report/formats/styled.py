"""A line of a page in runs of one style each. A terminal library is asked to draw it only where colours are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

__all__ = ["Styled", "painted"]


class Styled:
    """One line. style: what all of it has, the runs' own styles on top, as in `bold red`; empty for none."""

    __slots__ = ("runs", "style")

    def __init__(self, text: str = "", style: str = "") -> None:
        self.style = style
        self.runs: list[tuple[str, str]] = [(text, "")] if text else []

    def append(self, text: str, style: str = "") -> Styled:
        """The same line, longer."""
        self.runs.append((text, style))
        return self

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self.runs)

    def indented(self, by: int) -> Styled:
        """The line after so many blanks."""
        line = Styled(" " * by, self.style)
        line.runs += self.runs
        return line

    def broken(self, lines: Sequence[str]) -> list[Styled]:
        """The line in several: `lines` are what its plain text was broken into, blanks between them dropped."""
        plain, parts, place = self.plain, [], 0
        for line in lines:
            start = plain.index(line, place) if line else place
            place = start + len(line)
            parts.append(self._part(start, place))
        return parts

    def _part(self, start: int, end: int) -> Styled:
        part, place = Styled("", self.style), 0
        for text, style in self.runs:
            if inside := text[max(start - place, 0) : max(end - place, 0)]:
                part.append(inside, style)
            place += len(text)
        return part


def painted(lines: Sequence[Styled]) -> str:
    """The lines with the codes that a terminal turns into colours."""
    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    for line in lines:
        text = Text(style=line.style)
        for run, style in line.runs:
            text.append(run, style or None)
        console.print(text, soft_wrap=True)
    return out.getvalue()

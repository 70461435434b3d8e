"""How far a check is, on standard error: a line that rewrites itself, or one JSON object a step for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cimkit.cli.words import Words

__all__ = ["progress_shown"]

_Tell = Callable[[str, int, int], None]


@contextmanager
def progress_shown(kind: str, words: Words, stream: TextIO | None = None) -> Iterator[_Tell | None]:
    """A function to tell the progress to; None where nobody wants to know.

    kind: auto (a line on a terminal, else nothing), bar, json, none.
    """
    stream = stream or sys.stderr
    if kind == "auto":
        kind = "bar" if stream.isatty() else "none"
    if kind == "json":
        yield lambda step, done, total: _tell_programs(stream, step, done, total)
    elif kind == "bar":
        line = _Line(stream, words)
        try:
            yield line.tell
        finally:
            line.clear()
    else:
        yield None


def _tell_programs(stream: TextIO, step: str, done: int, total: int) -> None:
    stream.write(json.dumps({"step": step, "done": done, "total": total}) + "\n")
    stream.flush()


class _Line:
    """One line that rewrites itself."""

    def __init__(self, stream: TextIO, words: Words) -> None:
        self.stream = stream
        self.words = words
        self.cells = 0

    def tell(self, step: str, done: int, total: int) -> None:
        """Show a step; steps this file has no word for are shown as they are called."""
        key = f"step_{step}"
        name = self.words(key) if self.words.known(key) else step
        line = f"{name} {min(done + 1, total)}/{total}"
        self._write(line)

    def clear(self) -> None:
        """Leave the terminal as it was."""
        self._write("")
        self.stream.write("\r")
        self.stream.flush()

    def _write(self, line: str) -> None:
        cells = sum(2 if ord(letter) > 0x2E80 else 1 for letter in line)
        self.stream.write(f"\r{line}{' ' * max(self.cells - cells, 0)}")
        self.stream.flush()
        self.cells = cells

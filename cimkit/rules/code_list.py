"""A code list as it is once read: what a value may be."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Code", "CodeList"]


class Code(NamedTuple):
    """A row of a code list. first, last: ISO days between which the code is valid, or None; source: where it stands."""

    code: str
    zh: str | None = None
    en: str | None = None
    parent: str | None = None
    first: str | None = None
    last: str | None = None
    source: str | None = None


class CodeList(NamedTuple):
    """A code list: its rows in the order of the file, and the file they come from."""

    codes: tuple[Code, ...]
    file: str

    def column(self, name: str) -> tuple[str, ...]:
        """All values of a column (`code`, `zh`, `en`), rows without one left out."""
        values = (getattr(code, name) for code in self.codes)
        return tuple(dict.fromkeys(value for value in values if value is not None))

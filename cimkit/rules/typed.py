"""A restriction of data types that is told by one word."""

from __future__ import annotations

from cimkit.rules.restriction import Restriction

__all__ = ["Typed"]


class Typed(Restriction, frozen=True):
    """Data types that count as a kind of value, named as the table names it."""

    word: str = ""

    def describe(self) -> str:
        return self.word

"""Defects as they are found, and their frame at the end."""

from __future__ import annotations

from typing import Any

import orjson
import polars as pl

from cimkit.facts.defects_city import CITY_DEFECT_ROWS, CITY_DETAILS

__all__ = ["Ledger", "pointer", "shown"]

_LONGEST = 120


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    path = ""
    for step in steps:
        text = str(step)
        if "~" in text or "/" in text:
            text = text.replace("~", "~0").replace("/", "~1")
        path += f"/{text}"
    return path


def shown(value: Any) -> str:
    """A value as it stands in the file, cut where it grows long (and saying so)."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # a number beyond 64 bits
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class Ledger:
    """The defects of one file, of the kinds that are asked for."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._rows: list[tuple[Any, ...]] = []

    def add(
        self,
        kind: str,
        detail: str,
        place: str,
        *,
        found: Any = None,
        expected: str | None = None,
        sid: int | None = None,
        line: int | None = None,
    ) -> None:
        """One defect. detail: of `CITY_DETAILS`; place: JSON pointer or XPath; found: the value there; line: in a
        sequence, from 1."""
        if detail not in CITY_DETAILS[kind]:
            raise KeyError(kind, detail)
        if kind in self.kinds:
            locator = place if line is None else f"{line}:{place}"
            text = found if found is None or isinstance(found, str) else shown(found)
            self._rows.append((kind, sid, None, line, None, detail, text, expected, locator))

    def __len__(self) -> int:
        return len(self._rows)

    def frame(self) -> pl.DataFrame:
        """The defects in the order of the file."""
        return pl.DataFrame(self._rows, schema=CITY_DEFECT_ROWS, orient="row")

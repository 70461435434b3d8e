"""What a reader stumbled on, noted as it goes, and the frame of defects at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cimkit.facts.model import DEFECT_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cimkit.facts.demand import Demand

__all__ = ["NOTE_ROWS", "Notes"]

#: The columns of every reader's defects, and where each is (`file.xlsx!sheet!B7`, `/metadata/date`).
NOTE_ROWS = {**DEFECT_ROWS, "locator": pl.String}
_LONGEST = 120


class Notes:
    """The defects of one source, of the kinds that are asked for; with all kinds demanded, every one."""

    def __init__(self, demand: Demand) -> None:
        self._wanted = None if demand.kinds is None else demand.defects
        self._rows: list[tuple[Any, ...]] = []

    def wants(self, *kinds: str) -> bool:
        """Whether one of these kinds is asked for, so that looking for it is worth the time."""
        return self._wanted is None or bool(self._wanted.intersection(kinds))

    def add(
        self,
        kind: str,
        detail: str | None = None,
        *,
        found: object = None,
        expected: object = None,
        line: int | None = None,
        column: int | None = None,
        locator: str | None = None,
        sid: int | None = None,
    ) -> None:
        """One defect. line, column: from 1; locator: where, for formats without lines."""
        if self.wants(kind):
            self._rows.append((kind, sid, None, line, column, detail, _shown(found), _shown(expected), locator))

    def kinds(self) -> Iterable[str]:
        """The kinds noted so far, one each."""
        return dict.fromkeys(row[0] for row in self._rows)

    def frame(self) -> pl.DataFrame:
        """The defects in the order they were noted (`NOTE_ROWS`)."""
        return pl.DataFrame(self._rows, schema=NOTE_ROWS, orient="row")


def _shown(value: object) -> str | None:
    """A value as text, cut where it grows long (and saying so)."""
    if value is None:
        return None
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

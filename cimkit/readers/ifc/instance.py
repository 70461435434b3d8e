"""One instance, for the few that are looked at one by one: units, the project, map conversions."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from cimkit.readers.step import decode_string
from cimkit.readers.step.tokens import tokens

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel

__all__ = ["Instance"]

_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_REFERENCE = re.compile(r"#(\d{1,18})")
_MOST_BYTES = 1 << 20  # nothing that is read here is longer


class Instance:
    """What is not there, or of another kind, is None (texts, numbers), empty (lists) or another empty instance.

    Row -1 is the empty instance, which is false.
    """

    def __init__(self, model: IfcModel, row: int) -> None:
        self.model = model
        self.row = row

    def __bool__(self) -> bool:
        return self.row >= 0

    @property
    def id(self) -> int | None:
        """Its number in the file."""
        return int(self.model.file.ids[self.row]) if self else None

    @property
    def kind(self) -> str:
        """Its keyword, upper case; "" of nothing."""
        return self.model.kinds[self.model.kind_of[self.row]] if self else ""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """All attributes as written."""
        if not self:
            return ()
        file = self.model.file
        start = int(file.starts[self.row])
        text = file.octets.bytes(start, min(int(file.ends[self.row]), start + _MOST_BYTES))
        found: list[str] = []
        depth = begin = 0
        for token in tokens(text):
            if token.kind == "(":
                depth += 1
                begin = token.end if depth == 1 else begin
            closes = token.kind == ")"
            if depth == 1 and (closes or token.kind == ","):
                found.append(text[begin : token.start].decode(file.encoding, "replace").strip())
                begin = token.end
            depth -= closes
            if closes and depth == 0:
                break
        return tuple(found)

    def raw(self, name: str) -> str | None:
        """As written; None for `$`, `*` and what is not there."""
        position = self.model.schema.attribute_index(self.kind, name) if self else None
        if position is None or position >= len(self.parameters):
            return None
        found = self.parameters[position]
        return None if found in ("$", "*", "") else found

    def text(self, name: str) -> str | None:
        """A string, or the name of an enumeration."""
        raw = self.raw(name) or ""
        if raw.startswith("."):
            return raw.strip(".")
        return decode_string(raw[1:-1]) if raw.startswith("'") else None

    def numbers(self, name: str) -> tuple[float, ...]:
        """All numbers of a value, typed or not: `(39,54,27)`, `IFCRATIOMEASURE(0.3048)`."""
        raw = self.raw(name) or ""
        return () if raw.startswith(("'", "#")) else tuple(float(number) for number in _NUMBER.findall(raw))

    def number(self, name: str) -> float | None:
        """The first of `numbers`."""
        return next(iter(self.numbers(name)), None)

    def ref(self, name: str) -> Instance:
        """The instance referred to."""
        return next(iter(self.refs(name)), Instance(self.model, -1))

    def refs(self, name: str) -> list[Instance]:
        """The instances referred to, one or a list of them."""
        raw = self.raw(name) or ""
        numbers = [] if raw.startswith("'") else [int(number) for number in _REFERENCE.findall(raw)]
        rows = self.model.file.row_of_ids(numbers).tolist() if numbers else []
        return [Instance(self.model, row) for row in rows if row >= 0]

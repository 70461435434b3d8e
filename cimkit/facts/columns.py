"""Columns of facts: which subjects have a value, and the distinct values they have.

A column keeps each distinct value once (`Values`) and says per row which one it is (`code`), so that a
question (an enumeration, a pattern, a bound) is asked once of each distinct value and never of each row.
Readers of bulk tables, where nearly every number is another, leave `code` out: row i has value i.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MANY_ROWS", "BoolArray", "Column", "IntArray", "Origin", "PropertyColumn", "Role", "State", "Values"]

BoolArray = npt.NDArray[np.bool_]
#: Subjects, rows and codes are int32 where they are stored; any signed integer serves as an index.
IntArray = npt.NDArray[np.signedinteger[Any]]
FloatArray = npt.NDArray[np.float64]
_Kind = TypeVar("_Kind", bound=np.generic)

#: From so many rows on two threads are worth their start: polars and numpy leave the interpreter free.
MANY_ROWS = 100_000


class State(IntEnum):
    """What stands where a value could stand."""

    PRESENT = 0
    NULL = 1  # `$`, SQL NULL, JSON null: nothing is there
    EMPTY = 2  # '' or an empty list
    UNKNOWN = 3  # the logical .U.
    OBJECT = 4  # a reference to another instance, which has no value of its own
    LIST = 5  # an aggregate that is not empty, kept as raw text; of references only `(#…)`


class Role(IntEnum):
    """Which part of a property a row holds."""

    VALUE = 0
    LOWER = 1
    UPPER = 2
    SETPOINT = 3
    DEFINING = 4  # the first column of a table value
    DEFINED = 5  # its second column


class Origin(IntEnum):
    """On what a property, material or classification was found."""

    OCCURRENCE = 0
    TYPE = 1
    PART = 2  # on the thing's material, profile or whole, where a rule counts that


class Values(Struct, frozen=True):
    """Distinct values, all members of length n.

    text      what a person reads: decoded, without quotes or dots; booleans are `true` and `false`; null unless
              `state` is PRESENT, LIST or UNKNOWN
    number    the value as a number in SI units (or as written where it has no unit); NaN where it is no number
    datatype  UPPER CASE name of the declared or found type (`IFCLABEL`, `STRING`, `REAL`); null unknown
    state     `State` of each
    """

    text: pl.Series
    number: npt.NDArray[np.float64]
    datatype: pl.Series
    state: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.state)

    def part(self, start: int, end: int) -> Values:
        """Those from start to before end, without a copy."""
        return Values(
            self.text.slice(start, end - start),
            self.number[start:end],
            self.datatype.slice(start, end - start),
            self.state[start:end],
        )


class Column(NamedTuple):
    """One attribute or property over the subjects.

    sid     subject of each row, ascending; a subject may have several rows or none
    code    index into `values` of each row; None: row i has value i
    values  the distinct values
    role    `Role` of each row; None: all are plain values
    origin  `Origin` of each row; None: all on the occurrence
    holder  id of the property set instance each row belongs to (`groups.set_id`); None: no sets here
    owner   running number of the property instance within the column, rows of one property share it; None: one row each
    """

    sid: IntArray
    code: IntArray | None
    values: Values
    role: npt.NDArray[np.uint8] | None = None
    origin: npt.NDArray[np.uint8] | None = None
    holder: IntArray | None = None
    owner: IntArray | None = None

    def spread(self, of_values: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
        """An array over the distinct values, spread over the rows."""
        return of_values if self.code is None else of_values[self.code]

    def place(self) -> slice | IntArray:
        """Where its rows stand among the subjects: a slice where they stand side by side, as a layer's do."""
        alone = self.owner is None and self.role is None and len(self.sid) > 0
        if alone and int(self.sid[-1]) - int(self.sid[0]) + 1 == len(self.sid):
            return slice(int(self.sid[0]), int(self.sid[-1]) + 1)
        return self.sid

    def row_states(self) -> npt.NDArray[np.uint8]:
        """`State` of each row."""
        if self.code is not None and not self.values.state.any():  # nothing but values, as in most columns
            return np.full(len(self.code), State.PRESENT, np.uint8)
        return self.values.state if self.code is None else self.values.state[self.code]

    def present(self) -> BoolArray:
        """Which rows hold a single value."""
        of_values: BoolArray = self.values.state == State.PRESENT
        if self.code is None:
            return of_values
        return np.ones(len(self.code), bool) if of_values.all() else of_values[self.code]

    def spread_datatypes(self, rows: IntArray) -> pl.Series:
        """The datatype of some rows."""
        return self.values.datatype[rows if self.code is None else self.code[rows]]

    def texts(self, rows: IntArray | BoolArray) -> pl.Series:
        """The text of some rows."""
        if self.code is None and rows.dtype == bool and rows.all():
            return self.values.text
        index = np.flatnonzero(rows) if rows.dtype == bool else rows
        return self.values.text[index if self.code is None else self.code[index]]


class PropertyColumn(NamedTuple):
    """The column of one property name in all property sets of one name.

    kind: how IFC keeps it: `single`, `enumerated`, `list`, `bounded`, `table`, `reference`, `complex`, `quantity`,
    `predefined`; or `field` for a column of a table.
    """

    set_name: str
    name: str
    column: Column
    kinds: frozenset[str] = frozenset({"single"})

"""Instances of a STEP file with their attributes by the names of the IFC schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.ifc.series import NO_TEXT, picked, picked_or_null

if TYPE_CHECKING:
    from cimkit.facts.ifc_schema import Attribute, IfcSchema
    from cimkit.readers.step import Records, StepFile

__all__ = ["IfcModel", "Rows", "Table"]

#: Positions of instances in the file's index, ascending unless said otherwise.
Rows = npt.NDArray[np.signedinteger[Any]]

_NONE = np.empty(0, np.int64)


class IfcModel:
    """A STEP file read by an IFC schema.

    A row is the position of an instance in the file; its kind is the number of its keyword.
    """

    def __init__(self, file: StepFile, schema: IfcSchema) -> None:
        self.file = file
        self.schema = schema
        self.kinds: tuple[str, ...] = tuple(file.keywords)
        self.kind_of: npt.NDArray[np.integer] = np.asarray(file.types)
        self._tables: dict[tuple[str, ...], Table] = {}
        #: what has been worked out of the file and may be asked again, by who asks and what
        self.known: dict[tuple[str, ...], object] = {}

    def __len__(self) -> int:
        return len(self.kind_of)

    @cached_property
    def present(self) -> frozenset[str]:
        """Keywords that the file has."""
        return frozenset(self.kinds)

    def subtypes(self, entities: Iterable[str]) -> frozenset[str]:
        """These entities and all derived from them, as far as the file has them."""
        found: set[str] = set()
        for entity in entities:
            found |= self.schema.subtypes(entity) & self.present
        return frozenset(found)

    def rows(self, *entities: str) -> Rows:
        """Instances of these entities and of those derived from them, in file order."""
        wanted = self.subtypes(entities)
        if not wanted:
            return _NONE
        return np.asarray(self.file.rows_of(*wanted), np.int64)

    def table(self, *entities: str) -> Table:
        """The instances of `rows` with their attributes; asked again, the same table is given."""
        if entities not in self._tables:
            self._tables[entities] = Table(self, self.rows(*entities))
        return self._tables[entities]

    def take(self, rows: Rows) -> Table:
        """A table of these instances."""
        return Table(self, rows)

    def of_kinds(self, rows: Rows, kinds: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Which of the rows have one of these keywords. A row of -1 (nothing) has none."""
        wanted = np.fromiter((kind in kinds for kind in self.kinds), bool, len(self.kinds))
        if not wanted.any():
            return np.zeros(len(rows), bool)
        found: npt.NDArray[np.bool_] = wanted[self.kind_of[rows]] & (rows >= 0)
        return found

    def attribute(self, kind: int, name: str) -> Attribute | None:
        """How the schema declares an attribute of the keyword with this number."""
        entity = self.schema.entities.get(self.kinds[kind])
        index = self.schema.attribute_index(self.kinds[kind], name)
        return entity.attributes[index] if entity is not None and index is not None else None

    def positions(self, name: str) -> npt.NDArray[np.int16]:
        """For each keyword where in its record the attribute stands, -1 where it has no such attribute."""
        return self._positions.get(name, self._nowhere)

    @cached_property
    def _nowhere(self) -> npt.NDArray[np.int16]:
        return np.full(len(self.kinds), -1, np.int16)

    @cached_property
    def _positions(self) -> dict[str, npt.NDArray[np.int16]]:
        found: dict[str, npt.NDArray[np.int16]] = {}
        for kind, keyword in enumerate(self.kinds):
            entity = self.schema.entities.get(keyword)
            for position, attribute in enumerate(entity.attributes if entity else ()):
                if attribute.name not in found:
                    found[attribute.name] = self._nowhere.copy()
                found[attribute.name][kind] = position
        return found


class Table:
    """Some instances, and their attributes as columns as long as `rows`.

    Where an instance has no attribute of the name asked for, its row is null, NaN or -1.
    """

    def __init__(self, model: IfcModel, rows: Rows, records: Records | None = None) -> None:
        self.model = model
        self.rows = rows
        self._records = records

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def kinds(self) -> npt.NDArray[np.integer]:
        """Number of the keyword of each row."""
        kinds: npt.NDArray[np.integer] = self.model.kind_of[self.rows]
        return kinds

    def declared(self, name: str) -> Attribute | None:
        """How the schema declares the attribute for the first kind here that has it."""
        kinds = (self.model.attribute(int(kind), name) for kind in np.unique(self.kinds))
        return next((attribute for attribute in kinds if attribute is not None), None)

    @property
    def records(self) -> Records:
        if self._records is None:
            self._records = self.model.file.records(self.rows)
        return self._records

    def take(self, positions: npt.NDArray[np.integer]) -> Table:
        """Some rows of this table; its records are not looked up again."""
        return Table(self.model, self.rows[positions], self.records.take(positions))

    def parts(self, name: str) -> Iterator[tuple[int, npt.NDArray[np.int64] | None, Records]]:
        """The attribute's places: position in the record, the rows it holds for (None: all), their records."""
        kinds = self.kinds
        at = self.model.positions(name)
        here = np.unique(at[np.bincount(kinds, minlength=len(at)) > 0])
        if len(here) == 1 and here[0] >= 0:
            yield int(here[0]), None, self.records
            return
        at = at[kinds]
        for position in here[here >= 0]:
            where = np.flatnonzero(at == position)
            yield int(position), where, self.records.take(where)

    def raw(self, name: str) -> pl.Series:
        """What the file has, as it stands (`$`, `'text'`, `.ENUM.`, `#12`, `IFCLABEL('x')`)."""
        return self._strings(name, "raw")

    def texts(self, name: str) -> pl.Series:
        """Decoded strings, null where there is none."""
        return self._strings(name, "strings")

    def _strings(self, name: str, kind: str) -> pl.Series:
        parts: list[tuple[npt.NDArray[np.int64], pl.Series]] = []
        for position, where, records in self.parts(name):
            read = records.raw(position) if kind == "raw" else records.strings(position)
            if where is None:
                return read
            parts.append((where, read))
        return _joined(parts, len(self.rows))

    def refs(self, name: str) -> Rows:
        """The row referred to, -1 where there is none."""
        found = np.full(len(self.rows), -1, np.int64)
        for position, where, records in self.parts(name):
            found[slice(None) if where is None else where] = np.maximum(records.refs(position), -1)
        return found

    def ref_lists(self, name: str) -> tuple[Rows, Rows]:
        """The rows referred to in a list: pairs (position in this table, row), in the lists' order."""
        owners, targets = [_NONE], [_NONE.astype(np.int32)]
        for position, where, records in self.parts(name):
            owner, _, target = records.ref_lists(position)
            if (target < 0).any():  # dangling references are a matter of the defects
                owner, target = owner[target >= 0], target[target >= 0]
            owners.append(owner if where is None else where[owner])
            targets.append(target)
        owner, target = np.concatenate(owners), np.concatenate(targets)
        if len(owners) > 2:
            order = np.argsort(owner, kind="stable")
            owner, target = owner[order], target[order]
        return owner, target

    def lists(self, name: str) -> tuple[npt.NDArray[np.int64], pl.Series]:
        """The items of lists as written: pairs (position in this table, raw), in the lists' order."""
        owners, items = [_NONE], [NO_TEXT]
        for position, where, records in self.parts(name):
            owner, _, item = records.lists(position)
            owners.append(owner if where is None else where[owner])
            items.append(item)
        owner, item = np.concatenate(owners), pl.concat(items)
        if len(owners) > 2:
            order = np.argsort(owner, kind="stable")
            owner, item = owner[order], picked(item, order)
        return owner, item


def _joined(parts: list[tuple[npt.NDArray[np.int64], pl.Series]], length: int) -> pl.Series:
    """Parts of a String column put where they belong; null elsewhere."""
    index = np.full(length, -1, np.int64)
    start = 0
    for where, read in parts:
        index[where] = np.arange(start, start + len(read))
        start += len(read)
    return picked_or_null(pl.concat([NO_TEXT, *(read for _, read in parts)]), index)

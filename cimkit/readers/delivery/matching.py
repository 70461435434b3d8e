"""The manifest, the agreement and the files put beside each other: who answers whom, and what is left over."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from cimkit.facts.names import fold_layer_name
from cimkit.readers.delivery.conditions import is_met
from cimkit.readers.delivery.forms import Form, Row
from cimkit.readers.delivery.found import Found, Paths, Unread, normal_path, stem

__all__ = ["Matching", "is_called", "lies_at"]

#: So many names are compared letter by letter, for hints; a second's work.
_MOST_COMPARED = 50_000


@dataclass(frozen=True)
class Matching:
    """Everything that was handed over. paths: of all files below the delivery, composites' parts included."""

    manifest: Form | None
    agreement: Form | None
    found: Sequence[Found]
    unread: Sequence[Unread] = ()
    paths: Sequence[str] = ()
    #: found layers of each data set of the manifest, in its order
    _of: dict[int, list[Found]] = field(default_factory=dict)
    #: how many names were compared letter by letter
    _compared: list[int] = field(default_factory=lambda: [0])

    # --- data sets of the manifest -----------------------------------------------------------------------------

    @property
    def declared(self) -> tuple[Row, ...]:
        return self.manifest.rows if self.manifest is not None else ()

    @property
    def owed(self) -> tuple[Row, ...]:
        return self.agreement.rows if self.agreement is not None else ()

    def layers_of(self, number: int) -> list[Found]:
        """What was found where data set `number` (from 0) of the manifest says."""
        if number not in self._of:
            self._of[number] = self._look(self.declared[number])
        return self._of[number]

    def _look(self, row: Row) -> list[Found]:
        if row["path"] is None:
            return []
        path = self._read_paths.meant(row["path"])
        there = self._by_path.get(path, []) if path is not None else []
        if row["layer"] is None:
            return there
        wanted = fold_layer_name(row["layer"])
        return [found for found in there if fold_layer_name(found.layer) == wanted]

    def file_of(self, row: Row) -> str | None:
        """The path of the file that a row names, whether it was read or not; None: it is not there."""
        return None if row["path"] is None else self._all_paths.meant(row["path"])

    def times_named(self, row: Row) -> int:
        """How many rows name the same file and layer."""
        return self._named[_identity(row)]

    # --- layers found ------------------------------------------------------------------------------------------

    def rows_of(self, found: Found) -> list[int]:
        """Numbers of the manifest's rows that mean a found layer."""
        return self._rows_of_found.get((found.path, found.layer), [])

    def agreed_as(self, names: Iterable[str]) -> Row | None:
        """The agreed row that one of these names means."""
        folded = {fold_layer_name(name) for name in names if name}
        return next((row for row, wanted in zip(self.owed, self._wanted, strict=True) if folded & wanted), None)

    def names_of(self, found: Found) -> list[str]:
        """Names under which a found layer may be agreed: what the manifest calls it, its own, its file's."""
        named = [self.declared[number] for number in self.rows_of(found)]
        given = [word for row in named for word in (row["name"], row["layer"]) if word]
        return [*given, found.layer, *([stem(found.path)] if found.alone else [])]

    # --- layers owed -------------------------------------------------------------------------------------------

    def answers(self, row: Row) -> tuple[Row | None, Found | None]:
        """The manifest's row and the found layer that answer an agreed one."""
        wanted = _names(row)
        for number in sorted(number for word in wanted for number in self._declared_as.get(word, ())):
            given, there = self.declared[number], self.layers_of(number)
            if there or self.file_of(given) is not None:
                return given, there[0] if there else None
        for number in sorted(number for word in wanted for number in self._found_as.get(word, ())):
            named = self.rows_of(self.found[number])
            return (self.declared[named[0]] if named else None), self.found[number]
        return None, None

    def is_owed(self, row: Row) -> bool | None:
        """Whether this batch owes an agreed layer: M always, O never, C if its condition holds; None: unknown."""
        match row["constraint"]:
            case "M":
                return True
            case "O":
                return False
            case "C" if row["condition"] is not None:
                single = self.manifest.single if self.manifest is not None else None
                statements = (single["statements"] if single else None) or {}
                return is_met(row["condition"], statements, single["tier"] if single else None, self.is_delivered)
            case _:
                return None

    def is_delivered(self, name: str) -> bool:
        """Whether a layer of that name, or of that agreed name's aliases, is there."""
        row = self.agreed_as([name])
        if row is not None:
            return self.answers(row) != (None, None)
        return fold_layer_name(name) in self._found_as

    # --- hints -------------------------------------------------------------------------------------------------

    def nearest(self, word: str | None, known: Iterable[str]) -> str | None:
        """The known name that is most like a word, if one is like it at all. Names are compared letter by letter: of a
        delivery with thousands of strangers the first ones get a hint."""
        words = {fold_layer_name(name): name for name in known if name}
        self._compared[0] += len(words)
        if not word or self._compared[0] > _MOST_COMPARED:
            return None
        close = difflib.get_close_matches(fold_layer_name(word), words, n=1, cutoff=0.5)
        return words[close[0]] if close else None

    # --- indices -----------------------------------------------------------------------------------------------

    @cached_property
    def _by_path(self) -> Mapping[str, list[Found]]:
        paths: dict[str, list[Found]] = defaultdict(list)
        for found in self.found:
            paths[found.path].append(found)
        return dict(paths)

    @cached_property
    def _read_paths(self) -> Paths:
        return Paths(self._by_path)

    @cached_property
    def _all_paths(self) -> Paths:
        return Paths((*self._by_path, *(each.path for each in self.unread), *self.paths))

    @cached_property
    def _wanted(self) -> list[frozenset[str]]:
        """The names of each agreed row."""
        return [_names(row) for row in self.owed]

    @cached_property
    def _declared_as(self) -> Mapping[str, list[int]]:
        """Numbers of the manifest's rows by what they call their data set."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.declared):
            for word in {fold_layer_name(word) for word in (row["name"], row["layer"]) if word}:
                numbers[word].append(number)
        return numbers

    @cached_property
    def _found_as(self) -> Mapping[str, list[int]]:
        """Numbers of found layers by the names under which they may be agreed."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, found in enumerate(self.found):
            for word in {fold_layer_name(name) for name in self.names_of(found)}:
                numbers[word].append(number)
        return dict(numbers)

    @cached_property
    def _named(self) -> Counter[tuple[str, str]]:
        return Counter(_identity(row) for row in self.declared)

    @cached_property
    def _rows_of_found(self) -> Mapping[tuple[str, str], list[int]]:
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number in range(len(self.declared)):
            for found in self.layers_of(number):
                rows[found.path, found.layer].append(number)
        return rows


def _identity(row: Row) -> tuple[str, str]:
    return normal_path(row["path"] or row.place), fold_layer_name(row["layer"] or "")


def _names(row: Row) -> frozenset[str]:
    return frozenset(fold_layer_name(name) for name in (row["layer"], *(row["aliases"] or ())) if name)


def lies_at(path: str, places: Sequence[str]) -> bool:
    """Whether a path lies in one of some folders, or below it."""
    folder = str(PurePosixPath(normal_path(path)).parent)
    return any(folder == place or folder.startswith(f"{place}/") for place in map(normal_path, places))


def is_called(path: str, patterns: Sequence[str]) -> bool:
    """Whether a file has one of some names; `*` and `?` stand for other letters."""
    from fnmatch import fnmatchcase

    name = PurePosixPath(normal_path(path)).name.casefold()
    return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)

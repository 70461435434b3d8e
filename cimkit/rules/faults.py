"""Faults of a pack or a settings file: where they are, and which word was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cimkit.errors import PackError
from cimkit.rules.marks import line_of

__all__ = ["broken", "fault_at", "in_pack", "nearest", "unknown"]


def fault_at(key: str, file: str, line: int | None, **values: Any) -> PackError:
    """The error `rules.<key>` at a line (1-based) of a file."""
    return PackError(f"rules.{key}", place=f"{file}:{line}" if line else file, file=file, line=line, **values)


def broken(key: str, file: str, holder: Any = None, at: str | int | None = None, **values: Any) -> PackError:
    """The error `rules.<key>`; `file` and the line of `holder` (or of what it has under `at`) say where."""
    return fault_at(key, file, line_of(holder, at), **values)


@contextmanager
def in_pack(folder: Path) -> Iterator[None]:
    """Errors raised inside say which pack their file is in (the innermost, where one pack extends another)."""
    try:
        yield
    except PackError as error:
        if "pack" in error.values or "place" not in error.values:
            raise
        place = f"{folder.name}/{error.values['place']}"
        raise PackError(error.key, **{**error.values, "place": place, "pack": folder.name}) from error


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, if one is like it at all."""
    words = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=0.6)
    return words[found[0]] if found else None


def unknown(
    key: str, word: str, known: Iterable[str], file: str, holder: Any = None, at: str | int | None = None, **values: Any
) -> PackError:
    """The error `rules.<key>` for a word that nobody knows, or `rules.<key>_near` if one that is known is like it."""
    known = sorted(known)
    near = nearest(word, known)
    if near is None:
        return broken(key, file, holder, at, word=word, known=", ".join(known), **values)
    return broken(f"{key}_near", file, holder, at, word=word, near=near, **values)

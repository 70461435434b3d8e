"""IDS files as rules, kept by what they contain: to read and audit one takes longer than to judge a model by it."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cimkit.rules.compiled import compiled, stamp_of
from cimkit.rules.model import Rule

__all__ = ["IdsRules", "ids_rules"]


class IdsRules(NamedTuple):
    """What an IDS file asks.

    path      as it was given; `ids` for bytes
    sha256    of its bytes
    versions  the IFC versions that each specification names
    """

    path: str
    title: str
    sha256: str
    rules: tuple[Rule, ...]
    versions: tuple[tuple[str, ...], ...]


def ids_rules(given: str | os.PathLike[str] | bytes, *, lang: str = "zh") -> IdsRules:
    """The rules of an IDS file, or of the bytes of one. lang: of what is said of flawed specifications.

    Raises IdsError where nothing in it can be judged.
    """
    data, name = (given, "ids") if isinstance(given, bytes) else (_content(given), os.fspath(given))
    digest = hashlib.sha256(data).hexdigest()

    def read() -> tuple[str, tuple[Rule, ...], tuple[tuple[str, ...], ...]]:
        from cimkit.ids.read import read_ids

        file = read_ids(data, name, lang=lang)
        return file.title, file.rules, tuple(spec.versions for spec in file.document.specifications)

    title, rules, versions = compiled("ids", _stamp() + repr((digest, name, lang)).encode(), read)
    return IdsRules(name, title, digest, rules, versions)


@lru_cache(maxsize=1)
def _stamp() -> bytes:
    """The files that read and audit an IDS, the schemas it is held against, and the sentences about its flaws."""
    package = Path(__file__).parents[1]
    wanted = ("ids/**/*.py", "facts/data/*.json", "locales/*/ids.yaml")
    return stamp_of(path for pattern in wanted for path in package.glob(pattern))


def _content(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        from cimkit.ids.xml import IdsError

        raise IdsError("ids.unopened", file=os.fspath(path), problem=error.strerror or str(error)) from error

"""IDS files as rules, kept by what they contain: to read and audit one takes longer than to judge a model by it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from cimkit.rules.compiled import compiled
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

    def read() -> IdsRules:
        from cimkit.ids.read import read_ids

        file = read_ids(data, name, lang=lang)
        versions = tuple(spec.versions for spec in file.document.specifications)
        return IdsRules(name, file.title, digest, file.rules, versions)

    return compiled("ids", repr((digest, name, lang)).encode(), read)


def _content(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        from cimkit.ids.xml import IdsError

        raise IdsError("ids.unopened", file=os.fspath(path), problem=error.strerror or str(error)) from error

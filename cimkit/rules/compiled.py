"""Packs as they were once read, kept by the digest of their files: reading YAML and tables again takes much longer.

What is kept is JSON: `shared`, parts that stand in several places, each written once, and `made`. An array begins with
the name of what it is (`Rule`, `tuple`, `set` ...), so that reading it back makes the classes named in the table below
and nothing else; an array of one number is a shared part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from enum import Enum
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import orjson
from msgspec import Struct

from cimkit import __version__
from cimkit.cache_folder import keep, kept
from cimkit.rules.restriction import Restriction

__all__ = ["compiled", "pack_from_json", "pack_to_json", "stamp_of"]

Made = TypeVar("Made")

#: Everything that may stand in a pack besides numbers, texts, lists and mappings, and where it is defined.
_CLASSES: Mapping[str, str] = {
    **dict.fromkeys(("Rule", "Cite", "Severity", "Evidence", "Status", "Executable", "Gate"), "cimkit.rules.model"),
    **dict.fromkeys(
        (
            "Entity", "Attribute", "Property", "Classification", "Material", "PartOf", "Phase", "All", "AnyOf", "Not",
            "Check", "Cardinality",
        ),
        "cimkit.rules.conditions",
    ),
    **dict.fromkeys(("Across", "Role", "Of", "Pairing", "By", "Measure"), "cimkit.rules.across_model"),
    "Restriction": "cimkit.rules.restriction",
    "Typed": "cimkit.rules.typed",
    "LoadedPack": "cimkit.rules.load",
    "Manifest": "cimkit.rules.manifest_model",
    "Code": "cimkit.rules.code_list",
    "CodeList": "cimkit.rules.code_list",
}  # fmt: skip


class _NotKeptError(TypeError):
    """Something that the table does not name: it is made anew each time."""


def compiled(what: str, key: bytes, make: Callable[[], Made]) -> Made:
    """What `make` makes, kept under `key`: all that it depends on besides cimkit itself.

    what: a word for the file's name. Anything wrong with what was kept makes it anew.
    """
    name = f"packs/{what}-{hashlib.sha256(_stamp() + key).hexdigest()[:40]}.json"
    content = kept(name)
    if content is not None:
        try:
            made: Made = pack_from_json(content)
        except (orjson.JSONDecodeError, LookupError, TypeError, ValueError):
            pass  # cut short or of another make
        else:
            return made
    made = make()
    with suppress(_NotKeptError):
        keep(name, pack_to_json(made))
    return made


@lru_cache(maxsize=1)
def _stamp() -> bytes:
    """What tells this state of cimkit from others: its version, and the files that read packs."""
    here = Path(__file__).parent
    return __version__.encode() + stamp_of((*here.glob("*.py"), here.parent / "checks" / "table.py"))


def stamp_of(files: Iterable[Path]) -> bytes:
    """What tells one state of some files from another: names, dates and sizes."""
    return repr([(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files)]).encode()


def pack_to_json(made: Any) -> bytes:
    """Anything a pack is made of, as JSON. Raises TypeError for what the table does not name."""
    teller = _Teller()
    told = teller.told(made)
    try:
        return orjson.dumps({"shared": teller.shared, "made": told})
    except orjson.JSONEncodeError as error:
        raise _NotKeptError(str(error)) from error


def pack_from_json(content: bytes) -> Any:
    """What `pack_to_json` told. Raises ValueError, LookupError or TypeError for anything else."""
    told = orjson.loads(content)
    maker = _Maker()
    for part in told["shared"]:
        maker.shared.append(maker.made(part))
    return maker.made(told["made"])


class _Teller:
    def __init__(self) -> None:
        self.shared: list[Any] = []
        self._places: dict[Any, int] = {}

    def told(self, thing: Any) -> Any:
        kind = type(thing)
        if thing is None or kind in (bool, int, float, str):
            return thing
        if _may_be_shared(thing):
            place = self._places.get(thing)
            if place is None:
                told = self._told(thing)
                place = self._places[thing] = len(self.shared)
                self.shared.append(told)
            return [place]
        return self._told(thing)

    def _told(self, thing: Any) -> Any:
        kind, told = type(thing), self.told
        if isinstance(thing, Enum):
            return [_known(kind), thing.value]
        if isinstance(thing, Struct) or hasattr(kind, "_fields"):
            names = kind.__struct_fields__ if isinstance(thing, Struct) else kind._fields
            return [_known(kind), *(told(getattr(thing, name)) for name in names)]
        if isinstance(thing, Mapping):
            if all(isinstance(key, str) for key in thing) and all(_is_plain(value) for value in thing.values()):
                return dict(thing)  # read back as it stands
            return ["dict", *(part for key, value in thing.items() for part in (told(key), told(value)))]
        if isinstance(thing, frozenset):
            return ["set", *sorted((told(member) for member in thing), key=str)]
        if isinstance(thing, tuple):
            return ["tuple", *map(told, thing)]
        if isinstance(thing, list):
            return ["list", *map(told, thing)]
        if isinstance(thing, Path):
            return ["Path", str(thing)]
        raise _NotKeptError(kind.__name__)


def _may_be_shared(thing: Any) -> bool:
    """Restrictions, words of a closed list, and tuples of these: what is equal there is the same."""
    if type(thing) is tuple:
        return bool(thing) and all(member is None or _may_be_shared(member) for member in thing)
    return isinstance(thing, Restriction | Enum)


def _is_plain(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str)


def _known(kind: type) -> str:
    if _CLASSES.get(kind.__name__) != kind.__module__:
        raise _NotKeptError(kind.__name__)
    return kind.__name__


class _Maker:
    def __init__(self) -> None:
        self.shared: list[Any] = []

    def made(self, told: Any) -> Any:
        if type(told) is not list:
            return told
        kind = told[0]
        if type(kind) is int:
            return self.shared[kind]
        made = self.made
        return _maker(kind)([part if type(part) is not list else made(part) for part in told[1:]])


@lru_cache(maxsize=64)
def _maker(kind: str) -> Callable[[list[Any]], Any]:
    match kind:
        case "tuple":
            return tuple
        case "list":
            return list
        case "set":
            return frozenset
        case "dict":
            return lambda parts: dict(zip(parts[::2], parts[1::2], strict=True))
        case "Path":
            return lambda parts: Path(parts[0])
    made = getattr(import_module(_CLASSES[kind]), kind)
    return lambda parts: made(*parts)

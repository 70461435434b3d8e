"""The JSON of a file: one document, or one a line; and names that an object has twice."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from cimkit.errors import SourceError
from cimkit.readers.cityjson.ledger import Ledger, pointer

__all__ = ["Document", "read_documents", "without_collector"]

# Members that hold nothing but numbers in valid files: no names are counted in there.
_ARRAYS = frozenset({"boundaries", "vertices", "values", "vertices-texture", "vertices-templates"})


@dataclass(slots=True)
class Document:
    """One JSON object of type CityJSON or CityJSONFeature.

    text  as it stands in the file
    line  its line in a sequence, from 1; None for a file that is one document
    """

    content: dict[str, Any]
    text: bytes
    line: int | None = None


@contextmanager
def without_collector() -> Iterator[None]:
    """Parsing makes millions of objects and no garbage: the collector would only walk them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_documents(data: bytes | memoryview, ledger: Ledger, name: str | None = None) -> list[Document]:
    """The documents of a file. What is no JSON object is a defect, and left out. Raises SourceError where nothing is
    left."""
    text = bytes(data).removeprefix(b"\xef\xbb\xbf")
    try:
        documents = [Document(content, text)] if isinstance(content := orjson.loads(text), dict) else []
        if not documents:
            raise SourceError("city.no_json", name=name or "", reason=type(content).__name__)
    except orjson.JSONDecodeError as whole:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        # A sequence has an object a line; anything else is one document with a fault in it.
        if not (len(lines) > 1 and lines[0][1].rstrip().endswith(b"}")):
            raise SourceError("city.no_json", name=name or "", reason=_reason(whole)) from whole
        documents = [document for number, line in lines if (document := _line(line, number, ledger))]
        if not documents:
            raise SourceError("city.no_json", name=name or "", reason=_reason(whole)) from whole
    if "city_duplicate_key" in ledger.kinds:
        for document in documents:
            _find_duplicate_names(document, ledger)
    return documents


def _reason(problem: orjson.JSONDecodeError) -> str:
    return f"{problem.lineno}:{problem.colno} {problem.msg}"


def _line(line: bytes, number: int, ledger: Ledger) -> Document | None:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        ledger.add("city_syntax", "no_json", "", found=_reason(problem), line=number)
        return None
    if not isinstance(content, dict):
        ledger.add("city_schema", "not_an_object", "", found=content, expected="object", line=number)
        return None
    return Document(content, line, number)


def _find_duplicate_names(document: Document, ledger: Ledger) -> None:
    """Names that an object has twice: the parser keeps the last, so one city object would be lost in silence.

    Counting is cheap: as many strings before a colon in the text as names in what was parsed. Only where the counts
    differ is the text parsed again, by the slower parser that tells.
    """
    if _names_in_text(document.text) == _names_in(document.content):
        return

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) < len(members):
            for name, times in Counter(name for name, _ in members).items():
                if times > 1:
                    ledger.add("city_duplicate_key", "name_twice", pointer(name), found=name, line=document.line)
        return found

    json.loads(document.text, object_pairs_hook=pairs)


def _names_in(value: Any) -> int:
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if type(one) is dict:
            count += len(one)
            for name, member in one.items():
                if type(member) is dict or (type(member) is list and name not in _ARRAYS):
                    waiting.append(member)
        else:
            waiting += [member for member in one if type(member) is dict or type(member) is list]
    return count


def _names_in_text(text: bytes) -> int:
    """Strings that a colon follows."""
    octets: npt.NDArray[np.uint8] = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(octets == ord('"'))
    if b"\\" in text:
        slashes = np.zeros(len(quotes), np.int64)
        running = np.ones(len(quotes), bool)
        for step in range(1, len(text) + 1):
            running &= octets[np.maximum(quotes - step, 0)] == ord("\\")
            if not running.any():
                break
            slashes += running
        quotes = quotes[slashes % 2 == 0]
    after = quotes[1::2] + 1
    while True:
        after = after[after < len(octets)]
        blank = np.isin(octets[after], np.frombuffer(b" \t\r\n", np.uint8))
        if not blank.any():
            return int((octets[after] == ord(":")).sum())
        after = np.where(blank, after + 1, after)

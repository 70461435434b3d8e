"""XML as IDS is written in it: parsed safely, and its version told.

Nothing outside the file is fetched, no entity is expanded, a file with a document type is refused before its content
matters (that is where XML bombs live), and libxml2's own limits on depth and size of text stay on.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from msgspec import Struct

from cimkit.errors import PackError

__all__ = [
    "IDS",
    "MAX_BYTES",
    "XS",
    "XSI",
    "Element",
    "IdsError",
    "IdsVersion",
    "children",
    "line_of",
    "parse",
    "version_of",
]

IDS = "http://standards.buildingsmart.org/IDS"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: Larger than any requirement that people write; a list of values this long belongs elsewhere.
MAX_BYTES = 64 * 1024 * 1024

Element = etree._Element  # noqa: SLF001 - lxml's own name for the type


class IdsError(PackError):
    """An IDS file that can't be read at all. `line` counts from 1, None: the file as a whole."""

    def __init__(self, key: str, *, line: int | None = None, **values: object) -> None:
        super().__init__(key, line=line, **values)
        self.line = line


class IdsVersion(Struct, frozen=True):
    """The version a file says or shows that it is of ("1.0", "0.9.7"); `said`: by its schema location."""

    text: str
    said: bool

    @property
    def numbers(self) -> tuple[int, ...]:
        """For comparing: (0, 9, 7)."""
        return tuple(int(part) for part in self.text.split("."))


def parse(data: bytes, name: str) -> Element:
    """The root element. Raises IdsError for what is too large, not well-formed, or carries a document type."""
    if len(data) > MAX_BYTES:
        raise IdsError("ids.too_large", file=name, megabytes=MAX_BYTES // 2**20)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data[:4096]:
            raise IdsError("ids.document_type", file=name) from error
        line, column = error.position
        raise IdsError("ids.not_xml", line=line, file=name, column=column, problem=error.msg) from error
    except ValueError as error:  # an encoding that lxml does not know
        raise IdsError("ids.not_xml", line=1, file=name, column=1, problem=str(error)) from error
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise IdsError("ids.document_type", file=name)
    return root


def children(element: Element) -> list[Element]:
    """Child elements, without comments and processing instructions."""
    parts: list[Any] = list(element)
    return [child for child in parts if isinstance(child.tag, str)]


def line_of(element: Element) -> int:
    """The line on which the element begins, from 1."""
    line: Any = element.sourceline
    return int(line or 0)


_LOCATION = re.compile(r"/IDS/(?:[A-Za-z/]*/)?([0-9]+(?:\.[0-9]+){1,3})/")
_OLD_FILE = re.compile(r"ids_([0-9])([0-9])\.xsd")


def version_of(root: Element) -> IdsVersion:
    """Told by the schema location (`.../IDS/1.0/ids.xsd`), else by what only the drafts had."""
    location = root.get(f"{{{XSI}}}schemaLocation") or ""
    if found := _LOCATION.search(location):
        return IdsVersion(found[1], said=True)
    if found := _OLD_FILE.search(location):
        return IdsVersion(f"{found[1]}.{found[2]}", said=True)
    return IdsVersion("0.9" if _looks_old(root) else "1.0", said=False)


def _looks_old(root: Element) -> bool:
    """Drafts set the number of occurrences on the specification, and named a property `name` with a `measure`."""
    for element in root.iter(f"{{{IDS}}}specification", f"{{{IDS}}}property"):
        if {"minOccurs", "maxOccurs", "use", "necessity", "measure", "datatype"} & set(element.attrib):
            return True
        if etree.QName(element).localname == "property" and element.find(f"{{{IDS}}}name") is not None:
            return True
    return False

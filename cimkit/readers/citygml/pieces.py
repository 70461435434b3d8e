"""A CityGML file cut between its members: each piece is a small document, parsed aside while the one before is read.

Only what reads the same either way is cut: a file without a document type, in an encoding that keeps ASCII as it is. A
cut that was none (inside a comment, for one) gives a piece that is no XML, and the rest is then read as it stands.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from lxml import etree

from cimkit.readers.citygml.names import MEMBERS, Element

__all__ = ["Frame", "frame_of", "parsed_ahead"]

#: Bytes of a piece, about. Its tree takes some ten times as much.
_PIECE = 1 << 20
_AHEAD = 2
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*)*<((?:[A-Za-z_][\w.-]*:)?CityModel)(?:\s[^<>]*[^<>/])?>",
    re.DOTALL,
)
_MEMBER_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?(?:" + "|".join(sorted(MEMBERS)).encode() + rb")>")

Read = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every piece: all up to the start of the root's content, and the root's end."""

    start: bytes
    end: bytes

    def cut(self, first: bytes, read: Read) -> Iterator[tuple[bytes, bool]]:
        """The content behind `start` in pieces of whole members, and whether it is the last: that one ends the root
        itself. first: what was read so far."""
        kept = first[len(self.start) :]
        mark: bytes | None = None
        while more := read(_PIECE):
            kept += more
            if mark is None:
                found = _MEMBER_END.search(kept)
                if found is None:
                    continue
                mark = found[0]
            end = kept.rfind(mark)
            if end >= 0:
                end += len(mark)
                yield kept[:end], False
                kept = kept[end:]
        yield kept, True


def frame_of(first: bytes) -> Frame | None:
    """The frame of a file by its first bytes; None for one that is not cut."""
    found = _START.match(first)
    return Frame(found[0], b"</" + found[1] + b">") if found else None


def parsed_ahead(frame: Frame, pieces: Iterator[tuple[bytes, bool]]) -> Iterator[tuple[bytes, Element | None]]:
    """Each piece with its tree, None where it is no XML. Parsing is C without the interpreter's lock: it goes on in a
    thread while the caller reads."""
    with ThreadPoolExecutor(1) as aside:
        waiting: deque[tuple[bytes, Future[Element | None]]] = deque()
        for piece, last in pieces:
            waiting.append((piece, aside.submit(_tree, frame.start + piece + (b"" if last else frame.end))))
            if len(waiting) > _AHEAD:
                raw, tree = waiting.popleft()
                yield raw, tree.result()
        while waiting:
            raw, tree = waiting.popleft()
            yield raw, tree.result()


def _tree(document: bytes) -> Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,  # bounded by the piece
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None

"""Where each statement of the exchange structure ends.

A statement ends at a ';' that stands neither in a string nor in a comment (ISO 10303-21, 5 and 6).
Line ends mean nothing, so the same few operations serve one instance a line, a hundred a line, and
one instance over a hundred lines: the offsets of quotes and semicolons, the parity of the quotes
before each, and that's it. Comments and the directive `\\S\\'`, whose apostrophe is no quote, are
looked for only where the bytes for them occur.

A quote that was forgotten would turn the rest of the file inside out. So a line that begins like an
instance (`#12=`) or is the beginning or end of a section always begins a statement, unless a comment
holds it: no string may contain a line end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from threading import local
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.comments import Comments, find_comments, skip_separators
from cimkit.readers.step.marks import page_escaped_quotes, restarts
from cimkit.readers.step.pieces import in_threads
from cimkit.readers.step.states import CODE, COMMENT, STRING

if TYPE_CHECKING:
    from cimkit.readers.step.limits import StepLimits
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Marks", "split"]

_QUOTE, _SEMICOLON, _HASH, _STAR, _SLASH, _BACKSLASH = b"';#*/\\"
_D, _H = np.frombuffer(b"DH", np.uint8)
_LAST_LINE_END = 13
_LAST_ASCII = 127
_LOOK_BACK = 4096


class Marks(NamedTuple):
    """What a reader of single statements has to know of the file as a whole."""

    comments: Comments
    #: apostrophes of `\S\'`, which open and close nothing
    apostrophes: Int64Array
    #: what the file's end stands in: CODE, STRING or COMMENT
    state: int
    #: start of each stretch of the file with bytes above 127, and its end
    high: tuple[tuple[int, int], ...]


class _Scan(NamedTuple):
    """One piece: where statements end in it, from its start; the rest as in Marks."""

    ends: npt.NDArray[np.uint32]
    comments: Comments
    apostrophes: Int64Array
    state: int
    high: bool


def split(octets: Octets, start: int, limits: StepLimits) -> tuple[Int64Array, Marks]:
    """Where the statements from `start` on end (exclusive)."""
    pieces = list(pairwise(_cuts(octets, start, limits.piece_bytes)))
    scans: list[_Scan] = []
    state = CODE
    threaded = octets.size >= limits.thread_bytes
    guesses = in_threads(partial(_scan_from_code, octets), pieces, threaded=threaded)
    for piece, guess in zip(pieces, guesses, strict=True):
        # now and then a piece is cut inside a string or comment
        scan = guess if state == CODE else _scan(octets, *piece, state)
        state = scan.state
        scans.append(scan)
    ends = np.empty(sum(len(scan.ends) for scan in scans), np.int64)
    done = 0
    for (begin, _), scan in zip(pieces, scans, strict=True):
        np.add(scan.ends, begin, out=ends[done : done + len(scan.ends)])
        done += len(scan.ends)
    comments = Comments(
        _joined([scan.comments.starts for scan in scans]), _joined([scan.comments.ends for scan in scans])
    )
    high = tuple(piece for piece, scan in zip(pieces, scans, strict=True) if scan.high)
    return ends, Marks(comments.merged(), _joined([scan.apostrophes for scan in scans]), state, high)


def _joined(arrays: list[Int64Array]) -> Int64Array:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def _cuts(octets: Octets, start: int, size: int) -> Iterator[int]:
    """Offsets that cut the file into pieces of about `size`, after a ';' where there is one near."""
    window = min(_LOOK_BACK, size)
    position = start
    yield position
    while octets.size - position > size + window:
        target = position + size
        near = octets.bytes(target - window, target)
        found = max(near.rfind(b";\n"), near.rfind(b";\r"))
        if found < 0:
            found = near.rfind(b";")
        position = target - window + found + 1 if found >= 0 else _between_signs(octets, target)
        yield position
    if position < octets.size:
        yield octets.size


def _between_signs(octets: Octets, target: int) -> int:
    """The next offset that doesn't cut a comment sign or an escape in two."""
    while target < octets.size:
        window = octets.array[target - 1 : target - 1 + _LOOK_BACK]
        fit = np.flatnonzero((window != _STAR) & (window != _SLASH) & (window != _BACKSLASH))
        if len(fit):
            return min(target + int(fit[0]), octets.size)
        target += len(window)
    return octets.size


def _scan_from_code(octets: Octets, piece: tuple[int, int]) -> _Scan:
    return _scan(octets, *piece, CODE)


class _Scratch(local):
    """Two rows of flags for each thread: fresh memory for every piece would cost more than the look at it."""

    def __init__(self) -> None:
        self.flags = np.empty((2, 0), np.bool_)

    def rows(self, length: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        if self.flags.shape[1] < length:
            self.flags = np.empty((2, length), np.bool_)
        return self.flags[0, :length], self.flags[1, :length]


_scratch = _Scratch()


def _scan(octets: Octets, start: int, end: int, state: int) -> _Scan:
    """Split one piece, given what its first byte stands in."""
    piece = octets.array[start:end]
    quote, flags = _scratch.rows(end - start)
    np.equal(piece, _QUOTE, out=quote)
    np.equal(piece, _SEMICOLON, out=flags)
    flags |= quote
    places = np.flatnonzero(flags)
    quotes = quote[places]
    places += start

    apostrophes = np.empty(0, np.int64)
    if np.equal(piece, _BACKSLASH, out=flags).any():
        apostrophes = page_escaped_quotes(octets, places[quotes])
        if len(apostrophes):
            keep = ~np.isin(places, apostrophes)
            places, quotes = places[keep], quotes[keep]

    comments, closed, anchors = Comments(), True, np.empty(0, np.int64)
    stars = np.equal(piece, _STAR, out=flags)
    if state == COMMENT or (stars.any() and (stars[1:] & (piece[:-1] == _SLASH)).any()):
        anchors = restarts(octets, start, end)
        comments, closed = find_comments(piece, start, places[quotes], anchors, state)
        keep = comments.outside(places)
        places, quotes = places[keep], quotes[keep]
        anchors = anchors[comments.outside(anchors)]

    opened = np.uint8(state == STRING)
    inside = (np.cumsum(quotes, dtype=np.uint8) + opened) & 1
    ends = places[(inside | quotes) == 0] + 1
    final = inside[-1] if len(inside) else opened
    if not len(comments) and not _explained(octets, start, end, ends, state):
        anchors = restarts(octets, start, end)
    if len(anchors):
        before = np.searchsorted(places, anchors)
        level = np.concatenate(([opened], inside))[before]  # the parity that each restart sets to nought
        latest = np.searchsorted(anchors, places, side="right")
        inside ^= np.concatenate((np.zeros(1, np.uint8), level))[latest]
        ends = places[(inside | quotes) == 0] + 1
        known = np.concatenate((np.array([start]), ends)) if _after_statement(octets, start, state) else ends
        ends = np.union1d(ends, _that_cut(octets, anchors, known, comments))
        final = inside[-1] if len(places) and places[-1] > anchors[-1] else np.uint8(0)
    return _Scan(
        (ends - start).astype(np.uint32),
        comments,
        apostrophes,
        (STRING if final else CODE) if closed else COMMENT,
        int(piece.max()) > _LAST_ASCII,
    )


def _after_statement(octets: Octets, start: int, state: int) -> bool:
    """Whether a piece begins right after the end of a statement."""
    return state == CODE and (start == 0 or bool(octets.array[start - 1] == _SEMICOLON))


def _that_cut(octets: Octets, anchors: Int64Array, ends: Int64Array, comments: Comments) -> Int64Array:
    """Restarts with more than blanks and comments between them and the end of the statement before."""
    before = np.concatenate((np.array([-1]), ends))[np.searchsorted(ends, anchors, side="right")]
    known = before >= 0
    reached = skip_separators(octets, np.where(known, before, anchors), comments)
    return anchors[~known | (reached < anchors)]


def _explained(octets: Octets, start: int, end: int, ends: Int64Array, state: int) -> bool:
    """Whether no line can be a restart that matters, as in nearly all pieces.

    That is so if each line that begins with '#' follows the end of a statement, and none begins
    with a letter that a section's word begins with.
    """
    before = max(start - 1, 0)
    piece = octets.array[before:end]
    line_end, wanted = _scratch.rows(end - before - 1)
    np.less_equal(piece[:-1], _LAST_LINE_END, out=line_end)
    np.less_equal(piece[1:] - _D, _H - _D, out=wanted)
    wanted &= line_end
    if wanted.any():
        return False
    np.equal(piece[1:], _HASH, out=wanted)
    wanted &= line_end
    lines = int(np.count_nonzero(wanted))
    if _after_statement(octets, start, state):
        ends = np.concatenate((np.array([start]), ends))
    one = octets.at(ends) <= _LAST_LINE_END
    near = one & (octets.at(ends + 1) == _HASH) & (ends + 1 < end)
    explained = int(np.count_nonzero(near))
    if explained < lines:
        two = one & (octets.at(ends + 1) <= _LAST_LINE_END)
        explained += int(np.count_nonzero(two & (octets.at(ends + 2) == _HASH) & (ends + 2 < end)))
    return explained >= lines

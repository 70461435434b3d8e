"""Bytes of the file to columns of text, and the escapes of STEP strings."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.step.compact import gather

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Texts", "column", "decode_string", "decode_strings", "detect_encoding"]

_QUOTE, _BLANK, _BACKSLASH = b"' \\"
_REST_OF_CHARACTER = 3
_ESCAPED = r"['\\\x00-\x1f]"
#: Columns of up to so many bytes are cut in Python: the Arrow bridge takes longer to load than that.
_SMALL = 60_000


class Texts:
    """Turns ranges of one file into columns; knows how its raw bytes are read."""

    def __init__(self, octets: Octets, encoding: str) -> None:
        self._octets = octets
        self.encoding = encoding

    def series(self, starts: Int64Array, ends: Int64Array, present: npt.NDArray[np.bool_]) -> pl.Series:
        """The text of each range, null where not `present`."""
        text, offsets = gather(self._octets, starts, np.where(present, ends - starts, 0))
        return self._column(text, offsets, present)

    def meanings(self, starts: Int64Array, ends: Int64Array, present: npt.NDArray[np.bool_]) -> pl.Series:
        """What the string in each range, between its quotes, means; null where not `present`."""
        text, offsets = gather(self._octets, starts, np.where(present, ends - starts, 0))
        escaped = bool(((text == _QUOTE) | (text == _BACKSLASH) | (text < _BLANK)).any())
        series = self._column(text, offsets, present)
        return decode_strings(series) if escaped else series

    def _column(self, text: npt.NDArray[np.uint8], offsets: Int64Array, present: npt.NDArray[np.bool_]) -> pl.Series:
        if self.encoding in ("ascii", "utf-8"):
            return column(text, offsets, present)
        return self._decoded(text, offsets, present)

    def _decoded(self, text: npt.NDArray[np.uint8], offsets: Int64Array, present: npt.NDArray[np.bool_]) -> pl.Series:
        """The column in UTF-8. All values are read in one go, with a control character between them."""
        free = np.flatnonzero(np.bincount(text, minlength=_BLANK)[:_BLANK] == 0)
        if not len(free) or not len(text):
            values = [text[start:end].tobytes() for start, end in pairwise(offsets.tolist())]
            return pl.Series([value.decode(self.encoding, "replace") for value in values], dtype=pl.String).set(
                pl.Series(~present), None
            )
        between = np.uint8(free[0])
        marked = np.insert(text, offsets[1:-1], between).tobytes()
        joined = np.frombuffer(marked.decode(self.encoding, "replace").encode(), np.uint8)
        cuts = np.flatnonzero(joined == between)
        limits = np.concatenate((np.zeros(1, np.int64), cuts - np.arange(len(cuts)), [len(joined) - len(cuts)]))
        return column(np.delete(joined, cuts), limits, present)


def column(text: npt.NDArray[np.uint8], offsets: Int64Array, present: npt.NDArray[np.bool_] | None = None) -> pl.Series:
    """A column over one buffer of valid UTF-8; a large one without a copy."""
    if len(text) + len(offsets) <= _SMALL:
        whole = text.tobytes()
        cuts = pairwise(offsets.tolist())
        there = repeat(True) if present is None else present.tolist()
        values = [whole[start:end].decode() if here else None for (start, end), here in zip(cuts, there, strict=False)]
        return pl.Series(values, dtype=pl.String)
    import nanoarrow

    valid = None if present is None or present.all() else np.packbits(present, bitorder="little")
    if not len(text):
        text = np.zeros(1, np.uint8)
    array = nanoarrow.c_array_from_buffers(nanoarrow.large_string(), len(offsets) - 1, [valid, offsets, text])
    return pl.Series(array)


def views(octets: Octets, starts: Int64Array, ends: Int64Array) -> pl.Series:
    """The bytes of ranges that follow each other, as a Binary column over the file itself: nothing is copied.

    They lie within four gigabytes, which is as far as such a column reaches. It keeps the whole file in memory.
    """
    import nanoarrow

    between = np.empty(2 * len(starts), np.int64)
    first, last = int(starts[0]), int(ends[-1])
    between[0::2], between[1::2] = starts - first, ends - first
    text = octets.array[first:last]
    array = nanoarrow.c_array_from_buffers(nanoarrow.large_binary(), len(between) - 1, [None, between, text])
    return pl.Series(array).gather_every(2)


def detect_encoding(octets: Octets, high: tuple[tuple[int, int], ...]) -> str:
    """How the bytes above 127 are read: the first of UTF-8, GB 18030 and Latin-1 that fits all of them."""
    if not high:
        return "ascii"
    for encoding in ("utf-8", "gb18030"):
        if _fits(octets, high, encoding):
            return encoding
    return "latin-1"


def _fits(octets: Octets, high: tuple[tuple[int, int], ...], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for (start, end), (following, _) in zip(high, [*high[1:], (octets.size, 0)], strict=True):
            decoder.decode(octets.bytes(start, end))
            # in GB 18030 the rest of a character may look like ASCII
            rest = min(end + _REST_OF_CHARACTER, following)
            decoder.decode(octets.bytes(end, rest), final=rest < following or following == octets.size)
    except UnicodeDecodeError:
        return False
    return True


def decode_strings(series: pl.Series) -> pl.Series:
    """Strings as written between their quotes to the text they mean; each distinct escaped one is read once."""
    rows = series.str.contains(_ESCAPED).arg_true()
    if not len(rows):
        return series
    written = series.gather(rows)
    distinct = written.unique()
    meant = pl.Series([decode_string(text) for text in distinct.to_list()], dtype=pl.String)
    return series.scatter(rows, written.replace_strict(distinct, meant))


_ESCAPE = re.compile(
    r"''|\\\\|\\S\\(.)|\\P([A-I])\\|\\X\\([0-9A-Fa-f]{2})|\\X2\\((?:[0-9A-Fa-f]{4})+)\\X0\\"
    r"|\\X4\\((?:[0-9A-Fa-f]{8})+)\\X0\\|\\[NF]\\|[\x00-\x1f]+",
    re.DOTALL,
)


def decode_string(written: str) -> str:
    """The text that a STEP string means (ISO 10303-21, 6.4.3), given what stands between its quotes.

    An escape that isn't well-formed stays as it is written. `\\N\\` is a line end. Control characters
    mean nothing: exporters break long strings over lines.
    """
    page = "A"

    def meaning(found: re.Match[str]) -> str:
        nonlocal page
        text = found.group()
        if text == "''":
            return "'"
        if text == "\\\\":
            return "\\"
        if text == "\\N\\":
            return "\n"
        if text == "\\F\\":
            return "\f"
        shifted, new_page, latin, two, four = found.groups()
        if shifted is not None:
            return _on_page(shifted, page)
        if new_page is not None:
            page = new_page
            return ""
        if latin is not None:
            return chr(int(latin, 16))
        if two is not None:
            return bytes.fromhex(two).decode("utf-16-be", "replace")
        if four is not None:
            return bytes.fromhex(four).decode("utf-32-be", "replace")
        return ""

    return _ESCAPE.sub(meaning, written)


def _on_page(character: str, page: str) -> str:
    """`\\S\\x`: the character 128 above x, on the page of ISO 8859 that `\\P?\\` chose."""
    code = ord(character) + 128
    if not 160 <= code <= 255:
        return character
    return bytes([code]).decode(f"iso8859-{ord(page) - ord('A') + 1}", "replace")

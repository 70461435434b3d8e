"""Which encoding the bytes of a text are in, and the same text as UTF-8."""

from __future__ import annotations

from dataclasses import dataclass

from cimkit.readers.notes import Notes

__all__ = ["Told", "tell_encoding"]

#: Order matters: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8 with BOM"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32LE"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32BE"),
    (b"\xff\xfe", "utf-16-le", "UTF-16LE"),
    (b"\xfe\xff", "utf-16-be", "UTF-16BE"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """name: as a person writes it (`UTF-8`, `GB18030`); utf8: the text, without a byte order mark."""

    name: str
    utf8: bytes


def tell_encoding(data: bytes, notes: Notes, kind: str = "table_encoding") -> Told:
    """By its mark, else UTF-8 where all bytes fit, else GB18030 (the superset of GBK and GB 2312 that Chinese Windows
    and Excel write). Bytes that GB18030 does not have either are replaced, each line of them noted as a defect of
    this kind."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Told(name, _decoded(data[len(mark) :], codec, notes, kind))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return Told("ASCII" if data.isascii() else "UTF-8", data)
    codec, name = _closest(data)
    return Told(name, _decoded(data, codec, notes, kind))


def _closest(data: bytes) -> tuple[str, str]:
    """For bytes that are not UTF-8 throughout. GBK text hardly ever spells characters of UTF-8, so bytes that mostly
    do are UTF-8 with a few broken ones."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in lenient) - broken
    return ("utf-8", "UTF-8") if sound > 2 * broken else ("gb18030", "GB18030")


def _decoded(data: bytes, codec: str, notes: Notes, kind: str) -> bytes:
    if codec == "utf-8":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return data
    text = data.decode(codec, "replace")
    if "\ufffd" in text and notes.wants(kind):
        for number, line in enumerate(text.split("\n"), start=1):
            if "\ufffd" in line:
                notes.add(kind, "lost", found=line.strip(), expected=codec.upper(), line=number)
    return text.encode("utf-8", "replace")

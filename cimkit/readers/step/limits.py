"""Bounds that keep a hostile file from taking the machine; none of them cuts anything in silence."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["StepLimits"]


class StepLimits(NamedTuple):
    """Bounds of one `StepFile`.

    Passing `statements`, `keywords` or `header_bytes` is a `StepError`; passing `defects` ends the
    list of defects with one of kind `too-many-defects`.
    """

    #: statements of any kind; a row costs about 24 bytes of memory
    statements: int = 400_000_000
    #: statements that are neither instances nor sections (`;;`, text between instances)
    foreign_statements: int = 4_000_000
    #: distinct entity keywords
    keywords: int = 100_000
    #: longest keyword that is told from others, in bytes
    keyword_bytes: int = 256
    #: bytes of the header section
    header_bytes: int = 16 << 20
    #: entries of the list of syntax defects
    defects: int = 100_000
    #: nesting of parentheses that the tokenizer follows
    depth: int = 256
    #: bytes that one thread looks at in one go; a piece and its temporaries fit the cache
    piece_bytes: int = 1 << 20
    #: files below this are read in the calling thread
    thread_bytes: int = 8 << 20

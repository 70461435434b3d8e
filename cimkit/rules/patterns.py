"""XSD patterns, translated to the linear-time regular expressions of polars.

The dialect is appendix F of XML Schema 1.0 part 2. It differs from the usual ones: a pattern always covers the whole
value, `^` and `$` are ordinary characters, `\\i` and `\\c` are the characters of XML names, `\\w` leaves punctuation
(the underscore too) out, `[a-z-[aeiou]]` subtracts, and there is nothing lazy, looking around or referring back.

What is not XSD but has one plain meaning (`\\/`, a lone `{`) is taken as that and named in `departures`;
everything else is refused with a reason. Python's own `re` never sees such a pattern.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field

from cimkit.errors import PackError
from cimkit.rules.unicode_blocks import BLOCKS, CATEGORIES

__all__ = ["Departure", "PatternError", "Translation", "to_rust", "translate"]

_MAX_LENGTH = 10_000
_MAX_DEPTH = 100
_MAX_REPEAT = 10_000

_NAME_START = (
    r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}"
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
)
_NAME = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}"

#: Escapes that stand for many characters, each a class of its own.
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME}]",
    "C": f"[^{_NAME}]",
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE = frozenset("\\|.?*+(){}-[]^")


class PatternError(PackError):
    """A pattern that is not XSD's, or is too large. `reason` is a closed word, `position` counts from 1."""

    def __init__(self, reason: str, pattern: str, position: int) -> None:
        shown = pattern if len(pattern) <= 200 else pattern[:200] + "…"
        super().__init__(f"ids.pattern_{reason}", pattern=shown, position=position)
        self.reason = reason


class Departure(NamedTuple):
    """Something that XSD does not allow and that was understood all the same. `reason` is a closed word."""

    reason: str
    position: int


class Translation(NamedTuple):
    """A pattern in the dialect of the `regex` crate, anchored at both ends."""

    regex: str
    departures: tuple[Departure, ...]


def to_rust(pattern: str) -> str:
    """The pattern for polars' `str.contains`, covering the whole text; one too large shows when it is used.

    Raises PatternError.
    """
    return _parsed(pattern).regex


@lru_cache(maxsize=4096)
def translate(pattern: str) -> Translation:
    """Parse an XSD pattern, say it in the dialect of polars and try it there. Raises PatternError."""
    translation = _parsed(pattern)
    try:
        pl.Series([""]).str.contains(translation.regex, strict=True)
    except pl.exceptions.ComputeError as error:
        raise PatternError("too_large", pattern, 1) from error
    return translation


@lru_cache(maxsize=4096)
def _parsed(pattern: str) -> Translation:
    if len(pattern) > _MAX_LENGTH:
        raise PatternError("too_long", pattern, _MAX_LENGTH)
    parser = _Parser(pattern)
    return Translation(rf"\A(?:{parser.whole()})\z", tuple(parser.departures))


def _literal(char: str) -> str:
    return char if char.isalnum() else rf"\x{{{ord(char):X}}}"


class _Parser(Struct):
    pattern: str
    at: int = 0
    departures: list[Departure] = field(default_factory=list)

    def whole(self) -> str:
        regex = self.alternatives(0)
        if self.at < len(self.pattern):
            raise self.error("unopened_group")
        return regex

    # --- reading --------------------------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> str:
        """The character here, "" at the end."""
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def error(self, reason: str, position: int | None = None) -> PatternError:
        return PatternError(reason, self.pattern, (self.at if position is None else position) + 1)

    def depart(self, reason: str, position: int) -> None:
        self.departures.append(Departure(reason, position + 1))

    # --- structure ------------------------------------------------------------------------------------------------

    def alternatives(self, depth: int) -> str:
        if depth > _MAX_DEPTH:
            raise self.error("too_deep")
        branches = [self.branch(depth)]
        while self.peek() == "|":
            self.take()
            branches.append(self.branch(depth))
        return "|".join(branches)

    def branch(self, depth: int) -> str:
        pieces: list[str] = []
        while self.peek() not in {"", "|", ")"}:
            atom = self.atom(depth)
            pieces.append(atom + self.quantifier())
        return "".join(pieces)

    def atom(self, depth: int) -> str:
        start = self.at
        char = self.take()
        if char == "(":
            if self.peek() == "?":
                raise self.error("group_modifier")
            inside = self.alternatives(depth + 1)
            if self.take() != ")":
                raise self.error("unclosed_group", start)
            return f"(?:{inside})"
        if char == "[":
            return self.char_class(start, depth)
        if char == "\\":
            kind, text = self.escape()
            return _literal(text) if kind == "char" else text
        if char == ".":
            return r"[^\n\r]"
        if char in "?*+":
            raise self.error("nothing_to_repeat", start)
        if char in "{}]":
            self.depart("bare_bracket", start)
        elif char in "^$":
            self.depart("anchor", start)
        return _literal(char)

    def quantifier(self) -> str:
        char = self.peek()
        if char and char in "?*+":
            self.take()
            found = char
        elif char == "{" and (self.peek(1).isdigit() or self.peek(1) == ","):
            found = self.count()
        else:
            return ""
        if (after := self.peek()) and after in "?*+":
            raise self.error("lazy" if after == "?" else "repeated_quantifier")
        return found

    def count(self) -> str:
        """`{2}`, `{2,}`, `{2,5}`."""
        start = self.at
        end = self.pattern.find("}", start)
        low, comma, high = self.pattern[start + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not all(part.isascii() and part.isdigit() for part in ((low, high) if high else (low,))):
            raise self.error("malformed_count", start)
        if len(low) > 9 or len(high) > 9 or int(high or low) > _MAX_REPEAT or int(low) > _MAX_REPEAT:
            raise self.error("too_large", start)
        if high and int(high) < int(low):
            raise self.error("reversed_count", start)
        self.at = end + 1
        return f"{{{int(low)}{comma}{int(high) if high else ''}}}"

    # --- characters and classes -----------------------------------------------------------------------------------

    def escape(self) -> tuple[str, str]:
        """After a backslash: ("char", the character) or ("class", a class of the regex crate)."""
        start = self.at - 1
        char = self.take()
        if char in _CONTROLS:
            return "char", _CONTROLS[char]
        if char in _CLASSES:
            return "class", _CLASSES[char]
        if char and char in "pP":
            return "class", self.category(negated=char == "P", start=start)
        if not char:
            raise self.error("dangling_escape", start)
        if char not in _ESCAPABLE:
            if char.isalnum():
                raise self.error("unknown_escape", start)
            self.depart("needless_escape", start)
        return "char", char

    def category(self, *, negated: bool, start: int) -> str:
        end = self.pattern.find("}", self.at)
        if self.peek() != "{" or end < 0:
            raise self.error("malformed_category", start)
        name = self.pattern[self.at + 1 : end]
        self.at = end + 1
        if name in CATEGORIES:
            return rf"\{'P' if negated else 'p'}{{{name}}}"
        if name.startswith("Is") and name[2:] in BLOCKS:
            ranges = "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in BLOCKS[name[2:]])
            return f"[{'^' if negated else ''}{ranges}]"
        raise self.error("unknown_category", start)

    def char_class(self, start: int, depth: int) -> str:
        """After `[`, up to and including `]`; `[a-z-[aeiou]]` becomes `[[a-z]--[aeiou]]`."""
        if depth > _MAX_DEPTH:
            raise self.error("too_deep", start)
        negated = self.peek() == "^"
        if negated:
            self.take()
        items: list[str] = []
        subtracted = ""
        while True:
            char = self.peek()
            if not char:
                raise self.error("unclosed_class", start)
            if char == "-" and self.peek(1) == "[" and items:
                self.at += 2
                subtracted = self.char_class(self.at - 1, depth + 1)
                if self.take() != "]":
                    raise self.error("text_after_subtraction", self.at - 1)
                break
            if char == "]" and items:
                self.take()
                break
            items.append(self.class_item(first=not items))
        own = f"[{'^' if negated else ''}{''.join(items)}]"
        return f"[{own}--{subtracted}]" if subtracted else own

    def class_item(self, *, first: bool) -> str:
        """One character, one range, or one escape, inside a class."""
        start = self.at
        kind, low = self.class_char()
        if kind == "class":
            return low
        if low == "-" and self.pattern[start] == "-" and not first and self.peek() not in {"]", ""}:
            self.depart("bare_hyphen", start)
        if self.peek() != "-" or self.peek(1) in {"]", "[", ""}:
            return _literal(low)
        self.take()
        kind, high = self.class_char()
        if kind == "class":
            raise self.error("class_in_range", start)
        if ord(high) < ord(low):
            raise self.error("reversed_range", start)
        return f"{_literal(low)}-{_literal(high)}"

    def class_char(self) -> tuple[str, str]:
        start = self.at
        char = self.take()
        if char == "\\":
            return self.escape()
        if char in "[]":
            raise self.error("bare_bracket_in_class", start)
        return "char", char

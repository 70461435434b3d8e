"""Codes of rules: their form, and which of them a code or the beginning of one means."""

from __future__ import annotations

import re

__all__ = ["covers", "is_code", "part_of_code"]

_CODE = re.compile(r"([A-Z][A-Z0-9]{1,7})-([A-Z][A-Z0-9]{1,4})-([0-9]{3})", re.ASCII)


def is_code(text: str, prefix: str | None = None) -> bool:
    """Whether the text is a code PREFIX-PART-NNN, of the pack with this prefix if one is given."""
    match = _CODE.fullmatch(text)
    return match is not None and (prefix is None or match[1] == prefix)


def part_of_code(code: str) -> str:
    """The part in the middle, which groups rules of one subject; "" for what is no code."""
    match = _CODE.fullmatch(code)
    return match[2] if match else ""


def covers(given: str, code: str) -> bool:
    """Whether `given`, a code or its first parts (`LNB`, `LNB-WAL`), means this code. Case does not matter."""
    wanted, code = given.upper().rstrip("-"), code.upper()
    return code == wanted or code.startswith(f"{wanted}-")

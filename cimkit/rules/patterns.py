"""XSD patterns."""

from __future__ import annotations

__all__ = ["to_rust"]


def to_rust(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"

"""What a byte of the file stands in."""

from __future__ import annotations

__all__ = ["CODE", "COMMENT", "STRING"]

CODE, STRING, COMMENT = 0, 1, 2

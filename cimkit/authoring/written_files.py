"""Files that authoring writes: whole or not at all, and a sentence when that can't be done."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from cimkit.errors import UsageError

__all__ = ["write_file"]


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one step. Raises UsageError, for a missing folder or a file that another program holds."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
        beside.replace(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("authoring.cannot_write", path=str(path), why=why) from error
    finally:
        with contextlib.suppress(OSError):  # it took the target's place, or was never made
            beside.unlink()

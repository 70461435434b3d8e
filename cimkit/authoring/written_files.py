"""Files that authoring writes: whole or not at all, and a sentence when that can't be done."""

from __future__ import annotations

from pathlib import Path

from cimkit.errors import UsageError
from cimkit.whole_files import written_whole

__all__ = ["write_file"]


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one step. Raises UsageError, for a missing folder or a file that another program holds."""
    try:
        with written_whole(path) as stream:
            stream.write(content)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("authoring.cannot_write", path=str(path), why=why) from error

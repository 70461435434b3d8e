"""Files written whole or not at all: nobody reads half of one, and a fault leaves the older one as it was."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["written_whole"]


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the file's place when the block ends well. Raises OSError; nothing is left then."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as stream:
            yield stream
        beside.replace(path)
    finally:
        with suppress(OSError):  # it took the target's place, or was never made
            beside.unlink()

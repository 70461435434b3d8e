"""Where cimkit keeps what it can make again: the user's cache folder, or one that the environment names."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from cimkit.whole_files import written_whole

__all__ = ["CACHE_VARIABLE", "cache_folder", "keep", "kept"]

#: Environment variable with the folder; `off`: nothing is kept.
CACHE_VARIABLE = "CIMKIT_CACHE"


def cache_folder() -> Path | None:
    """The folder, which need not exist yet; None: nothing is kept."""
    given = os.environ.get(CACHE_VARIABLE)
    if given is not None:
        return None if given.strip().lower() in ("", "off") else Path(given)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "cimkit" / "Cache" if local else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "cimkit"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "cimkit"


def kept(name: str) -> bytes | None:
    """The content kept under a name (relative, with `/`); None where there is none or it can't be read."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None  # not there, or not ours to read: it is made again


def keep(name: str, content: bytes) -> None:
    """Keep content under a name: whole or not at all. A folder that can't be written keeps nothing."""
    folder = cache_folder()
    if folder is None:
        return
    path = folder / name
    # a full disk, a folder that is not ours: the next run makes it again
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as stream:
            stream.write(content)

"""`cimcheck pack new`: the outline of a pack, which passes its own audit."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from cimkit.errors import UsageError

__all__ = ["new_pack"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}", re.ASCII)


def new_pack(folder: Path, prefix: str) -> list[Path]:
    """Write the outline of a pack with one rule, one table row, one list and their cases. The folder's name is the id.

    Returns the files written. Raises UsageError for a folder that holds something already, and for a name or prefix
    that can't be one of a pack.
    """
    identity = folder.resolve().name
    if not _ID.fullmatch(identity):
        raise UsageError("authoring.new_id", id=identity)
    if not _PREFIX.fullmatch(prefix):
        raise UsageError("authoring.new_prefix", prefix=prefix)
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError("authoring.new_not_empty", folder=str(folder))
    written = []
    for name, content in _outline().items():
        path = folder / name.replace("PREFIX", prefix)
        text = content.replace("PREFIX", prefix).replace("PACK-ID", identity)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Spreadsheet programs take a CSV file for UTF-8 only when it begins with a byte order mark.
            path.write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="\n")
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise UsageError("authoring.cannot_write", path=str(path), why=why) from error
        written.append(path)
    return written


def _outline() -> dict[str, str]:
    """Path inside the pack -> text, from the files in the folder `outline` beside this module."""
    root = resources.files("cimkit.authoring") / "outline"
    found: dict[str, str] = {}
    folders = [("", root)]
    while folders:
        above, folder = folders.pop()
        for entry in sorted(folder.iterdir(), key=lambda each: each.name):
            if entry.is_dir():
                folders.append((f"{above}{entry.name}/", entry))
            else:
                found[f"{above}{entry.name}"] = entry.read_text(encoding="utf-8-sig")
    return dict(sorted(found.items()))

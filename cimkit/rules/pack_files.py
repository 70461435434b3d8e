"""The files of a pack's folder, read once, with the digest that names this state of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cimkit.rules.faults import broken, fault_at

__all__ = ["PackFiles", "read_pack_files"]

#: What of a pack decides a verdict: files at its top, and folders with the endings they may hold.
_TOP = ("pack.yaml", "parameters.yaml", "conditions.yaml")
_FOLDERS: Mapping[str, frozenset[str]] = {
    "rules": frozenset({".yaml", ".yml"}),
    "tables": frozenset({".csv", ".xlsx"}),
    "lists": frozenset({".csv", ".xlsx"}),
    "locales": frozenset({".yaml", ".yml"}),
    "ids": frozenset({".ids"}),
    "schemas": frozenset({".json"}),
    "project": frozenset({".yaml"}),  # definitions that projects are read by: kinds, items, floor lines
}


class PackFiles(NamedTuple):
    """content: the pack's files by their path inside it (with `/`), sorted; sha256: over all of them."""

    folder: Path
    content: Mapping[str, bytes]
    sha256: str

    def under(self, folder: str) -> list[str]:
        """Paths of the files in one of the pack's folders, sorted."""
        return [path for path in self.content if path.startswith(f"{folder}/")]

    def yaml(self, path: str) -> Any:
        """The content of a YAML file. Raises PackError; KeyError for a file that the pack does not have."""
        try:
            text = self.content[path].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise fault_at("not_utf8", path, None, offset=error.start) from error
        from cimkit.rules.yaml_reading import parse_yaml  # a pack that is kept needs no YAML

        return parse_yaml(text, path)

    def yaml_mapping(self, path: str) -> dict[str, Any]:
        """The content of a YAML file that must be a mapping; {} for a file that is empty or not there."""
        data = self.yaml(path) if path in self.content else None
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise broken("not_a_mapping", path, data)
        return data


def read_pack_files(folder: Path) -> PackFiles:
    """Read a pack's folder.

    The digest is a SHA-256 over the path, length and content of every file that can decide a verdict; cases and notes
    for people do not count. Raises PackError for a folder without `pack.yaml` or a file that can't be read.
    """
    if not (folder / "pack.yaml").is_file():
        raise fault_at("no_pack", str(folder), None)
    paths = [PurePosixPath(name) for name in _TOP if (folder / name).is_file()]
    for name, endings in _FOLDERS.items():
        if (folder / name).is_dir():
            found = (path for path in (folder / name).rglob("*") if path.suffix.lower() in endings and path.is_file())
            # Spreadsheet programs leave `~$name.xlsx` beside a file that is open.
            paths += [PurePosixPath(path.relative_to(folder).as_posix()) for path in found if path.name[0] not in "~."]
    content: dict[str, bytes] = {}
    digest = hashlib.sha256()
    for path in sorted(paths):
        try:
            data = (folder / path).read_bytes()
        except OSError as error:
            raise fault_at("unreadable_file", str(path), None, why=error.strerror or type(error).__name__) from error
        content[str(path)] = data
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return PackFiles(folder, content, digest.hexdigest())

"""Lists that people keep beside a project (waivers, sign-offs): YAML or JSON, every scalar read as text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cimkit.errors import UsageError

__all__ = ["as_date", "entries_of", "read_entries"]


def read_entries(path: str | os.PathLike[str], name: str) -> list[dict[str, str]]:
    """The entries of a file: a list, or a mapping whose key `name` holds one. UTF-8, or GB18030 as old editors write.

    Raises UsageError when the file can't be read or has another shape.
    """
    import yaml

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError("report.cannot_read_list", path=str(path), why=error.strerror or str(error)) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    # BaseLoader: dates, numbers and `no` stay as they are written, and no tag makes an object.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        data = yaml.load(text, Loader=loader)  # noqa: S506 - BaseLoader builds text, lists and mappings only
    except yaml.YAMLError as error:
        raise UsageError("report.cannot_read_list", path=str(path), why=_first_line(error)) from error
    if isinstance(data, Mapping) and name not in data:  # another key, or one misspelt: not a list of nothing
        raise UsageError("report.not_a_list", path=str(path), name=name)
    return entries_of(data, name, str(path))


def entries_of(data: Any, name: str, path: str) -> list[dict[str, str]]:
    """The same from data that is already parsed. Raises UsageError."""
    if isinstance(data, Mapping):
        data = data.get(name)
    if data is None or data == "":
        return []
    if not isinstance(data, list) or not all(isinstance(entry, Mapping) for entry in data):
        raise UsageError("report.not_a_list", path=path, name=name)
    return [{str(key): "" if value is None else str(value) for key, value in entry.items()} for entry in data]


def as_date(entry: Mapping[str, str], key: str, path: str) -> date:
    """A date of an entry. Raises UsageError when it is not YYYY-MM-DD."""
    try:
        return date.fromisoformat(entry[key].strip())
    except ValueError as error:
        raise UsageError("report.not_a_date", path=path, code=entry["code"], name=key, found=entry[key]) from error


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())

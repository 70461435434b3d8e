"""Where the form of a project is, and which folders are projects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cimkit.errors import SourceError, UsageError
from cimkit.projects.form import Form

__all__ = ["FORM_NAMES", "find_form", "find_projects", "read_form", "refuse_many"]

#: Files that make a folder a project, in the order in which they are looked for.
FORM_NAMES = ("project.yaml", "project.yml", "项目.yaml", "project.xlsx", "项目.xlsx", "项目表.xlsx")


def find_form(folder: Path) -> Path | None:
    """The form of the project in this folder; None: it is none. Raises SourceError where there are two forms."""
    try:
        there = {name.casefold(): name for name in os.listdir(folder)}  # noqa: PTH208 - names alone, no entries
    except OSError as error:
        raise SourceError("sources.unreadable", name=str(folder), problem=error.strerror or str(error)) from error
    found = [there[name.casefold()] for name in FORM_NAMES if name.casefold() in there]
    if len(found) > 1:
        raise SourceError("projects.two_forms", name=folder.name, forms=", ".join(found))
    return folder / found[0] if found else None


def find_projects(folder: Path) -> Iterator[Path]:
    """The folders below (and this one) that are projects, by name. What lies inside a project is not looked through."""
    for here, below, files in os.walk(folder):
        below.sort()
        if {name.casefold() for name in FORM_NAMES} & {name.casefold() for name in files}:
            below.clear()
            yield Path(here)


def read_form(folder: Path) -> Form:
    """The form of the project in a folder. Raises SourceError where there is none, are two, or it can't be read."""
    if not folder.is_dir():
        raise SourceError("projects.no_folder", name=str(folder))
    path = find_form(folder)
    if path is None:
        raise SourceError("projects.no_form", name=str(folder), forms=" / ".join((FORM_NAMES[0], FORM_NAMES[-1])))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("sources.unreadable", name=str(path), problem=error.strerror or str(error)) from error
    if path.suffix.lower() == ".xlsx":
        from cimkit.projects.form_xlsx import read_xlsx_form

        return read_xlsx_form(content, path.name)
    from cimkit.projects.form_yaml import read_yaml_form

    return read_yaml_form(content, path.name)


def refuse_many(folder: Path) -> None:
    """Raises UsageError for a folder that is no project itself but holds some: that is a portfolio."""
    if not folder.is_dir() or find_form(folder) is not None:
        return
    count = sum(1 for _ in find_projects(folder))
    if count:
        raise UsageError("projects.holds_projects", name=str(folder), count=count)

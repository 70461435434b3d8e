"""YAML, JSON and XLSX to the same plain form: single fields and rows of fields, every value as it is written.

YAML is read without any type: a date, `no` and 010210 stay text, and no tag makes anything but text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cimkit.errors import SourceError

__all__ = ["Document", "Line", "read_document"]

#: A manifest of a hundred thousand data sets has some 30 MB.
_LARGEST = 64_000_000
#: Aliases may repeat a part; more parts than this are an attempt to exhaust the machine.
_MOST_PARTS = 5_000_000
#: Sheets that only explain the others.
_NOTES = frozenset({"说明", "notes", "readme"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row, or the single fields together. place: `delivery.yaml:12`, `delivery.xlsx 数据集!3`."""

    values: Mapping[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """single: fields of the document; rows: of its list; strangers: places where something else than a row stands."""

    single: Line
    rows: tuple[Line, ...]
    strangers: tuple[str, ...] = field(default=())


def read_document(data: bytes, name: str, rows: str, sheets: tuple[str, ...]) -> Document:
    """The document. rows: the key that its list stands under; sheets: what the sheet of its rows may be called.

    Raises SourceError when it is no YAML, JSON or workbook, or holds no mapping.
    """
    if len(data) > _LARGEST:
        raise SourceError("sources.too_large", name=name, size=len(data), limit=_LARGEST)
    if data.startswith(b"PK\x03\x04"):
        return _of_workbook(data, name, sheets)
    return _of_yaml(data, name, rows)


def _of_yaml(data: bytes, name: str, rows: str) -> Document:
    """JSON is YAML too."""
    import yaml

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as problem:
            raise SourceError("delivery.encoding", name=name) from problem
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise SourceError("delivery.no_yaml", name=name, line=line) from problem
    if not isinstance(node, yaml.MappingNode):
        raise SourceError("delivery.no_mapping", name=name)
    parts = _Parts(name)
    single, listed, strangers = {}, [], []
    for key, value in node.value:
        if str(key.value) != rows:
            single[str(key.value)] = parts.plain(value)
            continue
        members = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for member in members:
            place = f"{name}:{member.start_mark.line + 1}"
            if isinstance(member, yaml.MappingNode):
                listed.append(Line(parts.plain(member), place))
            elif member.value not in ("", "null", "~"):
                strangers.append(place)
    return Document(Line(single, f"{name}:1"), tuple(listed), tuple(strangers))


class _Parts:
    """YAML nodes as mappings, lists and texts; `null`, `~` and nothing are None."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def plain(self, node: Any, depth: int = 0) -> Any:
        import yaml

        self._count += 1
        if self._count > _MOST_PARTS or depth > 20:
            raise SourceError("delivery.too_deep", name=self._name)
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.plain(value, depth + 1) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(value, depth + 1) for value in node.value]
        return None if node.style is None and node.value in ("", "null", "~") else node.value


def _of_workbook(data: bytes, name: str, sheets: tuple[str, ...]) -> Document:
    """One sheet with the rows below their headings, one with the single fields: name and value side by side."""
    try:
        import python_calamine
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="xlsx") from missing
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = {sheet: workbook.get_sheet_by_name(sheet).to_python() for sheet in workbook.sheet_names}
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise SourceError("tables.no_workbook", name=name) from problem
    single: dict[str, Any] = {}
    listed: tuple[Line, ...] | None = None
    for sheet, grid in grids.items():
        if sheet.strip().casefold() in sheets:
            listed = tuple(_rows(grid, f"{name} {sheet}"))
        elif sheet.strip().casefold() not in _NOTES:
            single |= {str(row[0]).strip(): _cell(row[1]) for row in grid if len(row) > 1 and str(row[0]).strip()}
    if listed is None:
        raise SourceError("delivery.no_sheet", name=name, expected=sheets[0], found=", ".join(grids))
    return Document(Line(single, name), listed)


def _rows(grid: list[list[Any]], place: str) -> Iterator[Line]:
    """The first row with three texts is the heading; a title may stand above it."""
    heading = next(
        (at for at, row in enumerate(grid) if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) >= 3),
        None,
    )
    if heading is None:
        return
    names = [str(cell).strip() for cell in grid[heading]]
    for number, row in enumerate(grid[heading + 1 :], start=heading + 2):
        values = {name: _cell(cell) for name, cell in zip(names, row, strict=False) if name}
        if any(value is not None for value in values.values()):
            yield Line(values, f"{place}!{number}")


def _cell(cell: Any) -> str | None:
    """As a person reads it; an empty cell is None."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    if text.endswith(" 00:00:00"):
        text = text[:-9]
    return text or None

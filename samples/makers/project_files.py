"""Tables, layers and notes of the sample projects, as bytes that do not change from day to day."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

__all__ = ["box", "geojson", "note", "workbook"]

_CREATED = datetime.datetime(2026, 1, 15, 9)  # noqa: DTZ001 - what the file says, in nobody's zone


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX file: name of a sheet -> its rows, the headings first."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "合成样例 / synthetic sample", "created": _CREATED})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
    return out.getvalue()


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """A closed ring, anticlockwise as RFC 7946 wants it."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geojson(name: str, features: Sequence[tuple[list[list[float]], Mapping[str, Any]]]) -> bytes:
    """A FeatureCollection of polygons in longitude and latitude, one feature a line."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": number,
                "properties": dict(values),
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            },
            ensure_ascii=False,
        )
        for number, (ring, values) in enumerate(features, 1)
    ]
    head = json.dumps({"type": "FeatureCollection", "name": name}, ensure_ascii=False)[:-1]
    body = ",\n".join(lines)
    return f'{head}, "features": [\n{body}\n]}}\n'.encode()


def note(title: str, *lines: str) -> bytes:
    """A document, in place of the scan that a real project has."""
    return "\n".join(
        [f"# {title}", "", "合成样例，非真实文件。 / Synthetic sample, not a real document.", "", *lines, ""]
    ).encode()

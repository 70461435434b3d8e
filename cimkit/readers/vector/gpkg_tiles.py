"""What OGC 12-128 asks of tile pyramids (R34 to R57), noted where it is not so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cimkit.readers.notes import Notes
from cimkit.readers.vector.gpkg_database import DATABASE_ERRORS, Database, quoted

__all__ = ["note_tiles"]

_POSITIVE = ("matrix_width", "matrix_height", "tile_width", "tile_height", "pixel_x_size", "pixel_y_size")


def note_tiles(database: Database, notes: Notes) -> None:
    """Each table of tiles against its matrix set and matrices."""
    if not notes.wants("gpkg_tiles"):
        return
    try:
        for row in database.table("gpkg_contents"):
            if row.get("data_type") == "tiles" and database.has(row.get("table_name")):
                _note_pyramid(database, str(row["table_name"]), notes)
    except DATABASE_ERRORS as problem:
        notes.add("gpkg_integrity", "damaged", found=problem)


def _of(database: Database, table: str, name: str) -> list[dict[str, Any]]:
    return [row for row in database.table(table) if str(row.get("table_name")).lower() == name.lower()]


def _note_pyramid(database: Database, table: str, notes: Notes) -> None:
    sets, matrices = _of(database, "gpkg_tile_matrix_set", table), _of(database, "gpkg_tile_matrix", table)
    if not sets:
        notes.add("gpkg_tiles", "no_matrix_set", found=table, locator=table)
    matrices.sort(key=lambda row: row.get("zoom_level") or 0)
    for matrix in matrices:
        where = f"{table}:{matrix.get('zoom_level')}"
        wrong = [name for name in _POSITIVE if not _is_positive(matrix.get(name))]
        for name in wrong:
            notes.add("gpkg_tiles", "not_positive", found=f"{name} = {matrix.get(name)}", locator=where)
        if sets and not wrong:
            _note_extent(sets[0], matrix, where, notes)
    for finer, coarser in pairwise(reversed(matrices)):
        for name in ("pixel_x_size", "pixel_y_size"):
            low, high = finer.get(name), coarser.get(name)
            if _is_positive(low) and _is_positive(high) and low >= high:
                notes.add(
                    "gpkg_tiles", "pixel_order", found=f"{low:g} ≥ {high:g}", locator=f"{table}:{finer['zoom_level']}"
                )
    _note_places(database, table, {row.get("zoom_level"): row for row in matrices}, notes)


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0


def _note_extent(whole: Mapping[str, Any], matrix: Mapping[str, Any], where: str, notes: Notes) -> None:
    """R45: the pixels of a matrix fill the extent of its set. A pixel of tolerance."""
    for low, high, count, size, pixel in (
        ("min_x", "max_x", "matrix_width", "tile_width", "pixel_x_size"),
        ("min_y", "max_y", "matrix_height", "tile_height", "pixel_y_size"),
    ):
        ends = whole.get(low), whole.get(high)
        if not all(isinstance(end, int | float) for end in ends):
            continue
        extent = float(whole[high]) - float(whole[low])
        filled = float(matrix[count]) * float(matrix[size]) * float(matrix[pixel])
        if abs(extent - filled) > float(matrix[pixel]):
            notes.add(
                "gpkg_tiles", "extent_disagrees", found=f"{filled:.12g}", expected=f"{extent:.12g}", locator=where
            )


def _note_places(database: Database, table: str, matrices: Mapping[Any, Mapping[str, Any]], notes: Notes) -> None:
    """R48, R55 to R57: each tile lies within a matrix that is described."""
    query = (
        "SELECT zoom_level AS zoom, min(tile_column) AS west, max(tile_column) AS east, "
        f"min(tile_row) AS top, max(tile_row) AS bottom FROM {quoted(table)} GROUP BY zoom_level"
    )
    for row in database.rows(query):
        matrix, where = matrices.get(row["zoom"]), f"{table}:{row['zoom']}"
        if matrix is None:
            notes.add("gpkg_tiles", "no_matrix", found=row["zoom"], locator=where)
            continue
        for low, high, count in (("west", "east", "matrix_width"), ("top", "bottom", "matrix_height")):
            limit = matrix.get(count)
            if isinstance(limit, int) and (row[low] < 0 or row[high] >= limit):
                notes.add(
                    "gpkg_tiles",
                    "outside",
                    found=f"{row[low]} ~ {row[high]}",
                    expected=f"0 ~ {limit - 1}",
                    locator=where,
                )

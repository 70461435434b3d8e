"""A Parquet file to a layer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_parquet"]


def read_parquet(data: bytes | memoryview, demand: Demand, *, name: str) -> Facts:
    """The facts of a Parquet file: one layer named for the file, a subject a row, `row` counted from 1.

    Raises SourceError for what is no Parquet file, or a damaged one.
    """
    content = bytes(data)
    if not (content.startswith(b"PAR1") and content.endswith(b"PAR1") and len(content) >= 12):
        raise SourceError("tables.parquet_broken", name=name)
    try:
        return _facts(pl.read_parquet(io.BytesIO(content)), demand, name)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as problem:
        raise SourceError("tables.parquet_broken", name=name) from problem


def _facts(frame: pl.DataFrame, demand: Demand, name: str) -> Facts:
    notes = Notes(demand)
    if not frame.height:
        notes.add("table_no_rows")
    stem = name.rpartition("/")[2].rpartition("!")[2].rpartition(".")[0] or name
    layer = Layer(
        name=stem, frame=frame, rows=None, types={}, geometry=None, geometry_type=None, crs=None, key=None,
        encoding=None,
    )  # fmt: skip
    return facts_of_layers([layer], demand, format="parquet", name=name, defects=notes.frame())

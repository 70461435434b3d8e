"""Parquet: columns with their types; a damaged file is a sentence."""

from __future__ import annotations

import datetime
import io
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.facts.demand import everything
from cimkit.readers.tables.parquet import read_parquet


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


_FRAME = pl.DataFrame(
    {
        "编码": ["0010", None],
        "面积": [1.5, 2.0],
        "层数": [3, 4],
        "日期": [datetime.date(2024, 5, 1), None],
        "列": [["a"], []],
    }
)
_GOOD = parquet(_FRAME)


def test_types_and_values() -> None:
    facts = read_parquet(_GOOD, everything(), name="建筑.parquet")
    fields = {field["name"]: field["type"] for field in facts.whole["layers"][0]["fields"]}  # type: ignore[index]
    assert fields == {"编码": "TEXT", "面积": "REAL", "层数": "INTEGER", "日期": "DATE", "列": "LIST"}
    assert facts.subjects.kinds == ("建筑",)
    assert len(facts) == 2


def test_no_rows_is_noted() -> None:
    facts = read_parquet(parquet(_FRAME.clear()), everything(), name="x.parquet")
    assert facts.defects["kind"].to_list() == ["table_no_rows"]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + bytes(40), _GOOD[:-1], b"PAR1" + b"\xff" * 30 + b"PAR1", b""])
def test_a_damaged_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(SourceError) as error:
        read_parquet(data, everything(), name="x.parquet")
    assert error.value.key == "tables.parquet_broken"


POINT = b"\x01\x01\x00\x00\x00" + bytes(16)
GEO = {
    "version": "1.1.0",
    "primary_column": "geom",
    "columns": {"geom": {"encoding": "WKB", "geometry_types": ["Point"]}},
}


def geoparquet(geo: object) -> bytes:
    out = io.BytesIO()
    frame = pl.DataFrame({"编码": ["a"], "geom": [POINT]})
    frame.write_parquet(out, metadata={"geo": geo if isinstance(geo, str) else json.dumps(geo)})
    return out.getvalue()


def test_geoparquet_is_a_layer_of_features() -> None:
    facts = read_parquet(geoparquet(GEO), replace(everything(), geometry=True), name="点.parquet")
    layer = facts.whole["layers"][0]  # type: ignore[index]
    assert (layer["crs"], layer["geometry_type"]) == ("EPSG:4326", "Point")
    assert [field["name"] for field in layer["fields"]] == ["编码"]
    assert facts.defects.is_empty()
    assert facts.whole["shapes"] is not None


@pytest.mark.parametrize(
    ("geo", "detail"),
    [
        ("{", "metadata"),
        ({key: value for key, value in GEO.items() if key != "version"}, "metadata"),
        ({**GEO, "primary_column": "x"}, "no_column"),
        ({**GEO, "columns": {"geom": {"encoding": "WKT"}}}, "encoding"),
        ([], "metadata"),
    ],
)
def test_metadata_of_geoparquet_that_do_not_fit(geo: object, detail: str) -> None:
    facts = read_parquet(geoparquet(geo), everything(), name="点.parquet")
    assert ("table_geometry", detail) in facts.defects.select("kind", "detail").rows()
    assert len(facts) == 1


@settings(max_examples=60, derandomize=True)  # a damaged file can end the process inside a library
@given(st.integers(4, len(_GOOD) - 5), st.binary(min_size=1, max_size=6))
def test_damaged_bytes_give_facts_or_a_sentence(at: int, patch: bytes) -> None:
    data = _GOOD[:at] + patch + _GOOD[at + len(patch) :]
    try:
        facts = read_parquet(data[: len(_GOOD)], everything(), name="x.parquet")
    except SourceError:
        return
    assert len(facts.subjects.kinds) == 1

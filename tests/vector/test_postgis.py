"""PostGIS tables, on a server that CIMKIT_POSTGRES names; skipped with a reason where there is none.

Without the extension PostGIS on that server, its type `geometry` is stood in for by a domain over bytea, and its two
catalogues by tables: what the reader asks of them is the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.facts.columns import State
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.names import FoldedNames
from tests.vector.conftest import ALL, told

psycopg = pytest.importorskip("psycopg", reason="the extra `postgis` is not installed")
from cimkit.readers.vector.postgis import read_postgis  # noqa: E402

_STAND_IN = (
    "CREATE DOMAIN geometry AS bytea",
    "CREATE TABLE spatial_ref_sys (srid integer, auth_name text, auth_srid integer, srtext text)",
    "CREATE TABLE geometry_columns (f_table_schema text, f_table_name text, type text, srid integer)",
    "INSERT INTO spatial_ref_sys VALUES (4549, 'EPSG', 4549, '')",
    "INSERT INTO geometry_columns VALUES ('public', '建筑', 'MULTIPOLYGON', 4549)",
)


@pytest.fixture
def address() -> Iterator[str]:
    """A database of its own with one layer, and one table in another schema."""
    server = os.environ.get("CIMKIT_POSTGRES")
    if not server:
        pytest.skip("no server: CIMKIT_POSTGRES names none (postgresql://user@host:port/postgres)")
    name = f"cimkit_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    made = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(made) as connection:
        if connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'").fetchone():
            connection.execute("CREATE EXTENSION postgis")
            kind = "geometry(MultiPolygon, 4549)"
        else:
            kind = "geometry"
            for statement in _STAND_IN:
                connection.execute(statement)
        connection.execute(
            f'CREATE TABLE "建筑" (id integer PRIMARY KEY, "名称" varchar(20), "面积" numeric(10,2), used boolean, '
            f"day date, geom {kind})"
        )
        box = shapely.set_srid(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), 4549)
        binary = shapely.to_wkb(box, include_srid=True, flavor="extended")
        cast = "%s::bytea::geometry"
        connection.execute(f"INSERT INTO \"建筑\" VALUES (2, '乙', 1.50, true, '2024-05-01', {cast})", [binary])  # noqa: S608
        connection.execute("INSERT INTO \"建筑\" VALUES (1, '', NULL, NULL, NULL, NULL)")
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE other.list (code text)")
        connection.execute("CREATE VIEW broken AS SELECT 1 / (random() * 0)::integer AS n")
    yield made
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_tables_are_layers(address: str) -> None:
    facts = read_postgis(address, ALL, name="db")
    assert set(facts.subjects.kinds) == {"建筑", "other.list"}
    assert told(facts) == [("layer_not_read", None)]
    layer = next(layer for layer in facts.whole["layers"] if layer["name"] == "建筑")  # type: ignore[attr-defined]
    assert (layer["crs"], layer["geometry_type"], layer["count"], layer["key"]) == (
        "EPSG:4549",
        "MultiPolygon",
        2,
        "id",
    )
    assert [(field["name"], field["type"], field["length"]) for field in layer["fields"]] == [
        ("id", "INTEGER", None),
        ("名称", "TEXT", 20),
        ("面积", "REAL", 10),
        ("used", "BOOLEAN", None),
        ("day", "DATE", None),
    ]
    columns = {column.name: column.column for column in facts.properties}
    assert columns["名称"].row_states().tolist() == [State.EMPTY, State.PRESENT]
    assert columns["面积"].values.number[1] == 1.5
    assert columns["面积"].values.text[1] == "1.50"
    assert columns["used"].row_states().tolist() == [State.NULL, State.PRESENT]
    (shapes,) = facts.whole["shapes"].layers  # type: ignore[attr-defined]
    assert shapes.null.tolist() == [True, False]
    assert shapes.geometry(slice(1, 2))[0].equals(shapely.box(0, 0, 1, 1))


def test_only_what_is_demanded_is_read(address: str) -> None:
    field = PropertyDemand(None, FoldedNames.of(["名称"]))
    demand = Demand(kinds=frozenset({"建筑"}), properties=frozenset({field}))
    facts = read_postgis(address, demand, name="db")
    assert [column.name for column in facts.properties] == ["名称"]
    assert facts.describe(np.array([1]))["name"][0] == "乙"
    nothing = read_postgis(address, replace(demand, kinds=frozenset()), name="db")
    assert len(nothing) == 0


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(SourceError) as caught:
        read_postgis("postgresql://me:secret@127.0.0.1:1/none?connect_timeout=2", ALL, name="db")
    assert "secret" not in str(caught.value.values)

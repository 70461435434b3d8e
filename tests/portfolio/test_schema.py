"""What `cimcheck schema portfolio` publishes is what is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import polars as pl
import pytest

from cimkit.locales import text
from cimkit.projects.portfolio.formats.json import to_dict
from cimkit.projects.portfolio.model import Change, Portfolio, PortfolioFault
from cimkit.projects.portfolio.store import Store
from cimkit.projects.portfolio.tables import COLUMNS

SCHEMA = Path(__file__).parents[2] / "cimkit" / "projects" / "schemas" / "portfolio.json"
ROW = {"project": "a", "number": "a", "name": None, "city_name": None, "folder": "a", "verdict": "failed", "errors": 1}
CHANGED = Change(
    "2021-07-01T00:00:00Z",
    added=[ROW],
    removed=[ROW],
    worse=[{**ROW, "was": "passed", "errors_were": 0}],
    revised=[
        {**ROW, "was": "passed", "errors_were": 0, "fields": ["content", "stage"], "values": {"stage": [None, "竣工"]}}
    ],
)


def schema(*, closed: bool = False) -> Any:
    """The published schema; closed: nothing may stand in a document that it does not describe."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"), object_hook=_closed if closed else None)


def _closed(part: dict[str, Any]) -> dict[str, Any]:
    return {**part, "additionalProperties": False} if isinstance(part.get("properties"), dict) else part


@pytest.mark.parametrize("change", [None, CHANGED])
def test_the_json_holds_what_the_schema_describes_and_nothing_else(checked: Portfolio, change: Change | None) -> None:
    faults = [PortfolioFault("number_twice", "a", ("b", "c"))]
    told = orjson.loads(orjson.dumps(to_dict(replace(checked, change=change, late=change, faults=faults))))
    jsonschema.Draft202012Validator(schema(closed=True)).validate(told)
    assert told["projects"]
    assert any(project["results"] for project in told["projects"])


def test_the_tables_of_the_store_are_in_the_schema(checked: Portfolio, tmp_path: Path) -> None:
    """Columns in their order, types and meanings, as the Parquet files have them."""
    store = Store(tmp_path / "store")
    store.keep(checked)
    defined = {name.removeprefix("store_"): part for name, part in schema()["$defs"].items() if "store_" in name}
    assert list(defined) == list(COLUMNS)
    for table, part in defined.items():
        frame = pl.read_parquet(str(tmp_path / "store" / "runs" / "*" / f"{table}.parquet"))
        assert {name: str(kind) for name, kind in frame.schema.items()} == {
            name: column["x-parquet"] for name, column in part["properties"].items()
        }
        assert frame.columns == list(part["properties"])
        for name, column in part["properties"].items():
            assert column["description"] == text(f"portfolio.column_{name}", "en")
        for row in orjson.loads(orjson.dumps(frame.head(5).to_dicts())):
            jsonschema.Draft202012Validator(part).validate(row)

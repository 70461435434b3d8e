"""A small CityJSON document for the tests to change."""

from __future__ import annotations

import copy
from typing import Any

import orjson

from cimkit.facts.defects_city import CITY_DEFECTS
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.model import Facts
from cimkit.readers.cityjson.reader import read_cityjson

EVERYTHING = Demand(
    kinds=None, properties=frozenset({PropertyDemand()}), geometry=True, defects=frozenset(CITY_DEFECTS)
)

CUBE = [[[0, 3, 2, 1]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]

_DOCUMENT: dict[str, Any] = {
    "type": "CityJSON",
    "version": "2.0",
    "transform": {"scale": [0.001, 0.001, 0.001], "translate": [500_000.0, 4_600_000.0, 0.0]},
    "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4549", "title": "block"},
    "CityObjects": {
        "house": {
            "type": "Building",
            "attributes": {"measuredHeight": 1.0, "function": "1000", "height": {"value": 3, "uom": "m"}},
            "children": ["wing"],
            "geometry": [
                {
                    "type": "Solid",
                    "lod": "1",
                    "boundaries": [CUBE],
                    "semantics": {
                        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
                        "values": [[0, 1, 2, 2, 2, 2]],
                    },
                }
            ],
        },
        "wing": {"type": "BuildingPart", "parents": ["house"], "attributes": {"function": None}},
    },
    "vertices": [[x, y, z] for z in (0, 1000) for x, y in ((0, 0), (1000, 0), (1000, 1000), (0, 1000))],
}


def document() -> dict[str, Any]:
    """A document without a defect, to be changed."""
    return copy.deepcopy(_DOCUMENT)


def read(content: Any, demand: Demand = EVERYTHING) -> Facts:
    return read_cityjson(content if isinstance(content, bytes) else orjson.dumps(content), demand, name="test")


def defects(content: Any) -> list[tuple[str, str]]:
    """(kind, detail) of each defect."""
    return read(content).defects.select("kind", "detail").rows()

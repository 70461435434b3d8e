"""Pictures that city models name: those that are not there are told, and how many there are."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.citygml.reader import read_citygml
from cimkit.readers.cityjson.reader import read_cityjson
from cimkit.sources.beside import Beside

ASKED = Demand(kinds=None, defects=frozenset({"city_texture_file", "city_not_judged"}))
HERE = Beside(lambda steps: frozenset({"a.png"}) if steps == ("m",) else frozenset(), ("m",))
NAMES = ["a.png", "b.png", "A.png", "../../c.png", "/c.png", "http://c/c.png", "b.png", "data:image/png;base64,AA"]
AMISS = [
    ("file_missing", "b.png"),
    ("file_case", "A.png"),
    ("file_outside", "../../c.png"),
    ("file_absolute", "/c.png"),
    ("file_remote", "http://c/c.png"),
]


def json_of(names: list[Any]) -> bytes:
    textures = [{"type": "PNG", "image": name} for name in names]
    return orjson.dumps(
        {
            "type": "CityJSON",
            "version": "1.1",
            "transform": {"scale": [1, 1, 1], "translate": [0, 0, 0]},
            "CityObjects": {"a": {"type": "Building"}},
            "vertices": [],
            "appearance": {"textures": textures},
        }
    )


def gml_of(names: list[str], head: str = "") -> bytes:
    images = "".join(f"<app:t><app:imageURI> {name} </app:imageURI></app:t>" for name in names)
    return f"""{head}<CityModel xmlns="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:app="http://www.opengis.net/citygml/appearance/2.0" xmlns:b="http://www.opengis.net/citygml/building/2.0">
 <cityObjectMember><b:Building gml:id="a"><app:appearance><app:Appearance>{images}</app:Appearance></app:appearance>
 </b:Building></cityObjectMember><app:appearanceMember><app:Appearance>{images}</app:Appearance></app:appearanceMember>
 </CityModel>""".encode()


def told(facts: Facts) -> list[tuple[str, str]]:
    return list(facts.defects.select("detail", "found").iter_rows())


def models(beside: Beside | None, demand: Demand = ASKED) -> list[Facts]:
    """The same names in CityJSON, in CityGML that is read in pieces, and in CityGML that is read as it stands."""
    document_type = "<!DOCTYPE CityModel>"
    return [
        read_cityjson(json_of(NAMES), demand, beside=beside),
        read_citygml(gml_of(NAMES), demand, beside=beside),
        read_citygml(gml_of(NAMES, document_type), demand, beside=beside),
    ]


@pytest.mark.parametrize("number", range(3))
def test_each_picture_that_is_not_there_is_told_once(number: int) -> None:
    facts = models(HERE)[number]
    assert told(facts) == AMISS
    assert facts.whole["textures"] == {"named": 7, "not_there": 5}


@pytest.mark.parametrize("number", range(3))
def test_where_nobody_knows_what_lies_beside_the_model_that_is_told(number: int) -> None:
    facts = models(None)[number]
    assert told(facts) == [("textures", "7")]
    assert facts.whole["textures"] == {"named": 7}


def test_the_place_of_a_picture_is_told() -> None:
    json_, gml, _ = (facts.defects["locator"][0] for facts in models(HERE))
    assert json_ == "/appearance/textures/1/image"
    assert gml == "//*[local-name()='imageURI'][.='b.png']"


def test_nothing_is_looked_for_that_nobody_asks_for_or_that_is_no_name() -> None:
    assert all("textures" not in facts.whole for facts in models(HERE, Demand(kinds=None)))
    odd = read_cityjson(json_of([1, None, {}, " "]), ASKED, beside=HERE)
    assert told(odd) == []
    assert "textures" not in odd.whole

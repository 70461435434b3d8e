"""Every defect and fault of city models and tiles has its sentence and its words, in both languages."""

from __future__ import annotations

import pytest

from cimkit.checks.geometry.codes import NAMES
from cimkit.facts.defects_city import CITY_DEFECTS, CITY_DETAILS
from cimkit.locales import LANGUAGES, has_text
from cimkit.readers.tiles.defects import DEFECTS, GEOMETRY_DEFECTS
from cimkit.readers.tiles.details import DETAILS
from cimkit.report.sentences import room_of
from cimkit.run.vocabulary import every_defect, every_relation, whole_demand


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_defect_has_a_sentence(lang: str) -> None:
    reasons = [f"defect_{kind}" for kind in [*CITY_DEFECTS, *DEFECTS, *GEOMETRY_DEFECTS]]
    reasons += [f"geometry_{code}" for code in NAMES]
    assert [reason for reason in reasons if not has_text(f"{room_of(reason)}.{reason}", lang)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_has_a_phrase(lang: str) -> None:
    words = {f"city.detail_{word}" for words in CITY_DETAILS.values() for word in words}
    words |= {f"tiles.{kind.removeprefix('tiles_')}_{word}" for kind, each in DETAILS.items() for word in each}
    assert [key for key in sorted(words) if not has_text(key, lang)] == []


def test_what_readers_can_say_is_known_to_rules_and_to_the_whole_demand() -> None:
    demand = whole_demand()
    assert CITY_DEFECTS.keys() | DEFECTS.keys() <= demand.defects == every_defect().keys()
    assert {"parent", "group", "TILEPARENT", "IFCRELAGGREGATES"} <= demand.relations == every_relation().keys()
    assert CITY_DETAILS.keys() == CITY_DEFECTS.keys()
    assert DETAILS.keys() == DEFECTS.keys() | GEOMETRY_DEFECTS.keys()


def test_city_data_is_asked_the_city_basics_when_nobody_names_packs() -> None:
    import json

    import cimkit
    from tests.cityjson.model import document

    report = cimkit.check(json.dumps(document()).encode(), name="a.city.json")
    asked = {pack.id for pack in report.packs}
    assert "city-basics" in asked
    assert "ifc-basics" not in asked

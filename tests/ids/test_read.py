"""IDS files as data and as rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.ids.kept import ids_rules
from cimkit.ids.read import read_ids
from cimkit.ids.xml import IdsError
from cimkit.rules.conditions import All, Attribute, Cardinality, Classification, Entity, Material, PartOf, Property
from cimkit.rules.restriction import Restriction, exactly, one_of

Make = Callable[..., bytes]


def test_every_facet(ids: Make, facets: str) -> None:
    (rule,) = read_ids(ids(facets), "need.ids").rules
    assert rule.where == All((Entity(exactly("IFCWALL"), exact=True),))
    assert rule.must == All(
        (
            PartOf(
                Entity(exactly("IFCWALL"), exact=True),
                frozenset({"IFCRELVOIDSELEMENT", "IFCRELFILLSELEMENT"}),
                Cardinality.PROHIBITED,
            ),
            Classification(
                exactly("Uniclass"),
                Restriction(patterns=("EF_.*",)),
                instructions="Ask the planner",
                uri="https://example.org/1",
            ),
            Attribute(exactly("Tag"), one_of("a", "b"), Cardinality.OPTIONAL),
            Property(
                exactly("My"),
                exactly("Size"),
                Restriction(base="double", min_inclusive="2", max_exclusive="5"),
                exactly("IFCREAL"),
            ),
            Material(cardinality=Cardinality.PROHIBITED),
        )
    )
    assert rule.flaw is None


@pytest.mark.parametrize(
    ("occurs", "expected"),
    [
        ('maxOccurs="unbounded"', (1, None)),
        ('minOccurs="1" maxOccurs="unbounded"', (1, None)),
        ('minOccurs="0" maxOccurs="unbounded"', (0, None)),
        ('minOccurs="0" maxOccurs="0"', (0, 0)),
    ],
)
def test_occurrence(ids: Make, occurs: str, expected: tuple[int, int | None]) -> None:
    (rule,) = read_ids(ids(occurs=occurs), "need.ids").rules
    assert rule.occurs == expected
    assert (rule.must is None) == (expected == (0, 0))  # what is prohibited has no requirements to meet


def test_identity_and_words(ids: Make, tmp_path: Path) -> None:
    spec = 'name="Walls" identifier="W-1" ifcVersion="IFC4 IFC2X3" description="Fire" instructions="Fill it"'
    path = tmp_path / "need.ids"
    path.write_bytes(ids('<material instructions="Say what it is"/>', spec=spec))
    file = ids_rules(path)
    (rule,) = file.rules
    assert (rule.code, rule.name, rule.pack, rule.line) == ("IDS-001", "W-1", "ids:need.ids", 7)
    assert rule.title == {"zh": "Walls", "en": "Walls"}
    assert rule.why["en"] == "Fire"
    assert rule.fix["zh"] == "Fill it\nSay what it is"
    assert rule.cites[0].note == "IFC4 IFC2X3"
    assert (file.title, file.path, len(file.sha256)) == ("Need", str(path), 64)
    assert ids_rules(path.read_bytes()).rules[0].must == rule.must


def test_a_flawed_specification_leaves_the_others_to_be_judged(ids: Make) -> None:
    occurs = '<applicability minOccurs="0" maxOccurs="0"><material/></applicability>'
    tail = f'<specification name="b" ifcVersion="IFC4">{occurs}</specification>'
    first, second = read_ids(
        ids("<attribute><name><simpleValue>Nme</simpleValue></name></attribute>", tail=tail), "x"
    ).rules
    assert first.flaw is not None
    assert "IDS-ATT-001" in first.flaw
    assert second.flaw is None


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a []><a/>", b"not xml"])
def test_what_can_not_be_read_is_an_error(data: bytes) -> None:
    with pytest.raises(IdsError) as caught:
        read_ids(data, "need.ids")
    assert "need.ids" in caught.value.message("zh")
    assert caught.value.exit_status == 2


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IdsError) as caught:
        ids_rules(tmp_path / "none.ids")
    assert "none.ids" in caught.value.message("en")

"""Which instances rules can speak of, and as what."""

from __future__ import annotations

import numpy as np
import pytest

from cimkit.facts.columns import State
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import SCHEMA_NAMES, ifc_schema
from cimkit.facts.mapped_occurrences import OCCURRENCES_BY_TYPE
from cimkit.facts.model import RELATIONS
from cimkit.readers.ifc.reader import read_ifc
from cimkit.readers.ifc.relations import ENDS
from tests.ifc.build import by_id, ifc, read, rows

TERMINAL = """#1=IFCFLOWTERMINAL('1YvctVUKr0kugbFTf53O9L',$,'A',$,$,$,$,$);
#2=IFCAIRTERMINALTYPE('2YvctVUKr0kugbFTf53O9L',$,'T',$,$,$,$,$,$,.GRILLE.);
#3=IFCRELDEFINESBYTYPE('3YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#2);
#4=IFCFLOWTERMINAL('4YvctVUKr0kugbFTf53O9L',$,'B',$,$,$,$,$);"""


def test_mapping_names_entities_that_ifc2x3_has() -> None:
    known = ifc_schema("IFC2X3").entities
    later = ifc_schema("IFC4").entities
    for name, occurrence, type_ in OCCURRENCES_BY_TYPE:
        assert type_ in known, type_
        if occurrence in known:  # the published table has IfcEquipmentElement, which is in some editions only
            assert name not in known or occurrence == name, name
        assert name in later or name == "IFCELECTRICTIMECONTROL", name
    assert len(OCCURRENCES_BY_TYPE) == 57


def test_ifc2x3_occurrences_count_as_what_their_types_say() -> None:
    facts = read(TERMINAL, "IFC2X3")
    terminals = facts.subjects.of_kinds(frozenset({"IFCAIRTERMINAL"}))
    assert np.flatnonzero(terminals).tolist() == [by_id(facts, 1)]
    assert facts.subjects.of_kinds(frozenset({"IFCFLOWTERMINAL"})).sum() == 2
    demanded = read_ifc(ifc(TERMINAL, "IFC2X3"), Demand(kinds=frozenset({"IFCAIRTERMINAL"})))
    assert demanded.subjects.row.tolist() == [1]


def test_later_schemas_map_nothing() -> None:
    assert read("#1=IFCFLOWTERMINAL('1YvctVUKr0kugbFTf53O9L',$,'A',$,$,$,$,$);").subjects.also is None


def test_shape_is_no_subject_unless_named() -> None:
    body = "#1=IFCCARTESIANPOINT((0.,0.));\n#2=IFCMATERIAL('M',$,$);\n#3=IFCWALL($,$,$,$,$,$,$,$,$);"
    assert read(body).subjects.row.tolist() == [2, 3]
    named = read_ifc(ifc(body), Demand(kinds=frozenset({"IFCCARTESIANPOINT"})))
    assert named.subjects.row.tolist() == [1]


def test_subjects_come_in_the_order_of_the_file() -> None:
    facts = read("#7=IFCWALL($,$,$,$,$,$,$,$,$);\n#2=IFCSLAB($,$,$,$,$,$,$,$,$);\n#5=IFCWALL($,$,$,$,$,$,$,$,$);")
    assert facts.subjects.row.tolist() == [7, 2, 5]


def test_both_ends_of_a_demanded_relation_are_subjects() -> None:
    body = """#1=IFCWALL($,$,$,$,$,$,$,$,$);
#2=IFCBUILDINGSTOREY($,$,$,$,$,$,$,$,$,$);
#3=IFCRELCONTAINEDINSPATIALSTRUCTURE($,$,$,$,(#1,#99),#2);"""
    facts = read_ifc(ifc(body), Demand(relations=frozenset({"IFCRELCONTAINEDINSPATIALSTRUCTURE"})))
    assert facts.subjects.row.tolist() == [1, 2]
    link = facts.links["IFCRELCONTAINEDINSPATIALSTRUCTURE"]
    assert (link.sid.tolist(), link.target.tolist(), link.via.tolist()) == ([0], [1], [3])


def test_a_relation_may_have_its_list_on_the_other_side() -> None:
    facts = read(
        """#1=IFCSYSTEM($,$,$,$,$);
#2=IFCBUILDING($,$,$,$,$,$,$,$,$,$,$,$);
#3=IFCBUILDING($,$,$,$,$,$,$,$,$,$,$,$);
#4=IFCRELSERVICESBUILDINGS($,$,$,$,#1,(#2,#3));"""
    )
    link = facts.links["IFCRELSERVICESBUILDINGS"]
    assert link.sid.tolist() == [by_id(facts, 1)] * 2
    assert link.target.tolist() == [by_id(facts, 2), by_id(facts, 3)]


@pytest.mark.parametrize(
    ("kind", "attribute", "written", "expected"),
    [
        (
            "IFCWALL($,$,{},$,$,$,$,$,$)",
            "Name",
            "'it''s \\X2\\5899\\X0\\'",
            (State.PRESENT, "it's 墙", None, "IFCLABEL"),
        ),
        ("IFCWALL($,$,{},$,$,$,$,$,$)", "Name", "$", (State.NULL, None, None, "IFCLABEL")),
        ("IFCWALL($,$,{},$,$,$,$,$,$)", "Name", "''", (State.EMPTY, None, None, "IFCLABEL")),
        ("IFCWALL($,$,$,$,$,$,$,$,{})", "PredefinedType", ".SHEAR.", (State.PRESENT, "SHEAR", None, "IFCWALLTYPEENUM")),
        ("IFCWALL($,#2,{},$,$,$,$,$,$)", "OwnerHistory", "$", (State.OBJECT, None, None, "IFCOWNERHISTORY")),
        ("IFCTASK($,$,$,$,$,$,$,$,$,{},$,$,$)", "IsMilestone", ".T.", (State.PRESENT, "true", None, "IFCBOOLEAN")),
        ("IFCDOOR($,$,$,$,$,$,$,$,{},$,$,$,$)", "OverallHeight", "2100.", (State.PRESENT, "2100.", 2100.0, None)),
        ("IFCSITE($,$,$,$,$,$,$,$,$,{},$,$,$,$)", "RefLatitude", "(41,48,0)", (State.LIST, "(41,48,0)", None, None)),
        ("IFCTASK($,$,$,$,$,$,$,$,$,$,{},$,$)", "Priority", "3", (State.PRESENT, "3", 3.0, "IFCINTEGER")),
        ("IFCSIUNIT({},.LENGTHUNIT.,$,.METRE.)", "Dimensions", "*", (State.NULL, None, None, None)),
        (
            "IFCMEASUREWITHUNIT({},$)",
            "ValueComponent",
            "IFCRATIOMEASURE(0.5)",
            (State.PRESENT, "0.5", 0.5, "IFCRATIOMEASURE"),
        ),
    ],
)
def test_attribute_values(
    kind: str, attribute: str, written: str, expected: tuple[State, str | None, float | None, str | None]
) -> None:
    facts = read(f"#1={kind.format(written)};\n#2=IFCOWNERHISTORY($,$,$,$,$,$,$,1);")
    ((state, text, number, datatype),) = rows(facts.attributes[attribute], by_id(facts, 1))
    assert (state, text, number) == expected[:3]
    assert expected[3] is None or datatype == expected[3]


def test_a_short_record_lacks_its_attributes() -> None:
    facts = read("#1=IFCWALL('1YvctVUKr0kugbFTf53O9L',$,'W');")
    assert rows(facts.attributes["Tag"], 0) == [(State.NULL, None, None, "IFCIDENTIFIER")]


def test_every_relation_of_the_facts_is_read() -> None:
    assert ENDS.keys() == RELATIONS.keys()
    for relation, ends in ENDS.items():
        schemas = [ifc_schema(name) for name in SCHEMA_NAMES if relation in ifc_schema(name).entities]
        assert schemas, relation
        for schema in schemas:
            for end in ends:
                assert schema.attribute_index(relation, end) is not None, (schema, relation, end)

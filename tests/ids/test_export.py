"""Documents written back, and rules as IDS with what it can't say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from cimkit.ids.audit.audit import audit
from cimkit.ids.document import Document, Info, read_document
from cimkit.ids.export import Export, export_rules
from cimkit.ids.read import read_ids, rules_of
from cimkit.ids.write import write_document
from cimkit.ids.xml import parse
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Check,
    Condition,
    Entity,
    Material,
    Not,
    PartOf,
    Phase,
    Property,
)
from cimkit.rules.model import Executable, Rule, Severity
from cimkit.rules.restriction import Restriction, exactly, matching, one_of

INFO = Info(title="Export")
WALL = Entity(exactly("IfcWall"))


def without_lines(document: Document) -> str:
    return re.sub(r"line=(\d+|None)", "line=0", repr(document))


def written_and_read(document: Document) -> Document:
    return read_document(parse(write_document(document), "written.ids"))


def test_nothing_is_lost_in_writing(ids: Callable[..., bytes], facets: str) -> None:
    spec = 'name="墙 &lt;1&gt;" identifier="W" ifcVersion="IFC4" description="d" instructions="i"'
    info = "<info><title>T</title><copyright>c</copyright><author>a@b.cn</author><date>2024-02-29</date></info>"
    document = read_document(parse(ids(facets, spec=spec, info=info), "need.ids"))
    assert without_lines(written_and_read(document)) == without_lines(document)
    assert "a or b" in repr(written_and_read(document))


def test_official_cases_survive_writing(shared: Path) -> None:
    for path in sorted((shared / "ids" / "cases").glob("*/*.ids")):
        document = read_document(parse(path.read_bytes(), path.name))
        assert without_lines(written_and_read(document)) == without_lines(document), path.name


def rule(where: Condition | None, must: Condition | None, **more: object) -> Rule:
    fields: dict[str, object] = {"code": "T-001", "name": "t", "pack": "t", "severity": Severity.ERROR, **more}
    return Rule(where=where, must=must, **fields)  # type: ignore[arg-type]


def exported(
    where: Condition | None, must: Condition | None, *, versions: tuple[str, ...] = ("IFC4",), **more: object
) -> Export:
    export = export_rules([rule(where, must, **more)], INFO, versions=versions)
    if export.document.specifications:
        report = audit(write_document(export.document), "export.ids")
        assert [(flaw.code, dict(flaw.values)) for flaw in report.findings] == []
    for unsaid in export.unsaid:
        assert unsaid.message("zh")
        assert unsaid.message("en")
    return export


def reasons(export: Export) -> list[tuple[str, bool]]:
    return [(unsaid.reason.removeprefix("ids.unsaid_"), unsaid.whole) for unsaid in export.unsaid]


def test_subtypes_are_spelled_out_for_each_version() -> None:
    export = exported(WALL, Material(), versions=("IFC2X3", "IFC4", "IFC4X3_ADD2"))
    listed = {
        spec.versions: [limit.value for facet in spec.applicability for limit in facet.name.texts()]  # type: ignore[union-attr]
        for spec in export.document.specifications
    }
    assert listed == {
        ("IFC2X3", "IFC4X3_ADD2"): ["IFCWALL", "IFCWALLSTANDARDCASE"],
        ("IFC4",): ["IFCWALL", "IFCWALLELEMENTEDCASE", "IFCWALLSTANDARDCASE"],
    }
    assert export.unsaid == ()


def test_a_standard_property_gets_its_data_type_and_base() -> None:
    must = Property(exactly("Pset_WallCommon"), exactly("ThermalTransmittance"), Restriction(max_inclusive="0.4"))
    (facet,) = exported(WALL, must).document.specifications[0].requirements or ()
    assert facet.datatype == "IFCTHERMALTRANSMITTANCEMEASURE"  # type: ignore[union-attr]
    assert facet.value.base == "double"  # type: ignore[union-attr]


def test_a_custom_property_gets_a_likely_data_type_and_a_note() -> None:
    must = Property(exactly("构件属性"), exactly("耐火极限"), Restriction(min_inclusive="2.0"))
    export = exported(WALL, must)
    assert reasons(export) == [("assumed_type", False)]
    assert export.unsaid[0].detail == "IFCREAL"


@pytest.mark.parametrize(
    ("where", "must", "more", "expected"),
    [
        (None, Check("no_defect"), {}, [("whole_source", True)]),
        (WALL, Check("unique"), {}, [("check", True)]),
        (WALL, All((Material(), Check("unique"))), {}, [("check", False)]),
        (All((WALL, Not(Material()))), Attribute(exactly("Name")), {}, [("negation", True)]),
        (All((WALL, Phase(exactly("new")))), Material(), {}, [("phase", True)]),
        (WALL, AnyOf((Attribute(exactly("Name")), Material())), {}, [("choice", True)]),
        (AnyOf((WALL, Not(Material()))), Attribute(exactly("Name")), {}, [("negation", True)]),
        (WALL, Material(), {"executable": Executable.MANUAL}, [("manual", True)]),
        (WALL, Material(), {"severity": Severity.INFO}, [("severity", False)]),
        (WALL, Property(None, exactly("a")), {}, [("any_set", True)]),
        (WALL, PartOf(None, frozenset({"IFCRELNESTS", "IFCRELAGGREGATES"})), {}, [("relations", True)]),
        (WALL, Material(cardinality=Cardinality.OPTIONAL), {}, [("optional_nothing", True)]),
        (Entity(matching("IFCWALL.*")), Material(), {}, [("entity_pattern", True)]),
        (Entity(exactly("IfcKerb")), Material(), {}, [("version", True)]),
        (
            WALL,
            Property(exactly("A"), exactly("b"), carriers=((exactly("C"), exactly("d")),)),
            {},
            [("carriers", False)],
        ),
    ],
)
def test_what_can_not_be_said(
    where: Condition | None, must: Condition, more: dict[str, object], expected: list[tuple[str, bool]]
) -> None:
    export = exported(where, must, **more)
    assert reasons(export) == expected
    assert bool(export.document.specifications) != expected[0][1]


@pytest.mark.parametrize(
    ("where", "must"),
    [
        (AnyOf((WALL, Entity(exactly("IfcSlab")))), Not(Material(matching("wood.*")))),
        (Entity(exactly("IfcWall"), exactly("SHEAR")), Attribute(exactly("Name"), one_of("a", "b"))),
        (WALL, PartOf(Entity(exactly("IfcBuildingStorey")), frozenset({"IFCRELCONTAINEDINSPATIALSTRUCTURE"}))),
        (WALL, All((Material(), Property(exactly("A"), exactly("b"), cardinality=Cardinality.PROHIBITED)))),
    ],
)
def test_what_can_be_said(where: Condition, must: Condition) -> None:
    export = exported(where, must)
    assert export.unsaid == ()
    assert len(export.document.specifications) == 1


def test_rules_of_an_ids_file_come_back_as_they_were(ids: Callable[..., bytes], facets: str) -> None:
    (original,) = read_ids(ids(facets), "need.ids").rules
    export = export_rules([original], INFO, versions=("IFC4",))
    (back,) = rules_of(written_and_read(export.document), "need.ids")
    assert (back.where, back.occurs) == (original.where, original.occurs)
    assert isinstance(back.must, All)
    assert isinstance(original.must, All)
    unsaid = {"uri": None}  # a reference for people, which rules do not carry on for classifications
    assert [replace(c, **unsaid) if hasattr(c, "uri") else c for c in back.must.of] == [
        replace(c, **unsaid) if hasattr(c, "uri") else c for c in original.must.of
    ]

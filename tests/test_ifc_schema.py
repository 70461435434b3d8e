"""The IFC tables: what EXPRESS says, what the templates say, what was mended, and that the files are not stale."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.facts.ifc_schema import SCHEMA_NAMES, IfcSchema, ifc_schema, nearest_schema

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", params=SCHEMA_NAMES)
def schema(request: pytest.FixtureRequest) -> IfcSchema:
    return ifc_schema(request.param)


def test_agrees_with_ifcopenshell_on_every_entity(schema: IfcSchema) -> None:
    wrapper = pytest.importorskip("ifcopenshell.ifcopenshell_wrapper")
    declared = {entity.name(): entity for entity in wrapper.schema_by_name(schema.name).entities()}
    assert {entity.name for entity in schema.entities.values()} == set(declared)
    for entity in schema.entities.values():
        truth = declared[entity.name]
        attributes = truth.all_attributes()
        assert [a.name for a in entity.attributes] == [a.name() for a in attributes], entity.name
        assert [a.optional for a in entity.attributes] == [a.optional() for a in attributes], entity.name
        assert [a.derived for a in entity.attributes] == list(truth.derived()), entity.name
        assert entity.abstract == truth.is_abstract(), entity.name
        assert schema.subtypes(entity.name) >= {child.name().upper() for child in truth.subtypes()}


def test_data_is_not_stale() -> None:
    pytest.importorskip("ifcopenshell")
    script = ROOT / "scripts" / "make_ifc_schema.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_name_resolves(schema: IfcSchema) -> None:
    for entity in schema.entities.values():
        for attribute in entity.attributes:
            table = {"entity": schema.entities, "enumeration": schema.enumerations, "select": schema.selects}.get(
                attribute.kind, schema.types
            )
            # The one attribute kind "entity" that is not an entity: a set of references has a name of its own.
            assert attribute.type in table or attribute.type in {"", "IFCPROPERTYSETDEFINITIONSET"}, (entity, attribute)
    for name, leaves in schema.selects.items():
        assert leaves, name
        for leaf in leaves:
            assert leaf in schema.entities or leaf in schema.types or leaf in schema.enumerations, (name, leaf)


def test_subtypes_and_is_a_are_the_same_relation(schema: IfcSchema) -> None:
    for entity in schema.entities.values():
        assert entity.upper in schema.subtypes(entity.upper)
        for ancestor in entity.ancestors:
            assert schema.is_a(entity.name, ancestor)
            assert entity.upper in schema.subtypes(ancestor)
        assert all(
            entity.upper in schema.entities[sub].ancestors for sub in schema.subtypes(entity.name) - {entity.upper}
        )
    assert not schema.is_a("IfcElement", "IfcWall")
    assert schema.subtypes("IfcNoSuchThing") == frozenset()


def test_attribute_positions_are_those_of_the_step_record() -> None:
    assert [ifc_schema(name).attribute_index("IfcWall", "PredefinedType") for name in SCHEMA_NAMES] == [None, 8, 8]
    assert ifc_schema("IFC4").attribute_index("IFCRELDEFINESBYPROPERTIES", "RelatingPropertyDefinition") == 5
    assert ifc_schema("IFC4").attribute_index("IfcNoSuchThing", "Name") is None
    assert ifc_schema("IFC4").attribute_index("IfcWall", "name") is None


def test_shape_of_attributes() -> None:
    schema = ifc_schema("IFC4")
    found = {
        (entity, attribute.name): (attribute.kind, attribute.type, attribute.aggregate, attribute.derived)
        for entity in ("IFCSITE", "IFCSIUNIT", "IFCCARTESIANPOINTLIST3D", "IFCPROPERTYSINGLEVALUE", "IFCOBJECTIVE")
        for attribute in schema.entities[entity].attributes
    }
    assert found["IFCSITE", "RefLatitude"] == ("integer", "IFCCOMPOUNDPLANEANGLEMEASURE", 1, False)
    assert found["IFCSITE", "CompositionType"] == ("enumeration", "IFCELEMENTCOMPOSITIONENUM", 0, False)
    assert found["IFCSIUNIT", "Dimensions"] == ("entity", "IFCDIMENSIONALEXPONENTS", 0, True)
    assert found["IFCCARTESIANPOINTLIST3D", "CoordList"] == ("real", "IFCLENGTHMEASURE", 2, False)
    assert found["IFCPROPERTYSINGLEVALUE", "NominalValue"] == ("select", "IFCVALUE", 0, False)
    assert found["IFCOBJECTIVE", "BenchmarkValues"] == ("entity", "IFCCONSTRAINT", 1, False)


@pytest.mark.parametrize(
    ("measure", "base", "unit"),
    [
        ("IFCLENGTHMEASURE", "real", "LENGTHUNIT"),
        ("IFCPOSITIVELENGTHMEASURE", "real", "LENGTHUNIT"),
        ("IFCPOSITIVEPLANEANGLEMEASURE", "real", "PLANEANGLEUNIT"),
        ("IFCTHERMALTRANSMITTANCEMEASURE", "real", "THERMALTRANSMITTANCEUNIT"),
        ("IFCTHERMALCONDUCTIVITYMEASURE", "real", "THERMALCONDUCTANCEUNIT"),
        ("IFCSECTIONALAREAINTEGRALMEASURE", "real", "SECTIONAREAINTEGRALUNIT"),
        ("IFCELECTRICVOLTAGEMEASURE", "real", "ELECTRICVOLTAGEUNIT"),
        ("IFCMASSFLOWRATEMEASURE", "real", "MASSFLOWRATEUNIT"),
        ("IFCCOMPOUNDPLANEANGLEMEASURE", "integer", None),
        ("IFCNORMALISEDRATIOMEASURE", "real", None),
        ("IFCMONETARYMEASURE", "real", None),
        ("IFCLABEL", "string", None),
        ("IFCLOGICAL", "logical", None),
    ],
)
def test_measures_take_the_unit_of_their_name(schema: IfcSchema, measure: str, base: str, unit: str | None) -> None:
    assert (schema.types[measure].base, schema.types[measure].unit) == (base, unit)


def test_every_unit_but_user_defined_belongs_to_a_measure(schema: IfcSchema) -> None:
    units = {*schema.enumerations["IFCUNITENUM"], *schema.enumerations["IFCDERIVEDUNITENUM"]}
    taken = {kind.unit for kind in schema.types.values()} - {None}
    assert units - taken == {"USERDEFINED", "COMPOUNDPLANEANGLEUNIT"}


@pytest.mark.parametrize(
    ("name", "sets", "quantities"), [("IFC2X3", 318, 0), ("IFC4", 420, 93), ("IFC4X3_ADD2", 645, 115)]
)
def test_number_of_sets(name: str, sets: int, quantities: int) -> None:
    found = ifc_schema(name).property_sets
    assert (sum(not each.quantity for each in found.values()), sum(each.quantity for each in found.values())) == (
        sets,
        quantities,
    )


def test_property_sets_speak_of_this_schema(schema: IfcSchema) -> None:
    for each in schema.property_sets.values():
        assert each.applicable, each.name
        assert each.properties, each.name
        for entry in each.applicable:
            assert entry.partition("/")[0] in schema.entities, (each.name, entry)
        for one in each.properties.values():
            known = one.measure in schema.types or one.measure in schema.entities or one.measure in schema.selects
            assert known or one.measure == "", (each.name, one)
            assert all(value == value.strip() and value for value in one.enumerators), (each.name, one)
            assert bool(one.enumerators) == (one.kind == "P_ENUMERATEDVALUE"), (each.name, one)


def test_mended_templates() -> None:
    old, four = ifc_schema("IFC2X3").property_sets, ifc_schema("IFC4").property_sets
    for name in ("Pset_RoofCommon", "Pset_RampCommon", "Pset_StairCommon"):
        one = four[name].properties["LoadBearing"]
        assert (one.kind, one.measure) == ("P_SINGLEVALUE", "IFCBOOLEAN")
        assert not [key for key in four[name].properties if " " in key]
    assert "IFCFAN/CENTRIFUGALRADIAL" in four["Pset_FanCentrifugal"].applicable
    assert four["Pset_TankTypeSectional"].applicable == ("IFCTANK",)
    assert four["Pset_CoveringFlooring"].applicable == ("IFCCOVERING/FLOORING",)
    assert {"NetHeigtht", "NetHeight"} <= set(four["Qto_BuildingStoreyBaseQuantities"].properties)
    assert old["Pset_ProvisionForVoid"].properties["Width"].measure == "IFCPOSITIVELENGTHMEASURE"
    assert "IFCBEAM" in old["Pset_ConcreteElementGeneral"].applicable
    assert old["Pset_ActuatorTypeElectricActuator"].applicable == ("IFCACTUATORTYPE/ELECTRICACTUATOR",)
    assert old["Pset_ActuatorTypeCommon"].applicable == ("IFCACTUATORTYPE",)
    restricted = [each for each in old.values() if any("/" in entry for entry in each.applicable)]
    assert len(restricted) == 108
    assert {each.template_type for each in old.values()} == {""}


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("IFC2X3", ("IFC2X3", True)),
        ("ifc4", ("IFC4", True)),
        (" IFC4X3_ADD2 ", ("IFC4X3_ADD2", True)),
        ("IFC4 { 1 0 16739 }", ("IFC4", True)),
        ("IFC2X3_TC1", ("IFC2X3", False)),
        ("IFC2X2_FINAL", ("IFC2X3", False)),
        ("IFC4_ADD2", ("IFC4", False)),
        ("IFC4X1", ("IFC4", False)),
        ("IFC4X2", ("IFC4", False)),
        ("IFC4X3", ("IFC4X3_ADD2", False)),
        ("IFC4X3_RC2", ("IFC4X3_ADD2", False)),
        ("IFC4X4_DEV", ("IFC4X3_ADD2", False)),
        ("IFC5", (None, False)),
        ("IFC40", (None, False)),
        ("AP214", (None, False)),
        ("", (None, False)),
    ],
)
def test_nearest_schema(identifier: str, expected: tuple[str | None, bool]) -> None:
    assert nearest_schema(identifier) == expected


@given(st.text(max_size=20))
def test_nearest_schema_names_a_schema_or_none(text: str) -> None:
    name, exact = nearest_schema(text)
    assert name is None or name in SCHEMA_NAMES
    assert not exact or name in text.upper()


def test_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ifc_schema("IFC4X3")


def test_threads_see_the_same_rows() -> None:
    schema = IfcSchema("IFC4")
    names = list(schema.entities) * 4
    with ThreadPoolExecutor(8) as pool:
        entities = list(pool.map(schema.entities.__getitem__, names))
    assert all(schema.entities[name] is entity for name, entity in zip(names, entities, strict=True))

"""Write cimkit/facts/data/*.json: the IFC schemas and their property sets, as data.

Run it by hand after a new release of ifcopenshell and read the diff:

    python scripts/make_ifc_schema.py            write the files
    python scripts/make_ifc_schema.py --check    exit status 1 when they are stale

Two sources, both inside ifcopenshell: the compiled schemas (`ifcopenshell_wrapper.schema_by_name`) and the property
set templates (`util/schema/Pset_*.ifc`). The templates have known slips; `mend_*` below says each one and what is
put in its place. cimkit/facts/data/SOURCES.md tells a reader of the data the same.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ifcopenshell
from ifcopenshell import ifcopenshell_wrapper

DATA = Path(__file__).resolve().parents[1] / "cimkit" / "facts" / "data"
TEMPLATES = {
    "IFC2X3": "Pset_IFC2X3.ifc",
    "IFC4": "Pset_IFC4_ADD2.ifc",
    "IFC4X3_ADD2": "Pset_IFC4X3.ifc",
}

# A measure takes the unit that bears its name: IfcAreaMeasure AREAUNIT. Where the two names differ, or a unit of that
# name exists and must not be applied:
UNIT_OF_MEASURE = {
    "IFCSECTIONALAREAINTEGRALMEASURE": "SECTIONAREAINTEGRALUNIT",
    "IFCTHERMALCONDUCTIVITYMEASURE": "THERMALCONDUCTANCEUNIT",
    "IFCCOMPOUNDPLANEANGLEMEASURE": None,  # always degrees, minutes, seconds, millionths
}

MEASURE_OF_QUANTITY = {
    "Q_AREA": "IfcAreaMeasure",
    "Q_COUNT": "IfcCountMeasure",
    "Q_LENGTH": "IfcLengthMeasure",
    "Q_TIME": "IfcTimeMeasure",
    "Q_VOLUME": "IfcVolumeMeasure",
    "Q_WEIGHT": "IfcMassMeasure",
}


# --- the schema ---------------------------------------------------------------------------------------------------


def type_text(declared: Any) -> str:
    """A declared type as text: `IfcLabel`, `real`, `[IfcPoint]`, `[[IfcReal]]`."""
    if aggregation := declared.as_aggregation_type():
        return f"[{type_text(aggregation.type_of_element())}]"
    if named := declared.as_named_type():
        return str(named.declared_type().name())
    return str(declared.as_simple_type().declared_type())


def entity_data(entity: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if parent := entity.supertype():
        data["parent"] = parent.name()
    if entity.is_abstract():
        data["abstract"] = True
    data["attributes"] = {
        attribute.name() + ("?" if attribute.optional() else ""): type_text(attribute.type_of_attribute())
        for attribute in entity.attributes()
    }
    derived = [a.name() for a, is_derived in zip(entity.all_attributes(), entity.derived(), strict=True) if is_derived]
    if derived:
        data["derived"] = derived
    return data


def simple_type_data(declaration: Any, units: frozenset[str]) -> list[Any]:
    """`[base, depth of aggregation, unit]`, and the unit left out where there is none."""
    unit, depth = None, 0
    while True:
        measure = declaration.name().upper()
        named_like = measure.removeprefix("IFC").removesuffix("MEASURE") + "UNIT"
        unit = unit or UNIT_OF_MEASURE.get(measure, named_like if named_like in units else None)
        text = type_text(declaration.declared_type())
        depth += text.count("[")
        inner = text.strip("[]")
        parent = declaration.schema.declaration_by_name(inner) if inner.startswith("Ifc") else None
        if parent is None:
            return [inner, depth, *([unit] if unit else [])]
        if not parent.as_type_declaration():  # IfcPropertySetDefinitionSet: a set of entities
            return ["entity", depth]
        declaration = Declaration(declaration.schema, parent)


class Declaration:
    """A type declaration that remembers its schema (ifcopenshell's does not tell)."""

    def __init__(self, schema: Any, declaration: Any) -> None:
        self.schema = schema
        self.name = declaration.name
        self.declared_type = declaration.as_type_declaration().declared_type


def schema_data(name: str) -> dict[str, dict[str, Any]]:
    schema: Any = ifcopenshell_wrapper.schema_by_name(name)
    units = frozenset(
        unit
        for enumeration in ("IfcUnitEnum", "IfcDerivedUnitEnum")
        for unit in schema.declaration_by_name(enumeration).as_enumeration_type().enumeration_items()
        if unit != "USERDEFINED"
    )
    data: dict[str, dict[str, Any]] = {"entities": {}, "types": {}, "enumerations": {}, "selects": {}}
    for declaration in sorted(schema.declarations(), key=lambda declaration: str(declaration.name())):
        key = declaration.name()
        if entity := declaration.as_entity():
            data["entities"][key] = entity_data(entity)
        elif enumeration := declaration.as_enumeration_type():
            data["enumerations"][key] = list(enumeration.enumeration_items())
        elif select := declaration.as_select_type():
            data["selects"][key] = sorted(member.name() for member in select.select_list())
        else:
            data["types"][key] = simple_type_data(Declaration(schema, declaration), units)
    return data


# --- the property sets --------------------------------------------------------------------------------------------


def property_data(template: Any) -> tuple[str, list[Any]]:
    """Name and `[kind, measure, enumerators]`, trailing empty ones left out."""
    kind, name = template.TemplateType, template.Name
    if template.is_a("IfcComplexPropertyTemplate"):
        return name, ["P_COMPLEX"]
    measure = (template.PrimaryMeasureType or "").strip() or MEASURE_OF_QUANTITY.get(kind, "")
    values: list[str] = []
    if template.Enumerators:
        # Some values carry a line break or a full stop of the page that they were taken from ("\nSONAR", "UNSET.").
        values = [value.wrappedValue.strip().rstrip(".") for value in template.Enumerators.EnumerationValues]
        measure = "IfcLabel"  # IFC4 once names the enumeration instead (AirflowType of Pset_AirTerminalOccurrence)
    return name, [kind, *([measure] if measure or values else []), *([values] if values else [])]


def mend_load_bearing(name: str, data: list[Any]) -> tuple[str, list[Any]]:
    """IFC4, Pset_RoofCommon, Pset_RampCommon, Pset_StairCommon: the values of LoadBearing stand one place too early,
    so that its description is its name and its measure is its template type."""
    if name.startswith("Indicates whether the object is intended to carry loads") and data[0] == "IfcBoolean":
        return "LoadBearing", ["P_SINGLEVALUE", "IfcBoolean"]
    return name, data


def mend_enumerators(data: list[Any]) -> None:
    """IFC4: lists end with OTHER, NOTKNOWN, UNSET in buildingSMART's validation service; some templates drop OTHER."""
    if len(data) == 3 and "NOTKNOWN" in data[2] and "OTHER" not in data[2]:
        data[2].append("OTHER")


def applicable_data(text: str) -> Iterator[str]:
    """`IfcWall`, `IfcWall/SHEAR`; entries are separated by commas or semicolons, some lists end with one."""
    for entry in filter(None, (entry.strip() for entry in re.split("[,;]", text))):
        # IFC2X3 writes some as schema/entity: IFCSHAREDBLDGELEMENTS/IfcBeam.
        after = entry.partition("/")[2]
        yield after if after.startswith("Ifc") else entry


def predefined_values(schema: Any, entity: str) -> frozenset[str]:
    for attribute in schema.declaration_by_name(entity).as_entity().all_attributes():
        if attribute.name() == "PredefinedType":
            return frozenset(
                attribute.type_of_attribute().as_named_type().declared_type().as_enumeration_type().enumeration_items()
            )
    return frozenset()


# IFC2X3: the templates restrict no set to a predefined type. The name says it: `Pset_` + entity + value. Three names
# leave out a part of the value:
IFC2X3_BY_HAND = {
    "Pset_ElectricHeaterTypeElectricalCableHeater": "ELECTRICCABLEHEATER",
    "Pset_ElectricHeaterTypeElectricalMatHeater": "ELECTRICMATHEATER",
    "Pset_ElectricHeaterTypeElectricalPointHeater": "ELECTRICPOINTHEATER",
}


def mend_ifc2x3_applicable(schema: Any, name: str, applicable: list[str]) -> list[str]:
    if len(applicable) != 1:
        return applicable
    entity = applicable[0]
    prefix = "Pset_" + entity.removeprefix("Ifc")
    value = IFC2X3_BY_HAND.get(name) or (name.removeprefix(prefix).upper() if name.startswith(prefix) else "")
    return [f"{entity}/{value}"] if value in predefined_values(schema, entity) else applicable


# IFC4: values that the enumeration of the entity does not have.
IFC4_APPLICABLE = {
    "Pset_FanCentrifugal": [
        "IfcFan/CENTRIFUGALAIRFOIL",
        "IfcFan/CENTRIFUGALBACKWARDINCLINEDCURVED",
        "IfcFan/CENTRIFUGALFORWARDCURVED",
        "IfcFan/CENTRIFUGALRADIAL",
    ],
    "Pset_SensorTypeLevelSensor": ["IfcSensor/LEVELSENSOR"],
    "Pset_TankTypePreformed": ["IfcTank"],
    "Pset_TankTypeSectional": ["IfcTank"],
}

# IFC2X3: agreed by implementers after the release (CV-2x3-157) and not among the templates. Measures are those of its
# successor in IFC4, Pset_BuildingElementProxyProvisionForVoid, and those that exporters write.
IFC2X3_PROVISION_FOR_VOID = {
    "applicable": ["IfcBuildingElementProxy"],
    "properties": {
        "Shape": ["P_SINGLEVALUE", "IfcLabel"],
        "Width": ["P_SINGLEVALUE", "IfcPositiveLengthMeasure"],
        "Height": ["P_SINGLEVALUE", "IfcPositiveLengthMeasure"],
        "Diameter": ["P_SINGLEVALUE", "IfcPositiveLengthMeasure"],
        "Depth": ["P_SINGLEVALUE", "IfcPositiveLengthMeasure"],
        "System": ["P_SINGLEVALUE", "IfcLabel"],
    },
}


def mend_sets(name: str, sets: dict[str, dict[str, Any]]) -> None:
    """The slips that concern single sets."""
    schema: Any = ifcopenshell_wrapper.schema_by_name(name)
    if name == "IFC2X3":
        for key, data in sets.items():
            data["applicable"] = mend_ifc2x3_applicable(schema, key, data["applicable"])
            data.pop("type", None)  # IFC2X3 knows no template types; those in the file are ifcopenshell's own
        sets["Pset_ProvisionForVoid"] = IFC2X3_PROVISION_FOR_VOID
    if name == "IFC4":
        for key, applicable in IFC4_APPLICABLE.items():
            sets[key]["applicable"] = applicable
        for data in sets.values():
            for one in data["properties"].values():
                mend_enumerators(one)
        # The published name is misspelt (NetHeigtht); software writes both.
        storey = sets["Qto_BuildingStoreyBaseQuantities"]["properties"]
        storey["NetHeight"] = storey["NetHeigtht"]


def property_set_data(name: str) -> dict[str, dict[str, Any]]:
    folder = Path(ifcopenshell.__file__).parent / "util" / "schema"
    sets: dict[str, dict[str, Any]] = {}
    for template in ifcopenshell.open(str(folder / TEMPLATES[name])).by_type("IfcPropertySetTemplate"):
        properties = dict(mend_load_bearing(*property_data(one)) for one in template.HasPropertyTemplates)
        sets[template.Name] = {
            **({"type": template.TemplateType} if template.TemplateType else {}),
            "applicable": list(applicable_data(template.ApplicableEntity)),
            "properties": properties,
        }
    mend_sets(name, sets)
    return dict(sorted(sets.items()))


# --- the files ----------------------------------------------------------------------------------------------------


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(entries: Iterable[tuple[str, str]], close: str) -> str:
    """A JSON object with one entry a line, so that a diff shows the entry that changed."""
    return "{\n" + ",\n".join(f"{compact(key)}:{text}" for key, text in entries) + f"\n{close}"


def schema_text(data: dict[str, dict[str, Any]]) -> str:
    tables = ((table, lines(((k, compact(v)) for k, v in rows.items()), "}")) for table, rows in data.items())
    return lines(tables, "}\n")


def property_set_text(sets: dict[str, dict[str, Any]]) -> str:
    def one(data: dict[str, Any]) -> str:
        head = compact({key: value for key, value in data.items() if key != "properties"})
        rows = lines(((key, compact(value)) for key, value in data["properties"].items()), "}}")
        return f'{head[:-1]},"properties":{rows}'

    return lines(((key, one(data)) for key, data in sets.items()), "}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when a file is stale")
    check = parser.parse_args().check
    stale = False
    DATA.mkdir(exist_ok=True)
    for name in TEMPLATES:
        texts = {
            f"{name.lower()}.json": schema_text(schema_data(name)),
            f"{name.lower()}_property_sets.json": property_set_text(property_set_data(name)),
        }
        for file_name, text in texts.items():
            path = DATA / file_name
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            if old != text:
                stale = True
                print(f"{'stale' if check else 'written'}: {path.name}")
                if not check:
                    path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The text files with which Revit's IFC exporter writes parameters as properties.

Two forms, both tables with tabs between the columns, comments behind `#`:

    PropertySet:    <set>    I    <entities, separated by commas>        user-defined property sets:
        <property>    <data type>    <Revit parameter>                   a set for things of these entities
    <set>    <property>    <Revit parameter>                             parameter mapping table, for standard sets

As Autodesk's exporter (github.com/Autodesk/revit-ifc) reads them: lines are trimmed, empty columns do not count, an
entity includes its subtypes, `I` and `T` make no difference, and since version 24.1 what stands on types is exported
only where the type's entity is listed too. One set that is defined twice for one thing is written twice, so that each
entity stands in one definition of a set only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cimkit.facts.ifc_schema import SCHEMA_NAMES, ifc_schema

__all__ = ["Carrier", "data_type", "is_exported", "is_standard", "mapping_table", "property_sets"]

#: Data types of the exporter, as its own template lists them, that are named like the measure that IFC gives them.
_DATA_TYPES = (
    "Area", "Boolean", "Count", "Force", "Frequency", "Identifier", "Illuminance", "Integer", "Label", "Length",
    "Logical", "LuminousFlux", "LuminousIntensity", "NormalisedRatio", "MassDensity", "PlaneAngle", "PositiveLength",
    "PositivePlaneAngle", "PositiveRatio", "Power", "Pressure", "Ratio", "Real", "Text", "ThermalTransmittance",
    "ThermodynamicTemperature", "Volume", "VolumetricFlowRate",
)  # fmt: skip
_BY_MEASURE = {name.upper(): name for name in _DATA_TYPES}
#: What the exporter knows of a project: things with a place, the spatial structure, the project itself.
_ROOTS = ("IFCPRODUCT", "IFCPROJECT")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One property that is to be exported.

    set, name  where it is to stand in IFC     entities  upper case names of the things that carry it
    measure    upper case IFC data type, or "" parameter  the Revit parameter that holds the value
    """

    set: str
    name: str
    entities: tuple[str, ...]
    measure: str
    parameter: str

    @property
    def writable(self) -> bool:
        """Whether it can stand in the file: a name that begins with `#` would be a comment."""
        return (
            bool(self.entities)
            and not any(name.startswith("#") for name in (self.set, self.name))
            and all(name.strip() for name in (self.set, self.name, self.parameter))
        )


def is_standard(set_name: str) -> bool:
    """Whether a set is one of the IFC standard's, in any version."""
    return any(set_name in ifc_schema(version).property_sets for version in SCHEMA_NAMES)


def is_exported(entity: str) -> bool:
    """Whether Revit exports things of an entity at all."""
    return any(
        entity in schema.entities and any(schema.is_a(entity, root) for root in _ROOTS)
        for schema in map(ifc_schema, SCHEMA_NAMES)
    )


def data_type(measure: str) -> str:
    """The exporter's word for an IFC data type: `IFCAREAMEASURE` -> `Area`; text for what it has no word for."""
    bare = measure.upper().removeprefix("IFC").removesuffix("MEASURE")
    if bare in _BY_MEASURE:
        return _BY_MEASURE[bare]
    for version in reversed(SCHEMA_NAMES):
        defined = ifc_schema(version).types.get(measure.upper())
        if defined is not None:
            return {"real": "Real", "number": "Real", "integer": "Integer", "boolean": "Boolean"}.get(
                defined.base, "Text"
            )
    return "Text"


def property_sets(carriers: Iterable[Carrier], remarks: Sequence[str] = ()) -> bytes:
    """The file of user-defined property sets: UTF-8 with byte order mark, which Revit and Windows recognise."""
    lines = [f"# {remark}".rstrip() for remark in remarks]
    for (set_name, properties), entities in _blocks(carriers).items():
        lines += ["", "\t".join(("PropertySet:", set_name, "I", ",".join(_listed(entities))))]
        lines += ["\t".join(("", *row)) for row in properties]
    return _encoded(lines)


def mapping_table(carriers: Iterable[Carrier], remarks: Sequence[str] = ()) -> bytes:
    """The parameter mapping table of the standard sets among the carriers; one parameter a property."""
    lines = [f"# {remark}".rstrip() for remark in remarks]
    rows: dict[tuple[str, str], str] = {}
    for carrier in carriers:
        if carrier.writable and is_standard(carrier.set):
            rows.setdefault((_cell(carrier.set), _cell(carrier.name)), _cell(carrier.parameter))
    lines += ["\t".join((*place, parameter)) for place, parameter in rows.items()]
    return _encoded(lines)


_Rows = tuple[tuple[str, str, str], ...]


def _blocks(carriers: Iterable[Carrier]) -> dict[tuple[str, _Rows], list[str]]:
    """(set, its properties) -> entities: those that have the same properties in a set share a definition."""
    wanted: dict[str, dict[str, dict[str, tuple[str, str]]]] = {}
    for carrier in carriers:
        if carrier.writable:
            for entity in carrier.entities:
                properties = wanted.setdefault(_cell(carrier.set), {}).setdefault(entity, {})
                properties.setdefault(_cell(carrier.name), (data_type(carrier.measure), _cell(carrier.parameter)))
    blocks: dict[tuple[str, _Rows], list[str]] = {}
    for set_name, by_entity in wanted.items():
        order = list(dict.fromkeys(name for properties in by_entity.values() for name in properties))
        for entity, properties in by_entity.items():
            rows = tuple((name, *properties[name]) for name in order if name in properties)
            blocks.setdefault((set_name, rows), []).append(entity)
    return blocks


def _listed(entities: Iterable[str]) -> list[str]:
    """The entities as IFC spells them, each with the entity of its types: `IfcDoor, IfcDoorType, IfcDoorStyle`."""
    names: dict[str, None] = {}
    for entity in entities:
        for candidate in (entity, f"{entity}TYPE", f"{entity}STYLE"):
            for version in ("IFC4", "IFC2X3", "IFC4X3_ADD2"):
                found = ifc_schema(version).entities.get(candidate)
                if found is not None:
                    names[found.name] = None
                    break
    return list(names)


def _cell(text: str) -> str:
    return " ".join(text.split())


def _encoded(lines: Sequence[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")

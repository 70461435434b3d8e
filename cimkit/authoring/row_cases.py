"""Rows of requirement tables, each tried with models made from it: one that lacks the field and one that has it; rows
about layers with more (see `layer_row_cases`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cimkit.authoring.case_model import model_text
from cimkit.authoring.cases import Case, Outcome, run_case
from cimkit.authoring.layer_row_cases import judge_layer_case, layer_row_cases
from cimkit.facts.ifc_schema import Entity as SchemaEntity
from cimkit.facts.ifc_schema import IfcSchema, ifc_schema
from cimkit.rules.conditions import All, AnyOf, Cardinality, Condition, Entity, Not, Phase, Property
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.model import Executable, Rule, Status
from cimkit.rules.restriction import Restriction

__all__ = ["row_cases", "run_row_case", "run_row_cases"]

_SUBJECT = 100
_ID = "3Zu5Bv0LOHrPC10026Fo{:02d}"
_LITERALS = {
    "IFCBOOLEAN": ".T.", "IFCLOGICAL": ".T.", "IFCINTEGER": "1", "IFCPOSITIVEINTEGER": "1", "IFCCOUNTMEASURE": "1",
    "IFCLABEL": "'1'", "IFCTEXT": "'1'", "IFCIDENTIFIER": "'1'", "IFCDATE": "'2026-01-01'",
    "IFCDATETIME": "'2026-01-01T00:00:00'", "IFCURIREFERENCE": "'https://example.org/'",
}  # fmt: skip


def run_row_cases(folder: Path) -> Iterator[Outcome]:
    """The outcome of the models of every row that can be made into some. Raises PackError for a broken pack."""
    pack = load_pack(folder)
    for rule in pack.rules:
        for case in row_cases(rule):
            yield run_row_case(case, rule, pack)


def run_row_case(case: Case, rule: Rule, pack: LoadedPack) -> Outcome:
    """The outcome of a model of a row. Layers are judged without a report around them: there are thousands of them."""
    return run_case(case, pack) if case.layers is None else judge_layer_case(case, rule)


def row_cases(rule: Rule) -> list[Case]:
    """The two models of a rule that is a row about IFC elements, or those of a row about a layer; none for other rules,
    and for conditional rows, whose condition only a person can make true."""
    asked = _asked(rule)
    if asked is None:
        return layer_row_cases(rule)
    kind, must = asked
    schema, entity = _concrete(kind)
    if entity is None:
        return []
    models = []
    for verdict, with_property in (("fail", False), ("pass", True)):
        if verdict == "fail" and must.cardinality is Cardinality.OPTIONAL:
            continue
        content = model_text(schema.name, _lines(schema, entity, must if with_property else None)).encode()
        models.append(Case(Path(f"{rule.code}-{verdict}-row"), rule.code, verdict, "", content))
    return models


def _asked(rule: Rule) -> tuple[str, Property] | None:
    """The kind and the property of a plain row."""
    if not (rule.file or "").startswith("tables/") or rule.executable is not Executable.FULL:
        return None
    if rule.status in (Status.REMOVED, Status.DRAFT) or rule.parameters or not isinstance(rule.must, Property):
        return None
    parts: tuple[Condition | None, ...] = rule.where.of if isinstance(rule.where, All) else (rule.where,)
    entities = [part for part in parts if isinstance(part, Entity)]
    others = [part for part in parts if not isinstance(part, Entity) and not _about_phase(part)]
    if len(entities) != 1 or others or not entities[0].name.values[0].startswith("IFC"):
        return None
    return entities[0].name.values[0], rule.must


def _about_phase(condition: Condition | None) -> bool:
    return isinstance(condition, Not) and isinstance(condition.of, Phase | AnyOf)


def _concrete(kind: str) -> tuple[IfcSchema, SchemaEntity | None]:
    """An entity that can be instantiated and carry property sets: the kind itself, or the first of its subtypes."""
    for name in ("IFC4", "IFC4X3_ADD2"):
        schema = ifc_schema(name)
        if kind in schema.entities and schema.is_a(kind, "IFCOBJECTDEFINITION"):
            for each in (kind, *sorted(schema.subtypes(kind))):
                if not schema.entities[each].abstract:
                    return schema, schema.entities[each]
    return ifc_schema("IFC4"), None


def _lines(schema: IfcSchema, entity: SchemaEntity, must: Property | None) -> list[str]:
    is_project = entity.upper == "IFCPROJECT"
    subject = 1 if is_project else _SUBJECT
    is_type = schema.is_a(entity.upper, "IFCTYPEOBJECT")
    known = {"GlobalId": f"'{_ID.format(0)}'", "OwnerHistory": "#12", "Name": "'row'"}
    if is_type and must is not None:
        known["HasPropertySets"] = "(#102)"
    values = ["*" if each.derived else known.get(each.name, "$") for each in entity.attributes]
    lines = [] if is_project else [f"#{_SUBJECT}={entity.upper}({','.join(values)});"]
    if must is None:
        return lines
    group = must.set.values[0] if must.set is not None and must.set.values else "RowSet"
    lines.append(f"#101=IFCPROPERTYSINGLEVALUE('{_text(must.name.values[0])}',$,{_value(must)},$);")
    lines.append(f"#102=IFCPROPERTYSET('{_ID.format(1)}',#12,'{_text(group)}',$,(#101));")
    if not is_type:
        lines.append(f"#103=IFCRELDEFINESBYPROPERTIES('{_ID.format(2)}',#12,$,$,(#{subject}),#102);")
    return lines


def _value(must: Property) -> str:
    """A typed value that the row accepts."""
    kind = _datatype(must.datatype)
    literal = _LITERALS.get(kind, "1.")
    if must.value is not None and must.value.values:
        wanted = must.value.values[0]
        literal = f"'{_text(wanted)}'" if literal.startswith("'") else wanted
    return f"{kind}({literal})"


def _datatype(datatype: Restriction | None) -> str:
    if datatype is None:
        return "IFCLABEL"
    if datatype.values:
        return datatype.values[0]
    return {"number": "IFCREAL", "integer": "IFCINTEGER", "boolean": "IFCBOOLEAN"}[datatype.describe()]


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace("'", "''")

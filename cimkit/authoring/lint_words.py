"""Words inside rules that only mean something if the IFC schema knows them: entities, attributes, relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cimkit.authoring.problems import Problem, rule_problem
from cimkit.facts.ifc_schema import IfcSchema, ifc_schema
from cimkit.rules.conditions import All, AnyOf, Attribute, Check, Condition, Entity, Not, PartOf
from cimkit.rules.faults import nearest
from cimkit.rules.lists import read_lists
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Rule
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.parameters import read_parameters
from cimkit.run.vocabulary import every_defect, every_relation

__all__ = ["lint_words"]

_SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3_ADD2")
_REFERENCE = re.compile(r"(parameter|list|condition):\s*[\"']?([A-Za-z0-9_.\-\u4e00-\u9fff]+)")


def lint_words(pack: LoadedPack) -> Iterator[Problem]:
    """Unknown words, and parameters, lists and conditions that no rule uses."""
    if "ifc" in pack.applies_to or not pack.applies_to:
        for rule in pack.rules:
            for condition in (rule.where, rule.must):
                if condition is not None:
                    yield from _of_condition(rule, condition)
            for word in rule.applies_to - pack.applies_to:
                if word not in _SCHEMAS:
                    yield _unknown(rule, "schema", word, _SCHEMAS)
    else:
        for rule in pack.rules:
            if isinstance(rule.must, Check) and rule.must.name == "no_defect":  # names of layers are anybody's
                yield from _of_options(rule, rule.must.name, rule.must.options)
    yield from _unused(pack)


def _of_condition(rule: Rule, condition: Condition) -> Iterator[Problem]:
    match condition:
        case All(of) | AnyOf(of):
            for part in of:
                yield from _of_condition(rule, part)
        case Not(of):
            yield from _of_condition(rule, of)
        case Entity():
            yield from _entities(rule, condition)
        case Attribute():
            strangers = set(condition.name.values) - _attributes()
            yield from (_unknown(rule, "attribute", name, _attributes()) for name in sorted(strangers))
        case PartOf():
            yield from _entities(rule, condition.entity)
            yield from (
                _unknown(rule, "relation", name, every_relation())
                for name in condition.relations - every_relation().keys()
            )
        case Check(name, options):
            yield from _of_options(rule, name, options)


def _entities(rule: Rule, entity: Entity | None) -> Iterator[Problem]:
    for name in entity.name.values if entity is not None else ():
        if name.startswith("IFC") and not any(name in schema.entities for schema in _schemas()):
            every = {each.name for schema in _schemas() for each in schema.entities.values()}
            yield _unknown(rule, "entity", name, every)


def _of_options(rule: Rule, name: str, options: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in options.items():
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, All | AnyOf | Not | Entity | Attribute | PartOf | Check):
                yield from _of_condition(rule, part)
            elif key in ("relation", "via") and part not in every_relation():
                yield _unknown(rule, "relation", str(part), every_relation())
            elif name == "no_defect" and key == "kind" and part not in every_defect():
                yield _unknown(rule, "defect", str(part), every_defect())


def _unknown(rule: Rule, kind: str, word: str, known: Any) -> Problem:
    near = nearest(word, known)
    if near is None:
        return rule_problem(rule, "unknown_ifc_word", kind=kind, word=word)
    return rule_problem(rule, "unknown_ifc_word_near", kind=kind, word=word, near=near)


def _schemas() -> tuple[IfcSchema, ...]:
    return tuple(ifc_schema(name) for name in _SCHEMAS)


@cache
def _attributes() -> frozenset[str]:
    return frozenset(
        attribute.name
        for schema in _schemas()
        for entity in schema.entities.values()
        for attribute in entity.attributes
    )


def _unused(pack: LoadedPack) -> Iterator[Problem]:
    """Told by the text of the rules: what a rule refers to stands there by its name. Only the pack's own files."""
    files = read_pack_files(pack.folder)
    written = "\n".join(
        content.decode("utf-8", "replace")
        for path, content in files.content.items()
        if path.startswith(("rules/", "tables/")) or path == "conditions.yaml"
    )
    used = {match[2].split(".")[0] for match in _REFERENCE.finditer(written)}
    for name in read_parameters(files):
        if name not in used and name not in written:
            yield Problem("parameter_unused", "parameters.yaml", {"name": name}, warning=True)
    for name, code_list in read_lists(files).items():
        if name not in used and name not in written:
            yield Problem("list_unused", code_list.file, {"name": name}, warning=True)

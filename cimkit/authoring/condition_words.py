"""Conditions in words, for the page of a rule: what it asks, from the rule's own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.authoring.field_words import field_lines
from cimkit.facts.ifc_schema import ifc_schema
from cimkit.locales import has_text, text
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Check,
    Classification,
    Condition,
    Entity,
    Material,
    Not,
    PartOf,
    Phase,
    Property,
)
from cimkit.rules.restriction import Restriction

__all__ = ["ConditionWords"]


class ConditionWords:
    """`ConditionWords("zh").lines(condition)` is a list of Markdown, one bullet a condition."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def lines(self, condition: Condition, depth: int = 0) -> list[str]:
        """The condition as Markdown bullets, joints indented."""
        indent = "  " * depth
        match condition:
            case All(of) if depth == 0:
                return [line for part in of for line in self.lines(part)]
            case All(of) | AnyOf(of):
                word = self._word("all_of" if isinstance(condition, All) else "any_of")
                return [f"{indent}- {word}", *(line for part in of for line in self.lines(part, depth + 1))]
            case Not(All() | AnyOf() as of):
                return [f"{indent}- {self._word('none_of')}", *self.lines(of, depth + 1)]
            case Not(of):
                return [f"{indent}- {self._word('not', what=self._one(of))}"]
            case Check("field", options):
                return [f"{indent}- {line}" for line in field_lines(options, self.lang)]
            case Check(name, options):
                return self._check(name, options, indent, depth)
            case _:
                return [f"{indent}- {self._one(condition)}"]

    def _word(self, key: str, **values: Any) -> str:
        return text(f"authoring.{key}", self.lang, **values)

    def _one(self, condition: Condition) -> str:
        """One facet on one line."""
        match condition:
            case Entity():
                return self._entity(condition)
            case Attribute():
                return self._valued("attribute", condition.name.describe(), condition.value, condition.cardinality)
            case Property():
                return self._property(condition)
            case Classification():
                system = condition.system.describe() if condition.system else self._word("any_system")
                return self._valued("classification", system, condition.value, condition.cardinality)
            case Material():
                return self._valued("material", "", condition.value, condition.cardinality)
            case PartOf():
                whole = self._entity(condition.entity) if condition.entity else self._word("something")
                return self._cardinal("part_of", condition.cardinality, whole=whole)
            case Phase():
                return self._valued("phase", "", condition.value, condition.cardinality)
            case _:
                return "; ".join(line.strip().removeprefix("- ") for line in self.lines(condition))

    def _entity(self, entity: Entity) -> str:
        names = " / ".join(f"`{_spelt(name)}`" for name in entity.name.values) or f"`{entity.name.describe()}`"
        of_layers = not any(name.startswith("IFC") for name in entity.name.values)
        told = self._word("layer" if of_layers else "entity_exact" if entity.exact else "entity", names=names)
        if entity.predefined_type is not None:
            told += self._word("predefined", value=entity.predefined_type.describe())
        return told

    def _property(self, condition: Property) -> str:
        told = self._valued("property", self._carriers(condition), condition.value, condition.cardinality)
        if condition.datatype is not None:
            told += self._word("of_type", type=condition.datatype.describe())
        return told

    def _carriers(self, condition: Property) -> str:
        """The accepted places: all names and all sets where each goes with each, else pair by pair."""
        carriers = dict.fromkeys([(condition.set, condition.name), *condition.carriers])
        groups = list(dict.fromkeys(group for group, _ in carriers))
        names = list(dict.fromkeys(name for _, name in carriers))
        if len(carriers) == 1 or len(carriers) < len(groups) * len(names) or None in groups:
            return " / ".join(dict.fromkeys(f"`{_carrier(group, name)}`" for group, name in carriers))
        sets = " / ".join(f"`{group.describe()}`" for group in groups if group is not None)
        return self._word("in_sets", names=" / ".join(f"`{name.describe()}`" for name in names), sets=sets)

    def _valued(self, key: str, name: str, value: Restriction | None, cardinality: Cardinality) -> str:
        told = self._cardinal(key, cardinality, name=name)
        return told if value is None else told + self._word("value", value=value.describe())

    def _cardinal(self, key: str, cardinality: Cardinality, **values: Any) -> str:
        suffix = "" if cardinality is Cardinality.REQUIRED else f"_{cardinality}"
        return self._word(f"{key}{suffix}" if has_text(f"authoring.{key}{suffix}", self.lang) else key, **values)

    def _check(self, name: str, options: Mapping[str, Any], indent: str, depth: int) -> list[str]:
        """The check in words, its plain options behind it, conditions inside it as bullets below it."""
        key = f"check_{name}"
        told = self._word(key) if has_text(f"authoring.{key}", self.lang) else f"`{name}`"
        plain = {option: value for option, value in options.items() if not _is_joint(value)}
        if plain:
            told += " (" + ", ".join(f"{option}: {self._plain(value)}" for option, value in plain.items()) + ")"
        lines = [f"{indent}- {told}"]
        for option, value in options.items():
            if _is_joint(value):
                inner = self.lines(value, depth + 1)
                lines += inner if option == "is" else [f"{indent}  - {option}:", *("  " + line for line in inner)]
        return lines

    def _plain(self, value: Any) -> str:
        match value:
            case None:
                return self._word("unset")
            case Restriction():
                return f"`{value.describe()}`"
            case Attribute():
                return f"`{value.name.describe()}`"
            case Property():
                return f"`{_carrier(value.set, value.name)}`"
            case tuple():
                return ", ".join(self._plain(part) for part in value)
            case Mapping():
                return ", ".join(f"{key} {part}" for key, part in value.items())
            case _:
                return f"`{value}`"


def _is_joint(value: Any) -> bool:
    """A condition that says more than the name of a column."""
    return isinstance(value, All | AnyOf | Not | Entity | Check | Classification | Material | PartOf | Phase)


def _carrier(group: Restriction | None, name: Restriction) -> str:
    if group is None:
        return name.describe()
    return f"{'*' if group.patterns == ('.*',) else group.describe()}.{name.describe()}"


def _spelt(kind: str) -> str:
    """`IFCWALL` as the schema writes it."""
    for schema in ("IFC4X3_ADD2", "IFC4", "IFC2X3"):
        entity = ifc_schema(schema).entities.get(kind)
        if entity is not None:
            return entity.name
    return kind

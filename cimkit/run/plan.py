"""From rules to the demand: what a reader must fetch so that all of them can be asked, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from importlib import import_module

import polars as pl
from msgspec.structs import replace

from cimkit.checks.table import CHECKS
from cimkit.facts.demand import AttributeDemand, Demand, NameTest, PropertyDemand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.names import FoldedNames
from cimkit.rules.across_model import Across, Measure, Of, Role
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
from cimkit.rules.model import Rule
from cimkit.rules.restriction import Restriction
from cimkit.run.evaluation import conditions_in
from cimkit.run.facets.part_of import IDS_RELATIONS
from cimkit.run.kinds import kinds_named

__all__ = ["demand_of"]


def demand_of(rules: Iterable[Rule], schema: IfcSchema | None) -> Demand:
    """The demand of all rules together. schema: of the source, for names of kinds; None for other formats.

    It is remembered for sets of rules: the sources of a run, and the projects of a province, are asked the same ones.
    """
    asked = _TheSame(tuple(rules))
    return _remembered(asked, schema) if len(asked.rules) > 1 else _demand(asked, schema)


class _TheSame:
    """Rules, compared by which objects they are: to compare what a thousand of them say takes longer than to ask them.
    Whoever keeps it keeps the rules, so that no other object comes to stand in their place."""

    __slots__ = ("_ids", "rules")

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._ids = tuple(map(id, rules))

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TheSame) and self._ids == other._ids


def _demand(rules: _TheSame, schema: IfcSchema | None) -> Demand:
    demand = Demand.of(part for rule in rules.rules for part in _of_rule(rule, schema))
    return replace(demand, properties=_in_few_tests(demand.properties))


def _in_few_tests(properties: frozenset[PropertyDemand]) -> frozenset[PropertyDemand]:
    """The same properties, all names that are listed for a set in one list: a reader asks each test of each name."""
    lists: dict[tuple[NameTest | None, bool], set[str]] = {}
    others: list[PropertyDemand] = []
    for each in properties:
        if isinstance(each.name, Restriction) and each.name.names_only:
            lists.setdefault((each.set, each.name.fold), set()).update(each.name.values)
        else:
            others.append(each)
    listed = (
        PropertyDemand(set_, Restriction(values=tuple(sorted(names)), fold=fold))
        for (set_, fold), names in lists.items()
    )
    return frozenset((*others, *listed))


_remembered = lru_cache(maxsize=64)(_demand)


def _of_rule(rule: Rule, schema: IfcSchema | None) -> Iterator[Demand]:
    if rule.across is not None:  # its `must` is asked of pairs, which no reader knows
        yield from _of_role(rule.across, rule.across.first, schema)
        yield from _of_role(rule.across, rule.across.second, schema)
        return
    kinds = _kinds_bound(rule.where, schema) if rule.where is not None else None
    if rule.where is not None:
        yield Demand(kinds=kinds if kinds is not None else _holders(rule.where, schema))
        yield from _of_condition(rule.where, schema, kinds)
    if rule.must is not None:
        if rule.where is None and schema is None and _asks_subjects(rule.must):
            yield Demand(kinds=None)  # every layer, whatever its name
        yield Demand(kinds=_kinds_named(rule.must, schema))
        yield from _of_condition(rule.must, schema, kinds)


def _asks_subjects(condition: Condition) -> bool:
    """Whether a requirement is about subjects, and not about the source alone."""
    match condition:
        case All(of) | AnyOf(of):
            return any(_asks_subjects(part) for part in of)
        case Not(of):
            return _asks_subjects(of)
        case Check(name, _):
            return not CHECKS[name].of_source
        case _:
            return True


_SIDES = frozenset({Measure.WEST, Measure.SOUTH, Measure.EAST, Measure.NORTH})


def _of_role(across: Across, role: Role, schema: IfcSchema | None) -> Iterator[Demand]:
    if role.of is Of.LAYERS:
        yield Demand(extents=bool(_SIDES & set(role.take.values())))  # every reader tells of its layers
        return
    kinds = _kinds_bound(role.where, schema) if role.where is not None else None
    bound = kinds if kinds is not None or role.where is None else _holders(role.where, schema)
    yield Demand(kinds=bound)
    if role.where is not None:
        yield from _of_condition(role.where, schema, kinds)
    for taken in role.take.values():
        if not isinstance(taken, Measure):
            yield from _of_condition(taken, schema, kinds)
    measures = across.measures(role)
    if measures - {Measure.ID}:
        outlines = bool(measures & {Measure.PLACE, Measure.SHAPE})
        yield Demand(georeference=schema is not None, geometry=schema is None and outlines)


def _kinds_bound(condition: Condition, schema: IfcSchema | None) -> frozenset[str] | None:
    """Kinds outside of which nothing can meet the condition; None: no such bound."""
    match condition:
        case Entity():
            if schema is None and condition.name.exact_texts() is None:
                return None  # a pattern: only the source knows its layers
            return kinds_named(condition, schema)
        case All(of):
            bounds = [bound for part in of if (bound := _kinds_bound(part, schema)) is not None]
            return reduce(frozenset.__and__, bounds) if bounds else None
        case AnyOf(of):
            parts = [_kinds_bound(part, schema) for part in of]
            known = [part for part in parts if part is not None]
            return frozenset().union(*known) if len(known) == len(parts) else None
        case _:
            return None


def _holders(condition: Condition, schema: IfcSchema | None) -> frozenset[str] | None:
    """Kinds that can have what a selection without an entity asks for; None: any.

    A name alone selects surface styles and layers too, and what has properties may be a profile.
    """
    if schema is None:
        return None
    match condition:
        case Attribute() if condition.cardinality is Cardinality.REQUIRED:
            return frozenset().union(*(_having(schema, name) for name in _attribute_names(schema, condition.name)))
        case Property() if condition.cardinality is Cardinality.REQUIRED:
            return frozenset().union(*(schema.subtypes(name) for name in _WITH_PROPERTIES if name in schema.entities))
        case All(of):
            bounds = [bound for part in of if (bound := _holders(part, schema)) is not None]
            return reduce(frozenset.__and__, bounds) if bounds else None
        case _:
            return None


_WITH_PROPERTIES = ("IFCOBJECTDEFINITION", "IFCMATERIAL", "IFCMATERIALDEFINITION", "IFCPROFILEDEF")


@lru_cache(maxsize=256)
def _attribute_names(schema: IfcSchema, test: Restriction) -> tuple[str, ...]:
    names = pl.Series(
        sorted({attribute.name for entity in schema.entities.values() for attribute in entity.attributes}),
        dtype=pl.String,
    )
    return tuple(names.filter(pl.Series(test.accepts_text(names))))


@lru_cache(maxsize=256)
def _having(schema: IfcSchema, name: str) -> frozenset[str]:
    """Entities with an attribute of that name."""
    return frozenset(
        upper
        for upper, entity in schema.entities.items()
        if any(attribute.name == name for attribute in entity.attributes)
    )


def _kinds_named(condition: Condition, schema: IfcSchema | None) -> frozenset[str]:
    """Kinds that conditions inside checks speak of: the other ends, the holders of keys."""
    match condition:
        case All(of) | AnyOf(of):
            return frozenset().union(*(_kinds_named(part, schema) for part in of))
        case Not(of):
            return _kinds_named(of, schema)
        case Check(_, options):
            bounds = (_kinds_bound(inner, schema) for inner in conditions_in(options))
            return frozenset().union(*(bound for bound in bounds if bound))
        case _:
            return frozenset()


#: Checks whose operands and conditions are asked of the selected subjects themselves, and of nobody else.
_OF_THE_SELECTED = frozenset(
    {"agree", "compare", "fresh", "heights_agree", "same_as", "share", "unique", "valid_code", "within"}
)


def _of_condition(condition: Condition, schema: IfcSchema | None, kinds: frozenset[str] | None) -> Iterator[Demand]:
    """The demand of a condition that is asked of subjects of these kinds; None: of any."""
    match condition:
        case All(of) | AnyOf(of):
            for part in of:
                yield from _of_condition(part, schema, kinds)
        case Not(of):
            yield from _of_condition(of, schema, kinds)
        case Check(name, options):
            yield import_module(f"cimkit.checks.{CHECKS[name].module}").demand(options)
            asked = kinds if name in _OF_THE_SELECTED else None
            for inner in conditions_in(options):
                yield from _of_condition(inner, schema, asked)
        case PartOf():
            yield Demand(relations=frozenset(condition.relations or IDS_RELATIONS))
            if condition.entity is not None:
                yield from _of_condition(condition.entity, schema, None)
        case Attribute() if kinds is not None and not _are_borrowed(kinds, schema):
            yield Demand(attributes_of=frozenset({AttributeDemand(condition.name, kinds)}))
        case _:
            yield _of_facet(condition, schema)


def _are_borrowed(kinds: frozenset[str], schema: IfcSchema | None) -> bool:
    """Whether one of the kinds is a name that IFC2X3's occurrences only go by, told apart by their types."""
    return schema is not None and any(
        kind not in schema.entities and f"{kind}TYPE" in schema.entities for kind in kinds
    )


def _of_facet(facet: Condition, schema: IfcSchema | None) -> Demand:
    match facet:
        case Entity():
            return Demand(predefined_types=facet.predefined_type is not None)
        case Attribute():
            return Demand(attributes=frozenset({facet.name}))
        case Property():
            carriers = ((facet.set, facet.name), *facet.carriers, *facet.elsewhere)
            anywhere = {name for set_, name in carriers if set_ is None}  # and so in the sets that are named, too
            wanted = (pair for pair in carriers if pair[0] is None or pair[1] not in anywhere)
            tests = ((_as_read(set_, schema), _as_read(name, schema)) for set_, name in wanted)
            return Demand(properties=frozenset(PropertyDemand(set_, name) for set_, name in tests))
        case Classification():
            return Demand(classifications=True)
        case Material():
            return Demand(materials=True)
        case Phase():
            return Demand(phases=True)
        case _:
            return Demand()


def _as_read(test: Restriction | None, schema: IfcSchema | None) -> NameTest | None:
    """The test that a reader makes of names of sets and properties. Without a schema they are layers and fields."""
    if test is None or schema is not None or not (test.fold and test.names_only):
        return test
    return FoldedNames.of(test.values)

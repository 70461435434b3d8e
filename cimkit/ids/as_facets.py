"""Conditions as facets of IDS, one IFC version at a time: what has a facet is said, what has none is named.

A pack's `entity` includes subtypes, IDS's does not: subtypes are spelled out. Names that a pack compares folded are
written as the pack writes them.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from cimkit.ids.audit.knowledge import Knowledge, attribute_bases, knowledge
from cimkit.ids.audit.values import fits
from cimkit.ids.document import (
    AttributeFacet,
    ClassificationFacet,
    EntityFacet,
    Facet,
    IdsValue,
    Limit,
    MaterialFacet,
    PartOfFacet,
    PropertyFacet,
)
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
from cimkit.rules.restriction import Restriction, read_real

__all__ = ["CannotSayError", "Sayer", "entity_facet", "is_of_entities", "names_of", "value_of"]

_ANYTHING = IdsValue(line=0, base="string", limits=(Limit("pattern", ".*", 0),))
_TRUTH = {"true": "true", "1": "true", "false": "false", "0": "false"}
_VOID_AND_FILL = frozenset({"IFCRELVOIDSELEMENT", "IFCRELFILLSELEMENT"})


class CannotSayError(Exception):
    """Raised when a condition has no facet; `reason` is the ending of a locale key `ids.unsaid_...`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Sayer(Struct):
    """Says conditions in one IFC version. missing: (reason, detail) of what the facets made so far leave out."""

    known: Knowledge
    missing: list[tuple[str, str]] = field(default_factory=list)

    def facet(self, condition: Condition, *, required: bool) -> Facet:
        """The facet of a condition. required: among the requirements, where a facet may be optional or prohibited.

        Of a property that may stand in several places the first is said: among what a rule applies to that selects
        less than the rule does, among what it requires it is stricter. Raises CannotSayError.
        """
        if not required and getattr(condition, "cardinality", Cardinality.REQUIRED) is not Cardinality.REQUIRED:
            raise CannotSayError("negation")
        match condition:
            case Entity() | AnyOf() if is_of_entities(condition):
                return entity_facet(names_of(condition, self.known), _predefined(condition))
            case AnyOf():
                return self._one_of_attributes(condition, required=required)
            case Attribute():
                return self._attribute(condition, required=required)
            case Property():
                return self._property(condition, required=required)
            case Classification():
                common = _common(condition, condition.value, required=required)
                system = value_of(condition.system) or _ANYTHING
                return ClassificationFacet(line=0, system=system, value=value_of(condition.value), **common)
            case Material():
                common = _common(condition, condition.value, required=required)
                return MaterialFacet(line=0, value=value_of(condition.value), **common)
            case PartOf():
                return self._part_of(condition, required=required)
            case Phase() | Not(of=Phase()):
                raise CannotSayError("phase")
            case Check():
                raise CannotSayError("check", condition.name)
            case All():
                raise CannotSayError("choice")
            case _:
                raise CannotSayError("negation")

    def _attribute(self, condition: Attribute, *, required: bool) -> AttributeFacet:
        common = _common(condition, condition.value, required=required)
        value = condition.value
        base = _base_of_attribute(condition.name.values, self.known.version) if value is not None else "string"
        return AttributeFacet(
            line=0, name=value_of(condition.name), value=self._fitting(value, base, condition.name), **common
        )

    def _one_of_attributes(self, condition: AnyOf, *, required: bool) -> Facet:
        """A choice between attributes that ask the same is one facet with several names: one of them is enough."""
        parts = [part for part in condition.of if isinstance(part, Attribute)]
        alike = {(part.value, part.cardinality) for part in parts}
        plain = all(part.name.exact_texts() is not None or part.name.simple for part in parts)
        if len(parts) < len(condition.of) or len(alike) > 1 or not plain:
            raise CannotSayError("choice")
        names = tuple(dict.fromkeys(name for part in parts for name in part.name.values))
        return self._attribute(replace(parts[0], name=Restriction(values=names)), required=required)

    def _property(self, condition: Property, *, required: bool) -> PropertyFacet:
        if condition.set is None or not (condition.every or _is_one_name(condition.set, condition.name)):
            raise CannotSayError("any_set", condition.name.describe())
        condition = self._in_a_sound_place(condition)
        assert condition.set is not None
        if condition.carriers:
            others = ", ".join(f"{s.describe() if s else '*'}.{n.describe()}" for s, n in condition.carriers[:3])
            self.missing.append(("carriers", others + (" …" if len(condition.carriers) > 3 else "")))
        if condition.set.fold or condition.name.fold:
            self.missing.append(("spelling", ""))
        prohibited = condition.cardinality is Cardinality.PROHIBITED
        if prohibited and (condition.value is not None or condition.datatype is not None):
            raise CannotSayError("prohibited_value", condition.name.describe())
        datatype = self._datatype(condition)
        base = self.known.data_types.get(datatype or "", "string") or "string"
        asks = condition.value if condition.value is not None else condition.datatype
        return PropertyFacet(
            line=0,
            set=value_of(condition.set),
            name=value_of(condition.name),
            value=self._fitting(condition.value, base, condition.name),
            datatype=datatype,
            uri=condition.uri,
            **_common(condition, asks, required=required),
        )

    def _in_a_sound_place(self, condition: Property) -> Property:
        """The condition with the first of its places in front that this version allows: standard sets are closed."""
        places = [(condition.set, condition.name), *condition.carriers]
        for index, (set_, name) in enumerate(places):
            if set_ is not None and self._is_sound(set_.values, name.values):
                return replace(condition, set=set_, name=name, carriers=(*places[:index], *places[index + 1 :]))
        return condition

    def _is_sound(self, sets: tuple[str, ...], names: tuple[str, ...]) -> bool:
        for set_name in sets:
            template = self.known.standard_sets.get(set_name)
            if template is not None and not all(name in template.properties for name in names):
                return False
            if template is None and set_name.casefold().startswith(self.known.reserved_prefixes):
                return False
        return bool(sets)

    def _datatype(self, condition: Property) -> str | None:
        """The data type asked for. A value needs one too: the standard's, else what the value is written as."""
        wanted = condition.datatype
        if condition.cardinality is Cardinality.PROHIBITED or (wanted is None and condition.value is None):
            return None
        exact = wanted.exact_texts() if wanted is not None else None
        if exact is not None and len(exact) == 1:
            return next(iter(exact))
        likely = self._standard_type(condition)
        if likely is None and condition.value is not None:
            likely = _assumed_type(condition.value)
        if wanted is not None and (likely is None or not _accepts(wanted, likely)):
            if condition.value is not None:
                raise CannotSayError("data_types", condition.name.describe())
            self.missing.append(("data_types", condition.name.describe()))
            return None
        self.missing.append(("assumed_type", likely or ""))
        return likely

    def _standard_type(self, condition: Property) -> str | None:
        """The data type that the standard gives the property, if it is a standard one with values to compare."""
        for set_name in condition.set.values if condition.set is not None else ():
            template = self.known.standard_sets.get(set_name)
            for name in condition.name.values:
                if template is not None and name in template.properties:
                    measure = template.properties[name].measure
                    return measure if measure in self.known.data_types else None
        return None

    def _fitting(self, value: Restriction | None, base: str, about: Restriction) -> IdsValue | None:
        """The value as IDS writes it: of a list only what data of this kind can be."""
        if value is None or not value.values or base == "string":
            return value_of(value, base)
        fitting = tuple(text for text in value.values if fits(text, frozenset({base})))
        if not fitting:
            raise CannotSayError("values", about.describe())
        if len(fitting) < len(value.values):
            self.missing.append(("values", about.describe()))
        if base == "boolean":  # which takes no enumeration
            fitting = tuple({_TRUTH[text]: None for text in fitting})
            if len(fitting) > 1:
                return None
        return value_of(replace(value, values=fitting), base)

    def _part_of(self, condition: PartOf, *, required: bool) -> PartOfFacet:
        if condition.cardinality is Cardinality.OPTIONAL:
            raise CannotSayError("optional_nothing")
        relations = condition.relations
        if relations == _VOID_AND_FILL:
            relation: str | None = "IFCRELVOIDSELEMENT IFCRELFILLSELEMENT"
        elif len(relations) > 1 or relations & _VOID_AND_FILL:
            raise CannotSayError("relations", ", ".join(sorted(relations)))
        else:
            relation = next(iter(relations), None)
        whole = EntityFacet(line=0, name=_ANYTHING)
        if condition.entity is not None:
            whole = entity_facet(names_of(condition.entity, self.known), _predefined(condition.entity))
        return PartOfFacet(
            line=0, entity=whole, relation=relation, **_common(condition, condition.relations, required=required)
        )


# --- entities -------------------------------------------------------------------------------------------------------


def is_of_entities(condition: Condition) -> bool:
    """Whether a condition is about kinds alone: one entity, or a choice of entities without predefined types."""
    if isinstance(condition, AnyOf):
        return all(isinstance(part, Entity) and part.predefined_type is None for part in condition.of)
    return isinstance(condition, Entity)


def _predefined(condition: Condition) -> Restriction | None:
    return condition.predefined_type if isinstance(condition, Entity) else None


def names_of(condition: Condition, known: Knowledge) -> frozenset[str] | IdsValue:
    """The entities that a condition means in one version, subtypes spelled out; or the pattern an exact one names.

    Raises CannotSayError: for a pattern that includes subtypes, for entities that the version does not have.
    """
    if isinstance(condition, AnyOf):
        found: set[str] = set()
        for part in condition.of:
            try:
                names = names_of(part, known)
            except CannotSayError as problem:
                if problem.reason != "version":
                    raise
                continue  # this version lacks one of several
            if isinstance(names, IdsValue):
                raise CannotSayError("choice")
            found |= names
        if not found:
            raise CannotSayError("version", known.version)
        return frozenset(found)
    if not isinstance(condition, Entity) or condition.cardinality is not Cardinality.REQUIRED:
        raise CannotSayError("negation")
    exact = condition.name.exact_texts() or frozenset(condition.name.values)
    if not exact:
        if not condition.exact:
            raise CannotSayError("entity_pattern", condition.name.describe())
        return value_of(condition.name) or _ANYTHING
    upper = {name.upper() for name in exact}
    meant = upper if condition.exact else {below for name in upper for below in _expanded(name, known)}
    concrete = meant & known.concrete
    if not concrete:
        raise CannotSayError("version", f"{', '.join(sorted(upper))} {known.version}")
    if condition.predefined_type is not None:
        concrete = {name for name in concrete if known.predefined_types(name) is not None} or concrete
    return frozenset(concrete)


def entity_facet(names: frozenset[str] | IdsValue, predefined: Restriction | None = None) -> EntityFacet:
    """One facet for all of them."""
    if isinstance(names, IdsValue):
        return EntityFacet(line=0, name=names, predefined_type=value_of(predefined))
    listed = sorted(names)
    if len(listed) == 1:
        name = IdsValue(line=0, simple=listed[0])
    else:
        name = IdsValue(line=0, base="string", limits=tuple(Limit("enumeration", each, 0) for each in listed))
    return EntityFacet(line=0, name=name, predefined_type=value_of(predefined))


def _expanded(name: str, known: Knowledge) -> set[str]:
    """The entity and all below it; names that IDS borrows for IFC2X3 count under their IFC4 ancestors."""
    found = set(known.schema.subtypes(name))
    return found | {borrowed for borrowed in known.borrowed if known.is_a(borrowed, name)}


@lru_cache(maxsize=1024)
def _base_of_attribute(names: tuple[str, ...], version: str) -> str:
    """In which XSD type values of the attributes are written; text where entities disagree."""
    known = knowledge(version)
    bases = {
        base
        for entity in known.schema.entities
        for attribute in known.attributes(entity)
        if attribute.name in names
        for base in attribute_bases(attribute)
    }
    return next(iter(bases)) if len(bases) == 1 else "string"


# --- values ---------------------------------------------------------------------------------------------------------


def _is_one_name(*names: Restriction) -> bool:
    """Whether each is one plain name: of several that match, IDS would demand all."""
    return all(len(name.values) == 1 and not name.patterns for name in names)


def _accepts(restriction: Restriction, text: str) -> bool:
    import polars as pl

    return bool(restriction.accepts_text(pl.Series([text]))[0])


def _common(condition: Condition, asks: object, *, required: bool) -> dict[str, str | None]:
    """Cardinality and instructions, which only requirements have. asks: what an optional facet would compare."""
    if not required:
        return {}
    cardinality: Cardinality = getattr(condition, "cardinality", Cardinality.REQUIRED)
    if cardinality is Cardinality.OPTIONAL and asks is None:
        raise CannotSayError("optional_nothing")
    written = None if cardinality is Cardinality.REQUIRED else cardinality.value
    return {"cardinality": written, "instructions": getattr(condition, "instructions", None)}


def _assumed_type(value: Restriction) -> str:
    """What buildingSMART's guide prefers for custom properties: label, integer, real, by how the value is written."""
    if value.values and set(value.values) <= {"true", "false"}:
        return "IFCBOOLEAN"
    bounds = (value.min_inclusive, value.max_inclusive, value.min_exclusive, value.max_exclusive)
    written = [*value.values, *(bound for bound in bounds if bound is not None)]
    if written and all(read_real(text) is not None for text in written):
        return "IFCREAL" if value.is_range or any("." in text for text in written) else "IFCINTEGER"
    return "IFCLABEL"


def value_of(restriction: Restriction | None, base: str = "string") -> IdsValue | None:
    """A restriction as IDS writes it, on the base type given."""
    if restriction is None:
        return None
    limits = [Limit("pattern", pattern, 0) for pattern in restriction.patterns]
    for kind, limit in (
        ("minInclusive", restriction.min_inclusive),
        ("maxInclusive", restriction.max_inclusive),
        ("minExclusive", restriction.min_exclusive),
        ("maxExclusive", restriction.max_exclusive),
        ("length", restriction.length),
        ("minLength", restriction.min_length),
        ("maxLength", restriction.max_length),
    ):
        if limit is not None:
            limits.append(Limit(kind, str(limit), 0))
    if len(restriction.values) == 1 and not limits:
        return IdsValue(line=0, simple=restriction.values[0])
    listed = [Limit("enumeration", text, 0) for text in restriction.values]
    return IdsValue(line=0, base=base, limits=(*listed, *limits))

"""Rules as an IDS document, for programs that read IDS, with a list of what IDS can't say.

A pack's `entity` includes subtypes, IDS's does not: subtypes are spelled out, and IFC versions in which they differ get
specifications of their own. What a rule selects must be said in full, or the rule is left out: a specification that
applies to more would accuse the innocent. Of what it asks for, parts that can't be said are left out and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cimkit.ids.audit.knowledge import IFC_VERSIONS, Knowledge, knowledge
from cimkit.ids.document import (
    AttributeFacet,
    ClassificationFacet,
    Document,
    EntityFacet,
    Facet,
    IdsValue,
    Info,
    Limit,
    MaterialFacet,
    PartOfFacet,
    PropertyFacet,
    Specification,
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
from cimkit.rules.model import Executable, Rule, Severity
from cimkit.rules.restriction import Restriction, read_real

__all__ = ["Export", "Unsaid", "export_rules"]

_ANYTHING = IdsValue(line=0, base="string", limits=(Limit("pattern", ".*", 0),))
_VOID_AND_FILL = frozenset({"IFCRELVOIDSELEMENT", "IFCRELFILLSELEMENT"})


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What IDS can't say of a rule. `whole`: the rule is not in the document at all; `reason`: key of the sentence."""

    code: str
    whole: bool
    reason: str
    detail: str = ""

    def message(self, lang: str = "zh") -> str:
        """The sentence in `lang` ("zh" or "en")."""
        from cimkit.locales import text

        return text(self.reason, lang, code=self.code, detail=self.detail)


@dataclass(frozen=True, slots=True)
class Export:
    """A document and what it leaves unsaid."""

    document: Document
    unsaid: tuple[Unsaid, ...]


class _CannotSayError(Exception):
    """Raised inside when a condition has no facet; `reason` is the ending of a locale key."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = f"ids.unsaid_{reason}"
        self.detail = detail


def export_rules(
    rules: Iterable[Rule], info: Info, *, versions: Sequence[str] = IFC_VERSIONS, lang: str = "zh"
) -> Export:
    """The rules as IDS 1.0. `lang`: in which language names and instructions are written."""
    specifications: list[Specification] = []
    unsaid: list[Unsaid] = []
    for rule in rules:
        made, missing = _Exporter(rule, [knowledge(version) for version in versions], lang).export()
        specifications += made
        unsaid += missing
    return Export(Document(info, tuple(specifications)), tuple(unsaid))


@dataclass(slots=True)
class _Exporter:
    """One rule on its way into IDS."""

    rule: Rule
    versions: list[Knowledge]
    lang: str

    def export(self) -> tuple[list[Specification], list[Unsaid]]:
        try:
            return self._export()
        except _CannotSayError as problem:
            return [], [Unsaid(self.rule.code, True, problem.reason, problem.detail)]

    def _export(self) -> tuple[list[Specification], list[Unsaid]]:
        rule = self.rule
        if rule.executable is Executable.MANUAL:
            raise _CannotSayError("manual")
        if rule.where is None:
            raise _CannotSayError("whole_source")
        versions = [known for known in self.versions if not rule.applies_to or self._applies(known)]
        missing: list[Unsaid] = []
        by_expansion: dict[tuple[tuple[Facet, ...], tuple[Facet, ...]], list[str]] = {}
        for known in versions:
            applicability = tuple(self._selects(part, known, missing) for part in _parts(rule.where))
            requirements: list[Facet] = []
            for part in _parts(rule.must) if rule.must is not None else ():
                try:
                    requirements.append(self._requires(part, known, missing))
                except _CannotSayError as problem:
                    missing.append(Unsaid(rule.code, False, problem.reason, problem.detail))
            by_expansion.setdefault((applicability, tuple(requirements)), []).append(known.version)
        if rule.must is not None and not any(requirements for _, requirements in by_expansion):
            first = missing[0] if missing else Unsaid(rule.code, True, "ids.unsaid_version", "")
            return [], [replace(first, whole=True)]
        if rule.severity is not Severity.ERROR:
            missing.append(Unsaid(rule.code, False, "ids.unsaid_severity", rule.severity.value))
        made = [self._specification(*facets, names) for facets, names in by_expansion.items()]
        if len(made) > 1:  # an identifier stands once in a file
            made = [replace(spec, identifier=f"{rule.code} {' '.join(spec.versions)}") for spec in made]
        return made, list(dict.fromkeys(missing))

    def _applies(self, known: Knowledge) -> bool:
        return known.version in self.rule.applies_to or "ifc" in self.rule.applies_to

    def _specification(
        self, applicability: tuple[Facet, ...], requirements: tuple[Facet, ...], versions: list[str]
    ) -> Specification:
        least, most = self.rule.occurs or (0, None)
        prohibited = most == 0
        return Specification(
            line=0,
            name=self.rule.title.get(self.lang) or self.rule.name,
            versions=tuple(versions),
            applicability=applicability,
            requirements=None if prohibited else requirements,
            min_occurs="0" if prohibited or least == 0 else "1",
            max_occurs="0" if prohibited else "unbounded",
            identifier=self.rule.code,
            description=self.rule.why.get(self.lang),
            instructions=self.rule.fix.get(self.lang),
        )

    # --- conditions -----------------------------------------------------------------------------------------------

    def _selects(self, condition: Condition, known: Knowledge, missing: list[Unsaid]) -> Facet:
        """The facet of a part of `where`, which may select less than the part does, never more."""
        if getattr(condition, "cardinality", Cardinality.REQUIRED) is not Cardinality.REQUIRED:
            raise _CannotSayError("negation")
        return self._facet(condition, known, missing, required=False)

    def _requires(self, condition: Condition, known: Knowledge, missing: list[Unsaid]) -> Facet:
        if isinstance(condition, Not):
            inner = condition.of
            if isinstance(inner, Attribute | Classification | Material | PartOf | Property):
                condition = replace(inner, cardinality=Cardinality.PROHIBITED)
            else:
                raise _CannotSayError("negation")
        return self._facet(condition, known, missing, required=True)

    def _facet(self, condition: Condition, known: Knowledge, missing: list[Unsaid], *, required: bool) -> Facet:
        match condition:
            case Entity():
                if condition.cardinality is not Cardinality.REQUIRED:
                    raise _CannotSayError("negation")
                return _entity(condition, known)
            case AnyOf():
                return self._one_of_entities(condition, known)
            case Attribute():
                common = _common(condition.cardinality, condition.instructions, asks=condition.value is not None)
                value = _value(condition.value)
                return AttributeFacet(line=0, name=_value(condition.name), value=value, **(common if required else {}))
            case Property():
                return self._property(condition, known, missing, required=required)
            case Classification():
                common = _common(condition.cardinality, condition.instructions, asks=condition.value is not None)
                system = _value(condition.system) or _ANYTHING
                value = _value(condition.value)
                return ClassificationFacet(line=0, system=system, value=value, **(common if required else {}))
            case Material():
                common = _common(condition.cardinality, condition.instructions, asks=condition.value is not None)
                return MaterialFacet(line=0, value=_value(condition.value), **(common if required else {}))
            case PartOf():
                return _part_of(condition, known, required=required)
            case Phase():
                raise _CannotSayError("phase")
            case Check():
                raise _CannotSayError("check", condition.name)
            case All() | Not():
                raise _CannotSayError("negation" if isinstance(condition, Not) else "choice")

    def _one_of_entities(self, condition: AnyOf, known: Knowledge) -> Facet:
        """Several entities are one enumeration; any other choice has no form in IDS."""
        facets = [
            _entity(part, known) for part in condition.of if isinstance(part, Entity) and part.predefined_type is None
        ]
        if len(facets) < len(condition.of):
            raise _CannotSayError("choice")
        names = {limit.value for facet in facets if facet.name is not None for limit in facet.name.texts()}
        return EntityFacet(line=0, name=_names(names))

    def _property(
        self, condition: Property, known: Knowledge, missing: list[Unsaid], *, required: bool
    ) -> PropertyFacet:
        if condition.set is None:
            raise _CannotSayError("any_set")
        if condition.carriers:
            others = ", ".join(f"{s.describe() if s else '*'}.{n.describe()}" for s, n in condition.carriers[:3])
            missing.append(Unsaid(self.rule.code, False, "ids.unsaid_carriers", others))
        prohibited = condition.cardinality is Cardinality.PROHIBITED
        if prohibited and (condition.value is not None or condition.datatype is not None):
            raise _CannotSayError("prohibited_value", condition.name.describe())
        datatype = self._datatype(condition, known, missing)
        base = known.data_types.get(datatype or "", "string") or "string"
        asks = condition.value is not None or datatype is not None
        common = _common(condition.cardinality, condition.instructions, asks=asks)
        return PropertyFacet(
            line=0,
            set=_value(condition.set),
            name=_value(condition.name),
            value=_value(condition.value, base),
            datatype=datatype,
            uri=condition.uri,
            **(common if required else {}),
        )

    def _datatype(self, condition: Property, known: Knowledge, missing: list[Unsaid]) -> str | None:
        """The data type asked for, or the standard's; for a value of a custom property the kind it is written as."""
        if condition.cardinality is Cardinality.PROHIBITED:
            return None
        names = condition.datatype.exact_texts() if condition.datatype is not None else None
        if names and len(names) == 1:
            return next(iter(names))
        if names is not None or condition.datatype is not None:
            raise _CannotSayError("data_types", condition.name.describe())
        for set_name in _texts(condition.set):
            template = known.standard_sets.get(set_name)
            for name in _texts(condition.name):
                if template is not None and name in template.properties:
                    measure = template.properties[name].measure
                    return measure if measure in known.data_types else None
        if condition.value is None:
            return None
        assumed = _assumed_type(condition.value)
        missing.append(Unsaid(self.rule.code, False, "ids.unsaid_assumed_type", assumed))
        return assumed


# --- helpers --------------------------------------------------------------------------------------------------------


def _parts(condition: Condition) -> list[Condition]:
    """The conditions that hold together, nested ones too."""
    if isinstance(condition, All):
        return [inner for part in condition.of for inner in _parts(part)]
    return [condition]


def _texts(restriction: Restriction | None) -> tuple[str, ...]:
    return restriction.values if restriction is not None else ()


def _common(cardinality: Cardinality, instructions: str | None, *, asks: bool) -> dict[str, str | None]:
    if cardinality is Cardinality.OPTIONAL and not asks:
        raise _CannotSayError("optional_nothing")
    written = None if cardinality is Cardinality.REQUIRED else cardinality.value
    return {"cardinality": written, "instructions": instructions}


def _entity(condition: Entity, known: Knowledge) -> EntityFacet:
    exact = condition.name.exact_texts()
    upper = {name.upper() for name in (exact if exact is not None else _texts(condition.name))}
    if exact is None and not upper:
        if not condition.exact:
            raise _CannotSayError("entity_pattern", condition.name.describe())
        return EntityFacet(line=0, name=_value(condition.name), predefined_type=_value(condition.predefined_type))
    names = set(upper) if condition.exact else {sub for name in upper for sub in _expanded(name, known)}
    concrete = names & known.concrete
    if not concrete:
        raise _CannotSayError("version", f"{', '.join(sorted(upper))} {known.version}")
    if condition.predefined_type is not None:
        concrete = {name for name in concrete if known.predefined_types(name) is not None} or concrete
    return EntityFacet(line=0, name=_names(concrete), predefined_type=_value(condition.predefined_type))


def _expanded(name: str, known: Knowledge) -> set[str]:
    """The entity and all below it; names that IDS borrows for IFC2X3 count under their IFC4 ancestors."""
    found = set(known.schema.subtypes(name))
    return found | {borrowed for borrowed in known.borrowed if known.is_a(borrowed, name)}


def _names(names: set[str]) -> IdsValue:
    listed = sorted(names)
    if len(listed) == 1:
        return IdsValue(line=0, simple=listed[0])
    return IdsValue(line=0, base="string", limits=tuple(Limit("enumeration", name, 0) for name in listed))


def _part_of(condition: PartOf, known: Knowledge, *, required: bool) -> PartOfFacet:
    if condition.cardinality is Cardinality.OPTIONAL:
        raise _CannotSayError("optional_nothing")
    relations = condition.relations
    if relations == _VOID_AND_FILL:
        relation: str | None = "IFCRELVOIDSELEMENT IFCRELFILLSELEMENT"
    elif len(relations) > 1 or relations & _VOID_AND_FILL:
        raise _CannotSayError("relations", ", ".join(sorted(relations)))
    else:
        relation = next(iter(relations), None)
    whole = EntityFacet(line=0, name=_ANYTHING) if condition.entity is None else _entity(condition.entity, known)
    common = _common(condition.cardinality, condition.instructions, asks=True) if required else {}
    return PartOfFacet(line=0, entity=whole, relation=relation, **common)


def _assumed_type(value: Restriction) -> str:
    """What buildingSMART's guide prefers for custom properties: label, integer, real, by how the value is written."""
    if value.values and set(value.values) <= {"true", "false"}:
        return "IFCBOOLEAN"
    bounds = (value.min_inclusive, value.max_inclusive, value.min_exclusive, value.max_exclusive)
    written = [*value.values, *(bound for bound in bounds if bound is not None)]
    if written and all(read_real(text) is not None for text in written):
        return "IFCREAL" if value.is_range or any("." in text for text in written) else "IFCINTEGER"
    return "IFCLABEL"


def _value(restriction: Restriction | None, base: str = "string") -> IdsValue | None:
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

"""Rules as an IDS document, for programs that read IDS, with a list of what IDS can't say.

What a rule selects must be said in full, or the rule is left out: a specification that applies to more would accuse
the innocent. A choice among what it selects becomes several specifications, something it excludes a prohibited one, and
IFC versions whose subtypes differ get specifications of their own. Of what a rule asks for, parts that can't be said
are left out and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from cimkit.ids.as_facets import CannotSayError, Sayer, entity_facet, is_of_entities, names_of
from cimkit.ids.audit.audit import audit
from cimkit.ids.audit.knowledge import IFC_VERSIONS, Knowledge, knowledge
from cimkit.ids.document import Document, Facet, IdsValue, Info, Specification
from cimkit.ids.write import write_document
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
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

__all__ = ["Export", "Unsaid", "export_rules"]

#: What IDS leaves unsaid without changing which things fail a rule that is asked.
_HARMLESS = frozenset({"ids.unsaid_severity", "ids.unsaid_discipline", "ids.unsaid_spelling"})
#: Into so many specifications a rule may be taken apart, in one IFC version.
_MAX_PARTS = 24
_OLD_PHASES = frozenset({"existing", "demolished", "temporary"})


class Unsaid(Struct, frozen=True):
    """What IDS can't say of a rule. `whole`: the rule is not in the document at all; `reason`: key of the sentence."""

    code: str
    whole: bool
    reason: str
    detail: str = ""

    def message(self, lang: str = "zh") -> str:
        """The sentence in `lang` ("zh" or "en")."""
        from cimkit.locales import text

        return text("ids.unsaid_of_one", lang, code=self.code, what=self.what(lang))

    def what(self, lang: str) -> str:
        """The sentence without the rule of which it is said."""
        from cimkit.locales import text

        return text(self.reason, lang, detail=self.detail)


class Export(Struct, frozen=True):
    """A document and what it leaves unsaid.

    codes  the rules that are in it
    same   those of them that fail the same things as IDS, in models that write names as the document writes them
    """

    document: Document
    unsaid: tuple[Unsaid, ...]
    codes: frozenset[str] = frozenset()

    @property
    def same(self) -> frozenset[str]:
        return self.codes - {unsaid.code for unsaid in self.unsaid if unsaid.reason not in _HARMLESS}


def export_rules(
    rules: Iterable[Rule],
    info: Info,
    *,
    versions: Sequence[str] = IFC_VERSIONS,
    lang: str = "zh",
    missing_parameters: Mapping[str, Sequence[str]] | None = None,
    new_work: bool = False,
) -> Export:
    """The rules as IDS 1.0, which the audit passes.

    lang: in which language names and instructions are written. missing_parameters: rule code -> parameters that nobody
    has set. new_work: the models are of new work only, so that "neither existing nor to be demolished" need not be
    asked; without it rules that ask so are left out, because IDS has no word for phases.
    """
    specifications: list[Specification] = []
    unsaid: list[Unsaid] = []
    for rule in rules:
        unset = (missing_parameters or {}).get(rule.code)
        if unset:
            unsaid.append(Unsaid(rule.code, True, "ids.unsaid_parameter", ", ".join(unset)))
            continue
        made, missing = _Exporter(rule, [knowledge(version) for version in versions], lang, new_work).export()
        specifications += made
        unsaid += missing
    return _without_refused(Export(Document(info, tuple(specifications)), tuple(unsaid)))


def _without_refused(export: Export) -> Export:
    """Only specifications that the audit passes. Leaving one out accuses nobody."""
    report = audit(write_document(export.document), "")
    kept: list[Specification] = []
    refused: dict[str, str] = {}
    for index, spec in enumerate(export.document.specifications):
        refusals = report.refusals(index)
        if refusals:
            refused.setdefault(_code(spec), refusals[0].code)
        else:
            kept.append(spec)
    codes = frozenset(map(_code, kept))
    unsaid = [one for one in export.unsaid if one.code in codes or one.whole]
    unsaid += [Unsaid(code, code not in codes, "ids.unsaid_refused", flaw) for code, flaw in refused.items()]
    return Export(replace(export.document, specifications=tuple(kept)), tuple(unsaid), codes)


def _code(spec: Specification) -> str:
    """The rule that a specification comes from: `ABC-DEF-001/2` is the second of one rule's."""
    return (spec.identifier or "").partition("/")[0]


class _Said(Struct, frozen=True):
    """One specification of a rule before its names and versions are written."""

    applicability: tuple[Facet, ...]
    requirements: tuple[Facet, ...]
    prohibited: bool = False


class _Exporter(Struct):
    """One rule on its way into IDS."""

    rule: Rule
    versions: list[Knowledge]
    lang: str
    new_work: bool

    def export(self) -> tuple[list[Specification], list[Unsaid]]:
        rule = self.rule
        try:
            said, missing = self._of_all_versions()
        except CannotSayError as problem:
            return [], [Unsaid(rule.code, True, f"ids.unsaid_{problem.reason}", problem.detail)]
        if rule.severity is not Severity.ERROR:
            missing.append(("severity", rule.severity.value))
        if rule.disciplines:
            missing.append(("discipline", ", ".join(sorted(rule.disciplines))))
        made = [self._specification(one, names) for one, names in said.items()]
        if len(made) > 1:  # an identifier stands once in a file
            made = [replace(spec, identifier=f"{rule.code}/{number}") for number, spec in enumerate(made, start=1)]
        unsaid = [Unsaid(rule.code, False, f"ids.unsaid_{reason}", detail) for reason, detail in missing]
        return made, list(dict.fromkeys(unsaid))

    def _of_all_versions(self) -> tuple[dict[_Said, list[str]], list[tuple[str, str]]]:
        """Specifications with the IFC versions that each is for, and what they leave unsaid."""
        rule = self.rule
        if rule.executable is Executable.MANUAL:
            raise CannotSayError("manual")
        if rule.where is None:
            raise CannotSayError("whole_source")
        said: dict[_Said, list[str]] = {}
        missing: list[tuple[str, str]] = []
        absent: CannotSayError | None = None
        for known in self.versions:
            if rule.applies_to and not rule.applies_to & {known.version, "ifc"}:
                continue
            sayer = Sayer(known)
            try:
                parts = self._of_one_version(sayer)
            except CannotSayError as problem:
                if problem.reason != "version":
                    raise
                absent = problem  # there is nothing in this version that the rule could speak of
                continue
            for one in parts:
                said.setdefault(one, []).append(known.version)
            missing += sayer.missing
        if not said:
            raise absent or CannotSayError("version", " ".join(sorted(rule.applies_to)))
        return said, missing

    def _of_one_version(self, sayer: Sayer) -> list[_Said]:
        rule = self.rule
        assert rule.where is not None
        least, most = rule.occurs or (0, None)
        said = []
        for selection in _alternatives(rule.where):
            parts = self._without_phase(selection, sayer)
            applicability = _applicability(parts, sayer)
            if most == 0:
                said.append(_Said(applicability, (), prohibited=True))
                continue
            requirements: list[Facet] = []
            for part in _parts(rule.must):
                try:
                    if isinstance(part, Not) and not _has_prohibited_form(part.of):
                        said += _prohibited(parts, part.of, sayer)
                    else:
                        requirements += _requirements(part, sayer)
                except CannotSayError as problem:
                    sayer.missing.append((problem.reason, problem.detail))
            if requirements or least or rule.must is None:
                said.append(_Said(applicability, tuple(requirements)))
        if not said:
            raise CannotSayError(*sayer.missing[-1])
        return said

    def _without_phase(self, parts: Sequence[Condition], sayer: Sayer) -> list[Condition]:
        """The parts of a selection; in models of new work all things are of the phase `new`."""
        if not self.new_work:
            return list(parts)
        kept = [part for part in parts if not _holds_of_new_work(part)]
        if len(kept) < len(parts):
            sayer.missing.append(("new_work", ""))
        return kept

    def _specification(self, said: _Said, versions: list[str]) -> Specification:
        rule = self.rule
        least, _ = rule.occurs or (0, None)
        return Specification(
            line=0,
            name=rule.title.get(self.lang) or rule.name,
            versions=tuple(versions),
            applicability=said.applicability,
            requirements=None if said.prohibited else said.requirements,
            min_occurs="0" if said.prohibited or least == 0 else "1",
            max_occurs="0" if said.prohibited else "unbounded",
            identifier=rule.code,
            description=rule.why.get(self.lang),
            instructions=rule.fix.get(self.lang),
        )


# --- taking conditions apart --------------------------------------------------------------------------------------


def _parts(condition: Condition | None) -> list[Condition]:
    """The conditions that hold together, nested ones too."""
    if condition is None:
        return []
    if isinstance(condition, All):
        return [inner for part in condition.of for inner in _parts(part)]
    return [condition]


def _alternatives(condition: Condition) -> list[tuple[Condition, ...]]:
    """A selection as alternatives of conditions that hold together: what any of them selects, the condition selects."""
    choices = [_choices(part) for part in _parts(condition)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MAX_PARTS:
        raise CannotSayError("choice")
    return [tuple(inner for chosen in one for inner in chosen) for one in product(*choices)]


def _choices(part: Condition) -> list[tuple[Condition, ...]]:
    if not isinstance(part, AnyOf) or is_of_entities(part) or _one_attribute(part):
        return [(part,)]
    return [alternative for option in part.of for alternative in _alternatives(option)]


def _one_attribute(choice: AnyOf) -> bool:
    """Whether a choice between attributes asks them all the same, which one facet says."""
    attributes = [part for part in choice.of if isinstance(part, Attribute)]
    return len(attributes) == len(choice.of) and len({part.value for part in attributes}) == 1


def _holds_of_new_work(part: Condition) -> bool:
    if isinstance(part, Not) and isinstance(part.of, Phase):
        value = part.of.value
        return value is not None and bool(value.values) and set(value.values) <= _OLD_PHASES
    return isinstance(part, Phase) and (part.value is None or "new" in part.value.values)


def _applicability(parts: Sequence[Condition], sayer: Sayer) -> tuple[Facet, ...]:
    """The facets of conditions that hold together. IDS takes one entity facet: several are joined, exclusions too."""
    names: frozenset[str] | IdsValue | None = None
    predefined = None
    facets: list[Facet] = []
    excluded: set[str] = set()
    for part in parts:
        if is_of_entities(part):
            meant = names_of(part, sayer.known)
            if names is not None and (isinstance(names, IdsValue) or isinstance(meant, IdsValue)):
                raise CannotSayError("choice")
            names = meant if names is None or isinstance(meant, IdsValue) else frozenset(names & meant)
            if isinstance(part, Entity) and part.predefined_type is not None:
                if predefined is not None:
                    raise CannotSayError("choice")
                predefined = part.predefined_type
        elif isinstance(part, Not) and is_of_entities(part.of) and not _has_predefined(part.of):
            excluded |= _names_if_any(part.of, sayer.known)
        else:
            facets.append(sayer.facet(part, required=False))
    if excluded and not isinstance(names, frozenset):
        raise CannotSayError("negation")
    if isinstance(names, frozenset):
        names -= excluded
        if not names:
            raise CannotSayError("version", sayer.known.version)
    return tuple(facets) if names is None else (entity_facet(names, predefined), *facets)


def _has_predefined(condition: Condition) -> bool:
    return isinstance(condition, Entity) and condition.predefined_type is not None


def _names_if_any(condition: Condition, known: Knowledge) -> frozenset[str]:
    """The entities excluded; none where the version does not have them."""
    try:
        names = names_of(condition, known)
    except CannotSayError as problem:
        if problem.reason == "version":
            return frozenset()
        raise
    if isinstance(names, IdsValue):
        raise CannotSayError("negation")
    return names


# --- requirements -------------------------------------------------------------------------------------------------


def _requirements(part: Condition, sayer: Sayer) -> list[Facet]:
    """The facets of one requirement."""
    if isinstance(part, Not):
        inner = part.of
        assert isinstance(inner, Attribute | Classification | Material | PartOf | Property)
        part = replace(inner, cardinality=Cardinality.PROHIBITED)
    if isinstance(part, Property) and part.cardinality is Cardinality.PROHIBITED and not part.every:
        places = [(part.set, part.name), *part.carriers]  # it must be in none of them
        return [sayer.facet(replace(part, set=set_, name=name, carriers=()), required=True) for set_, name in places]
    return [sayer.facet(part, required=True)]


def _has_prohibited_form(condition: Condition) -> bool:
    """Whether a facet can prohibit it; a property only as a whole."""
    if isinstance(condition, Property):
        return condition.value is None and condition.datatype is None
    return isinstance(condition, Attribute | Classification | Material | PartOf)


def _prohibited(selection: Sequence[Condition], condition: Condition, sayer: Sayer) -> list[_Said]:
    """Of what is selected nothing may also be so: a specification that prohibits what would apply to it."""
    said = []
    for alternative in _alternatives(condition):
        try:
            said.append(_Said(_applicability((*selection, *alternative), sayer), (), prohibited=True))
        except CannotSayError as problem:
            if problem.reason != "version":
                raise  # what does not exist in this version needs no prohibition
    return said

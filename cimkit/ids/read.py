"""IDS files as rules: one rule a specification, in the same form that packs' rules have.

The entity of a facet is exact (IDS counts no subtypes) and all sets and properties that a facet matches must hold.
A specification that the audit refuses becomes a rule with a flaw: it is reported as blocked, the others are judged.
`ifcVersion` tells what the author had in mind and does not keep a specification from other files, as buildingSMART's
cases want it; it is kept in the rule's citation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from cimkit.ids.audit.audit import audit
from cimkit.ids.audit.flaws import AuditReport, Flaw
from cimkit.ids.document import (
    AttributeFacet,
    ClassificationFacet,
    Document,
    EntityFacet,
    Facet,
    IdsValue,
    MaterialFacet,
    PartOfFacet,
    PropertyFacet,
    Specification,
)
from cimkit.ids.xml import IdsError
from cimkit.locales import text
from cimkit.rules.conditions import (
    All,
    Attribute,
    Cardinality,
    Classification,
    Condition,
    Entity,
    Material,
    PartOf,
    Property,
)
from cimkit.rules.model import Cite, Evidence, Gate, Rule, Severity
from cimkit.rules.restriction import Restriction, exactly
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["IdsFile", "RefusedIdsError", "read_ids", "rules_of"]


class RefusedIdsError(IdsError):
    """An IDS file none of which can be judged, with the first flaw that stands outside its specifications."""

    def __init__(self, name: str, flaw: Flaw) -> None:
        super().__init__(flaw.key, **{"line": flaw.line, "file": name, **flaw.values})
        self.flaw = flaw

    def message(self, lang: str = "zh") -> str:
        """The sentence in `lang`, beginning with the file and its line."""
        said = self.flaw.message(lang)
        if "file" in self.flaw.values:
            return said
        return text("ids.refused", lang, file=self.values["file"], line=self.line or 1, said=said)


class IdsFile(Struct, frozen=True):
    """An IDS file with its rules.

    path    as it was given, or the name that it goes by in reports
    audit   everything that was found in it; `rules` of refused specifications carry a flaw
    """

    path: str
    title: str
    rules: tuple[Rule, ...]
    audit: AuditReport
    document: Document


def read_ids(data: bytes, name: str, *, lang: str = "zh") -> IdsFile:
    """Read an IDS from its bytes; `lang` is that of the sentences in flaws.

    Raises IdsError for what is no XML, no IDS, of a draft before 1.0, or not built as IDS outside its specifications.
    """
    report = audit(data, name)
    document = report.document
    outside = [flaw for flaw in report.findings if flaw.spec is None and flaw.severity is Severity.ERROR]
    if document is None or outside:
        raise RefusedIdsError(name, outside[0])
    title = document.info.title.strip() or Path(name).name
    return IdsFile(
        path=name,
        title=title,
        rules=rules_of(document, name, report, lang=lang),
        audit=report,
        document=document,
    )


def rules_of(document: Document, name: str, report: AuditReport | None = None, *, lang: str = "zh") -> tuple[Rule, ...]:
    """The rules of a document. `report` is its audit, if specifications that it refuses are to carry a flaw."""
    pack = f"ids:{Path(name).name}"
    rules = []
    for index, spec in enumerate(document.specifications):
        refusals = report.refusals(index) if report is not None else ()
        rules.append(_rule(spec, index, pack, document, _flaw(refusals, lang), name))
    return tuple(rules)


def _flaw(refusals: tuple[Flaw, ...], lang: str) -> str | None:
    said = [f"{flaw.code} ({flaw.line}): {flaw.message(lang)}" for flaw in refusals]
    return " ".join(said) or None


def _rule(spec: Specification, index: int, pack: str, document: Document, flaw: str | None, file: str) -> Rule:
    occurs = spec.occurs()
    prohibited = occurs[1] == 0
    requirements = () if prohibited or spec.requirements is None else spec.requirements
    where = tuple(_condition(facet) for facet in spec.applicability)
    must = tuple(_condition(facet) for facet in requirements)
    return Rule(
        code=f"IDS-{index + 1:03}",
        name=spec.identifier or spec.name,
        pack=pack,
        severity=Severity.ERROR,
        where=All(where),
        must=All(must) if must else None,
        evidence=Evidence.TOOL,
        cites=(Cite(document=document.info.title, version=document.info.version, note=" ".join(spec.versions)),),
        gate=Gate.CONTENT,
        occurs=occurs,
        applies_to=IFC_FORMATS,
        title=_both(spec.name),
        why=_both(spec.description or spec.requirements_description),
        fix=_both(_instructions(spec)),
        flaw=flaw,
        file=file,
        line=spec.line,
    )


def _both(text: str | None) -> Mapping[str, str]:
    """IDS says things in one language; readers of either get it."""
    return {"zh": text, "en": text} if text else {}


def _instructions(spec: Specification) -> str | None:
    """The specification's instructions, then those of its requirements, each once."""
    said = [spec.instructions, *(facet.instructions for facet in spec.requirements or ())]
    return "\n".join(dict.fromkeys(text for text in said if text)) or None


# --- facets ---------------------------------------------------------------------------------------------------------


def _restriction(value: IdsValue | None) -> Restriction | None:
    return None if value is None else value.restriction()


def _needed(value: IdsValue | None) -> Restriction:
    """A parameter that a sound file always has; in a flawed one it lets everything through, and is not judged."""
    return Restriction() if value is None else value.restriction()


def _cardinality(facet: Facet) -> Cardinality:
    written = facet.cardinality
    return Cardinality(written) if written in set(Cardinality) else Cardinality.REQUIRED


def _entity(facet: EntityFacet) -> Entity:
    return Entity(
        name=_needed(facet.name),
        predefined_type=_restriction(facet.predefined_type),
        exact=True,
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
    )


def _attribute(facet: AttributeFacet) -> Attribute:
    return Attribute(
        name=_needed(facet.name),
        value=_restriction(facet.value),
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
    )


def _property(facet: PropertyFacet) -> Property:
    return Property(
        set=_needed(facet.set),
        name=_needed(facet.name),
        value=_restriction(facet.value),
        datatype=None if facet.datatype is None else exactly(facet.datatype),
        every=True,
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
        uri=facet.uri,
    )


def _classification(facet: ClassificationFacet) -> Classification:
    return Classification(
        system=_restriction(facet.system),
        value=_restriction(facet.value),
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
        uri=facet.uri,
    )


def _material(facet: MaterialFacet) -> Material:
    return Material(
        value=_restriction(facet.value),
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
        uri=facet.uri,
    )


def _part_of(facet: PartOfFacet) -> PartOf:
    return PartOf(
        entity=None if facet.entity is None else _entity(facet.entity),
        relations=frozenset((facet.relation or "").split()),
        cardinality=_cardinality(facet),
        instructions=facet.instructions,
    )


_CONDITIONS: Mapping[type[Facet], Callable[..., Condition]] = {
    EntityFacet: _entity,
    AttributeFacet: _attribute,
    PropertyFacet: _property,
    ClassificationFacet: _classification,
    MaterialFacet: _material,
    PartOfFacet: _part_of,
}


def _condition(facet: Facet) -> Condition:
    return _CONDITIONS[type(facet)](facet)

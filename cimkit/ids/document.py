"""An IDS file as data: everything it says, in its own words, with the line where it says it.

Reading here is forgiving: what is missing is None, what is unknown is left out, so that the audit can speak of all the
flaws of a file at once. `cimkit.ids.audit` judges; `cimkit.ids.read` makes rules of it; `cimkit.ids.write` writes it.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from msgspec import Struct

from cimkit.ids.xml import IDS, XS, Element, children, line_of
from cimkit.rules.restriction import Restriction

__all__ = [
    "AttributeFacet",
    "ClassificationFacet",
    "Document",
    "EntityFacet",
    "Facet",
    "IdsValue",
    "Info",
    "Limit",
    "MaterialFacet",
    "PartOfFacet",
    "PropertyFacet",
    "Specification",
    "read_document",
]


class Limit(Struct, frozen=True):
    """One limit of a restriction as written: `minInclusive` with `10`."""

    kind: str
    value: str
    line: int
    note: str | None = None


class IdsValue(Struct, frozen=True):
    """A `simpleValue`, or an `xs:restriction` with its base (prefix and all, as written) and its limits in order."""

    line: int
    simple: str | None = None
    base: str | None = None  # local name of the XSD type; None for a simple value
    limits: tuple[Limit, ...] = ()
    note: str | None = None

    def texts(self) -> tuple[Limit, ...]:
        """The simple value or the enumeration."""
        if self.simple is not None:
            return (Limit("simpleValue", self.simple, self.line),)
        return self.of("enumeration")

    def of(self, kind: str) -> tuple[Limit, ...]:
        """The limits of one kind."""
        return tuple(limit for limit in self.limits if limit.kind == kind)

    def restriction(self) -> Restriction:
        """What it lets through. Of a limit that stands twice the last counts, an unreadable length does not."""
        if self.simple is not None:
            return Restriction(base="", values=(self.simple,), simple=True)
        last = {limit.kind: limit.value for limit in self.limits}
        return Restriction(
            base=self.base or "string",
            values=tuple(limit.value for limit in self.of("enumeration")),
            patterns=tuple(limit.value for limit in self.of("pattern")),
            min_inclusive=last.get("minInclusive"),
            max_inclusive=last.get("maxInclusive"),
            min_exclusive=last.get("minExclusive"),
            max_exclusive=last.get("maxExclusive"),
            length=_whole(last.get("length")),
            min_length=_whole(last.get("minLength")),
            max_length=_whole(last.get("maxLength")),
            total_digits=_whole(last.get("totalDigits")),
            fraction_digits=_whole(last.get("fractionDigits")),
        )


class _Facet(Struct, frozen=True):
    """What all facets have. `cardinality` is None where it is not written (it is `required` then)."""

    line: int
    cardinality: str | None = None
    instructions: str | None = None


class EntityFacet(_Facet, frozen=True):
    """An IFC class, and perhaps a predefined type."""

    name: IdsValue | None = None
    predefined_type: IdsValue | None = None


class AttributeFacet(_Facet, frozen=True):
    """An attribute of the schema, and perhaps its value."""

    name: IdsValue | None = None
    value: IdsValue | None = None


class PropertyFacet(_Facet, frozen=True):
    """A property or quantity, perhaps its data type, perhaps its value."""

    set: IdsValue | None = None
    name: IdsValue | None = None
    value: IdsValue | None = None
    datatype: str | None = None
    uri: str | None = None


class ClassificationFacet(_Facet, frozen=True):
    """A classification system, and perhaps a code in it."""

    system: IdsValue | None = None
    value: IdsValue | None = None
    uri: str | None = None


class MaterialFacet(_Facet, frozen=True):
    """A material, perhaps a certain one."""

    value: IdsValue | None = None
    uri: str | None = None


class PartOfFacet(_Facet, frozen=True):
    """A whole of which the thing is a part, perhaps by a certain relation."""

    entity: EntityFacet | None = None
    relation: str | None = None


Facet = EntityFacet | AttributeFacet | PropertyFacet | ClassificationFacet | MaterialFacet | PartOfFacet


class Specification(Struct, frozen=True):
    """One specification. `min_occurs` and `max_occurs` as written on `applicability`, None where they are not.

    requirements  None where the element is missing, which a prohibited specification may do
    """

    line: int
    name: str
    versions: tuple[str, ...]
    applicability: tuple[Facet, ...]
    requirements: tuple[Facet, ...] | None
    min_occurs: str | None = None
    max_occurs: str | None = None
    identifier: str | None = None
    description: str | None = None
    instructions: str | None = None
    requirements_description: str | None = None
    applicability_line: int | None = None

    def occurs(self) -> tuple[int, int | None]:
        """How many things may be applicable: (1, None) required, (0, None) optional, (0, 0) prohibited."""
        if self.max_occurs == "0":
            return 0, 0
        return (0 if self.min_occurs == "0" else 1), None


class Info(Struct, frozen=True):
    """Who wrote the file, why and when; None where it is not said."""

    title: str = ""
    copyright: str | None = None
    version: str | None = None
    description: str | None = None
    author: str | None = None
    date: str | None = None
    purpose: str | None = None
    milestone: str | None = None


class Document(Struct, frozen=True):
    """An IDS file. `version` is that of IDS itself."""

    info: Info
    specifications: tuple[Specification, ...]
    version: str = "1.0"


def read_document(root: Element, version: str = "1.0") -> Document:
    """The document under a root element that `cimkit.ids.xml.parse` gave."""
    info = _child(root, "info")
    specifications = _child(root, "specifications")
    found = [] if specifications is None else specifications.findall(_ids("specification"))
    return Document(Info() if info is None else _info(info), tuple(_specification(spec) for spec in found), version)


def _ids(name: str) -> str:
    return f"{{{IDS}}}{name}"


def _child(element: Element, name: str) -> Element | None:
    return element.find(_ids(name))


def _text(element: Element) -> str:
    return "".join(str(part) for part in element.itertext(with_tail=False))


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.strip().isdigit() else None


def _info(element: Element) -> Info:
    said = {etree.QName(child).localname: _text(child) for child in children(element)}
    return Info(**{name: said[name] for name in Info.__struct_fields__ if name in said})


def _specification(element: Element) -> Specification:
    applicability = _child(element, "applicability")
    requirements = _child(element, "requirements")
    return Specification(
        line=line_of(element),
        name=element.get("name", ""),
        versions=tuple(element.get("ifcVersion", "").split()),
        applicability=() if applicability is None else _facets(applicability),
        requirements=None if requirements is None else _facets(requirements),
        min_occurs=None if applicability is None else applicability.get("minOccurs"),
        max_occurs=None if applicability is None else applicability.get("maxOccurs"),
        identifier=element.get("identifier"),
        description=element.get("description"),
        instructions=element.get("instructions"),
        requirements_description=None if requirements is None else requirements.get("description"),
        applicability_line=None if applicability is None else line_of(applicability),
    )


def _facets(element: Element) -> tuple[Facet, ...]:
    return tuple(facet for child in children(element) if (facet := _facet(child)) is not None)


def _facet(element: Element) -> Facet | None:
    common: dict[str, Any] = {
        "line": line_of(element),
        "cardinality": element.get("cardinality"),
        "instructions": element.get("instructions"),
    }
    match element.tag:
        case tag if tag == _ids("entity"):
            return _entity(element)
        case tag if tag == _ids("attribute"):
            return AttributeFacet(name=_value(element, "name"), value=_value(element, "value"), **common)
        case tag if tag == _ids("property"):
            return PropertyFacet(
                set=_value(element, "propertySet"),
                name=_value(element, "baseName"),
                value=_value(element, "value"),
                datatype=element.get("dataType"),
                uri=element.get("uri"),
                **common,
            )
        case tag if tag == _ids("classification"):
            system, value = _value(element, "system"), _value(element, "value")
            return ClassificationFacet(system=system, value=value, uri=element.get("uri"), **common)
        case tag if tag == _ids("material"):
            return MaterialFacet(value=_value(element, "value"), uri=element.get("uri"), **common)
        case tag if tag == _ids("partOf"):
            whole = _child(element, "entity")
            entity = None if whole is None else _entity(whole)
            return PartOfFacet(entity=entity, relation=element.get("relation"), **common)
    return None


def _entity(element: Element) -> EntityFacet:
    return EntityFacet(
        line=line_of(element),
        cardinality=element.get("cardinality"),
        instructions=element.get("instructions"),
        name=_value(element, "name"),
        predefined_type=_value(element, "predefinedType"),
    )


def _value(facet: Element, name: str) -> IdsValue | None:
    element = _child(facet, name)
    if element is None:
        return None
    simple = _child(element, "simpleValue")
    if simple is not None:
        return IdsValue(line=line_of(simple), simple=_text(simple))
    restriction = element.find(f"{{{XS}}}restriction")
    if restriction is None:
        return IdsValue(line=line_of(element), simple="")
    limits = tuple(
        Limit(etree.QName(child).localname, child.get("value", ""), line_of(child), _note(child))
        for child in children(restriction)
        if etree.QName(child).namespace == XS and etree.QName(child).localname != "annotation"
    )
    base = restriction.get("base", "").rpartition(":")[2]
    return IdsValue(line=line_of(restriction), base=base, limits=limits, note=_note(restriction))


def _note(element: Element) -> str | None:
    """The text of an `xs:annotation`."""
    annotation = element.find(f"{{{XS}}}annotation")
    return None if annotation is None else _text(annotation).strip() or None

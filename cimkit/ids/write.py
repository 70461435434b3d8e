"""IDS documents as XML: everything a `Document` holds, in the order that IDS 1.0 prescribes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree

from cimkit.ids.document import (
    AttributeFacet,
    ClassificationFacet,
    Document,
    EntityFacet,
    Facet,
    IdsValue,
    Info,
    MaterialFacet,
    PartOfFacet,
    PropertyFacet,
    Specification,
)
from cimkit.ids.xml import IDS, XS, XSI, Element

__all__ = ["write_document"]

_LOCATION = f"{IDS} {IDS}/1.0/ids.xsd"
#: Order of facets in an applicability.
_ORDER = (EntityFacet, PartOfFacet, ClassificationFacet, AttributeFacet, PropertyFacet, MaterialFacet)


def write_document(document: Document) -> bytes:
    """The document as an IDS 1.0 file in UTF-8."""
    prefixes: Any = {None: IDS, "xs": XS, "xsi": XSI}
    root = etree.Element(f"{{{IDS}}}ids", nsmap=prefixes)
    root.set(f"{{{XSI}}}schemaLocation", _LOCATION)
    _write_info(root, document.info)
    specifications = _add(root, "specifications")
    for spec in document.specifications:
        _write_specification(specifications, spec)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{IDS}}}{name}")
    if text is not None:
        child.text = text
    return child


def _set(element: Element, attributes: Iterable[tuple[str, str | None]]) -> None:
    for name, value in attributes:
        if value is not None:
            element.set(name, value)


def _write_info(root: Element, info: Info) -> None:
    element = _add(root, "info")
    for name in Info.__struct_fields__:
        text = getattr(info, name)
        if text is not None:
            _add(element, name, text)


def _write_specification(parent: Element, spec: Specification) -> None:
    element = _add(parent, "specification")
    element.set("name", spec.name)
    element.set("ifcVersion", " ".join(spec.versions))
    said = ("identifier", spec.identifier), ("description", spec.description), ("instructions", spec.instructions)
    _set(element, said)
    applicability = _add(element, "applicability")
    _set(applicability, (("minOccurs", spec.min_occurs), ("maxOccurs", spec.max_occurs)))
    for facet in sorted(spec.applicability, key=lambda facet: _ORDER.index(type(facet))):
        _write_facet(applicability, facet)
    if spec.requirements is not None:
        requirements = _add(element, "requirements")
        _set(requirements, (("description", spec.requirements_description),))
        for facet in spec.requirements:
            _write_facet(requirements, facet)


def _write_facet(parent: Element, facet: Facet) -> None:
    match facet:
        case EntityFacet():
            element = _add(parent, "entity")
            _write_entity(element, facet)
        case AttributeFacet():
            element = _add(parent, "attribute")
            _write_value(element, "name", facet.name)
            _write_value(element, "value", facet.value)
        case PropertyFacet():
            element = _add(parent, "property")
            _set(element, (("dataType", facet.datatype), ("uri", facet.uri)))
            _write_value(element, "propertySet", facet.set)
            _write_value(element, "baseName", facet.name)
            _write_value(element, "value", facet.value)
        case ClassificationFacet():
            element = _add(parent, "classification")
            _set(element, (("uri", facet.uri),))
            _write_value(element, "value", facet.value)
            _write_value(element, "system", facet.system)
        case MaterialFacet():
            element = _add(parent, "material")
            _set(element, (("uri", facet.uri),))
            _write_value(element, "value", facet.value)
        case PartOfFacet():
            element = _add(parent, "partOf")
            _set(element, (("relation", facet.relation),))
            if facet.entity is not None:
                _write_entity(_add(element, "entity"), facet.entity)
    _set(element, (("cardinality", facet.cardinality), ("instructions", facet.instructions)))


def _write_entity(element: Element, facet: EntityFacet) -> None:
    _write_value(element, "name", facet.name)
    _write_value(element, "predefinedType", facet.predefined_type)


def _write_value(parent: Element, name: str, value: IdsValue | None) -> None:
    if value is None:
        return
    element = _add(parent, name)
    if value.simple is not None:
        _add(element, "simpleValue", value.simple)
        return
    restriction = etree.SubElement(element, f"{{{XS}}}restriction")
    restriction.set("base", f"xs:{value.base}")
    _write_note(restriction, value.note)
    for limit in value.limits:
        child = etree.SubElement(restriction, f"{{{XS}}}{limit.kind}")
        child.set("value", limit.value)
        _write_note(child, limit.note)


def _write_note(element: Element, note: str | None) -> None:
    if note is not None:
        annotation = etree.SubElement(element, f"{{{XS}}}annotation")
        etree.SubElement(annotation, f"{{{XS}}}documentation").text = note

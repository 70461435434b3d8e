"""Is the file built as IDS 1.0 says: elements, their order and number, attributes and their words.

The table below is written after the documentation of buildingSMART's ids.xsd. Every departure is noted, not only the
first; what can be read in spite of it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from lxml import etree
from msgspec import Struct, field

from cimkit.ids.audit.flaws import Flaws
from cimkit.ids.xml import IDS, XS, XSI, Element, children, line_of

__all__ = ["LIMITS", "RELATIONS", "check_structure"]

#: What `partOf` may name; the last one is two relations in one word list.
RELATIONS = (
    "IFCRELAGGREGATES",
    "IFCRELASSIGNSTOGROUP",
    "IFCRELCONTAINEDINSPATIALSTRUCTURE",
    "IFCRELNESTS",
    "IFCRELVOIDSELEMENT IFCRELFILLSELEMENT",
)

#: Limits that a restriction may hold by XSD; which of them IDS takes depends on the base type.
LIMITS = (
    "enumeration", "pattern", "length", "minLength", "maxLength", "minInclusive", "maxInclusive", "minExclusive",
    "maxExclusive", "totalDigits", "fractionDigits", "whiteSpace",
)  # fmt: skip

_MANY = 1_000_000_000
_XSD_LOCATION = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})


class _Part(Struct, frozen=True):
    """A child: its name, which shape it has, how often it may stand."""

    name: str
    shape: str
    least: int = 1
    most: int = 1


class _Shape(Struct, frozen=True):
    """What an element may hold. `words`: allowed values of attributes, None: any; `needed`: attributes that must be."""

    parts: tuple[_Part, ...] = ()
    ordered: bool = True
    words: Mapping[str, Callable[[str], bool] | tuple[str, ...] | None] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    text: Callable[[str], bool] | None = None  # a leaf: what its text may be


def _any_text(_: str) -> bool:
    return True


def _is_date(text: str) -> bool:
    found = re.fullmatch(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?\s*", text)
    if found is None:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    return re.fullmatch(r"[^@]+@[^.]+\.[^\n\r]+", text) is not None


def _is_upper(text: str) -> bool:
    return re.fullmatch(r"[A-Z]+", text) is not None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_count_or_unbounded(text: str) -> bool:
    return text == "unbounded" or _is_count(text)


_CARDINALITY = ("required", "prohibited", "optional")
_FACETS = {
    "entity": (_Part("name", "value"), _Part("predefinedType", "value", 0)),
    "partOf": (_Part("entity", "entity"),),
    "classification": (_Part("value", "value", 0), _Part("system", "value")),
    "attribute": (_Part("name", "value"), _Part("value", "value", 0)),
    "property": (_Part("propertySet", "value"), _Part("baseName", "value"), _Part("value", "value", 0)),
    "material": (_Part("value", "value", 0),),
}
_WORDS: Mapping[str, Mapping[str, Callable[[str], bool] | tuple[str, ...] | None]] = {
    "entity": {},
    "partOf": {"relation": RELATIONS},
    "classification": {"uri": None},
    "attribute": {},
    "property": {"dataType": _is_upper, "uri": None},
    "material": {"uri": None},
}
#: What a facet takes in addition when it is a requirement. An entity is always required.
_REQUIRED_WORDS: Mapping[str, Mapping[str, tuple[str, ...] | None]] = {
    name: {"instructions": None} | ({"cardinality": _CARDINALITY} if name not in {"entity", "partOf"} else {})
    for name in _FACETS
} | {"partOf": {"instructions": None, "cardinality": ("required", "prohibited")}}

_SHAPES: Mapping[str, _Shape] = {
    "ids": _Shape((_Part("info", "info"), _Part("specifications", "specifications"))),
    "info": _Shape(
        (
            _Part("title", "text"),
            _Part("copyright", "text", 0),
            _Part("version", "text", 0),
            _Part("description", "text", 0),
            _Part("author", "address", 0),
            _Part("date", "date", 0),
            _Part("purpose", "text", 0),
            _Part("milestone", "text", 0),
        )
    ),
    "text": _Shape(text=_any_text),
    "address": _Shape(text=_is_address),
    "date": _Shape(text=_is_date),
    "specifications": _Shape((_Part("specification", "specification", 1, _MANY),)),
    "specification": _Shape(
        (_Part("applicability", "applicability"), _Part("requirements", "requirements", 0)),
        words={"name": None, "ifcVersion": None, "identifier": None, "description": None, "instructions": None},
        needed=frozenset({"name", "ifcVersion"}),
    ),
    "applicability": _Shape(
        tuple(_Part(name, name, 0, 1 if name == "entity" else _MANY) for name in _FACETS),
        words={"minOccurs": _is_count, "maxOccurs": _is_count_or_unbounded},
    ),
    "requirements": _Shape(
        tuple(_Part(name, f"required {name}", 0, _MANY) for name in _FACETS), ordered=False, words={"description": None}
    ),
    **{name: _Shape(parts, words=_WORDS[name]) for name, parts in _FACETS.items()},
    **{
        f"required {name}": _Shape(parts, words={**_WORDS[name], **_REQUIRED_WORDS[name]})
        for name, parts in _FACETS.items()
    },
}


_OURS = f"{{{IDS}}}"
_WITHOUT_ATTRIBUTES = _Shape()
_VALUE_KINDS = frozenset({f"{_OURS}simpleValue", f"{{{XS}}}restriction"})


def check_structure(root: Element, flaws: Flaws) -> None:
    """Note every departure from IDS 1.0's structure. Leaves `flaws.spec` at None."""
    _check(root, "ids", flaws)


def _check(element: Element, shape_name: str, flaws: Flaws) -> None:
    if shape_name == "value":
        _check_value(element, flaws)
        return
    shape = _SHAPES[shape_name]
    _check_attributes(element, shape, flaws)
    if shape.text is not None:
        _check_text(element, shape.text, flaws)
        return
    _check_children(element, shape, flaws)
    for number, (child, part) in enumerate(_known_children(element, shape)):
        if part.shape == "specification":
            flaws.spec = number
        _check(child, part.shape, flaws)
        if part.shape == "specification":
            flaws.spec = None


def _name(element: Element) -> str:
    """Name of an element of IDS; with its namespace for one of another."""
    return str(element.tag).removeprefix(_OURS)


def _known_children(element: Element, shape: _Shape) -> list[tuple[Element, _Part]]:
    by_name = {part.name: part for part in shape.parts}
    return [(child, by_name[_name(child)]) for child in children(element) if _name(child) in by_name]


def _check_children(element: Element, shape: _Shape, flaws: Flaws) -> None:
    order = [part.name for part in shape.parts]
    counts = dict.fromkeys(order, 0)
    reached = 0
    for child in children(element):
        name = _name(child)
        if name not in order:
            flaws.add_near("IDS-STR-001", line_of(child), name=name, known=order, parent=_name(element))
            continue
        counts[name] += 1
        if shape.ordered and order.index(name) < reached:
            flaws.add("IDS-STR-002", line_of(child), name=name, after=order[reached], parent=_name(element))
        reached = max(reached, order.index(name))
    for part in shape.parts:
        if counts[part.name] < part.least:
            flaws.add("IDS-STR-003", line_of(element), name=part.name, parent=_name(element))
        if counts[part.name] > part.most:
            flaws.add("IDS-STR-004", line_of(element), name=part.name, parent=_name(element), most=part.most)
    _check_no_text(element, flaws)


def _check_attributes(element: Element, shape: _Shape, flaws: Flaws) -> None:
    if not element.attrib and not shape.needed:
        return
    line, owner = line_of(element), _name(element)
    for raw_name, raw_value in element.attrib.items():
        name, value = str(raw_name), str(raw_value)
        if name in _XSD_LOCATION:
            continue
        if name not in shape.words:
            flaws.add_near("IDS-STR-005", line, name=name, known=shape.words, parent=owner)
            continue
        allowed = shape.words[name]
        if isinstance(allowed, tuple):
            if value not in allowed:
                words = " | ".join(allowed)
                flaws.add("IDS-STR-007", line, name=name, value=value, parent=owner, allowed=words)
        elif allowed is not None and not allowed(value):
            words = {"dataType": "A-Z", "minOccurs": "0 | 1", "maxOccurs": "0 | unbounded"}[name]
            flaws.add("IDS-STR-007", line, name=name, value=value, parent=owner, allowed=words)
    for name in sorted(shape.needed - set(map(str, element.attrib))):
        flaws.add("IDS-STR-006", line, name=name, parent=owner)


def _check_text(element: Element, allowed: Callable[[str], bool], flaws: Flaws) -> None:
    for child in children(element):
        flaws.add("IDS-STR-001", line_of(child), name=_name(child), parent=_name(element))
    text = element.text or ""
    if not allowed(text):
        flaws.add("IDS-STR-009", line_of(element), name=_name(element), value=text.strip()[:200])


def _check_no_text(element: Element, flaws: Flaws) -> None:
    texts = [element.text, *(child.tail for child in element)]
    for text in texts:
        if text and text.strip():
            flaws.add("IDS-STR-008", line_of(element), parent=_name(element), value=text.strip()[:200])


def _check_value(element: Element, flaws: Flaws) -> None:
    """A parameter of a facet: one `simpleValue` or one `xs:restriction`."""
    _check_attributes(element, _WITHOUT_ATTRIBUTES, flaws)
    _check_no_text(element, flaws)
    found = [child for child in children(element) if child.tag in _VALUE_KINDS]
    for child in children(element):
        if child.tag not in _VALUE_KINDS:
            known = ["simpleValue", f"{{{XS}}}restriction"]
            flaws.add_near("IDS-STR-001", line_of(child), name=_name(child), known=known, parent=_name(element))
    if not found:
        flaws.add("IDS-STR-003", line_of(element), name="simpleValue | xs:restriction", parent=_name(element))
    elif len(found) > 1:
        names = "simpleValue | xs:restriction"
        flaws.add("IDS-STR-004", line_of(element), name=names, parent=_name(element), most=1)
    for child in found:
        if child.tag == f"{{{XS}}}restriction":
            _check_restriction(child, flaws)
        else:
            _check(child, "text", flaws)


def _check_restriction(element: Element, flaws: Flaws) -> None:
    owner = "xs:restriction"
    if element.get("base") is None:
        flaws.add("IDS-STR-006", line_of(element), name="base", parent=owner)
    for name in sorted(set(map(str, element.attrib)) - {"base", "id"}):
        flaws.add("IDS-STR-005", line_of(element), name=name, parent=owner)
    for child in children(element):
        kind = etree.QName(child)
        if kind.namespace == XS and kind.localname == "annotation":
            continue
        if kind.namespace != XS or kind.localname not in LIMITS:
            flaws.add_near("IDS-STR-001", line_of(child), name=_name(child), known=LIMITS, parent=owner)
        elif child.get("value") is None:
            flaws.add("IDS-STR-006", line_of(child), name="value", parent=f"xs:{kind.localname}")
        for name in sorted(set(map(str, child.attrib)) - {"value", "fixed", "id"}):
            flaws.add("IDS-STR-005", line_of(child), name=name, parent=f"xs:{kind.localname}")
    _check_no_text(element, flaws)

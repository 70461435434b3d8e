"""City objects in a member of the model: their attributes, parts and geometries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from cimkit.readers.citygml.geometry import Geometries, Owner
from cimkit.readers.citygml.names import (
    HREF,
    SOLIDS,
    SURFACES,
    Element,
    gml_id,
    inner,
    is_gml,
    is_object,
    local,
    lod_of,
)

__all__ = ["CityObject", "Members"]

_GEOMETRIES = SOLIDS | SURFACES | {"MultiGeometry", "GeometricComplex"}
_NUMBERS = frozenset(
    {
        *("measuredHeight", "storeysAboveGround", "storeysBelowGround", "yearOfConstruction", "yearOfDemolition"),
        *("height", "trunkDiameter", "crownDiameter", "averageHeight", "value"),
    }
)
_GENERIC = ("Attribute", "AttributeSet")
_NUMERIC_ATTRIBUTES = ("int", "double", "measure", "Int", "Double", "Measure")


class _Form(NamedTuple):
    """What the name of a property tells. generic: a generic attribute; numeric: of numbers; lod: it holds a shape."""

    name: str
    generic: bool
    numeric: bool
    lod: bool


@lru_cache(maxsize=4096)
def _form(tag: str) -> _Form:
    name = tag.rpartition("}")[2]
    return _Form(name, name.endswith(_GENERIC), name.startswith(_NUMERIC_ATTRIBUTES), name.startswith("lod"))


@dataclass(slots=True)
class CityObject:
    """One city object.

    place   XPath
    parent  sid of the object it is inside of, None for a member of the model; grouped: that one is a group
    """

    kind: str
    name: str | None
    place: str
    parent: int | None = None
    grouped: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Members:
    """The city objects of a file, in its order."""

    geometries: Geometries
    objects: list[CityObject] = field(default_factory=list)
    _with_geometry: bool = True

    def read(self, member: Element, place: str, with_geometry: bool) -> None:
        """All city objects in one member; their shapes only with_geometry."""
        self._with_geometry = with_geometry
        for element in inner(member):
            self._object(element, place, None, grouped=False)

    def _object(self, element: Element, place: str, parent: int | None, *, grouped: bool) -> None:
        name = gml_id(element)
        here = f'//*[@gml:id="{name}"]' if name is not None else f"{place}//{_step(element)}"
        sid = len(self.objects)
        one = CityObject(local(element), name, here, parent, grouped)
        self.objects.append(one)
        for part in element:
            if type(part) is Element:  # no entity
                self._property(part, one, sid)

    def _property(self, part: Element, one: CityObject, sid: int) -> None:
        form = _form(part.tag)
        if not len(part):
            self._without_children(part, form.name, one, sid)
        elif form.generic and (name := part.get("name")):
            if len(part) == 1 and _form((only := part[0]).tag).name == "value":  # nearly all, without a further call
                _put(one.attributes, name, _number(only.text) if form.numeric else (only.text or ""))
            else:
                self._generic(part, one, "")
        elif self._with_geometry or not form.lod:
            for child in inner(part):
                self._value(child, part, one, sid)

    def _without_children(self, part: Element, name: str, one: CityObject, sid: int) -> None:
        href = part.get(HREF)
        if href is None:
            if part.text and part.text.strip():
                _put(one.attributes, name, _value(name, part))
        elif name.startswith("lod") and self._with_geometry:
            self.geometries.add_reference(href, self._owner(part, one, sid))
        elif name in {"groupMember", "parent"}:
            one.members.append(href.rpartition("#")[2])

    def _value(self, child: Element, part: Element, one: CityObject, sid: int) -> None:
        """What a property holds: a geometry, another city object, a generic attribute, a structured value."""
        kind, name = local(child), local(part)
        if kind in _GEOMETRIES and is_gml(child):
            if self._with_geometry:
                self.geometries.add(child, self._owner(part, one, sid))
        elif kind == "ImplicitGeometry":
            if self._with_geometry:
                self._implicit(child, part, one, sid)
        elif kind.endswith(_GENERIC) and name == "genericAttribute":
            self._generic(child, one, "")
        elif is_object(child):
            self._object(child, one.place, sid, grouped=name == "groupMember")
        elif not is_gml(child):
            for path, leaf in _leaves(child, name):
                _put(one.attributes, path, _value(local(leaf), leaf))

    def _owner(self, part: Element, one: CityObject, sid: int) -> Owner:
        return Owner(sid, lod_of(local(part)), f"{one.place}/{_step(part)}")

    def _implicit(self, child: Element, part: Element, one: CityObject, sid: int) -> None:
        """The prototype, as it stands; moving and turning it changes nothing of its validity."""
        for relative in inner(child):
            if local(relative) in {"relativeGMLGeometry", "relativeGeometry"}:
                for geometry in inner(relative):
                    self.geometries.add(geometry, self._owner(part, one, sid))

    def _generic(self, element: Element, one: CityObject, prefix: str) -> None:
        """A generic attribute: its name is in `name`, as XML attribute (1, 2) or element (3)."""
        name = element.get("name")
        value = None
        for child in inner(element):
            kind = local(child)
            if kind == "name":
                name = (child.text or "").strip()
            elif kind == "value":
                value = child
            elif kind.endswith("Attribute") and child.get("name") is not None:
                self._generic(child, one, f"{prefix}{name}.")
            elif kind == "genericAttribute":
                for nested in inner(child):
                    self._generic(nested, one, f"{prefix}{name}.")
        if name and value is not None:
            numeric = _form(element.tag).numeric
            _put(one.attributes, prefix + name, _number(value.text) if numeric else (value.text or ""))


def _step(element: Element) -> str:
    prefix = element.prefix
    return f"{prefix}:{local(element)}" if prefix else f"*[local-name()='{local(element)}']"


def _leaves(element: Element, path: str) -> Iterator[tuple[str, Element]]:
    """Texts inside a structured value: (path of names, element)."""
    for child in inner(element):
        if len(child):
            yield from _leaves(child, f"{path}.{local(child)}")
        elif child.text and child.text.strip():
            yield f"{path}.{local(child)}", child


def _value(name: str, element: Element) -> Any:
    text = element.text or ""
    return _number(text) if name in _NUMBERS or element.get("uom") is not None else text.strip()


def _number(text: str | None) -> Any:
    """A number where the text is one, else the text."""
    given = (text or "").strip()
    try:
        return int(given) if given.removeprefix("-").isdecimal() else float(given)
    except ValueError:
        return given


def _put(attributes: dict[str, Any], name: str, value: Any) -> None:
    """Several values of one name become a list."""
    if name in attributes:
        before = attributes[name]
        attributes[name] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        attributes[name] = value

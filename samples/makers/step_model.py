"""A model under construction whose bytes depend on nothing but what is put into it.

GlobalIds come from names, instance numbers from the order of the calls, the time stamp is a constant:
running a maker twice gives the same file, and a change of one element changes only what belongs to it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Literal

import ifcopenshell
import ifcopenshell.guid

__all__ = ["CREATED", "Header", "StepModel", "global_id"]

CREATED = "2026-01-15T09:00:00"
"""Time stamp of every sample, ISO 8601."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "cimkit:samples")


def global_id(seed: str, key: str) -> str:
    """The GlobalId (22 characters) of the thing called `key` in the model called `seed`."""
    return str(ifcopenshell.guid.compress(uuid.uuid5(_NAMESPACE, f"{seed}/{key}").hex))


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a STEP file says."""

    name: str
    description: tuple[str, ...]
    author: str
    organization: str
    preprocessor: str
    system: str
    authorization: str


class StepModel:
    """An `ifcopenshell.file` with names for GlobalIds, shared instances and relations that gather their members."""

    def __init__(self, schema: Literal["IFC2X3", "IFC4"], seed: str) -> None:
        """Start an empty model; `seed` makes its GlobalIds differ from another's."""
        self.file = ifcopenshell.file(schema=schema)
        self.seed = seed
        self.owner_history: Any = None
        self._shared: dict[tuple[Any, ...], Any] = {}
        self._relations: dict[tuple[Any, ...], dict[int, Any]] = {}
        self._keys: set[str] = set()

    def add(self, entity: str, **attributes: Any) -> Any:
        """A new instance; attributes that are not given stay empty."""
        return self.file.create_entity(entity, **attributes)

    def value(self, measure: str, raw: Any) -> Any:
        """A value of a defined type, such as IfcLabel("2.00h")."""
        return self.file.create_entity(measure, raw)

    def shared(self, entity: str, **attributes: Any) -> Any:
        """The one instance with these attributes: points, directions, profiles, solids, units."""
        key = (entity, *sorted((name, _hashable(value)) for name, value in attributes.items()))
        if key not in self._shared:
            self._shared[key] = self.add(entity, **attributes)
        return self._shared[key]

    def rooted(self, entity: str, key: str, **attributes: Any) -> Any:
        """A new instance with a GlobalId made of `key`, which no other instance of the model may have."""
        if key in self._keys:
            raise KeyError(key)
        self._keys.add(key)
        identity = {"GlobalId": global_id(self.seed, key), "OwnerHistory": self.owner_history}
        return self.add(entity, **identity, **attributes)

    def relate(self, relation: str, one: tuple[str, Any], many: tuple[str, Any]) -> None:
        """Enter an object into a one-to-many relation, as ("RelatingStructure", storey), ("RelatedElements", wall).

        All members of one relation become one instance when `finish` is called.
        """
        key = (relation, one[0], one[1].id(), many[0])
        self._relations.setdefault(key, {})[many[1].id()] = many[1]

    def finish(self) -> None:
        """Write the gathered relations."""
        for (relation, one, one_id, many), members in self._relations.items():
            related = list(members.values())
            ends = {one: self.file.by_id(one_id), many: related}
            self.rooted(relation, f"{relation}/{one_id}/{related[0].id()}", **ends)
        self._relations.clear()

    def text(self, header: Header) -> str:
        """The model as STEP clear text: ASCII, lines ended by a line feed."""
        return stamped(self.file, header)


def stamped(file: Any, header: Header) -> str:
    """The text of a file under a header of ours, without trace of the time and the machine."""
    file.header.file_description.description = header.description
    name = file.header.file_name
    name.name = header.name
    name.time_stamp = CREATED
    name.author = (header.author,)
    name.organization = (header.organization,)
    name.preprocessor_version = header.preprocessor
    name.originating_system = header.system
    name.authorization = header.authorization
    return str(file.to_string()).replace("\r\n", "\n")


def _hashable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_hashable(part) for part in value)
    if isinstance(value, ifcopenshell.entity_instance):
        return value.id() or str(value)
    return value

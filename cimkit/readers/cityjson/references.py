"""Parents, children and groups: do they exist, and do both sides say so; the links that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cimkit.facts.model import Links
from cimkit.readers.cityjson.ledger import Ledger, pointer

__all__ = ["CityObject", "check_references", "links"]


@dataclass(frozen=True, slots=True)
class CityObject:
    """One city object; place: its JSON pointer; line: that of its feature in a sequence; document: its number."""

    name: str
    content: Mapping[str, Any]
    place: str
    line: int | None
    document: int

    def names(self, member: str) -> Sequence[str]:
        """The strings of an array of names; nothing else."""
        names = self.content.get(member)
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def check_references(objects: Sequence[CityObject], known: Mapping[str, int], ledger: Ledger) -> None:
    """A child exists and names its parent; a parent exists and names its child."""
    for sid, one in enumerate(objects):
        members = [("children", "parents")]
        if one.content.get("type") == "CityObjectGroup":
            members.append(("members", ""))  # 1.0: members know nothing of their groups
        for member, back in members:
            for name in one.names(member):
                other = known.get(name)
                if other is None:
                    _add(ledger, "child_missing", one, member, name, sid)
                elif back and one.name not in objects[other].names(back):
                    _add(ledger, "child_without_parent", one, member, name, sid)
        for name in one.names("parents"):
            other = known.get(name)
            if other is None:
                _add(ledger, "parent_missing", one, "parents", name, sid)
            elif one.name not in objects[other].names("children"):
                _add(ledger, "parent_without_child", one, "parents", name, sid)

    for sid in _in_circles([[known[name] for name in one.names("parents") if name in known] for one in objects]):
        _add(ledger, "part_of_itself", objects[sid], "parents", objects[sid].name, sid)


def _in_circles(above: Sequence[Sequence[int]]) -> list[int]:
    """Objects that are above themselves: what is left when all without a parent are taken away, again and again, and
    then all without a child."""
    left = set(range(len(above)))
    below: list[list[int]] = [[] for _ in above]
    for sid, parents in enumerate(above):
        for parent in parents:
            below[parent].append(sid)
    for near, far in ((above, below), (below, above)):
        count = [sum(other in left for other in near[sid]) for sid in range(len(above))]
        waiting = [sid for sid in left if not count[sid]]
        while waiting:
            sid = waiting.pop()
            left.discard(sid)
            for other in far[sid]:
                count[other] -= 1
                if not count[other] and other in left:
                    waiting.append(other)
    return sorted(left)


def _add(ledger: Ledger, detail: str, one: CityObject, member: str, name: str, sid: int) -> None:
    ledger.add("city_reference", detail, one.place + pointer(member), found=name, sid=sid, line=one.line)


def links(objects: Sequence[CityObject], known: Mapping[str, int]) -> dict[str, Links]:
    """`parent` and `group`, whichever of the two sides states them."""
    pairs: dict[str, set[tuple[int, int]]] = {"parent": set(), "group": set()}
    for sid, one in enumerate(objects):
        for name in one.names("parents"):
            if name in known:
                whole = known[name]
                pairs[_relation(objects[whole])].add((sid, whole))
        for member in ("children", "members"):
            for name in one.names(member):
                if name in known:
                    pairs[_relation(one)].add((known[name], sid))
    found = {}
    for relation, ends in pairs.items():
        array = np.asarray(sorted(ends), np.int32).reshape(-1, 2)
        found[relation] = Links(array[:, 0].copy(), array[:, 1].copy(), array[:, 1].astype(np.int64))
    return found


def _relation(whole: CityObject) -> str:
    return "group" if whole.content.get("type") == "CityObjectGroup" else "parent"

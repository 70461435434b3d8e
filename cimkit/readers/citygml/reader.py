"""A CityGML file to facts, member by member, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from lxml import etree

from cimkit.errors import SourceError
from cimkit.facts.model import DATASETS, Facts, Links, Subjects
from cimkit.readers.citygml.geometry import Geometries
from cimkit.readers.citygml.members import CityObject, Members
from cimkit.readers.citygml.names import CITYGML, MEMBERS, Element, inner, local
from cimkit.readers.cityjson.columns import column_of, property_columns
from cimkit.readers.cityjson.documents import without_collector
from cimkit.readers.cityjson.ledger import Ledger
from cimkit.readers.cityjson.metric import Metric, metric_of

if TYPE_CHECKING:
    from cimkit.facts.columns import IntArray
    from cimkit.facts.demand import Demand

__all__ = ["read_citygml"]

_CHUNK = 1 << 20
_VERSIONS = ("1.0", "2.0", "3.0")
_EVERY_ID = etree.XPath(
    "descendant-or-self::*/@*[local-name() = 'id' and starts-with(namespace-uri(), 'http://www.opengis.net/gml')]",
    smart_strings=False,
)


def read_citygml(data: bytes | memoryview, demand: Demand, *, name: str | None = None) -> Facts:
    """Read a CityGML file 1.0, 2.0 or 3.0.

    Subjects are the city objects, boundary surfaces included, their kind the local name; attribute columns `id` and
    `type`; properties without a set, generic ones among them; relations `parent` and `group`. With demand.geometry,
    `whole["geometry"]` is a `SubjectGeometry`. The XML schemas and appearances are not looked at. No entity is
    expanded, nothing is fetched, and a member's tree is let go once it is read.

    Raises SourceError for bytes that are no XML, or XML without any city object before its first fault.
    """
    reading = _Reading(demand, Ledger(demand.defects), name)
    with without_collector():
        problem = reading.parse(memoryview(data))
        if problem is not None:
            if not reading.members.objects:
                raise SourceError("city.no_xml", name=name or "", reason=problem)
            reading.ledger.add("city_syntax", "no_xml", "/*", found=problem)
        return reading.facts()


class _Reading:
    """The steps from bytes to facts."""

    def __init__(self, demand: Demand, ledger: Ledger, name: str | None) -> None:
        self.demand, self.ledger, self.name = demand, ledger, name
        self.geometries = Geometries(ledger)
        self.members = Members(self.geometries)
        self.envelope: dict[str, Any] = {}
        self.version = ""
        self._ids: set[str] = set()
        self._last: Element | None = None
        self._count = 0

    # --- parsing ------------------------------------------------------------------------------------------------

    def parse(self, data: memoryview) -> str | None:
        """Read all members. What the parser says where the text is no XML, from there on nothing is read."""
        parser = etree.XMLPullParser(
            ("start", "end"),
            tag=["{*}CityModel", *(f"{{*}}{member}" for member in sorted(MEMBERS)), "{*}Envelope"],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
        )
        problem = None
        for start in range(0, len(data), _CHUNK):
            problem = _complaint(lambda: parser.feed(bytes(data[start : start + _CHUNK])))  # noqa: B023 - called at once
            # What was whole before the fault is read, too.
            problem = _complaint(lambda: self._events(parser)) or problem
            if problem is not None:
                return problem
        return _complaint(parser.close) or _complaint(lambda: self._events(parser))

    def _events(self, parser: etree.XMLPullParser) -> None:
        for event, element in parser.read_events():
            self._event(event, element)

    def _event(self, event: str, element: object) -> None:
        assert isinstance(element, Element)  # only elements were asked for
        name = local(element)
        parent = element.getparent()
        if event == "start":
            if parent is None:
                self._root(element)
        elif name == "Envelope" and parent is not None and _is_root(parent.getparent()):
            self._envelope(element)
        elif name in MEMBERS and _is_root(parent):
            self._count += 1
            self._note_ids(element)
            self.members.read(element, f"(//*[local-name()='{name}'])[{self._count}]")
            # The tree of this member is needed no more; the one before can go altogether.
            element.clear()
            if self._last is not None and (above := self._last.getparent()) is not None:
                above.remove(self._last)
            self._last = element

    def _root(self, root: Element) -> None:
        namespaces = {*root.nsmap.values()}
        found = sorted({uri.rstrip("/").rpartition("/")[2] for uri in namespaces if uri and uri.startswith(CITYGML)})
        self.version = found[-1] if found else ""
        if self.version not in _VERSIONS:
            expected = ", ".join(_VERSIONS)
            self.ledger.add("city_version", "unknown", "/*", found=self.version or local(root), expected=expected)

    def _envelope(self, element: Element) -> None:
        self.envelope["crs"] = element.get("srsName")
        for corner in inner(element):
            if local(corner) in {"lowerCorner", "upperCorner"}:
                self.envelope[local(corner)] = (corner.text or "").split()

    def _note_ids(self, member: Element) -> None:
        if "city_duplicate_key" not in self.ledger.kinds:
            return
        found = _EVERY_ID(member)
        for name in map(str, found if isinstance(found, list) else ()):
            if name in self._ids:
                place = f'//*[@gml:id="{name}"]'
                self.ledger.add("city_duplicate_key", "gml_id_twice", place, found=name)
            self._ids.add(name)

    # --- facts --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        objects = self.members.objects
        kinds = [one.kind for one in objects]
        names = tuple(dict.fromkeys(kinds))
        number = {kind: position for position, kind in enumerate(names)}
        crs = self._reference_system()
        return Facts(
            format="citygml",
            demand=self.demand,
            subjects=Subjects(
                np.asarray([number[kind] for kind in kinds], np.int32), names, np.arange(len(kinds), dtype=np.int64)
            ),
            describe=_Describe(objects),
            attributes={
                "id": column_of(list(range(len(objects))), [one.name for one in objects]),
                "type": column_of(list(range(len(objects))), kinds),
            },
            properties=tuple(property_columns(enumerate(one.attributes for one in objects))),
            links=self._links(objects),
            datasets=self._dataset(crs, len(objects)),
            whole=self._whole(crs),
            counts={"subjects": len(objects), **{f"kind:{kind}": count for kind, count in Counter(kinds).items()}},
            defects=self.ledger.frame(),
        )

    def _reference_system(self) -> str | None:
        stated = {*self.geometries.reference_systems, *({self.envelope["crs"]} if self.envelope.get("crs") else ())}
        if len(stated) > 1:
            self.ledger.add("city_crs", "several", "/*", found=", ".join(sorted(stated)), expected="1")
        return self.envelope.get("crs") or min(stated, default=None)

    def _links(self, objects: Sequence[CityObject]) -> dict[str, Links]:
        known = {one.name: sid for sid, one in enumerate(objects) if one.name is not None}
        pairs: dict[str, list[tuple[int, int]]] = {"parent": [], "group": []}
        for sid, one in enumerate(objects):
            if one.parent is not None:
                pairs["group" if one.grouped else "parent"].append((sid, one.parent))
            for name in one.members:
                if name in known:
                    pairs["group"].append((known[name], sid))
                else:
                    self.ledger.add("city_reference", "xlink_missing", one.place, found=f"#{name}", sid=sid)
        found = {}
        for relation, ends in pairs.items():
            array = np.asarray(sorted(ends), np.int32).reshape(-1, 2)
            found[relation] = Links(array[:, 0].copy(), array[:, 1].copy(), array[:, 1].astype(np.int64))
        return found

    def _dataset(self, crs: str | None, count: int) -> pl.DataFrame:
        row = dict.fromkeys(DATASETS, None) | {
            "name": self.name,
            "format": "citygml",
            "schema": self.version or None,
            "crs": crs,
            "count": count,
        }
        return pl.DataFrame([row], schema=DATASETS)

    def _whole(self, crs: str | None) -> dict[str, object]:
        found: dict[str, object] = {"stated_extent": _extent(self.envelope)}
        points = self.geometries.surfaces.points()
        if len(points):
            found["extent"] = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
        metric: Metric | None = None
        try:
            metric = metric_of(crs, points)
        except ImportError:
            self.ledger.add("city_not_judged", "crs_unknown", "/*", found=crs)
        # Made even when nobody asked for geometry: references that lead nowhere show only here.
        geometry = self.geometries.judged(metric, self._buildings())
        if geometry is not None and self.demand.geometry:
            found["geometry"] = geometry
        return found

    def _buildings(self) -> dict[int, int]:
        """Of each part of a building, and the building itself, the building's sid, where it has parts."""
        found: dict[int, int] = {}
        for sid, one in enumerate(self.members.objects):
            if one.kind == "BuildingPart" and one.parent is not None:
                found[sid] = found[one.parent] = one.parent
        return found


def _complaint(step: Callable[[], object]) -> str | None:
    """What the parser says against a step."""
    try:
        step()
    except etree.XMLSyntaxError as problem:
        return f"{problem.lineno}: {problem.msg}"
    return None


def _is_root(element: Element | None) -> bool:
    return element is not None and element.getparent() is None


def _extent(envelope: Mapping[str, Any]) -> list[float] | None:
    try:
        return [float(text) for corner in ("lowerCorner", "upperCorner") for text in envelope[corner]]
    except (KeyError, ValueError):
        return None


class _Describe:
    """What a person needs to find city objects."""

    def __init__(self, objects: Sequence[CityObject]) -> None:
        self._objects = objects

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        found = [self._objects[sid] for sid in sids.tolist()]
        columns: dict[str, list[str | None]] = {
            "kind": [one.kind for one in found],
            "id": [one.name for one in found],
            "name": list(_names(found)),
            "tag": [None] * len(found),
            "type": [None] * len(found),
            "storey": [None] * len(found),
            "locator": [one.place for one in found],
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _names(objects: Sequence[CityObject]) -> Iterator[str | None]:
    for one in objects:
        name = one.attributes.get("name")
        yield name if isinstance(name, str) else None

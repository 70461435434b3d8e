"""A CityGML file to facts, member by member, in bounded memory."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from lxml import etree

from cimkit.errors import SourceError
from cimkit.facts.model import DATASETS, Facts, Links, Subjects
from cimkit.readers.citygml.describe import Describe
from cimkit.readers.citygml.geometry import Geometries
from cimkit.readers.citygml.members import CityObject, Members
from cimkit.readers.citygml.names import CITYGML, GML, MEMBERS, Element, inner, local
from cimkit.readers.citygml.pieces import frame_of, parsed_ahead
from cimkit.readers.cityjson.columns import column_of, property_columns
from cimkit.readers.cityjson.documents import without_collector
from cimkit.readers.cityjson.ledger import Ledger
from cimkit.readers.cityjson.metric import Metric, east_north, metric_of
from cimkit.readers.cityjson.systems import extent_text, horizontal, vertical
from cimkit.readers.cityjson.textures import KIND as TEXTURE_FILE
from cimkit.readers.cityjson.textures import judge_textures

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.sources.beside import Beside

__all__ = ["read_citygml"]

_CHUNK = 1 << 20
_IMAGE = "imageURI"  # of the module Appearance, 1.0 to 3.0
_VERSIONS = ("1.0", "2.0", "3.0")
_HREFS = etree.XPath("//@x:href", namespaces={"x": "http://www.w3.org/1999/xlink"}, smart_strings=False)
_REFERENCE_SYSTEMS = etree.XPath("//@srsName", smart_strings=False)
_IDS = tuple(etree.XPath("//@g:id", namespaces={"g": space}, smart_strings=False) for space in GML)
_ID_HERE = tuple(
    etree.XPath("descendant-or-self::*/@g:id", namespaces={"g": space}, smart_strings=False) for space in GML
)
_NUMBERS = tuple(
    etree.XPath("//g:posList/text() | //g:pos/text()", namespaces={"g": space}, smart_strings=False) for space in GML
)
_OLD_NUMBERS = tuple(etree.XPath("boolean(//g:coordinates | //g:coord)", namespaces={"g": space}) for space in GML)
#: What finite decimal numbers are written with. An exponent may take a number beyond all bounds, so it is looked at.
_PLAIN = b"0123456789+-. \t\r\n"


def read_citygml(
    given: bytes | memoryview | Path, demand: Demand, *, name: str | None = None, beside: Beside | None = None
) -> Facts:
    """Read a CityGML file 1.0, 2.0 or 3.0: its bytes, or its path; a file is read piece by piece.

    Subjects are the city objects, boundary surfaces included, their kind the local name; attribute columns `id` and
    `type`; properties without a set, generic ones among them; relations `parent` and `group`. With demand.geometry,
    `whole["geometry"]` is a `SubjectGeometry`, and `whole["map_points"]` its points in the plane of the reference
    system, east first, with that system; without it shapes are looked at for references and numbers alone. The
    XML schemas are not looked at, of appearances only whether the pictures are there, where it is known what lies
    `beside` the file. No entity is expanded, nothing is fetched, and a member's tree is let
    go once it is read.

    Raises SourceError for a file that can't be opened, for bytes that are no XML, and for XML without any city object
    before its first fault.
    """
    reading = _Reading(demand, Ledger(demand.defects), name, beside)
    try:
        file = given.open("rb") if isinstance(given, Path) else io.BytesIO(given)
    except OSError as closed:
        raise SourceError("sources.unreadable", name=name or "", problem=closed.strerror or "") from closed
    with file, without_collector():
        problem = reading.parse(file.read)
        if problem is not None:
            if not reading.members.objects:
                raise SourceError("city.no_xml", name=name or "", reason=problem)
            reading.ledger.add("city_syntax", "no_xml", "/*", found=problem)
        return reading.facts()


class _Reading:
    """The steps from bytes to facts."""

    def __init__(self, demand: Demand, ledger: Ledger, name: str | None, beside: Beside | None) -> None:
        self.demand, self.ledger, self.name, self.beside = demand, ledger, name, beside
        self._images: dict[str, str] = {}
        self._wants_images = TEXTURE_FILE in ledger.kinds
        self.geometries = Geometries(ledger)
        self.members = Members(self.geometries)
        self.envelope: dict[str, Any] = {}
        self.version = ""
        self._ids: set[str] = set()
        self._hrefs: set[str] = set()
        self._wants_ids = "city_duplicate_key" in ledger.kinds
        self._wants_geometry = (
            demand.geometry or "city_not_judged" in ledger.kinds
        )  # shapes tell what could not be judged
        self._wants_references = "city_reference" in ledger.kinds and not self._wants_geometry
        self._last: Element | None = None
        self._count = 0

    # --- parsing ------------------------------------------------------------------------------------------------

    def parse(self, read: Callable[[int], bytes]) -> str | None:
        """Read all members. What the parser says where the text is no XML; from there on nothing is read."""
        first = read(_CHUNK)
        frame = frame_of(first)
        if frame is None:
            return self._as_it_stands(chain([first], iter(lambda: read(_CHUNK), b"")), 0)
        lines = frame.start.count(b"\n")
        pieces = parsed_ahead(frame, frame.cut(first, read))
        for raw, tree in pieces:
            if tree is None:
                rest = chain([frame.start, raw], (other for other, _ in pieces))
                return self._as_it_stands(rest, lines - frame.start.count(b"\n"))
            self._piece(tree, raw)
            lines += raw.count(b"\n")
        return None

    def _piece(self, root: Element, raw: bytes) -> None:
        """Read the members of a piece. What its bytes do not hold its tree need not be asked for."""
        if not self._count and not self.version:
            self._root(root)
        declared = {*root.nsmap.values()}
        spaces = [number for number, space in enumerate(GML) if space in declared or space.encode() in raw]
        with_geometry = self._wants_geometry or self._odd_numbers(root, raw, spaces)
        if self._wants_images and _IMAGE.encode() in raw:
            for element in root.iter(f"{{*}}{_IMAGE}"):
                self._image(element)
        if b"srsName" in raw:
            self.geometries.reference_systems.update(_texts(_REFERENCE_SYSTEMS(root)))
        if self._wants_ids or self._wants_references:
            self._note(root, [_IDS[number] for number in spaces], with_references=b"href" in raw)
        for child in root:
            name = local(child)
            if name in MEMBERS:
                self._member(child, name, with_geometry)
            elif name == "boundedBy":
                for envelope in child:
                    if local(envelope) == "Envelope":
                        self._envelope(envelope)

    def _odd_numbers(self, root: Element, raw: bytes, spaces: Sequence[int]) -> bool:
        """Whether the numbers of a piece need to be read one by one, so that what is wrong can be told."""
        if "city_number" not in self.ledger.kinds:
            return False
        for number in spaces:
            texts = _texts(_NUMBERS[number](root))
            together = "\n".join(texts)
            if together.encode().translate(None, _PLAIN) or (b"coord" in raw and _OLD_NUMBERS[number](root)):
                return True
            if _are_spaced_once(together, len(texts)):  # as nearly all are, whose numbers are counted by their blanks
                odd = any((text.count(" ") + 1) % 3 for text in texts)
            else:
                odd = any(len(text.split()) % 3 for text in texts)
            if odd:
                return True
        return not spaces

    def _as_it_stands(self, chunks: Iterable[bytes], lines: int) -> str | None:
        """Read what can't be cut into pieces. lines: how many of the file stand before it."""
        parser = etree.XMLPullParser(
            ("start", "end"),
            tag=["{*}CityModel", *(f"{{*}}{name}" for name in (*sorted(MEMBERS), "Envelope", _IMAGE))],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            remove_comments=True,
            remove_pis=True,
        )
        steps: Iterable[Callable[[], object]] = chain((partial(parser.feed, chunk) for chunk in chunks), [parser.close])
        for step in steps:
            failed = _fails(step)
            # What was whole before the fault is read, too.
            if _fails(lambda: self._events(parser)) or failed:
                fatal = next(iter(parser.feed_error_log.filter_from_fatals()), None)
                return f"{fatal.line + lines}: {fatal.message.rstrip('.')}" if fatal is not None else failed
        return None

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
                self._document_type(element)
        elif name == "Envelope" and parent is not None and _is_root(parent.getparent()):
            self._envelope(element)
        elif name == _IMAGE:
            self._image(element)
        elif name in MEMBERS and _is_root(parent):
            if self._wants_ids or self._wants_references:
                self._note(element, _ID_HERE, with_references=True)
            self._member(element, name, with_geometry=True)
            # The tree of this member is needed no more; the one before can go altogether.
            element.clear()
            if self._last is not None and (above := self._last.getparent()) is not None:
                above.remove(self._last)
            self._last = element

    def _document_type(self, root: Element) -> None:
        """Entities are left out where they are used: that must not pass in silence."""
        declared: Any = root.getroottree().docinfo.internalDTD
        entities = [] if declared is None else [entity.name for entity in declared.iterentities()]
        if entities:
            self.ledger.add("city_not_judged", "doctype", "/*", found=", ".join(entities))

    def _member(self, element: Element, name: str, with_geometry: bool) -> None:
        self._count += 1
        self.members.read(element, f"(//*[local-name()='{name}'])[{self._count}]", with_geometry)

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

    def _image(self, element: Element) -> None:
        name = (element.text or "").strip()
        if name and self._wants_images:
            self._images.setdefault(name, f"//*[local-name()='{_IMAGE}'][.='{name}']")

    def _note(self, element: Element, every_id: Iterable[etree.XPath], *, with_references: bool) -> None:
        """Names given in an element, and names used in it."""
        for ids in every_id:
            names = _texts(ids(element))
            fresh = set(names)
            if len(fresh) < len(names) or not fresh.isdisjoint(self._ids):
                self._note_twice(names)
            self._ids |= fresh
        if self._wants_references and with_references:
            self._hrefs.update(href for href in _texts(_HREFS(element)) if href.startswith("#"))

    def _note_twice(self, names: list[str]) -> None:
        known: set[str] = set()
        for name in names:
            if self._wants_ids and (name in known or name in self._ids):
                self.ledger.add("city_duplicate_key", "gml_id_twice", f'//*[@gml:id="{name}"]', found=name)
            known.add(name)

    # --- facts --------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        for href in sorted(href for href in self._hrefs if href[1:] not in self._ids):
            self.ledger.add("city_reference", "xlink_missing", f'//*[@xlink:href="{href}"]', found=href)
        textures = judge_textures(self._images, self.beside, self.ledger, "/*")
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
            describe=Describe(objects),
            attributes={
                "id": column_of(list(range(len(objects))), [one.name for one in objects]),
                "type": column_of(list(range(len(objects))), kinds),
            },
            properties=tuple(property_columns(enumerate(one.attributes for one in objects), self.demand.properties)),
            links=self._links(objects),
            datasets=self._dataset(crs, len(objects)),
            whole=self._whole(crs) | ({} if textures is None else {"textures": textures}),
            counts={"subjects": len(objects), **{f"kind:{kind}": count for kind, count in Counter(kinds).items()}},
            defect_rows=self.ledger.frame(),
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
                elif not self._wants_references:
                    self.ledger.add("city_reference", "xlink_missing", one.place, found=f"#{name}", sid=sid)
        found = {}
        for relation, ends in pairs.items():
            array = np.asarray(sorted(ends), np.int32).reshape(-1, 2)
            found[relation] = Links(array[:, 0].copy(), array[:, 1].copy(), array[:, 1].astype(np.int64))
        return found

    def _dataset(self, crs: str | None, count: int) -> pl.DataFrame:
        points, stated = self.geometries.surfaces.points(), _extent(self.envelope)
        extent = extent_text(points.min(axis=0), points.max(axis=0)) if len(points) else None
        if extent is None and stated is not None:
            extent = extent_text(stated[:3], stated[3:]) if len(stated) == 6 else None
        row = dict.fromkeys(DATASETS, None) | {
            "name": self.name,
            "format": "citygml",
            "schema": self.version or None,
            "crs": horizontal(crs),
            "height_datum": vertical(crs),
            "count": count,
            "extent": extent,
        }
        return pl.DataFrame([row], schema={**DATASETS, "extent": pl.String})

    def _whole(self, crs: str | None) -> dict[str, object]:
        found: dict[str, object] = {"stated_extent": _extent(self.envelope)}
        points = self.geometries.surfaces.points()
        if len(points):
            found["extent"] = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
        if not self._wants_geometry:
            return found
        metric: Metric | None = None
        try:
            metric = metric_of(crs, points)
        except ImportError:
            self.ledger.add("city_not_judged", "crs_unknown", "/*", found=crs)
        geometry = self.geometries.judged(metric, self._buildings())
        if geometry is not None and self.demand.geometry:
            found["geometry"] = geometry
            found["map_points"] = (east_north(crs, points), horizontal(crs))
        return found

    def _buildings(self) -> dict[int, int]:
        """Of each part of a building, and the building itself, the building's sid, where it has parts."""
        found: dict[int, int] = {}
        for sid, one in enumerate(self.members.objects):
            if one.kind == "BuildingPart" and one.parent is not None:
                found[sid] = found[one.parent] = one.parent
        return found


def _are_spaced_once(lines: str, count: int) -> bool:
    """Whether there is one blank between any two numbers of a line, none around them, and no further line."""
    marks = ("  ", "\t", "\r", " \n", "\n ")
    return lines.count("\n") == count - 1 and lines.strip(" ") == lines and not any(mark in lines for mark in marks)


def _texts(found: object) -> list[str]:
    """What an XPath found, which is texts."""
    return found if isinstance(found, list) else []


def _fails(step: Callable[[], object]) -> str | None:
    """What the parser says against a step."""
    try:
        step()
    except etree.XMLSyntaxError as problem:
        return str(problem.msg)
    return None


def _is_root(element: Element | None) -> bool:
    return element is not None and element.getparent() is None


def _extent(envelope: Mapping[str, Any]) -> list[float] | None:
    try:
        return [float(text) for corner in ("lowerCorner", "upperCorner") for text in envelope[corner]]
    except (KeyError, ValueError):
        return None

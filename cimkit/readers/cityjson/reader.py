"""A CityJSON file or text sequence to facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.boundaries import LARGEST_COORDINATE, SubjectGeometry
from cimkit.facts.model import DATASETS, Facts, Subjects
from cimkit.readers.cityjson.columns import column_of, property_columns
from cimkit.readers.cityjson.describe import Describe, text_or_none
from cimkit.readers.cityjson.documents import Document, read_documents, without_collector
from cimkit.readers.cityjson.geometry import Batch, Placed, flatten, gather
from cimkit.readers.cityjson.ledger import Ledger, pointer
from cimkit.readers.cityjson.metric import east_north, metric_of
from cimkit.readers.cityjson.objects import SchemaCheck, version_of
from cimkit.readers.cityjson.references import CityObject, check_references, links
from cimkit.readers.cityjson.solids import subject_geometry
from cimkit.readers.cityjson.surfaces import SurfaceCheck
from cimkit.readers.cityjson.systems import extent_text, horizontal, vertical
from cimkit.readers.cityjson.tables import DEPTHS
from cimkit.readers.cityjson.textures import judge_textures, pictures_of
from cimkit.readers.cityjson.vertices import Vertices, judge_vertices, read_vertices

if TYPE_CHECKING:
    from cimkit.facts.columns import Column
    from cimkit.facts.demand import Demand
    from cimkit.sources.beside import Beside

__all__ = ["read_cityjson"]

_REFERENCE_DEFECTS = frozenset({"city_vertex_index", "city_unused_vertex", "city_template"})


def read_cityjson(
    data: bytes | memoryview, demand: Demand, *, name: str | None = None, beside: Beside | None = None
) -> Facts:
    """Read a CityJSON file 1.0, 1.1 or 2.0, or a CityJSON text sequence (a document, then a feature a line).

    Subjects are the city objects, their kind the `type`; attribute columns `id`, `type`, `lod`; properties without a
    set; relations `parent` and `group`. With demand.geometry, `whole["geometry"]` is a `SubjectGeometry`, and
    `whole["map_points"]` its points in the plane of the reference system, east first, with that system.
    beside: what lies beside the file, so that its pictures can be looked for.
    Extensions are never fetched: what an undeclared one would have to describe is a defect, a declared one is believed.

    Raises SourceError for bytes that are no JSON at all; whatever is wrong inside is a defect.
    """
    ledger = Ledger(demand.defects)
    with without_collector():
        documents = read_documents(data, ledger, name)
        return _Reading(documents, demand, ledger, name, beside).facts()


class _Reading:
    """The steps from documents to facts."""

    def __init__(
        self, documents: list[Document], demand: Demand, ledger: Ledger, name: str | None, beside: Beside | None
    ) -> None:
        self.documents, self.demand, self.ledger, self.name, self.beside = documents, demand, ledger, name, beside
        head = documents[0]
        self.head = head.content
        self.written, self.version = version_of(self.head, ledger, head.line)
        extensions = self.head.get("extensions")
        self.extensions: Mapping[str, Any] = extensions if isinstance(extensions, Mapping) else {}
        self.objects: list[CityObject] = []
        self.known: dict[str, int] = {}

    def facts(self) -> Facts:
        self._objects()
        self._schema()
        if "city_reference" in self.ledger.kinds:
            check_references(self.objects, self.known, self.ledger)
        vertices = read_vertices(self.documents, self.version, self.ledger)
        geometry = self._geometry(vertices)
        textures = judge_textures(
            pictures_of(self.documents), self.beside, self.ledger, pointer("appearance", "textures")
        )
        kinds = [text_or_none(one.content.get("type")) or "" for one in self.objects]
        names = tuple(dict.fromkeys(kinds))
        number = {kind: position for position, kind in enumerate(names)}
        subjects = Subjects(
            np.asarray([number[kind] for kind in kinds], np.int32),
            names,
            np.arange(len(kinds), dtype=np.int64),
        )
        return Facts(
            format="cityjson",
            demand=self.demand,
            subjects=subjects,
            describe=Describe(self.objects, kinds),
            attributes=self._attributes(kinds),
            properties=tuple(property_columns(self._properties(), self.demand.properties)),
            links=links(self.objects, self.known),
            datasets=self._dataset(vertices),
            defect_rows=self.ledger.frame(),
            whole=self._whole(geometry, vertices) | ({} if textures is None else {"textures": textures}),
            counts=self._counts(kinds),
        )

    # --- objects and schema -------------------------------------------------------------------------------------

    def _objects(self) -> None:
        for position, document in enumerate(self.documents):
            members = document.content.get("CityObjects")
            for name, content in members.items() if isinstance(members, dict) else ():
                if name in self.known:
                    where = pointer("CityObjects", name)
                    self.ledger.add("city_repeated_id", "in_several_lines", where, found=name, line=document.line)
                self.known[name] = len(self.objects)
                members_of = content if isinstance(content, dict) else {}
                where = pointer("CityObjects", name)
                self.objects.append(CityObject(name, members_of, where, document.line, position))

    def _schema(self) -> None:
        check = SchemaCheck(self.version, self.ledger, self.extensions)
        sid = 0
        for position, document in enumerate(self.documents):
            check.line = document.line
            kind = document.content.get("type")
            expected = "CityJSON" if position == 0 and document.line is None else "CityJSONFeature"
            if position == 0 and kind == "CityJSON":
                check.root(document.content)
            elif kind == "CityJSONFeature":
                check.feature(document.content)
            else:
                if position == 0:
                    expected = "CityJSON"
                self.ledger.add(
                    "city_schema",
                    "wrong_document_type",
                    pointer("type"),
                    found=kind,
                    expected=expected,
                    line=document.line,
                )
            members = document.content.get("CityObjects")
            for content in members.values() if isinstance(members, dict) else ():
                check.city_object(self.objects[sid].place, content, sid)
                sid += 1

    # --- geometry -----------------------------------------------------------------------------------------------

    def _geometry(self, vertices: Vertices) -> SubjectGeometry | None:
        """Look at all boundaries; what is well nested and points to vertices that are there can be judged."""
        wanted = self.demand.geometry or bool(self.ledger.kinds)
        if not wanted:
            return None
        placed = gather((one.place, one.content, sid, one.line) for sid, one in enumerate(self.objects))
        used = np.zeros(len(vertices.raw), bool)
        batches = []
        for kind in DEPTHS:
            nested = flatten(kind, placed.get(kind, []), self.ledger)
            self._surfaces(nested)
            batch = self._indexed(nested, vertices)
            used[batch.index] = True
            batches.append(batch)
        self._instances(placed.get("GeometryInstance", []), vertices, used)
        self._addresses(used)
        judge_vertices(vertices, self.documents, used, self.ledger)
        if not self.demand.geometry:
            return None
        if self._too_large(vertices.points):
            return None
        templates, points = self._templates(vertices, self._in_metres(vertices.points))
        if self._too_large(points):
            return None
        return subject_geometry([*batches, *templates], points, self._buildings())

    def _too_large(self, points: npt.NDArray[np.float64]) -> bool:
        largest = float(np.abs(points).max(initial=0.0))
        if largest < LARGEST_COORDINATE:
            return False
        self.ledger.add("city_number", "too_large", pointer("transform"), found=f"{largest:g}")
        return True

    def _indexed(self, batch: Batch, vertices: Vertices) -> Batch:
        """The batch with indices into all vertices; geometries with an index beyond their document's are left out."""
        owner = batch.owner()
        document = np.asarray(
            [0 if item.sid is None else self.objects[item.sid].document for item in batch.items], np.int64
        )
        count = np.diff(vertices.start)[document][owner] if len(owner) else owner
        outside = (batch.index < 0) | (batch.index >= count)
        if outside.any():
            broken: dict[int, int] = {}
            for position in np.flatnonzero(outside).tolist():
                broken.setdefault(int(owner[position]), int(batch.index[position]))
            for number, index in broken.items():
                item = batch.items[number]
                self.ledger.add(
                    "city_vertex_index",
                    "missing",
                    f"{item.place}/boundaries",
                    found=str(index),
                    expected=f"0..{int(np.diff(vertices.start)[document[number]]) - 1}",
                    sid=item.sid,
                    line=item.line,
                )
            sound = [item for number, item in enumerate(batch.items) if number not in broken]
            return self._indexed(flatten(batch.kind, sound, Ledger(frozenset())), vertices)
        batch.index = batch.index + vertices.start[document][owner] if len(owner) else batch.index
        return batch

    def _surfaces(self, batch: Batch) -> None:
        if not self.ledger.kinds:
            return
        checks: dict[int, SurfaceCheck] = {}
        for item in batch.items:
            if item.content.keys() & {"semantics", "material", "texture"}:
                document = 0 if item.sid is None else self.objects[item.sid].document
                if document not in checks:
                    checks[document] = self._surface_check(self.documents[document])
                checks[document].check(item)

    def _surface_check(self, document: Document) -> SurfaceCheck:
        appearance = document.content.get("appearance")
        sizes = [
            len(members) if isinstance(appearance, Mapping) and isinstance(members := appearance.get(name), list) else 0
            for name in ("materials", "textures", "vertices-texture")
        ]
        return SurfaceCheck(self.version, self.ledger, self.extensions, *sizes)

    def _template_items(self) -> list[Any]:
        templates = self.head.get("geometry-templates")
        items = templates.get("templates") if isinstance(templates, Mapping) else None
        return items if isinstance(items, list) else []

    def _instances(self, instances: Sequence[Placed], vertices: Vertices, used: npt.NDArray[np.bool_]) -> None:
        templates = len(self._template_items())
        for item in instances:
            number, anchor = item.content.get("template"), item.content.get("boundaries")
            if type(number) is int and not 0 <= number < templates:
                self.ledger.add(
                    "city_template",
                    "missing",
                    f"{item.place}/template",
                    found=str(number),
                    sid=item.sid,
                    line=item.line,
                )
            document = 0 if item.sid is None else self.objects[item.sid].document
            first, last = vertices.start[document], vertices.start[document + 1]
            for index in anchor if isinstance(anchor, list) else ():
                if type(index) is int and 0 <= index < last - first:
                    used[first + index] = True
                elif type(index) is int:
                    self.ledger.add(
                        "city_vertex_index",
                        "missing",
                        f"{item.place}/boundaries",
                        found=str(index),
                        expected=f"0..{last - first - 1}",
                        sid=item.sid,
                        line=item.line,
                    )

    def _addresses(self, used: npt.NDArray[np.bool_]) -> None:
        """Locations of addresses use vertices, too."""
        if len(self.documents) > 1:
            offsets = [0, *np.cumsum([_count(document) for document in self.documents]).tolist()]
        else:
            offsets = [0]
        for one in self.objects:
            addresses = one.content.get("address")
            if addresses is None:
                continue
            for address in addresses if isinstance(addresses, list) else [addresses]:
                location = address.get("location") if isinstance(address, Mapping) else None
                indices = location.get("boundaries") if isinstance(location, Mapping) else None
                for index in indices if isinstance(indices, list) else ():
                    place = offsets[one.document] + index if type(index) is int else -1
                    if 0 <= place < len(used):
                        used[place] = True

    def _in_metres(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        crs = text_or_none(self._metadata().get("referenceSystem"))
        try:
            metric = metric_of(crs, points)
        except ImportError:
            self.ledger.add("city_not_judged", "crs_unknown", pointer("metadata", "referenceSystem"), found=crs)
            return points
        return points if metric is None else metric(points)

    def _templates(
        self, vertices: Vertices, in_metres: npt.NDArray[np.float64]
    ) -> tuple[list[Batch], npt.NDArray[np.float64]]:
        """Templates are judged once, as they stand, and belong to no subject: (batches, points with the templates')."""
        templates = self.head.get("geometry-templates")
        own = templates.get("vertices-templates") if isinstance(templates, Mapping) else None
        try:
            points = np.asarray(own if own else np.zeros((0, 3)), np.float64).reshape(-1, 3)
        except ValueError:  # the schema check has said so
            return [], in_metres
        place = pointer("geometry-templates", "templates")
        items = [
            Placed(template, None, f"{place}/{number}", self.documents[0].line)
            for number, template in enumerate(self._template_items())
            if isinstance(template, dict)
        ]
        batches = []
        for kind in DEPTHS:
            batch = flatten(kind, [item for item in items if item.content.get("type") == kind], self.ledger)
            if len(batch.index) and batch.index.min() >= 0 and batch.index.max() < len(points):
                batch.index = batch.index + len(vertices.points)
                batches.append(batch)
            elif len(batch.index):
                self.ledger.add("city_vertex_index", "missing", place, found=str(int(batch.index.max())))
        return batches, np.concatenate([in_metres, points])

    def _buildings(self) -> dict[int, int]:
        """Of each part of a building, and the building itself, the building's sid, where it has parts."""
        found: dict[int, int] = {}
        for sid, one in enumerate(self.objects):
            if one.content.get("type") == "BuildingPart":
                for name in one.names("parents"):
                    if name in self.known:
                        found[sid] = found[self.known[name]] = self.known[name]
        return found

    # --- tables -------------------------------------------------------------------------------------------------

    def _attributes(self, kinds: list[str]) -> dict[str, Column]:
        every = list(range(len(self.objects)))
        lods = [
            (sid, geometry["lod"])
            for sid, one in enumerate(self.objects)
            if isinstance(geometries := one.content.get("geometry"), list)
            for geometry in geometries
            if isinstance(geometry, Mapping) and isinstance(geometry.get("lod"), str | int | float)
        ]
        return {
            "id": column_of(every, [one.name for one in self.objects]),
            "type": column_of(every, kinds),
            "lod": column_of([sid for sid, _ in lods], [str(lod) for _, lod in lods]),
        }

    def _properties(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for sid, one in enumerate(self.objects):
            attributes = one.content.get("attributes")
            if isinstance(attributes, dict):
                yield sid, attributes

    def _metadata(self) -> Mapping[str, Any]:
        metadata = self.head.get("metadata")
        return metadata if isinstance(metadata, Mapping) else {}

    def _dataset(self, vertices: Vertices) -> pl.DataFrame:
        metadata = self._metadata()
        stated = text_or_none(metadata.get("referenceSystem"))
        points = vertices.points
        row = {
            "name": text_or_none(metadata.get("title")) or self.name,
            "format": "cityjson" if self.documents[0].line is None else "cityjsonseq",
            "schema": self.written or None,
            "crs": horizontal(stated),
            "height_datum": vertical(stated),
            "software": None,
            "date": text_or_none(metadata.get("referenceDate")),
            "count": len(self.objects),
            "discipline": None,
            "extent": extent_text(points.min(axis=0), points.max(axis=0)) if len(points) else None,
        }
        return pl.DataFrame([row], schema={**DATASETS, "extent": pl.String})

    def _whole(self, geometry: SubjectGeometry | None, vertices: Vertices) -> dict[str, object]:
        stated = self._metadata().get("geographicalExtent")
        found: dict[str, object] = {"extensions": tuple(self.extensions), "stated_extent": stated}
        if len(vertices.points):
            low, high = vertices.points.min(axis=0), vertices.points.max(axis=0)
            found["extent"] = [*low.tolist(), *high.tolist()]
        if geometry is not None:
            system = text_or_none(self._metadata().get("referenceSystem"))
            found["geometry"] = geometry
            found["map_points"] = (east_north(system, vertices.points), horizontal(system))
        return found

    def _counts(self, kinds: list[str]) -> dict[str, int]:
        counts = {"subjects": len(kinds), "documents": len(self.documents)}
        for kind in kinds:
            counts[f"kind:{kind}"] = counts.get(f"kind:{kind}", 0) + 1
        return counts


def _count(document: Document) -> int:
    vertices = document.content.get("vertices")
    return len(vertices) if isinstance(vertices, list) else 0

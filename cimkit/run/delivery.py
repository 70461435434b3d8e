"""A delivery in a run: its documents found, its catalogue made of what the other sources turn out to hold.

The delivery is judged last, as one more source: by then every other has left its row in the catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import BinaryIO

from msgspec import Struct, field

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.readers.delivery.changes import Changes
from cimkit.readers.delivery.forms import read_manifest
from cimkit.readers.delivery.found import Found, Unread, found_in
from cimkit.readers.delivery.reader import read_delivery
from cimkit.readers.notes import Notes
from cimkit.run.delivery_keys import KeyColumns
from cimkit.run.delivery_notes import DeliveryNoter, found_of
from cimkit.run.delivery_place import Place, place_of, relative_name
from cimkit.run.looking import Looked
from cimkit.sources.limits import Limits
from cimkit.sources.opening import expand
from cimkit.sources.source import Source

__all__ = ["Deliveries", "DeliveryRun", "delivery_in"]

#: What the two documents may be called; the first that is there counts.
MANIFESTS = ("delivery", "交付清单")
AGREEMENTS = ("agreement", "交付约定")
#: Formats of which a folder of several is a delivery, even when nobody wrote a manifest.
CITY = frozenset(
    {
        "geopackage", "shapefile", "geojson", "geojsonseq", "filegdb", "postgis", "cityjson", "citygml", "3dtiles",
        "i3s", "s3m", "osgb", "geotiff", "las", "csv", "xlsx", "parquet", "metadata",
    }
)  # fmt: skip

SourceLike = str | os.PathLike[str] | bytes | BinaryIO
#: Name and content of a document.
Document = tuple[str, bytes]


class DeliveryRun(Struct):
    """Takes what each source of a delivery holds, and makes the delivery's facts of it.

    prefix: what the names of its sources begin with; base: what it replaces.
    """

    source: Source
    prefix: str
    manifest: Document | None = None
    agreement: Document | None = None
    paths: Sequence[str] = ()
    unread: list[Unread] = field(default_factory=list)
    base: Changes | None = None
    keys: KeyColumns = field(default_factory=KeyColumns)
    found: list[Found] = field(default_factory=list)

    def heed(self, source: Source, looked: Looked) -> None:
        """Keep the catalogue's rows of one of its sources, or that it could not be read."""
        path = relative_name(source.name, self.prefix, self.paths)
        if looked.note is None:
            self.unread.append(Unread(path, source.format))
            return
        found = found_of(looked.note["found"], path)
        self.found += found
        for layer, keys, ended in zip(found, looked.note["keys"], looked.note["ended"], strict=True):
            self.keys.keys[path, layer.layer] = keys if keys is None else frozenset(keys)
            self.keys.ended[path, layer.layer] = frozenset(ended)

    def facts(self, demand: Demand) -> Facts:
        """Raises SourceError when its documents can't be read."""
        return read_delivery(
            self.manifest,
            self.agreement,
            self.found,
            demand,
            name=self.source.name,
            unread=self.unread,
            paths=self.paths,
            base=self.base,
            keys=Changes(self.found, self.keys.keys, self.keys.ended),
        )


class Deliveries:
    """The deliveries of one run (`run.checking.Concluding`). Sources that belong to none pass by."""

    def __init__(self, runs: Sequence[DeliveryRun]) -> None:
        self._runs = runs

    @property
    def sources(self) -> list[Source]:
        """The deliveries themselves."""
        return [run.source for run in self._runs]

    def noter(self) -> DeliveryNoter:
        """Notes what the catalogue needs, and keys where one of them is an update."""
        compared = [run for run in self._runs if run.base is not None]
        named = tuple(dict.fromkeys(name for run in compared for name in run.keys.named))
        return DeliveryNoter(bool(compared), named)

    def heed(self, source: Source, looked: Looked) -> None:
        """Hand what a source said to the delivery that it belongs to."""
        run = next((run for run in self._runs if f"{source.name}{run.prefix[-1:]}".startswith(run.prefix)), None)
        if run is not None and source.format != "delivery":
            run.heed(source, looked)

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:  # noqa: ARG002  (the run's interface)
        """Nothing: a delivery is made, not read."""
        return Demand()

    def take(self, source: Source, facts: Facts) -> None:
        """Nothing is kept of a delivery."""

    def facts_of(self, source: Source, demand: Callable[[], Demand]) -> Facts | None:
        """The facts of a delivery; None for every other source."""
        run = next((run for run in self._runs if run.source is source), None)
        return run.facts(demand()) if run is not None else None


def delivery_in(
    given: SourceLike,
    opened: Sequence[Source],
    limits: Limits,
    *,
    name: str | None = None,
    base: SourceLike | None = None,
) -> tuple[list[Source], DeliveryRun | None]:
    """The sources of what was given, and what makes a further one of them, the delivery. Not a delivery: the sources as
    they are, and None.

    A folder or archive is a delivery when a manifest or an agreement lies at its top, or when it holds at least two
    sources of city data. With a base to compare with, whatever is given is one. Raises SourceError when there is
    nothing to be read of the base.
    """
    sources = list(opened)
    place = place_of(given, limits, name)
    before = _base(base, limits) if base is not None else None
    if place is None and before is not None and sources:
        label = sources[0].name
        place = Place(label, label.rpartition("/")[0] + "/" if "/" in label else "", (), lambda _: b"")
    if place is None:
        return sources, None
    manifest, agreement = place.document(MANIFESTS), place.document(AGREEMENTS)
    several = sum(source.format in CITY for source in sources) >= 2
    if manifest is None and agreement is None and before is None and not several:
        return sources, None
    return _with_delivery(place, sources, manifest, agreement, before)


def _with_delivery(
    place: Place, sources: list[Source], manifest: Document | None, agreement: Document | None, base: Changes | None
) -> tuple[list[Source], DeliveryRun]:
    documents = {place.prefix + document[0] for document in (manifest, agreement) if document is not None}
    others = [source for source in sources if source.name not in documents and not _is_nothing(source, place)]
    title = place.prefix + manifest[0] if manifest is not None else place.label
    content = b"".join(document[1] for document in (manifest, agreement) if document is not None)
    source = Source(title, data=content, size=len(content), format="delivery", error=place.error)
    run = DeliveryRun(source, place.prefix, manifest, agreement, place.paths, base=base)
    if manifest is not None and base is not None:
        run.keys.named = _keys(manifest)
    return others, run


def _is_nothing(source: Source, place: Place) -> bool:
    """An archive that holds documents alone: they are what is checked."""
    return (
        source.error is not None and source.error.key == "sources.archive_without_source" and source.name == place.label
    )


def _keys(manifest: Document) -> tuple[str, ...]:
    """The fields that a manifest names as keys; none of one that can't be read, which is told later."""
    try:
        form = read_manifest(manifest[1], manifest[0], Notes(Demand()))
    except SourceError:
        return ()
    return tuple(dict.fromkeys(row["key"] for row in form.rows if row["key"]))


def _demand_of_base(keys: KeyColumns, source: Source) -> Callable[[IfcSchema | None], Demand]:
    noter = DeliveryNoter(with_keys=True, named=keys.named)
    return lambda schema: noter.demand(source, schema)


def _base(given: SourceLike, limits: Limits) -> Changes:
    """What an update replaces: its layers with their keys, and its manifest."""
    from cimkit.run.reading import read_facts

    sources = list(expand(given, limits))
    place = place_of(given, limits)
    manifest = place.document(MANIFESTS) if place is not None else None
    keys, found = KeyColumns(_keys(manifest) if manifest is not None else ()), list[Found]()
    problem: SourceError | None = None
    for source in sources:
        try:
            facts = read_facts(source, limits, _demand_of_base(keys, source))
        except SourceError as error:
            if error.key != "sources.folder_without_source":  # told below as what it is here
                problem = problem or error
            continue
        if place is not None:
            path = relative_name(source.name, place.prefix, place.paths)
        else:
            path = source.name.rpartition("/")[2]
        layers = found_in(path, facts.datasets, facts.whole)
        keys.take(path, layers, facts)
        found += layers
    if not found:
        shown = next((source.name for source in sources), str(given)[:200])  # an address without its password
        raise problem or SourceError("delivery.base_empty", name=shown)
    form = read_manifest(manifest[1], manifest[0], Notes(Demand())) if manifest is not None else None
    return Changes(found, keys.keys, keys.ended, form)

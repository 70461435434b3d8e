"""What one reading shares: where files come from, what was found wrong, what became a subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from cimkit.readers.tiles.contents import Content, check_content
from cimkit.readers.tiles.defects import Ledger, Place
from cimkit.readers.tiles.files import Files, Found
from cimkit.readers.tiles.heights import GroundHeights
from cimkit.readers.tiles.records import Records
from cimkit.readers.tiles.shapes import Shapes
from cimkit.sources.limits import Limits

__all__ = ["Session"]


@dataclass
class Session:
    """deep: look into contents; without it only JSON ones are opened, to find external tilesets.
    vertices: compare vertices with the volumes that must hold them.
    ground: where the lowest heights are collected; None: nobody asks for them.
    """

    files: Files
    ledger: Ledger
    shapes: Shapes
    records: Records
    limits: Limits
    deep: bool = True
    vertices: bool = False
    ground: GroundHeights | None = None
    checked: dict[str, Content | None] = field(default_factory=dict)
    #: Versions, extensions and extents by tileset, sums of features, bytes by format.
    counts: Counter[str] = field(default_factory=Counter)
    #: Tiles of each tileset file, by label.
    tile_counts: Counter[str] = field(default_factory=Counter)

    def content(self, found: Found, place: Place | str) -> Content | None:
        """The content, looked at once however many tiles have it; None when it was not opened or can't be read."""
        if found.label not in self.checked:
            looks_like_json = (
                found.data is not None or "." not in found.name.rsplit("/", 1)[-1] or found.name.endswith(".json")
            )
            deep = self.deep and self.limits.looks_at(found.name, len(self.files.names))
            data = found.read(place) if deep or looks_like_json else None
            points = self.vertices or self.ground is not None
            content = None if data is None else check_content(found, data, place, self.shapes, vertices=points)
            if content is not None:
                self.counts[f"bytes_{content.format}"] += content.size
                self.counts[f"files_{content.format}"] += 1
                for name, count in content.counts.items():
                    self.counts[name.lower()] += count
            self.checked[found.label] = content
        return self.checked[found.label]

    def fetcher(self, files: Files, base: str) -> Callable[[str, Place], bytes | None]:
        """Bytes of what URIs in the file `base` refer to."""

        def fetch(uri: str, place: Place) -> bytes | None:
            found = files.locate(uri, base, place)
            return found.read(place) if found is not None else None

        return fetch

"""The red line of a project: read, judged as a polygon, and the plane in which distances to it are measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.names import fold_layer_name
from cimkit.facts.shapes import LayerShapes, Shapes
from cimkit.facts.systems import change_of_system
from cimkit.run.reading import read_facts
from cimkit.sources.limits import Limits
from cimkit.sources.opening import expand

__all__ = ["RedLine", "read_red_line"]

#: Longitude and latitude of CGCS2000, in which places are compared.
_GEOGRAPHIC = "EPSG:4490"


@dataclass
class RedLine:
    """path: as the form names it; place: where the form does. error: why it can't be read, a key and its values.

    area: the polygon in the local plane (metres about its middle), None where there is none that holds.
    """

    path: str
    place: str
    error: SourceError | None = None
    geometry_type: str | None = None
    valid: bool | None = None
    reason: str | None = None
    crs: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    square_metres: float | None = None
    area: Any = None
    plane: str = field(default="", repr=False)

    def distances(self, layer: LayerShapes) -> npt.NDArray[np.float64] | None:
        """Metres from each feature of a layer to the red line's area, 0 inside, NaN where a feature has no geometry.
        None: nobody can say, since one of the two is not placed."""
        if self.area is None or layer.crs is None or not len(layer):
            return None
        import shapely

        transformer = _transformer(layer.crs, self.plane)
        if transformer is None:
            return None
        found = np.full(len(layer), np.nan)
        for rows, geometries in layer.batches():
            moved = _moved(geometries, transformer)
            with np.errstate(invalid="ignore"):  # a feature without geometry is no fault: it has no distance
                found[rows] = shapely.distance(moved, self.area)
        return found

    def distance_of_point(self, x: float, y: float, crs: str) -> float | None:
        """Metres from a point (east, north, or longitude, latitude) to the area."""
        import shapely

        transformer = _transformer(crs, self.plane) if self.area is not None else None
        if transformer is None:
            return None
        east, north = transformer.transform(x, y)
        distance = float(shapely.distance(shapely.Point(east, north), self.area)) if np.isfinite(east) else np.nan
        return distance if np.isfinite(distance) else None


def read_red_line(folder: Path, given: str, place: str, limits: Limits) -> RedLine:
    """The red line that the form names as `file` or `file#layer`. What is wrong with it, it says itself."""
    path, _, layer_name = given.partition("#")
    line = RedLine(given, place)
    target = folder / path.replace("\\", "/")
    if not target.resolve().is_relative_to(folder.resolve()):
        line.error = SourceError("projects.path_outside", path=path)
        return line
    try:
        sources = list(expand(target, limits, name=path))
        if len(sources) != 1:
            raise SourceError("sources.not_one", name=path, count=len(sources))
        facts = read_facts(sources[0], limits, lambda _: Demand(kinds=None, geometry=True))
    except SourceError as error:
        line.error = error
        return line
    shapes = facts.whole.get("shapes")
    layers = [
        layer
        for layer in (shapes.layers if isinstance(shapes, Shapes) else ())
        if not layer_name or fold_layer_name(layer.layer) == fold_layer_name(layer_name)
    ]
    if len(layers) != 1:
        line.error = SourceError("projects.red_line_layer", path=given, count=len(layers))
        return line
    _judge(line, layers[0])
    return line


def _judge(line: RedLine, layer: LayerShapes) -> None:
    import shapely

    geometries = [each for each in layer.geometry(slice(None)) if each is not None]
    if not geometries:
        line.geometry_type = "none"
        return
    types = sorted({each.geom_type for each in geometries})
    line.geometry_type = " ".join(types)
    line.crs = layer.crs
    if not set(types) <= {"Polygon", "MultiPolygon"}:
        return
    bad = [shapely.is_valid_reason(each) for each in geometries if not shapely.is_valid(each)]
    line.valid = not bad
    line.reason = bad[0] if bad else None
    transformer = _transformer(layer.crs, _GEOGRAPHIC) if layer.crs else None
    if transformer is None:
        return
    whole = shapely.union_all(shapely.make_valid(_moved(np.array(geometries, object), transformer)))
    if whole.is_empty or not np.isfinite(whole.bounds).all():
        return
    centre = whole.representative_point()
    line.longitude, line.latitude = round(centre.x, 6), round(centre.y, 6)
    if not (-180 <= centre.x <= 180 and -90 < centre.y < 90):
        return
    line.plane = f"+proj=aeqd +lat_0={centre.y:.6f} +lon_0={centre.x:.6f} +ellps=GRS80 +units=m +no_defs"
    local = _transformer(_GEOGRAPHIC, line.plane)
    assert local is not None
    line.area = _moved(np.array([whole], object), local)[0]
    line.square_metres = round(float(line.area.area), 1)


def _moved(geometries: Any, transformer: Any) -> Any:
    import shapely

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(shapely.force_2d(geometries), move)


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Any:
    """Of positions in the order east, north; None for a system that nobody knows. CGCS2000 and WGS 84 are taken as one:
    they differ by less than a decimetre."""
    from pyproj.exceptions import ProjError

    name = {"EPSG:4326": _GEOGRAPHIC, "OGC:CRS84": _GEOGRAPHIC, "CRS84": _GEOGRAPHIC}.get(source.upper(), source)
    try:
        return change_of_system(name, target)
    except ProjError:
        return None

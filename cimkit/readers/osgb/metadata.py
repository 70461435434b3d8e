"""metadata.xml of an OSGB folder: the reference system in one of its known shapes, and the origin of the tiles in it.

Shapes seen in the wild: `EPSG:4549`; `ENU:41.8,123.4` (latitude first); `local` or nothing; well-known text; each with
an SRSOrigin of two or three numbers, with or without a Texture element, the root with or without its version.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lxml import etree

from cimkit.readers.crs_text import SystemText, system_of_wkt
from cimkit.readers.notes import Notes

__all__ = ["ModelMetadata", "read_model_metadata"]

_ENU = re.compile(r"ENU\s*:\s*([-+\d.eE]+)\s*,\s*([-+\d.eE]+)", re.IGNORECASE)
_EPSG = re.compile(r"EPSG\s*:{1,2}\s*(\d+(?:\+\d+)?)", re.IGNORECASE)
_PLACE = "metadata.xml"


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """shape: epsg, enu, local, wkt, or missing; srs: as written; origin: two or three numbers; latitude and longitude
    of an ENU system; version and colour source as written."""

    shape: str
    srs: str | None = None
    system: SystemText | None = None
    origin: tuple[float, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    version: str | None = None
    color_source: str | None = None


def read_model_metadata(data: bytes, notes: Notes) -> ModelMetadata | None:
    """None: it cannot be read. What is wrong with it is noted."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        notes.add("osgb_metadata", "syntax", found=problem, locator=_PLACE)
        return None
    if etree.QName(root).localname != "ModelMetadata":
        notes.add(
            "osgb_metadata", "wrong_root", found=etree.QName(root).localname, expected="ModelMetadata", locator=_PLACE
        )
    srs = _text(root, "SRS")
    version = root.get("version") or _text(root, "_version")
    source = _text(root, "ColorSource")
    origin = _origin(_text(root, "SRSOrigin"), notes)
    shape, system, place = _system(srs, notes)
    if shape in {"epsg", "wkt"} and not origin:
        notes.add("osgb_origin", "missing", expected="x,y,z", locator=_PLACE)
    elif shape in {"epsg", "wkt"}:
        _judge_origin(srs or "", origin, notes)
    return ModelMetadata(shape, srs, system, origin, place[0], place[1], version, source)


def _text(root: etree._Element, name: str) -> str | None:
    found = root.find(f".//{{*}}{name}")
    text = "".join(str(part) for part in found.itertext()).strip() if found is not None else ""
    return text or None


def _origin(text: str | None, notes: Notes) -> tuple[float, ...]:
    if text is None:
        return ()
    try:
        numbers = tuple(float(part) for part in text.replace("，", ",").split(",") if part.strip())
    except ValueError:
        numbers = ()
    if len(numbers) not in (2, 3) or not all(map(math.isfinite, numbers)):
        notes.add("osgb_origin", "numbers", found=text, expected="x,y,z", locator=_PLACE)
        return ()
    return numbers


def _system(srs: str | None, notes: Notes) -> tuple[str, SystemText | None, tuple[float | None, float | None]]:
    nowhere = (None, None)
    if srs is None:
        notes.add("osgb_system", "missing", expected="EPSG:... | ENU:lat,lon | WKT", locator=_PLACE)
        return "missing", None, nowhere
    if srs.casefold().startswith("local"):
        notes.add("osgb_system", "local", found=srs, locator=_PLACE)
        return "local", None, nowhere
    if (enu := _ENU.fullmatch(srs)) is not None:
        return "enu", None, _enu(enu, srs, notes)
    if (epsg := _EPSG.fullmatch(srs)) is not None:
        system = system_of_wkt(f"EPSG:{epsg[1]}")
        if system is None:
            notes.add("osgb_system", "not_registered", found=srs, locator=_PLACE)
        return "epsg", system, nowhere
    system = system_of_wkt(srs) if "[" in srs else None
    if system is None:
        notes.add("osgb_system", "not_told", found=srs, expected="EPSG:... | ENU:lat,lon | WKT", locator=_PLACE)
        return "missing", None, nowhere
    return "wkt", system, nowhere


def _enu(match: re.Match[str], srs: str, notes: Notes) -> tuple[float | None, float | None]:
    try:
        latitude, longitude = float(match[1]), float(match[2])
    except ValueError:
        latitude = longitude = math.nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN too
        swapped = abs(longitude) <= 90 and abs(latitude) <= 180
        notes.add("osgb_origin", "swapped" if swapped else "numbers", found=srs, expected="ENU:lat,lon", locator=_PLACE)
        return None, None
    return latitude, longitude


def _judge_origin(srs: str, origin: tuple[float, ...], notes: Notes) -> None:
    """Whether the origin lies where the system is meant to be used; easting first, as software writes it."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError, ProjError

    try:
        system = CRS.from_user_input(srs)
        area = system.area_of_use
        transformer = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
        places = [transformer.transform(x, y) for x, y in (origin[:2], origin[1::-1])]
    except (CRSError, ProjError):
        return
    if area is None:
        return
    inside = [area.west - 3 <= x <= area.east + 3 and area.south - 3 <= y <= area.north + 3 for x, y in places]
    if not inside[0]:
        found = ",".join(f"{number:.12g}" for number in origin)
        box = f"{area.west:g},{area.south:g} .. {area.east:g},{area.north:g}"
        notes.add("osgb_origin", "swapped" if inside[1] else "outside_area", found=found, expected=box, locator=_PLACE)

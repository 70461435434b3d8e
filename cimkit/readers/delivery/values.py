"""Values of manifests and agreements: read as what they mean, so that they can be compared with what files say."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from cimkit.facts.names import fold_layer_name

__all__ = [
    "constraint",
    "crs_code",
    "datum",
    "extent",
    "flag",
    "format_word",
    "is_date",
    "number",
    "secrecy_rank",
    "texts",
]

#: Grades of secrecy, lowest first: two that no law calls a state secret, and the three of the law on state secrets.
SECRECY = (
    ("公开", "public", "open", "非密", "无密级"),
    ("内部", "internal", "内部资料", "工作秘密", "敏感", "restricted"),
    ("秘密", "confidential", "秘密级"),
    ("机密", "secret", "机密级"),
    ("绝密", "top secret", "绝密级"),
)
_RANKS = {fold_layer_name(word): rank for rank, words in enumerate(SECRECY) for word in words}
_CONSTRAINTS = {"m": "M", "c": "C", "o": "O", "必选": "M", "条件必选": "C", "可选": "O"}
_YES = frozenset({"true", "yes", "1", "是", "有"})
_NO = frozenset({"false", "no", "0", "否", "无"})
_DATE = re.compile(r"(\d{4})(?:[-/.:年](\d{1,2})(?:[-/.:月](\d{1,2})日?)?月?)?年?(?:[T ].*)?")
#: `EPSG:4549`, `epsg 4549`, `urn:ogc:def:crs:EPSG:9.9:4549`, `.../crs/EPSG/0/4549`.
_CODE = re.compile(r"(?i)\bEPSG\b(?:[/:]+[\d.]*[/:]+|\D{0,3})(\d{4,6})(?!\d)")
#: Names of the national reference systems as people write them -> their codes (EPSG register v11.022).
_SYSTEMS = {
    "cgcs2000": 4490, "国家2000": 4490, "2000国家大地坐标系": 4490, "chinageodeticcoordinatesystem2000": 4490,
    "国家大地坐标系2000": 4490, "wgs84": 4326, "wgs84坐标系": 4326,
}  # fmt: skip
_DATUMS = {
    "1985国家高程基准": 5737, "1985高程": 5737, "黄海1985": 5737, "国家高程基准1985": 5737, "yellowsea1985height": 5737,
    "yellowsea1985": 5737, "85高程": 5737, "1956黄海高程": 5736, "1956黄海高程系": 5736, "yellowsea1956height": 5736,
}  # fmt: skip
#: Other words for formats.
_FORMATS = {
    "gpkg": "geopackage", "shp": "shapefile", "gdb": "filegdb", "json": "geojson", "gml": "citygml",
    "3d tiles": "3dtiles", "tileset": "3dtiles", "tif": "geotiff", "tiff": "geotiff", "laz": "las", "slpk": "i3s",
    "excel": "xlsx", "倾斜摄影": "osgb",
}  # fmt: skip


def secrecy_rank(word: str | None) -> int | None:
    """0 for 公开 to 4 for 绝密; None for a word that is no grade."""
    return None if word is None else _RANKS.get(fold_layer_name(word))


def constraint(word: str | None) -> str | None:
    """M, C or O."""
    return None if word is None else _CONSTRAINTS.get(word.strip().casefold())


def flag(word: str | None) -> bool | None:
    """true or false, in the usual words for them."""
    folded = "" if word is None else word.strip().casefold()
    return True if folded in _YES else False if folded in _NO else None


def number(word: str | None) -> float | None:
    """A finite number; a unit of metres behind it is left off."""
    if word is None:
        return None
    try:
        value = float(re.sub(r"(?i)\s*(m|米)$", "", word.strip().replace(",", "")))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def is_date(word: str | None) -> str | None:
    """A year, month or day as ISO 8601 writes it: `2026年1月5日` is `2026-01-05`."""
    match = _DATE.fullmatch(word.strip()) if word is not None else None
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        date(year or 1, month or 1, day or 1)
    except ValueError:
        return None
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])


def extent(given: Any) -> tuple[float, float, float, float] | None:
    """West, south, east, north: a list, or numbers with blanks or commas between. None for anything else."""
    words = given if isinstance(given, list) else re.split(r"[\s,，;；]+", str(given or "").strip())
    numbers = [number(str(word)) for word in words]
    if len(numbers) != 4:
        return None
    west, south, east, north = numbers
    if west is None or south is None or east is None or north is None or west > east or south > north:
        return None
    return west, south, east, north


def texts(given: Any) -> tuple[str, ...]:
    """One text or several: a list, or a text with semicolons, `|` or 、 between."""
    words = given if isinstance(given, list) else re.split(r"[;；|、]", str(given or ""))
    return tuple(text for word in words if word is not None and (text := str(word).strip()))


def crs_code(word: str | None) -> str | None:
    """`EPSG:4549` of `epsg 4549`, `urn:ogc:def:crs:EPSG::4549`, `EPSG:4549+5737`, `CGCS2000`; else the word itself."""
    if word is None or not word.strip():
        return None
    match = _CODE.search(word)
    if match:
        return f"EPSG:{match[1]}"
    known = _SYSTEMS.get(_bare(word))
    return f"EPSG:{known}" if known is not None else word.strip()


def datum(word: str | None) -> str | None:
    """`EPSG:5737` of 1985国家高程基准 and its other names, or of the height part of a compound code."""
    if word is None or not word.strip():
        return None
    compound = re.search(r"\+\s*(\d{4,6})\s*$", word)
    codes = [compound[1]] if compound else _CODE.findall(word)
    if codes:
        return f"EPSG:{codes[-1]}"  # of a compound system the height part stands last
    known = _DATUMS.get(_bare(word))
    return f"EPSG:{known}" if known is not None else word.strip()


def _bare(word: str) -> str:
    return re.sub(r"[\s_\-()]", "", fold_layer_name(word))


def format_word(word: str | None) -> str | None:
    """The word that cimkit has for a format."""
    if word is None or not word.strip():
        return None
    folded = word.strip().casefold().lstrip(".")
    return _FORMATS.get(folded, folded)

"""The type system of 3D metadata, and the semantics that come with 3D Tiles.

Source: OGC 22-025r4, 3D Metadata Specification and 3D Metadata Semantic Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "COMPONENTS",
    "COMPONENT_TYPES",
    "ENUM_VALUE_TYPES",
    "FLOATS",
    "IDENTIFIER",
    "INTEGER_RANGES",
    "NUMERIC_TYPES",
    "OFFSET_TYPES",
    "RESERVED",
    "SEMANTICS",
    "SIZES",
    "TYPES",
    "Semantic",
]

IDENTIFIER = r"^[a-zA-Z_][a-zA-Z0-9_]*$"

#: Components of each numeric type.
COMPONENTS: Mapping[str, int] = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
NUMERIC_TYPES = tuple(COMPONENTS)
TYPES = (*NUMERIC_TYPES, "STRING", "BOOLEAN", "ENUM")

#: Bytes of each component type; its name in numpy is the key in lower case (`int8`, `float64`).
SIZES: Mapping[str, int] = {
    "INT8": 1,
    "UINT8": 1,
    "INT16": 2,
    "UINT16": 2,
    "INT32": 4,
    "UINT32": 4,
    "INT64": 8,
    "UINT64": 8,
    "FLOAT32": 4,
    "FLOAT64": 8,
}
COMPONENT_TYPES = tuple(SIZES)
FLOATS = frozenset({"FLOAT32", "FLOAT64"})
INTEGER_RANGES: Mapping[str, tuple[int, int]] = {
    name: (0, 2 ** (8 * size) - 1) if name.startswith("U") else (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
    for name, size in SIZES.items()
    if name not in FLOATS
}
ENUM_VALUE_TYPES = tuple(INTEGER_RANGES)
OFFSET_TYPES = ("UINT8", "UINT16", "UINT32", "UINT64")


@dataclass(frozen=True, slots=True)
class Semantic:
    """What a property with this semantic has to be. components: allowed component types, empty: none; count: of a
    fixed-length array, None with `array`: of any length."""

    type: str
    components: frozenset[str] = frozenset()
    array: bool = False
    count: int | None = None


_FLOAT = FLOATS
_DOUBLE = frozenset({"FLOAT64"})
_UNSIGNED = frozenset({"UINT8", "UINT16", "UINT32", "UINT64"})
_TEXT = Semantic("STRING")
_TEXTS = Semantic("STRING", array=True)


def _bounded(prefix: str) -> dict[str, Semantic]:
    """Semantics that tiles and contents share."""
    return {
        f"{prefix}_BOUNDING_BOX": Semantic("SCALAR", _FLOAT, array=True, count=12),
        f"{prefix}_BOUNDING_REGION": Semantic("SCALAR", _DOUBLE, array=True, count=6),
        f"{prefix}_BOUNDING_SPHERE": Semantic("SCALAR", _FLOAT, array=True, count=4),
        f"{prefix}_BOUNDING_S2_CELL": Semantic("SCALAR", frozenset({"UINT64"})),
        f"{prefix}_MINIMUM_HEIGHT": Semantic("SCALAR", _FLOAT),
        f"{prefix}_MAXIMUM_HEIGHT": Semantic("SCALAR", _FLOAT),
        f"{prefix}_HORIZON_OCCLUSION_POINT": Semantic("VEC3", _FLOAT),
    }


#: Beginnings of names that the specification gives to its own semantics.
RESERVED = ("TILESET_", "TILE_", "CONTENT_")
#: Semantics outside this table are an application's own.
SEMANTICS: Mapping[str, Semantic] = {
    "ID": _TEXT,
    "NAME": _TEXT,
    "DESCRIPTION": _TEXT,
    "ATTRIBUTION_IDS": Semantic("SCALAR", _UNSIGNED, array=True),
    "ATTRIBUTION_STRINGS": _TEXTS,
    "TILESET_FEATURE_ID_LABELS": _TEXTS,
    "TILESET_CRS_GEOCENTRIC": _TEXT,
    "TILESET_CRS_COORDINATE_EPOCH": _TEXT,
    **_bounded("TILE"),
    "TILE_GEOMETRIC_ERROR": Semantic("SCALAR", _FLOAT),
    "TILE_REFINE": Semantic("SCALAR", frozenset({"UINT8"})),
    "TILE_TRANSFORM": Semantic("MAT4", _FLOAT),
    **_bounded("CONTENT"),
    "CONTENT_URI": _TEXT,
    "CONTENT_GROUP_ID": Semantic("SCALAR", _UNSIGNED),
}

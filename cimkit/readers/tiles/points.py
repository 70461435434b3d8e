"""Vertices and points of a content against the volume that must hold them.

Source: OGC 22-025r4, Bounding volume spatial coherence, Transforms; the ellipsoid of WGS 84 (EPSG 7030).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.volumes import Matrix, Volume

__all__ = ["IDENTITY", "Y_UP_TO_Z_UP", "Array", "Points", "farthest_outside", "geodetic", "moved", "tolerance"]

Array = npt.NDArray[np.float64]

IDENTITY: Array = np.eye(4)
#: glTF has y up, 3D Tiles z.
Y_UP_TO_Z_UP: Array = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float64)

_A = 6378137.0
_B = 6356752.314245179
_E2 = 1 - (_B / _A) ** 2
_CHUNK = 500_000


@dataclass(frozen=True, slots=True)
class Points:
    """values: (n, 3), as stored; matrix: (4, 4), to the coordinates of the tile."""

    values: npt.NDArray[Any]
    matrix: Array


def moved(points: Sequence[Points], centre: Sequence[float]) -> list[Points]:
    """Points that are relative to a centre, in the coordinates of the tile."""
    shift = IDENTITY.copy()
    shift[:3, 3] = centre
    return [Points(each.values, shift @ each.matrix) for each in points]


def farthest_outside(points: Sequence[Points], volume: Volume, to_tileset: Matrix | None) -> float:
    """By how many metres the point farthest outside sticks out; 0 when all are inside.

    to_tileset: from the tile to the coordinates of the whole tileset, in which alone a region can be compared.
    """
    farthest = 0.0
    for each in points:
        matrix = each.matrix
        if volume.kind == "region" and to_tileset is not None:
            matrix = np.array(to_tileset) @ matrix
        for begin in range(0, len(each.values), _CHUNK):
            chunk = each.values[begin : begin + _CHUNK].astype(np.float64)
            with np.errstate(over="ignore", invalid="ignore"):
                found = _outside(chunk @ matrix[:3, :3].T + matrix[:3, 3], volume)
            farthest = max(farthest, float(np.nanmax(found, initial=0.0)))
    return farthest


def tolerance(volume: Volume) -> float:
    """A hundredth of the volume's greatest half length, and a centimetre: single precision and rounding of volumes."""
    numbers = volume.numbers
    if volume.kind == "sphere":
        half = numbers[3]
    elif volume.kind == "box":
        half = max(math.hypot(*numbers[at : at + 3]) for at in (3, 6, 9))
    else:
        width = (numbers[2] - numbers[0]) % math.tau
        half = max(width * _A, (numbers[3] - numbers[1]) * _A, numbers[5] - numbers[4]) / 2
    return 0.01 * half + 0.01


def _outside(places: Array, volume: Volume) -> Array:
    """How far each place is outside, along the axis on which it is farthest (n); negative inside."""
    numbers = np.array(volume.numbers)
    if volume.kind == "region":
        return _outside_region(places, numbers)
    offsets = places - numbers[:3]
    if volume.kind == "sphere":
        distance: Array = np.linalg.norm(offsets, axis=1) - numbers[3]
        return distance
    axes = numbers[3:].reshape(3, 3)
    lengths = np.linalg.norm(axes, axis=1)
    thick = lengths > 0
    along: Array = np.abs(offsets @ axes[thick].T) / lengths[thick] - lengths[thick]
    return along.max(axis=1) if thick.any() else np.zeros(len(places))


def _outside_region(places: Array, numbers: Array) -> Array:
    """Degrees of arc as metres on the ellipsoid."""
    west, south, east, north, low, high = numbers
    longitude, latitude, height = geodetic(places)
    half = ((east - west) % math.tau if east - west < math.tau else math.tau) / 2
    turned = np.abs((longitude - west - half + math.pi) % math.tau - math.pi) - half
    farthest: Array = np.stack(
        [
            turned * np.hypot(places[:, 0], places[:, 1]),
            (south - latitude) * _A,
            (latitude - north) * _A,
            low - height,
            height - high,
        ]
    ).max(axis=0)
    return farthest


def geodetic(places: Array) -> tuple[Array, Array, Array]:
    """Longitude and latitude (radians) and height above the ellipsoid (metres) of earth-centred places (n, 3)."""
    x, y, z = places.T
    around = np.hypot(x, y)
    reduced = np.arctan2(z * _A, around * _B)
    latitude = np.arctan2(z + (_A**2 / _B - _B) * np.sin(reduced) ** 3, around - _E2 * _A * np.cos(reduced) ** 3)
    height = around * np.cos(latitude) + z * np.sin(latitude) - _A * np.sqrt(1 - _E2 * np.sin(latitude) ** 2)
    return np.arctan2(y, x), latitude, height

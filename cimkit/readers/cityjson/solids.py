"""The surfaces and solids of a file, ready to be judged by ISO 19107."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cimkit.facts.boundaries import Boundaries, IntVector, Kind, SubjectGeometry, concatenate
from cimkit.readers.cityjson.geometry import Batch, Placed

__all__ = ["subject_geometry"]

_KINDS: Mapping[str, Kind] = {
    "MultiSurface": Kind.SURFACES,
    "CompositeSurface": Kind.COMPOSITE_SURFACE,
    "Solid": Kind.SOLID,
    "MultiSolid": Kind.SOLID,
    "CompositeSolid": Kind.SOLID,
}


def subject_geometry(
    batches: Sequence[Batch], points: npt.NDArray[np.float64], buildings: Mapping[int, int]
) -> SubjectGeometry | None:
    """Surfaces and solids of all batches; None where there are none. buildings: of some sids, their building's number.

    Solids of one building in one level of detail must not overlap; solids of one CompositeSolid belong together.
    """
    parts: list[Boundaries] = []
    owners: list[_Owner] = []
    composites = 0
    levels: dict[tuple[int, str], int] = {}
    for batch in batches:
        if batch.kind not in _KINDS or not batch.items:
            continue
        several = batch.kind in {"MultiSolid", "CompositeSolid"}
        solid_of = np.repeat(np.arange(len(batch.items)), np.diff(batch.starts[0])) if several else None
        part_owners = _owners(batch, solid_of)
        building = np.asarray([_building(owner, buildings, levels) for owner in part_owners], np.int64)
        composite = np.full(len(part_owners), -1)
        if solid_of is not None and batch.kind == "CompositeSolid":
            composite = solid_of + composites
            composites += len(batch.items)
        parts.append(_boundaries(batch, points, composite, building, several=several))
        owners += part_owners
    if not owners:
        return None

    boundaries = concatenate(parts)

    def locate(solid: int, shell: int | None, polygon: int | None, ring: int | None) -> str:
        owner = owners[solid]
        prefix = "" if owner.line is None else f"{owner.line}:"
        steps = (owner.number, shell if boundaries.kind[solid] == Kind.SOLID else None, polygon, ring)
        return f"{prefix}{owner.place}/boundaries" + "".join(f"/{step}" for step in steps if step is not None)

    sids = np.asarray([owner.sid for owner in owners], np.int32)
    return SubjectGeometry(boundaries, sids, tuple(owner.lod for owner in owners), locate)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Where a solid or surface comes from. It holds no part of the document, whose memory can go.

    sid     of its city object, -1 none
    number  among the solids of its geometry, None where that has one only
    """

    sid: int
    lod: str
    place: str
    line: int | None
    number: int | None


def _owners(batch: Batch, solid_of: IntVector | None) -> list[_Owner]:
    def owner(item: Placed, number: int | None) -> _Owner:
        sid = -1 if item.sid is None else item.sid
        return _Owner(sid, str(item.content.get("lod", "")), item.place, item.line, number)

    if solid_of is None:
        return [owner(item, None) for item in batch.items]
    first = batch.starts[0]
    return [owner(batch.items[k], number - int(first[k])) for number, k in enumerate(solid_of.tolist())]


def _building(owner: _Owner, buildings: Mapping[int, int], levels: dict[tuple[int, str], int]) -> int:
    number = buildings.get(owner.sid)
    return -1 if number is None else levels.setdefault((number, owner.lod), len(levels))


def _boundaries(
    batch: Batch, points: npt.NDArray[np.float64], composite: IntVector, building: IntVector, *, several: bool
) -> Boundaries:
    kind = _KINDS[batch.kind]
    if several:
        _, solid_start, shell_start, polygon_start, ring_start = batch.starts
    elif kind == Kind.SOLID:
        solid_start, shell_start, polygon_start, ring_start = batch.starts
    else:  # a surface is a solid of one shell
        shell_start, polygon_start, ring_start = batch.starts
        solid_start = np.arange(len(batch.items) + 1)
    count = len(solid_start) - 1
    return Boundaries(
        points=points,
        corner=batch.index,
        ring_start=ring_start,
        polygon_start=polygon_start,
        shell_start=shell_start,
        solid_start=solid_start,
        kind=np.full(count, kind, np.uint8),
        composite=composite,
        building=building,
        closing_point=False,
    )

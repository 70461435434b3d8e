"""Bounds on what is read, so that no source can exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """bytes           largest single file, unpacked
    archive_bytes   largest sum of an archive's members, unpacked
    archive_ratio   largest ratio of unpacked to packed size of a member over 10 MB
    members         most members of an archive, and most files of a folder
    """

    bytes: int = 8_000_000_000
    archive_bytes: int = 16_000_000_000
    archive_ratio: int = 200
    members: int = 200_000

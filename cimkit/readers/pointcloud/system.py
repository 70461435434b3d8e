"""The reference system of a LAS file, from its records: well-known text, or the keys of GeoTIFF."""

from __future__ import annotations

import struct

from cimkit.readers.crs_text import SystemText, system_of_wkt
from cimkit.readers.pointcloud.header import Header

__all__ = ["system_of"]

_USER = "LASF_Projection"
_WKT, _KEYS = 2112, 34735
_GEOGRAPHIC, _PROJECTED, _VERTICAL = 2048, 3072, 4096
_USER_DEFINED = 32767


def system_of(header: Header) -> tuple[SystemText | None, bool]:
    """The system, and whether a record states one (that may be unreadable)."""
    records = [record for record in header.records if record.user == _USER]
    texts = [record.content for record in records if record.number == _WKT]
    keys = [record.content for record in records if record.number == _KEYS]
    if texts and (header.wkt or not keys):
        wkt = texts[-1].split(b"\0", 1)[0].decode("utf-8", "replace").strip()
        return (system_of_wkt(wkt) if wkt else None), bool(wkt)
    if keys:
        return _of_keys(keys[-1])
    return None, False


def _of_keys(content: bytes) -> tuple[SystemText | None, bool]:
    """Codes of the register among the keys; systems that are described by single parameters have no code."""
    values = struct.unpack(f"<{len(content) // 2}H", content[: len(content) // 2 * 2])
    entries = {values[at]: values[at + 3] for at in range(4, len(values) - 3, 4) if values[at + 1] == 0}
    horizontal = entries.get(_PROJECTED) or entries.get(_GEOGRAPHIC)
    vertical = entries.get(_VERTICAL)
    if not horizontal or horizontal >= _USER_DEFINED:
        return None, bool(horizontal)
    code = f"EPSG:{horizontal}"
    if vertical and 0 < vertical < _USER_DEFINED:
        return system_of_wkt(f"{code}+{vertical}") or system_of_wkt(code), True
    return system_of_wkt(code), True

"""What the reader of point clouds can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["LAS_DEFECTS"]

#: Every kind of defect -> what it means. ASPRS LAS 1.0 to 1.4 (R15).
LAS_DEFECTS: Mapping[str, str] = {
    "las_header": "the header has sizes, formats or numbers that its version does not allow",
    "las_truncated": "fewer points than the header says: the file was cut short",
    "las_record": "a variable length record that breaks off or lies outside the file",
    "las_counts": "the header counts points otherwise than there are, in all or by return",
    "las_extent": "points outside the extent that the header states, or an extent that is none",
    "las_returns": "return numbers of zero, or beyond the number of returns of their pulse",
    "las_class": "classes that the format reserves",
    "las_no_crs": "the reference system is not stated",
    "las_crs_not_registered": "a reference system of its own, without a code of the register, or unreadable",
    "las_unreadable": "points that cannot be unpacked",
}

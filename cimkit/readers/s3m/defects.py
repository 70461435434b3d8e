"""What the reader of S3M can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["S3M_DEFECTS"]

#: Every kind of defect -> what it means. SuperMap's s3m-spec (T/CAGIS 1-2019 and the versions after it).
S3M_DEFECTS: Mapping[str, str] = {
    "s3m_description": "the description lacks a member, or has one that the format does not allow",
    "s3m_system": "the reference system is missing or cannot be told",
    "s3m_tile_missing": "a root tile that is not there",
    "s3m_tile": "a tile whose header does not fit its content",
    "s3m_not_judged": "something that was not looked at, such as a version older than 3",
}

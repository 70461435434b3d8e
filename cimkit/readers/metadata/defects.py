"""What the reader of metadata can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["METADATA_DEFECTS"]

#: Every kind of defect -> what it means.
METADATA_DEFECTS: Mapping[str, str] = {
    "metadata_syntax": "the XML breaks off or is not well formed; what stands before the place was read",
    "metadata_entity": "the XML declares entities of its own, which are never expanded",
    "metadata_encoding": "bytes that the text's encoding does not have",
    "metadata_conflict": "one field written twice with two values",
    "metadata_unknown": "nothing in the record is a field of metadata that is known",
}

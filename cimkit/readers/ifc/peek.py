"""What an IFC file says in its first bytes, before it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cimkit.facts.ifc_schema import IfcSchema

__all__ = ["PEEK_BYTES", "declared_stage", "schema_of"]

PEEK_BYTES = 4 << 20
_HEADER_BYTES = 1 << 20
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']{0,200})'", re.IGNORECASE)
_STRING = rb"'((?:[^']|''){0,1000})'"
_PROJECT = re.compile(rb"=\s*IFCPROJECT\s*\(([^;]{0,4000});", re.IGNORECASE)
#: How every file with the property below writes its name: to look for these is many times faster.
_ESCAPED_NAME, *_RAW_NAMES = (b"\\9636", "阶段".encode(), "阶段".encode("gb18030"))
#: `Pset_Manifest`.阶段, as Hubei's planning models have it, escaped or not.
_STAGE_PROPERTY = re.compile(
    rb"IFCPROPERTYSINGLEVALUE\s*\(\s*'(?:\\X2\\9636\s?6BB5\\X0\\|\xe9\x98\xb6\xe6\xae\xb5|\xbd\xd7\xb6\xce)'\s*,"
    rb"[^,]{0,200},\s*IFC[A-Z]+\s*\(\s*" + _STRING,
    re.IGNORECASE,
)
_PHASE_POSITION = 6  # GlobalId, OwnerHistory, Name, Description, ObjectType, LongName, Phase: the same in all schemas


def schema_of(data: bytes | memoryview) -> IfcSchema | None:
    """The schema that the file is read by: the one its header names, or the nearest; None for one that isn't IFC."""
    from cimkit.facts.ifc_schema import ifc_schema, nearest_schema

    found = _SCHEMA.search(bytes(data[:_HEADER_BYTES]))
    name, _ = nearest_schema(found[1].decode("latin-1")) if found else (None, False)
    return ifc_schema(name) if name is not None else None


def declared_stage(head: bytes) -> str | None:
    """What the file says of its own stage, in its own words: a property 阶段, or IfcProject.Phase; None: nothing."""
    from cimkit.readers.step import decode_string

    named = _ESCAPED_NAME in head or (not head.isascii() and any(name in head for name in _RAW_NAMES))
    found = _STAGE_PROPERTY.search(head) if named else None
    if found:
        return decode_string(_text(found[1])) or None
    project = _PROJECT.search(head)
    if not project:
        return None
    parameters = re.findall(rb"'(?:[^']|'')*'|[^,']+", project[1])
    phase = parameters[_PHASE_POSITION].strip() if len(parameters) > _PHASE_POSITION else b"$"
    return (decode_string(_text(phase[1:-1])) or None) if phase.startswith(b"'") else None


def _text(written: bytes) -> str:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("gb18030", "replace")

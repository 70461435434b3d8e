"""What the first megabytes of an IFC file tell without reading it: the schema, and the stage that the project states.

Both only shape the question (which rules, which demand); the reader proper decides what the file says.
"""

from __future__ import annotations

import re

import numpy as np

from cimkit.facts.ifc_schema import IfcSchema, ifc_schema, nearest_schema

__all__ = ["PEEK_BYTES", "declared_stage", "schema_of"]

#: The project is among the first instances of what every common exporter writes.
PEEK_BYTES = 4_000_000

_FILE_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
_PROJECT = re.compile(rb"#\d+\s*=\s*IFCPROJECT\s*\([^;]*;", re.IGNORECASE)


def schema_of(head: bytes) -> IfcSchema | None:
    """The schema that the header names, or the nearest one known; None for anything else."""
    named = _FILE_SCHEMA.search(head, 0, PEEK_BYTES)
    nearest, _ = nearest_schema(named[1].decode("ascii", "replace")) if named else (None, False)
    return ifc_schema(nearest) if nearest else None


def declared_stage(head: bytes) -> str | None:
    """`IfcProject.Phase` as written, None where it is empty or the project stands further on."""
    from cimkit.readers.step import StepFile

    schema, project = schema_of(head), _PROJECT.search(head, 0, PEEK_BYTES)
    index = schema.attribute_index("IFCPROJECT", "Phase") if schema is not None else None
    if project is None or index is None:
        return None
    step = StepFile.open(b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n" + project[0] + b"\nENDSEC;\nEND-ISO-10303-21;\n")
    return step.records(np.arange(len(step.ids), dtype=np.int32)).strings(index).first()

"""Which reader a format has. The table is all there is; no reader registers itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema, ifc_schema, nearest_schema
from cimkit.facts.model import Facts
from cimkit.sources.opening import Source

__all__ = ["read_facts"]

_FILE_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)


def read_facts(data: bytes, source: Source, demand_for: Callable[[IfcSchema | None], Demand]) -> Facts:
    """The facts of one source. demand_for(schema) is asked once the schema is known, since names of kinds depend on it.

    Raises SourceError when nothing of the content can be read.
    """
    match source.format:
        case "ifc":
            from cimkit.readers.ifc.reader import read_ifc

            return read_ifc(data, demand_for(_schema_of(data)), name=source.name)
        case "ifcxml":
            from cimkit.readers.ifcxml import read_ifcxml

            return read_ifcxml(data, demand_for(None), name=source.name)
        case _:
            raise SourceError("sources.no_reader", name=source.name, format=str(source.format))


def _schema_of(data: bytes) -> IfcSchema | None:
    """The schema that the header names, or the nearest one known. A comment before it does no harm: the reader proper
    decides, this only shapes the demand."""
    named = _FILE_SCHEMA.search(data, 0, 1_000_000)
    nearest, _ = nearest_schema(named[1].decode("ascii", "replace")) if named else (None, False)
    return ifc_schema(nearest) if nearest else None

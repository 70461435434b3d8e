"""Facts about the file as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cimkit.facts.model import DATASETS, Facts
from cimkit.readers.ifc.discipline import guess_discipline
from cimkit.readers.ifc.georeference import read_georeference

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.readers.ifc.instances import IfcModel
    from cimkit.readers.ifc.subjects import SubjectIndex
    from cimkit.readers.ifc.units import Units

__all__ = ["counts", "dataset", "whole_facts"]

_HEADER = (
    "description", "implementation_level", "name", "time_stamp", "author", "organization", "preprocessor_version",
    "originating_system", "authorization", "schema_identifiers",
)  # fmt: skip


def whole_facts(
    model: IfcModel, subjects: SubjectIndex, units: Units, demand: Demand, name: str | None
) -> dict[str, Any]:
    """header, units, storeys, discipline; georeference where it is demanded."""
    found: dict[str, Any] = {
        "header": {field: getattr(model.file.header, field) for field in _HEADER},
        "units": {
            kind: {"name": unit.name, "scale": unit.scale, "offset": unit.offset}
            for kind, unit in units.project.items()
        },
        "storeys": _storeys(model, subjects, units),
        "discipline": guess_discipline(model, name),
    }
    if demand.georeference:
        found["georeference"] = read_georeference(model, subjects, units)
    return found


def _storeys(model: IfcModel, subjects: SubjectIndex, units: Units) -> list[dict[str, Any]]:
    """Storeys from the lowest to the highest, elevation in metres; those without one last."""
    table = model.table("IFCBUILDINGSTOREY")
    scale = units.of_datatype("IFCLENGTHMEASURE").scale
    written = table.raw("Elevation").cast(pl.Float64, strict=False).to_list()
    storeys = [
        {
            "id": int(model.file.ids[row]),
            "sid": int(subjects.sid[row]) if subjects.sid[row] >= 0 else None,
            "name": name,
            "elevation": None if elevation is None else elevation * scale,
        }
        for row, name, elevation in zip(table.rows.tolist(), table.texts("Name"), written, strict=True)
    ]
    return sorted(storeys, key=lambda storey: (storey["elevation"] is None, storey["elevation"] or 0.0))


def counts(model: IfcModel) -> dict[str, int]:
    """instances, bytes, things by kind (`kind:IfcWall`), whether the end is missing, records that can't be read."""
    file = model.file
    of_kind = np.bincount(model.kind_of, minlength=len(model.kinds))
    things = model.subtypes(("IFCPRODUCT", "IFCGROUP", "IFCTYPEOBJECT", "IFCPROJECT", "IFCPROCESS", "IFCACTOR"))
    numbers = {
        f"kind:{model.schema.entities[kind].name}": int(count)
        for kind, count in zip(model.kinds, of_kind, strict=True)
        if kind in things
    }
    unnamed = sum(int(count) for kind, count in zip(model.kinds, of_kind, strict=True) if not kind)
    return {
        "instances": len(model),
        "bytes": file.octets.size,
        "truncated": int(file.truncated),
        "unreadable_records": unnamed + int(np.count_nonzero(np.asarray(file.ids, np.int64) < 0)),
        **numbers,
    }


def dataset(facts: Facts, name: str | None) -> pl.DataFrame:
    """The one model as a data set."""
    header = facts.whole["header"]
    assert isinstance(header, dict)
    georeference: Any = facts.whole.get("georeference") or {}
    system = georeference.get("projected_crs") or {}
    discipline: Any = facts.whole.get("discipline") or {}
    row = {
        "name": name or header["name"],
        "format": facts.format,
        "schema": " ".join(header["schema_identifiers"] or ()) or None,
        "crs": system.get("name"),
        "height_datum": system.get("vertical_datum"),
        "software": header["originating_system"],
        "date": header["time_stamp"],
        "count": len(facts),
        "discipline": discipline.get("value"),
    }
    return pl.DataFrame([{column: row.get(column) for column in DATASETS}], schema=DATASETS)

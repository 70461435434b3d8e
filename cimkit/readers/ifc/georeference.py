"""Where on Earth a model is: what the file says of it, in the schema's entities or in the conventions before them.

IFC4 has IfcMapConversion and IfcProjectedCRS. IFC2X3 has neither: buildingSMART's convention keeps the same in the
property sets ePset_MapConversion and ePset_ProjectedCRS; Chinese planning models keep it as 基点坐标X (northing),
基点坐标Y (easting), 基点高程, 坐标系名称 and 高程系名称 on the project, whatever the set is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cimkit.facts.columns import PropertyColumn, State
from cimkit.facts.demand import PropertyDemand
from cimkit.readers.ifc.instance import Instance
from cimkit.readers.ifc.properties import read_properties
from cimkit.readers.ifc.subjects import SubjectIndex

if TYPE_CHECKING:
    import polars as pl

    from cimkit.readers.ifc.instances import IfcModel
    from cimkit.readers.ifc.units import Units

__all__ = ["read_georeference"]

_CONVERSION = {
    "eastings": "Eastings",
    "northings": "Northings",
    "height": "OrthogonalHeight",
    "x_axis_abscissa": "XAxisAbscissa",
    "x_axis_ordinate": "XAxisOrdinate",
    "scale": "Scale",
}
_SYSTEM = {
    "name": "Name",
    "description": "Description",
    "geodetic_datum": "GeodeticDatum",
    "vertical_datum": "VerticalDatum",
    "map_projection": "MapProjection",
    "map_zone": "MapZone",
}
_LENGTHS = ("eastings", "northings", "height")
#: Names of properties, blanks taken out, and what they mean here: part, key.
_CONVENTIONS = {
    **{name: ("map_conversion", key) for key, name in _CONVERSION.items()},
    **{name: ("projected_crs", key) for key, name in _SYSTEM.items()},
    "基点坐标Y": ("map_conversion", "eastings"),
    "基点坐标X": ("map_conversion", "northings"),
    "基点高程": ("map_conversion", "height"),
    "坐标系名称": ("projected_crs", "name"),
    "高程系名称": ("projected_crs", "vertical_datum"),
}
_EPSETS = r"(?i)^e?pset_(mapconversion|projectedcrs)$"
_MINUTE, _SECOND, _MILLIONTH = 60.0, 3600.0, 3600e6


def read_georeference(model: IfcModel, subjects: SubjectIndex, units: Units) -> dict[str, Any]:
    """map_conversion, projected_crs, site, true_north, project_unit_m, map_unit_m; a part that is not said is missing.

    Eastings, northings and heights are in metres. `id` is the instance a part comes from, `sid` its subject if it
    is one. `convention` is there where the parts come from properties.
    """
    found: dict[str, Any] = {}
    project_unit = units.project.get("LENGTHUNIT")
    if project_unit is not None:
        found["project_unit_m"] = project_unit.scale
    _of_entities(model, subjects, units, found)
    if "map_conversion" not in found and "projected_crs" not in found:
        _of_conventions(model, subjects, units, found)
    site = _site(model, subjects, units)
    if site:
        found["site"] = site
    north = _true_north(model)
    if north is not None:
        found["true_north"] = north
    return found


def _place(instance: Instance, subjects: SubjectIndex) -> dict[str, Any]:
    sid = int(subjects.sid[instance.row])
    return {"id": instance.id, "sid": sid if sid >= 0 else None}


def _of_entities(model: IfcModel, subjects: SubjectIndex, units: Units, found: dict[str, Any]) -> None:
    conversions, systems = model.rows("IFCMAPCONVERSION"), model.rows("IFCPROJECTEDCRS")
    conversion = Instance(model, int(conversions[0]) if len(conversions) else -1)
    system = conversion.ref("TargetCRS") or Instance(model, int(systems[0]) if len(systems) else -1)
    map_unit = system.ref("MapUnit")
    if map_unit:
        found["map_unit_m"] = units.of_row(map_unit.row).scale
    # a system without a unit has the project's
    scale = found.get("map_unit_m", found.get("project_unit_m", 1.0))
    if conversion:
        numbers: dict[str, Any] = {key: conversion.number(name) for key, name in _CONVERSION.items()}
        for key in _LENGTHS:
            numbers[key] = None if numbers[key] is None else numbers[key] * scale
        found["map_conversion"] = numbers | _place(conversion, subjects)
    if system:
        texts: dict[str, Any] = {key: system.text(name) for key, name in _SYSTEM.items()}
        texts["map_unit"] = units.of_row(map_unit.row).name or None
        found["projected_crs"] = texts | _place(system, subjects)


def _of_conventions(model: IfcModel, subjects: SubjectIndex, units: Units, found: dict[str, Any]) -> None:
    holders = model.rows("IFCPROJECT", "IFCSITE", "IFCBUILDING")
    sid = np.full(len(model) + 1, -1, np.int32)
    sid[holders] = np.arange(len(holders))
    demands = frozenset({PropertyDemand(_epset, None), PropertyDemand(None, _chinese)})
    for column in read_properties(model, SubjectIndex(holders, sid), demands, units).columns:
        part, key = _CONVENTIONS.get(_plain(column.name), ("", ""))
        value = _value(column, part == "map_conversion")
        if not part or value is None:
            continue
        holder = Instance(model, int(holders[column.column.sid[0]]))
        found.setdefault(part, _place(holder, subjects)).setdefault(key, value)
        found["convention"] = column.set_name


def _plain(name: str) -> str:
    return "".join(name.split())


def _epset(names: pl.Series) -> npt.NDArray[np.bool_]:
    return names.str.contains(_EPSETS).to_numpy()


def _chinese(names: pl.Series) -> npt.NDArray[np.bool_]:
    plain = names.str.replace_all(r"\s", "")
    return plain.is_in([name for name in _CONVENTIONS if not name.isascii()]).to_numpy()


def _value(column: PropertyColumn, number: bool) -> Any:
    """The first value that is there. Numbers may be written as text."""
    values = column.column.values
    for code in range(len(values)):
        if values.state[code] != State.PRESENT:
            continue
        if not number:
            return values.text[code]
        if not np.isnan(values.number[code]):
            return float(values.number[code])
        try:
            return float(str(values.text[code]).strip())
        except ValueError:
            continue
    return None


def _site(model: IfcModel, subjects: SubjectIndex, units: Units) -> dict[str, Any] | None:
    sites = [Instance(model, int(row)) for row in model.rows("IFCSITE")]
    site = next((each for each in sites if each.raw("RefLatitude")), sites[0] if sites else None)
    if site is None:
        return None
    elevation = site.number("RefElevation")
    unit = units.of_datatype("IFCLENGTHMEASURE").scale
    return {
        "latitude": _degrees(site.numbers("RefLatitude")),
        "longitude": _degrees(site.numbers("RefLongitude")),
        "elevation": None if elevation is None else elevation * unit,
        "name": site.text("Name"),
        **_place(site, subjects),
    }


def _degrees(compound: tuple[float, ...]) -> float | None:
    """Degrees, minutes, seconds and millionths of a second, all with the angle's sign, as decimal degrees."""
    if len(compound) < 3:
        return None
    degrees, minutes, seconds, *millionths = compound
    return degrees + minutes / _MINUTE + seconds / _SECOND + (millionths[0] if millionths else 0.0) / _MILLIONTH


def _true_north(model: IfcModel) -> tuple[float, ...] | None:
    """The direction of north in the model's plane (x, y); None where no context gives it."""
    for row in model.rows("IFCGEOMETRICREPRESENTATIONCONTEXT"):
        direction = Instance(model, int(row)).ref("TrueNorth")
        if direction:
            return direction.numbers("DirectionRatios")
    return None

"""What a project asks of each IFC model: who it is, where it stands, its storeys, its GlobalIds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, State
from cimkit.facts.demand import AttributeDemand, Demand, PropertyDemand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.facts.names import FoldedNames, fold_layer_name
from cimkit.projects.definitions import Definitions

__all__ = ["Model", "model_demand", "model_of", "shared_ids"]

_IDS = {"id": pl.String, "kind": pl.String}
_SPATIAL = frozenset({"IFCPROJECT", "IFCSITE", "IFCBUILDING", "IFCBUILDINGSTOREY"})


@dataclass
class Model:
    """One IFC model. Lengths in metres, angles in degrees; None where the model does not say.

    buildings  one mapping a building: name, code, area, storeys, and its locator
    ids        GlobalIds of products: a frame (id, kind)
    """

    path: str
    discipline: str | None
    because: str | None
    schema: str | None
    unit: str | None
    crs: str | None
    eastings: float | None
    northings: float | None
    height: float | None
    rotation: float | None
    true_north: float | None
    latitude: float | None
    longitude: float | None
    site: str | None
    date: str | None
    storeys: Sequence[tuple[str, float | None]]
    stated: Mapping[str, Sequence[tuple[str, str]]]  # project_number, project_name -> (value, locator)
    buildings: Sequence[Mapping[str, Any]]
    ids: pl.DataFrame
    areas: Mapping[str, float] = field(default_factory=dict)  # phase -> floor area, where every slab tells both

    def told(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**told, "ids": self.ids.to_dict(as_series=False)}

    @classmethod
    def of_told(cls, told: Mapping[str, Any]) -> Model:
        """What `told` has said."""
        return cls(**{**told, "ids": pl.DataFrame(told["ids"], schema=_IDS)})


def _named(*names: str) -> FoldedNames:
    return FoldedNames.of(names)


def model_demand(schema: IfcSchema, known: Definitions) -> Demand:
    """Name of spatial elements, GlobalId of products, what buildings say of themselves, the place."""
    products = schema.subtypes("IFCPRODUCT")
    floors = known.buildings["model_floors"]
    fields = [name for key in ("code", "area", "storeys") for name in known.field_names(key)]
    names = [*fields, "NumberOfStoreys", "GrossFloorArea", *known.buildings["project_number"]]
    return Demand(
        kinds=products | _SPATIAL,
        attributes_of=frozenset(
            {
                AttributeDemand(_named("Name", "LongName"), _SPATIAL),
                AttributeDemand(_named("GlobalId"), products | {"IFCPROJECT"}),
            }
        ),
        properties=frozenset(
            {
                PropertyDemand(None, _named(*names, *known.buildings["project_name"])),
                PropertyDemand(_named(*floors["sets"]), _named(*floors["areas"])),
            }
        ),
        phases=True,
        georeference=True,
    )


def model_of(facts: Facts, path: str, known: Definitions, discipline: str | None) -> Model:
    """What the facts of an IFC file say. discipline: what the form says, which goes before what is inferred."""
    inferred: Any = facts.whole.get("discipline") or {}
    place: Any = facts.whole.get("georeference") or {}
    conversion, system = place.get("map_conversion") or {}, place.get("projected_crs") or {}
    site: Any = place.get("site") or {}
    units: Any = facts.whole.get("units") or {}
    header: Any = facts.whole.get("header") or {}
    length = units.get("LENGTHUNIT") or {}
    texts = _Texts(facts)
    return Model(
        path=path,
        discipline=discipline or inferred.get("value"),
        because="form" if discipline else inferred.get("because"),
        schema=facts.schema.name if facts.schema is not None else None,
        unit=length.get("name"),
        crs=system.get("name"),
        eastings=conversion.get("eastings"),
        northings=conversion.get("northings"),
        height=conversion.get("height"),
        rotation=_angle(conversion.get("x_axis_abscissa"), conversion.get("x_axis_ordinate")),
        true_north=_north(place.get("true_north")),
        latitude=site.get("latitude"),
        longitude=site.get("longitude"),
        site=site.get("name"),
        date=(header.get("time_stamp") or "")[:10] or None,
        storeys=[(storey["name"] or "", storey["elevation"]) for storey in _list(facts.whole.get("storeys"))],
        stated={
            "project_number": texts.of_kind("IFCPROJECT", known.buildings["project_number"]),
            "project_name": texts.of_kind("IFCPROJECT", known.buildings["project_name"]),
        },
        buildings=list(_buildings(texts, known)),
        ids=_ids(facts),
        areas=_floor_areas(facts, texts, known.buildings["model_floors"]),
    )


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _angle(x: float | None, y: float | None) -> float | None:
    """Degrees anticlockwise of the x axis; nothing said is 0."""
    return None if x is None or y is None else round(math.degrees(math.atan2(y, x)), 6)


def _north(direction: Any) -> float | None:
    """Degrees clockwise from the y axis."""
    if not direction or len(direction) < 2:
        return None
    return round(math.degrees(math.atan2(direction[0], direction[1])), 6)


class _Texts:
    """What properties and attributes say of single subjects."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._described: dict[int, str] = {}

    def locator(self, sid: int) -> str:
        """`#12` of a subject."""
        if sid not in self._described:
            self._described[sid] = str(self.facts.describe(np.array([sid], np.int32))["locator"][0])
        return self._described[sid]

    def sids(self, kind: str) -> list[int]:
        """The subjects of a kind."""
        return [int(sid) for sid in np.flatnonzero(self.facts.subjects.of_kinds(frozenset({kind})))]

    def attribute(self, name: str, sid: int) -> str | None:
        """An attribute of one subject."""
        column = self.facts.attributes.get(name)
        return _first(column, sid) if column is not None else None

    def property(self, names: Sequence[str], sid: int) -> str | None:
        """The first of these properties that a subject has."""
        for name in names:
            folded = fold_layer_name(name)
            for each in self.facts.properties:
                if fold_layer_name(each.name) == folded:
                    text = _first(each.column, sid)
                    if text is not None:
                        return text
        return None

    def number(self, names: Sequence[str], sid: int) -> float | None:
        """The number, in SI units, of the first of these properties that a subject has."""
        for name in names:
            folded = fold_layer_name(name)
            for each in self.facts.properties:
                column = each.column
                start = int(np.searchsorted(column.sid, sid))
                if fold_layer_name(each.name) != folded or start == len(column.sid) or column.sid[start] != sid:
                    continue
                found = float(column.values.number[start if column.code is None else column.code[start]])
                if not math.isnan(found):
                    return found
        return None

    def of_kind(self, kind: str, names: Sequence[str]) -> list[tuple[str, str]]:
        """(value, locator) of each subject of a kind that has one of these properties."""
        found = ((self.property(names, sid), sid) for sid in self.sids(kind))
        return [(value, self.locator(sid)) for value, sid in found if value is not None]


def _first(column: Column, sid: int) -> str | None:
    start, end = np.searchsorted(column.sid, [sid, sid + 1])
    for row in range(int(start), int(end)):
        code = row if column.code is None else int(column.code[row])
        if column.values.state[code] == State.PRESENT:
            text = column.values.text[code]
            return None if text is None else str(text)
    return None


def _buildings(texts: _Texts, known: Definitions) -> list[dict[str, Any]]:
    rows = []
    for sid in texts.sids("IFCBUILDING"):
        area = texts.property([*known.field_names("area"), "GrossFloorArea"], sid)
        storeys = texts.property([*known.field_names("storeys"), "NumberOfStoreys"], sid)
        code = texts.property([name for name in known.field_names("code") if not name.isascii()], sid)
        rows.append(
            {
                "name": texts.attribute("LongName", sid) or texts.attribute("Name", sid),
                "names": [name for key in ("Name", "LongName") if (name := texts.attribute(key, sid))],
                "code": code,
                "area": _number(area),
                "storeys": _number(storeys),
                "place": texts.locator(sid),
            }
        )
    return rows


def _floor_areas(facts: Facts, texts: _Texts, floors: Mapping[str, Any]) -> dict[str, float]:
    """Phase -> area of the floors, in m²; nothing unless every floor has both."""
    areas: dict[str, float] = {}
    for sid in texts.sids(floors["entity"]):
        phase = _first(facts.phases, sid) if facts.phases is not None else None
        area = texts.number(floors["areas"], sid)
        if phase is None or area is None:
            return {}
        areas[phase] = areas.get(phase, 0.0) + area
    return areas


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _ids(facts: Facts) -> pl.DataFrame:
    column = facts.attributes.get("GlobalId")
    if column is None:
        return pl.DataFrame(schema=_IDS)
    kinds = pl.Series(facts.subjects.kinds, dtype=pl.String).gather(facts.subjects.kind[column.sid])
    texts = column.texts(np.arange(len(column.sid), dtype=np.int32))
    return pl.DataFrame({"id": texts, "kind": kinds}, schema=_IDS).drop_nulls()


def shared_ids(models: Sequence[Model]) -> pl.DataFrame:
    """GlobalIds that several models have: id, kind, models (their paths, joined by `; `), same_kind."""
    frames = [
        model.ids.unique("id", keep="first", maintain_order=True).with_columns(model=pl.lit(model.path))
        for model in models
    ]
    if len(frames) < 2:
        return pl.DataFrame(schema={"id": pl.String, "kind": pl.String, "models": pl.String})
    return (
        pl.concat(frames)
        .group_by("id", maintain_order=True)
        .agg(pl.col("kind").first(), pl.len().alias("count"), pl.col("model").str.join("; ").alias("models"))
        .filter(pl.col("count") > 1)
        .select("id", "kind", "models")
    )


def most_common(values: Sequence[Any]) -> Any:
    """The value that most say, the first of those that as many say; None for none."""
    said = [value for value in values if value is not None]
    return Counter(said).most_common(1)[0][0] if said else None

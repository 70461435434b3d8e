"""What the sources of a project say of each other, as layers: each row is one thing that can be compared."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cimkit.facts.names import fold_layer_name
from cimkit.projects.definitions import Definitions
from cimkit.projects.dossier import Dossier
from cimkit.projects.form_fields import form_fields
from cimkit.projects.inventory import Deliverable
from cimkit.projects.models import Model, most_common, shared_ids
from cimkit.projects.redline import RedLine
from cimkit.projects.seats import nearest_seats
from cimkit.projects.survey import Survey
from cimkit.projects.tables import FLAG, NUMBER, TEXT, ProjectLayer

__all__ = ["comparing_layers", "present_items"]

_DELIVERABLE = {
    "id": TEXT, "name": TEXT, "item": TEXT, "because": TEXT, "category": TEXT, "path": TEXT, "state": TEXT,
    "named": FLAG, "discipline": TEXT, "version": TEXT, "date": TEXT,
}  # fmt: skip
_MODEL = {
    "name": TEXT, "discipline": TEXT, "because": TEXT, "schema": TEXT, "unit": TEXT, "set_unit": TEXT, "crs": TEXT,
    "set_crs": TEXT, "eastings": NUMBER, "set_eastings": NUMBER, "northings": NUMBER, "set_northings": NUMBER,
    "height": NUMBER, "set_height": NUMBER, "rotation": NUMBER, "set_rotation": NUMBER, "true_north": NUMBER,
    "set_true_north": NUMBER, "latitude": NUMBER, "set_latitude": NUMBER, "longitude": NUMBER, "set_longitude": NUMBER,
    "site": TEXT, "set_site": TEXT, "date": TEXT, "stated_date": TEXT,
}  # fmt: skip
_SHARED_WITH_SET = (
    "unit", "crs", "eastings", "northings", "height", "rotation", "true_north", "latitude", "longitude", "site",
)  # fmt: skip


def present_items(survey: Survey) -> dict[str, list[str]]:
    """Item -> what holds it: paths of deliverables that are there, and layers."""
    there: dict[str, list[str]] = {}
    for each in survey.inventory.deliverables:
        if each.exists and each.item is not None:
            there.setdefault(each.item, []).append(each.path)
    for item, places in survey.items.items():
        there.setdefault(item, []).extend(
            place for place in places if place.partition("#")[0] not in there.get(item, ())
        )
    line = survey.red_line
    if line is not None and line.error is None:
        there.setdefault("red-line", []).append(line.path)
    return {item: list(dict.fromkeys(places)) for item, places in there.items()}


def comparing_layers(dossier: Dossier, survey: Survey, known: Definitions, lang: str) -> list[ProjectLayer]:
    """All of them, empty ones too."""
    there = present_items(survey)
    return [
        *_deliverables(survey.inventory.deliverables),
        _conditions(dossier, lang),
        *_required(dossier, there, known),
        _statements(dossier, survey),
        *_buildings(dossier, survey),
        _positions(survey),
        _red_line(dossier, survey.red_line, known, lang),
        *_models(dossier, survey),
    ]


def _deliverables(deliverables: Sequence[Deliverable]) -> Iterator[ProjectLayer]:
    rows = [
        {
            "id": each.id,
            "name": posixpath.basename(each.path),
            "item": each.item,
            "because": each.because,
            "category": each.category,
            "path": each.path,
            "state": "present" if each.exists else "absent",
            "named": each.place is not None,
            "discipline": each.discipline,
            "version": each.version,
            "date": each.date,
            "place": each.place or each.path,
        }
        for each in deliverables
    ]
    yield ProjectLayer("deliverable", _DELIVERABLE, rows, "id", "deliverable")
    yield ProjectLayer(
        "document", _DELIVERABLE, [row for row in rows if row["category"] == "document"], "id", "document"
    )


_FLAGS = ("new_works", "demolition", "special_fire_works", "structural_works")


def _conditions(dossier: Dossier, lang: str) -> ProjectLayer:
    """What decides whether conditional items are due, and whether the form states it."""
    single = dossier.form.single
    fields = [(flag, form_fields().named(flag)) for flag in _FLAGS]
    rows = [
        {"code": flag, "name": field.label(lang), "stated": single.get(flag) is not None, "place": dossier.form.file}
        for flag, field in fields
        if field is not None
    ]
    return ProjectLayer("condition", {"code": TEXT, "name": TEXT, "stated": FLAG}, rows, "code")


def _required(dossier: Dossier, there: Mapping[str, Sequence[str]], known: Definitions) -> Iterator[ProjectLayer]:
    """One layer a kind of the project, and one for all projects, each with one row: what of every item is there, and
    what the conditions of requirements ask."""
    single = dossier.form.single
    row: dict[str, Any] = {
        "name": dossier.name,
        "place": single.places.get("kinds", dossier.form.file),
        **{flag: single.get(flag) for flag in _FLAGS},
        "with_buildings": bool(dossier.form.rows("buildings")) or None,
        **{item: "; ".join(there[item]) if there.get(item) else None for item in known.items},
    }
    fields = {"name": TEXT, **dict.fromkeys((*_FLAGS, "with_buildings"), FLAG), **dict.fromkeys(known.items, TEXT)}
    for name in ("any", *(kind.code for kind in dossier.kinds)):
        yield ProjectLayer(f"required:{name}", fields, [row])


def _statements(dossier: Dossier, survey: Survey) -> ProjectLayer:
    form = {"project_number": dossier.number, "project_name": dossier.name}
    rows = [
        {
            "aspect": each["aspect"],
            "name": each["path"],
            "found": each["value"],
            "form": form[each["aspect"]],
            "place": each["place"],
        }
        for each in survey.stated
    ]
    return ProjectLayer("source_statement", {"aspect": TEXT, "name": TEXT, "found": TEXT, "form": TEXT}, rows)


def _buildings(dossier: Dossier, survey: Survey) -> Iterator[ProjectLayer]:
    """building_match: a building of the form or of a layer, and whether the other has it; building_value: figures of
    one building in a layer or model, beside those of the form."""
    rows = dossier.form.rows("buildings")
    form = {fold_layer_name(str(row.get("code"))): row for row in rows if row.get("code")}
    by_name = {fold_layer_name(str(row.get("name"))): row for row in rows if row.get("name")}
    seen = {fold_layer_name(each["code"]) for each in survey.buildings if each["code"]}
    matches: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    if seen:
        matches += [
            {
                "code": row.get("code"),
                "name": row.get("name"),
                "in": "form",
                "found": key in seen or None,
                "place": row.place,
            }
            for key, row in form.items()
        ]
    for each in survey.buildings:
        key = fold_layer_name(each["code"]) if each["code"] else None
        meant = form.get(key) if key else None
        if form:
            found = meant is not None or None
            matches.append(
                {"code": each["code"], "name": each["name"], "in": "layer", "found": found, "place": each["place"]}
            )
        if meant is not None:
            values.append(_value(meant, each, each["place"], "layer"))
    for model in survey.models:
        for stated in model.buildings:
            names = [stated["code"], *stated["names"]]
            folded = [fold_layer_name(name) for name in names if name]
            meant = next((row for name in folded if (row := form.get(name) or by_name.get(name))), None)
            if meant is not None:
                values.append(_value(meant, stated, f"{model.path} {stated['place']}", "model"))
    match_fields = {"code": TEXT, "name": TEXT, "in": TEXT, "found": FLAG}
    yield ProjectLayer("building_match", match_fields, matches, "code")
    figures = {key: NUMBER for name in ("area", "storeys", "storeys_below") for key in (name, f"form_{name}")}
    yield ProjectLayer("building_value", {"code": TEXT, "name": TEXT, "in": TEXT, **figures}, values, "code")


def _value(meant: Any, seen: Mapping[str, Any], place: str, kind: str) -> dict[str, Any]:
    row = {"code": meant.get("code"), "name": meant.get("name") or meant.get("code"), "in": kind, "place": place}
    for key in ("area", "storeys", "storeys_below"):
        row |= {key: seen.get(key), f"form_{key}": meant.get(key)}
    return row


def _positions(survey: Survey) -> ProjectLayer:
    """distance: metres to the red line, 0 inside. of: building, layer (its nearest feature) or model (its base
    point)."""
    rows: list[dict[str, Any]] = [
        {"of": "building", "name": each["name"] or each["code"], "distance": each["distance"], "place": each["place"]}
        for each in survey.buildings
        if each["distance"] is not None
    ]
    rows += [
        {"of": "layer", "name": layer.name, "distance": layer.nearest, "place": layer.place}
        for layer in survey.layers
        if layer.nearest is not None
    ]
    for model in survey.models:
        distance = _distance_of(model, survey.red_line)
        if distance is not None:
            rows.append({"of": "model", "name": model.path, "distance": distance, "place": model.path})
    return ProjectLayer("position", {"of": TEXT, "name": TEXT, "distance": NUMBER}, rows)


def _distance_of(model: Model, line: RedLine | None) -> float | None:
    if line is None or line.area is None:
        return None
    if model.crs is not None and model.eastings is not None and model.northings is not None:
        distance = line.distance_of_point(model.eastings, model.northings, model.crs)
        if distance is not None:
            return distance
    if model.latitude is not None and model.longitude is not None:
        return line.distance_of_point(model.longitude, model.latitude, "EPSG:4490")
    return None


def _red_line(dossier: Dossier, line: RedLine | None, known: Definitions, lang: str) -> ProjectLayer:
    fields = {
        "name": TEXT, "state": TEXT, "problem": TEXT, "geometry_type": TEXT, "valid": FLAG, "reason": TEXT, "crs": TEXT,
        "latitude": NUMBER, "longitude": NUMBER, "square_metres": NUMBER, "city": TEXT,
        "city_of_nearest_seat": TEXT, "ratio": NUMBER,
    }  # fmt: skip
    if line is None:
        return ProjectLayer("red_line", fields)
    row: dict[str, Any] = {
        "name": line.path,
        "state": "unreadable" if line.error is not None else "read",
        "geometry_type": line.geometry_type,
        "valid": line.valid,
        "problem": line.error.message(lang) if line.error is not None else None,
        "reason": line.reason,
        "crs": line.crs,
        "latitude": line.latitude,
        "longitude": line.longitude,
        "square_metres": line.square_metres,
        "city": dossier.city.name if dossier.city else None,
        "place": line.place,
    }
    if line.latitude is not None and line.longitude is not None and dossier.city is not None:
        city = dossier.city.code
        found = nearest_seats(known.seats, line.latitude, line.longitude, city)
        if found is not None:
            row |= {"city_of_nearest_seat": known.areas[found[0]].name, "ratio": found[1]}
    return ProjectLayer("red_line", fields, [row])


def _models(dossier: Dossier, survey: Survey) -> Iterator[ProjectLayer]:
    """The models as a set: each beside what most of them say."""
    models = survey.models
    common = {key: most_common([getattr(model, key) for model in models]) for key in _SHARED_WITH_SET}
    stated = {source.name: each.date for each in survey.inventory.deliverables for source in each.sources}
    rows = []
    for model in models:
        row: dict[str, Any] = {key: getattr(model, key) for key in ("discipline", "because", "schema", "date")}
        row |= {"name": model.path, "place": model.path}
        row["stated_date"] = stated.get(f"{survey.inventory.label}/{model.path}")
        row |= {key: getattr(model, key) for key in _SHARED_WITH_SET}
        if len(models) > 1:
            row |= {f"set_{key}": common[key] for key in _SHARED_WITH_SET}
        rows.append(row)
    yield ProjectLayer("model", _MODEL, rows, "name", "model")
    yield _storeys(models)
    shared = shared_ids(models)
    yield ProjectLayer(
        "shared_id",
        {"id": TEXT, "name": TEXT, "kind": TEXT, "models": TEXT},
        [{**row, "name": row["id"], "place": row["models"]} for row in shared.iter_rows(named=True)],
        "id",
    )
    place = dossier.form.single.places.get("disciplines", dossier.form.file)
    wanted = dossier.disciplines
    told = sorted({model.discipline for model in models if model.discipline})
    row = {"name": dossier.name, "disciplines": "; ".join(told) or None, "due_stated": bool(wanted), "place": place}
    yield ProjectLayer("model_set", {"name": TEXT, "disciplines": TEXT, "due_stated": FLAG}, [row] if models else [])
    yield ProjectLayer(
        "discipline",
        {"name": TEXT, "models": TEXT},
        [
            {
                "name": word,
                "models": "; ".join(model.path for model in models if model.discipline == word) or None,
                "place": place,
            }
            for word in wanted
        ],
        "name",
    )


def _storeys(models: Sequence[Model]) -> ProjectLayer:
    """Storeys of one name in several models, each with the elevation that most give it."""
    by_name: dict[str, list[tuple[str, float]]] = {}
    for model in models:
        for name, elevation in model.storeys:
            if name and elevation is not None:
                by_name.setdefault(fold_layer_name(name), []).append((model.path, round(elevation, 4)))
    rows = []
    for model in models:
        for name, elevation in model.storeys:
            others = by_name.get(fold_layer_name(name), [])
            if elevation is None or len({path for path, _ in others}) < 2:
                continue
            rows.append(
                {
                    "name": name,
                    "model": model.path,
                    "elevation": round(elevation, 4),
                    "set_elevation": most_common([each for _, each in others]),
                    "place": model.path,
                }
            )
    fields = {"name": TEXT, "model": TEXT, "elevation": NUMBER, "set_elevation": NUMBER}
    return ProjectLayer("model_storey", fields, rows)

"""The project itself, read out of its form: who, where, of what kind, at which stage, with all that needs no source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cimkit.projects.definitions import Area, Definitions, Kind
from cimkit.projects.form import Fault, Form
from cimkit.projects.tables import FLAG, NUMBER, TEXT, ProjectLayer
from cimkit.rules.faults import nearest
from cimkit.rules.stages import DEFAULT_STAGE

__all__ = ["Dossier", "dossier_of", "form_layers"]

_DATES = ("approved", "planned_start", "started", "planned_finish", "finished", "accepted")
_PROJECT = {
    "number": TEXT, "name": TEXT, "project_code": TEXT, "city": TEXT, "city_name": TEXT, "district": TEXT,
    "district_name": TEXT, "district_in_city": FLAG, "address": TEXT, "kinds": TEXT,
    "stage": TEXT, "task": TEXT, "red_line": TEXT,
    "total_investment": NUMBER, "investment_sum": NUMBER, "households": NUMBER, "nearby": NUMBER,
    "new_works": FLAG, "demolition": FLAG, "special_fire_works": FLAG, "structural_works": FLAG,
    **dict.fromkeys(_DATES, TEXT),
}  # fmt: skip
_PARTY = {"role": TEXT, "name": TEXT, "credit_code": TEXT, "contact": TEXT}
_INVESTMENT = {"source": TEXT, "amount": NUMBER, "year": NUMBER, "note": TEXT}
_BUILDING = {
    "code": TEXT, "name": TEXT, "address": TEXT, "area": NUMBER, "storeys": NUMBER, "storeys_below": NUMBER,
    "height": NUMBER, "year": NUMBER, "structure": TEXT, "households": NUMBER, "phase": TEXT, "unlawful": FLAG,
    "dangerous": FLAG,
}  # fmt: skip


@dataclass(frozen=True)
class Dossier:
    """stage: the one the form states, else the usual one; stated: whether the form does. faults: of the form, words
    that no list has among them."""

    form: Form
    number: str | None
    name: str | None
    city: Area | None
    district: Area | None
    kinds: Sequence[Kind]
    disciplines: Sequence[str]
    stage: str
    stated: bool
    faults: Sequence[Fault]


def dossier_of(form: Form, known: Definitions) -> Dossier:
    """The dossier. Words that name no kind or place are faults, with the nearest right word."""
    single, faults = form.single, list(form.faults)
    kinds = []
    for word in single.get("kinds") or ():
        kind = known.kind(word)
        if kind is None:
            near = nearest(word, known.kind_words())
            faults.append(Fault("form_unknown_word", single.places["kinds"], word, near, word))
        elif kind not in kinds:
            kinds.append(kind)
    place = single.places.get("disciplines", form.file)
    disciplines = [_discipline(word, place, known, faults) for word in single.get("disciplines") or ()]
    city = _area(form, "city", known, None, faults)
    district = _area(form, "district", known, city.code if city else None, faults)
    return Dossier(
        form,
        single.get("number"),
        single.get("name"),
        city,
        district,
        kinds,
        list(dict.fromkeys(disciplines)),
        single.get("stage") or DEFAULT_STAGE,
        single.get("stage") is not None,
        faults,
    )


def _discipline(word: str, place: str, known: Definitions, faults: list[Fault]) -> str:
    """A discipline by the name that models have it under; a word that means none is a fault, and kept."""
    found = known.discipline(word)
    if found is None:
        faults.append(Fault("form_unknown_word", place, word, nearest(word, known.discipline_words()), word))
    return found or word


def _area(form: Form, key: str, known: Definitions, inside: str | None, faults: list[Fault]) -> Area | None:
    word = form.single.get(key)
    if word is None:
        return None
    found = known.area(word, inside)
    if found is None:
        names = [each.name for each in known.areas.values() if inside is None or each.parent == inside]
        faults.append(Fault("form_unknown_word", form.single.places[key], word, nearest(word, names), word))
    return found


def form_layers(dossier: Dossier) -> list[ProjectLayer]:
    """The layers that the form fills."""
    form = dossier.form
    amounts = [row.get("amount") for row in form.rows("investment") if row.get("amount") is not None]
    project: dict[str, Any] = {
        **form.single.values,
        "place": form.single.places.get("number", form.file),
        "city": dossier.city.code if dossier.city else form.single.get("city"),
        "city_name": dossier.city.name if dossier.city else None,
        "district": dossier.district.code if dossier.district else form.single.get("district"),
        "district_name": dossier.district.name if dossier.district else None,
        "district_in_city": dossier.district.parent == dossier.city.code if dossier.district and dossier.city else None,
        "kinds": "|".join(["", *(kind.code for kind in dossier.kinds), ""]) if dossier.kinds else None,
        "investment_sum": float(sum(amounts)) if amounts else None,
    }
    return [
        ProjectLayer("project", _PROJECT, [project], "number", "project"),
        _rows(dossier, "party", "parties", _PARTY, None),
        _rows(dossier, "investment", "investment", _INVESTMENT, None),
        _rows(dossier, "building", "buildings", _BUILDING, "code"),
    ]


def _rows(dossier: Dossier, layer: str, table: str, fields: dict[str, Any], key: str | None) -> ProjectLayer:
    rows = [{**row.values, "place": row.place} for row in dossier.form.rows(table)]
    return ProjectLayer(layer, fields, rows, key, layer)

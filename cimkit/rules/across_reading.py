"""`across` and `match` of a rule, as packs write them.

    across:
      model:                              # the first role: findings speak of its subjects
        where: {entity: IfcBuilding}
        take:
          code: {property: {set: Pset_BuildingCommon, name: BuildingID}}
          storeys: {measure: storeys_above}
      building:
        where: {entity: [建筑, building]}
        take: {code: {property: {name: 建筑编码}}, storeys: {property: {name: 地上层数}}}
    match: {code: building, within: building}     # equal codes, or else the place of the one within the other
    must: {agree: [{property: {set: model, name: storeys}}, {property: {set: building, name: storeys}}]}

`match` holds names that both roles take, `within` and `every`, each with the name of the second role; the first that
finds a partner decides. What both take under the name `cells` are heights by cell: those meet that have cells in
common; of data sets of one kind each pair meets once. What `must` speaks of are pairs: their properties are what was
taken, in sets named after the roles, and in the set `pair` what is known of both: `matched_by`, `distance` (metres),
`overlap` (share of the first shape that lies in the second).

A role of `of: layers` is played by layers with geometry as a whole: it has no `where`, and takes their name, the name
of their file, reference system and extent (`OF_LAYERS`). `formats` names the formats of the sources that may play a
role, where not all may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.rules.across_model import OF_LAYERS, PAIR, Across, By, Measure, Of, Pairing, Role
from cimkit.rules.conditions import Attribute, Property
from cimkit.rules.conditions_reading import read_condition, read_operand
from cimkit.rules.faults import broken, unknown
from cimkit.rules.scope import Scope
from cimkit.rules.shapes import choice, known_keys, mapping_in, one_or_many, text_in
from cimkit.sources.formats import FORMATS_READ

__all__ = ["read_across"]


def read_across(data: Mapping[str, Any], scope: Scope) -> Across | None:
    """The roles and pairings of a rule; None for a rule of one source at a time. Raises PackError."""
    file = scope.file
    if data.get("across") is None:
        if data.get("match") is not None:
            raise broken("match_without_across", file, data, "match")
        return None
    given = mapping_in(data, "across", file)
    if len(given) != 2 or PAIR in given:
        raise broken("across_roles", file, data, "across", reserved=PAIR)
    first, second = (_role(given, name, scope) for name in given)
    return Across(first, second, _pairings(data, first, second, file))


def _role(roles: Mapping[str, Any], name: str, scope: Scope) -> Role:
    given = mapping_in(roles, name, scope.file)
    of = choice(given, "of", Of, Of.SUBJECTS, scope.file)
    own = ("where",) if of is Of.SUBJECTS else ()
    known_keys(given, ("of", *own, "formats", "take"), scope.file)
    formats = frozenset(one_or_many(given, "formats", scope.file))
    for word in sorted(formats - FORMATS_READ):
        raise unknown("unknown_word", word, FORMATS_READ, scope.file, given, "formats", field="formats")
    where = read_condition(given["where"], scope) if given.get("where") is not None else None
    taken = mapping_in(given, "take", scope.file)
    return Role(str(name), where, {str(key): _taken(taken, key, of, scope) for key in taken}, of, formats)


def _taken(data: Mapping[str, Any], key: str, of: Of, scope: Scope) -> Attribute | Property | Measure:
    given = data[key]
    if isinstance(given, Mapping) and list(given) == ["measure"]:
        word = text_in(given, "measure", scope.file, required=True)
        known = [each for each in Measure if (each in OF_LAYERS) == (of is Of.LAYERS)]
        if word not in known:
            raise unknown("unknown_word", str(word), map(str, known), scope.file, given, "measure", field="measure")
        return Measure(word)
    operand = read_operand(given, scope) if of is Of.SUBJECTS else None
    if operand is None:
        raise broken("not_taken", scope.file, data, key, field=key)
    return operand


def _pairings(data: Mapping[str, Any], first: Role, second: Role, file: str) -> tuple[Pairing, ...]:
    given = mapping_in(data, "match", file)
    if not given:
        raise broken("across_without_match", file, data, "across")
    return tuple(_pairing(given, key, first, second, file) for key in given)


def _pairing(given: Mapping[str, Any], key: str, first: Role, second: Role, file: str) -> Pairing:
    if given[key] != second.name:
        raise broken("match_role", file, given, key, field=key, role=second.name)
    if key in (By.WITHIN, By.EVERY):
        return Pairing(By(key))
    both = [name for name in first.take if name in second.take]
    if key not in both:
        raise unknown("match_taken", key, [*both, By.WITHIN, By.EVERY], file, given, key)
    return Pairing(By.CELLS if key == By.CELLS else By.VALUE, key)

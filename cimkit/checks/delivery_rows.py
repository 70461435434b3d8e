"""What the checks of a delivery share: a field of every subject, from the set it stands in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.model import Facts

__all__ = ["ALL", "numbers", "of_kind", "texts"]

#: A delivery has few subjects: a check of it asks for all they have.
ALL = Demand(properties=frozenset({PropertyDemand()}))

Texts = npt.NDArray[np.object_]


def of_kind(facts: Facts, kind: str) -> BoolArray:
    """Which subjects are of a kind (n)."""
    return facts.subjects.of_kinds(frozenset({kind}))


def texts(facts: Facts, of_set: str, name: str) -> Texts:
    """The text of a field, None where there is none (n)."""
    found: Texts = np.full(len(facts), None, object)
    for each in facts.properties:
        if each.set_name == of_set and each.name == name:
            rows = np.flatnonzero(each.column.present()).astype(np.int32)
            found[each.column.sid[rows]] = each.column.texts(rows).to_list()
    return found


def numbers(facts: Facts, of_set: str, name: str) -> npt.NDArray[np.float64]:
    """The number of a field, NaN where there is none (n)."""
    found = np.full(len(facts), np.nan)
    for each in facts.properties:
        if each.set_name == of_set and each.name == name:
            spread = each.column.spread(each.column.values.number)
            found[each.column.sid] = spread
    return found

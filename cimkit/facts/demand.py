"""What the rules of a run need to know of a source: a reader fills that and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

__all__ = ["AttributeDemand", "Demand", "NameTest", "PropertyDemand", "everything"]

#: Says of each name of a String series whether it is meant. Hashable; restrictions of `cimkit.rules` are such tests.
NameTest = Callable[[pl.Series], npt.NDArray[np.bool_]]


class PropertyDemand(Struct, frozen=True):
    """Properties whose set and name pass these tests; None: any."""

    set: NameTest | None = None
    name: NameTest | None = None


class AttributeDemand(Struct, frozen=True):
    """Attributes whose name passes the test, of these kinds only (UPPER CASE, subtypes spelled out)."""

    name: NameTest
    kinds: frozenset[str]


class Demand(Struct, frozen=True):
    """kinds           UPPER CASE names of the kinds that are subjects, subtypes spelled out; None: all that rules
                    speak of unless they name others (a reader may leave out the layers of shape and looks)
    named_kinds     kinds that are subjects besides, whatever their layer
    attributes      tests of attribute names, as the schema spells them: of every subject
    attributes_of   the same, of subjects of some kinds; a reader may give more
    properties      sets and properties
    relations       links needed, by the names of `facts.model.RELATIONS`
    extents         where the layers lie, found out from their geometry where the source does not state it
    defects         kinds of defect needed, each a pass over the file for some readers (`syntax`, `references` ...)
    """

    kinds: frozenset[str] | None = frozenset()
    named_kinds: frozenset[str] = frozenset()
    attributes: frozenset[NameTest] = frozenset()
    attributes_of: frozenset[AttributeDemand] = frozenset()
    properties: frozenset[PropertyDemand] = frozenset()
    relations: frozenset[str] = frozenset()
    classifications: bool = False
    materials: bool = False
    predefined_types: bool = False
    phases: bool = False
    georeference: bool = False
    documents: bool = False
    geometry: bool = False
    extents: bool = False
    defects: frozenset[str] = frozenset()

    def __or__(self, other: Demand) -> Demand:
        """What both need together."""
        return Demand.of((self, other))

    @classmethod
    def of(cls, demands: Iterable[Demand]) -> Demand:
        """What all of these need together."""
        demands = tuple(demands)
        merged: dict[str, object] = {}
        for name in cls.__struct_fields__:
            parts = [getattr(demand, name) for demand in demands]
            if cls.__annotations__[name] == "bool":
                merged[name] = any(parts)
            else:
                merged[name] = None if None in parts else frozenset().union(*parts)
        if merged["kinds"] is None:  # what one part names is not lost in another's "all"
            named = (demand.kinds for demand in demands if demand.kinds is not None)
            merged["named_kinds"] = frozenset().union(*named, *(demand.named_kinds for demand in demands))
        return cls(**merged)  # type: ignore[arg-type]


def _any_name(names: pl.Series) -> npt.NDArray[np.bool_]:
    return np.ones(len(names), bool)


def everything() -> Demand:
    """All that a reader can fill, geometry apart."""
    from cimkit.facts.model import DEFECTS, RELATIONS

    return Demand(
        kinds=None,
        attributes=frozenset({_any_name}),
        properties=frozenset({PropertyDemand()}),
        relations=frozenset(RELATIONS),
        classifications=True,
        materials=True,
        predefined_types=True,
        phases=True,
        georeference=True,
        documents=True,
        geometry=False,
        defects=frozenset(DEFECTS),
    )

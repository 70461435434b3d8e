"""What a source left for rules across sources, as JSON that can be kept with its answer, and read back as it was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from cimkit.rules.model import Rule
from cimkit.run.across import AcrossRun
from cimkit.run.across_measures import Taken
from cimkit.run.across_rows import PEOPLE, RoleRows

__all__ = ["is_worth_keeping", "pairs_read", "pairs_written"]

#: Rows of more subjects take longer to be written and read back than to be found out anew.
_MOST_ROWS = 50_000


def is_worth_keeping(run: AcrossRun) -> bool:
    """Whether it is so little that keeping it is faster than finding it out anew."""
    return sum(len(rows) for roles in run.left.values() for role in roles for rows in role) <= _MOST_ROWS


def pairs_written(run: AcrossRun) -> list[dict[str, Any]]:
    """What can be kept of a run that has seen one source."""
    return [
        {"rule": key, "roles": [[_written(rows) for rows in role] for role in roles]} for key, roles in run.left.items()
    ]


def pairs_read(
    kept: Sequence[Mapping[str, Any]], index: int, rules: Sequence[Rule], missing: Mapping[str, Sequence[str]]
) -> AcrossRun:
    """The run again. index: the place of the source in this run. Raises LookupError, TypeError, ValueError or polars'
    error for anything else than was written."""
    run = AcrossRun(missing)
    known = {(rule.pack, rule.code): rule for rule in rules}
    for each in kept:
        first, second = ([_read(rows, index) for rows in role] for role in each["roles"])
        run.put(known[str(each["rule"][0]), str(each["rule"][1])], first, second)
    return run


def _written(rows: RoleRows) -> dict[str, Any]:
    shapes = None
    if rows.shapes is not None:
        import shapely

        shapes = [None if each is None else shapely.to_wkb(each, hex=True) for each in rows.shapes]
    return {
        "sid": rows.sid.tolist(),
        "people": rows.people.to_dict(as_series=False),
        "taken": {
            name: {"text": taken.text.to_list(), "number": _numbers(taken.number.tolist())}
            for name, taken in rows.taken.items()
        },
        "places": None if rows.places is None else [_numbers(place) for place in rows.places.tolist()],
        "shapes": shapes,
        "systems": rows.systems,
        "is_model": rows.is_model,
    }


def _read(kept: Mapping[str, Any], index: int) -> RoleRows:
    shapes = None
    if kept["shapes"] is not None:
        import shapely

        shapes = np.full(len(kept["shapes"]), None, object)
        shapes[:] = shapely.from_wkb(np.array(kept["shapes"], object))
    places = kept["places"]
    return RoleRows(
        source=index,
        sid=np.asarray(kept["sid"], np.int32),
        people=pl.DataFrame(kept["people"], schema=PEOPLE),
        taken={
            name: Taken(pl.Series(each["text"], dtype=pl.String), _floats(each["number"]))
            for name, each in kept["taken"].items()
        },
        places=None if places is None else np.array([_floats(place) for place in places]).reshape(-1, 2),
        shapes=shapes,
        systems=tuple(kept["systems"]),
        is_model=bool(kept["is_model"]),
    )


def _numbers(values: Sequence[float]) -> list[float | None]:
    """JSON has no NaN and no infinity: nothing that a rule could compare."""
    return [value if math.isfinite(value) else None for value in values]


def _floats(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([math.nan if value is None else value for value in values], np.float64)

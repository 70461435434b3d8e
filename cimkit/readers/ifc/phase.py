"""Phases of things: new, existing, demolished ... from whatever property an authoring tool keeps them in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import Column, PropertyColumn, State, Values
from cimkit.facts.demand import PropertyDemand
from cimkit.readers.ifc.series import picked
from cimkit.readers.step.distinct import encode

__all__ = ["PHASE_PROPERTIES", "phases"]

#: Status of the standard sets (IFC4 on: NEW, EXISTING, DEMOLISH, TEMPORARY, OTHER), ArchiCAD's renovation status.
_STATUS = frozenset({"Status", "Renovation Status", "翻新状态", "改造状态"})
#: Revit says in which phase a thing is made and in which it goes.
_CREATED = frozenset({"Phase Created", "创建的阶段"})
_DEMOLISHED = frozenset({"Phase Demolished", "拆除的阶段"})

#: What a status says, told by the words it begins with, folded to lower case.
_WORDS = (
    ("demolished", ("demol", "to be demol", "拆", "待拆")),
    ("temporary", ("temp", "临时")),
    ("existing", ("exist", "现有", "既有", "现状", "原有", "保留")),
    ("new", ("new", "新")),
    ("other", ("other", "其他", "其它")),
)
_NOT_AT_ALL = frozenset({"", "none", "无", "<none>", "<无>"})


def _status_sets(names: pl.Series) -> npt.NDArray[np.bool_]:
    return names.str.contains(r"^Pset_.*Common$|RenovationAndPhasing").to_numpy()


def _status_names(names: pl.Series) -> npt.NDArray[np.bool_]:
    return names.is_in(list(_STATUS)).to_numpy()


def _phase_names(names: pl.Series) -> npt.NDArray[np.bool_]:
    return names.is_in(list(_CREATED | _DEMOLISHED)).to_numpy()


PHASE_PROPERTIES = frozenset({PropertyDemand(_status_sets, _status_names), PropertyDemand(None, _phase_names)})


def phases(columns: Iterable[PropertyColumn]) -> Column:
    """The phase of each subject that some property gives one to; two where two properties disagree."""
    said: list[pl.DataFrame] = [pl.DataFrame(schema={"sid": pl.Int32, "phase": pl.String})]
    demolished: list[npt.NDArray[np.integer]] = [np.empty(0, np.int32)]
    for each in columns:
        if each.name in _STATUS and _status_sets(pl.Series([each.set_name]))[0]:
            said.append(_said(each.column, _phase_of))
        elif each.name in _CREATED:
            said.append(_said(each.column, _phase_of_creation))
        elif each.name in _DEMOLISHED:
            gone = _said(each.column, lambda text: None if text.strip().casefold() in _NOT_AT_ALL else "demolished")
            demolished.append(gone["sid"].to_numpy())
            said.append(gone)
    rows = pl.concat(said)
    # what is to go is neither new nor existing to a rule, whatever made it
    goes = rows["sid"].is_in(pl.Series(np.concatenate(demolished), dtype=pl.Int32).implode()) & (
        rows["phase"] != "demolished"
    )
    rows = rows.filter(~goes).unique(maintain_order=True).sort("sid", maintain_order=True)
    codes, distinct = encode(rows["phase"])
    count = len(distinct)
    values = Values(
        text=distinct,
        number=np.full(count, np.nan),
        datatype=pl.Series(["STRING"] * count, dtype=pl.String),
        state=np.full(count, State.PRESENT, np.uint8),
    )
    return Column(sid=rows["sid"].to_numpy(), code=codes, values=values)


def _said(column: Column, meaning: object) -> pl.DataFrame:
    texts = [text if text is not None else "" for text in column.values.text]
    meant = pl.Series([meaning(text) for text in texts], dtype=pl.String)  # type: ignore[operator]
    rows = meant if column.code is None else picked(meant, column.code)
    return pl.DataFrame({"sid": column.sid, "phase": rows}, schema_overrides={"sid": pl.Int32}).drop_nulls()


def _phase_of(text: str) -> str | None:
    folded = text.strip().casefold()
    return next((phase for phase, words in _WORDS if folded.startswith(words)), None)


def _phase_of_creation(text: str) -> str | None:
    """A phase with any other name than "existing" is one in which something new is made."""
    if text.strip().casefold() in _NOT_AT_ALL:
        return None
    return _phase_of(text) or "new"

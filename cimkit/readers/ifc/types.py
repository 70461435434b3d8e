"""Predefined types: which rule counts, the type's or the occurrence's, and what the user wrote.

buildingSMART's IDS, entity facet: a type's PredefinedType comes before the occurrence's; where it is USERDEFINED, the
type is what the user wrote (ElementType, ProcessType, ResourceType, or ObjectType of an occurrence). USERDEFINED
itself counts too, so such a thing has two rows. A type that says NOTDEFINED leaves the word to its occurrences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, Origin, State, Values
from cimkit.readers.ifc.inheritance import first_types
from cimkit.readers.ifc.series import picked_or_null, repeated_text
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Table
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["predefined_types"]

_USER_TEXTS = ("ElementType", "ProcessType", "ResourceType", "ObjectType")
_USER_DEFINED = "USERDEFINED"
_SAYS_NOTHING = ["NOTDEFINED"]


def predefined_types(model: IfcModel, subjects: SubjectIndex) -> Column:
    """The predefined type of each subject that has one, with the user's words where it is user-defined."""
    type_row = np.full(len(model), -1, np.int64)
    occurrence, types = first_types(model)
    type_row[occurrence] = types
    of_subject = type_row[subjects.rows]
    declared = model.positions("PredefinedType")[model.kind_of[subjects.rows]] >= 0
    concerned = np.flatnonzero(declared | (of_subject >= 0)).astype(np.int32)
    own, own_text = _of(model.take(subjects.rows[concerned]))
    of_subject = of_subject[concerned]
    typed = np.flatnonzero(of_subject >= 0)
    used, which = np.unique(of_subject[typed], return_inverse=True)
    type_value, type_text = _of(model.take(used))
    at = np.full(len(concerned), -1, np.int64)
    at[typed] = which
    frame = pl.DataFrame(
        {
            "sid": concerned,
            "own": own,
            "own_text": own_text,
            "type": picked_or_null(type_value, at),
            "type_text": picked_or_null(type_text, at),
        }
    ).with_columns(says=pl.col("type").is_not_null() & ~pl.col("type").is_in(_SAYS_NOTHING))
    chosen = frame.select(
        sid="sid",
        inherited=pl.col("says") | (pl.col("own").is_null() & pl.col("type").is_not_null()),
        value=pl.when("says").then("type").otherwise(pl.coalesce("own", "type")),
        text=pl.when("says").then("type_text").otherwise("own_text"),
    ).filter(pl.col("value").is_not_null())
    user = chosen.filter((pl.col("value") == _USER_DEFINED) & (pl.col("text").fill_null("") != ""))
    rows = pl.concat([chosen.select("sid", "inherited", "value"), user.select("sid", "inherited", value="text")]).sort(
        "sid", maintain_order=True
    )
    return _column(rows)


def _of(table: Table) -> tuple[pl.Series, pl.Series]:
    """PredefinedType without its dots, and the user's words where it is USERDEFINED."""
    value = table.raw("PredefinedType")
    value = pl.select(pl.when(value.str.starts_with(".")).then(value.str.strip_chars("."))).to_series()
    user = np.flatnonzero((value == _USER_DEFINED).fill_null(value=False).to_numpy())
    at = np.full(len(table), -1, np.int64)
    at[user] = np.arange(len(user))
    return value, picked_or_null(_user_texts(table.take(user)), at)


def _user_texts(table: Table) -> pl.Series:
    text = table.texts(_USER_TEXTS[0])
    for name in _USER_TEXTS[1:]:
        if text.null_count():
            text = pl.select(pl.coalesce(text, table.texts(name))).to_series()
    return text


def _column(rows: pl.DataFrame) -> Column:
    codes, distinct = encode(rows["value"])
    count = len(distinct)
    values = Values(
        text=distinct,
        number=np.full(count, np.nan),
        datatype=repeated_text("STRING", count),
        state=np.full(count, State.PRESENT, np.uint8),
    )
    origin = np.where(rows["inherited"].to_numpy(), Origin.TYPE, Origin.OCCURRENCE).astype(np.uint8)
    return Column(sid=rows["sid"].to_numpy(), code=codes, values=values, origin=origin)

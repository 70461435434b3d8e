"""The keys of layers' features, and which of them say that they ended: all that an update needs of millions of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
from msgspec import Struct, field

from cimkit.facts.columns import Column
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.model import Facts
from cimkit.facts.names import FoldedNames, fold_layer_name
from cimkit.readers.delivery.found import Found

__all__ = ["END_FIELDS", "KEY_FIELDS", "KeyColumns"]

#: Fields that identify a feature for good, in the order they are tried. The row number of a database does not.
KEY_FIELDS = (
    "唯一标识", "标识码", "唯一标识码", "要素代码标识", "bsm", "uuid", "guid", "globalid", "gml_id", "建筑编码",
    "建筑代码",    "房屋编码", "编码", "编号", "code", "id", "objectcode",
)  # fmt: skip
#: Fields that say when a feature ended.
END_FIELDS = (
    "失效日期", "终止日期", "结束日期", "消亡日期", "注销日期", "end_date", "enddate", "valid_to", "validto",
    "terminationdate", "endlifespanversion",
)  # fmt: skip


class KeyColumns(Struct):
    """keys: of each layer (path, layer), None where it has no such field; ended: those whose end is filled in."""

    named: tuple[str, ...] = ()  # fields that a manifest names as keys: tried first
    keys: dict[tuple[str, str], Collection[str] | None] = field(default_factory=dict)
    ended: dict[tuple[str, str], Collection[str]] = field(default_factory=dict)

    def demand(self) -> Demand:
        """The fields that may be keys or ends, of every layer."""
        names = FoldedNames.of((*self.named, *KEY_FIELDS, *END_FIELDS))
        return Demand(kinds=None, properties=frozenset({PropertyDemand(None, names)}))

    def take(self, path: str, found: Sequence[Found], facts: Facts) -> None:
        """Keep the keys of a source's layers."""
        for layer in found:
            columns = {
                fold_layer_name(each.name): each.column for each in facts.properties if each.set_name == layer.layer
            }
            key = next(
                (columns[name] for name in map(fold_layer_name, (*self.named, *KEY_FIELDS)) if name in columns), None
            )
            place = path, layer.layer
            self.keys[place] = None if key is None else set(_texts(key)["text"].to_list())
            ends = [columns[name] for name in map(fold_layer_name, END_FIELDS) if name in columns]
            if key is not None and ends:
                over = pl.concat([_texts(end).select("sid") for end in ends]).unique()
                self.ended[place] = set(_texts(key).join(over, on="sid", how="semi")["text"].to_list())


def _texts(column: Column) -> pl.DataFrame:
    """sid and text of the rows with a value."""
    rows = np.flatnonzero(column.present()).astype(np.int32)
    return pl.DataFrame({"sid": pl.Series(column.sid[rows], dtype=pl.Int32), "text": column.texts(rows)})

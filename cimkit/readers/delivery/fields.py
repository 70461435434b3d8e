"""The fields of a delivery's two documents: the manifest (what is handed over) and the agreement (what is owed).

The names are cimkit's own. Which fields a layer's metadata should have at least follows GB/T 45668-2025 (5.4.3, 5.5.7,
6.4.4): name, category, level with its scheme, reference systems, source, date, producer, update, secrecy, version.
M, C and O (必选, 条件必选, 可选) are marked as CJJ/T 315-2022 marks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cimkit.facts.names import fold_layer_name

__all__ = ["AGREED_FIELDS", "DATASET_FIELDS", "SINGLE_AGREEMENT", "SINGLE_MANIFEST", "Field", "Holds", "field_named"]


class Holds(StrEnum):
    """What a field holds."""

    TEXT = "text"
    TEXTS = "texts"  # one or several
    DATE = "date"  # 2026, 2026-01 or 2026-01-31
    NUMBER = "number"
    COUNT = "count"
    EXTENT = "extent"  # west, south, east, north
    SECRECY = "secrecy"  # 公开, 内部, 秘密, 机密, 绝密
    CONSTRAINT = "constraint"  # M, C, O
    CONDITION = "condition"
    FLAG = "flag"
    MAPPING = "mapping"


@dataclass(frozen=True, slots=True)
class Field:
    """name: as YAML and JSON have it; zh: the heading in a workbook; also: further headings."""

    name: str
    zh: str
    holds: Holds = Holds.TEXT
    required: bool = False
    also: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """All its names, folded."""
        return frozenset(fold_layer_name(word) for word in (self.name, self.zh, *self.also))


SINGLE_MANIFEST = (
    Field("delivery_version", "清单版本", required=True),
    Field("name", "名称", also=("交付名称",)),
    Field("batch", "批次"),
    Field("date", "日期", Holds.DATE, also=("交付日期",)),
    Field("producer", "生产单位"),
    Field("receiver", "接收单位"),
    Field("area", "行政区划代码"),
    Field("tier", "平台层级"),  # national, provincial, municipal
    Field("level_scheme", "级别体系"),
    Field("statements", "声明", Holds.MAPPING),  # what conditions of the agreement may ask: 地下空间: 有
)
DATASET_FIELDS = (
    Field("path", "路径", required=True, also=("文件", "文件路径")),
    Field("layer", "图层"),
    Field("name", "名称", also=("数据集", "数据名称")),
    Field("category", "类别", also=("分类",)),
    Field("level", "级别", also=("CIM级别",)),
    Field("level_scheme", "级别体系"),
    Field("date", "日期", Holds.DATE, also=("数据日期", "现势性")),
    Field("producer", "生产单位"),
    Field("source", "来源", also=("数据来源",)),
    Field("version", "版本"),
    Field("update", "更新", also=("更新频率",)),
    Field("format", "格式"),
    Field("crs", "坐标系", also=("平面坐标系",)),
    Field("height_datum", "高程基准"),
    Field("secrecy", "密级", Holds.SECRECY),
    Field("key", "主键", also=("唯一标识",)),
    Field("count", "数量", Holds.COUNT, also=("要素数",)),
    Field("extent", "范围", Holds.EXTENT),
    Field("accuracy", "精度", Holds.NUMBER),  # metres
    Field("metadata", "元数据", also=("元数据文件",)),
    Field("sha256", "校验值"),
)
SINGLE_AGREEMENT = (
    Field("agreement_version", "约定版本", required=True),
    Field("name", "名称", also=("约定名称",)),
    Field("date", "日期", Holds.DATE),
    Field("receiver", "接收单位"),
    Field("producer", "生产单位"),
    Field("crs", "坐标系"),
    Field("height_datum", "高程基准"),
    Field("extent", "范围", Holds.EXTENT),
    Field("extent_crs", "范围坐标系"),
    Field("only", "仅限所列", Holds.FLAG),  # nothing else may be handed over
)
AGREED_FIELDS = (
    Field("layer", "图层", required=True, also=("数据集", "数据名称")),
    Field("aliases", "别名", Holds.TEXTS),
    Field("category", "类别"),
    Field("constraint", "约束", Holds.CONSTRAINT, required=True),
    Field("condition", "条件", Holds.CONDITION),
    Field("place", "位置", Holds.TEXTS, also=("文件夹",)),
    Field("file", "文件名", Holds.TEXTS),
    Field("format", "格式", Holds.TEXTS),
    Field("crs", "坐标系", Holds.TEXTS),
    Field("height_datum", "高程基准", Holds.TEXTS),
    Field("level", "级别", Holds.TEXTS),
    Field("level_scheme", "级别体系"),
    Field("secrecy", "密级", Holds.SECRECY),
    Field("accuracy", "精度", Holds.NUMBER),
    Field("extent", "范围", Holds.EXTENT),
    Field("at_least", "最少数量", Holds.COUNT),
    Field("key", "主键"),
    Field("note", "备注"),
)


def field_named(fields: tuple[Field, ...], word: str) -> Field | None:
    """The field that a key or heading names."""
    folded = fold_layer_name(word)
    return next((field for field in fields if folded in field.words), None)


def required(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """Names of fields that must be filled."""
    return tuple(field.name for field in fields if field.required)


#: Defects of the two documents -> what they mean.
DELIVERY_DEFECTS: Mapping[str, str] = {
    "delivery_unknown_field": "a key or heading that the document does not have",
    "delivery_missing_field": "a field without which a row says nothing",
    "delivery_wrong_value": "a value of another form than the field holds",
    "delivery_unknown_version": "a version of the document that is not known",
    "delivery_not_a_row": "something else than a mapping where a data set or layer is described",
}

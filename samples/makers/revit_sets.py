"""The property sets that a Chinese Revit writes beside the standard ones, their names and wording.

Lengths in mm, areas in m2, volumes in m3, typed as measures of the project's units.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Named", "Sets", "common_sets", "opening_constraints", "type_sets", "wall_constraints"]

Sets = dict[str, dict[str, Any]]


class Named:
    """A family, its type and the category both belong to, in Revit's terms."""

    def __init__(self, family: str, kind: str, category: str, type_id: int) -> None:
        self.family = family
        self.kind = kind
        self.category = category
        self.type_id = type_id

    def name(self, element_id: int | None = None) -> str:
        """族:类型 of a type, 族:类型:ID of an occurrence."""
        parts = [self.family, self.kind, *([str(element_id)] if element_id is not None else [])]
        return ":".join(parts)


def common_sets(named: Named, level: str, size: dict[str, tuple[str, float]], bearing: bool | None) -> Sets:
    """What every occurrence carries; `bearing` is None for what Revit does not ask about structure."""
    joined = f"{named.family}: {named.kind}"
    sets: Sets = {
        "约束": {"标高": f"标高: {level}", "偏移": ("IfcLengthMeasure", 0.0)},
        "尺寸标注": {name: (measure, round(value, 6)) for name, (measure, value) in size.items()},
        "标识数据": {"图像": "<无>", "注释": "", "标记": ""},
        "阶段化": {"创建的阶段": "新构造", "拆除的阶段": "无"},
        "其他": {
            "族": joined,
            "族与类型": joined,
            "类别": named.category,
            "类型": joined,
            "类型 ID": joined,
        },
    }
    if bearing is not None:
        sets["结构"] = {"结构": bearing, "启用分析模型": bearing, "结构用途": "承重" if bearing else "非承重"}
    return sets


def opening_constraints(level: str, sill: float) -> dict[str, Any]:
    """The set 约束 of a door or window; `sill` in mm above its level."""
    return {"标高": f"标高: {level}", "底高度": ("IfcLengthMeasure", sill)}


def wall_constraints(level: str, upper: str, height: float) -> dict[str, Any]:
    """The set 约束 of a wall, which stands between two levels."""
    return {
        "定位线": "墙中心线",
        "底部约束": f"标高: {level}",
        "底部偏移": ("IfcLengthMeasure", 0.0),
        "已附着底部": False,
        "顶部约束": f"直到标高: {upper}",
        "顶部偏移": ("IfcLengthMeasure", 0.0),
        "无连接高度": ("IfcLengthMeasure", height),
        "房间边界": True,
        "与体量相关": False,
    }


def type_sets(named: Named) -> Sets:
    """What every type carries."""
    return {
        "标识数据": {"类型名称": named.kind, "部件代码": "", "部件说明": "", "类型注释": "", "成本": 0.0},
        "其他": {"族名称": named.family, "类别": named.category},
    }

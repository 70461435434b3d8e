"""What a data set probably is, by its name and content, where no manifest says it.

The categories are those of a city's platform (six, with their sub-items) as published practice has them; the words are
the usual Chinese and English ones for such layers.
"""

from __future__ import annotations

import re

from cimkit.facts.names import fold_layer_name

__all__ = ["inferred_category"]

#: Words in a layer's or file's name -> category. The first that is found decides, so narrow words stand first.
_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("生态保护红线", "基本农田", "城镇开发边界", "控制线", "controlline"), "规划管控数据/重要控制线"),
    (("项目红线", "用地红线", "redline"), "工程建设项目数据/立项用地规划许可"),
    (("规划", "planning"), "规划管控数据/国土空间规划"),
    (("行政区", "政区", "区县", "街道界", "boundary", "district"), "时空基础数据/行政区"),
    (("正射", "影像", "dom", "ortho"), "时空基础数据/测绘遥感数据/数字正射影像图"),
    (("倾斜", "oblique", "osgb"), "时空基础数据/测绘遥感数据/倾斜摄影"),
    (("数字地表", "dsm"), "时空基础数据/三维模型/数字地表模型"),
    (("高程", "dem", "地形", "terrain"), "时空基础数据/三维模型/数字高程模型"),
    (("点云", "pointcloud", "lidar"), "时空基础数据/测绘遥感数据/激光点云"),
    (("管线", "管廊", "管点", "管段", "pipe", "utility"), "时空基础数据/三维模型/管线管廊"),
    (("地下空间", "underground"), "时空基础数据/三维模型/地下空间"),
    (("轨道", "地铁", "metro", "rail"), "时空基础数据/三维模型/轨道交通"),
    (("监测", "传感", "读数", "monitor", "sensor", "reading"), "物联感知数据"),
    (("地名", "地址", "门牌", "address"), "公共专题数据/地名地址"),
    (("兴趣点", "poi"), "公共专题数据/兴趣点"),
    (("法人", "企业", "机关", "社团"), "公共专题数据/法人数据"),
    (("城市部件", "部件", "井盖", "路灯"), "资源调查数据/城市部件"),
    (("国土调查", "地类图斑", "宗地", "地块", "parcel"), "资源调查数据/国土调查"),
    (("地质", "钻孔", "geology", "borehole"), "资源调查数据/地质调查"),
    (("水系", "水利", "河流", "water"), "资源调查数据/水资源"),
    (("房屋", "建筑", "楼", "building"), "时空基础数据/三维模型/建筑"),
    (("道路", "交通", "桥", "road", "street"), "时空基础数据/三维模型/交通"),
    (("绿地", "植被", "树", "green", "vegetation", "tree"), "时空基础数据/三维模型/植被"),
    (("电子地图", "basemap"), "时空基础数据/电子地图"),
)
#: What a format alone tells.
_FORMATS = {
    "ifc": "时空基础数据/BIM模型",
    "ifcxml": "时空基础数据/BIM模型",
    "osgb": "时空基础数据/测绘遥感数据/倾斜摄影",
    "las": "时空基础数据/测绘遥感数据/激光点云",
    "cityjson": "时空基础数据/三维模型",
    "citygml": "时空基础数据/三维模型",
}


def inferred_category(names: tuple[str, ...], format: str | None) -> tuple[str | None, str | None]:
    """(category, what told it: the word in the name, or the format); (None, None) where nothing does."""
    folded = [fold_layer_name(name) for name in names]
    for words, category in _WORDS:
        for word in words:
            if any(_has(name, word) for name in folded):
                return category, word
    by_format = _FORMATS.get(format or "")
    return (by_format, format) if by_format else (None, None)


def _has(name: str, word: str) -> bool:
    """Abbreviations stand alone (`dem` is not in `demolished`); other words may be part of one."""
    if len(word) > 3 or not word.isascii():
        return word in name
    return word in re.split(r"[^a-z]+", name)

"""The Chinese property sets of the renewed block: rows of the Wuhan planning sets (a practice, not a duty).

Numbers carry no IFC unit, as in that practice: each property's unit (m, mm, m2) is part of the agreement on its name.
Names of people, telephone numbers and codes below city level are made up.
"""

from __future__ import annotations

import datetime
from typing import Any

from makers.block_plan import Storey
from makers.block_site import EASTING, HEIGHT, NORTHING

__all__ = [
    "PREFIX",
    "building_sets",
    "organization_set",
    "project_sets",
    "room_sets",
    "site_sets",
    "storey_sets",
    "window_sets",
]

PREFIX = "Pset_"
"""What the practice puts before the Chinese name of a set."""

PLOT_AREA = 1200.0

Sets = dict[str, dict[str, Any]]

_DISTRICT = {
    "所属省级行政区": "辽宁省",
    "省级行政区代码": "210000",
    "所属地级行政区": "沈阳市",
    "地级行政区代码": "210100",
    "所属县级行政区": "和平区",
    "县级行政区代码": "210102",
    "所属乡级行政区": "样例街道",
    "乡级行政区代码": "210102099",
    "所属村（社区）": "样例社区",
    "村（社区）代码": "210102099099",
    "网格编码": "21010209909901",
    "所属小区": "样例小区",
    "备注": "合成样例",
}


def project_sets(gross_area: float) -> Sets:
    """Sets of IfcProject; `gross_area` in m2."""
    return {
        "申报信息属性集": {
            "项目编号": "2506-210102-04-01-123456",
            "项目名称": "样例小区18号楼老旧小区改造工程",
            "项目地址": "辽宁省沈阳市和平区样例路18号",
            "建设单位": "样例城市更新有限公司",
            "设计单位": "样例建筑设计院有限公司",
            "设计人": "样例甲",
            "勘察单位": "样例勘察有限公司",
            "咨询单位": "样例咨询有限公司",
            "施工单位": "样例施工有限公司",
            "监理单位": "样例监理有限公司",
            "图审单位": "样例图审有限公司",
            "基点坐标X": NORTHING,
            "基点坐标Y": EASTING,
            "基点高程": HEIGHT,
            "坐标系名称": "CGCS2000",
            "高程系名称": "1985国家高程基准",
            "经度": 123.43,
            "纬度": 41.8,
            "备注": "合成样例，非真实建筑",
        },
        "报建信息属性集": {
            "编号": "SY-2026-0001",
            "姓": "样",
            "名": "例乙",
            "手机号码": "13800000000",
            "邮箱地址": "sample@example.com",
            "公司": "样例城市更新有限公司",
            "公司性质": "国有企业",
            "部门": "工程部",
            "国家": "中国",
            "国家编码": "CHN",
            "城镇": "沈阳市",
            "街道": "样例街道",
            "通信地址": "辽宁省沈阳市和平区样例路1号",
            "邮政编码": "110000",
        },
        "区划信息属性集": _DISTRICT,
        "登记信息属性集": {
            "建设性质": "改建",
            "建设性质代码": "3",
            "总建筑面积": gross_area,
            "建筑物编码": "SAMPLE-18",
            "现状名称": "样例小区18号楼",
            "审批名称": "样例小区18号楼",
            "详细地址": "辽宁省沈阳市和平区样例路18号",
            "不动产地址": "辽宁省沈阳市和平区样例路18号",
            "建成时间": datetime.date(1988, 10, 1),
            "建筑状态": "改造",
        },
        "地籍信息属性集": {
            "宗地数量": 1,
            "宗地编号": "210102001001GB00001",
            "宗地用途": "城镇住宅用地",
            "宗地信息": "合成样例",
            "宗地质量等级": "二级",
            "宗地权力": "国有建设用地使用权",
            "宗地权利人": "样例小区全体业主",
            "建筑物编码": "SAMPLE-18",
        },
        "Manifest": {"阶段": "施工图", "实际模型精度": "LOD3.0", "应用模型精度": "LOD3.0"},
    }


def site_sets(footprint: float, area_above: float) -> Sets:
    """Sets of IfcSite; areas in m2."""
    return {
        "场地信息属性集": {
            "地块编号": "SAMPLE-01",
            "总用地面积": PLOT_AREA,
            "可建设用地面积": PLOT_AREA,
            "建筑密度": round(footprint / PLOT_AREA, 4),
            "建筑比例": 1.0,
            "容积率": round(area_above / PLOT_AREA, 4),
            "绿地率": 0.3,
            "混合用地比例": 0.0,
            "城市用地分类和使用": "二类居住用地",
            "长度": 40.0,
            "宽度": 30.0,
        }
    }


def building_sets(footprint: float, gross_area: float) -> Sets:
    """Sets of IfcBuilding; areas in m2."""
    return {
        "建筑技术信息属性集": {
            "建筑名称": "18号楼",
            "建筑类型名称": "多层住宅",
            "建筑用途名称": "住宅",
            "登记用途名称": "住宅",
            "耐火等级": "二级",
            "抗震性能等级": "三级",
            "抗震设防类别": "标准设防类",
            "结构类型": "砖混结构",
            "安全等级": "二级",
            "地上建筑层数": 6,
            "地下建筑层数": 1,
            "建筑高度": 17.25,
            "地下建筑高度": 2.4,
            "室内外高差最大值": 0.45,
            "建筑占地面积": footprint,
            "建筑面积": gross_area,
            "建筑体积": round(gross_area * 2.8, 2),
            "人数": 36,
        }
    }


def storey_sets(storey: Storey, area: float) -> Sets:
    """Sets of IfcBuildingStorey; `area` in m2."""
    above = storey.name.endswith("F") and storey.name != "RF"
    return {
        "建筑楼层信息属性集": {
            "楼层名称": storey.zh,
            "楼层编号": storey.name,
            "楼层类型": storey.use,
            "楼层属性信息": "地上" if storey.elevation >= 0 else "地下",
            "底标高": storey.elevation / 1000,
            "计算标高": float(storey.elevation),
            "建筑层高": float(storey.height),
            "楼层面积": area,
            "主功能类别": "居住" if above else "辅助",
            "子功能类别": "住宅" if above else storey.use,
            "是否设置避难层": False,
            "人数": 6 if above else 0,
            "备注": "合成样例",
        }
    }


def room_sets(use: str, height: float, net_area: float) -> Sets:
    """Sets of IfcSpace; `height` in mm, `net_area` in m2."""
    sets: Sets = {
        "建筑空间信息属性集": {
            "空间形成方式": "围合",
            "高度": height,
            "净面积": net_area,
            "总建筑面积": net_area,
            "空间使用特征": use,
        }
    }
    if use == "居住":
        sets["居住建筑空间信息属性集"] = {"人数": 3}
    return sets


def window_sets(sill: float) -> Sets:
    """Sets of IfcWindow; `sill` in mm above the storey's floor."""
    return {"窗": {"窗台高": sill, "底高度": sill}}


def organization_set(name: str, credit_code: str, part: str, person: str) -> Sets:
    """The set of an organisation, which hangs on its IfcActor."""
    return {
        "组织通用属性集": {
            "企业名称": name,
            "社会统一信用代码": credit_code,
            "企业编码": "SAMPLE",
            "单位性质": "有限责任公司",
            "注册地区编码": credit_code[2:8],
            "企业营业地址": "辽宁省样例路1号",
            "邮政编码": "110000",
            "法定代表人姓名": person,
            "法定代表人证件类型": "居民身份证",
            "法定代表人证件号码": "合成样例不提供",
            "注册资本": "1000",
            "注册资本币种": "人民币",
            "成立日期": datetime.date(2015, 1, 1),
            "办公电话": "024-00000000",
            "传真号码": "024-00000000",
            "联系人姓名": person,
            "联系人办公电话": "024-00000000",
            "联系人手机号码": "13800000000",
            "企业联系邮箱": "sample@example.com",
            "企业网址": "https://example.com",
            "企业经营状态": "存续",
            "企业备注": "合成样例",
            "项目参建类型": part,
            "项目进场时间": datetime.date(2026, 3, 1),
            "项目退场时间": datetime.date(2026, 11, 30),
        }
    }

"""Rewrite an IFC file the way Chinese exports often look, to try the checks on it.

    python scripts/as_chinese_export.py IN.ifc OUT.ifc

What is changed follows what real exports show: names become `family:type:id`, standard property sets become the
localised groups of the authoring tool, some elements become proxies, storeys are called by level and number, the
site moves to the authoring tool's default place in Beijing, a classification item is called Null, and texts
are written as raw GBK bytes instead of STEP escapes. The result is synthetic: it stands for no real building.
Needs the extra `ifc`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import ifcopenshell

#: Chinese words of the authoring tool for common elements: entity -> (family, category).
FAMILIES = {
    "IfcWall": ("基本墙", "常规 - 200mm"),
    "IfcWallStandardCase": ("基本墙", "常规 - 200mm"),
    "IfcSlab": ("楼板", "常规 - 150mm"),
    "IfcDoor": ("单扇平开门", "0921"),
    "IfcWindow": ("推拉窗", "1515"),
    "IfcColumn": ("混凝土 - 矩形 - 柱", "450 x 600 mm"),
    "IfcBeam": ("混凝土 - 矩形梁", "300 x 600 mm"),
    "IfcStair": ("组合楼梯", "整体浇筑楼梯"),
    "IfcRoof": ("基本屋顶", "常规 - 125mm"),
}
#: Properties by their localised group and name; the rest goes to 其他.
LOCALISED = {
    "FireRating": ("标识数据", "耐火极限"),
    "Reference": ("标识数据", "类型名称"),
    "LoadBearing": ("结构", "结构用途"),
    "IsExternal": ("其他", "功能"),
    "ThermalTransmittance": ("其他", "传热系数(U)"),
    "Status": ("阶段化", "创建的阶段"),
}
PHASES = {"NEW": "新构造", "EXISTING": "现有", "DEMOLISH": "现有"}
BEIJING = ((39, 54, 57, 600000), (116, 25, 58, 800000))


def rewrite(model: Any) -> None:
    """Change the model in place."""
    _rename_elements(model)
    _localise_sets(model)
    _rename_storeys(model)
    for site in model.by_type("IfcSite"):
        site.RefLatitude, site.RefLongitude = BEIJING
    for reference in model.by_type("IfcClassificationReference"):
        reference.Name = "Null"


def _rename_elements(model: Any) -> None:
    number = 304_000
    for element in model.by_type("IfcElement"):
        if element.is_a("IfcFeatureElement"):
            continue
        number += 7
        family, category = FAMILIES.get(element.is_a(), ("常规模型", "常规模型"))
        element.Name = f"{family}:{category}:{number}"
        element.Tag = str(number)


def _localise_sets(model: Any) -> None:
    for group in list(model.by_type("IfcPropertySet")):
        if not group.Name or not group.Name.startswith("Pset_"):
            continue
        owners = [relation for relation in model.get_inverse(group) if relation.is_a("IfcRelDefinesByProperties")]
        sorted_into: dict[str, list[Any]] = {}
        for prop in group.HasProperties:
            target, name = LOCALISED.get(prop.Name, ("其他", prop.Name))
            prop.Name = name
            if name == "创建的阶段" and prop.NominalValue is not None:
                phase = PHASES.get(str(prop.NominalValue.wrappedValue), "新构造")
                prop.NominalValue = model.create_entity("IfcLabel", phase)
            sorted_into.setdefault(target, []).append(prop)
        for place, (target, properties) in enumerate(sorted(sorted_into.items())):
            if place == 0:
                group.Name, group.HasProperties = target, properties
                continue
            other = model.create_entity(
                "IfcPropertySet", ifcopenshell.guid.new(), group.OwnerHistory, target, None, properties
            )
            for relation in owners:
                model.create_entity(
                    "IfcRelDefinesByProperties", ifcopenshell.guid.new(), relation.OwnerHistory, None, None,
                    relation.RelatedObjects, other,
                )  # fmt: skip


def _rename_storeys(model: Any) -> None:
    storeys = sorted(model.by_type("IfcBuildingStorey"), key=lambda storey: storey.Elevation or 0.0)
    for level, storey in enumerate(storeys, 1):
        storey.Name = storey.LongName = f"标高 {level}"


def as_proxies(text: str, every: int = 40) -> str:
    """Every so many-th furnishing element becomes a proxy, as unmapped categories do."""
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if count % every:
            return match[0]
        # a proxy has one attribute more than a furnishing element
        return match[0].replace("IFCFURNISHINGELEMENT(", "IFCBUILDINGELEMENTPROXY(").removesuffix(");") + ",$);"

    return re.sub(r"=IFCFURNISHINGELEMENT\([^;]*;", replace, text)


def with_raw_bytes(text: str, encoding: str = "gb18030") -> bytes:
    """STEP escapes undone: the text as raw bytes in a Chinese encoding."""
    decoded = re.sub(r"\\X2\\((?:[0-9A-F]{4})+)\\X0\\", lambda match: bytes.fromhex(match[1]).decode("utf-16-be"), text)
    return decoded.encode(encoding)


def main() -> None:
    """Rewrite one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    model = ifcopenshell.open(str(options.source))
    rewrite(model)
    options.target.write_bytes(with_raw_bytes(as_proxies(model.to_string(), every=2)))


if __name__ == "__main__":
    main()

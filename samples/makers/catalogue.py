"""All samples with what `samples.yaml` says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from makers import block, block_faults, revit_house
from makers.block_faults import Fault

__all__ = ["Sample", "all_samples", "catalogue_text"]

_HEAD = """\
# The sample models: what each shows and, of the faulty one, what is wrong with it. Written by make_samples.py.
# `count` is how many things have the fault, `global_ids` the GlobalIds concerned, `rules` the rules that find it.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    file: str
    schema: str
    zh: str
    en: str
    text: str
    faults: tuple[Fault, ...] = ()


def all_samples() -> list[Sample]:
    """Build every sample."""
    faulty, faults = block_faults.make_faulty_block()
    return [
        Sample(
            block.FILE_NAME,
            "IFC4",
            "沈阳一处老旧小区住宅楼的改造模型（保温、换窗、加装电梯），施工图阶段，资料齐全。",
            "A residential block of an old neighbourhood in Shenyang, renewed (insulation, windows, a lift added): "
            "construction-drawing stage, everything as it should be.",
            block.make_block().text(block.header(block.FILE_NAME)),
        ),
        Sample(
            block_faults.FILE_NAME,
            "IFC4",
            f"同一栋楼，带有{len(faults)}种各不相同、逐一列明的错误。",
            f"The same block with {len(faults)} faults, each of another kind, each named below.",
            faulty,
            tuple(faults),
        ),
        Sample(
            revit_house.FILE_NAME,
            "IFC2X3",
            "仿中文版 Revit 导出习惯的小住宅：族:类型:ID 命名、中文属性集、默认场地位置。",
            "A small house with the habits of a Chinese Revit export: names 族:类型:ID, bare Chinese property sets, "
            "the site at the tool's default place.",
            revit_house.make_house().text(revit_house.header()),
        ),
    ]


def catalogue_text(samples: list[Sample]) -> str:
    """The text of `samples.yaml`."""
    rows = [_row(sample) for sample in samples]
    listing: str = yaml.safe_dump({"samples": rows}, allow_unicode=True, sort_keys=False, width=120)
    return _HEAD + listing


def _row(sample: Sample) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": sample.file,
        "schema": sample.schema,
        "synthetic": True,
        "zh": sample.zh,
        "en": sample.en,
    }
    if sample.faults:
        row["faults"] = [
            {
                "id": f.id,
                "zh": f.zh,
                "en": f.en,
                "count": f.count,
                "global_ids": list(f.global_ids),
                "rules": list(f.rules),
            }
            for f in sample.faults
        ]
    return row

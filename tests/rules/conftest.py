"""A small pack in a folder of its own, for tests to change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PACK = {
    "pack.yaml": """\
id: mini
prefix: MIN
edition: 2024
title: {zh: 小包, en: Small pack}
authority: {zh: 测试, en: Tests}
applies_to: [ifc]
""",
    "rules/walls.yaml": """\
- code: MIN-WAL-001
  name: wall-without-fire-rating
  severity: warning
  evidence: practice
  cites: [{document: a system, fact: C-47}]
  where: {entity: IfcWall, stage: 施工图}
  must: {property: {set: Pset_WallCommon, name: FireRating, aliases: [耐火极限]}}
- code: MIN-WAL-002
  name: wall-too-high
  severity: info
  evidence: memory
  where: {entity: IfcWall}
  must: {property: {set: Qto_WallBaseQuantities, name: Height, value: {max: {parameter: highest_wall}}}}
- code: MIN-GEN-001
  name: project-missing
  severity: error
  evidence: tool
  cites: [{tool: ifcopenshell, version: "0.9"}]
  where: {entity: IfcProject}
  must: {count: {min: 1, max: 1}}
""",
    "parameters.yaml": "highest_wall: null\n",
    "locales/zh.yaml": "MIN-WAL-001: {title: 墙没有耐火极限, why: 原因, fix: 改法}\n",
    "locales/en.yaml": "MIN-WAL-001: {title: Wall without fire rating, why: Because, fix: Fill it in}\n",
}

MakePack = Callable[..., Path]


@pytest.fixture
def make_pack(tmp_path: Path) -> MakePack:
    """Write the small pack with some files put in, changed or (None) left out; answers its folder."""

    def make(changes: dict[str, str | bytes | None] | None = None, name: str = "mini") -> Path:
        folder = tmp_path / name
        for path, content in {**PACK, **(changes or {})}.items():
            if content is None:
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return make

"""The stages of a building project that rules are written for, and the other words people use for them."""

from __future__ import annotations

__all__ = ["DEFAULT_STAGE", "STAGES", "stage_named"]

#: Planning, construction drawing, as-built, existing building.
STAGES = ("规划", "施工图", "竣工", "既有")
DEFAULT_STAGE = "施工图"

_OTHER_NAMES = {
    "planning": "规划",
    "规划报建": "规划",
    "报建": "规划",
    "方案": "规划",
    "construction": "施工图",
    "construction drawing": "施工图",
    "施工图设计": "施工图",
    "施工图审查": "施工图",
    "as-built": "竣工",
    "asbuilt": "竣工",
    "竣工验收": "竣工",
    "existing": "既有",
    "既有建筑": "既有",
    "现状": "既有",
}


def stage_named(word: str) -> str | None:
    """The stage that a word means; None for a word that means none."""
    word = word.strip()
    return word if word in STAGES else _OTHER_NAMES.get(word.casefold())

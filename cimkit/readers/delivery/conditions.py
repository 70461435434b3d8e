"""Whether a layer that is owed on a condition (C, 条件必选) is owed by this delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cimkit.facts.names import fold_layer_name
from cimkit.readers.delivery.values import texts

__all__ = ["is_met"]


def is_met(
    condition: Any, statements: Mapping[str, Any], tier: str | None, delivered: Callable[[str], bool]
) -> bool | None:
    """True, False, or None for a condition that only a person can judge.

        {delivered: 道路}                     a layer of that name, or one of several, is handed over
        {not_delivered: 道路}                 none of them is
        {statement: {地下空间: 有}}            the manifest states it
        {tier: municipal}                     the platform's tier

    Several of them all hold. A workbook writes `delivered: 道路; statement: 地下空间=有`.
    """
    parts = condition if isinstance(condition, Mapping) else _parts(condition)
    if not parts:
        return None
    answers = [_one(str(key).strip(), value, statements, tier, delivered) for key, value in parts.items()]
    if False in answers:
        return False
    return None if None in answers else True


def _parts(condition: Any) -> dict[str, Any]:
    """The parts of a condition in one line; none where a part is something else."""
    found: dict[str, Any] = {}
    for part in texts(condition):
        key, colon, value = part.replace("：", ":").partition(":")
        if not colon:
            return {}
        name, equals, stated = value.partition("=")
        found[key.strip()] = {name.strip(): stated.strip()} if equals else value.strip()
    return found


def _one(
    key: str, value: Any, statements: Mapping[str, Any], tier: str | None, delivered: Callable[[str], bool]
) -> bool | None:
    match key:
        case "delivered":
            return any(delivered(name) for name in texts(value))
        case "not_delivered":
            return not any(delivered(name) for name in texts(value))
        case "tier":
            return None if tier is None else tier in texts(value)
        case "statement" if isinstance(value, Mapping):
            return _stated(value, statements)
        case _:
            return None


def _stated(wanted: Mapping[str, Any], statements: Mapping[str, Any]) -> bool | None:
    said = {fold_layer_name(name): fold_layer_name(str(value)) for name, value in statements.items()}
    answers = []
    for name, value in wanted.items():
        given = said.get(fold_layer_name(str(name)))
        answers.append(None if given is None else given in [fold_layer_name(word) for word in texts(value)])
    if False in answers:
        return False
    return None if None in answers else True

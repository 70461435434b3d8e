"""A condition in a few characters that need no translation, for the `expected` of a finding."""

from __future__ import annotations

from typing import Any

from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Check,
    Classification,
    Entity,
    Material,
    Not,
    PartOf,
    Phase,
    Property,
)

__all__ = ["describe_condition"]


def describe_condition(condition: Any) -> str:
    """`Pset_DoorCommon.FireRating = 甲级 | 乙级`, `IfcWall.SHEAR`, `¬(phase = demolished)`."""
    text = _describe(condition)
    return f"¬({text})" if getattr(condition, "cardinality", None) is Cardinality.PROHIBITED else text


def _describe(condition: Any) -> str:
    match condition:
        case All(of):
            return " & ".join(describe_condition(part) for part in of)
        case AnyOf(of):
            return " | ".join(describe_condition(part) for part in of)
        case Not(of):
            return f"¬({describe_condition(of)})"
        case Entity(name, predefined_type):
            return name.describe() + (f".{predefined_type.describe()}" if predefined_type else "")
        case Attribute(name, value):
            return _equation(name.describe(), value)
        case Property():
            name = condition.name.describe()
            return _equation(f"{condition.set.describe()}.{name}" if condition.set else name, condition.value)
        case Classification(system, value):
            return f"{system.describe() if system else '*'}: {value.describe() if value else '*'}"
        case Material(value):
            return _equation("material", value)
        case PartOf(entity):
            return f"⊂ {_describe(entity)}" if entity else "⊂ *"
        case Phase(value):
            return _equation("phase", value)
        case Check(name, options):
            return f"{name}({', '.join(f'{key}: {_option(value)}' for key, value in options.items())})"
        case _:
            return str(condition)


def _equation(left: str, value: Any) -> str:
    return left if value is None else f"{left} = {value.describe()}"


def _option(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_option(part) for part in value)
    if hasattr(value, "describe"):
        return str(value.describe())
    return describe_condition(value)

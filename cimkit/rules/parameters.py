"""Parameters of a pack: figures and choices, some of which nobody has seen and which therefore have no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.rules.faults import unknown
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.shapes import known_keys

__all__ = ["PARAMETER_KEYS", "read_parameters", "with_values"]

#: A parameter is a bare value, or a mapping with its value and what is known of it.
PARAMETER_KEYS = ("value", "unit", "zh", "en", "source", "evidence", "note")


def read_parameters(files: PackFiles) -> dict[str, Any]:
    """Names and values of the pack's parameters; None is the value of one that nobody has set.

    A mapping without the key `value` is itself the value (`box: {north: 43.5, ...}`).
    """
    parameters: dict[str, Any] = {}
    for name, given in files.yaml_mapping("parameters.yaml").items():
        if isinstance(given, dict) and "value" in given:
            known_keys(given, PARAMETER_KEYS, "parameters.yaml")
            parameters[name] = given["value"]
        else:
            parameters[name] = given
    return parameters


def with_values(parameters: Mapping[str, Any], given: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The parameters with some values replaced. Raises PackError for a name that the pack does not have."""
    for name in given:
        if name not in parameters:
            raise unknown("unknown_parameter", name, parameters, file, given, name)
    return {**parameters, **given}

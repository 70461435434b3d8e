"""What is wrong with a pack, as lint tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cimkit.locales import text

__all__ = ["Problem", "rule_problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """key: of a sentence in the locale files' authoring.yaml, filled with values; place: file and line; warning: it
    may stay."""

    key: str
    place: str
    values: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False

    def message(self, lang: str) -> str:
        """One line for a person."""
        return f"{self.place}: {text(f'authoring.{self.key}', lang, **self.values)}"


def rule_problem(rule: Any, key: str, *, warning: bool = False, **values: Any) -> Problem:
    """A problem of a rule, at the place where it is written."""
    place = f"{rule.file}:{rule.line}" if rule.line else str(rule.file)
    return Problem(key, place, {"code": rule.code, **values}, warning)

"""What the words of a rule may refer to: the code lists, parameters and named conditions of its pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from cimkit.rules.code_list import CodeList
from cimkit.rules.faults import unknown

__all__ = ["Scope"]


class Scope(Struct, frozen=True):
    """file: what is being read, for errors; used: names of the parameters met so far, in that order."""

    file: str
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    inside: tuple[str, ...] = ()  # named conditions being read, so that none contains itself

    def in_file(self, file: str) -> Scope:
        """The same words for another file."""
        return Scope(file, self.lists, self.parameters, self.conditions, self.used, self.inside)

    def for_rule(self) -> Scope:
        """The same words for another rule, which has used no parameter yet."""
        return Scope(self.file, self.lists, self.parameters, self.conditions, {}, self.inside)

    def within(self, name: str) -> Scope:
        """The scope inside a named condition."""
        inside = (*self.inside, name)
        return Scope("conditions.yaml", self.lists, self.parameters, self.conditions, self.used, inside)

    def codes(self, reference: str, holder: Any = None, at: str | None = None) -> tuple[str, ...]:
        """The values of a code list: `name` its codes, `name.zh` or `name.en` their names."""
        name, _, column = reference.partition(".")
        if name not in self.lists:
            raise unknown("unknown_list", name, self.lists, self.file, holder, at)
        if column not in ("", "code", "zh", "en"):
            raise unknown("unknown_list_column", column, ("code", "zh", "en"), self.file, holder, at)
        return self.lists[name].column(column or "code")

    def named_codes(self, name: str, holder: Any = None, at: str | None = None) -> tuple[tuple[str, str], ...]:
        """(code, Chinese name) of each row of a code list that has a name."""
        if name not in self.lists:
            raise unknown("unknown_list", name, self.lists, self.file, holder, at)
        return tuple((code.code, code.zh) for code in self.lists[name].codes if code.zh)

    def parameter(self, name: str, holder: Any = None, at: str | None = None) -> Any:
        """The value of a parameter, None where nobody has set one; it counts as used by the rule."""
        if name not in self.parameters:
            raise unknown("unknown_parameter", name, self.parameters, self.file, holder, at)
        self.used[name] = None
        return self.parameters[name]

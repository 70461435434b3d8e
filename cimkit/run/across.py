"""Rules across sources: asked last, of pairs of subjects that lie in one source or two.

Each source leaves behind only the columns that these rules take of it. Few runs have such rules: what they need is
loaded when there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cimkit.facts.model import Facts
    from cimkit.rules.model import Rule
    from cimkit.run.across_maps import Maps
    from cimkit.run.across_rows import RoleRows
    from cimkit.run.assemble import SourceJudgements

__all__ = ["AcrossRun"]


class AcrossRun:
    """The rules across sources of one run, and what its sources left for them so far."""

    def __init__(self, missing_parameters: Mapping[str, Sequence[str]]) -> None:
        self.faults: list[tuple[Exception, int, str]] = []  # faults of cimkit: what, source, code of the rule
        self._missing = missing_parameters
        self._rules: dict[tuple[str, str], Rule] = {}
        self._rows: dict[tuple[str, str], tuple[list[RoleRows], list[RoleRows]]] = {}

    def take(self, index: int, facts: Facts, rules: Sequence[Rule], name: str = "") -> None:
        """Keep what the source numbered `index` contributes to those of these rules that are across sources. name: of
        the source, its path."""
        asked = [rule for rule in rules if rule.across is not None]
        if not asked:
            return
        from cimkit.run.across_rows import rows_of_role
        from cimkit.run.evaluation import Evaluation

        evaluation = Evaluation(facts)
        for rule in asked:
            across = rule.across
            assert across is not None
            key = rule.pack, rule.code
            self._rules[key] = rule
            for rows, role in zip(self._rows.setdefault(key, ([], [])), (across.first, across.second), strict=True):
                found = rows_of_role(index, evaluation, across, role, name)
                if found is not None:
                    rows.append(found)

    def join(self, other: AcrossRun) -> None:
        """Take over what another run of the same rules kept of the sources that follow."""
        for key, (firsts, seconds) in other._rows.items():
            self.put(other._rules[key], firsts, seconds)

    @property
    def left(self) -> Mapping[tuple[str, str], tuple[Sequence[RoleRows], Sequence[RoleRows]]]:
        """What the sources left, by pack and code of the rule: rows of the first role and of the second."""
        return self._rows

    def put(self, rule: Rule, firsts: Sequence[RoleRows], seconds: Sequence[RoleRows]) -> None:
        """Take over what a source once left for a rule."""
        self._rules[rule.pack, rule.code] = rule
        mine = self._rows.setdefault((rule.pack, rule.code), ([], []))
        mine[0].extend(firsts)
        mine[1].extend(seconds)

    @cached_property
    def maps(self) -> Maps:
        """What was compared, as maps to be drawn."""
        from cimkit.run.across_maps import Maps

        return Maps()

    @property
    def is_empty(self) -> bool:
        """Whether no source left anything."""
        return not any(firsts or seconds for firsts, seconds in self._rows.values())

    def judged(self) -> list[SourceJudgements]:
        """What the rules say, one entry for each rule and source with subjects of the first role. A rule whose second
        role nobody plays is not asked: what it compares with was not handed in."""
        told = []
        for key, (firsts, seconds) in self._rows.items():
            if seconds:
                told += [self._judge(self._rules[key], first, seconds) for first in firsts]
        return told

    def _judge(self, rule: Rule, first: RoleRows, seconds: Sequence[RoleRows]) -> SourceJudgements:
        from cimkit.run.across_judging import judge_pairs

        told, fault = judge_pairs(rule, first, seconds, self._missing, self.maps)
        if fault is not None:
            self.faults.append((fault, first.source, rule.code))
        return told

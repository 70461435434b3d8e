"""How severe a rule may be, by what its obligation rests on.

A rule that nobody can look up may warn, not fail a submission. Whoever holds the printed standard adopts the rule in
the settings and thereby lifts its ceiling.
"""

from __future__ import annotations

from cimkit.rules.model import Evidence, Rule, Severity

__all__ = ["RANK", "ceiling"]

#: From mild to bad.
RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def ceiling(rule: Rule, *, self_consistent: bool = False, complete_source: bool = False) -> Severity:
    """The worst severity the rule may have.

    self_consistent: it asks data only to agree with themselves (a sum, a duplicate, a unit). complete_source: the page
    it cites gives a closed list or a formula in full, so that no clause is needed.
    """
    if rule.adopted:
        return Severity.ERROR
    match rule.evidence:
        case Evidence.TOOL:
            return Severity.ERROR
        case Evidence.CONFIRMED:
            sure = complete_source or self_consistent or any(cite.clause for cite in rule.cites)
            return Severity.ERROR if sure else Severity.WARNING
        case Evidence.PRACTICE:
            return Severity.ERROR if self_consistent else Severity.WARNING
        case Evidence.MEMORY:
            return Severity.WARNING

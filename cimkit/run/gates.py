"""Gates: what an unreliable source makes unjudgeable.

A gate that fails closes only for rules whose facts it made unreliable. A damaged record hides what it said: rules
that need that kind of record are blocked, the others are judged. After a truncation nobody knows what is lost, so
rules that count, or that could miss something, are blocked; what is said of the things that are there stands.
"""

from __future__ import annotations

from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.rules.conditions import Check
from cimkit.rules.model import Gate, Rule
from cimkit.run.plan import demand_of
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["Gates"]

#: Defects that compare the records with the schema; where that was guessed from an unknown name they may be none.
_AGAINST_SCHEMA = frozenset({"unknown_entity", "abstract_entity", "wrong_arity", "wrong_type"})


class Gates:
    """What of one source can't be relied on. The defects are looked at only for a rule that asks for them itself."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._truncated = bool(facts.counts.get("truncated", 0))
        self._damaged = int(facts.counts.get("unreadable_records", 0)) > 0
        self._schema_unknown = facts.format in IFC_FORMATS and facts.schema is None

    def blocking(self, rule: Rule) -> str | None:
        """The gate that makes this rule's facts unreliable, or None."""
        if _compares_with_schema(rule) and "schema" in self._facts.defects["kind"]:
            return Gate.SCHEMA
        if rule.gate not in (Gate.CONTENT, Gate.GEOMETRY, Gate.STRUCTURE):
            return None
        if self._schema_unknown:
            return Gate.SCHEMA
        if (self._truncated or self._damaged) and _needs_links(demand_of([rule], self._facts.schema)):
            return Gate.SYNTAX
        return None


def _compares_with_schema(rule: Rule) -> bool:
    """Whether the rule asks for defects that only the declared schema can tell."""
    must = rule.must
    return isinstance(must, Check) and must.name == "no_defect" and not _AGAINST_SCHEMA.isdisjoint(must.options["kind"])


def _needs_links(demand: Demand) -> bool:
    """Whether the rule reads what other records say of its subjects."""
    return bool(
        demand.properties
        or demand.relations
        or demand.classifications
        or demand.materials
        or demand.phases
        or demand.predefined_types
    )

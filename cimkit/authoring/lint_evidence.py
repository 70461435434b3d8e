"""What rules rest on: ceilings of severity, and citations that a person can look up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cimkit.authoring.problems import Problem, rule_problem
from cimkit.rules.ceilings import RANK, ceiling
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Cite, Evidence, Rule

__all__ = ["lint_evidence", "names_unseen_clause"]

#: The body text of no DB21/T standard has been seen by this project: nobody may cite a clause of one.
_UNSEEN = re.compile(r"DB\s*21\s*/?\s*T", re.IGNORECASE)
_CLAUSE = re.compile(
    r"第\s*[0-9〇一二三四五六七八九十]+(\.[0-9]+)*\s*条|\bclause\s+[0-9]|\bcl\.\s*[0-9]|\b[0-9]+\.[0-9]+\.[0-9]+\b",
    re.IGNORECASE,
)
_DOES_NOT_CONFORM = re.compile(r"(不符合|违反|does not conform to|violates)[^。.]*DB\s*21\s*/?\s*T", re.IGNORECASE)


def lint_evidence(pack: LoadedPack) -> Iterator[Problem]:
    """Problems of all rules."""
    for rule in pack.rules:
        yield from _ceiling(rule, pack)
        yield from _citations(rule)
        yield from _unseen_clauses(rule)


def _ceiling(rule: Rule, pack: LoadedPack) -> Iterator[Problem]:
    highest = ceiling(
        rule, self_consistent=rule.code in pack.self_consistent, complete_source=rule.code in pack.complete_source
    )
    if RANK[rule.severity] > RANK[highest]:
        told = {"severity": str(rule.severity), "evidence": str(rule.evidence), "ceiling": str(highest)}
        yield rule_problem(rule, "above_ceiling", warning=False, **told)


def _citations(rule: Rule) -> Iterator[Problem]:
    if rule.evidence is not Evidence.MEMORY and not rule.cites:
        yield rule_problem(rule, "no_citation")
        return
    match rule.evidence:
        case Evidence.CONFIRMED if not any(cite.url for cite in rule.cites):
            yield rule_problem(rule, "confirmed_without_address")
        case Evidence.PRACTICE if not any(_names_practice(cite) for cite in rule.cites):
            yield rule_problem(rule, "practice_without_system")
        case Evidence.TOOL if not any(cite.tool and cite.version for cite in rule.cites):
            yield rule_problem(rule, "tool_without_version")


def _names_practice(cite: Cite) -> bool:
    return bool(cite.system or cite.document or cite.url)


def _unseen_clauses(rule: Rule) -> Iterator[Problem]:
    for cite in rule.cites:
        if cite.clause and cite.document and _UNSEEN.search(cite.document):
            yield rule_problem(rule, "unseen_clause", clause=cite.clause)
    for texts in (rule.title, rule.message, rule.why, rule.fix):
        for sentence in texts.values():
            if names_unseen_clause(sentence):
                yield rule_problem(rule, "unseen_clause_in_text", sentence=sentence[:80])


def names_unseen_clause(sentence: str) -> bool:
    """Whether a sentence speaks of a clause of a DB21/T standard, or says that data does not conform to one."""
    if _DOES_NOT_CONFORM.search(sentence):
        return True
    parts = re.split(r"[。；;\n]", sentence)
    return any(_UNSEEN.search(part) and _CLAUSE.search(part) for part in parts)

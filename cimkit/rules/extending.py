"""A pack that extends another: it may add rules and re-grade them, and drops none without saying why."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cimkit.rules.faults import broken, fault_at, unknown
from cimkit.rules.manifest_model import Manifest
from cimkit.rules.model import Rule, Severity, Status

__all__ = ["extended", "refuse_narrowing", "refuse_unsetting"]

_FILE = "pack.yaml"


def refuse_narrowing(manifest: Manifest, below: frozenset[str]) -> None:
    """Raise PackError for a pack that speaks of fewer formats than the one below it (`below`; none: all): its rules
    would be dropped for the others without a word. Another stage is another matter: that is what a pack is for."""
    lost = sorted(below - manifest.applies_to)
    if manifest.applies_to and (lost or not below):
        raise broken("narrower_than_base", _FILE, field="applies_to", lost=", ".join(lost) or "*")


def refuse_unsetting(own: Mapping[str, object], below: Mapping[str, object]) -> None:
    """Raise PackError for a parameter that a pack takes the value from which the one below it gives: its rules would
    no longer be judged."""
    for name, value in own.items():
        if value is None and below.get(name) is not None:
            raise broken("parameter_unset", "parameters.yaml", name=name)


def extended(base: tuple[Rule, ...], own: tuple[Rule, ...], manifest: Manifest) -> tuple[Rule, ...]:
    """The rules of both packs, all as rules of the one that extends: its verdict is over all of them.

    Raises PackError for a re-graded or removed code that the base does not have, and for an own rule with a code of the
    base: a rule is not replaced, it is removed with a reason and a new one is written.
    """
    codes = {rule.code for rule in base}
    for word, given in (("regrade", manifest.regrade), ("removed", manifest.removed)):
        for code in given:
            if code not in codes:
                raise unknown("unknown_base_code", code, codes, _FILE, field=word)
    for rule in own:
        if rule.code in codes:
            raise fault_at("code_of_base", rule.file or _FILE, rule.line, code=rule.code)
    inherited = (replace(rule, pack=manifest.id) for rule in base)
    return (*(_as_extended(rule, manifest.regrade, manifest.removed) for rule in inherited), *own)


def _as_extended(rule: Rule, regrade: Mapping[str, str], removed: Mapping[str, str]) -> Rule:
    if rule.code in removed:
        return replace(rule, status=Status.REMOVED)
    if rule.code not in regrade:
        return rule
    word = regrade[rule.code]
    if word not in [str(severity) for severity in Severity]:
        raise broken("unknown_severity", _FILE, word=word, code=rule.code)
    return replace(rule, severity=Severity(word))

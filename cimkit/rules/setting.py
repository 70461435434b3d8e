"""Settings applied to packs: parameters, other names, severities, adoption. What was a rule stays a rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from cimkit.errors import PackError
from cimkit.rules.aliasing import across_with_aliases, with_aliases
from cimkit.rules.ceilings import RANK, ceiling
from cimkit.rules.codes import covers
from cimkit.rules.faults import nearest
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.model import Cite, Pack, Rule, Severity
from cimkit.rules.settings import OFF, Adoption, Settings

__all__ = ["applied", "switched_off"]


def applied(packs: Sequence[Pack], settings: Settings) -> list[Pack]:
    """The packs as the settings make them.

    Raises PackError for parameters that a pack does not have, for a code with the prefix of one of the packs that is
    none of its codes, and for a severity above what a rule's evidence allows while nobody has adopted it.
    """
    changed = [_changed(pack, settings) for pack in packs]
    _refuse_strangers(packs, settings)
    return changed


def switched_off(rule: Rule, settings: Settings) -> bool:
    """Whether the settings switch the rule off."""
    return any(word == OFF and covers(code, rule.code) for code, word in settings.regrade.items())


def _changed(pack: Pack, settings: Settings) -> Pack:
    parameters = settings.parameters.get(pack.id)
    if parameters and isinstance(pack, LoadedPack):
        pack = load_pack(pack.folder, parameters=parameters)
    consistent = pack.self_consistent if isinstance(pack, LoadedPack) else frozenset()
    complete = pack.complete_source if isinstance(pack, LoadedPack) else frozenset()
    rules = []
    for given in pack.rules:
        rule = _adopted(given, settings.adoption)
        rule = _regraded(rule, settings, rule.code in consistent, rule.code in complete)
        if settings.aliases:
            where, must = (with_aliases(condition, settings.aliases) for condition in (rule.where, rule.must))
            rule = replace(rule, where=where, must=must, across=across_with_aliases(rule.across, settings.aliases))
        rules.append(rule)
    return replace(pack, rules=tuple(rules))


def _adopted(rule: Rule, adoptions: Sequence[Adoption]) -> Rule:
    for adoption in adoptions:
        if not _concerns(adoption, rule):
            continue
        cites = rule.cites
        clause = adoption.clauses.get(rule.code)
        if clause is not None:
            page = f"p. {adoption.page}" if adoption.page else None
            cites = (*cites, Cite(document=adoption.edition, clause=clause, seen=adoption.date, note=page))
        rule = replace(rule, adopted=True, cites=cites, severity=adoption.severity or rule.severity)
    return rule


def _concerns(adoption: Adoption, rule: Rule) -> bool:
    if adoption.pack is not None:
        return adoption.pack == rule.pack
    if adoption.table is not None:
        file = PurePosixPath(rule.file or "")
        return file.parent.name == "tables" and file.stem == adoption.table
    return covers(adoption.code or "", rule.code)


def _regraded(rule: Rule, settings: Settings, self_consistent: bool, complete_source: bool) -> Rule:
    """The most exact of the codes given decides."""
    words = {code: word for code, word in settings.regrade.items() if covers(code, rule.code)}
    if not words:
        return rule
    word = words[max(words, key=len)]
    if word == OFF:
        return rule
    severity = Severity(word)
    highest = ceiling(rule, self_consistent=self_consistent, complete_source=complete_source)
    if RANK[severity] > max(RANK[highest], RANK[rule.severity]):
        values = {"evidence": str(rule.evidence), "ceiling": str(highest), "file": str(settings.file or "")}
        raise PackError("rules.above_ceiling", code=rule.code, severity=word, **values)
    return replace(rule, severity=severity)


def _refuse_strangers(packs: Sequence[Pack], settings: Settings) -> None:
    """A code that carries the prefix of a pack at hand and is none of its codes is a slip of the pen."""
    codes = [rule.code for pack in packs for rule in pack.rules]
    prefixes = {code.partition("-")[0] for code in codes}
    given = [*settings.regrade, *(adoption.code for adoption in settings.adoption if adoption.code)]
    given += [*settings.select, *settings.ignore]
    for word in given:
        if word.upper().partition("-")[0] in prefixes and not any(covers(word, code) for code in codes):
            near = nearest(word, codes) or codes[0]
            raise PackError("rules.unknown_code", file=str(settings.file or ""), word=word, near=near)

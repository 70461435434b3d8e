"""The page of a rule, from the rule's own data, its texts and its cases: nothing is written twice."""

from __future__ import annotations

from collections.abc import Sequence

from cimkit.authoring.cases import Case, find_cases, read_case
from cimkit.authoring.condition_words import ConditionWords
from cimkit.locales import text
from cimkit.rules.across_model import By, Of
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Cite, Rule, Status

__all__ = ["cases_by_rule", "is_inherited", "pack_page", "rule_page"]


def is_inherited(rule: Rule, pack: LoadedPack) -> bool:
    """Whether the rule comes from the pack that this one extends."""
    return pack.extends is not None and not rule.code.startswith(f"{pack.prefix}-")


def cases_by_rule(pack: LoadedPack) -> dict[str, list[Case]]:
    """The cases of each rule, in the order of their files."""
    found: dict[str, list[Case]] = {}
    for path in find_cases(pack.folder):
        case = read_case(path)
        found.setdefault(case.rule, []).append(case)
    return found


def rule_page(rule: Rule, pack: LoadedPack, cases: Sequence[Case], lang: str, *, level: int = 1) -> str:
    """The page as Markdown in one language. level: of its heading."""
    return _Page(rule, pack, cases, lang, level).written()


def pack_page(pack: LoadedPack) -> str:
    """The overview of a pack, in both languages: who speaks, and its rules in a table that links to their pages."""
    title = {language: pack.title.get(language, pack.id) for language in ("zh", "en")}
    lines = [f"# {title['zh']} / {title['en']}", ""]
    lines += [f"{pack.notice[language]}\n" for language in ("zh", "en") if pack.notice.get(language)]
    lines += ["| code | severity | evidence | 标题 | title |", "|---|---|---|---|---|"]
    for rule in pack.rules:
        page = f"../{pack.extends}/{rule.code}.md" if is_inherited(rule, pack) else f"{rule.code}.md"
        titles = (rule.title.get(language, rule.name).replace("|", "\\|") for language in ("zh", "en"))
        lines.append(f"| {' | '.join((f'[{rule.code}]({page})', rule.severity, rule.evidence, *titles))} |")
    return "\n".join(lines) + "\n"


class _Page:
    def __init__(self, rule: Rule, pack: LoadedPack, cases: Sequence[Case], lang: str, level: int) -> None:
        self.rule = rule
        self.pack = pack
        self.cases = cases
        self.lang = lang
        self.mark = "#" * level

    def _word(self, key: str, **values: str) -> str:
        return text(f"authoring.{key}", self.lang, **values)

    def written(self) -> str:
        rule = self.rule
        title = rule.title.get(self.lang) or rule.name
        lines = [f"{self.mark} {rule.code} {title}", "", f"`{rule.name}` · {self._facts()}", ""]
        lines += self._life()
        lines += [f"{self.mark}# {self._word('page_asks')}", "", *self._asks(), ""]
        for key, given in (("page_why", rule.why), ("page_fix", rule.fix)):
            if given.get(self.lang):
                lines += [f"{self.mark}# {self._word(key)}", "", given[self.lang], ""]
        lines += [f"{self.mark}# {self._word('page_source')}", "", *self._sources(), ""]
        if self.cases:
            lines += [f"{self.mark}# {self._word('page_cases')}", ""]
            said = ((self._word(f"case_{case.verdict}"), case.why) for case in self.cases)
            lines += [f"- {self._word('case_line', verdict=verdict, why=why)}" for verdict, why in said]
            lines.append("")
        return "\n".join(lines)

    def _facts(self) -> str:
        rule = self.rule
        facts = [
            self._word(f"severity_{rule.severity}"),
            self._word(f"evidence_{rule.evidence}"),
            self._word(f"executable_{rule.executable}"),
        ]
        if rule.stages:
            facts.append(" ".join(sorted(rule.stages)))
        if rule.disciplines:
            facts.append(" ".join(sorted(rule.disciplines)))
        if rule.applies_to:
            facts.append(" ".join(sorted(rule.applies_to)))
        return " · ".join([*facts, f"{self.pack.id} {self.pack.edition}"])

    def _life(self) -> list[str]:
        if self.rule.status is Status.STABLE:
            return []
        reason = self.pack.removed.get(self.rule.code, "")
        return [f"**{self._word(f'status_{self.rule.status}')}** {reason}".rstrip(), ""]

    def _asks(self) -> list[str]:
        rule, words = self.rule, ConditionWords(self.lang)
        lines = []
        if rule.across is not None:
            for role in (rule.across.first, rule.across.second):
                lines += [self._word("asks_role", role=role.name), ""]
                every = [f"- {self._word('asks_layers')}"] if role.of is Of.LAYERS else []
                lines += [*(words.lines(role.where) if role.where is not None else every), ""]
            ways = [
                pairing.take if pairing.by is By.VALUE else self._word(f"asks_by_{pairing.by}")
                for pairing in rule.across.pairings
            ]
            lines.append(self._word("asks_match", ways=" → ".join(ways)))
        elif rule.where is None:
            lines.append(self._word("asks_whole"))
        else:
            lines += [self._word("asks_where"), "", *words.lines(rule.where)]
        if rule.must is not None:
            lines += ["", self._word("asks_must"), "", *words.lines(rule.must)]
        else:
            lines += ["", self._word("asks_person")]
        unset = [name for name in rule.parameters if self.pack.parameters.get(name) is None]
        if rule.parameters:
            told = ", ".join(f"`{name}` = {self._value(name)}" for name in rule.parameters)
            lines += ["", self._word("asks_parameters", parameters=told)]
        if unset:
            lines += ["", self._word("asks_unset")]
        return lines

    def _value(self, name: str) -> str:
        value = self.pack.parameters.get(name)
        return self._word("unset") if value is None else f"`{value}`"

    def _sources(self) -> list[str]:
        told = [f"- {self._cite(cite)}" for cite in self.rule.cites]
        return told or [self._word("no_source")]

    def _cite(self, cite: Cite) -> str:
        parts = [part for part in (cite.document, cite.system) if part]
        if cite.tool:
            parts.append(f"{cite.tool} {cite.version or ''}".strip())
        parts.append(self._word("clause", clause=cite.clause) if cite.clause else "")
        parts += [part for part in (cite.fact, cite.note) if part]
        if cite.url:
            parts.append(f"<{cite.url}>")
        if cite.seen:
            parts.append(self._word("seen", day=cite.seen))
        return ", ".join(part for part in parts if part)

"""Title, why and fix of every rule in both languages, and placeholders that a finding can fill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cimkit.authoring.problems import Problem, rule_problem
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Rule, Status
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.texts import read_texts

__all__ = ["lint_texts"]

_LANGUAGES = ("zh", "en")
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_OF_ROW = {"name", "entity", "set", "property", "unit", "list"}
_HAN = re.compile(r"[\u4e00-\u9fff]")


def lint_texts(pack: LoadedPack) -> Iterator[Problem]:
    """Missing and stray sentences."""
    for rule in pack.rules:
        if rule.status is Status.REMOVED:
            continue
        for part, given in (("title", rule.title), ("why", rule.why), ("fix", rule.fix)):
            missing = [language for language in _LANGUAGES if not given.get(language)]
            if missing:
                yield rule_problem(rule, "text_missing", part=part, languages=", ".join(missing))
        yield from _language(rule)
        yield from _placeholders(rule)
    yield from _strays(pack)


def _language(rule: Rule) -> Iterator[Problem]:
    """Chinese under `zh`. English may well quote a Chinese name."""
    for part, given in (("title", rule.title), ("why", rule.why), ("fix", rule.fix)):
        if given.get("zh") and not _HAN.search(given["zh"]):
            yield rule_problem(rule, "text_not_chinese", part=part)


def _placeholders(rule: Rule) -> Iterator[Problem]:
    for sentences in (rule.title, rule.why, rule.fix):
        for sentence in sentences.values():
            names = _PLACEHOLDER.findall(sentence)
            if names:
                yield rule_problem(rule, "placeholder_in_text", names=", ".join(names))
    for sentence in rule.message.values():
        left = sorted(_OF_ROW & set(_PLACEHOLDER.findall(sentence)))
        if left:
            yield rule_problem(rule, "placeholder_of_row", names=", ".join(left))
    zh, en = (set(_PLACEHOLDER.findall(rule.message.get(language, ""))) for language in _LANGUAGES)
    if rule.message and zh != en:
        yield rule_problem(rule, "placeholders_differ", names=", ".join(sorted(zh ^ en)))


def _strays(pack: LoadedPack) -> Iterator[Problem]:
    """Sentences for a code that no rule has."""
    codes = {rule.code for rule in pack.rules}
    texts, _ = read_texts(read_pack_files(pack.folder))
    for language, rules in texts.items():
        for code in rules:
            if code not in codes:
                yield Problem("text_without_rule", f"locales/{language}.yaml", {"code": code})

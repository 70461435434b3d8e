"""Rules as packs write them, turned into `cimkit.rules.model.Rule`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cimkit.rules.across_reading import read_across
from cimkit.rules.conditions import Condition
from cimkit.rules.conditions_reading import read_condition
from cimkit.rules.faults import broken, unknown
from cimkit.rules.marks import line_of
from cimkit.rules.model import Cite, Evidence, Executable, Gate, Rule, Severity, Status
from cimkit.rules.scope import Scope
from cimkit.rules.shapes import choice, known_keys, one_or_many, text_in
from cimkit.rules.stages import STAGES, stage_named

__all__ = ["CITE_KEYS", "RULE_KEYS", "Where", "read_cites", "read_rule", "read_stages", "read_where"]

RULE_KEYS = (
    "code", "name", "status", "severity", "executable", "evidence", "cites", "where", "must", "gate", "quality",
    "stages", "disciplines", "applies_to", "self_consistency", "complete_source", "since", "note",
    "across", "match",
)  # fmt: skip
CITE_KEYS = ("document", "clause", "fact", "url", "system", "tool", "version", "seen", "note")

#: Keys at the top of `where` that say when a rule is asked, and of what, rather than of which subjects.
_OF_RULE = {"stage": "stages", "discipline": "disciplines", "schema": "applies_to"}


class Where(Struct, frozen=True):
    """A rule's `where`: the condition on subjects (None: the source as a whole), and when the rule is asked at all."""

    condition: Condition | None
    stages: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    applies_to: frozenset[str] = frozenset()


def read_rule(data: Any, scope: Scope, pack: str, texts: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Rule:
    """The rule that a mapping writes. texts: language -> code -> {title, message, why, fix}. Raises PackError."""
    file = scope.file
    if not isinstance(data, Mapping):
        raise broken("rule_not_mapping", file, data)
    known_keys(data, RULE_KEYS, file)
    code = text_in(data, "code", file, required=True) or ""
    name = text_in(data, "name", file, required=True) or ""
    scope = scope.for_rule()
    executable = choice(data, "executable", Executable, Executable.FULL, file)
    where = read_where(data, scope)
    must = read_condition(data["must"], scope) if data.get("must") is not None else None
    if must is None and executable is not Executable.MANUAL:
        raise broken("rule_without_must", file, data, code=code)
    return Rule(
        code=code,
        name=name,
        pack=pack,
        severity=choice(data, "severity", Severity, Severity.WARNING, file),
        where=where.condition,
        must=must,
        evidence=choice(data, "evidence", Evidence, Evidence.MEMORY, file),
        status=choice(data, "status", Status, Status.STABLE, file),
        executable=executable,
        cites=read_cites(data, file),
        stages=where.stages | read_stages(data, "stages", file),
        disciplines=where.disciplines | frozenset(one_or_many(data, "disciplines", file)),
        gate=choice(data, "gate", Gate, Gate.CONTENT, file),
        quality=text_in(data, "quality", file),
        applies_to=where.applies_to | frozenset(one_or_many(data, "applies_to", file)),
        title=_text(texts, code, "title"),
        message=_text(texts, code, "message"),
        why=_text(texts, code, "why"),
        fix=_text(texts, code, "fix"),
        file=file,
        line=line_of(data),
        across=read_across(data, scope),
        parameters=tuple(scope.used),  # last: all that reads words of the rule has read them
    )


def read_where(data: Mapping[str, Any], scope: Scope) -> Where:
    """What stands under `where`, the keys that speak of the rule taken out of the condition."""
    given = data.get("where")
    if given is None:
        return Where(None)
    if not isinstance(given, Mapping):
        raise broken("not_a_mapping_at", scope.file, data, "where", field="where")
    condition = _without(given, _OF_RULE)
    return Where(
        read_condition(condition, scope) if condition else None,
        read_stages(given, "stage", scope.file),
        frozenset(one_or_many(given, "discipline", scope.file)),
        frozenset(one_or_many(given, "schema", scope.file)),
    )


def _without(data: Mapping[str, Any], keys: Mapping[str, str]) -> Mapping[str, Any]:
    """The mapping without some keys; the very same (with its line marks) where it has none of them."""
    if not any(key in data for key in keys):
        return data
    copy: Mapping[str, Any] = {key: value for key, value in data.items() if key not in keys}
    return copy


def read_stages(data: Mapping[str, Any], key: str, file: str) -> frozenset[str]:
    """The stages under `key`, by their own names or other words for them."""
    found: set[str] = set()
    for word in one_or_many(data, key, file):
        stage = stage_named(word)
        if stage is None:
            raise unknown("unknown_word", word, STAGES, file, data, key, field=key)
        found.add(stage)
    return frozenset(found)


def read_cites(data: Mapping[str, Any], file: str) -> tuple[Cite, ...]:
    """The sources a rule rests on, in the order written."""
    given = data.get("cites")
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(cite, Mapping) for cite in given):
        raise broken("not_cites", file, data, "cites")
    return tuple(_cite(cite, file) for cite in given)


def _cite(data: Mapping[str, Any], file: str) -> Cite:
    known_keys(data, CITE_KEYS, file)
    return Cite(**{key: ", ".join(one_or_many(data, key, file)) or None for key in CITE_KEYS})


def _text(texts: Mapping[str, Mapping[str, Mapping[str, str]]], code: str, part: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language, rules in texts.items():
        sentence = rules.get(code, {}).get(part)
        if sentence:
            found[language] = sentence
    return found

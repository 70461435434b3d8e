"""Codes and names of rules, and what a pack says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cimkit.authoring.pages import is_inherited
from cimkit.authoring.problems import Problem, rule_problem
from cimkit.rules.codes import is_code
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Executable, Rule, Status

__all__ = ["FORBIDDEN_BEGINNINGS", "lint_names", "wrong_name"]

#: A name says what is wrong, and reads well in "allow <name>"; these say what to do, or nothing.
FORBIDDEN_BEGINNINGS = ("check-", "no-", "must-", "avoid-", "use-", "do-not-", "prefer-", "should-")
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", re.ASCII)
_VAGUE = re.compile(r"(invalid|wrong|bad|incorrect)(-[a-z0-9]+)?", re.ASCII)

#: Of what a finding is a defect, as the CIM standards group them.
QUALITY = (
    "position", "attribute", "completeness", "source", "format", "logic", "reference", "classification", "naming",
    "symbol", "topology", "metadata",
)  # fmt: skip


def wrong_name(name: str) -> str | None:
    """Key of the sentence that says what is wrong with a rule's name; None: it is a good one."""
    if not _KEBAB.fullmatch(name):
        return "name_not_kebab"
    if name.startswith(FORBIDDEN_BEGINNINGS):
        return "name_instructs"
    if _VAGUE.fullmatch(name):
        return "name_vague"
    return None


def lint_names(pack: LoadedPack) -> Iterator[Problem]:
    """Codes well formed, names that name a defect, and a manifest that says who speaks."""
    yield from _manifest(pack)
    own = [rule for rule in pack.rules if not is_inherited(rule, pack)]
    for rule in own:
        if not is_code(rule.code, pack.prefix):
            yield rule_problem(rule, "code_form", prefix=pack.prefix)
        problem = wrong_name(rule.name)
        if problem is not None and not _of_table(rule):
            yield rule_problem(rule, problem, name=rule.name, known=", ".join(FORBIDDEN_BEGINNINGS))
        if rule.quality is not None and rule.quality not in QUALITY:
            yield rule_problem(rule, "unknown_quality", word=rule.quality, known=", ".join(QUALITY))
        if _of_table(rule) and rule.executable is Executable.MANUAL:
            yield rule_problem(rule, "row_unmarked", warning=True)


def _of_table(rule: Rule) -> bool:
    return (rule.file or "").startswith("tables/")


def _manifest(pack: LoadedPack) -> Iterator[Problem]:
    for key, given in (("title", pack.title), ("authority", pack.authority)):
        for language in ("zh", "en"):
            if not given.get(language):
                yield Problem("manifest_text_missing", "pack.yaml", {"key_name": key, "language": language})
    if not pack.watch:
        yield Problem("manifest_watch_missing", "pack.yaml", warning=True)
    if not (pack.folder / "SOURCES.md").is_file():
        yield Problem("sources_missing", "SOURCES.md")
    if all(rule.status is Status.REMOVED for rule in pack.rules):
        yield Problem("pack_empty", "pack.yaml")

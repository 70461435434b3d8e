"""The report's own words and numbers in one language, for every format that a person reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from cimkit.locales import has_text, text
from cimkit.report.model import Report, Result, SourceSummary, Subject
from cimkit.report.outline import Concentration
from cimkit.report.reading import localised

__all__ = [
    "STEERING",
    "Words",
    "common_trait",
    "discipline_of",
    "format_of",
    "internal_error_line",
    "plain",
    "quality_line",
    "rule_reason",
    "source_line",
    "stage_line",
    "subject_text",
    "tally",
]


#: Control characters and marks that turn the writing direction: a name from a model must not steer a terminal.
STEERING = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+"
_STEERING = re.compile(STEERING)


def plain(words: str) -> str:
    """Text on one line, with control characters made visible as `?` (white space among them becomes a space)."""
    return _STEERING.sub(lambda match: " " if match.group().isspace() else "?", words)


class Words(Struct, frozen=True):
    """`Words("zh")("mend_first")` is the sentence `report.mend_first`; raises KeyError for one that is not there."""

    lang: str

    def __call__(self, key: str, **values: Any) -> str:
        return text(f"report.{key}", self.lang, **values)

    def known(self, kind: str, word: str) -> str:
        """A word of a closed list (`verdict`, `severity` ...) in this language; one that is not listed, as it is."""
        key = f"report.{kind}_{word}"
        return text(key, self.lang) if has_text(key, self.lang) else word

    def verdict(self, verdict: str) -> str:
        """`通过` for passed."""
        return self.known("verdict", verdict)

    def severity(self, severity: str) -> str:
        """`错误` for error."""
        return self.known("severity", severity)

    def local(self, words: Mapping[str, str]) -> str:
        """A text that a pack brings in both languages."""
        return localised(words, self.lang)

    def title(self, result: Result) -> str:
        """A rule's title, else its name."""
        return self.local(result.title) or result.name

    def number(self, value: int) -> str:
        """`12,345`."""
        return f"{value:,}"

    def percent(self, share: float) -> str:
        """`56%`; a share that is not nothing or all never reads as 0 or 100."""
        if 0 < share < 0.01:
            return "<1%"
        if 0.99 < share < 1:
            return ">99%"
        return f"{share * 100:.0f}%"

    def size(self, count: int | None) -> str:
        """`12.3 MB`, in powers of 1000."""
        if count is None:
            return ""
        amount = float(count)
        for unit in ("B", "kB", "MB"):
            if amount < 1000:
                return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
            amount /= 1000
        return f"{amount:.1f} GB"


def rule_reason(words: Words, result: Result) -> str:
    """Why a rule is manual, blocked, not applicable or failed without findings; empty where it says nothing.

    `reason` is a locale key, of the room `results` unless it names another (`checks.extra_missing`).
    """
    if not result.reason:
        return ""
    key = result.reason if "." in result.reason else f"results.{result.reason}"
    if not has_text(key, words.lang):
        return result.reason
    values = dict(result.reason_values)
    gate = f"results.gate_{values.get('gate')}"
    if has_text(gate, words.lang):
        values["gate"] = text(gate, words.lang)
    try:
        return text(key, words.lang, **values)
    except KeyError:  # the sentence has a placeholder that this reason did not bring: its bare key is still true
        return result.reason


def source_line(words: Words, source: SourceSummary) -> str:
    """`IFC4 · 12.3 MB · 18,204 个对象`."""
    parts = [format_of(words, source), words.size(source.bytes)]
    if source.subjects is not None:
        parts.append(words("subjects", count=words.number(source.subjects)))
    if discipline := words.known("discipline", discipline_of(source)):
        parts.append(discipline)
    return " · ".join(part for part in parts if part)


def format_of(words: Words, source: SourceSummary) -> str:
    """`IFC4`, `CityJSON 2.0`: the schema, after the format's name where the schema does not say it."""
    format = words.known("format", source.format) if source.format else ""
    schema = source.schema or ""
    if schema[:1].isdigit():
        return f"{format} {schema}".strip()
    return schema or format


def discipline_of(source: SourceSummary) -> str:
    """The discipline of a source, where its reader or its settings say one."""
    said = source.facts.get("discipline")
    return str((said.get("value") if isinstance(said, Mapping) else said) or "")


def subject_text(words: Words, subject: Subject) -> str:
    """`外墙-200（IfcWall #12）`."""
    kind = words.known("kind", subject.kind) if subject.kind else ""
    where = " ".join(part for part in (kind, subject.locator) if part)
    return words("named_subject", name=subject.name, where=where) if subject.name else where


def stage_line(words: Words, report: Report) -> str:
    """`施工图（来自默认值）`; nothing where a stage has decided nothing: city data, and no word of a stage."""
    value, decided_by = report.stage
    of_building = any((source.format or source.schema or "").lower().startswith("ifc") for source in report.sources)
    if not of_building and decided_by == "default" and all(rule.reason != "stage" for rule in report.skipped):
        return ""
    return words("stage_decided", stage=words.known("stage", value), by=words.known("decided", decided_by))


def tally(words: Words, result: Result) -> str:
    """`适用 120，不合格 60（豁免 1）`."""
    line = words("of_applicable", failed=words.number(result.failed), of=words.number(result.applicable))
    aside = [
        f"{words(key)} {words.number(number)}"
        for key, number in (("waived", result.waived), ("baselined", result.baselined))
        if number
    ]
    return words("aside", line=line, aside=" · ".join(aside)) if aside else line


def quality_line(words: Words, counts: Sequence[tuple[str, int, int]]) -> str:
    """`按质量元素：完整性 3 条 12 处 · 位置 1 条 4 处`, or nothing."""
    told = [
        words("quality_count", name=words.known("quality", name), rules=rules, findings=words.number(findings))
        for name, rules, findings in counts
    ]
    return words("quality_line", counts=" · ".join(told)) if told else ""


def common_trait(words: Words, common: Concentration | None) -> str:
    """`；其中 82% 集中在类型“FM甲1521”`, or nothing."""
    if common is None:
        return ""
    share, by = words.percent(common.share), words.known("by", common.by)
    return words("common", share=share, by=by, name=plain(common.name))


def internal_error_line(words: Words, error: Mapping[str, Any]) -> str:
    """A fault of cimkit, with enough to report it."""
    parts = (error.get("rule"), error.get("source"), error.get("kind"), error.get("message"), error.get("where"))
    return words("internal_error", what=" · ".join(str(part) for part in parts if part) or str(dict(error)))

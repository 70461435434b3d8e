"""What a person should see first: rules in the order in which they matter, and the few that are worth mending first.

Text, Markdown, HTML and spreadsheets show the same outline, so that no format tells another story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl
from msgspec import Struct

from cimkit.report.model import Report, Result, SourceSummary, Verdict
from cimkit.report.summary import SEVERITIES, WORST_FIRST, open_findings

__all__ = [
    "Concentration",
    "Mend",
    "Shares",
    "by_importance",
    "concentration",
    "mend_first",
    "qualities",
    "shares",
    "skipped_counts",
    "unset_parameters",
    "urgency",
]

#: A common trait is worth a word when it covers this share of a rule's findings, and this many.
_TELLING_SHARE = 0.5
_TELLING_COUNT = 3


class Concentration(Struct, frozen=True):
    """What most findings of a rule have in common. by: `type`, `storey` or `source`; share: of the rule's findings."""

    by: str
    name: str
    count: int
    share: float


class Mend(Struct, frozen=True):
    """A rule worth mending first. share: of all open findings of its severity; so_far: of it and those above it."""

    result: Result
    open: int
    share: float
    so_far: float
    concentration: Concentration | None


class Shares(Struct, frozen=True):
    """Open findings by storey and by kind, most first: (name, count); the name is None where a finding has none."""

    storeys: list[tuple[str | None, int]]
    kinds: list[tuple[str | None, int]]


def by_importance(report: Report) -> list[Result]:
    """The results, worst first: failed before blocked before manual, errors before warnings, many before few."""

    def rank(result: Result) -> tuple[int, int, int, str, str]:
        verdict = WORST_FIRST.index(result.verdict)
        severity = SEVERITIES.index(result.severity) if result.severity in SEVERITIES else len(SEVERITIES)
        return verdict, severity, -open_findings(result), result.code, result.pack

    return sorted(report.results, key=rank)


def mend_first(report: Report, most: int = 5) -> list[Mend]:
    """The failed rules of the worst severity that has any, those with the most open findings first."""
    failed = [r for r in by_importance(report) if r.verdict is Verdict.FAILED and open_findings(r)]
    if not failed:
        return []
    severity = failed[0].severity
    worst = [result for result in failed if result.severity == severity]
    total = sum(open_findings(result) for result in worst)
    mends: list[Mend] = []
    so_far = 0
    for result in worst[:most]:
        number = open_findings(result)
        so_far += number
        mends.append(Mend(result, number, number / total, so_far / total, concentration(report, result)))
    return mends


def concentration(report: Report, result: Result) -> Concentration | None:
    """The type, storey or source that most findings of a rule share: the place where one change mends many."""
    rows = result.findings.rows
    total = rows.height
    if total < _TELLING_COUNT:
        return None
    subjects = report.subjects.select("type", "storey").select(pl.all().gather(rows["subject"]))
    traits: list[tuple[str, pl.Series]] = [("type", subjects["type"]), ("storey", subjects["storey"])]
    if len(report.sources) > 1:
        paths = pl.Series([source.path for source in report.sources], dtype=pl.String)
        traits.append(("source", paths.gather(rows["source"])))
    for by, values in traits:
        named = values.drop_nulls()
        if not len(named):
            continue
        name, number = _most_common(named)
        if name and number >= _TELLING_COUNT and number / total >= _TELLING_SHARE:
            return Concentration(by, name, number, number / total)
    return None


def _most_common(values: pl.Series) -> tuple[str, int]:
    counted = values.alias("name").value_counts(name="count").sort("count", "name", descending=[True, False])
    return counted.row(0)


def shares(report: Report, most: int = 12) -> Shares:
    """Open findings that were kept, by storey and by kind of subject; what lies beyond `most` is summed up as None."""
    empty = pl.Series("subject", [], dtype=pl.Int64)
    rows = [r.findings.rows.filter(pl.col("state").is_null())["subject"] for r in report.results]
    subjects = report.subjects.select("storey", "kind").select(
        pl.all().gather(pl.concat([empty, *rows]).drop_nulls())
    )  # fmt: skip
    return Shares(_top(subjects["storey"], most), _top(subjects["kind"], most))


def _top(values: pl.Series, most: int) -> list[tuple[str | None, int]]:
    named = values.drop_nulls().alias("name")
    if not len(named):
        return []
    counted = named.value_counts(name="count").sort("count", "name", descending=[True, False])
    top: list[tuple[str | None, int]] = list(counted.head(most).iter_rows())
    rest = len(values) - sum(number for _, number in top)
    return [*top, (None, rest)] if rest else top


def qualities(report: Report) -> list[tuple[str, int, int]]:
    """Quality element (`position`, `completeness` ...), rules of it that failed, and their open findings; most findings
    first. Rules that name none are left out; empty where there are not two to be told apart."""
    rules: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    for result in report.results:
        if result.verdict is Verdict.FAILED and result.quality and open_findings(result):
            rules[result.quality] += 1
            findings[result.quality] += open_findings(result)
    counts = sorted(((name, rules[name], findings[name]) for name in rules), key=lambda each: (-each[2], each[0]))
    return counts if len(counts) > 1 else []


def skipped_counts(report: Report) -> Sequence[tuple[str, int]]:
    """How many rules were not asked, by reason."""
    return sorted(Counter(skipped.reason for skipped in report.skipped).items())


def unset_parameters(report: Report) -> list[str]:
    """Parameters without a value, `pack.name`: their rules could not be judged by a machine."""
    return [
        f"{pack}.{name}"
        for pack, values in report.parameters.items()
        if isinstance(values, Mapping)
        for name, value in values.items()
        if value is None
    ]


def urgency(source: SourceSummary) -> int:
    """The order of many sources: those that could not be read, or only in part, then those that failed, then others."""
    if source.error or source.partial:
        return 0
    return 1 + (WORST_FIRST.index(source.verdict) if source.verdict else len(WORST_FIRST))

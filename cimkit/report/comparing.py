"""Two reports side by side: what is new, what was mended, what is still there, and what was not judged again.

A finding is the same one when its rule, its subject (by id, else by where it stands) and its reason are the same; of
several such, each counts. A finding that is gone only because its rule was not asked again, or its source could not
be read, was not mended: it is listed apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from cimkit.report.model import FindingTable, Report, Result, Verdict
from cimkit.report.reading import detailed
from cimkit.report.summary import findings_of

__all__ = ["Comparison", "VerdictChange", "compare", "identities"]

_UNJUDGED = frozenset({Verdict.MANUAL, Verdict.BLOCKED})


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A rule whose verdict is another one now. None: it was not asked."""

    code: str
    title: Mapping[str, str]
    old: Verdict | None
    new: Verdict | None


@dataclass(frozen=True)
class Comparison:
    """Results that hold only the findings in question; each reads in the language of its report.

    added     in the new report only
    fixed     in the old report only, and the rule was asked again
    still     in both, as the new report says it
    unjudged  in the old report only, but the new one could not tell: its rule was not asked, is blocked or manual, or
              a source could not be read
    partial   codes of rules of which a report does not keep all findings: for them the lists may miss some
    """

    old: Report
    new: Report
    added: Sequence[Result]
    fixed: Sequence[Result]
    still: Sequence[Result]
    unjudged: Sequence[Result]
    verdicts: Sequence[VerdictChange] = ()
    partial: Sequence[str] = field(default_factory=list)

    def count(self, which: str) -> int:
        """How many findings: `added`, `fixed`, `still` or `unjudged`."""
        results: Sequence[Result] = getattr(self, which)
        return sum(len(result.findings) for result in results)


def compare(old: Report, new: Report) -> Comparison:
    """What changed from `old` to `new`. `compare(a, a)` finds nothing new, fixed or unjudged."""
    before, after = _by_code(old), _by_code(new)
    unread = bool(new.internal_errors) or any(source.error or source.partial for source in new.sources)
    added: list[Result] = []
    fixed: list[Result] = []
    still: list[Result] = []
    unjudged: list[Result] = []
    for code in sorted({*before, *after}):
        earlier, later = before.get(code), after.get(code)
        old_keys = identities(old, earlier) if earlier else _NO_KEYS
        new_keys = identities(new, later) if later else _NO_KEYS
        if later:
            known = _among(new_keys, old_keys)
            _keep(added, new, later, ~known)
            _keep(still, new, later, known)
        if earlier:
            gone = ~_among(old_keys, new_keys)
            cannot_tell = later is None or later.verdict in _UNJUDGED or unread
            _keep(unjudged if cannot_tell else fixed, old, earlier, gone)
    return Comparison(
        old=old,
        new=new,
        added=added,
        fixed=fixed,
        still=still,
        unjudged=unjudged,
        verdicts=_verdict_changes(before, after),
        partial=sorted(
            {
                r.code
                for r in (*before.values(), *after.values())
                if len(r.findings) and findings_of(r) > len(r.findings)
            }
        ),
    )


def identities(report: Report, result: Result) -> pl.DataFrame:
    """What makes each finding of a result the same in another report: subject, reason, and which of several."""
    frame = detailed(report, result.findings.rows)
    keys = frame.select(subject=pl.coalesce("s_id", "place", pl.lit("")), reason=pl.col("reason"))
    return keys.with_columns(nth=pl.int_range(pl.len()).over("subject", "reason"))


_NO_KEYS = pl.DataFrame(schema={"subject": pl.String, "reason": pl.String, "nth": pl.Int64})


def _among(keys: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Which of `keys` stand in `others` too."""
    known = others.with_columns(known=pl.lit(value=True))
    joined = keys.join(known, on=["subject", "reason", "nth"], how="left", maintain_order="left")
    return joined["known"].fill_null(value=False)


def _keep(into: list[Result], report: Report, result: Result, mask: pl.Series) -> None:
    rows = result.findings.rows.filter(mask)
    if rows.height:
        kept = replace(result, findings=FindingTable(rows), failed=rows.height, waived=0, baselined=0)
        kept.findings.bind(report, kept)
        into.append(kept)


def _by_code(report: Report) -> dict[str, Result]:
    """Results by code; where packs share a code, the pack tells them apart."""
    codes = [result.code for result in report.results]
    return {
        result.code if codes.count(result.code) == 1 else f"{result.code} ({result.pack})": result
        for result in report.results
    }


def _verdict_changes(before: Mapping[str, Result], after: Mapping[str, Result]) -> list[VerdictChange]:
    changes = []
    for code in sorted({*before, *after}):
        earlier, later = before.get(code), after.get(code)
        old, new = (earlier.verdict if earlier else None), (later.verdict if later else None)
        one = later or earlier
        if old != new and one is not None:
            changes.append(VerdictChange(code, one.title, old, new))
    return changes

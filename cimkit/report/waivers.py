"""Waivers: findings that somebody accepts, for a reason and until a day.

A waived finding stays in the report and no longer counts for the exit status. A rule whose findings are all waived is
not passed: it is `manual`, for accepting a waiver is a person's decision and the report says so. After its last day a
waiver is not applied, and the report says that too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from cimkit.errors import UsageError
from cimkit.report.lists import as_date, entries_of, read_entries
from cimkit.report.model import FindingTable, Report, Result, Verdict
from cimkit.report.reading import detailed
from cimkit.report.summary import findings_of, summarised

__all__ = ["Waiver", "apply_waivers", "load_waivers", "waivers_of"]

_REQUIRED = ("code", "reason", "by", "until")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver. code: a rule's code or the start of several; subject: id or locator, `*` and `?` as wildcards, None
    for every finding of the rule; until: the last day on which it holds."""

    code: str
    reason: str
    by: str
    until: date
    subject: str | None = None


def load_waivers(path: str | os.PathLike[str]) -> list[Waiver]:
    """Read a waivers file (`cimcheck schema waivers`). Raises UsageError when it can't be read or an entry is wrong."""
    return _waivers(read_entries(path, "waivers"), str(path))


def waivers_of(data: Any, path: str) -> list[Waiver]:
    """The waivers that a settings file holds. path: named when one is wrong. Raises UsageError."""
    return _waivers(entries_of(data, "waivers", path), path)


def apply_waivers(report: Report, waivers: Iterable[Waiver], today: date | None = None) -> Report:
    """A new report in which these waivers hold. today: default is the day on which the report was made.

    The report lists each waiver with `state` (applied, expired, unused) and the number of findings that it met.
    """
    day = today or date.fromisoformat(report.created[:10])
    given = list(waivers)
    counts = [0] * len(given)
    results = [_waived(report, result, given, counts, day) for result in report.results]
    listed = [_listed(waiver, number, day) for waiver, number in zip(given, counts, strict=True)]
    return summarised(replace(report, results=results, waivers=[*report.waivers, *listed]))


def _waived(report: Report, result: Result, waivers: Sequence[Waiver], counts: list[int], day: date) -> Result:
    concerned = [
        (place, waiver) for place, waiver in enumerate(waivers) if waiver.until >= day and _speaks_of(waiver, result)
    ]
    if not concerned or not len(result.findings):
        return replace(result, findings=FindingTable(result.findings.rows))
    named = detailed(report, result.findings.rows).select("s_id", "place")
    state = result.findings.rows["state"]
    for place, waiver in concerned:
        met = _meets(named, waiver.subject) & state.is_null()
        counts[place] += int(met.sum())
        state = state.zip_with(~met, pl.Series(["waived"]).extend_constant("waived", len(state) - 1))
    rows = result.findings.rows.with_columns(state=state)
    changed = replace(result, findings=FindingTable(rows), waived=int((state == "waived").sum()))
    if changed.verdict is Verdict.FAILED and changed.waived and findings_of(changed) == changed.waived:
        changed.verdict = Verdict.MANUAL
        changed.reason, changed.reason_values = "results.all_waived", {"count": changed.waived}
    return changed


def _speaks_of(waiver: Waiver, result: Result) -> bool:
    return result.code == waiver.code or (waiver.code.endswith("-") and result.code.startswith(waiver.code))


def _meets(named: pl.DataFrame, subject: str | None) -> pl.Series:
    """Which findings speak of this subject (id or locator, with wildcards)."""
    if subject is None:
        return pl.repeat(value=True, n=named.height, eager=True)
    pattern = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in subject)
    either = [pl.col(name).str.contains(f"(?s)^(?:{pattern})$").fill_null(value=False) for name in ("s_id", "place")]
    return named.select(met=pl.any_horizontal(either))["met"]


def _listed(waiver: Waiver, number: int, day: date) -> Mapping[str, Any]:
    state = "expired" if waiver.until < day else "applied" if number else "unused"
    return {
        "code": waiver.code,
        "subject": waiver.subject,
        "reason": waiver.reason,
        "by": waiver.by,
        "until": waiver.until.isoformat(),
        "state": state,
        "count": number,
    }


def _waivers(entries: Iterable[Mapping[str, str]], path: str) -> list[Waiver]:
    found = []
    for number, entry in enumerate(entries, 1):
        unknown = sorted(set(entry) - {*_REQUIRED, "subject"})
        if unknown:
            known = ", ".join((*_REQUIRED, "subject"))
            raise UsageError("report.entry_unknown", path=path, number=number, names=", ".join(unknown), known=known)
        missing = [key for key in _REQUIRED if not entry.get(key, "").strip()]
        if missing:
            raise UsageError("report.entry_lacks", path=path, number=number, names=", ".join(missing))
        until = as_date(entry, "until", path)
        found.append(Waiver(entry["code"], entry["reason"], entry["by"], until, entry.get("subject") or None))
    return found

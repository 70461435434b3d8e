"""Sign-offs: what a person decided about a rule that a machine cannot judge.

A sign-off speaks of one rule by its code. With `sha256` it holds only while that source is checked: a model that
changed since asks for a new look. It never overrules what a machine found.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cimkit.errors import UsageError
from cimkit.report.lists import as_date, read_entries
from cimkit.report.model import FindingTable, Report, Result, Verdict
from cimkit.report.summary import summarised

__all__ = ["Signoff", "apply_signoffs", "load_signoffs"]

_REQUIRED = ("code", "by", "date")
_OPTIONAL = ("note", "verdict", "sha256")
_DECISIONS = (Verdict.PASSED, Verdict.FAILED, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Signoff:
    """One decision. verdict: passed, failed or not-applicable; sha256: of the source that was looked at, None any."""

    code: str
    by: str
    date: date
    note: str = ""
    verdict: Verdict = Verdict.PASSED
    sha256: str | None = None


def load_signoffs(path: str | os.PathLike[str]) -> list[Signoff]:
    """Read a sign-offs file. Raises UsageError when it can't be read or an entry is wrong."""
    found = []
    for number, entry in enumerate(read_entries(path, "signoffs"), 1):
        unknown = sorted(set(entry) - {*_REQUIRED, *_OPTIONAL})
        if unknown:
            names, known = ", ".join(unknown), ", ".join((*_REQUIRED, *_OPTIONAL))
            raise UsageError("report.entry_unknown", path=str(path), number=number, names=names, known=known)
        missing = [key for key in _REQUIRED if not entry.get(key, "").strip()]
        if missing:
            raise UsageError("report.entry_lacks", path=str(path), number=number, names=", ".join(missing))
        verdict = entry.get("verdict") or "passed"
        if verdict not in _DECISIONS:
            known = ", ".join(_DECISIONS)
            raise UsageError("report.not_a_decision", path=str(path), number=number, found=verdict, known=known)
        found.append(
            Signoff(
                code=entry["code"],
                by=entry["by"],
                date=as_date(entry, "date", str(path)),
                note=entry.get("note", ""),
                verdict=Verdict(verdict),
                sha256=entry.get("sha256") or None,
            )
        )
    return found


def apply_signoffs(report: Report, signoffs: Iterable[Signoff]) -> Report:
    """A new report in which manual rules have the verdict that was signed. Of several for one rule the last holds.

    The report lists each with `state`: applied; other-source (the source that was signed is not the one checked);
    unused (the rule was not asked, or a machine could judge it).
    """
    digests = {source.sha256 for source in report.sources}
    given = list(signoffs)
    valid = {signoff.code: signoff for signoff in given if signoff.sha256 is None or signoff.sha256 in digests}
    manual = {result.code for result in report.results if result.verdict is Verdict.MANUAL}
    results = [_signed(result, valid.get(result.code)) for result in report.results]

    def state(signoff: Signoff) -> str:
        if signoff.sha256 is not None and signoff.sha256 not in digests:
            return "other-source"
        return "applied" if signoff.code in manual and valid[signoff.code] is signoff else "unused"

    listed = [_listed(signoff, state(signoff)) for signoff in given]
    return summarised(replace(report, results=results, signoffs=[*report.signoffs, *listed]))


def _signed(result: Result, signoff: Signoff | None) -> Result:
    copy = replace(result, findings=FindingTable(result.findings.rows))
    if signoff is not None and result.verdict is Verdict.MANUAL:
        copy.verdict = signoff.verdict
        copy.reason = "results.signed"
        copy.reason_values = {"by": signoff.by, "date": signoff.date.isoformat(), "note": signoff.note}
    return copy


def _listed(signoff: Signoff, state: str) -> Mapping[str, Any]:
    return {
        "code": signoff.code,
        "by": signoff.by,
        "date": signoff.date.isoformat(),
        "note": signoff.note,
        "verdict": str(signoff.verdict),
        "sha256": signoff.sha256,
        "state": state,
    }

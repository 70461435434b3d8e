"""What people decided about findings, and what an earlier report already knew: applied when the check is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from cimkit.cli.words import Words

if TYPE_CHECKING:
    from cimkit.report.model import Report
    from cimkit.report.signoffs import Signoff
    from cimkit.report.waivers import Waiver

__all__ = ["Afterwards"]


class Afterwards(Struct, frozen=True):
    """waivers, signoffs: as read; baseline: the report whose findings count as known; against: one to compare with."""

    waivers: Sequence[Waiver]
    signoffs: Sequence[Signoff]
    baseline: Report | None
    against: Report | None

    @classmethod
    def read(
        cls, waivers: Sequence[str], signoffs: Sequence[str], baseline: str | None, against: str | None
    ) -> Afterwards:
        """Read all of it before the check begins, so that a slip costs no waiting. Raises UsageError."""
        if not (waivers or signoffs or baseline or against):
            return cls((), (), None, None)
        from cimkit.report.loading import load_report
        from cimkit.report.signoffs import load_signoffs
        from cimkit.report.waivers import load_waivers

        return cls(
            [waiver for path in waivers for waiver in load_waivers(path)],
            [signoff for path in signoffs for signoff in load_signoffs(path)],
            load_report(baseline) if baseline is not None else None,
            load_report(against) if against is not None else None,
        )

    def applied(self, report: Report) -> Report:
        """The report with signed rules, waived findings and those known before."""
        if self.signoffs:
            from cimkit.report.signoffs import apply_signoffs

            report = apply_signoffs(report, self.signoffs)
        if self.waivers:
            from cimkit.report.waivers import apply_waivers

            report = apply_waivers(report, self.waivers)
        if self.baseline is not None:
            from cimkit.report.baseline import apply_baseline

            report = apply_baseline(report, self.baseline)
        return report

    def show_changes(self, report: Report, words: Words, stream: TextIO) -> None:
        """What changed since the report given with `--against`."""
        if self.against is None:
            return
        from cimkit.cli.comparison import comparison_text
        from cimkit.report.comparing import compare

        stream.write("\n" + comparison_text(compare(self.against, report), words))

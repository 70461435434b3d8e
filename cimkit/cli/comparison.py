"""Two reports side by side, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cimkit.cli.words import Words

if TYPE_CHECKING:
    from cimkit.report.comparing import Comparison

__all__ = ["comparison_text"]

#: Lists of a comparison in the order of interest, and how many findings of each rule are named.
_PARTS = ("added", "still", "fixed", "unjudged")
_NAMED = 5


def comparison_text(comparison: Comparison, words: Words) -> str:
    """First the totals, then the findings rule by rule: new ones first. Cuts are said."""
    from cimkit.report.wording import plain

    totals = "   ".join(words(f"comparison_{part}", count=comparison.count(part)) for part in _PARTS)
    lines = [totals]
    for change in comparison.verdicts:
        title = change.title.get(words.lang) or ""
        verdicts = " -> ".join(_verdict(verdict, words) for verdict in (change.old, change.new))
        lines.append(f"  {change.code}  {verdicts}  {title}")
    for part in ("added", "unjudged"):
        for result in getattr(comparison, part):
            lines.append("")
            title = result.title.get(words.lang) or result.name
            count = len(result.findings)
            lines.append(f"{words(f'comparison_{part}', count=count)}  {result.code}  {title}")
            lines += [f"  {plain(finding.message)}" for finding in result.findings[:_NAMED]]
            if count > _NAMED:
                lines.append(f"  {words('and_more', count=count - _NAMED)}")
    if comparison.partial:
        lines += ["", words("comparison_partial", codes=", ".join(comparison.partial))]
    return "\n".join(lines) + "\n"


def _verdict(verdict: str | None, words: Words) -> str:
    from cimkit.locales import text

    return words("not_asked") if verdict is None else text(f"report.verdict_{verdict}", words.lang)

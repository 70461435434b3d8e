"""The report as one HTML file: nothing is fetched, nothing runs but its own few lines, and it opens on a phone.

Text from models and packs reaches the page only through Jinja's escaping, or as JSON that the page's script writes as
text. A content security policy allows exactly this script (by its hash) and no connection.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import IO, Any

import orjson
import polars as pl
from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from cimkit.locales import template
from cimkit.report.formats.drawing import drawings
from cimkit.report.model import Report, Result, SourceSummary, Verdict
from cimkit.report.outline import (
    by_importance,
    mend_first,
    qualities,
    shares,
    skipped_counts,
    unset_parameters,
    urgency,
)
from cimkit.report.project_lines import project_sections
from cimkit.report.reading import with_messages
from cimkit.report.summary import SEVERITIES, WORST_FIRST, count, findings_of, ids_verdict, open_findings
from cimkit.report.wording import (
    Words,
    common_trait,
    discipline_of,
    internal_error_line,
    rule_reason,
    source_line,
    stage_line,
    tally,
)

__all__ = ["write"]

#: Findings of a rule that stand in the page itself, for print and for readers without script.
_WRITTEN_OUT = 12
#: So many sources stand open in the page, of more those that need a look; the others can be unfolded.
_SOURCES_OPEN = 8
#: Columns of a finding in the page's data: name -> column of `with_messages`. Those that repeat are kept once.
_REPEATING = {
    "path": "path",
    "kind": "kind_text",
    "type": "s_type",
    "storey": "s_storey",
    "said": "statement",
    "state": "state",
}
_SINGLE = {"name": "s_name", "place": "place", "id": "s_id", "tag": "s_tag"}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule as the page shows it: `rows` are written out, `data` is what the script reads."""

    number: int
    result: Result
    title: str
    tally: str
    reason: str
    why: str
    fix: str
    cites: list[tuple[str, str]]
    open: int
    total: int
    shown: int
    said: str  # what is wrong, where it is the same for all
    told: frozenset[str]  # columns that say something of any finding: storey, type, id, tag
    of_ifc: bool  # its things have a GlobalId, not a number of another sort
    rows: list[dict[str, Any]]
    data: Markup


def write(report: Report, stream: IO[bytes], max_findings: int) -> None:
    """Write the page as UTF-8."""
    words = Words(report.lang)
    environment = Environment(loader=_Templates(), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["number"] = words.number
    environment.filters["percent"] = words.percent
    script, style = _without_blank_lines(_file("report.js")), _file("report.css")
    page = environment.get_template("report.html.j2").render(
        _context(report, words, max_findings),
        script=Markup(script),  # noqa: S704 - our own file
        style=Markup(style),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
    )
    stream.write(_without_blank_lines(page).encode("utf-8") + b"\n")


def _without_blank_lines(text: str) -> str:
    """The script is cleaned before it is hashed, so that cleaning the page leaves it as it is."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


class _Templates(BaseLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:  # noqa: ARG002 - Jinja's
        return _file(template), None, None


@lru_cache(maxsize=8)
def _file(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _context(report: Report, words: Words, max_findings: int) -> dict[str, Any]:
    results = by_importance(report)
    counts = count(report)
    mends = mend_first(report)
    spread = shares(report, most=8)
    rules = [_rule(report, words, number, result, max_findings) for number, result in enumerate(results)]
    listed = (Verdict.FAILED, Verdict.BLOCKED)
    shown_rules = [rule for rule in rules if rule.result.verdict in listed or rule.total]
    return {
        "report": report,
        "words": words,
        "counts": counts,
        "severities": SEVERITIES,
        "verdicts": [(str(verdict), counts.rules[verdict]) for verdict in WORST_FIRST],
        "rules_total": len(results),
        "headline": _headline(report, words, counts.findings, mends),
        "mends": mends,
        "common": {mend.result.code: common_trait(words, mend.concentration) for mend in mends},
        "numbers": {(rule.result.code, rule.result.pack): rule.number for rule in rules},
        "sources": [_source(words, source) for source in report.sources],
        "sources_listed": [_source(words, source) for source in _listed(report.sources)],
        "findings_rules": shown_rules,
        "findings_verdicts": [str(v) for v in WORST_FIRST if any(rule.result.verdict is v for rule in shown_rules)],
        "manual_rules": [rule for rule in rules if rule.result.verdict is Verdict.MANUAL],
        "quiet_rules": [
            rule for rule in rules if rule.result.verdict in (Verdict.PASSED, Verdict.NOT_APPLICABLE) and not rule.total
        ],
        "storeys": _bars(spread.storeys),
        "kinds": _bars([(name and words.known("kind", name), number) for name, number in spread.kinds]),
        "storey_names": [name for name, _ in shares(report, most=200).storeys if name],
        "drawings": drawings(report),
        "project_sections": project_sections(report),
        "ids": [(ids, ids_verdict(report, ids)) for ids in report.ids],
        "sources_open": _SOURCES_OPEN,
        "stage": stage_line(words, report),
        "faults": [internal_error_line(words, error) for error in report.internal_errors],
        "qualities": [
            (words.known("quality", name), rules, words.number(findings)) for name, rules, findings in qualities(report)
        ],
        "skipped": [(words.known("skipped", reason), number) for reason, number in skipped_counts(report)],
        "unset": unset_parameters(report),
        "parameters": _flat(report.parameters),
        "settings": _flat(report.settings),
        "page_words": _json({key: template(f"report.{key}", report.lang) for key in _PAGE_WORDS}),
    }


#: Sentences that the script needs.
_PAGE_WORDS = ("show_more", "matching", "copied", "copy_failed", "of_shown", "nameless")


def _headline(report: Report, words: Words, findings: Mapping[str, int], mends: list[Any]) -> str:
    """One sentence that a person in a hurry can act on."""
    severity = next((severity for severity in SEVERITIES if findings[severity]), None)
    if severity is None or not mends:
        return words(f"headline_{report.verdict}")
    tallies = words("comma").join(
        words("headline_count", count=words.number(findings[name]), severity=words.severity(name))
        for name in SEVERITIES
        if findings[name]
    )
    if len(mends) == 1:
        return words("headline_one", tallies=tallies)
    return words(
        "headline_many",
        tallies=tallies,
        count=len(mends),
        share=words.percent(mends[-1].so_far),
        severity=words.severity(mends[0].result.severity),
    )


def _rule(report: Report, words: Words, number: int, result: Result, max_findings: int) -> _Rule:
    rows = result.findings.rows.sort(pl.col("state").is_not_null(), maintain_order=True).head(max_findings)
    frame = with_messages(report, result, rows)
    states = {state: words.known("state", state) for state in ("waived", "baselined")}
    frame = frame.with_columns(state=pl.col("state").replace(states))
    statements = frame["statement"].unique()
    return _Rule(
        number=number,
        result=result,
        title=words.title(result),
        tally=tally(words, result),
        reason=rule_reason(words, result),
        why=words.local(result.why),
        fix=words.local(result.fix),
        cites=[_cite(cite) for cite in result.cites],
        open=open_findings(result) if result.verdict is Verdict.FAILED else 0,
        total=findings_of(result) if len(result.findings) or result.verdict is Verdict.FAILED else 0,
        shown=frame.height,
        said=statements[0] or "" if frame.height > 1 and len(statements) == 1 else "",
        told=frozenset(
            name for name in ("storey", "type", "id", "tag") if frame[f"s_{name}"].null_count() < len(frame)
        ),
        of_ifc=bool(frame["s_kind"].str.starts_with("Ifc").any()),
        rows=frame.head(_WRITTEN_OUT).to_dicts(),
        data=_data(frame),
    )


def _cite(cite: Mapping[str, Any]) -> tuple[str, str]:
    """What a rule cites, and its address where it is one that a browser may open."""
    named = [cite.get(key) for key in ("document", "clause", "system", "tool", "version", "fact", "note")]
    url = str(cite.get("url") or "")
    text = " ".join(str(part) for part in named if part) or url
    return text, url if url.startswith(("https://", "http://")) else ""


def _data(frame: pl.DataFrame) -> Markup:
    """The findings as columns; a column that repeats is its distinct values and an index into them."""
    columns: dict[str, Any] = {name: frame[column].to_list() for name, column in _SINGLE.items()}
    columns["source"] = frame["source"].to_list()
    for name, column in _REPEATING.items():
        distinct = frame[column].unique(maintain_order=True)
        index = pl.DataFrame({"value": distinct, "index": pl.int_range(len(distinct), eager=True)})
        coded = frame.select(value=pl.col(column)).join(
            index, on="value", how="left", nulls_equal=True, maintain_order="left"
        )
        columns[name] = [distinct.to_list(), coded["index"].to_list()]
    return _json(columns)


def _json(data: Any) -> Markup:
    """JSON that cannot end its script element, whatever it holds."""
    text = orjson.dumps(data).decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _listed(sources: list[SourceSummary]) -> list[SourceSummary]:
    return sources if len(sources) <= _SOURCES_OPEN else sorted(sources, key=urgency)


def _source(words: Words, source: SourceSummary) -> dict[str, Any]:
    header = source.facts.get("header")
    software = source.facts.get("software") or (
        header.get("originating_system") if isinstance(header, Mapping) else None
    )
    plans = source.facts.get("plans")
    return {
        "path": source.path,
        "line": source_line(words, source),
        "discipline": words.known("discipline", discipline_of(source)),
        "software": str(software or ""),
        "sha256": source.sha256 or "",
        "verdict": source.verdict,
        "error": source.error,
        "partial": source.partial,
        "plans": words(str(plans).removeprefix("report.")) if plans else "",
    }


def _bars(counted: list[tuple[str | None, int]]) -> list[tuple[str | None, int, float]]:
    """Name, count, and length of the bar in percent of the longest."""
    longest = max((number for _, number in counted), default=1)
    return [(name, number, 100 * number / longest) for name, number in counted]


def _flat(values: Any, before: str = "") -> list[tuple[str, str]]:
    """Nested settings as lines: (`a.b`, value)."""
    if not isinstance(values, Mapping):
        return [(before, "" if values is None else str(values))]
    return [line for key, value in values.items() for line in _flat(value, f"{before}.{key}" if before else str(key))]

"""JUnit XML for continuous integration: a suite for each pack, a case for each rule.

Failed with open findings is a failure whose type is the severity; manual, blocked, not-applicable, and failed with
nothing but known or waived findings are skipped with the reason. A source that can't be read and a fault of cimkit
are errors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO

from lxml import etree

from cimkit.report.model import Report, Result, Verdict
from cimkit.report.reading import with_messages
from cimkit.report.summary import findings_of, open_findings
from cimkit.report.wording import Words, internal_error_line, rule_reason, tally

__all__ = ["write"]

#: What XML 1.0 cannot hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write the suites."""
    words = Words(report.lang)
    suites = [_sources(report, words)]
    for pack in dict.fromkeys(result.pack for result in report.results):
        results = [result for result in report.results if result.pack == pack]
        cases = [_case(report, result, words) for result in sorted(results, key=lambda result: result.code)]
        suites.append(_suite(pack, cases))
    root = etree.Element("testsuites", name="cimkit")
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.extend(suites)
    etree.indent(root)
    stream.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n")


def _suite(name: str, cases: Sequence[etree._Element]) -> etree._Element:
    suite = etree.Element("testsuite", name=_clean(name), tests=str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _sources(report: Report, words: Words) -> etree._Element:
    cases = []
    for source in report.sources:
        case = etree.Element("testcase", classname="sources", name=_clean(source.path))
        if source.error or source.partial:
            message = _clean(source.error or words("partial"))
            etree.SubElement(case, "error", message=message, type=source.error_key or "partial")
        cases.append(case)
    for error in report.internal_errors:
        case = etree.Element("testcase", classname="cimkit", name=_clean(str(error.get("rule") or "cimkit")))
        etree.SubElement(case, "error", message=_clean(internal_error_line(words, error)), type="internal")
        cases.append(case)
    return _suite("sources", cases)


def _case(report: Report, result: Result, words: Words) -> etree._Element:
    name = _clean(f"{result.code} {words.title(result)}")
    case = etree.Element("testcase", classname=_clean(result.pack), name=name)
    if result.verdict is Verdict.PASSED:
        return case
    if result.verdict is Verdict.FAILED and open_findings(result):
        failure = etree.SubElement(case, "failure", message=_clean(tally(words, result)), type=result.severity)
        failure.text = _clean("\n".join(_lines(report, result, words)))
        return case
    reason = rule_reason(words, result)
    verdict = words.verdict(result.verdict)
    etree.SubElement(
        case, "skipped", message=_clean(f"{verdict}: {reason}" if reason else f"{verdict}: {tally(words, result)}")
    )
    return case


def _lines(report: Report, result: Result, words: Words) -> list[str]:
    frame = with_messages(report, result, result.findings.rows)
    lines = [
        f"[{words.known('state', state)}] {message}" if state else message
        for message, state in frame.select("message", "state").iter_rows()
    ]
    if findings_of(result) > len(lines):
        lines.append(words("capped", shown=words.number(len(lines)), total=words.number(findings_of(result))))
    if fix := words.local(result.fix):
        lines.append(words("fix_line", fix=fix))
    return lines


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)

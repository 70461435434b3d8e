"""Verdict rules and exit status, as the contract states them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_factory import make_report, of_property, result

from cimkit.errors import UsageError
from cimkit.report.model import Verdict
from cimkit.report.summary import (
    SEVERITIES,
    WORST_FIRST,
    count,
    exit_status,
    is_ok,
    pack_verdict,
    report_verdict,
    source_verdict,
)

verdicts = st.sampled_from([str(verdict) for verdict in Verdict])


@given(st.lists(st.tuples(verdicts, st.sampled_from(SEVERITIES), st.booleans(), st.sampled_from(["tool", "memory"]))))
def test_a_pack_has_the_first_verdict_that_occurs_over_its_error_rules(rules) -> None:
    results = [
        result(f"X-{n}", verdict, severity, adopted=adopted, evidence=evidence)
        for n, (verdict, severity, adopted, evidence) in enumerate(rules)
    ]
    errors = [verdict for verdict, severity, _, _ in rules if severity == "error"]
    expected = next((v for v in WORST_FIRST if v in errors), Verdict.NOT_APPLICABLE)
    weak = any(v == "failed" and s != "error" and e == "memory" and not a for v, s, a, e in rules)
    if weak and expected in (Verdict.PASSED, Verdict.NOT_APPLICABLE):
        expected = Verdict.MANUAL
    assert pack_verdict(results) is expected


def test_an_empty_model_does_not_conform() -> None:
    assert pack_verdict([result("A", "not-applicable"), result("B", "not-applicable")]) is Verdict.NOT_APPLICABLE
    assert pack_verdict([]) is Verdict.NOT_APPLICABLE


def test_a_weak_failed_warning_leaves_the_question_open_until_adopted() -> None:
    passed, warning = result("A", "passed"), result("B", "failed", "warning", of_property(1), evidence="practice")
    assert pack_verdict([passed, warning]) is Verdict.MANUAL
    assert pack_verdict([passed, replace(warning, adopted=True)]) is Verdict.PASSED
    assert pack_verdict([passed, replace(warning, evidence="tool")]) is Verdict.PASSED
    assert pack_verdict([result("C", "failed"), warning]) is Verdict.FAILED


def test_a_source_alone_is_judged_as_the_whole_is() -> None:
    passed, failed = (Verdict.PASSED, 4, 0), (Verdict.FAILED, 4, 1)
    error = result("A", "failed", by_source=[passed, failed])
    warning = result("B", "failed", "warning", of_property(2), evidence="practice", by_source=[failed, passed])
    assert [source_verdict([error, warning], index) for index in (0, 1)] == [Verdict.MANUAL, Verdict.FAILED]
    assert source_verdict([replace(error, pack="other"), warning], 0) is Verdict.MANUAL
    assert source_verdict([], 0) is Verdict.NOT_APPLICABLE


def test_the_report_has_its_worst_pack_and_ids_files_count() -> None:
    report = make_report()
    assert report_verdict(report) is Verdict.FAILED
    report.results = [r for r in report.results if r.pack != "ln-bim-construction"]
    assert report_verdict(report) is Verdict.BLOCKED  # the pack cim-crs
    report.results = [r for r in report.results if r.pack.startswith("ids:")]
    assert report_verdict(report) is Verdict.PASSED
    report.results = [replace(r, verdict=Verdict.FAILED) for r in report.results]
    assert report_verdict(report) is Verdict.FAILED


def test_what_did_not_run_never_looks_like_a_pass() -> None:
    report = make_report()
    report.results = [result("A", "passed")]
    assert report_verdict(report) is Verdict.PASSED
    for broken in ({"error": "读不了"}, {"error": "断了", "partial": True}):
        sources = [replace(report.sources[0], **broken), report.sources[1]]
        assert report_verdict(replace(report, sources=sources)) is Verdict.BLOCKED
    assert report_verdict(replace(report, internal_errors=[{"where": "A"}])) is Verdict.BLOCKED


def test_without_rules_the_sources_speak() -> None:
    report = replace(make_report(), results=[])
    assert report_verdict(report) is Verdict.FAILED
    report.sources[0].verdict = Verdict.PASSED
    assert report_verdict(report) is Verdict.PASSED


@pytest.mark.parametrize(("fail_on", "status"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)])
def test_findings_at_or_over_the_mark_fail(fail_on: str, status: int) -> None:
    assert exit_status(make_report(), fail_on) == status


def test_milder_findings_do_not_fail() -> None:
    report = make_report()
    report.results = [r for r in report.results if r.severity != "error"]
    assert [exit_status(report, mark) for mark in ("error", "warning", "info")] == [0, 1, 1]
    report.results = [r for r in report.results if r.severity == "info"]
    assert [exit_status(report, mark) for mark in ("error", "warning", "info", "never")] == [0, 0, 1, 0]
    assert is_ok(report, "warning")
    assert not is_ok(report, "info")


def test_a_failed_result_without_listed_findings_still_fails() -> None:
    report = replace(make_report(), results=[result("A", "failed", reason="results.signed")])
    assert exit_status(report) == 1
    assert count(report).findings["error"] == 1


def test_unread_sources_and_faults_have_their_own_status_and_the_highest_holds() -> None:
    report = make_report()
    unread = [replace(report.sources[0], error="读不了"), report.sources[1]]
    partial = [replace(report.sources[0], error="断了", partial=True), report.sources[1]]
    quiet = replace(report, results=[])
    assert exit_status(replace(report, sources=unread)) == 3
    assert exit_status(replace(quiet, sources=unread), "never") == 3
    assert exit_status(replace(quiet, sources=partial)) == 1
    assert exit_status(replace(quiet, sources=partial), "never") == 0
    assert exit_status(replace(report, sources=unread, internal_errors=[{}])) == 4


def test_an_unknown_mark_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="critical"):
        exit_status(make_report(), "critical")


def test_counts_leave_waived_and_baselined_apart() -> None:
    counts = count(make_report())
    assert counts.findings == {"error": 60, "warning": 21, "info": 2}
    assert (counts.waived, counts.baselined) == (1, 1)
    assert sum(counts.rules.values()) == 13

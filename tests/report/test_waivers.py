"""Waivers, sign-offs, baseline and comparison: what changes, what stays, and what the report says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from report_factory import make_report, of_property, result

from cimkit.errors import UsageError
from cimkit.report.baseline import apply_baseline
from cimkit.report.comparing import compare
from cimkit.report.formats import render
from cimkit.report.loading import from_dict
from cimkit.report.model import Report, Verdict
from cimkit.report.schemas import schema
from cimkit.report.signoffs import Signoff, apply_signoffs, load_signoffs
from cimkit.report.summary import count, exit_status
from cimkit.report.waivers import Waiver, apply_waivers, load_waivers, waivers_of

TODAY = date(2026, 11, 22)


def waiver(code: str, subject: str | None = None, until: date = TODAY) -> Waiver:
    return Waiver(code, "业主同意", "张工", until, subject)


def by_code(report: Report, code: str):
    return next(r for r in report.results if r.code == code)


# --- waivers --------------------------------------------------------------------------------------------------------


def test_a_waiver_covers_what_it_names_and_leaves_the_given_report_alone(report: Report) -> None:
    before = render(report, "json")
    waived = apply_waivers(report, [waiver("LNB-WAL-003", f"{7:022d}"), waiver("LNB-WAL-003", "#100?")])
    rule = by_code(waived, "LNB-WAL-003")
    assert rule.waived == 10  # #1000 to #1009, the seventh of them twice
    assert rule.verdict is Verdict.FAILED
    assert [entry["count"] for entry in waived.waivers] == [1, 9]
    assert count(waived).findings["error"] == 50
    assert render(report, "json") == before


def test_a_rule_whose_findings_are_all_waived_is_manual_and_no_longer_fails(report: Report) -> None:
    waived = apply_waivers(report, [waiver("LNB-WAL-003")])
    rule = by_code(waived, "LNB-WAL-003")
    assert (rule.verdict, rule.reason) == (Verdict.MANUAL, "results.all_waived")
    assert waived.packs[0].verdict is Verdict.MANUAL
    assert exit_status(report) == 1
    assert exit_status(waived) == 0


def test_the_start_of_a_code_stands_for_several_only_with_its_dash(report: Report) -> None:
    assert by_code(apply_waivers(report, [waiver("LNB-WAL-")]), "LNB-WAL-003").waived == 60
    assert by_code(apply_waivers(report, [waiver("LNB-WAL-00")]), "LNB-WAL-003").waived == 0


def test_an_expired_waiver_is_not_applied_and_said(report: Report) -> None:
    late = apply_waivers(report, [waiver("LNB-WAL-003", until=date(2026, 11, 21))])
    assert by_code(late, "LNB-WAL-003").waived == 0
    assert late.waivers[0]["state"] == "expired"
    assert "2026-11-21" in render(late, "text")
    assert apply_waivers(report, [waiver("NO-SUCH")]).waivers[0]["state"] == "unused"


def test_wildcards_are_no_regular_expressions(report: Report) -> None:
    for pattern in ("(.*)", "[0-9]+", ".", "#1000.", "\\d"):
        assert by_code(apply_waivers(report, [waiver("LNB-WAL-003", pattern)]), "LNB-WAL-003").waived == 0


def test_waiver_files_are_read_from_yaml_and_old_encodings(tmp_path) -> None:
    text = "waivers:\n- {code: LNB-WAL-003, subject: '#1', reason: 业主同意, by: 张工, until: 2026-12-31}\n"
    path = tmp_path / "waivers.yaml"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path.write_text(text, encoding=encoding)
        assert load_waivers(path) == [Waiver("LNB-WAL-003", "业主同意", "张工", date(2026, 12, 31), "#1")]
    entry = {"code": "A", "reason": "r", "by": "b", "until": "2026-12-31"}
    assert Draft202012Validator(schema("waivers")).is_valid({"waivers": [entry]})
    assert waivers_of({"waivers": [entry]}, "cimcheck.yaml")[0].code == "A"
    assert waivers_of({}, "cimcheck.yaml") == []


@pytest.mark.parametrize(
    "text",
    [
        "waivers: 3",
        "- 1",
        "- {code: A}",
        "- {code: A, reason: r, by: b, until: soon}",
        "- [",
        "- {code: A, reason: r, by: b, until: 2026-01-01, extra: 1}",
    ],
)
def test_a_broken_waiver_file_is_wrong_use(text: str, tmp_path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_waivers(path)
    assert "waivers.yaml" in refused.value.message("zh")
    assert refused.value.exit_status == 2


# --- sign-offs ------------------------------------------------------------------------------------------------------


def test_a_signed_manual_rule_has_the_verdict_that_was_signed(report: Report) -> None:
    signed = apply_signoffs(report, [Signoff("LNB-PRJ-001", "李工", TODAY, "现场核对")])
    rule = by_code(signed, "LNB-PRJ-001")
    assert rule.verdict is Verdict.PASSED
    assert by_code(report, "LNB-PRJ-001").verdict is Verdict.MANUAL
    assert "李工" in next(r for r in signed.to_dict()["results"] if r["code"] == "LNB-PRJ-001")["reason_text"]
    assert signed.signoffs[0]["state"] == "applied"


def test_a_sign_off_never_overrules_the_machine(report: Report) -> None:
    signed = apply_signoffs(report, [Signoff("LNB-WAL-003", "李工", TODAY)])
    assert by_code(signed, "LNB-WAL-003").verdict is Verdict.FAILED
    assert signed.signoffs[0]["state"] == "unused"


def test_a_sign_off_for_another_model_does_not_hold(report: Report) -> None:
    other = apply_signoffs(report, [Signoff("LNB-PRJ-001", "李工", TODAY, sha256="00" * 32)])
    assert by_code(other, "LNB-PRJ-001").verdict is Verdict.MANUAL
    assert other.signoffs[0]["state"] == "other-source"
    same = apply_signoffs(report, [Signoff("LNB-PRJ-001", "李工", TODAY, sha256="ab" * 32)])
    assert by_code(same, "LNB-PRJ-001").verdict is Verdict.PASSED


def test_a_rule_can_be_signed_as_failed(report: Report, tmp_path) -> None:
    path = tmp_path / "signoffs.yaml"
    path.write_text("- {code: LNB-PRJ-001, by: 李工, date: 2026-11-01, verdict: failed}\n", encoding="utf-8")
    signed = apply_signoffs(replace(report, results=[by_code(report, "LNB-PRJ-001")]), load_signoffs(path))
    assert signed.verdict is Verdict.FAILED
    assert exit_status(signed) == 1
    path.write_text("- {code: LNB-PRJ-001, by: 李工, date: 2026-11-01, verdict: fine}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="fine"):
        load_signoffs(path)


# --- baseline and comparison ------------------------------------------------------------------------------------------


def test_a_report_against_itself_has_nothing_new_and_nothing_mended(report: Report) -> None:
    same = compare(report, make_report())
    assert [same.count(which) for which in ("added", "fixed", "unjudged")] == [0, 0, 0]
    assert same.count("still") == sum(len(r.findings) for r in report.results)
    assert list(same.verdicts) == []
    written = from_dict(report.to_dict())
    assert [compare(written, report).count(which) for which in ("added", "fixed", "unjudged")] == [0, 0, 0]


codes = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 4)), max_size=12)


@settings(max_examples=40, deadline=None)
@given(codes, codes)
def test_new_and_still_make_up_the_new_report_and_swapping_swaps(old, new) -> None:
    def report_of(pairs):
        base = make_report(5)
        rows = {code: [of_property(1, start=i)[0] for other, i in pairs if other == code] for code in "ABC"}
        base.results = [result(code, "failed" if found else "passed", rows=found) for code, found in rows.items()]
        base.__post_init__()
        return base

    before, after = report_of(old), report_of(new)
    there, back = compare(before, after), compare(after, before)
    assert there.count("added") + there.count("still") == len(new)
    assert there.count("fixed") + there.count("still") == len(old)
    assert there.count("unjudged") == 0
    assert there.count("added") == back.count("fixed")
    assert there.count("still") == back.count("still")


def test_what_was_not_asked_again_was_not_mended(report: Report) -> None:
    later = make_report()
    later.results = [r for r in later.results if r.code != "LNB-WAL-003"]
    changed = compare(report, later)
    assert (changed.count("fixed"), changed.count("unjudged")) == (0, 60)
    assert [(c.code, c.old, c.new) for c in changed.verdicts] == [("LNB-WAL-003", Verdict.FAILED, None)]
    blocked = make_report()
    blocked.results = [
        replace(r, verdict=Verdict.BLOCKED, findings=result("x", "passed").findings) if r.code == "LNB-WAL-003" else r
        for r in blocked.results
    ]
    assert compare(report, replace(blocked)).count("unjudged") == 60


def test_findings_known_from_the_baseline_do_not_count(report: Report) -> None:
    earlier = make_report()
    for rule in earlier.results:
        if rule.code == "LNB-WAL-003":
            rule.findings.rows = rule.findings.rows.head(59)
    marked = apply_baseline(report, earlier)
    rule = by_code(marked, "LNB-WAL-003")
    assert (rule.baselined, rule.verdict) == (59, Verdict.FAILED)
    assert count(marked).findings["error"] == 1
    assert exit_status(marked) == 1
    assert exit_status(apply_baseline(report, make_report())) == 0
    assert marked.baseline is not None
    assert marked.baseline["created"] == earlier.created
    waived = by_code(marked, "LNB-WAL-004")
    assert (waived.waived, waived.baselined) == (1, 19)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("- {code: A-1, reason: r, by: p, untill: 2030-01-01}", "report.entry_unknown"),
        ("waiver:\n- {code: A-1, reason: r, by: p, until: 2030-01-01}", "report.not_a_list"),
    ],
)
def test_a_misspelt_key_is_named_and_nothing_is_passed_over(content: str, key: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        load_waivers(path)
    assert refused.value.key == key


def test_a_waiver_that_met_nothing_is_told() -> None:
    report = apply_waivers(make_report(), [Waiver("XXX-1", "r", "p", date(2099, 1, 1))])
    assert "XXX-1" in render(report, "text")

"""Sentences: there for every reason, in both languages, and safe against whatever a model's names hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from report_factory import make_report, of_property, result

import cimkit
from cimkit.facts.model import DEFECTS
from cimkit.locales import LANGUAGES, has_text
from cimkit.readers.tiles.defects import DEFECTS as TILES_DEFECTS
from cimkit.report.model import Report
from cimkit.report.reading import with_messages
from cimkit.report.sentences import LONGEST_VALUE

PACKAGE = Path(cimkit.__file__).parent

#: Reasons that the engine and its checks were built for; those found in the code are added.
AGREED = re.findall(
    r"\w+",
    """
attribute_missing attribute_empty attribute_wrong_value attribute_not_in_schema attribute_prohibited set_missing
property_missing property_empty property_wrong_value property_wrong_datatype property_under_other_name
property_prohibited entity_wrong predefined_type_wrong classification_missing classification_wrong_system
classification_wrong_value classification_prohibited material_missing material_wrong_value material_prohibited
part_of_missing part_of_wrong_entity part_of_prohibited phase_missing phase_wrong none_applicable
prohibited_applicable too_few too_many not_unique reference_missing not_linked linked_too_often host_wrong type_wrong
whole_wrong compare_wrong disagree sum_wrong code_wrong_form code_wrong_check header_missing header_wrong_value
crs_missing crs_not_accepted georeference_missing axes_swapped zone_prefix_wrong location_disagrees
location_at_default location_outside share_too_high condition_not_met any_not_met
""",
)


def strings_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def used_in_code() -> set[tuple[str, str]]:
    """(where, reason) of `reason=...` and of the reasons handed to `finding_rows` and its like."""
    found = set()
    for path in [*PACKAGE.glob("run/**/*.py"), *PACKAGE.glob("checks/**/*.py"), *PACKAGE.glob("projects/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "whole_finding":
                given += node.args[:1]
            elif name in ("finding_rows", "finding_about"):
                given += node.args[1:2]
            for value in given:
                found |= {(path.name, word) for word in strings_in(value) if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)}
                found |= {(path.name, word) for word in strings_in(value) if word.startswith("results.")}
    return found


def test_reasons_in_the_code_are_found() -> None:
    assert ("header.py", "header_missing") in used_in_code()
    assert any(reason.startswith("results.") for _, reason in used_in_code())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_sentence(lang: str) -> None:
    reasons = {reason if "." in reason else f"findings.{reason}" for _, reason in used_in_code()}
    columns = {"findings.wrong_type", "findings.s_name"}  # names of columns inside an expression, no reasons
    reasons |= {f"findings.{reason}" for reason in AGREED}
    reasons |= {f"findings.defect_{kind}" for kind in (*DEFECTS, *TILES_DEFECTS)}
    assert sorted(reason for reason in reasons - columns if not has_text(reason, lang)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_one_sentence_and_begin_with_their_subject(lang: str) -> None:
    path = PACKAGE / "locales" / lang / "findings.yaml"
    sentences = yaml.safe_load(path.read_text(encoding="utf-8"))
    for reason, sentence in sentences.items():
        if "{subject}" not in sentence:
            continue
        assert sentence.startswith("{subject}"), reason
        assert sentence.endswith("。" if lang == "zh" else "."), reason
        found, expected = sentence.find("{found}"), sentence.find("{expected}")
        assert found < expected or expected < 0, f"{reason}: found stands before expected"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["findings", "report", "results"])
def test_own_words_fit_a_chinese_console(lang: str, name: str) -> None:
    (PACKAGE / "locales" / lang / f"{name}.yaml").read_text(encoding="utf-8").encode("gbk")


def one(report: Report, **row) -> str:
    """The sentence of a finding with these columns."""
    rule = result("X-1", "failed", rows=[{"source": 0, **row}])
    rule.findings.bind(report, rule)
    return rule.findings[0].message


def test_sentences_name_the_subject_and_where_it_stands(report: Report) -> None:
    packed = of_property(1)[0]["values"]
    assert one(report, subject=1, reason="property_missing", values=packed) == (
        "防火门-1（IfcDoor #1001）缺少属性“FireRating”，应在属性集 Pset_WallCommon 中给出。"
    )
    assert one(report, reason="defect_truncated", locator="17:3") == (
        "文件 A栋/建筑-施工图.ifc（第 17:3 行）在结束标记之前就中断了，文件不完整。"
    )
    report.lang = "en"
    assert one(report, subject=0, reason="material_missing") == "IfcWall #1000 has no material."


def test_values_of_closed_lists_are_translated_and_user_data_is_not(report: Report) -> None:
    assert "应为新建 | 既有。" in one(report, subject=1, reason="phase_wrong", found="x", expected="new | existing")
    assert "统一社会信用代码" in one(report, subject=1, reason="code_wrong_form", found="1", expected="credit_code")
    assert "应为 new。" in one(report, subject=1, reason="property_wrong_value", found="x", expected="new")
    assert "要求的数量为 ≥ 1。" in one(report, reason="too_few", found="0", expected="1..")
    assert "要求的数量为 1 ~ 3。" in one(report, reason="too_few", found="0", expected="1..3")


def test_a_part_without_its_value_is_left_out(report: Report) -> None:
    path = "文件 A栋/建筑-施工图.ifc "
    values = '{"detail":"unterminated_string"}'
    said = path + "存在不符合 ISO 10303-21 的语法：字符串没有结束"
    assert one(report, reason="defect_syntax", values=values) == said + "。"
    assert one(report, reason="defect_syntax", values=values, found="#1=") == said + "，见“#1=”。"
    rule = result("X-1", "failed", rows=[{"source": 0, "reason": "x"}], message={"zh": "{subject}[{found}]"})
    rule.findings.bind(report, rule)
    assert rule.findings[0].message.endswith("[—]")


def test_every_detail_of_the_step_syntax_has_its_words() -> None:
    from cimkit.readers.step.syntax import DEFECT_KINDS

    details = {f"findings.detail_{kind.replace('-', '_')}" for kind in DEFECT_KINDS}
    assert [key for key in details for lang in LANGUAGES if not has_text(key, lang)] == []


def test_an_unknown_reason_still_says_something(report: Report) -> None:
    assert "现为“a”，应为 b" in one(report, subject=1, reason="not_yet_known", found="a", expected="b")
    assert "数据有缺陷" in one(report, subject=1, reason="defect_not_yet_known", found="a")


def test_a_rules_own_message_comes_first_except_for_a_value_in_the_wrong_place(report: Report) -> None:
    values = '{"set":"A","name":"B","other_set":"C","other_name":"D","other_value":"E"}'
    rows = [
        {"subject": 1, "source": 0, "reason": reason, "values": values} for reason in ("x", "property_under_other_name")
    ]
    rule = result("X-1", "failed", rows=rows, message={"zh": "{subject} 缺 {name}。"})
    rule.findings.bind(report, rule)
    own, other = (finding.message for finding in rule.findings)
    assert own == "防火门-1（IfcDoor #1001）缺 B。"
    assert "C.D" in other


def test_long_values_are_shortened_in_sentences_only(report: Report) -> None:
    long = "长" * 5000
    rule = result("X-1", "failed", rows=[{"subject": 1, "source": 0, "reason": "entity_wrong", "found": long}])
    rule.findings.bind(report, rule)
    finding = rule.findings[0]
    assert finding.found == long
    assert "长" * LONGEST_VALUE + "…（共 5000 个字符）" in finding.message
    assert "长" * (LONGEST_VALUE + 1) not in finding.message


def test_placeholders_evaluate_nothing(report: Report) -> None:
    rule = result(
        "X-1", "failed", rows=[{"subject": 1, "source": 0, "reason": "x", "found": "{expected}{0}"}],
        message={"zh": "{found.__class__} {0} {found!r} {unknown} {found}"},
    )  # fmt: skip
    rule.findings.bind(report, rule)
    assert rule.findings[0].message == "{found.__class__} {0} {expected}{0} — {expected}{0}"
    rule.message = {"zh": "{broken"}
    assert rule.findings[0].message == "{broken"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=200), st.text(), st.text(min_size=1)), min_size=1, max_size=5))
def test_any_text_passes_through_unharmed(values) -> None:
    rows = [
        {"subject": 1, "source": 0, "reason": "property_wrong_value", "found": found, "expected": expected,
         "values": orjson.dumps({"set": name, "name": "N"}).decode()}
        for found, expected, name in values
    ]  # fmt: skip
    report = make_report(10)
    rule = result("X-1", "failed", rows=rows, message={"zh": "{subject}|{found}"})
    rule.findings.bind(report, rule)
    for finding, (found, _, _) in zip(rule.findings, values, strict=True):
        assert finding.message.endswith(f"|{found}")


def test_statements_leave_the_subject_out(report: Report) -> None:
    rule = result("X-1", "failed", rows=of_property(2, start=1))
    frame = with_messages(report, rule, rule.findings.rows)
    assert frame["statement"].to_list() == ["缺少属性“FireRating”，应在属性集 Pset_WallCommon 中给出。"] * 2


def test_findings_read_like_a_sequence(report: Report) -> None:
    findings = next(r for r in report.results if r.code == "LNB-WAL-004").findings
    assert len(findings) == 20
    assert findings[-1].message == list(findings)[-1].message
    assert [f.message for f in findings[3:5]] == [f.message for f in list(findings)[3:5]]
    first = findings[0]
    assert first.related[0].locator == "#1000"
    assert first.subject is not None
    assert first.subject.source == "A栋/建筑-施工图.ifc"
    assert first.values["set"] == "Pset_WallCommon"


def test_an_empty_table_reads_as_nothing(report: Report) -> None:
    rule = result("X-1", "passed")
    rule.findings.bind(report, rule)
    assert list(rule.findings) == []
    assert with_messages(report, rule, rule.findings.rows).schema["message"] == pl.String

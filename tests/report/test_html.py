"""The page: it fetches nothing, lets no name do harm, and says what matters first."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from lxml import html
from report_factory import NASTY, make_report, written

from cimkit.report.model import Report
from cimkit.report.views import Outline, Plan


def page_of(report: Report, folder: Path, **options) -> tuple[str, html.HtmlElement]:
    text = written(report, "html", folder, **options).decode("utf-8")
    return text, html.document_fromstring(text)


def test_the_page_fetches_nothing_and_runs_only_its_own_script(report: Report, tmp_path) -> None:
    text, page = page_of(report, tmp_path)
    assert page.xpath("//link | //img | //iframe | //object | //embed | //base") == []
    assert page.xpath("//@src | //@srcset | //@onclick | //@onload | //@onerror") == []
    assert re.search(r"url\(|@import", text) is None
    scripts = [s for s in page.xpath("//script") if s.get("type") != "application/json"]
    assert len(scripts) == 1
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    # the bytes between the tags, as a browser hashes them
    body = text.rsplit("<script>", 1)[1].split("</script>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(body.encode("utf-8")).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_nasty_names_stay_text(tmp_path) -> None:
    report = make_report(1000)
    report.sources[0].path = NASTY[0]
    report.results[0].cites = [{"document": "x", "url": "javascript:alert(1)"}]
    report.results[0].title = {"zh": '"><script>alert(2)</script>'}
    text, page = page_of(report, tmp_path)
    assert "<script>alert" not in text
    assert "javascript:alert" not in text
    assert len(page.xpath("//script[not(@type)]")) == 1
    data = [json.loads(s.text) for s in page.xpath("//details//script[@type='application/json']")]
    assert any(NASTY[7] in (name or "") for rule in data for name in rule["name"])
    assert any(NASTY[0] in said for rule in data for said in rule["said"][0])


def test_the_page_says_what_matters_first(report: Report, tmp_path) -> None:
    _, page = page_of(report, tmp_path)
    top = page.xpath("//header")[0].text_content()
    for word in ("不通过", "60", "错误", "待人工判定"):
        assert word in top
    facts = page.xpath("//section[@class='facts']")[0].text_content()
    for word in ("A栋/建筑-施工图.ifc", "行业做法", "标准正文未公开", "不是审批结论"):
        assert word in facts
    assert "怎么改" in page.xpath("//ol[@class='mends']")[0].text_content()
    signing = page.xpath("//table[@class='sign']//tbody/tr")
    assert len(signing) == 2


def test_the_page_holds_each_finding_of_its_cap(report: Report, tmp_path) -> None:
    _, page = page_of(report, tmp_path)
    for details in page.xpath("//details[contains(@class,'rule')]"):
        scripts = details.xpath(".//script")
        if scripts:
            data = json.loads(scripts[0].text)
            lengths = {len(data[name]) for name in ("name", "place", "id", "tag", "source")}
            lengths |= {len(data[name][1]) for name in ("kind", "type", "storey", "said", "state", "path")}
            assert len(lengths) == 1
            for name in ("kind", "type", "storey", "said", "state", "path"):
                assert all(0 <= index < len(data[name][0]) for index in data[name][1])


def test_plans_mark_what_has_open_findings(report: Report, tmp_path) -> None:
    square = [[(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)]]
    ids = report.subjects["id"].to_list()
    report.views = [Plan(0, "1F", -0.05, [Outline(ids[7], "IfcWall", square), Outline("other", "IfcWall", square)], 3)]
    _, page = page_of(report, tmp_path)
    marked = page.xpath("//*[local-name()='path'][@data-id]")
    assert [path.get("data-id") for path in marked] == [ids[7]]
    assert "s-error" in marked[0].get("class")
    figure = page.xpath("//div[@class='plans']/figure")[0].text_content()
    assert "1 个构件有问题" in figure
    assert "另有 3 个未画出" in figure


def test_a_plan_of_one_point_or_none_does_no_harm(report: Report, tmp_path) -> None:
    report.views = [Plan(0, "1F", None, [Outline("a", "x", [[(1.0, 1.0)]])]), Plan(0, "2F", None, [])]
    page_of(report, tmp_path)

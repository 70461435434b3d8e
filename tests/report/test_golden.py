"""What people see, word for word. To renew after a change that is meant: CIMKIT_RENEW_GOLDEN=1 pytest tests/report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html
from report_factory import make_report

from cimkit.report.formats import render
from cimkit.report.formats.html import write as write_html
from cimkit.report.formats.json import write as write_json
from cimkit.report.model import Report

GOLDEN = Path(__file__).parent / "golden"


def structure(report: Report) -> str:
    """The page as a person meets it: headings, texts and controls, without style and script."""
    stream = BytesIO()
    write_html(report, stream, 5)
    page = html.document_fromstring(stream.getvalue().decode("utf-8"))
    for dropped in page.xpath("//script | //style | //head"):
        dropped.drop_tree()
    return "\n".join(_told(page.body, 0)) + "\n"


def _told(node: html.HtmlElement, depth: int) -> Iterator[str]:
    for child in node:
        text = " ".join((child.text or "").split())
        classes = "." + child.get("class").replace(" ", ".") if child.get("class") else ""
        yield f"{'  ' * depth}{child.tag}{classes} {text}".rstrip()
        yield from _told(child, depth + 1)
        if tail := " ".join((child.tail or "").split()):
            yield f"{'  ' * depth}{tail}"


def as_json(report: Report) -> str:
    stream = BytesIO()
    write_json(report, stream)
    return stream.getvalue().decode("utf-8")


WRITERS = {
    "text.zh.txt": lambda: render(make_report(12), "text", max_findings=5),
    "text.en.txt": lambda: render(make_report(12, lang="en"), "text", max_findings=5),
    "markdown.zh.md": lambda: render(make_report(12), "markdown", max_findings=5),
    "page.zh.txt": lambda: structure(make_report(12)),
    "report.zh.json": lambda: as_json(make_report(12)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_golden(name: str) -> None:
    path = GOLDEN / name
    found = WRITERS[name]()
    if os.environ.get("CIMKIT_RENEW_GOLDEN"):
        path.write_text(found, encoding="utf-8", newline="\n")
    assert found == path.read_text(encoding="utf-8")

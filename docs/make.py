"""Write the documents that are made from code, rules and samples: `python docs/make.py`; `--check` only compares.

docs/rules/<pack>/<CODE>.md     a page for every rule, Chinese and English
docs/reference/                 the command line, the named checks, the files that cimkit reads and writes
samples/README.md               what cimcheck says of each sample
README.md, README.zh.md         the report that is shown there, between its marks
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from importlib import import_module, resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import click  # noqa: E402
import yaml  # noqa: E402

from cimkit.api import check  # noqa: E402
from cimkit.authoring.docs import pages_of  # noqa: E402
from cimkit.checks.table import CHECKS  # noqa: E402
from cimkit.cli.app import COMMANDS, load  # noqa: E402
from cimkit.cli.schema import SCHEMAS  # noqa: E402
from cimkit.cli.words import Words  # noqa: E402
from cimkit.report.formats.text import to_text  # noqa: E402
from cimkit.report.model import Report, Verdict  # noqa: E402
from cimkit.report.summary import count, exit_status  # noqa: E402
from cimkit.rules.load import packs  # noqa: E402

MADE = "<!-- Made by docs/make.py; change the source, not this file. -->\n\n"
#: Folders that hold nothing but made files: what is in them and is not made any more is stale.
ALL_MADE = ("docs/rules", "docs/reference")
#: The sample that the README checks, and how much of its report is shown there.
SAMPLE = "samples/renewal-block-faults.ifc"
README_LINES = 62


def rule_pages() -> Iterator[tuple[str, str]]:
    """A page for every rule of every shipped pack, and the lists that lead to them."""
    lines = ["# 规则 / Rules", ""]
    for pack in packs():
        title = " / ".join(dict.fromkeys(pack.title.values()))
        lines.append(f"- [{pack.id}]({pack.id}/README.md) {pack.edition}: {title}, {len(pack.rules)} rules")
        for name, text in pages_of(pack).items():
            yield f"docs/rules/{pack.id}/{name}", text
    yield "docs/rules/README.md", "\n".join(lines) + "\n"


def command_line(lang: str) -> str:
    """Every command with its options, as `--help` prints them."""
    words = Words(lang)
    parts = [f"# cimcheck\n\n```text\n{words('overview')}\n\n{words('overview_end')}\n```\n"]
    for name in COMMANDS:
        command = load(name, words)
        parts.append(_help(command, f"cimcheck {name}"))
        for sub, build in getattr(command, "builders", {}).items():
            parts.append(_help(build(words), f"cimcheck {name} {sub}"))
    return "\n".join(parts)


def _help(command: click.Command, path: str) -> str:
    # The name that is asked for is shown as it is, not that of this script.
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    return f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def named_checks() -> str:
    """The vocabulary beyond the facets, from the table of checks and the words at the head of each check's file."""
    lines = ["# Named checks", "", "What a rule's `must` may ask beyond the facets of IDS.", ""]
    for name, spec in CHECKS.items():
        module = import_module(f"cimkit.checks.{spec.module}")
        about = inspect.cleandoc(module.__doc__ or "").partition("\n")[0]
        about = about.removeprefix(f"{name}: ")
        judge = inspect.getdoc(module.judge) or ""
        lines += [f"## {name}", "", about[:1].upper() + about[1:], "", " ".join(judge.split()), ""]
        if spec.options:
            lines += ["| option | holds |", "|---|---|"]
            lines += [f"| `{option}` | {kind} |" for option, kind in spec.options.items()]
            lines.append("")
        if spec.short is not None:
            lines += [f"`{name}: X` is short for `{name}: {{{spec.short}: X}}`.", ""]
        if spec.of_source:
            lines += ["It speaks of the source as a whole.", ""]
    return "\n".join(lines)


def document(name: str) -> str:
    """The keys of a document, from its JSON Schema."""
    package, path = SCHEMAS[name]
    schema = json.loads((resources.files(package) / path).read_text(encoding="utf-8"))
    lines = [f"# {schema['title']}", "", f"The whole schema: `cimcheck schema {name}`.", ""]
    root = schema["$defs"]["rule"] if name == "rule" else schema
    lines += ["| key | holds |", "|---|---|", *_rows(root, schema, "")]
    return "\n".join(lines) + "\n"


def _rows(schema: dict[str, Any], root: dict[str, Any], above: str) -> Iterator[str]:
    for key, given in schema.get("properties", {}).items():
        target = _resolved(given, root)
        about = (given.get("description") or target.get("description") or "").replace("|", "\\|")
        yield f"| `{above}{key}` | {about} |"
        inner = target.get("items", target) if target.get("type") == "array" else target
        if above.count(".") < 1 and "$ref" not in given:
            yield from _rows(_resolved(inner, root), root, f"{above}{key}.")


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        at: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        schema = at
    return schema


def samples() -> str:
    """What each sample shows, and what cimcheck says of it."""
    listed = yaml.safe_load((ROOT / "samples" / "samples.yaml").read_text(encoding="utf-8"))["samples"]
    lines = ["# 样例 / Samples", ""]
    lines += ["All of them are made by `make_samples.py`; no real project is in them.", ""]
    for sample in listed:
        report = check(ROOT / "samples" / sample["file"], name=sample["file"], lang="en")
        lines += [f"## {sample['file']}", "", sample["zh"], "", sample["en"], "", *_said(report), ""]
        if sample.get("faults"):
            lines += ["| fault | 缺陷 |", "|---|---|"]
            lines += [f"| {fault['en']} | {fault['zh']} |" for fault in sample["faults"]]
            lines.append("")
    return "\n".join([*lines, *_city_samples()])


def _city_samples() -> list[str]:
    """The deliveries of city data; the tests say what cimcheck says of them."""
    faults = yaml.safe_load((ROOT / "samples" / "city" / "district-faults.yaml").read_text(encoding="utf-8"))["faults"]
    return [
        "## city/district",
        "",
        "一个合成街区的城市数据交付（清单、约定和八种格式的数据），一切齐全正确。由 `make_city.py` 生成。",
        "",
        "A delivery of city data of a synthetic district (manifest, agreement, eight formats), all as it should be.",
        "Made by `make_city.py`.",
        "",
        "## city/district-faults",
        "",
        f"同一批交付，带有{len(faults)}处错误。",
        "",
        f"The same delivery with {len(faults)} faults.",
        "",
        "| fault | 缺陷 | rules |",
        "|---|---|---|",
        *(f"| {fault['en']} | {fault['zh']} | {', '.join(fault['rules'])} |" for fault in faults),
        "",
    ]


def _said(report: Report) -> list[str]:
    counted = count(report)
    findings = ", ".join(f"{number} {severity}" for severity, number in counted.findings.items())
    packs_asked = ", ".join(f"{pack.id} {pack.edition}" for pack in report.packs)
    told = (
        f"`cimcheck samples/{report.sources[0].path}` answers **{report.verdict}** with exit status"
        f" {exit_status(report)}: {findings} (stage {report.stage[0]}; {packs_asked})."
    )
    lines = [told, ""]
    failed = [result for result in report.results if result.verdict is Verdict.FAILED and result.severity == "error"]
    if failed:
        lines += ["| error | 标题 | title | findings |", "|---|---|---|---|"]
        lines += [f"| {r.code} | {r.title.get('zh', '')} | {r.title.get('en', '')} | {r.failed} |" for r in failed]
    return lines


def readme(path: str, lang: str) -> str:
    """A README with the beginning of a real report between its marks; the rest of it is written by hand."""
    text = (ROOT / path).read_text(encoding="utf-8")
    report = check(ROOT / SAMPLE, name=SAMPLE, lang=lang)
    shown = to_text(report, max_findings=2, width=100).splitlines()[:README_LINES]
    block = "\n".join(f"    {line}".rstrip() for line in (*shown, "..."))
    before, _, rest = text.partition("<!-- report -->")
    _, _, after = rest.partition("<!-- /report -->")
    return f"{before}<!-- report -->\n\n{block}\n\n<!-- /report -->{after}"


def pages() -> dict[str, str]:
    """Path from the root -> text of every document that is made."""
    made = {path: MADE + text for path, text in rule_pages()}
    made["docs/reference/cli.md"] = MADE + command_line("en")
    made["docs/reference/cli.zh.md"] = MADE + command_line("zh")
    made["docs/reference/checks.md"] = MADE + named_checks()
    for name in SCHEMAS:
        made[f"docs/reference/{name}.md"] = MADE + document(name)
    made["samples/README.md"] = MADE + samples()
    made["README.md"] = readme("README.md", "en")
    made["README.zh.md"] = readme("README.zh.md", "zh")
    return {path: text.rstrip() + "\n" for path, text in made.items()}


def main() -> int:
    """Write what has changed, or tell it."""
    only_compare = "--check" in sys.argv[1:]
    made = pages()
    stale = [path for path, text in made.items() if not _is(path, text)]
    old = [
        path.relative_to(ROOT).as_posix()
        for folder in ALL_MADE
        for path in (ROOT / folder).rglob("*.md")
        if path.relative_to(ROOT).as_posix() not in made
    ]
    if only_compare:
        for path in (*stale, *old):
            print(f"not as it is made: {path}")
        print(f"{len(made)} documents, {len(stale) + len(old)} to be made anew: python docs/make.py")
        return 1 if stale or old else 0
    for path in stale:
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[path], encoding="utf-8", newline="\n")
    for path in old:
        (ROOT / path).unlink()
    print(f"{len(made)} documents, {len(stale)} written, {len(old)} removed")
    return 0


def _is(path: str, text: str) -> bool:
    target = ROOT / path
    return target.is_file() and target.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())

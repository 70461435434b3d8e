"""Cases of a pack: the smallest data that shows what a rule says, and whether it still says so.

A case is a file `cases/<CODE>-<pass|fail|na>-<why>.yaml`:

    rule: LNB-WAL-003
    verdict: fail                # pass, fail, na (nothing the rule speaks of), manual, blocked
    why: a wall without any property set
    schema: IFC4                 # IFC4 if nothing is said
    data:                        # lines of the DATA section, numbered from #100
      - "#100=IFCWALL('0Ke3j0aXX2SRoX2eYkqk9d',#12,'Wall',$,$,#9,$,'W1',$)"
    expected: {subject: W1, reason: property_missing}   # of a failing case: one of its findings

City data instead has `layers`, see `case_layers`; a case with both has two sources, the model and the layers.

`bare: true` leaves out the project and units that stand before the lines otherwise, `header` is a list of lines in
place of the usual header, `text` is a whole file as it is (`file`: its name), `files` are several by their names, as
one archive (a delivery, in a pack that speaks of them; `base` are the files that it replaces). `pictures: true`: a
report with drawings is asked for. `stage` and `parameters` say under what the rule is asked.
"""

from __future__ import annotations

import base64
import io
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cimkit.authoring.case_database import GEOPACKAGE, geopackage
from cimkit.authoring.case_layers import CaseLayers, read_layers
from cimkit.authoring.case_model import model_text
from cimkit.report.model import Report, Result, Skipped, Verdict
from cimkit.rules.choose import choose
from cimkit.rules.faults import broken, unknown
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.shapes import known_keys, mapping_in, text_in
from cimkit.rules.yaml_reading import read_yaml_file

__all__ = ["CASE_KEYS", "VERDICTS", "Case", "Outcome", "find_cases", "read_case", "run_case", "run_cases"]

CASE_KEYS = (
    "rule", "verdict", "why", "schema", "data", "bare", "header", "text", "stage", "parameters", "expected", "file",
    "files", "base", "pictures", "layers", "crs", "format", "defects",
)  # fmt: skip
VERDICTS = {
    "pass": Verdict.PASSED,
    "fail": Verdict.FAILED,
    "na": Verdict.NOT_APPLICABLE,
    "manual": Verdict.MANUAL,
    "blocked": Verdict.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case. content: the file that is checked, under the name `name` (None: the case has layers only); subject,
    reason: of a finding expected."""

    path: Path
    rule: str
    verdict: str
    why: str
    content: bytes | None
    name: str = "case.ifc"
    stage: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None
    reason: str | None = None
    layers: CaseLayers | None = None
    base: bytes | None = None
    pictures: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. problem: key of a sentence in the locale files' authoring.yaml, None: as it should."""

    case: Case
    problem: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the rule said what the case expects."""
        return self.problem is None


def find_cases(folder: Path) -> Iterator[Path]:
    """The files of cases in a pack's folder, sorted."""
    yield from sorted((folder / "cases").rglob("*.yaml"))


def read_case(path: Path) -> Case:
    """Read one case. Raises PackError."""
    shown = f"cases/{path.name}"
    data = read_yaml_file(path, shown)
    if not isinstance(data, Mapping):
        raise broken("not_a_mapping", shown, data)
    known_keys(data, CASE_KEYS, shown)
    verdict = text_in(data, "verdict", shown, required=True) or ""
    if verdict not in VERDICTS:
        raise unknown("unknown_word", verdict, VERDICTS, shown, data, "verdict", field="verdict")
    expected = mapping_in(data, "expected", shown)
    known_keys(expected, ("subject", "reason"), shown)
    layers = read_layers(data, shown)
    only_layers = layers is not None and "data" not in data and "text" not in data
    return Case(
        path=path,
        rule=text_in(data, "rule", shown, required=True) or "",
        verdict=verdict,
        why=text_in(data, "why", shown, required=True) or "",
        content=None if only_layers else _content(data, shown),
        name=(None if layers else text_in(data, "file", shown)) or "case.ifc",
        stage=text_in(data, "stage", shown),
        parameters=mapping_in(data, "parameters", shown),
        subject=text_in(expected, "subject", shown),
        reason=text_in(expected, "reason", shown),
        layers=layers,
        pictures=data.get("pictures") is True,
        base=None if data.get("base") is None else _packed(mapping_in(data, "base", shown), shown),
    )


def _content(data: Mapping[str, Any], shown: str) -> bytes:
    text = text_in(data, "text", shown)
    if text is not None:
        return text.encode()
    if data.get("files") is not None:
        return _packed(mapping_in(data, "files", shown), shown)
    schema = text_in(data, "schema", shown) or "IFC4"
    header = None if data.get("header") is None else _lines(data, "header", shown)
    return model_text(schema, _lines(data, "data", shown), bare=data.get("bare") is True, header=header).encode()


def _packed(files: Mapping[str, Any], shown: str) -> bytes:
    """Several files as the archive that they would be handed in as; `base64:` begins what is no text,
    `geopackage:` the changes to a sound GeoPackage (`case_database`)."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            try:
                members = list(_members(str(name), str(content)))
            except (sqlite3.Error, zipfile.BadZipFile, ValueError) as problem:
                raise broken("case_content", shown, files, name, name=name, problem=str(problem)) from problem
            for path, data in members:
                archive.writestr(zipfile.ZipInfo(path), data)  # dated 1980: a case is the same bytes every day
    return whole.getvalue()


def _members(name: str, text: str) -> Iterator[tuple[str, bytes]]:
    """One file, or the files of a folder: `folder:` begins a ZIP archive of them in base64."""
    if not text.startswith("folder:"):
        yield name, _file(text)
        return
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(text[7:]))) as packed:
        for member in packed.namelist():
            yield f"{name}/{member}", packed.read(member)


def _file(text: str) -> bytes:
    if text.startswith("base64:"):
        return base64.b64decode(text[7:])
    return geopackage(text.removeprefix(GEOPACKAGE)) if text.startswith(GEOPACKAGE) else text.encode()


def _lines(data: Mapping[str, Any], key: str, shown: str) -> list[str]:
    """Lines of a STEP section, as a list or as a block of text; a missing semicolon at the end is added."""
    given = data.get(key)
    lines = given.splitlines() if isinstance(given, str) else (given or [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise broken("not_texts", shown, data, key, field=key)
    stripped = [line.rstrip() for line in lines if line.strip()]
    whole = isinstance(given, list)
    return [line if line.endswith(";") or not whole else f"{line};" for line in stripped]


def run_cases(folder: Path) -> Iterator[Outcome]:
    """The outcome of every case of a pack, in the order of the files. Raises PackError for a broken pack or case."""
    pack = load_pack(folder)
    for path in find_cases(folder):
        yield run_case(read_case(path), pack)


def run_case(case: Case, pack: LoadedPack) -> Outcome:
    """Ask the rule of a case, alone, of the data of the case."""
    rule = next((rule for rule in pack.rules if rule.code == case.rule), None)
    if rule is None:
        return Outcome(case, "case_unknown_rule", {"code": case.rule})
    if case.parameters:
        pack = load_pack(pack.folder, parameters=case.parameters)
    stage = case.stage or next(iter(sorted(rule.stages)), None)
    asked = next(rule for rule in pack.rules if rule.code == case.rule)  # with the parameters of the case
    report = _checked(case, replace(pack, rules=(asked,)), stage)
    result = next((result for result in report.results if result.code == case.rule), None)
    if report.internal_errors:
        return Outcome(case, "case_fault", {"detail": str(report.internal_errors[0].get("message", ""))})
    if report.sources and report.sources[0].error:
        return Outcome(case, "case_unreadable", {"detail": report.sources[0].error})
    if result is None:
        reason = next((skipped.reason for skipped in report.skipped if skipped.code == case.rule), "")
        return Outcome(case, "case_not_asked", {"reason": reason})
    return _compared(case, result)


def _checked(case: Case, pack: LoadedPack, stage: str | None) -> Report:
    from cimkit.run.checking import Plan, run
    from cimkit.sources.limits import Limits
    from cimkit.sources.opening import expand

    choice = choose((), packs=[pack], stage=stage, select=[case.rule])
    plan = Plan(
        rules=choice.rules,
        packs=choice.packs,
        skipped=[Skipped(*pair) for pair in choice.skipped],
        missing_parameters=choice.missing_parameters,
        stage=choice.stage,
    )
    sources = [] if case.content is None else list(expand(case.content, Limits(), name=case.name))
    if case.layers is not None:
        sources.append(case.layers.source())
    elif case.content is not None and "delivery" in pack.applies_to:
        from cimkit.run.delivery import Deliveries, delivery_in

        sources, delivery = delivery_in(case.content, sources, Limits(), name=case.name, base=case.base)
        return run(sources, plan, concluding=Deliveries([delivery] if delivery is not None else []))
    return run(sources, plan, across=case.layers, pictures=case.pictures)


def _compared(case: Case, result: Result) -> Outcome:
    wanted = VERDICTS[case.verdict]
    if result.verdict is not wanted:
        said = "; ".join(_told(finding) for finding in result.findings[:3]) or result.reason or "—"
        return Outcome(case, "case_verdict", {"found": str(result.verdict), "expected": str(wanted), "said": said})
    if case.subject is None and case.reason is None:
        return Outcome(case)
    for finding in result.findings:
        subject = finding.subject
        names = [finding.locator] if subject is None else [subject.id, subject.name, subject.tag, subject.locator]
        if (case.subject is None or case.subject in names) and case.reason in (None, finding.reason):
            return Outcome(case)
    told = "; ".join(_told(finding) for finding in result.findings[:3])
    return Outcome(case, "case_finding", {"subject": case.subject or "*", "reason": case.reason or "*", "found": told})


def _told(finding: Any) -> str:
    subject = finding.subject
    who = finding.locator if subject is None else subject.tag or subject.name or subject.id or subject.locator
    return f"{who or '—'} {finding.reason}"


def verdicts_with_cases(cases: Sequence[Case]) -> dict[str, set[str]]:
    """For each rule the verdicts that its cases show."""
    shown: dict[str, set[str]] = {}
    for case in cases:
        shown.setdefault(case.rule, set()).add(case.verdict)
    return shown

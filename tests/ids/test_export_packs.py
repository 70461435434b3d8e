"""The shipped packs as IDS: the audit passes it, and where the export claims so, it fails the same things."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import cimkit
from cimkit.authoring.export_ids import export_ids, unsaid_lines
from cimkit.errors import UsageError
from cimkit.ids.audit.audit import audit
from cimkit.ids.export import Export
from cimkit.ids.write import write_document
from cimkit.report.model import Report, Result

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*.ifc"))
#: Rules across sources are not for IDS: a pack of nothing else has no export.
PACKS = [
    pack.id
    for pack in cimkit.packs()
    if (not pack.applies_to or "ifc" in pack.applies_to) and any(rule.across is None for rule in pack.rules)
]
#: Rules that are not asked of a model are N/A in the pack; IDS can't know that.
_NOT_ASKED = {"results.other_schema", "results.other_discipline"}


@cache
def exported(pack: str) -> tuple[Export, bytes]:
    export = export_ids(pack, lang="en")
    return export, write_document(export.document)


@cache
def reports(pack: str, sample: Path) -> tuple[Report, Report]:
    """What the pack and what its IDS say of a sample."""
    _, ids = exported(pack)
    return cimkit.check(sample, packs=[pack]), cimkit.check(sample, packs=[], ids=[ids])


def failing(results: list[Result]) -> set[str | None]:
    return {
        finding.subject.id or finding.subject.locator
        for result in results
        for finding in result.findings
        if finding.subject is not None
    }


@pytest.mark.parametrize("pack", PACKS)
def test_the_audit_passes_the_export(pack: str) -> None:
    export, ids = exported(pack)
    assert [flaw.message("en") for flaw in audit(ids, "export.ids").findings] == []
    assert export.codes
    assert export.same <= export.codes


def test_a_pack_that_ids_cannot_say_is_refused() -> None:
    with pytest.raises(UsageError, match="bim-cim"):
        export_ids("bim-cim")


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_is_written_or_told(pack: str) -> None:
    export, _ = exported(pack)
    told = {unsaid.code for unsaid in export.unsaid if unsaid.whole}
    assert not told & export.codes
    assert told | export.codes == {rule.code for rule in cimkit.load_pack(pack).rules if rule.status != "removed"}
    for lang in ("zh", "en"):
        lines = unsaid_lines(export.unsaid, lang)
        assert len(lines) == len({unsaid.what(lang) for unsaid in export.unsaid})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("pack", PACKS)
def test_the_same_things_fail(pack: str, sample: Path) -> None:
    export, _ = exported(pack)
    by_pack, by_ids = reports(pack, sample)
    specifications: dict[str, list[Result]] = {}
    for result in by_ids.results:
        specifications.setdefault(result.name.partition("/")[0], []).append(result)
    differing = {}
    compared = 0
    for result in by_pack.results:
        if result.code in export.same and result.reason not in _NOT_ASKED:
            compared += 1
            theirs, ours = failing(specifications[result.code]), failing([result])
            if theirs != ours:
                differing[result.code] = (sorted(map(str, ours - theirs)), sorted(map(str, theirs - ours)))
    assert compared
    assert differing == {}


def test_new_work_lets_more_be_said() -> None:
    plain, _ = exported("ln-bim-construction")
    more = export_ids("ln-bim-construction", new_work=True, lang="en")
    assert plain.codes < more.codes
    assert {one.code for one in more.unsaid if one.reason == "ids.unsaid_new_work"} >= more.codes - plain.codes
    assert [flaw.code for flaw in audit(write_document(more.document), "export.ids").findings] == []

"""The pack city-basics scored on public data with documented outcomes, through the command that users call.

Invalid means a finding of severity error. Where we differ from a documented outcome is told in docs/yardsticks.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

#: Files of cjval: errors by rule, as the CityJSON specification and ISO 19107 have it (docs/yardsticks.md says why).
CITYJSON: dict[str, set[str]] = {
    "address.json": {"GEO-102", "GEO-104", "GEO-203"},
    "cjfeat1.json": set(),
    "cube.city.json": set(),
    "cube_20.jsonl": {"CJS-008", "CJS-014"},
    "cube_20_1.jsonl": {"CJS-009"},
    "duplicate.json": {"CJS-002", "CJS-030", "CJS-031", "GEO-102", "GEO-104", "GEO-203"},
    "extension.jsonl": {"CJS-008", "CJS-014"},
    "extraattribute.json": {"CJS-050"},
    "japanese.city.json": set(),
    "many.json": set(),
    "many2.json": set(),
    "material.city.json": {"CJS-041"},
    "material2.city.json": {"CJS-041"},
    "material3.city.json": set(),
    "noise1.city.json": set(),
    "o.json": {"CJS-021", "GEO-102", "GEO-104", "GEO-203"},
    "o2.json": set(),
    "o3.json": set(),
    "o4.json": {"CJS-003", "CJS-004", "CJS-008", "CJS-011", "CJS-021", "GEO-102", "GEO-104", "GEO-203"},
    "potatoes.city.json": {"CJS-004", "GEO-102"},
    "sem.json": {"CJS-021", "CJS-040", "CJS-050", "GEO-102", "GEO-204", "GEO-301"},
    "sem_point.city.json": {"CJS-040"},
    "texture1.city.json": {"CJS-042"},
    "texture2.city.json": {"CJS-042"},
    "texture3.city.json": set(),
    "texture4.city.json": set(),
    "texture5.city.json": set(),
    "texture6.city.json": {"CJS-042"},
    "texture7.city.json": set(),
    "twoextensions.json": set(),
}


def checked(paths: Sequence[Path], tmp_path: Path) -> dict[str, Any]:
    """The JSON report of the command. Its folder has no settings file above it that could change what is asked."""
    command = [sys.executable, "-m", "cimkit", "--pack", "city-basics", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["internal_errors"] == []
    return report


def errors_of(report: dict[str, Any]) -> dict[str, set[str]]:
    """Path of each source -> codes of the rules of severity error that found something in it."""
    found: dict[str, set[str]] = {source["path"]: set() for source in report["sources"] if not source["error"]}
    for result in report["results"]:
        if result["severity"] == "error":
            for finding in result["findings"]:
                found[finding["subject"]["source"]].add(result["code"].removeprefix("CTB-"))
    return found


def test_solids_of_the_quality_experiment(shared: Path, tmp_path: Path) -> None:
    report = checked([shared / "city" / "qie"], tmp_path)
    found = {Path(path).name: codes for path, codes in errors_of(report).items() if path.endswith(".gml")}
    assert len(found) == 53
    stated = {name: set() if name[0] == "v" else {f"GEO-{name[1:4]}"} for name in found if name[0] in "vi"}
    assert {name: found[name] for name in stated} == stated
    for result in report["results"]:
        for finding in result["findings"] if result["code"].startswith("CTB-GEO") else ():
            assert finding["found"].startswith("GE_")
            assert finding["found"].endswith(f"({result['code'][-3:]})")


def test_cases_of_3d_tiles(shared: Path, tmp_path: Path) -> None:
    folder = shared / "city" / "tiles"
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    report = checked([folder / path for path in cases], tmp_path)
    errors = errors_of(report)
    right = {path: (folder / path).as_posix() in errors for path in cases}
    assert all(right.values()), [path for path, read in right.items() if not read]
    wrong = [path for path, case in cases.items() if case["valid"] == bool(errors[(folder / path).as_posix()])]
    assert 1 - len(wrong) / len(cases) >= 0.95, wrong
    assert [path for path in wrong if cases[path]["valid"]] == []


def test_files_of_cjval(shared: Path, tmp_path: Path) -> None:
    folder = shared / "city" / "cityjson"
    report = checked(sorted(folder.iterdir()), tmp_path)
    found = {Path(path).name: codes for path, codes in errors_of(report).items()}
    assert found == CITYJSON
    unread = defaultdict(list)
    for source in report["sources"]:
        if source["error"]:
            unread[source["error_key"]].append(Path(source["path"]).name)
    assert dict(unread) == {"sources.no_reader": ["generic.ext.json"]}  # the schema of an extension, no city model


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_finding_of_geometry_begins_with_its_name(shared: Path, tmp_path: Path, lang: str) -> None:
    import cimkit

    report = cimkit.check(shared / "city" / "qie" / "i101_1.gml", packs=["city-basics"], lang=lang)
    (result,) = [result for result in report.results if result.failed]
    (finding,) = result.findings
    assert finding.message.startswith("GE_R_TOO_FEW_POINTS (101)")

"""The packs that ship with cimkit hold to what `cimcheck pack lint` and `pack test` ask of anybody's."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest

from cimkit.authoring.cases import find_cases, read_case, run_case
from cimkit.authoring.lint import lint
from cimkit.authoring.row_cases import row_cases, run_row_case
from cimkit.rules.choose import default_packs
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.packs import find_editions, locate_pack
from cimkit.rules.settings import SETTINGS_KEYS
from cimkit.rules.yaml_reading import read_yaml_file

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "cimkit" / "rules" / "schemas"
EDITIONS = [edition.name for edition in find_editions()]


@pytest.fixture(scope="module", params=EDITIONS)
def pack(request: pytest.FixtureRequest) -> LoadedPack:
    return load_pack(request.param)


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(orjson.loads((SCHEMAS / f"{name}.json").read_bytes()))


def test_lint_finds_no_error(pack: LoadedPack) -> None:
    assert [problem.message("en") for problem in lint(pack.folder) if not problem.warning] == []


def test_every_case_comes_out(pack: LoadedPack) -> None:
    cases = [read_case(path) for path in find_cases(pack.folder)]
    own = [rule for rule in pack.rules if rule.code.startswith(pack.prefix)]
    outcomes = [run_case(case, pack) for case in cases]
    outcomes += [run_row_case(case, rule, pack) for rule in own for case in row_cases(rule)]
    assert {outcome.case.path.name: (outcome.problem, outcome.values) for outcome in outcomes if not outcome.ok} == {}


def test_files_are_as_their_schemas_say(pack: LoadedPack) -> None:
    manifest = validator("pack")
    assert list(manifest.iter_errors(read_yaml_file(pack.folder / "pack.yaml"))) == []
    rules = validator("rule")
    for path in sorted((pack.folder / "rules").glob("*.yaml")):
        assert [f"{path.name}: {error.message}" for error in rules.iter_errors(read_yaml_file(path))] == []


def test_the_schema_of_settings_knows_what_the_reader_knows() -> None:
    assert sorted(validator("settings").schema["properties"]) == sorted(SETTINGS_KEYS)


def test_an_edition_is_asked_for_by_its_name(pack: LoadedPack) -> None:
    assert locate_pack(f"{pack.id}@{pack.edition}") == pack.folder
    assert locate_pack(pack.id).name.startswith(pack.id)


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("施工图", ["ifc-basics", "ln-bim-construction"]),
        ("竣工", ["ifc-basics", "ln-bim-asbuilt"]),
        ("规划", ["ifc-basics"]),
    ],
)
def test_which_packs_fit_an_ifc_file(stage: str, expected: list[str]) -> None:
    assert [folder.name for folder in default_packs({"ifc"}, stage)] == expected
    assert [folder.name for folder in default_packs({"geopackage"}, stage)] == ["city-basics", "ln-cim-data"]

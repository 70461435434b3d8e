"""A pack that extends another drops no rule without a word, by naming fewer formats or by taking a value away."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.errors import PackError
from cimkit.rules.load import load_pack

BASE = {
    "pack.yaml": "id: base\nprefix: BAS\nedition: '1'\napplies_to: [geopackage, csv]\n",
    "parameters.yaml": "highest: {value: 100}\nunset: {value: null}\n",
    "rules/rules.yaml": """
- code: BAS-BLD-001
  name: too-many-storeys
  where: {entity: {pattern: 建筑.*}}
  must: {within: {value: {property: {name: 层数}}, max: {parameter: highest}}}
""",
}
CHILD = "id: child\nprefix: CHI\nedition: '1'\nextends: base\n"


def made(folder: Path, more: str = "", parameters: str = "") -> Path:
    child = {"pack.yaml": CHILD + more, **({"parameters.yaml": parameters} if parameters else {})}
    for name, files in (("base", BASE), ("child", child)):
        for file, content in files.items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return folder / "child"


def test_a_pack_that_says_nothing_keeps_everything(tmp_path: Path) -> None:
    pack = load_pack(made(tmp_path, parameters="highest: {value: 50}\n"))
    assert pack.applies_to == {"geopackage", "csv"}
    assert pack.parameters == {"highest": 50, "unset": None}
    assert [rule.code for rule in pack.rules] == ["BAS-BLD-001"]


def test_more_formats_are_welcome(tmp_path: Path) -> None:
    assert load_pack(made(tmp_path, "applies_to: [geopackage, csv, xlsx]\n")).applies_to >= {"xlsx"}


@pytest.mark.parametrize(
    ("more", "parameters", "key"),
    [
        ("applies_to: [geopackage]\n", "", "rules.narrower_than_base"),
        ("", "highest: {value: null}\n", "rules.parameter_unset"),
    ],
)
def test_dropping_without_a_word_is_refused(tmp_path: Path, more: str, parameters: str, key: str) -> None:
    with pytest.raises(PackError) as told:
        load_pack(made(tmp_path, more, parameters))
    assert told.value.key == key
    assert "{" not in told.value.message("zh") + told.value.message("en")

"""Settings, and which rules are asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.errors import PackError, UsageError
from cimkit.rules import packs
from cimkit.rules.choose import choose, choose_stage
from cimkit.rules.model import Severity
from cimkit.rules.settings import Settings, find_settings, read_settings

MakePack = Callable[..., Path]


def settings(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "cimcheck.yaml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_the_file_is_found_beside_the_source_or_above_it(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "cimcheck.yaml").write_text("")
    model = inner / "m.ifc"
    model.write_text("")
    assert find_settings(model) == tmp_path / "cimcheck.yaml"
    (inner / "cimcheck.yaml").write_text("")
    assert find_settings(model) == inner / "cimcheck.yaml"
    assert find_settings(inner) == inner / "cimcheck.yaml"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("stgae: 竣工\n", "rules.unknown_key_near"),
        ("stage: 施工\n", "rules.unknown_word_near"),
        ("regrade: {A-B-001: eror}\n", "rules.unknown_word_near"),
        ("adoption: [{code: A-B-001, by: x, date: d}]\n", "rules.missing_key"),
        ("adoption: [{by: x, date: d, edition: e}]\n", "rules.adoption_of_what"),
        ("adoption: [{pack: p, code: A-B-001, by: x, date: d, edition: e}]\n", "rules.adoption_of_what"),
        ("period: last year\n", "rules.setting_day"),
        ("- a\n", "rules.not_a_mapping"),
    ],
)
def test_faults(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(PackError) as caught:
        settings(tmp_path, text)
    assert caught.value.key == key
    assert "cimcheck.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-05", "2024-05-01", "2024-05-31"),
        ("{from: 2024-05-30, to: 2024}", "2024-05-30", "2024-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(tmp_path: Path, written: str, first: str, last: str) -> None:
    assert settings(tmp_path, f"period: {written}\n").period == (first, last)


@pytest.mark.parametrize(
    ("option", "setting", "declared", "expected"),
    [
        ("竣工", "规划", "既有", ("竣工", "option")),
        ("as-built", None, None, ("竣工", "option")),
        (None, "规划", "既有", ("规划", "settings")),
        (None, None, "现状", ("既有", "source")),
        (None, None, "whatever", ("施工图", "default")),
        (None, None, None, ("施工图", "default")),
    ],
)
def test_what_decides_the_stage(option: str, setting: str, declared: str, expected: tuple[str, str]) -> None:
    assert choose_stage(option, Settings(stage=setting), declared) == expected


def test_an_unknown_stage_is_wrong_use() -> None:
    with pytest.raises(UsageError):
        choose_stage("施工阶段", Settings(), None)


def codes(choice) -> list[str]:
    return [rule.code for rule in choice.rules]


def test_a_rule_is_asked_or_its_reason_is_told(make_pack: MakePack) -> None:
    draft = "- {code: MIN-D-001, name: a-b, status: draft, must: {count: {min: 1}}}\n"
    folder = make_pack({"rules/d.yaml": draft})
    choice = choose({"ifc"}, packs=[folder])
    assert codes(choice) == ["MIN-GEN-001", "MIN-WAL-001", "MIN-WAL-002"]
    assert choice.skipped == (("MIN-D-001", "draft"),)
    assert choice.missing_parameters == {"MIN-WAL-002": ("highest_wall",)}
    assert choice.parameters == {"mini": {"highest_wall": None}}
    as_built = choose({"ifc"}, packs=[folder], stage="竣工")
    assert ("MIN-WAL-001", "stage") in as_built.skipped
    assert codes(choose({"ifc"}, packs=[folder], select=["min-wal"])) == ["MIN-WAL-001", "MIN-WAL-002"]
    assert codes(choose({"ifc"}, packs=[folder], select=["MIN-D-001"])) == ["MIN-D-001"]
    assert codes(choose({"ifc"}, packs=[folder], ignore=["MIN-WAL"])) == ["MIN-GEN-001"]
    assert codes(choose({"ifc"}, packs=[])) == []
    assert codes(choose({"ifc"}, packs=["none"])) == []


@pytest.mark.parametrize("word", ["MIN-WAL-009", "MIN-WA", "XYZ"])
def test_selecting_nothing_is_wrong_use(make_pack: MakePack, word: str) -> None:
    with pytest.raises(UsageError):
        choose({"ifc"}, packs=[make_pack()], select=[word])


def test_a_pack_out_of_force_is_not_asked(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack({"pack.yaml": "id: mini\nprefix: MIN\nedition: 1\nin_force: {from: 2022-06-01}\n"})
    before = choose({"ifc"}, packs=[folder], settings=settings(tmp_path, "period: 2022-05\n"))
    assert {reason for _, reason in before.skipped} == {"edition"}
    after = choose({"ifc"}, packs=[folder], settings=settings(tmp_path, "period: 2022-06\n"))
    assert codes(after)


def test_settings_change_rules_within_their_ceilings(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    text = (
        "regrade: {MIN-WAL-001: info, MIN-GEN: off}\n"
        "parameters: {mini: {highest_wall: 3}}\n"
        "aliases: {FireRating: [防火]}\n"
    )
    choice = choose({"ifc"}, packs=[folder], settings=settings(tmp_path, text))
    wall = choice.rules[0]
    assert wall.severity is Severity.INFO
    assert ("防火",) in [name.values for _, name in wall.must.carriers]
    assert choice.skipped == (("MIN-GEN-001", "deselected"),)
    assert choice.missing_parameters == {}
    assert choice.settings["regrade"] == {"MIN-WAL-001": "info", "MIN-GEN": "off"}


def test_practice_becomes_an_error_only_when_somebody_adopts_it(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    with pytest.raises(PackError) as caught:
        choose({"ifc"}, packs=[folder], settings=settings(tmp_path, "regrade: {MIN-WAL-001: error}\n"))
    assert caught.value.key == "rules.above_ceiling"
    text = (
        "regrade: {MIN-WAL-001: error}\n"
        "adoption: [{code: MIN-WAL, by: 某院, date: 2024-01-02, edition: 2021 版, page: 9,"
        " clauses: {MIN-WAL-001: 4.2.1}}]\n"
    )
    choice = choose({"ifc"}, packs=[folder], settings=settings(tmp_path, text))
    rules = {rule.code: rule for rule in choice.rules}
    assert rules["MIN-WAL-001"].severity is Severity.ERROR
    assert rules["MIN-WAL-001"].adopted
    assert rules["MIN-WAL-001"].cites[-1].clause == "4.2.1"
    assert not rules["MIN-GEN-001"].adopted
    assert choice.adoption[0]["by"] == "某院"


def test_a_code_with_a_known_prefix_that_no_rule_has_is_a_slip(make_pack: MakePack, tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        choose({"ifc"}, packs=[make_pack()], settings=settings(tmp_path, "regrade: {MIN-WAL-003: info}\n"))
    assert caught.value.key == "rules.unknown_code"
    # A code of a pack that is not at hand may be meant for another source.
    choose({"ifc"}, packs=[make_pack()], settings=settings(tmp_path, "regrade: {OTH-WAL-003: info}\n"))


def test_waivers_are_files_or_entries(tmp_path: Path) -> None:
    assert settings(tmp_path, "waivers: w.yaml\n").waivers == (tmp_path / "w.yaml",)
    entries = settings(tmp_path, "waivers: [{code: A-B-001, reason: r, by: b, until: 2030-01-01}]\n").waivers
    assert entries[0]["until"] == "2030-01-01"


def test_the_day_of_filing_chooses_the_edition(
    make_pack: MakePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "id: mini\nprefix: MIN\napplies_to: [ifc]\n"
    old = make_pack({"pack.yaml": head + "edition: 2021\nin_force: {from: 2021-05-30, to: 2024-12-31}\n"}, "mini-2021")
    new = make_pack({"pack.yaml": head + "edition: 2025\nin_force: {from: 2025-01-01}\n"}, "mini")
    monkeypatch.setattr(packs, "standards_folder", lambda: tmp_path)
    packs.find_editions.cache_clear()
    try:
        assert [edition.name for edition in packs.find_editions()] == ["mini@2021", "mini@2025"]
        assert packs.locate_pack("mini") == new
        assert packs.locate_pack("mini@2021") == old
        assert packs.locate_pack("mini", "2023-06-01") == old
        choice = choose({"ifc"}, settings=settings(tmp_path, "period: 2022\n"))
        assert [pack.edition for pack in choice.packs] == ["2021"]
        with pytest.raises(PackError) as caught:
            packs.locate_pack("mini", "2020-01-01")
        assert caught.value.key == "rules.not_in_force"
    finally:
        packs.find_editions.cache_clear()

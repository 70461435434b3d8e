"""YAML as packs use it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cimkit.errors import PackError
from cimkit.rules.marks import line_of
from cimkit.rules.yaml_reading import parse_yaml


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("010210", "010210"),
        ("2021-05-30", "2021-05-30"),
        ("14-10.20.03", "14-10.20.03"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("91210200MA00000158", "91210200MA00000158"),
        ("123456789012345678901", "123456789012345678901"),
        ("'7'", "7"),
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("2.50", 2.5),
        ("1e-5", 1e-5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, read: object) -> None:
    value = parse_yaml(f"key: {written}\n", "f.yaml")["key"]
    assert value == read
    assert type(value) is type(read)


def test_keys_are_names_whatever_they_look_like() -> None:
    assert list(parse_yaml("010210: a\n2021: b\nno: c\nnull: d\n", "f.yaml")) == ["010210", "2021", "no", "null"]


def test_every_key_and_item_knows_its_line() -> None:
    data = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n", "f.yaml")
    assert line_of(data, "b") == 2
    assert line_of(data["b"], 1) == 4
    assert line_of(data["b"][1], "d") == 5
    assert line_of("text") is None


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "rules.yaml_duplicate", 3),
        ("a: &x 1\nb: *x\n", "rules.yaml_alias", 1),
        ("a: !!python/object:os.system 1\n", "rules.yaml_tag", 1),
        ("a: [1, 2\nb: 3\n", "rules.yaml_syntax", 2),
        ("a: 1\n---\nb: 2\n", "rules.yaml_documents", 2),
        ("? [a]\n: 1\n", "rules.yaml_key", 1),
        ("a: \x07\n", "rules.yaml_character", None),
        ("[" * 70 + "]" * 70, "rules.yaml_depth", 1),
    ],
)
def test_refusals_name_file_and_line(text: str, key: str, line: int | None) -> None:
    with pytest.raises(PackError) as caught:
        parse_yaml(text, "f.yaml")
    assert caught.value.key == key
    assert caught.value.values["line"] == line
    assert "f.yaml" in caught.value.message("zh")
    assert "f.yaml" in caught.value.message("en")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_reads_back_what_a_yaml_writer_wrote(data: object) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_style='"')
    # Everything quoted is text: numbers, truth values and nulls come back as they are spelt, with their tags refused.
    if "!!" not in text:
        assert parse_yaml(text, "f.yaml") == data


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    refused = None
    try:
        parse_yaml(text, "f.yaml")
    except PackError as error:
        refused = error
    assert refused is None or (refused.message("zh") and refused.message("en"))

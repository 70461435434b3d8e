"""Whatever the bytes, there is a StepFile or a StepError; and where the file is cut for reading makes no difference."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.readers.step import (
    DEFECT_KINDS,
    NotStepError,
    StepError,
    StepFile,
    StepLimits,
    dangling_references,
    duplicate_ids,
    syntax_defects,
)

WHOLE = (
    b"ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('x'),'2;1');\nFILE_NAME('n','',(''),(''),'','','');\n"
    b"FILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n#1=IFCWALL('a''b',#2,(#3,#1),.T.,IFCLABEL('\\X2\\4E2D\\X0\\'));\n"
    b"/* a comment; with 'signs' */\n#2=IFCSLAB($,*,1.5E-3,\"0A\");\r\n#3 = IFCX ( ) ;\nENDSEC;\nEND-ISO-10303-21;\n"
)
SHREDS = [
    b"'",
    b"''",
    b";",
    b"(",
    b")",
    b",",
    b"/*",
    b"*/",
    b"\n",
    b"\r",
    b"#",
    b"#1=",
    b"\n#7=A(",
    b"=",
    b"\\",
    b"\\S\\'",
]
SHREDS += [
    b"\\S\\",
    b"\\\\",
    b"\x00",
    b"\xff",
    "中".encode(),
    "中".encode("gbk"),
    b"DATA;",
    b"\nENDSEC;\n",
    b"#99999999999999999999",
]
SHREDS += [b" ", b"$", b".", b"1.", b'"', b"!", b"\n#12345678901=B('"]


def edited(edits: list[tuple[float, int, bytes]]) -> bytes:
    """The whole file with a few bytes cut out and shreds put in."""
    content = WHOLE
    for place, cut, shred in edits:
        at = int(place * len(content))
        content = content[:at] + shred + content[at + cut :]
    return content


edits = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.sampled_from(SHREDS) | st.binary(max_size=4)),
    max_size=6,
)
damaged = edits.map(edited)
soup = st.lists(st.sampled_from([*SHREDS, b"#2=A", b"'x'", b"ENDSEC;"]), max_size=40).map(
    lambda parts: b"ISO-10303-21;DATA;" + b"".join(parts)
)


def look_at_everything(step: StepFile) -> None:
    records = step.records(np.arange(len(step)))
    for parameter in range(3):
        for column in (records.raw, records.strings, records.numbers, records.enums, records.refs):
            assert len(column(parameter)) == len(step)
        assert {len(column) for column in records.typed(parameter)} == {len(step)}
        records.ref_lists(parameter)
        records.lists(parameter)
    defects = syntax_defects(step)
    assert set(defects["kind"]) <= set(DEFECT_KINDS)
    assert (defects["line"] >= 1).all()
    assert (defects["column"] >= 1).all()
    duplicate_ids(step)
    dangling_references(step)
    if step.truncated:
        assert "truncated" in set(defects["kind"])


@given(st.binary(max_size=300) | damaged | soup)
@settings(max_examples=150, deadline=None)
def test_any_bytes(content: bytes) -> None:
    try:
        step = StepFile.open(content)
    except StepError:
        return
    assert ((step.starts < step.ends) & (step.ends <= len(content))).all()
    assert (step.starts[1:] >= step.ends[:-1]).all()
    assert all(content[start:].startswith(b"#") for start in step.starts.tolist())
    look_at_everything(step)


@given(damaged | soup, st.integers(1, 80))
@settings(max_examples=300, deadline=None)
def test_where_the_file_is_cut_makes_no_difference(content: bytes, piece_bytes: int) -> None:
    limits = StepLimits(piece_bytes=piece_bytes, thread_bytes=100)
    try:
        step, expected = StepFile.open(content, limits=limits), StepFile.open(content)
    except NotStepError:
        return
    for name in ("ids", "starts", "ends"):
        np.testing.assert_array_equal(getattr(step, name), getattr(expected, name))
    assert step.keywords == expected.keywords
    np.testing.assert_array_equal(step.marks.comments.starts, expected.marks.comments.starts)
    np.testing.assert_array_equal(step.marks.apostrophes, expected.marks.apostrophes)
    assert (step.encoding, step.truncated, step.tail) == (expected.encoding, expected.truncated, expected.tail)
    assert step.header == expected.header
    assert syntax_defects(step).equals(syntax_defects(expected))
    assert dangling_references(step).equals(dangling_references(expected))


def test_kinds_of_buffers(tmp_path: Path) -> None:
    expected = StepFile.open(WHOLE).ids.tolist()
    path = tmp_path / "a.ifc"
    path.write_bytes(WHOLE)
    assert StepFile.open(bytearray(WHOLE)).ids.tolist() == expected
    assert StepFile.open(memoryview(WHOLE)).ids.tolist() == expected
    assert StepFile.open(np.frombuffer(WHOLE, np.uint8)).ids.tolist() == expected
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        step = StepFile.open(mapped)
        texts = step.records([0]).strings(0).to_list()
        assert step.ids.tolist() == expected
        del step  # the map can be closed only when nothing looks at it
    assert texts == ["a'b"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "step.not_a_step_file"),
        (b"hello", "step.not_a_step_file"),
        (b"<?xml version='1.0'?><!-- ISO-10303-21; -->", "step.not_a_step_file"),
        (b"PK\x03\x04 ISO-10303-21;", "step.not_a_step_file"),
        (WHOLE.decode("ascii").encode("utf-16"), "step.utf_16"),
        (WHOLE.decode("ascii").encode("utf-16-be"), "step.utf_16"),
        (WHOLE.decode("ascii").encode("utf-16-le"), "step.utf_16"),
    ],
)
def test_no_step_file(content: bytes, key: str) -> None:
    with pytest.raises(NotStepError) as caught:
        StepFile.open(content)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        (StepLimits(statements=5), "step.too_many_statements"),
        (StepLimits(foreign_statements=5), "step.too_many_foreign_statements"),
        (StepLimits(keywords=2), "step.too_many_keywords"),
    ],
)
def test_limits(limits: StepLimits, key: str) -> None:
    with pytest.raises(StepError) as caught:
        StepFile.open(WHOLE, limits=limits)
    assert caught.value.key == key


def test_list_of_defects_says_that_it_is_cut() -> None:
    content = WHOLE.replace(b"#3 =", b";;;;;;;;;;#3 =")
    kinds = syntax_defects(StepFile.open(content, limits=StepLimits(defects=4)))["kind"].to_list()
    assert kinds == ["empty-statement"] * 4 + ["too-many-defects"]
    assert len(syntax_defects(StepFile.open(content))) == 10


def test_long_runs_and_deep_nesting_are_bounded() -> None:
    blanks = WHOLE.replace(b"#3 = IFCX", b"#3 =" + b" " * 100_000 + b"IFCX")
    assert StepFile.open(blanks).ids.tolist() == [1, 2, 3]
    deep = WHOLE.replace(b"IFCX ( )", b"IFCX(" + b"(" * 100_000 + b")" * 100_000 + b")")
    step = StepFile.open(deep)
    assert step.records([2]).arity.tolist() == [1]
    assert syntax_defects(step)["kind"].to_list() == ["nesting-too-deep"]
    long_name = StepFile.open(WHOLE.replace(b"IFCX", b"X" * 100_000))
    assert len(long_name) == 3
    header = WHOLE.replace(b"('x')", b"(" * 50_000 + b")" * 50_000)
    assert StepFile.open(header).header.implementation_level == "2;1"

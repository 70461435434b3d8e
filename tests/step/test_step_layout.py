"""However a file is laid out, it reads the same; and what was written is what is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cimkit.readers.step import StepFile, StepLimits, dangling_references, duplicate_ids, syntax_defects

HEAD = ["ISO-10303-21", "HEADER", "FILE_DESCRIPTION(('x'),'2;1')", "FILE_NAME('','',(''),(''),'','','')"]
HEAD += ["FILE_SCHEMA(('IFC4'))", "ENDSEC", "DATA"]
TAIL = ["ENDSEC", "END-ISO-10303-21"]


@dataclass(frozen=True)
class Value:
    """A parameter: its tokens, and what the reader's columns should say of it."""

    tokens: tuple[str, ...]
    string: str | None = None
    number: float | None = None
    enum: str | None = None
    ref: int | None = None
    typed: tuple[str, str] | None = None
    refs: tuple[int, ...] = ()
    elements: tuple[str, ...] | None = None


def escaped(text: str) -> str:
    """`text` as a STEP string, its Chinese in \\X2\\ and what is beyond the basic plane in \\X4\\."""
    out = []
    for character in text:
        if character in "'\\":
            out.append(character * 2)
        elif " " <= character <= "~":
            out.append(character)
        elif ord(character) <= 0xFFFF:
            out.append(f"\\X2\\{ord(character):04X}\\X0\\")
        elif ord(character) % 2:
            out.append(f"\\X4\\{ord(character):08X}\\X0\\")
        else:
            out.append(f"\\X2\\{character.encode('utf-16-be').hex().upper()}\\X0\\")
    return f"'{''.join(out)}'"


ids = st.integers(1, 40) | st.integers(10**7, 10**10)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("';/*#,()\\ \n中𠀀", max_size=12)
strings = texts.map(lambda text: Value((escaped(text),), string=text))
numbers = st.integers(-(10**12), 10**12).map(lambda number: Value((str(number),), number=float(number)))
reals = st.sampled_from(["1.", "-0.5", "1.E-05", "+3.25E3", "0.", "12345.6789"]).map(
    lambda text: Value((text,), number=float(text))
)
enums = st.sampled_from(["T", "U", "NOTDEFINED", "A_1"]).map(lambda name: Value((f".{name}.",), enum=name))
refs = ids.map(lambda number: Value((f"#{number}",), ref=number, refs=(number,)))
nothing = st.sampled_from(["$", "*"]).map(lambda sign: Value((sign,)))
atoms = strings | numbers | reals | enums | refs | nothing


def as_list(values: list[Value]) -> Value:
    tokens = ["("]
    for place, value in enumerate(values):
        tokens += [","] if place else []
        tokens += value.tokens
    inner = tuple("".join(value.tokens) for value in values)
    return Value((*tokens, ")"), refs=sum((value.refs for value in values), ()), elements=inner)


def as_typed(keyword: str, value: Value) -> Value:
    tokens = (keyword, "(", *value.tokens, ")")
    return Value(tokens, typed=(keyword, "".join(value.tokens)), refs=value.refs)


values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4).map(as_list)
        | st.builds(as_typed, st.sampled_from(["IFCLABEL", "IFCREAL", "X"]), inner)
    ),
    max_leaves=8,
)


@dataclass(frozen=True)
class Instance:
    number: int
    keyword: str
    values: tuple[Value, ...]

    @property
    def tokens(self) -> list[str]:
        return [f"#{self.number}", "=", self.keyword, *as_list(list(self.values)).tokens, ";"]


keywords = st.sampled_from(["IFCWALL", "IFCSLABX", "IFCPROPERTYSINGLEVALUE", "IFCDOORSTANDARDCASEX", "A", "A_B2"])
instances = st.builds(Instance, ids, keywords, st.lists(values, max_size=4).map(tuple))
models = st.lists(instances, max_size=8, unique_by=lambda instance: instance.number)
separators = st.sampled_from(["", "", "", " ", "\n", "\r\n", "\r", "\t  ", "/* a; 'b' #1=X(); */", "/**/", " /*'*/\n"])


def plain(model: list[Instance]) -> bytes:
    """One instance a line, as nearly every exporter writes."""
    lines = [*HEAD, *("".join(instance.tokens[:-1]) for instance in model), *TAIL]
    return "".join(f"{line};\n" for line in lines).encode("ascii")


def opened(content: bytes, piece_bytes: int = 1 << 20) -> StepFile:
    return StepFile.open(content, limits=StepLimits(piece_bytes=piece_bytes))


def content_of(step: StepFile) -> list[object]:
    """All that the columns say, in plain Python. What is written inside a list may be laid out anyhow."""
    records = step.records(np.arange(len(step)))
    answer: list[object] = [step.ids.tolist(), [step.keywords[code] for code in step.types], records.arity.tolist()]
    for parameter in range(4):
        answer += [records.strings(parameter).to_list(), records.numbers(parameter).to_list()]
        answer += [records.enums(parameter).to_list(), records.refs(parameter).tolist()]
        answer += [[column.tolist() for column in records.ref_lists(parameter)]]
        keyword, inner = records.typed(parameter)
        answer += [keyword.to_list(), [squeezed(text) for text in inner.to_list()]]
        owner, ordinal, text = records.lists(parameter)
        answer += [owner.tolist(), ordinal.tolist(), [squeezed(element) for element in text.to_list()]]
    return answer


def squeezed(text: str | None) -> str | None:
    """Without the blanks and comments outside strings."""
    if text is None:
        return None
    out, place = [], 0
    while place < len(text):
        if text.startswith("/*", place):
            place = text.index("*/", place + 2) + 2
        elif text[place] == "'":
            end = text.index("'", place + 1) + 1
            out.append(text[place:end])
            place = end
        else:
            out.append(text[place].strip())
            place += 1
    return "".join(out)


@given(models)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_what_is_read(model: list[Instance]) -> None:
    step = opened(plain(model))
    assert step.ids.tolist() == [instance.number for instance in model]
    assert [step.keywords[code] for code in step.types] == [instance.keyword for instance in model]
    rows = {instance.number: row for row, instance in enumerate(model)}
    records = step.records(np.arange(len(step)))
    assert records.arity.tolist() == [len(instance.values) for instance in model]
    for parameter in range(4):
        column = [instance.values[parameter] if parameter < len(instance.values) else None for instance in model]
        there = [value or Value(()) for value in column]
        assert records.raw(parameter).to_list() == [value and "".join(value.tokens) for value in column]
        assert records.strings(parameter).to_list() == [value.string for value in there]
        assert records.numbers(parameter).to_list() == [value.number for value in there]
        assert records.enums(parameter).to_list() == [value.enum for value in there]
        expected = [-1 if value.ref is None else rows.get(value.ref, -2) for value in there]
        assert records.refs(parameter).tolist() == expected
        owner, ordinal, target = records.ref_lists(parameter)
        assert list(zip(owner.tolist(), ordinal.tolist(), target.tolist(), strict=True)) == [
            (place, number, rows.get(ref, -2))
            for place, value in enumerate(there)
            for number, ref in enumerate(value.refs)
        ]
        keyword, inner = records.typed(parameter)
        assert keyword.to_list() == [value.typed and value.typed[0] for value in there]
        assert inner.to_list() == [value.typed and value.typed[1] for value in there]
        owner, ordinal, text = records.lists(parameter)
        assert list(zip(owner.tolist(), ordinal.tolist(), text.to_list(), strict=True)) == [
            (place, number, element)
            for place, value in enumerate(there)
            for number, element in enumerate(value.elements or ())
        ]
    assert not step.truncated
    assert syntax_defects(step).is_empty()
    assert duplicate_ids(step).is_empty()
    dangling = [
        (instance.number, ref)
        for instance in model
        for value in instance.values
        for ref in value.refs
        if ref not in rows
    ]
    assert dangling_references(step).select("from_id", "to_id").rows() == dangling


@given(models, st.data())
@settings(max_examples=50, deadline=None)
def test_layout_changes_nothing(model: list[Instance], data: st.DataObject) -> None:
    tokens: list[str] = []
    for statement in HEAD[1:]:
        tokens += [statement, ";"]
    for instance in model:
        tokens += instance.tokens
    for statement in TAIL:
        tokens += [statement, ";"]
    gaps = data.draw(st.lists(separators, min_size=len(tokens), max_size=len(tokens)))
    laid_out = "ISO-10303-21;" + "".join(gap + token for gap, token in zip(gaps, tokens, strict=True))
    expected = opened(plain(model))
    piece_bytes = data.draw(st.sampled_from([1 << 20, 16, 33, 64]))
    step = opened(laid_out.encode("ascii"), piece_bytes)
    assert content_of(step) == content_of(expected)
    assert step.header == replace(step.header, **{name: getattr(expected.header, name) for name in FIELDS})
    assert syntax_defects(step).is_empty()
    columns = ["from_id", "to_id"]
    assert dangling_references(step).select(columns).equals(dangling_references(expected).select(columns))


FIELDS = ["description", "implementation_level", "name", "author", "schema_identifiers"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "", " ", "\n\n  "])
def test_line_ends(line_end: str) -> None:
    lines = [*HEAD, "#1=IFCWALL('a;b',#2)", "#2 = IFCSLAB ( $ )", "#3=IFCX()", *TAIL]
    step = opened("".join(f"{line};{line_end}" for line in lines).encode())
    assert step.ids.tolist() == [1, 2, 3]
    assert [step.keywords[code] for code in step.types] == ["IFCWALL", "IFCSLAB", "IFCX"]
    assert step.records([0]).strings(0).to_list() == ["a;b"]
    assert syntax_defects(step).is_empty()

"""Parameter columns by example, and what strings mean."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.readers.step import DANGLING, NO_REFERENCE, Records, StepFile, decode_string, decode_strings

START = "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;\n"


def opened(data: str | bytes) -> StepFile:
    content = data.encode() if isinstance(data, str) else data
    return StepFile.open(START.encode() + content + b"\nENDSEC;END-ISO-10303-21;")


def records(data: str | bytes) -> Records:
    step = opened(data)
    return step.records(np.arange(len(step)))


def test_columns() -> None:
    of = records("#1=A('x',#2,1.5,.T.,IFCLABEL('y'),(1,2));\n#2=B($);\n#3=C(*,#9,-3,$,#1,());")
    assert of.arity.tolist() == [6, 1, 6]
    assert of.raw(0).to_list() == ["'x'", "$", "*"]
    assert of.raw(4).to_list() == ["IFCLABEL('y')", None, "#1"]
    assert of.strings(0).to_list() == ["x", None, None]
    assert of.refs(1).tolist() == [1, NO_REFERENCE, DANGLING]
    assert of.numbers(2).to_list() == [1.5, None, -3.0]
    assert of.enums(3).to_list() == ["T", None, None]
    assert of.refs(4).tolist() == [-1, -1, 0]
    keyword, inner = of.typed(4)
    assert keyword.to_list() == ["IFCLABEL", None, None]
    assert inner.to_list() == ["'y'", None, None]
    assert [column.to_list() if isinstance(column, pl.Series) else column.tolist() for column in of.lists(5)] == [
        [0, 0],
        [0, 1],
        ["1", "2"],
    ]
    assert of.raw(99).null_count() == 3


def test_heads() -> None:
    of = records("#1=A('x', #2,/* # */.T.,,\n(1));\n#2=B( );\n#3=C(\t-1, $ );")
    heads = [bytes(of.heads(position)) for position in range(6)]
    assert heads == [b"'\0-", b"#\0$", b".\0\0", b"\0\0\0", b"(\0\0", b"\0\0\0"]


_PARAMETER = st.sampled_from(["'a,('", "''", "#1", "-2.5", ".T.", "$", "*", "(1,#2)", "()", "IFCLABEL('x')", ""])
_BETWEEN = st.sampled_from(["", "", "", " ", "\t", "\r\n ", "/*'*/", " /* , */"])


@given(st.lists(st.lists(st.tuples(_BETWEEN, _PARAMETER, _BETWEEN), min_size=1, max_size=4), min_size=1, max_size=5))
def test_a_head_is_how_the_parameter_begins(rows: list[list[tuple[str, str, str]]]) -> None:
    of = records("\n".join(f"#{i}=A({','.join(map(''.join, row))});" for i, row in enumerate(rows, 1)))
    for position in range(5):
        written = [text or "" for text in of.raw(position).to_list()]
        assert [chr(head) if head else "" for head in of.heads(position)] == [text[:1] for text in written]


def test_rows_in_any_order() -> None:
    of = opened("#1=A('x');\n#2=A('y');\n#3=A('z');").records([2, 0, 2])
    assert of.rows.tolist() == [2, 0, 2]
    assert of.strings(0).to_list() == ["z", "x", "z"]


def test_no_row_is_no_row() -> None:
    step = opened("#1=A(#9);")
    for rows in ([-1], step.records([0]).refs(0), [1]):
        with pytest.raises(IndexError):
            step.records(rows)


def test_references_at_any_depth() -> None:
    of = records("#1=A((#2,(#1,X(#3))),#2);\n#2=B(('#1',#1));\n#3=C(());")
    assert [column.tolist() for column in of.ref_lists(0)] == [[0, 0, 0, 1], [0, 1, 2, 0], [1, 0, 2, 0]]
    assert [column.tolist() for column in of.ref_lists(1)] == [[0], [0], [1]]


def test_typed_values() -> None:
    of = records("#1=A(IfcBoolean ( .T. ),IFCX(IFCY(1)),!OWN('a'));\n#2=A(IFCTEXT('(a)') /* x */,X,_Y((1,2)));")
    keyword, inner = of.typed(0)
    assert keyword.to_list() == ["IFCBOOLEAN", "IFCTEXT"]
    assert inner.to_list() == [".T.", "'(a)'"]
    keyword, inner = of.typed(1)
    assert keyword.to_list() == ["IFCX", None]
    assert inner.to_list() == ["IFCY(1)", None]
    keyword, inner = of.typed(2)
    assert keyword.to_list() == ["!OWN", "_Y"]
    assert inner.to_list() == ["'a'", "(1,2)"]


def test_lists_of_lists() -> None:
    owner, ordinal, texts = records("#1=A(((1.,2.), (3.,4.) ,('a,)',$)));\n#2=A(1);\n#3=A(( (5.) ));").lists(0)
    assert owner.tolist() == [0, 0, 0, 2]
    assert ordinal.tolist() == [0, 1, 2, 0]
    assert texts.to_list() == ["(1.,2.)", "(3.,4.)", "('a,)',$)", "(5.)"]


def test_numbers_that_are_none() -> None:
    assert records("#1=A(inf);\n#2=A(1E999);\n#3=A('1');\n#4=A(1.);\n#5=A(.T.);\n#6=A(nan);").numbers(0).to_list() == [
        *[None] * 3,
        1.0,
        *[None] * 2,
    ]


def test_complex_instance_has_its_parts_as_one_parameter() -> None:
    of = records("#1=(A(1)B('x'));")
    assert of.arity.tolist() == [1]
    assert of.raw(0).to_list() == ["A(1)B('x')"]


def test_malformed_records_spoil_no_other() -> None:
    of = records("#1=A('x',(1,2;\n#2=A('y',2);\n#3=A(1))(2);\n#4=A('z',4);\n#5=A;\n#6=A('w',6);")
    assert of.strings(0).to_list() == ["x", "y", None, "z", None, "w"]
    assert of.numbers(1).to_list() == [None, 2.0, None, 4.0, None, 6.0]


def test_more_rows_than_one_batch() -> None:
    count = 70_000
    step = opened(
        "".join(f"#{number}=A('{number}',#{count + 1 - number},(#{number}));\n" for number in range(1, count + 1))
    )
    of = step.records(np.arange(count))
    assert of.strings(0).cast(pl.Int64).to_list() == list(range(1, count + 1))
    assert of.refs(1).tolist() == list(range(count - 1, -1, -1))
    owner, ordinal, target = of.ref_lists(2)
    assert owner.tolist() == target.tolist() == list(range(count))
    assert not ordinal.any()
    assert of.lists(2)[0].tolist() == list(range(count))


def test_record_longer_than_any_batch() -> None:
    numbers = ",".join(map(str, range(300_000)))
    of = records(f"#1=A(({numbers}),'x');\n#2=A((),'y');")
    assert of.strings(1).to_list() == ["x", "y"]
    assert of.lists(0)[2].cast(pl.Int64).to_list() == list(range(300_000))


# --- strings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("it''s", "it's"),
        ("C:\\\\a", "C:\\a"),
        ("\\X2\\4E2D6587\\X0\\", "中文"),
        ("a\\X2\\D840DC00\\X0\\b", "a𠀀b"),
        ("\\X4\\00020000\\X0\\", "𠀀"),
        ("\\X\\E4", "ä"),
        ("\\S\\d", "ä"),
        ("\\S\\'", "§"),
        ("\\PE\\\\S\\0", "\N{CYRILLIC CAPITAL LETTER A}"),
        ("a\\N\\b", "a\nb"),
        ("broken\r\nover lines", "brokenover lines"),
        ("\\X2\\4e2d\\X0\\", "中"),
        ("\\X2\\4E2\\X0\\", "\\X2\\4E2\\X0\\"),
        ("\\X2\\4E2D", "\\X2\\4E2D"),
        ("\\X2\\D840\\X0\\", "\ufffd"),
        ("\\temp", "\\temp"),
        ("\\\\X2\\\\4E2D", "\\X2\\4E2D"),
    ],
)
def test_what_strings_mean(written: str, meant: str) -> None:
    assert decode_string(written) == meant
    assert decode_strings(pl.Series([written, None, "plain"])).to_list() == [meant, None, "plain"]
    assert records(f"#1=A('{written}','next');").strings(1).to_list() == ["next"]
    assert records(f"#1=A('{written}');").strings(0).to_list() == [meant]


@given(st.text())
def test_any_text_is_decoded(written: str) -> None:
    assert isinstance(decode_string(written), str)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("gbk", "gb18030"), ("gb18030", "gb18030")],
)
def test_raw_chinese(encoding: str, name: str) -> None:
    texts = ["沈阳市", "中文", "ASCII", "乗乧", "it's 中"]  # the second bytes of some in GBK are backslashes
    data = "".join(f"#{number}=A('{text.replace(chr(39), chr(39) * 2)}',1);\n" for number, text in enumerate(texts, 1))
    step = opened(data.encode(encoding))
    assert step.encoding == name
    assert step.had_raw_bytes
    of = step.records(np.arange(len(step)))
    assert of.strings(0).to_list() == texts
    assert of.numbers(1).to_list() == [1.0] * len(texts)


def test_raw_latin_1() -> None:
    step = opened("#1=A('Gebäude ä');".encode("latin-1"))
    assert step.encoding == "latin-1"
    assert step.records([0]).strings(0).to_list() == ["Gebäude ä"]


def test_pure_ascii() -> None:
    step = opened("#1=A('x');")
    assert step.encoding == "ascii"
    assert not step.had_raw_bytes

"""Syntax: the kind of each defect and where it is; nothing said of files that are right."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.locales import text
from cimkit.readers.step import DEFECT_KINDS, StepFile, dangling_references, duplicate_ids, syntax_defects
from cimkit.readers.step.grammar import instance_pattern
from cimkit.readers.step.judge import judge_instance

DESCRIPTION = "FILE_DESCRIPTION(('x'),'2;1');"
NAME = "FILE_NAME('n','2026-01-01T00:00:00',('a'),('o'),'p','s','z');"
SCHEMA = "FILE_SCHEMA(('IFC4'));"
HEADER = f"HEADER;\n{DESCRIPTION}\n{NAME}\n{SCHEMA}\nENDSEC;\n"
END = "ENDSEC;\nEND-ISO-10303-21;\n"
FIRST_LINE = 8


def whole(*instances: str) -> bytes:
    return f"ISO-10303-21;\n{HEADER}DATA;\n{''.join(line + chr(10) for line in instances)}{END}".encode()


def defects_of(content: bytes) -> list[tuple[int, int, str]]:
    return syntax_defects(StepFile.open(content)).select("line", "column", "kind").rows()


def kinds_of(content: bytes) -> list[str]:
    return [kind for _, _, kind in defects_of(content)]


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ("#1=A('x);", [(6, "unterminated-string")]),
        ("#1=A('x', 'y);", [(11, "unterminated-string")]),
        ("#1=A((1,2);", [(5, "unbalanced-parenthesis")]),
        ("#1=A(1));", [(8, "unbalanced-parenthesis")]),
        ("#1=A;", [(5, "unbalanced-parenthesis")]),
        ("#1=A(1)", [(8, "missing-semicolon")]),
        ("#1=A(1.e5);", [(6, "bad-number")]),
        ("#1=A(.5,1);", [(6, "bad-number")]),
        ("#1=A(1,-);", [(8, "bad-number")]),
        ("#1=A(1E5);", [(6, "bad-number")]),
        ("#1=A(1..2);", [(6, "bad-number")]),
        ("#1=A(.T);", [(6, "bad-enumeration")]),
        ("#1=A(.t.);", [(6, "bad-enumeration")]),
        ("#1=A(..);", [(6, "bad-enumeration")]),
        ("#1 A(1);", [(4, "missing-equals")]),
        ("#1=(1);", [(5, "missing-keyword")]),
        ("#1=();", [(5, "missing-keyword")]),
        ("#1='x';", [(4, "missing-keyword"), (4, "unbalanced-parenthesis")]),
        ("#1=A(1,,2);", [(8, "empty-parameter")]),
        ("#1=A(1,);", [(8, "empty-parameter")]),
        ("#1=A(,1);", [(6, "empty-parameter")]),
        ("#1=A(B());", [(8, "empty-parameter")]),
        ("#1=A(B(1,2));", [(9, "two-values-in-typed-parameter")]),
        ("#1=A(1 2);", [(8, "missing-comma")]),
        ("#1=A('x\ty');", [(8, "control-character")]),
        ("#1=A('x\r\ny','\x7f');", [(8, "control-character"), (5, "control-character")]),
        ("#1=A('\\X2\\4E2D','z');", [(7, "bad-escape")]),
        ("#1=A('\\X2\\4E2\\X0\\');", [(7, "bad-escape")]),
        ("#1=A('\\X4\\00004E2\\X0\\');", [(7, "bad-escape")]),
        ("#1=A('\\X\\4');", [(7, "bad-escape")]),
        ("#1=A('C:\\temp');", [(9, "bad-escape")]),
        ("#1=A('ends\\');", [(11, "bad-escape")]),
        ("#1=A(&);", [(6, "bad-character")]),
        ("#1=A(x);", [(6, "bad-keyword"), (6, "bad-value")]),
        ("#1=ifcwall(1);", [(4, "bad-keyword")]),
        ("#0=A(1);", [(1, "bad-instance-name")]),
        ("#12345678901234567890=A(1);", [(1, "bad-instance-name")]),
        ("#=A(1);", [(1, "bad-instance-name")]),
        ("#1=A(#);", [(6, "bad-instance-name")]),
        ('#1=A("4F");', [(6, "bad-binary")]),
        ("#1=A(1);;", [(9, "empty-statement")]),
        ("A(1);", [(1, "bad-instance-name")]),
        ("#1=A(1)x;", [(8, "unexpected-text")]),
        ("#1=A('ä');", [(7, "non-ascii-character")]),
        ("#1=A(\x01);", [(6, "bad-character")]),
        ("\x01#1=A();", [(1, "control-character")]),
        ("#1=A(1,,.5,'\\');", [(8, "empty-parameter"), (9, "bad-number"), (13, "bad-escape")]),
    ],
)
def test_defective_instances(instance: str, expected: list[tuple[int, str]]) -> None:
    found = defects_of(whole("#9=OK('before');", instance, "#10=OK('after',#9);"))
    assert [(column, kind) for _, column, kind in found] == expected
    assert {line for line, _, _ in found} <= {FIRST_LINE + 1, FIRST_LINE + 2}


@pytest.mark.parametrize(
    "instance",
    [
        "#1=A();",
        "#1 = A ( 1 , ( ) , ( ( 2. , $ ) , * ) , .T. ) ;",
        "#1=A('','''','a''b','C:\\\\path','abc\\S\\'def','\\PA\\\\S\\d\\X\\E4\\X2\\4E2D6587\\X0\\\\X4\\00020000\\X0\\','\\N\\');",
        "#1=A(-1,+1,1.,1.5E-3,1.E+05,0);",
        "#1=A(B(C(1)),B((1,2)),!OWN('x'));",
        '#1=A("0","1F","23AB");',
        "#1=(A(1)B()C('x'));",
        "#1=!OWN(1);",
        "#001=A(#001);",
        "#1/* a */=/* 'b */A(/* ); */1/**/);/* \\ */",
        "#1=A(\n1,\r\n2);",
        "#1=A(((((((1)))))));",
        "#1=A('; #2=B(');",
    ],
)
def test_instances_that_are_right(instance: str) -> None:
    assert defects_of(whole(instance)) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\n{END}", []),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\nENDSEC;\nDATA;\n#2=A();\n{END}", []),
        (f"ISO-10303-21;\n{HEADER}DATA('n',('IFC4'));\n#1=A();\n{END}", []),
        (
            f"ISO-10303-21;\n{HEADER}ANCHOR;\n<a>=#1;\nENDSEC;\nREFERENCE;\n#5=<b.ifc#c>;\nENDSEC;\nDATA;\n#1=A(#5);\n{END}",
            [],
        ),
        (f"ISO-10303-21;\n{HEADER}DATA;\n{END}SIGNATURE\nabc/+=\nENDSEC;\n", []),
        (f"\ufeffISO-10303-21;\n{HEADER}DATA;\n{END}", ["byte-order-mark"]),
        (f"\nISO-10303-21;\n{HEADER}DATA;\n{END}", ["text-before-start"]),
        (f"hello;\nISO-10303-21;\n{HEADER}DATA;\n{END}", ["text-before-start", "unexpected-text"]),
        (f"{HEADER}DATA;\n{END}", ["text-before-start"]),
        (f"ISO-10303-21;\nDATA;\n#1=A();\n{END}", ["missing-section"]),
        (f"ISO-10303-21;\n{HEADER}END-ISO-10303-21;\n", ["missing-section"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\nENDSEC;\n", ["truncated"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\n", ["truncated"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\n#2=B('x", ["unterminated-string", "truncated"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\n/* x", ["unterminated-comment", "truncated"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\nEND-ISO-10303-21;\n", ["missing-endsec"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A();\nENDSEC;\nEND-ISO-10303-21\n", ["missing-semicolon"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n{END}#1=A();\n#2=A();\n", ["text-after-end"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n{END}garbage", ["text-after-end"]),
        (f"ISO-10303-21;\n{HEADER}{HEADER}DATA;\n{END}", ["duplicate-section", *["duplicate-header-entity"] * 3]),
        (f"ISO-10303-21;\n{HEADER}#1=A();\nDATA;\n{END}", ["instance-outside-data"]),
        (f"ISO-10303-21;\n{HEADER}DATA;\n#1=A('x);\n{END}", ["unterminated-string"]),
        (f"ISO-10303-21;\n{HEADER}data;\n#1=A();\n{END}", ["bad-keyword"]),
        (f"ISO-10303-21;\n{HEADER}DATA\n#1=A();\n{END}", ["missing-semicolon"]),
    ],
)
def test_structure(content: str, expected: list[str]) -> None:
    assert sorted(kinds_of(content.encode())) == sorted(expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ([DESCRIPTION, NAME, SCHEMA], []),
        ([DESCRIPTION, SCHEMA], ["missing-header-entity"]),
        ([], ["missing-header-entity"] * 3),
        ([NAME, DESCRIPTION, SCHEMA], ["wrong-header-order"]),
        ([DESCRIPTION, DESCRIPTION, NAME, SCHEMA], ["duplicate-header-entity"]),
        ([DESCRIPTION, NAME, SCHEMA, "FILE_INFO('x');"], ["unexpected-header-entity"]),
        ([DESCRIPTION, NAME, SCHEMA, "FILE_POPULATION('x','y',$);"], ["unexpected-header-entity"]),
        ([DESCRIPTION.replace("2;1", "4;1"), NAME, SCHEMA, "FILE_POPULATION('x','y',$);"], []),
        (["FILE_DESCRIPTION(('x'));", NAME, SCHEMA], ["wrong-parameter-count"]),
        ([DESCRIPTION, NAME.replace("'z'", "'z',''"), SCHEMA], ["wrong-parameter-count"]),
        ([DESCRIPTION, NAME, "FILE_SCHEMA(('IFC4'),$);"], ["wrong-parameter-count"]),
        ([DESCRIPTION, NAME.replace("'n',", "'n',,"), SCHEMA], ["empty-parameter"]),
        ([DESCRIPTION, NAME, SCHEMA.replace("((", "((,")], ["empty-parameter"]),
    ],
)
def test_header(header: list[str], expected: list[str]) -> None:
    lines = "\n".join(header)
    found = kinds_of(f"ISO-10303-21;\nHEADER;\n{lines}\nENDSEC;\nDATA;\n#1=A();\n{END}".encode())
    assert found == expected


def test_lost_quote_in_the_header_spoils_the_header_alone() -> None:
    step = StepFile.open(whole("#1=A('x');").replace(b"'p'", b"'p"))
    assert step.ids.tolist() == [1]
    assert not step.truncated
    assert set(syntax_defects(step)["line"]) <= {4, 5, 6}


def test_utf_8_is_right_in_edition_3() -> None:
    assert kinds_of(whole("#1=A('中文','é');", "#2=A('é');")) == ["non-ascii-character"] * 2
    assert kinds_of(whole("#1=A('中文');").replace(b"2;1", b"4;1")) == []
    in_gbk = whole("#1=A(1);").replace(b"(1)", "('中文')".encode("gbk")).replace(b"2;1", b"4;1")
    assert kinds_of(in_gbk) == ["non-ascii-character"]


def test_lost_quote_spoils_one_instance() -> None:
    step = StepFile.open(whole("#1=A('x);", "#2=A('y',#1);", "#3=A('z',#2);"))
    assert step.ids.tolist() == [1, 2, 3]
    assert step.records([1, 2]).strings(0).to_list() == ["y", "z"]
    assert not step.truncated
    assert [(line, kind) for line, _, kind in defects_of(whole("#1=A('x);", "#2=A('y');"))] == [
        (8, "unterminated-string")
    ]


def test_place_is_counted_in_characters() -> None:
    content = whole("#1=A('\\X2\\4E2D\\X0\\',1);", "#2=A(/* 中文 */,1);")
    assert defects_of(content) == [(9, 14, "empty-parameter")]


def test_excerpt_shows_the_line() -> None:
    frame = syntax_defects(StepFile.open(whole("#1=A(1,,2);", "#2=A();")))
    assert frame["excerpt"].to_list() == ["#1=A(1,,2);"]
    assert frame.schema == {
        "offset": pl.Int64,
        "line": pl.Int64,
        "column": pl.Int64,
        "kind": pl.String,
        "excerpt": pl.String,
    }


def test_every_kind_has_words() -> None:
    assert list(DEFECT_KINDS) == sorted(set(DEFECT_KINDS))
    for lang in ("zh", "en"):
        for kind in DEFECT_KINDS:
            assert text(f"step.{kind.replace('-', '_')}", lang)


SHREDS = ["#1", "=", "A", "(", ")", ",", ";", "'x'", "''", "'", "$", "*", "1.", ".5", "1.E5", "1e5", ".T.", ".t."]
SHREDS += ['"0A"', "\\S\\'", "\\", "\\X2\\4E2D\\X0\\", " ", "\n", "#0", "B(", "),", "!C", "-", "+1", "&", "\x7f", "\t"]
shreds = st.sampled_from([*SHREDS, "/**/"])
instances = st.lists(shreds, max_size=12).map(lambda parts: "#1=A(" + "".join(parts) + ");")


@given(instances)
@settings(max_examples=600, deadline=None)
def test_pattern_and_tokenizer_agree(instance: str) -> None:
    """The pattern takes nothing that the tokenizer refuses; without comments and depth they say the same."""
    flaws = judge_instance(instance.encode(), 256)
    taken = bool(pl.Series([instance]).str.contains(instance_pattern(3, complex_too=True))[0])
    if taken:
        assert flaws == []
    elif "/*" not in instance and "\\N\\" not in instance:
        assert flaws != []


def test_official_files(shared: Path) -> None:
    folder = shared / "ifc-normative"
    with (folder / "header_syntax.csv").open(newline="", encoding="utf-8") as stream:
        labels = {row["file"]: row["expected"] for row in csv.DictReader(stream) if row["tier"] == "syntax"}
    assert len(labels) > 10
    for name, expected in labels.items():
        step = StepFile.open((folder / "files" / name).read_bytes())
        found = len(syntax_defects(step)) + len(duplicate_ids(step))
        assert (found > 0) == (expected == "fail"), name


def test_real_files_are_right(shared: Path) -> None:
    for path in sorted((shared / "ifc").glob("*.ifc")):
        step = StepFile.open(path.read_bytes())
        assert syntax_defects(step).rows() == [], path.name
        assert duplicate_ids(step).is_empty()
        assert dangling_references(step).is_empty()


@pytest.mark.parametrize("place", [0, 63, 64, 150, 299])
def test_one_bad_instance_among_many_is_found_alone(place: int) -> None:
    rows = [f"#{number}=IFCDIRECTION((0.,(1.,(2.,(3.)))));" for number in range(1, 301)]
    rows[7] = "#8=(A($)B('x;'));"
    rows[place] = f"#{place + 1}=IFCDIRECTION((0.,,1.));"
    step = StepFile.open(("ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n" + "\n".join(rows) + "\nENDSEC;\n").encode())
    found = syntax_defects(step).filter(pl.col("kind") == "empty-parameter")
    assert found["line"].to_list() == [place + 5]

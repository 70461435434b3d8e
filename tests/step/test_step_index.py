"""The index, the header, references and duplicates, by example."""

from __future__ import annotations

import numpy as np
import pytest

from cimkit.readers.step import StepFile, dangling_references, duplicate_ids

START = "ISO-10303-21;HEADER;FILE_DESCRIPTION(('x'),'2;1');FILE_NAME('','',(''),(''),'','','');FILE_SCHEMA(('IFC4'));"
START += "ENDSEC;"


def opened(data: str, encoding: str = "ascii") -> StepFile:
    return StepFile.open(f"{START}\nDATA;\n{data}\nENDSEC;\nEND-ISO-10303-21;\n".encode(encoding))


def test_rows_and_keywords() -> None:
    step = opened("#7=IFCWALL($);\n#2= ifcSlab ($);\n#9=(A()B());\n#3=IFCWALL($);")
    assert len(step) == 4
    assert step.ids.tolist() == [7, 2, 9, 3]
    assert step.keywords == ("", "IFCSLAB", "IFCWALL")
    assert step.rows_of("IfcWall").tolist() == [0, 3]
    assert step.rows_of("IFCSLAB", "IFCWALL").tolist() == [0, 1, 3]
    assert step.rows_of("IFCDOOR").tolist() == []
    assert step.row_of_ids([3, 7, 1, -1, 10**15]).tolist() == [3, 0, -1, -1, -1]
    assert step.octets.bytes(int(step.starts[1]), int(step.ends[1])) == b"#2= ifcSlab ($);"


def test_file_without_instances() -> None:
    step = StepFile.open(f"{START}DATA;ENDSEC;END-ISO-10303-21;".encode())
    assert len(step) == 0
    assert step.row_of_ids([1]).tolist() == [-1]
    assert step.rows_of("IFCWALL").tolist() == []
    assert step.records([]).raw(0).to_list() == []
    assert duplicate_ids(step).is_empty()
    assert dangling_references(step).is_empty()


def test_keywords_are_told_apart_whatever_their_length() -> None:
    names = [letter * length for length in (*range(1, 20), 31, 32, 33, 100) for letter in "AB"]
    names += ["A" * length + "B" for length in range(1, 40)]
    step = opened("\n".join(f"#{number}={name}();" for number, name in enumerate(names, 1)))
    assert [step.keywords[code] for code in step.types] == names


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 10, 123, 1234, 12345, 123456, 1234567],
        [12345678, 123456789, 1234567890, 99999999999],
        [10**15, 10**16 - 1, 10**16, 10**18, 2**63 - 1],
        [2**31 - 1, 2**31, 2**32],
    ],
)
def test_numbers_of_every_length(numbers: list[int]) -> None:
    data = "\n".join(f"#{number}=A(#{target});" for number, target in zip(numbers, numbers[::-1], strict=True))
    step = opened(data)
    assert step.ids.tolist() == numbers
    assert step.records(np.arange(len(step))).refs(0).tolist() == list(range(len(numbers)))[::-1]
    assert dangling_references(step).is_empty()
    assert duplicate_ids(step).is_empty()


def test_numbers_that_cannot_be() -> None:
    step = opened("#99999999999999999999=A();\n#9999999999999999999=A();\n#0=A(#9223372036854775808);")
    assert step.ids.tolist() == [-1, -1, 0]
    assert step.records([2]).refs(0).tolist() == [-2]


def test_duplicates() -> None:
    step = opened("#1=A();\n#2=A();\n#1=B();\n#3=A();\n#1=C();")
    frame = duplicate_ids(step)
    assert frame.select("id", "row", "first_row").rows() == [(1, 2, 0), (1, 4, 0)]
    assert frame.select("line", "first_line").rows() == [(5, 3), (7, 3)]
    assert step.row_of_ids([1]).tolist() == [0]


@pytest.mark.parametrize("far", [5, 10**9])
def test_dangling_references(far: int) -> None:
    step = opened(f"#1=A('#{far}',#{far},/* #77 */(#2,(#3)));\n#2=B('it''s #8');\n#{far + 1}=C(#1,\n#4);")
    frame = dangling_references(step)
    assert frame.select("from_id", "to_id", "line").rows() == [(1, far, 3), (1, 3, 3), (far + 1, 4, 6)]
    content = step.octets.bytes(0, step.octets.size)
    assert [content[offset:].startswith(b"#") for offset in frame["offset"]] == [True] * 3


def test_header() -> None:
    content = (
        "ISO-10303-21;\nHEADER;\n/* FILE_NAME('no'); */FILE_DESCRIPTION ((  'ViewDefinition [X; Y]' , 'b''c'),'2;1');\n"
        "FILE_NAME('\\X2\\4E2D\\X0\\.ifc','2026-01-01T00:00:00',('a','b'),$,'p;',$,'');\nfile_schema(('IFC4X3_ADD2'));\n"
        "ENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"
    )
    header = StepFile.open(content.encode()).header
    assert header.description == ("ViewDefinition [X; Y]", "b'c")
    assert header.implementation_level == "2;1"
    assert header.name == "中.ifc"
    assert header.time_stamp == "2026-01-01T00:00:00"
    assert header.author == ("a", "b")
    assert header.organization is None
    assert header.preprocessor_version == "p;"
    assert header.originating_system is None
    assert header.authorization == ""
    assert header.schema_identifiers == ("IFC4X3_ADD2",)
    assert header.raw["organization"] == "$"
    assert header.raw["name"] == "'\\X2\\4E2D\\X0\\.ifc'"
    assert [entity.keyword for entity in header.entities] == ["FILE_DESCRIPTION", "FILE_NAME", "FILE_SCHEMA"]


@pytest.mark.parametrize("data", ["DATA;#1=A();", "DATA;ENDSEC;", "FILE_NAME('x);\nDATA;\n#1=A();", "HEADER;"])
def test_header_of_a_broken_file(data: str) -> None:
    step = StepFile.open(f"ISO-10303-21;\n{data}".encode())
    assert step.header.schema_identifiers is None
    assert step.truncated


def test_several_data_sections_and_external_references() -> None:
    sections = "REFERENCE;#5=<x.ifc#a>;ENDSEC;DATA('a',('IFC4'));#1=A(#5);ENDSEC;DATA;#2=A(#1);ENDSEC;"
    step = StepFile.open(f"{START}{sections}END-ISO-10303-21;".encode())
    assert step.ids.tolist() == [5, 1, 2]
    assert step.records([1, 2]).refs(0).tolist() == [0, 1]
    assert dangling_references(step).is_empty()


def test_truncated_file_keeps_what_is_whole() -> None:
    step = StepFile.open(f"{START}DATA;\n#1=A('x');\n#2=B('y".encode())
    assert step.truncated
    assert step.ids.tolist() == [1]


def test_line_and_column() -> None:
    step = StepFile.open(f"{START}\r\nDATA;\r#1=A('中文',1);\n\n#2=B();\nENDSEC;END-ISO-10303-21;".encode())
    content = step.octets.bytes(0, step.octets.size)
    assert step.line_column(0) == (1, 1)
    assert step.line_column(content.index(b"DATA;")) == (2, 1)
    assert step.line_column(content.index(b"#1=")) == (3, 1)
    assert step.line_column(content.index(b",1)")) == (3, 10)
    assert step.line_column(content.index(b"#2=")) == (5, 1)
    assert step.line_column(len(content)) == (6, 25)
    wanted = np.array([content.index(b"#2="), 0, content.index(b"#1="), content.index(b"DATA;")])
    assert step.lines.lines(wanted).tolist() == [5, 1, 3, 2]


def test_lines_of_a_long_file() -> None:
    content = f"{START}\nDATA;\n".encode() + b"".join(b"#%d=A('%s');\n" % (n, b"x" * (n % 97)) for n in range(1, 4000))
    step = StepFile.open(content)
    lines = step.lines.lines(step.starts)
    assert lines.tolist() == list(range(3, 3 + len(step)))
    assert [step.line_column(int(offset)) for offset in step.starts[::500]] == [
        (line, 1) for line in lines[::500].tolist()
    ]

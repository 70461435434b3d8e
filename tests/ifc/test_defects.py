"""What the reader stumbles on, each with its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand, everything
from cimkit.readers.ifc.joins import ancestors, endless, on_cycle
from cimkit.readers.ifc.reader import read_ifc
from cimkit.readers.step import alike
from tests.ifc.build import ifc, read
from tests.ifc.test_properties import TYPED

G = "'0YvctVUKr0kugbFTf53O9L'"


def defects(body: str, schema: str = "IFC4") -> list[tuple[Any, ...]]:
    frame = read(body, schema).defects
    return frame.select("kind", "row", "line", "detail", "found", "expected").rows()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("#1=IFCWALL($,$);", ("wrong_arity", 1, 8, None, "2", "9")),
        ("#1=IFCWALLL($);", ("unknown_entity", 1, 8, None, "IFCWALLL", None)),
        ("#1=IFCROOT($,$,$,$);", ("abstract_entity", 1, 8, None, "IFCROOT", None)),
        (
            f"#1=IFCWALL({G},$,$,$,$,$,$,$,.NOSUCH.);",
            ("wrong_type", 1, 8, "PredefinedType", ".NOSUCH.", "IFCWALLTYPEENUM"),
        ),
        (f"#1=IFCWALL({G},$,5,$,$,$,$,$,$);", ("wrong_type", 1, 8, "Name", "5", "IFCLABEL")),
        ("#1=IFCWALL($,$,$,$,$,$,$,$,$);", ("wrong_type", 1, 8, "GlobalId", "$", "IFCGLOBALLYUNIQUEID")),
        (f"#1=IFCWALL({G},#1,$,$,$,$,$,$,$);", ("wrong_type", 1, 8, "OwnerHistory", "#1", "IFCOWNERHISTORY")),
        (f"#1=IFCTASK({G},$,$,$,$,$,$,$,$,.U.,$,$,$);", ("wrong_type", 1, 8, "IsMilestone", ".U.", "IFCBOOLEAN")),
        (f"#1=IFCTASK({G},$,$,$,$,$,$,$,$,.T.,1.5,$,$);", ("wrong_type", 1, 8, "Priority", "1.5", "IFCINTEGER")),
        ("#1=IFCSIUNIT($,.LENGTHUNIT.,$,.METRE.);", ("wrong_type", 1, 8, "Dimensions", "$", "IFCDIMENSIONALEXPONENTS")),
        (f"#1=IFCPROPERTYSET({G},$,$,$,#1);", ("wrong_type", 1, 8, "HasProperties", "#1", "LIST OF IFCPROPERTY")),
        (f"#1=IFCWALL({G},#77,$,$,$,$,$,$,$);", ("dangling_reference", 1, 8, None, "#77", None)),
        ("#1=IFCMATERIAL('A',$,$);\n#1=IFCMATERIAL('B',$,$);", ("duplicate_id", 1, 9, None, "#1", None)),
    ],
)
def test_defect(body: str, expected: tuple[Any, ...]) -> None:
    assert expected in defects(body)


def test_a_sound_file_has_none() -> None:
    assert defects(f"#1=IFCWALL({G},$,'W',$,$,$,$,$,.SHEAR.);\n#2=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);") == []


def test_typed_values_may_stand_in_selects() -> None:
    assert defects("#1=IFCPROPERTYSINGLEVALUE('P',$,IFCLABEL('x'),$);") == []


def test_syntax_defects_are_sorted_into_kinds() -> None:
    text = ifc("#1=IFCMATERIAL('A,$,$);\n#2=IFCMATERIAL('B',$,$);").replace(b"FILE_NAME", b"FILE_NAMES")
    frame = read_ifc(text, Demand(defects=frozenset({"syntax", "header", "truncated", "encoding"}))).defects
    kinds = set(frame["kind"])
    assert {"syntax", "header"} <= kinds
    assert "-" not in "".join(detail for detail in frame["detail"] if detail)
    cut = read_ifc(ifc("#1=IFCMATERIAL('A',$,$);")[:-30], Demand(defects=frozenset({"truncated"})))
    assert cut.defects["kind"].to_list() == ["truncated"]
    assert cut.counts["truncated"] == 1


def test_a_defect_knows_its_subject() -> None:
    facts = read("#5=IFCMATERIAL('A',$,$);\n#6=IFCWALL($,$);")
    arity = facts.defects.filter(facts.defects["kind"] == "wrong_arity")
    assert facts.subjects.row[arity["sid"].to_list()].tolist() == [6]


def test_cycles() -> None:
    body = "\n".join(
        [f"#{i}=IFCELEMENTASSEMBLY({G},$,$,$,$,$,$,$,$,$);" for i in (1, 2, 3)]
        + [f"#{10 + i}=IFCRELAGGREGATES({G},$,$,$,#{a},(#{b}));" for i, (a, b) in enumerate([(1, 2), (2, 1), (1, 3)])]
    )
    assert [row[:2] for row in defects(body) if row[0] == "cycle"] == [("cycle", 1), ("cycle", 2)]


def test_defects_are_looked_for_only_where_demanded() -> None:
    assert read_ifc(ifc("#1=IFCWALL($,$);\n#1=IFCROOT();"), Demand()).defects.is_empty()


@given(st.lists(st.integers(-1, 19), min_size=20, max_size=20))
def test_hierarchies(above: list[int]) -> None:
    """What the pointer jumping says is what walking says."""

    def walk(node: int) -> tuple[list[int], bool]:
        way: list[int] = []
        while above[node] >= 0:
            node = above[node]
            if node in way:
                return way, True
            way.append(node)
        return way, False

    parent = np.array(above, np.int64)
    node, up = ancestors(parent)
    for start in range(20):
        way, never_ends = walk(start)
        assert bool(endless(parent)[start]) == never_ends
        assert up[node == start].tolist() == ([] if never_ends else way)
        assert (start in on_cycle(parent)) == (start in way)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_still_read(data: st.DataObject) -> None:
    """Whatever happens to its bytes, a file gives facts or a SourceError."""
    text = bytearray(ifc(TYPED))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text) - 1))
        stop = start + data.draw(st.integers(0, 30))
        text[start:stop] = data.draw(st.lists(st.sampled_from(b"'()#,;$*.=A1\\/ \n\xff"), max_size=8).map(bytes))
    try:
        facts = read_ifc(bytes(text), everything())
    except SourceError:
        return
    assert facts.describe(np.arange(len(facts))).height == len(facts)
    for each in (*facts.attributes.values(), *(each.column for each in facts.properties)):
        assert (np.diff(each.sid) >= 0).all()
        assert each.code is None or len(each.code) == len(each.sid)


def test_every_record_that_says_something_wrong_is_told_even_where_many_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_TOO_FEW", 0)
    wrong, other = (f"IFCPROPERTYSINGLEVALUE('{name}',$,IFCLABEL('x'),'m');" for name in "AB")
    said = (wrong, wrong, other, wrong, wrong)
    facts = read("\n".join(f"#{number}={text}" for number, text in enumerate(said, 1)))
    told = facts.defects.filter(kind="wrong_type")
    assert told["row"].to_list() == [1, 2, 3, 4, 5]
    assert told["line"].to_list() == [7 + number for number in range(1, 6)]
    assert set(told["found"]) == {"'m'"}

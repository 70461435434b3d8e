"""Records that say the same after their number are told, and no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.readers.step import StepFile, alike
from tests.ifc.build import ifc

TEXTS = (
    "=IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);",
    "=IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('y'),$);",
    " =IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);",
    "= IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);",
    "=IFCPROPERTYSINGLEVALUE('墙',$,$,$);",
)


@given(
    st.lists(st.tuples(st.sampled_from((1, 17, 10**8, 10**11)), st.sampled_from(TEXTS)), min_size=1, max_size=30),
    st.sampled_from(("utf-8", "gb18030")),
)
def test_alike(records: list[tuple[int, str]], encoding: str) -> None:
    body = "\n".join(f"#{first + place}{text}" for place, (first, text) in enumerate(records))
    file = StepFile.open(ifc(body).decode().encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "_TOO_FEW", 0)
        found = alike.alike(file, np.arange(len(file)))
    for row, like in enumerate(found.tolist()):
        assert like <= row
        assert records[like][1] == records[row][1]
        same = [place for place, (_, text) in enumerate(records) if text == records[row][1]]
        # what has a blank before its `=` is like no other
        assert like == (row if records[row][1].startswith(" ") else same[0])


def test_only_some_are_compared_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_TOO_FEW", 0)
    monkeypatch.setattr(alike, "_ROWS_AT_ONCE", 3)
    file = StepFile.open(ifc("\n".join(f"#{number}{TEXTS[0]}" for number in range(1, 8))))
    assert alike.alike(file, np.arange(7)).tolist() == [0, 0, 0, 3, 3, 3, 6]


def test_records_too_far_apart_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_TOO_FEW", 0)
    monkeypatch.setattr(alike, "_TOO_FAR", 100)
    file = StepFile.open(ifc("\n".join(f"#{number}{TEXTS[0]}" for number in range(1, 4))))
    assert alike.alike(file, np.arange(3)).tolist() == [0, 1, 2]

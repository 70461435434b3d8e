"""Copies of ranges: by runs or word by word, a range holds the same bytes and knows where they come from."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cimkit.readers.step.comments import Comments
from cimkit.readers.step.compact import compact
from cimkit.readers.step.octets import Octets

RANGES = st.lists(st.binary(max_size=30), min_size=1, max_size=40)
BETWEEN = st.sampled_from([b"", b"\n", b"\r\n", b" (", b"    ", b"';'"])


@given(RANGES, st.data())
def test_a_copy_holds_each_range_and_blanks_between_them(contents: list[bytes], data: st.DataObject) -> None:
    count = len(contents)
    mixed = st.lists(BETWEEN, min_size=count, max_size=count)
    joints = data.draw(st.one_of(BETWEEN.map(lambda joint: [joint] * count), mixed))
    asked = data.draw(st.one_of(st.just([True] * count), st.lists(st.booleans(), min_size=count, max_size=count)))
    file, ranges = b"", []
    for content, joint, wanted in zip(contents, joints, asked, strict=True):
        if wanted:
            ranges.append((len(file), len(file) + len(content)))
        file += content + joint
    starts, ends = (np.array([each[side] for each in ranges], np.int64) for side in (0, 1))
    copy = compact(Octets(file), starts, ends, Comments())

    covered = np.zeros(len(copy.text), bool)
    for number, (base, start, end) in enumerate(zip(copy.bases.tolist(), starts.tolist(), ends.tolist(), strict=True)):
        assert copy.text[base : base + end - start].tobytes() == file[start:end]
        places = np.arange(base, base + end - start)
        assert (copy.owner(places) == number).all()
        assert copy.offsets(places).tolist() == list(range(start, end))
        covered[places] = True
    assert (copy.text[~covered] <= 32).all()
    assert copy.firsts(np.flatnonzero(covered)).tolist() == [
        sum(end - start for start, end in ranges[:number]) for number in range(len(ranges))
    ]

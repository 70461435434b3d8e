"""buildingSMART's official IDS test cases: the documented verdict, however the same model is written down.

Each pair is judged as given, with its instances renumbered and shuffled, and in another length unit.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

import cimkit
from cimkit.errors import PackError
from cimkit.report.model import Verdict

_SHARED = Path(os.environ.get("CIMKIT_SHARED", Path(__file__).parents[2].parent / "shared"))
_CASES = sorted((_SHARED / "ids" / "cases").glob("*/*.ids"))
_JUDGED = [case for case in _CASES if not case.name.startswith("invalid-")]
_INVALID = [case for case in _CASES if case.name.startswith("invalid-")]

if not _CASES:
    pytest.skip("the official IDS cases are not beside the checkout", allow_module_level=True)


def named(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def verdict(model: bytes, ids: Path) -> str:
    report = cimkit.check(model, packs=[], ids=[ids])
    assert not report.internal_errors, report.internal_errors
    assert not any(source.error for source in report.sources)
    assert not any(result.verdict is Verdict.BLOCKED for result in report.results)
    return "fail" if any(result.verdict is Verdict.FAILED for result in report.results) else "pass"


def expected(case: Path) -> str:
    return case.name.partition("-")[0]


_STRING = re.compile(rb"('(?:[^']|'')*')")


def renumbered(model: bytes) -> bytes:
    """The same model with other instance numbers, in another order."""
    head, data, tail = re.split(rb"(?<=DATA;)|(?=ENDSEC;\s*END-ISO)", model)
    numbers = sorted({int(number) for number in re.findall(rb"#(\d+)", _STRING.sub(b"", data))})
    others = random.Random(7).sample(range(1, 10 * len(numbers) + 10), len(numbers))  # noqa: S311
    new = dict(zip(numbers, others, strict=True))

    def renumber(text: bytes) -> bytes:
        parts = _STRING.split(text)
        return b"".join(
            part if place % 2 else re.sub(rb"#(\d+)", lambda match: b"#%d" % new[int(match[1])], part)
            for place, part in enumerate(parts)
        )

    lines = [line for line in renumber(data).splitlines() if line.strip()]
    random.Random(8).shuffle(lines)  # noqa: S311
    return head + b"\n" + b"\n".join(lines) + b"\n" + tail


@pytest.mark.parametrize("case", _JUDGED, ids=named)
def test_as_given(case: Path) -> None:
    assert verdict(case.with_suffix(".ifc").read_bytes(), case) == expected(case)


@pytest.mark.parametrize("case", _JUDGED, ids=named)
def test_renumbered_and_shuffled(case: Path) -> None:
    assert verdict(renumbered(case.with_suffix(".ifc").read_bytes()), case) == expected(case)


@pytest.mark.parametrize("case", _JUDGED, ids=named)
def test_in_another_length_unit(case: Path) -> None:
    ifcopenshell = pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
    from ifcopenshell.util.unit import calculate_unit_scale, convert_file_length_units

    try:
        model = ifcopenshell.open(str(case.with_suffix(".ifc")))
        unit = "METRE" if calculate_unit_scale(model) == 0.001 else "MILLIMETRE"
        converted = convert_file_length_units(model, unit)
    except Exception as refused:  # noqa: BLE001 - some cases are no complete models, and the tool refuses them
        pytest.skip(f"ifcopenshell can't convert this case: {type(refused).__name__}")
    assert verdict(converted.to_string().encode(), case) == expected(case)


@pytest.mark.parametrize("case", _INVALID, ids=named)
def test_an_invalid_ids_is_refused(case: Path) -> None:
    """As a whole, or the specification that is flawed is blocked; it never passes."""
    try:
        report = cimkit.check(case.with_suffix(".ifc").read_bytes(), packs=[], ids=[case])
    except PackError:
        return
    assert any(result.verdict is Verdict.BLOCKED for result in report.results)

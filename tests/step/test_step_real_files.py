"""Real files, read as ifcopenshell reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cimkit.readers.step import StepFile

FILES = ["Duplex_Architecture", "LargeBuilding", "FZK-Haus", "building-architecture", "infra-bridge"]


@pytest.mark.parametrize("name", FILES)
def test_same_instances_and_values(shared: Path, name: str) -> None:
    ifcopenshell = pytest.importorskip("ifcopenshell")
    path = shared / "ifc" / f"{name}.ifc"
    model = ifcopenshell.open(str(path))
    step = StepFile.open(path.read_bytes())
    kinds = {entity.id(): entity.is_a().upper() for entity in model}
    assert dict(zip(step.ids.tolist(), (step.keywords[code] for code in step.types), strict=True)) == kinds
    for keyword in step.keywords:
        rows = step.rows_of(keyword)[:50]
        records = step.records(rows)
        for parameter in range(int(records.arity.max())):
            compare(step, records, parameter, [model.by_id(int(step.ids[row])) for row in rows])


def compare(step: StepFile, records: object, parameter: int, entities: list[object]) -> None:
    strings, numbers = records.strings(parameter).to_list(), records.numbers(parameter).to_list()
    enums, refs = records.enums(parameter).to_list(), records.refs(parameter).tolist()
    owner, _, _ = records.lists(parameter)
    counts = np.bincount(owner, minlength=len(entities)).tolist()
    for place, entity in enumerate(entities):
        value = entity[parameter]
        if isinstance(value, str):
            found = strings[place] if strings[place] is not None else enums[place]
            assert found == value or (found, value) == ("U", "UNKNOWN")  # a logical
        elif isinstance(value, bool):
            assert enums[place] == ("T" if value else "F")
        elif isinstance(value, int | float):
            assert numbers[place] == value
        elif isinstance(value, tuple):
            assert counts[place] == len(value)
        elif value is not None and value.id():
            assert step.ids[refs[place]] == value.id()

"""Small layers in every vector format, made as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from cimkit.facts.demand import Demand, everything
from cimkit.facts.model import Facts

pyogrio = pytest.importorskip("pyogrio", reason="the extra `geo` is not installed")
shapely = pytest.importorskip("shapely", reason="the extra `geo` is not installed")

#: All that a reader can fill, with geometry.
ALL: Demand = replace(everything(), geometry=True)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write(name, geometries, fields, driver=..., layer=..., crs=..., geometry_type=..., encoding=...) -> path."""
    import pyogrio.raw

    def written(name: str, shapes: Sequence[Any] | None, fields: dict[str, Sequence[Any]], **options: Any) -> Path:
        path = tmp_path / name
        columns = [
            np.array(values, object) if any(isinstance(v, str | None) for v in values) else np.array(values)
            for values in fields.values()
        ]
        wkb = None if shapes is None else shapely.to_wkb(np.array(shapes, object))
        pyogrio.raw.write(path, wkb, columns, list(fields), **options)
        return path

    return written


def told(facts: Facts, kind: str | None = None) -> list[tuple[str, str | None]]:
    """Kinds and details of the defects."""
    rows = facts.defects.select("kind", "detail").rows()
    return [(each, detail) for each, detail in rows if kind is None or each == kind]

"""A reader whose library is not installed says what to install."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.errors import SourceError
from cimkit.facts.demand import everything
from cimkit.readers.pointcloud.reader import read_las
from cimkit.readers.raster.reader import read_geotiff
from cimkit.readers.tables.workbook import read_xlsx

#: A header of LAS 1.2 with no points.
LAS = struct.pack(
    "<4sHH16sBB32s32sHHHIIBHI5I12d", b"LASF", 0, 0, b"", 1, 2, b"", b"", 1, 2024, 227, 227, 0, 1, 28, 0, *[0] * 5,
    *[0.001] * 3, *[0.0] * 9,
)  # fmt: skip


def xlsx(path: Path) -> None:
    read_xlsx(path.read_bytes(), everything(), name="x")


def tiff(path: Path) -> None:
    read_geotiff(path, everything(), name="x")


def las(path: Path) -> None:
    read_las(path, everything(), name="x")


@pytest.mark.parametrize(
    ("library", "extra", "data", "read"),
    [
        ("python_calamine", "xlsx", b"PK\x03\x04", xlsx),
        ("rasterio", "raster", b"II*\x00", tiff),
        ("laspy", "points", LAS, las),
    ],
)
def test_a_missing_library_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str, extra: str, data: bytes, read: Callable[[Path], None]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(SourceError) as error:
        read(path)
    assert error.value.key == "readers.extra_missing"
    assert f"cimkit[{extra}]" in error.value.message("zh")
    assert error.value.exit_status == 3

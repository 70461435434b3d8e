"""What the pixels of a raster are: from all of them, or from blocks spread evenly, so that memory stays bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.height_cells import HeightCells, cells_text
from cimkit.readers.notes import Notes

__all__ = ["BandSums", "Sample", "take_sample", "terrain_cells"]

#: Pixels of a band that are looked at; a smaller raster is read whole.
_PIXELS = 16_000_000
_WINDOW = 512
#: Bytes that one block (a strip, a tile) may unpack to: larger ones are not opened.
_LARGEST_BLOCK = 512_000_000
#: Of a terrain: pixels a side that heights are taken of; a larger one without overviews would have to be read whole.
_SIDE = 1024
_LARGEST_TERRAIN = 400_000_000


@dataclass(slots=True)
class BandSums:
    """Of the pixels looked at: how many, how many of them without data, and least, greatest, sum, sum of squares."""

    pixels: int = 0
    nodata: int = 0
    least: float = math.inf
    greatest: float = -math.inf
    total: float = 0.0
    squares: float = 0.0
    not_finite: int = 0

    def add(self, values: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> None:
        """One block of a band."""
        self.pixels += values.size
        good = values[valid]
        if good.dtype.kind == "f":
            finite = np.isfinite(good)
            self.not_finite += int(good.size - finite.sum())
            good = good[finite]
        self.nodata += int(values.size - valid.sum())
        if not good.size:
            return
        numbers = good.astype(np.float64)
        self.least, self.greatest = min(self.least, float(numbers.min())), max(self.greatest, float(numbers.max()))
        self.total += float(numbers.sum())
        self.squares += float((numbers * numbers).sum())

    @property
    def counted(self) -> int:
        """Pixels with a value."""
        return self.pixels - self.nodata - self.not_finite

    def mean(self) -> float | None:
        """None: no pixel has a value."""
        return self.total / self.counted if self.counted else None

    def deviation(self) -> float | None:
        """Standard deviation; None as above."""
        mean = self.mean()
        return None if mean is None else math.sqrt(max(0.0, self.squares / self.counted - mean * mean))


@dataclass(slots=True)
class Sample:
    """share: of the raster's pixels that were looked at (0 to 1)."""

    bands: list[BandSums] = field(default_factory=list)
    share: float = 0.0


def take_sample(raster: Any, notes: Notes) -> Sample:
    """The sums of each band of an open rasterio dataset. Blocks that cannot be unpacked are noted and left out."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    sample = Sample([BandSums() for _ in range(raster.count)])
    height, width = raster.block_shapes[0] if raster.block_shapes else (1, 1)
    size = max(np.dtype(kind).itemsize for kind in raster.dtypes)
    interleaved = raster.count if str(raster.interleaving or "").lower().endswith("pixel") else 1
    if height * width * size * interleaved > _LARGEST_BLOCK:
        notes.add("raster_not_judged", "block_size", found=f"{width} x {height}")
        return sample
    seen = 0
    for window in _windows(raster.width, raster.height, max(1, _PIXELS // max(1, raster.count))):
        try:
            values = raster.read(window=window)
            valid = raster.read_masks(window=window) > 0
        except (RasterioError, CPLE_BaseError, MemoryError, ValueError) as problem:
            place = f"{window.col_off},{window.row_off}"
            notes.add("raster_data_unreadable", "block", found=_plain(problem), locator=place)
            continue
        seen += values.shape[1] * values.shape[2]
        for sums, band, mask in zip(sample.bands, values, valid, strict=True):
            sums.add(band, mask)
    sample.share = seen / (raster.width * raster.height)
    return sample


def terrain_cells(raster: Any) -> str | None:
    """Heights of the first band on a grid of cells (`height_cells`), from at most a million pixels spread evenly."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    height, width = min(raster.height, _SIDE), min(raster.width, _SIDE)
    if raster.height * raster.width > _LARGEST_TERRAIN and not raster.overviews(1):
        return None
    try:
        values = raster.read(1, out_shape=(height, width), masked=True)
    except (RasterioError, CPLE_BaseError, MemoryError, ValueError):
        return None  # what cannot be read is told where the pixels are looked at
    columns = (np.arange(width) + 0.5) * raster.width / width
    rows = (np.arange(height) + 0.5) * raster.height / height
    across, down = np.meshgrid(columns, rows)
    place = raster.transform
    cells = HeightCells()
    heights = np.where(np.ma.getmaskarray(values), np.nan, np.ma.getdata(values).astype(np.float64))
    x, y = place.c + place.a * across + place.b * down, place.f + place.d * across + place.e * down
    cells.add(x.ravel(), y.ravel(), heights.ravel())
    return cells_text(cells.means())


def _windows(width: int, height: int, most: int) -> Iterator[Any]:
    """Windows that cover the raster, or as many as `most` pixels allow, spread evenly over it."""
    from rasterio.windows import Window

    columns, rows = math.ceil(width / _WINDOW), math.ceil(height / _WINDOW)
    total = columns * rows
    wanted = min(total, max(1, most // (_WINDOW * _WINDOW)))
    for index in np.unique(np.linspace(0, total - 1, wanted).round().astype(np.int64)).tolist():
        # every second row backwards, so that an even step does not take the same columns each time
        row, column = divmod(index, columns)
        column = columns - 1 - column if row % 2 else column
        left, top = column * _WINDOW, row * _WINDOW
        yield Window(left, top, min(_WINDOW, width - left), min(_WINDOW, height - top))


def _plain(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:100]

"""What the pixels of a raster are: from all of them, or from blocks spread evenly, so that memory stays bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.height_cells import HeightCells
from cimkit.readers.notes import Notes

__all__ = ["BandSums", "Sample", "take_sample"]

#: Pixels of a band that are looked at; a smaller raster is read whole.
_PIXELS = 16_000_000
_WINDOW = 512
#: Bytes that one block (a strip, a tile) may unpack to: larger ones are not opened.
_LARGEST_BLOCK = 512_000_000
#: Bands whose pixels are looked at (GDAL takes the square of them): hyperspectral pictures have hundreds.
_MOST_BANDS = 2_000
#: Pixels a side of a cell whose heights are taken.
_PIXELS_A_SIDE = 8


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


def take_sample(raster: Any, notes: Notes, heights: HeightCells | None = None) -> Sample:
    """The sums of each band of an open rasterio dataset. Blocks that cannot be unpacked are noted and left out.
    heights: takes those of the first band.
    """
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    if raster.count > _MOST_BANDS:
        notes.add("raster_not_judged", "bands", found=raster.count)
        return Sample()
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
        if heights is not None:
            _add_heights(raster, window, values[0], valid[0], heights)
    sample.share = seen / (raster.width * raster.height)
    return sample


def _add_heights(
    raster: Any, window: Any, values: npt.NDArray[Any], valid: npt.NDArray[np.bool_], cells: HeightCells
) -> None:
    """The heights of a window, some pixels for each cell."""
    place = raster.transform
    size = max(math.hypot(place.a, place.d), math.hypot(place.b, place.e), 1e-9)
    step = max(1, int(cells.side / _PIXELS_A_SIDE / size))
    columns = np.arange(0, values.shape[1], step)
    rows = np.arange(0, values.shape[0], step)
    across, down = np.meshgrid(columns + window.col_off + 0.5, rows + window.row_off + 0.5)
    heights = np.where(valid[::step, ::step], values[::step, ::step].astype(np.float64), np.nan)
    x = place.c + place.a * across + place.b * down
    y = place.f + place.d * across + place.e * down
    cells.add(x.ravel(), y.ravel(), heights.ravel())


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

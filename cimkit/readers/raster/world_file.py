"""World files: six numbers in six lines that place an image; the place is that of the first pixel's centre."""

from __future__ import annotations

import math
from pathlib import Path

__all__ = ["find_world_file", "read_world_file"]

_ENDINGS = (".tfw", ".tifw", ".tiffw", ".tfwx", ".wld")


def find_world_file(path: Path) -> Path | None:
    """The world file beside an image, whatever the case of its ending."""
    try:
        beside = {each.name.lower(): each for each in path.parent.iterdir() if each.stem == path.stem}
    except OSError:
        return None
    return next((beside[name] for end in _ENDINGS if (name := f"{path.stem}{end}".lower()) in beside), None)


def read_world_file(path: Path) -> tuple[float, float, float, float, float, float] | None:
    """a, b, c, d, e, f with x = a column + b row + c and y = d column + e row + f, for corners of pixels.

    None: there are no six finite numbers in it.
    """
    try:
        words = path.read_text("ascii", errors="replace").split()[:6]
        a, d, b, e, x, y = (float(word) for word in words)
    except (OSError, ValueError):
        return None
    numbers = (a, b, x - (a + b) / 2, d, e, y - (d + e) / 2)
    return numbers if all(math.isfinite(number) for number in numbers) else None

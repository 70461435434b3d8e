"""How fast city models are checked with the pack city-basics: CPU seconds, speed and memory, each in a fresh process.

python benchmarks/city.py [BUILDINGS]

One line a measurement. Structure is all but the rules that need shapes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from city_models import write_citygml, write_cityjson

_ONE = """
import resource, sys
import cimkit
options = {"ignore": ["CTB-GEO", "CTB-GML-007"]} if sys.argv[2] == "structure" else {}
before = resource.getrusage(resource.RUSAGE_SELF)
report = cimkit.check(sys.argv[1], packs=["city-basics"], **options)
after = resource.getrusage(resource.RUSAGE_SELF)
assert not report.internal_errors, report.internal_errors
user = after.ru_utime - before.ru_utime
print(f"{user:.2f} {after.ru_stime - before.ru_stime:.2f} {after.ru_maxrss / 1000:.0f} {report.sources[0].subjects}")
"""


def measure(path: Path, what: str) -> None:
    """One check in a process of its own."""
    command = [sys.executable, "-c", _ONE, str(path), what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    user, system, peak, subjects = done.stdout.split()
    size = path.stat().st_size / 1e6
    speed = size / (float(user) + float(system))
    print(
        f"{path.suffix[1:]:6} {what:10} {size:6.1f} MB {subjects:>7} objects  user {user:>6} s  system {system:>5} s"
        f"  {speed:5.1f} MB/s  peak {peak:>5} MB"
    )


def main(count: int) -> None:
    """Write the models, measure each."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_cityjson(folder / "city.json", count)
        write_citygml(folder / "city.gml", count)
        measure(folder / "city.json", "structure")
        measure(folder / "city.json", "everything")
        measure(folder / "city.gml", "structure")
        measure(folder / "city.gml", "everything")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)

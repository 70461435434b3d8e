"""How fast city models are checked with the pack city-basics: CPU seconds, speed and memory, each in a fresh process.

python benchmarks/city.py [BUILDINGS OF CITYJSON] [BUILDINGS OF CITYGML]

One line a measurement, beside what only parses the file. Structure is all but the rules that need shapes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

_START = "import resource, sys\nfrom pathlib import Path\n"
_END = """
spent = resource.getrusage(resource.RUSAGE_SELF)
print(spent.ru_utime - before.ru_utime, spent.ru_stime - before.ru_stime, spent.ru_maxrss)
"""
_BEFORE = "before = resource.getrusage(resource.RUSAGE_SELF)\n"
_CHECK = """import cimkit
%s
report = cimkit.check(sys.argv[1], packs=["city-basics"], ignore=%s)
assert not report.internal_errors, report.internal_errors
assert report.sources[0].subjects > 1000
"""
WAYS = {
    "orjson.loads alone": f"{_START}import orjson\n{_BEFORE}orjson.loads(Path(sys.argv[1]).read_bytes())\n{_END}",
    "lxml's parse alone": f"{_START}from lxml import etree\n{_BEFORE}etree.parse(sys.argv[1])\n{_END}",
    "structure": f"{_START}{_CHECK % (_BEFORE, ['CTB-GEO', 'CTB-GML-007'])}{_END}",
    "everything": f"{_START}{_CHECK % (_BEFORE, [])}{_END}",
}


def measure(path: Path, way: str) -> None:
    """One way in a process of its own."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", WAYS[way], str(path)], capture_output=True, text=True, check=True
    )
    user, system, peak = map(float, done.stdout.split())
    size = path.stat().st_size / 1e6
    print(
        f"{path.suffix[1:]:5} {size:5.1f} MB  {way:18}  user {user:5.2f} s  system {system:4.2f} s"
        f"  {size / (user + system):6.1f} MB/s  peak {peak / 1000:4.0f} MB",
        flush=True,
    )


def write(path: Path, count: int) -> None:
    """Elsewhere: a process is born with the peak memory of the one that starts it."""
    command = [sys.executable, str(Path(__file__).with_name("city_models.py")), str(path), str(count)]
    subprocess.run(command, check=True)  # noqa: S603 - ourselves


def main(cityjson: int, citygml: int) -> None:
    """Write the models, measure each."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder / "city.json", cityjson)
        for way in ("orjson.loads alone", "structure", "everything"):
            measure(folder / "city.json", way)
        write(folder / "city.gml", citygml)
        for way in ("lxml's parse alone", "structure", "everything"):
            measure(folder / "city.gml", way)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given if len(given) == 2 else (29_000, 16_000))

"""How fast a STEP file is opened, judged and read, stage by stage.

    python benchmarks/step.py MODEL.ifc [--keyword IFCPROPERTYSINGLEVALUE] [--repeat 3] [--compare]

Each repetition is a process of its own, as a user's run is; the best of them counts. `--compare`
also opens the file with ifcopenshell. Peak memory includes the interpreter, the libraries and the
file itself (about 60 MB and once the file), and is known on Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peak_megabytes() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def measure(path: Path, keyword: str) -> list[tuple[str, float, float, float | None]]:
    """Name, seconds, processor seconds and peak memory so far, of each stage."""
    from cimkit.readers.step import StepFile, dangling_references, duplicate_ids, syntax_defects

    stages: list[tuple[str, float, float, float | None]] = []

    def timed(name: str, work: Callable[[], Any]) -> Any:
        wall, processor = time.perf_counter(), time.process_time()
        answer = work()
        stages.append((name, time.perf_counter() - wall, time.process_time() - processor, peak_megabytes()))
        return answer

    content = timed("read the bytes", path.read_bytes)
    step = timed("open and index", lambda: StepFile.open(content))
    timed("syntax", lambda: syntax_defects(step))
    timed("duplicates", lambda: duplicate_ids(step))
    timed("dangling", lambda: dangling_references(step))
    rows = timed("rows by keyword", lambda: step.rows_of(keyword))
    records = timed(f"{len(rows):,} records", lambda: step.records(rows))
    timed("strings(0)", lambda: records.strings(0))
    timed("typed(2)", lambda: records.typed(2))
    return stages


def best_of(path: Path, keyword: str, repeat: int) -> list[tuple[str, float, float, float | None]]:
    command = [sys.executable, str(Path(__file__).resolve()), str(path), "--keyword", keyword, "--once"]
    root = str(Path(__file__).resolve().parents[1])
    runs = [
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True, cwd=root).stdout)  # noqa: S603
        for _ in range(repeat)
    ]
    return [min(stage, key=lambda one: one[1]) for stage in zip(*runs, strict=True)]


def seconds_of_ifcopenshell(path: Path) -> float:
    import ifcopenshell

    started = time.perf_counter()
    ifcopenshell.open(str(path))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--keyword", default="IFCPROPERTYSINGLEVALUE")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    path = arguments.model.resolve()
    if arguments.once:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        print(json.dumps(measure(path, arguments.keyword)))
        return
    size = path.stat().st_size / 1e6
    print(f"{path.name}: {size:,.1f} MB\n{'stage':24}{'seconds':>9}{'cpu':>9}{'MB/s':>9}{'peak MB':>9}")
    for name, wall, processor, peak in best_of(path, arguments.keyword, arguments.repeat):
        memory = "?" if peak is None else f"{peak:.0f}"
        print(f"{name:24}{wall:9.3f}{processor:9.3f}{size / wall:9.0f}{memory:>9}")
    if arguments.compare:
        print(f"{'ifcopenshell.open':24}{seconds_of_ifcopenshell(path):9.3f}")


if __name__ == "__main__":
    main()

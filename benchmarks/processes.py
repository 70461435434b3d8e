"""Whole processes timed side by side: in turn, so that a machine whose speed drifts slows both alike."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median

__all__ = ["PYTHON", "Measured", "alternate", "table"]

PYTHON = sys.executable

#: Run a command in a process that reports the peak memory of its child, which only POSIX systems tell (KiB on Linux).
_WITH_PEAK = """
import subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
try:
    import resource
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
except ImportError:
    peak = 0
print(status, peak)
"""


@dataclass
class Measured:
    """Runs of one command: wall seconds and peak memory in MB (0 where the system does not tell)."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    status: int = 0

    @property
    def time(self) -> float:
        """Median wall time, seconds."""
        return median(self.seconds)

    @property
    def memory(self) -> float:
        """Median peak memory, MB."""
        return median(self.megabytes)


def alternate(commands: dict[str, list[str]], runs: int) -> list[Measured]:
    """Each command once uncounted, then all of them in turn, `runs` times."""
    measured = [Measured(name, command) for name, command in commands.items()]
    for turn in range(runs + 1):
        for one in measured:
            started = time.perf_counter()
            answer = subprocess.run(  # noqa: S603 - commands written in these scripts
                [PYTHON, "-c", _WITH_PEAK, *one.command],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ.copy(),
            )
            seconds = time.perf_counter() - started
            status, peak = answer.stdout.split()
            one.status = int(status)
            if turn:
                one.seconds.append(seconds)
                one.megabytes.append(int(peak) / 1024)
    return measured


def table(measured: list[Measured], against: str) -> str:
    """A Markdown table of medians, each with its ratio to one of them."""
    base = next(one for one in measured if one.name == against)
    lines = ["| | seconds (min - max) | ratio | peak MB |", "|---|---|---|---|"]
    for one in measured:
        spread = f"{one.time:.2f} ({min(one.seconds):.2f} - {max(one.seconds):.2f})"
        lines.append(f"| {one.name} | {spread} | {one.time / base.time:.2f} | {one.memory:.0f} |")
    return "\n".join(lines)

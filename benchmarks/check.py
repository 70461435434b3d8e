"""cimcheck with its packs as shipped, beside `ifcopenshell.open` alone on the same file.

    python benchmarks/check.py FILE.ifc [FILE.ifc ...] [--runs 5]

Prints a Markdown table a file: median wall time of whole processes, ratio to ifcopenshell.open, peak memory.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from processes import PYTHON, alternate, table


def main() -> None:
    """Measure every file named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    for file in options.files:
        commands = {
            "ifcopenshell.open": [PYTHON, "-c", f"import ifcopenshell; ifcopenshell.open({str(file)!r})"],
            "cimcheck": [PYTHON, "-m", "cimkit", "--no-cache", str(file)],
            "cimcheck --pack none": [PYTHON, "-m", "cimkit", "--no-cache", str(file), "--pack", "none"],
        }
        measured = alternate(commands, options.runs)
        print(
            f"\n{file.name}, {file.stat().st_size / 1e6:.1f} MB\n\n{table(measured, 'ifcopenshell.open')}",
            flush=True,
        )


if __name__ == "__main__":
    main()

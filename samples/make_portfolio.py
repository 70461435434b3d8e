"""Write a portfolio of synthetic projects: `python samples/make_portfolio.py FOLDER [--count 2000] [--seed 2021]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from samples.makers.province import make_province


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2021)
    given = parser.parse_args()
    print(f"{make_province(given.folder, given.count, given.seed)} synthetic projects in {given.folder}")


if __name__ == "__main__":
    main()

"""Write the sample projects: `python samples/make_projects.py [--into FOLDER]`. All of them are invented.

Needs ifcopenshell and XlsxWriter (the extras `cimkit[ifc,xlsx]`). Run twice, it writes the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from makers.projects import all_projects


def main() -> None:
    """Write every project into a folder of its own, by default below `projects` beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).resolve().parent / "projects"
    parser.add_argument("--into", type=Path, default=default, help="folder to write into")
    root: Path = parser.parse_args().into
    for name, files in all_projects().items():
        for path, content in files.items():
            target = root / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


if __name__ == "__main__":
    main()

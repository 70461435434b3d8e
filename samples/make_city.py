"""Write the synthetic city deliveries: `python samples/make_city.py [--into FOLDER]`.

`district` is as it should be, `district-faults` has twenty faults, each named in `district-faults.yaml` with the rules
that find it. Needs the extras `cimkit[geo,raster,points,xlsx]`. Nothing in them is real.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from makers.city_delivery import write_delivery
from makers.city_faults import FAULTS, fault_list


def main() -> None:
    """Write both deliveries into a folder, by default `city` beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--into", type=Path, default=Path(__file__).resolve().parent / "city", help="folder to write into"
    )
    make(parser.parse_args().into)


def make(folder: Path) -> None:
    """Write both deliveries; what was there before is replaced."""
    for name in ("district", "district-faults"):
        shutil.rmtree(folder / name, ignore_errors=True)
    write_delivery(folder / "district", ())
    write_delivery(folder / "district-faults", FAULTS)
    (folder / "district-faults.yaml").write_bytes(fault_list().encode())


if __name__ == "__main__":
    main()

"""Write the sample models and their list, `samples.yaml`: `python samples/make_samples.py [--into FOLDER]`.

Needs ifcopenshell (the extra `cimkit[ifc]`). Run twice, it writes the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from makers.catalogue import all_samples, catalogue_text


def main() -> None:
    """Write every sample into a folder, by default the one that this script stands in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).resolve().parent, help="folder to write into")
    folder: Path = parser.parse_args().into
    samples = all_samples()
    for sample in samples:
        (folder / sample.file).write_bytes(sample.text.encode("ascii"))
    (folder / "samples.yaml").write_bytes(catalogue_text(samples).encode("utf-8"))


if __name__ == "__main__":
    main()

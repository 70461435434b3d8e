"""cimcheck beside ifctester, and ifcfast where it is installed, on the same model and the same IDS file.

    python benchmarks/ids.py MODEL.ifc NEED.ids [--runs 3] [--without-ifctester] [--ifcfast ITS_COMMAND]

Whole processes, in turn; each reads the model, checks it and writes a JSON report and nothing else. Prints a Markdown
table of median wall time, ratio and peak memory. Without ifctester it stands beside `ifcopenshell.open` alone, which
checks nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from processes import PYTHON, alternate, table

_IFCTESTER = """
import sys
import ifcopenshell
from ifctester import ids, reporter
model, need, out = sys.argv[1:]
specifications = ids.open(need)
specifications.validate(ifcopenshell.open(model))
report = reporter.Json(specifications)
report.report()
report.to_file(out)
"""


def main() -> None:
    """Measure one pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("ids")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-ifctester", action="store_true")
    parser.add_argument("--ifcfast", help="the command ifcfast of another environment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "report.json")
        opening = [PYTHON, "-c", f"import ifcopenshell; ifcopenshell.open({options.model!r})"]
        cimcheck = [PYTHON, "-m", "cimkit", options.model, "--no-cache", "--pack", "none", "--ids", options.ids]
        commands = {"ifcopenshell.open alone": opening}
        if not options.without_ifctester:
            commands["ifctester"] = [PYTHON, "-c", _IFCTESTER, options.model, options.ids, out]
        if options.ifcfast:
            commands["ifcfast"] = [options.ifcfast, "ids", options.ids, options.model, "--json", out]
        commands["cimcheck"] = [*cimcheck, "--format", "json"]
        print(table(alternate(commands, options.runs), "cimcheck"))


if __name__ == "__main__":
    main()

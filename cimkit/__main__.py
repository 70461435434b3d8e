"""`python -m cimkit` is `cimcheck`."""

from __future__ import annotations

import sys

from cimkit.cli import main

# Workers are spawned, and a spawned process imports the main module anew.
if __name__ == "__main__":
    sys.exit(main())

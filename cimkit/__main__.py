"""`python -m cimkit` is `cimcheck`."""

from __future__ import annotations

from cimkit.cli import command_line

# Workers are spawned, and a spawned process imports the main module anew.
if __name__ == "__main__":
    command_line()

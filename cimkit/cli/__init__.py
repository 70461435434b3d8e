"""The command `cimcheck`. Each command is a file of its own, read when it is called."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cimcheck` with these arguments (those of the process), and return its exit status."""
    from cimkit.cli.memory import collect_seldom

    collect_seldom()
    from cimkit.cli.app import run

    return run(arguments)

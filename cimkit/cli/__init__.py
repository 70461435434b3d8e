"""The command `cimcheck`. Each command is a file of its own, read when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

__all__ = ["command_line", "main"]

_NOT_SAID = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cimcheck` with these arguments (those of the process), and return its exit status."""
    from cimkit.cli.memory import collect_seldom, start_no_idle_threads

    collect_seldom()
    start_no_idle_threads()
    from cimkit.cli.app import run

    return run(arguments)


def command_line() -> NoReturn:
    """`main` as the whole of a process. Once everything is written it ends at once: to take every object apart, as
    Python does at its end, takes a small file's check a tenth longer."""
    import os
    import sys

    status = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # there is none in a process without a console
                stream.flush()
        except (OSError, ValueError):  # what was said did not arrive
            status = status or _NOT_SAID
    os._exit(status)

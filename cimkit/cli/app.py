"""From arguments to an exit status: which command is meant, and what a person sees when something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cimkit.cli.memory import use_one_arena
from cimkit.cli.words import Words, language
from cimkit.errors import CimkitError

if TYPE_CHECKING:
    import click

__all__ = ["COMMANDS", "FAULT", "WRONG_USE", "run"]

#: Name of the command -> the file it is in, which has a function `command(words)`.
COMMANDS: Mapping[str, str] = {
    "check": "cimkit.cli.check",
    "explain": "cimkit.cli.explain",
    "rules": "cimkit.cli.rules",
    "packs": "cimkit.cli.packs",
    "compare": "cimkit.cli.compare",
    "project": "cimkit.cli.project",
    "portfolio": "cimkit.cli.portfolio",
    "pack": "cimkit.cli.pack",
    "ids": "cimkit.cli.ids",
    "schema": "cimkit.cli.schema",
}
WRONG_USE = 2
FAULT = 4
_INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended
_PIPE_CLOSED = 141  # and of one whose reader went away (`cimcheck rules | head`)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command. What a person sees of anything that goes wrong is one sentence; CIMCHECK_DEBUG=1 shows more."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _survive_any_console()
    use_one_arena()
    words = Words(language(given))
    try:
        return _dispatch(given, words)
    except CimkitError as error:
        _complain(error.message(words.lang))
        _debug()
        return error.exit_status
    except KeyboardInterrupt:
        _complain(words("interrupted"))
        return _INTERRUPTED
    except BrokenPipeError:
        # Python would complain again when it flushes standard output at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except Exception as error:  # noqa: BLE001  (the last line of defence: a fault of cimkit is told as one)
        _complain(words("fault", kind=type(error).__name__, detail=str(error)[:300]))
        _debug()
        return FAULT


def _dispatch(given: list[str], words: Words) -> int:
    if not given:
        _show_help(words)
        return WRONG_USE
    if given[0] in ("-h", "--help"):
        _show_help(words)
        return 0
    if given[0] == "--version":
        from cimkit import __version__

        _say(f"cimcheck {__version__}")
        return 0
    name = given[0] if given[0] in COMMANDS else "check"
    rest = given[1:] if given[0] in COMMANDS else given
    return _call(load(name, words), f"cimcheck {name}", rest, words)


def load(name: str, words: Words) -> click.Command:
    """The command of that name, its file read now."""
    build: Callable[[Words], click.Command] = import_module(COMMANDS[name]).command
    return build(words)


def _call(command: click.Command, path: str, arguments: list[str], words: Words) -> int:
    """Run a click command; its complaints become one sentence in the caller's language."""
    import click

    try:
        answer: Any = command.main(
            arguments, prog_name=path, standalone_mode=False, windows_expand_args=sys.platform == "win32"
        )
    except click.UsageError as error:
        from cimkit.cli.complaints import sentence

        _complain(sentence(error, words))
        return WRONG_USE
    except click.Abort:
        raise KeyboardInterrupt from None
    return answer if isinstance(answer, int) else 0


def _show_help(words: Words) -> None:
    """The overview. It lists the commands from the locale files, so that none of them has to be read."""
    width = max(len(name) for name in COMMANDS)
    listed = [f"  {name:<{width}}  {words(f'help_{name}').partition(chr(10))[0]}" for name in COMMANDS]
    _say("\n".join([words("overview"), "", words("heading_commands"), *listed, "", words("overview_end")]))


def _survive_any_console() -> None:
    """A console that can't show a character (cp936 on Chinese Windows) shows `?`, and nothing breaks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"cimcheck: {text}\n")
    sys.stderr.flush()


def _debug() -> None:
    if os.environ.get("CIMCHECK_DEBUG") == "1":
        import traceback

        traceback.print_exc()

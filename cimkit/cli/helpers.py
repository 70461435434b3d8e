"""`--jobs`, `--scheduler`, `--no-cache` and `--depth`: who does the checks, whether what was checked before is asked
again, and how much is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec import Struct

from cimkit.cli.command import option
from cimkit.cli.words import Words

if TYPE_CHECKING:
    from cimkit.run.cache import AnswerCache
    from cimkit.run.crews import Crew

__all__ = ["Helpers", "crew_options", "depth_option"]

_DEPTHS = ("structure", "sample", "full")


def crew_options(words: Words) -> list[click.Parameter]:
    """The options."""
    return [
        option(words, "--jobs", key="jobs", type=int, metavar="N"),
        option(words, "--scheduler", key="scheduler", metavar="ADDRESS"),
        option(words, "--no-cache", key="no_cache", is_flag=True),
    ]


def depth_option(words: Words) -> click.Parameter:
    """The option."""
    return option(words, "--depth", key="depth", type=click.Choice(_DEPTHS), default="full")


class Helpers(Struct, frozen=True):
    """crew: None where this process does it all; cache: None where nothing is kept."""

    crew: Crew | None
    cache: AnswerCache | None

    @classmethod
    def of(cls, jobs: int | None, scheduler: str | None, *, no_cache: bool, default: int = 1) -> Helpers:
        """What the options ask for; without them, `default` processes. Raises UsageError."""
        from cimkit.run.cache import AnswerCache

        crew = None
        if scheduler is not None or jobs not in (None, 1) or default > 1:
            from cimkit.run.crews import crew_for

            crew = crew_for(jobs, scheduler, default=default)
        return cls(crew, None if no_cache else AnswerCache.usual())

    def tidy(self) -> None:
        """Keep the cache within its bounds. Called when a run has ended."""
        if self.cache is not None:
            self.cache.trim()

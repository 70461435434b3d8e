"""`cimcheck portfolio DIR|GLOB`: many renewal projects, city by city."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cimkit.cli.command import Command, language_option, option
from cimkit.cli.helpers import Helpers, crew_options, depth_option
from cimkit.cli.words import Words
from cimkit.errors import UsageError

__all__ = ["command"]

_FAIL_ON = ("error", "warning", "info", "never")
_PROGRESS = ("auto", "bar", "json", "none")


def command(words: Words) -> click.Command:
    """The command."""
    from cimkit.projects.portfolio.formats import FORMATS

    many: dict[str, Any] = {"multiple": True}
    formats = {"formats": ", ".join(sorted(FORMATS))}
    parameters: list[click.Parameter] = [
        click.Argument(["where"], nargs=-1, required=True, metavar=words("metavar_portfolio")),
        option(words, "--pack", "packs", key="pack", metavar="ID|PATH", **many),
        option(words, "--ids", key="ids", metavar="FILE", **many),
        option(words, "--stage", key="stage", metavar="STAGE"),
        option(words, "--settings", key="settings", metavar="FILE"),
        option(words, "--format", "output", key="format", type=click.Choice(["text", "json"]), default="text"),
        option(words, "--report", "reports", key="report", metavar="F=PATH", values=formats, **many),
        option(words, "--open", "open_report", key="open", is_flag=True),
        option(words, "--store", key="store", metavar="DIR"),
        option(words, "--period", key="period", metavar="2021Q2"),
        option(words, "--fail-on", key="fail_on", type=click.Choice(_FAIL_ON), default="error"),
        option(words, "--select", key="select", metavar="CODE", **many),
        option(words, "--ignore", key="ignore", metavar="CODE", **many),
        depth_option(words),
        *crew_options(words),
        option(words, "--progress", key="progress", type=click.Choice(_PROGRESS), default="auto"),
        language_option(words),
    ]
    return Command("portfolio", words, lambda **given: _run(words, **given), parameters)


def _run(
    words: Words,
    *,
    where: tuple[str, ...],
    packs: tuple[str, ...],
    ids: tuple[str, ...],
    stage: str | None,
    settings: str | None,
    output: str,
    reports: tuple[str, ...],
    open_report: bool,
    store: str | None,
    period: str | None,
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    depth: str,
    jobs: int | None,
    scheduler: str | None,
    no_cache: bool,
    progress: str,
) -> int:
    from cimkit.cli.progress import progress_shown
    from cimkit.cli.reports import Wanted
    from cimkit.projects.portfolio.checking import check_portfolio
    from cimkit.projects.portfolio.entry import Options
    from cimkit.projects.portfolio.formats import FORMATS, write
    from cimkit.projects.portfolio.periods import period_named
    from cimkit.projects.portfolio.store import Store
    from cimkit.run.crews import cores

    wanted = Wanted.of(reports, FORMATS, opened=open_report, about=where[0])
    results = Store(Path(store)) if store is not None else None
    if period is not None:
        period = period_named(period)
        if results is None:
            raise UsageError("portfolio.period_needs_store", period=period)
    if results is not None:
        results.latest()  # one that can't be read says so before the work, not after it
    helpers = Helpers.of(jobs, scheduler, no_cache=no_cache, default=cores())
    options = Options(
        packs=tuple(pack for pack in packs if pack != "none") if packs else None,
        ids=ids,
        stage=stage,
        settings=settings,
        lang=words.lang,
        select=select,
        ignore=ignore,
        depth=depth,
    )
    with progress_shown(progress, words) as tell:
        portfolio = check_portfolio(
            where,
            options=options,
            crew=helpers.crew,
            cache=helpers.cache,
            progress=None if tell is None else lambda done, total: tell("project", done, total),
        )
    helpers.tidy()
    status = portfolio.status(fail_on)
    if results is not None:
        portfolio = results.compared(portfolio, period)
    for format, path in wanted.files:
        write(portfolio, format, path)
    _show(portfolio, output)
    wanted.open()
    return status


def _show(portfolio: Any, output: str) -> None:
    if output == "json":
        from cimkit.projects.portfolio.formats.json import write

        write(portfolio, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    from cimkit.projects.portfolio.formats.text import to_text

    sys.stdout.write(to_text(portfolio))

"""`cimcheck SOURCE...`: check files, folders and archives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cimkit.cli.command import Command, language_option, option
from cimkit.cli.helpers import crew_options, depth_option
from cimkit.cli.memory import leave_threads_to_the_reader
from cimkit.cli.words import Words
from cimkit.errors import UsageError

__all__ = ["command"]

_FAIL_ON = ("error", "warning", "info", "never")
_PROGRESS = ("auto", "bar", "json", "none")


def command(words: Words) -> click.Command:
    """The command."""
    from cimkit.report.formats import FORMATS, TO_STANDARD_OUTPUT

    many: dict[str, Any] = {"multiple": True}
    formats = {"formats": ", ".join(sorted(FORMATS))}
    parameters: list[click.Parameter] = [
        click.Argument(["sources"], nargs=-1, required=True, metavar=words("metavar_sources")),
        option(words, "--pack", "packs", key="pack", metavar="ID|PATH", **many),
        option(words, "--ids", key="ids", metavar="FILE", **many),
        option(words, "--stage", key="stage", metavar="STAGE"),
        option(words, "--settings", key="settings", metavar="FILE"),
        option(words, "--format", "output", key="format", type=click.Choice(TO_STANDARD_OUTPUT), default="text"),
        option(
            words,
            "--report",
            "reports",
            key="report",
            metavar="F=PATH",
            values=formats,
            **many,
        ),
        option(words, "--open", "open_report", key="open", is_flag=True),
        option(words, "--export-map", key="export_map", metavar="DIR"),
        option(words, "--fail-on", key="fail_on", type=click.Choice(_FAIL_ON), default="error"),
        option(words, "--select", key="select", metavar="CODE", **many),
        option(words, "--ignore", key="ignore", metavar="CODE", **many),
        option(words, "--max-findings", key="max_findings", type=click.IntRange(min=0), metavar="N"),
        option(words, "--waivers", key="waivers", metavar="FILE", **many),
        option(words, "--signoffs", key="signoffs", metavar="FILE", **many),
        option(words, "--baseline", key="baseline", metavar="REPORT.json"),
        option(words, "--base", key="base", metavar="PATH"),
        depth_option(words),
        option(words, "--against", key="against", metavar="REPORT.json"),
        *crew_options(words),
        option(words, "--progress", key="progress", type=click.Choice(_PROGRESS), default="auto"),
        language_option(words),
    ]
    return Command("check", words, lambda **given: _run(words, **given), parameters)


def _run(
    words: Words,
    *,
    sources: tuple[str, ...],
    packs: tuple[str, ...],
    ids: tuple[str, ...],
    stage: str | None,
    settings: str | None,
    output: str,
    reports: tuple[str, ...],
    open_report: bool,
    export_map: str | None,
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    max_findings: int | None,
    waivers: tuple[str, ...],
    signoffs: tuple[str, ...],
    baseline: str | None,
    against: str | None,
    base: str | None,
    depth: str,
    jobs: int | None,
    scheduler: str | None,
    no_cache: bool,
    progress: str,
) -> int:
    _refuse_mistyped_command(sources)
    leave_threads_to_the_reader(sources)
    from cimkit.api import check_sources
    from cimkit.cli.afterwards import Afterwards
    from cimkit.cli.helpers import Helpers
    from cimkit.cli.progress import progress_shown
    from cimkit.cli.reports import Wanted
    from cimkit.report.formats import FORMATS
    from cimkit.report.summary import exit_status

    wanted = Wanted.of(reports, FORMATS, opened=open_report, about=sources[0])
    helpers = Helpers.of(jobs, scheduler, no_cache=no_cache)
    afterwards = Afterwards.read(waivers, signoffs, baseline, against)
    with progress_shown(progress, words) as tell:
        report = check_sources(
            list(sources),
            packs=None if not packs else [pack for pack in packs if pack != "none"],
            ids=ids,
            stage=stage,
            settings=settings,
            lang=words.lang,
            progress=tell,
            select=select,
            ignore=ignore,
            pictures=wanted.page is not None,
            base=base,
            depth=depth,
            crew=helpers.crew,
            cache=helpers.cache,
        )
    helpers.tidy()
    report = afterwards.applied(report)
    wanted.publish(report, output, max_findings)
    if export_map is not None:
        from cimkit.cli.mapping import show_export_map

        show_export_map(report, Path(export_map), words, sys.stderr if output != "text" else sys.stdout)
    afterwards.show_changes(report, words, sys.stderr if output != "text" else sys.stdout)
    wanted.open()
    return exit_status(report, fail_on)


def _refuse_mistyped_command(sources: tuple[str, ...]) -> None:
    """`cimcheck explian X`: there is no such file, and a command is called nearly so."""
    from cimkit.cli.app import COMMANDS
    from cimkit.rules.faults import nearest

    first = sources[0]
    if not Path(first).exists() and not any(mark in first for mark in "./\\"):
        near = nearest(first, COMMANDS)
        if near is not None:
            raise UsageError("cli.command_meant", word=first, near=near)

"""`cimcheck project DIR`: one renewal project. `cimcheck project new KIND`: an empty form."""

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
_NEW = "new"


def command(words: Words) -> click.Command:
    """The command."""
    from cimkit.report.formats import FORMATS, TO_STANDARD_OUTPUT

    many: dict[str, Any] = {"multiple": True}
    formats = {"formats": ", ".join(sorted(FORMATS))}
    parameters: list[click.Parameter] = [
        click.Argument(["given"], nargs=-1, required=True, metavar=words("metavar_project")),
        option(words, "--out", key="project_out", metavar="DIR"),
        option(words, "--form", key="project_form", type=click.Choice(["yaml", "xlsx"]), default="yaml"),
        option(words, "--pack", "packs", key="pack", metavar="ID|PATH", **many),
        option(words, "--ids", key="ids", metavar="FILE", **many),
        option(words, "--stage", key="stage", metavar="STAGE"),
        option(words, "--settings", key="settings", metavar="FILE"),
        option(words, "--format", "output", key="format", type=click.Choice(TO_STANDARD_OUTPUT), default="text"),
        option(words, "--report", "reports", key="report", metavar="F=PATH", values=formats, **many),
        option(words, "--open", "open_report", key="open", is_flag=True),
        option(words, "--fail-on", key="fail_on", type=click.Choice(_FAIL_ON), default="error"),
        option(words, "--select", key="select", metavar="CODE", **many),
        option(words, "--ignore", key="ignore", metavar="CODE", **many),
        option(words, "--max-findings", key="max_findings", type=click.IntRange(min=0), metavar="N"),
        option(words, "--waivers", key="waivers", metavar="FILE", **many),
        option(words, "--signoffs", key="signoffs", metavar="FILE", **many),
        option(words, "--baseline", key="baseline", metavar="REPORT.json"),
        option(words, "--against", key="against", metavar="REPORT.json"),
        depth_option(words),
        *crew_options(words),
        option(words, "--progress", key="progress", type=click.Choice(_PROGRESS), default="auto"),
        language_option(words),
    ]
    return Command("project", words, lambda **given: _run(words, **given), parameters)


def _run(words: Words, *, given: tuple[str, ...], out: str | None, form: str, **options: Any) -> int:
    if given[0] == _NEW:
        return _new(words, given[1:], out, form)
    if len(given) != 1:
        raise UsageError("cli.one_project", given=" ".join(given[1:]))
    return _check(words, Path(given[0]), **options)


def _new(words: Words, given: tuple[str, ...], out: str | None, form: str) -> int:
    from cimkit.projects.new import new_project

    if len(given) != 1:
        raise UsageError("cli.project_kind")
    path = new_project(given[0], Path(out or given[0]), form=form, lang=words.lang)
    click.echo(words("project_written", path=str(path)))
    return 0


def _check(
    words: Words,
    folder: Path,
    *,
    packs: tuple[str, ...],
    output: str,
    reports: tuple[str, ...],
    open_report: bool,
    fail_on: str,
    max_findings: int | None,
    waivers: tuple[str, ...],
    signoffs: tuple[str, ...],
    baseline: str | None,
    against: str | None,
    jobs: int | None,
    scheduler: str | None,
    no_cache: bool,
    progress: str,
    **asked: Any,
) -> int:
    from cimkit.cli.afterwards import Afterwards
    from cimkit.cli.progress import progress_shown
    from cimkit.cli.reports import Wanted
    from cimkit.projects.finding import refuse_many
    from cimkit.projects.project import check_project
    from cimkit.report.formats import FORMATS
    from cimkit.report.summary import exit_status

    refuse_many(folder)
    wanted = Wanted.of(reports, FORMATS, opened=open_report, about=str(folder))
    helpers = Helpers.of(jobs, scheduler, no_cache=no_cache)
    afterwards = Afterwards.read(waivers, signoffs, baseline, against)
    with progress_shown(progress, words) as tell:
        report = check_project(
            folder,
            packs=None if not packs else [pack for pack in packs if pack != "none"],
            lang=words.lang,
            progress=tell,
            pictures=wanted.page is not None,
            crew=helpers.crew,
            cache=helpers.cache,
            **asked,
        )
    helpers.tidy()
    report = afterwards.applied(report)
    wanted.publish(report, output, max_findings)
    afterwards.show_changes(report, words, sys.stderr if output != "text" else sys.stdout)
    wanted.open()
    return exit_status(report, fail_on)

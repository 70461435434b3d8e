"""`cimcheck pack new|lint|test|docs|export|import`: making rule packs."""

from __future__ import annotations

from pathlib import Path

import click

from cimkit.cli.command import Command, Group, language_option, option
from cimkit.cli.pack_exchange import export_command, import_command
from cimkit.cli.words import Words
from cimkit.locales import text

__all__ = ["command"]


def command(words: Words) -> click.Command:
    """The group of commands."""
    return Group(
        "pack",
        words,
        {"new": _new, "lint": _lint, "test": _test, "docs": _docs, "export": export_command, "import": import_command},
    )


def _folder(words: Words) -> click.Argument:
    return click.Argument(["folder"], type=click.Path(path_type=Path), metavar=words("metavar_pack"))


def _new(words: Words) -> click.Command:
    def run(folder: Path, prefix: str) -> None:
        from cimkit.authoring.new import new_pack

        new_pack(folder, prefix)
        click.echo(text("authoring.new_written", words.lang, folder=str(folder)))

    prefix = option(words, "--prefix", key="prefix", metavar="ABC", required=True)
    return Command("pack new", words, run, [_folder(words), prefix, language_option(words)])


def _lint(words: Words) -> click.Command:
    def run(folder: Path, fix: bool) -> int:
        from cimkit.authoring.fixing import give_codes
        from cimkit.authoring.lint import lint
        from cimkit.rules.packs import locate_pack

        folder = locate_pack(folder)
        if fix:
            for file, count in give_codes(folder).items():
                click.echo(text("authoring.codes_given", words.lang, count=count, file=file))
        problems = lint(folder)
        for problem in problems:
            severity = text("authoring.severity_warning" if problem.warning else "authoring.severity_error", words.lang)
            click.echo(f"{severity}  {problem.message(words.lang)}")
        warnings = sum(problem.warning for problem in problems)
        errors = len(problems) - warnings
        if not problems:
            click.echo(text("authoring.lint_clean", words.lang))
        else:
            click.echo(text("authoring.lint_summary", words.lang, errors=errors, warnings=warnings))
        return 1 if errors else 0

    fix = option(words, "--fix", key="fix", is_flag=True)
    return Command("pack lint", words, run, [_folder(words), fix, language_option(words)])


def _test(words: Words) -> click.Command:
    def run(folder: Path) -> int:
        from cimkit.authoring.cases import run_cases
        from cimkit.authoring.row_cases import run_row_cases
        from cimkit.rules.packs import locate_pack

        folder = locate_pack(folder)
        count = failed = 0
        for outcomes in (run_cases(folder), run_row_cases(folder)):
            for outcome in outcomes:
                count += 1
                if not outcome.ok:
                    failed += 1
                    told = text(f"authoring.{outcome.problem}", words.lang, **outcome.values)
                    click.echo(f"{outcome.case.path.name}: {told}")
        click.echo(text("authoring.cases_summary", words.lang, count=count, failed=failed))
        return 1 if failed else 0

    return Command("pack test", words, run, [_folder(words), language_option(words)])


def _docs(words: Words) -> click.Command:
    def run(folder: Path, out: Path) -> None:
        from cimkit.authoring.docs import write_pages
        from cimkit.rules.load import load_pack

        pages = write_pages(load_pack(folder), out)
        click.echo(text("authoring.docs_written", words.lang, count=len(pages), folder=str(out)))

    out = option(words, "--out", key="docs_out", type=click.Path(path_type=Path), required=True, metavar="DIR")
    return Command("pack docs", words, run, [_folder(words), out, language_option(words)])

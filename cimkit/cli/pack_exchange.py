"""`cimcheck pack export|import`: packs in exchange with IDS, Revit and Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cimkit.cli.command import Command, language_option, option
from cimkit.cli.words import Words
from cimkit.errors import PackError, UsageError
from cimkit.locales import text

__all__ = ["export_command", "import_command"]

_FORMS = ("ids", "revit-psets", "xlsx")
_DAMAGED = PackError.exit_status


def export_command(words: Words) -> click.Command:
    """`pack export PACK --to FORM --out FILE`."""
    many: dict[str, Any] = {"multiple": True}
    parameters: list[click.Parameter] = [
        click.Argument(["pack"], metavar=words("metavar_pack")),
        option(words, "--to", "form", key="export_to", type=click.Choice(_FORMS), required=True),
        option(words, "--out", key="export_out", type=click.Path(path_type=Path), required=True, metavar="FILE"),
        option(words, "--stage", key="stage", metavar="STAGE"),
        option(words, "--settings", key="export_settings", type=click.Path(path_type=Path), metavar="FILE"),
        option(words, "--select", key="select", metavar="CODE", **many),
        option(words, "--ignore", key="ignore", metavar="CODE", **many),
        option(words, "--ifc", "versions", key="export_ifc", metavar="IFC4", **many),
        option(words, "--new-work", key="new_work", is_flag=True),
        language_option(words),
    ]

    def run(pack: str, form: str, out: Path, **given: Any) -> None:
        {"ids": _to_ids, "revit-psets": _to_revit, "xlsx": _to_xlsx}[form](words, pack, out, given)

    return Command("pack export", words, run, parameters)


def _to_ids(words: Words, pack: str, out: Path, given: dict[str, Any]) -> None:
    from cimkit.authoring.export_ids import export_ids, unsaid_lines
    from cimkit.authoring.written_files import write_file
    from cimkit.ids.audit.knowledge import IFC_VERSIONS
    from cimkit.ids.write import write_document
    from cimkit.rules.settings import read_settings

    settings = given.pop("settings")
    versions = tuple(name.upper() for name in given.pop("versions"))
    for name in versions:
        if name not in IFC_VERSIONS:
            raise UsageError("exchange.ids_version", word=name, known=" | ".join(IFC_VERSIONS))
    export = export_ids(
        pack,
        settings=read_settings(settings) if settings is not None else None,
        versions=versions,
        lang=words.lang,
        **given,
    )
    write_file(out, write_document(export.document))
    _say(
        words,
        "ids_written",
        count=len(export.codes),
        specifications=len(export.document.specifications),
        same=len(export.same),
        file=str(out),
    )
    whole = [unsaid for unsaid in export.unsaid if unsaid.whole]
    partly = [unsaid for unsaid in export.unsaid if not unsaid.whole]
    for key, listed in (("ids_left_out", whole), ("ids_partly", partly)):
        if listed:
            click.echo("")
            _say(words, key, count=len({unsaid.code for unsaid in listed}))
            click.echo("\n".join(f"  {line}" for line in unsaid_lines(listed, words.lang)))
    asked_phase = {unsaid.code for unsaid in whole if unsaid.reason == "ids.unsaid_phase"}
    if asked_phase and not given["new_work"]:
        click.echo("")
        _say(words, "ids_new_work_hint", count=len(asked_phase))


def _to_revit(words: Words, pack: str, out: Path, given: dict[str, Any]) -> None:  # noqa: ARG001 - one signature for all
    from cimkit.authoring.revit_psets import revit_files
    from cimkit.authoring.written_files import write_file
    from cimkit.rules.load import load_pack

    files = revit_files(load_pack(pack), words.lang)
    write_file(out, files.property_sets)
    _say(words, "revit_written", count=files.count, file=str(out))
    if files.mapping_table is not None:
        table = out.with_name(f"{out.stem}.mapping{out.suffix}")
        write_file(table, files.mapping_table)
        _say(words, "revit_table_written", file=str(table))
    if files.left_out:
        _say(words, "revit_left_out", count=len(files.left_out), codes=", ".join(files.left_out))


def _to_xlsx(words: Words, pack: str, out: Path, given: dict[str, Any]) -> None:  # noqa: ARG001 - one signature for all
    from cimkit.authoring.export_xlsx import export_xlsx
    from cimkit.authoring.workbook import pack_sheets
    from cimkit.authoring.written_files import write_file
    from cimkit.rules.load import load_pack
    from cimkit.rules.pack_files import read_pack_files

    loaded = load_pack(pack)
    write_file(out, export_xlsx(loaded, words.lang))
    _say(words, "xlsx_written", id=loaded.id, sheets=len(pack_sheets(read_pack_files(loaded.folder))), file=str(out))


def import_command(words: Words) -> click.Command:
    """`pack import need.xlsx [--into FOLDER]`."""
    parameters: list[click.Parameter] = [
        click.Argument(["workbook"], type=click.Path(path_type=Path), metavar="FILE.xlsx"),
        option(words, "--into", key="into", type=click.Path(path_type=Path), metavar="DIR"),
        language_option(words),
    ]
    return Command("pack import", words, lambda workbook, into: _import(words, workbook, into), parameters)


def _import(words: Words, workbook: Path, into: Path | None) -> int:
    from cimkit.authoring.import_xlsx import import_xlsx, workbook_pack

    if into is None:
        identity = workbook_pack(workbook)
        into = next((folder for folder in (Path(), Path(identity)) if (folder / "pack.yaml").is_file()), None)
        if into is None:
            raise UsageError("exchange.say_into", id=identity)
    imported = import_xlsx(workbook, into)
    if imported.damages:
        click.echo(text("exchange.import_damaged", words.lang, count=len(imported.damages)), err=True)
        for damage in imported.damages:
            click.echo(f"  {damage.message(words.lang)}", err=True)
        return _DAMAGED
    if imported.changed:
        _say(words, "imported", count=len(imported.changed), files=", ".join(imported.changed))
    else:
        _say(words, "import_nothing")
    return 0


def _say(words: Words, key: str, **values: Any) -> None:
    click.echo(text(f"exchange.{key}", words.lang, **values))

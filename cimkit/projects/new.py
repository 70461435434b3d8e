"""An empty form for a kind of project, with what that kind must deliver written in: YAML, or a workbook to fill in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cimkit.errors import UsageError
from cimkit.projects.definitions import PACK, Definitions, Kind, definitions
from cimkit.projects.form_fields import Field, Table, form_fields
from cimkit.projects.form_xlsx import NOTES_SHEETS, SINGLE_SHEETS
from cimkit.rules.faults import nearest
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.packs import locate_pack
from cimkit.rules.sheets import read_sheet
from cimkit.rules.tables import TABLE_COLUMNS
from cimkit.whole_files import written_whole

__all__ = ["FORMS", "Need", "kind_named", "needs_of", "new_project", "write_whole"]

#: Kinds of form: word -> name of the file in the project's folder.
FORMS = {"yaml": "project.yaml", "xlsx": "项目表.xlsx"}
_ANY = "any"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a kind of project must deliver. constraint: M, C or O; condition, stage: as the pack's table has
    them."""

    item: str
    zh: str
    en: str
    constraint: str
    condition: str
    stage: str

    def label(self, lang: str) -> str:
        """Its name."""
        return self.zh if lang == "zh" else self.en


def kind_named(word: str, known: Definitions) -> Kind:
    """The kind that a word means. Raises UsageError, with the nearest, for a word that means none."""
    kind = known.kind(word)
    if kind is not None:
        return kind
    near = nearest(word, known.kind_words())
    if near is not None:
        raise UsageError("projects.unknown_kind_near", word=word, near=near)
    listed = ", ".join(f"{each.code} {each.zh}" for each in known.kinds.values())
    raise UsageError("projects.unknown_kind", word=word, known=listed)


def needs_of(kind: str) -> list[Need]:
    """What projects of a kind must deliver, what all must first, each item once."""
    files = read_pack_files(locate_pack(PACK))
    found: dict[str, Need] = {}
    for table in (_ANY, kind):
        path = f"tables/{table}.csv"
        for row in read_sheet(files.content[path], path, TABLE_COLUMNS) if path in files.content else ():
            cells = row.cells
            need = Need(
                cells["property"],
                cells.get("name_zh", ""),
                cells.get("name_en", ""),
                cells.get("constraint", ""),
                cells.get("condition", ""),
                cells.get("stage", ""),
            )
            found[need.item] = need
    return list(found.values())


def new_project(kind: str, folder: Path, *, form: str = "yaml", lang: str = "zh") -> Path:
    """Make the folder, where it is not there, and write the empty form into it; returns the form's path.

    Raises UsageError for a kind that is none, for a folder that holds a form already, for a missing extra, and for a
    place that can't be written.
    """
    known = definitions()
    meant = kind_named(kind, known)
    needs = needs_of(meant.code)
    if folder.is_dir() and any((folder / name).exists() for name in FORMS.values()):
        raise UsageError("projects.folder_not_empty", path=str(folder))
    content = _workbook(meant, needs, lang) if form == "xlsx" else _text(meant, needs, lang).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("projects.cannot_write", path=str(folder), problem=error.strerror or str(error)) from error
    path = folder / FORMS[form]
    write_whole(path, content)
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: all of it or nothing. Raises UsageError."""
    try:
        with written_whole(path) as stream:
            stream.write(content)
    except OSError as error:
        raise UsageError("projects.cannot_write", path=str(path), problem=error.strerror or str(error)) from error


def _text(kind: Kind, needs: Sequence[Need], lang: str) -> str:
    fields = form_fields()
    grouped = {key for _, keys in fields.groups.values() for key in keys}
    lines = [f"# {kind.zh} / {kind.en}", ""]
    for field in fields.single:
        if field.key not in grouped:
            value = kind.zh if field.key == "kinds" else ""
            lines.append(_line(field, value, lang, ""))
    for group, (title, keys) in fields.groups.items():
        lines += ["", f"{group}:  # {title}"]
        lines += [_line(field, "", lang, "  ") for field in fields.single if field.key in keys]
    for table in fields.tables:
        lines += ["", f"{table.key}:  # {table.title}"]
        lines += _rows(table, needs, lang)
    return "\n".join(lines) + "\n"


def _line(field: Field, value: str, lang: str, indent: str) -> str:
    return f"{indent}{field.key}: {value}".rstrip() + f"  # {_hint(field, lang)}"


def _hint(field: Field, lang: str) -> str:
    words = " | ".join(dict.fromkeys((field.words or {}).values()))
    told = field.title if lang == "zh" else field.help
    mark = "*" if field.required else ""
    return f"{mark}{told}{f' ({words})' if words else ''}"


def _rows(table: Table, needs: Sequence[Need], lang: str) -> Iterator[str]:
    """One example row as a comment; of deliverables, a row for each that is needed."""
    if table.key != "deliverables":
        yield f"  # - {{{', '.join(f'{field.key}: ' for field in table.fields)}}}"
        return
    for need in needs:
        condition = f" {need.condition}" if need.condition else ""
        stage = f" {need.stage}" if need.stage else ""
        yield f"  - {{item: {need.label(lang)}, path: }}  # {need.constraint}{condition}{stage}"


def _workbook(kind: Kind, needs: Sequence[Need], lang: str) -> bytes:
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError("projects.form_needs_xlsx", file=FORMS["xlsx"]) from error
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    heading, text = book.add_format({"bold": True, "bg_color": "#E8EEF7"}), book.add_format({"num_format": "@"})
    fields = form_fields()
    place = 0 if lang == "zh" else 1
    sheet = book.add_worksheet(SINGLE_SHEETS[place])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 2, 40, text)
    for column, name in enumerate(("项", "值", "说明") if lang == "zh" else ("field", "value", "notes")):
        sheet.write_string(0, column, name, heading)
    for number, field in enumerate(fields.single, start=1):
        sheet.write_string(number, 0, field.label(lang))
        sheet.write_string(number, 1, kind.zh if field.key == "kinds" else "", text)
        sheet.write_string(number, 2, _hint(field, lang))
    for table in fields.tables:
        sheet = book.add_worksheet(table.title if lang == "zh" else table.key)
        for column, field in enumerate(table.fields):
            sheet.write_string(0, column, field.label(lang), heading)
            sheet.set_column(column, column, 18, text if field.kind in ("code", "text") else None)
            if field.words:
                listed = list(dict.fromkeys(field.words.values()))
                sheet.data_validation(1, column, 500, column, {"validate": "list", "source": listed})
        if table.key == "deliverables":
            column = [field.key for field in table.fields].index("item")
            for number, need in enumerate(needs, start=1):
                sheet.write_string(number, column, need.label(lang), text)
    sheet = book.add_worksheet(NOTES_SHEETS[place])
    sheet.set_column(0, 3, 24)
    for number, need in enumerate(needs):
        for column, word in enumerate((need.label(lang), need.constraint, need.condition, need.stage)):
            sheet.write_string(number, column, word)
    book.close()
    return out.getvalue()

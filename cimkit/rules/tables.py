"""Requirement tables: each row is a rule "this field is there and holds what it may", so nobody writes one by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeVar

from cimkit.rules.conditions import All, Cardinality, Condition, Entity, Not, Phase
from cimkit.rules.conditions_reading import property_condition, read_condition
from cimkit.rules.faults import fault_at, unknown
from cimkit.rules.layer_rows import field_check, layer_names
from cimkit.rules.model import Cite, Evidence, Executable, Rule, Severity
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.restriction import Restriction, exactly, matching, one_of
from cimkit.rules.rules_reading import read_stages
from cimkit.rules.scope import Scope
from cimkit.rules.sheets import Row, read_sheet, split_cell
from cimkit.rules.texts import TEXT_PARTS, Texts, fill
from cimkit.rules.typed import Typed
from cimkit.rules.values_reading import folded
from cimkit.rules.yaml_reading import parse_yaml

__all__ = ["TABLE_COLUMNS", "read_tables", "row_name"]

TABLE_COLUMNS = (
    "code", "entity", "layer", "sets", "property", "aliases", "name_zh", "name_en", "type", "unit", "length",
    "constraint", "condition", "list", "stage", "discipline", "phase", "severity", "evidence", "cite",
    "others", "precision", "min", "max", "scheme", "quality",
)  # fmt: skip

_E = TypeVar("_E", bound=StrEnum)

#: Columns that only rows about layers have a use for.
_OF_LAYERS = ("others", "precision", "min", "max", "scheme")
#: The template of tables that have none of their own.
_ANY_TABLE = "*"

#: M mandatory, C conditional, O optional: as Chinese data standards mark their fields (必选, 条件必选, 可选).
_CONSTRAINTS = {"M": "M", "C": "C", "O": "O", "必选": "M", "条件必选": "C", "可选": "O"}
_FACT = re.compile(r"[CMR]-[0-9]+", re.ASCII)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NEW_WORK = Not(Phase(one_of("existing", "demolished")))


_NUMBER = (
    r"IFC[A-Z]*MEASURE",
    "IFC(POSITIVE)?INTEGER",
    "IFCREAL",
    "REAL",
    "DOUBLE",
    "FLOAT[0-9]*",
    "DECIMAL",
    "U?INT[A-Z0-9]*",
)
_INTEGER = ("IFC(POSITIVE)?INTEGER", "IFCCOUNTMEASURE", "IFCDIMENSIONCOUNT", "U?INT[A-Z0-9]*")
_BOOLEAN = ("IFCBOOLEAN", "IFCLOGICAL", "BOOL(EAN)?", "LOGICAL")
#: Words for types; text and dates are not asked, because a text may hold any value.
_TYPES: Mapping[str, Restriction | None] = {
    "text": None, "label": None, "identifier": None, "date": None, "datetime": None, "文本": None, "日期": None,
    **{word: Typed(patterns=_NUMBER, word="number") for word in ("number", "real", "数值", "实数")},
    **{word: Typed(patterns=_INTEGER, word="integer") for word in ("integer", "整数")},
    **{word: Typed(patterns=_BOOLEAN, word="boolean") for word in ("boolean", "布尔")},
}  # fmt: skip


def read_tables(files: PackFiles, scope: Scope, pack: str, templates: Texts) -> list[Rule]:
    """The rules of all the pack's tables, by file and row. Raises PackError, with the row at fault."""
    rules: list[Rule] = []
    for path in files.under("tables"):
        table = PurePosixPath(path).stem
        texts = {language: tables.get(table, tables.get(_ANY_TABLE, {})) for language, tables in templates.items()}
        rows = read_sheet(files.content[path], path, TABLE_COLUMNS)
        rules += [_RowReader(row, scope.in_file(path).for_rule(), pack).rule(texts) for row in rows]
    return rules


class _RowReader:
    """Reads one row."""

    def __init__(self, row: Row, scope: Scope, pack: str) -> None:
        self.row = row
        self.cells = row.cells
        self.scope = scope
        self.file = scope.file
        self.pack = pack

    def rule(self, texts: Mapping[str, Mapping[str, str]]) -> Rule:
        cells = self.cells
        code = self._needed("code")
        constraint = self._constraint()
        stages = read_stages({"stage": list(split_cell(cells.get("stage")))}, "stage", self.file)
        severity = self._choice("severity", Severity, Severity.WARNING)
        values = {language: self._placeholders(language) for language in texts}
        sentences: dict[str, dict[str, str]] = {
            part: {
                language: fill(texts[language][part], values[language]) for language in texts if part in texts[language]
            }
            for part in TEXT_PARTS
        }
        return Rule(
            code=code,
            name=row_name(cells, self._layers()),
            pack=self.pack,
            severity=Severity.INFO if constraint == "O" and not self._grades_itself() else severity,
            where=self._where(constraint, stages),
            must=self._must(constraint),
            evidence=self._choice("evidence", Evidence, Evidence.MEMORY),
            # A field that nobody has marked M, C or O is not yet a requirement that a machine may judge.
            executable=Executable.MANUAL if constraint is None else Executable.FULL,
            cites=self._cites(),
            stages=stages,
            disciplines=frozenset(split_cell(cells.get("discipline"))),
            parameters=tuple(self.scope.used),
            file=self.file,
            line=self.row.number,
            quality=cells.get("quality") or ("attribute" if constraint == "O" else "completeness"),
            title=sentences["title"],
            message=sentences["message"],
            why=sentences["why"],
            fix=sentences["fix"],
        )

    def _grades_itself(self) -> bool:
        """A row about a layer says how bad a wrong value is, even of a field that may be left out."""
        return "severity" in self.cells and "entity" not in self.cells

    def _needed(self, column: str) -> str:
        if column not in self.cells:
            raise fault_at("cell_missing", self.file, self.row.number, column=column)
        return self.cells[column]

    def _constraint(self) -> str | None:
        word = self.cells.get("constraint")
        if word is None:
            return None
        if word.upper() not in _CONSTRAINTS:
            raise fault_at("unknown_constraint", self.file, self.row.number, word=word)
        return _CONSTRAINTS[word.upper()]

    def _choice(self, column: str, words: type[_E], default: _E) -> _E:
        word = self.cells.get(column)
        if word is None:
            return default
        if word not in [str(each) for each in words]:
            known = [str(each) for each in words]
            raise unknown("unknown_word", word, known, f"{self.file}:{self.row.number}", field=column)
        return words(word)

    def _where(self, constraint: str | None, stages: frozenset[str]) -> Condition:
        names = split_cell(self.cells.get("entity"))
        kinds = tuple(name.upper() for name in names) or self._layers()
        if not kinds:
            raise fault_at("cell_missing", self.file, self.row.number, column="entity")
        parts: list[Condition] = [Entity(exactly(kinds[0]) if len(kinds) == 1 else one_of(*kinds))]
        if constraint == "C":
            parts.append(self._condition(self._needed("condition")))
        # What is required of new work does not bind what stands already or goes away, unless the row is about that.
        if names and self.cells.get("phase", "new") != "any" and stages != {"既有"}:
            parts.append(_NEW_WORK)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _layers(self) -> tuple[str, ...]:
        """The names of the layers that the row speaks of; none for a row about IFC elements."""
        return layer_names(split_cell(self.cells.get("layer")), self.scope) if "entity" not in self.cells else ()

    def _condition(self, text: str) -> Condition:
        """A named condition of the pack, or one written in the cell as YAML."""
        place = f"{self.file}:{self.row.number}"
        if text.startswith("{"):
            return read_condition(parse_yaml(text, place), self.scope.in_file(place))
        return read_condition({"condition": text}, self.scope.in_file(place))

    def _must(self, constraint: str | None) -> Condition:
        layers = self._layers()
        if layers:
            return field_check(self.row, self.scope.in_file(self.file), layers, constraint)
        for column in _OF_LAYERS:
            if column in self.cells:
                raise fault_at("cell_of_layers", self.file, self.row.number, column=column)
        value = self._value()
        optional = constraint == "O" and value is not None
        sets = split_cell(self.cells.get("sets")) or ("*",)
        names = (self._needed("property"), *split_cell(self.cells.get("aliases")))
        return property_condition(
            tuple(matching(".*") if name == "*" else folded(name) for name in sets),
            tuple(folded(name) for name in names),
            value=value,
            datatype=self._datatype(),
            cardinality=Cardinality.OPTIONAL if optional else Cardinality.REQUIRED,
        )

    def _value(self) -> Restriction | None:
        listed, length = self.cells.get("list"), self.cells.get("length")
        if listed is not None:
            codes = split_cell(listed)
            if len(codes) == 1:
                codes = self.scope.in_file(f"{self.file}:{self.row.number}").codes(codes[0])
            return one_of(*codes)
        if length is None:
            return None
        if not length.isdecimal():
            raise fault_at("cell_length", self.file, self.row.number, found=length)
        return Restriction(max_length=int(length))

    def _datatype(self) -> Restriction | None:
        word = self.cells.get("type")
        if word is None:
            return None
        if word[:3].upper() == "IFC":
            return one_of(*(name.upper() for name in split_cell(word)))
        if word not in _TYPES:
            raise unknown("unknown_word", word, [*_TYPES, "IFCLABEL"], f"{self.file}:{self.row.number}", field="type")
        return _TYPES[word]

    def _cites(self) -> tuple[Cite, ...]:
        """`C-47; https://...; name of a document`, in any order."""
        fact = url = document = note = None
        for part in split_cell(self.cells.get("cite")):
            if _FACT.fullmatch(part):
                fact = part if fact is None else f"{fact}, {part}"
            elif part.startswith(("http://", "https://")):
                url = part
            elif document is None:
                document = part
            else:
                note = part if note is None else f"{note}; {part}"
        if fact is url is document is None:
            return ()
        return (Cite(document=document, fact=fact, url=url, note=note),)

    def _placeholders(self, language: str) -> dict[str, str]:
        cells = self.cells
        name = cells.get(f"name_{language}") or cells.get("name_zh") or cells.get("name_en") or cells["property"]
        unit = cells.get("unit")
        return {
            "name": name,
            "entity": cells.get("entity") or cells.get("layer", ""),
            "set": _first_few(split_cell(cells.get("sets"))),
            "property": cells["property"],
            "unit": unit or "—",
            "in_unit": _IN_UNIT.get(language, _IN_UNIT["en"]).format(unit=unit) if unit else "",
            "list": cells.get("list", ""),
        }


#: `{in_unit}` of a row's texts: nothing for a row without a unit.
_IN_UNIT = {"zh": "（单位：{unit}）", "en": " (unit: {unit})"}


def _first_few(sets: tuple[str, ...]) -> str:
    """Sets as a sentence names them: the standard one first, of many others a few; the rule's page has all."""
    return (" / ".join(sets[:3]) + (" …" if len(sets) > 3 else "")) or "*"


def row_name(cells: Mapping[str, str], layers: tuple[str, ...] = ()) -> str:
    """The defect's name, from what the row asks: `wall-without-fire-rating`. layers: all names of the row's layers, of
    which an English one is taken (capitals alone are a code)."""
    kinds = split_cell(cells.get("entity") or cells.get("layer"))
    english = next((name for name in layers if name.isascii() and not name.isupper()), None)
    kind = english or (kinds[0] if kinds else "")
    what = _kebab(cells.get("name_en", "")) or _kebab(cells.get("property", "")) or "value"
    return f"{_kebab(kind.removeprefix('Ifc')) or 'feature'}-without-{what}"


def _kebab(text: str) -> str:
    """ASCII words joined by hyphens; empty for a name in Chinese."""
    return re.sub(r"[^a-z0-9]+", "-", _CAMEL.sub("-", text).lower()).strip("-") if text.isascii() else ""

"""Templates of sentences filled column-wise: a hundred thousand sentences are a few expressions.

A placeholder can only name a column or a value that the finding brings; nothing in it is ever evaluated.
"""

from __future__ import annotations

import re
from functools import lru_cache
from string import Formatter

import polars as pl

from cimkit.locales import has_text, template

__all__ = ["LONGEST_VALUE", "filled", "kind_text", "named_subject", "room_of", "short"]

#: A value longer than this is shortened inside a sentence, with a word on its true length; data formats keep it whole.
LONGEST_VALUE = 200
#: Columns that a template may name besides the values that a reason brings.
_COLUMNS = {"found": "found", "expected": "expected", "storey": "s_storey", "kind": "s_kind"}
#: Closed lists of words that checks and readers use: (start of the reason, placeholder) -> start of their locale keys.
_CLOSED_LISTS = {
    ("", "detail"): "detail",
    ("", "aspect"): "aspect",
    ("header_", "field"): "field",
    ("declared_", "field"): "stated",
    ("catalogue_missing", "constraint"): "owed",
    ("code_", "expected"): "scheme",
    ("field_wrong_type", "expected"): "typed",
    ("field_declared_as", "expected"): "typed",
    ("defect_form_wrong_type", "expected"): "kind",
    ("phase_", "found"): "phased",
    ("phase_", "expected"): "phased",
}
#: Start of a reason -> the locale file that has its sentence; findings.yaml has those of all others.
_ROOMS = {
    "defect_city_": "city",
    "geometry_": "city",
    "defect_form_": "projects",
    "defect_deliverable_": "projects",
    "defect_nested_project": "projects",
    "defect_path_outside": "projects",
}
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
#: From so many values on it pays to look for the different ones.
_MANY = 200
_LINE = r"^[0-9]+(:[0-9]+)?$"
_NUMBER = r"(-?[0-9.]*[0-9]%?)"


def room_of(reason: str) -> str:
    """The locale file that has the sentence of a reason."""
    return next((room for start, room in _ROOMS.items() if reason.startswith(start)), "findings")


def _word_keys(kind: str, reason: str) -> str:
    """Start of the locale keys of a closed list's words, as a reason uses them."""
    if kind == "detail" and reason.startswith("defect_tiles_"):  # 3D Tiles has words of its own for each kind
        return f"tiles.{reason.removeprefix('defect_tiles_')}"
    return f"{room_of(reason)}.{kind}"


def filled(sentence: str, reason: str, lang: str, *, own: bool = False) -> pl.Expr:
    """A template as one string expression over the columns of `reading.detailed` and `subject_text`.

    A part in square brackets is left out when a value in it is missing; not so in a rule's `own` message, where a
    bracket is a bracket.
    """
    nothing = template("findings.nothing", lang)
    pieces: list[pl.Expr] = []
    for number, part in enumerate([sentence] if own else _OPTIONAL.split(sentence)):
        exprs = [_literal_or_value(literal, name, reason, lang) for literal, name in _parts(part)]
        optional = number % 2 == 1
        told = [value if optional else value.fill_null(nothing) for pair in exprs for value in pair]
        if told:
            whole = pl.concat_str(told)
            pieces.append(whole.fill_null("") if optional else whole)
    return pl.concat_str(pieces) if pieces else pl.lit("")


def _literal_or_value(literal: str, name: str | None, reason: str, lang: str) -> list[pl.Expr]:
    value = [] if name is None else [pl.col("subject_text") if name == "subject" else _value(name, reason, lang)]
    return [pl.lit(literal), *value] if literal else value


def named_subject(lang: str) -> pl.Expr:
    """How a sentence names its subject: `外墙-200（IfcWall #12）`, or the file, `文件 A.ifc（第 7 行）`."""
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    own = pl.when(pl.col("locator").eq_missing(pl.col("s_locator"))).then(None).otherwise(pl.col("locator"))
    before, _, after = template("findings.line", lang).partition("{line}")
    line = pl.concat_str([pl.lit(before), own, pl.lit(after)])
    own = pl.when(own.str.contains(_LINE)).then(line).otherwise(own)
    bracketed = pl.concat_str([pl.lit(opening), own, pl.lit(closing)]).fill_null("")
    where = pl.concat_str([kind_text(lang), "s_locator"], separator=" ", ignore_nulls=True)
    comma = pl.lit("，" if lang == "zh" else ", ")
    both = pl.concat_str([where, comma, own]).fill_null(where)
    nameless = pl.col("s_name").is_null() | (pl.col("s_name") == "")
    thing = (
        pl.when(nameless)
        .then(pl.concat_str([where, bracketed]))
        .otherwise(pl.concat_str([short(pl.col("s_name"), lang), pl.lit(opening), both, pl.lit(closing)]))
    )
    before, _, after = template("findings.source_subject", lang).partition("{path}")
    source = pl.concat_str([pl.lit(before), pl.col("path"), pl.lit(after), bracketed])
    return pl.when(pl.col("subject").is_null()).then(source).otherwise(thing)


def kind_text(lang: str) -> pl.Expr:
    """The kind of a finding's subject: one of cimkit's own words in this language, a class of IFC as it is."""
    return pl.col("s_kind").map_batches(_Translation("report.kind", lang), return_dtype=pl.String)


def short(value: pl.Expr, lang: str) -> pl.Expr:
    """The value, cut after LONGEST_VALUE characters with a word on how long it is."""
    return value.map_batches(_Shortening(lang), return_dtype=pl.String)


class _Shortening:
    """A function of a column, since an expression would find the value anew for each place that it takes there."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, values: pl.Series) -> pl.Series:
        length = values.str.len_chars()
        if (length.max() or 0) <= LONGEST_VALUE:  # type: ignore[operator]
            return values
        before, _, after = template("findings.shortened", self.lang).partition("{count}")
        cut = pl.concat_str([values.str.head(LONGEST_VALUE), pl.lit(before), length.cast(pl.String), pl.lit(after)])
        return pl.select(pl.when(length > LONGEST_VALUE).then(cut).otherwise(values)).to_series()


def _value(name: str, reason: str, lang: str) -> pl.Expr:
    """What stands for a placeholder: a column, else a value of the finding; null without either."""
    value = pl.col("values").map_batches(_Told(name), return_dtype=pl.String)
    if name in _COLUMNS:
        value = pl.coalesce(_COLUMNS[name], value)
    if name != "found":
        value = value.replace(["*", "/.*/"], template("findings.anything", lang))
    if name == "expected":
        value = _readable_range(value)
    if name == "found":
        value = value.str.replace(r"^(-?[0-9]+)\.$", "$1")  # a whole number as STEP writes it: 14000.
    for (start, placeholder), kind in _CLOSED_LISTS.items():
        if placeholder == name and reason.startswith(start):
            value = value.map_batches(_Translation(_word_keys(kind, reason), lang), return_dtype=pl.String)
    return short(value, lang)


class _Told:
    """A value that findings bring, read once of each different text: most findings of a rule bring the same."""

    def __init__(self, name: str) -> None:
        self.path = f"$.{name}"

    def __call__(self, values: pl.Series) -> pl.Series:
        different = values.unique() if len(values) > _MANY else values
        if 2 * len(different) > len(values):
            return values.str.json_path_match(self.path)
        return values.replace_strict(different, different.str.json_path_match(self.path), return_dtype=pl.String)


def _readable_range(value: pl.Expr) -> pl.Expr:
    """`1..` reads as `≥ 1`, `..3` as `≤ 3`, `1..3` as `1 ~ 3`."""
    return (
        value.str.replace(rf"^{_NUMBER}\.\.$", "≥ $1")
        .str.replace(rf"^\.\.{_NUMBER}$", "≤ $1")
        .str.replace(rf"^{_NUMBER}\.\.{_NUMBER}$", "$1 ~ $2")
    )


class _Translation:
    """Words of a closed list as the locale files say them; a word that they do not have stays as it is."""

    def __init__(self, start: str, lang: str) -> None:
        self.start, self.lang = start, lang

    def __call__(self, values: pl.Series) -> pl.Series:
        """One word, or several joined by ` | `."""
        known = {value: self._each(value) for value in values.unique().drop_nulls()}
        return values.replace_strict(known, return_dtype=pl.String) if known else values

    def _each(self, value: str) -> str:
        keys = [(f"{self.start}_{word}", word) for word in value.split(" | ")]
        said = [template(key, self.lang) if has_text(key, self.lang) else word for key, word in keys]
        return " | ".join(said)


@lru_cache(maxsize=1024)
def _parts(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """Literals and the placeholders after them. What is no plain name, or no template, stays as it is written."""
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError:
        return ((sentence, None),)
    parts: list[tuple[str, str | None]] = []
    for literal, name, _, _ in parsed:
        if name is None or name.isidentifier():
            parts.append((literal, name))
        else:
            parts.append((f"{literal}{{{name}}}", None))
    return tuple(parts)

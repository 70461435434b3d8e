"""What a value may be: an IDS `simpleValue` or an `xs:restriction`, asked of distinct values and of names.

Semantics are those of buildingSMART's IDS 1.0 (developer guide, data types, user manual):
a value is compared by its own type. Reals are equal within 1e-6 of the wanted number plus 1e-6, integers exactly,
text with its case, booleans by `true`, `false`, `1`, `0`. Bounds have no tolerance; patterns and lengths are for text.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import numpy as np
import polars as pl
from msgspec import Struct

from cimkit.facts.columns import BoolArray, FloatArray, State, Values
from cimkit.facts.names import narrow_name
from cimkit.rules.patterns import PatternError, to_rust
from cimkit.rules.timeline import TIMELINES

__all__ = ["BOOLEAN_TYPES", "INTEGER_TYPES", "Restriction", "exactly", "fold_name", "fold_names", "matching", "one_of"]

#: Data types whose values are `true` and `false`.
BOOLEAN_TYPES = frozenset({"BOOLEAN", "BOOL", "LOGICAL", "IFCBOOLEAN", "IFCLOGICAL", "IFCSTRIPPEDOPTIONAL"})

#: Data types that hold whole numbers: compared exactly, and only with literals written as whole numbers.
INTEGER_TYPES = frozenset(
    {
        "INTEGER", "INT", "IFCINTEGER", "IFCPOSITIVEINTEGER", "IFCCOUNTMEASURE", "IFCDIMENSIONCOUNT",
        "IFCINTEGERCOUNTRATEMEASURE", "IFCCARDINALPOINTREFERENCE", "IFCTIMESTAMP", "IFCDAYINMONTHNUMBER",
        "IFCDAYINWEEKNUMBER", "IFCMONTHINYEARNUMBER", "IFCYEARNUMBER", "IFCHOURINDAY", "IFCMINUTEINHOUR",
        "IFCDAYLIGHTSAVINGHOUR",
    }
)  # fmt: skip

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: Bounds compare after rounding to this many digits: a millimetre times 0.001 is not always the literal in metres.
_BOUND_DIGITS = 12
#: The edges of the tolerance are finer than that.
_EDGE_DIGITS = 15
_TOLERANCE = Decimal("1e-6")
#: A model has few distinct names: below this a plain loop is far quicker than a chain of column operations.
_FEW = 2000
#: What Unicode calls white space; Python's own idea of it has four control characters more.
#: Beyond this no double reaches.
_MAX_EXPONENT = 400


class Restriction(Struct, frozen=True):
    """What a value or a name may be. All kinds of limit given hold together; texts and patterns are alternatives.

    base    XSD base type without prefix (`string`, `double`, `date` ...); "" for a `simpleValue`, which has none
    values  the one simple value, or the enumeration
    fold    compare folded: width (NFKC), spaces, brackets and the prefix `Pset_` do not count, case does. Not IDS
    """

    base: str = "string"
    values: tuple[str, ...] = ()
    simple: bool = False
    patterns: tuple[str, ...] = ()
    min_inclusive: str | None = None
    max_inclusive: str | None = None
    min_exclusive: str | None = None
    max_exclusive: str | None = None
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    fold: bool = False

    def accepts(self, values: Values) -> BoolArray:
        """Which of the distinct values it accepts (n). Only values that are present can be accepted.

        Raises PatternError for a pattern that is not XSD's or is too large.
        """
        present = values.state == State.PRESENT
        truth = present & _is_in(values.datatype, BOOLEAN_TYPES)
        numeric = present & ~truth & ~np.isnan(values.number)
        integer = numeric & _is_in(values.datatype, INTEGER_TYPES)
        text = present & ~truth & ~numeric

        accepted = np.zeros(len(values), bool)
        if truth.any() and not self._limits_text and not self.is_range:
            accepted[truth] = self._accepts_truth(values.text.filter(pl.Series(truth)))
        for mask, whole in ((integer, True), (numeric & ~integer, False)):
            if mask.any() and not self._limits_text:
                accepted[mask] = self._accepts_numbers(values.number[mask], whole=whole)
        if text.any() and self._digits is None:
            accepted[text] = self._accepts_strings(values.text.filter(pl.Series(text)), loose=False)
        return accepted

    def accepts_text(self, names: pl.Series) -> BoolArray:
        """Which of the names it accepts (n): pure text; a bound reads a name as the number it spells."""
        if self.names_only and not self.fold:
            return _is_in(names, frozenset(self.values))
        return self._accepts_strings(names, loose=True)

    __call__ = accepts_text

    def exact_texts(self) -> frozenset[str] | None:
        """The texts it names, if it names texts and nothing else."""
        return frozenset(self.values) if self.names_only and not self.fold else None

    def __hash__(self) -> int:
        # restrictions are keys wherever a question is asked once: the texts alone tell most of them apart
        return hash((self.values, self.patterns))

    @property
    def is_range(self) -> bool:
        """Whether it sets a bound."""
        return any(bound is not None for bound, _, _ in self._bounds())

    def describe(self) -> str:
        """In short, for `expected`: `REI30 | REI60`, `/[A-Z]+/`, `>= 3, < 5`, `length 3..6`."""
        parts = [" | ".join(self.values)] if self.values else []
        if self.patterns:
            parts.append(" | ".join(f"/{pattern}/" for pattern in self.patterns))
        parts += [f"{sign} {bound}" for bound, sign, _ in self._bounds() if bound is not None]
        if self.length is not None:
            parts.append(f"length {self.length}")
        if self.min_length is not None or self.max_length is not None:
            low = "0" if self.min_length is None else str(self.min_length)
            parts.append(f"length {low}..{'' if self.max_length is None else self.max_length}")
        if self._digits is not None:
            total, fraction = (("" if n is None else str(n)) for n in self._digits)
            parts.append(f"digits {total}.{fraction}")
        return ", ".join(parts)

    @property
    def names_only(self) -> bool:
        """Whether it lists what it accepts and sets no other limit."""
        return bool(self.values) and not (self._limits_text or self.is_range or self._digits is not None)

    # --- what it limits -------------------------------------------------------------------------------------------

    @property
    def _limits_text(self) -> bool:
        return bool(self.patterns) or not (self.length is None and self.min_length is None and self.max_length is None)

    @property
    def _digits(self) -> tuple[int | None, int | None] | None:
        if self.total_digits is None and self.fraction_digits is None:
            return None
        return self.total_digits, self.fraction_digits

    def _bounds(self) -> tuple[tuple[str | None, str, bool], ...]:
        """(bound, sign, inclusive) of each side."""
        return (
            (self.min_inclusive, ">=", True),
            (self.min_exclusive, ">", False),
            (self.max_inclusive, "<=", True),
            (self.max_exclusive, "<", False),
        )

    # --- by type --------------------------------------------------------------------------------------------------

    def _accepts_truth(self, texts: pl.Series) -> BoolArray:
        if not self.values:
            return np.ones(len(texts), bool)
        wanted = {("true" if _TRUTH[value] else "false") for value in self.values if value in _TRUTH}
        return _is_in(texts, frozenset(wanted))

    def _accepts_numbers(self, numbers: FloatArray, *, whole: bool) -> BoolArray:
        accepted = np.ones(len(numbers), bool)
        if self.values:
            accepted = np.zeros(len(numbers), bool)
            for value in self.values:
                accepted |= _equal_integers(numbers, value) if whole else _equal_reals(numbers, value)
        for bound, sign, inclusive in self._bounds():
            if bound is not None:
                accepted &= _beyond(numbers, read_real(bound), below=sign.startswith("<"), inclusive=inclusive)
        if self._digits is not None:
            accepted &= np.fromiter((_has_digits(x, *self._digits) for x in numbers), bool, len(numbers))
        return accepted

    def _accepts_strings(self, texts: pl.Series, *, loose: bool) -> BoolArray:
        if self.fold and len(texts) <= _FEW and not self._limits_text and not self.is_range:
            wanted = _folded(self.values)
            known = (text is not None and (not wanted or fold_name(text) in wanted) for text in texts)
            return np.fromiter(known, bool, len(texts))
        texts = texts if texts.dtype == pl.String else texts.cast(pl.String)
        accepted = np.ones(len(texts), bool) if not texts.null_count() else texts.is_not_null().to_numpy().copy()
        compared = fold_names(texts) if self.fold else texts
        if self.values:
            accepted &= _is_in(compared, _folded(self.values) if self.fold else frozenset(self.values))
        if self.patterns:
            accepted &= self._accepts_patterns(compared)
        if self._limits_text:
            accepted &= self._accepts_lengths(texts)
        if self.is_range:
            accepted &= self._accepts_spelt(texts, loose=loose)
        return accepted

    def _accepts_patterns(self, texts: pl.Series) -> BoolArray:
        regex = _joined(self.patterns)
        try:
            return _false_for_null(texts.str.contains(regex, strict=True))
        except pl.exceptions.ComputeError as error:
            raise PatternError("too_large", " | ".join(self.patterns), 1) from error

    def _accepts_lengths(self, texts: pl.Series) -> BoolArray:
        if len(texts) <= _FEW:
            sizes = np.fromiter((len(text or "") for text in texts.to_list()), np.int64, len(texts))
        else:
            sizes = texts.str.len_chars().fill_null(0).to_numpy()
        accepted: BoolArray = np.ones(len(texts), bool)
        if self.length is not None:
            accepted &= sizes == self.length
        if self.min_length is not None:
            accepted &= sizes >= self.min_length
        if self.max_length is not None:
            accepted &= sizes <= self.max_length
        return accepted

    def _accepts_spelt(self, texts: pl.Series, *, loose: bool) -> BoolArray:
        """Bounds on text: dates, times and durations by their order; as a number only where `loose`."""
        timeline = TIMELINES.get(self.base)
        if timeline is not None:
            bounds = [(bound, sign) for bound, sign, _ in self._bounds() if bound is not None]
            judged = (text is not None and all(timeline(text, sign, bound) for bound, sign in bounds) for text in texts)
            return np.fromiter(judged, bool, len(texts))
        if not loose:
            return np.zeros(len(texts), bool)
        numbers = texts.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        accepted: BoolArray = ~np.isnan(numbers)
        for bound, sign, inclusive in self._bounds():
            if bound is not None:
                accepted &= _beyond(numbers, read_real(bound), below=sign.startswith("<"), inclusive=inclusive)
        return accepted


def exactly(text: str) -> Restriction:
    """One text, number or boolean, as an IDS `simpleValue`."""
    return Restriction(base="", values=(text,), simple=True)


def one_of(*texts: str) -> Restriction:
    """One of several."""
    return Restriction(values=texts)


def matching(*patterns: str) -> Restriction:
    """Text that one of these XSD patterns matches as a whole."""
    return Restriction(patterns=patterns)


def fold_names(names: pl.Series) -> pl.Series:
    """Names without what people write differently: width, spaces, form of brackets, the prefix `Pset_`."""
    narrow = names.cast(pl.String).str.normalize("NFKC").str.replace_all(r"\s+", "")
    opened = narrow.str.replace_all(r"[\[{【〔〖「『〈《]", "(")
    return opened.str.replace_all(r"[\]}】〕〗」』〉》]", ")").str.strip_prefix("Pset_")


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """The same for one name."""
    return narrow_name(name).removeprefix("Pset_")


def read_real(literal: str) -> Decimal | None:
    """The number a literal of XSD's double spells (a dot, no separators of thousands); None if it spells none."""
    text = literal.strip()
    if _REAL.fullmatch(text) is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if abs(number.adjusted()) < _MAX_EXPONENT else None


# --- comparisons --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold_name(name) for name in names)


@lru_cache(maxsize=4096)
def _joined(patterns: tuple[str, ...]) -> str:
    return "|".join(to_rust(pattern) for pattern in patterns)


def _is_in(texts: pl.Series, wanted: frozenset[str]) -> BoolArray:
    if not wanted:
        return np.zeros(len(texts), bool)
    if len(texts) <= _FEW:
        return np.fromiter((text in wanted for text in texts.to_list()), bool, len(texts))
    return _false_for_null(texts.cast(pl.String).is_in(sorted(wanted)))


def _false_for_null(answers: pl.Series) -> BoolArray:
    if answers.null_count():
        answers = answers.fill_null(value=False)
    mask: BoolArray = answers.to_numpy().astype(bool)
    return mask


def _equal_integers(numbers: FloatArray, literal: str) -> BoolArray:
    if _INTEGER.fullmatch(literal.strip()) is None:
        return np.zeros(len(numbers), bool)
    same: BoolArray = np.equal(numbers, float(literal))
    return same


def _equal_reals(numbers: FloatArray, literal: str) -> BoolArray:
    wanted = read_real(literal)
    if wanted is None:
        return np.zeros(len(numbers), bool)
    slack = abs(wanted) * _TOLERANCE + _TOLERANCE
    low = _beyond(numbers, wanted - slack, below=False, inclusive=True, digits=_EDGE_DIGITS)
    return low & _beyond(numbers, wanted + slack, below=True, inclusive=True, digits=_EDGE_DIGITS)


def _beyond(
    numbers: FloatArray, bound: Decimal | None, *, below: bool, inclusive: bool, digits: int = _BOUND_DIGITS
) -> BoolArray:
    """Which numbers lie on the wanted side of the bound. What is the bound within `digits` digits lies on it."""
    if bound is None:
        return np.zeros(len(numbers), bool)
    edge = float(bound)
    beyond: BoolArray = numbers < edge if below else numbers > edge
    with np.errstate(over="ignore", invalid="ignore"):  # at the ends of what a double can hold, nothing is close
        close = np.flatnonzero(np.abs(numbers - edge) <= abs(edge) * 10.0 ** (1 - digits))
    if len(close):  # few, if any: only those are spelt out
        spelt = f"{edge:.{digits - 1}e}"
        same = np.fromiter((f"{x:.{digits - 1}e}" == spelt or x == edge for x in numbers[close]), bool, len(close))
        beyond[close[same]] = inclusive
    return beyond


def _has_digits(number: float, total: int | None, fraction: int | None) -> bool:
    """XSD's totalDigits and fractionDigits, of the shortest decimal that is the number."""
    if not np.isfinite(number):
        return False
    _, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    decimals = max(0, -int(exponent))
    whole = max(len(digits) + int(exponent), 0)
    return (total is None or whole + decimals <= total) and (fraction is None or decimals <= fraction)

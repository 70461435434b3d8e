"""What one property instance must do, by how IFC keeps it (IDS, "Supported types of properties").

Of a list, an enumeration or a table one value must match, or all of them when a range is asked; a bounded value must
lie within a range with both its bounds, and contains the single value that is asked for.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from cimkit.facts.columns import BoolArray, Column, IntArray, PropertyColumn, Role, State
from cimkit.facts.spelt_numbers import as_written, with_spelt_numbers
from cimkit.rules.conditions import Property
from cimkit.rules.restriction import Restriction

__all__ = ["Judged", "judge_column"]


class Judged(Struct, frozen=True):
    """One property column under one facet, per property instance: whose it is, whether anything but null stands
    there, whether it has a value, one of the right datatype, and one that is allowed."""

    column: PropertyColumn
    sid: IntArray
    written: BoolArray
    filled: BoolArray
    typed: BoolArray
    good: BoolArray


def judge_column(property_column: PropertyColumn, facet: Property) -> Judged:
    column = property_column.column
    if column.owner is None and column.role is not None:  # one row an instance, but it may be one bound of two
        column = column._replace(owner=np.arange(len(column.sid), dtype=np.int32))
        property_column = property_column._replace(column=column)
    states = column.row_states()
    written, present = states != State.NULL, states == State.PRESENT
    typed = present
    if facet.datatype is not None:
        right = facet.datatype.accepts_text(column.values.datatype.fill_null(""))
        typed = present & column.spread(right)
    values = column.values
    if facet.value is not None and "field" in property_column.kinds:  # a table's types are nobody's promise
        if facet.value.base == "double":
            values = with_spelt_numbers(values)
        elif facet.value.patterns:
            values = as_written(values)
    allowed = typed if facet.value is None else typed & column.spread(facet.value.accepts(values))
    if column.owner is None:
        return Judged(property_column, column.sid, written, present, typed, allowed)
    return _by_instance(property_column, facet.value, written, present, typed, allowed)


def _by_instance(
    property_column: PropertyColumn,
    value: Restriction | None,
    written: BoolArray,
    present: BoolArray,
    typed: BoolArray,
    allowed: BoolArray,
) -> Judged:
    """From rows (values of a list, bounds) to property instances."""
    column = property_column.column
    assert column.owner is not None
    starts = (
        np.flatnonzero(np.r_[True, column.owner[1:] != column.owner[:-1]]) if len(column.owner) else np.zeros(0, int)
    )

    def any_of(rows: BoolArray) -> BoolArray:
        return np.logical_or.reduceat(rows, starts) if len(starts) else np.zeros(0, bool)

    sid = column.sid[starts]
    filled, of_type, good = any_of(present), any_of(typed), any_of(allowed)
    if value is not None and value.is_range:
        good &= ~any_of(typed & ~allowed)  # every value must lie within the range
    role = column.role
    if role is not None and value is not None:
        lower, upper = role == Role.LOWER, role == Role.UPPER
        bounded = any_of(lower | upper | (role == Role.SETPOINT))
        if bounded.any():
            good = np.where(bounded, _bounded(column, value, typed, allowed, starts), good)
    return Judged(property_column, sid, any_of(written), filled, of_type, good)


def _bounded(column: Column, value: Restriction, typed: BoolArray, allowed: BoolArray, starts: IntArray) -> BoolArray:
    """Bounded values: within a range with both bounds, or around a single value."""
    assert column.role is not None
    lower = typed & (column.role == Role.LOWER)
    upper = typed & (column.role == Role.UPPER)
    set_point = typed & (column.role == Role.SETPOINT)
    reduce_any = np.logical_or.reduceat
    has_lower, has_upper = reduce_any(lower, starts), reduce_any(upper, starts)
    some = has_lower | has_upper | reduce_any(set_point, starts)
    if value.is_range:
        outside = reduce_any((lower | upper) & ~allowed, starts)  # a set point is neither bound, and does not count
        lacks_lower = (value.min_inclusive is not None or value.min_exclusive is not None) & ~has_lower
        lacks_upper = (value.max_inclusive is not None or value.max_exclusive is not None) & ~has_upper
        within: BoolArray = some & ~outside & ~lacks_lower & ~lacks_upper
        return within
    wanted = _single_numbers(value)
    if not wanted:
        matched: BoolArray = reduce_any(allowed, starts)
        return matched
    numbers = column.spread(column.values.number)
    low = np.fmax.reduceat(np.where(lower, numbers, -np.inf), starts)
    high = np.fmin.reduceat(np.where(upper, numbers, np.inf), starts)
    matching = reduce_any(allowed, starts)
    inside = np.zeros(len(starts), bool)
    for number in wanted:
        slack = abs(number) * 1e-6 + 1e-6  # IDS's equality of reals
        inside |= (low <= number + slack) & (number - slack <= high)
    # with a set point one of the three must be the value; without, the bounds must enclose it
    inside = np.where(reduce_any(set_point, starts), matching, matching | inside)
    contained: BoolArray = some & inside
    return contained


def _single_numbers(value: Restriction) -> list[float]:
    numbers = []
    for text in value.values:
        try:
            numbers.append(float(text))
        except ValueError:
            continue
    return numbers

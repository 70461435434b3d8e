"""Property tables: metadata of many tiles or contents in binary columns.

Source: OGC 22-025r4, 3D Metadata Specification (Binary Table Format) and Property Table Implementation;
propertyTable.schema.json, propertyTable.property.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.buffers import Buffers, BufferView
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.entities import find_class
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.metadata_types import COMPONENTS, FLOATS, OFFSET_TYPES, SIZES
from cimkit.readers.tiles.metadata_values import ClassProperty, Schema, check_value, final_value, limits_hold
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["read_property_table"]

_Offsets = npt.NDArray[np.uint64]


def read_property_table(
    value: Mapping[str, Any], place: Place, schema: Schema | None, buffers: Buffers, shapes: Shapes, use: ExtensionUse
) -> int | None:
    """Check a table; its number of rows, None when it says none. schema: None when it is not known here."""
    use.look(value, place)
    shapes.text(value, "name", place, least=1)
    class_id = shapes.text(value, "class", place, required=True)
    count = shapes.integer(value, "count", place, required=True, least=1)
    columns = shapes.mapping(value, "properties", place, least=1)
    found = find_class(class_id, place.at("class"), schema, shapes) if class_id is not None and schema else None
    for key in columns or {}:
        column = shapes.mapping(columns or {}, key, place.at("properties"))
        if column is None:
            continue
        at = place.at("properties", key)
        views = _read_column(column, at, buffers, shapes, use)
        if found is None or count is None:
            continue
        if key not in found.properties:
            shapes.ledger.add("tiles_identifier", "property", at, key, " | ".join(found.properties))
        elif (prop := found.properties[key]) is not None and views is not None:
            _Column(prop, column, views, at, shapes).check(count)
    for key, prop in found.properties.items() if found else ():
        if prop is not None and prop.required and key not in (columns or {}):
            shapes.ledger.add("tiles_metadata_value", "required", place.at("properties", key), expected=key)
    return count


def _read_column(
    column: Mapping[str, Any], place: Place, buffers: Buffers, shapes: Shapes, use: ExtensionUse
) -> dict[str, BufferView] | None:
    """The buffer views of a column by the names of their indices; None when one is missing or broken."""
    use.look(column, place)
    views: dict[str, BufferView] = {}
    whole = True
    for name in ("values", "arrayOffsets", "stringOffsets"):
        index = shapes.integer(column, name, place, required=name == "values", least=0)
        if index is None:
            whole = whole and name != "values" and name not in column
        elif index >= len(buffers.views):
            shapes.ledger.add("tiles_identifier", "buffer_view", place.at(name), index, f"0..{len(buffers.views) - 1}")
            whole = False
        elif (view := buffers.views[index]) is not None:
            views[name] = view
        else:
            whole = False
    for name in ("arrayOffsetType", "stringOffsetType"):
        if shapes.text(column, name, place, among=OFFSET_TYPES) is None and name in column:
            whole = False
    return views if whole else None


class _Column:
    """One column with its class property and its buffer views."""

    def __init__(
        self, prop: ClassProperty, column: Mapping[str, Any], views: dict[str, BufferView], place: Place, shapes: Shapes
    ) -> None:
        self.prop = prop
        self.column = column
        self.views = views
        self.place = place
        self.shapes = shapes

    def _add(self, detail: str, name: str, found: Any = None, expected: Any = None) -> None:
        self.shapes.ledger.add("tiles_property_table", detail, self.place.at(name), found, expected)

    def check(self, rows: int) -> None:
        """Compare the lengths of the columns's views with the number of rows, and the values with their bounds."""
        prop = self.prop
        if not self._offsets_fit_type():
            return
        elements: int | None = rows * (prop.count or 1)
        if prop.is_variable:
            offsets = self._offsets("arrayOffsets", rows)
            elements = int(offsets[-1]) if offsets is not None else None
        if elements is None:
            return
        if prop.type == "STRING":
            offsets = self._offsets("stringOffsets", elements)
            length = int(offsets[-1]) if offsets is not None else None
        elif prop.type == "BOOLEAN":
            length = (elements + 7) // 8
        else:
            size = SIZES[prop.component or "FLOAT64"]
            length = elements * COMPONENTS.get(prop.type, 1) * size
            if self.views["values"].offset % size:
                self._add("alignment", "values", self.views["values"].offset, f"n * {size}")
        if length is None:
            return
        if self.views["values"].length != length:
            self._add("values_length", "values", self.views["values"].length, length)
        else:
            self._check_data(elements)

    def _offsets_fit_type(self) -> bool:
        before = len(self.shapes.ledger)
        for name, needed in (("arrayOffsets", self.prop.is_variable), ("stringOffsets", self.prop.type == "STRING")):
            if needed and name not in self.column:
                self._add("offsets_missing", name, expected=name)
            elif name in self.column and not needed:
                self._add("offsets_unneeded", name, self.prop.type)
        for name in ("offset", "scale", "min", "max"):
            if name not in self.column:
                continue
            if not self.prop.is_numeric or self.prop.is_variable:
                self._add("bound_not_for_type", name, self.prop.type)
            elif name in ("offset", "scale") and not (self.prop.normalized or self.prop.component in FLOATS):
                self._add("bound_not_for_type", name, self.prop.component)
            else:
                check_value(self.column[name], self.prop, self.place.at(name), self.shapes, floating=True)
        return len(self.shapes.ledger) == before

    def _offsets(self, name: str, count: int) -> _Offsets | None:
        """The offsets, count + 1 of them and never falling; None when they are not (written down) or not to be had."""
        kind = str(self.column.get(f"{name[:-1]}Type", "UINT32"))
        view = self.views[name]
        size = SIZES[kind]
        if view.offset % size:
            self._add("alignment", name, view.offset, f"n * {size}")
        if view.length != (count + 1) * size:
            self._add("offsets_length", name, view.length, (count + 1) * size)
            return None
        if view.data is None:
            return None
        offsets = np.frombuffer(view.data, np.dtype(kind.lower()).newbyteorder("<")).astype(np.uint64)
        if (offsets[1:] < offsets[:-1]).any():
            self._add("offsets_fall", name)
            return None
        return offsets

    def _check_data(self, elements: int) -> None:
        """Values against the class's bounds, the table's own minimum and maximum, the enumeration's numbers."""
        prop, data = self.prop, self.views["values"].data
        if data is None or prop.type in ("STRING", "BOOLEAN"):
            return
        raw = np.frombuffer(data, np.dtype((prop.component or "FLOAT64").lower()).newbyteorder("<"))
        if prop.type == "ENUM":
            known = list(prop.enum.names.values()) if prop.enum else []
            unknown = raw[~np.isin(raw, np.array(known, raw.dtype))] if known else raw[:0]
            if len(unknown):
                self._add("enum_value", "values", int(unknown[0]), known)
            return
        if prop.component in FLOATS and not np.isfinite(raw).all():
            self._add("not_finite", "values")
            return
        values = raw.reshape(elements, COMPONENTS[prop.type])
        if prop.no_data is not None and not prop.array:
            values = values[(values != np.array(prop.no_data, raw.dtype)).any(axis=1)]
        if len(values) and not prop.array:
            self._check_bounds(values)

    def _check_bounds(self, values: npt.NDArray[Any]) -> None:
        prop = self.prop
        final = final_value(values, prop, self.column.get("offset", prop.offset), self.column.get("scale", prop.scale))
        least, most = final.min(axis=0), final.max(axis=0)
        if prop.type == "SCALAR":
            least, most = least[0], most[0]
        at = self.place.at("values")
        limits_hold(np.asarray(least), prop.min, None, at, self.shapes)
        limits_hold(np.asarray(most), None, prop.max, at, self.shapes)
        for name, actual in (("min", least), ("max", most)):
            if name in self.column and not np.allclose(
                actual, np.array(self.column[name], float), rtol=1e-6, atol=1e-9
            ):
                self._add(f"{name}imum_differs", name, self.column[name], np.asarray(actual).tolist())

"""What the readers of tables can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["TABLE_DEFECTS"]

#: Every kind of defect -> what it means.
TABLE_DEFECTS: Mapping[str, str] = {
    "table_encoding": "bytes that the file's encoding does not have, so that a character is lost",
    "table_syntax": "a quoted text that does not end, or a zero byte",
    "table_ragged": "a row with more or fewer fields than the header",
    "table_column_unnamed": "a column that holds values and has no name",
    "table_column_repeated": "two columns of one name, so that nobody can tell which is meant",
    "table_no_header": "no row that names the columns",
    "table_no_rows": "a header, and nothing below it",
    "table_blank_row": "rows without any value between or below the others",
    "table_merged": "cells merged into one: the value stands in the first, the others are empty",
    "table_formula_error": "a cell with an error of the spreadsheet instead of a value",
    "table_date_as_number": "a day kept as a bare number of days",
    "table_code_damaged": "a code that a spreadsheet changed: zeros gone, digits lost, taken for a day or for true",
    "table_geometry": "the metadata of GeoParquet are incomplete, or do not fit the table",
    "table_hidden": "a sheet that is hidden, and was read all the same",
}

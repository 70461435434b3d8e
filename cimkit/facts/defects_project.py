"""What the reading of a renewal project can stumble on: its form, and its folder."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PROJECT_DEFECTS"]

#: Every kind of defect -> what it means.
PROJECT_DEFECTS: Mapping[str, str] = {
    "form_unknown_field": "a field, column or row of the form that nobody knows",
    "form_field_twice": "a field written twice",
    "form_missing_field": "a field that must be filled is not",
    "form_missing_column": "a column that must be there is not, or has another name",
    "form_no_headings": "a sheet without the headings of its table",
    "form_unknown_sheet": "a sheet that nobody knows",
    "form_merged_cells": "merged cells among headings or rows: one value where several are meant",
    "form_digits_lost": "a long code typed as a number, whose last digits the spreadsheet program dropped",
    "form_wrong_type": "a value of the wrong kind: words for a number, no day for a date",
    "form_out_of_range": "a number outside of what it can be",
    "form_unknown_word": "a word that is not in the list",
    "deliverable_twice": "one deliverable named twice, or two with one number",
    "path_outside": "a path that leads out of the folder of the project",
    "nested_project": "another project inside the folder of this one",
}

"""What the readers of CityJSON and CityGML can stumble on, and the relations they fill.

Sources: the CityJSON specifications 1.0, 1.1 and 2.0 (OGC 20-072) with their schemas; OGC 08-007, 12-019, 20-010 and
21-006 (CityGML 1, 2, 3) with GML 3.1.1 and 3.2.1. The reader records; whether a defect matters is for rules to say.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cimkit.facts.model import DEFECT_ROWS

__all__ = ["ADVICE", "CITY_DEFECTS", "CITY_DEFECT_ROWS", "CITY_DETAILS", "CITY_RELATIONS"]

#: Every kind of defect -> what it means.
CITY_DEFECTS: Mapping[str, str] = {
    "city_syntax": "the text is no JSON or XML, or breaks off",
    "city_duplicate_key": "a JSON object names a member twice, so that one is lost, or two objects have one gml:id",
    "city_version": "the version of the format is not one that is known",
    "city_schema": "something the format's schema requires is missing, or has another type or value than it allows",
    "city_boundary": "the boundaries of a geometry are not nested as its type wants, or hold other things than indices",
    "city_vertex_index": "an index of a vertex that is not there",
    "city_reference": "a parent, child, member or xlink that is not there, or that does not refer back",
    "city_semantics": "semantics that do not fit the boundaries, or point to surfaces that are not described",
    "city_material": "materials do not fit the boundaries, or are not there",
    "city_texture": "textures do not fit the boundaries, or they or their coordinates are not there",
    "city_texture_file": "a picture that the model names is not where it says",
    "city_template": "a geometry instance names a template that is not there",
    "city_extension": "something named with + that no declared extension describes",
    "city_crs": "the reference system is not written as the format wants it, or geometries disagree on it",
    "city_transform": "the transformation flattens every vertex, or is missing",
    "city_number": "a coordinate that is no finite number, or coordinates not in threes",
    "city_extra_property": "a member that the specification does not know and that no extension announces",
    "city_repeated_id": "two features of a sequence have city objects of one name",
    "city_duplicate_vertex": "the same vertex several times",
    "city_unused_vertex": "a vertex that nothing uses",
    "city_not_judged": "something that could not be looked at, such as a kind of geometry that is not known",
}

#: Kind -> the words that say more of it. The locale files' city.yaml say each in a phrase, under `detail_<word>`.
CITY_DETAILS: Mapping[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "city_syntax": "no_json no_xml",
        "city_duplicate_key": "name_twice gml_id_twice",
        "city_version": "unknown",
        "city_schema": (
            "missing wrong_type wrong_length wrong_lod wrong_document_type not_an_object not_an_integer not_strings "
            "not_three_numbers not_six_numbers no_date unknown_type unknown_geometry unknown_surface unknown_member "
            "geometry_not_allowed value_or_values"
        ),
        "city_boundary": "wrong_nesting",
        "city_vertex_index": "missing",
        "city_reference": (
            "child_missing child_without_parent parent_missing parent_without_child feature_missing xlink_missing "
            "xlink_circle part_of_itself"
        ),
        "city_semantics": "not_an_array not_an_index wrong_length missing surface_missing",
        "city_material": "not_an_array not_an_index wrong_length missing",
        "city_texture": "not_an_array not_an_index wrong_length missing coordinates_missing",
        "city_texture_file": "file_missing file_case file_outside file_absolute file_remote",
        "city_template": "missing",
        "city_extension": "not_declared",
        "city_crs": "wrong_form several",
        "city_transform": "missing scale_is_zero",
        "city_number": "no_number not_in_threes not_three_numbers too_large",
        "city_extra_property": "unknown_member",
        "city_repeated_id": "in_several_lines",
        "city_duplicate_vertex": "twice",
        "city_unused_vertex": "unused",
        "city_not_judged": "crs_unknown unknown_geometry doctype textures",
    }.items()
}

#: Kinds that no `must` of a specification stands behind: a file is valid with them.
ADVICE = frozenset(
    {
        "city_repeated_id",
        "city_extra_property",
        "city_duplicate_vertex",
        "city_unused_vertex",
        "city_transform",
        "city_texture_file",
        "city_not_judged",
    }
)

#: The columns of the defects' frame: those of every reader, and where each defect is.
CITY_DEFECT_ROWS = {
    **DEFECT_ROWS,
    "locator": pl.String,  # JSON pointer (behind `line:` in a sequence), or XPath
}

#: Links of the readers of city models: name -> what `sid` is to `target`.
CITY_RELATIONS: Mapping[str, str] = {
    "parent": "part, installation, room ... -> the city object it belongs to",
    "group": "member -> CityObjectGroup",
}

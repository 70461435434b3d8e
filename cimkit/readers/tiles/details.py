"""The words that say more of a defect: a closed list for each kind. The locale files' tiles.yaml say each in a phrase,
under the kind without `tiles_` and the word: `binary_alignment`.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DETAILS"]

#: Kind -> its words.
DETAILS: Mapping[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "tiles_json": "syntax encoding byte_order_mark duplicate_name too_deep",
        "tiles_type": "property element",
        "tiles_missing": "property dependency any_of schema",
        "tiles_length": "array string object",
        "tiles_value": "range list pattern unique one_of order",
        "tiles_identifier": "class property enum enum_value group buffer buffer_view property_table",
        "tiles_version": "unknown",
        "tiles_extension": "not_declared not_required required_not_used",
        "tiles_bounding_volume": "region_range region_order sphere_radius content_outside_tile",
        "tiles_refine": "missing_in_root wrong_case unknown",
        "tiles_transform": "not_affine not_invertible",
        "tiles_tree": "circle children_of_external",
        "tiles_implicit": (
            "children metadata content_volume sphere external_tileset unknown_variable missing_variable"
        ),
        "tiles_subtree": (
            "count length unused_bits no_tile content_count parent_missing content_without_tile beyond_levels"
        ),
        "tiles_buffer": "alignment data_uri exceeds_buffer shorter_than_said longer_than_said",
        "tiles_class": (
            "component_type_missing component_type_unneeded enum_type_missing enum_type_unneeded "
            "count_without_array not_normalizable not_for_variable_arrays transform_not_for_type "
            "bound_not_for_type default_of_required no_data_of_boolean duplicate_enum_name duplicate_enum_value "
            "duplicate_semantic duplicate_name"
        ),
        "tiles_semantic": "type componenttype array count normalized",
        "tiles_metadata_value": "required below_minimum above_maximum",
        "tiles_property_table": (
            "alignment values_length offsets_missing offsets_unneeded offsets_length offsets_fall "
            "bound_not_for_type enum_value not_finite minimum_differs maximum_differs row_count"
        ),
        "tiles_file": "missing other_case not_a_uri unreadable",
        "tiles_binary": ("too_short magic version length alignment padding inner_tile batch_binary_alone gltf_format"),
        "tiles_content": (
            "unknown_format not_gltf gltf_missing feature_table_missing position_missing semantic_missing "
            "unknown_semantic alignment exceeds_body batch_length batch_id_missing"
        ),
        "tiles_gltf": (
            "version json_chunk chunk_order extension_not_declared buffer_shorter binary_chunk_longer "
            "view_exceeds_buffer accessor_exceeds_view alignment stride component_type not_finite minimum_differs "
            "maximum_differs reference attribute_form attribute_counts position_bounds indices_form index_range "
            "image_source two_parents scene_root circle"
        ),
        "tiles_package": (
            "not_a_package tileset_missing nested compression index_missing index_not_last index_compressed "
            "index_comment index_unreadable index_length index_order index_entries offset"
        ),
        "tiles_error_grows": "greater",
        "tiles_outside_parent": "volume",
        "tiles_vertices_outside": "outside",
        "tiles_practice": (
            "extension_not_found buffers_without_views extras_not_object unknown_minor_version unknown_semantic "
            "unused_object absurd_number"
        ),
        "tiles_not_read": (
            "remote outside too_large too_deep too_many_files too_many_tiles format extension compression "
            "duplicate_names"
        ),
        "tiles_orphan": "not_referred_to",
    }.items()
}

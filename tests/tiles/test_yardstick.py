"""The reader scored on public cases whose outcome is documented: each case read, its verdict and kinds compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cimkit.facts.demand import Demand
from cimkit.readers.tiles.defects import ADVICE, DEFECTS
from cimkit.readers.tiles.opener import FolderOpener
from cimkit.readers.tiles.reader import read_tileset
from cimkit.readers.tiles.subtree import Tiling

if TYPE_CHECKING:
    import polars as pl

#: Everything but files that nothing refers to: the cases share one folder.
DEMAND = Demand(defects=frozenset(DEFECTS) - {"tiles_orphan"})
KINDS = {"schema": "schema", "subtree": "subtree", "buffers": "buffers"}

#: The yardstick's word -> (kind, detail) that say the same; detail None: any.
SAME: Mapping[str, frozenset[tuple[str, str | None]]] = {
    issue: frozenset(pairs)
    for issue, pairs in {
        "TYPE_MISMATCH": [("tiles_type", "property"), ("tiles_type", "element")],
        "ARRAY_ELEMENT_TYPE_MISMATCH": [("tiles_type", "element"), ("tiles_type", "property")],
        "ARRAY_LENGTH_MISMATCH": [("tiles_length", "array")],
        "STRING_LENGTH_MISMATCH": [("tiles_length", "string")],
        "NUMBER_OF_PROPERTIES_MISMATCH": [("tiles_length", "object")],
        "VALUE_NOT_IN_RANGE": [("tiles_value", "range"), ("tiles_identifier", None)],
        "VALUE_NOT_IN_LIST": [("tiles_value", "list")],
        "STRING_PATTERN_MISMATCH": [("tiles_value", "pattern")],
        "ARRAY_ELEMENT_NOT_UNIQUE": [("tiles_value", "unique")],
        "ONE_OF_ERROR": [("tiles_value", "one_of")],
        "ANY_OF_ERROR": [("tiles_missing", "any_of")],
        "PROPERTY_MISSING": [("tiles_missing", "property")],
        "REQUIRED_VALUE_NOT_FOUND": [("tiles_missing", "dependency"), ("tiles_missing", "schema")],
        "PROPERTIES_MINIMUM_LARGER_THAN_MAXIMUM": [("tiles_value", "order")],
        "IDENTIFIER_NOT_FOUND": [("tiles_identifier", None)],
        "JSON_PARSE_ERROR": [("tiles_json", None)],
        "IO_ERROR": [("tiles_file", None), ("tiles_not_read", None)],
        "ASSET_VERSION_UNKNOWN": [("tiles_version", None)],
        "BOUNDING_VOLUME_INVALID": [("tiles_bounding_volume", None)],
        "BOUNDING_VOLUMES_INCONSISTENT": [
            ("tiles_bounding_volume", "content_outside_tile"),
            ("tiles_outside_parent", None),
        ],
        "TILE_GEOMETRIC_ERRORS_INCONSISTENT": [("tiles_error_grows", None)],
        "TILE_REFINE_MISSING_IN_ROOT": [("tiles_refine", "missing_in_root")],
        "TILE_REFINE_WRONG_CASE": [("tiles_refine", "wrong_case")],
        "TRANSFORM_INVALID": [("tiles_transform", None)],
        "TILE_IMPLICIT_ROOT_INVALID": [("tiles_implicit", None)],
        "TEMPLATE_URI_INVALID_VARIABLE_NAME": [("tiles_implicit", "unknown_variable")],
        "TEMPLATE_URI_MISSING_VARIABLE_NAME": [("tiles_implicit", "missing_variable")],
        "EXTENSION_FOUND_BUT_NOT_USED": [("tiles_extension", "not_declared")],
        "EXTENSION_USED_BUT_NOT_FOUND": [("tiles_practice", "extension_not_found")],
        "EXTENSION_REQUIRED_BUT_NOT_USED": [("tiles_extension", "required_not_used")],
        "EXTENSION_REQUIRED_BUT_NOT_DECLARED": [("tiles_extension", "not_required")],
        "TYPE_UNEXPECTED": [("tiles_practice", "extras_not_object")],
        "SUBTREE_AVAILABILITY_INCONSISTENT": [("tiles_subtree", None)],
        "BUFFERS_INCONSISTENT": [("tiles_buffer", None)],
        "BUFFERS_WITHOUT_BUFFER_VIEWS": [("tiles_practice", "buffers_without_views")],
        "BINARY_INVALID_VALUE": [("tiles_binary", "version"), ("tiles_binary", "magic")],
        "BINARY_INVALID_LENGTH": [("tiles_binary", "length"), ("tiles_binary", "too_short")],
        "BINARY_INVALID_ALIGNMENT": [("tiles_binary", "alignment")],
        "CLASS_PROPERTY_INCONSISTENT": [("tiles_class", None)],
        "CLASS_PROPERTY_ENUM_VALUE_NAME_NOT_FOUND": [("tiles_identifier", "enum_value")],
        "CLASS_PROPERTY_ENUM_TYPE_WITHOUT_ENUMTYPE": [("tiles_class", "enum_type_missing")],
        "CLASS_PROPERTY_ENUMTYPE_NOT_FOUND": [("tiles_identifier", "enum")],
        "CLASS_PROPERTY_NORMALIZED_FOR_NON_NORMALIZABLE_TYPE": [("tiles_class", "not_normalizable")],
        "METADATA_OFFSET_SCALE_FOR_NON_FLOATING_POINT_TYPE": [("tiles_class", "transform_not_for_type")],
        "METADATA_PROPERTY_INVALID_FOR_VARIABLE_LENGTH_ARRAY": [("tiles_class", "not_for_variable_arrays")],
        "METADATA_SEMANTIC_INVALID": [("tiles_semantic", None)],
        "METADATA_VALUE_NOT_IN_RANGE": [("tiles_metadata_value", None)],
        "METADATA_VALUE_REQUIRED_BUT_MISSING": [("tiles_metadata_value", "required")],
        "ENUM_VALUE_DUPLICATE_NAME": [("tiles_class", "duplicate_enum_name")],
        "ENUM_VALUE_DUPLICATE_VALUE": [("tiles_class", "duplicate_enum_value")],
    }.items()
}
#: Words of the yardstick that say where something is wrong, or that an extension is not known to it, and not what.
ONLY_WHERE = {"CONTENT_VALIDATION_ERROR", "CONTENT_VALIDATION_WARNING", "CONTENT_VALIDATION_INFO"}
ONLY_WHERE |= {"EXTERNAL_TILESET_VALIDATION_ERROR", "EXTENSION_NOT_SUPPORTED"}


@dataclass(frozen=True)
class Outcome:
    """valid: no defect that a `must` stands behind; clean: no defect at all, what the yardstick calls valid."""

    path: str
    expected: bool
    issues: tuple[str, ...]
    valid: bool
    clean: bool
    defects: pl.DataFrame

    @property
    def kind_right(self) -> bool | None:
        """Whether some defect says what some word of the yardstick says; None: its words do not say what."""
        told = [SAME[issue] for issue in self.issues if issue not in ONLY_WHERE and issue in SAME]
        if not told:
            return None
        rows = set(self.defects.select("kind", "detail").iter_rows())
        return any(
            (kind, detail) in rows or (detail is None and any(kind == row[0] for row in rows))
            for pairs in told
            for kind, detail in pairs
        )


def _tiling(folder: Path) -> Tiling | None:
    """The implicit tiling that the single subtrees of the cases belong to stands in a file of its own."""
    path = next(folder.glob("subtrees/*ImplicitTiling.json.input"), None)
    if path is None:
        return None
    value = json.loads(path.read_text(encoding="utf-8"))
    return Tiling(value["subdivisionScheme"], value["subtreeLevels"], value["availableLevels"])


def outcomes(folder: Path) -> Iterator[Outcome]:
    """The outcome of every case that `cases.json` in the folder lists."""
    cases: dict[str, Any] = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    opener, tiling = FolderOpener(folder), _tiling(folder)
    for path, case in cases.items():
        facts = read_tileset(opener, DEMAND, name=path, kind=KINDS.get(case["group"]), tiling=tiling)
        kinds = set(facts.defects["kind"])
        yield Outcome(path, case["valid"], tuple(case["issues"]), not kinds - ADVICE, not kinds, facts.defects)


@pytest.fixture(scope="module")
def scored(shared: Path) -> list[Outcome]:
    folder = shared / "city" / "tiles"
    if not (folder / "cases.json").is_file():
        pytest.skip("the cases of 3D Tiles are not in the test material")
    return list(outcomes(folder))


def share_of(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_verdicts_by_what_specifications_demand(scored: list[Outcome]) -> None:
    wrong = [each.path for each in scored if each.valid != each.expected]
    assert share_of([each.valid == each.expected for each in scored]) >= 0.95, wrong


def test_verdicts_by_every_defect(scored: list[Outcome]) -> None:
    """The yardstick calls a case invalid that has a warning."""
    wrong = [each.path for each in scored if each.clean != each.expected]
    assert share_of([each.clean == each.expected for each in scored]) >= 0.97, wrong


def test_nothing_valid_is_called_invalid(scored: list[Outcome]) -> None:
    assert [each.path for each in scored if each.expected and not each.valid] == []


def test_kinds(scored: list[Outcome]) -> None:
    told = [each for each in scored if each.kind_right is not None]
    wrong = [each.path for each in told if not each.kind_right]
    assert share_of([bool(each.kind_right) for each in told]) >= 0.95, wrong

"""Every named check: its file, its options, and what it is about. No check registers itself; this table is all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

__all__ = ["CHECKS", "CheckSpec", "Option"]


class Option(StrEnum):
    """What an option holds; the loader turns it into that."""

    CONDITION = "condition"  # a condition mapping -> Condition
    OPERAND = "operand"  # a number, {attribute: ...} or {property: ...} -> number | Attribute | Property
    OPERANDS = "operands"  # a list of those
    VALUE = "value"  # the value grammar -> Restriction
    TEXT = "text"
    TEXTS = "texts"  # one text or a list -> tuple of texts
    NUMBER = "number"
    FLAG = "flag"
    PLACES = "places"  # list of {lat, lon, name}
    PAIRS = "pairs"  # {list: name} -> pairs of a code and its Chinese name
    BOX = "box"  # {north, south, east, west} in degrees


class CheckSpec(NamedTuple):
    """module    file in `cimkit.checks`, with `demand` and `judge`
    options   option -> what it holds
    short     the option that a bare value stands for: `{host: {...}}` is `{host: {is: {...}}}`
    of_source whether it speaks of the source as a whole instead of each selected subject
    """

    module: str
    options: Mapping[str, Option]
    short: str | None = None
    of_source: bool = False


_OPERAND = {"attribute": Option.OPERAND, "property": Option.OPERAND}

CHECKS: Mapping[str, CheckSpec] = {
    "no_defect": CheckSpec("no_defect", {"kind": Option.TEXTS, "detail": Option.TEXTS}, "kind", of_source=True),
    "header": CheckSpec("header", {"field": Option.TEXT, "value": Option.VALUE}, "field", of_source=True),
    "count": CheckSpec("count", {"min": Option.NUMBER, "max": Option.NUMBER}, of_source=True),
    "share": CheckSpec(
        "share",
        {"of": Option.CONDITION, "min": Option.NUMBER, "max": Option.NUMBER, "least": Option.NUMBER},
        of_source=True,
    ),
    "unique": CheckSpec("unique", {**_OPERAND, "within": Option.TEXT, "tolerance": Option.NUMBER}, "attribute"),
    "references": CheckSpec(
        "references", {**_OPERAND, "where": Option.CONDITION, "to": Option.OPERAND, "elsewhere": Option.FLAG}
    ),
    "linked": CheckSpec(
        "linked",
        {
            "relation": Option.TEXTS,
            "inverse": Option.FLAG,
            "other": Option.CONDITION,
            "min": Option.NUMBER,
            "max": Option.NUMBER,
        },
        "relation",
    ),
    "host": CheckSpec("host", {"is": Option.CONDITION}, "is"),
    "type": CheckSpec("type", {"is": Option.CONDITION}, "is"),
    "whole": CheckSpec("whole", {"is": Option.CONDITION}, "is"),
    "compare": CheckSpec(
        "compare", {"left": Option.OPERAND, "op": Option.TEXT, "right": Option.OPERAND, "tolerance": Option.NUMBER}
    ),
    "same_as": CheckSpec("same_as", {"left": Option.OPERAND, "right": Option.OPERAND, "tolerance": Option.NUMBER}),
    "agree": CheckSpec("agree", {"operands": Option.OPERANDS, "tolerance": Option.NUMBER}, "operands"),
    "sum": CheckSpec(
        "sum", {"parts": Option.OPERAND, "via": Option.TEXT, "total": Option.OPERAND, "tolerance": Option.NUMBER}
    ),
    "within": CheckSpec("within", {"value": Option.OPERAND, "min": Option.NUMBER, "max": Option.NUMBER}),
    "valid_code": CheckSpec("valid_code", {**_OPERAND, "scheme": Option.TEXT, "list": Option.VALUE}),
    "nested_code": CheckSpec(
        "nested_code",
        {"code": Option.OPERAND, "parent": Option.OPERAND, "length": Option.NUMBER, "list": Option.VALUE},
    ),
    "code_name": CheckSpec("code_name", {"code": Option.OPERAND, "name": Option.OPERAND, "list": Option.PAIRS}),
    "determines": CheckSpec("determines", {"key": Option.OPERAND, "value": Option.OPERAND}),
    "layer_name": CheckSpec("layer_name", {"value": Option.VALUE, "among": Option.VALUE}, "value", of_source=True),
    "field": CheckSpec(
        "field",
        {
            "layer": Option.TEXTS,
            "name": Option.TEXT,
            "names": Option.TEXTS,
            "others": Option.TEXTS,
            "required": Option.FLAG,
            "whole_layer": Option.FLAG,
            "type": Option.TEXT,
            "length": Option.NUMBER,
            "precision": Option.NUMBER,
            "unit": Option.TEXT,
            "value": Option.VALUE,
            "scheme": Option.TEXT,
            "list": Option.VALUE,
        },
    ),
    "crs": CheckSpec("crs", {"accepted": Option.VALUE, "aspect": Option.TEXT}, of_source=True),
    "georeference": CheckSpec("georeference", {"aspect": Option.TEXT, "box": Option.BOX}, "aspect", of_source=True),
    "location": CheckSpec(
        "location", {"not_near": Option.PLACES, "tolerance_m": Option.NUMBER, "box": Option.BOX}, of_source=True
    ),
    "catalogue": CheckSpec("catalogue", {"aspect": Option.TEXT}, "aspect"),
    "declared": CheckSpec("declared", {"field": Option.TEXT, "against": Option.TEXT, "tolerance": Option.NUMBER}),
    "update": CheckSpec("update", {"aspect": Option.TEXTS}, "aspect", of_source=True),
    "matched": CheckSpec("matched", {"min": Option.NUMBER, "max": Option.NUMBER}),
    "units": CheckSpec("units", {"declared": Option.TEXT, "factors": Option.FLAG}, of_source=True),
    "material_as": CheckSpec("material_as", {"role": Option.TEXTS}, "role"),
    "phase_stated": CheckSpec("phase_stated", {"beside": Option.TEXTS}, "beside"),
    "geometry_valid": CheckSpec(
        "geometry.check",
        {"code": Option.TEXTS, "snap": Option.NUMBER, "planarity": Option.NUMBER, "normals": Option.NUMBER},
        "code",
    ),
    "shape_valid": CheckSpec("plane.valid", {"aspect": Option.TEXTS}, "aspect"),
    "no_overlap": CheckSpec("plane.overlap", {"other": Option.CONDITION, "tolerance": Option.NUMBER}, "other"),
    "no_duplicate_shapes": CheckSpec(
        "plane.duplicates", {"tolerance": Option.NUMBER, "between": Option.FLAG}, "tolerance"
    ),
    "gaps": CheckSpec("plane.gaps", {"max_area": Option.NUMBER}, "max_area"),
    "slivers": CheckSpec("plane.slivers", {"width": Option.NUMBER, "max_area": Option.NUMBER}, "width"),
    "dangles": CheckSpec("plane.dangles", {"tolerance": Option.NUMBER, "any": Option.FLAG}, "tolerance"),
    "inside": CheckSpec("plane.inside", {"of": Option.CONDITION, "tolerance": Option.NUMBER}, "of"),
    "covered": CheckSpec("plane.covered", {"by": Option.CONDITION, "share": Option.NUMBER}, "by"),
    "layer_crs": CheckSpec(
        "plane.layer_crs", {"aspect": Option.TEXT, "accepted": Option.VALUE}, "aspect", of_source=True
    ),
    "placed": CheckSpec("plane.placed", {"aspect": Option.TEXT, "box": Option.BOX}, "aspect"),
    "dates_in_order": CheckSpec("dates_in_order", {"operands": Option.OPERANDS}, "operands"),
    "heights_agree": CheckSpec(
        "heights_agree",
        {"left": Option.OPERAND, "right": Option.OPERAND, "max": Option.NUMBER, "spread": Option.NUMBER},
    ),
    "fresh": CheckSpec(
        "fresh", {"operands": Option.OPERANDS, "as_of": Option.TEXT, "max_years": Option.NUMBER}, "operands"
    ),
    "grades": CheckSpec(
        "grades",
        {
            "steps": Option.TEXTS,
            "result": Option.OPERAND,
            "parts": Option.OPERANDS,
            "lowering": Option.OPERAND,
            "by": Option.NUMBER,
            "floor": Option.TEXT,
        },
    ),
    "complete_series": CheckSpec(
        "complete_series",
        {"of": Option.OPERANDS, "at": Option.OPERAND, "unit": Option.TEXT, "every": Option.NUMBER},
    ),
    "never_falls": CheckSpec(
        "never_falls",
        {
            "of": Option.OPERANDS,
            "at": Option.OPERAND,
            "unit": Option.TEXT,
            "value": Option.OPERAND,
            "unless": Option.CONDITION,
        },
    ),
    "adds_up": CheckSpec("adds_up", {"parts": Option.OPERANDS, "total": Option.OPERAND, "tolerance": Option.NUMBER}),
    "tally": CheckSpec(
        "tally",
        {
            "key": Option.OPERAND,
            "total": Option.OPERAND,
            "rows": Option.CONDITION,
            "by": Option.OPERAND,
            "value": Option.OPERAND,
            "same": Option.OPERANDS,
            "tolerance": Option.NUMBER,
        },
    ),
    "quotient": CheckSpec(
        "quotient", {"of": Option.OPERAND, "by": Option.OPERAND, "min": Option.NUMBER, "max": Option.NUMBER}
    ),
    "once": CheckSpec("once", {"of": Option.OPERANDS}, "of"),
    "set_complete": CheckSpec(
        "set_complete", {"of": Option.OPERANDS, "property": Option.OPERAND, "values": Option.TEXTS}
    ),
    "ratio": CheckSpec("ratio", {"part": Option.OPERAND, "whole": Option.OPERAND, "stated": Option.OPERAND}),
}

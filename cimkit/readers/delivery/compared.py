"""The rows of a delivery's subjects: what each document says, beside what the files and the other document say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cimkit.readers.delivery import values
from cimkit.readers.delivery.extents import apart, cover
from cimkit.readers.delivery.forms import Row
from cimkit.readers.delivery.found import Extent, Found, stem
from cimkit.readers.delivery.inference import inferred_category
from cimkit.readers.delivery.matching import Matching, is_called, lies_at

__all__ = ["agreed_row", "dataset_row", "layer_row"]

_OWN = (
    "path", "layer", "name", "category", "level", "level_scheme", "date", "producer", "source", "version", "update",
    "format", "crs", "height_datum", "secrecy", "key", "accuracy", "metadata", "sha256",
)  # fmt: skip
_AGREED = ("layer", "category", "constraint", "level_scheme", "secrecy", "accuracy", "at_least", "key", "note")
_ALTERNATIVES = ("place", "file", "format", "crs", "height_datum", "level")


#: Formats that cover ground without gaps; the agreement's own extent is asked of these alone.
_CONTINUOUS = frozenset({"geotiff", "las", "osgb", "3dtiles", "s3m", "i3s"})


def dataset_row(matching: Matching, number: int) -> dict[str, Any]:
    """One row of the manifest. `there`: whether its file is; `near`: the path that was perhaps meant."""
    row = matching.declared[number]
    file, found = matching.file_of(row), matching.layers_of(number)
    single = matching.manifest.single if matching.manifest is not None else None
    told: dict[str, Any] = {
        "id": _label(row),
        "written": row.place,
        **{name: row[name] for name in _OWN},
        "format": values.format_word(row["format"]),
        "crs": values.crs_code(row["crs"]),
        "height_datum": values.datum(row["height_datum"]) or _height_in(row["crs"]),
        "level_scheme": row["level_scheme"] or (single["level_scheme"] if single else None),
        "producer": row["producer"] or (single["producer"] if single else None),
        "count": row["count"],
        "extent": _extent_text(row["extent"]),
        "secrecy_rank": values.secrecy_rank(row["secrecy"]),
        "named": matching.times_named(row),
        "there": _flag(file is not None),
        "read": _read(matching, row, file, found),
    }
    if file is None:
        everything = (*(each.path for each in matching.found), *(each.path for each in matching.unread))
        told["near"] = matching.nearest(row["path"], everything)
    elif row["layer"] is not None and not found:
        told["near_layer"] = matching.nearest(
            row["layer"], (each.layer for each in matching.found if each.path == file)
        )
    told |= {f"file.{name}": value for name, value in _of_file(row, found).items()}
    return told | {f"owed.{name}": value for name, value in _owed(matching, row, file, found).items()}


def _read(matching: Matching, row: Row, file: str | None, found: Sequence[Found]) -> str | None:
    """Whether a file holds the data set. A drawing or a note that a manifest lists is no data, and is not asked."""
    if found:
        return "true"
    is_data = file in {each.path for each in matching.unread} or row["layer"] is not None
    return "false" if file is not None and is_data else None


def layer_row(matching: Matching, found: Found) -> dict[str, Any]:
    """One layer that was found. `listed`: whether the manifest names it; `agreed`: as what it was agreed."""
    names = matching.names_of(found)
    agreed = matching.agreed_as(names)
    category, told_by = inferred_category((found.layer, stem(found.path)), found.format)
    return {
        "id": found.path if found.alone else f"{found.path}#{found.layer}",
        "name": found.layer,
        "path": found.path,
        "layer": found.layer,
        "format": found.format,
        "crs": found.crs,
        "height_datum": found.height_datum,
        "count": None if found.count is None else float(found.count),
        "extent": _extent_text(found.extent),
        "geometry_type": found.geometry_type,
        "date": found.date,
        "category": category,
        "told_by": told_by,
        "listed": None if matching.manifest is None else _flag(bool(matching.rows_of(found))),
        "agreed": None if agreed is None else agreed["layer"],
        "written": found.path,
        "near": None if agreed is not None else matching.nearest(found.layer, (row["layer"] for row in matching.owed)),
        **_right_place(agreed, found.path),
    }


def agreed_row(matching: Matching, row: Row) -> dict[str, Any]:
    """One row of the agreement. `owed`: true, false, or nothing where only a person can say it; `delivered`: the path
    that answers it; `near`: a layer that was handed over and is called nearly so."""
    declared, found = matching.answers(row)
    delivered = found.path if found is not None else declared["path"] if declared is not None else None
    told: dict[str, Any] = {
        "id": row["layer"] or row.place,
        "name": row["layer"],
        "written": row.place,
        **{name: row[name] for name in _AGREED},
        **_alternatives(row),
        "extent": _extent_text(row["extent"]),
        "secrecy_rank": values.secrecy_rank(row["secrecy"]),
        "owed": None if (owed := matching.is_owed(row)) is None else _flag(owed),
        "delivered": delivered,
    }
    if delivered is None:
        free = (each.layer for each in matching.found if matching.agreed_as(matching.names_of(each)) is None)
        told["near"] = matching.nearest(row["layer"], free)
    single = matching.agreement.single if matching.agreement is not None else None
    continuous = found is not None and found.format in _CONTINUOUS
    extent = row["extent"] or (single["extent"] if single and continuous else None)
    given: dict[str, Any] = {
        "crs": found.crs if found is not None else None,
        "count": None if found is None or found.count is None else float(found.count),
        "cover": None if found is None or extent is None else cover(extent, _extent_crs(row, single), found),
        "accuracy": declared["accuracy"] if declared is not None else None,
        "level": declared["level"] if declared is not None else None,
        "secrecy": declared["secrecy"] if declared is not None else None,
        "secrecy_rank": values.secrecy_rank(declared["secrecy"]) if declared is not None else None,
    }
    return told | {f"given.{name}": value for name, value in given.items()}


def _extent_crs(row: Row, single: Row | None) -> str | None:
    return values.crs_code((single["extent_crs"] or single["crs"]) if single else None) or _first_crs(row)


def _first_crs(row: Row) -> str | None:
    return values.crs_code(row["crs"][0]) if row["crs"] else None


def _of_file(row: Row, found: Sequence[Found]) -> dict[str, Any]:
    """What the file says of a data set; of several layers, what they have in common."""
    counts = [each.count for each in found]
    extents = [each.extent for each in found if each.extent is not None]
    whole = _union(extents)
    key = row["key"]
    fields = [each.fields for each in found if each.fields is not None]
    return {
        "format": _common([each.format for each in found]),
        "crs": _common([each.crs for each in found]),
        "height_datum": _common([each.height_datum for each in found]),
        "count": None if not counts or None in counts else float(sum(count or 0 for count in counts)),
        "extent": _extent_text(whole),
        "apart": _apart(row, found, whole),
        "date": max((each.date for each in found if each.date), default=None),
        "key": None if key is None or not fields else _flag(any(_has_field(each, key) for each in fields)),
        "layers": "; ".join(each.layer for each in found) or None,
    }


def _apart(row: Row, found: Sequence[Found], whole: Extent | None) -> float | None:
    if row["extent"] is None or whole is None:
        return None
    return apart(row["extent"], values.crs_code(row["crs"]), whole, found[0].crs)


def _has_field(fields: Any, key: str) -> bool:
    from cimkit.facts.names import fold_layer_name

    return fold_layer_name(key) in {fold_layer_name(name) for name in fields}


def _owed(matching: Matching, row: Row, file: str | None, found: Sequence[Found]) -> dict[str, Any]:
    """What the agreement says of a data set of the manifest."""
    names = [word for word in (row["name"], row["layer"]) if word] + [each.layer for each in found]
    agreed = matching.agreed_as([*names, *([stem(row["path"])] if row["path"] else [])])
    if agreed is None:
        return {}
    return {
        "layer": agreed["layer"],
        **_alternatives(agreed),
        "accuracy": agreed["accuracy"],
        "level_scheme": agreed["level_scheme"],
        "secrecy": agreed["secrecy"],
        "secrecy_rank": values.secrecy_rank(agreed["secrecy"]),
        "category": agreed["category"],
        "key": agreed["key"],
        **_right_place(agreed, file),
    }


def _right_place(agreed: Row | None, path: str | None) -> dict[str, Any]:
    """Whether a file lies where it was agreed, and is called so; nothing where nothing was agreed on it."""
    if agreed is None or path is None:
        return {}
    told: dict[str, Any] = {}
    if agreed["place"]:
        told |= {"well_placed": _flag(lies_at(path, agreed["place"])), "right_place": _joined(agreed["place"])}
    if agreed["file"]:
        told |= {"well_named": _flag(is_called(path, agreed["file"])), "right_name": _joined(agreed["file"])}
    return told


def _label(row: Row) -> str:
    name = row["path"] or row["name"] or row.place
    return f"{name}#{row['layer']}" if row["layer"] else str(name)


def _height_in(crs: str | None) -> str | None:
    return values.datum(crs) if crs is not None and "+" in crs else None


def _flag(value: bool) -> str:
    return "true" if value else "false"


_MEANT: Mapping[str, Callable[[str], str | None]] = {
    "crs": values.crs_code,
    "height_datum": values.datum,
    "format": values.format_word,
}


def _alternatives(agreed: Row) -> dict[str, str | None]:
    """What an agreed row allows, reference systems and formats in cimkit's own words for them."""
    told = {}
    for name in _ALTERNATIVES:
        meant = _MEANT.get(name, str)
        told[name] = _joined([meant(word) or word for word in agreed[name] or ()])
    return told


def _joined(given: Sequence[str] | None) -> str | None:
    return " | ".join(given) if given else None


def _common(given: Sequence[str | None]) -> str | None:
    """What all say, or each of several; None where one says nothing."""
    said = list(dict.fromkeys(given))
    return None if not said or None in said else " | ".join(str(each) for each in said)


def _extent_text(extent: Extent | None) -> str | None:
    return None if extent is None else " ".join(f"{value:.9g}" for value in extent)


def _union(extents: Sequence[Extent]) -> Extent | None:
    if not extents:
        return None
    west, south, east, north = zip(*extents, strict=True)
    return min(west), min(south), max(east), max(north)

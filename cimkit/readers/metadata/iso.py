"""The fields of an ISO 19115 record, in the XML of ISO 19139 (`gmd:MD_Metadata`) or 19115-3 (`mdb:MD_Metadata`).

Elements are found by their local names, below one another at any depth, since profiles put their own types between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["iso_fields"]

#: Field -> ways to it, the first that leads anywhere counts. ISO 19115-1:2014, 19115:2003 and 19139:2007.
_WAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "identifier": (("fileIdentifier",), ("metadataIdentifier", "code")),
    "title": (("identificationInfo", "citation", "title"),),
    "abstract": (("identificationInfo", "abstract"),),
    "metadata_date": (("dateStamp",), ("dateInfo", "date")),
    "producer": (
        ("identificationInfo", "pointOfContact", "organisationName"),
        ("identificationInfo", "citedResponsibleParty", "organisationName"),
        ("identificationInfo", "CI_Organisation", "name"),
        ("contact", "organisationName"),
        ("contact", "CI_Organisation", "name"),
    ),
    "contact": (("contact", "individualName"), ("pointOfContact", "individualName"), ("CI_Individual", "name")),
    "contact_details": (("electronicMailAddress",), ("voice",), ("CI_Telephone", "number")),
    "west": (("EX_GeographicBoundingBox", "westBoundLongitude"),),
    "east": (("EX_GeographicBoundingBox", "eastBoundLongitude"),),
    "south": (("EX_GeographicBoundingBox", "southBoundLatitude"),),
    "north": (("EX_GeographicBoundingBox", "northBoundLatitude"),),
    "scale": (("equivalentScale", "denominator"),),
    "resolution": (("spatialResolution", "distance"),),
    "lineage": (("lineage", "statement"), ("resourceLineage", "statement"), ("lineage",)),
    "quality": (("dataQualityInfo", "report"),),
    "secrecy": (("MD_SecurityConstraints", "classification"),),
    "category": (("topicCategory",),),
    "version": (("citation", "edition"),),
    "update": (("maintenanceAndUpdateFrequency",),),
    "language": (("identificationInfo", "language"), ("language",), ("defaultLocale", "language")),
    "format": (("distributionFormat", "name"), ("resourceFormat", "name"), ("MD_Format", "title")),
    "describes": (("dataSetURI",), ("dataSet",)),
}
_DATES = {"creation": "date_created", "publication": "date_published", "revision": "date_revised"}
_HEIGHTS = ("高程", "height", "vertical", "5736", "5737", "5773", "3855", "5798")


def iso_fields(root: Any) -> dict[str, str | None]:
    """Field -> its text, as written; None: the element is there and empty (or has a reason why there is nothing)."""
    fields: dict[str, str | None] = {}
    for field, ways in _WAYS.items():
        found = next((element for way in ways for element in _along(root, way)), None)
        if found is not None:
            fields[field] = _text(found)
    fields |= _citation_dates(root)
    fields |= _reference_systems(root)
    return fields


def _along(root: Any, way: tuple[str, ...]) -> Iterator[Any]:
    if not way:
        yield root
        return
    for element in root.iterfind(f".//{{*}}{way[0]}"):
        yield from _along(element, way[1:])


def _text(element: Any) -> str | None:
    """The text inside, else the value of a code list."""
    text = " ".join(part.strip() for part in element.itertext() if part.strip())
    if text:
        distance = element.find(".//{*}Distance")
        unit = distance.get("uom", "").rpartition("#")[2] if distance is not None else ""
        return f"{text} {unit}".strip()
    codes = (each.get("codeListValue") for each in element.iter())
    return next((code for code in codes if code), None)


def _citation_dates(root: Any) -> dict[str, str | None]:
    """The resource's dates by their type; of dates of one type, the last."""
    found: dict[str, str | None] = {}
    for element in _along(root, ("identificationInfo", "citation", "CI_Date")):
        day, kind = element.find("{*}date"), element.find("{*}dateType")
        name = _DATES.get((_text(kind) or "").lower(), "date") if kind is not None else "date"
        if day is not None:
            found[name] = _text(day)
    return found


def _reference_systems(root: Any) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for element in _along(root, ("referenceSystemInfo",)):
        code = next(_along(element, ("code",)), None)
        space = next(_along(element, ("codeSpace",)), None)
        text = _text(code) if code is not None else None
        if text and text.isdigit():
            text = f"{(_text(space) if space is not None else None) or 'EPSG'}:{text}"
        of_height = text is not None and any(word in text.casefold() for word in _HEIGHTS)
        found.setdefault("height_datum" if of_height else "crs", text)
    return found

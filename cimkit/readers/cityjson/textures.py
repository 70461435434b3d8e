"""Pictures that a city model names, CityJSON's and CityGML's: whether the files are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cimkit.readers.cityjson.ledger import Ledger, pointer

if TYPE_CHECKING:
    from cimkit.readers.cityjson.documents import Document
    from cimkit.sources.beside import Beside

__all__ = ["KIND", "judge_textures", "pictures_of"]

#: The kind of defect.
KIND = "city_texture_file"
#: What `Beside.fault` says -> the word for it here.
_DETAILS = {
    "missing": "file_missing",
    "case": "file_case",
    "outside": "file_outside",
    "absolute": "file_absolute",
    "remote": "file_remote",
}


def judge_textures(
    named: Mapping[str, str], beside: Beside | None, ledger: Ledger, place: str
) -> dict[str, int] | None:
    """Note the pictures that are not where a model says they are.

    named: the name of each picture -> where in the model it stands first; beside: what lies beside the model, None
    where nobody can know, which is noted, too, at `place`. Returns how many are named and how many of them are not
    there; None where there are none, or nobody asks.
    """
    if not named or KIND not in ledger.kinds:
        return None
    if beside is None:
        ledger.add("city_not_judged", "textures", place, found=str(len(named)))
        return {"named": len(named)}
    amiss = 0
    for name, where in named.items():
        fault = beside.fault(name)
        if fault is not None:
            amiss += 1
            ledger.add(KIND, _DETAILS[fault], where, found=name)
    return {"named": len(named), "not_there": amiss}


def pictures_of(documents: Iterable[Document]) -> dict[str, str]:
    """The names of all pictures of a CityJSON, each with the first place that has it."""
    found: dict[str, str] = {}
    for document in documents:
        appearance = document.content.get("appearance")
        textures = appearance.get("textures") if isinstance(appearance, Mapping) else None
        for number, texture in enumerate(textures if isinstance(textures, list) else ()):
            image = texture.get("image") if isinstance(texture, Mapping) else None
            if isinstance(image, str) and image.strip():
                place = pointer("appearance", "textures", number, "image")
                found.setdefault(image, place if document.line is None else f"{document.line}:{place}")
    return found

"""Vertices of all documents as one array, with their transformation; which are double, which are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cimkit.readers.cityjson.documents import Document
from cimkit.readers.cityjson.ledger import Ledger, pointer
from cimkit.readers.cityjson.objects import is_numbers

__all__ = ["Vertices", "judge_vertices", "read_vertices"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vertices:
    """raw      as they stand in the file (n, 3), all documents one after the other
    points   in the coordinates of the reference system (n, 3)
    start    where the vertices of each document begin, with the end of the last
    """

    raw: FloatArray
    points: FloatArray
    start: npt.NDArray[np.int64]


def read_vertices(documents: Sequence[Document], version: str, ledger: Ledger) -> Vertices:
    """Vertices that are no three finite numbers are defects, and stand as zeros so that the others keep their index."""
    arrays = [_array(document, version, ledger) for document in documents]
    raw = np.concatenate(arrays) if arrays else np.zeros((0, 3))
    start = np.concatenate([[0], np.cumsum([len(array) for array in arrays])]).astype(np.int64)
    scale, translate = np.ones(3), np.zeros(3)
    first = documents[0].content.get("transform") if documents else None
    if isinstance(first, Mapping):
        if is_numbers(first.get("scale"), 3):
            scale = np.asarray(first["scale"], np.float64)
        if is_numbers(first.get("translate"), 3):
            translate = np.asarray(first["translate"], np.float64)
        if (scale == 0).any() and len(raw):
            ledger.add("city_transform", "scale_is_zero", pointer("transform", "scale"), found=first.get("scale"))
    elif documents and documents[0].content.get("type") == "CityJSONFeature":
        ledger.add("city_transform", "missing", pointer("transform"), line=documents[0].line)
    return Vertices(raw, raw * scale + translate, start)


def _array(document: Document, version: str, ledger: Ledger) -> FloatArray:
    vertices = document.content.get("vertices")
    if not isinstance(vertices, list) or not vertices:
        return np.zeros((0, 3))
    place, line = pointer("vertices"), document.line
    try:
        array = np.asarray(vertices)
    except ValueError:
        array = np.zeros(0)
    if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind not in "if":
        for number, vertex in enumerate(vertices):
            if not is_numbers(vertex, 3):
                ledger.add("city_number", "not_three_numbers", f"{place}/{number}", found=vertex, line=line)
        array = np.asarray([vertex if is_numbers(vertex, 3) else (0, 0, 0) for vertex in vertices])
    if array.dtype.kind == "f" and version != "1.0":
        broken = np.flatnonzero((array != np.floor(array)).any(axis=1))
        for number in broken[:1].tolist():
            ledger.add(
                "city_schema",
                "not_an_integer",
                f"{place}/{number}",
                found=vertices[number],
                expected="integer",
                line=line,
            )
    return array.astype(np.float64)


def judge_vertices(
    vertices: Vertices, documents: Sequence[Document], used: npt.NDArray[np.bool_], ledger: Ledger
) -> None:
    """Vertices that stand there twice, and those that no geometry uses: one defect a document, with their number."""
    for number, document in enumerate(documents):
        first, last = int(vertices.start[number]), int(vertices.start[number + 1])
        if first == last:
            continue
        place = pointer("vertices")
        part = vertices.raw[first:last]
        order = np.lexsort(part.T)
        same = (part[order[1:]] == part[order[:-1]]).all(axis=1)
        if same.any():
            again = int(np.sort(order[1:][same])[0])
            ledger.add(
                "city_duplicate_vertex", "twice", f"{place}/{again}", found=str(int(same.sum())), line=document.line
            )
        unused = np.flatnonzero(~used[first:last])
        if len(unused):
            ledger.add(
                "city_unused_vertex", "unused", f"{place}/{unused[0]}", found=str(len(unused)), line=document.line
            )

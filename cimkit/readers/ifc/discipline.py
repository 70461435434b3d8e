"""The discipline of a model, guessed from its names and from what it is made of.

The guess is said with its reason, so that a person can see why and overrule it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from cimkit.readers.ifc.instance import Instance

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel

__all__ = ["guess_discipline"]

#: Words in names, the more particular first (给排水 before 水, 建筑 last: it is in many a project's name).
_WORDS: tuple[tuple[str, str], ...] = (
    ("给排水", r"给排水|给水|排水|消防水|(?<![a-z])(?:plumbing|plb|wss)(?![a-z])"),
    ("暖通", r"暖通|通风|空调|采暖|(?<![a-z])(?:hvac|mechanical)(?![a-z])"),
    ("电气", r"电气|强电|弱电|智能化|(?<![a-z])(?:electrical|ele)(?![a-z])"),
    ("燃气", r"燃气"),
    ("结构", r"结构|(?<![a-z])(?:structural|structure|str)(?![a-z])"),
    ("道路", r"道路|(?<![a-z])road(?![a-z])"),
    ("桥梁", r"桥梁|大桥|(?<![a-z])bridge(?![a-z])"),
    ("总图", r"总图|总平|场地|(?<![a-z])site(?![a-z])"),
    ("景观", r"景观|园林|(?<![a-z])landscape(?![a-z])"),
    ("建筑", r"建筑|(?<![a-z])(?:architectural|architecture|arch|arc)(?![a-z])"),
)
#: Entities that tell a discipline by their share of all elements, with their subtypes.
_ENTITIES: Mapping[str, tuple[str, ...]] = {
    "给排水": (
        "IFCPIPESEGMENT", "IFCPIPEFITTING", "IFCSANITARYTERMINAL", "IFCWASTETERMINAL", "IFCFIRESUPPRESSIONTERMINAL",
        "IFCPIPESEGMENTTYPE", "IFCPIPEFITTINGTYPE", "IFCSANITARYTERMINALTYPE",
    ),
    "暖通": (
        "IFCDUCTSEGMENT", "IFCDUCTFITTING", "IFCAIRTERMINAL", "IFCAIRTERMINALBOX", "IFCUNITARYEQUIPMENT", "IFCFAN",
        "IFCSPACEHEATER", "IFCCHILLER", "IFCBOILER", "IFCDUCTSEGMENTTYPE", "IFCDUCTFITTINGTYPE", "IFCAIRTERMINALTYPE",
    ),
    "电气": (
        "IFCCABLESEGMENT", "IFCCABLECARRIERSEGMENT", "IFCCABLECARRIERFITTING", "IFCLIGHTFIXTURE", "IFCOUTLET",
        "IFCSWITCHINGDEVICE", "IFCELECTRICDISTRIBUTIONBOARD", "IFCLIGHTFIXTURETYPE", "IFCCABLECARRIERSEGMENTTYPE",
    ),
    "结构": ("IFCBEAM", "IFCCOLUMN", "IFCFOOTING", "IFCPILE", "IFCREINFORCINGELEMENT", "IFCMEMBER"),
    "建筑": ("IFCWALL", "IFCDOOR", "IFCWINDOW", "IFCCURTAINWALL", "IFCCOVERING", "IFCSTAIR", "IFCRAILING", "IFCROOF",
             "IFCFURNISHINGELEMENT", "IFCSPACE"),
    "道路": ("IFCROAD", "IFCROADPART", "IFCPAVEMENT", "IFCKERB", "IFCCOURSE", "IFCALIGNMENT"),
    "桥梁": ("IFCBRIDGE", "IFCBRIDGEPART", "IFCBEARING"),
}  # fmt: skip
_NOT_STRUCTURAL = ("IFCDOOR", "IFCWINDOW", "IFCSPACE")
_ENOUGH = 0.5
_FEWEST = 10


def guess_discipline(model: IfcModel, name: str | None) -> dict[str, str] | None:
    """value (建筑, 结构, 给排水 ...) and because (`file_name`, `project_name`, `entities`); None: no telling."""
    project = model.rows("IFCPROJECT")[:1]
    instance = Instance(model, int(project[0]) if len(project) else -1)
    for because, texts in (
        ("file_name", (re.split(r"[\\/]", name)[-1] if name else "", model.file.header.name or "")),
        ("project_name", (instance.text("Name") or "", instance.text("LongName") or "")),
    ):
        value = _by_words(texts)
        if value is not None:
            return {"value": value, "because": because}
    value = _by_entities(model)
    return None if value is None else {"value": value, "because": "entities"}


def _by_words(texts: Iterable[str]) -> str | None:
    for text in texts:
        for value, pattern in _WORDS:
            if re.search(pattern, text.casefold()):
                return value
    return None


def _by_entities(model: IfcModel) -> str | None:
    counts = np.bincount(model.kind_of, minlength=len(model.kinds))
    of_kind = dict(zip(model.kinds, counts.tolist(), strict=True))
    shares = {value: sum(of_kind[kind] for kind in model.subtypes(entities)) for value, entities in _ENTITIES.items()}
    if any(of_kind[kind] for kind in model.subtypes(_NOT_STRUCTURAL)):
        shares.pop("结构")  # a frame with doors and rooms is an architect's
    total = sum(shares.values())
    if total < _FEWEST:
        return None
    value, most = max(shares.items(), key=lambda item: item[1])
    return value if most > _ENOUGH * total else None

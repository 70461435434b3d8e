"""What a rule across sources is about: two roles, what is taken from each, and how their subjects are paired."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from cimkit.rules.conditions import Attribute, Condition, Property

__all__ = ["OF_LAYERS", "PAIR", "Across", "By", "Measure", "Of", "Pairing", "Role"]

#: The set of properties that belong to both sides.
PAIR = "pair"


class Of(StrEnum):
    """Whose role it is."""

    SUBJECTS = "subjects"  # the subjects that `where` selects
    LAYERS = "layers"  # layers with geometry, each as a whole; of them only the measures OF_LAYERS can be taken


class Measure(StrEnum):
    """What a role may take besides attributes and properties: found out from its source as a whole or its shape."""

    ID = "id"  # the key of the subject: GlobalId, feature id
    PLACE = "place"  # where it stands: a shape's inner point, a model's georeference
    SHAPE = "shape"  # its outline in the plane: a feature's geometry, a model's footprint where one was asked for
    STOREYS_ABOVE = "storeys_above"  # storeys of a model that lie above the ground, its roof not counted
    STOREYS_BELOW = "storeys_below"
    HEIGHT = (
        "height"  # metres from the ground floor of a model to its roof storey, of a city model to its highest point
    )
    GROUND = "ground"  # height of a model's zero above the datum, metres; of a city model, of its lowest point
    LAYER = "layer"  # the name of a layer
    FILE = "file"  # the name of its file without folder and ending
    SOLE_FILE = "sole_file"  # the same, where it is the only layer there
    CRS = "crs"  # `EPSG:4549`; absent where the system has no code of the register
    DATUM = "datum"  # the geographic system below it: `EPSG:4490`
    WEST = "west"  # its extent in degrees of longitude and latitude
    SOUTH = "south"
    EAST = "east"
    NORTH = "north"


#: What can be taken of layers, and of nothing else.
OF_LAYERS = frozenset(
    {
        Measure.LAYER,
        Measure.FILE,
        Measure.SOLE_FILE,
        Measure.CRS,
        Measure.DATUM,
        Measure.WEST,
        Measure.SOUTH,
        Measure.EAST,
        Measure.NORTH,
    }
)


class By(StrEnum):
    """How two subjects are found to be the same, or to belong together."""

    VALUE = "value"  # what both take under one name is equal (width, case and blanks folded)
    WITHIN = "within"  # the place of the first lies in the shape of the second
    CELLS = "cells"  # what both take under the name `cells` are heights by cell, and some cells are the same
    EVERY = "every"  # each of the first with each of the second


class Pairing(Struct, frozen=True):
    """One way of pairing. take: the name under which both roles take the value that must be equal."""

    by: By
    take: str = ""


class Role(Struct, frozen=True):
    """One side. where: which subjects of any source play it; take: what of them the rule needs, by name; of: whether
    these are subjects, or layers as a whole (`where` is None then); formats: of the sources that may play it, empty:
    any."""

    name: str
    where: Condition | None
    take: Mapping[str, Attribute | Property | Measure] = field(default_factory=dict)
    of: Of = Of.SUBJECTS
    formats: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash((self.name, self.where, self.of, self.formats))


class Across(Struct, frozen=True):
    """The first role is the one that findings speak of; its subjects meet those of the second.

    pairings: tried in this order for each subject of the first role; the first that finds a partner decides.
    """

    first: Role
    second: Role
    pairings: tuple[Pairing, ...]

    def measures(self, role: Role) -> frozenset[Measure]:
        """The measures that a role needs, those that its pairings imply included."""
        taken = {what for what in role.take.values() if isinstance(what, Measure)}
        if any(pairing.by is By.WITHIN for pairing in self.pairings):
            taken.add(Measure.PLACE if role is self.first else Measure.SHAPE)
        return frozenset(taken)

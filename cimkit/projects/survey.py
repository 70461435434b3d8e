"""What a run lets a project see of its sources: each leaves a note, and the project's own facts are made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.projects.inventory import Inventory
from cimkit.projects.models import Model
from cimkit.projects.noting import SurveyNoter
from cimkit.projects.redline import RedLine
from cimkit.run.looking import Looked
from cimkit.sources.source import Source

__all__ = ["BuildingRow", "SeenLayer", "Survey"]

BuildingRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeenLayer:
    """A layer of a deliverable. nearest: metres from its nearest feature to the red line; None: nobody can say."""

    path: str
    name: str
    nearest: float | None = None

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return f"{self.path}#{self.name}"


class Survey:
    """One run's view across a project's sources (`run.checking.Concluding`). `conclude(demand)` gives the facts of the
    project itself, when all other sources have said what they hold.

    form: the source that stands for the project.
    """

    def __init__(
        self,
        inventory: Inventory,
        red_line: RedLine | None,
        form: Source,
        conclude: Callable[[Survey, Demand], Facts],
    ) -> None:
        self.inventory = inventory
        self.red_line = red_line
        self.models: list[Model] = []
        self.layers: list[SeenLayer] = []
        self.buildings: list[dict[str, Any]] = []
        self.stated: list[dict[str, Any]] = []  # what sources say of the project's number and name
        self.items: dict[str, list[str]] = {}  # item -> layers that hold it
        self._form = form
        self._conclude = conclude

    @property
    def sources(self) -> Sequence[Source]:
        """The project itself."""
        return [self._form]

    def noter(self) -> SurveyNoter:
        """Who notes what the project asks of each source."""
        told = ((source.name, self.inventory.deliverable_of(source)) for source in self.inventory.sources)
        declared = {name: (each.item, each.discipline) for name, each in told if each is not None}
        line = self.red_line if self.red_line is not None and self.red_line.area is not None else None
        return SurveyNoter(self.inventory.label, declared, line)

    def heed(self, source: Source, looked: Looked) -> None:
        """Take over the note of one source."""
        note = looked.note
        if source is self._form or not note:
            return
        if note.get("model") is not None:
            self._model(Model.of_told(note["model"]))
        self.layers += [SeenLayer(**layer) for layer in note.get("layers", ())]
        self.buildings += note.get("buildings", ())
        self.stated += note.get("stated", ())
        for item, places in note.get("items", {}).items():
            self.items.setdefault(item, []).extend(places)

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:  # noqa: ARG002  (the run's interface)
        """Nothing: the project's facts are made, not read."""
        return Demand()

    def take(self, source: Source, facts: Facts) -> None:
        """Nothing is kept of the project's own facts."""

    def facts_of(self, source: Source, demand: Callable[[], Demand]) -> Facts | None:
        """The facts of the project; None for every other source."""
        return self._conclude(self, demand()) if source is self._form else None

    def _model(self, model: Model) -> None:
        self.models.append(model)
        for aspect, said in model.stated.items():
            self.stated += [
                {"aspect": aspect, "path": model.path, "place": place, "value": value} for value, place in said
            ]

"""One renewal project checked: its folder looked through, every deliverable asked of, all of them compared, one
report."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.projects.asking import packs_of, plan_of
from cimkit.projects.comparing import comparing_layers
from cimkit.projects.definitions import Definitions, definitions
from cimkit.projects.dossier import Dossier, dossier_of, form_layers
from cimkit.projects.finding import read_form
from cimkit.projects.floor_lines import Indicator, floor_lines
from cimkit.projects.indicators import indicator_layer, inputs_of, owed
from cimkit.projects.inventory import take_inventory
from cimkit.projects.outcome import outcome_of
from cimkit.projects.redline import RedLine, read_red_line
from cimkit.projects.survey import Survey
from cimkit.projects.tables import project_facts
from cimkit.report.model import Report
from cimkit.rules.settings import Settings
from cimkit.run.checking import Progress, run
from cimkit.run.planning import settings_for, with_depth
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source

if TYPE_CHECKING:
    from cimkit.run.cache import AnswerCache
    from cimkit.run.crews import Crew

__all__ = ["FORMAT", "check_project"]

#: The format of a project's facts: `applies_to` of the packs that are asked of them.
FORMAT = "project"


def check_project(
    folder: str | os.PathLike[str],
    *,
    packs: Sequence[str | os.PathLike[str]] | None = None,
    ids: Sequence[str | os.PathLike[str] | bytes] = (),
    stage: str | None = None,
    settings: str | os.PathLike[str] | None = None,
    lang: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    pictures: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    depth: str | None = None,
    crew: Crew | None = None,
    cache: AnswerCache | None = None,
) -> Report:
    """Check the project in a folder; the arguments are those of `cimkit.check`.

    packs  None: those that settings name, else those that fit its files, the pack of projects, and those of its kinds
    stage  None: what settings say, else what the form states, else 施工图
    depth  how much of the sources is looked at: full, sample, structure
    crew   who looks at the sources (`cimkit.run.crews`), this process unless one is given; cache: where their answers
           are kept

    The report's `project` is a mapping: number, name, city, district, kinds, stage, indicators, missing, wrong,
    to_sign, deliverables, models. A folder that is no project, or whose form can't be read, is a report that says so.
    Raises UsageError for wrong arguments and PackError for a broken pack or settings file.
    """
    place = Path(folder)
    limits = with_depth(limits or Limits(), depth)
    lang = lang or "zh"
    chosen = settings_for(settings, [place])
    known = definitions()
    try:
        dossier = dossier_of(read_form(place), known)
        inventory = take_inventory(place, dossier.form, known, dossier.stage, limits)
    except SourceError as error:
        nobody = Source(place.resolve().name or str(place), format=FORMAT, error=error)
        plan = plan_of(
            [nobody], packs=packs, ids=ids, stage=stage, settings=chosen, select=select, ignore=ignore, lang=lang
        )
        report = run([nobody], plan, lang=lang, limits=limits)
        report.project = {"folder": nobody.name, "error": error.message(lang)}
        return report
    line = _red_line(place, dossier, limits)
    form = Source(
        f"{inventory.label}/{dossier.form.file}",
        data=dossier.form.content,
        format=FORMAT,
        size=len(dossier.form.content),
    )
    sources = [*inventory.sources, form]
    conclusion = _Conclusion(dossier, known, form.name, lang)
    survey = Survey(inventory, line, form, conclusion)
    plan = plan_of(
        sources,
        packs=packs_of(packs, chosen, sources, dossier, stage),
        ids=ids,
        stage=stage if stage is not None or chosen.stage is not None else dossier.stage,
        settings=chosen,
        select=select,
        ignore=ignore,
        lang=lang,
    )
    if stage is None and chosen.stage is None:
        plan = replace(plan, stage=(dossier.stage, "source" if dossier.stated else "default"))
    report = run(
        inventory.sources,
        plan,
        lang=lang,
        limits=limits,
        progress=progress,
        cancel=cancel,
        pictures=pictures,
        concluding=survey,
        crew=crew,
        cache=cache,
    )
    report = _with_waivers(report, chosen)
    report.project = outcome_of(report, dossier, survey, conclusion.indicators, known)
    return report


class _Conclusion:
    """Makes the project's own facts once its sources have been taken, and keeps its indicators."""

    def __init__(self, dossier: Dossier, known: Definitions, name: str, lang: str) -> None:
        self.dossier = dossier
        self.known = known
        self.name = name
        self.lang = lang
        self.indicators: list[Indicator] = []

    def __call__(self, survey: Survey, demand: Demand) -> Facts:
        buildings, origin = inputs_of(self.dossier, survey)
        figures = floor_lines(self.known.floor_lines, self.dossier.form.single, buildings, origin, self.lang)
        self.indicators = owed(figures, self.dossier)
        layers = [
            *form_layers(self.dossier),
            *comparing_layers(self.dossier, survey, self.known, self.lang),
            indicator_layer(self.indicators, self.dossier),
        ]
        return project_facts(layers, demand, [*self.dossier.faults, *survey.inventory.faults], name=self.name)


def _red_line(folder: Path, dossier: Dossier, limits: Limits) -> RedLine | None:
    given = dossier.form.single.get("red_line")
    if not given:
        return None
    return read_red_line(folder, str(given), dossier.form.single.places["red_line"], limits)


def _with_waivers(report: Report, settings: Settings) -> Report:
    """The report in which the waivers of the settings hold."""
    if not settings.waivers:
        return report
    from cimkit.report.waivers import apply_waivers, load_waivers, waivers_of

    waivers = []
    for given in settings.waivers:
        waivers += load_waivers(given) if isinstance(given, os.PathLike) else waivers_of([given], str(settings.file))
    return apply_waivers(report, waivers)

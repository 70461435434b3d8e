"""`cimcheck pack lint`: what a pack must be before anyone is judged by it.

The ceilings of severity, the citations and the words are looked at here; that the cases come out is `pack test`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cimkit.authoring.lint_cases import lint_cases
from cimkit.authoring.lint_evidence import lint_evidence
from cimkit.authoring.lint_names import lint_names
from cimkit.authoring.lint_texts import lint_texts
from cimkit.authoring.lint_words import lint_words
from cimkit.authoring.problems import Problem
from cimkit.rules.load import LoadedPack, load_pack

__all__ = ["lint"]

_LINTERS: tuple[Callable[[LoadedPack], Iterator[Problem]], ...] = (
    lint_names,
    lint_evidence,
    lint_texts,
    lint_words,
    lint_cases,
)


def lint(folder: Path) -> list[Problem]:
    """Everything that is wrong with the pack in a folder, by place. Raises PackError where it can't even be read."""
    pack = load_pack(folder)
    problems = [problem for linter in _LINTERS for problem in linter(pack)]
    return sorted(problems, key=lambda problem: (problem.warning, _by_line(problem.place), problem.key))


def _by_line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (place, 0)

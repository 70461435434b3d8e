"""cimkit beside ifctester: the same IDS files asked of the same models, specification by specification.

Both must give the same verdict and the same failing instances. Where they do not, the table below says why, and
docs/ids.md ("Where ifctester differs") says what buildingSMART's documentation has to say of it. An entry of the table
that nothing needs any more fails, too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import cimkit
from cimkit.report.model import Verdict

ROOT = Path(__file__).resolve().parents[2]
NEEDS = sorted((Path(__file__).parent / "needs").glob("*.ids"))
SHARED = ("building-architecture.ifc", "FZK-Haus.ifc", "Duplex_Architecture.ifc", "LargeBuilding.ifc")
SAMPLES = ("renewal-block-faults.ifc", "revit-chinese.ifc")

TOLERANCE = "reals in an enumeration, and zero, are compared without the tolerance of 1e-6"
UNITS = "attributes are not converted to SI"
OPTIONAL_NULL = "an optional attribute that is null fails; official case an_optional_attribute_passes_if_null"
EMPTY_TEXT = "an empty text counts as null, so that it passes where it is prohibited or optional"
ONE_PARENT = "one whole of a thing is looked at, its storey before its wall, though no relation is named"
INDIRECT = "an opening counts as contained where its wall is, though the relation does not reach it"
NULL_PROPERTY = "of several properties that match, those without a value are passed over"
EACH_ATTRIBUTE = "of several attributes that match, each must have the value"
EVERY_SET = "a property in some of the sets that match is not prohibited, only one in all of them"
NO_SYSTEM = "a reference without a classification counts as one of the system asked for, until its value differs"
OBJECT_TYPE = "what has an ObjectType counts as user-defined, though its predefined type is NOTDEFINED or absent"
DANGLING = "a relation to an instance that is not there raises AttributeError"

#: (file of needs, specification) -> why ifctester differs.
DIFFERENCES = {
    ("attributes", "storeys from ground up"): UNITS,
    ("attributes", "ground floor"): TOLERANCE,
    ("attributes", "a number in a name"): EACH_ATTRIBUTE,
    ("attributes", "no descriptions"): EMPTY_TEXT,
    ("attributes", "descriptions, if any, are long"): OPTIONAL_NULL,
    ("attributes", "doors two metres high"): UNITS,
    ("attributes", "doors of one width"): UNITS,
    ("cardinality", "fire rating, if any"): EMPTY_TEXT,
    ("cardinality", "no fire rating"): EMPTY_TEXT,
    ("cardinality", "no category in any set"): EVERY_SET,
    ("cardinality", "classified otherwise, if at all"): NO_SYSTEM,
    ("cardinality", "not contained"): INDIRECT,
    ("chinese", "门的耐火极限，若有"): EMPTY_TEXT,
    ("classification", "whatever is classified has a name"): DANGLING,
    ("entities", "user defined proxies"): OBJECT_TYPE,
    ("part_of", "parts of walls by any relation"): ONE_PARENT,
    ("part_of", "what is in a storey has a name"): INDIRECT,
    ("quantities", "depth of slabs"): TOLERANCE,
    ("types", "styles have properties"): NULL_PROPERTY,
}


@dataclass(frozen=True)
class Answer:
    """What one of the two said: does the specification hold, and the STEP ids of what fails it."""

    holds: bool
    failing: frozenset[int]


Pair = tuple[Answer, Answer | str]  # ours, theirs or the exception it raised


def ours(model: Path) -> dict[tuple[str, int], Answer]:
    report = cimkit.check(model, packs=[], ids=NEEDS)
    assert report.internal_errors == []
    found: dict[tuple[str, int], Answer] = {}
    number: dict[str, int] = defaultdict(int)
    for result in report.results:
        need = Path(result.pack.removeprefix("ids:")).stem
        assert result.verdict is not Verdict.BLOCKED, (need, result.title)
        failing = frozenset(int(finding.subject.locator[1:]) for finding in result.findings if finding.subject)
        found[need, number[need]] = Answer(result.verdict is not Verdict.FAILED, failing)
        number[need] += 1
    return found


def theirs(ids: ModuleType, specification: object, model: object) -> Answer | str:
    """What ifctester says of one specification; its own loop over a file ends at the first exception."""
    ids.get_pset.cache_clear()
    ids.get_psets.cache_clear()
    spec: object = specification
    try:
        spec.reset_status()
        spec.check_ifc_version(model)
        spec.validate(model)
    except AttributeError as error:
        return type(error).__name__
    failing = spec.applicable_entities if spec.maxOccurs == 0 else spec.failed_entities
    return Answer(bool(spec.status), frozenset(entity.id() for entity in failing))


@pytest.fixture(scope="module")
def answers(shared: Path) -> dict[tuple[str, str, str], Pair]:
    """(model, needs, specification) -> what both say."""
    ifcopenshell = pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
    ids = pytest.importorskip("ifctester.ids", reason="ifctester is not installed")
    pairs: dict[tuple[str, str, str], Pair] = {}
    models = [shared / "ifc" / name for name in SHARED] + [ROOT / "samples" / name for name in SAMPLES]
    for path in models:
        mine, model = ours(path), ifcopenshell.open(str(path))
        for need in NEEDS:
            for number, spec in enumerate(ids.open(str(need)).specifications):
                pairs[path.stem, need.stem, spec.name] = mine[need.stem, number], theirs(ids, spec, model)
    return pairs


def test_enough_was_compared(answers: dict[tuple[str, str, str], Pair]) -> None:
    assert len(NEEDS) >= 12
    assert len(answers) > 600
    assert sum(bool(mine.failing) for mine, _ in answers.values()) > 150


def test_both_say_the_same(answers: dict[tuple[str, str, str], Pair]) -> None:
    unexplained = {
        key: (mine.holds, len(mine.failing), other if isinstance(other, str) else (other.holds, len(other.failing)))
        for key, (mine, other) in answers.items()
        if mine != other and key[1:] not in DIFFERENCES
    }
    assert unexplained == {}


@pytest.mark.parametrize("place", DIFFERENCES, ids="/".join)
def test_each_difference_is_still_one(answers: dict[tuple[str, str, str], Pair], place: tuple[str, str]) -> None:
    assert any(mine != other for (_, *rest), (mine, other) in answers.items() if tuple(rest) == place)


def test_every_reason_is_explained() -> None:
    page = (ROOT / "docs" / "ids.md").read_text(encoding="utf-8")
    chapter = page.partition("## Where ifctester differs")[2].partition("\n## ")[0]
    missing = {reason for reason in DIFFERENCES.values() if reason not in " ".join(chapter.split())}
    assert missing == set()

"""A small province, made and checked once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cimkit.projects.portfolio.checking import check_portfolio
from cimkit.projects.portfolio.entry import Options
from cimkit.projects.portfolio.model import Portfolio
from cimkit.run.cache import AnswerCache
from samples.makers.province import make_province

#: One pack: these tests are about many projects, not about many rules.
OPTIONS = Options(packs=("renewal-project",))
COUNT = 16


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> AnswerCache:
    """Answers kept by all of these tests together: most of them look at the same projects."""
    return AnswerCache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def _province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "province"
    assert make_province(folder, COUNT) == COUNT
    return folder


@pytest.fixture(scope="session")
def checked(_province: Path, kept: AnswerCache) -> Portfolio:
    """The province as it was checked; not to be changed."""
    return check_portfolio(_province, options=OPTIONS, cache=kept)


@pytest.fixture
def province(_province: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    folder = tmp_path / "province"
    shutil.copytree(_province, folder)
    return folder


@pytest.fixture
def projects(province: Path) -> list[Path]:
    """Folders of the projects in the copy."""
    return sorted(form.parent for form in province.rglob("project.yaml"))

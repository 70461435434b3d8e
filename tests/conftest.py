"""Fixtures every test may use."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from cimkit.cache_folder import CACHE_VARIABLE

_CACHE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """What is read is kept for this run alone: a thousand IDS cases have no place in anybody's cache folder."""
    if CACHE_VARIABLE not in os.environ:
        config.stash[_CACHE] = os.environ[CACHE_VARIABLE] = tempfile.mkdtemp(prefix="cimkit-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The folder goes again."""
    if _CACHE in config.stash:
        del os.environ[CACHE_VARIABLE]
        shutil.rmtree(config.stash[_CACHE], ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public test material (real IFC, IDS and city files), which is not part of this repository.

    `CIMKIT_SHARED` names it; without that, a folder `shared` beside the checkout is taken.
    """
    named = os.environ.get("CIMKIT_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the test material is not here: {folder.name} (set CIMKIT_SHARED to its folder)")
    return folder


# No test is timed: machines are shared and slow by turns. Where CI runs, the same examples are tried each time, so that
# a change is judged by what it changes; elsewhere every run looks somewhere new.
settings.register_profile("cimkit", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("cimkit")

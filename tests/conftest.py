"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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

"""Makes `report_factory` importable for the tests of this folder, and gives its small report as a fixture."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_factory import make_report

from cimkit.report.model import Report


@pytest.fixture
def report() -> Report:
    """Small: 60 findings in its largest rule."""
    return make_report()

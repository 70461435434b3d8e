"""Every defect of the readers of tables, rasters, points, scenes and metadata has its sentence, every detail a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cimkit
from cimkit.locales import LANGUAGES, has_text
from cimkit.readers.i3s.defects import I3S_DEFECTS
from cimkit.readers.metadata.defects import METADATA_DEFECTS
from cimkit.readers.osgb.defects import OSGB_DEFECTS
from cimkit.readers.pointcloud.defects import LAS_DEFECTS
from cimkit.readers.raster.defects import RASTER_DEFECTS
from cimkit.readers.s3m.defects import S3M_DEFECTS
from cimkit.readers.tables.defects import TABLE_DEFECTS

ALL = (TABLE_DEFECTS, METADATA_DEFECTS, RASTER_DEFECTS, LAS_DEFECTS, OSGB_DEFECTS, I3S_DEFECTS, S3M_DEFECTS)
ROOMS = ("tables", "metadata", "raster", "pointcloud", "osgb", "i3s", "s3m")
NOTED = re.compile(r'notes\.add\(\s*"([a-z0-9_]+)"(?:,\s*"([a-z0-9_]+)")?')


def noted() -> list[tuple[str, str]]:
    root = Path(cimkit.__file__).parent / "readers"
    texts = (path.read_text(encoding="utf-8") for room in ROOMS for path in (root / room).glob("*.py"))
    return [(kind, detail) for text in texts for kind, detail in NOTED.findall(text)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_defect_has_its_sentence(lang: str) -> None:
    kinds = [kind for each in ALL for kind in each]
    assert len(kinds) == len(set(kinds))
    assert [kind for kind in kinds if not has_text(f"findings.defect_{kind}", lang)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_detail_has_its_word(lang: str) -> None:
    details = {detail for kind, detail in noted() if detail and kind != "metadata_conflict"}
    assert len(details) > 40
    assert sorted(detail for detail in details if not has_text(f"findings.detail_{detail}", lang)) == []


def test_readers_note_only_what_their_tables_list() -> None:
    known = {kind for each in ALL for kind in each}
    assert {kind for kind, _ in noted()} <= known

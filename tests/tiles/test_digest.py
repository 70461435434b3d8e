"""The digest of a tileset: what was read is not read again for it."""

from __future__ import annotations

from pathlib import Path

import cimkit
from cimkit.readers.tiles.source import read_tiles
from cimkit.run.vocabulary import whole_demand
from cimkit.sources.limits import Limits
from cimkit.sources.opening import expand
from tests.tiles.building import as_bytes, files


def _written(folder: Path) -> Path:
    for name, content in as_bytes(files()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_the_digest_is_the_same_before_and_after_reading(tmp_path: Path) -> None:
    folder, limits = _written(tmp_path), Limits()
    (unread,) = expand(folder, limits)
    expected = unread.digest(limits)
    (source,) = expand(folder, limits)
    read_tiles(source, whole_demand(), limits)
    assert source.noted
    report = cimkit.check(folder, packs=["city-basics"])
    assert source.digest(limits) == expected == report.sources[0].sha256


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    folder, limits = _written(tmp_path), Limits()
    (source,) = expand(folder, limits)
    read_tiles(source, whole_demand(), limits)
    before = source.digest(limits)
    for part in source.noted:
        (folder / part).write_bytes(b"")
    assert source.digest(limits) == before

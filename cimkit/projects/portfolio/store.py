"""The results store: a folder of Parquet files that other systems query, with every run and every frozen period.

    store/
      README.md                 what each column means
      latest.json               which run is the last
      runs/<time>/              one folder a run: run.json and a Parquet file for each table
      periods/2021Q2/           a frozen period, in the same form

A run's folder takes its place when all of it is written, and `latest.json` after it: a reader never meets half a run.
Any Parquet reader can take all runs at once (`runs/*/projects.parquet`); the column `run` tells them apart.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from cimkit.errors import UsageError
from cimkit.locales import LANGUAGES, text
from cimkit.projects.portfolio.changes import change_between
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.tables import COLUMNS, digest_of
from cimkit.whole_files import written_whole

__all__ = ["Kept", "Store"]

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A state that the store holds. created: when it was checked (ISO, UTC)."""

    created: str
    digest: str
    tables: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Store:
    """A store's folder, which need not exist yet."""

    folder: Path

    def latest(self) -> Kept | None:
        """The last run. Raises UsageError for a store that can't be read."""
        path = self.folder / "latest.json"
        if not path.exists():
            if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.glob("runs/[!.]*"))):
                raise self._unreadable("latest.json", text_of(None))
            return None
        told = self._json(path)
        return self._kept(self.folder / "runs" / str(told.get("run", "")))

    def period(self, name: str) -> Kept | None:
        """A frozen period; None: it is not frozen yet. Raises UsageError for one that can't be read."""
        folder = self.folder / "periods" / name
        return self._kept(folder) if folder.exists() else None

    def keep(self, portfolio: Portfolio) -> bool:
        """Keep a run and make it the last one. False: it says just what the last one says, and is not kept twice.

        Raises UsageError, and leaves the store as it was, where it can't be written.
        """
        before = self.latest()
        if before is not None and before.digest == digest_of(portfolio.tables):
            return False
        name = re.sub(r"[^0-9TZ]", "", portfolio.created)
        number = 1
        while (self.folder / "runs" / (run := name if number == 1 else f"{name}-{number}")).exists():
            number += 1
        self._write(self.folder / "runs" / run, portfolio, run)
        self._put("latest.json", orjson.dumps({"store_version": _VERSION, "run": run}))
        self._put("README.md", _readme().encode())
        return True

    def freeze(self, portfolio: Portfolio, name: str) -> None:
        """Freeze what the portfolio says as a period's state. Raises UsageError where it can't be written."""
        self._write(self.folder / "periods" / name, portfolio, name)

    def _write(self, target: Path, portfolio: Portfolio, run: str) -> None:
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        made = [folder for folder in (target.parent, self.folder) if not folder.exists()]
        try:
            beside.mkdir(parents=True)
            for table, frame in portfolio.tables.items():
                marked = frame.select(pl.lit(run, dtype=pl.String).alias("run"), pl.all())
                packed = BytesIO()
                marked.write_parquet(packed)
                (beside / f"{table}.parquet").write_bytes(packed.getbuffer())
            about = {
                "store_version": _VERSION,
                "run": run,
                "created": portfolio.created,
                "cimkit": portfolio.version,
                "lang": portfolio.lang,
                "digest": digest_of(portfolio.tables),
            }
            (beside / "run.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))
            beside.replace(target)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            for folder in made:
                with suppress(OSError):  # what holds something is not taken away
                    folder.rmdir()

    def _put(self, name: str, content: bytes) -> None:
        try:
            with written_whole(self.folder / name) as stream:
                stream.write(content)
        except OSError as error:
            raise self._unwritable(error) from error

    def _kept(self, folder: Path) -> Kept:
        about = self._json(folder / "run.json")
        tables = {}
        for table, columns in COLUMNS.items():
            path = folder / f"{table}.parquet"
            try:
                tables[table] = pl.read_parquet(path).select(
                    pl.col(name).cast(dtype) for name, dtype in columns.items()
                )
            except (OSError, pl.exceptions.PolarsError) as error:
                raise self._unreadable(path.relative_to(self.folder).as_posix(), text_of(error)) from error
        return Kept(str(about.get("created")), str(about.get("digest")), tables)

    def _json(self, path: Path) -> dict[str, Any]:
        try:
            told = orjson.loads(path.read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
            raise self._unreadable(path.relative_to(self.folder).as_posix(), text_of(error)) from error
        if not isinstance(told, dict) or told.get("store_version") != _VERSION:
            raise self._unreadable(path.relative_to(self.folder).as_posix(), "store_version")
        return told

    def _unreadable(self, file: str, why: str) -> UsageError:
        return UsageError("portfolio.store_unreadable", store=str(self.folder), file=file, why=why)

    def _unwritable(self, error: Exception) -> UsageError:
        return UsageError("portfolio.store_unwritable", store=str(self.folder), why=text_of(error))

    def compared(self, portfolio: Portfolio, period: str | None) -> Portfolio:
        """The portfolio with what changed since the last run; for a period, as it was when frozen, with what came late
        or was revised since. The first time a period is named, it is frozen now. Raises UsageError."""
        before = self.latest()
        frozen = self.period(period) if period is not None else None
        self.keep(portfolio)
        if period is None:
            if before is not None:
                portfolio.change = change_between(before.tables, portfolio.tables, before.created)
            return portfolio
        if frozen is None:
            self.freeze(portfolio, period)
            frozen = self.period(period)
            assert frozen is not None
        portfolio.period, portfolio.frozen = period, frozen.created
        portfolio.late = change_between(frozen.tables, portfolio.tables, frozen.created)
        portfolio.tables = frozen.tables
        return portfolio


def text_of(error: Exception | None) -> str:
    """What a failure says of itself, in one line."""
    return str(getattr(error, "strerror", None) or error or "-").splitlines()[0][:300]


def _readme() -> str:
    """What the store holds, in both languages: made from the table of columns, so that it is never behind."""
    lines = [f"# {' / '.join(text('portfolio.store_title', lang) for lang in LANGUAGES)}", ""]
    lines += [text("portfolio.store_about", lang) for lang in LANGUAGES]
    for table, columns in COLUMNS.items():
        lines += ["", f"## {table}.parquet", "", "| column | type | 中文 | English |", "|---|---|---|---|"]
        meanings = {"run": pl.String, **columns}
        for column, dtype in meanings.items():
            said = [text(f"portfolio.column_{column}", lang) for lang in LANGUAGES]
            lines.append(f"| {column} | {dtype} | {said[0]} | {said[1]} |")
    return "\n".join(lines) + "\n"

"""`--jobs`, `--scheduler` and `--no-cache` of a check, as a person meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cimkit.cli.app import run
from cimkit.run import crews

MODEL = str(Path(__file__).resolve().parents[2] / "samples" / "renewal-block-faults.ifc")
COMMON = ["check", MODEL, "--pack", "ifc-basics", "--format", "json", "--lang", "en"]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return re.sub(r'"created":"[^"]*"', "", capsys.readouterr().out)


def test_jobs_change_nothing_but_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(COMMON)
    alone = printed(capsys)
    assert run([*COMMON, "--jobs", "2", "--no-cache"]) == status
    assert printed(capsys) == alone


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"]])
def test_wrong_helpers_are_refused_in_a_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*COMMON, *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


def test_a_missing_dask_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(crews, "import_module", missing)
    assert run([*COMMON, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "cimkit[dask]" in capsys.readouterr().err

"""A Dask cluster checks a portfolio as this process does, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from cimkit.errors import UsageError
from cimkit.projects.portfolio.checking import check_portfolio
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.tables import digest_of
from cimkit.run.crews import cluster
from tests.portfolio.conftest import OPTIONS

pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask, about Dask


def test_a_cluster_gives_the_same_though_a_worker_is_killed(province: Path, checked: Portfolio) -> None:
    distributed = pytest.importorskip("distributed")
    killed: list[int] = []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:

        def kill_one(done: int, total: int) -> None:
            if not killed:
                killed.append(next(iter(local.workers.values())).pid)
                os.kill(killed[0], getattr(signal, "SIGKILL", signal.SIGTERM))

        there = check_portfolio(province, options=OPTIONS, crew=cluster(local.scheduler_address), progress=kill_one)
    assert killed
    assert digest_of(there.tables) == digest_of(checked.tables)


def test_a_scheduler_that_is_not_there_is_told(province: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("cimkit.run.crews._CONNECT_SECONDS", 0.3)
    with pytest.raises(UsageError) as error:
        check_portfolio(province, options=OPTIONS, crew=cluster("tcp://127.0.0.1:1"))
    assert error.value.key == "run.scheduler_unreachable"

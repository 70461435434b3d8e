"""Where most users sit: a GBK console, Chinese folders and names, an output file that another program holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "renewal-block-faults.ifc"


def cimcheck(*arguments: str | Path, where: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "cimkit", *map(str, arguments)]
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("工程")
    (folder / "铁西").mkdir()
    shutil.copy(SAMPLE, folder / "铁西" / "1#楼 建筑.ifc")
    return folder


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_gbk_console_can_show_all_of_it(project: Path, lang: str) -> None:
    answer = cimcheck("铁西/1#楼 建筑.ifc", "--lang", lang, where=project)
    assert answer.returncode == 1, answer.stderr.decode("gbk", "replace")
    said = answer.stdout.decode("gbk")  # strict: a question mark in a box would have been encoded as something else
    assert "1#楼 建筑.ifc" in said
    assert not answer.stderr


def test_reports_beside_a_chinese_path(project: Path) -> None:
    target = Path("铁西") / "报告 1#.html"
    answer = cimcheck("铁西/1#楼 建筑.ifc", "--pack", "ifc-basics", "--report", f"html={target}", where=project)
    assert answer.returncode == 1, answer.stderr.decode("gbk", "replace")
    assert "1#楼 建筑.ifc" in (project / target).read_text(encoding="utf-8")


def test_an_output_that_cant_be_written_is_one_sentence(project: Path) -> None:
    held = project / "报告.html"
    held.mkdir(exist_ok=True)  # stands for a file that another program holds: no system lets it be replaced
    answer = cimcheck("铁西/1#楼 建筑.ifc", "--pack", "ifc-basics", "--report", f"html={held}", where=project)
    assert answer.returncode == 2
    told = answer.stderr.decode("gbk").strip()
    assert "报告.html" in told
    assert "Traceback" not in told
    assert list(project.glob("*.tmp")) == []


def test_a_missing_file_is_one_sentence_in_gbk(project: Path) -> None:
    answer = cimcheck("铁西/没有.ifc", where=project)
    assert answer.returncode == 3
    assert "没有.ifc" in answer.stdout.decode("gbk") + answer.stderr.decode("gbk")

"""The shape of the house: rooms, the one-way arrows between them, locale files in step, no path of one machine."""

from __future__ import annotations

import ast
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cimkit"
LOCALES = PACKAGE / "locales"

# Who may use whom directly. A room may also use what its neighbours use: data walks one way, from `sources` to `cli`.
ARROWS: dict[str, set[str]] = {
    "__main__": {"cli"},
    "cli": {"api", "projects", "authoring", "run", "report"},
    "projects": {"api", "run", "report"},
    "authoring": {"api", "rules", "ids", "run"},
    "api": {"run", "report"},
    "run": {"rules", "checks", "ids", "readers", "report"},
    "ids": {"rules"},
    "rules": {"checks", "facts", "sources"},  # the vocabulary of checks is part of what a rule may say
    "checks": {"facts", "sources"},
    "readers": {"facts", "sources"},
    "report": set(),
    "facts": set(),
    "sources": set(),
}
# Open to every room, and using none of them.
COMMON = {"cache_folder", "errors", "locales", "whole_files", ""}

MODULES = sorted(PACKAGE.rglob("*.py"))


def reachable(room: str) -> set[str]:
    return {room}.union(*(reachable(neighbour) for neighbour in ARROWS[room]))


def room_of(dotted: str) -> str:
    """`cimkit.facts.model` -> `facts`; `cimkit` itself -> ``."""
    return [*dotted.split("."), ""][1]


def dotted_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            # `from cimkit import facts` names the room in the alias.
            names = [f"cimkit.{alias.name}" for alias in node.names] if module == "cimkit" else [module]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "cimkit":
                yield node.lineno, name


def test_every_module_stands_in_a_room() -> None:
    strangers = [
        str(path.relative_to(ROOT)) for path in MODULES if room_of(dotted_name(path)) not in {*ARROWS, *COMMON}
    ]
    assert not strangers, "\n".join(strangers)


def test_rooms_point_one_way() -> None:
    wrong = []
    for path in MODULES:
        room = room_of(dotted_name(path))
        if room == "" or room not in ARROWS:
            continue  # the public front door opens every room, when first asked
        for line, name in imported(path):
            target = room_of(name)
            if target in ARROWS and target not in reachable(room):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} -> {target}")
    assert not wrong, "\n".join(wrong)


def test_what_is_open_to_all_uses_no_room() -> None:
    for name in ("cache_folder", "errors", "locales", "whole_files"):
        for path in MODULES:
            if room_of(dotted_name(path)) == name:
                assert {room_of(target) for _, target in imported(path)} <= COMMON, path


def test_arrows_have_no_circle() -> None:
    for room, neighbours in ARROWS.items():
        assert all(room not in reachable(neighbour) for neighbour in neighbours)


def test_importing_cimkit_loads_no_library() -> None:
    heavy = ["click", "ifcopenshell", "jinja2", "lxml", "numpy", "orjson", "polars", "rich", "yaml"]
    program = f"import sys, cimkit; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def tracked_files() -> list[Path]:
    """What is part of the project: what git tracks or would; without git, everything but caches."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
    hidden = re.compile(r"^(\.venv.*|venv|build|dist|__pycache__|\.[a-z]+_cache|\.hypothesis|.*\.egg-info)$")
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(hidden.match(part) for part in path.relative_to(ROOT).parts)
    ]


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    folders = "|".join(["work", "farm", "tmp", "root"])
    pattern = re.compile(rf"(?:^|[^\w.])/(?:{folders})/".encode(), re.MULTILINE)
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content[:8192] and pattern.search(content):
            found.append(str(path.relative_to(ROOT)))
    assert not found, "\n".join(found)


def test_batch_file_reads_the_same_on_every_windows() -> None:
    """cmd reads it in the code page of the machine, and loses labels behind bare line feeds."""
    content = (ROOT / "cimcheck.bat").read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") > 0
    labels = set(re.findall(rb"^:(\w+)", content, re.MULTILINE))
    assert set(re.findall(rb"goto (\w+)", content)) == labels


# --- the engine's own words ---------------------------------------------------------------------------------------


def sentences(path: Path) -> dict[str, str]:
    """A locale file; a key written twice or a value that is not text is an error here, not a surprise later."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    if node is None:
        return {}
    assert isinstance(node, yaml.MappingNode), path
    keys = [key.value for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"{path}: written twice: {[a for a, b in pairwise(sorted(keys)) if a == b]}"
    assert all(isinstance(value, yaml.ScalarNode) for _, value in node.value), f"{path}: one level only"
    return {key.value: value.value for key, value in node.value}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def catalogue(lang: str) -> dict[str, str]:
    return {
        f"{path.stem}.{key}": sentence
        for path in sorted((LOCALES / lang).glob("*.yaml"))
        for key, sentence in sentences(path).items()
    }


def test_both_languages_say_the_same_things() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert set(chinese) == set(english)
    different = {key for key in chinese if placeholders(chinese[key]) != placeholders(english[key])}
    assert different == set()
    assert [key for key, sentence in {**chinese, **english}.items() if not sentence.strip()] == []


def raised() -> Iterator[tuple[str, str, set[str], bool]]:
    """(where, key, names of the values, all of them known) of each `SomeError("room.key", ...)` and `text(...)`."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            key = node.args[0].value
            if name in {"CimkitError", "UsageError", "PackError", "SourceError", "InternalError", "text"}:
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                complete = all(keyword.arg for keyword in node.keywords)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", str(key), names, complete


def test_every_sentence_that_is_used_is_there() -> None:
    known = catalogue("zh")
    wrong = []
    for where, key, names, complete in raised():
        if key not in known:
            wrong.append(f"{where}: no sentence {key}")
        elif complete and placeholders(known[key]) - names:
            wrong.append(f"{where}: {key} lacks {sorted(placeholders(known[key]) - names)}")
    assert not wrong, "\n".join(wrong)

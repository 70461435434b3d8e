"""Every sentence that packs, authoring and the command line ask for by a helper is there, and can be filled."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from cimkit.locales import has_text, template

PACKAGE = Path(__file__).resolve().parents[2] / "cimkit"
#: Function -> (where the key is among its arguments, room, values it gives of itself, variants of the key).
HELPERS = {
    "broken": (0, "rules", {"place"}, ("",)),
    "fault_at": (0, "rules", {"place"}, ("",)),
    "_refuse": (0, "rules", {"place"}, ("",)),
    "unknown": (0, "rules", {"place", "word", "known", "near"}, ("", "_near")),
    "rule_problem": (1, "authoring", {"code"}, ("",)),
    "words": (0, "cli", set(), ("",)),
    "_word": (0, "authoring", set(), ("",)),
}


def asked() -> Iterator[tuple[str, str, set[str], bool]]:
    """(where, key, names of the values, whether all of them are seen) of every call with a key written out."""
    for room in ("rules", "authoring", "cli"):
        for path in sorted((PACKAGE / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                index, owner, given, endings = HELPERS.get(name, (0, "", set(), ()))
                key = node.args[index] if len(node.args) > index else None
                if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                    continue
                names = {keyword.arg for keyword in node.keywords if keyword.arg} | given
                seen = all(keyword.arg for keyword in node.keywords)
                for ending in endings:
                    yield f"{path.name}:{node.lineno}", f"{owner}.{key.value}{ending}", names, seen


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_every_sentence_is_there_and_can_be_filled() -> None:
    wrong = []
    calls = list(asked())
    for where, key, names, seen in calls:
        if not has_text(key, "zh"):
            wrong.append(f"{where}: no sentence {key}")
        elif seen and placeholders(template(key, "zh")) - names:
            wrong.append(f"{where}: {key} lacks {sorted(placeholders(template(key, 'zh')) - names)}")
    assert wrong == []
    assert len(calls) > 100

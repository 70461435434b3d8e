"""The words of a pack: title, message, why and fix of its rules in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cimkit.rules.faults import broken
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.shapes import known_keys

__all__ = ["TEXT_PARTS", "Texts", "fill", "read_texts"]

TEXT_PARTS = ("title", "message", "why", "fix")
#: language -> code (or name of a table) -> part -> sentence
Texts = Mapping[str, Mapping[str, Mapping[str, str]]]

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def read_texts(files: PackFiles) -> tuple[Texts, Texts]:
    """The sentences of the rules by code, and the templates of the tables by table; of `locales/<language>.yaml` and
    of the files in `locales/<language>/`. Raises PackError."""
    rules: dict[str, dict[str, Mapping[str, str]]] = {}
    tables: dict[str, dict[str, Mapping[str, str]]] = {}
    for language in ("zh", "en"):
        rules[language] = {}
        tables[language] = {}
        paths = [path for path in files.under("locales") if path.startswith(f"locales/{language}/")]
        for path in (f"locales/{language}.yaml", *paths):
            data = files.yaml_mapping(path)
            for code, sentences in data.items():
                if code != "tables":
                    rules[language][code] = _sentences(sentences, path, data, code)
                    continue
                if not isinstance(sentences, Mapping):
                    raise broken("not_a_mapping_at", path, data, code, field=code)
                for table, template in sentences.items():
                    tables[language][table] = _sentences(template, path, sentences, table)
    return rules, tables


def _sentences(given: Any, path: str, holder: Any, at: str) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        raise broken("not_a_mapping_at", path, holder, at, field=at)
    known_keys(given, TEXT_PARTS, path)
    return {part: str(sentence).strip() for part, sentence in given.items() if sentence is not None}


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with the placeholders that `values` has; others ({subject}, {found} ...) stay for the finding."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)

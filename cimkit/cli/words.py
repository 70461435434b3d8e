"""The language of the command line, and its own sentences."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from cimkit.locales import LANGUAGES, has_text, text

__all__ = ["Words", "language"]


class Words(Struct, frozen=True):
    """`Words("zh")("key")` is the sentence `cli.key`; raises KeyError for one that is not there."""

    lang: str

    def __call__(self, key: str, **values: Any) -> str:
        return text(f"cli.{key}", self.lang, **values)

    def known(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return has_text(f"cli.{key}", self.lang)


def language(arguments: Sequence[str] = ()) -> str:
    """`zh` or `en`: what `--lang` among the arguments says, else the locale, else `zh`.

    The arguments are looked through before they are parsed, since help and complaints about them have a language too.
    """
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and index + 1 < len(arguments):
            return _known(arguments[index + 1]) or "zh"
        if argument.startswith("--lang="):
            return _known(argument.removeprefix("--lang=")) or "zh"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return _known(value) or "zh"
    return _known(locale.getlocale()[0] or "") or "zh"


def _known(word: str) -> str | None:
    """`en_US.UTF-8`, `English_United States` -> `en`."""
    names = {"chinese": "zh", "english": "en"}
    head = word.casefold().replace("-", "_").partition("_")[0].partition(".")[0]
    head = names.get(head, head)
    return head if head in LANGUAGES else None

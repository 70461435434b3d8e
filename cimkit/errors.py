"""The errors a caller of cimkit can meet, each a sentence in the locale files and the values that fill it."""

from __future__ import annotations

from typing import Any

__all__ = ["CimkitError", "InternalError", "PackError", "SourceError", "UsageError"]


class CimkitError(Exception):
    """Base of every error cimkit raises on purpose.

    `key` names a sentence of `cimkit/locales` (`sources.not_found`), `values` fill its placeholders.
    `exit_status` is what the command answers with when this error ends the run.
    """

    exit_status = 4

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come home from other processes as what they are."""
        return _again, (type(self), self.key, self.values)

    def message(self, lang: str = "zh") -> str:
        """The sentence in `lang` ("zh" or "en")."""
        from cimkit.locales import text

        return text(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.message("en")


class UsageError(CimkitError):
    """Wrong use of a command or of the library."""

    exit_status = 2


class PackError(CimkitError):
    """A rule pack, a settings file or an IDS file is broken."""

    exit_status = 2


class SourceError(CimkitError):
    """A source can't be opened, recognised or read."""

    exit_status = 3


class InternalError(CimkitError):
    """A fault of cimkit itself."""

    exit_status = 4


def _again(kind: type[CimkitError], key: str, values: dict[str, Any]) -> CimkitError:
    error = kind.__new__(kind)
    CimkitError.__init__(error, key, **values)
    return error

"""cimkit checks BIM models, city data and renewal projects against published requirements.

    import cimkit
    report = cimkit.check("model.ifc")
    report.verdict

Everything public is reached from here and loaded when first asked for: `import cimkit` itself loads no library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "CimkitError",
    "InternalError",
    "PackError",
    "Report",
    "SourceError",
    "UsageError",
    "Verdict",
    "check",
    "check_many",
    "compare",
    "load_pack",
    "load_report",
    "packs",
    "read",
]

if TYPE_CHECKING:
    from cimkit.api import Report, Verdict, check, check_many, compare, load_pack, load_report, packs, read
    from cimkit.errors import CimkitError, InternalError, PackError, SourceError, UsageError

_ERRORS = frozenset({"CimkitError", "InternalError", "PackError", "SourceError", "UsageError"})


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module("cimkit.errors" if name in _ERRORS else "cimkit.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

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
    from cimkit.api import Report, Verdict, check, check_many, read
    from cimkit.errors import CimkitError, InternalError, PackError, SourceError, UsageError
    from cimkit.report.comparing import compare
    from cimkit.report.loading import load_report
    from cimkit.rules.load import load_pack, packs

#: Where a name is defined that is not in `cimkit.api`.
_ELSEWHERE = {
    **dict.fromkeys(("CimkitError", "InternalError", "PackError", "SourceError", "UsageError"), "cimkit.errors"),
    "compare": "cimkit.report.comparing",
    "load_pack": "cimkit.rules.load",
    "load_report": "cimkit.report.loading",
    "packs": "cimkit.rules.load",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(_ELSEWHERE.get(name, "cimkit.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Reader of STEP physical files (ISO 10303-21). It knows STEP's syntax and no schema."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cimkit.readers.step.errors import NotStepError as NotStepError
    from cimkit.readers.step.errors import StepError as StepError
    from cimkit.readers.step.file import StepFile as StepFile
    from cimkit.readers.step.header import StepHeader as StepHeader
    from cimkit.readers.step.limits import StepLimits as StepLimits
    from cimkit.readers.step.records import DANGLING as DANGLING
    from cimkit.readers.step.records import NO_REFERENCE as NO_REFERENCE
    from cimkit.readers.step.records import Records as Records
    from cimkit.readers.step.references import dangling_references as dangling_references
    from cimkit.readers.step.references import duplicate_ids as duplicate_ids
    from cimkit.readers.step.syntax import DEFECT_KINDS as DEFECT_KINDS
    from cimkit.readers.step.syntax import syntax_defects as syntax_defects
    from cimkit.readers.step.text import decode_string as decode_string
    from cimkit.readers.step.text import decode_strings as decode_strings

_HOMES = {
    "DANGLING": "records",
    "DEFECT_KINDS": "syntax",
    "NO_REFERENCE": "records",
    "NotStepError": "errors",
    "Records": "records",
    "StepError": "errors",
    "StepFile": "file",
    "StepHeader": "header",
    "StepLimits": "limits",
    "dangling_references": "references",
    "decode_string": "text",
    "decode_strings": "text",
    "duplicate_ids": "references",
    "syntax_defects": "syntax",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    """numpy and polars are imported with the first name that needs them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

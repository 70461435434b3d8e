"""What can go wrong before there is a STEP file to speak of.

Everything wrong *inside* a STEP file is a defect of the file (see `syntax`), never an exception.
"""

from __future__ import annotations

from cimkit.errors import SourceError

__all__ = ["NotStepError", "StepError"]


class StepError(SourceError, ValueError):
    """A STEP file that cannot be opened."""


class NotStepError(StepError):
    """The bytes are no STEP physical file at all."""

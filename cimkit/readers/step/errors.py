"""What can go wrong before there is a STEP file to speak of.

Everything wrong *inside* a STEP file is a defect of the file (see `syntax`), never an exception.
"""

from __future__ import annotations

__all__ = ["NotStepError", "StepError"]


class StepError(ValueError):
    """A STEP file that cannot be opened. `key` names the sentence, `values` fill it in."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class NotStepError(StepError):
    """The bytes are no STEP physical file at all."""

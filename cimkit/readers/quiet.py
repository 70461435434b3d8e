"""Libraries that complain to the console: what they say is told as defects, or not at all."""

from __future__ import annotations

import logging

__all__ = ["silenced"]


def silenced(name: str) -> None:
    """Give a library's log a handler that does nothing, once: it does not write to the console where the program
    has set up no logging. A program that has, hears it as before."""
    log = logging.getLogger(name)
    if not log.handlers:
        log.addHandler(logging.NullHandler())

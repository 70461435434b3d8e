"""`--open`: the HTML report in the browser."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

__all__ = ["browse", "default_page"]


def default_page(source: str) -> Path:
    """Where the HTML report goes when no `--report html=...` says: a folder of its own among the temporary files."""
    return Path(tempfile.mkdtemp(prefix="cimcheck-")) / f"{Path(source).name or 'report'}.html"


def browse(page: Path) -> None:
    """Open a page in the browser that the system prefers. A machine without one is no reason to fail a check."""
    webbrowser.open(page.resolve().as_uri())

"""`cimcheck pack docs`: the pages of a pack's rules as files."""

from __future__ import annotations

from pathlib import Path

from cimkit.authoring.pages import cases_by_rule, is_inherited, pack_page, rule_page
from cimkit.errors import UsageError
from cimkit.rules.load import LoadedPack

__all__ = ["pages_of", "write_pages"]


def pages_of(pack: LoadedPack) -> dict[str, str]:
    """File name -> text: one page a rule, in Chinese and then in English, and `README.md` as the overview."""
    cases = cases_by_rule(pack)
    pages = {"README.md": pack_page(pack)}
    for rule in pack.rules:
        if is_inherited(rule, pack):
            continue  # its page is with the pack that it comes from
        both = [rule_page(rule, pack, cases.get(rule.code, []), language) for language in ("zh", "en")]
        pages[f"{rule.code}.md"] = "\n".join(both)
    return pages


def write_pages(pack: LoadedPack, folder: Path) -> list[Path]:
    """Write them into a folder. Raises UsageError when that can't be done."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in pages_of(pack).items():
            path = folder / name
            path.write_text(content, encoding="utf-8", newline="\n")
            written.append(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("authoring.cannot_write", path=str(folder), why=why) from error
    return written

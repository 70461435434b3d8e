"""What a pack says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

__all__ = ["Manifest"]


class Manifest(Struct, frozen=True):
    """What `pack.yaml` says.

    regrade   severities that this pack gives to rules of the pack it extends: code -> (word, reason)
    together  groups of formats: the pack is chosen by itself only where each group has one among the sources
    removed   rules of that pack which do not hold here: code -> reason; there is none without a reason
    """

    id: str
    prefix: str
    edition: str
    in_force: tuple[str | None, str | None]
    title: Mapping[str, str]
    authority: Mapping[str, str]
    notice: Mapping[str, str]
    documents: tuple[Mapping[str, Any], ...]
    extends: str | None
    regrade: Mapping[str, str]
    removed: Mapping[str, str]
    applies_to: frozenset[str]
    stages: tuple[str, ...]
    status: str
    watch: Any
    default: bool
    together: tuple[frozenset[str], ...] = ()

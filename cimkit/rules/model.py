"""A rule and a pack of rules, as they are once read: frozen, complete, knowing no file format."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from cimkit.rules.across_model import Across
from cimkit.rules.conditions import Condition

__all__ = ["Cite", "Evidence", "Executable", "Gate", "Pack", "Rule", "Severity", "Status"]


class Severity(StrEnum):
    """How bad a finding is; ordered from bad to mild in `RANK`."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Evidence(StrEnum):
    """What an obligation rests on."""

    CONFIRMED = "confirmed"
    PRACTICE = "practice"
    TOOL = "tool"
    MEMORY = "memory"


class Status(StrEnum):
    """Life cycle of a rule."""

    DRAFT = "draft"
    STABLE = "stable"
    DEPRECATED = "deprecated"
    REMOVED = "removed"


class Executable(StrEnum):
    """How much of the rule a machine can judge."""

    FULL = "full"
    PARTIAL = "partial"
    MANUAL = "manual"


class Gate(StrEnum):
    """Gates, in the order in which they are passed."""

    READABLE = "readable"
    HEADER = "header"
    SCHEMA = "schema"
    SYNTAX = "syntax"
    STRUCTURE = "structure"
    CONTENT = "content"
    GEOMETRY = "geometry"


class Cite(Struct, frozen=True):
    """Where a rule comes from: a document with its clause or None, or a system, or a tool with its version."""

    document: str | None = None
    clause: str | None = None
    fact: str | None = None
    url: str | None = None
    system: str | None = None
    tool: str | None = None
    version: str | None = None
    seen: str | None = None
    note: str | None = None


class Rule(Struct, frozen=True):
    """One rule.

    where / must   None as `where`: the source as a whole; None as `must`: meeting `where` is enough (see occurs)
    occurs         how many subjects may be selected, (minimum, maximum or None); None: any number, none is
                   not-applicable. IDS specifications set it
    title, message, why, fix   {"zh": ..., "en": ...}; message may be empty: the check's own sentence is then used
    parameters     names of the pack's parameters that the rule uses; one without a value makes it manual
    flaw           why the rule can't be judged (an IDS specification that the audit refused); None: it is sound
    """

    code: str
    name: str
    pack: str
    severity: Severity
    where: Condition | None
    must: Condition | None
    evidence: Evidence = Evidence.TOOL
    status: Status = Status.STABLE
    executable: Executable = Executable.FULL
    cites: tuple[Cite, ...] = ()
    stages: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    gate: Gate = Gate.CONTENT
    quality: str | None = None
    occurs: tuple[int, int | None] | None = None
    applies_to: frozenset[str] = frozenset()  # schemas or formats; empty: all that the pack applies to
    title: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    fix: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    adopted: bool = False
    flaw: str | None = None
    file: str | None = None  # where the rule is written, relative to its pack, for authors
    line: int | None = None
    across: Across | None = None  # a rule about pairs of subjects of two roles, which may lie in different sources

    def __hash__(self) -> int:
        return hash((self.pack, self.code))  # its words are mappings


class Pack(Struct, frozen=True):
    """A rule pack: its identity, its rules, and what they need.

    applies_to  formats (`ifc`, `geopackage` ...); stages  stages it speaks of; in_force (from, to) ISO dates or None
    sha256      over all its files: the report names it
    """

    id: str
    prefix: str
    edition: str
    sha256: str
    rules: tuple[Rule, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    authority: Mapping[str, str] = field(default_factory=dict)
    notice: Mapping[str, str] = field(default_factory=dict)  # said in every report's first screen
    applies_to: frozenset[str] = frozenset()
    stages: tuple[str, ...] = ()
    in_force: tuple[str | None, str | None] = (None, None)
    extends: str | None = None
    default: bool = True  # chosen for a source that it fits when nobody names packs
    documents: tuple[Mapping[str, Any], ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    status: str = "draft"

    def __hash__(self) -> int:
        return hash((self.id, self.edition, self.sha256))

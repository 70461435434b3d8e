"""What an audit says: flaws with stable codes, and the report that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from cimkit.errors import CimkitError
from cimkit.ids.document import Document
from cimkit.rules.model import Severity

__all__ = ["CODES", "AuditReport", "Flaw", "Flaws", "nearest"]

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

#: Code -> (its sentence in the locale files, severity). Codes are never used again for something else.
CODES: Mapping[str, tuple[str, Severity]] = MappingProxyType(
    {
        "IDS-XML-001": ("not_xml", _ERROR),
        "IDS-XML-002": ("document_type", _ERROR),
        "IDS-XML-003": ("not_ids", _ERROR),
        "IDS-XML-004": ("too_large", _ERROR),
        "IDS-VER-001": ("old_version", _ERROR),
        "IDS-VER-002": ("version_not_said", _WARNING),
        "IDS-VER-003": ("newer_version", _WARNING),
        "IDS-STR-001": ("unknown_element", _ERROR),
        "IDS-STR-002": ("element_out_of_order", _ERROR),
        "IDS-STR-003": ("missing_element", _ERROR),
        "IDS-STR-004": ("repeated_element", _ERROR),
        "IDS-STR-005": ("unknown_attribute", _ERROR),
        "IDS-STR-006": ("missing_attribute", _ERROR),
        "IDS-STR-007": ("attribute_value", _ERROR),
        "IDS-STR-008": ("stray_text", _ERROR),
        "IDS-STR-009": ("malformed_text", _ERROR),
        "IDS-SPC-001": ("occurs_pair", _ERROR),
        "IDS-SPC-002": ("no_ifc_version", _ERROR),
        "IDS-SPC-003": ("unknown_ifc_version", _ERROR),
        "IDS-SPC-004": ("empty_applicability", _WARNING),
        "IDS-SPC-005": ("nothing_required", _WARNING),
        "IDS-SPC-006": ("ignored_requirements", _ERROR),
        "IDS-SPC-007": ("repeated_identifier", _WARNING),
        "IDS-SPC-008": ("no_name", _WARNING),
        "IDS-CRD-001": ("optional_without_more", _ERROR),
        "IDS-CRD-002": ("prohibited_with_more", _ERROR),
        "IDS-ENT-001": ("entity_case", _ERROR),
        "IDS-ENT-002": ("unknown_entity", _ERROR),
        "IDS-ENT-003": ("entity_pattern_in_vain", _ERROR),
        "IDS-ENT-004": ("abstract_entity", _ERROR),
        "IDS-ENT-005": ("entities_contradict", _ERROR),
        "IDS-ENT-006": ("no_predefined_type", _ERROR),
        "IDS-ENT-007": ("unknown_predefined_type", _ERROR),
        "IDS-ENT-008": ("custom_predefined_type", _WARNING),
        "IDS-ENT-009": ("entity_in_some_versions", _WARNING),
        "IDS-ENT-010": ("abstract_entity_listed", _WARNING),
        "IDS-ATT-001": ("unknown_ifc_attribute", _ERROR),
        "IDS-ATT-002": ("attribute_without_value", _ERROR),
        "IDS-ATT-003": ("derived_attribute", _ERROR),
        "IDS-PRP-001": ("unknown_standard_set", _ERROR),
        "IDS-PRP-002": ("unknown_standard_property", _ERROR),
        "IDS-PRP-003": ("standard_data_type", _ERROR),
        "IDS-PRP-004": ("set_not_applicable", _ERROR),
        "IDS-PRP-005": ("value_without_data_type", _ERROR),
        "IDS-PRP-006": ("unknown_data_type", _ERROR),
        "IDS-PRP-007": ("data_type_without_value", _ERROR),
        "IDS-PRP-008": ("property_kind_not_supported", _WARNING),
        "IDS-PRT-001": ("whole_cannot_be", _ERROR),
        "IDS-PRT-002": ("part_cannot_be", _ERROR),
        "IDS-VAL-001": ("value_form", _ERROR),
        "IDS-VAL-002": ("unknown_base", _ERROR),
        "IDS-VAL-003": ("base_does_not_fit", _ERROR),
        "IDS-VAL-004": ("limit_not_for_base", _ERROR),
        "IDS-VAL-005": ("bounds_contradict", _ERROR),
        "IDS-VAL-006": ("lengths_contradict", _ERROR),
        "IDS-VAL-007": ("length_form", _ERROR),
        "IDS-VAL-008": ("pattern_refused", _ERROR),
        "IDS-VAL-009": ("pattern_departs", _WARNING),
        "IDS-VAL-010": ("pattern_anchor", _WARNING),
        "IDS-VAL-011": ("repeated_limit", _ERROR),
        "IDS-VAL-012": ("unsupported_limit", _ERROR),
        "IDS-VAL-013": ("empty_value", _WARNING),
        "IDS-VAL-014": ("no_limits", _WARNING),
    }
)


class Flaw(Struct, frozen=True):
    """One flaw of an IDS file.

    line  in the file, from 1; None: the file as a whole
    key   its sentence in the locale files; values fill the placeholders
    spec  index of the specification it is in, None: outside them
    """

    code: str
    line: int | None
    severity: Severity
    key: str
    values: Mapping[str, Any]
    spec: int | None = None

    def __hash__(self) -> int:
        return hash((self.code, self.line, self.severity, self.key, self.spec))

    def message(self, lang: str = "zh") -> str:
        """The sentence in `lang` ("zh" or "en")."""
        from cimkit.locales import text

        return text(self.key, lang, **self.values)


class AuditReport(Struct, frozen=True):
    """All flaws of one file, in the order of its lines, and the document if the file could be read at all."""

    name: str
    findings: tuple[Flaw, ...]
    document: Document | None

    @property
    def refused(self) -> bool:
        """Whether the file is no valid IDS: one error is enough."""
        return any(flaw.severity is Severity.ERROR for flaw in self.findings)

    def refusals(self, spec: int) -> tuple[Flaw, ...]:
        """The errors that keep a specification from being judged: its own."""
        return tuple(flaw for flaw in self.findings if flaw.spec == spec and flaw.severity is Severity.ERROR)


class Flaws(Struct):
    """Collects flaws while an audit walks through a file, each once; the walker sets `spec`."""

    found: dict[tuple[object, ...], Flaw] = field(default_factory=dict)
    spec: int | None = None

    def add(self, code: str, line: int | None, **values: str | int) -> None:
        """Note a flaw. The same one in a further IFC `version` is told together with it."""
        self._note(code, line, "", values)

    def add_near(self, code: str, line: int | None, *, name: str, known: Iterable[str], **values: str | int) -> None:
        """Note an unknown name, with the nearest known one where there is one near enough."""
        near = nearest(name, known)
        if near is None:
            self._note(code, line, "", {"name": name, **values})
        else:
            self._note(code, line, "_near", {"name": name, "nearest": near, **values})

    def add_error(self, code: str, line: int | None, error: CimkitError) -> None:
        """Note an error that the file raised, in its own words."""
        flaw = Flaw(code, line, CODES[code][1], error.key, MappingProxyType(dict(error.values)), self.spec)
        self.found[code, line, self.spec, error.key] = flaw

    def _note(self, code: str, line: int | None, ending: str, values: Mapping[str, str | int]) -> None:
        key, severity = CODES[code]
        same = (code, line, self.spec, ending, *sorted((k, v) for k, v in values.items() if k != "version"))
        said = dict(values)
        if (before := self.found.get(same)) is not None and "version" in values:
            versions = str(before.values["version"]).split(", ")
            said["version"] = ", ".join(dict.fromkeys((*versions, str(values["version"]))))
        self.found[same] = Flaw(code, line, severity, f"ids.{key}{ending}", MappingProxyType(said), self.spec)

    def in_order(self) -> tuple[Flaw, ...]:
        """By line; those of the whole file first."""
        return tuple(sorted(self.found.values(), key=lambda flaw: flaw.line or 0))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, case aside; None if none is like it."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.72)
    return by_fold[close[0]] if close else None

"""The audit of one IDS file: can it be read, is it built as IDS 1.0 says, does it make sense.

    report = audit(Path("need.ids").read_bytes(), "need.ids")
    for flaw in report.findings: print(flaw.line, flaw.code, flaw.message("en"))

All flaws are told, not only the first; each has a code that stays (see `flaws.CODES`).
"""

from __future__ import annotations

from lxml import etree

from cimkit.ids.audit.flaws import AuditReport, Flaws
from cimkit.ids.audit.specification import check_sense
from cimkit.ids.audit.structure import check_structure
from cimkit.ids.document import read_document
from cimkit.ids.xml import IDS, IdsError, parse, version_of

__all__ = ["audit"]

_UNREADABLE = {"ids.not_xml": "IDS-XML-001", "ids.document_type": "IDS-XML-002", "ids.too_large": "IDS-XML-004"}


def audit(data: bytes, name: str) -> AuditReport:
    """Audit an IDS file. Never raises for what is in the file: that is what the report tells.

    The report's document is None where the file is no XML, no IDS, or of a draft (0.9) that was built otherwise.
    """
    flaws = Flaws()
    try:
        root = parse(data, name)
    except IdsError as error:
        flaws.add_error(_UNREADABLE[error.key], error.line, error)
        return AuditReport(name, flaws.in_order(), None)
    found = etree.QName(root)
    if found.localname != "ids" or found.namespace != IDS:
        flaws.add("IDS-XML-003", 1, file=name, root=found.localname, namespace=found.namespace or "-", wanted=IDS)
        return AuditReport(name, flaws.in_order(), None)
    version = version_of(root)
    if version.numbers < (1,):
        flaws.add("IDS-VER-001", 1, version=version.text)
        return AuditReport(name, flaws.in_order(), None)
    if not version.said:
        flaws.add("IDS-VER-002", 1)
    elif version.numbers[:2] > (1, 0):
        flaws.add("IDS-VER-003", 1, version=version.text)
    check_structure(root, flaws)
    document = read_document(root, version.text)
    check_sense(document, flaws)
    return AuditReport(name, flaws.in_order(), document)

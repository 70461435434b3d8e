"""IFC in XML (ifcXML4, and IFC2X3's ifcXML of ISO 10303-28) to facts, by way of STEP.

Both say the same with other marks: an instance is an element named like its entity, an attribute is an XML attribute
or a child element, a reference is an element with `ref`, and what hangs on an instance by an inverse attribute
(`IsDefinedBy`) stands inside it. Written as STEP instances, they are read as any IFC file is.

ifcopenshell does not read these files (0.9.0 refuses them), so nothing but lxml is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl
from lxml import etree
from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.facts.ifc_schema import IfcSchema, ifc_schema
from cimkit.facts.model import DEFECT_ROWS
from cimkit.readers.ifc.reader import read_ifc

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.facts.ifc_schema import Attribute
    from cimkit.facts.model import Facts

__all__ = ["read_ifcxml", "schema_of", "to_step"]

#: Defects that speak of STEP's text, which an XML file has none of.
_OF_STEP = frozenset({"header", "syntax", "truncated", "encoding", "schema", "wrong_arity"})
_ENTITY = re.compile(r"Ifc[A-Z]\w*")

#: Inverse attributes, and the attribute of what stands inside them that means the instance around it.
_INVERSES = {
    "IsDefinedBy": "RelatedObjects",
    "IsTypedBy": "RelatedObjects",
    "IsDecomposedBy": "RelatingObject",
    "Decomposes": "RelatedObjects",
    "IsNestedBy": "RelatingObject",
    "Nests": "RelatedObjects",
    "ContainsElements": "RelatingStructure",
    "ContainedInStructure": "RelatedElements",
    "ReferencesElements": "RelatingStructure",
    "HasAssociations": "RelatedObjects",
    "HasAssignments": "RelatedObjects",
    "IsGroupedBy": "RelatingGroup",
    "ServicesBuildings": "RelatingSystem",
    "HasOpenings": "RelatingBuildingElement",
    "VoidsElements": "RelatedOpeningElement",
    "HasFillings": "RelatingOpeningElement",
    "FillsVoids": "RelatedBuildingElement",
    "Declares": "RelatingContext",
    "HasContext": "RelatedDefinitions",
    "Types": "RelatingType",
    "ObjectTypeOf": "RelatingType",
    "BoundedBy": "RelatingSpace",
    "ProvidesBoundaries": "RelatedBuildingElement",
    "HasProperties": "Material",
    "HasCoordinateOperation": "SourceCRS",
    "HasExternalReferences": "RelatedResourceObjects",
    "HasReferences": "ReferencedSource",
}
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SCHEMAS = (("IFC4X3", "IFC4X3_ADD2"), ("IFC4", "IFC4"), ("IFC2X", "IFC2X3"))
_HEADER = (
    "name",
    "time_stamp",
    "author",
    "organization",
    "preprocessor_version",
    "originating_system",
    "authorization",
)
_HEAD_BYTES = 1 << 14


def read_ifcxml(data: bytes | memoryview, demand: Demand, *, name: str | None = None) -> Facts:
    """Read what `demand` asks for. Instance numbers are those of the file's ids (`i12`) where these have any.

    Raises SourceError for what is no well-formed XML.
    """
    root = _parsed(bytes(data), name or "")
    writer = _Writer(schema_of(data), root)
    facts = read_ifc(writer.step(), replace(demand, defects=demand.defects - _OF_STEP), name=name)
    defects = facts.defects.with_columns(line=None, column=None).cast(facts.defects.schema)
    if "unknown_entity" in demand.defects:
        defects = pl.concat([defects, _strangers(writer, root)])
    return replace(
        facts,
        format="ifcxml",
        demand=demand,
        defect_rows=defects,
        whole={**facts.whole, "not_looked": _OF_STEP},
        datasets=facts.datasets.with_columns(format=facts.datasets["format"].replace("ifc", "ifcxml")),
        counts={**facts.counts, "bytes": len(data)},
    )


def schema_of(data: bytes | memoryview) -> IfcSchema:
    """The schema that the first bytes name, IFC4 where they name none."""
    head = bytes(data[:_HEAD_BYTES]).upper()
    return ifc_schema(next((known for word, known in _SCHEMAS if word.encode() in head), "IFC4"))


def to_step(data: bytes, name: str) -> bytes:
    """The same instances as a STEP file. Raises SourceError for what is no well-formed XML."""
    return _Writer(schema_of(data), _parsed(data, name)).step()


def _strangers(writer: _Writer, root: Any) -> pl.DataFrame:
    """Elements that are named like entities or types of IFC, and that the schema does not have: they are not read."""
    found = [element for element in root.iter(etree.Element) if writer.is_unknown(element)]
    return pl.DataFrame(
        {
            "kind": ["unknown_entity"] * len(found),
            "sid": [None] * len(found),
            "row": [None] * len(found),
            "line": [element.sourceline for element in found],
            "column": [None] * len(found),
            "detail": [None] * len(found),
            "found": [_local(element) for element in found],
            "expected": [None] * len(found),
        },
        schema=DEFECT_ROWS,
    )


def _parsed(data: bytes, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise SourceError("ifcxml.not_xml", name=name, problem=str(problem)) from problem


class _Writer:
    """Writes the instances of one document; children before or after their parents, as STEP allows."""

    def __init__(self, schema: IfcSchema, root: Any) -> None:
        self._schema = schema
        self._root = root
        self._lines: list[str] = []
        self._numbers: dict[str, int] = {}
        self._used: set[int] = set()
        taken = {int(match[1]) for each in root.iter(etree.Element) if (match := _number_in(each.get("id")))}
        self._next = max(taken, default=0) + 1

    def step(self) -> bytes:
        header = {field: self._header(field) for field in _HEADER}
        for element in self._root.iterchildren(etree.Element):
            if self._entity(element) is not None:
                self._instance(element)
            elif _local(element) == "uos":
                for inner in element.iterchildren(etree.Element):
                    if self._entity(inner) is not None:
                        self._instance(inner)
        documentation = _text(self._header("documentation"))
        lists = ("author", "organization")
        fields = ",".join(f"({_text(header[each])})" if each in lists else _text(header[each]) for each in _HEADER)
        return "\n".join(
            [
                "ISO-10303-21;\nHEADER;",
                f"FILE_DESCRIPTION(({documentation}),'2;1');",
                f"FILE_NAME({fields});",
                f"FILE_SCHEMA(('{self._schema.name}'));\nENDSEC;\nDATA;",
                *self._lines,
                "ENDSEC;\nEND-ISO-10303-21;\n",
            ]
        ).encode("ascii")

    def is_unknown(self, element: Any) -> bool:
        """Whether an element is named like an entity or a type, and is neither in this schema."""
        name = _local(element)
        if _ENTITY.fullmatch(name.removesuffix("-wrapper")) is None or self._entity(element) is not None:
            return False
        return not self._is_value(element) and name.upper() not in self._schema.selects

    def _header(self, field: str) -> str:
        for element in self._root.iter("{*}header", "{*}iso_10303_28_header"):
            for child in element.iterchildren(f"{{*}}{field}"):
                return "".join(child.itertext()).strip()
        return ""

    def _entity(self, element: Any, declared: str = "") -> str | None:
        """Upper case entity of an element: its own name, or its xsi:type, or what its attribute declares."""
        named = (element.get(_TYPE) or _local(element)).rpartition(":")[2].upper()
        if named in self._schema.entities:
            return named
        return declared if declared in self._schema.entities else None

    def _number(self, element: Any) -> int:
        """The instance number of an element or of the one it refers to."""
        name = element.get("ref") or element.get("href") or element.get("id")
        if name is not None and name in self._numbers:
            return self._numbers[name]
        match = _number_in(name)
        number = int(match[1]) if match else self._next
        if match is None:
            self._next += 1
        elif number in self._used:  # `i1` and `e1` are two instances
            number, self._next = self._next, self._next + 1
        self._used.add(number)
        if name is not None:
            self._numbers[name] = number
        return number

    def _instance(self, element: Any, declared: str = "", around: tuple[str, int] | None = None) -> int:
        """Write an instance and all within it; its number. `around`: an attribute, and the instance it means."""
        number = self._number(element)
        keyword = self._entity(element, declared)
        if element.get("ref") or element.get("href") or keyword is None:
            return number
        children = {_local(child): child for child in element.iterchildren(etree.Element)}
        entity = self._schema.entities[keyword]
        written = []
        for attribute in entity.attributes:
            child = children.pop(attribute.name, None)
            if around is not None and attribute.name == around[0]:
                others = self._items(child, attribute) if child is not None else []
                references = ",".join([*others, f"#{around[1]}"])
                written.append(f"({references})" if attribute.aggregate else f"#{around[1]}")
            elif child is not None:
                written.append(self._of_child(child, attribute))
            else:
                given = element.get(attribute.name)
                written.append(
                    self._simple(given, attribute) if given is not None else "*" if attribute.derived else "$"
                )
        self._lines.append(f"#{number}={keyword}({','.join(written)});")
        for name, child in children.items():
            self._inverse(child, _INVERSES.get(name), number)
        return number

    def _inverse(self, child: Any, attribute: str | None, number: int) -> None:
        if attribute is None:
            return
        for inner in child.iterchildren(etree.Element):
            if self._entity(inner) is not None and not inner.get("ref"):
                self._instance(inner, around=(attribute, number))

    def _of_child(self, child: Any, attribute: Attribute) -> str:
        if attribute.kind in ("entity", "select"):
            if attribute.aggregate:
                return f"({','.join(self._items(child, attribute))})"
            return next(iter(self._items(child, attribute)), "$")
        inner = [_content(each) for each in child.iterchildren(etree.Element)]
        content = " ".join(inner) if inner else _content(child)
        return self._simple(content, attribute)

    def _items(self, child: Any, attribute: Attribute) -> Iterator[str]:
        """References and typed values within an attribute's element, or the element itself as the instance."""
        inner = list(child.iterchildren(etree.Element))
        values = [each for each in inner if self._is_value(each)]
        if not attribute.aggregate and not values:
            only = inner[0] if len(inner) == 1 and self._entity(inner[0]) and not child.attrib else child
            if self._entity(only, attribute.type) is not None or only.get("ref") or only.get("href"):
                yield f"#{self._instance(only, attribute.type)}"
            return
        for each in inner:
            if self._is_value(each):
                yield self._typed(each)
            elif self._entity(each, attribute.type) is not None:
                yield f"#{self._instance(each, attribute.type)}"

    def _is_value(self, element: Any) -> bool:
        name = _local(element).removesuffix("-wrapper").upper()
        return name in self._schema.types or name in self._schema.enumerations

    def _typed(self, element: Any) -> str:
        name = _local(element).removesuffix("-wrapper").upper()
        declared = self._schema.types.get(name)
        value = _written(_content(element), declared.base if declared else "enumeration")
        return f"{name}({value})"

    def _simple(self, given: str, attribute: Attribute) -> str:
        if not attribute.aggregate:
            return _written(given, attribute.kind)
        items = [given] if attribute.kind == "string" else given.split()
        return f"({','.join(_written(item, attribute.kind) for item in items)})"


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _content(element: Any) -> str:
    return "".join(element.itertext()).strip() if len(element) else (element.text or "")


def _number_in(name: str | None) -> re.Match[str] | None:
    return re.fullmatch(r"[A-Za-z_-]*0*([1-9]\d{0,8})", name or "")


def _written(given: str, kind: str) -> str:
    """A value as STEP writes it."""
    if kind == "string":
        return _text(given)
    given = given.strip()
    if kind in ("boolean", "logical"):
        return {"true": ".T.", "1": ".T.", "false": ".F.", "0": ".F."}.get(given.casefold(), ".U.")
    if kind == "enumeration":
        return f".{given.upper()}." if given else "$"
    if kind in ("real", "number"):
        mantissa, _, exponent = given.upper().partition("E")
        dotted = mantissa if "." in mantissa else f"{mantissa}."
        return f"{dotted}E{exponent}" if exponent else dotted
    if kind == "binary":
        return f'"{given}"'
    return given or "$"


def _text(given: str) -> str:
    """A STEP string: everything outside ASCII escaped, quotes and backslashes doubled."""
    plain = given.replace("\\", "\\\\").replace("'", "''")
    return (
        "'" + re.sub(r"[^ -~]+", lambda found: f"\\X2\\{found[0].encode('utf-16-be').hex().upper()}\\X0\\", plain) + "'"
    )

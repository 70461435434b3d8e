"""An IFC file to facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cimkit.facts.ifc_schema import ifc_schema, nearest_schema
from cimkit.facts.model import CLASSIFICATIONS, MATERIALS, Facts
from cimkit.readers.ifc.attributes import attribute_columns
from cimkit.readers.ifc.classifications import read_classifications
from cimkit.readers.ifc.describe import Descriptions
from cimkit.readers.ifc.instances import IfcModel
from cimkit.readers.ifc.materials import read_materials
from cimkit.readers.ifc.properties import read_properties
from cimkit.readers.ifc.relations import ENDS, links_of
from cimkit.readers.ifc.subjects import as_subjects, find_subjects
from cimkit.readers.ifc.types import predefined_types
from cimkit.readers.ifc.units import Units

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_ifc"]


def read_ifc(data: bytes | memoryview, demand: Demand, *, name: str | None = None) -> Facts:
    """Read what `demand` asks for.

    data  the whole file; it must stay as it is while the facts are used (a mapped file will do)
    name  the file's name, from which the discipline may be guessed
    """
    from cimkit.readers.step import StepFile

    file = StepFile.open(data)
    identifiers = file.header.schema_identifiers or ()
    schema_name, exact = nearest_schema(identifiers[0] if identifiers else "")
    schema = ifc_schema(schema_name or "IFC4")
    model = IfcModel(file, schema)
    units = Units(model)
    subjects = find_subjects(model, demand)
    properties = read_properties(model, subjects, demand.properties, units)
    return Facts(
        format="ifc",
        demand=demand,
        subjects=as_subjects(model, subjects),
        describe=Descriptions(model, subjects),
        schema=schema,
        attributes=attribute_columns(model, subjects, demand, units),
        properties=properties.columns,
        predefined_types=predefined_types(model, subjects) if demand.predefined_types else None,
        groups=properties.groups,
        classifications=read_classifications(model, subjects) if demand.classifications else pl.DataFrame(schema=CLASSIFICATIONS),
        materials=read_materials(model, subjects) if demand.materials else pl.DataFrame(schema=MATERIALS),
        links={relation: links_of(model, relation, subjects) for relation in sorted(demand.relations & ENDS.keys())},
    )

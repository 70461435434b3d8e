"""An IFC file to facts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

import polars as pl
from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.facts.ifc_schema import ifc_schema, nearest_schema
from cimkit.facts.model import CLASSIFICATIONS, MATERIALS, Facts
from cimkit.readers.ifc.attributes import attribute_columns
from cimkit.readers.ifc.classifications import read_classifications
from cimkit.readers.ifc.defects import find_defects
from cimkit.readers.ifc.describe import Descriptions
from cimkit.readers.ifc.instances import IfcModel
from cimkit.readers.ifc.materials import read_materials
from cimkit.readers.ifc.phase import PHASE_PROPERTIES, phases
from cimkit.readers.ifc.properties import read_properties
from cimkit.readers.ifc.relations import ENDS, links_of
from cimkit.readers.ifc.subjects import as_subjects, beyond_shape, find_subjects
from cimkit.readers.ifc.types import predefined_types
from cimkit.readers.ifc.units import Units
from cimkit.readers.ifc.whole import counts, dataset, whole_facts

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_ifc"]

Answer = TypeVar("Answer")

_WITHOUT_SCHEMA = "IFC4"
#: Below this many bytes threads only get in each other's way.
_WORTH_A_THREAD = 8_000_000

#: Defects for which the parameters of every record are looked at, besides those that facts are read from.
_EVERY_RECORD = frozenset({"wrong_arity", "wrong_type"})


def read_ifc(data: bytes | memoryview, demand: Demand, *, name: str | None = None) -> Facts:
    """Read what `demand` asks for.

    data  the whole file; it must stay as it is while the facts are used (a mapped file will do)
    name  the file's name, from which the discipline may be guessed

    Raises SourceError for bytes that are no STEP file; whatever is wrong inside one is a defect.
    """
    from cimkit.readers.step import StepError, StepFile

    try:
        file = StepFile.open(data)
    except StepError as problem:
        raise SourceError(problem.key, **{"name": name or "", **problem.values}) from problem
    identifiers = file.header.schema_identifiers or ()
    nearest, exact = nearest_schema(identifiers[0] if identifiers else "")
    # a file of another schema, or of none, is read as far as IFC4 goes; `schema` says that nothing is sure
    model = IfcModel(file, ifc_schema(nearest or _WITHOUT_SCHEMA))
    if not _EVERY_RECORD.isdisjoint(demand.defects):
        file.find_parameters(beyond_shape(model))
    units = Units(model)
    subjects = find_subjects(model, demand)
    wanted = demand.properties | (PHASE_PROPERTIES if demand.phases else frozenset())
    # All these are mostly long array operations that let go of the interpreter: they run side by side on two cores. The
    # defects come last, and whoever asks the facts first for all else need not wait for them.
    threads = ThreadPoolExecutor(2, thread_name_prefix="cimkit-ifc")

    def begin(work: Callable[..., Answer], *given: object, **how: object) -> Future[Answer]:
        begun = threads.submit(work, model, subjects, *given, **how)
        if len(data) < _WORTH_A_THREAD:
            wait((begun,))
        return begun

    reading = begin(read_properties, wanted, units)
    attributes = begin(attribute_columns, demand, units)
    predefined = begin(predefined_types) if demand.predefined_types else None
    materials = begin(read_materials) if demand.materials else None
    classified = begin(read_classifications) if demand.classifications else None
    defects = begin(find_defects, demand.defects, exact_schema=exact)
    threads.shutdown(wait=False)  # what has begun goes on
    links = {relation: links_of(model, relation, subjects) for relation in sorted(demand.relations & ENDS.keys())}
    properties = reading.result()
    facts = Facts(
        format="ifc",
        demand=demand,
        subjects=as_subjects(model, subjects),
        describe=Descriptions(model, subjects),
        schema=model.schema if nearest else None,
        attributes=attributes.result(),
        properties=properties.columns,
        predefined_types=predefined.result() if predefined is not None else None,
        phases=phases(properties.columns) if demand.phases else None,
        links=links,
        groups=properties.groups,
        classifications=classified.result() if classified is not None else pl.DataFrame(schema=CLASSIFICATIONS),
        materials=materials.result() if materials is not None else pl.DataFrame(schema=MATERIALS),
        defect_rows=defects,
        whole=whole_facts(model, subjects, units, demand, name),
        counts=counts(model),
    )
    return replace(facts, datasets=dataset(facts, name))

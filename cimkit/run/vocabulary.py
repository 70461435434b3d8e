"""The words of all readers together: kinds of defect and relations that a rule may name.

A reader's own table stands beside the reader; what joins them is this list, so that no reader registers itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from cimkit.facts.demand import Demand, everything

__all__ = ["every_defect", "every_relation", "whole_demand"]


@lru_cache(maxsize=1)
def every_defect() -> Mapping[str, str]:
    """Kind of defect -> what it means, of every reader."""
    from cimkit.facts.defects_city import CITY_DEFECTS
    from cimkit.facts.defects_project import PROJECT_DEFECTS
    from cimkit.facts.model import DEFECTS
    from cimkit.readers.delivery.fields import DELIVERY_DEFECTS
    from cimkit.readers.i3s.defects import I3S_DEFECTS
    from cimkit.readers.metadata.defects import METADATA_DEFECTS
    from cimkit.readers.osgb.defects import OSGB_DEFECTS
    from cimkit.readers.pointcloud.defects import LAS_DEFECTS
    from cimkit.readers.raster.defects import RASTER_DEFECTS
    from cimkit.readers.s3m.defects import S3M_DEFECTS
    from cimkit.readers.tables.defects import TABLE_DEFECTS
    from cimkit.readers.tiles.defects import DEFECTS as TILES_DEFECTS
    from cimkit.readers.tiles.defects import GEOMETRY_DEFECTS
    from cimkit.readers.vector.defects import VECTOR_DEFECTS

    return {
        **DEFECTS,
        **CITY_DEFECTS,
        **TILES_DEFECTS,
        **GEOMETRY_DEFECTS,
        **TABLE_DEFECTS,
        **METADATA_DEFECTS,
        **RASTER_DEFECTS,
        **LAS_DEFECTS,
        **OSGB_DEFECTS,
        **I3S_DEFECTS,
        **S3M_DEFECTS,
        **VECTOR_DEFECTS,
        **DELIVERY_DEFECTS,
        **PROJECT_DEFECTS,
    }


@lru_cache(maxsize=1)
def every_relation() -> Mapping[str, str]:
    """Relation -> what its subject is to its target, of every reader."""
    from cimkit.facts.defects_city import CITY_RELATIONS
    from cimkit.facts.model import RELATIONS
    from cimkit.readers.tiles.tables_of_facts import RELATIONS as TILES_RELATIONS

    return {**RELATIONS, **CITY_RELATIONS, **TILES_RELATIONS}


def whole_demand() -> Demand:
    """All that any reader can fill, geometry apart."""
    return replace(everything(), relations=frozenset(every_relation()), defects=frozenset(every_defect()))

"""What the reader of I3S scene layers can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["I3S_DEFECTS"]

#: Every kind of defect -> what it means. OGC 17-014 (I3S), Esri's i3s-spec 1.6 to 2.x.
I3S_DEFECTS: Mapping[str, str] = {
    "i3s_package": "a package that is not stored as SLPK asks: its members compressed by ZIP",
    "i3s_json": "a document that cannot be unpacked or is no JSON",
    "i3s_layer": "the description of the layer lacks a member, or has one that is not allowed",
    "i3s_node": "nodes that do not follow one another, or lead nowhere, in a circle, or to another parent",
    "i3s_bounds": "an oriented bounding box that is none",
    "i3s_resource": "a geometry, texture or page that a node refers to and that is not there",
    "i3s_hash": "the index of a package is out of order, or does not lead to its files",
    "i3s_not_judged": "something that was not looked at",
}

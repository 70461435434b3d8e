"""Floors, roof, stair, footings, lift and insulation of the renewed block."""

from __future__ import annotations

from typing import Any

from makers.block_kinds import WINDOWS
from makers.block_plan import DEPTH, LENGTH, SLAB, Opening, Plan
from makers.block_storeys import StoreyMaker
from makers.geometry import Point
from makers.properties import length

__all__ = ["add_floor", "add_footings", "add_insulation", "add_lift", "add_roof", "add_shaft_frame", "add_stair"]

NEW, EXISTING = "NEW", "EXISTING"
_SLAB_FIRE, _STEEL_FIRE = "1.50h", "2.00h"
_STAIR_VOID = ((7800, 5820), (10200, 5820), (10200, 9070), (7800, 9070))
_GOING, _WAIST = 280, 130


def add_floor(maker: StoreyMaker) -> None:
    """The floor of a storey, its upper side at the storey's level; above the basement with the stair's hole."""
    storey, geometry = maker.storey, maker.geometry
    basement = storey.elevation < 0
    outline = ((0, 0), (LENGTH, 0), (LENGTH, DEPTH), (0, DEPTH))
    profile = geometry.rectangle(LENGTH, DEPTH) if basement else geometry.polygon(outline, [_STAIR_VOID])
    area = LENGTH * DEPTH / 1e6
    hole = 0.0 if basement else 2.4 * 3.25
    slab = maker.element(
        "IfcSlab",
        "LB",
        "楼板",
        ObjectPlacement=geometry.placement(maker.placed, (0, 0, -SLAB)),
        Representation=geometry.shape(geometry.extrusion(profile, SLAB)),
    )
    _finish_slab(maker, slab, "DB150" if basement else "LB150", EXISTING, area, area - hole)
    if basement:
        box = (7800.0, 12900.0, -SLAB, 2400.0, 2400.0, SLAB)
        pit = maker.box_element("IfcSlab", "DK", "电梯基坑底板", "DB150", box, NEW, _SLAB_FIRE)
        _slab_facts(maker, pit, 5.76, 5.76)
    else:
        _lobby_slab(maker, "候梯厅楼板")


def _lobby_slab(maker: StoreyMaker, zh: str) -> None:
    box = (7800.0, 11400.0, -SLAB, 2400.0, 1500.0, SLAB)
    slab = maker.box_element("IfcSlab", "HT", zh, "TB150", box, NEW, _SLAB_FIRE)
    _slab_facts(maker, slab, 3.6, 3.6)


def _finish_slab(maker: StoreyMaker, slab: Any, kind: str, status: str, gross: float, net: float) -> None:
    maker.contain(slab)
    maker.types.assign(slab, kind)
    maker.common(slab, status, _SLAB_FIRE)
    _slab_facts(maker, slab, gross, net)


def _slab_facts(maker: StoreyMaker, slab: Any, gross: float, net: float) -> None:
    maker.types.classify(slab, "14-10.20.18")
    concrete = {"StrengthClass": "C30", "ExposureClass": "一类", "ConcreteCover": length(20)}
    maker.properties.attach(slab, "Pset_ConcreteElementGeneral", concrete)
    maker.properties.measure(
        slab,
        "Qto_SlabBaseQuantities",
        Width=("length", SLAB),
        GrossArea=("area", gross),
        NetArea=("area", net),
        NetVolume=("volume", net * SLAB / 1000),
    )


def add_roof(maker: StoreyMaker) -> None:
    """The old roof with new insulation on it, the roofs of lobby and lift shaft."""
    geometry = maker.geometry
    roof = maker.element(
        "IfcRoof",
        "WD",
        "屋面",
        PredefinedType="FLAT_ROOF",
        ObjectPlacement=geometry.placement(maker.placed, (0, 0, 0)),
    )
    maker.contain(roof)
    maker.types.classify(roof, "14-10.20.15")
    transmittance = ("IfcThermalTransmittanceMeasure", 0.25)
    maker.common(roof, EXISTING, _SLAB_FIRE, IsExternal=True, ThermalTransmittance=transmittance)
    area = LENGTH * DEPTH / 1e6
    maker.properties.measure(
        roof, "Qto_RoofBaseQuantities", GrossArea=("area", area), NetArea=("area", area), ProjectedArea=("area", area)
    )
    slab = maker.element(
        "IfcSlab",
        "WB",
        "屋面板",
        ObjectPlacement=geometry.placement(roof, (0, 0, -SLAB)),
        Representation=geometry.shape(geometry.box(LENGTH, DEPTH, SLAB)),
    )
    maker.model.relate("IfcRelAggregates", ("RelatingObject", roof), ("RelatedObjects", slab))
    maker.types.assign(slab, "WB150")
    maker.common(slab, EXISTING, _SLAB_FIRE)
    _slab_facts(maker, slab, area, area)
    inner = (240.0, 240.0, 0.0, LENGTH - 480.0, DEPTH - 480.0, 120.0)
    _covering(maker.box_element("IfcCovering", "BW", "屋面保温", "BW120", inner, NEW, "0.50h"), maker, inner[3:5], 120)
    _lobby_slab(maker, "候梯厅屋面板")
    top = (7800.0, 12900.0, float(maker.storey.height), 2400.0, 2400.0, SLAB)
    cover = maker.box_element("IfcSlab", "JD", "电梯井顶板", "TB150", top, NEW, _SLAB_FIRE)
    _slab_facts(maker, cover, 5.76, 5.76)


def _covering(element: Any, maker: StoreyMaker, size: tuple[float, ...], thickness: float) -> None:
    area = size[0] * size[1] / 1e6
    maker.properties.measure(
        element, "Qto_CoveringBaseQuantities", Width=("length", thickness), GrossArea=("area", area)
    )


def add_stair(maker: StoreyMaker) -> None:
    """A stair of two flights from this storey to the next."""
    geometry, storey = maker.geometry, maker.storey
    risers = 7 if storey.elevation < 0 else 8
    rise = storey.height / (2 * risers)
    run = (risers - 1) * _GOING
    stair = maker.element(
        "IfcStair",
        "LT",
        "楼梯",
        PredefinedType="HALF_TURN_STAIR",
        ObjectPlacement=geometry.placement(maker.placed, (7800, 5820, 0)),
    )
    maker.contain(stair)
    steps = {
        "NumberOfRiser": ("IfcCountMeasure", 2 * risers),
        "NumberOfTreads": ("IfcCountMeasure", 2 * risers - 2),
        "RiserHeight": length(round(rise, 3)),
        "TreadLength": length(_GOING),
    }
    free = {"RequiredHeadroom": length(2200), "HandicapAccessible": False, "FireExit": True, "IsExternal": False}
    maker.common(stair, EXISTING, "1.00h", **steps, **free)
    profile = geometry.polygon(_steps(risers, rise))
    north, mid = 3250.0, 3250.0 - run
    parts = (
        ("LT1", "第一跑", geometry.extrusion(profile, 1100, (0, north, 0), (0, -1, 0), (-1, 0, 0)), 1100.0),
        ("LT2", "第二跑", geometry.extrusion(profile, 1100, (0, mid, storey.height / 2), (0, 1, 0), (1, 0, 0)), 1300.0),
    )
    for code, zh, solid, x in parts:
        flight = maker.element(
            "IfcStairFlight",
            code,
            f"楼梯{zh}",
            PredefinedType="STRAIGHT",
            ObjectPlacement=geometry.placement(stair, (x, 0, 0)),
            Representation=geometry.shape(solid),
        )
        maker.model.relate("IfcRelAggregates", ("RelatingObject", stair), ("RelatedObjects", flight))
        half = {
            **steps,
            "NumberOfRiser": ("IfcCountMeasure", risers),
            "NumberOfTreads": ("IfcCountMeasure", risers - 1),
        }
        maker.properties.attach(flight, "Pset_StairFlightCommon", {"Status": EXISTING, **half})
        maker.properties.measure(flight, "Qto_StairFlightBaseQuantities", Length=("length", run))
    landing = maker.element(
        "IfcSlab",
        "LT3",
        "楼梯休息平台",
        ObjectPlacement=geometry.placement(stair, (0, 0, storey.height / 2 - SLAB)),
        Representation=geometry.shape(geometry.box(2400, mid, SLAB)),
    )
    maker.model.relate("IfcRelAggregates", ("RelatingObject", stair), ("RelatedObjects", landing))
    maker.types.assign(landing, "PT150")
    maker.common(landing, EXISTING, _SLAB_FIRE)
    _slab_facts(maker, landing, 2.4 * mid / 1000, 2.4 * mid / 1000)


def _steps(risers: int, rise: float) -> list[Point]:
    """A flight seen from the side: steps above, a straight soffit below."""
    corners: list[Point] = [(0.0, 0.0)]
    for step in range(risers):
        corners.append((step * _GOING, round((step + 1) * rise, 3)))
        if step < risers - 1:
            corners.append(((step + 1) * _GOING, round((step + 1) * rise, 3)))
    end = (risers - 1) * _GOING
    return [*corners, (end, round((risers - 1) * rise - _WAIST, 3)), (round(_WAIST * _GOING / rise, 3), 0.0)]


def add_shaft_frame(maker: StoreyMaker) -> None:
    """Steel columns at the corners of the new shaft and the beams between them."""
    height = float(maker.storey.height)
    for number, (x, y) in enumerate(((7800, 12900), (10000, 12900), (7800, 15100), (10000, 15100)), 1):
        box = (float(x), float(y), 0.0, 200.0, 200.0, height)
        column = maker.box_element("IfcColumn", f"GZ{number}", f"井道钢柱{number}", "GZ200", box, NEW, _STEEL_FIRE)
        maker.types.classify(column, "14-20.30.03")
        _bar_quantities(maker, column, height)
    level = height - 200
    for number, (x, y, dx, dy) in enumerate(
        ((8000, 12900, 2000, 200), (8000, 15100, 2000, 200), (7800, 13100, 200, 2000), (10000, 13100, 200, 2000)), 1
    ):
        box = (float(x), float(y), level, float(dx), float(dy), 200.0)
        beam = maker.box_element("IfcBeam", f"GL{number}", f"井道钢梁{number}", "GL200", box, NEW, _STEEL_FIRE)
        maker.types.classify(beam, "14-20.30.06")
        _bar_quantities(maker, beam, 2000.0)


def _bar_quantities(maker: StoreyMaker, bar: Any, size: float) -> None:
    maker.properties.measure(
        bar,
        f"Qto_{bar.is_a()[3:]}BaseQuantities",
        Length=("length", size),
        CrossSectionArea=("area", 0.04),
        GrossVolume=("volume", 0.04 * size / 1000),
    )


def add_footings(maker: StoreyMaker) -> None:
    """Strip footings of the old building and the new pad under the shaft; fire ratings do not apply to them."""
    geometry = maker.geometry
    for code, zh, kind, status, (x, y, dx, dy) in (
        ("JC1", "南条形基础", "STRIP_FOOTING", EXISTING, (-300, -300, 18600, 970)),
        ("JC2", "北条形基础", "STRIP_FOOTING", EXISTING, (-300, 10730, 18600, 970)),
        ("JC3", "西条形基础", "STRIP_FOOTING", EXISTING, (-300, 670, 970, 10060)),
        ("JC4", "东条形基础", "STRIP_FOOTING", EXISTING, (17330, 670, 970, 10060)),
        ("JC5", "电梯基础", "PAD_FOOTING", NEW, (7500, 12600, 3000, 3000)),
    ):
        footing = maker.element(
            "IfcFooting",
            code,
            zh,
            PredefinedType=kind,
            ObjectPlacement=geometry.placement(maker.placed, (x, y, -SLAB - 500)),
            Representation=geometry.shape(geometry.box(dx, dy, 500)),
        )
        maker.contain(footing)
        maker.types.made_of(footing, maker.types.material("钢筋混凝土"))
        maker.types.classify(footing, "14-20.10")
        maker.properties.attach(footing, "Pset_FootingCommon", {"Status": status, "LoadBearing": True})
        concrete = {"StrengthClass": "C30", "ExposureClass": "二类", "ConcreteCover": length(40)}
        maker.properties.attach(footing, "Pset_ConcreteElementGeneral", concrete)
        maker.properties.measure(
            footing, "Qto_FootingBaseQuantities", Height=("length", 500), GrossVolume=("volume", dx * dy * 500 / 1e9)
        )


def add_lift(maker: StoreyMaker) -> None:
    """The lift's car, standing at this storey."""
    geometry = maker.geometry
    lift = maker.element(
        "IfcTransportElement",
        "DT",
        "加装电梯",
        ObjectPlacement=geometry.placement(maker.placed, (8300, 13200, 0)),
        Representation=geometry.shape(geometry.box(1400, 1600, 2300)),
    )
    maker.contain(lift)
    maker.types.assign(lift, "DT630")
    maker.properties.attach(lift, "Pset_TransportElementCommon", {"Status": NEW})
    size = {"ClearWidth": length(1100), "ClearDepth": length(1400), "ClearHeight": length(2200)}
    maker.properties.attach(lift, "Pset_TransportElementElevator", {"FireFightingLift": False, **size})


def add_insulation(maker: StoreyMaker, plan: Plan) -> None:
    """New insulation, 100 mm, on the outer walls of a storey, with a hole at each window."""
    height = maker.storey.height
    faces = {
        "S": ((0, 0, 0), (1, 0, 0), (0, -1, 0), LENGTH),
        "NW": ((7800, DEPTH, 0), (-1, 0, 0), (0, 1, 0), 7800),
        "NE": ((LENGTH, DEPTH, 0), (-1, 0, 0), (0, 1, 0), 7800),
        "W": ((0, DEPTH, 0), (0, -1, 0), (-1, 0, 0), DEPTH),
        "E": ((LENGTH, 0, 0), (0, 1, 0), (1, 0, 0), DEPTH),
    }
    for code, (origin, x_axis, z_axis, width) in faces.items():
        axis = 0 if x_axis[0] else 1
        holes = [_hole(opening, origin[axis], x_axis[axis]) for opening in plan.openings if opening.wall == code]
        outline = ((0, 0), (width, 0), (width, height), (0, height))
        solid = maker.geometry.extrusion(maker.geometry.polygon(outline, holes), 100, (0, 0, 0), x_axis, z_axis)
        wall_zh = maker.walls[code][0].zh
        covering = maker.element(
            "IfcCovering",
            f"BW-{code}",
            f"{wall_zh}保温",
            ObjectPlacement=maker.geometry.placement(maker.placed, origin),
            Representation=maker.geometry.shape(solid),
        )
        maker.contain(covering)
        maker.types.assign(covering, "BW100")
        maker.common(covering, NEW, "1.00h")
        _covering(covering, maker, (width, height), 100)


def _hole(opening: Opening, origin: float, sign: int) -> tuple[Point, ...]:
    """A window's outline in the plane of the insulation, seen from outside; `sign` is the way its x axis runs."""
    kind = WINDOWS[opening.kind]
    near = (opening.start - origin) * sign
    left = near if sign > 0 else near - kind.width
    low, high = opening.sill, opening.sill + kind.height
    return ((left, low), (left + kind.width, low), (left + kind.width, high), (left, high))

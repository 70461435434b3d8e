"""CityGML files of three versions: objects, attributes, relations, references, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.checks.geometry.validate import validate
from cimkit.errors import SourceError
from cimkit.facts.boundaries import Kind, SubjectGeometry
from cimkit.facts.defects_city import CITY_DEFECTS
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.model import Facts
from cimkit.readers.citygml.reader import read_citygml

EVERYTHING = Demand(
    kinds=None, properties=frozenset({PropertyDemand()}), geometry=True, defects=frozenset(CITY_DEFECTS)
)
ROOT = (
    '<CityModel xmlns="http://www.opengis.net/citygml/{v}" xmlns:bldg="http://www.opengis.net/citygml/building/{v}"'
    ' xmlns:gen="http://www.opengis.net/citygml/generics/{v}" xmlns:grp="http://www.opengis.net/citygml/cityobjectgroup/{v}"'
    ' xmlns:con="http://www.opengis.net/citygml/construction/{v}" xmlns:core="http://www.opengis.net/citygml/{v}"'
    ' xmlns:gml="{gml}" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ade="http://example.org/ade">'
)
FACES = ["0 3 2 1", "4 5 6 7", "0 1 5 4", "1 2 6 5", "2 3 7 6", "3 0 4 7"]


def points(numbers: str, size: float = 1.0) -> str:
    corners = [(x, y, z) for z in (0, size) for x, y in ((0, 0), (size, 0), (size, size), (0, size))]
    ring = [int(number) for number in numbers.split()]
    return " ".join(f"{c:g}" for number in [*ring, ring[0]] for c in corners[number])


def polygon(numbers: str, name: str = "", size: float = 1.0) -> str:
    given = f' gml:id="{name}"' if name else ""
    ring = f"<gml:LinearRing><gml:posList>{points(numbers, size)}</gml:posList></gml:LinearRing>"
    return f"<gml:Polygon{given}><gml:exterior>{ring}</gml:exterior></gml:Polygon>"


def solid(size: float = 1.0) -> str:
    members = "".join(f"<gml:surfaceMember>{polygon(face, size=size)}</gml:surfaceMember>" for face in FACES)
    surface = f"<gml:CompositeSurface>{members}</gml:CompositeSurface>"
    return f"<gml:Solid><gml:exterior>{surface}</gml:exterior></gml:Solid>"


def model(*members: str, version: str = "2.0", head: str = "") -> bytes:
    gml = "http://www.opengis.net/gml/3.2" if version == "3.0" else "http://www.opengis.net/gml"
    inside = "".join(f"<cityObjectMember>{member}</cityObjectMember>" for member in members)
    return f"{ROOT.format(v=version, gml=gml)}{head}{inside}</CityModel>".encode()


def read(content: bytes) -> Facts:
    return read_citygml(content, EVERYTHING, name="test")


def defects(content: bytes) -> list[tuple[str, str]]:
    return read(content).defects.select("kind", "detail").rows()


def geometry(facts: Facts) -> SubjectGeometry:
    found = facts.whole["geometry"]
    assert isinstance(found, SubjectGeometry)
    return found


def faults(facts: Facts) -> list[tuple[int, str]]:
    found = geometry(facts)
    return [
        (fault.code, found.locate(fault.where.solid, fault.where.shell, fault.where.polygon, fault.where.ring))
        for fault in validate(found.boundaries)
    ]


BY_REFERENCE = (
    '<bldg:Building gml:id="B1"><gml:name>Hall</gml:name><bldg:function>1000</bldg:function>'
    '<bldg:measuredHeight uom="m">12.5</bldg:measuredHeight>'
    '<gen:stringAttribute name="owner"><gen:value>city</gen:value></gen:stringAttribute>'
    '<gen:measureAttribute name="area"><gen:value uom="m2">81.25</gen:value></gen:measureAttribute>'
    "<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>"
    + "".join(f'<gml:surfaceMember xlink:href="#p{k}"/>' for k in range(6))
    + "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>"
    + "".join(
        f'<bldg:boundedBy><bldg:WallSurface gml:id="w{k}"><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>'
        f"{polygon(face, f'p{k}')}</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:WallSurface>"
        "</bldg:boundedBy>"
        for k, face in enumerate(FACES)
    )
    + "</bldg:Building>"
)


def test_a_solid_of_references() -> None:
    facts = read(model(BY_REFERENCE))
    assert len(facts.defects) == 0
    kinds = [facts.subjects.kinds[kind] for kind in facts.subjects.kind]
    assert kinds == ["Building", *["WallSurface"] * 6]
    assert facts.links["parent"].target.tolist() == [0] * 6
    found = geometry(facts)
    assert found.boundaries.kind.tolist() == [Kind.SOLID, *[Kind.SURFACES] * 6]
    assert found.lod == ("2",) * 7
    assert faults(facts) == []


def test_attributes() -> None:
    columns = {column.name: column.column for column in read(model(BY_REFERENCE)).properties}
    row = np.array([0], np.int32)
    assert columns["owner"].texts(row).to_list() == ["city"]
    assert columns["function"].texts(row).to_list() == ["1000"]
    assert columns["measuredHeight"].values.number.tolist() == [12.5]
    assert columns["area"].values.number.tolist() == [81.25]


def test_a_fault_is_found_where_its_polygon_is() -> None:
    turned = BY_REFERENCE.replace(points(FACES[1]), points("7 6 5 4"))
    assert faults(read(model(turned))) == [(307, '//*[@gml:id="p1"]')]
    thin = solid().replace(points(FACES[2]), "0 0 0 1 0 0 0 0 0")
    plain = f"<bldg:Building><bldg:lod1Solid>{thin}</bldg:lod1Solid></bldg:Building>"
    ((code, place),) = faults(read(model(plain)))
    assert code == 101
    assert place.endswith("bldg:lod1Solid//gml:Polygon)[3]//gml:LinearRing[1]")


def test_a_surface_may_be_turned_around() -> None:
    members = "".join(
        "<gml:surfaceMember><gml:OrientableSurface orientation='-'><gml:baseSurface>"
        + polygon(" ".join(reversed(face.split())))
        + "</gml:baseSurface></gml:OrientableSurface></gml:surfaceMember>"
        for face in FACES
    )
    surface = f"<gml:CompositeSurface>{members}</gml:CompositeSurface>"
    body = f"<gml:Solid><gml:exterior>{surface}</gml:exterior></gml:Solid>"
    assert faults(read(model(f"<bldg:Building><bldg:lod1Solid>{body}</bldg:lod1Solid></bldg:Building>"))) == []


@pytest.mark.parametrize(
    "ring",
    [
        "<gml:pos>0 0 0</gml:pos><gml:pos>1 0 0</gml:pos><gml:pos>1 1 0</gml:pos><gml:pos>0 0 0</gml:pos>",
        "<gml:posList srsDimension='2'>0 0 1 0 1 1 0 0</gml:posList>",
        "<gml:coordinates>0,0,0 1,0,0 1,1,0 0,0,0</gml:coordinates>",
        "<gml:coordinates cs=' ' ts=';'>0 0 0;1 0 0;1 1 0;0 0 0</gml:coordinates>",
        (
            "<gml:pointProperty><gml:Point><gml:pos>0 0 0</gml:pos></gml:Point></gml:pointProperty>"
            "<gml:posList>1 0 0 1 1 0 0 0 0</gml:posList>"
        ),
    ],
)
def test_ways_to_write_a_ring(ring: str) -> None:
    triangle = f"<gml:Polygon><gml:exterior><gml:LinearRing>{ring}</gml:LinearRing></gml:exterior></gml:Polygon>"
    surface = f"<gml:MultiSurface><gml:surfaceMember>{triangle}</gml:surfaceMember></gml:MultiSurface>"
    facts = read(model(f"<bldg:Building><bldg:lod0FootPrint>{surface}</bldg:lod0FootPrint></bldg:Building>"))
    assert len(facts.defects) == 0
    assert geometry(facts).boundaries.points[[0, 1, 2]].tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0]]


def test_version_3() -> None:
    house = (
        f'<bldg:Building gml:id="B"><con:height><con:Height><con:value uom="m">9</con:value></con:Height></con:height>'
        f"<genericAttribute><gen:IntAttribute><gen:name>floors</gen:name><gen:value>3</gen:value></gen:IntAttribute>"
        f"</genericAttribute><core:lod1Solid>{solid()}</core:lod1Solid>"
        '<bldg:buildingPart><bldg:BuildingPart gml:id="P"/></bldg:buildingPart></bldg:Building>'
    )
    facts = read(model(house, version="3.0"))
    assert facts.datasets["schema"].to_list() == ["3.0"]
    assert [facts.subjects.kinds[kind] for kind in facts.subjects.kind] == ["Building", "BuildingPart"]
    columns = {column.name: column.column.values.number.tolist() for column in facts.properties}
    assert columns == {"height.value": [9.0], "floors": [3.0]}
    assert faults(facts) == []


def test_parts_and_groups() -> None:
    part = f"<bldg:BuildingPart gml:id='{{}}'><bldg:lod1Solid>{solid()}</bldg:lod1Solid></bldg:BuildingPart>"
    house = "<bldg:Building gml:id='B'>" + "".join(
        f"<bldg:consistsOfBuildingPart>{part.format(name)}</bldg:consistsOfBuildingPart>" for name in ("P", "Q")
    )
    group = "<grp:CityObjectGroup gml:id='G'><grp:groupMember xlink:href='#B'/></grp:CityObjectGroup>"
    facts = read(model(house + "</bldg:Building>", group))
    assert list(zip(facts.links["parent"].sid, facts.links["parent"].target, strict=True)) == [(1, 0), (2, 0)]
    assert list(zip(facts.links["group"].sid, facts.links["group"].target, strict=True)) == [(0, 3)]
    assert [code for code, _ in faults(facts)] == [601]


def test_extensions_are_read_as_far_as_they_can_be() -> None:
    detail = "<ade:detail><ade:Detail><ade:area>12</ade:area></ade:Detail></ade:detail>"
    house = f"<bldg:Building><ade:rating>A</ade:rating>{detail}</bldg:Building>"
    columns = {column.name for column in read(model(house)).properties}
    assert columns == {"rating", "detail.area"}


def test_degrees_are_judged_as_metres() -> None:
    pytest.importorskip("pyproj")
    head = "<gml:boundedBy><gml:Envelope srsName='EPSG:4979' srsDimension='3'/></gml:boundedBy>"
    ring = "41.8 123.4 0 41.8 123.4001 0 41.8001 123.4001 0 41.8001 123.4 0 41.8 123.4 0"
    bent = ring.replace("41.8001 123.4001 0", "41.8001 123.4001 0.1")
    surface = "<bldg:Building><bldg:lod0FootPrint><gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior>"
    close = "</gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod0FootPrint></bldg:Building>"
    line = "<gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing>"
    assert faults(read(model(surface + line.format(ring) + close, head=head))) == []
    assert [code for code, _ in faults(read(model(surface + line.format(bent) + close, head=head)))] == [203]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (model(BY_REFERENCE.replace('"p3"', '"p9"')), ("city_reference", "xlink_missing")),
        (model(BY_REFERENCE, BY_REFERENCE), ("city_duplicate_key", "gml_id_twice")),
        (model(BY_REFERENCE.replace("0 0 0 0 1 0", "0 0 0 0 one 0")), ("city_number", "no_number")),
        (model(BY_REFERENCE.replace("0 0 0 0 1 0", "0 0 0 0 NaN 0")), ("city_number", "no_number")),
        (model(BY_REFERENCE.replace("0 0 0 0 1 0", "0 0 0 1 0")), ("city_number", "not_in_threes")),
        (
            model(
                BY_REFERENCE.replace("<gml:Solid>", "<gml:Solid srsName='EPSG:1'>").replace(
                    "<gml:MultiSurface>", "<gml:MultiSurface srsName='EPSG:2'>", 1
                )
            ),
            ("city_crs", "several"),
        ),
        (model(BY_REFERENCE, "<bldg:Building/>")[:-30], ("city_syntax", "no_xml")),
        (model(BY_REFERENCE, version="9.0"), ("city_version", "unknown")),
        (
            model("<grp:CityObjectGroup><grp:groupMember xlink:href='#gone'/></grp:CityObjectGroup>"),
            ("city_reference", "xlink_missing"),
        ),
    ],
)
def test_each_defect(content: bytes, found: tuple[str, str]) -> None:
    assert found in defects(content)


def test_surfaces_that_name_each_other_in_a_circle() -> None:
    circle = (
        "<gml:MultiSurface gml:id='a'><gml:surfaceMember><gml:CompositeSurface gml:id='b'>"
        "<gml:surfaceMember xlink:href='#a'/></gml:CompositeSurface></gml:surfaceMember></gml:MultiSurface>"
    )
    content = model(f"<bldg:Building><bldg:lod2MultiSurface>{circle}</bldg:lod2MultiSurface></bldg:Building>")
    assert defects(content) == [("city_reference", "xlink_circle")]


@pytest.mark.parametrize("content", [b"", b"{}", b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;", b"\xff\xfe<"])
def test_what_is_no_xml_is_an_error(content: bytes) -> None:
    with pytest.raises(SourceError):
        read(content)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "secret"><!ENTITY b "&a;&a;">]>' + model(BY_REFERENCE.replace("Hall", "&b;"))
    columns = {column.name for column in read(bomb).properties}
    assert "name" not in columns


def test_the_members_are_let_go() -> None:
    """Twice as many members, and what is kept grows by the numbers alone: no element stays."""
    import gc

    from lxml import etree

    read(model(*[BY_REFERENCE] * 3))
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, etree._Element)]


@settings(max_examples=60)
@given(st.data())
def test_nothing_in_a_file_breaks_the_reader(data: st.DataObject) -> None:
    """A sound file with a piece cut out, doubled or replaced: facts or a SourceError."""
    content = model(BY_REFERENCE, version="2.0").decode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 60)))
    piece = data.draw(
        st.sampled_from(["", content[start:end] * 2, "<gml:Polygon/>", "<bldg:Room/>", "x", "0 0", "<!--c-->"])
    )
    try:
        facts = read((content[:start] + piece + content[end:]).encode())
    except SourceError:
        return
    if "geometry" in facts.whole:
        validate(geometry(facts).boundaries)


def test_the_quality_experiment(shared: Path) -> None:
    """The files themselves, read and judged."""
    wrong = {}
    for path in sorted((shared / "city" / "qie").glob("[vi]*.gml")):
        facts = read(path.read_bytes())
        stated = [] if path.name.startswith("v") else [int(path.name[1:4])]
        found = sorted({code for code, _ in faults(facts)})
        if found != stated or len(facts.defects):
            wrong[path.name] = (found, facts.defects.rows())
    assert wrong == {}


# --- in pieces --------------------------------------------------------------------------------------------------------


def buildings(count: int, *, break_at: int | None = None, between: str = "") -> bytes:
    """A file of several megabytes: many buildings, each with a solid and a text."""
    members = [
        f'<bldg:Building gml:id="b{number}"><gml:name>{"楼" * 300}</gml:name><gen:intAttribute name="n">'
        f"<gen:value>{number}</gen:value></gen:intAttribute><bldg:lod1Solid>{solid()}</bldg:lod1Solid></bldg:Building>"
        + ("<oops" if number == break_at else "")
        for number in range(count)
    ]
    content = model(*members)
    return content.replace(b"<cityObjectMember>", between.encode() + b"<cityObjectMember>")


def test_a_file_in_pieces_is_the_file_as_it_stands() -> None:
    content = buildings(1500)
    assert len(content) > 3_000_000
    whole = content.replace(b"<CityModel", b"<!DOCTYPE CityModel>\n<CityModel", 1)  # is not cut
    cut, uncut = read(content), read(whole)
    every = np.arange(len(cut))
    assert cut.describe(every).equals(uncut.describe(every))
    assert [column.column.values.text.to_list() for column in cut.properties] == [
        column.column.values.text.to_list() for column in uncut.properties
    ]
    assert (geometry(cut).boundaries.points == geometry(uncut).boundaries.points).all()
    assert len(cut.defects) == len(uncut.defects) == 0


@pytest.mark.parametrize("between", ["<!-- </cityObjectMember> -->\n", "<!--\n</cityObjectMember>\n-->\n"])
def test_a_cut_inside_a_comment_loses_nothing(between: str) -> None:
    facts = read(buildings(1500, between=between))
    assert len(facts) == 1500
    assert len(facts.defects) == 0


@pytest.mark.parametrize("at", [3, 900, 1499])
def test_what_stands_before_a_fault_is_read_and_its_line_told(at: int) -> None:
    content = buildings(1500, break_at=at, between="\n")
    facts = read(content)
    assert len(facts) == at
    (defect,) = facts.defects.rows(named=True)
    line = content[: content.index(b"<oops")].count(b"\n") + 1
    assert (defect["kind"], defect["found"].split(":")[0]) == ("city_syntax", str(line))


def test_without_geometry_references_and_numbers_are_looked_at_all_the_same() -> None:
    demand = Demand(defects=frozenset({"city_reference", "city_number", "city_duplicate_key"}))

    def kinds(content: bytes) -> list[tuple[str, str, str]]:
        found = read_citygml(content, demand, name="test")
        assert "geometry" not in found.whole
        return found.defects.select("kind", "detail", "found").rows()

    good = buildings(1500)
    assert kinds(good) == []
    assert kinds(good.replace(b"0 0 0", b"0 0 NaN", 1)) == [("city_number", "no_number", "NaN")]
    assert kinds(good.replace(b"0 0 0", b"0 0 1e999", 1)) == [("city_number", "no_number", "1e999")]
    assert kinds(good.replace(b"0 0 0 ", b"0 0 ", 1))[0][:2] == ("city_number", "not_in_threes")
    assert kinds(good.replace(b"0 0 0", b"0 0 1e3", 1)) == []
    assert kinds(good.replace(b'"b1400"', b'"b2"')) == [("city_duplicate_key", "gml_id_twice", "b2")]
    lost = good.replace(b"<gml:surfaceMember>", b'<gml:surfaceMember xlink:href="#gone"/><gml:surfaceMember>', 1)
    assert kinds(lost) == [("city_reference", "xlink_missing", "#gone")]


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    content = buildings(20)
    (tmp_path / "城市.gml").write_bytes(content)
    facts = read_citygml(tmp_path / "城市.gml", EVERYTHING, name="test")
    assert len(facts) == 20
    with pytest.raises(SourceError) as told:
        read_citygml(tmp_path / "gone.gml", EVERYTHING, name="test")
    assert told.value.key == "sources.unreadable"

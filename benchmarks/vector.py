"""A GeoPackage of many polygons: field types, codes, unique keys and 2D validity, beside reading and judging it bare.

    python benchmarks/vector.py [--features 1000000] [--runs 3] [--others PYTHON]

Makes the GeoPackage (nine fields, one shape in a thousand crosses itself) in a temporary folder. `bare` is pyogrio's
Arrow stream into polars, shapely.from_wkb and shapely.is_valid. `--others` names a Python that has frictionless,
pandera[polars], polars and pyogrio: both are then asked the same of the fields, from Parquet and CSV of the same table.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from processes import PYTHON, alternate, table

LAYER = "building"
CODES = {
    "YSDM": ["310101", "310102", "310201", "310300"],
    "MC": ["住宅楼", "商业楼", "办公楼", "学校", "医院"],
    "JG": ["砖混", "钢", "框架", "框剪"],
    "XZQDM": ["210102", "210103", "210104"],
}
_PACK = """
id: bench
prefix: BEN
edition: "1"
title: {zh: 测速, en: benchmark}
authority: {zh: cimkit, en: cimkit}
applies_to: [geopackage]
stages: []
status: stable
"""
_BARE = """
import polars as pl, shapely
from pyogrio.raw import open_arrow
with open_arrow({path!r}, use_pyarrow=False) as (meta, stream):
    frame = pl.DataFrame(stream)
shapes = shapely.from_wkb(frame[meta["geometry_name"] or "wkb_geometry"].ext.storage().to_numpy())
print((~shapely.is_valid(shapes)).sum())
"""
_READ_AND_VALID = """
import pyogrio.raw, shapely
meta, _, wkb, fields = pyogrio.raw.read({path!r})
print((~shapely.is_valid(shapely.from_wkb(wkb))).sum())
"""
_PANDERA = """
import polars as pl, pandera.polars as pa
codes = {codes!r}
frame = pl.read_parquet({path!r})
text = lambda name: pa.Column(str, pa.Check.isin(codes[name])) if name in codes else pa.Column(str)
columns = {{name: text(name) for name in ("YSDM", "MC", "JG", "XZQDM")}}
columns["BSM"] = pa.Column(str, pa.Check.str_matches("^[0-9]{{15}}$"), unique=True)
columns["CS"] = pa.Column(int, pa.Check.in_range(1, 200))
columns["JCNF"] = pa.Column(int, pa.Check.in_range(1900, 2026))
columns["GD"] = pa.Column(float, pa.Check.ge(0))
columns["MJ"] = pa.Column(float, pa.Check.gt(0))
pa.DataFrameSchema(columns).validate(frame, lazy=True)
"""
_FRICTIONLESS = """
from frictionless import Resource, Schema, fields, system
codes = {codes!r}
one_of = lambda name: fields.StringField(name=name, constraints={{"required": True, "enum": codes[name]}})
schema = Schema(fields=[
    fields.StringField(name="BSM", constraints={{"required": True, "unique": True, "pattern": "[0-9]{{15}}"}}),
    one_of("YSDM"), one_of("MC"), one_of("JG"), one_of("XZQDM"),
    fields.IntegerField(name="CS", constraints={{"required": True, "minimum": 1, "maximum": 200}}),
    fields.NumberField(name="GD", constraints={{"required": True, "minimum": 0}}),
    fields.NumberField(name="MJ", constraints={{"required": True, "minimum": 0}}),
    fields.IntegerField(name="JCNF", constraints={{"required": True, "minimum": 1900, "maximum": 2026}}),
])
with system.use_context(trusted=True):
    print(Resource(path={path!r}, schema=schema).validate().valid)
"""


def make(path: Path, count: int) -> dict[str, np.ndarray]:
    """The GeoPackage, and its fields."""
    import pyogrio.raw
    import shapely

    random = np.random.default_rng(4)
    side = int(np.ceil(np.sqrt(count)))
    x, y = 500_000 + (np.arange(count) % side) * 25.0, 4_620_000 + (np.arange(count) // side) * 25.0
    width, height = 10 + random.random(count) * 10, 10 + random.random(count) * 10
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    rings = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
    crossed = random.choice(count, max(1, count // 1000), replace=False)
    rings[crossed, 2], rings[crossed, 3] = rings[crossed, 3].copy(), rings[crossed, 2].copy()
    fields = {
        "BSM": np.array([f"2101020{number:08d}" for number in range(count)], object),
        **{name: np.array(random.choice(values, count).tolist(), object) for name, values in CODES.items()},
        "CS": random.integers(1, 34, count),
        "GD": np.round(random.random(count) * 100, 2),
        "MJ": np.round(width * height, 2),
        "JCNF": random.integers(1950, 2025, count),
    }
    wkb = shapely.to_wkb(shapely.polygons(rings))
    given = {"layer": LAYER, "driver": "GPKG", "geometry_type": "Polygon", "crs": "EPSG:4550"}
    pyogrio.raw.write(path, wkb, list(fields.values()), list(fields), **given)
    return fields


def make_pack(folder: Path, *, geometry: bool) -> Path:
    """A pack that asks it: types, codes, ranges, a unique key, and valid shapes."""
    field = "must: {{field: {{layer: [building], name: {name}, {rest}}}}}"
    asked = {
        "BSM": 'type: text, value: {pattern: "[0-9]{15}"}',
        **{name: f"type: text, value: [{', '.join(repr(each) for each in values)}]" for name, values in CODES.items()},
        "CS": "type: integer, value: {min: 1, max: 200}",
        "JCNF": "type: integer, value: {min: 1900, max: 2026}",
        "GD": "type: number, value: {min: 0}",
        "MJ": "type: number, value: {min_exclusive: 0}",
    }
    musts = [field.format(name=name, rest=rest.replace("type: text, ", "")) for name, rest in asked.items()]
    musts.append("must: {unique: {property: {name: BSM}}}")
    if geometry:
        musts.append("must: {shape_valid: [invalid, 'null', empty, coordinates]}")
    rules, texts = [], []
    for number, must in enumerate(musts, start=1):
        code = f"BEN-VEC-{number:03d}"
        rules.append(
            f"- code: {code}\n  name: r{number}\n  status: stable\n  severity: info\n  executable: full\n"
            f"  evidence: memory\n  quality: attribute\n  where: {{entity: building}}\n  {must}\n"
        )
        texts.append(f"{code}: {{title: t, why: w, fix: f}}\n")
    for name, content in {
        "pack.yaml": _PACK,
        "rules/r.yaml": "\n".join(rules),
        "locales/zh.yaml": "".join(texts),
        "locales/en.yaml": "".join(texts),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def main() -> None:
    """Make the files, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--others", help="a Python that has frictionless and pandera[polars]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        layer = folder / "layer.gpkg"
        fields = make(layer, options.features)
        check = [PYTHON, "-m", "cimkit", "--no-cache", str(layer), "--fail-on", "never", "--pack"]
        commands = {
            "pyogrio.read + is_valid": [PYTHON, "-c", _READ_AND_VALID.format(path=str(layer))],
            "bare (Arrow + is_valid)": [PYTHON, "-c", _BARE.format(path=str(layer))],
            "cimcheck": [*check, str(make_pack(folder / "full", geometry=True))],
        }
        measured = alternate(commands, options.runs)
        print(f"\n{options.features:,} polygons, {layer.stat().st_size / 1e6:.0f} MB\n")
        print(table(measured, "bare (Arrow + is_valid)"), flush=True)
        if options.others:
            _beside_others(folder, fields, options.others, options.runs)


def _beside_others(folder: Path, fields: dict[str, np.ndarray], python: str, runs: int) -> None:
    import polars as pl

    frame = pl.DataFrame({name: values.tolist() for name, values in fields.items()})
    parquet, csv = folder / "building.parquet", folder / "building.csv"
    frame.write_parquet(parquet)
    frame.write_csv(csv)
    pack = str(make_pack(folder / "fields", geometry=False))
    (folder / "fields" / "pack.yaml").write_text(_PACK.replace("geopackage", "parquet, csv"), encoding="utf-8")
    check = [PYTHON, "-m", "cimkit", "--no-cache", "--fail-on", "never", "--pack", pack]
    commands = {
        "cimcheck, Parquet": [*check, str(parquet)],
        "pandera on polars, Parquet": [python, "-c", _PANDERA.format(path=str(parquet), codes=CODES)],
        "cimcheck, CSV": [*check, str(csv)],
        "frictionless, CSV": [python, "-c", _FRICTIONLESS.format(path=str(csv), codes=CODES)],
    }
    measured = alternate(commands, runs)
    print(f"\nthe fields alone, {frame.height:,} rows\n\n{table(measured, 'cimcheck, Parquet')}", flush=True)


if __name__ == "__main__":
    main()

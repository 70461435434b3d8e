"""A province's portfolio of invented projects, for trying `cimcheck portfolio` at its real size.

Everything in it is synthetic and says so: numbers begin with `SYN-`, every name with 【合成】. Counts and sums echo
figures of the 2021 Liaoning second-quarter report (which one is said beside each), so
that the sums of a report on it can be recognised; which city has which project, and what is wrong with it, is made up.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cimkit.projects.definitions import Definitions, definitions

__all__ = ["KINDS", "Batch", "make_province"]

#: How often a project is like this, of 1,000.
_MISSING, _WRONG, _SLOPPY = 180, 60, 90
_QUARTER = "2021-04-01"


@dataclass(frozen=True, slots=True)
class Batch:
    """kind; how many of 2,000; together in 万元 (None: nobody said, so something small); source of the figures."""

    kind: str
    count: int
    total: float | None
    origin: str


KINDS = (
    Batch("old-neighbourhood", 1000, 642_000, "R-06: 1 000 planned, all started, 64.2 亿元"),
    Batch("historic-building", 219, None, "R-15: 219 surveyed and filed"),
    Batch("renewal-unit", 120, 18_910_000, "R-01: 120 demonstration projects, 1 891 亿元"),
    Batch("shantytown", 150, None, "R-13: 4 968 planned, 2 293 started"),
    Batch("public-rental", 100, None, "R-14: 159 554 public rental, 150 773 allocated"),
    Batch("sponge-city", 30, None, "R-04: 30 cities"),
    Batch("rail", 9, None, "R-08: 9 rail projects"),
    Batch("waste", 10, None, "R-05: 10 incineration plants"),
    Batch("heating", 112, None, "made up"),
    Batch("park", 100, None, "made up"),
    Batch("energy-saving", 80, None, "made up"),
    Batch("landscaping", 70, None, "made up"),
)
_STAGES = {"historic-building": "既有", "shantytown": "施工图", "renewal-unit": "规划"}
#: Documents and tables of a kind, as a file each: item -> (name of the file, heading and rows of a table or None).
_FILES: dict[str, tuple[tuple[str, str], ...]] = {
    "old-neighbourhood": (("小区台账", "csv"), ("改造内容清单", "csv"), ("资金台账", "csv")),
    "historic-building": (("历史建筑档案表", "txt"), ("测绘图纸", "txt"), ("测绘技术报告", "txt")),
    "renewal-unit": (("房屋建筑", "csv"),),
    "shantytown": (("安置台账", "csv"), ("房屋建筑", "csv")),
    "public-rental": (("房源分配台账", "csv"),),
    "sponge-city": (("海绵城市面积台账", "csv"),),
    "heating": (("热源", "csv"), ("热力站", "csv"), ("热用户", "csv")),
    "park": (("隐患整改台账", "csv"),),
    "energy-saving": (("节能诊断报告", "txt"), ("节能措施表", "csv")),
    "landscaping": (("苗木台账", "csv"),),
}


def make_province(
    folder: Path, count: int = 2000, seed: int = 2021, progress: Callable[[int], None] | None = None
) -> int:
    """Write `count` projects below `folder`, one folder a city; how many were written. The same seed, the same files.

    A smaller count keeps the shares of the kinds, and at least one project of each.
    """
    known = definitions()
    chance = random.Random(seed)  # noqa: S311 - invented data, not a secret
    written = 0
    for number, (batch, place) in enumerate(_places(count, known, chance), start=1):
        _Project(number, batch, place, known, chance, count / 2000).write(folder)
        written += 1
        if progress is not None:
            progress(written)
    return written


def _places(count: int, known: Definitions, chance: random.Random) -> Iterator[tuple[Batch, str]]:
    districts = [code for code, area in known.areas.items() if area.parent and not code.endswith("00")]
    cities = sorted({code[:4] for code in districts})
    weight = {city: len(cities) - index for index, city in enumerate(cities)}
    weights = [weight[code[:4]] for code in districts]
    total = sum(batch.count for batch in KINDS)
    left = count
    for place, batch in enumerate(KINDS):
        last = place == len(KINDS) - 1
        share = left if last else min(max(1, round(batch.count * count / total)), left)
        left -= share
        for _ in range(share):
            yield batch, chance.choices(districts, weights)[0]


class _Project:
    def __init__(
        self, number: int, batch: Batch, district: str, known: Definitions, chance: random.Random, scale: float
    ) -> None:
        self.number = f"SYN-{number:04d}"
        self.batch = batch
        self.known = known
        self.chance = chance
        self.scale = scale
        self.district = known.areas[district]
        self.city = known.areas[f"{district[:4]}00"]
        self.kind = known.kinds[batch.kind]
        self.name = f"【合成】{self.city.name}{self.district.name}{self.kind.zh}第{number}号"

    def write(self, folder: Path) -> None:
        here = folder / self.city.name / f"{self.number}-{self.kind.zh}"
        here.mkdir(parents=True, exist_ok=True)
        deliverables = []
        for name, ending in (("用地红线", "geojson"), ("立项批复", "txt"), *_FILES.get(self.batch.kind, ())):
            if self._happens(_MISSING):
                continue
            path = f"{name}.{ending}"
            (here / path).write_text(self._content(name, ending), encoding="utf-8")
            deliverables.append({"id": f"{len(deliverables) + 1}", "item": _item(name), "path": path})
        if deliverables and self._happens(_WRONG):
            deliverables.append(dict(deliverables[0]))  # named twice
        form = self._form(deliverables)
        text = yaml.safe_dump(form, allow_unicode=True, sort_keys=False)
        (here / "project.yaml").write_text(
            f"# 合成数据，不是真实项目。Synthetic data, no real project.\n{text}", encoding="utf-8"
        )

    def _form(self, deliverables: list[dict[str, str]]) -> dict[str, Any]:
        total = self._total()
        state = round(total * 0.757, 2)  # 48.6 of 64.2
        started = f"2021-{self.chance.randint(3, 6):02d}-{self.chance.randint(1, 28):02d}"
        form: dict[str, Any] = {
            "number": self.number,
            "name": self.name,
            "city": self.city.code,
            "district": self.district.code,
            "address": f"（合成数据）{self.district.name}示例路{self.chance.randint(1, 300)}号",
            "kinds": [self.kind.zh],
            "stage": _STAGES.get(self.batch.kind, self.chance.choice(["施工图", "竣工"])),
            "total_investment": total,
            "red_line": "用地红线.geojson",
            "dates": {"approved": "2021-01-15", "planned_start": _QUARTER, "started": started},
            "investment": [
                {"source": "财政", "amount": state},
                {"source": "社会资本", "amount": round(total - state, 2) + (100 if self._happens(_WRONG) else 0)},
            ],
            "parties": [{"role": "建设单位", "name": "【合成】示例建设单位", "credit_code": self._credit_code()}],
            "deliverables": deliverables,
        }
        if not any(each["path"] == form["red_line"] for each in deliverables):
            del form["red_line"]
        if self._happens(_SLOPPY):
            del form["dates"]
        if self.batch.kind in ("renewal-unit", "old-neighbourhood"):
            form["buildings"] = [self._building(index) for index in range(1, 4)]
        if self.batch.kind == "renewal-unit":
            form["demolition"] = True
            form["resettlement"] = {"households": 200, "nearby": 130 if not self._happens(150) else 60}
        return form

    def _total(self) -> float:
        if self.batch.total is None:
            return float(self.chance.randint(50, 900))
        return round(self.batch.total / self.batch.count, 2)

    def _building(self, index: int) -> dict[str, Any]:
        phase = "existing"
        if self.batch.kind == "renewal-unit":
            phase = ("existing", "demolished", "new")[index - 1]
        storeys = self.chance.randint(3, 7)
        return {
            "code": f"{self.number}-{index}",
            "name": f"{index}号楼",
            "area": storeys * 620.0 * (4 if phase == "existing" and not self._happens(_WRONG) else 1),
            "storeys": storeys,
            "height": storeys * 2.9,
            "year": self.chance.randint(1975, 2000),
            "phase": phase,
        }

    def _credit_code(self) -> str:
        return "91210100MA0EXAMP1D" if self._happens(_WRONG) else "91210100MA0EXAMP1C"

    def _content(self, name: str, ending: str) -> str:
        if ending == "geojson":
            return self._red_line()
        if ending == "txt":
            return f"合成数据 synthetic\n{self.name} {name}\n"
        rows = [f"{self.number},{index},{name}{index},合成" for index in range(1, self.chance.randint(4, 12))]
        return "\n".join(["项目编号,编号,名称,备注", *rows]) + "\n"

    def _red_line(self) -> str:
        latitude, longitude = self.known.seats.get(self.district.code) or self.known.seats[self.city.code]
        if self._happens(_WRONG // 3):
            latitude, longitude = 39.91, 116.43  # another province altogether
        west = round(longitude + self.chance.uniform(-0.05, 0.05), 5)
        south = round(latitude + self.chance.uniform(-0.05, 0.05), 5)
        ring = [
            [west, south],
            [west + 0.002, south],
            [west + 0.002, south + 0.0015],
            [west, south + 0.0015],
            [west, south],
        ]
        if self._happens(_WRONG // 3):
            ring[1], ring[2] = ring[2], ring[1]  # it crosses itself
        ring = [[round(x, 5), round(y, 5)] for x, y in ring]
        feature = {
            "type": "Feature",
            "properties": {"项目编号": self.number, "备注": "合成"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)

    def _happens(self, of_a_thousand: int) -> bool:
        return self.chance.randrange(1000) < of_a_thousand


def _item(name: str) -> str:
    return {
        "用地红线": "红线图层",
        "房屋建筑": "房屋建筑图层",
        "热源": "热源数据",
        "热力站": "热力站数据",
        "热用户": "热用户数据",
    }.get(name, name)

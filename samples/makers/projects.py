"""Three whole renewal projects, invented: an old neighbourhood, a historic building, a heating network."""

from __future__ import annotations

from collections.abc import Mapping

from makers import block
from makers.block_plan import STOREYS
from makers.block_site import EASTING, HEIGHT, LATITUDE, LONGITUDE, NORTHING
from makers.project_files import box, geojson, note, workbook
from makers.small_model import Place, SmallModel, make_small_model

__all__ = ["all_projects"]

_MARK = "# 合成样例，非真实项目。 / Synthetic sample, not a real project.\n"
_SHENYANG = Place(EASTING, NORTHING, HEIGHT, LATITUDE, LONGITUDE)
_OWNER, _DESIGNER = "91210100MA0EXAMP1C", "91210200MA00000153"


def all_projects() -> dict[str, Mapping[str, bytes]]:
    """Name of the folder -> path in it -> content."""
    return {
        "old-neighbourhood": _old_neighbourhood(),
        "historic-building": _historic_building(),
        "heating": _heating(),
    }


def _building(
    number: str, code: str, name: str, area: float, storeys: int, phase: str, district: str, year: int, height: float
) -> dict[str, object]:
    """What a building layer says of one building; figures are made up."""
    return {
        "建筑编码": code,
        "名称": name,
        "详细地址": "样例路18号",
        "建筑用途": "住宅",
        "建筑面积": area,
        "地上层数": storeys,
        "地下层数": 1 if code == "SAMPLE-18" else 0,
        "建筑高度": round(height, 2),
        "结构类型": "砌体",
        "建成时间": f"{year}-06",
        "户数": 6 * storeys,
        "抗震设防类别": "丙类",
        "行政区代码": district,
        "改造状态": phase,
        "项目编号": number,
    }


def _old_neighbourhood() -> dict[str, bytes]:
    number, name = "2506-210102-04-01-123456", "样例小区18号楼老旧小区改造工程"
    structure = SmallModel(
        "sample-project/structure",
        "structure.ifc",
        number,
        name,
        "18号楼",
        "SAMPLE-18",
        1492.56,
        6,
        "施工图",
        _SHENYANG,
        [(storey.name, storey.elevation) for storey in STOREYS],
        (18000, 11400),
        columns=True,
        status="EXISTING",
    )
    buildings = [
        ("SAMPLE-18", "18号楼", 1492.56, 6, "保留", 123.4299),
        ("SAMPLE-19", "19号楼", 300.0, 1, "拆除", 123.4304),
    ]
    rows = "\n".join(
        f"  - {{code: {code}, name: {label}, area: {area}, storeys: {storeys}, year: 1985, phase: {phase}}}"
        for code, label, area, storeys, phase, _ in buildings
    )
    form = f"""{_MARK}number: {number}
name: {name}
project_code: {number}
city: 沈阳市
district: 和平区
kinds: [老旧小区改造, 更新单元]
stage: 施工图
task: 3
total_investment: 620
red_line: data/redline.geojson
disciplines: [建筑, 结构]
new_works: 是
demolition: 是
structural_works: 是
special_fire_works: 否
dates: {{approved: 2025-06-10, planned_start: 2026-04-01, planned_finish: 2026-10-31}}
resettlement: {{households: 4, nearby: 4}}
rent: {{before: 18, after: 18.6, years: 1}}
investment:
  - {{source: 中央预算内, amount: 200, year: 2026}}
  - {{source: 财政, amount: 300, year: 2026}}
  - {{source: 社会资本, amount: 120, year: 2026}}
parties:
  - {{role: 建设单位, name: 样例城市更新有限公司, credit_code: {_OWNER}}}
  - {{role: 设计单位, name: 样例建筑设计院有限公司, credit_code: {_DESIGNER}}}
buildings:
{rows}
  - {{code: SAMPLE-20, name: 加建电梯间, area: 60, storeys: 6, phase: 新建}}
deliverables:
  - {{id: M1, item: 施工图模型, path: models/architecture.ifc, discipline: 建筑, date: 2026-01-20}}
  - {{id: M2, item: 施工图模型, path: models/structure.ifc, discipline: 结构, date: 2026-01-20}}
  - {{id: D1, item: 房屋建筑图层, path: data/房屋建筑.geojson}}
  - {{id: D2, item: 小区台账, path: data/小区台账.xlsx}}
  - {{id: W1, item: 立项批复, path: documents/立项批复.md, date: 2025-06-10}}
  - {{id: W2, item: 安全鉴定报告, path: documents/安全鉴定报告.md, date: 2025-05-20}}
  - {{id: W3, item: 安置台账, path: documents/安置台账.md}}
  - {{id: W4, item: 影像资料, path: documents/影像资料.md}}
"""
    layer = [
        (
            box(west, 41.79995, west + 0.0003, 41.80005),
            _building(number, code, label, area, storeys, phase, "210102", 1985, 2.8 * storeys),
        )
        for code, label, area, storeys, phase, west in buildings
    ] + [
        (
            box(123.42985, 41.7999, 123.42989, 41.79994),
            _building(number, "SAMPLE-20", "加建电梯间", 60.0, 6, "新建", "210102", 2026, 17.25),
        )
    ]
    tables = {
        "小区": [
            [
                "小区编号",
                "小区名称",
                "项目编号",
                "建成年份",
                "户数",
                "楼栋数",
                "改造面积",
                "总投资",
                "中央补助",
                "市县资金",
                "社会资本",
            ],
            ["XQ-001", "样例小区", number, 1985, 36, 1, 1492.56, 620, 200, 300, 120],
        ],
        "小区楼栋": [
            ["小区编号", "建筑编码", "名称", "户数", "改造面积", "单元数", "加装电梯数", "地上层数"],
            ["XQ-001", "SAMPLE-18", "18号楼", 36, 1492.56, 1, 1, 6],
        ],
        "改造内容": [
            ["小区编号", "改造内容", "改造类别"],
            ["XQ-001", "外墙保温", "基础类"],
            ["XQ-001", "管网更新", "基础类"],
            ["XQ-001", "加装电梯", "完善类"],
        ],
        "资金台账": [
            ["小区编号", "资金来源", "金额"],
            ["XQ-001", "中央预算内", 200],
            ["XQ-001", "财政", 300],
            ["XQ-001", "社会资本", 120],
        ],
    }
    return {
        "project.yaml": form.encode(),
        "models/architecture.ifc": block.make_block().text(block.header("architecture.ifc")).encode("ascii"),
        "models/structure.ifc": make_small_model(structure).encode("ascii"),
        "data/redline.geojson": geojson("红线", [(box(123.4290, 41.7993, 123.4313, 41.8007), {"项目编号": number})]),
        "data/房屋建筑.geojson": geojson("房屋建筑", layer),
        "data/小区台账.xlsx": workbook(tables),
        "documents/立项批复.md": note("立项批复"),
        "documents/安全鉴定报告.md": note("安全鉴定报告", "鉴定对象：18号楼；鉴定原因：改造前鉴定。"),
        "documents/安置台账.md": note("安置台账", "4 户，均就地安置。"),
        "documents/影像资料.md": note("影像资料目录"),
    }


def _historic_building() -> dict[str, bytes]:
    number, name = "LN-HIS-0001", "样例老洋房测绘建档"
    dalian = Place(40639301.971, 4309739.095, 12.0, (38, 54, 36, 0), (121, 36, 21, 600000), "EPSG:4528", 40)
    model = SmallModel(
        "sample-project/historic",
        "existing.ifc",
        number,
        name,
        "样例老洋房",
        "SAMPLE-H1",
        420.0,
        2,
        "既有",
        dalian,
        [("1F", 0), ("2F", 3600)],
        (15000, 14000),
        columns=False,
        status="EXISTING",
    )
    form = f"""{_MARK}number: {number}
name: {name}
city: 大连市
district: 中山区
kinds: [历史建筑测绘建档]
stage: 既有
task: 11
red_line: data/redline.geojson
disciplines: [建筑]
new_works: 否
demolition: 否
structural_works: 否
special_fire_works: 否
dates: {{approved: 2025-03-01, started: 2025-04-01, finished: 2025-06-20, accepted: 2025-07-05}}
parties:
  - {{role: 建设单位, name: 样例城市更新有限公司, credit_code: {_OWNER}}}
  - {{role: 测绘单位, name: 样例建筑设计院有限公司, credit_code: {_DESIGNER}}}
buildings:
  - {{code: SAMPLE-H1, name: 样例老洋房, area: 420, storeys: 2, year: 1925, structure: 砌体, phase: 保留}}
deliverables:
  - {{id: M1, item: 现状模型, path: models/existing.ifc, discipline: 建筑, date: 2026-01-20}}
  - {{id: D1, item: 历史建筑档案表, path: data/历史建筑档案.xlsx, date: 2025-07-05}}
  - {{id: D2, item: 房屋建筑图层, path: data/房屋建筑.geojson}}
  - {{id: W1, item: 测绘图纸, path: documents/测绘图纸.md}}
  - {{id: W2, item: 测绘技术报告, path: documents/测绘技术报告.md}}
  - {{id: W3, item: 测绘成果验收文件, path: documents/测绘成果验收.md}}
  - {{id: W4, item: 影像资料, path: documents/影像资料.md}}
"""
    drawings = [("总平面图", "01"), ("平面图", "02"), ("立面图", "03"), ("剖面图", "04"), ("详图", "05")]
    tables = {
        "历史建筑": [
            [
                "历史建筑编号", "名称", "地址", "建造年代", "结构类型", "产权", "现状用途", "保护要素",
                "测绘单位", "坐标系", "高程系",
                "测绘等级", "测绘日期", "检查日期", "验收日期", "建档日期", "质量检查结论", "验收结论", "测绘误差",
            ],
            [
                "H-0001", "样例老洋房", "样例街1号", 1925, "砌体", "国有", "办公", "外立面、楼梯、壁炉",
                "样例建筑设计院有限公司", "CGCS2000",
                "1985国家高程基准", "二级", "2025-05-10", "2025-06-01", "2025-06-20", "2025-07-05", "合格", "合格", 8,
            ],
        ],
        "图纸": [
            ["历史建筑编号", "图号", "图纸类型", "图名"],
            *(["H-0001", n, kind, f"样例老洋房{kind}"] for kind, n in drawings),
        ],
        "影像": [["历史建筑编号", "影像编号", "内容"], ["H-0001", "P-01", "南立面"], ["H-0001", "P-02", "楼梯间"]],
    }  # fmt: skip
    longitude, latitude = 121.606, 38.910
    return {
        "project.yaml": form.encode(),
        "models/existing.ifc": make_small_model(model).encode("ascii"),
        "data/redline.geojson": geojson(
            "红线",
            [(box(longitude - 0.0005, latitude - 0.0005, longitude + 0.0005, latitude + 0.0005), {"项目编号": number})],
        ),
        "data/房屋建筑.geojson": geojson(
            "房屋建筑",
            [
                (
                    box(longitude, latitude, longitude + 0.00017, latitude + 0.00013),
                    _building(number, "SAMPLE-H1", "样例老洋房", 420.0, 2, "保留", "210202", 1925, 8.4),
                )
            ],
        ),
        "data/历史建筑档案.xlsx": workbook(tables),
        "documents/测绘图纸.md": note("测绘图纸目录", *(f"- {n} {kind}" for kind, n in drawings)),
        "documents/测绘技术报告.md": note("测绘技术报告", "测绘等级：二级；平面 CGCS2000，高程 1985国家高程基准。"),
        "documents/测绘成果验收.md": note("测绘成果验收", "质量检查合格，2025-06-20 验收。"),
        "documents/影像资料.md": note("影像资料目录"),
    }


_POINTS = (
    "一网供水温度", "一网回水温度", "一网供水压力", "一网回水压力",
    "二网供水温度", "二网回水温度", "二网供水压力", "二网回水压力",
    "一网瞬时流量", "一网瞬时热量", "一网累积热量", "二网流量", "循环泵频率反馈", "循环泵电流",
    "补水泵频率反馈", "补水泵电流", "调节阀开度", "液位",
)  # fmt: skip


def _heating() -> dict[str, bytes]:
    number, name = "LN-HEAT-0001", "样例片区智慧供热改造"
    form = f"""{_MARK}number: {number}
name: {name}
city: 鞍山市
district: 铁东区
kinds: [智慧供热]
stage: 竣工
task: 8
new_works: 是
demolition: 否
structural_works: 否
special_fire_works: 否
total_investment: 1500
red_line: data/redline.geojson
dates: {{approved: 2024-03-01, started: 2024-05-01, finished: 2024-10-15, accepted: 2024-10-25}}
investment:
  - {{source: 专项债, amount: 1000, year: 2024}}
  - {{source: 社会资本, amount: 500, year: 2024}}
parties:
  - {{role: 建设单位, name: 样例热力有限公司, credit_code: {_OWNER}}}
  - {{role: 施工单位, name: 样例安装有限公司, credit_code: {_DESIGNER}}}
buildings:
  - {{code: SAMPLE-RZ1, name: 样例一站, area: 120, storeys: 1, year: 2024, phase: 新建}}
deliverables:
  - {{id: M1, item: 竣工模型, path: models/station.ifc, discipline: 建筑, date: 2026-01-20}}
  - {{id: D0, item: 房屋建筑图层, path: data/房屋建筑.geojson}}
  - {{id: D1, item: 热源数据, path: data/供热设施.xlsx}}
  - {{id: D2, item: 供热运行数据, path: data/运行数据.xlsx}}
  - {{id: W1, item: 立项批复, path: documents/立项批复.md, date: 2024-03-01}}
  - {{id: W2, item: 竣工验收文件, path: documents/竣工验收.md, date: 2024-10-25}}
"""
    stations = [("RZ-01", "样例一站", 21000), ("RZ-02", "样例二站", 15000)]
    users = [(f"YH-{n:03d}", "RZ-01" if n <= 7 else "RZ-02", 3000) for n in range(1, 13)]
    readings = [
        [code, f"2024-11-20 {hour:02d}:00:00", 95.0 - hour % 3, 52.0, 45.0 + hour % 2, 36.0, 0.80, 0.45, 0.42, 0.30, 55]
        for code, _, _ in stations
        for hour in range(24)
    ]
    stations_sheet = [["热力站编号", "热力站名称", "热源编号", "供热面积", "项目编号"]]
    users_sheet = [["用户编号", "热力站编号", "供热面积", "热源编号"]]
    facilities = {
        "热源": [["热源编号", "热源名称", "供热能力"], ["RY-01", "样例热源厂", 116]],
        "热网": [
            ["管段编号", "热源编号", "管径", "长度"],
            ["GW-001", "RY-01", 500, 1200],
            ["GW-002", "RY-01", 400, 800],
        ],
        "热力站": [*stations_sheet, *([code, label, "RY-01", area, number] for code, label, area in stations)],
        "热用户": [*users_sheet, *([code, station, area, "RY-01"] for code, station, area in users)],
        "测点": [["热力站编号", "测点名称"], *([code, point] for code, _, _ in stations for point in _POINTS)],
    }
    operation = {
        "热力站": facilities["热力站"],
        "热用户": facilities["热用户"],
        "热源": facilities["热源"],
        "热力站运行": [
            [
                "热力站编号", "采集时间", "一网供水温度", "一网回水温度", "二网供水温度", "二网回水温度",
                "一网供水压力", "一网回水压力", "二网供水压力", "二网回水压力", "调节阀开度",
            ],
            *readings,
        ],
        "室温": [
            ["用户编号", "采集时间", "房间", "室温", "湿度"],
            *([code, "2024-11-20 20:00:00", "卧室", 20.5, 40] for code, _, _ in users),
        ],
    }  # fmt: skip
    longitude, latitude = 122.99, 41.12
    anshan = Place(41499580.113, 4554344.136, 77.0, (41, 7, 26, 400000), (122, 59, 42, 0))
    station = SmallModel(
        "sample-project/station",
        "station.ifc",
        number,
        name,
        "样例一站",
        "SAMPLE-RZ1",
        120.0,
        1,
        "竣工",
        anshan,
        [("1F", 0)],
        (12000, 10000),
        columns=False,
        status="NEW",
    )
    return {
        "project.yaml": form.encode(),
        "data/redline.geojson": geojson(
            "红线", [(box(longitude, latitude, longitude + 0.01, latitude + 0.008), {"项目编号": number})]
        ),
        "models/station.ifc": make_small_model(station).encode("ascii"),
        "data/房屋建筑.geojson": geojson(
            "房屋建筑",
            [
                (
                    box(122.9950, 41.1240, 122.99515, 41.1241),
                    _building(number, "SAMPLE-RZ1", "样例一站", 120.0, 1, "新建", "210302", 2024, 5.0),
                )
            ],
        ),
        "data/供热设施.xlsx": workbook(facilities),
        "data/运行数据.xlsx": workbook(operation),
        "documents/立项批复.md": note("立项批复"),
        "documents/竣工验收.md": note("竣工验收文件"),
    }

"""A hint never changes a unit's magnitude or a fuel's nature."""

from __future__ import annotations

import pytest

from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.members import members_of, misspelt
from separatrix_cluster.tables.units import known_units, likely, unit_of

# Energy carriers of national and international statistics (GB/T 2589, NBS, IEA, IPCC) and everyday names.
CARRIERS = """
洗精煤 其他洗煤 煤制品 型煤 水煤浆 粉煤 煤粉 精煤 中煤 焦粉 兰炭 半焦 其他焦化产品 其他煤气 发生炉煤气
水煤气 煤制气 煤层气 页岩气 石脑油 润滑油 石蜡 溶剂油 石油沥青 航空煤油 重油 渣油 蜡油 燃料气 干气 丙烷
丁烷 乙烷 甲烷 甲醇 乙醇 二甲醚 氢气 氢 绿氢 氨 合成氨 绿电 光伏电 风电 自发电 余热 余压 余热余压 冷水
压缩空气 氧气 氮气 乙炔 其他燃料 生物柴油 生物燃气 秸秆 木炭 垃圾 污泥 煤炭制氢 城市固体垃圾 工业废料
废轮胎 黑液 电石 液氨 尾气 驰放气 火炬气 天然气制氢 液化气 合成气 混合煤气 hydrogen green_hydrogen
ammonia methane ethane propane butane propene methanol ethanol naphtha kerosine_type green_electricity
solar wind washed_coal coal_products briquettes syngas producer_gas town_gas acetylene bioethanol
biomethane charcoal peat straw sludge black_liquor waste_heat compressed_air oxygen nitrogen lubricants
bitumen paraffin shale_oil white_spirit tyres coal_bed_methane hot_oil cooling steam_coke
""".split()


@pytest.mark.parametrize("name", CARRIERS)
def test_another_fuel_is_never_offered(name: str) -> None:
    """A fuel of its own that has no factor here gets no other one's name as a hint."""
    assert carrier_named(name)[1] is None


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("elektricity", "electricity"),
        ("electrcity", "electricity"),
        ("disel", "diesel"),
        ("desiel", None),
        ("natrual gas", "natural gas"),
        ("bitumnious coal", "bituminous coal"),
        ("天燃气", "天然气"),
        ("柴由", "柴油"),
        ("焦碳", "焦炭"),
        ("氢气", None),
        ("绿电", None),
        ("洗精煤", None),
    ],
)
def test_slips_of_the_hand_are_mended(slip: str, meant: str | None) -> None:
    """Letters swapped, left out or doubled, and characters that sound alike, but no other word."""
    found = carrier_named(slip)[1]
    assert (found and found.replace("_", " ")) == meant


def test_no_unit_is_offered_for_one_of_another_magnitude() -> None:
    """A known unit with a prefix, a multiplier or a letter before it gets none of another size as a hint."""
    for unit in known_units():
        for before in ("千", "百", "万", "亿", "兆", "k", "M", "G", "10 ", "m", "kilo", "mega", "milli"):
            written = before + unit.name
            meant = likely(written)
            found = unit_of(written)
            if meant is not None and found is not None:
                other = unit_of(meant)
                assert other is not None
                assert (other.dimension, other.factor) == (found.dimension, found.factor), (written, meant)
            assert meant is None or meant.casefold()[0] == written.casefold()[0], (written, meant)


def test_a_multiplier_before_a_unit_is_worked_out() -> None:
    """千升 is a cubic metre; a thousand of what is no unit is none."""
    sizes = {
        "千升": ("volume", 1.0),
        "万升": ("volume", 10.0),
        "千立方米": ("volume", 1000.0),
        "十万吨": ("mass", 100_000.0),
        "10^3 t": ("mass", 1000.0),
        "1000 kWh": ("energy", 3.6),
        "万 MWh": ("energy", 36_000.0),
        "㎥": ("volume", 1.0),
    }
    for text, size in sizes.items():
        unit = unit_of(text)
        assert unit is not None, text
        assert (unit.dimension, unit.factor) == pytest.approx(size), text
    for text in ("千", "千帕", "万元", "10^4", "1000", "千 parsec"):
        assert unit_of(text) is None, text


def test_two_that_could_be_meant_are_none() -> None:
    """Between two names that are as near neither is offered, unless they mean the same."""
    assert misspelt("butene", {"butane": 1, "butine": 2}) is None
    assert misspelt("butene", {"butane": 1, "butine": 1}) == "butane"


@pytest.mark.parametrize(
    ("text", "names", "meant"),
    [
        ("金茂机械有限公司", ["金辉纺织有限公司", "东湖水泥有限公司"], None),
        ("Alpha Co., Ltd.", ["Beta Co., Ltd.", "Gamma Co., Ltd."], None),
        ("Huber GmbH", ["Maier GmbH"], None),
        ("苏州金茂机械有限公司", ["苏州金辉纺织有限公司"], None),
        ("苏州丁有限公司", ["苏州甲钢有限公司"], None),
        ("无锡甲钢有限公司", ["苏州甲钢有限公司"], None),
        ("Suzhou Alpha Chemical Co., Ltd.", ["Suzhou Beta Chemical Co., Ltd."], None),
        ("Suzhou Thrid Co., Ltd.", ["Suzhou Third Co., Ltd."], "Suzhou Third Co., Ltd."),
        ("苏州东胡水泥", ["苏州东湖水泥有限公司", "苏州东湖化工有限公司"], "苏州东湖水泥有限公司"),
        ("东胡水泥有限公司", ["东湖水泥有限责任公司", "金辉纺织有限公司"], "东湖水泥有限责任公司"),
        ("Schmitd Stahl", ["Schmidt Stahl GmbH & Co. KG", "Maier GmbH"], "Schmidt Stahl GmbH & Co. KG"),
    ],
)
def test_legal_forms_make_no_firm_like_another(text: str, names: list[str], meant: str | None) -> None:
    """What firms are meant is told by their own names, without 有限公司, Co., Ltd., a town or a trade."""
    firms = members_of([f"E{i}" for i in range(len(names))], names)
    assert firms.nearest(text) == meant

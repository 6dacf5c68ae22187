"""Units and words to choose from, as Chinese bills and lists write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import ENERGY, park
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.tables.carriers import carrier_called, carrier_entries
from separatrix_cluster.tables.units import unit_of


@pytest.mark.parametrize(
    ("unit", "dimension", "factor"),
    [
        ("千吨", "mass", 1e3),
        ("百万吨", "mass", 1e6),
        ("兆瓦时", "energy", 3.6),
        ("亿千瓦时", "energy", 3.6e5),
        ("万kWh", "energy", 36.0),
        ("万 kWh", "energy", 36.0),
        ("kW·h", "energy", 3.6e-3),
        ("千焦", "energy", 1e-6),
        ("兆焦", "energy", 1e-3),
        ("万吉焦", "energy", 1e4),
        ("千克标准煤", "energy", 0.029307),
        ("千卡", "energy", 4.1868e-6),
        ("百万大卡", "energy", 4.1868),
        ("标立方米", "volume", 1.0),
        ("万标立方米", "volume", 1e4),
        ("万m³", "volume", 1e4),
        ("亿立方米", "volume", 1e8),
        ("升", "volume", 1e-3),
    ],
)
def test_units(unit: str, dimension: str, factor: float) -> None:
    """What they measure, and how many t, GJ or m3 one of them is."""
    found = unit_of(unit)
    assert found is not None and (found.dimension, found.factor) == (dimension, pytest.approx(factor))


def test_words_to_choose_from(tmp_path: Path) -> None:
    """Sizes, uses, ways to buy power, kinds of emissions and of links, directions, indicators."""
    read = park(
        tmp_path,
        enterprises="编号,规模\nE01,大型\nE02,小型\n",
        energy="企业编号,年份,能源品种,消费量,单位,用途,购电方式,市场因子\n"
        "E01,2023,原油,10,吨,原料,,\nE01,2023,电力,10,万千瓦时,消费,绿证,0\nE02,2023,电力,1,兆瓦时,自产,,\n",
        emissions="企业编号,年份,类别,排放量,单位\nE02,2023,工艺,3,吨\nE02,2023,核查,5,吨\nE02,2023,范围二,7,吨\n",
        links="来源,去向,类型\nE01,E02,信息\nE02,E01,合作项目\n",
        streams="企业编号,物料,方向,数量,单位\nE01,蒸汽,可供,5,吉焦\nE02,蒸汽,需求,5,吉焦\n",
        benchmarks="行业,指标,中位数,单位\nall,单位增加值能耗,1,tce/万元\n",
    )
    accounts = carbon_accounts(read)
    assert [r for r in (*read.remarks, *accounts.remarks) if r.severity != "note"] == []
    assert read.table("enterprises").texts("size").tolist() == ["large", "small"]
    assert read.table("links").texts("kind").tolist() == ["information", "joint project"]
    assert read.table("benchmarks").texts("indicator").tolist() == ["energy per value added"]
    assert accounts.total(2023, "market") == 5 + 7


def test_hints_on_years_and_scales(tmp_path: Path) -> None:
    """A month tells its year; an answer outside the scale makes one look for another scale."""
    read = park(
        tmp_path,
        energy=ENERGY + "E01,2023-05,diesel,1,t\n",
        awareness="enterprise,survey_1\nE01,7\nE02,3\n",
    )
    hints = {r.column: str(r.hint) for r in read.remarks if r.code == "K130"}
    assert "year" not in hints and read.table("energy").numbers("year").tolist() == [2023]
    assert "from 1 to 5" in hints["survey_1"] and "survey_scale: [1, 7]" in hints["survey_1"]


def test_remarks_name_carriers_in_chinese() -> None:
    """What a sentence calls a carrier is what the accounts call it."""
    chinese = language_of("zh")
    for carrier, entry in carrier_entries().items():
        told = chinese.tell(carrier_called(carrier))
        assert entry["zh"] in told and not told.isascii(), carrier

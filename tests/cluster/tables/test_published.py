"""Tables as registries and statistical offices publish or collect them are read as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from cluster.folders import codes, found, park, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.tables.reader import load_cluster

ETS = """\
Verified emissions for 2008-2023 and allocations 2008-2023,,,,,,,,,
Read me: figures as of 1 April,,,,,,,,,
REGISTRY_CODE,IDENTIFIER_IN_REG,INSTALLATION_NAME,INSTALLATION_IDENTIFIER,PERMIT_IDENTIFIER,\
MAIN_ACTIVITY_TYPE_CODE,ALLOCATION_2022,VERIFIED_EMISSIONS_2022,ALLOCATION_2023,VERIFIED_EMISSIONS_2023
BE,X,Cracker,7,P1,42,100,900000,90,850000
NL,Y,Refinery,7,P2,21,0,2000000,,-1
DE,Z,Kiln,8,P3,29,5,400000,5,Excluded
"""


def test_verified_emissions_of_the_eu_ets(tmp_path: Path) -> None:
    """Installations of two countries share a number; -1 and `Excluded` are not known."""
    told = "name: Delta\ncountry: BE\ntables: {enterprises: ets.csv, emissions: ets.csv}\n"
    write(tmp_path, told)
    (tmp_path / "enterprises.csv").unlink()
    (tmp_path / "ets.csv").write_text(ETS, "utf-8")
    read = load_cluster(tmp_path)
    assert read.enterprises.tolist() == ["BE-7", "NL-7", "DE-8"]
    assert read.table("enterprises").texts("sector").tolist() == ["42", "21", "29"]
    table = read.table("emissions")
    assert table.texts("enterprise").tolist() == ["BE-7", "BE-7", "NL-7", "DE-8"]
    np.testing.assert_array_equal(table.numbers("free_allocation"), [100, 90, 0, 5])
    accounts = carbon_accounts(read)
    assert accounts.total(2022) == 3_300_000 and accounts.total(2023) == 850_000
    assert set(accounts.kind) == {"verified"}
    assert found(read.remarks, "K128") == [("ets.csv", None, None, "note")] * 2


def test_installations_that_the_cluster_does_not_name_are_passed_over(tmp_path: Path) -> None:
    """The list of enterprises is the cluster; the registry's file may hold a continent."""
    read = park(tmp_path, "name: Delta\n", enterprises="id,name\nBE-7,Cracker\nDE-8,Kiln\n", emissions=ETS)
    assert codes(read.remarks) == set()
    assert carbon_accounts(read).total(2022) == 1_300_000
    (told,) = [str(r.what) for r in read.remarks if r.code == "K128"]
    assert "(1)" in told


def test_the_export_of_the_transaction_log(tmp_path: Path) -> None:
    """Years side by side as ve2021, one row an installation."""
    text = (
        "id,country,operator,installation,parent,city,zip,lat,lon,activity_code,ve2021,ve2022,fa2021\n"
        "NL-1,NL,Op,Plant,Owner,ROTTERDAM,3000,51.9,4.4,21,100,110,80\n"
        "NL-2,NL,Op,Other,,ROTTERDAM,3000,,,20,,5,\n"
    )
    read = park(tmp_path, "name: Port\n", enterprises=text, emissions=text)
    assert codes(read.remarks) == set()
    assert read.table("enterprises").texts("parent").tolist()[0] == "Op"
    accounts = carbon_accounts(read)
    assert (accounts.total(2021), accounts.total(2022)) == (100, 115)


def test_the_data_summary_of_the_us_reporting_program(tmp_path: Path) -> None:
    """Notes above the heading, the year in the name of the file, gases beside the total."""
    write(
        tmp_path,
        "name: County\ncountry: US\ntables: {enterprises: ghgp_data_2022.xlsx#Direct Emitters, "
        "emissions: ghgp_data_2022.xlsx#Direct Emitters}\n",
    )
    (tmp_path / "enterprises.csv").unlink()
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Direct Emitters"
    for row in (
        ["Greenhouse Gas Reporting Program"],
        ["All emissions in metric tons of CO2e, AR4 GWPs"],
        [],
        [
            "Facility Id",
            "FRS Id",
            "Facility Name",
            "City",
            "State",
            "Latitude",
            "Longitude",
            "Primary NAICS Code",
            "Total reported direct emissions",
            "CO2 emissions (non-biogenic)",
            "Methane (CH4) emissions",
        ],
        [1004377, 1e11, "Big Refinery", "Baytown", "TX", 29.7, -95.0, 324110, 5000000.5, 4990000, 10000.5],
        [1001234, 1e11, "Small Boiler", "Baytown", "TX", 29.7, -95.0, 325199, 25000, 24990, 10],
    ):
        sheet.append(row)
    made.save(tmp_path / "ghgp_data_2022.xlsx")
    read = load_cluster(tmp_path)
    assert codes(read.remarks) == set()
    assert read.enterprises.tolist() == ["1004377", "1001234"]
    accounts = carbon_accounts(read)
    assert accounts.years == (2022,) and accounts.total(2022) == pytest.approx(5_025_000.5)


FORM = """\
能源购进、消费与库存,,,,,,,,,,,,,
单位详细名称：东湖水泥有限公司,,,,,,,,,,2023年1—12月,,表号：205-1表,
能源名称,计量单位,代码,年初库存量,购进量,,消费量,,,,,期末库存量,采用折标系数,参考折标系数
,,,,实物量,金额（千元）,合计,1.工业生产消费,用于原材料,2.非工业生产消费,合计中：运输工具消费,,,
甲,乙,丙,1,2,3,4,5,6,7,8,9,10,丁
原煤,吨,01,1000,40000,30000,39500,39500,,,,1500,0.7143,0.7143
1.无烟煤,吨,02,0,10000,8000,10000,10000,,,,0,0.8,0.9
3.一般烟煤,吨,04,1000,30000,22000,29500,29500,,,,1500,0.7,0.7
天然气（气态）,万立方米,15,,355,9000,355,350,120,5,,,12.1,11
柴油,吨,21,10,90,700,80,20,,60,60,5,1.4571,1.4571
电力,万千瓦时,33,,5600,33600,5600,5500,,100,,,1.229,1.229
能源合计,吨标准煤,40,,,80000,40000,39000,,,,,,
"""


def test_the_official_form_of_energy_purchased_used_and_in_stock(tmp_path: Path) -> None:
    """Ranks of coal in place of their sum, feedstock apart, no sum of all, stocks that do not match told."""
    read = park(tmp_path, enterprises="id,name\nE01,东湖水泥有限公司\nE02,荷花化工\n", energy=FORM)
    table = read.table("energy")
    rows = zip(table.texts("carrier"), table.texts("use"), table.numbers("amount"), strict=True)
    assert [(c, u, round(float(a), 6)) for c, u, a in rows] == [
        ("无烟煤", "used", 10000),
        ("一般烟煤", "used", 29500),
        ("天然气", "used", 2_350_000),
        ("天然气", "feedstock", 1_200_000),
        ("柴油", "used", 80),
        ("电力", "used", 5600 * 36),
    ]
    assert set(table.numbers("year")) == {2023} and set(table.texts("enterprise")) == {"E01"}
    told = [(r.code, r.row, str(r.what)) for r in read.remarks if r.severity == "warning"]
    assert told == [("K155", 10, "柴油: opening stock and purchases less closing stock are 95; 80 was used")]


def test_the_form_for_several_enterprises_with_a_fall_of_stocks(tmp_path: Path) -> None:
    """A column of names goes before the title; stocks that fall are no fault."""
    text = (
        "2023年能源购进、消费与库存,,,,,,,\n"
        "企业名称,能源名称,计量单位,年初库存量,购进量,工业生产消费,非工业生产消费,期末库存量\n"
        "荷花化工,原煤,吨,900,100,700,100,200\n东湖水泥有限公司,柴油,吨,,,若干,5,\n"
        "东湖水泥有限公司,电力,万千瓦时,,20,18,2,\n"
    )
    read = park(tmp_path, enterprises="id,name\nE01,东湖水泥有限公司\nE02,荷花化工\n", energy=text)
    table = read.table("energy")
    assert table.texts("enterprise").tolist() == ["E02", "E01", "E01"]
    assert table.numbers("amount").tolist() == [800, 5, 720]

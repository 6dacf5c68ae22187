"""Tables as offices have them: titles, wide tables, names for ids, units in headings, totals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from cluster.folders import DESCRIPTION, codes, found, park, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.tables.headings import meaning_of
from separatrix_cluster.tables.layout import layout_of
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

NAMES = "序号,企业名称,所属行业\n1,东湖水泥有限公司,C30\n2,荷花化工（集团）,C26\n3,南山热电,D44\n"


def rows_of(cluster: Cluster, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table, texts as they are and numbers rounded."""
    read = cluster.table(table)
    listed = [read.columns[c].tolist() for c in columns]
    return [
        tuple(round(v, 6) if isinstance(v, float) else v for v in row) for row in zip(*listed, strict=True)
    ]


LONG = (
    "enterprise,year,carrier,amount,unit\n"
    "东湖水泥有限公司,2023,电力,560,万kWh\n荷花化工(集团),2023,电力,120,万kWh\n南山热电,2023,电力,9,万kWh\n"
    "东湖水泥有限公司,2023,原煤,39500,吨\n南山热电,2023,原煤,88000,吨\n荷花化工(集团),2023,天然气,355,万m3\n"
)
WIDE = (
    "某园区2023年能源消费情况表,,,,\n"
    "填表单位：管委会,,,,\n"
    "序号,企业名称,电力（万kWh）,原煤(吨),天然气消费量（万立方米）\n"
    "1,东湖水泥有限公司,560,39500,\n2,荷花化工(集团),120,-,355\n3,南山热电,9,88000,\n合计,,689,127500,355\n"
)
BY_YEAR = (
    "企业名称,能源品种,计量单位,2023年\n"
    "东湖水泥有限公司,电力,万kWh,560\n荷花化工(集团),电力,万kWh,120\n南山热电,电力,万kWh,9\n"
    "东湖水泥有限公司,原煤,吨,39500\n南山热电,原煤,吨,88000\n荷花化工(集团),天然气,万立方米,355\n"
)
TWO_ROWS = (
    "2023年能源消费,,,,\n"
    "企业名称,能源消费量,,,备注\n"
    ",电力（万kWh）,原煤（吨）,天然气（万Nm3）,\n"
    "东湖水泥有限公司,560,39500,,\n荷花化工(集团),120,,355,新\n南山热电,9,88000,,\n"
)


@pytest.mark.parametrize("text", [WIDE, BY_YEAR, TWO_ROWS], ids=["carriers", "years", "groups"])
def test_a_wide_table_is_the_long_one(tmp_path: Path, text: str) -> None:
    """Carriers or years side by side, titles and groups above them: the same rows, and the same carbon."""
    plain = park(tmp_path / "long", enterprises=NAMES, energy=LONG)
    wide = park(tmp_path / "wide", enterprises=NAMES, energy=text)
    assert codes(plain.remarks) == codes(wide.remarks) == set()
    names = ("enterprise", "year", "amount", "dimension")
    assert sorted(rows_of(plain, "energy", *names)) == sorted(rows_of(wide, "energy", *names))
    assert carbon_accounts(wide).total(2023) == pytest.approx(carbon_accounts(plain).total(2023))
    assert carbon_accounts(plain).total(2023) > 100_000


def test_years_and_carriers_side_by_side(tmp_path: Path) -> None:
    """A carrier over years: the amount of each, with the unit of its heading; a blank is no row."""
    text = (
        "企业名称,电力（万千瓦时）,,柴油（吨）,\n,2022年,2023年,2022年,2023年\n"
        "东湖水泥有限公司,1,2,3,4\n荷花化工（集团）,5,,0,8\n"
    )
    read = park(tmp_path, enterprises=NAMES, energy=text)
    cement, chemicals = "东湖水泥有限公司", "荷花化工（集团）"
    assert rows_of(read, "energy", "enterprise", "year", "carrier", "amount") == [
        (cement, 2022, "电力", 36),
        (cement, 2023, "电力", 72),
        (cement, 2022, "柴油", 3),
        (cement, 2023, "柴油", 4),
        (chemicals, 2022, "电力", 180),
        (chemicals, 2022, "柴油", 0),
        (chemicals, 2023, "柴油", 8),
    ]
    assert codes(read.remarks) == set()


def test_what_is_amiss_in_a_wide_table_is_told_by_its_own_heading(tmp_path: Path) -> None:
    """Row and heading of the file; the other amounts of the row are taken."""
    text = (
        "enterprise,year,electricity (MWh),diesel (t),unicorn milk (t)\nE01,2023,lots,5,\nE02,2023,7,-5,9\n"
    )
    read = park(tmp_path, energy=text)
    assert found(read.remarks, "K130") == [
        ("energy.csv", 2, "electricity (MWh)", "error"),
        ("energy.csv", 3, "diesel (t)", "error"),
    ]
    assert found(carbon_accounts(read).remarks, "K214") == [("energy.csv", 3, "carrier", "error")]
    gone = read.table("energy").left_out
    assert gone is not None and gone.texts("carrier").tolist() == ["electricity", "diesel"]
    assert len(read.table("energy")) == 3


def test_economic_data_with_units_in_headings_and_years_side_by_side(tmp_path: Path) -> None:
    """万元, 亿元 and people by the ten thousand: each by its own heading, whatever the cluster's unit is."""
    text = (
        "企业名称,工业总产值（亿元）2022年,工业总产值（亿元）2023年,工业增加值(万元)2023年,从业人数（人）2023年\n"
        "东湖水泥有限公司,5.2,6,14000,320\n南山热电,2,2.5,,0.01\n"
    )
    read = park(tmp_path, DESCRIPTION.replace("10k CNY", "million CNY"), enterprises=NAMES, accounts=text)
    assert codes(read.remarks) == set()
    names = ("enterprise", "year", "output", "value_added", "staff")
    assert str(rows_of(read, "accounts", *names)) == str(
        [
            ("东湖水泥有限公司", 2022.0, 5.2e8, np.nan, np.nan),
            ("东湖水泥有限公司", 2023.0, 6e8, 1.4e8, 320.0),
            ("南山热电", 2022.0, 2e8, np.nan, np.nan),
            ("南山热电", 2023.0, 2.5e8, np.nan, 0.01),
        ]
    )


def test_the_unit_of_a_title_and_of_people(tmp_path: Path) -> None:
    """What the title says of money holds for columns without a unit; 千人 is a thousand people."""
    text = "2023年经济指标,,,单位：万元\n企业名称,总产值,增加值（亿元）,从业人数（千人）\n"
    text += "东湖水泥有限公司,52000,1.4,0.32\n"
    read = park(tmp_path, DESCRIPTION.replace("10k CNY", "CNY"), enterprises=NAMES, accounts=text)
    assert rows_of(read, "accounts", "year", "output", "value_added", "staff") == [(2023, 5.2e8, 1.4e8, 320)]


def test_money_of_a_heading_in_another_currency(tmp_path: Path) -> None:
    """It is converted by the rate of cluster.yaml; without one the column is not known, and said."""
    text = "enterprise,year,output (million EUR)\nE01,2023,2\n"
    read = park(tmp_path / "a", accounts=text)
    assert found(read.remarks, "K132") == [("accounts.csv", None, "output (million EUR)", "error")]
    assert np.isnan(read.table("accounts").numbers("output")).all()
    read = park(tmp_path / "b", DESCRIPTION + "exchange_rates: {EUR: 8}\n", accounts=text)
    assert read.table("accounts").numbers("output").tolist() == [16e6]


def test_a_unit_in_the_row_that_is_not_that_of_the_heading(tmp_path: Path) -> None:
    """One of them is wrong, by ten thousand: the row is left out and both are named."""
    text = "enterprise,year,carrier,amount（万kWh）,unit\n"
    text += "E01,2023,power,5,kWh\nE02,2023,power,5,万度\nE03,2023,power,5,\n"
    read = park(tmp_path, energy=text)
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert (remark.code, remark.row) == ("K131", 2)
    assert str(remark.what) == "the row is in kWh and the heading in 万kWh"
    assert rows_of(read, "energy", "enterprise", "amount") == [("E02", 180), ("E03", 180)]


def test_totals_are_no_enterprises_and_are_held_against_the_rows(tmp_path: Path) -> None:
    """In the middle or at the end, they count for nothing; one that does not match is told with both."""
    rows = "E01,2023,diesel,5,t\nE02,2023,diesel,7,t\n{sub},2023,diesel,12,t\nE03,2023,diesel,8,t\n"
    rows = "enterprise,year,carrier,amount,unit\n" + rows + "合计,2023,diesel,{all},t\n"
    read = park(tmp_path / "a", energy=rows.format(sub="小计", all=20))
    assert codes(read.remarks) == set() and read.table("energy").given == 3
    read = park(tmp_path / "b", energy=rows.format(sub="subtotal", all=26))
    told = [(r.row, str(r.what)) for r in read.remarks if r.code == "K151"]
    assert told == [(6, "the row is a total of 26 t, and the rows add up to 20 t")]
    assert read.table("energy").numbers("amount").sum() == 20


def test_a_name_that_two_enterprises_share_is_not_guessed(tmp_path: Path) -> None:
    """The row is left out, with the ids to choose from; a name that one has is enough."""
    read = park(
        tmp_path,
        enterprises="id,name\nE01,River Steel\nE02,River  steel\nE03,Lake Cement\n",
        energy="company,year,carrier,amount,unit\n"
        "River Steel,2023,diesel,5,t\nlake cement,2023,diesel,7,t\nE01,2023,diesel,9,t\n",
    )
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert remark.row == 2 and "E01, E02" in str(remark.hint)
    assert rows_of(read, "energy", "enterprise", "amount") == [("E03", 7), ("E01", 9)]


def test_a_merged_heading_of_a_workbook_as_an_office_writes_it(tmp_path: Path) -> None:
    """Title, names merged down, groups merged across, years merged down the rows."""
    write(tmp_path, enterprises=NAMES)
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "energy"
    for row in (
        ["附件2：园区能源消费统计表", None, None, None, None],
        ["年份", "企业名称", "电力", "煤炭", None],
        [None, None, "万千瓦时", "原煤（吨）", "焦炭（吨）"],
        [2022, "东湖水泥有限公司", 1, 2, 3],
        [None, "荷花化工（集团）", 4, None, 6],
        [2023, "东湖水泥有限公司", 7, 8, None],
    ):
        sheet.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:B3", "D2:E2", "A4:A5"):
        sheet.merge_cells(cells)
    made.save(tmp_path / "energy.xlsx")
    read = load_cluster(tmp_path)
    assert codes(read.remarks) <= {"K137"}
    assert rows_of(read, "energy", "year", "carrier", "amount") == [
        (2022, "电力", 36),
        (2022, "原煤", 2),
        (2022, "焦炭", 3),
        (2022, "电力", 144),
        (2022, "焦炭", 6),
        (2023, "电力", 252),
        (2023, "原煤", 8),
    ]


@pytest.mark.parametrize(
    ("table", "heading", "column", "year", "carrier", "unit"),
    [
        ("energy", "电力/万kWh", None, None, "电力", "万kWh"),
        ("energy", "外购电力（万千瓦时）", None, None, "外购电力", "万千瓦时"),
        ("energy", "natural gas_m3", None, None, "natural gas", "m3"),
        ("energy", "Diesel consumption 2022 (t)", None, 2022, "Diesel", "t"),
        ("energy", "2021", None, 2021, "", ""),
        ("emissions", "VERIFIED_EMISSIONS_2008", "amount", 2008, "", ""),
        ("emissions", "2019年排放量（万吨CO2）", "amount", 2019, "", "万吨"),
        ("accounts", "工业总产值（万元，2020年不变价）", None, None, None, None),
        ("accounts", "R&D经费（万元）", "rd_spend", None, "", "万元"),
        ("accounts", "2023年末从业人数", None, None, None, None),
        ("accounts", "备用", None, None, None, None),
    ],
)
def test_what_a_heading_says(
    table: str, heading: str, column: str | None, year: int | None, carrier: str | None, unit: str | None
) -> None:
    """Column, year, carrier and unit are told apart; what is not understood whole is nothing."""
    meaning = meaning_of((heading,), layout_of(table))
    if carrier is None:
        assert meaning is None
        return
    assert meaning is not None
    assert (meaning.column and meaning.column.name, meaning.year) == (column, year)
    assert (meaning.carrier, meaning.unit) == (carrier, unit)


def test_a_table_of_numbers_has_its_heading_in_the_first_row(tmp_path: Path) -> None:
    """Rows of data are no heading, even where the first row has misspelt ones."""
    read = park(
        tmp_path, energy="enterprise,year,carier,amount,unit\nE01,2023,diesel,5,t\nE02,2022,diesel,x,t\n"
    )
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert remark.code == "K120" and "carrier" in str(remark.what)


def test_where_number_and_name_stand_the_number_counts(tmp_path: Path) -> None:
    """Two works of one name are told apart, in whichever order the columns are."""
    for i, heading in enumerate(("企业名称,企业编号", "企业编号,企业名称")):
        rows = ["River,E01,5", "River,E02,7"] if not i else ["E01,River,5", "E02,River,7"]
        text = f"{heading},year,carrier,unit,amount\n" + "".join(
            f"{row[: row.rindex(',')]},2023,diesel,t,{row[row.rindex(',') + 1 :]}\n" for row in rows
        )
        read = park(tmp_path / str(i), enterprises="id,name\nE01,River\nE02,River\n", energy=text)
        assert rows_of(read, "energy", "enterprise", "amount") == [("E01", 5), ("E02", 7)]


@pytest.mark.parametrize(
    "text",
    [
        "enterprise,year,carrier,amount,unit\nE01,2023,diesel,5,t\nE01,2023,综合能源消费量,7.3,吨标准煤\n",
        "企业编号,年份,柴油（吨）,能源消费总量（吨标准煤）\nE01,2023,5,7.3\n",
    ],
)
def test_the_sum_of_all_carriers_is_no_carrier(tmp_path: Path, text: str) -> None:
    """It would count everything twice, and is no loss: nothing is missing without it."""
    read = park(tmp_path, energy=text)
    assert codes(read.remarks) == set()
    assert rows_of(read, "energy", "carrier", "amount") in [[("diesel", 5)], [("柴油", 5)]]
    assert read.table("energy").given == 1 and codes(carbon_accounts(read).remarks) == set()

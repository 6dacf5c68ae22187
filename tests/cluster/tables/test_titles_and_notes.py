"""What stands around the rows of an office's table: units in titles, notes, totals by other words, days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, found, park, write
from separatrix.languages import language_of
from separatrix.sentences import Sentence
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.tables.reader import load_cluster

FIRMS = "企业名称\n甲厂\n乙厂\n"


@pytest.mark.parametrize(
    "title",
    ["单位：亿元,,,,", "主要经济指标（单位：亿元）,,,,", ",,,,单位：亿元、人", "指标,,,,\n单位：亿元,,,,"],
)
def test_a_unit_of_money_in_a_title_holds_for_every_column(tmp_path: Path, title: str) -> None:
    """Years side by side: all four columns are in 亿元, whatever `money_unit` says, and it is told."""
    text = f"{title}\n企业名称,2023年,,2024年,\n,工业总产值,工业增加值,工业总产值,工业增加值\n甲厂,5,1,6,2\n"
    read = park(tmp_path, DESCRIPTION, enterprises=FIRMS, accounts=text)
    table = read.table("accounts")
    assert table.numbers("output").tolist() == [5e8, 6e8]
    assert table.numbers("value_added").tolist() == [1e8, 2e8]
    assert [str(r.what) for r in read.remarks if r.code == "K127"] == [
        "the unit 亿元 of output, value_added was taken from the title"
    ]


def test_titles_that_state_two_units_of_money_state_none(tmp_path: Path) -> None:
    """Which of them counts cannot be told, so the amounts are not known; a heading with its own is read."""
    text = "单位：亿元,\n（单位：万元）,\n企业名称,年份,工业总产值,工业增加值（万元）\n甲厂,2024,5,7\n"
    read = park(tmp_path, DESCRIPTION, enterprises=FIRMS, accounts=text)
    assert [severity for *_, severity in found(read.remarks, "K131")] == ["error"]
    assert np.isnan(read.table("accounts").numbers("output")).all()
    assert read.table("accounts").numbers("value_added").tolist() == [7e4]


def test_a_footnote_across_a_sheet_is_no_enterprise(tmp_path: Path) -> None:
    """Merged below the rows of a workbook, it says nothing: no row is left out and nothing is missing."""
    write(tmp_path, enterprises=FIRMS)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["企业名称", "年份", "原煤（吨）", "电力（万kWh）"],
        ["甲厂", 2024, 10, 2],
        ["乙厂", 2024, 20, 3],
        ["注：1. 用电量含自发自用，不含转供。"],
        ["填表人：张三", None, "审核人：李四"],
    ):
        sheet.append(row)
    sheet.merge_cells("A4:D4")
    book.save(tmp_path / "energy.xlsx")
    read = load_cluster(tmp_path)
    assert codes(read.remarks) == set() and len(read.table("energy")) == read.table("energy").given == 4
    assert completeness_of(read, carbon_accounts(read)).gaps == ()


def test_a_footnote_of_a_csv_file_is_no_row_left_out(tmp_path: Path) -> None:
    """Its commas split it into cells, and still it is a note."""
    rows = "E01,2024,diesel,5,t\n注：用电量含自发,自用,,,\nNote: all in tonnes,,,,\n"
    read = park(tmp_path, energy=ENERGY + rows)
    assert codes(read.remarks) == set() and read.table("energy").given == 1


def test_totals_by_any_name_are_no_enterprises(tmp_path: Path) -> None:
    """Sums of a firm, of the park, parts of a sum and means; what an enterprise is called is none of them."""
    names = "甲厂小计 园区总计 园区合计 全园区 其中：外购 累计 平均 Gesamt 甲厂(合计)".split()
    rows = "甲厂,2024,diesel,5,t\n其中：乙厂,2024,diesel,7,t\n厚德累计,2024,diesel,9,t\n"
    rows += "".join(f"{name},2024,diesel,21,t\n" for name in names)
    read = park(tmp_path, enterprises=FIRMS + "厚德累计\n", energy=ENERGY + rows)
    assert codes(read.remarks) == set()
    table = read.table("energy")
    assert table.texts("enterprise").tolist() == ["甲厂", "乙厂", "厚德累计"] and table.given == 3
    assert any("其中：外购" in str(r.what) for r in read.remarks if r.code == "K125")
    assert completeness_of(read, carbon_accounts(read)).gaps == ()


def test_a_day_of_opening_is_of_its_year(tmp_path: Path) -> None:
    """As a workbook writes it, as people do; a day in a column of years says nothing of a whole year."""
    firms = "企业名称,投产日期,关停日期\n甲厂,2023-06-01,2024/12/31\n乙厂,2019年5月,2023年1月1日\n"
    read = park(tmp_path, enterprises=firms, energy=ENERGY + "甲厂,2023-06-01,diesel,5,t\n")
    table = read.table("enterprises")
    assert table.numbers("opened").tolist() == [2023, 2019]
    assert table.numbers("closed").tolist() == [2024, 2023]
    assert found(read.remarks, "K130") == [("energy.csv", 2, "year", "error")]


def test_a_known_carrier_in_an_unknown_unit_is_a_gap(tmp_path: Path) -> None:
    """`电（箱）` is electricity in a unit that is none: refused, told by its heading, and missing."""
    read = park(
        tmp_path,
        enterprises=FIRMS,
        energy="企业名称,年份,原煤（吨）,电（箱）\n甲厂,2024,10,2\n乙厂,2024,5,\n",
    )
    assert found(read.remarks, "K131") == [("energy.csv", 2, "电（箱）", "error")]
    gone = read.table("energy").left_out
    assert gone is not None and gone.texts("carrier").tolist() == ["电"]
    (gap,) = completeness_of(read, carbon_accounts(read)).gaps
    assert (gap.enterprise, gap.year) == ("甲厂", 2024)


def test_one_amount_in_two_units_counts_once(tmp_path: Path) -> None:
    """原煤（吨） and 原煤（万吨） of one row and the same amount are one fact; a different one adds up."""
    text = "企业名称,年份,原煤（吨）,原煤（万吨）\n甲厂,2024,1000,0.1\n乙厂,2024,1000,0.2\n"
    read = park(tmp_path, enterprises=FIRMS, energy=text)
    assert sorted(read.table("energy").numbers("amount").tolist()) == [1000, 1000, 2000]
    assert [(row, severity) for _, row, _, severity in found(read.remarks, "K134")] == [
        (2, "warning"),
        (3, "warning"),
    ]
    assert completeness_of(read, carbon_accounts(read)).gaps == ()


def test_what_a_misspelt_enterprise_most_likely_is(tmp_path: Path) -> None:
    """The hint spells it as `enterprises` does, its id goes with the row; of a series none is offered."""
    firms = "id,name\nE01,Plant\nE02,东湖水泥\nE03,甲厂\nE04,Firm A\n"
    wrong = ["Plnt", "东湖水尼", "丙厂", "E05", "Firm B", "甲厂（原红星厂）"]
    rows = "".join(f"{name},2024,diesel,{k + 1},t\n" for k, name in enumerate(wrong))
    read = park(tmp_path, enterprises=firms, energy=ENERGY + rows)
    told = [str(r.hint) if r.hint else None for r in read.remarks if r.code == "K130"]
    plant, cement, first = (f"did you mean `{name}`?" for name in ("Plant", "东湖水泥", "甲厂"))
    assert told == [plant, cement, None, None, None, first]
    gone = read.table("energy").left_out
    assert gone is not None and gone.texts("meant").tolist() == ["E01", "E02", "", "", "", "E03"]


def test_a_total_is_told_in_the_unit_of_its_sheet(tmp_path: Path) -> None:
    """What does not add up is found by its own figures: 万kWh and 亿元, not GJ and CNY."""
    energy = "企业名称,年份,电力（万kWh）\n甲厂,2024,500\n乙厂,2024,300\n合计,,900\n"
    accounts = "企业名称,年份,工业总产值（亿元）\n甲厂,2024,5\n乙厂,2024,3\n合计,,9\n"
    read = park(tmp_path, enterprises=FIRMS, energy=energy, accounts=accounts)
    assert [str(r.what) for r in read.remarks if r.code == "K151"] == [
        "the row is a total of 900 万kWh, and the rows add up to 800 万kWh",
        "the row is a total of 9 亿元, and the rows add up to 8 亿元",
    ]


def test_a_slip_of_units_is_told_in_the_units_of_its_kind(tmp_path: Path) -> None:
    """Gas is not measured in kWh, nor output in kilograms."""
    rows = "E01,2023,natural gas,1960,m3\nE01,2024,natural gas,0.196,m3\n"
    accounts = "enterprise,year,output\nE01,2023,5000\nE01,2024,0.5\n"
    read = park(tmp_path, energy=ENERGY + rows, accounts=accounts)
    hints = [str(r.hint) for r in read.remarks if r.code == "K154"]
    assert ["m3, 万m3" in hints[0], "CNY, 10k CNY" in hints[1]] == [True, True]


def test_a_year_out_of_place_is_told_of_its_own_table(tmp_path: Path) -> None:
    """2042 stands in `emissions`, so that is where to look."""
    emissions = "enterprise,year,kind,amount,unit\nE01,2042,verified,5,t\n"
    read = park(tmp_path, energy=ENERGY + "E01,2024,diesel,5,t\n", emissions=emissions)
    assert ("emissions.csv", None, "year", "warning") in found(read.remarks, "K137")


def year_book(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """Write a workbook with these sheets."""
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(path)


HEADING: list[object] = ["企业名称", "原煤（吨）"]


def test_a_sheet_for_each_year_is_one_table(tmp_path: Path) -> None:
    """All are read, each with the year of its name; faults are told of their own sheet and row."""
    write(tmp_path, enterprises=FIRMS)
    sheets: dict[str, list[list[object]]] = {
        "2022年": [HEADING, ["甲厂", 10], ["乙厂", 20]],
        "2023年": [HEADING, ["甲厂", 11], ["乙厂", "x"]],
        "附表": [HEADING, ["甲厂", 5]],
    }
    year_book(tmp_path / "energy.xlsx", sheets)
    read = load_cluster(tmp_path)
    table = read.table("energy")
    assert table.numbers("year").tolist() == [2022, 2022, 2023]
    assert table.numbers("amount").tolist() == [10, 20, 11] and table.given == 4
    assert [r.where for r in read.remarks if r.code == "K130"] == [
        "energy.xlsx[2023年], row 3, column 原煤（吨）"
    ]
    assert [str(r.what) for r in read.remarks if r.code == "K105"] == ["these sheets were not read: 附表"]
    accounts = carbon_accounts(read)
    assert [(line[-3], line[-2]) for line in accounts.lines()] == [
        ("energy.xlsx[2022年]", 2),
        ("energy.xlsx[2022年]", 3),
        ("energy.xlsx[2023年]", 2),
    ]
    (gap,) = completeness_of(read, accounts).gaps
    assert (gap.enterprise, gap.year) == ("乙厂", 2023)


def test_a_list_of_files_and_sheets_is_one_table(tmp_path: Path) -> None:
    """`tables` names several; the year before in a sheet of the next counts once, in its own."""
    both = DESCRIPTION + "tables: {energy: ['a.xlsx#2022年', 'a.xlsx#2023年', b.csv]}\n"
    write(tmp_path, both, enterprises=FIRMS, b="企业名称,年份,原煤（吨）\n甲厂,2024,7\n")
    two: list[object] = ["企业名称", "2022年原煤（吨）", "2023年原煤（吨）"]
    sheets: dict[str, list[list[object]]] = {
        "2022年": [HEADING, ["甲厂", 10]],
        "2023年": [two, ["甲厂", 10, 11]],
    }
    year_book(tmp_path / "a.xlsx", sheets)
    table = load_cluster(tmp_path).table("energy")
    assert table.numbers("year").tolist() == [2022, 2023, 2024]
    assert table.numbers("amount").tolist() == [10, 11, 7]


def test_a_column_of_days_for_the_year_is_told_with_what_to_do(tmp_path: Path) -> None:
    """The table cannot be read, and the hint names the column that has to become the year, in Chinese too."""
    read = park(tmp_path, energy="企业名称,日期,能源品种,数量,单位\nE01,2024-03-01,柴油,5,吨\n")
    (remark,) = [r for r in read.remarks if r.code == "K120"]
    assert "make `日期` a column `year`" in str(remark.hint)
    assert "请将 `日期` 改为" in language_of("zh").tell(remark.hint or "")


def test_a_misspelt_enterprise_is_missing_once(tmp_path: Path) -> None:
    """Its refused row stands for it, by its own amount; nothing besides is estimated of it."""
    firms = "企业名称,行业\n东湖水泥,C30\n荷花化工,C26\n南山热电,D44\n"
    rows = "东湖水泥,2024,柴油,500,吨\n荷花化工,2024,柴油,400,吨\n南山热店,2024,柴油,10,吨\n"
    read = park(tmp_path, enterprises=firms, energy=ENERGY + rows)
    (gap,) = completeness_of(read, carbon_accounts(read)).gaps
    assert (gap.enterprise, gap.source, gap.reason, gap.low) == ("南山热电", "diesel", "refused", 0)
    assert gap.estimate == gap.high == pytest.approx(10 * 3.1, rel=0.03)  # 42.652 GJ/t of 0.0726 t CO2/GJ


WIDE_FIRMS = "企业名称,所属行业\n甲厂,C26\n乙厂,D44\n"


def test_columns_that_are_parts_of_others_are_not_added(tmp_path: Path) -> None:
    """其中：绿电 is within electricity, 折标煤量 the amount once more; below a total the parts are data."""
    text = (
        "企业名称,年份,电力（MWh）,其中：绿电（MWh）,煤炭合计（吨）,其中：原煤（吨）,其中：焦炭（吨）,"
        "外供蒸汽（GJ）,综合能耗折标煤（吨标准煤）\n甲厂,2024,100,30,7,5,2,,60\n乙厂,2024,10,3,50,50,,70,40\n"
    )
    read = park(tmp_path, enterprises=WIDE_FIRMS, energy=text)
    assert codes(read.remarks) == set()
    table = read.table("energy")
    rows = zip(table.texts("enterprise"), table.texts("carrier"), table.texts("use"), strict=True)
    assert sorted(rows) == sorted(
        [
            ("甲厂", "电力", ""),
            ("甲厂", "原煤", ""),
            ("甲厂", "焦炭", ""),
            ("乙厂", "电力", ""),
            ("乙厂", "原煤", ""),
            ("乙厂", "蒸汽", "sold"),
        ]
    )


@pytest.mark.parametrize("heading", ["供应方", "供应商", "供应企业", "供热单位"])
def test_who_supplied_stands_under_the_words_of_the_office(tmp_path: Path, heading: str) -> None:
    """Steam of a plant of the cluster is within it; from outside it is bought, and nobody is doubted."""
    head = f"企业名称,年份,能源品种,消费量,单位,{heading}\n"
    rows = "乙厂,2024,原煤,5000,吨,\n甲厂,2024,热力,7000,GJ,{}\n"
    inside = park(tmp_path / "a", enterprises=WIDE_FIRMS, energy=head + rows.format("乙厂"))
    outside = park(tmp_path / "b", enterprises=WIDE_FIRMS, energy=head + rows.format("园外"))
    silent = park(tmp_path / "c", enterprises=WIDE_FIRMS, energy=head + rows.format(""))
    totals = []
    for read in (inside, outside, silent):
        accounts = carbon_accounts(read)
        totals.append(accounts.by_enterprise(2024, internal=False).sum())
        told = "K218" in codes((*read.remarks, *accounts.remarks))
        assert told == (read is silent)
    assert totals[0] < totals[1] == totals[2]


def test_a_supplier_that_nobody_knows_can_be_told_to_be_outside(tmp_path: Path) -> None:
    """Its row is left out, and the hint says how to tell that a supplier is none of the cluster."""
    rows = "甲厂,2024,heat,7000,GJ,东方热力\n"
    read = park(tmp_path, enterprises=WIDE_FIRMS, energy=ENERGY.strip() + ",supplier\n" + rows)
    (remark,) = [r for r in read.remarks if r.code == "K130"]
    assert "outside" in str(remark.hint)


FOUR = "企业名称,行业\n甲厂,C30\n乙厂,C26\n丙厂,C26\n丁厂,C31\n"


@pytest.mark.parametrize("mark", ["〃", "同上", ""])
def test_a_name_that_stands_once_above_its_block(tmp_path: Path, mark: str) -> None:
    """A mark of repetition or empty cells below it are its rows; those of a total are not."""
    rows = f"甲厂,2024,电力,10,MWh\n{mark},2024,柴油,5,吨\n乙厂,2024,电力,20,MWh\n{mark},2024,柴油,7,吨\n"
    last = "合计,2024,柴油,12,吨\n,2024,电力,30,MWh\n"
    read = park(tmp_path, enterprises=FIRMS, energy=ENERGY + rows + last)
    table = read.table("energy")
    assert table.texts("enterprise").tolist()[:4] == ["甲厂", "甲厂", "乙厂", "乙厂"]
    assert codes(read.remarks) == {"K133"}  # the row below the total is of nobody


def test_an_empty_name_below_a_list_is_of_nobody(tmp_path: Path) -> None:
    """Where every row has its name, one without is not that of the row above it."""
    rows = "甲厂,2024,柴油,5,吨\n乙厂,2024,柴油,7,吨\n,2024,柴油,12,吨\n"
    read = park(tmp_path, enterprises=FIRMS, energy=ENERGY + rows)
    assert (len(read.table("energy")), codes(read.remarks)) == (2, {"K133"})


def test_totals_by_their_name_with_the_year_and_by_their_amounts(tmp_path: Path) -> None:
    """Rows called Sum 2024, and rows that are in every carrier what all others add up to, are no data."""
    rows = "".join(f"{n},2024,{c},{k},t\n" for k, n in enumerate("甲乙丙丁", 1) for c in ("柴油", "汽油"))
    rows = rows.replace(",2024", "厂,2024")
    sums = "".join(f"{n},2024,{c},10,t\n" for n in ("Sum 2024", "Industry") for c in ("柴油", "汽油"))
    read = park(tmp_path / "a", enterprises=FOUR, energy=ENERGY + rows + sums)
    assert (codes(read.remarks), len(read.table("energy"))) == (set(), 8)
    assert completeness_of(read, carbon_accounts(read)).gaps == ()
    other = sums.replace("Industry,2024,汽油,10", "Industry,2024,汽油,9")
    read = park(tmp_path / "b", enterprises=FOUR, energy=ENERGY + rows + other)
    assert codes(read.remarks) == {"K130"}


def test_columns_of_plans_and_of_the_year_before(tmp_path: Path) -> None:
    """They are no amounts of the year, and are told to be left."""
    text = "企业名称,年份,柴油（吨）,上年同期柴油（吨）,同比（%）,2025年（计划）柴油（吨）\n"
    text += "甲厂,2024,5,4,25,3\n乙厂,2024,7,7,0,7\n"
    read = park(tmp_path, enterprises=FIRMS, energy=text)
    assert (codes(read.remarks), read.table("energy").numbers("amount").tolist()) == (set(), [5, 7])
    assert sum("plan" in str(r.what) for r in read.remarks) == 3


def test_german_headings(tmp_path: Path) -> None:
    """Words of a German office are understood."""
    firms = "Unternehmen;Sektor\nWerk A;C20\nWerk B;C23\n"
    text = "Energiebericht 2023;;\nUnternehmen;Jahr;Strom (MWh);Erdgas (MWh)\n"
    text += "Werk A;2023;1.234,5;17,8\nWerk B;2023;3,1;2,2\n"
    read = park(tmp_path, DESCRIPTION.replace("CN", "DE"), enterprises=firms, energy=text)
    assert len(read.table("energy")) == 4


MEASURES = "id,enterprise,name,investment,abatement,life,carrier\n"


def test_a_measure_without_an_enterprise_is_of_the_whole_cluster(tmp_path: Path) -> None:
    """An empty enterprise in a table that may leave it empty is never filled from the row above."""
    rows = "M1,甲厂,boiler,100,500,10,raw_coal\nM2,,LED lighting,20,1500,10,electricity\n"
    read = park(tmp_path, enterprises=FIRMS, measures=MEASURES + rows)
    assert read.table("measures").texts("enterprise").tolist() == ["甲厂", ""]
    assert [r for r in read.remarks if r.code in ("K127", "K173")] == []


@pytest.mark.parametrize("name", ["全园区", "整个园区", "Whole park", "all enterprises"])
def test_a_measure_of_the_whole_park_by_its_name(tmp_path: Path, name: str) -> None:
    """It is no total that is left out, and no unknown enterprise; a total stays one."""
    rows = "M1,甲厂,boiler,100,500,10,raw_coal\n合计,,,120,2000,,\n"
    rows += f"M2,{name},LED lighting,20,1500,10,electricity\n"
    read = park(tmp_path, enterprises=FIRMS, measures=MEASURES + rows)
    assert read.table("measures").texts("enterprise").tolist() == ["甲厂", ""]
    assert codes(read.remarks) == set()


def test_an_enterprise_may_be_called_like_the_whole_park(tmp_path: Path) -> None:
    """Whoever is listed by such a name keeps its rows."""
    rows = "M1,Whole Park,boiler,100,500,10,raw_coal\n"
    read = park(tmp_path, enterprises=FIRMS + "Whole Park\n", measures=MEASURES + rows)
    assert read.table("measures").texts("enterprise").tolist() == ["Whole Park"]


def test_counts_of_all_in_a_history_stay_counts_of_all(tmp_path: Path) -> None:
    """A row of `adoption` that counts many names no enterprise, whatever stands above it."""
    rows = "甲厂,2022,yes,,\n,2023,,3,10\n,2024,,5,10\n"
    read = park(tmp_path, enterprises=FIRMS, adoption="enterprise,year,adopted,adopters,of\n" + rows)
    assert read.table("adoption").texts("enterprise").tolist() == ["甲厂", "", ""]


def test_marks_of_repetition_hold_where_an_enterprise_may_be_left_out(tmp_path: Path) -> None:
    """Ditto says what it stands for in any table."""
    rows = "M1,甲厂,boiler,100,500,10,raw_coal\nM2,同上,LED lighting,20,1500,10,electricity\n"
    read = park(tmp_path, enterprises=FIRMS, measures=MEASURES + rows)
    assert read.table("measures").texts("enterprise").tolist() == ["甲厂", "甲厂"]


def test_every_row_that_took_its_enterprise_from_above_is_named(tmp_path: Path) -> None:
    """One remark of its own code tells the rows that were filled."""
    rows = (
        "甲厂,2024,电力,10,MWh\n,2024,柴油,5,吨\n,2024,天然气,1,t\n乙厂,2024,电力,20,MWh\n,2024,柴油,7,吨\n"
    )
    read = park(tmp_path, enterprises=FIRMS, energy=ENERGY + rows)
    (remark,) = [r for r in read.remarks if r.code == "K173"]
    assert isinstance(remark.what, Sentence)
    assert remark.what.values == {"rows": "3-4, 6"}

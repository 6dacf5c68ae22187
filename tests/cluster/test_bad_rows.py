"""What is wrong in a row is named by file, row and column; the rest is computed and the coverage falls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, found, park
from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.coverage import abilities, rows_left_out
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.reader import load_cluster

GOOD = "E02,2023,diesel,100,t\nE03,2023,diesel,100,t\n"


def covered(folder: Path) -> float:
    """Return the share of enterprises whose carbon is accounted for."""
    read = load_cluster(folder)
    return next(a.enterprises for a in abilities(read, carbon_accounts(read)) if a.id == "carbon")


@pytest.mark.parametrize(
    ("row", "code", "column", "words"),
    [
        ("E01,2023,diesel,-5,t", "K130", "amount", "negative"),
        ("E01,2023,diesel,lots,t", "K130", "amount", "not a number"),
        ("E01,2023,diesel,12 t,t", "K130", "amount", "not a number"),
        ("E01,2023,diesel,5 %,t", "K130", "amount", "percentage"),
        ("E01,2023,diesel,1e400,t", "K130", "amount", "larger"),
        ("E01,2023,diesel,1e30,t", "K130", "amount", "larger"),
        ("E01,2023,diesel,inf,t", "K130", "amount", "not a number"),
        ("E01,2023,diesel,-nan,t", "K130", "amount", "not a number"),
        ("E01,2023,diesel,0x10,t", "K130", "amount", "not a number"),
        ("E01,2023,diesel,NaN,t", "K133", "amount", "empty"),
        ("E01,2023,diesel,,t", "K133", "amount", "empty"),
        ("E01,2023,diesel,5,", "K133", "unit", "empty"),
        ("E01,,diesel,5,t", "K133", "year", "empty"),
        ("E01,23,diesel,5,t", "K130", "year", "below 1900"),
        ("E01,2023.5,diesel,5,t", "K130", "year", "not a year"),
        ("E01,last year,diesel,5,t", "K130", "year", "not a number"),
        ("E01,2023,diesel,5,tonn", "K131", "unit", "not a known unit"),
        ("E09,2023,diesel,5,t", "K130", "enterprise", "not an enterprise"),
        ("E01,2023,disel,5,t", "K214", "carrier", "not a known carrier"),
        ("E01,2023,natural gas,5,t", "K215", "unit", "amount is in t"),
        ("E01,2023,coke,5,m3", "K215", "unit", "amount is in m3"),
        ("E01,2023,electricity,5,t", "K215", "unit", "is an energy"),
        ("E01,2023,naphtha,5,t", "K215", "unit", "no factor for naphtha"),
        ("E01,2023,diesel,1,000,t", "K117", None, "cannot be matched"),
    ],
)
def test_a_row_that_cannot_be_taken(tmp_path: Path, row: str, code: str, column: str, words: str) -> None:
    """It has one remark with its place, the others are accounted for, and two of three are covered."""
    read = park(tmp_path, energy=ENERGY + GOOD + row + "\n")
    accounts = carbon_accounts(read)
    remarks = [r for r in (*read.remarks, *accounts.remarks) if r.severity != "note"]
    assert [(r.code, r.file, r.row, r.column, r.severity) for r in remarks] == [
        (code, "energy.csv", 4, column, "error")
    ]
    assert words in str(remarks[0].what)
    assert accounts.total(2023) == pytest.approx(2 * 100 * 42.652 * 20.2e-3 * 0.98 * 44 / 12)
    assert np.isnan(accounts.by_enterprise(2023)[0])
    assert rows_left_out(read, accounts) == 1
    assert covered(tmp_path) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("E01,2023,disel,5,t", "`diesel`"),
        ("E01,2023,diesel,5,tonnse", "`tonne`"),
        ("E01,2023,natural_gas,5,t", "another unit"),
        ("E01,2023,diesel,5,tCO2e", "mass only"),
    ],
)
def test_what_was_meant_is_guessed_for_the_reader_alone(tmp_path: Path, row: str, hint: str) -> None:
    """The hint says it, and the row is left out all the same."""
    read = park(tmp_path, energy=ENERGY + row + "\n")
    accounts = carbon_accounts(read)
    (remark,) = [r for r in (*read.remarks, *accounts.remarks) if r.severity == "error"]
    assert remark.hint is not None and hint in str(remark.hint)
    assert accounts.years == ()


def test_an_enterprise_known_in_part_is_not_covered(tmp_path: Path) -> None:
    """Its diesel is counted and its coal lost, so its sum is no account of it."""
    write_out = ENERGY + GOOD + "E01,2023,diesel,1,t\nE01,2023,raw_coal,-5,t\n"
    read = park(tmp_path, energy=write_out)
    assert carbon_accounts(read).by_enterprise(2023)[0] > 0
    assert covered(tmp_path) == pytest.approx(2 / 3)


def test_years_that_are_missing_are_told(tmp_path: Path) -> None:
    """Neither the gap of one enterprise nor that of all is filled; the totals lack them."""
    rows = "E01,2019,diesel,1,t\nE01,2020,diesel,1,t\nE01,2023,diesel,1,t\n"
    rows += "E02,2020,diesel,1,t\nE02,2022,diesel,1,t\n"
    read = park(tmp_path, energy=ENERGY + rows)
    told = [str(r.what) for r in read.remarks if r.code == "K137"]
    assert told == [
        "nothing is known of 2021",
        "E01 has data before and after and none of 2022: the totals lack it",
    ]
    accounts = carbon_accounts(read)
    assert accounts.years == (2019, 2020, 2022, 2023)
    assert accounts.total(2022) == pytest.approx(accounts.total(2020) / 2)


def test_an_enterprise_listed_twice(tmp_path: Path) -> None:
    """The second is left out; rows that name it still find the first."""
    read = park(
        tmp_path,
        enterprises="id,name\nE01,First\nE01,Again\nE02,Second\n",
        energy=ENERGY + "E01,2023,diesel,1,t\n",
    )
    assert found(read.remarks, "K134") == [("enterprises.csv", 3, None, "error")]
    assert read.enterprises.tolist() == ["E01", "E02"]
    assert read.table("enterprises").texts("name")[0] == "First"


def test_bills_that_are_there_twice(tmp_path: Path) -> None:
    """A copy of any earlier row is left out; another bill of the same year is added, and said."""
    rows = "E01,2023,diesel,100,t\nE01,2023,diesel,200,t\nE01,2023,diesel,200,t\n"
    read = park(tmp_path, energy=ENERGY + rows)
    assert found(read.remarks, "K134") == [
        ("energy.csv", 3, None, "warning"),
        ("energy.csv", 4, None, "error"),
    ]
    assert read.table("energy").numbers("amount").tolist() == [100, 200]


def test_accounts_of_one_year_are_not_added_up(tmp_path: Path) -> None:
    """Two different outputs of one year cannot both be right: the second is left out."""
    read = park(tmp_path, accounts="enterprise,year,output\nE01,2023,10\nE01,2023,12\n")
    assert found(read.remarks, "K134") == [("accounts.csv", 3, None, "error")]
    assert read.table("accounts").numbers("output").tolist() == [100_000]


def test_currencies_are_converted_by_a_stated_rate_alone(tmp_path: Path) -> None:
    """Dollars without a rate are left out; with one they are in yuan, whatever yuan are called."""
    rows = "enterprise,year,currency,output\nE01,2023,USD,10\nE02,2023,RMB,10\nE03,2023,人民币,10\n"
    read = park(tmp_path / "a", accounts=rows)
    assert found(read.remarks, "K132") == [("accounts.csv", 2, "currency", "error")]
    assert read.table("accounts").numbers("output").tolist() == [100_000, 100_000]
    read = park(tmp_path / "b", DESCRIPTION + "exchange_rates: {USD: 7.1}\n", accounts=rows)
    assert read.table("accounts").numbers("output").tolist() == pytest.approx([710_000, 100_000, 100_000])


def test_shares_and_answers_beyond_their_scale(tmp_path: Path) -> None:
    """Fifteen is no share, 15 % is; a seven is no answer from one to five. The cells count as not known."""
    rows = "enterprise,year,trained,survey_1\nE01,2023,15,7\nE02,2023,15 %,3\nE03,2023,0.2,5\n"
    read = park(tmp_path, awareness=rows)
    assert found(read.remarks, "K130") == [
        ("awareness.csv", 2, "trained", "error"),
        ("awareness.csv", 2, "survey_1", "error"),
    ]
    table = read.table("awareness")
    np.testing.assert_array_equal(table.numbers("trained"), [np.nan, 0.15, 0.2])
    np.testing.assert_array_equal(table.numbers("survey_1"), [np.nan, 3, 5])
    wider = park(tmp_path / "b", DESCRIPTION + "survey_scale: [0, 10]\n", awareness=rows)
    assert wider.table("awareness").numbers("survey_1").tolist() == [7, 3, 5]


def test_value_added_of_zero_and_parts_above_their_whole_are_doubted(tmp_path: Path) -> None:
    """They are taken as they are, with a warning at the cell."""
    rows = "enterprise,year,output,value_added,exports,staff,rd_staff\n"
    rows += "E01,2023,10,0,5,10,11\nE02,2023,10,-3,20,10,1\nE03,2023,10,12,,,\n"
    read = park(tmp_path, accounts=rows)
    assert found(read.remarks, "K135") == [
        ("accounts.csv", 2, "value_added", "warning"),
        ("accounts.csv", 3, "value_added", "warning"),
    ]
    assert found(read.remarks, "K136") == [
        ("accounts.csv", 4, "value_added", "warning"),
        ("accounts.csv", 3, "exports", "warning"),
        ("accounts.csv", 2, "rd_staff", "warning"),
    ]
    assert read.table("accounts").numbers("value_added").tolist() == [0, -30_000, 120_000]


@pytest.mark.parametrize("value", ["0", "-4", ""])
def test_no_value_added_at_all(tmp_path: Path, value: str) -> None:
    """The diagnosis is given without intensities."""
    rows = "".join(f"E0{i},{y},5,{value}\n" for i in (1, 2, 3) for y in (2022, 2023))
    energy = "".join(f"E0{i},{y},diesel,5,t\n" for i in (1, 2, 3) for y in (2022, 2023))
    read = park(tmp_path, accounts="enterprise,year,output,value_added\n" + rows, energy=ENERGY + energy)
    growth = diagnose(read).difficulties[1]
    assert "carbon-per-value-added" not in {i.id for i in growth.indicators}
    assert growth.score is None or 0 <= growth.score <= 1


def test_columns_that_are_not_known_or_stand_twice(tmp_path: Path) -> None:
    """A misspelt heading is told with what was meant; of two headings for one column the first is read."""
    read = park(tmp_path, enterprises="id,nmae,sector,行业,,colour\nE01,x,C1,C2,y,red\n")
    assert found(read.remarks, "K121") == [
        ("enterprises.csv", None, "nmae", "warning"),
        ("enterprises.csv", None, "colour", "warning"),
    ]
    assert [str(r.hint) for r in read.remarks if r.code == "K121"] == ["did you mean `name`?", "None"]
    assert found(read.remarks, "K122") == [("enterprises.csv", None, "行业", "warning")]
    assert found(read.remarks, "K118") == [("enterprises.csv", 1, "E", "warning")]
    assert read.table("enterprises").texts("sector").tolist() == ["C1"]


def test_a_table_without_a_needed_column_is_left_out_whole(tmp_path: Path) -> None:
    """The message names the column and those that are there; nothing else suffers."""
    read = park(
        tmp_path,
        energy="enterprise,year,carrier,amount\nE01,2023,diesel,5\n",
        emissions="enterprise,year,amount,unit\nE01,2023,7,t\n",
    )
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert (remark.code, remark.file) == ("K120", "energy.csv") and "`unit`" in str(remark.what)
    assert read.broken == {"energy": "energy.csv"}
    assert carbon_accounts(read).total(2023) == 7


def test_prices_are_per_unit_of_their_own_row(tmp_path: Path) -> None:
    """Two yuan per kg are 2000 per tonne, beside an amount in tonnes."""
    rows = "enterprise,year,product,destination,amount,unit,price,embedded\n"
    rows += "E01,2023,7601,DE,5000,kg,2,0.009\nE02,2023,2716,DE,10,MWh,400,0.5\n"
    table = park(tmp_path, trade=rows).table("trade")
    assert table.numbers("amount").tolist() == [5, 36]
    assert (table.numbers("amount") * table.numbers("price")).tolist() == [10_000, 4_000]
    assert (table.numbers("amount") * table.numbers("embedded")).tolist() == pytest.approx([45, 5])


def test_a_capacity_without_a_unit(tmp_path: Path) -> None:
    """It is not taken for an amount of whatever is usual."""
    read = park(tmp_path, facilities="id,capacity,unit\na,5,GJ\nb,5,\n")
    assert found(read.remarks, "K133") == [("facilities.csv", 3, "capacity", "error")]
    np.testing.assert_array_equal(read.table("facilities").numbers("capacity"), [5, np.nan])


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    """It is no part of the network."""
    read = park(tmp_path, links="from,to,kind\nE01,E01,supply\nE01,E02,supply\n")
    assert found(read.remarks, "K138") == [("links.csv", 2, "to", "warning")]


def test_goods_and_countries_that_are_no_codes_are_told(tmp_path: Path) -> None:
    """They would pass for goods outside the border adjustment without a word."""
    rows = (
        "enterprise,year,product,destination,amount,unit,price\n"
        "E01,2024,72O8,DE,5,t,1\nE01,2024,7208 10 00,Germany,5,t,1\nE01,2024,2523,eu,5,t,1\n"
    )
    read = park(tmp_path, trade=rows)
    assert found(read.remarks, "K139") == [
        ("trade.csv", 2, "product", "warning"),
        ("trade.csv", 3, "destination", "warning"),
    ]


@pytest.mark.parametrize(
    "text", ["", "id,name\n", "\n\n# only a comment\n", "town\nFirst\n", "id,name\n,First\n"]
)
def test_a_cluster_without_enterprises_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever the reason, the message names the table and its column `id`."""
    with pytest.raises(InputError) as refused:
        park(tmp_path, enterprises=text)
    assert refused.value.code == "K102"
    assert "no enterprise can be read" in refused.value.message
    assert "enterprises.csv" in str(refused.value.where)


def test_headings_alone_are_a_table_without_rows(tmp_path: Path) -> None:
    """The headings of every table that a template writes leave nothing amiss."""
    read = park(tmp_path, energy=ENERGY, links="from,to,kind\n")
    assert codes(read.remarks) == set()
    assert carbon_accounts(read).years == ()
    assert diagnose(read).difficulties[1].score is None


def test_a_survey_on_another_scale_is_not_taken_in_part(tmp_path: Path) -> None:
    """Of answers from 1 to 7 the sixes and sevens would be lost, and understanding look lower than it is."""
    names = [f"E{i:02d}" for i in range(20)]
    head = "id\n" + "\n".join(names) + "\n"
    rows = "enterprise,survey_1,survey_2\n"
    rows += "".join(f"{n},{1 + i % 7},{1 + i % 5 if i else 44}\n" for i, n in enumerate(names))
    read = park(tmp_path / "a", enterprises=head, awareness=rows)
    assert np.isnan(read.table("awareness").numbers("survey_1")).all()
    assert np.isnan(read.table("awareness").numbers("survey_2")).sum() == 1
    whole = [r for r in read.remarks if r.code == "K130" and r.row is None]
    assert [(r.column, str(r.what)[:7]) for r in whole] == [("survey_1", "5 of 20")]
    scaled = park(tmp_path / "b", DESCRIPTION + "survey_scale: [1, 7]\n", enterprises=head, awareness=rows)
    assert not np.isnan(scaled.table("awareness").numbers("survey_1")).any()


def test_what_is_known_of_a_row_left_out_is_kept(tmp_path: Path) -> None:
    """Enterprise, year, carrier and, where the unit is known, the amount in base units; copies are marked."""
    rows = (
        "E01,2024,diesel,3,kt\n"
        "E01,2024,coal,5,carts\n"
        "E99,2024,coal,7,t\n"
        "E02,MMXX,natural gas,2,1e4 m3\n"
        "E02,2024,coal,many,t\n"
        "E01,2024,diesel,3,kt\n"
        "E03,2024,coal,1,5,t\n"
    )
    gone = park(tmp_path, energy=ENERGY + rows).table("energy").left_out
    assert gone is not None
    assert gone.rows.tolist() == [3, 4, 5, 6, 7, 8]
    assert gone.texts("enterprise").tolist() == ["E01", "", "E02", "E02", "E01", "E03"]
    assert gone.texts("carrier").tolist() == ["coal", "coal", "natural gas", "coal", "diesel", ""]
    assert gone.texts("dimension").tolist() == ["", "mass", "volume", "mass", "mass", ""]
    known = np.array([np.nan, 7, 20_000, np.nan, 3000, np.nan])
    assert np.array_equal(gone.numbers("amount"), known, equal_nan=True)
    years = np.array([2024, 2024, np.nan, 2024, 2024, np.nan])
    assert np.array_equal(gone.numbers("year"), years, equal_nan=True)
    assert np.flatnonzero(gone.numbers("copy") == 1).tolist() == [4]


@pytest.mark.parametrize(
    ("row", "what", "hint"),
    [
        ("E01,2022-2023,diesel,5,t", "several years", "a row for each year"),
        ("E01,2022、2023,diesel,5,t", "several years", "a row for each year"),
        ("E01,2023,diesel,-120,t", "negative", "opening stock plus purchases"),
    ],
)
def test_two_years_or_a_change_of_stocks_in_one_row(tmp_path: Path, row: str, what: str, hint: str) -> None:
    """Neither is an amount of a year: the row is left out, with what to write in its place."""
    read = park(tmp_path, energy=ENERGY + row + "\nE02,2023年度,diesel,5,t\n")
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert remark.row == 2 and what in str(remark.what) and hint in str(remark.hint)
    assert read.table("energy").numbers("year").tolist() == [2023]


def test_a_factor_with_a_typo_in_its_unit(tmp_path: Path) -> None:
    """It is left out by its place with units that are understood, and the shipped one is used."""
    rows = "carrier,factor,unit\nraw_coal,1.98,tCO2/tt\ndiesel,3.1,tC02/t\n"
    read = park(tmp_path, energy=ENERGY + "E01,2023,raw coal,1,t\n", factors=rows)
    accounts = carbon_accounts(read)
    told = [(r.code, r.row, r.column, r.severity) for r in accounts.remarks if r.code == "K211"]
    assert told == [("K211", 2, "unit", "error"), ("K211", 3, "unit", "error")]
    assert all("tCO2/t" in str(r.hint) for r in accounts.remarks if r.code == "K211")
    assert accounts.total(2023) == pytest.approx(1.9003, rel=1e-4)


def test_two_parks_put_together_whose_numbers_collide(tmp_path: Path) -> None:
    """The second E01 is left out, and rows of its enterprise's name are not taken for the first's."""
    read = park(
        tmp_path,
        enterprises="id,name\nE01,River Steel\nE02,Lake Cement\nE01,Hill Paper\n",
        energy="company,year,carrier,amount,unit\nHill Paper,2023,diesel,5,t\nRiver Steel,2023,diesel,7,t\n",
    )
    told = [(r.code, r.file, r.row) for r in read.remarks if r.severity == "error"]
    assert told == [("K134", "enterprises.csv", 4), ("K130", "energy.csv", 2)]
    assert read.table("energy").numbers("amount").tolist() == [7]


@pytest.mark.parametrize(
    ("table", "head", "row"),
    [
        ("energy", "enterprise,year,carrier,amount,unit,use", "E01,2023,raw coal,1000,t,feedstok"),
        ("energy", "enterprise,year,carrier,amount,unit,use", "E01,2023,electricity,3000,MWh,sld"),
        ("energy", "enterprise,year,carrier,amount,unit,supplier", "E01,2023,electricity,3000,MWh,E0Z"),
        ("energy", "enterprise,year,carrier,amount,unit,market", "E01,2023,electricity,3000,MWh,greeen"),
        ("emissions", "enterprise,year,kind,amount,unit", "E01,2023,verifed,20000,t"),
        ("emissions", "enterprise,year,kind,amount,unit", "E01,2023,scope-two,5000,t"),
    ],
)
def test_a_row_whose_meaning_cannot_be_read(tmp_path: Path, table: str, head: str, row: str) -> None:
    """It is not counted with the usual meaning in place, and the total says what it may be."""
    tables = {"energy": ENERGY + GOOD} | {table: f"{head}\n{row}\n"}
    read = park(tmp_path, **tables)
    remarks = [r for r in read.remarks if r.code == "K130"]
    assert [(r.file, r.row, r.severity) for r in remarks] == [(f"{table}.csv", 2, "error")]
    accounts = carbon_accounts(read)
    assert np.isnan(accounts.by_enterprise(2023)[0]) if accounts.years else not len(accounts.year)
    if accounts.years:
        total = diagnose(read).completeness.total(2023)
        assert total.counted < total.high

"""What no row tells is missing, with its estimated size beside what was counted, unless tables say zero."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of

DIESEL = 42.652 * 20.2e-3 * 0.98 * 44 / 12
COAL = 20.908 * 26.37e-3 * 0.94 * 44 / 12


def known(folder: Path, energy: str, description: str = DESCRIPTION, **tables: str) -> DataCompleteness:
    """Return how whole the accounts of a park with these rows of energy are."""
    read = park(folder, description, energy=ENERGY + energy, **tables)
    return completeness_of(read, carbon_accounts(read))


def three(year: int, factor: float = 1.0, skip: str = "") -> str:
    """Return rows of coal and diesel of all three enterprises, without those whose beginning is skipped."""
    rows = [
        f"E0{i},{year},{carrier},{factor * amount * i:g},t"
        for i in (1, 2, 3)
        for carrier, amount in (("raw_coal", 1000), ("diesel", 10))
    ]
    return "".join(f"{row}\n" for row in rows if not skip or not row.startswith(skip))


def test_whole_tables_lack_nothing(tmp_path: Path) -> None:
    """The share is one, the interval is that of what was counted, and the last year is reported."""
    found = known(tmp_path, three(2022) + three(2023))
    assert found.gaps == () and found.whole.all()
    assert (found.share(2022), found.share(2023), found.reporting_year) == (1.0, 1.0, 2023)
    assert found.total(2023).missing == 0
    assert found.total(2023).counted == pytest.approx(6 * (1000 * COAL + 10 * DIESEL))


def test_a_refused_row_is_told_with_its_size(tmp_path: Path) -> None:
    """A misspelt carrier keeps amount and year: the estimate is near, and nothing is added to what counts."""
    rows = three(2021) + three(2022) + three(2023).replace("E03,2023,raw_coal", "E03,2023,raw_caol")
    found = known(tmp_path, rows)
    (gap,) = found.gaps
    assert (gap.enterprise, gap.year, gap.source, gap.reason) == ("E03", 2023, "raw_coal", "refused")
    assert gap.low <= 3000 * COAL <= gap.high
    assert gap.estimate == pytest.approx(3000 * COAL, rel=0.2)
    total = found.total(2023)
    assert total.counted == pytest.approx(3000 * COAL + 60 * DIESEL)
    assert total.low < total.counted + 3000 * COAL < total.high
    assert found.share(2023) == pytest.approx(total.counted / (total.counted + total.missing))
    assert found.is_whole(2023).tolist() == [True, True, False]
    assert found.is_whole(2022).all()


def test_a_carrier_of_other_years_is_missing_and_not_zero(tmp_path: Path) -> None:
    """It may be zero, so the lower bound is what was counted; the estimate is that of the other years."""
    found = known(tmp_path, three(2021) + three(2022, skip="E03,2022,raw_coal") + three(2023))
    (gap,) = found.gaps
    assert (gap.enterprise, gap.year, gap.source, gap.reason, gap.basis) == (
        "E03",
        2022,
        "raw_coal",
        "row",
        "years",
    )
    assert gap.estimate == pytest.approx(3000 * COAL) and gap.low == 0 and gap.high > gap.estimate
    assert found.total(2022).low == pytest.approx(found.total(2022).counted)


@pytest.mark.parametrize(
    ("rows", "tables", "description"),
    [
        (three(2022, skip="E03") + "E03,2022,raw_coal,0,t\nE03,2022,diesel,0,t\n", {}, ""),
        (three(2022, skip="E03"), {"enterprises": "id,closed\nE01,\nE02,\nE03,2021\n"}, ""),
        (three(2022, skip="E03"), {"enterprises": "id,opened\nE01,\nE02,\nE03,2023\n"}, ""),
        (three(2022, skip="E03"), {}, "complete: [2022]\n"),
        (three(2022, skip="E03"), {}, "complete: all\n"),
    ],
)
def test_what_the_tables_say_is_zero(
    tmp_path: Path, rows: str, tables: dict[str, str], description: str
) -> None:
    """An amount of 0, the years of operation, a year declared complete: nothing is missing in 2022."""
    there = three(2023) if "opened" in tables.get("enterprises", "") else three(2021)
    found = known(tmp_path, rows + there, DESCRIPTION + description, **tables)
    assert found.gaps == () and found.share(2022) == 1
    assert found.is_whole(2022).all()


def test_a_refused_row_is_missing_in_a_complete_year_too(tmp_path: Path) -> None:
    """That a year is complete says nothing of rows that cannot be read."""
    rows = three(2022).replace("E03,2022,raw_coal,3000,t", "E03,2022,raw_coal,3000,carts")
    found = known(tmp_path, three(2021) + rows, DESCRIPTION + "complete: all\n")
    assert [(g.enterprise, g.source, g.basis) for g in found.gaps] == [("E03", "raw_coal", "years")]
    assert 0 < found.gaps[0].low < 3000 * COAL < found.gaps[0].high


def test_enterprises_that_only_the_list_names(tmp_path: Path) -> None:
    """Their sector's carbon by output stands for them, from zero up."""
    names = "id,sector\n" + "".join(f"E0{i},C23\n" for i in range(1, 6))
    accounts = "enterprise,year,output\n" + "".join(f"E0{i},2022,{100 * i}\n" for i in range(1, 6))
    rows = three(2022) + "E04,2022,raw_coal,4000,t\nE04,2022,diesel,40,t\n"
    found = known(tmp_path, rows, enterprises=names, accounts=accounts)
    (gap,) = found.gaps
    assert (gap.enterprise, gap.source, gap.reason, gap.basis) == ("E05", "", "row", "sector")
    assert gap.estimate == pytest.approx(5000 * COAL + 50 * DIESEL) and gap.low == 0
    assert gap.high > gap.estimate


def test_that_others_emit_nothing_says_nothing_of_who_is_silent(tmp_path: Path) -> None:
    """One uses no electricity and two tell nothing: the total is not known to be zero."""
    read = park(tmp_path, DESCRIPTION, energy=f"{ENERGY}E01,2023,electricity,0,MWh\n")
    found = completeness_of(read, carbon_accounts(read))
    total = found.total(2023)
    assert (total.counted, total.high) == (0.0, np.inf) and np.isnan(total.missing)
    assert np.isnan(found.share(2023))


def test_a_new_year_that_is_hardly_filled_is_not_reported(tmp_path: Path) -> None:
    """One row of three enterprises: the year before is reported, who is missing is told."""
    found = known(tmp_path, three(2021) + three(2022) + "E01,2023,raw_coal,900,t\n")
    assert found.reporting_year == 2022
    assert {gap.enterprise for gap in found.gaps if gap.year == 2023} == {"E01", "E02", "E03"}
    assert found.share(2023) < 0.2 and found.share_held(2022) == 1
    assert found.total(2023).high > 6000 * COAL


def test_the_year_can_be_asked_for(tmp_path: Path) -> None:
    """A year that is known goes before the gate; one that is not is refused."""
    read = park(tmp_path, energy=ENERGY + three(2021) + three(2022))
    accounts = carbon_accounts(read)
    assert completeness_of(read, accounts, year=2021).reporting_year == 2021
    with pytest.raises(InputError) as refused:
        completeness_of(read, accounts, year=1999)
    assert refused.value.code == "K240"


@pytest.mark.parametrize("area", ["Atlantis", ""])
def test_power_from_a_grid_without_a_factor(tmp_path: Path, area: str) -> None:
    """Nothing is counted, and that is told with its size: from none to that of a coal plant."""
    description = DESCRIPTION.replace("grid_area: East", f"grid_area: '{area}'")
    found = known(tmp_path, "E01,2023,electricity,1000,MWh\n", description)
    (gap,) = [g for g in found.gaps if g.enterprise == "E01"]
    assert (gap.source, gap.reason, gap.basis) == ("electricity", "refused", "amount")
    assert gap.low == 0 and 300 < gap.estimate < 800 and 900 < gap.high < 1300
    assert found.reporting_year == 2023 and found.total(2023).counted == 0 and found.share(2023) == 0


def test_rows_whose_enterprise_or_year_cannot_be_read(tmp_path: Path) -> None:
    """They stand for what is absent, so nothing counts as missing twice."""
    rows = three(2021) + three(2022) + three(2023)
    rows = rows.replace("E03,2022,raw_coal", "EO3,2022,raw_coal").replace(
        "E02,2023,diesel", "E02,MMXX,diesel"
    )
    found = known(tmp_path, rows)
    assert {(g.enterprise, g.year, g.source, g.reason) for g in found.gaps} == {
        ("E03", 2022, "raw_coal", "refused"),
        ("E02", 2023, "diesel", "refused"),
    }
    assert found.total(2022).missing == pytest.approx(3000 * COAL)
    assert found.total(2023).missing == pytest.approx(20 * DIESEL)


def test_a_total_row_is_not_missing(tmp_path: Path) -> None:
    """What it sums up stands in the other rows."""
    found = known(tmp_path, three(2022) + "Total,2022,raw_coal,6000,t\n")
    assert found.gaps == () and found.share(2022) == 1


def test_verified_totals_stand_for_the_fuels(tmp_path: Path) -> None:
    """Fuels are not missing where the whole of scope 1 is verified; where it is not, the total alone is."""
    emissions = "enterprise,year,kind,amount,unit\n" + "".join(
        f"E0{i},{y},verified,{i * 3000},t\n" for i in (1, 2, 3) for y in (2021, 2022) if (i, y) != (2, 2022)
    )
    found = known(tmp_path, three(2021), emissions=emissions)
    assert [(g.enterprise, g.year, g.source) for g in found.gaps] == [("E02", 2022, "verified")]
    assert found.gaps[0].estimate == pytest.approx(6000)


def test_a_table_that_cannot_be_read_leaves_the_size_open(tmp_path: Path) -> None:
    """No coverage is told, and no upper bound."""
    read = park(
        tmp_path,
        energy="enterprise,year,carrier,amount\nE01,2023,diesel,5\n",
        emissions="enterprise,year,amount,unit\nE01,2023,7,t\n",
    )
    found = completeness_of(read, carbon_accounts(read))
    assert np.isnan(found.share(2023)) and not found.whole.any()
    assert found.total(2023).to_dict() == {"counted": 7.0, "missing": None, "low": 7.0, "high": None}
    assert {(g.source, g.reason, g.file) for g in found.gaps if g.basis == "none"} >= {
        ("energy", "table", "energy.csv")
    }


def test_what_is_missing_as_plain_data(tmp_path: Path) -> None:
    """Coverage and totals by year, the largest gaps, and how many there are."""
    told = known(tmp_path, three(2021) + three(2022, skip="E03")).to_dict()
    assert told["years"]["2022"]["share"] == pytest.approx(0.5, rel=0.05)
    assert told["years"]["2022"]["enterprises_whole"] == 2
    assert told["gaps_in_all"] == len(told["gaps"]) == 2
    assert told["gaps"][0]["source"] == "raw_coal" and told["reporting_year"] == 2021


def test_a_refused_column_leaves_the_amounts_beside_it_counted(tmp_path: Path) -> None:
    """Side by side in one row of the file, only the column that is not known is missing."""
    read = park(
        tmp_path,
        DESCRIPTION + "complete: all\n",
        energy="enterprise,year,原煤（吨）,用电量（万千瓦时）,天燃汽（万立方米）,综合能耗（吨标准煤）\n"
        "E01,2024,1000,100,50,900\nE02,2024,500,50,,450\n",
    )
    books = completeness_of(read, carbon_accounts(read))
    assert [(gap.enterprise, gap.reason) for gap in books.gaps] == [("E01", "refused")]
    assert books.total(2024).counted == pytest.approx(1500 * 1.9003 + 1500 * 0.5978, rel=0.05)
    assert books.is_whole(2024).tolist() == [False, True, True]


def test_equal_bills_may_be_copies_or_bills(tmp_path: Path) -> None:
    """One of them counts, and the interval runs to all of them."""
    rows = "E01,2024,diesel,100,t\n" * 4
    read = park(tmp_path, DESCRIPTION + "complete: all\n", energy=ENERGY + rows)
    books = completeness_of(read, carbon_accounts(read))
    one, four = books.total(2024).counted, books.span(2024)[2]
    assert four == pytest.approx(4 * one) and books.span(2024)[0] == pytest.approx(one)
    assert [gap.row for gap in books.gaps_of(2024)] == [3, 4, 5]


EMISSIONS = "enterprise,year,kind,gas,amount,unit\n"


@pytest.mark.parametrize(
    ("of_2022", "source", "missing"),
    [
        ("", "verified", 2100 * COAL + 30 * DIESEL),
        ("E03,2022,verified,CO2,6000,t\n", "verified", 28 * 100),
        ("E03,2022,verified,CO2,6000,t\nE03,2022,verified,CH4,100,t\n", "", 0.0),
        ("E03,2022,verified,,9000,t\n", "", 0.0),
    ],
)
def test_a_verified_total_or_one_of_its_gases_is_missing(
    tmp_path: Path, of_2022: str, source: str, missing: float
) -> None:
    """Where it is known to be more than the fuels these do not stand for it; CO2e stands for every gas."""
    total = 3000 * COAL + 30 * DIESEL + 2100 * COAL + 30 * DIESEL
    gas = f"E03,2021,verified,CO2,{total - 2800:.9f},t\nE03,2021,verified,CH4,100,t\n"
    if not of_2022:
        gas = f"E03,2021,verified,CO2,{total:.9f},t\n"
    found = known(tmp_path, three(2021) + three(2022), emissions=EMISSIONS + gas + of_2022)
    assert [g.source for g in found.gaps] == ([source] if source else [])
    assert found.total(2022).missing == pytest.approx(missing)
    assert found.total(2022).low == pytest.approx(found.total(2022).counted)
    assert bool(found.is_whole(2022)[2]) is not bool(source)


def test_fuels_stand_for_a_verified_total_that_is_theirs(tmp_path: Path) -> None:
    """What was verified to be what the fuels emit is not missing where they are told."""
    emissions = f"E03,2021,verified,CO2,{3000 * COAL + 30 * DIESEL:.9f},t\n"
    assert known(tmp_path, three(2021) + three(2022), emissions=EMISSIONS + emissions).gaps == ()


def test_reported_scope_2_is_missing_beside_a_part_of_its_power(tmp_path: Path) -> None:
    """What its rows of electricity count is not missing; the rest of what was reported is."""
    rows = "".join(f"E01,{y},electricity,1000,MWh\n" for y in (2021, 2022))
    found = known(
        tmp_path, rows + three(2021) + three(2022), emissions=EMISSIONS + "E01,2021,scope 2,,5000,t\n"
    )
    power = float(found.accounts.factor_location[found.accounts.carrier == "electricity"][-1])
    (gap,) = found.gaps
    assert (gap.source, gap.year) == ("reported", 2022) and gap.estimate == pytest.approx(5000 - power)


def test_one_gas_of_a_process_is_missing(tmp_path: Path) -> None:
    """N2O of a year without its row is missing though CO2 of the same process is there."""
    emissions = "E01,2021,process,CO2,50,t\nE01,2021,process,N2O,10,t\nE01,2022,process,CO2,50,t\n"
    found = known(tmp_path, three(2021) + three(2022), emissions=EMISSIONS + emissions)
    assert [(g.source, g.year) for g in found.gaps] == [("process", 2022)]
    assert found.total(2022).missing == pytest.approx(2650, rel=0.05)


def test_the_only_row_of_a_table_is_refused(tmp_path: Path) -> None:
    """A table of which every row was left out is not one that is not there."""
    found = known(tmp_path, three(2022), emissions=EMISSIONS + "E03,2022,verified,,20000,tt\n")
    assert [(g.enterprise, g.source, g.reason) for g in found.gaps] == [("E03", "verified", "refused")]
    assert not found.is_whole(2022)[2] and found.total(2022).high > found.total(2022).counted


def test_the_largest_emitter_may_be_larger_than_its_peers(tmp_path: Path) -> None:
    """Its amount cannot be read: by its size the estimate is above that of every peer, as the amount was."""
    names = "id,sector\n" + "".join(f"E{i},C25\n" for i in range(1, 7))
    staff = (
        "enterprise,year,staff\n" + "".join(f"E{i},2024,{i * 100}\n" for i in range(1, 6)) + "E6,2024,3000\n"
    )
    rows = (
        "".join(f"E{i},2024,raw_coal,{i * (950 + 20 * i)},t\n" for i in range(1, 6))
        + "E6,2024,raw_coal,abc,t\n"
    )
    found = known(tmp_path / "sized", rows, enterprises=names, accounts=staff)
    (gap,) = found.gaps
    assert gap.basis == "sector" and gap.estimate == pytest.approx(30 * 1000 * COAL, rel=0.1)
    assert 0 == gap.low < 30 * 1000 * COAL < gap.high < 10 * gap.estimate
    (unsized,) = known(tmp_path / "unsized", rows, enterprises=names).gaps
    assert unsized.high > 5000 * COAL * 1.05


def test_few_peers_that_differ_much_do_not_open_the_interval_to_everything(tmp_path: Path) -> None:
    """Of two enterprises a thousandfold apart the third is at most ten times the larger."""
    found = known(tmp_path, "E01,2024,raw_coal,10,t\nE02,2024,raw_coal,10000,t\n")
    (gap,) = found.gaps
    assert gap.enterprise == "E03" and gap.high == pytest.approx(100_000 * COAL)


def test_a_refused_bill_beside_others_is_one_like_them(tmp_path: Path) -> None:
    """Of three months of 100 MWh and one that cannot be read the estimate is 100 MWh."""
    rows = (
        "".join(f"E01,2024,electricity,{100 + i},MWh\n" for i in (0, 1, -1))
        + "E01,2024,electricity,n/a,MWh\n"
    )
    others = "E02,2024,electricity,500,MWh\nE03,2024,electricity,700,MWh\n"
    found = known(tmp_path, rows + others)
    (gap,) = found.gaps
    power = float(found.accounts.location[found.accounts.enterprise == 0].sum())
    assert gap.estimate == pytest.approx(power / 3) and gap.low == 0 and gap.high >= power


@pytest.mark.parametrize(
    ("row", "truths"),
    [("E03,2022,raw_coal,3000,t,feedstok,", (0.0, 3000 * COAL)), ("E03,2022,raw_coal,3000,t,,Frist", (0.0,))],
)
def test_a_row_whose_meaning_cannot_be_read_may_add_nothing(
    tmp_path: Path, row: str, truths: tuple[float, ...]
) -> None:
    """A use or a supplier that is misspelt: from nothing to the whole amount."""
    energy = "enterprise,year,carrier,amount,unit,use,supplier\n"
    rows = "".join(f"E0{i},2022,raw_coal,{i * 1000},t,,\n" for i in (1, 2))
    read = park(tmp_path, energy=energy + rows + row + "\nE03,2022,diesel,1,t,,\n")
    found = completeness_of(read, carbon_accounts(read)).total(2022)
    assert all(found.low <= found.counted + more <= found.high * (1 + 1e-12) for more in truths)


def test_a_kind_that_cannot_be_read_is_the_one_that_is_absent(tmp_path: Path) -> None:
    """A verified total under a misspelt kind is not missing twice, and not on top of the fuels."""
    rows = "E03,2021,verified,,9000,t\nE03,2022,verifed,,9100,t\n"
    found = known(tmp_path, three(2021) + three(2022), emissions=EMISSIONS + rows)
    (gap,) = found.gaps
    fuels = 3000 * COAL + 30 * DIESEL
    assert (gap.enterprise, gap.source, gap.year) == ("E03", "verified", 2022)
    assert gap.low <= 9100 - fuels <= gap.high and gap.estimate == pytest.approx(9000 - fuels)

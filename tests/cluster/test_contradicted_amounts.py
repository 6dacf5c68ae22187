"""What output, staff, closing or verified totals contradict is counted as it stands, with an interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import ENERGY, codes
from cluster.test_pattern_doubts import YEARS, books, coal, total

ACCOUNTS = "enterprise,year,output,value_added,staff\n"
EMISSIONS = "enterprise,year,kind,amount,unit,gas\n"


def at_work(enterprises: str, years: tuple[int, ...] = YEARS) -> str:
    """Return rows of accounts in which nothing changes."""
    return ACCOUNTS + "".join(f"{e},{y},1000,300,20\n" for e in enterprises.split() for y in years)


def test_a_zero_beside_output_that_goes_on(tmp_path: Path) -> None:
    """It stays a zero, and may be what other years tell; beside a new fuel or without output it is none."""
    text = coal({"E01": [1000, 1010, 1020, 0], "E02": [400, 400, 400, 400]})
    least, counted, most = total(books(tmp_path / "a", text, accounts=at_work("E01 E02")), 2024)
    assert (least, counted) == pytest.approx((800, 800)) and 2700 < most < 4000
    switched = text + "E01,2024,natural_gas,50,1e4 m3\n"
    idle = at_work("E01 E02").replace("E01,2024,1000,300,20", "E01,2024,0,0,5")
    for k, (energy, accounts) in enumerate(((switched, at_work("E01 E02")), (text, idle))):
        assert "K238" not in codes(books(tmp_path / str(k), energy, accounts=accounts).accounts.remarks)


def test_closed_though_the_accounts_go_on(tmp_path: Path) -> None:
    """What no row tells of after it is said to have closed is missing, for output tells that it was there."""
    text = coal({"E01": [1000] * 4, "E02": [100] * 4})
    text = "\n".join(r for r in text.splitlines() if not r.startswith(("E01,2023", "E01,2024"))) + "\n"
    listed = "id,name,closed\nE01,First,2022\nE02,Second,\n"
    found = books(tmp_path / "a", text, listed, accounts=at_work("E01 E02"))
    assert found.reporting_year == 2022 and found.total(2024).missing == pytest.approx(2000)
    ended = at_work("E02") + "E01,2021,1000,300,20\nE01,2022,1000,300,20\n"
    assert books(tmp_path / "b", text, listed, accounts=ended).total(2024).missing == 0


def test_electricity_of_whom_only_a_verified_total_is_told(tmp_path: Path) -> None:
    """It is open what power it bought: up to what its peers of the same size may have."""
    power = ENERGY + "".join(f"E0{i},{y},power,1000,MWh\n" for i in (2, 3, 4) for y in YEARS)
    verified = EMISSIONS + "".join(f"E01,{y},verified,5000,t,CO2\n" for y in YEARS)
    listed = "id,name,sector\n" + "".join(f"E0{i},Firm {i},C26\n" for i in (1, 2, 3, 4))
    accounts = at_work("E01 E02 E03 E04")
    found = books(tmp_path, power, listed, emissions=verified, accounts=accounts)
    least, counted, most = total(found, 2024)
    assert least == counted == pytest.approx(6500) and most >= 7000
    assert codes(tuple(d.remark for d in found.doubts)) == {"K227"}


def test_a_year_without_its_verified_total(tmp_path: Path) -> None:
    """Counted by fuels it lies where the totals of other years lie over theirs: 4 % to 6 % higher."""
    text = coal({"E01": [1000, 1010, 1020, 1030]})
    totals = dict(zip(YEARS[:3], (2080, 2121, 2162), strict=True))
    emissions = EMISSIONS + "".join(f"E01,{y},verified,{t},t,CO2\n" for y, t in totals.items())
    found = books(tmp_path, text, emissions=emissions)
    least, counted, most = total(found, 2024)
    assert counted == pytest.approx(2060) and least <= 2060 and 2060 * 1.05 < most < 2060 * 1.4
    assert codes(tuple(d.remark for d in found.doubts)) == {"K239"}


def test_a_verified_total_below_its_fuels_in_one_year(tmp_path: Path) -> None:
    """Three quarters of its fuels, which count in the other years, with what processes add there."""
    text = coal({"E01": [1000, 1010, 1020, 1030]})
    rows = "".join(f"E01,{y},process,1000,t,CO2\n" for y in YEARS[:3])
    found = books(tmp_path / "a", text, emissions=EMISSIONS + rows + "E01,2024,verified,1545,t,CO2\n")
    least, counted, most = total(found, 2024)
    assert least == counted == pytest.approx(1545) and 3060 <= most < 3500
    # A total by own factors is as far below its fuels in the other years.
    own = "".join(
        f"E01,{y},verified,{0.75 * t},t,CO2\n" for y, t in zip(YEARS, (2000, 2020, 2040, 2060), strict=True)
    )
    assert not books(tmp_path / "b", text, emissions=EMISSIONS + own).doubts


def test_a_verified_total_with_a_digit_too_many(tmp_path: Path) -> None:
    """Ten times its fuels in one year, and 1.05 times in the others: the least is what the fuels leave."""
    text = coal({"E01": [1000, 1010, 1020, 1030]})
    totals = dict(zip(YEARS, (2100, 2121, 2142, 21630), strict=True))
    emissions = EMISSIONS + "".join(f"E01,{y},verified,{t},t,CO2\n" for y, t in totals.items())
    least, counted, most = total(books(tmp_path, text, emissions=emissions), 2024)
    assert counted == most == pytest.approx(21630) and 1800 < least < 2163


def test_a_grid_factor_far_from_that_of_its_grid(tmp_path: Path) -> None:
    """A thousandth of the shipped factor of East China: the true one is possible, an open question."""
    energy = ENERGY + "E01,2024,power,1000,MWh\n"
    wrong = "carrier,kind,factor,unit\nelectricity,location,0.5,kgCO2/MWh\n"
    found = books(tmp_path / "a", energy, factors=wrong)
    least, counted, most = found.span(2024)
    assert least == counted == pytest.approx(0.5) and most > 570 and found.open_questions(2024)
    assert not books(tmp_path / "b", energy).doubts


def test_bills_and_their_sum(tmp_path: Path) -> None:
    """The year's sum beside its bills counts once; one not exact, and a digit too many, are doubted."""
    head = "enterprise,year,month,carrier,amount,unit\n"
    bills = "".join(f"E01,2024,{m},power,{100 + m},MWh\n" for m in range(1, 13))
    summed = books(tmp_path / "a", head + bills + "E01,2024,,power,1278,MWh\n")
    assert total(summed, 2024) == pytest.approx((639, 639, 639))
    near = books(tmp_path / "near", head + bills + "E01,2024,,power,1300,MWh\n")
    assert total(near, 2024) == pytest.approx((639, 1289, 1289))
    least, counted, most = total(books(tmp_path / "b", head + bills.replace(",105,", ",1050,")), 2024)
    assert counted == most == pytest.approx(1111.5) and least < 639
    rows = coal({"E01": [1000, 1010, 1020, 1030]}) + "E01,2024,raw_coal,1009,t\n"
    assert total(books(tmp_path / "c", rows), 2024) == pytest.approx((2060, 4078, 4078))


def test_power_from_who_never_supplied_any(tmp_path: Path) -> None:
    """If it came from the grid after all it counts once more."""
    head = "enterprise,year,carrier,amount,unit,supplier\n"
    energy = head + "".join(f"E02,{y},raw_coal,1000,t,\n" for y in YEARS)
    energy += "".join(f"E01,{y},power,1000,MWh,{'E02' if y == 2024 else ''}\n" for y in YEARS)
    assert total(books(tmp_path, energy), 2024) == pytest.approx((2000, 2000, 2500))


def test_accounts_of_the_year_before_under_a_new_year(tmp_path: Path) -> None:
    """Output and value added equal in all enterprises to the last digit are doubted, not the staff."""
    rows = "".join(
        f"E0{i},{y},{1000 * i + 137 * min(k, 2)},{300 * i + 41 * min(k, 2)},20\n"
        for i in (1, 2, 3)
        for k, y in enumerate(YEARS)
    )
    text = coal({f"E0{i}": [1000 + 10 * k * i for k in range(4)] for i in (1, 2, 3)})
    found = books(tmp_path, text, accounts=ACCOUNTS + rows)
    assert {(d.remark.code, d.of, d.year) for d in found.doubts} == {
        ("K237", "output", 2024),
        ("K237", "value_added", 2024),
    }


def test_energy_of_a_single_year_that_costs_more_than_what_it_made(tmp_path: Path) -> None:
    """Ten million yuan of output and 100 GWh: up to ten thousand times less; with 10 GWh nothing is odd."""
    for amount, counted in ((100_000, 50_000), (10_000, 5_000)):
        energy = ENERGY + f"E01,2024,power,{amount},MWh\nE02,2024,power,100,MWh\n"
        found = books(tmp_path / str(amount), energy, accounts=at_work("E01 E02", (2024,)))
        least, most = (counted / 10_000, counted) if amount > 50_000 else (counted, counted)
        assert total(found, 2024) == pytest.approx((50 + least, 50 + counted, 50 + most))

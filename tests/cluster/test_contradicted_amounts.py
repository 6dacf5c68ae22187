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

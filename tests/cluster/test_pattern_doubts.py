"""What does not fit other years, peers or tables widens the total, so that it holds the true one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.tables.reader import load_cluster

YEARS = (2021, 2022, 2023, 2024)
OWN = "carrier,kind,factor,unit\nraw_coal,combustion,2,tCO2/t\nelectricity,location,0.5,kgCO2/kWh\n"


def books(folder: Path, energy: str, listed: str = "", factors: str = OWN, **tables: str) -> DataCompleteness:
    """Return how whole a park is that burns coal at 2 t/t and buys power at 0.5 kg/kWh."""
    members = sorted({row.split(",")[0] for row in energy.splitlines()[1:]})
    listed = listed or "id,name,sector\n" + "".join(f"{e},Firm {e},C26\n" for e in members)
    cluster = load_cluster(
        write(folder, DESCRIPTION, enterprises=listed, energy=energy, factors=factors, **tables)
    )
    return completeness_of(cluster, carbon_accounts(cluster))


def coal(amounts: dict[str, list[float]]) -> str:
    """Return rows of raw coal, one a year."""
    return ENERGY + "".join(
        f"{e},{y},raw_coal,{a},t\n" for e, of in amounts.items() for y, a in zip(YEARS, of, strict=True)
    )


def total(found: DataCompleteness, year: int) -> tuple[float, float, float]:
    """Return the least, what was counted, and the most of a year."""
    part = found.total(year)
    return part.low, part.counted, part.high


def test_half_the_bills(tmp_path: Path) -> None:
    """Six of twelve bills of 100 MWh: 50 t of each other may be missing, half as much more by season."""
    head = "enterprise,year,month,carrier,amount,unit\n"
    text = head + "".join(
        f"E01,{y},{m},power,100,MWh\n" for y in YEARS for m in range(1, 13) if y < 2024 or m < 7
    )
    assert total(books(tmp_path, text), 2024) == pytest.approx((300, 300, 750))


def test_a_row_of_another_year(tmp_path: Path) -> None:
    """The 1,100 t of coal that may be of 2024 are 2,200 t of CO2 too many in 2023."""
    text = coal({"E01": [1000, 1010, 1020, 1030], "E02": [900, 950, 1000, 0]}).replace(
        "E02,2024,raw_coal,0,t\n", ""
    )
    found = books(tmp_path, text + "E02,2023,raw_coal,1100,t\n")
    assert total(found, 2023) == pytest.approx((4040, 6240, 6240))


def test_rows_pasted_twice_and_one_enterprise_twice(tmp_path: Path) -> None:
    """The least is that all of it counts once; rows after closing may be none at all."""
    once = coal({f"E0{k}": [100.4 * k + y for y in range(4)] for k in (1, 2, 3)})
    again = "".join(
        f"{e},{y},{c},{float(a):.0f},{u}\n"
        for e, y, c, a, u in (row.split(",") for row in once.splitlines()[1:])
        if y == "2024"
    )
    low, counted, _ = total(books(tmp_path / "a", once + again), 2024)
    assert (low, counted) == pytest.approx((2 * 611.4, 2 * (611.4 + 611)))
    twins = coal({"E01": [100, 110, 120, 130], "E02": [100, 110, 120, 130], "E03": [7, 8, 9, 10]})
    assert total(books(tmp_path / "b", twins), 2024)[:2] == pytest.approx((280, 540))
    closed = "id,name,closed\nE01,First,2023\nE02,Second,\n"
    rows = coal({"E01": [100, 110, 120, 130], "E02": [50, 51, 52, 53]})
    assert total(books(tmp_path / "c", rows, closed), 2024) == pytest.approx((106, 366, 366))


def test_a_factor_of_one_year(tmp_path: Path) -> None:
    """By the own 2.5 t/t of 2024 the other years would be 1,000 t × (2.5 - 1.9003) higher."""
    own = "carrier,kind,year,factor,unit\nraw_coal,combustion,2024,2.5,tCO2/t\n"
    found = books(tmp_path, coal({"E01": [1000, 1000, 1000, 1000]}), factors=own)
    low, counted, high = total(found, 2022)
    assert low == pytest.approx(counted)
    assert (counted, high) == pytest.approx((1900.3, 2500), rel=1e-4)
    assert total(found, 2024) == pytest.approx((2500, 2500, 2500))


def test_electricity_that_no_row_tells(tmp_path: Path) -> None:
    """E06 burns coal as the others do who buy 500 t of power each; its doubt holds as much."""
    text = coal({f"E0{k}": [1000, 1010, 1020, 1030] for k in range(1, 7)})
    text += "".join(f"E0{k},{y},power,1000,MWh\n" for k in range(1, 6) for y in YEARS)
    accounts = "enterprise,year,output,staff\n" + "".join(
        f"E0{k},{y},9000,50\n" for k in range(1, 7) for y in YEARS
    )
    low, counted, high = total(books(tmp_path, text, accounts=accounts), 2024)
    assert low == counted < counted + 500 < high < counted + 5000


def test_a_unit_wrong_in_all_years(tmp_path: Path) -> None:
    """Power of E03 a thousand times too much: the interval holds the 500 t of each of its peers."""
    text = ENERGY + "".join(
        f"E0{k},{y},power,{1_000_000 if k == 3 else 1000},MWh\n" for k in range(1, 7) for y in YEARS
    )
    accounts = "enterprise,year,output,staff\n" + "".join(
        f"E0{k},{y},9000,50\n" for k in range(1, 7) for y in YEARS
    )
    low, counted, high = total(books(tmp_path, text, accounts=accounts), 2024)
    assert counted == high == pytest.approx(502_500)
    assert 2500 < low < 3000


def test_staff_alone_makes_nothing(tmp_path: Path) -> None:
    """Of a year declared complete an enterprise with output 0 and three people lacks no row."""
    text = coal({"E01": [100, 101, 102, 103], "E02": [50, 51, 52, 0]}).replace("E02,2024,raw_coal,0,t\n", "")
    for made, doubted in ((0, False), (900, True)):
        accounts = f"enterprise,year,output,staff\nE02,2024,{made},3\n"
        folder = write(
            tmp_path / str(made), DESCRIPTION + "complete: all\n", energy=text, factors=OWN, accounts=accounts
        )
        cluster = load_cluster(folder)
        found = completeness_of(cluster, carbon_accounts(cluster))
        assert ("K243" in {d.remark.code for d in found.doubts}) is doubted

"""Bills that are too few, of another year, or there twice are seen beside the other years of their series."""

from __future__ import annotations

from pathlib import Path

from cluster.folders import ENERGY, THREE, found, park
from separatrix_cluster.tables.panel import Cluster

YEARS = (2021, 2022, 2023, 2024)
MONTHS = "enterprise,year,month,carrier,amount,unit\n"


def bills(months: dict[int, range]) -> str:
    """Return a table of bills of 100 MWh and a little more, of some months of each year."""
    return MONTHS + "".join(
        f"E01,{year},{month},power,{100 + month},MWh\n"
        for year in YEARS
        for month in months.get(year, range(1, 13))
    )


def test_monthly_bills_without_six_of_them(tmp_path: Path) -> None:
    """Twelve a year raise nothing; six lack six more, half as large again as the largest at most."""
    assert park(tmp_path / "a", energy=bills({})).remarks == ()
    read = park(tmp_path / "b", energy=bills({2024: range(1, 7)}))
    (suspect,) = read.suspects
    assert found(read.remarks, "K156") == [("energy.csv", 38, "year", "warning")]
    assert (suspect.year, suspect.low) == (2024, 0.0)
    assert abs(suspect.high * sum(range(101, 107)) - 1.5 * 6 * 106) < 1e-9


def test_bills_of_longer_times_are_not_too_few(tmp_path: Path) -> None:
    """Quarters after months, a heating season and the year of opening are whole."""
    quarters = bills({2024: range(0)}) + "".join(f"E01,2024,{m},power,330,MWh\n" for m in (3, 6, 9, 12))
    assert park(tmp_path / "a", energy=quarters).suspects == ()
    winter = bills({year: range(1, 4) for year in YEARS}).replace("power", "gas").replace("MWh", "1e4 Nm3")
    assert park(tmp_path / "b", energy=winter).suspects == ()
    opened = "id,name,opened\nE01,First,2021\n"
    assert park(tmp_path / "c", energy=bills({2021: range(7, 13)}), enterprises=opened).suspects == ()


def test_a_row_with_the_year_before(tmp_path: Path) -> None:
    """Two rows in one year and none in the next: one may be of the next, so the first is too high by it."""
    rows = {2021: [1000], 2022: [1020], 2023: [1040, 1100], 2024: []}
    text = ENERGY + "".join(f"E01,{y},raw_coal,{a},t\n" for y, found in rows.items() for a in found)
    text += "".join(f"E02,{y},raw_coal,500,t\n" for y in YEARS)
    read = park(tmp_path, energy=text)
    (suspect,) = read.suspects
    assert (suspect.remark.code, suspect.year, suspect.low, suspect.high) == ("K157", 2023, -1.0, 0.0)
    assert read.table("energy").numbers("amount")[list(suspect.rows)].tolist() == [1100]


def test_a_year_pasted_twice_with_rounded_amounts(tmp_path: Path) -> None:
    """The second of each pair is doubted; two meters that differ are two meters."""
    once = [(e, y, 1000.4 + 10 * k + y - 2021) for k, e in enumerate(("E01", "E02", "E03")) for y in YEARS]
    text = ENERGY + "".join(f"{e},{y},raw_coal,{a:.1f},t\n" for e, y, a in once)
    again = "".join(f"{e},{y},raw_coal,{a:.0f},t\n" for e, y, a in once if y == 2024)
    (suspect,) = park(tmp_path / "a", energy=text + again).suspects
    assert (suspect.remark.code, suspect.rows, suspect.low) == ("K158", (12, 13, 14), -1.0)
    meters = text + "E01,2024,raw_coal,900,t\nE02,2024,raw_coal,1200,t\nE03,2024,raw_coal,800,t\n"
    assert park(tmp_path / "b", energy=meters).suspects == ()


def test_one_enterprise_under_two_names(tmp_path: Path) -> None:
    """All amounts of E02 stand under E01 too; of one carrier it is a copy, and one amount is a chance."""
    text = ENERGY + "".join(f"{e},{y},raw_coal,{1000 + y},t\n" for e in ("E01", "E02") for y in YEARS)
    read = park(tmp_path / "a", energy=text)
    assert [(s.remark.code, s.year, s.rows) for s in read.suspects] == [
        ("K159", year, (at,)) for k, year in enumerate(YEARS) for at in (4 + k, k)
    ]
    assert len(found(read.remarks, "K159")) == 1
    other = text + "".join(f"E02,{y},diesel,{y - 2000},t\n" for y in YEARS)
    assert {s.remark.code for s in park(tmp_path / "b", energy=other).suspects} == {"K166"}
    once = ENERGY + "E01,2022,raw_coal,300,t\nE02,2022,raw_coal,300,t\n" + other.split("\n", 9)[9]
    assert park(tmp_path / "c", energy=once).suspects == ()


def test_rows_of_years_before_opening_and_after_closing(tmp_path: Path) -> None:
    """Rows outside are doubted whole, once a table; an enterprise that closed before it opened is told."""
    listed = "id,name,opened,closed\nE01,First,2022,2023\nE02,Second,2024,2021\n"
    text = ENERGY + "".join(f"E01,{y},raw_coal,{1000 + y},t\n" for y in YEARS)
    read = park(tmp_path, energy=text, enterprises=listed)
    assert [(s.year, s.rows, s.low) for s in read.suspects] == [(2021, (0,), -1.0), (2024, (3,), -1.0)]
    assert found(read.remarks, "K160")[0] == ("enterprises.csv", 3, "closed", "warning")
    assert park(tmp_path / "b", energy=text, enterprises=THREE).suspects == ()


def test_the_only_bill_of_a_year_that_is_of_a_part_of_it(tmp_path: Path) -> None:
    """Three quarters of a year lack one; a lone month may be of all since January; December is the year."""

    def told(years: list[str]) -> list[tuple[int, float]]:
        rows = "".join(f"E01,{year},raw_coal,{900 + k},t\n" for k, year in enumerate(years))
        read = park(tmp_path / years[-1], energy=ENERGY + rows)
        return [(s.year, round(s.high, 6)) for s in read.suspects if s.remark.code == "K156"]

    assert told(["2022年", "2023年", "2024年1-9月"]) == [(2024, 0.5)]
    assert told(["2022年1-9月", "2023年1-9月"]) == [(2022, 0.5), (2023, 0.5)]
    assert told(["2022年", "2023年", "2024年9月"]) == [(2024, 0.5)]
    assert told(["2022年12月", "2023年12月", "2024年12月"]) == []
    assert told(["2022年", "2023年", "2024年"]) == []


def test_months_filled_with_one_number(tmp_path: Path) -> None:
    """Ten equal bills where other years vary are held by these; a year in twelfths in all years is none."""
    usual = {(y, m): 100.25 + 7 * ((m * 5 + y) % 11) for y in YEARS for m in range(1, 13)}
    filled = usual | {(2024, m): usual[2024, 3] for m in range(3, 13)}
    twelfths = {(y, m): 100.25 + y for y, m in usual}

    def read(name: str, amounts: dict[tuple[int, int], float]) -> Cluster:
        rows = "".join(f"E01,{y},{m},power,{a},MWh\n" for (y, m), a in amounts.items())
        return park(tmp_path / name, energy=MONTHS + rows)

    (suspect,) = read("a", filled).suspects
    now, true = (sum(of[2024, m] for m in range(3, 13)) for of in (filled, usual))
    assert (suspect.remark.code, suspect.year, len(suspect.rows)) == ("K168", 2024, 10)
    assert now * (1 + suspect.low) <= true <= now * (1 + suspect.high)
    assert read("b", usual).suspects == read("c", twelfths).suspects == ()


def test_a_month_that_electricity_lacks_is_missing_of_other_carriers(tmp_path: Path) -> None:
    """June of all, and the last quarter of all years; heating that stops in summer lacks no June."""
    june = [m for m in range(1, 13) if m != 6]
    text = MONTHS + "".join(
        f"E01,{y},{m},{c},100,{u}\n"
        for y in YEARS
        for c, u in (("power", "MWh"), ("raw_coal", "t"))
        for m in june
    )
    both = park(tmp_path / "a", energy=text).suspects
    assert len(both) == 8 and all(s.remark.code == "K156" and s.high > 1 / 11 for s in both)
    winter = [1, 2, 3, 11, 12]
    text = MONTHS + "".join(
        f"E01,{y},{m},{c},100,{u}\n"
        for y in YEARS
        for c, u, told in (("power", "MWh", june), ("gas", "1e4 Nm3", winter))
        for m in told
    )
    assert len(park(tmp_path / "b", energy=text).suspects) == 4
    quarters = MONTHS + "".join(
        f"E01,{y},Q{q},{c},{300 + q},{u}\n"
        for y in YEARS
        for c, u in (("power", "MWh"), ("raw_coal", "t"))
        for q in (1, 2, 3)
    )
    assert len(park(tmp_path / "c", energy=quarters).suspects) == 8


def test_a_main_meter_beside_its_parts(tmp_path: Path) -> None:
    """In each of three months or more the largest row is the sum of the others: it may be one too many."""
    head = "enterprise,year,month,carrier,amount,unit\n"
    for name, whole, told in (("sum", 1.0, True), ("more", 1.1, False)):
        text = head + "".join(
            f"E01,2024,{m},power,{amount:.1f},MWh\n"
            for m in range(1, 13)
            for amount in (101.3 + m, 57.9 + 2 * m, (159.2 + 3 * m) * whole)
        )
        suspects = park(tmp_path / name, energy=text).suspects
        assert [(s.remark.code, len(s.rows), s.low) for s in suspects] == (
            [("K158", 12, -1.0)] if told else []
        )


def test_all_of_one_enterprise_twice_with_a_second_contract(tmp_path: Path) -> None:
    """Three carriers or more that all stand twice are one paste, whatever other years have."""
    rows = [("raw_coal", 1003.7, "t"), ("diesel", 41.3, "t"), ("power", 812.9, "MWh"), ("power", 77.7, "MWh")]
    head = "enterprise,year,carrier,amount,unit,market,market_factor\n"
    text = head
    for year in (2022, 2023, 2024):
        for k, (carrier, amount, unit) in enumerate(rows[: 3 + (year > 2022)]):
            line = f"E01,{year},{carrier},{amount + year / 10},{unit},{'direct,0' if k == 3 else 'grid,'}\n"
            text += line + (line.replace(".", ".0", 1) if year == 2024 else "")
            text += "".join(line.replace("E01", f"E0{e}").replace(".", f"{e}.") for e in range(2, 6))
    listed = "id\n" + "".join(f"E0{e}\n" for e in range(1, 6))
    suspects = park(tmp_path, enterprises=listed, energy=text).suspects
    assert sum(len(s.rows) for s in suspects if s.remark.code == "K158" and s.year == 2024) == 4

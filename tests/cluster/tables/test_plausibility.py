"""Doubted are units, digits and names that can hardly be right, and nothing that a plant may well do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, THREE, codes, found, park
from separatrix_cluster.tables.plausibility_checks import _odd
from separatrix_cluster.tables.reader import load_cluster


def test_kilowatt_hours_among_ten_thousands_of_them(tmp_path: Path) -> None:
    """The one row in kWh, which fits the others in 万kWh only, is named and taken as it is."""
    rows = "E01,2023,power,560,kWh\nE02,2023,power,120,万kWh\n"
    rows += "E03,2023,power,9000,万kWh\nE02,2022,power,118,万kWh\n"
    read = park(tmp_path / "a", energy=ENERGY + rows)
    assert found(read.remarks, "K153") == [("energy.csv", 2, "unit", "warning")]
    assert read.table("energy").numbers("amount")[0] == pytest.approx(560 * 0.0036)
    small = rows.replace("560,kWh", "5600000,kWh")
    assert "K153" not in codes(park(tmp_path / "b", energy=ENERGY + small).remarks)


def test_a_year_of_another_magnitude(tmp_path: Path) -> None:
    """Of three years the odd one, with its row; two bills of one year are added up before."""
    text = ENERGY + "".join(
        f"E01,{year},power,{amount},MWh\n"
        for year, amount in ((2020, 500), (2021, 5_100_000), (2022, 260), (2022, 270), (2023, 540))
    )
    read = park(tmp_path, energy=text)
    (remark,) = [r for r in read.remarks if r.code == "K154"]
    assert (remark.row, str(remark.what)) == (3, "power: 2021 is 10,000 times 2020")
    assert remark.hint is not None and "万kWh" in str(remark.hint)


def test_money_and_staff_of_another_magnitude(tmp_path: Path) -> None:
    """Output in yuan where it was in ten thousands of them; of two years the second is told."""
    text = "enterprise,year,output,staff\n"
    text += "E01,2022,52000,300\nE01,2023,531000000,310\nE02,2022,10,5\nE02,2023,11,6\n"
    read = park(tmp_path, accounts=text)
    assert found(read.remarks, "K154") == [("accounts.csv", 3, "output", "warning")]


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ([33, 184, 6041, 14599, 15285], []),  # a plant that starts
        ([900, 880, 70, 910], [2]),
        ([9000, 900, 80, 9], []),  # one that runs down
        ([5, 60], [1]),
        ([5, 6, 70], [2]),
        ([70, 6, 5], [0]),
        ([70, 6, 50], []),  # nothing tells which
        ([1, 2, 3, 25, 26], []),
        ([7], []),
    ],
)
def test_only_what_stands_out_from_both_sides_is_odd(values: list[float], odd: list[int]) -> None:
    """A step up or down that lasts is none."""
    assert list(_odd(values, pairs=True)) == odd


def test_two_enterprises_of_one_name(tmp_path: Path) -> None:
    """The second is told, with the id of the first."""
    read = park(tmp_path, enterprises="id,name\nE01,东湖（集团）\nE02,荷花\nE03,东湖(集团)\n")
    (remark,) = read.remarks
    assert (remark.code, remark.row) == ("K152", 4) and "E01" in str(remark.what)


def test_two_lists_put_together(tmp_path: Path) -> None:
    """The heading of the second stands among the rows and is no enterprise; nothing is lost or counted."""
    part = "E0{},2023,diesel,5,t\n"
    read = park(tmp_path, energy=ENERGY + part.format(1) + ENERGY + part.format(2))
    assert codes(read.remarks) == set()
    assert read.table("energy").given == len(read.table("energy")) == 2


def test_a_list_of_enterprises_in_which_one_moved_to_another_sector(tmp_path: Path) -> None:
    """Two rows of one id cannot both be: the second is left out, with the row of the first."""
    read = park(tmp_path, enterprises="id,name,sector\nE01,A,C30\nE02,B,C26\nE01,A,C31\n")
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert (remark.code, remark.row) == ("K134", 4) and "row 2" in str(remark.what)
    assert read.table("enterprises").texts("sector").tolist() == ["C30", "C26"]


@pytest.mark.parametrize("name", ["rotterdam", "houston", "synthetic-park"])
def test_shipped_clusters_are_plausible(name: str) -> None:
    """Measured and verified data of real places raise few doubts."""
    read = load_cluster(name)
    doubted = [r for r in read.remarks if r.code in ("K152", "K153", "K154")]
    assert len(doubted) <= 0.02 * sum(len(t) for t in read.tables.values()), doubted


def test_years_that_are_zero_are_no_slip(tmp_path: Path) -> None:
    """An explicit 0 is the end of a fuel and not a tenth of it."""
    text = ENERGY + "E01,2021,coal,500,t\nE01,2022,coal,0,t\nE01,2023,coal,510,t\n"
    assert codes(park(tmp_path, enterprises=THREE, energy=text).remarks) == set()


def test_a_tenth_in_a_year_that_grew(tmp_path: Path) -> None:
    """Where the other years agree a sixth is a slip; of a fuel that comes and goes it is none."""
    rows = "".join(
        f"E01,{y},raw_coal,{a},t\n" for y, a in ((2021, 1000), (2022, 900), (2023, 1100), (2024, 140))
    )
    assert found(park(tmp_path / "a", energy=ENERGY + rows).remarks, "K154") == [
        ("energy.csv", 5, "amount", "warning")
    ]
    unsteady = rows.replace(",900,", ",300,")
    assert "K154" not in codes(park(tmp_path / "b", energy=ENERGY + unsteady).remarks)
    closing = "id,name,closed\nE01,First,2024\n"
    assert "K154" not in codes(park(tmp_path / "c", energy=ENERGY + rows, enterprises=closing).remarks)


def test_nobody_at_work_and_prices_that_jump(tmp_path: Path) -> None:
    """Staff of 0 beside output counts as not known; prices a hundred times as high are told."""
    text = "enterprise,year,output,staff\nE01,2024,31969,0\nE02,2024,0,0\n"
    read = park(tmp_path, DESCRIPTION + "deflators: {2022: 0.9, 2023: 0.95, 2024: 100}\n", accounts=text)
    assert found(read.remarks, "K161") == [("accounts.csv", 2, "staff", "warning")]
    assert read.table("accounts").numbers("staff").tolist() == pytest.approx([float("nan"), 0.0], nan_ok=True)
    assert [str(r.what)[:31] for r in read.remarks if r.code == "K162"] == ["prices of 2024 are 105 times th"]


def test_a_verified_year_is_asked_about_only_for_a_slip_of_units(tmp_path: Path) -> None:
    """A plant that starts, stops or stands still emits next to nothing; kilograms for tonnes are told."""
    start = "emissions: enterprise,year,kind,amount,unit\n".partition(" ")[2]
    years = {"E01": (84, 640_000, 600_000, 580_000), "E02": (2_200_000, 17_000, 1_850_000, 2_490_000)}

    def rows(of: dict[str, tuple[int, ...]]) -> str:
        return start + "".join(
            f"{e},{2020 + k},verified,{v},t\n" for e, values in of.items() for k, v in enumerate(values)
        )

    assert "K154" not in codes(park(tmp_path / "a", emissions=rows(years)).remarks)
    for row, values in (
        (4, (600_000, 640_000, 610_000_000, 580_000)),
        (5, (12_000, 12_000, 12_000, 12_000_000)),
    ):
        read = park(tmp_path / str(row), emissions=rows({"E01": values}))
        assert found(read.remarks, "K154") == [("emissions.csv", row, "amount", "warning")]

"""A park in the spreadsheets of its office: its figures against sums made straight from the files."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_cluster

# t CO2 for one of what each column of annex 2 has, typed from the publications: grid of East China by year
# (MEE & NBS), coal, gas and diesel of the enterprise guidelines, heat at 0.11 t/GJ and 1 MPa.
GRID = {2022: 5.617, 2023: 5.5, 2024: 5.5}
GAS = 389.31 * 15.32e-3 * 0.99 * 44 / 12
COAL = 20.908 * 26.37e-3 * 0.94 * 44 / 12
DIESEL = 42.652 * 20.2e-3 * 0.98 * 44 / 12
STEAM = 0.11 * (2777.1 - 83.9) / 1000
PROCESS = {2022: 152_000, 2023: 156_560, 2024: 159_600}
MENDED = {"annex-2-energy.csv": (("绿园水处理", "绿源水处理"), (",0.1960,", ",1960,"))}


def rows(folder: Path, name: str, first: int) -> list[list[str]]:
    """Return the rows of data of a file, the total left out."""
    with (folder / name).open(encoding="utf-8") as file:
        return [row for row in list(csv.reader(file))[first:] if row[0] != "合计"]


def by_hand(folder: Path, year: int) -> float:
    """Return the total of a year: columns by their places, times factors."""
    weights = np.array([GRID[year], GAS, COAL, DIESEL, STEAM])
    at = 1 + 5 * (year - 2022)
    total = float(PROCESS[year])
    for row in rows(folder, "annex-2-energy.csv", 4):
        if "绿园" not in row[0]:
            total += float(np.array([float(cell or 0) for cell in row[at : at + 5]]) @ weights)
    return total


def test_the_messy_park_is_read_whole() -> None:
    """25 enterprises by name, 3 years, 5 carriers: the totals of all years, to the tonne."""
    folder = shipped_cluster("messy-park")
    park = load_cluster("messy-park")
    accounts = carbon_accounts(park)
    assert len(park.enterprises) == 25 and accounts.years == (2022, 2023, 2024)
    for year in accounts.years:
        assert accounts.total(year) == pytest.approx(by_hand(folder, year), rel=2e-5)
    made = park.table("accounts")
    told = sum(float(row[7]) for row in rows(folder, "annex-3-output.csv", 4))
    assert made.numbers("output")[made.numbers("year") == 2024].sum() == pytest.approx(told * 1e4)
    assert made.numbers("staff")[made.numbers("year") == 2024].size == 25


def test_what_is_amiss_in_the_messy_park_is_told() -> None:
    """The misspelt name with the right one, the cell in another unit, and the totals that do not match."""
    park = load_cluster("messy-park")
    told = [(r.code, r.row, r.column) for r in park.remarks if r.severity != "note"]
    assert told == [
        ("K130", 28, "企业名称"),
        ("K151", 30, "2022年 / 电力（万kWh）"),
        ("K151", 30, "2023年 / 电力（万kWh）"),
        ("K151", 30, "2023年 / 天然气（万m³）"),
        ("K151", 30, "2024年 / 电力（万kWh）"),
        ("K151", 30, "2024年 / 从业人数（人）"),
        ("K142", None, "unit"),
        ("K154", 11, "amount"),
    ]
    (name,) = [r for r in park.remarks if r.code == "K130"]
    assert "绿源水处理有限公司" in str(name.hint)
    assert completeness_of(park, carbon_accounts(park)).share(2024) < 1


def test_the_mended_park_has_no_gap(tmp_path: Path) -> None:
    """With both slips mended nothing is missing, and the totals of energy match."""
    folder = tmp_path / "park"
    shutil.copytree(shipped_cluster("messy-park"), folder)
    for name, slips in MENDED.items():
        text = (folder / name).read_text("utf-8")
        for wrong, right in slips:
            assert wrong in text
            text = text.replace(wrong, right)
        (folder / name).write_text(text, "utf-8")
    park = load_cluster(folder)
    assert [r.code for r in park.remarks if r.severity != "note"] == [
        "K151",
        "K142",
    ]  # one cell of staff is empty
    accounts = carbon_accounts(park)
    for year in (2022, 2023, 2024):
        assert accounts.total(year) == pytest.approx(by_hand(folder, year), rel=2e-5)
    assert completeness_of(park, accounts).share(2024) == pytest.approx(1)
    found = diagnose(park, accounts)
    assert found.year == 2024
    assert found.totals[2024].total == pytest.approx(by_hand(folder, 2024), rel=2e-5)


def test_the_same_park_as_a_workbook(tmp_path: Path) -> None:
    """Merged titles, years merged over their columns, names merged over two rows: the same accounts."""
    source = shipped_cluster("messy-park")
    shutil.copytree(source, tmp_path / "park")
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, table, heads in (("annex-2-energy.csv", "energy", 5), ("annex-3-output.csv", "accounts", 3)):
        sheet = made.create_sheet(table)
        with (source / name).open(encoding="utf-8") as file:
            for row in csv.reader(file):
                sheet.append([float(c) if c.replace(".", "").isdigit() else c or None for c in row])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=1 + 3 * heads)
        sheet.merge_cells("A3:A4")
        for k in range(3):
            first = 2 + k * heads
            sheet.merge_cells(start_row=3, end_row=3, start_column=first, end_column=first + heads - 1)
    made.save(tmp_path / "park" / "data.xlsx")
    told = (tmp_path / "park" / "cluster.yaml").read_text("utf-8")
    told = told.replace("annex-2-energy.csv", "data.xlsx#energy")
    told = told.replace("annex-3-output.csv", "data.xlsx#accounts")
    (tmp_path / "park" / "cluster.yaml").write_text(told, "utf-8")
    park, plain = load_cluster(tmp_path / "park"), load_cluster(source)
    for table in ("energy", "accounts"):
        for column in ("year", "amount", "output", "value_added", "staff"):
            a, b = park.table(table).numbers(column), plain.table(table).numbers(column)
            np.testing.assert_allclose(a, b)
    assert carbon_accounts(park).total(2024) == pytest.approx(carbon_accounts(plain).total(2024))

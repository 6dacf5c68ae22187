"""Whose electricity it is: regions and provinces of China, subregions of the US, and grids nobody ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix.cluster.accounts.account import carbon_accounts
from separatrix.cluster.accounts.factors.grid_factors import grid_area, grid_factors

POWER = ENERGY + "E01,2023,electricity,1000,MWh\n"


@pytest.mark.parametrize(
    ("area", "tonnes"),
    [
        ("Jiangsu", 582.7),
        ("江苏", 582.7),
        ("江苏省", 582.7),
        ("cn-js", 582.7),
        ("Inner Mongolia", 647.9),
        ("山西", 663.4),
        ("陕西", 633.5),
        ("西藏", 247.2),
        ("华东", 550.0),
        ("全国", 530.6),
        # 428.464 lb/MWh and 767.209 lb/MWh
        ("CAMX", 194.348),
        ("us", 348.000),
    ],
)
def test_a_grid_by_any_of_its_names(tmp_path: Path, area: str, tonnes: float) -> None:
    """A thousand MWh of 2023; Tibet, of which none is published, has the factor of its region."""
    books = carbon_accounts(
        park(tmp_path, DESCRIPTION.replace("grid_area: East", f"grid_area: {area}"), energy=POWER)
    )
    assert books.total(2023) == pytest.approx(tonnes, abs=5e-3)
    assert found(books.remarks, "K216") == []


@pytest.mark.parametrize(
    ("area", "told"),
    [
        ("Germany", "enter the published factor in the table factors"),
        ("Jiangsuu", "did you mean `Jiangsu`?"),
        ("Guangdon", "did you mean `Guangdong`?"),
    ],
)
def test_a_grid_that_is_not_shipped_says_what_to_do(tmp_path: Path, area: str, told: str) -> None:
    """The power is left out by name, and the rest is still computed."""
    books = carbon_accounts(
        park(
            tmp_path,
            DESCRIPTION.replace("grid_area: East", f"grid_area: {area}"),
            energy=POWER + "E01,2023,diesel,1,t\n",
        )
    )
    (remark,) = [r for r in books.remarks if r.code == "K216"]
    assert area in str(remark.what) and told in str(remark.hint)
    assert books.total(2023) == pytest.approx(3.0959, abs=5e-5)


def test_a_factor_of_one_s_own_may_name_the_area_in_another_way(tmp_path: Path) -> None:
    """江苏 in the table is Jiangsu in cluster.yaml."""
    books = carbon_accounts(
        park(
            tmp_path,
            DESCRIPTION.replace("grid_area: East", "grid_area: Jiangsu"),
            energy=POWER,
            factors="carrier,kind,area,year,factor,unit\nelectricity,location,江苏,2023,0.5,kgCO2/kWh\n",
        )
    )
    assert books.total(2023) == pytest.approx(500)


def test_every_shipped_factor_has_an_area_with_a_name() -> None:
    """No factor is out of reach, and each province has all three years of the announcements."""
    assert {f.area for f in grid_factors()} == {grid_area(f.area) for f in grid_factors()}
    years: dict[str, list[int | None]] = {}
    for factor in grid_factors():
        if factor.kind == "location" and factor.area.startswith("CN"):
            years.setdefault(factor.area, []).append(factor.year)
    assert len(years) == 1 + 7 + 30
    assert all(each == [2021, 2022, 2023] for each in years.values())
    assert sum(f.area.startswith("US-") for f in grid_factors()) == 27


EGRID = (
    "Data Year,eGRID subregion acronym,eGRID subregion name,eGRID subregion annual CO2 total output emission "
    "rate (lb/MWh)\nYEAR,SUBRGN,SRNAME,SRCO2RTA\n2024,CAMX,WECC California,400\n2024,ERCT,ERCOT All,700\n"
)
EEA = "member_state,year,greenhouse_gas_emission_ghg_intensity\nGermany,2023,329\nPoland,2023,610\n"


@pytest.mark.parametrize(
    ("area", "year", "table", "tonnes"),
    [
        ("CAMX", 2024, EGRID, 400 * 0.45359237),
        ("ERCT", 2024, EGRID, 700 * 0.45359237),
        ("Germany", 2023, EEA, 329),
        ("poland", 2023, EEA, 610),
        (
            "江苏",
            2024,
            "地区,年份,能源品种,因子,单位\n江苏,2024,电力,0.56,kgCO2/kWh\n浙江,2024,电力,0.5,kgCO2/kWh\n",
            560,
        ),
    ],
)
def test_factors_are_read_as_they_are_published(
    tmp_path: Path, area: str, year: int, table: str, tonnes: float
) -> None:
    """Subregions of eGRID in lb/MWh, member states of the EU in g/kWh; rows of other areas are no warning."""
    description = DESCRIPTION.replace("grid_area: East", f"grid_area: {area}")
    power = ENERGY + f"E01,{year},electricity,1000,MWh\n"
    books = carbon_accounts(park(tmp_path, description, energy=power, factors=table))
    assert books.total(year) == pytest.approx(tonnes)
    assert found(books.remarks, "K216") == found(books.remarks, "K219") == []

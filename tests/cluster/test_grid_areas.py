"""Whose electricity it is: regions and provinces of China, subregions of the US, and grids nobody ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.factor import grid_area, grid_factors

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
        ("UK", 204.96),
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
        ("Brazil", "enter the published factor in the table factors"),
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


@pytest.mark.parametrize(
    ("area", "country", "year", "tonnes", "in_co2e"),
    [
        ("Germany", "DE", 2019, 338, True),
        ("德国", "Germany", 2005, 520, True),
        ("Deutschland", "", 1990, 664, True),
        ("EU-27", "Netherlands", 2019, 275, True),
        ("EL", "GR", 2010, 875, True),
        ("Sweden", "SE", 2019, 8, True),
        ("United Kingdom", "UK", 2019, 253.58, False),
        ("英国", "英国", 2022, 191.21, False),
        ("Switzerland", "CH", 2016, 14, False),
        ("瑞士", "Schweiz", 2021, 11.63, False),
    ],
)
def test_grids_of_europe(
    tmp_path: Path, area: str, country: str, year: int, tonnes: float, in_co2e: bool
) -> None:
    """A thousand MWh by the factor of that year; one in CO2e says so, and of both that of CO2 counts."""
    described = DESCRIPTION.replace("grid_area: East", f"grid_area: {area}")
    described = described.replace("country: CN\n", f"country: {country}\n" if country else "")
    books = carbon_accounts(park(tmp_path, described, energy=ENERGY + f"E01,{year},electricity,1000,MWh\n"))
    assert books.total(year) == pytest.approx(tonnes)
    assert bool(found(books.remarks, "K263")) is in_co2e
    assert not found(books.remarks, "K233") and not found(books.remarks, "K210")
    assert {f["unit"] for f in books.factors} == {"tCO2e/GJ" if in_co2e else "tCO2/GJ"}


@pytest.mark.parametrize(("factor_set", "unit"), [("cn-guideline", "tCO2/GJ"), ("ipcc-2006", "tCO2e/GJ")])
def test_of_a_grid_with_both_the_quantity_of_scope_1_counts(
    tmp_path: Path, factor_set: str, unit: str
) -> None:
    """CO2 beside fuels of which CO2 alone counts, CO2e beside those of which CH4 and N2O count, too."""
    described = DESCRIPTION.replace("grid_area: East", "grid_area: UK").replace("country: CN", "country: UK")
    described = described.replace("cn-guideline", factor_set)
    rows = "E01,2022,electricity,1000,MWh\nE01,2022,diesel,1,t\n"
    books = carbon_accounts(park(tmp_path, described, energy=ENERGY + rows))
    assert books.counts_other_gases is (factor_set == "ipcc-2006")
    assert [f["unit"] for f in books.factors if f["carrier"] == "electricity"] == [unit]


def test_every_member_state_has_every_year_once() -> None:
    """The intensities from 1990 to 2019 of 27 states and of their union, each between 0 and 2 kg/kWh."""
    european = [f for f in grid_factors() if f.equivalent and f.area != "GB"]
    assert len({f.area for f in european}) == 28 and len(european) == 28 * 30
    assert len({(f.area, f.year) for f in european}) == len(european)
    assert all(0 < f.value * 3.6 < 2 for f in european)


def test_the_uk_s_factors_in_co2_and_in_co2e_differ_by_other_gases() -> None:
    """About one per cent in each year from 2016 to 2023."""
    of = {(f.year, f.equivalent): f.value for f in grid_factors() if f.area == "GB"}
    assert {year for year, _ in of} == set(range(2016, 2024))
    assert all(1 < of[y, True] / of[y, False] < 1.02 for y in range(2016, 2024))


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

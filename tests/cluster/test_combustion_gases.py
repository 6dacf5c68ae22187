"""CH4 and N2O of burning fuels, by hand from IPCC (2006), vol. 2, table 2.3, and apart from their CO2."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix.document.tree import Table
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.emission_factors import shipped_factors
from separatrix_cluster.accounts.factor import other_gases
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.documents.accounts import account_document
from separatrix_cluster.frame.park_indicators import MEASURES, ParkValue, missing_energy
from separatrix_cluster.reporting.inventory import evidence_of, inventory_of
from separatrix_cluster.tables.carriers import shipped_lines
from separatrix_cluster.tables.panel import Cluster

IPCC = DESCRIPTION.replace("cn-guideline", "ipcc-2006")
EMISSIONS = "enterprise,year,kind,gas,amount,unit\n"

BY_HAND = {
    # carrier: GJ/t, kg CO2/GJ, kg CH4/TJ, kg N2O/TJ
    "natural gas": (48.0, 15.3 * 44 / 12, 1, 0.1),
    "anthracite": (26.7, 26.8 * 44 / 12, 10, 1.5),
    "lignite": (11.9, 27.6 * 44 / 12, 10, 1.5),
    "diesel": (43.0, 20.2 * 44 / 12, 3, 0.6),
    "gasoline": (44.3, 18.9 * 44 / 12, 3, 0.6),
    "wood": (15.6, 30.5 * 44 / 12, 30, 4),
    "biodiesel": (27.0, 19.3 * 44 / 12, 3, 0.6),
}
SHARES = {"natural gas": (0.0009, 0.0011), "anthracite": (0.005, 0.008), "lignite": (0.005, 0.008)}


def account(folder: Path, description: str = IPCC, **tables: str) -> tuple[Cluster, CarbonAccounts]:
    """Return a cluster of these tables and its accounts."""
    cluster = park(folder, description, **tables)
    return cluster, carbon_accounts(cluster)


@pytest.mark.parametrize("carrier", BY_HAND)
@pytest.mark.parametrize(
    ("report", "methane", "nitrous"), [("AR4", 25, 298), ("AR5", 28, 265), ("AR6", 27.9, 273)]
)
def test_a_fuel_by_hand(tmp_path: Path, carrier: str, report: str, methane: float, nitrous: float) -> None:
    """Mass × NCV × default × GWP100 of the cluster's report, for each gas, of biogenic fuels too."""
    energy = ENERGY + f"E01,2023,{carrier},1000,t\n"
    _, books = account(tmp_path, f"{IPCC}gwp: {report}\n", energy=energy)
    heat, carbon, ch4, n2o = BY_HAND[carrier]
    assert books.methane.sum() == pytest.approx(heat * ch4 * methane / 1000)
    assert books.nitrous_oxide.sum() == pytest.approx(heat * n2o * nitrous / 1000)
    if carrier in SHARES and report == "AR5":
        low, high = SHARES[carrier]
        assert low < float(books.other_gases.sum()) / (heat * carbon) < high


def test_chinese_factors_have_the_same_defaults(tmp_path: Path) -> None:
    """By the energy of the enterprise guidelines: 20.908 GJ a tonne of raw coal."""
    _, books = account(tmp_path, DESCRIPTION, energy=ENERGY + "E01,2023,raw coal,1000,t\n")
    assert books.other_gases.sum() == pytest.approx(20.908 * (10 * 28 + 1.5 * 265) / 1000)
    assert books.total(2023) == pytest.approx(1000 * 20.908 * 26.37e-3 * 0.94 * 44 / 12)


def test_every_fuel_that_is_shipped_has_a_default() -> None:
    """None of them counts as free of CH4 and N2O because a name is missing."""
    fuels = {f.carrier for f in shipped_factors() if f.kind == "combustion"}
    assert {name for name in fuels if not other_gases(name, "AR5") > 0} == set()


def test_what_a_verified_total_holds_is_not_added(tmp_path: Path) -> None:
    """Neither of fossil nor of biogenic fuels of that enterprise and year; biogenic CO2 stays listed."""
    energy = ENERGY + "E01,2023,diesel,10,t\nE01,2023,wood,10,t\nE02,2023,diesel,10,t\n"
    _, books = account(tmp_path, energy=energy, emissions=EMISSIONS + "E01,2023,verified,CO2e,50,t\n")
    one = 10 * 43.0 * (3 * 28 + 0.6 * 265) / 1e6
    assert float(books.other_gases[books.enterprise == 0].sum()) == 0
    assert books.other_gases_total(books.year == 2023) == pytest.approx(one)
    assert books.biogenic_total(2023) > 10


@pytest.mark.parametrize(("unit", "share"), [("tCO2/t", 1), ("tCO2e/t", 0)])
def test_an_own_factor_in_co2e_holds_them(tmp_path: Path, unit: str, share: float) -> None:
    """They are added to a factor of CO2 alone, and the unit of the factor is reported as it was entered."""
    factors = f"carrier,factor,unit\ndiesel,3.2,{unit}\n"
    _, books = account(tmp_path, energy=ENERGY + "E01,2023,diesel,10,t\n", factors=factors)
    one = 10 * 43.0 * (3 * 28 + 0.6 * 265) / 1e6
    assert books.other_gases.sum() == pytest.approx(share * one)
    assert [f["unit"] for f in books.factors] == [unit]


def test_a_gas_made_of_a_fuel_that_is_counted_adds_nothing(tmp_path: Path) -> None:
    """Its energy and carbon count with the coke, so its defaults count there as well."""
    energy = ENERGY + "E01,2023,coke,1000,t\nE01,2023,blast furnace gas,1000,GJ\n"
    _, books = account(tmp_path, energy=energy)
    assert books.other_gases.sum() == pytest.approx(28.2 * (10 * 28 + 1.5 * 265) / 1000)


@pytest.mark.parametrize("description", [IPCC, DESCRIPTION])
def test_carbon_per_energy_is_of_co2(tmp_path: Path, description: str) -> None:
    """The indicator of zero-carbon parks has t CO2 in its numerator with either set of factors."""
    cluster, books = account(tmp_path, description, energy=ENERGY + "E01,2023,diesel,1000,t\n")
    found = MEASURES["carbon_per_energy"](cluster, books, 2023, missing_energy(books, None, 2023))
    assert isinstance(found, ParkValue)
    carbon = {IPCC: 20.2, DESCRIPTION: 20.2 * 0.98}[description] * 44 / 12 / 1000
    assert found.value == pytest.approx(carbon * 29.307)


def test_they_are_in_the_plain_data(tmp_path: Path) -> None:
    """Of every line and of every year."""
    energy = ENERGY + "E01,2022,diesel,10,t\nE01,2023,wood,10,t\n"
    answer = account(tmp_path, energy=energy)[1].to_dict()
    diesel, wood = 0.43 * (3 * 28 + 0.6 * 265) / 1000, 0.156 * (30 * 28 + 4 * 265) / 1000
    assert [line["t_co2e_other_gases"] for line in answer["lines"]] == pytest.approx([diesel, wood])
    assert answer["other_gases_t_co2e"] == pytest.approx({"2022": diesel, "2023": wood})


@pytest.mark.parametrize("description", [IPCC, DESCRIPTION])
def test_biodiesel_by_the_litre(tmp_path: Path, description: str) -> None:
    """0.88 t/m3 within the limits of EN 14214, 27 GJ/t and 19.3 kg C/GJ; its CO2 is biogenic."""
    energy = ENERGY + "E01,2023,biodiesel,1000,L\nE02,2023,生物柴油,0.88,t\n"
    _, books = account(tmp_path, description, energy=energy)
    assert np.nan_to_num(books.energy) == pytest.approx([0.88 * 27] * 2)
    assert books.biogenic == pytest.approx([0.88 * 27 * 19.3e-3 * 44 / 12] * 2)
    assert 0.86 <= books.energy[0] / 27 <= 0.9


@pytest.mark.parametrize("carrier", BY_HAND)
def test_scope_1_after_ipcc_is_in_co2e(tmp_path: Path, carrier: str) -> None:
    """CO2 of fossil fuels, and CH4 and N2O of all; biogenic CO2 stays outside."""
    _, books = account(tmp_path, energy=ENERGY + f"E01,2023,{carrier},1000,t\n")
    heat, carbon, ch4, n2o = BY_HAND[carrier]
    other = heat * (ch4 * 28 + n2o * 265) / 1000
    fossil = 0.0 if carrier in ("wood", "biodiesel") else heat * carbon
    assert books.total(2023) == pytest.approx(fossil + other)
    assert books.carbon_dioxide.sum() == pytest.approx(fossil, abs=1e-9 * heat * carbon)
    assert books.to_dict()["other_gases_in_totals"] is True


def test_the_inventory_lists_each_gas_once(tmp_path: Path) -> None:
    """CO2, CH4 and N2O of burning are figures of their own, and add up to the total with their evidence."""
    energy = ENERGY + "E01,2023,diesel,10,t\nE01,2023,wood,10,t\n"
    cluster, books = account(tmp_path, energy=energy)
    found = inventory_of(cluster, completeness_of(cluster, books))
    figures = {f.id: f.location for f in found.figures}
    assert figures == pytest.approx(
        {
            "1-biogenic-CO2": 0,
            "1-biogenic-CH4": 0.156 * 30 * 28 / 1000,
            "1-biogenic-N2O": 0.156 * 4 * 265 / 1000,
            "1-combustion-CO2": 430 * 20.2 * 44 / 12 / 1000,
            "1-combustion-CH4": 0.43 * 3 * 28 / 1000,
            "1-combustion-N2O": 0.43 * 0.6 * 265 / 1000,
        },
        abs=1e-12,
    )
    assert found.total(2023) == pytest.approx(books.total(2023), rel=1e-12)
    sums: dict[str, float] = {}
    for row in evidence_of(found):
        sums[row[0]] = sums.get(row[0], 0.0) + row[4]
    assert sums == pytest.approx(figures, abs=1e-12)


TABLES = """
anthracite 26.7 98300 10 1.5
coking_coal 28.2 94600 10 1.5
other_bituminous_coal 25.8 94600 10 1.5
sub_bituminous_coal 18.9 96100 10 1.5
lignite 11.9 101000 10 1.5
brown_coal_briquettes 20.7 97500 10 1.5
patent_fuel 20.7 97500 10 1.5
coke 28.2 107000 10 1.5
gas_coke 28.2 107000 1 0.1
petroleum_coke 32.5 97500 3 0.6
coal_tar 28.0 80700 10 1.5
peat 9.76 106000 2 1.5
gas_diesel_oil 43.0 74100 3 0.6
residual_fuel_oil 40.4 77400 3 0.6
other_kerosene 43.8 71900 3 0.6
naphtha 44.5 73300 3 0.6
lubricants 40.2 73300 3 0.6
ow_hazard 40.2 73300 30 4
motor_gasoline 44.3 69300 3 0.6
liquefied_petroleum_gases 47.3 63100 1 0.1
oil 42.3 73300 3 0.6
bitumen 40.2 80700 3 0.6
natural_gas 48.0 56100 1 0.1
blast_furnace_gas 2.47 260000 1 0.1
coke_oven_gas 38.7 44400 1 0.1
oxygen_steel_furnace_gas 7.06 182000 1 0.1
gas_works_gas 38.7 44400 1 0.1
msw_biomass 11.6 100000 30 4
msw_wood 15.6 112000 30 4
other_prim_solid_biomass 11.6 100000 30 4
charcoal 29.5 112000 200 4
black_liquor 11.8 95300 3 2
biodiesels 27.0 70800 3 0.6
biogasoline 27.0 70800 3 0.6
other_liquid_biofuels 27.4 79600 3 0.6
landfill_gas 50.4 54600 1 0.1
sludge_gas 50.4 54600 1 0.1
other_biogas 50.4 54600 1 0.1
aviation_gasoline 44.3 70000 3 0.6
ethane 46.4 61600 1 0.1
natural_gas_liquids 44.2 64200 3 0.6
refinery_gas 49.5 57600 1 0.1
orimulsion 27.5 77000 3 0.6
jet_kerosene 44.1 71500 3 0.6
"""
"""TJ/Gg, and kg of CO2, CH4 and N2O per TJ: IPCC (2006), vol. 2, tables 1.2, 1.4 and 2.3."""


def test_shipped_fuels_are_those_of_the_tables() -> None:
    """Carbon contents give the factors of table 1.4, which has three digits; all else is equal."""
    shipped = {line["carrier"]: line for line in shipped_lines("ipcc-2006.csv")}
    for line in TABLES.split("\n")[1:-1]:
        carrier, *published = line.split()
        heat, *gases = map(float, published)
        own = shipped[carrier]
        assert float(own["ncv"]) == heat, carrier
        assert float(own["carbon"]) * 44 / 12 * 1000 == pytest.approx(gases[0], rel=6e-3), carrier
        assert [float(own["ch4"]), float(own["n2o"])] == gases[1:], carrier


@pytest.mark.parametrize(
    ("carrier", "heat", "ch4", "n2o"),
    [
        ("diesel", 43.0, 3.9, 3.9),
        ("gasoline", 44.3, 3.8, 5.7),
        ("柴油", 43.0, 3.9, 3.9),
        ("kerosene", 43.8, 3, 0.6),
    ],
)
@pytest.mark.parametrize("use", ["transport", "运输", "车用"])
def test_fuels_of_vehicles_by_the_defaults_for_roads(
    tmp_path: Path, carrier: str, heat: float, ch4: float, n2o: float, use: str
) -> None:
    """IPCC (2006), vol. 2, table 3.2.2, where it has the fuel; its CO2 is that of a boiler."""
    rows = f"E01,2022,{carrier},10,t,used\nE01,2023,{carrier},10,t,{use}\n"
    _, books = account(tmp_path, energy=f"enterprise,year,carrier,amount,unit,use\n{rows}")
    still, road = books.year == 2022, books.year == 2023
    assert books.other_gases[road].sum() == pytest.approx(heat * (ch4 * 28 + n2o * 265) / 1e5)
    assert books.other_gases[still].sum() == pytest.approx(heat * (3 * 28 + 0.6 * 265) / 1e5)
    assert books.carbon_dioxide[road].sum() == pytest.approx(books.carbon_dioxide[still].sum())
    assert books.total(2023) == pytest.approx(
        books.carbon_dioxide[road].sum() + books.other_gases[road].sum()
    )


def test_electricity_of_vehicles_is_bought_like_any_other(tmp_path: Path) -> None:
    """Also in accounts after Chinese guidelines, where fuels of vehicles count their CO2."""
    rows = "E01,2022,electricity,10,MWh,used\nE01,2022,diesel,1,t,used\n"
    rows += rows.replace("2022", "2023").replace("used", "transport")
    _, books = account(tmp_path, DESCRIPTION, energy=f"enterprise,year,carrier,amount,unit,use\n{rows}")
    assert books.total(2023) == pytest.approx(books.total(2022), rel=0.2) and books.total(2023) > 0
    assert not [r for r in books.remarks if r.code in ("K221", "K215")]


@pytest.mark.parametrize(
    ("description", "rows", "gas"),
    [
        (DESCRIPTION, {"energy": ENERGY + "E01,2023,diesel,10,t\nE01,2023,wood,10,t\n"}, "CO2"),
        (IPCC, {"energy": ENERGY + "E01,2023,diesel,10,t\n"}, "CO2e"),
        (IPCC, {"energy": ENERGY + "E01,2023,electricity,10,MWh\n"}, "CO2"),
        (DESCRIPTION, {"emissions": EMISSIONS + "E01,2023,process,CO2,9,t\n"}, "CO2"),
        (DESCRIPTION, {"emissions": EMISSIONS + "E01,2023,process,N2O,9,t\n"}, "CO2e"),
        (DESCRIPTION, {"emissions": EMISSIONS + "E01,2023,verified,,9,t\n"}, "CO2e"),
        (
            DESCRIPTION,
            {
                "energy": ENERGY + "E01,2023,diesel,10,t\n",
                "factors": "carrier,factor,unit\ndiesel,3.2,tCO2e/t\n",
            },
            "CO2e",
        ),
    ],
)
def test_totals_are_headed_by_what_they_are(
    tmp_path: Path, description: str, rows: dict[str, str], gas: str
) -> None:
    """Totals of CO2 alone are in CO2 in every document; with any other gas they are in CO2e."""
    cluster, books = account(tmp_path, description, **rows)
    assert books.to_dict()["gas_of_totals"] == gas
    for code in ("en", "zh"):
        document = account_document(cluster, completeness_of(cluster, books), language_of(code))
        tables = [block for block in document.blocks if isinstance(block, Table)]
        headed = " ".join(f"{table.caption} {[c.title for c in table.columns]}" for table in tables)
        assert set(re.findall("CO2e?", headed)) == {gas}

"""Carbon accounts against sums done by hand, and what must hold of any accounts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.folders import DESCRIPTION, ENERGY, codes, found, park
from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import monte_carlo_total, spread_of_total
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.frame.standards import scorecard
from separatrix_cluster.tables.carriers import carrier_named, gwp100, plain_gas
from separatrix_cluster.tables.units import unit_of

IPCC = DESCRIPTION.replace("cn-guideline", "ipcc-2006")
FULL = "enterprise,year,carrier,amount,unit,use,supplier,market,market_factor,uncertainty\n"
EMISSIONS = "enterprise,year,kind,amount,unit,gas,uncertainty\n"


def account(folder: Path, description: str = DESCRIPTION, **tables: str | bytes) -> CarbonAccounts:
    """Return the accounts of a folder made of these tables."""
    return carbon_accounts(park(folder, description, **tables))


# --------------------------------------------------------------------------- scope 1


@pytest.mark.parametrize(
    ("description", "carrier", "amount", "unit", "tonnes"),
    [
        # amount × NCV × carbon content × oxidation × 44/12
        # no set has a factor of its own for it: natural gas after IPCC (2006), never natural gas liquids
        (DESCRIPTION, "液化天然气", 600, "t", 600 * 48.0 * 0.0153 * 44 / 12),
        (IPCC, "LNG", 600, "t", 600 * 48.0 * 0.0153 * 44 / 12),
        (IPCC, "natural_gas_liquids", 1, "t", 44.2 * 0.0175 * 44 / 12),
        (IPCC, "型煤", 10, "t", 10 * 20.7 * 0.0266 * 44 / 12),
        (DESCRIPTION, "型煤", 10, "t", 10 * 17.46 * 0.0336 * 0.9 * 44 / 12),
        (DESCRIPTION, "炼焦煤", 10, "t", 10 * 28.2 * 0.0258 * 44 / 12),
        (DESCRIPTION, "Holz", 10, "t", 0.0),
        (DESCRIPTION, "洗精煤", 10, "t", 10 * 26.344 * 0.0254 * 0.93 * 44 / 12),
        (DESCRIPTION, "其他煤气", 12, "1e4 Nm3", 12 * 52.27 * 0.0122 * 0.99 * 44 / 12),
        (DESCRIPTION, "管道天然气", 12, "1e4 Nm3", 12 * 21.6501),
        (DESCRIPTION, "外购热力", 100, "GJ", 11.0),
        (DESCRIPTION, "raw_coal", 1000, "t", 1000 * 20.908 * 0.02637 * 0.94 * 44 / 12),
        (DESCRIPTION, "原煤", 0.1, "万吨", 1000 * 20.908 * 0.02637 * 0.94 * 44 / 12),
        (DESCRIPTION, "Diesel", 250, "t", 250 * 3.0959),
        (DESCRIPTION, "gasoline", 1e6, "kg", 1000 * 2.9251),
        (DESCRIPTION, "natural gas", 12, "1e4 Nm3", 12 * 21.6501),
        (DESCRIPTION, "天然气", 120000, "m3", 12 * 21.6501),
        (DESCRIPTION, "coke", 10, "tce", 10 * 29.307 * 0.02942 * 0.95 * 44 / 12),
        (IPCC, "diesel", 1, "TJ", 1000 * 0.0202 * 44 / 12),
        (IPCC, "natural_gas", 1, "t", 48.0 * 0.0153 * 44 / 12),
        (IPCC, "anthracite", 1, "kt", 1000 * 26.7 * 0.0268 * 44 / 12),
    ],
)
def test_fuels_by_hand(
    tmp_path: Path, description: str, carrier: str, amount: float, unit: str, tonnes: float
) -> None:
    """Each factor set gives its own product, in any unit and under any name that is known."""
    found_ = account(tmp_path, description, energy=ENERGY + f"E01,2023,{carrier},{amount},{unit}\n")
    assert found_.carbon_dioxide.sum() == pytest.approx(tonnes, rel=5e-5)
    assert found_.by_enterprise(2023)[0] == found_.total(2023)


def test_carbon_of_a_tonne_of_coal_equivalent(tmp_path: Path) -> None:
    """A park on raw coal alone emits 2.66 t a tce: 1.9003 t/t over 0.7134 tce/t, the set's own NCV."""
    read = park(
        tmp_path,
        DESCRIPTION + "park_standard: cn-zero-carbon-park-2025\ncomplete: all\n",
        energy=ENERGY + "E01,2023,raw_coal,500000,t\n",
    )
    accounts = carbon_accounts(read)
    assert accounts.total(2023) / 500_000 == pytest.approx(1.9003, abs=5e-5)
    assert accounts.energy_total(2023) / 29.307 / 500_000 == pytest.approx(0.7134, abs=5e-5)
    card = scorecard(read, accounts)
    assert card is not None
    gap = next(g for g in card.gaps if g.requirement.id == "carbon-per-energy")
    assert gap.verdict == "not met"
    assert gap.found == pytest.approx(2.6637, abs=5e-5)  # 1.9003 / 0.7143 = 2.6604 by the national equivalent
    assert gap.found is not None and 1 - 0.2 / gap.found == pytest.approx(0.92, abs=0.006)


def test_biomass_burns_without_carbon(tmp_path: Path) -> None:
    """Its CO2 is of recent biological origin: energy, CH4 and N2O count, the carbon does not."""
    found_ = account(tmp_path, IPCC, energy=ENERGY + "E01,2023,wood waste,100,t\nE01,2023,diesel,1,t\n")
    wood, diesel = 1.56 * (30 * 28 + 4 * 265) / 1000, 0.043 * (3 * 28 + 0.6 * 265) / 1000
    assert found_.carbon_dioxide.sum() == pytest.approx(43.0 * 0.0202 * 44 / 12)
    assert found_.total(2023) == pytest.approx(43.0 * 0.0202 * 44 / 12 + wood + diesel)
    assert found_.energy_total(2023) == pytest.approx(100 * 15.6 + 43.0)


def test_feedstock_and_what_is_sold_burn_nowhere(tmp_path: Path) -> None:
    """Only what is used is counted; a use that does not fit its carrier is left out by name."""
    rows = "E01,2023,diesel,1,t,used,,,,\nE01,2023,diesel,1,t,feedstock,,,,\nE01,2023,diesel,1,t,sold,,,,\n"
    rows += "E01,2023,diesel,1,t,generated,,,,\nE01,2023,heat,1,GJ,feedstock,,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found_.total(2023) == pytest.approx(3.0959, abs=5e-5)
    assert found(found_.remarks, "K221") == [
        ("energy.csv", 5, "use", "error"),
        ("energy.csv", 6, "use", "error"),
    ]


@pytest.mark.parametrize(("gwp", "methane"), [("AR4", 25), ("AR5", 28), ("AR6", 27.9)])
def test_gases_are_weighted_by_the_report_that_is_named(tmp_path: Path, gwp: str, methane: float) -> None:
    """Methane by each report; CO2 in all spellings by one; an unknown gas is left out."""
    rows = "E01,2023,process,10,t,CH4,\nE02,2023,process,10,t,CO₂,\n"
    rows += "E02,2023,process,1,kt,CO2-eq,\nE03,2023,process,1,t,CO3,\n"
    found_ = account(tmp_path, DESCRIPTION + f"gwp: {gwp}\n", emissions=EMISSIONS + rows)
    assert found_.by_enterprise(2023)[0] == pytest.approx(10 * methane)
    assert found_.by_enterprise(2023)[1] == 1010
    assert found(found_.remarks, "K212") == [("emissions.csv", 5, "gas", "error")]
    assert gwp100(gwp)["CH4"] == methane


def test_nitrous_oxide_by_each_report() -> None:
    """The values of the fourth, fifth and sixth assessment reports."""
    assert [gwp100(r)["N2O"] for r in ("AR4", "AR5", "AR6")] == [298, 265, 273]


def test_emissions_that_are_no_mass(tmp_path: Path) -> None:
    """A volume of gas is not weighed by guess."""
    found_ = account(
        tmp_path, emissions=EMISSIONS + "E01,2023,process,5,m3,CO2,\nE02,2023,process,5,t,CO2,\n"
    )
    assert found(found_.remarks, "K213") == [("emissions.csv", 2, "unit", "error")]
    assert found_.total(2023) == 5


def test_a_verified_total_takes_the_place_of_the_fuels(tmp_path: Path) -> None:
    """Scope 1 of that enterprise and year is the total; its bought power and other years stay."""
    energy = "E01,2022,diesel,1,t,,,,,\nE01,2023,diesel,1,t,,,,,\n"
    energy += "E01,2023,electricity,10,MWh,,,,,\nE02,2023,diesel,1,t,,,,,\n"
    rows = "E01,2023,verified,100,t,,\nE01,2023,process,7,t,,\nE02,2023,process,7,t,,\n"
    found_ = account(tmp_path, energy=FULL + energy, emissions=EMISSIONS + rows)
    assert found_.by_enterprise(2023, scope=1).tolist()[:2] == pytest.approx([100, 7 + 3.0959], abs=5e-5)
    assert found_.by_enterprise(2023, scope=2)[0] == pytest.approx(10 * 0.55)
    assert found_.by_enterprise(2022)[0] == pytest.approx(3.0959, abs=5e-5)
    assert found_.energy_by_enterprise(2023)[0] == pytest.approx(42.652 + 36)


def test_a_reported_scope_2_takes_the_place_of_bought_energy(tmp_path: Path) -> None:
    """And leaves scope 1 as it is."""
    energy = "E01,2023,diesel,1,t,,,,,\nE01,2023,electricity,10,MWh,,,,,\n"
    found_ = account(tmp_path, energy=FULL + energy, emissions=EMISSIONS + "E01,2023,scope 2,4,t,,\n")
    assert found_.by_enterprise(2023, scope=2)[0] == 4
    assert found_.by_enterprise(2023, scope=1)[0] == pytest.approx(3.0959, abs=5e-5)


# --------------------------------------------------------------------------- scope 2


def test_power_by_place_and_by_contract(tmp_path: Path) -> None:
    """East China 2023: 0.55 by place; by market 0.6096 without a contract, its own factor with one."""
    rows = "E01,2023,electricity,100,MWh,,,grid,,\nE02,2023,electricity,100,MWh,,,direct,0,\n"
    rows += "E03,2023,electricity,100,MWh,,,contract,0.3,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found_.by_enterprise(2023).tolist() == pytest.approx([55, 55, 55])
    assert found_.by_enterprise(2023, "market").tolist() == pytest.approx([60.96, 0, 30])
    assert codes(found_.remarks) == set()


@pytest.mark.parametrize("basis", ["Location", "place", "", None])
def test_a_basis_that_is_none_is_not_taken_for_another(tmp_path: Path, basis: Any) -> None:
    """A total by location, misspelt, would have been the one by market."""
    found_ = account(tmp_path, energy=FULL + "E01,2023,electricity,100,MWh,,,grid,,\n")
    for sums in (found_.total, found_.by_enterprise):
        with pytest.raises(InputError, match=r"K262.*market or by location"):
            sums(2023, basis)


def test_a_contract_without_a_factor_counts_as_the_grid(tmp_path: Path) -> None:
    """With a warning at the row."""
    found_ = account(tmp_path, energy=FULL + "E01,2023,electricity,100,MWh,,,certificate,,\n")
    assert found_.total(2023, "market") == pytest.approx(60.96)
    assert found(found_.remarks, "K217") == [("energy.csv", 2, "market_factor", "warning")]


def test_heat_and_own_solar_power(tmp_path: Path) -> None:
    """Bought heat by the default that is marked as not verified; what the sun makes has no carbon."""
    rows = "E01,2023,steam,1000,GJ,,,,,\nE01,2023,electricity,10,MWh,generated,,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found_.total(2023) == pytest.approx(110)
    assert found_.energy_total(2023) == pytest.approx(1036)
    assert [f["verified"] for f in found_.factors] == [False]


@pytest.mark.parametrize(
    ("year", "factor", "told"), [(2021, 0.5992, None), (2019, 0.5992, 2021), (2030, 0.55, 2023)]
)
def test_the_nearest_year_of_the_grid(tmp_path: Path, year: int, factor: float, told: int | None) -> None:
    """Where the year is not shipped the nearest is used, and said."""
    found_ = account(tmp_path, energy=ENERGY + f"E01,{year},electricity,1,MWh\n")
    assert found_.total(year) == pytest.approx(factor)
    said = [str(r.what) for r in found_.remarks if r.code == "K210" and "CN-East" in str(r.what)]
    assert said == (
        [] if told is None else [f"no grid factor of CN-East is shipped for {year}; that of {told} was used"]
    )


@pytest.mark.parametrize("area", ["", "Ruritania"])
def test_a_grid_that_is_not_known(tmp_path: Path, area: str) -> None:
    """Nothing is assumed: the power is left out, and the hint lists the grids that are known."""
    description = DESCRIPTION.replace("grid_area: East", f"grid_area: '{area}'")
    found_ = account(
        tmp_path, description, energy=ENERGY + "E01,2023,electricity,1,MWh\nE01,2023,diesel,1,t\n"
    )
    assert found(found_.remarks, "K216") == [("energy.csv", 2, "carrier", "error")]
    (remark,) = [r for r in found_.remarks if r.code == "K216"]
    assert "East" in str(remark.hint) and (area or "does not say which grid") in str(remark.what)
    assert found_.total(2023) == pytest.approx(3.0959, abs=5e-5)


def test_sales_within_the_cluster_count_once(tmp_path: Path) -> None:
    """The coal of the power station is the carbon of its steam: the buyer's scope 2 is not in the total."""
    rows = "E01,2023,raw_coal,100,t,,,,,\nE01,2023,heat,500,GJ,sold,,,,\nE02,2023,heat,500,GJ,,E01,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found_.by_enterprise(2023)[1] == pytest.approx(55)
    assert found_.total(2023) == pytest.approx(190.03, abs=0.005)
    assert found_.by_enterprise(2023, internal=False).tolist()[:2] == pytest.approx([190.03, 0], abs=0.005)
    assert found_.energy_total(2023) == pytest.approx(2090.8)
    assert codes(found_.remarks) == set()


def test_a_supplier_without_accounts_loses_nothing(tmp_path: Path) -> None:
    """What it supplied is in nobody's scope 1, so it stays in the total, with a warning."""
    rows = "E02,2023,heat,500,GJ,,E01,,,\nE01,2022,raw_coal,1,t,,,,,\nE01,2023,heat,500,GJ,sold,,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found_.total(2023) == pytest.approx(55)
    assert found(found_.remarks, "K218") == [("energy.csv", 2, "supplier", "warning")]
    with_total = account(
        tmp_path / "b", energy=FULL + rows, emissions=EMISSIONS + "E01,2023,verified,60,t,,\n"
    )
    assert with_total.total(2023) == 60


def test_nobody_supplies_himself(tmp_path: Path) -> None:
    """Such a row is left out, for it would be counted twice or not at all."""
    found_ = account(tmp_path, energy=FULL + "E01,2023,heat,500,GJ,,E01,,,\nE01,2023,diesel,1,t,,E01,,,\n")
    assert found(found_.remarks, "K218") == [("energy.csv", 2, "supplier", "error")]
    assert found_.total(2023) == pytest.approx(3.0959, abs=5e-5)


# --------------------------------------------------------------------------- own factors

FACTORS = "carrier,kind,area,year,factor,unit,low,high,source\n"


@pytest.mark.parametrize(
    ("factor", "energy", "tonnes"),
    [
        ("raw_coal,,,,2.1,tCO2/t,,,lab", "raw_coal,10,t", 21),
        ("raw_coal,,,,2100,kgCO2/t,,,lab", "raw_coal,10,t", 21),
        ("natural_gas,,,,22,tCO2/1e4 Nm3,,,lab", "natural_gas,10,1e4 Nm3", 220),
        ("raw_coal,,,2022,5,tCO2/t,,,lab", "raw_coal,10,t", 19.003),
        ("electricity,location,,,0.4,kgCO2/kWh,,,grid", "electricity,10,MWh", 4),
        ("electricity,,East,2023,0.4,tCO2/MWh,,,grid", "electricity,10,MWh", 4),
        ("electricity,,North,2023,0.4,tCO2/MWh,,,grid", "electricity,10,MWh", 5.5),
        ("hydrogen,,,,0,tCO2/t,,,x", "hydrogen,10,t", 0),
        ("pet coke pellets,,,,3.3,tCO2/t,,,x", "Pet-coke Pellets,10,t", 33),
    ],
)
def test_own_factors_go_first(tmp_path: Path, factor: str, energy: str, tonnes: float) -> None:
    """Where carrier, kind, area, year and unit fit; one that never fits is told."""
    carrier, rest = energy.split(",", 1)
    found_ = account(
        tmp_path, factors=FACTORS + factor + "\n", energy=ENERGY + f"E01,2023,{carrier},{rest}\n"
    )
    assert found_.total(2023) == pytest.approx(tonnes, abs=5e-4)
    idle = tonnes in (19.003, 5.5)
    assert found(found_.remarks, "K219") == ([("factors.csv", 2, "carrier", "warning")] if idle else [])


def test_the_most_particular_factor_counts(tmp_path: Path) -> None:
    """That of the year before that of any year."""
    factors = "raw_coal,,,,2.0,tCO2/t,,,any\nraw_coal,,,2023,2.5,tCO2/t,,,this\n"
    found_ = account(
        tmp_path, factors=FACTORS + factors, energy=ENERGY + "E01,2023,raw_coal,1,t\nE01,2022,raw_coal,1,t\n"
    )
    assert (found_.total(2023), found_.total(2022)) == (2.5, 2.0)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("raw_coal,,,,2.1,t per t,,,lab", "unit"),
        ("raw_coal,,,,2.1,tCO2/parsec,,,lab", "unit"),
        ("raw_coal,,,,2.1,tCO2/t,3,4,lab", "factor"),
        ("raw_coal,,,,2.1,tCO2/t,1,2,lab", "factor"),
    ],
)
def test_own_factors_that_make_no_sense(tmp_path: Path, row: str, column: str) -> None:
    """They are left out by name, and the shipped ones are used."""
    found_ = account(tmp_path, factors=FACTORS + row + "\n", energy=ENERGY + "E01,2023,raw_coal,1,t\n")
    assert found(found_.remarks, "K211") == [("factors.csv", 2, column, "error")]
    assert found_.total(2023) == pytest.approx(1.9003, abs=5e-5)


# --------------------------------------------------------------------------- uncertainty


def test_doubts_add_in_squares_and_a_shared_factor_adds_up(tmp_path: Path) -> None:
    """Two bills of 10 % and one factor of 20 % for both: √((0.2·300)² + (0.1·100)² + (0.1·200)²)."""
    factors = FACTORS + "fuel,,,,1,tCO2/t,0.8,1.2,x\n"
    energy = FULL + "E01,2023,fuel,100,t,,,,,10 %\nE02,2023,fuel,200,t,,,,,10 %\n"
    spread = spread_of_total(account(tmp_path, factors=factors, energy=energy), 2023)
    half = (60**2 + 10**2 + 20**2) ** 0.5
    assert (spread.total, spread.low, spread.high) == pytest.approx((300, 300 - half, 300 + half))


def test_monte_carlo_agrees_with_propagation(tmp_path: Path) -> None:
    """Ends of the interval within three standard errors of a quantile of so many draws."""
    rows = "".join(
        f"E0{1 + k % 3},2023,{c},{a},{u},,,,,{d} %\n"
        for k, (c, a, u, d) in enumerate(
            [
                ("diesel", 300, "t", 5),
                ("gasoline", 200, "t", 8),
                ("natural_gas", 900, "t", 3),
                ("anthracite", 800, "t", 10),
                ("electricity", 900, "MWh", 4),
                ("diesel", 100, "t", 2),
            ]
        )
    )
    accounts = account(
        tmp_path, IPCC, energy=FULL + rows, emissions=EMISSIONS + "E03,2023,process,500,t,,6 %\n"
    )
    by_squares, drawn = (
        spread_of_total(accounts, 2023),
        monte_carlo_total(accounts, 2023, draws=20_000, seed=3),
    )
    half = by_squares.high - by_squares.total
    assert half > 50
    # The standard error of the 2.5 % quantile of n normal draws is 2.67 σ/√n.
    slack = 3 * 2.67 * half / 1.96 / 20_000**0.5 + 0.02 * half
    assert drawn.low == pytest.approx(by_squares.low, abs=slack)
    assert drawn.high == pytest.approx(by_squares.high, abs=slack)
    assert drawn.total == by_squares.total


def test_where_no_doubt_is_stated_the_interval_has_no_width(tmp_path: Path) -> None:
    """The Chinese set states none."""
    accounts = account(tmp_path, energy=ENERGY + "E01,2023,diesel,1,t\n")
    spread, drawn = spread_of_total(accounts, 2023), monte_carlo_total(accounts, 2023, draws=50)
    assert spread.low == spread.total == spread.high
    assert drawn.low == pytest.approx(spread.total) and drawn.high == pytest.approx(spread.total)


# --------------------------------------------------------------------------- what holds of all accounts

LINES = st.lists(
    st.tuples(
        st.sampled_from(["E01", "E02", "E03"]),
        st.integers(2021, 2023),
        st.sampled_from([("diesel", "t"), ("raw_coal", "kt"), ("electricity", "MWh"), ("heat", "GJ")]),
        st.integers(1, 10**6),
        st.sampled_from(["", "E01", "E02", "E03"]),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda r: (r[0], r[1], r[2][0], r[4]),
)


@settings(max_examples=30)
@given(LINES)
def test_accounts_add_up(rows: list[tuple[str, int, tuple[str, str], int, str]]) -> None:
    """The total is the sum over enterprises, over scopes and over the accounts of each enterprise alone."""
    rows = [r for r in rows if not (r[4] == r[0] and r[2][0] in ("electricity", "heat"))]
    texts = [f"{e},{y},{c[0]},{a},{c[1]},,{s},,," for e, y, c, a, s in rows]
    with TemporaryDirectory() as place:
        whole = account(Path(place) / "all", energy=FULL + "\n".join(texts))
        alone = {
            name: account(
                Path(place) / name,
                energy=FULL
                + "\n".join(
                    ",".join(["" if k == 6 else v for k, v in enumerate(t.split(","))])
                    for t in texts
                    if t.startswith(name)
                ),
            )
            for name in ("E01", "E02", "E03")
        }
    for year in whole.years:
        for basis in ("location", "market"):
            total = whole.total(year, basis)
            assert np.nansum(whole.by_enterprise(year, basis, internal=False)) == pytest.approx(total)
            scopes = sum(np.nansum(whole.by_enterprise(year, basis, scope=s, internal=False)) for s in (1, 2))
            assert scopes == pytest.approx(total)
            everything = sum(one.total(year, basis) for one in alone.values())
            inside = float(
                (whole.location if basis == "location" else whole.market)[
                    (whole.year == year) & whole.internal
                ].sum()
            )
            assert everything - inside == pytest.approx(total)
    assert len(list(whole.lines())) == len(rows)


# --------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("MWh", "energy", 3.6),
        ("mwh", "energy", 3.6),
        ("万吨", "mass", 1e4),
        ("1E4 nm3", "volume", 1e4),
        ("KG", "mass", 0.001),
        ("  kWh ", "energy", 0.0036),
        ("Mt", "mass", 1e6),
        ("mj", "energy", 0.001),
    ],
)
def test_units_in_the_ways_they_are_written(text: str, dimension: str, factor: float) -> None:
    """Capitals and blanks do not matter where they cannot change the meaning."""
    unit = unit_of(text)
    assert unit is not None and (unit.dimension, unit.factor) == (dimension, factor)


@pytest.mark.parametrize("text", ["mt", "MT", "gg", "pj", "ton", "tCO2", "MW", "", "t/a", "吨/年"])
def test_units_that_could_be_two_things_are_none(text: str) -> None:
    """A million apart in some hands: mt is no Mt; a power is no energy; a rate is no amount."""
    assert unit_of(text) is None


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("原煤", "raw_coal"),
        ("Natural  Gas", "natural_gas"),
        ("natural-gas", "natural_gas"),
        ("蒸汽", "heat"),
        ("电", "electricity"),
    ],
)
def test_carriers_in_both_languages(text: str, carrier: str) -> None:
    """Spaces, dashes and capitals do not matter."""
    assert carrier_named(text) == (carrier, None)


# --------------------------------------------------------------------------- who made what was supplied

RESOLD = "E01,2023,diesel,1,t,,,,,\nE02,2023,electricity,1000,MWh,,E01,,,\n"


def test_power_that_a_member_only_passes_on_is_not_lost(tmp_path: Path) -> None:
    """A tonne of diesel, 42.7 GJ, makes no 3,600 GJ of power: it came from the grid, and counts so."""
    found_ = account(tmp_path, energy=FULL + RESOLD)
    assert found_.total(2023) == pytest.approx(3.0959 + 550, abs=5e-4)
    assert found(found_.remarks, "K218") == [("energy.csv", 3, "supplier", "warning")]
    assert "42.7 GJ" in str(found_.remarks[0].what) and "3,600 GJ" in str(found_.remarks[0].what)


@pytest.mark.parametrize(
    ("made", "emissions"),
    [
        ("E01,2023,raw_coal,500,t,,,,,\n", ""),
        ("E01,2023,electricity,1000,MWh,generated,,,,\n", ""),
        ("", "E01,2023,verified,900,t,,\n"),
    ],
)
def test_power_that_a_member_can_have_made_counts_where_it_was_made(
    tmp_path: Path, made: str, emissions: str
) -> None:
    """From its coal, its panels, or what a verified total stands for."""
    found_ = account(tmp_path, energy=FULL + RESOLD + made, emissions=EMISSIONS + emissions)
    assert found(found_.remarks, "K218") == []
    assert found_.by_enterprise(2023)[1] == pytest.approx(550)
    assert found_.by_enterprise(2023, internal=False)[1] == 0


def test_sales_that_nobody_in_the_cluster_took_are_told(tmp_path: Path) -> None:
    """A buyer inside that does not name its supplier counts them twice, so a note says what was taken."""
    rows = "E01,2023,raw_coal,100,t,,,,,\nE01,2023,heat,500,GJ,sold,,,,\nE02,2023,heat,500,GJ,,,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found(found_.remarks, "K218") == [("energy.csv", 3, "use", "note")]
    assert found_.total(2023) == pytest.approx(190.03 + 55, abs=0.005)


def test_more_taken_than_sold_is_doubted(tmp_path: Path) -> None:
    """One of the two bills is wrong."""
    rows = "E01,2023,raw_coal,100,t,,,,,\nE01,2023,heat,500,GJ,sold,,,,\nE02,2023,heat,700,GJ,,E01,,,\n"
    found_ = account(tmp_path, energy=FULL + rows)
    assert found(found_.remarks, "K218") == [("energy.csv", 3, "amount", "warning")]
    assert "700 GJ" in str(found_.remarks[0].what)


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        *((name, "electricity") for name in ("外购电力", "绿电", "Strom", "elektrische Energie", "市电")),
        *((name, "heat") for name in ("外购蒸汽", "外购热力", "余热余压", "district heating")),
        *((name, "diesel") for name in ("heating oil", "Heizöl", "leichtes Heizöl")),
        *((name, "natural_gas") for name in ("管道天然气", "Erdgas", "piped natural gas")),
        *((name, "lpg") for name in ("Flüssiggas", "Autogas")),
        *((name, "wood") for name in ("Holz", "Hackschnitzel")),
        ("Flüssigerdgas", "lng"),
        ("Benzin", "gasoline"),
        ("Koks", "coke"),
        ("Rohöl", "crude_oil"),
        ("Anthrazit", "anthracite"),
        ("Fernwärme", "heat"),
        ("其他洗煤", "other_washed_coal"),
        ("洗中煤", "coal_middlings"),
        ("其他煤气", "other_coal_gas"),
    ],
)
def test_everyday_names_of_carriers(text: str, carrier: str) -> None:
    """Words of bills and forms name the carrier that they mean."""
    assert carrier_named(text) == (carrier, None)


@pytest.mark.parametrize(
    ("name", "tonnes"),
    [
        ("其他洗煤", 12.545 * 25.41 * 0.90 * 44 / 12),
        ("洗精煤", 26.344 * 25.40 * 0.93 * 44 / 12),
        ("型煤", 17.460 * 33.60 * 0.90 * 44 / 12),
    ],
)
def test_washed_coal_and_briquettes_by_the_chinese_defaults(tmp_path: Path, name: str, tonnes: float) -> None:
    """GJ/t × kg C/GJ × the oxidised part, as two public copies of the defaults have them."""
    books = carbon_accounts(park(tmp_path, energy=ENERGY + f"E01,2023,{name},1000,t\n"))
    assert books.total(2023) == pytest.approx(tonnes)
    assert not books.remarks


@pytest.mark.parametrize(
    ("report", "gas", "weight"),
    [
        ("SAR", "CH4", 21),
        ("TAR", "N2O", 296),
        ("AR5", "cC3F6", 9200),
        ("AR6", "HFE-365mcf3", 1.6),
        ("AR5", "HFE-263fb2", 1),
        ("AR6", "Halon-1202", 216),
    ],
)
def test_warming_potentials_of_old_reports_and_rare_gases(report: str, gas: str, weight: float) -> None:
    """Reports since the second, and gases that only one of them names."""
    assert gwp100(report)[plain_gas(gas)] == weight


# --------------------------------------------------------------------------- waste heat and green power


@pytest.mark.parametrize("name", ["余热余压", "余热", "waste heat", "Abwärme"])
@pytest.mark.parametrize(
    ("use", "supplier", "total", "severity", "bounds"),
    [
        ("", "", 1100, "warning", (0, 1100)),
        ("自用", "", 1100, "warning", (0, 1100)),  # used by itself: made or bought?
        ("自产", "", 0, "note", (0, 0)),
        ("", "园外", 1100, None, (1100, 1100)),
    ],
)
def test_waste_heat_counts_for_nothing_only_where_the_row_says_that_it_is_own(
    tmp_path: Path,
    name: str,
    use: str,
    supplier: str,
    total: float,
    severity: str | None,
    bounds: tuple[float, float],
) -> None:
    """Where it does not say it counts as bought, and the interval reaches down to what own heat gives."""
    alone = "id,name\nE01,First\n"
    read = park(tmp_path, enterprises=alone, energy=FULL + f"E01,2023,{name},10000,GJ,{use},{supplier},,,\n")
    books = carbon_accounts(read)
    assert books.total(2023) == pytest.approx(total)
    assert [r.severity for r in books.remarks if r.code == "K264"] == ([severity] if severity else [])
    estimate = completeness_of(read, books).total(2023)
    if severity == "warning":
        assert (estimate.low, estimate.high) == pytest.approx(bounds)
        assert [d.remark.code for d in completeness_of(read, books).doubts_of(2023)] == ["K264"]


@pytest.mark.parametrize("bought", [3000, 10000])
def test_waste_heat_beside_bought_heat_in_a_wide_row_is_in_doubt_alone(tmp_path: Path, bought: int) -> None:
    """The interval reaches down by the amount of the waste heat, not by that of the column before it."""
    wide = f"企业编号,年份,热力（GJ）,余热（GJ）\nE01,2023,{bought},10000\n"
    read = park(tmp_path, enterprises="id,name\nE01,First\n", energy=wide)
    estimate = completeness_of(read, carbon_accounts(read)).total(2023)
    assert (estimate.low, estimate.counted, estimate.high) == pytest.approx(
        (0.11 * bought, 0.11 * bought + 1100, 0.11 * bought + 1100)
    )


@pytest.mark.parametrize(
    ("market", "factor", "contract", "remarked"),
    [("", "", 609.6, True), ("电网", "", 609.6, True), ("绿证", "0", 0, False), ("绿证", "", 609.6, True)],
)
def test_green_power_without_a_contract_counts_as_the_grid_and_says_so(
    tmp_path: Path, market: str, factor: str, contract: float, remarked: bool
) -> None:
    """By location always: the grid's average holds it already (GHG Protocol Scope 2 Guidance, 2015)."""
    description = DESCRIPTION.replace("East", "Jiangsu")
    books = account(tmp_path, description, energy=FULL + f"E01,2023,绿电,1000,MWh,,,{market},{factor},\n")
    assert books.total(2023) == pytest.approx(582.7)
    assert books.total(2023, "market") == pytest.approx(contract)
    assert [r.severity for r in books.remarks if r.code == "K217"] == ["warning"] * remarked


def test_own_green_power_beside_coal_is_green_by_its_name(tmp_path: Path) -> None:
    """Electricity that coal may have made is in doubt (K223); 绿电 of the enterprise's own is not."""
    rows = "E01,2023,raw_coal,1000,t,,,,,\nE01,2023,{},100,MWh,自产,,,,\nE01,2023,电力,100,MWh,,,,,\n"
    for name, doubted in (("电力", True), ("绿电", False)):
        books = account(tmp_path / name, energy=FULL + rows.format(name))
        assert ("K223" in codes(books.remarks)) == doubted

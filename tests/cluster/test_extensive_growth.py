"""Decoupling and its drivers, efficiency frontiers, input-output analysis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix.errors import InputError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.data_envelopment import radial_efficiency, slacks_based_efficiency
from separatrix_cluster.diagnosis.decomposition import (
    decoupling,
    decoupling_series,
    drivers,
    export_account,
    leontief_inverse,
    upstreamness,
)
from separatrix_cluster.diagnosis.diagnosis import diagnose

# --------------------------------------------------------------------------- decoupling


@pytest.mark.parametrize("output", [0.1, 0.05, 0.3, 1.0])
@pytest.mark.parametrize(
    ("elasticity", "growing", "shrinking"),
    [
        (-1e-9, "strong decoupling", "strong negative decoupling"),
        (0.0, "weak decoupling", "weak negative decoupling"),
        (0.8 - 1e-9, "weak decoupling", "weak negative decoupling"),
        (0.8, "expansive coupling", "recessive coupling"),
        (1.2, "expansive coupling", "recessive coupling"),
        (1.2 + 1e-9, "expansive negative decoupling", "recessive decoupling"),
    ],
)
def test_the_bounds_of_tapio(output: float, elasticity: float, growing: str, shrinking: str) -> None:
    """0 belongs to weak decoupling, 0.8 and 1.2 to coupling, and rounding does not move them."""
    assert decoupling(elasticity * output, output)[1] == growing
    assert decoupling(-elasticity * output, -output)[1] == shrinking


@pytest.mark.parametrize("output", [0.0, 1e-4, -1e-4])
def test_without_growth_there_is_no_state(output: float) -> None:
    """Whatever the emissions did."""
    assert decoupling(0.3, output) == (None, None) and decoupling(-0.3, output) == (None, None)


def test_decoupling_from_nothing_is_not_told() -> None:
    """Zero, negative and unknown numbers break the series, and each step says why."""
    steps = decoupling_series([1, 2, 3, 4, 5], [0, 5, 5, np.nan, 6], [1, 1, -1, 2, 2])
    assert [s.state for s in steps] == [None] * 4
    told = [str(s.why) for s in steps]
    assert told[:2] == ["nothing relative to zero or a negative number"] * 2
    assert told[2:] == ["emissions or output of a year are not known"] * 2


def test_the_elasticity_is_split_by_the_drivers(tmp_path: Path) -> None:
    """Σ_k (ΔC_k/C₀)/(ΔG/G₀) is Tapio's elasticity of the same enterprises."""
    energy = "".join(
        f"E0{i},{y},{c},{100 * i + 7 * (y - 2020) * k},t\n"
        for i in (1, 2, 3)
        for y in (2020, 2021)
        for k, c in enumerate(("diesel", "lignite"), 1)
    )
    rows = "".join(f"E0{i},{y},{50 * i + 9 * i * (y - 2020)}\n" for i in (1, 2, 3) for y in (2020, 2021))
    read = park(tmp_path, energy=ENERGY + energy, accounts="enterprise,year,value_added\n" + rows)
    accounts = carbon_accounts(read)
    split = drivers(read, completeness_of(read, accounts))
    assert split is not None and len(split.enterprises) == 3
    parts = split.decomposition
    assert parts.factors[2:5] == ("energy intensity", "fuel mix", "emission factor")
    assert (parts.before, parts.after) == pytest.approx((accounts.total(2020), accounts.total(2021)))
    growth = 54 / 300
    (step,) = decoupling_series((2020, 2021), (parts.before, parts.after), (300.0, 354.0))
    assert (parts.additive / parts.before / growth).sum() == pytest.approx(step.elasticity)
    assert parts.additive[4] == pytest.approx(0, abs=1e-9)  # no factor changed


def test_fuels_of_unknown_energy_are_not_lost_from_the_drivers(tmp_path: Path) -> None:
    """With an own factor per tonne and no NCV the fuel mix cannot be told, and all of the carbon still is."""
    energy = ENERGY + "".join(
        f"E01,{y},{c},{a},t\n" for y, a in ((2020, 10), (2021, 12)) for c in ("pellets", "diesel")
    )
    read = park(
        tmp_path,
        energy=energy,
        factors="carrier,factor,unit\npellets,1.5,tCO2/t\n",
        accounts="enterprise,year,value_added\nE01,2020,5\nE01,2021,6\n",
    )
    accounts = carbon_accounts(read)
    split = drivers(read, completeness_of(read, accounts))
    assert split is not None and split.decomposition.factors == ("activity", "structure", "carbon intensity")
    assert split.decomposition.after == pytest.approx(accounts.total(2021))


def test_years_without_a_price_level_are_not_compared(tmp_path: Path) -> None:
    """They are named, and the others are."""
    rows = "".join(f"E01,{y},{a}\n" for y, a in ((2020, 5), (2021, 6), (2022, 8)))
    energy = "".join(f"E01,{y},diesel,{y - 2000},t\n" for y in (2020, 2021, 2022))
    read = park(
        tmp_path,
        DESCRIPTION + "deflators: {2020: 100, 2022: 110}\n",
        energy=ENERGY + energy,
        accounts="enterprise,year,value_added\n" + rows,
    )
    growth = diagnose(read).difficulties[1]
    assert any("2021" in str(m) for m in growth.missing)
    assert growth.details["series"].years == (2020, 2022)
    assert growth.details["series"].value_added == pytest.approx((50_000 * 1.1, 80_000))


# --------------------------------------------------------------------------- frontiers

GOODS = st.lists(st.floats(0.5, 50).map(lambda v: round(v, 2)), min_size=8, max_size=8)


@settings(max_examples=15)
@given(
    GOODS,
    GOODS,
    GOODS,
    GOODS,
    st.lists(st.sampled_from([1e-9, 1e-3, 1.0, 1e4, 1e12]), min_size=4, max_size=4),
)
def test_efficiency_does_not_depend_on_units(
    a: list[float], b: list[float], y: list[float], bad: list[float], units: list[float]
) -> None:
    """Joules or gigajoules, yuan or billions: the same efficiencies, between 0 and 1, and someone has 1."""
    x, ua, ub, uy, uc = np.c_[a, b], *units
    for returns in ("constant", "variable"):
        scores = slacks_based_efficiency(x, y, bad, returns=returns)
        other = slacks_based_efficiency(
            x * [ua, ub],
            np.array(y) * uy,
            np.array(bad) * uc,
            returns=returns,
        )
        np.testing.assert_allclose(scores, other, atol=1e-6)
        assert (scores > -1e-9).all() and (scores < 1 + 1e-7).all()
        assert scores.max() == pytest.approx(1, abs=1e-6)
        radial = radial_efficiency(x, y, returns=returns)
        np.testing.assert_allclose(
            radial,
            radial_efficiency(x * [ua, ub], np.array(y) * uy, returns=returns),
            atol=1e-6,
        )
        assert (radial <= 1 + 1e-7).all() and (radial > 0).all()
        # Slacks can only lower what the radial measure finds (Tone 2001, theorem 2).
        assert (slacks_based_efficiency(x, y, returns=returns) <= radial + 1e-6).all()


@pytest.mark.parametrize("x", [[[1.0], [np.nan]], [[1.0], [-1.0]], [[1.0]]])
def test_frontiers_need_known_goods(x: list[list[float]]) -> None:
    """Negative, unknown and unequally many are refused."""
    with pytest.raises(InputError) as refused:
        radial_efficiency(x, [[1.0], [1.0]])
    assert refused.value.code == "K303"


def test_the_slacks_based_measure_refuses_zeros() -> None:
    """It divides by every good."""
    with pytest.raises(InputError, match="zero"):
        slacks_based_efficiency([[1.0], [0.0]], [[1.0], [1.0]])


# --------------------------------------------------------------------------- input-output


def test_exports_carry_the_whole_chain() -> None:
    """With all exported but what the chain uses, emissions and value added are those of the country."""
    a, output = np.array([[0.15, 0.25], [0.2, 0.05]]), np.array([1000.0, 2000.0])
    final = output - a @ output
    rate = 1 - a.sum(axis=0)
    account = export_account(a, [0.3, 0.1], rate, final)
    assert account.emissions.sum() == pytest.approx(0.3 * 1000 + 0.1 * 2000)
    assert account.value_added_share == pytest.approx(1)
    assert account.carbon_per_value_added == pytest.approx(500 / final.sum())


@pytest.mark.parametrize("a", [[[1.0]], [[0.0, 2.0], [2.0, 0.0]], [[-0.1]], [[np.nan]], [[0.1, 0.2]]])
def test_tables_that_need_more_than_they_make(a: list[list[float]]) -> None:
    """They have no inverse that means anything."""
    with pytest.raises(InputError) as refused:
        leontief_inverse(a)
    assert refused.value.code == "K302"


def test_upstreamness_of_a_chain() -> None:
    """Three makers in a row, all of the output handed on: 3, 2 and 1 stages from the end."""
    chain = [[0, 1.0, 0], [0, 0, 1.0], [0, 0, 0]]
    np.testing.assert_allclose(upstreamness(chain, [1.0, 1.0, 1.0]), [3, 2, 1])


def test_whose_change_is_told(tmp_path: Path) -> None:
    """The decomposition is of those known in both years; where these are not all, a sentence says so."""
    energy = (
        ENERGY + "".join(f"E01,{y},diesel,{y - 2000},t\n" for y in (2022, 2023)) + "E02,2023,diesel,9,t\n"
    )
    accounts = "enterprise,year,value_added\n" + "".join(f"E01,{y},10\nE02,{y},10\n" for y in (2022, 2023))
    told = [
        str(e) for e in diagnose(park(tmp_path, energy=energy, accounts=accounts)).difficulties[1].evidence
    ]
    assert "enterprises whose change that is, for their data of both years suffice: 1 of 3" in told


def test_where_all_are_alike_nobody_is_best(tmp_path: Path) -> None:
    """No change to split, no frontier to be far from, no first of the composite."""
    names = [f"E{i:02d}" for i in range(14)]
    years = [(n, y) for n in names for y in (2022, 2023)]
    head = "enterprise,year,output,value_added,staff,rd_spend,rd_staff,patents,new_product_sales\n"
    cluster = park(
        tmp_path,
        enterprises="id\n" + "\n".join(names) + "\n",
        energy=ENERGY + "".join(f"{n},{y},diesel,10,t\n" for n, y in years),
        accounts=head + "".join(f"{n},{y},100,30,10,1,1,1,5\n" for n, y in years),
    )
    found = diagnose(cluster)
    assert "from 2022 to 2023 emissions did not change" in [str(e) for e in found.difficulties[1].evidence]
    assert [d.score for d in found.difficulties] == [None, None, None, None]
    assert not any("first of" in str(e) for e in found.difficulties[3].evidence)

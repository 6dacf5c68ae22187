"""The formulas of the cluster wing against published numbers, to the digits that are printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from separatrix_cluster.diagnosis.data_envelopment import (
    cost_efficiency,
    radial_efficiency,
    slacks_based_efficiency,
)
from separatrix_cluster.diagnosis.decomposition import decompose, decoupling, leontief_inverse
from separatrix_cluster.frame.concentration import (
    cluster_index,
    ellison_glaeser,
    location_quotient,
    spatial_gini,
)

EXAMPLES: dict[str, Any] = json.loads(
    Path(__file__).with_name("worked_examples.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("start", "end"), [("1971", "1972"), ("1972", "1973"), ("1973", "1974")])
def test_lmdi_of_two_categories_and_three_factors(start: str, end: str) -> None:
    """Additive and multiplicative parts are those of LMDIR's tests."""
    case = EXAMPLES["lmdi_lmdir"]
    parts = decompose(case["X"][start], case["X"][end])
    np.testing.assert_allclose(parts.additive, case["dV"][end], rtol=5e-10)
    assert parts.multiplicative is not None
    np.testing.assert_allclose(parts.multiplicative, case["D"][end], rtol=5e-10)
    assert (parts.before, parts.after) == (case["V"][start], case["V"][end])


def test_lmdi_of_chinese_buildings() -> None:
    """Six factors of one category give the parts recomputed from PyLMDI's inputs."""
    case = EXAMPLES["lmdi_pylmdi_china_2017_2018"]
    parts = decompose([case["x0"]], [case["xT"]])
    np.testing.assert_allclose(parts.additive, case["dV"], atol=5e-9)
    assert parts.additive.sum() == pytest.approx(32.62767391, abs=5e-8)


def test_location_quotient_of_farhauer_and_kroell() -> None:
    """The quotient printed in REAT's manual."""
    case = EXAMPLES["location_quotient"]
    assert location_quotient(case["e_ij"], case["e_j"], case["e_i"], case["e"]) == pytest.approx(
        case["LQ"], abs=5e-8
    )


def test_ellison_glaeser_of_three_towns() -> None:
    """G, H and gamma printed in REAT's manual."""
    case = EXAMPLES["ellison_glaeser"]
    found = ellison_glaeser(case["plant_emp"], case["region"], case["region_emp"])
    assert found == pytest.approx((case["G"], case["H"], case["gamma"]), abs=5e-9)


def test_cluster_index_of_litzenberger_and_sternberg() -> None:
    """The index printed in REAT's manual."""
    c = EXAMPLES["litzenberger_sternberg"]
    found = cluster_index(c["e_ij"], c["e_i"], c["a_j"], c["a"], c["p_j"], c["p"], c["b_ij"], c["b_i"])
    assert found == pytest.approx(c["CI"], abs=5e-6)


def test_gini_of_location_quotients() -> None:
    """The coefficient printed in REAT's manual."""
    case = EXAMPLES["gini_industry_concentration"]
    assert spatial_gini(case["e_ij"], case["e_j"]) == pytest.approx(case["G"], abs=5e-8)


def test_technical_allocative_and_cost_efficiency_of_coelli() -> None:
    """Five firms of Coelli, Rao and Battese (1998): TE, AE and CE to three digits."""
    case = EXAMPLES["dea_coelli1998"]
    inputs = np.c_[case["x1"], case["x2"]]
    technical = radial_efficiency(inputs, case["y"])
    cost = cost_efficiency(inputs, case["y"], case["w"])
    assert technical.round(3).tolist() == case["TE"]
    assert cost.round(3).tolist() == case["CE"]
    assert (cost / technical).round(3).tolist() == case["AE"]


def test_slacks_based_and_radial_efficiency_of_tone() -> None:
    """Five firms of Tone (2001), p. 505: SBM and CCR to four digits."""
    case = EXAMPLES["dea_tone2001_sbm"]
    np.testing.assert_allclose(slacks_based_efficiency(case["x"], case["y"]), case["sbm_crs"], atol=5e-5)
    np.testing.assert_allclose(radial_efficiency(case["x"], case["y"]), case["ccr"], atol=5e-5)


def test_output_efficiency_of_ali_and_seiford() -> None:
    """Eleven units of Ali and Seiford (1993), variable returns, output oriented, to four digits."""
    case = EXAMPLES["dea_ali_seiford1993"]
    found = radial_efficiency(
        np.c_[case["x1"], case["x2"]], case["y"], returns="variable", orientation="output"
    )
    np.testing.assert_allclose(found, case["phi_vrs_out"], atol=5.1e-5)


def test_leontief_inverse_of_miller_and_blair() -> None:
    """The two-sector table of Miller and Blair (2009), chapter 2."""
    case = EXAMPLES["leontief_miller_blair"]
    inverse = leontief_inverse(case["A"])
    np.testing.assert_allclose(inverse, case["L"], atol=5e-8)
    np.testing.assert_allclose(inverse @ case["y_new"], case["x_new"], atol=5e-6)


@pytest.mark.parametrize("row", EXAMPLES["tapio_rows"], ids=lambda r: r["state"])
def test_the_eight_states_of_tapio(row: dict[str, Any]) -> None:
    """Each state at a pair of changes inside it."""
    elasticity, state = decoupling(row["dC"], row["dG"])
    assert elasticity == pytest.approx(row["e"])
    assert state == row["state"]

"""Basins in closed form at many points: as exact as is told, also where payoffs and speeds cancel."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.sweeps.blocks import basin_formulas

TWO = {"populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}]}
COORDINATION = [[["2", "1"], [0, 0]], [[0, 0], [1, "2"]]]
SMALL = "v^2 - 2*v + 10000001/10000000"


@pytest.mark.parametrize(
    ("document", "values", "known"),
    [
        (TWO | {"bimatrix": COORDINATION, "speeds": {"A": "v", "B": 1}}, ["1/3", "7/5"], True),
        (TWO | {"bimatrix": COORDINATION, "speeds": {"A": SMALL, "B": "1/10000000"}}, ["1.00003"], False),
        (TWO | {"bimatrix": [[["v^2 - 2*v + 2", "1"], [0, 0]], [[0, 0], [1, "2"]]]}, ["1.03", "1.123"], True),
        ({"payoff_matrix": [["v^2 - 2*v + 101/100", 0], [0, "1/50"]]}, ["1.123", "1.1", "1.07"], True),
    ],
)
def test_shares_are_as_exact_as_is_told(document: dict[str, Any], values: list[str], known: bool) -> None:
    """Beside exact arithmetic at each point; what rounding spoils is left to the analysis of each."""
    game = separatrix.load({"title": "rounding", "parameters": {"v": 2}} | document)
    formulas = basin_formulas(game, {}, ["v"])
    assert formulas is not None
    told = formulas({"v": np.array([float(Fraction(value)) for value in values])})
    for value, found in zip(values, told, strict=True):
        assert (found is not None) == known
        if found is not None:
            exact = separatrix.basins(game, {"v": value})
            shares, error = found
            off = np.abs(np.array(sorted(shares.values())) - sorted(exact.fractions.values())).max()
            assert off <= error + exact.error
            assert error < 1e-9

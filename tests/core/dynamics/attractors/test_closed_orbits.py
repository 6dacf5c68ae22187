"""Theorems that leave no room for an attracting closed orbit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from separatrix.analysis.payoff_functions import field_of
from separatrix.dynamics.attractors.heteroclinic_cycles import no_attracting_orbit

ENTRY = st.integers(-6, 6)
PLAYERS = [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xy"]


def theorem(data: dict[str, Any]) -> str | None:
    """Return the name of the theorem that excludes attracting closed orbits of a game, or None."""
    found = no_attracting_orbit(field_of(separatrix.load({"title": "t"} | data), {}))
    return None if found is None else found.theorem


def circulant(*row: Any) -> list[list[Any]]:
    """Return the matrix whose rows are the first one, each turned once more."""
    return [[row[(j - i) % len(row)] for j in range(len(row))] for i in range(len(row))]


def test_each_theorem_is_found_where_it_holds() -> None:
    """Three strategies, payoffs by others alone, an entropy, and a density are arguments of their own."""
    assert theorem({"payoff_matrix": circulant(0, "-1.01", 1)}) == "zeeman"
    bimatrix = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    assert theorem({"populations": PLAYERS, "bimatrix": bimatrix}) == "volume"
    assert theorem({"payoff_matrix": circulant(0, "-1.005", "-1.005", 1, 1)}) == "entropy"
    assert theorem({"payoff_matrix": circulant(0, "-1.005", 0, 0, 1)}) == "density"
    gains = {"x": "y-1/2+(x-1/2)^3+x/100", "y": "1/2-x"}
    assert theorem({"populations": PLAYERS, "advantages": gains}) == "density"
    loses = {"x": "y-1/2-x/100-x^3", "y": "1/2-x"}
    assert theorem({"populations": PLAYERS, "advantages": loses}) == "density"


def test_games_with_an_attracting_cycle_have_no_such_theorem() -> None:
    """The hypercycle of five or six, and a share that gains by itself only while it is rare, have one."""
    for n in (5, 6):
        assert theorem({"payoff_matrix": circulant(*([0] * (n - 1)), 1)}) is None
    turns = {"x": "(y-1/2)+(x-1/2)*(1/10-4*(x-1/2)^2)", "y": "1/2-x"}
    assert theorem({"populations": PLAYERS, "advantages": turns}) is None


@given(st.lists(ENTRY, min_size=16, max_size=16), st.integers(0, 10**6))
@settings(max_examples=60)
def test_where_a_density_is_found_volumes_grow_by_differences_too(entries: list[int], seed: int) -> None:
    """The divergence in logarithms of the shares, by finite differences, is that of the forms."""
    from flint import fmpq, fmpq_mat

    from separatrix.analysis.payoff_functions import AffineGame
    from separatrix.dynamics.attractors.heteroclinic_cycles import _divergence, _growth

    matrix = np.array(entries, dtype=float).reshape(4, 4)
    game = AffineGame((4,), (fmpq(1),), fmpq_mat(np.reshape(entries, (4, 4)).tolist()))
    x = np.random.default_rng(seed).dirichlet(np.ones(4))

    def rate(u: Any) -> Any:
        e = np.exp(np.append(u, 0.0))
        earned = matrix @ (e / e.sum())
        return earned[:3] - earned[3]

    u, h = np.log(x[:3] / x[3]), 1e-5
    steps = h * np.eye(3)
    seen = sum((rate(u + s)[k] - rate(u - s)[k]) / (2 * h) for k, s in enumerate(steps))

    def value(form: Any) -> float:
        entries = np.array([[int(v.p) / int(v.q) for v in row] for row in form.tolist()])
        return float(x @ entries @ x) / 2

    assert seen == pytest.approx(value(_divergence(game, 0)), abs=1e-6)
    grown = matrix @ x - x @ matrix @ x
    assert [value(_growth(game, a)) for a in range(4)] == pytest.approx(grown.tolist(), abs=1e-9)

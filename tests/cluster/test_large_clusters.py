"""What is done otherwise where a cluster is large gives what the plain way gives."""

from __future__ import annotations

from pathlib import Path

import networkx
import numpy as np
import pytest
from scipy.optimize import linprog

from cluster.folders import park
from separatrix_cluster.diagnosis import data_envelopment
from separatrix_cluster.diagnosis.data_envelopment import slacks_based_efficiency
from separatrix_cluster.diagnosis.innovation import rank_interval
from separatrix_cluster.frame import frame as networks
from separatrix_cluster.frame.frame import network
from separatrix_cluster.tables.panel import by_enterprise


def measure(x: np.ndarray, y: np.ndarray, b: np.ndarray, k: int, variable: bool) -> float:
    """Return Tone's measure of one unit with every unit as a column, as the papers write the programme."""
    n, m, s, r = len(x), x.shape[1], y.shape[1], b.shape[1]
    rows = [
        np.hstack([-x[k][:, None], np.eye(m), np.zeros((m, s + r)), x.T]),
        np.hstack([-y[k][:, None], np.zeros((s, m)), -np.eye(s), np.zeros((s, r)), y.T]),
        np.hstack([-b[k][:, None], np.zeros((r, m + s)), np.eye(r), b.T]),
        np.r_[1, np.zeros(m), 1 / ((s + r) * y[k]), 1 / ((s + r) * b[k]), np.zeros(n)][None, :],
    ]
    if variable:
        rows.append(np.r_[-1.0, np.zeros(m + s + r), np.ones(n)][None, :])
    right = np.zeros(sum(map(len, rows)))
    right[m + s + r] = 1.0
    cost = np.r_[1, -1 / (m * x[k]), np.zeros(s + r + n)]
    return float(linprog(cost, A_eq=np.vstack(rows), b_eq=right).fun)


def draw(rng: np.random.Generator, n: int, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs, outputs and carbon of enterprises of very different sizes."""
    size = np.exp(rng.normal(0, 1, n))[:, None]
    goods = (size * np.exp(rng.normal(0, spread, (n, k))) for k in (2, 1, 1))
    x, y, b = (table / table.max(axis=0) for table in goods)
    return x, y, b


@pytest.mark.parametrize("returns", ["variable", "constant"])
def test_columns_of_efficient_units_alone_change_no_score(
    returns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many units with hundreds that no other matches, of few with a small sample, and of equal units."""
    rng = np.random.default_rng(3)
    x, y, b = draw(rng, 450, 0.2)
    found = slacks_based_efficiency(x, y, b, returns=returns)  # type: ignore[arg-type]
    for k in rng.choice(450, 6, replace=False).tolist():
        assert found[k] == pytest.approx(measure(x, y, b, k, returns == "variable"), abs=1e-7)
    monkeypatch.setattr(data_envelopment, "_SAMPLE", 4)
    for case in range(4):
        x, y, b = draw(rng, 25, 0.4)
        if case % 2:
            x, y, b = (np.ceil(3 * table / table.max(axis=0)) for table in (x, y, b))
        found = slacks_based_efficiency(x, y, b, returns=returns)  # type: ignore[arg-type]
        whole = [measure(x, y, b, k, returns == "variable") for k in range(25)]
        assert found == pytest.approx(whole, abs=1e-7)


def radius(arcs: list[tuple[int, int]], n: int) -> float:
    """Return the spectral radius that this program finds."""
    names = [str(k) for k in range(n)]
    return network(names, [str(a) for a, _ in arcs], [str(b) for _, b in arcs]).spectral_radius


def test_spectral_radius_of_large_networks_is_that_of_all_eigenvalues() -> None:
    """Random ones, a ring whose eigenvalues have one modulus, two rings of other lengths, two sides."""
    rng = np.random.default_rng(5)
    ring = [(k, (k + 1) % 400) for k in range(400)]
    chance = list({(int(a), int(b)) for a, b in rng.integers(0, 400, (3000, 2)) if a != b})
    sides = [(int(a), 200 + int(b)) for a, b in rng.integers(0, 200, (900, 2))]
    cases = [ring, [*ring, (100, 0)], [*ring, *chance], [*ring, *sides, *((b, a) for a, b in sides)]]
    for arcs in cases:
        matrix = networkx.to_numpy_array(networkx.DiGraph(arcs), nodelist=range(400))
        assert radius(arcs, 400) == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), rel=1e-9)


def test_where_the_power_method_is_slow_another_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring of a thousand with one chord: the least and the greatest quotient come together slowly."""
    arcs = [*((k, (k + 1) % 1000) for k in range(1000)), (500, 0)]
    # Its characteristic polynomial is z¹⁰⁰⁰ − z⁴⁹⁹ − 1.
    low, high = 1.0, 1.1
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if middle**1000 - middle**499 > 1 else (middle, high)
    taken = []
    slow = networks._noda
    monkeypatch.setattr(networks, "_noda", lambda *given: taken.append(1) or slow(*given))
    assert radius(arcs, 1000) == pytest.approx(low, rel=1e-9)
    assert taken


def test_ranks_are_those_of_all_draws_at_once() -> None:
    """In portions of a hundred draws, and ordered draw by draw in one array."""
    rng = np.random.default_rng(1)
    table = rng.random((7, 3))
    table[2, 1] = np.nan
    found = rank_interval(table, np.ones(3), draws=250)
    weights = np.random.default_rng(np.random.SeedSequence(0)).dirichlet(np.ones(3), size=250)
    known = ~np.isnan(table)
    scores = weights @ np.where(known, table, 0.0).T / (weights @ known.T)
    ranks = 1 + (scores[:, :, None] < scores[:, None, :]).sum(axis=2)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    assert found.low.tolist() == low.tolist() and found.high.tolist() == high.tolist()


def test_the_latest_row_of_an_enterprise_counts(tmp_path: Path) -> None:
    """By year, or whatever the year, and a row without a number is none."""
    accounts = "enterprise,year,output\nE01,2024,5\nE02,2023,7\nE01,2022,3\nE02,2024,\nE01,2023,4\n"
    cluster = park(tmp_path, "name: P\ncurrency: CNY\n", accounts=accounts)
    assert by_enterprise(cluster, "accounts", "output")[:2].tolist() == [5.0, 7.0]
    assert by_enterprise(cluster, "accounts", "output", 2022)[0] == 3.0
    assert np.isnan(by_enterprise(cluster, "accounts", "output", 2024)[1:]).all()

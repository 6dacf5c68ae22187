"""When an idea reaches enterprises: against all draws of the live links, and against Bass's equations."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from core.oracles.live_edges import reach
from separatrix.errors import SeparatrixError
from separatrix.population import awareness as module
from separatrix.population.awareness import awareness
from separatrix.population.diffusion_models import bass_density, bass_peak, bass_share
from separatrix.population.networks.link_graph import link_graph

RUNS = 20_000


def complete(size: int) -> np.ndarray:
    """Return all links between as many nodes."""
    return np.array([(i, j) for i in range(size) for j in range(size) if i != j])


@pytest.mark.parametrize(
    ("model", "kind"), [("independent-cascade", "cascade"), ("given-threshold", "threshold")]
)
def test_runs_reach_what_all_draws_of_the_links_say(model: str, kind: str) -> None:
    """Unequal weights on five nodes, two of them aware: the mean of the runs is that of the enumeration."""
    links = {(0, 1): 3, (1, 2): 5, (0, 2): 4, (2, 3): 6, (3, 1): 2, (4, 3): 3, (3, 4): 7, (2, 0): 8}
    exact = {pair: Fraction(weight, 10) for pair, weight in links.items()}
    graph = link_graph(5, np.array(list(links)), [w / 10 for w in links.values()])
    found = awareness(graph, ["1", "5"], model, runs=RUNS, seed=2)
    mean, error = found.mean_reached()
    assert abs(mean - float(reach(5, exact, kind, [0, 4]))) <= 5 * error
    assert (found.times[:, [0, 4]] == 0).all() and set(np.unique(found.times)) <= {0, 1, 2, 3, 4, inf}


def test_rounds_are_those_of_the_shortest_way_where_every_link_passes_the_idea_on() -> None:
    """Sure links: the round is the number of links from the nearest who knows; nobody else hears of it."""
    graph = link_graph(5, [("1", "2"), ("2", "3"), ("1", "3"), ("3", "4")])
    assert awareness(graph, ["1"], "independent-cascade", runs=1).times.tolist() == [[0, 1, 1, 2, inf]]


def test_bass_on_a_complete_graph_is_the_birth_process_of_its_rates() -> None:
    """Five who all see each other: how many know at time 1 follows the exponential of the rates."""
    size, p, q = 5, 0.3, 2.0
    rates = np.zeros((size + 1, size + 1))
    for k in range(size):
        rates[k, k + 1] = (size - k) * (p + q * k / (size - 1))
        rates[k, k] = -rates[k, k + 1]
    expected = expm(rates)[0]
    graph = link_graph(size, complete(size))
    times = awareness(graph, [], "bass", runs=RUNS, innovation=p, imitation=q).times
    counts = np.bincount((times <= 1.0).sum(1), minlength=size + 1) / RUNS
    assert (abs(counts - expected) <= 5 * np.sqrt(expected * (1 - expected) / RUNS)).all()


def test_bass_without_innovation_needs_somebody_who_knows() -> None:
    """p = 0: nobody ever hears of it; with one who knows, all whom links lead to, and nobody else."""
    graph = link_graph(4, [("1", "2"), ("2", "3")])
    assert np.isinf(awareness(graph, [], "bass", runs=2, imitation=1.0).times).all()
    times = awareness(graph, ["1"], "bass", runs=50, imitation=1.0).times
    assert np.isfinite(times[:, :3]).all() and np.isinf(times[:, 3]).all()
    assert (times[:, 0] == 0).all() and (times[:, 1] < times[:, 2]).all()


def test_the_aggregate_solves_its_equation_and_keeps_its_limits() -> None:
    """By another solver; q = 0 is exponential, p = 0 never begins, and the peak is a maximum."""
    p, q = 0.006594, 0.63809
    t = np.linspace(0, 15, 7)
    other = solve_ivp(lambda _, f: (p + q * f) * (1 - f), (0, 15), [0.0], t_eval=t, rtol=1e-11, atol=1e-13)
    assert np.allclose(bass_share(t, p, q), other.y[0], rtol=0, atol=1e-9)
    assert np.allclose(bass_share(t, 0.2, 0), 1 - np.exp(-0.2 * t)) and not bass_share(t, 0, 1).any()
    assert bass_share(1e6, 1e-3, 50) == 1.0
    peak = bass_peak(p, q)
    assert bass_density(peak, p, q) > max(bass_density([peak - 0.01, peak + 0.01], p, q))
    assert bass_peak(0.5, 0.5) == 0.0 and bass_peak(0, 1) == inf


def test_runs_do_not_depend_on_cores_or_on_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run k is the same bit for bit with one core and with three, among five runs and among fifty."""
    graph = link_graph(6, complete(6))
    monkeypatch.setattr(module, "cores", lambda: 1)
    few = awareness(graph, ["2"], runs=5, seed=9).times
    monkeypatch.setattr(module, "cores", lambda: 3)
    many = awareness(graph, ["2"], runs=50, seed=9).times
    assert np.array_equal(few, many[:5]) and len(np.unique(many, axis=0)) > 10


def test_curves_count_those_who_know() -> None:
    """At each time the mean lies between the lower and the upper curve, and all three rise to the end."""
    graph = link_graph(6, complete(6))
    found = awareness(graph, ["1"], "linear-threshold", runs=500)
    mean, low, high = found.curve([0, 1, 2, 10])
    assert mean[0] == low[0] == high[0] == 1.0
    assert mean[-1] == pytest.approx(found.mean_reached()[0]) == found.chance.sum()
    assert (low <= mean).all() and (mean <= high).all() and (np.diff(mean) >= 0).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aware": ["7"]}, "N404"),
        ({"model": "sir"}, "N401"),
        ({"runs": 0}, "N405 0 runs"),
        ({"runs": 10**9}, "N405 1,000,000,000 runs of 3 enterprises"),
        ({"model": "bass", "innovation": -1.0}, "N405 a coefficient of innovation p of -1"),
        ({"probability": 2.0, "model": "independent-cascade"}, "N402 a probability of 2"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    """Names, models, runs and coefficients that cannot be are told with what was expected."""
    graph = link_graph(3, complete(3))
    with pytest.raises(SeparatrixError, match=message):
        awareness(graph, **({"aware": ["1"]} | changes))  # type: ignore[arg-type]  # options of several types

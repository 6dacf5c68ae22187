"""Ensembles against theory and published numbers, and whoever works them out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.errors import SeparatrixError
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.networks.network import NetworkEnsemble, network

SIZE = 10


def complete(n: int) -> LinkGraph:
    """Return the graph in which everyone sees everyone else."""
    return link_graph(n, [(str(i), str(j)) for i in range(1, n + 1) for j in range(1, i)], undirected=True)


def star(n: int) -> LinkGraph:
    """Return a hub with n - 1 leaves."""
    return link_graph(n, [("1", str(k)) for k in range(2, n + 1)], undirected=True)


def from_one_mutant(rows: Any, graph: LinkGraph, **told: Any) -> NetworkEnsemble:
    """Return runs in which one enterprise, drawn anew for each, begins with the first strategy."""
    game = separatrix.load({"title": "g", "payoff_matrix": rows})
    usual: dict[str, Any] = {"replicas": 4_000, "until": 400, "points": 400, "workers": 1, "seed": 7}
    return network(game, graph, earning="averaged", start=[1 / graph.size], **{**usual, **told})


def fixed(found: NetworkEnsemble) -> tuple[float, float]:
    """Return the share of runs that end with the first strategy alone, and its standard error."""
    last = found.shares()[:, -1]
    assert set(np.unique(last).tolist()) <= {0.0, 1.0}
    share = float((last == 1.0).mean())
    return share, math.sqrt(share * (1 - share) / found.replicas)


def test_a_star_fixes_as_the_exact_chain_says() -> None:
    """Birth-death on a star of ten, fitness 1.1 against 1: 0.18186 (Lieberman et al. 2005)."""
    found = from_one_mutant([[1, 1], [0, 0]], star(SIZE), rule="birth-death", beta=math.log(1.1))
    share, error = fixed(found)
    assert abs(share - 0.18186291586) < 4.5 * error


@pytest.mark.parametrize(("rule", "process"), [("fermi", "fermi"), ("death-birth", "death-birth")])
def test_a_complete_graph_is_the_finite_population(rule: str, process: str) -> None:
    """With averaged payoffs a complete graph is the well-mixed population, whose chain is solved exactly."""
    rows = [[4, 0], [3, 2]]
    game = separatrix.load({"title": "g", "payoff_matrix": rows})
    exact = separatrix.fixation_probability(
        game, "yes", "no", population_size=SIZE, beta=0.2, process=process
    )
    share, error = fixed(from_one_mutant(rows, complete(SIZE), rule=rule, beta=0.2))
    assert abs(share - exact) < 4.5 * error


def test_drift_takes_as_long_as_it_should() -> None:
    """From one mutant, neutral Fermi imitation among ten ends after 2 (N - 1) H(N - 1) = 50.92 revisions."""
    found = from_one_mutant([[1, 1], [1, 1]], complete(SIZE), until=100, points=1000)
    over = (found.shares() == 0.0) | (found.shares() == 1.0)
    ended = found.adoptions.marks[over.argmax(axis=1)]
    assert over[:, -1].mean() > 0.999
    error = ended.std() / math.sqrt(found.replicas)
    assert abs(ended.mean() - 50.921428571) < 4.5 * error


def test_the_mean_of_many_follows_the_replicator_of_fermi_imitation() -> None:
    """Where all meet, shares go as x' = x (1 - x) tanh(beta gain / 2); a unit of time is N revisions."""
    graph, rows = complete(300), [[2, 2], [1, 1]]
    game = separatrix.load({"title": "g", "payoff_matrix": rows})
    told: dict[str, Any] = {"until": 6, "points": 6, "replicas": 60, "seed": 1}
    found = network(game, graph, beta=0.8, earning="averaged", start=[0.2], **told)
    expected = 1 / (1 + 4 * np.exp(-math.tanh(0.8 / 2) * found.times))
    spread = found.shares().std(axis=0) / math.sqrt(found.replicas)
    assert (np.abs(found.shares().mean(axis=0) - expected) < 4.5 * spread + 0.01).all()


@pytest.mark.soak
@pytest.mark.parametrize("scheduler", ["processes", "local"])
def test_other_processes_give_the_same(scheduler: str) -> None:
    """Processes and a Dask cluster give what threads give, bit for bit."""
    game = separatrix.load({"title": "g", "payoff_matrix": [[4, 0], [3, 2]]})
    told: dict[str, Any] = {
        "start": [0.4],
        "until": 20,
        "replicas": 40,
        "awareness": "bass",
        "bass": (0.1, 0.2),
    }
    here = network(game, star(30), **told).adoptions
    there = network(game, star(30), workers=2, scheduler=scheduler, **told).adoptions
    for name in here.__dataclass_fields__:
        assert np.array_equal(getattr(here, name), getattr(there, name)), name


def test_progress_is_told_and_a_run_can_be_stopped() -> None:
    """All revisions are counted as they pass, and what `advance` raises ends the run."""
    seen: list[tuple[int, int]] = []
    told: dict[str, Any] = {"start": [0.4], "until": 5, "replicas": 9, "workers": 2}
    network("shi-chen-2018", star(30), advance=lambda *at: seen.append(at), **{**told, "start": [0.4, 0.4]})
    assert seen[-1] == (5 * 30 * 9, 5 * 30 * 9) and seen == sorted(seen)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        network("shi-chen-2018", star(30), advance=stop, **{**told, "start": [0.4, 0.4]})
    with pytest.raises(SeparatrixError, match="D675"):
        network("shi-chen-2018", star(30), **{**told, "start": [0.4, 0.4], "workers": 0})

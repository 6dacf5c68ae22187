"""Whom to win first for a strategy: orders against plain computations, and the game's own dynamics."""

from __future__ import annotations

from itertools import product
from typing import Any

import networkx as nx
import numpy as np
import pytest

from separatrix.errors import SeparatrixError
from separatrix.game.instrument_sets import game_of_matrices
from separatrix.population.networks.enterprises import enterprises
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.networks.model import network_model
from separatrix.population.seed_heuristics import betweenness, flip_order
from separatrix.population.seeding import ORDERS, advantages, targeted_seeds, won

STAG = game_of_matrices([[4.0, 0.0], [3.0, 2.0]], strategies=["lead", "stay"])


def random_links(size: int, count: int, seed: int) -> LinkGraph:
    """Return links between different nodes, with weights."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(size) for j in range(size) if i != j]
    chosen = [pairs[k] for k in rng.permutation(len(pairs))[:count]]
    return link_graph(size, np.array(chosen), rng.integers(1, 5, count).astype(float))


def two_hubs() -> LinkGraph:
    """Return two stars of six leaves whose hubs see each other."""
    pairs = [("H", f"h{k}") for k in range(6)] + [("G", f"g{k}") for k in range(6)] + [("H", "G")]
    return link_graph(["H", "G", *(f"{s}{k}" for s in "hg" for k in range(6))], pairs, undirected=True)


def test_betweenness_counts_shortest_ways() -> None:
    """Random directed graphs: as networkx has it."""
    for seed in range(3):
        graph = random_links(12, 30, seed)
        peer = nx.DiGraph(list(zip(graph.source.tolist(), graph.target.tolist(), strict=True)))
        peer.add_nodes_from(range(12))
        expected = nx.betweenness_centrality(peer, normalized=False)
        found = betweenness(*graph.targets_of[:2])
        assert found == pytest.approx([expected[node] for node in range(12)])


@pytest.mark.parametrize("earning", ["accumulated", "averaged"])
def test_advantages_are_the_mean_over_all_beginnings(earning: Any) -> None:
    """Three who are given, three who lead with chance 1/3 each: as the sum over all eight beginnings."""
    graph = random_links(6, 14, 4)
    members = enterprises(6, {"strategy": ["lead", "stay", "stay", "", "", ""]})
    model = network_model(STAG, graph, members, earning=earning, start=[1 / 3])
    found = advantages(model)
    dense = graph.matrix().toarray()
    if earning == "averaged":
        sums = dense.sum(1, keepdims=True)
        dense = np.divide(dense, sums, out=np.zeros_like(dense), where=sums > 0)
    pay = np.array([[4.0, 0.0], [3.0, 2.0]])
    expected = np.zeros(6)
    for rest in product((0, 1), repeat=3):
        kinds = np.array([0, 1, 1, *rest])
        chance = np.prod([1 / 3 if kind == 0 else 2 / 3 for kind in rest])
        expected += chance * (dense @ (pay[0, kinds] - pay[1, kinds]))
    assert found.advantage == pytest.approx(expected)
    # One partner more who leads: 4 - 3 in place of 0 - 2.
    assert found.gain[:, 1].tolist() == [3.0] * 6 and found.gain[:, 0].tolist() == [0.0] * 6


def test_flips_follow_until_nobody_gains() -> None:
    """The first choice has the largest ratio of followers to incentive, by best response until it rests."""
    for seed in range(5):
        graph = random_links(9, 22, seed)
        model = network_model(STAG, graph, start=[0], earning="averaged")
        found = advantages(model)
        rng = np.random.default_rng(seed)
        advantage = found.advantage + rng.normal(0, 0.5, 9)
        rows = graph.targets_of
        order = flip_order(
            rows.indptr, rows.indices, found.weights, advantage, found.gain, found.state, np.ones(9, bool), 1
        )
        dense = np.zeros((9, 9))
        for node in range(9):
            own = slice(rows.indptr[node], rows.indptr[node + 1])
            dense[rows.indices[own], node] = found.weights[own]

        def rest(first: set[int], dense: Any = dense, advantage: Any = advantage) -> set[int]:
            leading = set(first)
            while True:
                gained = advantage + 3 * dense[:, sorted(leading)].sum(1)
                more = {i for i in range(9) if i not in leading and gained[i] > 0}
                if not more:
                    return leading
                leading |= more

        of_themselves = rest({i for i in range(9) if advantage[i] > 0})
        now = advantage + 3 * dense[:, sorted(of_themselves)].sum(1)
        others = [i for i in range(9) if i not in of_themselves]
        if not others:
            continue
        ratios = {i: (len(rest(of_themselves | {i})) - len(of_themselves)) / -now[i] for i in others}
        assert ratios[int(order[0])] == pytest.approx(max(ratios.values()))


def test_hubs_are_won_first_where_leaves_look_at_them() -> None:
    """Best response on two stars: the hubs make all lead, two leaves nobody; without seeds nobody leads."""
    found = targeted_seeds(STAG, two_hubs(), count=2, rule="best-response", start=[0], replicas=4, until=20)
    assert set(found.names) == {"H", "G"} and found.share.mean == 1.0 and found.without.mean == 0.0
    assert found.difference.low == 1.0 and "no guarantee" in found.how_sure
    tried = {t.order.name: t for t in found.tried}
    assert set(tried) == set(ORDERS) and tried["periphery"].share.mean == pytest.approx(2 / 14)
    assert all(t.behind.mean >= 0 for t in found.tried) and found.incentives == (14.0, 14.0)


def test_seeds_never_change_and_the_others_begin_as_they_would() -> None:
    """Who is won begins with the strategy; the shares of the others stay, and leaders are not won again."""
    members = enterprises(10, {"leader": ["yes"] + [""] * 9})
    model = network_model(STAG, link_graph(10, [("1", str(k)) for k in range(2, 11)]), members, start=[1 / 3])
    changed = won(model, np.array([1, 2, 3]))
    assert changed.given[1:4].tolist() == [0, 0, 0] and (changed.codes[1:4] == -1).all()
    ((where, counts),) = changed.quotas
    # A third of ten is three, one of them the leader: two of the nine others, so one of the six left.
    assert where.tolist() == [4, 5, 6, 7, 8, 9] and counts == (1, 5)
    with pytest.raises(SeparatrixError, match="N403 10 seeds; 9 enterprises can be won"):
        targeted_seeds(STAG, model.imitation, members, count=10, start=[0])


def test_who_is_won_knows_and_nobody_adopts_what_is_not_heard() -> None:
    """With awareness seeds spread the idea too; where links pass nothing on, they stay alone."""
    links = two_hubs()
    kwargs: dict[str, Any] = {"rule": "best-response", "start": [0], "replicas": 4, "until": 20.0}
    kwargs |= {"count": 2, "orders": ["degree"], "awareness": "independent-cascade"}
    heard = targeted_seeds(STAG, links, probability=1.0, **kwargs)
    assert set(heard.names) == {"H", "G"} and heard.share.mean == 1.0 and heard.without.mean == 0.0
    deaf = targeted_seeds(STAG, links, probability=1e-9, **kwargs)
    assert deaf.share.mean == pytest.approx(2 / 14)


def test_the_answer_depends_on_the_seed_alone() -> None:
    """One worker or two give the same orders, shares and differences; costs and a budget are kept."""
    kwargs: dict[str, Any] = {"start": [0.3], "replicas": 6, "until": 5.0, "orders": ["degree", "flips"]}
    costs = [5.0, 5.0, *[1.0] * 12]
    first = targeted_seeds(STAG, two_hubs(), costs=costs, budget=6, workers=1, seed=3, **kwargs)
    again = targeted_seeds(STAG, two_hubs(), costs=costs, budget=6, workers=2, seed=3, **kwargs)
    assert first.to_dict() == again.to_dict() and sum(first.costs) <= 6
    other = targeted_seeds(STAG, two_hubs(), costs=costs, budget=6, seed=4, **kwargs)
    assert other.share != first.share


def test_an_unknown_order_is_refused() -> None:
    """The nearest name is told."""
    with pytest.raises(SeparatrixError, match="did you mean `degree`"):
        targeted_seeds(STAG, two_hubs(), count=1, orders=["degrees"], start=[0])

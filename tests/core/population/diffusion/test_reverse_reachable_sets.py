"""Reverse reachable sets hold a node as often as it reaches the root: against all draws of the live links."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from core.oracles.live_edges import Links, reach
from separatrix.errors import SeparatrixError
from separatrix.population import reverse_reachable_sets
from separatrix.population.diffusion_models import activation, diffusion_model
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.reverse_reachable_sets import ReverseSample, RootSource

TENTH, HALF = Fraction(1, 10), Fraction(1, 2)
STAR = {pair: TENTH for leaf in range(1, 6) for pair in ((0, leaf), (leaf, 0))}
CYCLE = {pair: TENTH for i in range(6) for pair in ((i, (i + 1) % 6), ((i + 1) % 6, i))}
K4 = {(i, j): HALF for i in range(4) for j in range(4) if i != j}
ROAD = {(i, i + 1): TENTH for i in range(4)}
GOLDEN = [
    (6, STAR, 0, Fraction(3, 2)),
    (6, STAR, 1, Fraction(57, 50)),
    (6, CYCLE, 0, Fraction(244443, 200000)),
    (4, K4, 0, Fraction(13, 4)),
    (5, ROAD, 0, Fraction(11111, 10000)),
]
SETS = 100_000


def graph_of(size: int, links: Links) -> LinkGraph:
    """Return links of exact weights as a graph."""
    return link_graph(size, np.array(list(links)), [float(w) for w in links.values()])


def sample(graph: LinkGraph, model: str, sets: int = SETS, values: np.ndarray | None = None) -> ReverseSample:
    """Return the first sets of seed 1."""
    kind = diffusion_model(model)
    return RootSource(activation(graph, kind), kind, values, 1, 1).sample(0, sets)


def holding(drawn: ReverseSample, node: int) -> int:
    """Return how many sets hold a node; each holds it once at most."""
    return int((drawn.nodes == node).sum())


def assert_part(count: int, sets: int, part: float) -> None:
    """Five standard errors: a right sample fails once in two million."""
    assert abs(count / sets - part) <= 5 * (part * (1 - part) / sets) ** 0.5 + 1e-12


@pytest.mark.parametrize(("size", "links", "seed", "expected"), GOLDEN)
def test_cascades_reach_what_all_draws_of_the_links_say(
    size: int, links: Links, seed: int, expected: Fraction
) -> None:
    """Star, cycle, complete graph and directed path: published values, enumeration, and the sample agree."""
    if len(links) <= 10:  # 4,096 draws of the cycle of six take a while in rational numbers
        assert reach(size, links, "cascade", [seed]) == expected
    drawn = sample(graph_of(size, links), "independent-cascade")
    assert_part(holding(drawn, seed), SETS, float(expected) / size)


def test_thresholds_reach_what_all_draws_of_the_links_say() -> None:
    """Random thresholds with weights as given and as shares, roots by value: as by enumeration."""
    links = {(0, 1): HALF, (2, 1): Fraction(1, 4), (1, 2): TENTH, (0, 2): HALF, (2, 0): Fraction(2, 5)}
    whole = {1: Fraction(3, 4), 2: Fraction(3, 5), 0: Fraction(2, 5)}
    shares = {pair: weight / whole[pair[1]] for pair, weight in links.items()}
    values = [1, 5, 2]
    for model, weights in (("given-threshold", links), ("linear-threshold", shares)):
        drawn = sample(graph_of(3, links), model, values=np.array(values, float))
        for seed in range(3):
            part = reach(3, weights, "threshold", [seed], values) / sum(values)
            assert_part(holding(drawn, seed), SETS, float(part))


def test_links_that_are_skipped_are_live_with_their_own_probability() -> None:
    """Many links of unlike probability into one node: each is live as often as it should be, by itself."""
    chances = [Fraction(k + 1, 40) for k in range(24)] + [Fraction(1), Fraction(1, 5000)]
    links = {(k + 1, 0): chance for k, chance in enumerate(chances)}
    drawn = sample(graph_of(27, links), "independent-cascade", 10 * SETS // 4)
    at_hub = [drawn.nodes[begin:end] for begin, end in pairwise([0, *drawn.ends]) if drawn.nodes[begin] == 0]
    held = np.zeros((len(at_hub), 27), bool)
    for row, nodes in enumerate(at_hub):
        held[row, nodes] = True
    for k, chance in enumerate(chances):
        assert_part(int(held[:, k + 1].sum()), len(at_hub), float(chance))
    both = int((held[:, 12] & held[:, 20]).sum())
    assert_part(both, len(at_hub), float(chances[11] * chances[19]))


def test_sets_do_not_depend_on_threads_or_on_when_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread or three, at once or in pieces: bit for bit the same sets; another stream draws others."""
    graph, kind = graph_of(4, K4), diffusion_model("weighted-cascade")
    passing = activation(graph, kind)
    source = RootSource(passing, kind, None, 7, 1)
    monkeypatch.setattr(reverse_reachable_sets, "PARCEL", 100)
    alone = source.sample(0, 1000)
    monkeypatch.setattr(reverse_reachable_sets, "cores", lambda: 3)
    pieces = source.sample(0, 333).followed_by(source.sample(333, 1000))
    assert np.array_equal(alone.nodes, pieces.nodes) and np.array_equal(alone.ends, pieces.ends)
    other = RootSource(passing, kind, None, 7, 2).sample(0, 1000)
    assert not np.array_equal(alone.ends, other.ends)


def test_weights_that_are_no_probabilities_are_refused_by_name() -> None:
    """A weight above 1, weights into a node that add to more, an unknown model: the enterprise is named."""
    graph = link_graph(["a", "b", "c"], [("a", "c"), ("b", "c")], [0.7, 0.6])
    with pytest.raises(SeparatrixError, match=r"N402 the weights of the links into `c` add to 1\.3"):
        activation(graph, diffusion_model("given-threshold"))
    heavy = link_graph(["a", "b"], [("a", "b")], [1.5])
    with pytest.raises(SeparatrixError, match=r"N402 the link from `a` to `b` has weight 1\.5"):
        activation(heavy, diffusion_model("independent-cascade"))
    with pytest.raises(SeparatrixError, match="did you mean `weighted-cascade`"):
        diffusion_model("weighted-cascades")

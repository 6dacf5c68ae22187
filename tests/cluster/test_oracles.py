"""Networks beside networkx, weights and ranks beside pymcdm."""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster.folders import park
from separatrix.errors import InputError
from separatrix_cluster.diagnosis.awareness import leaders_of, steps_from_leaders
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.diagnosis.innovation import entropy_weights, rank_interval, scaled, topsis
from separatrix_cluster.frame.frame import network, network_of
from separatrix_cluster.tables.reader import load_cluster

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import vector_normalization
    from pymcdm.weights import entropy_weights as their_entropy_weights

# --------------------------------------------------------------------------- networks

LINKS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30)
    )
)


@given(LINKS)
def test_measures_of_a_network_are_those_of_networkx(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    """Density, reciprocity, components, degrees and the spectral radius; links to oneself are left out."""
    n, links = drawn
    names = [f"n{i}" for i in range(n)]
    ours = network(names, [names[a] for a, _ in links], [names[b] for _, b in links])
    graph = networkx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from((names[a], names[b]) for a, b in links if a != b)
    assert (ours.nodes, ours.arcs) == (graph.number_of_nodes(), graph.number_of_edges())
    assert ours.pairs == graph.to_undirected().number_of_edges()
    if n > 1:
        assert ours.density == pytest.approx(networkx.density(graph))
        assert ours.connectance == pytest.approx(networkx.density(graph.to_undirected()))
    else:
        assert ours.density is None and ours.connectance is None
    if graph.number_of_edges():
        assert ours.reciprocity == pytest.approx(networkx.overall_reciprocity(graph))
        assert ours.busiest_degree == max(d for _, d in graph.degree()) == graph.degree(ours.busiest)
    else:
        assert ours.reciprocity is None and (ours.busiest, ours.busiest_degree) == ("", 0)
    assert ours.largest_component == max(len(c) for c in networkx.weakly_connected_components(graph))
    if networkx.is_directed_acyclic_graph(graph):
        assert ours.spectral_radius == 0
    else:
        # Of a part in which all reach all, numpy's eigenvalues of the dense matrix are good to many digits.
        parts = [graph.subgraph(c) for c in networkx.strongly_connected_components(graph)]
        radius = max(np.abs(np.linalg.eigvals(networkx.to_numpy_array(p))).max() for p in parts)
        assert ours.spectral_radius == pytest.approx(radius, abs=1e-6)


def test_a_long_chain_has_no_cycle() -> None:
    """Its spectral radius is 0, whatever the order of the nodes; eigenvalues of the whole matrix say 0.4."""
    rng = np.random.default_rng(5)
    names = [f"n{i}" for i in rng.permutation(200)]
    order = [f"n{i}" for i in range(200)]
    found = network(names, [*order[:-1], *order[:-2]], [*order[1:], *order[2:]])
    assert found.spectral_radius == 0


def test_kalundborg_beside_networkx() -> None:
    """The shipped exchanges have the measures that networkx gives."""
    cluster = load_cluster("kalundborg")
    ours = network_of(cluster)
    links = cluster.table("links")
    graph = networkx.DiGraph(list(zip(links.texts("from"), links.texts("to"), strict=True)))
    assert ours is not None
    assert ours.spectral_radius == pytest.approx(max(abs(networkx.adjacency_spectrum(graph))))
    assert ours.reciprocity == pytest.approx(networkx.overall_reciprocity(graph))
    assert ours.connectance == pytest.approx(networkx.density(graph.to_undirected()))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 7), st.integers(0, 7), st.sampled_from(["information", "joint project", "supply"])
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda r: r[:2],
    ),
    st.sets(st.integers(0, 7), min_size=1, max_size=3),
)
def test_steps_from_the_leaders_are_shortest_paths(
    links: list[tuple[int, int, str]], first: set[int]
) -> None:
    """Along information and joint projects (both ways), from the nearest leader; supply carries none."""
    firms = "id,leader\n" + "".join(f"E{i},{'yes' if i in first else ''}\n" for i in range(8))
    rows = "from,to,kind\n" + "".join(f"E{a},E{b},{kind}\n" for a, b, kind in links)
    with TemporaryDirectory() as place:
        cluster = park(Path(place), enterprises=firms, links=rows)
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(8))
    for a, b, kind in links:
        if kind != "supply":
            graph.add_edge(a, b)
        if kind == "joint project":
            graph.add_edge(b, a)
    theirs = networkx.multi_source_dijkstra_path_length(graph, first)
    expected = [theirs.get(i, np.inf) for i in range(8)]
    assert leaders_of(cluster).tolist() == [f"E{i}" for i in sorted(first)]
    assert steps_from_leaders(cluster).tolist() == expected
    reach = [i for i in diagnose(cluster).difficulties[0].indicators if i.id == "reach"]
    others = [s for s in expected if s > 0]
    if reach:
        assert reach[0].value == pytest.approx(np.mean([s <= 2 for s in others]))


# --------------------------------------------------------------------------- weights and ranks

TABLES = st.tuples(st.integers(2, 7), st.integers(1, 5)).flatmap(
    lambda s: arrays(float, s, elements=st.floats(0.1, 100).map(lambda v: round(v, 3)))
)


@given(TABLES)
def test_entropy_weights_are_those_of_pymcdm(table: np.ndarray) -> None:
    """Wherever the columns are not all constant; they sum to one."""
    assume((np.ptp(table, axis=0) > 0.01 * table.max(axis=0)).any())
    ours = entropy_weights(table)
    np.testing.assert_allclose(ours, their_entropy_weights(table), atol=1e-9)
    assert ours.sum() == pytest.approx(1) and (ours >= 0).all()


def test_zeros_have_an_entropy() -> None:
    """0 ln 0 is 0: one who has all makes the criterion weigh most."""
    weights = entropy_weights([[1.0, 1.0], [0.0, 1.5], [0.0, 1.2]])
    assert weights[0] > 0.9


@pytest.mark.filterwarnings("ignore:Alternatives with indices")  # advice of pymcdm
@given(TABLES, st.data())
def test_topsis_is_that_of_pymcdm(table: np.ndarray, data: st.DataObject) -> None:
    """Vector normalisation, gains and costs, any weights."""
    assume((np.ptp(table, axis=0) > 0.01).all())
    size = table.shape[1]
    weights = np.array(data.draw(st.lists(st.floats(0.05, 1), min_size=size, max_size=size)))
    weights /= weights.sum()
    more = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    theirs = TOPSIS(vector_normalization)(table, weights, np.where(more, 1, -1))
    np.testing.assert_allclose(topsis(table, weights, more), theirs, atol=1e-9)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([[1.0, 2.0]], "fewer than two"),
        (np.zeros((0, 2)), "fewer than two"),
        ([[1.0, 2.0], [1.0, 2.0]], "all criteria are equal"),
        ([[0.0, 2.0], [0.0, 3.0]], "criterion 1 is zero"),
        ([[-1.0, 2.0], [1.0, 3.0]], "from 0 up"),
        ([[np.nan, 2.0], [1.0, 3.0]], "known numbers"),
    ],
)
def test_where_entropy_is_not_defined_it_says_so(table: object, words: str) -> None:
    """One alternative, equal ones, a criterion that nobody has, negative and unknown numbers."""
    with pytest.raises(InputError, match=words) as refused:
        entropy_weights(table)
    assert refused.value.code == "K305"


@given(TABLES, st.data())
def test_scores_and_ranks_over_weights(table: np.ndarray, data: st.DataObject) -> None:
    """Scores lie from 0 to 1, ranks are a permutation, one is best everywhere whatever the weights."""
    holes = data.draw(arrays(bool, table.shape))
    table = np.where(holes & (np.arange(table.shape[1]) > 0), np.nan, table)
    assume(not np.isnan(table).all(axis=0).any())
    unit = scaled(table)
    assert np.nanmin(unit) >= 0 and np.nanmax(unit) <= 1
    size = table.shape[1]
    ranks = rank_interval(unit, np.full(size, 1 / size), draws=200)
    assert ((ranks.score >= 0) & (ranks.score <= 1 + 1e-12)).all()
    assert sorted(ranks.rank) == list(range(1, len(table) + 1))
    assert (ranks.low <= ranks.high).all() and ranks.low.min() >= 1 and ranks.high.max() <= len(table)
    better = np.vstack([np.nan_to_num(unit, nan=0.5) * 0.5, np.ones(size)])
    first = rank_interval(better, np.full(size, 1 / size), draws=200)
    assert (first.rank[-1], first.low[-1], first.high[-1]) == (1, 1, 1)


def test_equal_columns_are_scaled_to_the_middle() -> None:
    """They tell nobody apart."""
    assert scaled([[3.0, 1.0], [3.0, 2.0], [3.0, np.nan]])[:, 0].tolist() == [0.5, 0.5, 0.5]

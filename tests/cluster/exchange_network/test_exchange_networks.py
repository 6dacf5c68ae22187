"""Networks of exchanges: Kalundborg's published figures, Chertow's test, and what breaks where one leaves."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.errors import InputError
from separatrix_cluster.symbiosis.network import (
    ExchangeLink,
    ExchangeNetwork,
    assessed_networks,
    exchange_network,
    fragility,
    is_recycler,
    network_of_links,
    three_two_test,
)
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

KALUNDBORG = load_cluster("kalundborg")


def links_of(cluster: Cluster) -> ExchangeNetwork:
    found = exchange_network(cluster)
    assert found is not None
    return found


@st.composite
def networks(draw: st.DrawFn) -> ExchangeNetwork:
    """Draw a network of up to seven nodes, with several links between two, and sizes."""
    ends = st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1])
    drawn = draw(
        st.lists(st.tuples(ends, st.sampled_from("hws"), st.integers(0, 3)), min_size=1, max_size=14)
    )
    return network_of_links(
        ExchangeLink(str(a), str(b), resource, float(size)) for (a, b), resource, size in drawn
    )


# --------------------------------------------------------------------------- published figures


def test_kalundborg() -> None:
    """Twenty partners, 35 exchanges in 30 directions between 26 pairs; C_e .137, spectral radius 2.455."""
    found = links_of(KALUNDBORG).measures
    assert (found.nodes, found.links, found.arcs, found.pairs) == (20, 35, 30, 26)
    assert found.connectance is not None
    assert round(found.connectance, 3) == 0.137
    assert round(found.spectral_radius, 3) == 2.455


def test_the_power_station_is_the_anchor_of_kalundborg() -> None:
    """Without it 18 of 35 exchanges are left, and four partners have none."""
    network = links_of(KALUNDBORG)
    anchor = fragility(network).anchor
    assert anchor is not None
    assert KALUNDBORG.name_of(anchor.node).startswith("Asnæs power station")
    assert anchor.links_left == pytest.approx(18 / 35)
    assert [KALUNDBORG.name_of(name) for name in anchor.stranded] == [
        "Cement industry",
        "Fish farm",
        "Recovery of nickel and vanadium",
        "Pyroneer",
    ]


def test_kalundborg_is_symbiosis() -> None:
    """More than three partners who do not mainly recycle exchange more than two resources."""
    today, planned = assessed_networks(KALUNDBORG, None)
    assert planned is None
    assert today is not None
    assert today.three_two.holds
    assert today.three_two.by_name
    assert [KALUNDBORG.name_of(name) for name in today.three_two.recyclers] == [
        "Waste water treatment",
        "Re-use basin",
        "Recovery of nickel and vanadium",
    ]


# --------------------------------------------------------------------------- Chertow's test


@pytest.mark.parametrize(
    ("links", "recyclers", "holds"),
    [
        ([("a", "b", "heat"), ("b", "c", "ash")], "", True),
        ([("a", "b", "heat"), ("b", "a", "ash")], "", False),  # two enterprises
        ([("a", "b", "heat"), ("b", "c", "Heat")], "", False),  # one resource
        ([("a", "b", "heat"), ("b", "c", "ash")], "c", False),  # a recycler among three
        (
            [("a", "b", "heat"), ("c", "d", "ash")],
            "",
            False,
        ),  # two deals that have nothing to do with each other
        ([("a", "b", ""), ("b", "c", "ash")], "", True),  # what is not told is a resource too
        ([("a", "b", ""), ("b", "c", "")], "", False),
        ([("a", "b", "heat"), ("b", "c", "ash"), ("c", "d", "scrap")], "d", True),
    ],
)
def test_three_enterprises_and_two_resources(
    links: list[tuple[str, str, str]], recyclers: str, holds: bool
) -> None:
    """It takes three who hang together, two resources, and nobody whose business is recycling."""
    network = network_of_links(ExchangeLink(*one) for one in links)
    assert three_two_test(network, lambda name: name in recyclers and recyclers != "").holds is holds


@pytest.mark.parametrize(
    ("sector", "name", "recycles"),
    [
        ("38.32", "Iron & Co", True),
        ("E37", "River works", True),
        ("C42", "再生金属", True),
        ("562920", "Green Metals", True),
        ("C24", "Plastic recycler", False),
        ("", "Plastic recycler", True),
        ("", "某某再生资源有限公司", True),
        ("", "Power plant", False),
        ("3812", "Instruments", True),
        ("331", "Steel mill", False),
    ],
)
def test_who_mainly_recycles(sector: str, name: str, recycles: bool) -> None:
    """The sector decides where it is told, the name where it is not."""
    assert is_recycler(sector, name) is recycles


# --------------------------------------------------------------------------- who leaves


@given(networks())
@settings(max_examples=40)
def test_what_is_left_is_what_a_graph_without_the_node_has(network: ExchangeNetwork) -> None:
    """Links, partners without any and connected parts are those of networkx, for every node."""
    whole = networkx.MultiDiGraph((one.giver, one.taker) for one in network.links)
    for one in fragility(network).departures:
        left = whole.copy()
        left.remove_node(one.node)
        alone = set(networkx.isolates(left))
        assert one.links_left == pytest.approx(left.number_of_edges() / whole.number_of_edges())
        assert set(one.stranded) == alone
        left.remove_nodes_from(list(alone))
        assert one.parts == networkx.number_weakly_connected_components(left)
        assert not set(one.starved) & alone
        assert one.links_left_at_worst <= one.links_left
        assert 0 <= one.flow_left <= 1


def test_who_gets_nothing_any_more_gives_nothing_on() -> None:
    """Along a chain the loss of the first starves all others; in a circle beside it nobody is hurt."""
    chain = [ExchangeLink(a, b, "heat") for a, b in ("ab", "bc", "cd")]
    found = {one.node: one for one in fragility(network_of_links(chain)).departures}
    assert found["a"].starved == ("b", "c", "d")
    assert found["a"].stranded == ()
    assert found["a"].links_left_at_worst == 0
    assert found["d"].starved == ()
    circle = [ExchangeLink(a, b, "water") for a, b in ("de", "ef", "fd")]
    fed = {one.node: one for one in fragility(network_of_links([*chain, *circle])).departures}
    assert "d" not in fed["a"].starved


def test_sizes_decide_the_anchor_where_they_are_told() -> None:
    """One large flow outweighs two small ones."""
    network = network_of_links(
        [ExchangeLink("a", "b", "x", 1.0), ExchangeLink("a", "c", "y", 1.0), ExchangeLink("d", "e", "z", 8.0)]
    )
    found = fragility(network)
    assert [one.node for one in found.alike] == ["d", "e"]
    assert found.alike[0].flow_left == pytest.approx(0.2)
    assert found.anchor is None


def test_degenerate_networks() -> None:
    """One exchange, an enterprise with itself, sizes of nothing, and what is no size."""
    one = fragility(network_of_links([ExchangeLink("a", "b"), ExchangeLink("a", "a")]))
    assert [d.links_left for d in one.departures] == [0, 0]
    nothing = fragility(
        network_of_links([ExchangeLink("a", "b", "x", 0.0), ExchangeLink("b", "c", "x", 0.0)])
    )
    assert nothing.anchor is not None
    assert nothing.anchor.node == "b"
    with pytest.raises(InputError) as problem:
        network_of_links([ExchangeLink("a", "b", "x", -1.0)])
    assert problem.value.code == "K535"
    with pytest.raises(InputError):
        fragility(network_of_links([ExchangeLink("a", "a")]))
    assert exchange_network(load_cluster("rotterdam")) is None

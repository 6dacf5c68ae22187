"""Links: read from tables, GraphML and networkx, in both directions, and refused with their line."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from separatrix.errors import SeparatrixError
from separatrix.population.networks import link_files
from separatrix.population.networks.link_files import link_graph_of, read_links
from separatrix.population.networks.link_graph import link_graph


def test_rows_of_both_directions_hold_the_same_matrix() -> None:
    """What a node sees, and who sees it, are the rows and the columns of one matrix of weights."""
    rng = np.random.default_rng(1)
    dense = rng.random((7, 7)) * (rng.random((7, 7)) < 0.4)
    np.fill_diagonal(dense, 0.0)  # dense[i, j] = w(j -> i)
    target, source = np.nonzero(dense)
    graph = link_graph(7, np.stack([source, target], 1), dense[target, source])
    assert np.array_equal(graph.matrix().toarray(), dense)
    indptr, indices, weights = graph.targets_of
    again = np.zeros((7, 7))
    for j in range(7):
        again[indices[indptr[j] : indptr[j + 1]], j] = weights[indptr[j] : indptr[j + 1]]
    assert np.array_equal(again, dense)
    assert not graph.undirected


def test_a_table_graphml_and_networkx_give_the_same_graph(tmp_path: Path) -> None:
    """The same links in three forms are the same graph, weights and directions included."""
    known = nx.DiGraph([("hub", "a"), ("a", "b"), ("hub", "b")])
    known["a"]["b"]["weight"] = 2.5
    for u, v in (("hub", "a"), ("hub", "b")):
        known[u][v]["weight"] = 1.0
    nx.write_graphml(known, tmp_path / "g.graphml")
    (tmp_path / "g.csv").write_text("from,to,weight\nhub,a,\na,b,2.5\nhub,b,1\n", "utf-8")
    graphs = [read_links(tmp_path / "g.csv"), read_links(tmp_path / "g.graphml"), link_graph_of(known)]
    for graph in graphs:
        assert graph.names == ("hub", "a", "b")
        assert graph.matrix().toarray().tolist() == [[0, 0, 0], [1, 0, 0], [1, 2.5, 0]]
        assert graph.isolated == ("hub",)
    both = nx.cycle_graph(5)
    nx.write_graphml(both, tmp_path / "c.graphml")
    cycle = read_links(tmp_path / "c.graphml")
    assert cycle.undirected and cycle.links == 10
    assert np.array_equal(cycle.matrix().toarray(), nx.to_numpy_array(both))


def test_kinds_of_links_are_kept_apart(tmp_path: Path) -> None:
    """One kind alone has its own links; together, parallel ones of two kinds add."""
    (tmp_path / "links.csv").write_text("from,to,kind\na,b,supply\na,b,information\nb,a,supply\n", "utf-8")
    graph = read_links(tmp_path / "links.csv")
    assert graph.kinds == ("supply", "information")
    assert graph.matrix().toarray().tolist() == [[0, 1], [2, 0]]
    assert graph.of_kinds(["information"]).matrix().toarray().tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("from,to\na,b\na,c\n", "N101", 3),
        ("from,to\na,b\nb,b\n", "N102", 3),
        ("from,to,weight\na,b,-1\n", "N103", 2),
        ("from,to,weight\na,b,nan\n", "N103", 2),
        ("from,to,weight\na,b,much\n", "N103", 2),
        ("from,to\na,b\nb,a\na,b\n", "N104", 4),
        ("from,to\na,b\n,a\n", "N107", 3),
        ("von,to\na,b\n", "N107", 1),
        ("from,to\na,b,c\n", "N107", 2),
    ],
)
def test_a_bad_link_is_refused_with_its_line(tmp_path: Path, content: str, code: str, line: int) -> None:
    """Each fault of a table of links has its own code and names the line."""
    path = tmp_path / "links.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(SeparatrixError) as caught:
        read_links(path, ["a", "b"])
    assert caught.value.code == code
    assert caught.value.where is not None and caught.value.where.line == line


def test_a_graph_that_is_no_graphml_is_refused(tmp_path: Path) -> None:
    """Broken XML, an entity bomb, an edge to nowhere and a second graph end in an error with a place."""
    head = '<graphml><graph edgedefault="directed"><node id="a"/>'
    for content, code in (
        ("<graphml><graph>", "N107"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><graphml/>', "N107"),
        (head + '<edge source="a" target="b"/></graph></graphml>', "N101"),
        (head + "</graph><graph/></graphml>", "N107"),
    ):
        (tmp_path / "g.graphml").write_text(content, "utf-8")
        with pytest.raises(SeparatrixError) as caught:
            read_links(tmp_path / "g.graphml")
        assert caught.value.code == code and caught.value.where is not None


def test_names_are_there_once_and_kinds_are_known() -> None:
    """No enterprise, one twice, and a kind that no link has are refused."""
    for call, code in (
        (lambda: link_graph([], []), "N105"),
        (lambda: link_graph(["a", "a"], []), "N105"),
        (lambda: link_graph(2, [("1", "2")]).of_kinds(["supply"]), "N106"),
        (lambda: link_graph(2, np.array([[0, 2]])), "N101"),
    ):
        with pytest.raises(SeparatrixError) as caught:
            call()
        assert caught.value.code == code


def test_a_large_table_is_read_as_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read column by column, a table has the same graph and the same errors on the same lines."""
    path = tmp_path / "links.csv"
    path.write_text(
        "from,to,weight,kind,more\na,b,,supply,1\nb,c,2.5,supply,2\nc,a,1,information,3\n", "utf-8"
    )
    small = read_links(path)
    monkeypatch.setattr(link_files, "LARGE", 0)
    large = read_links(path, small.names)
    assert np.array_equal(large.matrix().toarray(), small.matrix().toarray())
    assert large.kinds == small.kinds and set(read_links(path).names) == set(small.names)
    for content, code, line in (
        ("from,to\na,b\na,d\n", "N101", 3),
        ("from,to\na,b\n,a\n", "N107", 3),
        ("from,to\na,b\nb,c\na,b\n", "N104", 4),
        ("from,to,weight\na,b,1\nb,c,-1\n", "N103", 3),
        ("from,to,weight\na,b,much\n", "N107", None),
        ("from,too\na,b\n", "N107", 1),
    ):
        path.write_text(content, "utf-8")
        with pytest.raises(SeparatrixError) as caught:
            read_links(path, ["a", "b", "c"])
        assert caught.value.code == code and caught.value.where is not None
        assert caught.value.where.line == line

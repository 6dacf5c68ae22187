"""``separatrix fixation --links`` at the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import separatrix
from separatrix.cli.app import run

STAR = "from,to,kind\nhub,a,supply\nhub,b,supply\nhub,c,supply\na,b,news\nb,a,news\n"


@pytest.fixture
def links(tmp_path: Path) -> str:
    """Return a file of links of two kinds."""
    path = tmp_path / "links.csv"
    path.write_text(STAR, encoding="utf-8")
    return str(path)


def test_fixation_on_a_graph_is_told(links: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text says what a link means, which starts are alike and what is proven; in Chinese too."""
    asked = ["fixation", "shi-chen-2018", "--links", links, "--beta", "0.1"]
    assert run([*asked, "--interaction", "supply"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "A link from A to B means that B meets" in text and "balls around the solution" in text
    assert (
        text.count("One mutant that plays") == 2
        and "without encounters, which earn 0: 1 (first: hub)" in text
    )
    assert run([*asked, "--invader", "decline", "--start", "hub,a", "--lang", "zh"]) == 0
    assert "占领全图" in capsys.readouterr().out


def test_fixation_on_a_graph_is_given_as_data(links: str, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has exact fractions with linear fitness; CSV has one line a start."""
    asked = ["fixation", "stag-hunt-one-population", "--links", links, "--process", "moran"]
    asked += ["--fitness", "linear", "--beta", "1/10"]
    assert run([*asked, "--invader", "stag", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["method"] == "rational" and answer["process"] == "birth-death"
    assert [start["probability"]["exact"] for start in answer["starts"]] == ["1", "0", "0", "0"]
    assert run([*asked, "--format", "csv"]) == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(lines) == 8 and {line["invader"] for line in lines} == {"stag", "hare"}


def test_the_answer_is_a_table_in_python_too() -> None:
    """Each start is a row of pandas, with its bounds."""
    pair = separatrix.link_graph(["a", "b"], [("a", "b")], undirected=True)
    frame = separatrix.graph_fixation("stag-hunt-one-population", pair).to_dataframe()
    assert frame["nodes"].tolist() == ["a", "b"] and (frame["probability_low"] <= frame["probability"]).all()


def test_options_of_graphs_and_of_populations_do_not_mix(
    links: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A size says nothing of a graph, and a start nothing without one; a kind without a link is refused."""
    for more in (
        ["--links", links, "--size", "10"],
        ["--start", "hub"],
        ["--links", links, "--interaction", "gossip"],
        ["--links", links, "--interaction", "supply", "--interaction", "news"],
    ):
        assert run(["fixation", "stag-hunt-one-population", *more]) == 2
        assert "help:" in capsys.readouterr().err or more[-1] == "gossip"

"""``separatrix seed`` at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import separatrix
from separatrix.cli.app import run

LINKS = str(Path(__file__).parents[1] / "population" / "hub-and-spokes.csv")


def test_seeds_are_told_with_their_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    """Text names the seed, the ratio and the chance that it fails; CSV and JSON hold the same numbers."""
    assert run(["seed", "--links", LINKS, "-k", "1"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "hub" in text and "0.977" in text and "0.01" in text
    assert run(["seed", "--links", LINKS, "-k", "1", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"][0]["name"] == "hub" and told["ratio"] >= 0.6
    assert run(["seed", "--links", LINKS, "-k", "1", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["enterprise"] == "hub" and float(row["reach"]) == told["seeds"][0]["reach"]


def test_directions_matter(capsys: pytest.CaptureFixture[str]) -> None:
    """From the hub alone all are reached; where all pass the idea both ways surely, one leaf is enough."""
    common = ["seed", "--links", LINKS, "-k", "1", "--diffusion", "independent-cascade", "-f", "json"]
    assert run([*common, "--aware", "hub"]) == 0
    assert json.loads(capsys.readouterr().out)["reached"] == 0
    assert run([*common, "--undirected", "-p", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["reached"] == 5


def test_the_network_of_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    """The links of a cluster's folder are those between its enterprises; two sources of links are refused."""
    assert run(["seed", "--cluster", "synthetic-park", "-k", "2", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    park = separatrix.load_cluster("synthetic-park").enterprises.tolist()
    assert len(told["seeds"]) == 2 and {seed["name"] for seed in told["seeds"]} <= set(park)
    assert told["reached"] > 10
    assert run(["seed", "--cluster", "synthetic-park", "--links", LINKS, "-k", "2"]) == 2
    assert "U901" in capsys.readouterr().err
    assert run(["seed", "-k", "2"]) == 2
    assert "no network is given" in capsys.readouterr().err


def test_a_wrong_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """An enterprise that no link names ends with 2 and the nearest name."""
    assert run(["seed", "--links", LINKS, "-k", "1", "--aware", "hubs"]) == 2
    assert "N404" in (told := capsys.readouterr().err) and "did you mean `hub`?" in told


def test_seeds_of_a_game_are_told_beside_other_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text says that no guarantee exists; JSON has each order; costs come from a table."""
    table = tmp_path / "enterprises.csv"
    table.write_text("enterprise,price\nhub,3\na,1\nb,1\nc,1\nd,1\n", "utf-8")
    common = ["seed", "shi-chen-2018", "--links", LINKS, "--scenario", "bistable", "--from", "0.2,0.2"]
    common += ["--replicas", "3", "--until", "4", "--order", "degree", "--order", "chance"]
    assert run([*common, "-k", "1"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Certainty: No guarantee exists" in text
    priced = ["--enterprises", str(table), "--cost", "price", "--budget", "2"]
    assert run([*common, *priced, "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {o["order"] for o in told["orders"]} == {"degree", "chance"}
    assert sum(s["cost"] for s in told["seeds"]) <= 2 and "hub" not in [s["name"] for s in told["seeds"]]
    assert run([*common, "-k", "1", "--out", str(tmp_path / "orders.svg")]) == 0
    assert "Final share" in (tmp_path / "orders.svg").read_text("utf-8")


def test_options_of_the_other_question_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule without a game, and a ratio with one, would decide nothing."""
    assert run(["seed", "--links", LINKS, "-k", "1", "--rule", "fermi"]) == 2
    assert "--rule needs a game" in capsys.readouterr().err
    assert run(["seed", "shi-chen-2018", "--links", LINKS, "-k", "1", "--ratio", "0.5"]) == 2
    assert "--ratio goes without a game" in capsys.readouterr().err
    assert run(["seed", "shi-chen-2018", "--links", LINKS, "-k", "1", "-p", "0.5"]) == 2
    assert "--probability needs --awareness" in capsys.readouterr().err
    assert run(["seed", "--links", LINKS, "--cost", "price", "--budget", "1"]) == 2
    assert "--cost price without --enterprises" in capsys.readouterr().err


def test_the_reach_of_seeds_is_drawn(tmp_path: Path) -> None:
    """The description tells the curve and its certificate to those who cannot see it."""
    out = tmp_path / "reach.svg"
    assert run(["seed", "--links", LINKS, "-k", "2", "--out", str(out)]) == 0
    assert "ratio" in (svg := out.read_text("utf-8")) and "upper bound" in svg

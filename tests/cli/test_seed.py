"""``separatrix seed`` at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

LINKS = str(Path(__file__).parents[1] / "population" / "hub-and-spokes.csv")


def test_seeds_are_told_with_their_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    """Text names the seed, the ratio and the chance that it fails; CSV and JSON hold the same numbers."""
    assert run(["seed", "--links", LINKS, "-k", "1"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "First hub" in text and "Certified ratio" in text and "at most 0.01" in text
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


def test_a_wrong_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """An enterprise that no link names ends with 2 and the nearest name."""
    assert run(["seed", "--links", LINKS, "-k", "1", "--aware", "hubs"]) == 2
    assert "N404" in (told := capsys.readouterr().err) and "did you mean `hub`?" in told

"""``separatrix leaders`` at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

LINKS = str(Path(__file__).parents[1] / "population" / "hub-and-spokes.csv")
QUICK = ["--replicas", "20", "--fresh", "60", "--sets", "40", "--by", "9"]
HUB = ["leaders", "shi-chen-2018", "--links", LINKS, "--undirected", "--scenario", "bistable"]
HUB += ["--rule", "best-response", *QUICK]
FROM = ["--from", "0,0"]


def test_leaders_are_told_with_what_remains_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Text, JSON and CSV name the hub and its neighbour; the support ends at the date, and it lasts."""
    assert run([*HUB, *FROM, "--share", "0.9"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "hub and a: 2 of 5 enterprises" in text and "none reached it" in text
    assert run([*HUB, *FROM, "--share", "0.9", "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "reached" and told["support_end"]["verdict"] == "lasts"
    assert told["cheaper_sets_all_tried"] == 6 and told["reached"]["low"] > 0.9
    assert run([*HUB, *FROM, "--share", "0.9", "-f", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["enterprise"] for row in rows] == ["hub", "a"] and float(rows[0]["cost"]) == 1


def test_costs_and_a_budget_come_from_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hub that costs more than the budget ends with 1, and with what the budget reaches."""
    table = tmp_path / "enterprises.csv"
    table.write_text("enterprise,price,keep\nhub,3,1\na,1,0\nb,1,0\nc,1,0\nd,1,0\n", "utf-8")
    priced = [*HUB, *FROM, "--enterprises", str(table), "--cost", "price", "--share", "0.9"]
    assert run([*priced, "--budget", "2", "-f", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (
        told["status"] == "over budget"
        and told["cost"] == 3
        and told["within_budget"]["reached"]["share"] < 0.9
    )
    assert run([*priced, "--budget", "2"]) == 1
    assert "too small" in " ".join(capsys.readouterr().out.split())
    assert run([*priced, "--upkeep", "keep", "-f", "json"]) == 0
    leaves = json.loads(capsys.readouterr().out)
    assert leaves["cost"] == 3 and "hub" not in [leader["name"] for leader in leaves["leaders"]]
    table.write_text("enterprise,price\nhub,\na,1\nb,1\nc,1\nd,1\n", "utf-8")
    assert run([*priced, "-f", "json"]) == 0
    assert "hub" not in [leader["name"] for leader in json.loads(capsys.readouterr().out)["leaders"]]
    assert run([*priced, "--budget", "0", "--lang", "zh"]) == 1
    assert "预算" in capsys.readouterr().out


def test_a_cluster_needs_no_game(capsys: pytest.CaptureFixture[str]) -> None:
    """The calibrated game of a cluster, its unit and cautions; one without measures says what is missing."""
    assert run(["leaders", "--cluster", "synthetic-park", "--share", "0.9", *QUICK, "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["unit"] == "10k CNY/a" and any("calibrated values" in w for w in told["warnings"])
    assert run(["leaders", "--cluster", "kalundborg"]) == 2
    assert "K570" in capsys.readouterr().err
    assert run(["leaders", "shi-chen-2018", "--cluster", "kalundborg", *QUICK, "-f", "csv"]) in (0, 1)
    capsys.readouterr()


def test_what_does_not_fit_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a game nor a cluster, hearing without awareness, a figure of nobody."""
    for call, told in (
        (["leaders"], "neither a game nor a cluster"),
        (["leaders", "--cluster", "synthetic-park", "--links", LINKS], "both give the links"),
        ([*HUB, "--hearing", "2"], "--hearing needs --awareness"),
        ([*HUB, "--cost", "price"], "--cost price without --enterprises"),
        ([*HUB, "--from", "1,1", "--out", str(tmp_path / "a.svg")], "P163"),
    ):
        assert run(call) == 2
        assert told in capsys.readouterr().err


def test_the_shares_in_time_are_drawn(tmp_path: Path) -> None:
    """The description tells the three curves to those who cannot see them."""
    out = tmp_path / "leaders.svg"
    assert run([*HUB, *FROM, "--share", "0.9", "--out", str(out)]) == 0
    assert "with continued support" in (svg := out.read_text("utf-8")) and "support ends" in svg

"""``separatrix network``: formats, figures and errors of the verb."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def park(tmp_path: Path) -> list[str]:
    """Return the arguments of a hub with six spokes, one of them a leader with a cost of its own."""
    names = [f"S{k}" for k in range(6)]
    rows = ["enterprise,C1,leader,size", "hub,2,,10", "S0,1,yes,2", *(f"{name},,,1" for name in names[1:])]
    (tmp_path / "e.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "l.csv").write_text("from,to\n" + "\n".join(f"hub,{name}" for name in names), "utf-8")
    told = ["network", "shi-chen-2018", "--links", str(tmp_path / "l.csv"), "--undirected"]
    told += ["--enterprises", str(tmp_path / "e.csv"), "--from", "0.5,0.5"]
    return [*told, "--until", "4", "--replicas", "20", "--workers", "1"]


def test_the_answer_in_every_format(park: list[str], tmp_path: Path, capsys: Capture) -> None:
    """JSON, both CSV tables, English and Chinese text tell of the same runs."""
    assert run([*park, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["network"]["own_parameters"] == ["C1"] and answer["network"]["leaders"] == 1
    assert answer["adoption"]["mean"][0] == pytest.approx(4 / 7)
    begun = answer["snapshots"][0]
    assert begun["time"] == 0 and [answer["strategies"][k] for k in begun["strategy"]].count("cooperate") == 4
    assert run([*park, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["mean"]) for row in rows] == answer["adoption"]["mean"]
    assert run([*park, "--format", "csv", "--show", "network"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["tips"]) for row in rows] == [one["tips"] for one in answer["enterprises"]]
    assert rows[1]["enterprise"] == "S0" and rows[1]["first_run_time"] == "0.0"
    assert run(park) == 0
    assert "a link from → to means" in capsys.readouterr().out.lower()
    assert run([*park, "--lang", "zh"]) == 0
    assert "费米模仿" in capsys.readouterr().out
    for show in ("adoption", "network"):
        assert run([*park, "--show", show, "--out", str(tmp_path / f"{show}.svg")]) == 0
        drawn = (tmp_path / f"{show}.svg").read_text("utf-8")
        assert "<desc" in drawn and "A link from → to" in drawn


def test_a_fault_of_a_table_has_its_place(park: list[str], tmp_path: Path, capsys: Capture) -> None:
    """A link of an unknown enterprise ends with code, file and line, and exit 2."""
    (tmp_path / "l.csv").write_text("from,to\nhub,S0\nhub,S9\n", "utf-8")
    assert run(park) == 2
    said = capsys.readouterr().err
    assert "N101" in said and "l.csv:3" in said


def test_a_cluster_is_a_network(tmp_path: Path, capsys: Capture) -> None:
    """A cluster's enterprises and links make the network, and a table adds columns."""
    arguments = ["network", "shi-chen-2018", "--cluster", "synthetic-park", "--replicas", "5"]
    arguments += ["--until", "3", "--from", "0.2,0.2", "--format", "json", "--workers", "1"]
    assert run(arguments) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["network"]["enterprises"] == len(plain["enterprises"]) > 20
    (tmp_path / "more.csv").write_text("enterprise,C1,leader\nE01,1,yes\n", "utf-8")
    assert run([*arguments, "--enterprises", str(tmp_path / "more.csv")]) == 0
    more = json.loads(capsys.readouterr().out)
    assert more["network"]["own_parameters"] == ["C1"]
    assert more["network"]["leaders"] == plain["network"]["leaders"] + 1
    assert run([*arguments, "--links", str(tmp_path / "more.csv")]) == 2
    assert run(["network", "shi-chen-2018", "--cluster", "rotterdam"]) == 2
    assert "N121" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lone", "needed"),
    [
        ("--bass=0.1,0.3", "--awareness bass"),
        ("--probability=0.2", "independent-cascade"),
        ("--hearing=2", "--awareness"),
    ],
)
def test_options_that_would_decide_nothing_are_refused(
    park: list[str], lone: str, needed: str, capsys: Capture
) -> None:
    """What tells how the idea is heard needs the awareness that it is of."""
    assert run([*park, lone]) == 2
    said = capsys.readouterr().err
    assert "U901" in said and needed in said

"""``separatrix pareto``: answers, exit codes, formats and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]

MODEL = str(Path(__file__).parents[1] / "policy" / "supported.game.yaml")
FRONT = ["pareto", MODEL, "--instrument", "support", "--samples", "3", "--horizon", "8"]
ROBUST = ["pareto", MODEL, "--instrument", "support", "--robust", "80%", "--draws", "400"]


def test_a_front_is_told_as_what_it_is(capsys: Capture) -> None:
    """The page says that it is the best of what was followed, and shows doing nothing beside it."""
    assert run([*FRONT, "--objective", "public_cost", "--objective", "time"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "optimality not proven" in printed and "no instrument" in printed and "never" in printed


def test_a_front_as_data(capsys: Capture) -> None:
    """JSON names its kind, and CSV holds every programme."""
    options = ["--objective", "public_cost", "--objective", "welfare", "--discount", "3%"]
    assert run([*FRONT, *options, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "best of the programmes evaluated" and told["discount"] == 0.03
    assert told["front"] and {"public_cost", "welfare", "levels", "end"} <= set(told["front"][0])
    assert run([*FRONT, *options, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == told["evaluated"]
    assert sum(row["front"] == "1" for row in rows) == len(told["front"])


def test_a_budget_that_buys_nothing_ends_with_one(capsys: Capture) -> None:
    """The answer is negative, and says what would be needed."""
    options = ["--objective", "public_cost", "--objective", "time", "--budget", "0.5"]
    assert run([*FRONT, *options]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "more than the budget of 0.5" in printed


def test_the_robust_programme_and_its_share(capsys: Capture) -> None:
    """The share of fresh draws, its intervals, and the inputs that matter most."""
    assert run([*ROBUST, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    low, high = told["works"]["interval_999"]
    assert told["wished_share"] == 0.8 and low <= told["works"]["share"] <= high
    assert told["works"]["draws"] == 400 and len(told["inputs"]) == 3
    assert told["programme"]["end"] is None and 0 < told["programme"]["levels"]["support"] < 4


def test_nothing_robust_ends_with_one(capsys: Capture) -> None:
    """A strongest level that is too weak: the exit code is 1, and the share of the strongest is told."""
    assert run([*ROBUST, "--level", "support=1"]) == 1
    printed = " ".join(capsys.readouterr().out.replace("│", "").split())
    assert "support = 1" in printed and "80 %" in printed


def test_duration_is_varied_where_asked(capsys: Capture) -> None:
    """The strongest levels for a time."""
    assert run([*ROBUST, "--vary", "duration", "--until", "6", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ends = [float(row["end"]) for row in rows if row["end"]]
    assert ends == sorted(ends) and max(ends) <= 6 and len(rows) == 400


@pytest.mark.parametrize("command", [[*FRONT, "--objective", "public_cost"], ROBUST])
def test_figures_have_a_title_and_a_description(command: list[str], capsys: Capture) -> None:
    """What cannot be seen is told."""
    assert run([*command, "--format", "svg", "--lang", "zh"]) == 0
    root = ElementTree.fromstring(capsys.readouterr().out)
    told = [element.text or "" for element in root if element.tag.endswith(("title", "desc"))]
    assert len(told) == 2 and all(len(text) > 10 for text in told)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--robust", "much"], "U901"),
        (["--robust", "95%", "--budget", "3"], "U901"),
        (["--level", "support=1"], "U901"),
        (["--limit", "time"], "U901"),
        (["--robust", "95%", "--limit", "time=3"], "U901"),
        (["--robust", "95%", "--level", "support"], "U901"),
        (["--robust", "95%", "--level", "support=1", "--level", "support=2"], "U901"),
        (["--robust", "150%"], "P185"),
        (["--objective", "cost"], "P186"),
        (["--instrument", "nothing"], "V308"),
        (["--target", "nothing"], "P120"),
        (["--from", "x=0,y=0.5"], "P183"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: list[str], code: str, capsys: Capture) -> None:
    """Exit code 2, and the code of the error."""
    assert run(["pareto", MODEL, "--draws", "200", *options]) == 2
    assert capsys.readouterr().err.startswith(code)

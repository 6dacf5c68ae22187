"""`separatrix programme`: answers, formats and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import commands
from thinning import thinned

GAME = """
title: Two enterprises
populations:
  - {name: A, share: x, strategies: [cooperate, decline]}
  - {name: B, share: y, strategies: [cooperate, decline]}
parameters: {gain: 10, alone: 3, beside: 5, cost: 8, rest: 3}
payoffs:
  - {play: [cooperate, cooperate], pay: ['gain - cost', 'gain - cost']}
  - {play: [cooperate, decline],   pay: ['alone - cost', beside]}
  - {play: [decline,   cooperate], pay: [beside, 'alone - cost']}
  - {play: [decline,   decline],   pay: [rest, rest]}
instruments:
  subsidy: {range: [0, 1], changes: {cost: 'cost*(1 - subsidy)'}, cost: 'cost*subsidy*(x + y)'}
emissions: '100*(2 - x - y) + 5'
today: {x: 0.2, y: 0.3}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a game file."""
    (tmp_path / "game.yaml").write_text(GAME, "utf-8")
    return tmp_path


def test_json_holds_the_infimum_and_the_programme(folder: Path) -> None:
    """Exact numbers stand beside rounded ones."""
    done = commands.command(["programme", "game.yaml", "--format", "json"], folder)
    told = json.loads(done.printed)
    assert done.code == 0 and told["verdict"] == "found"
    assert told["infimum_exact"] == "6" and told["limit"]["levels_exact"] == {"subsidy": "3/8"}
    assert told["programme"]["levels"]["subsidy"] > 3 / 8


@thinned(
    ("options", "code", "said"),
    [
        (["--budget", "5"], 1, "falls short by at least 1"),
        (["--budget", "public=6.5"], 0, "costs the public purse more than 6"),
        (["--level", "subsidy=:0.2"], 1, "falls short by at least 1.4"),
        (["--level", "subsidy=0.5:0.2"], 2, "P127"),
        (["--level", "subsidy"], 2, "U901"),
        (["--emissions", "4"], 1, "falls short by at least 1"),
        (["--target", "decline"], 0, "No instrument needed"),
        (["--target", "E9"], 2, "P120"),
        (["--require", "basin", "--from", "0.9,0.9"], 0, "percentage point smaller"),
        (["--by", "0.01"], 1, "undecided"),
        (["--emissions-path", "0=200,1"], 2, "U901"),
        (["--discount", "0.1"], 2, "--discount has no effect"),
        (["--temporary", "--budget", "5"], 2, "--budget decides nothing"),
        (["--lang", "zh"], 0, "公共财政"),
    ],
    each_run=7,
)
def test_answers_and_exit_codes(folder: Path, options: list[str], code: int, said: str) -> None:
    """0 for an answer, 1 for one in the negative, 2 for a wrong call."""
    done = commands.command(["programme", "game.yaml", *options], folder)
    assert done.code == code, done.printed
    assert said in " ".join(done.printed.replace("│", " ").split())


def test_documents_and_tables_are_written(folder: Path) -> None:
    """A page and a table in full precision."""
    assert commands.command(["programme", "game.yaml", "--out", "page.html"], folder).code == 0
    assert "Two enterprises" in (folder / "page.html").read_text("utf-8")
    assert commands.command(["programme", "game.yaml", "--out", "table.csv"], folder).code == 0
    assert "infimum,level,subsidy,0.375," in (folder / "table.csv").read_text("utf-8")


def test_a_cost_without_a_value_is_a_wrong_input(folder: Path) -> None:
    """A temporary programme refuses it as a permanent one does, in one message and without warnings."""
    broken = GAME.replace("cost: 'cost*subsidy*(x + y)'", "cost: 'cost*subsidy*(x + y)/0'")
    (folder / "broken.yaml").write_text(broken, "utf-8")
    done = commands.command(["programme", "broken.yaml", "--temporary"], folder)
    assert done.code == 2
    assert "S003" in done.printed and "Warning" not in done.printed


def test_the_hint_of_a_missing_range_is_one_for_the_command_line(folder: Path) -> None:
    """What the hint shows can be typed."""
    unlimited = GAME.replace("range: [0, 1], ", "")
    (folder / "unlimited.yaml").write_text(unlimited, "utf-8")
    done = commands.command(["tip", "unlimited.yaml"], folder)
    assert done.code == 2
    assert "P102" in done.printed and "-i subsidy=0:1" in done.printed and "over=" not in done.printed
    assert commands.command(["tip", "unlimited.yaml", "-i", "subsidy=0:1"], folder).code == 0


@pytest.mark.soak
def test_one_percentage_point_is_told_of_in_the_singular(folder: Path) -> None:
    """Of one it is a point, of two they are points."""
    asked = ["programme", "game.yaml", "--require", "basin", "--from", "0.9,0.9"]
    one, two = (commands.command([*asked, "--safety", s], folder).printed for s in ("0.01", "0.02"))
    told = [" ".join(text.replace("│", " ").split()) for text in (one, two)]
    assert "1 percentage point smaller" in told[0]
    assert "2 percentage points smaller" in told[1]

"""`separatrix programme`: answers, formats and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import commands

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


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--budget", "5"], 1, "fails by 1 at best"),
        (["--budget", "public=6.5"], 0, "costs the public purse more than 6"),
        (["--level", "subsidy=:0.2"], 1, "fails by 1.4 at best"),
        (["--level", "subsidy=0.5:0.2"], 2, "P127"),
        (["--level", "subsidy"], 2, "U901"),
        (["--emissions", "4"], 1, "fails by 1 at best"),
        (["--target", "decline"], 0, "nothing needs to be done"),
        (["--target", "E9"], 2, "P120"),
        (["--require", "basin", "--from", "0.9,0.9"], 0, "percentage points smaller"),
        (["--by", "0.01"], 1, "undecided"),
        (["--emissions-path", "0=200,1"], 2, "U901"),
        (["--discount", "0.1"], 2, "--discount decides nothing"),
        (["--temporary", "--budget", "5"], 2, "--budget decides nothing"),
        (["--lang", "zh"], 0, "公共财政"),
    ],
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

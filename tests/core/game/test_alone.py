"""Games of one player, and populations with a single strategy, in every form through the whole program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.game.formats.gambit import nfg_text, parse_nfg
from separatrix.game.formats.table_writer import write_game
from separatrix.game.reader import load, read_document

ONE: dict[str, Any] = {
    "title": "A choice",
    "populations": [{"name": "A", "share": "x", "strategies": ["a", "b", "c"]}],
    "payoffs": [{"play": ["a"], "pay": [1]}, {"play": ["b"], "pay": [2]}, {"play": ["c"], "pay": [2]}],
}
SINGLE: dict[str, Any] = {
    "title": "Three parties, one of which has no choice",
    "populations": [
        {"name": "A", "share": "x", "strategies": ["a", "b"]},
        {"name": "B", "share": "y", "strategies": ["c"]},
        {"name": "C", "share": "z", "strategies": ["e", "f"]},
    ],
    "payoffs": [
        {"play": ["a", "c", "e"], "pay": [3, 0, 2]},
        {"play": ["b", "c", "e"], "pay": [0, 1, 1]},
        {"play": ["a", "c", "f"], "pay": [0, 0, 0]},
        {"play": ["b", "c", "f"], "pay": [1, 1, 1]},
    ],
}
TWO: dict[str, Any] = {
    "title": "The same without it",
    "populations": [SINGLE["populations"][0], SINGLE["populations"][2]],
    "bimatrix": [[[3, 2], [0, 0]], [[0, 1], [1, 1]]],
}
TEXT = """NFG 1 R "Twins" { "A" "A" } { { "go" "go" "wait" } { "2" "one more" } }
1 0  1 0  0 1  1 1  0 0  2 2
"""


def _answer(document: dict[str, Any], **options: Any) -> Any:
    return separatrix.analyze(load(document), **options).to_dict()


def test_one_player_chooses_what_earns_most() -> None:
    """A player alone is at rest in the strategies of one payoff, and only the best of them are Nash."""
    answer = _answer(ONE)
    assert [p["nash"] for p in answer["rest_points"]] == [False, True, True]
    (line,) = answer["rest_sets"]
    assert line["support"] == [["b", "c"]] and line["nash"] is True
    assert answer["rest_components"][0]["set_stability"] == "asymptotically stable"


@pytest.mark.parametrize("symbolic", [False, True])
def test_a_population_without_choice_changes_nothing(symbolic: bool) -> None:
    """Beside a population with a single strategy the others rest and are stable as without it."""
    with_it, without = _answer(SINGLE, symbolic=symbolic), _answer(TWO, symbolic=symbolic)
    for key in ("stability", "nash", "strict_nash", "eigenvalues"):
        ours, theirs = (
            {(p["state"]["x"], p["state"]["z"]): p[key] for p in a["rest_points"]} for a in (with_it, without)
        )
        if key == "eigenvalues":
            ours, theirs = ({s: sorted(v) for s, v in d.items()} for d in (ours, theirs))
        assert ours == theirs
    assert all(p["state"]["y_c"] == 1 for p in with_it["rest_points"])
    assert with_it["equations"]["y_c"] == "0"
    assert with_it["completeness"]["status"] == "complete"


def test_outcomes_beside_a_population_without_choice() -> None:
    """The basins are those of the game without it, which are known exactly."""
    exact = separatrix.basins(load(TWO)).fractions
    sampled = separatrix.basins(load(SINGLE), samples=2048).fractions
    assert sorted(sampled.values()) == pytest.approx(sorted(exact.values()), abs=0.03)
    course = separatrix.trajectory(load(SINGLE), {"x": 0.9, "y_c": 1, "z": 0.9})
    assert course.states[-1].tolist() == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("document", [ONE, SINGLE], ids=["one player", "a single strategy"])
@pytest.mark.parametrize("suffix", [".yaml", ".csv", ".xlsx", ".nfg"])
def test_such_games_survive_every_file(document: dict[str, Any], suffix: str, tmp_path: Path) -> None:
    """Written and read again, the answer is the same."""
    path = tmp_path / f"game{suffix}"
    write_game(load(document), path)
    before, after = _answer(document), separatrix.analyze(separatrix.load(path)).to_dict()
    seen = [
        sorted((tuple(p["state"].values()), p["stability"], p["nash"]) for p in a["rest_points"])
        for a in (before, after)
    ]
    assert seen[0] == seen[1]


@pytest.mark.parametrize("document", [ONE, SINGLE], ids=["one player", "a single strategy"])
def test_every_verb_takes_them(document: dict[str, Any], tmp_path: Path) -> None:
    """Analysis, report, basins and trajectories end well on the command line."""
    path = tmp_path / "game.yaml"
    write_game(load(document), path)
    start = "x_a=0.5,x_b=0.25,x_c=0.25" if document is ONE else "x=0.5,y_c=1,z=0.5"
    for command in (
        ["analyze", str(path)],
        ["analyze", str(path), "--symbolic"],
        ["report", str(path), "--out", str(tmp_path / "report.html")],
        ["basins", str(path), "--samples", "256"],
        ["trajectory", str(path), "--from", start],
    ):
        assert run(command) == 0, command


def test_names_that_occur_twice_in_gambit_files() -> None:
    """Strategies and players of one name are numbered, and the answer says so."""
    game = read_document(*parse_nfg(TEXT))
    assert [p.name for p in game.populations] == ["A_1", "A_2"]
    assert [s.name for s in game.populations[0].strategies] == ["go_1", "go_2", "wait"]
    assert len({s.id for s in game.populations[1].strategies}) == 2
    warnings = separatrix.analyze(game).warnings
    assert [w.code for w in warnings] == ["A523", "A523"]
    assert "`go_1`, `go_2`" in warnings[1].text


def test_one_player_in_gambit_files() -> None:
    """A file with one player is read, and written as one again."""
    game = read_document(*parse_nfg('NFG 1 R "alone" { "me" } { 2 } 1 3'))
    assert [p.nash for p in separatrix.analyze(game).rest_points] == [True, False]
    assert '{ "me" }' in nfg_text(game)

"""Instruments: what a game file says policy can do, and the game in which it is done."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from separatrix import analyze, load
from separatrix.errors import InputError, NameProblem, SeparatrixError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import names_in
from separatrix.game.formats.document import document_of
from separatrix.game.formats.table_writer import sheets_of, write_game, xlsx_bytes
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.model import FunctionForm, Game, ProfileTable
from separatrix.game.populations import translate
from separatrix.run.results import fingerprint


def two(**changes: Any) -> dict[str, Any]:
    """Two enterprises that cooperate or decline, with a subsidy, a levy and a bonus."""
    return {
        "populations": [
            {"name": "A", "share": "x", "strategies": ["join", "stay"]},
            {"name": "B", "share": "y", "strategies": ["join", "stay"]},
        ],
        "parameters": {"R": 10, "C": {"value": 6, "range": [0, 9]}, "D": 1},
        "let": {"net": "R - C"},
        "payoffs": [
            {"play": ["join", "join"], "pay": ["net", "net"]},
            {"play": ["join", "stay"], "pay": ["2 - C", "3 - D"]},
            {"play": ["stay", "join"], "pay": ["3 - D", "2 - C"]},
            {"play": ["stay", "stay"], "pay": ["1 - D", "1 - D"]},
        ],
        "instruments": {
            "subsidy": {
                "meaning": "share of the cost that the purse pays",
                "range": [0, 1],
                "strategy": "technology",
                "changes": {"C": "C*(1 - subsidy)"},
                "cost": {"public": "C*subsidy*(x + y)", "enterprises": "-C*subsidy*(x + y)"},
            },
            "levy": {"changes": {"C": "C - 1/2*levy", "D": "D + levy"}, "cost": "-levy*(2 - x - y)"},
            "bonus": {"changes": {"R": "R + bonus*x*y"}, "idle": "0", "cost": "bonus*net"},
        },
        "emissions": "100*(2 - x - y)*(1 - subsidy/10) + C",
        **changes,
    }


def at(game: Game, text: str, **values: object) -> Fraction:
    """The value of the payoff or the cost that `text` names."""
    known = {name: p.value for name, p in game.parameters.items()} | values
    expression = {"join, join": lambda: game.pay[0, 0][0], "emissions": lambda: game.emissions}[text]()
    assert expression is not None
    for name, meaning in game.lets.items():
        known[name] = evaluate(meaning, {n: Fraction(str(v)) for n, v in known.items()})
    return evaluate(expression, {n: Fraction(str(v)) for n, v in known.items()})


def test_a_game_with_idle_instruments_is_the_game_without() -> None:
    """Instruments that are not in force change nothing, and their levels are no parameters."""
    game, plain = load(two()), load({k: v for k, v in two().items() if k not in ("instruments", "emissions")})
    assert game.form == plain.form
    assert list(game.parameters) == ["R", "C", "D"]
    assert game.emissions is not None
    assert "subsidy" not in names_in(game.emissions)


def test_a_level_changes_parameters_wherever_they_stand() -> None:
    """In force, a level acts on payoffs, through shorthands too, and on emissions."""
    game = with_instruments(load(two()), ["subsidy"])
    level = game.parameters["subsidy"]
    assert (level.value, level.range) == (0, (0, 1))
    assert level.meaning == "share of the cost that the purse pays"
    assert at(game, "join, join", subsidy="1/2") == 7
    assert at(game, "emissions", subsidy="1/2", x=1, y=0) == 95 + 3


def test_instruments_act_one_after_the_other() -> None:
    """The second acts on what the first leaves, in the order of the file and not of the call."""
    game = with_instruments(load(two()), ["levy", "subsidy"])
    assert game.in_force == ("subsidy", "levy")
    assert at(game, "join, join", subsidy="1/2", levy=2) == 10 - (6 * Fraction(1, 2) - 1)


def test_what_is_in_force_stays_in_force() -> None:
    """Putting another instrument in force adds to those that are."""
    game = with_instruments(with_instruments(load(two()), ["levy"]), ["subsidy"])
    assert game.in_force == ("subsidy", "levy")


def test_a_dynamic_instrument_makes_payoffs_move() -> None:
    """A change that uses shares makes payoffs functions of the state; idle, they are a table."""
    game = load(two())
    assert isinstance(game.form, ProfileTable)
    assert isinstance(with_instruments(game, ["bonus"]).form, FunctionForm)


def test_the_analysis_takes_levels_as_parameters() -> None:
    """At a level the answer is that of the game with the parameter at the value it then has."""
    game = with_instruments(load(two()), ["subsidy"])
    supported = analyze(game, values={"subsidy": "1/2"}).to_dict()["rest_points"]
    cheap = analyze(load(two()), values={"C": 3}).to_dict()["rest_points"]
    assert [(p["state"], p["stability"]) for p in supported] == [(p["state"], p["stability"]) for p in cheap]


def test_costs_stand_before_any_change() -> None:
    """A cost takes parameters and shorthands as they are without instruments, other levels as they are."""
    game = load(two())
    values = {"R": Fraction(10), "C": Fraction(6), "x": Fraction(1), "y": Fraction(0)}
    cost = cost_of(game, ["bonus", "subsidy"])
    public = evaluate(cost["public"], values | {"bonus": Fraction(2), "subsidy": Fraction(1, 2)})
    assert public == 2 * (10 - 6) + 3
    assert evaluate(cost["enterprises"], values | {"bonus": Fraction(2), "subsidy": Fraction(1, 2)}) == -3


def test_levels_of_others_stay_idle() -> None:
    """A change that names another level takes its idle value while that one is not in force."""
    both = {
        "help": {"changes": {"C": "C - help"}, "idle": 1},
        "more": {"changes": {"D": "D + more*help"}},
    }
    game = load(two(instruments=both, emissions=None))
    alone = with_instruments(game, ["more"])
    assert isinstance(alone.form, ProfileTable)
    entry = alone.form.pay[1, 1][0]
    assert evaluate(entry, {"D": Fraction(1), "more": Fraction(3)}) == 1 - (1 + 3)


def test_games_with_and_without_force_have_other_fingerprints() -> None:
    """What is stored of one is never taken for the other; both are pickled whole."""
    game = load(two())
    acting = with_instruments(game, ["levy"])
    assert fingerprint(acting) != fingerprint(game)
    assert pickle.loads(pickle.dumps(acting)) == acting
    assert load(document_of(acting)) == acting
    assert load(document_of(game)) == game


def test_a_game_without_file_keeps_its_instruments() -> None:
    """What was built in memory is written with them, and acts the same."""
    game = load(two())
    bare = Game(**{f: getattr(game, f) for f in game.__dataclass_fields__ if f not in ("raw", "places")})
    assert load(document_of(bare)).instruments == game.instruments
    assert with_instruments(bare, ["subsidy"]).form == with_instruments(game, ["subsidy"]).form


def test_words_of_instruments_are_translated() -> None:
    """The meaning of a level is told in the language of the game, in force too."""
    game = translate(load(two(translations={"zh": {"meanings": {"subsidy": "补贴率"}}})), "zh")
    assert game.instruments["subsidy"].meaning == "补贴率"
    acting = with_instruments(game, ["subsidy"])
    assert acting.parameters["subsidy"].meaning == "补贴率"
    assert at(acting, "join, join", subsidy=1) == 10


@pytest.mark.parametrize(
    ("instrument", "code"),
    [
        ({}, "G111"),
        ({"changes": {}}, "G111"),
        ({"changes": {"c": 1}}, "G120"),
        ({"changes": {"net": 1}}, "G120"),
        ({"changes": {"C": "C*s"}}, "S012"),
        ({"changes": {"C": [1]}}, "G110"),
        ({"changes": {"C": 1}, "rang": [0, 1]}, "G107"),
        ({"changes": {"C": 1}, "range": [1, 0]}, "V310"),
        ({"changes": {"C": 1}, "range": [1]}, "G119"),
        ({"changes": {"C": 1}, "range": [1, 2]}, "V313"),
        ({"changes": {"C": 1}, "range": [0, 1e300]}, "V307"),
        ({"changes": {"C": 1}, "range": [-1e51, 0]}, "V307"),
        ({"changes": {"C": 1}, "idle": "x"}, "V301"),
        ({"changes": {"C": 1}, "cost": {"state": 1}}, "G127"),
        ({"changes": {"C": 1}, "cost": "q"}, "S012"),
        ({"changes": {"C": 1}, "strategy": "parks"}, "G127"),
        (["changes"], "G110"),
    ],
)
def test_what_cannot_be_meant_is_refused(instrument: Any, code: str) -> None:
    """A fault in an instrument has a code and names the instrument."""
    with pytest.raises(SeparatrixError) as caught:
        load(two(instruments={"level": instrument}, emissions=None))
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["C", "net", "x", "exp", "2s"])
def test_the_name_of_a_level_is_free(name: str) -> None:
    """The key of an instrument is the name of its level, so it is no other name of the game."""
    with pytest.raises(InputError, match=r"G11[34]"):
        load(two(instruments={name: {"changes": {"C": 1}}}, emissions=None))


def test_unknown_instruments_are_named() -> None:
    """What is in force must be an instrument of the game."""
    with pytest.raises(NameProblem, match=r"V308.*subsidi"):
        with_instruments(load(two()), ["subsidi"])
    with pytest.raises(NameProblem, match="G120"):
        load(two(in_force=["subsidi"]))


def test_speeds_cannot_move_with_the_shares_through_an_instrument() -> None:
    """A change that uses shares cannot act on what a speed is made of."""
    game = load(two(speeds={"A": "R"}))
    with pytest.raises(InputError, match="S014"):
        with_instruments(game, ["bonus"])


@pytest.mark.parametrize("in_force", [[], ["levy"]])
def test_a_workbook_holds_instruments(in_force: list[str], tmp_path: Path) -> None:
    """Sheets tell what a file tells: several changes of one, what each costs whom, and what is in force."""
    game = load(two(in_force=in_force))
    write_game(game, tmp_path / "game.xlsx")
    copy = load(tmp_path / "game.xlsx")
    assert copy.instruments == game.instruments
    assert (copy.in_force, copy.emissions) == (game.in_force, game.emissions)
    assert (copy.parameters, copy.form) == (game.parameters, game.form)


def test_a_fault_in_a_sheet_of_instruments_has_its_cell(tmp_path: Path) -> None:
    """What a sheet says wrong of an instrument is told with the cell it stands in."""
    rows = [["name", "parameter", "becomes", "strategy"], ["levy", "C", "C + levy", None], ["levy", "C", 1]]
    for row, code in ((["levy", "D", "D + levi"], "S012"), (["levy", "Q", "1"], "G120"), (rows[2], "G108")):
        sheets = {**sheets_of(load(two(instruments=None, emissions=None))), "instruments": [*rows[:2], row]}
        (tmp_path / "game.xlsx").write_bytes(xlsx_bytes(sheets))
        with pytest.raises(SeparatrixError, match=code) as caught:
            load(tmp_path / "game.xlsx")
        assert "[instruments!" in str(caught.value.where) and "3" in str(caught.value.where)

"""Instruments that a file has in force, and marks of levers, are in the page as `analyze` has them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.game.instruments import before_instruments, with_instruments
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model

from .page_computing import asked
from .test_labels_in_page import differences, texts

SUPPORTED: dict[str, Any] = {
    "title": "Two instruments, the later of which acts on what the earlier one leaves",
    "payoff_matrix": [["a + h", "b"], [1, "c"]],
    "populations": [{"name": "A", "share": "x", "strategies": ["p", "q"]}],
    "let": {"h": "a*b"},
    "parameters": {"a": 1, "b": 2, "c": 1},
    "instruments": {
        "early": {"changes": {"a": "a + early"}, "range": [0, 2]},
        "late": {"changes": {"a": "a*(1 - late)"}, "range": [0, 2]},
        "idle": {"changes": {"b": "b*(2 + idle)"}, "range": [0, 2]},
    },
    "scenarios": {"much": {"early": 2}},
    "emissions": "a*early + late*x",
}


@pytest.mark.parametrize("force", [["early"], ["late"], ["early", "idle"], ["early", "late", "idle"]])
def test_what_is_in_force_acts_once_and_in_order(force: list[str]) -> None:
    """Whatever the file has in force, labels are those of the analysis at every level."""
    game = separatrix.load({**SUPPORTED, "in_force": force, "scenarios": {}})
    base = {name: p.value or Fraction(0) for name, p in game.parameters.items()}
    places = []
    for level in (Fraction(0), Fraction(1, 2), Fraction(3, 2)):
        for other in (Fraction(0), Fraction(3, 4)):
            values = {**base, **{name: level if name == force[0] else other for name in force}}
            levels = {name: other for name in game.instruments if name not in force and other}
            places.append((values, levels))
    question = {
        "model": model_json(page_model(game)),
        "positions": [texts(values) for values, _ in places],
        # A level that is a parameter too stands among both.
        "levels": [texts({**{n: v for n, v in values.items() if n in force}, **lv}) for values, lv in places],
    }
    answers = asked("answer.ts", {"labels": [question]})["labels"][0]
    for (values, levels), page in zip(places, answers, strict=True):
        acting = with_instruments(game, levels) if levels else game
        analysis = separatrix.analyze(acting, values={**values, **levels})
        assert page["complete"]
        assert list(differences(page, analysis)) == []


def test_emissions_follow_the_levels_that_they_name() -> None:
    """The page is told emissions in all levels that they name, and in parameters before instruments."""
    game = separatrix.load({**SUPPORTED, "in_force": ["early"]})
    assert before_instruments(game).shares == game.shares
    told = model_json(page_model(game))
    assert told["emissions"] == ["+", ["*", "a", "early"], ["*", "late", "x"]]


def stable(game: separatrix.Game, name: str, value: Fraction) -> list[str]:
    acting = with_instruments(game, [name]) if name in game.instruments else game
    analysis = separatrix.analyze(acting, values={name: value})
    return [p.id for p in analysis.rest_points if p.stability == "asymptotically stable"]


@pytest.mark.parametrize(
    ("document", "name", "ends"),
    [
        # Two changes closer to each other than the positions that are looked at.
        (
            {"payoff_functions": {"A": {"p": "-1 + 2*x - 2*x^2", "q": "b - 5/4*x"}}, "parameters": {"b": 0}},
            "b",
            ("-3", "3"),
        ),
        # A range that begins at the idle level, and an instrument that moves with the shares.
        (
            {
                "payoff_matrix": [["a", 1], [0, 2]],
                "parameters": {"a": 1},
                "instruments": {"fee": {"changes": {"a": "a - fee*x"}, "range": [0, 3]}},
            },
            "fee",
            ("0", "3"),
        ),
    ],
)
def test_no_change_of_stability_lacks_a_mark(
    document: dict[str, Any], name: str, ends: tuple[str, str]
) -> None:
    """Just before and after each mark, and on a grid between them, the stable states are the told ones."""
    people = {"title": "Marks", "populations": [{"name": "A", "share": "x", "strategies": ["p", "q"]}]}
    game = separatrix.load({**people, **document})
    values = {n: p.value or Fraction(0) for n, p in game.parameters.items()}
    position = {"settings": texts(values), "levels": dict.fromkeys(game.instruments, "0")}
    question = {"model": model_json(page_model(game)), "position": position, "ranges": {name: ends}}
    marks = asked("answer.ts", {"marks": [question]})["marks"][0][name]
    assert marks
    low, high = map(Fraction, ends)
    step = (high - low) / 10**6
    for mark in marks:
        assert stable(game, name, Fraction(mark["exact"]) - step) == mark["before"]
        assert stable(game, name, Fraction(mark["exact"]) + step) == mark["after"]
    for k in range(40):
        value = low + (high - low) * Fraction(2 * k + 1, 80)
        below = [mark for mark in marks if Fraction(mark["exact"]) < value]
        assert stable(game, name, value) == (below[-1]["after"] if below else marks[0]["before"])


def test_no_mark_is_guessed_where_labels_are_open() -> None:
    """Beside a range of a lever in which the page leaves a label open it tells no position of the change."""
    game = separatrix.load(
        {
            "title": "A change beyond an open range",
            "payoff_matrix": [["1/3", 1, "c"], ["a - b + c", 1, 1], [0, 1, 0]],
            "parameters": {"a": 0, "b": 0, "c": 2},
        }
    )
    position = {"settings": {"a": "0", "b": "0", "c": "2"}, "levels": {}}
    question = {"model": model_json(page_model(game)), "position": position, "ranges": {"b": ["-3", "3"]}}
    for mark in asked("answer.ts", {"marks": [question]})["marks"][0]["b"]:
        assert stable(game, "b", Fraction(mark["exact"]) - Fraction(1, 10**6)) == mark["before"]
        assert stable(game, "b", Fraction(mark["exact"]) + Fraction(1, 10**6)) == mark["after"]

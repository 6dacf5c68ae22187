"""Fields by name, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from core.dynamics.fields.games import DYNAMICS, HAWKS, ROCK, UNEVEN, made
from separatrix.dynamics.fields import field
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.errors import InputError, NameProblem, SeparatrixError
from separatrix.game.reader import load


@pytest.mark.parametrize("kind", DYNAMICS)
def test_every_kind_is_made_under_its_name(kind: str) -> None:
    """The field of a kind carries the name under which it was asked for."""
    assert made(load(HAWKS), kind).kind == kind


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Payoff_Adjusted", "payoff-adjusted"),
        ("Best Response", "best-response"),
        ("mutator", "replicator-mutator"),
        ("Brown von Neumann Nash", "bnn"),
    ],
)
def test_names_are_read_with_indulgence(given: str, name: str) -> None:
    """Capitals, spaces and underscores do not matter, and some kinds have a second name."""
    assert dynamic_of(given).name == name


@pytest.mark.parametrize(
    ("given", "meant"), [("repicator", "replicator"), ("logti", "logit"), ("best-respons", "best-response")]
)
def test_a_misspelt_kind_finds_its_neighbour(given: str, meant: str) -> None:
    """An unknown kind is answered with the one that was most likely meant."""
    with pytest.raises(InputError, match=f"did you mean `{meant}`") as caught:
        field(load(HAWKS), kind=given)
    assert caught.value.code == "V320"


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("logit", {"ets": 1}, "did you mean `eta`"),
        ("smith", {"eta": 1}, "no option `eta`; it takes none"),
        ("logit", {"eta": 0}, "is 0; expected a positive number"),
        ("logit", {"eta": -1}, "is -1; expected a positive number"),
        ("replicator-mutator", {}, "found neither"),
        ("replicator-mutator", {"mu": 0.1, "matrix": [[1, 0], [0, 1]]}, "found both"),
        ("replicator-mutator", {"mu": 5}, "is 5; a probability"),
        ("replicator-mutator", {"mu": 0.1, "when": "birth"}, "did you mean 'births'"),
        ("replicator-mutator", {"matrix": [[1, 0]]}, "must have 2 rows of 2"),
        ("replicator-mutator", {"matrix": 0.5}, "must have 2 rows of 2"),
        ("replicator-mutator", {"matrix": [[2, -1], [0, 1]]}, "holds -1"),
        ("replicator-mutator", {"matrix": [[0.5, 0.4], [0, 1]]}, "adds up to 0.9, not to 1"),
        ("replicator-mutator", {"mu": {"Plaiers": 0.1}}, "is given for `Plaiers`"),
    ],
)
def test_impossible_options_are_refused(kind: str, options: dict[str, Any], message: str) -> None:
    """An option that a kind does not take, or cannot use, is refused with what is expected."""
    with pytest.raises(SeparatrixError, match=message) as caught:
        field(load(HAWKS), kind=kind, **options)
    assert caught.value.code == "V321"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("logit", {"eta": float("nan")}),
        ("logit", {"eta": True}),
        ("replicator-mutator", {"mu": float("inf")}),
        ("replicator-mutator", {"matrix": [[1, "a"], [0, 1]]}),
        ("payoff-adjusted", {"background": float("nan")}),
    ],
)
def test_options_are_finite_numbers(kind: str, options: dict[str, Any]) -> None:
    """NaN, infinity, truth values and names are no options."""
    with pytest.raises(InputError) as caught:
        field(load(HAWKS), kind=kind, **options)
    assert caught.value.code == "V301"


def test_payoffs_that_average_to_nothing_are_refused() -> None:
    """Payoff adjustment divides by the average, and says what to do where that is not positive."""
    with pytest.raises(InputError, match=r"is -1 at x = 1;(.|\n)*`background`") as caught:
        field(load(HAWKS), kind="payoff-adjusted")
    assert caught.value.code == "V322"


def test_an_average_that_vanishes_inside_is_refused_there() -> None:
    """An average that is positive at the corners and the middle, but not everywhere, is refused when met."""
    game = load({"title": "t", "payoff_matrix": [[1, -9], [0, 9]]})  # negative at x = 0.8
    flow = field(game, kind="payoff-adjusted")
    assert flow([0.5]).shape == (1,)
    with pytest.raises(InputError, match="must be positive") as caught:
        flow([[0.5], [0.8]])
    assert caught.value.code == "V322"


def test_negative_numbers_of_copies_are_refused() -> None:
    """With mutation at births payoffs are not negative; with mutation always they may be."""
    with pytest.raises(InputError, match='when="always"') as caught:
        field(load(ROCK), kind="replicator-mutator", mu=0.1)
    assert caught.value.code == "V322"
    assert field(load(ROCK), kind="replicator-mutator", mu=0.1, when="always").sizes == (3,)


def test_a_misspelt_population_finds_its_neighbour() -> None:
    """Rates by population name populations of the game."""
    game = load(
        {**UNEVEN, "populations": [{"name": "Firms", "strategies": ["a", "b", "c"]}, "Banks"], "speeds": None}
    )
    with pytest.raises(NameProblem, match="did you mean `Firms`"):
        field(game, kind="replicator-mutator", mu={"Firm": 0.1})


def test_every_kind_needs_values() -> None:
    """A parameter without a value is refused by every kind."""
    game = load({"title": "t", "parameters": {"a": {}}, "payoff_matrix": [["a", 0], [1, 2]]})
    for kind in DYNAMICS:
        with pytest.raises(InputError, match="no value for `a`"):
            made(game, kind)

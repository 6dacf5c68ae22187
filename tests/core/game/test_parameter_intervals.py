"""What parameters run over is written in one way for sweeps, diagrams and maps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.game.values import parameter_intervals

GAME = separatrix.load("shi-chen-2018")


@pytest.mark.parametrize(
    "over",
    [{"C1": "0:8"}, {"C1": (0, 8)}, {"C1": ["0", "8"]}, "C1=0:8", ["C1=0:8"], ("C1", 0, 8), ("C1", "0", 8)],
)
def test_each_way_to_write_an_interval_means_the_same(over: Any) -> None:
    """A mapping, a text, and the old (name, low, high) give one interval."""
    (found,) = parameter_intervals(GAME, over, "D661")
    assert (found.name, found.low, found.high, found.count) == ("C1", 0, 8, None)


def test_one_form_goes_to_sweeps_diagrams_and_maps() -> None:
    """The same mapping and the same text are taken by all three, the count included."""
    over = {"C1": "1/2:8:6"}
    assert dict(separatrix.sweep(GAME, over).sizes) == {"C1": 6}
    assert dict(separatrix.sweep(GAME, "C1=1/2:8:6").sizes) == {"C1": 6}
    assert dict(separatrix.sweep(GAME, {"C1": "1/2:8"}).sizes) == {"C1": 51}
    assert separatrix.bifurcation_diagram(GAME, over).low == Fraction(1, 2)
    found = separatrix.regime_map(GAME, {**over, "C2": "1:4:5"})
    assert found.labels.shape == (6, 5)
    again = separatrix.regime_map(GAME, ["C1=1/2:8:6", "C2=1:4:5"])
    assert (found.labels == again.labels).all()


def test_a_parameter_alone_runs_over_its_range() -> None:
    """Without an interval it is the range in the game file."""
    (found,) = parameter_intervals(GAME, {"C1": None}, "D661")
    limits = GAME.parameters["C1"].range
    assert limits is not None and (found.low, found.high) == limits
    assert parameter_intervals(GAME, "C1", "D661") == (found,)


@pytest.mark.parametrize(
    "over",
    [
        {"C1": "0"},
        {"C1": "0:1:2:3"},
        {"C1": 3},
        {"C1": (0, 1, 2)},
        {"C1": "8:0"},
        {"C1": "1:1"},
        "C1=",
        7,
        {"C1": ":"},
    ],
)
def test_what_is_no_interval_is_refused_with_what_to_write(over: Any) -> None:
    """The error has the code of who asked, and a way to write an interval."""
    with pytest.raises(separatrix.InputError, match="over=") as raised:
        parameter_intervals(GAME, over, "D631")
    assert raised.value.code == "D631"


def test_an_unknown_parameter_is_named_with_the_nearest_one() -> None:
    """A slip of the pen gets the parameter that was meant."""
    with pytest.raises(separatrix.NameProblem, match="V302") as raised:
        parameter_intervals(GAME, {"C11": "0:1"}, "D661")
    assert "C1" in str(raised.value)


def test_verbs_have_the_names_of_the_command_line() -> None:
    """`shock`, `bifurcation` and `regimes` are the functions that the commands of these names call."""
    assert separatrix.shock is separatrix.critical_shock
    assert separatrix.bifurcation is separatrix.bifurcation_diagram
    assert separatrix.regimes is separatrix.regime_map


@pytest.mark.parametrize(
    ("values", "code"), [("C1=2", "V301"), (["C1"], "V301"), (5, "V301"), ({1: 2}, "V302")]
)
def test_values_that_name_no_parameters_are_refused(values: Any, code: str) -> None:
    """Whatever is handed over as values, the answer is an error with a code."""
    with pytest.raises(separatrix.SeparatrixError) as problem:
        separatrix.analyze(GAME, values)
    assert problem.value.code == code

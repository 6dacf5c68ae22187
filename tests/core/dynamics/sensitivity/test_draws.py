"""Which parameters are uncertain, what is cut off, rejected and held, and draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import separatrix
from separatrix.dynamics.bimatrix_separatrix import Planar
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import clear
from separatrix.dynamics.parameter_uncertainty.uncertainty import METHODS, uncertainty_of, unit_cube
from separatrix.errors import SeparatrixError
from separatrix.game.model import Game


def game(assume: list[str] | None = None, scenarios: dict[str, Any] | None = None, **parameters: Any) -> Game:
    """Return a game with these parameters, in its payoffs or not."""
    document: dict[str, Any] = {
        "title": "t",
        "parameters": parameters,
        "payoff_matrix": [[f"{' + '.join(parameters)}", 0], [0, 1]],
        "assume": assume or [],
        "scenarios": scenarios or {},
    }
    return separatrix.load(document)


A = {"value": 2, "uncertain": {"normal": [2, 1]}}
B = {"value": 3, "uncertain": {"uniform": [1, 5]}}


def test_a_limit_on_one_parameter_cuts_its_distribution_off() -> None:
    """Range and assumption together give the limits; what is lost is told, and nothing is rejected."""
    found = uncertainty_of(game(["a > 1"], a=A | {"range": [0, 3]}))
    assert found.limits == {"a": (1.0, 3.0)}
    lost = 1 - (stats.norm.cdf(1) - stats.norm.cdf(-1))
    assert [f"{100 * lost:.2g} %" in str(note) for note in found.notes] == [True]
    draws = found.draws(unit_cube(1, 1000, 0))
    assert draws["a"].min() >= 1 and draws["a"].max() <= 3
    assert found.allowed(draws).all()


def test_limits_are_read_from_chains_and_from_either_side() -> None:
    """`0 < a`, `a <= 4` and `0 < a < b < 9` are limits where they hold one parameter and a number."""
    found = uncertainty_of(game(["0 < a < b < 9", "4 >= a", "a != 3"], a=A, b=B))
    assert found.limits == {"a": (0.0, 4.0), "b": (-np.inf, 9.0)}


def test_an_assumption_on_several_parameters_rejects_draws() -> None:
    """Of independent draws those that break it are told apart, shorthands and fixed values included."""
    document: dict[str, Any] = {
        "title": "t",
        "parameters": {"a": A, "b": B, "c": 1},
        "let": {"sum": "a + c"},
        "payoff_matrix": [["a", 0], [0, "b"]],
        "assume": ["sum < b"],
    }
    found = uncertainty_of(separatrix.load(document))
    draws = found.draws(unit_cube(2, 4096, 1))
    allowed = found.allowed(draws)
    assert np.array_equal(allowed, draws["a"] + 1 < draws["b"])
    assert 0.2 < allowed.mean() < 0.7


def test_discrete_limits_follow_strict_assumptions() -> None:
    """A value on the border of a strict assumption is rejected though the limit alone would keep it."""
    found = uncertainty_of(game(["a > 0"], a={"value": 1, "uncertain": {"choice": [-1, 0, 1]}}))
    draws = found.draws(unit_cube(1, 64, 0))
    assert set(draws["a"].tolist()) == {0.0, 1.0}
    assert np.array_equal(found.allowed(draws), draws["a"] > 0)


def test_a_distribution_in_numbers_gives_way_to_a_given_value() -> None:
    """What --set or a scenario gives is held, and said; one in per cent follows."""
    rising = {"value": 10, "uncertain": {"uniform": "10%"}}
    made = game(a=A, b=B, c=rising, scenarios={"high": {"b": 4, "c": 20}})
    found = uncertainty_of(made, scenario="high")
    assert found.names == ("a", "c") and found.base["b"] == 4
    assert found.laws["c"].support == (18.0, 22.0)
    assert any("held fixed" in str(note) and "b" in str(note) for note in found.notes)
    found = uncertainty_of(made, {"a": 1, "c": 0})
    assert found.names == ("b",)
    assert any("percentage of 0" in str(note) and str(note).endswith("c") for note in found.notes)


def test_over_and_fixed_choose_what_is_drawn() -> None:
    """`over` names what is drawn, and may bring distributions of its own; `fixed` is left out."""
    made = game(a=A, b=B, c=1)
    assert uncertainty_of(made, over=["b"]).names == ("b",)
    assert uncertainty_of(made, fixed=["b"]).names == ("a",)
    own = uncertainty_of(made, {"c": 7}, over={"c": {"triangular": [6, 7, 8]}, "a": None})
    assert own.names == ("a", "c") and own.laws["c"].support == (6.0, 8.0)


def test_a_spread_gives_a_distribution_to_those_without() -> None:
    """They are uniform around their value; those with a distribution keep it, and 0 stays 0; all is said."""
    found = uncertainty_of(game(a=A, c=10, z=0), spread="10%")
    assert found.names == ("a", "c") and found.laws["a"].kind == "normal"
    assert found.laws["c"].support == (9.0, 11.0)
    assert ["±10 %" in str(n) for n in found.notes] == [True, False]


def test_a_parameter_without_a_value_stands_at_its_median() -> None:
    """The usual values are complete, so that rest points have names."""
    found = uncertainty_of(game(a={"uncertain": {"triangular": [0, 1, 2]}}))
    assert found.base == {"a": 1}


@pytest.mark.parametrize(
    ("made", "options", "code", "part"),
    [
        (game(c=1), {}, "D651", "c: {value: 1, uncertain: {triangular: [0.8, 1, 1.2]}}"),
        (game(c=-2), {}, "D651", "[-2.4, -2, -1.6]"),
        (game(a=A), {"fixed": ["a"]}, "D651", "--spread 10%"),
        (game(a=A, c=1), {"over": ["c"]}, "D651", "`c` has no distribution"),
        (game(a=A), {"over": ["x"]}, "V302", "no parameter `x`"),
        (game(a=A), {"fixed": ["aa"]}, "V302", "did you mean `a`"),
        (game(a=A), {"over": {"a": "triangular(3, 2, 1)"}}, "V330", "3 comes before 2"),
        (game(a=A), {"over": {"a": "uniform(10%)"}, "values": {"a": 0}}, "V331", "`a` is 0"),
        (game(a=A | {"range": [90, 99]}), {}, "D652", "lies from 90 to 99"),
        (game(a=A), {"spread": "200%"}, "V330", "a spread of 200%"),
        (game(a=A, c=None), {}, "V304", "no value for `c`"),
        (game(a=A), {"scenario": "none"}, "V303", "no scenario"),
    ],
)
def test_what_cannot_be_drawn_is_refused(made: Game, options: dict[str, Any], code: str, part: str) -> None:
    """Every error has its code and says what to write."""
    with pytest.raises(SeparatrixError) as caught:
        uncertainty_of(made, **options)
    assert caught.value.code == code and part in str(caught.value)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_draws(method: Any) -> None:
    """Draws depend on the seed alone, fill the unit cube evenly, and never lie on its border."""
    one, again, other = (unit_cube(3, 256, seed, method) for seed in (5, 5, 6))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert one.shape == (256, 3) and one.min() > 0 and one.max() < 1
    assert np.abs(one.mean(axis=0) - 0.5).max() < 0.1


def test_a_latin_hypercube_has_one_draw_in_every_slice() -> None:
    """Each of n equal slices of each parameter holds one of n draws."""
    slices = np.sort(np.floor(unit_cube(4, 50, 3, "latin") * 50), axis=0)
    assert np.array_equal(slices, np.repeat(np.arange(50.0)[:, None], 4, axis=1))


@pytest.mark.parametrize(
    "samples,seed,method", [(0, 0, "sobol"), (1 << 30, 0, "sobol"), (8, -1, "random"), (8, 0, "x")]
)
def test_impossible_samples_are_refused(samples: int, seed: int, method: Any) -> None:
    """Numbers, seeds and methods that cannot be have a code."""
    with pytest.raises(SeparatrixError, match="D654"):
        unit_cube(2, samples, seed, method)


@pytest.mark.parametrize("place", range(4))
def test_a_draw_whose_payoffs_have_no_value_is_not_clear(place: int) -> None:
    """Wherever the rate stands that is no number: of such a draw no closed form tells anything."""
    rates = [1.0, -1.0, 2.0, 1.0]
    assert clear(Planar((rates[0], rates[1]), (rates[2], rates[3])))
    rates[place] = float("nan")
    assert not clear(Planar((rates[0], rates[1]), (rates[2], rates[3])))

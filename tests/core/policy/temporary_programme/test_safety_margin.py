"""How often a temporary programme works when parameters are drawn: against another route, and fresh draws."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import separatrix
from separatrix.game.model import Game
from separatrix.policy.temporary.bang_bang import safety_margin
from separatrix.policy.temporary.control_problem import control_problem
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.temporary.supported_trajectory import Steps
from separatrix.policy.uncertain_programmes import Programme, programme_case, share_in_draws

from .games import paper


def uncertain() -> Game:
    """Return the paper's game with a cost and a return that are not known exactly."""
    document = copy.deepcopy(dict(paper().raw))
    document["parameters"]["C1"] = {"value": 4, "uncertain": "uniform(19/5, 21/5)"}
    document["parameters"]["R1"] = {"value": 3, "uncertain": "uniform(14/5, 16/5)"}
    return separatrix.load(document)


@pytest.mark.soak
def test_the_share_is_that_of_another_route_on_fresh_draws() -> None:
    """A share estimated elsewhere, by exact outcomes, holds this one within its interval at 99.9 %."""
    game = uncertain()
    found = temporary_programme(game, held={"cut": 4}, margin=0.05, draws=2000)
    assert found.safety is not None and found.cheapest is not None
    programme = Programme({"cut": 4.0}, end=found.cheapest.end)
    fresh = share_in_draws(programme_case(game), programme, 4000, seed=7)
    low, high = fresh.interval_at(0.999)
    assert low - 0.03 < found.safety.share < high + 0.03
    assert (
        found.safety.interval[0] < fresh.value < found.safety.interval[1] or low < found.safety.share < high
    )


def test_support_that_lasts_as_long_as_it_says_works_in_most_draws() -> None:
    """With the longer end 95 % of fresh draws succeed, and with the shorter one they do not."""
    game = uncertain()
    found = temporary_programme(game, held={"cut": 4}, margin=0.0)
    assert found.safety is not None and found.safety.longer is not None and found.cheapest is not None
    assert found.safety.share < 0.7 and found.safety.longer > found.cheapest.end
    problem = control_problem(game, ["cut"])
    again = safety_margin(
        game,
        problem,
        np.array([0.2, 0.3]),
        np.ones(2),
        Steps(((4.0,),), (found.safety.longer,)),
        draws=1000,
        seed=99,
    )
    assert again is not None and 0.92 < again.share < 0.98


def test_nothing_uncertain_has_no_margin_of_that_kind() -> None:
    """Without uncertain parameters nothing is drawn."""
    found = temporary_programme(paper(), held={"cut": 4})
    assert found.safety is None and found.to_dict()["safety"] is None


def test_draws_can_be_left_out() -> None:
    """With no draws asked none are made."""
    assert temporary_programme(uncertain(), held={"cut": 4}, draws=0).safety is None


def test_the_same_seed_gives_the_same_share() -> None:
    """Draws depend on the seed alone."""
    game = uncertain()
    problem, steps = control_problem(game, ["cut"]), Steps(((4.0,),), (0.76,))
    one, same, other = (
        safety_margin(game, problem, np.array([0.2, 0.3]), np.ones(2), steps, draws=100, seed=seed)
        for seed in (1, 1, 2)
    )
    assert one == same and one is not None and other is not None
    assert one.share == pytest.approx(other.share, abs=0.25)

"""The cheapest temporary programme in two populations: known values, other routes, and bad questions."""

from __future__ import annotations

import math
import pickle
from functools import cache

import numpy as np
import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.policy.temporary.control_problem import control_problem
from separatrix.policy.temporary.direct_collocation import lattice_value
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.temporary.results import TemporaryProgramme
from separatrix.policy.temporary.target_set import target_point, target_set
from thinning import thinned

from .games import paper, worked

START = np.array([[0.2, 0.3]])


@cache
def answer(cost: str) -> TemporaryProgramme:
    """Return the answer at a cost, found once for all tests."""
    return temporary_programme(paper(cost=cost))


def test_three_held_must_last_as_long_as_is_known() -> None:
    """With C1 held at 1 support must last 1.3579365, and costs 3.167986."""
    found = temporary_programme(paper(), held={"cut": 3}, margin=0)
    assert found.cheapest is not None
    assert found.cheapest.end == pytest.approx(1.3579365, abs=5e-8)
    assert found.infimum == pytest.approx(3.167986, abs=5e-7)


def test_four_held_takes_and_costs_what_is_known() -> None:
    """A stronger programme is shorter and cheaper."""
    found = temporary_programme(paper(), held={"cut": 4}, margin=0)
    assert found.cheapest is not None
    assert found.cheapest.end == pytest.approx(0.725124, abs=5e-7)
    assert found.infimum == pytest.approx(2.414001, abs=5e-7)


@thinned("cost", ["cut*(x + y)", "cut^2*(x + y)"], each_run=1)
def test_no_shape_is_cheaper_than_the_value_function(cost: str) -> None:
    """Free levels are within 1 % of a fine lattice; constant and stepped ones cost at least that."""
    game, found = paper(cost=cost), answer(cost)
    problem = control_problem(game, ["cut"])
    analysis = separatrix.analyze(game)
    basin = target_set(analysis, target_point(analysis, "E4"))
    choices = np.linspace(0, 4, 9)[:, None] if "^" in cost else np.array([[0.0], [2.0], [4.0]])
    value = float(lattice_value(problem, basin, nodes=101, hold=0.5, choices=choices).at(START)[0])
    assert found.infimum == pytest.approx(value, rel=0.01)
    for one in found.programmes.values():
        assert one.cost >= 0.99 * value
        assert one.after.arrives
        assert one.depth == pytest.approx(0.01, abs=1e-6)
    least = found.programmes["free"].cost
    assert all(one.cost >= least - 1e-6 * least for one in found.programmes.values())


def test_a_linear_cost_is_bang_bang_and_a_quadratic_one_is_not() -> None:
    """No arc of the one is singular; levels of the other fade towards the boundary."""
    linear, quadratic = answer("cut*(x + y)"), answer("cut^2*(x + y)")
    assert linear.principle is not None and quadratic.principle is not None
    assert {arc.kind for arc in linear.principle.arcs} == {"high"}
    assert not linear.singular and linear.principle.gain < 1e-6
    assert not quadratic.principle.affine and not quadratic.singular
    levels = [u for (u,) in quadratic.to_boundary.steps.levels] if quadratic.to_boundary else []
    assert len(levels) > 2 and levels == sorted(levels, reverse=True)
    assert quadratic.principle.gain < 0.03


def test_a_shorter_programme_fails() -> None:
    """Switched off 1 % earlier than at the boundary, the state slides back; 1 % later it does not."""
    found = temporary_programme(paper(), held={"cut": 3}, margin=0)
    assert found.cheapest is not None
    end = found.cheapest.end
    for factor, outcome in ((0.99, "E1"), (1.01, "E4")):
        document = {**paper().raw, "schedule": {"C1": {"steps": [[0, 1], [f"{end * factor:.9f}", 4]]}}}
        ended = separatrix.outcome(separatrix.load(document), [0.2, 0.3], scheduled=True)
        assert ended.name == outcome


def test_an_answer_is_plain_data_and_travels() -> None:
    """It can be pickled, and its data hold no infinite numbers."""
    import json

    found = temporary_programme(paper(), held={"cut": 4})
    again = pickle.loads(pickle.dumps(found))
    told = json.loads(json.dumps(again.to_dict(), allow_nan=False))
    assert told["answer"] == "found" and told["programmes"][0]["steps"][0]["levels"] == {"cut": 4.0}


def test_support_for_ever_needs_what_is_known_and_soon_costs_more() -> None:
    """C1 must be below 6 ln(8/7)/ln(12/7) for ever, which has soon cost as much as a push."""
    found = temporary_programme(paper(), held={"cut": 4}, horizon=5.0)
    assert found.permanent is not None and found.cheapest is not None and found.permanent.cost is not None
    assert found.permanent.least[0] == pytest.approx(4 - 6 * math.log(8 / 7) / math.log(12 / 7), abs=1e-6)
    assert found.permanent.cost > 3 * found.cheapest.cost
    assert found.permanent.break_even is not None and 1 < found.permanent.break_even < 3


# --------------------------------------------------------------------------- questions without a programme


def test_a_start_in_the_basin_needs_nothing() -> None:
    """Nothing is to be done where the target comes about by itself."""
    found = temporary_programme(paper(), start={"x": 0.9, "y": 0.9})
    assert found.answer == "already there" and not found.programmes


def test_weak_instruments_are_told_to_be_so_and_how_near_they_come() -> None:
    """With a cut of at most 1 the basin is out of reach, and the answer says how far."""
    found = temporary_programme(paper(high=1))
    assert found.answer == "unreachable"
    assert found.nearest is not None and -0.7 < found.nearest < 0


@pytest.mark.parametrize(("level", "nearest"), [(18, -0.3), (17, -0.3), (0, -0.3)])
def test_held_levels_that_are_too_weak_are_told_how_near_they_come(level: float, nearest: float) -> None:
    """What others reach is no matter: at 18 the share stays where it is, and at less it falls."""
    found = temporary_programme(worked(100), held={"reward": level})
    assert found.answer == "unreachable"
    assert found.nearest == pytest.approx(nearest)


@pytest.mark.parametrize("cost", ["reward^2", "reward*x"])
def test_a_horizon_that_is_very_long_changes_nothing(cost: str) -> None:
    """Constant levels that lead to a state of rest are not followed any further."""
    game = worked(100, cost=cost)
    long, longer = (temporary_programme(game, horizon=t, draws=0) for t in (1e2, 1e8))
    assert long.infimum is not None
    assert longer.infimum == pytest.approx(long.infimum, rel=1e-3)


def test_a_target_that_does_not_attract_cannot_last() -> None:
    """What is brought about fades where the target is not stable without support."""
    found = temporary_programme(paper(), values={"C1": 8}, target="E4")
    assert found.answer == "not lasting"


def test_a_horizon_that_is_too_short_leaves_no_programme() -> None:
    """At full strength 0.725 is needed; half of it does not suffice."""
    assert temporary_programme(paper(), horizon=0.36).answer == "unreachable"


@pytest.mark.soak
def test_a_horizon_that_binds_costs_more() -> None:
    """With a quadratic cost less time means stronger support: 7.22 is enough where there is time."""
    short = temporary_programme(paper(cost="cut^2*(x + y)"), horizon=0.9)
    assert short.infimum is not None and short.infimum > 1.1 * 7.22
    assert short.programmes["free"].end <= 0.9 + 1e-9


@thinned(("horizon", "discount", "near"), [(2.0, 0.1, 0.01), (4.0, 1.5, 0.15)], each_run=1)
def test_a_discounted_programme_costs_what_the_value_function_says(
    horizon: float, discount: float, near: float
) -> None:
    """With the same horizon and rate; where later costs count much less it pays to wait, and that is said."""
    game = paper()
    problem = control_problem(game, ["cut"], discount=discount)
    analysis = separatrix.analyze(game)
    basin = target_set(analysis, target_point(analysis, "E4"))
    value = float(lattice_value(problem, basin, nodes=101, hold=0.4, horizon=horizon).at(START)[0])
    found = temporary_programme(game, horizon=horizon, discount=discount)
    # A lattice sees the horizon to one time of holding: the more later costs shrink, the more that is.
    assert found.infimum is not None and (1 - near) * value <= found.infimum <= 1.01 * value
    assert all(one.end <= horizon + 1e-9 and one.after.arrives for one in found.programmes.values())
    assert any("begins at time" in note for note in found.notes) == (discount > 1)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("P149", {"margin": -1}),
        ("P149", {"margin": math.nan}),
        ("P149", {"horizon": 0}),
        ("P149", {"discount": 0.1}),
        ("P126", {"payer": "state"}),
        ("P141", {"payer": "enterprises"}),
        ("P147", {"start": {"x": 0, "y": 0.3}}),
        ("P150", {"held": {"cut": 5}}),
    ],
)
def test_bad_questions_are_refused(code: str, asked: dict[str, object]) -> None:
    """Each with its code, and a hint."""
    with pytest.raises(InputError) as refused:
        temporary_programme(paper(), **asked)  # type: ignore[arg-type]
    assert refused.value.code == code and refused.value.hint


def test_levels_without_limit_need_one_in_more_than_one_population() -> None:
    """Only for one population is the infimum known without one."""
    game = paper()
    free = {"cut": {"changes": {"C1": "C1 - cut"}, "cost": "cut*(x + y)"}}
    with pytest.raises(InputError) as refused:
        temporary_programme(separatrix.load({**game.raw, "instruments": free}))
    assert refused.value.code == "P148"


def test_a_margin_larger_than_the_basin_is_refused() -> None:
    """On a line the basin has so much room and no more."""
    with pytest.raises(InputError) as refused:
        temporary_programme(worked(30), margin=0.6)
    assert refused.value.code == "P149"


def test_support_that_earns_needs_a_latest_end() -> None:
    """A carbon price would last for ever, since the public earns by it; one that is held ends in time."""
    game = separatrix.load("shi-chen-2018")
    with pytest.raises(InputError, match="P129"):
        temporary_programme(game, ["carbon_price"])
    found = temporary_programme(game, held={"carbon_price": 400})
    assert found.cheapest is not None
    assert found.cheapest.cost < 0
    assert found.cheapest.after.arrives


@pytest.mark.soak
def test_more_instruments_than_shares_are_held() -> None:
    """Three instruments in a game of two shares: what is held acts as if the others were not there."""
    game = separatrix.load("shi-chen-2018")
    alone = temporary_programme(game, held={"subsidy": 1})
    among = temporary_programme(game, ["awareness", "saving"], held={"subsidy": 1})
    assert alone.cheapest is not None and among.cheapest is not None
    assert among.cheapest.cost == pytest.approx(alone.cheapest.cost)


def test_a_start_on_the_boundary_needs_a_margin() -> None:
    """Without a margin there is nothing to do and nothing reached, which is told and no index error."""
    game = separatrix.load(
        {
            "payoff_functions": {"Firms": {"join": "r + 60*x - 30", "stay": "0"}},
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "parameters": {"r": 0},
            "today": {"x": 0.5},
            "instruments": {
                "reward": {"range": [0, 30], "changes": {"r": "r + reward"}, "cost": "reward*x"},
            },
        }
    )
    with pytest.raises(separatrix.InputError) as told:
        separatrix.temporary_programme(game, margin=0)
    assert told.value.code == "P149"
    assert separatrix.temporary_programme(game).answer == "found"


@pytest.mark.parametrize("cost", ["cut*x/0", "cut*x/(C2 - C2)"])
def test_a_cost_without_a_value_is_refused(cost: str) -> None:
    """What divides by zero everywhere is told with its place, and not taken for a programme out of reach."""
    with pytest.raises(InputError, match="division by zero") as raised:
        temporary_programme(paper(cost=cost))
    assert raised.value.code == "S003"
    assert "the cost of cut" in str(raised.value.where)


def test_a_cost_that_has_no_value_somewhere_else_is_none_the_worse() -> None:
    """A denominator that is zero at a pure state only is no reason to refuse."""
    assert control_problem(paper(cost="cut*y/(x + y)"), ["cut"]).names == ("cut",)

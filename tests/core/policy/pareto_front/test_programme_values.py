"""What programmes cost and bring: published values, closed forms, and another route."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

import separatrix
from core.policy.games import one_population, supported, three_parties
from separatrix.errors import InputError
from separatrix.game.instruments import with_instruments
from separatrix.policy.objectives import payoff_weight, programme_values
from separatrix.policy.uncertain_programmes import IDLE, Programme, lanes_of, programme_case


def values(game: Any, programmes: list[Programme], horizon: float, discount: float = 0.0) -> dict[str, Any]:
    """Return what programmes cost and bring at the baseline values."""
    case = programme_case(game, uncertain=False)
    return dict(programme_values(case, lanes_of(case, programmes, {}), horizon, discount).values)


@pytest.mark.parametrize(("level", "end", "cost"), [(3.0, 1.3579365, 3.167986), (4.0, 0.7251240, 2.414001)])
def test_a_temporary_programme_costs_what_is_published(level: float, end: float, cost: float) -> None:
    """The integral of u(x + y) until the separatrix is crossed."""
    found = values(supported(), [Programme({"support": level}, end=end)], 40.0)
    assert found["public_cost"][0] == pytest.approx(cost, abs=4e-6)


def test_one_population_costs_the_closed_form() -> None:
    """A reward of 30 from 0.2 to the middle costs ln 2."""
    end = (3 + math.log(4)) / 60
    found = values(one_population(), [Programme({"reward": 30.0}, end=end)], 5.0)
    assert found["public_cost"][0] == pytest.approx(math.log(2), abs=1e-9)


def test_discounted_costs_are_those_of_a_trajectory_by_another_route() -> None:
    """Quadrature of the integrator's dense output gives the same cost, welfare, emissions and arrival."""
    game, level, end, horizon, rate = supported(), 3.0, 2.0, 6.0, 0.05
    found = values(game, [Programme({"support": level}, end=end), IDLE], horizon, rate)
    acting = with_instruments(game, ["support"])
    times = np.linspace(0, horizon, 60_001)
    first = separatrix.trajectory(acting, [0.2, 0.3], {"support": level}, until=end, points=20_001)
    second = separatrix.trajectory(game, first.states[-1].tolist(), until=horizon - end, points=40_001)
    states = np.concatenate([first.states, second.states[1:]])
    x, y = states.T
    on = times <= end
    flow = np.where(on, level * (x + y), 0.0) * np.exp(-rate * times)
    cut = on.sum() - 1
    assert found["public_cost"][0] == pytest.approx(np.trapezoid(flow[: cut + 1], times[: cut + 1]), rel=1e-6)
    assert found["emissions"][0] == pytest.approx(np.trapezoid(100 * (2 - x - y), times), rel=1e-6)
    arrived = times[np.argmax((x >= 0.99) & (y >= 0.99))]
    assert found["time"][0] == pytest.approx(arrived, abs=2 * horizon / 60_000)
    both, one, none = 10 - 4, (3 - 4) + (5 - 1), 4 - 1
    earned = 2 * (x * y * both + (1 - x) * (1 - y) * none) + (x * (1 - y) + y * (1 - x)) * one
    welfare = np.trapezoid(earned * np.exp(-rate * times), times)
    assert found["welfare"][0] == pytest.approx(welfare, rel=1e-6)  # the subsidy cancels
    assert np.isnan(found["time"][1])


def test_more_than_two_strategies_arrive_too() -> None:
    """With three strategies the share of the target's counts."""
    game = separatrix.load(
        {
            "title": "Three strategies",
            "payoff_matrix": [["a", "a", "a"], [1, 1, 1], [0, 0, 0]],
            "parameters": {"a": "1/2"},
            "instruments": {"push": {"range": [0, 3], "changes": {"a": "a + push"}}},
        }
    )
    case = programme_case(game, start=[0.25, 0.5, 0.25], uncertain=False)
    found = programme_values(case, lanes_of(case, [Programme({"push": 1.5})], {}), 30.0).values
    # Against both others it gains 1 and 2: x/(x2) = 1/2 e^t, x/(x3) = e^(2t).
    after = float(found["time"][0])
    assert 2 * math.exp(-after) + math.exp(-2 * after) == pytest.approx(1 / 0.99 - 1, rel=1e-6)


def test_a_population_alone_integrates_as_by_quad() -> None:
    """Cooperation is the mean share, by adaptive quadrature of the logistic curve."""
    game = separatrix.load(
        {
            "title": "Logistic",
            "payoff_matrix": [["a", "a"], [0, 0]],
            "parameters": {"a": 1},
            "today": {"x": "0.2"},
            "instruments": {"push": {"range": [0, 3], "changes": {"a": "a + push"}}},
        }
    )
    found = values(game, [Programme({"push": 1.0})], 4.0)
    mean = quad(lambda t: 1 / (1 + 4 * math.exp(-2 * t)), 0, 4)[0] / 4
    assert found["cooperation"][0] == pytest.approx(mean, abs=1e-10)
    assert found["welfare"][0] == pytest.approx(8 * mean, abs=1e-9)


def test_stretches_add_up() -> None:
    """A programme that lasts as long as the horizon costs what a permanent one does."""
    game = three_parties()
    both = [Programme({"grant": 2.0}), Programme({"grant": 2.0}, end=3.0)]
    found = values(game, both, 3.0, 0.1)
    for name in ("public_cost", "welfare", "cooperation", "time"):
        assert found[name][0] == pytest.approx(found[name][1], rel=1e-9)


@pytest.mark.parametrize(("horizon", "rate"), [(0.0, 0.0), (-1.0, 0.0), (math.inf, 0.0), (1.0, -0.1)])
def test_a_horizon_or_rate_that_cannot_be_is_refused(horizon: float, rate: float) -> None:
    """The code says so."""
    with pytest.raises(InputError) as caught:
        values(supported(), [IDLE], horizon, rate)
    assert caught.value.code == "P188"


@pytest.mark.parametrize("count", [1, 3])
def test_welfare_counts_payoffs_as_often_as_transfers_tell(count: int) -> None:
    """A fine that the purse gets from several enterprises moves no welfare, whose payoffs count as often."""
    document = dict(supported().raw)
    document["instruments"] = {
        "fine": {
            "range": [0, 1],
            "changes": {"C2": "C2 + fine"},
            "cost": {"public": f"-{count}*fine*(2 - x - y)", "enterprises": f"{count}*fine*(2 - x - y)"},
        }
    }
    case = programme_case(separatrix.load(document), uncertain=False)
    assert payoff_weight(case) == pytest.approx(count)
    at_rest = programme_case(separatrix.load(document), start=[1e-9, 1e-9], uncertain=False)
    found = programme_values(at_rest, lanes_of(at_rest, [Programme({"fine": 0.5}), IDLE], {}), 1.0).values
    assert found["welfare"].tolist() == pytest.approx([count * 6.0] * 2, rel=1e-6)


def test_transfers_that_disagree_tell_no_welfare() -> None:
    """One for two enterprises and one for three: no number of enterprises fits."""
    document = dict(supported().raw)
    document["instruments"] = {
        name: {
            "range": [0, 1],
            "changes": {"C2": f"C2 + {name}"},
            "cost": {"public": f"-{n}*{name}*(2 - x - y)", "enterprises": f"{n}*{name}*(2 - x - y)"},
        }
        for name, n in (("fine", 2), ("fee", 3))
    }
    game = separatrix.load(document)
    assert payoff_weight(programme_case(game, uncertain=False)) is None
    with pytest.raises(InputError) as caught:
        separatrix.pareto_front(game, objectives=["welfare"], samples=2, horizon=5.0)
    assert caught.value.code == "P187"

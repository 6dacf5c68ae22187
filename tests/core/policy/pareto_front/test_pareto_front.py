"""Fronts of programmes: what is on them, budgets, probabilities, and bad input."""

from __future__ import annotations

import csv
import io
import json
import pickle
from typing import Any

import numpy as np
import pytest

import separatrix
from core.policy.games import one_population, supported, three_parties
from core.policy.pareto_front.test_dominance import dominates
from separatrix.errors import SeparatrixError
from separatrix.policy.objectives import OBJECTIVES, to_minimise
from separatrix.policy.uncertain_programmes import share_in_draws
from separatrix.reports.pareto import pareto_csv
from thinning import thinned

QUICK: dict[str, Any] = {"horizon": 10.0, "samples": 4}


def costs(found: Any) -> list[list[float]]:
    """Return what was evaluated as points of which less is better, those that may be on the front alone."""
    rows = []
    for own in found.evaluated:
        kept = own.works and own.values["public_cost"] <= found.limits.get("public_cost", np.inf)
        if kept:
            table = {n: np.array([np.nan if v is None else v]) for n, v in own.values.items()}
            rows.append(to_minimise(found.objectives, table)[0].tolist())
    return rows


@thinned("budget", [None, 5.0], each_run=1)
def test_the_front_is_that_of_all_pairs_of_programmes(budget: float | None) -> None:
    """Brute force over all that were followed finds the same points."""
    found = separatrix.pareto_front(
        supported(), objectives=["public_cost", "tonnes_avoided", "time"], budget=budget, **QUICK
    )
    points = costs(found)
    brute = {tuple(p) for p in points if not any(dominates(q, p) for q in points)}
    assert {tuple(p) for p in points} >= brute and len(found.front) == len(brute)
    told = [own.values for own in found.programmes]
    assert {(v["public_cost"], -v["tonnes_avoided"], v["time"]) for v in told} == brute


def test_programmes_of_the_front_do_what_they_say() -> None:
    """Followed by itself the cheapest reaches the target, and one per cent less of it does not."""
    game = supported()
    found = separatrix.pareto_front(game, ["support"], objectives=["public_cost", "time"], **QUICK)
    cheapest = found.programmes[0].programme
    assert cheapest.end is not None
    for part, name in ((1.0, "E4"), (0.99, "E1")):
        pushed = separatrix.trajectory(
            separatrix.with_instruments(game, ["support"]),
            found.case.start,
            dict(cheapest.levels),
            until=part * cheapest.end,
        )
        assert separatrix.outcome(game, pushed.states[-1].tolist()).name == name


@pytest.mark.soak
def test_a_wider_look_never_finds_a_worse_least_cost() -> None:
    """The best of more programmes, those of the smaller look among them in kind, is as good to a per cent."""
    small, large = (
        separatrix.pareto_front(supported(), ["support"], objectives=["public_cost"], horizon=10.0, samples=n)
        for n in (4, 16)
    )
    one, two = (f.programmes[0].values["public_cost"] for f in (small, large))
    assert one is not None and two is not None and two <= 1.01 * one
    assert two == pytest.approx(2.414, rel=5e-3)  # as strong as allowed, just long enough


def test_a_budget_keeps_dearer_programmes_off() -> None:
    """All of the front cost at most the budget; with too small a one there is none, and that is said."""
    found = separatrix.pareto_front(supported(), objectives=["public_cost", "welfare"], budget=4.0, **QUICK)
    assert found.front and all((own.values["public_cost"] or 0) <= 4 for own in found.programmes)
    none = separatrix.pareto_front(supported(), objectives=["public_cost", "welfare"], budget=0.0, **QUICK)
    assert none.front == () and any("more than the budget" in w for w in none.warnings)


@pytest.mark.soak
def test_limits_bound_each_objective() -> None:
    """A longest time and a least probability are kept by all of the front."""
    found = separatrix.pareto_front(
        supported(),
        ["support"],
        objectives=["public_cost"],
        limits={"time": 3.0, "tonnes_avoided": 1500},
        **QUICK,
    )
    assert found.front
    for own in found.programmes:
        assert (own.values["time"] or 9) <= 3 and (own.values["tonnes_avoided"] or 0) >= 1500
    sure = separatrix.pareto_front(
        supported(), ["support"], objectives=["public_cost"], limits={"probability": 0.8}, draws=300, **QUICK
    )
    assert sure.front and all((own.values["probability"] or 0) >= 0.8 for own in sure.programmes)


def test_nothing_is_cheapest_where_the_target_is_reached_anyway() -> None:
    """From within the basin the front begins with doing nothing, and the page says so."""
    found = separatrix.pareto_front(supported(), objectives=["public_cost"], start=[0.8, 0.9], **QUICK)
    assert found.front[0] == 0 and found.best["public_cost"] == 0
    assert any("without any programme" in w for w in found.warnings)


def test_welfare_cost_and_cooperation_choose_different_programmes() -> None:
    """A park that uses something up pays at first, and support without an end is the surest."""
    found = separatrix.pareto_front(
        supported(), objectives=["public_cost", "welfare", "cooperation"], **QUICK
    )
    assert len({found.best[name] for name in ("public_cost", "welfare")}) == 2
    for name, place in found.best.items():
        own = [e.values[name] for e in found.evaluated if e.works and e.values[name] is not None]
        best = min(own) if OBJECTIVES[name].better == "less" else max(own)  # type: ignore[type-var]
        assert found.evaluated[place].values[name] == best


@pytest.mark.soak
def test_probabilities_are_met_by_yet_other_draws() -> None:
    """The 99.9 % intervals of two samples overlap for each programme that is told."""
    found = separatrix.pareto_front(
        supported(), ["support"], objectives=["public_cost", "probability"], draws=400, **QUICK
    )
    assert found.front
    shown = found.displayed(4)
    for own in shown:
        assert own.share is not None
        other = share_in_draws(found.case, own.programme, 400, seed=9).interval_at(0.999)
        assert own.share.interval_at(0.999)[0] <= other[1] and other[0] <= own.share.interval_at(0.999)[1]
    shares = [own.values["probability"] for own in found.programmes]
    assert shares == sorted(shares)  # along the front more is paid for more


@pytest.mark.soak
def test_three_parties_have_a_front_too() -> None:
    """Where no conserved quantity decides, trajectories do."""
    found = separatrix.pareto_front(three_parties(), objectives=["public_cost", "time"], **QUICK)
    assert found.front and all(own.works for own in found.programmes)
    assert pickle.loads(pickle.dumps(found)).to_dict() == found.to_dict()
    json.dumps(found.to_dict())


def test_the_table_holds_all_that_was_followed() -> None:
    """One line each, the first does nothing, and those of the front are marked."""
    found = separatrix.pareto_front(supported(), objectives=["public_cost", "time"], **QUICK)
    rows = list(csv.DictReader(io.StringIO(pareto_csv(found))))
    assert len(rows) == len(found.evaluated)
    assert {k for k, row in enumerate(rows) if row["front"] == "1"} == set(found.front)
    assert float(rows[0]["support"]) == 0 and rows[0]["works"] == "0"


def test_nothing_reaches_a_target_that_pays_too_little() -> None:
    """No front, and the reason."""
    weak = {
        "reward": {"range": [0, 5], "changes": {"a": "a + reward", "b": "b + reward"}, "cost": "reward*x"}
    }
    found = separatrix.pareto_front(one_population(instruments=weak), objectives=["public_cost"], **QUICK)
    assert found.front == () and any("reaches the target" in w for w in found.warnings)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"objectives": ["cost"]}, "P186"),
        ({"objectives": ["welfare", "welfare"]}, "P187"),
        ({"objectives": ["enterprise_cost"]}, "P187"),
        ({"objectives": []}, "P187"),
        ({"objectives": ["probability"]}, "P187"),
        ({"budget": -1.0}, "P188"),
        ({"limits": {"time": float("nan")}}, "P188"),
        ({"limits": {"tonnes_avoided": 1.0}}, "P187"),
        ({"samples": 0}, "P188"),
        ({"draws": 0}, "P188"),
        ({"horizon": 0.0}, "P188"),
        ({"discount": -0.1}, "P188"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], code: str) -> None:
    """The code says why."""
    with pytest.raises(SeparatrixError) as caught:
        separatrix.pareto_front(one_population(), **{**QUICK, **options})
    assert caught.value.code == code


def with_cost(cost: str, idle: int = 0, **more: Any) -> Any:
    """Return a game of one population with an instrument of a given cost."""
    return separatrix.load(
        {
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "payoff_functions": {"Firms": {"join": "60*x - 30 + r", "stay": "0"}},
            "parameters": {"r": 0, "q": 0},
            "today": {"x": "0.2"},
            "instruments": {
                "u": {"range": [0, 100], "idle": idle, "changes": {"r": "r + u"}, "cost": {"public": cost}}
            },
            **more,
        }
    )


@pytest.mark.parametrize(
    ("cost", "code"), [("log(u)", "S004"), ("u*(q/q)", "S003"), ("1/u", "S003"), ("x*u/(x - x)", "S003")]
)
def test_a_cost_without_a_value_at_idle_is_an_error_with_its_place(cost: str, code: str) -> None:
    """A cost of minus infinity, or 0/0, before anything is done: no front compares with it."""
    with pytest.raises(SeparatrixError) as caught:
        separatrix.pareto_front(with_cost(cost), **QUICK)
    assert caught.value.code == code and caught.value.where is not None


@pytest.mark.parametrize(("cost", "idle"), [("log(u)", 1), ("exp(1000*u)", 0), ("u/(u - 50)^2", 0)])
def test_programmes_without_a_finite_cost_are_on_no_front(cost: str, idle: int) -> None:
    """Every number of the answer is finite, and programmes of an infinite cost are counted in a warning."""
    found = separatrix.pareto_front(with_cost(cost, idle), **QUICK)
    json.dumps(found.to_dict(), allow_nan=False)
    assert all(own.values["public_cost"] is not None for own in found.programmes)
    assert bool(found.warnings) == any(own.values["public_cost"] is None for own in found.evaluated)

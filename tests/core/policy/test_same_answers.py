"""Parts of policy that can compute the same thing agree: tipping values, programmes, fronts and draws."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.policy.objectives import programme_values
from separatrix.policy.required_strength import needed_duration, needed_strength
from separatrix.policy.uncertain_programmes import Programme, lanes_of, programme_case
from thinning import thinned

PAPER = separatrix.load("shi-chen-2018")


def tipping_level(name: str, start: Any = None) -> float:
    """Return the level at which today's state enters the basin of the target."""
    found = separatrix.tipping_values(PAPER, [name], start=start, noise=False).instruments[0]
    level = next(c for c in found.conditions if c.name == "basin").tipping
    assert level is not None
    return float(level.value)


@cache
def temporary() -> dict[str, Any]:
    """Return the cheapest temporary subsidy as data."""
    return dict(separatrix.temporary_programme(PAPER, ["subsidy"]).to_dict())


def needed_level(game: Any, name: str, start: Any = None) -> float:
    """Return the least permanent level by following programmes."""
    case = programme_case(game, [name], start=start, uncertain=False)
    strongest = case.ranges[:, 1]
    return float(strongest[0] * needed_strength(case, {}, strongest, halvings=40).values[0])


@thinned(("name", "start"), [("subsidy", None), ("awareness", [0.3, 0.1]), ("fine", [0.4, 0.25])], each_run=1)
def test_the_tipping_value_is_what_a_followed_programme_needs(name: str, start: list[float] | None) -> None:
    """The root of H at the saddle, in balls, is where outcomes under the programme change."""
    assert needed_level(PAPER, name, start) == pytest.approx(tipping_level(name, start), rel=1e-9)


def test_a_temporary_programme_costs_the_same_by_both_routes() -> None:
    """The cost of the constant programme, and of the infimum, by quadrature along the trajectory."""
    found = temporary()
    constant = next(p for p in found["programmes"] if p["shape"] == "constant")
    case = programme_case(PAPER, ["subsidy"], uncertain=False)
    level = np.array([constant["steps"][0]["levels"]["subsidy"]])
    least = 10.0 * float(needed_duration(case, {}, level, 10.0, halvings=40).values[0])
    ends = [constant["end"], least]
    programmes = [Programme({"subsidy": float(level[0])}, end=end) for end in ends]
    costs = programme_values(case, lanes_of(case, programmes, {}), 20.0).values["public_cost"]
    assert costs.tolist() == pytest.approx([constant["cost"], found["infimum"]], rel=1e-6)


@pytest.mark.soak
def test_no_programme_of_a_front_is_cheaper_than_the_infimum() -> None:
    """And the cheapest of it comes near: a bang is best here."""
    infimum = temporary()["infimum"]
    front = separatrix.pareto_front(
        PAPER, ["subsidy"], objectives=["public_cost", "time"], horizon=30.0, samples=6
    )
    costs = [own.values["public_cost"] for own in front.programmes]
    assert infimum <= min(c for c in costs if c is not None) <= 1.005 * infimum


def test_draws_without_spread_need_what_the_baseline_needs() -> None:
    """Where draws hardly vary all need the tipping value."""
    found = separatrix.robust_programme(PAPER, ["subsidy"], spread="0.001%", draws=100, inputs=False)
    assert found.needed == pytest.approx(tipping_level("subsidy"), abs=1e-4)

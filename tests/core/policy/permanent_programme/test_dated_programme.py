"""Programmes with dates: trajectories keep them, and with a little less they do not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import separatrix
from core.policy.permanent_programme.test_programme import PLAYERS, TIPPING_COST, at, chosen
from separatrix.errors import InputError
from separatrix.policy.permanent.programme import permanent_programme
from separatrix.policy.permanent.results import PermanentProgramme

START = [0.2, 0.3]


def game(**more: object) -> separatrix.Game:
    """Return the paper's bistable game with two instruments, one of which is dearer."""
    return separatrix.load(
        {
            "title": "Two enterprises",
            "populations": PLAYERS,
            "parameters": {"pi1": 10, "pi2": 4, "R1": 3, "R2": 5, "C1": 4, "C2": 1},
            "bimatrix": [
                [["pi1 - C1", "pi1 - C1"], ["R1 - C1", "R2 - C2"]],
                [["R2 - C2", "R1 - C1"], ["pi2 - C2", "pi2 - C2"]],
            ],
            "instruments": {
                "support": {"range": [0, 4], "changes": {"C1": "C1 - support"}, "cost": "support*(x + y)"},
                "fine": {"range": [0, 4], "changes": {"C2": "C2 + fine"}, "cost": "3*fine*(x + y)"},
            },
            "today": {"x": 0.2, "y": 0.3},
            "emissions": "100*(2 - x - y) + 10",
        }
        | more
    )


def least_share(found: PermanentProgramme, values: dict[str, object], by: float) -> float:
    """Return the smaller of both shares by a date."""
    orbit = separatrix.trajectory(found.game, START, values, until=by, points=2)
    return float(orbit.states[-1].min())


def test_a_date_is_kept_and_with_one_per_cent_less_it_is_not() -> None:
    """The level at which 95 % cooperate by the date lies where a trajectory says, above that of the basin."""
    found = permanent_programme(game(), instruments=["support"], by=2, require=["basin"])
    assert found.bounds is not None and found.limit is not None and found.reached is not None
    assert found.bounds[0] <= 2 * (4 - TIPPING_COST) < found.bounds[1]
    assert abs(found.reached - 0.95) < 1e-6
    assert least_share(found, at(found, 0.99), 2.0) < 0.95 < least_share(found, at(found, 1.01), 2.0)
    orbit = separatrix.trajectory(found.game, [0.19, 0.29], chosen(found), until=2.0, points=2)
    assert orbit.states[-1].min() >= 0.95 - 1e-6  # the margin of safety


def test_a_grid_knows_no_cheaper_programme_that_keeps_the_date() -> None:
    """Where one instrument alone is too weak, the best mixture costs no more than any point of a grid."""
    found = permanent_programme(game(), by=1, reach="0.9")
    assert found.recommended is not None and found.bounds is not None
    best = np.inf
    for support, fine in itertools.product(np.linspace(3, 4, 11), np.linspace(0, 1, 21)):
        cost = 2 * support + 6 * fine
        if cost < best and least_share(found, {"support": str(support), "fine": str(fine)}, 1.0) >= 0.9:
            best = cost
    assert found.bounds[1] <= best + 1e-9
    assert least_share(found, at(found), 1.0) >= 0.9 - 1e-9


def test_a_path_of_emissions_is_kept_on_the_way() -> None:
    """At every time emissions lie below the path, and with less they do not."""
    path = {0: 170, 1: 120, 3: 30}
    found = permanent_programme(game(), instruments=["support"], emissions_path=path)

    def excess(values: dict[str, object]) -> float:
        orbit = separatrix.trajectory(found.game, START, values, until=3.0, points=301)
        emitted = 100 * (2 - orbit.states.sum(axis=1)) + 10
        return float((emitted - np.interp(orbit.times, list(path), list(path.values()))).max())

    assert excess(at(found, 0.98)) > 0
    assert excess(at(found)) <= 0.05  # between the times at which the path is kept
    assert excess(chosen(found)) <= 0.05


def test_what_was_not_found_is_undecided_and_says_how_far_it_came() -> None:
    """No level brings enough by an early date; that is told as tried, not as proven."""
    found = permanent_programme(game(), instruments=["support"], by="0.2")
    assert found.verdict == "undecided" and found.reached is not None
    best = least_share(found, {"support": "4"}, 0.2)
    assert abs(found.reached - best) < 1e-6
    assert found.how_sure.startswith("undecided")


def test_a_date_that_is_kept_anyway_needs_nothing() -> None:
    """Near the target the dynamics alone come closer."""
    found = permanent_programme(game(), by=5, start=[0.9, 0.9])
    assert found.verdict == "already"


def test_dates_that_cannot_be_are_refused() -> None:
    """A date before today, a share of one, emissions of which nothing is told."""
    for wrong, code in (
        ({"by": 0}, "P134"),
        ({"by": 1, "reach": 1}, "P134"),
        ({"emissions_path": {-1: 5}}, "P134"),
        ({"by": "soon"}, "V301"),
    ):
        with pytest.raises(InputError) as told:
            permanent_programme(game(), **wrong)  # type: ignore[arg-type]
        assert told.value.code == code
    silent = game(emissions=None)
    with pytest.raises(InputError) as told:
        permanent_programme(silent, emissions_path={0: 5})
    assert told.value.code == "P128"


@pytest.mark.soak
def test_in_larger_games_the_basin_is_followed() -> None:
    """Three parties: the answer says that it was followed, and outcomes differ around it."""
    table = []
    for profile in itertools.product((0, 1), repeat=3):
        with_me = [sum(c == 0 for k, c in enumerate(profile) if k != i) for i in range(3)]
        pay = [f"2*{n} - 2 + bonus" if c == 0 else "0" for c, n in zip(profile, with_me, strict=True)]
        table.append({"play": [("yes", "no")[c] for c in profile], "pay": pay})
    three = separatrix.load(
        {
            "title": "Three",
            "populations": [{"name": n, "share": s} for n, s in (("A", "x"), ("B", "y"), ("C", "z"))],
            "parameters": {"bonus": 0},
            "payoffs": table,
            "instruments": {
                "help": {"range": [0, 2], "changes": {"bonus": "bonus + help"}, "cost": "help*(x + y + z)"}
            },
            "today": {"x": 0.3, "y": 0.3, "z": 0.3},
        }
    )
    found = permanent_programme(three, require=["basin"])
    assert found.limit is not None and any("were followed" in remark for remark in found.remarks)
    level = float(found.limit.levels["help"])
    assert 0.8 < level < 0.81  # all alike gain from 4·0.3 - 2 + help > 0 on
    for factor, state in ((0.99, (0.0, 0.0, 0.0)), (1.01, (1.0, 1.0, 1.0))):
        assert separatrix.outcome(found.game, [0.3] * 3, at(found, factor)).ending.state == state


@pytest.mark.parametrize(
    ("advantage", "least"),
    [("r - 1/x", 5.0), ("60*(x - 1/2)*(x - 1/5) + r - 1", 2.35), ("r - 40*x*(1 - x)", 10.0)],
)
def test_the_basin_on_a_line_asks_for_a_gain_on_the_way(advantage: str, least: float) -> None:
    """Today's share rises to the target where the advantage is positive all the way; nothing is followed."""
    game = separatrix.load(
        {
            "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
            "payoff_functions": {"Firms": {"join": advantage, "stay": "0"}},
            "parameters": {"r": 0},
            "today": {"x": "0.2"},
            "instruments": {
                "u": {"range": [0, 100], "changes": {"r": "r + u"}, "cost": {"public": "u"}},
            },
        }
    )
    found = permanent_programme(game, require=["basin"])
    assert found.verdict == "found" and found.bounds is not None and found.infimum is not None
    assert found.bounds[0] <= least <= found.bounds[1] and float(found.infimum) == pytest.approx(
        least, rel=1e-4
    )
    assert found.recommended is not None and found.recommended.total > least

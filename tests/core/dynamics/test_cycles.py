"""Cycles that attract, those that a slow spiral only seems to show, and the boundary to which spirals go."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.attractors import heteroclinic_cycles
from separatrix.dynamics.attractors.limit_cycles import limit_cycle
from separatrix.dynamics.fields import field
from separatrix.dynamics.integration.coordinates import motion_of
from thinning import thinned

PLAYERS = [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xy"]


def matrix(rows: Any) -> separatrix.Game:
    """Return a game of one population that plays itself."""
    return separatrix.load({"title": "One population", "payoff_matrix": rows})


def two(x: str, y: str) -> separatrix.Game:
    """Return a game of two populations of two strategies from their advantages."""
    return separatrix.load({"populations": PLAYERS, "advantages": {"x": x, "y": y}})


def circulant(*row: Any) -> list[list[Any]]:
    """Return the matrix whose rows are the first one, each turned once more."""
    return [[row[(j - i) % len(row)] for j in range(len(row))] for i in range(len(row))]


def followed(rows: Any, start: list[float], until: float) -> Any:
    """Return the logarithms of the shares of one population at a late time, by scipy's DOP853."""
    payoffs = np.array([[float(v) for v in row] for row in rows])

    def rate(_: float, logs: Any) -> Any:
        x = np.exp(logs - logs.max())
        earned = payoffs @ (x / x.sum())
        return earned - earned @ (x / x.sum())

    solved = solve_ivp(rate, (0, until), np.log(start), method="DOP853", rtol=1e-10, atol=1e-10)
    logs = solved.y[:, -1]
    return logs - np.logaddexp.reduce(logs)


SLOW = [circulant(0, f"-{loss}", 1) for loss in ("1.001", "1.002", "1.005", "1.01")] + [
    [[0, "-1.01", 2], [1, 0, "-1.02"], ["-2", "1.01", 0]],
    [[0, "-3", 1], [2, 0, "-1"], ["-1", "1.48", 0]],
    [["0.01", -1, 1], [1, "0.01", -1], [-1, 1, "0.01"]],
]


@thinned("rows", SLOW, each_run=2)
def test_rock_paper_scissors_that_loses_a_little_goes_to_the_boundary(rows: Any) -> None:
    """However slow the spiral, no cycle inside attracts; the product of the shares falls without end."""
    found = separatrix.basins(matrix(rows))
    assert dict(found.fractions) == {"cycle": 1.0}
    assert found.method == "exact" and found.endings["cycle"].kind == "boundary cycle"
    assert found.endings["cycle"].proven and "boundary" in found.how_sure
    start = [0.4, 0.35, 0.25]
    early, late = (followed(rows, start, until).sum() for until in (200.0, 4000.0))
    assert late < early < np.log(start).sum() + 0.5


def test_two_populations_that_gain_a_little_by_their_own_spread_go_to_the_boundary() -> None:
    """The relative entropy grows, however slowly, and the argument is told."""
    found = separatrix.basins(two("y-1/2+(1/1000)*(x-1/2)", "1/2-x+(1/1000)*(y-1/2)"))
    assert dict(found.fractions) == {"cycle": 1.0} and found.endings["cycle"].kind == "boundary cycle"
    assert "relative entropy grows" in found.how_sure
    curved = separatrix.basins(two("y-1/2+(x-1/2)^3+(1/1000)*(x-1/2)", "1/2-x"))
    assert dict(curved.fractions) == {"cycle": 1.0} and curved.method == "exact"
    assert "Poincaré–Bendixson" in curved.how_sure


def test_the_source_in_the_middle_is_the_one_start_that_stays() -> None:
    """A trajectory that begins at the source does not move; the answer says that it does not attract."""
    found = separatrix.outcome(matrix(circulant(0, "-1.01", 1)), [1 / 3, 1 / 3, 1 / 3])
    assert found.name == "separatrix" and "does not attract" in found.how_sure


@pytest.mark.soak
def test_a_tournament_of_five_goes_to_a_network_on_the_boundary() -> None:
    """Each beats two and loses a little more to two: in more than a plane the order is not known."""
    rows = circulant(0, "-1.005", "-1.005", 1, 1)
    found = separatrix.basins(matrix(rows))
    assert dict(found.fractions) == {"cycle": 1.0} and found.method == "exact"
    assert found.endings["cycle"].kind == "boundary network"
    start = [0.3, 0.25, 0.2, 0.15, 0.1]
    assert followed(rows, start, 6_000.0).min() < -8


def test_where_nothing_arrives_a_few_starts_tell_it() -> None:
    """Two parties that lose a little more than they win: no cycle is invented, and most starts are spared."""
    rows = circulant(0, "-1.005", 1)
    pairs = [[[rows[i][j], rows[j][i]] for j in range(3)] for i in range(3)]
    found = separatrix.basins(separatrix.load({"title": "Two that lose", "bimatrix": pairs}))
    assert dict(found.fractions) == {"undecided": 1.0} and found.samples == 16_384
    assert "16,128 of the starts were not followed, because none of 512 others converged" in found.how_sure
    assert "no closed orbit inside attracts" in found.how_sure and "Eshel & Akin 1983" in found.how_sure


# --------------------------------------------------------------------------- closed orbits


HYPERCYCLE = circulant(0, 0, 0, 0, 1)


def test_the_hypercycle_of_five_has_its_attracting_cycle() -> None:
    """Period and contraction are those of two trajectories beside it, followed by another method."""
    rows = HYPERCYCLE
    motion = motion_of(field(matrix(rows)))
    found = limit_cycle(motion, motion.to_coordinates(np.array([[0.3, 0.25, 0.2, 0.15, 0.1]]))[:, 0])
    assert found is not None and found.contraction + found.error < 1
    start = found.states[0]
    back = np.exp(followed(rows, start.tolist(), found.period))
    assert np.abs(back - start).max() < 1e-6
    away = start * np.array([1.02, 1.0, 0.99, 1.01, 1.0])
    away /= away.sum()
    late = np.exp(followed(rows, away.tolist(), 12 * found.period))
    moved = [
        np.abs(np.exp(followed(rows, state.tolist(), found.period)) - state).max() for state in (away, late)
    ]
    assert moved[1] < 1e-6 < 1e-3 < moved[0]


@pytest.mark.soak
def test_four_strategies_go_round_the_cycle_of_a_hopf_bifurcation() -> None:
    """The middle of this ring is a source: what another method follows returns after the period."""
    rows = circulant(0, 0, "-1/10", 1)
    found = separatrix.basins(matrix(rows), samples=64)
    assert dict(found.fractions) == {"cycle": 1.0}
    cycle = found.endings["cycle"]
    assert cycle.kind == "inner cycle" and cycle.contraction is not None and cycle.contraction < 0.9
    assert cycle.period is not None
    numbers = circulant(0, 0, -0.1, 1)
    for start in ([0.26, 0.25, 0.24, 0.25], [0.8, 0.1, 0.06, 0.04]):
        late = followed(numbers, start, 1_000.0)
        again = followed(numbers, np.exp(late).tolist(), cycle.period)
        halfway = followed(numbers, np.exp(late).tolist(), cycle.period / 3)
        assert np.abs(np.exp(again) - np.exp(late)).max() < 1e-5
        assert np.abs(np.exp(halfway) - np.exp(late)).max() > 0.05


@pytest.mark.soak
def test_mutation_keeps_rock_paper_scissors_on_a_cycle_off_the_boundary() -> None:
    """Selection drives shares out and mutation back; another method comes to one orbit from both sides."""
    found = separatrix.basins(
        matrix(circulant(0, -2, 1)), samples=64, field="replicator-mutator", mu="1/20", when="always"
    )
    assert dict(found.fractions) == {"cycle": 1.0}
    cycle = found.endings["cycle"]
    assert cycle.kind == "inner cycle" and cycle.contraction is not None and cycle.contraction < 0.9
    assert cycle.period is not None
    payoffs = np.array(circulant(0, -2, 1))

    def rate(_: float, own: Any) -> Any:
        x = np.array([*own, 1 - own.sum()])
        earned = payoffs @ x
        return (x * (earned - x @ earned) + (1 - 3 * x) / 40)[:2]

    widths = []
    for start in ([0.34, 0.33], [0.98, 0.01]):
        solved = solve_ivp(rate, (0, 400), start, method="DOP853", rtol=1e-10, atol=1e-12, dense_output=True)
        assert np.abs(solved.sol(400 - cycle.period) - solved.sol(400)).max() < 1e-5
        widths.append(solved.sol(np.linspace(380, 400, 4001))[0].max())
    assert widths[0] == pytest.approx(widths[1], abs=1e-4) and 0.5 < widths[0] < 1


@pytest.mark.soak
def test_a_cycle_of_two_populations_attracts_from_both_sides() -> None:
    """A share that gains by itself only while it is near the middle goes round a cycle, from in and out."""
    game = two("(y-1/2)+(x-1/2)*(1/10-4*(x-1/2)^2)", "1/2-x")
    found = separatrix.basins(game, samples=256)
    assert found.fractions["cycle"] > 0.99 and found.endings["cycle"].kind == "inner cycle"
    contraction = found.endings["cycle"].contraction
    assert contraction is not None and contraction < 1

    def rate(_: float, s: Any) -> Any:
        x, y = s
        own = x - 0.5
        return [x * (1 - x) * (y - 0.5 + own * (0.1 - 4 * own**2)), y * (1 - y) * (0.5 - x)]

    widths = []
    for start in ([0.52, 0.5], [0.9, 0.5]):
        solved = solve_ivp(rate, (0, 600), start, method="DOP853", rtol=1e-10, atol=1e-12, max_step=0.5)
        widths.append(solved.y[0][solved.t > 500].max())
    assert widths[0] == pytest.approx(widths[1], abs=1e-4)


@thinned("loss", ["1", "1.001", "1.01", "0.999"], each_run=2)
def test_neither_closed_orbits_nor_slow_spirals_are_attracting_cycles(loss: str) -> None:
    """By the return map alone, without any theorem: nothing contracts by more than its error."""
    motion = motion_of(field(matrix(circulant(0, f"-{loss}", 1))))
    for start in ([0.6, 0.3, 0.1], [0.02, 0.38, 0.6]):
        assert limit_cycle(motion, motion.to_coordinates(np.array([start]))[:, 0]) is None


def test_bnn_has_an_attracting_cycle_where_the_replicator_has_none() -> None:
    """Beside a rest point that is a source for both, only one of the two rules has a closed orbit."""
    game = matrix(circulant(0, -2, 1))
    motion = motion_of(field(game, kind="bnn"))
    found = limit_cycle(motion, motion.to_coordinates(np.array([[0.6, 0.3, 0.1]]))[:, 0])
    assert found is not None and found.contraction < 0.5
    assert found.within > 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_random_cyclic_games_near_conservative_go_where_long_trajectories_go(seed: int) -> None:
    """The product of the shares, each weighted by its gain, falls on the way to the boundary, else grows."""
    stream = np.random.default_rng(seed)
    start = np.log([0.5, 0.3, 0.2])
    for _ in range(40):
        wins = stream.integers(10, 31, 3).tolist()
        more = int(stream.choice([-20, -10, -5, -2, -1, 1, 2, 5, 10, 20]))
        lost = [f"-{v * (1000 + more)}/1000" for v in wins]
        rows = [[0, lost[1], wins[2]], [wins[0], 0, lost[2]], [lost[0], wins[1], 0]]
        found = separatrix.basins(matrix(rows))
        (name,) = found.fractions
        numbers = np.array([[float(Fraction(v)) for v in row] for row in rows])
        late = followed(numbers, np.exp(start).tolist(), 40.0)
        first, last = (logs.sum() - 3 * np.log(wins @ np.exp(logs)) for logs in (start, late))
        assert (found.endings[name].kind == "boundary cycle") == (last < first), rows


def test_what_goes_round_inside_a_face_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One population plays its better strategy ever more, two others play matching pennies for ever."""
    pay = {(b, c): (1, -1) if b == c else (-1, 1) for b in (0, 1) for c in (0, 1)}
    game = separatrix.load(
        {
            "title": "matching pennies beside a dominant strategy",
            "populations": [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)],
            "payoffs": [
                {"play": ["no" if k else "yes" for k in (a, *other)], "pay": [1 - a, *own]}
                for a in (0, 1)
                for other, own in pay.items()
            ],
        }
    )
    motion = motion_of(field(game))
    looks: list[Any] = []
    steps = heteroclinic_cycles.steps_of
    monkeypatch.setattr(heteroclinic_cycles, "MOST_STEPS", 200)

    def counted(*given: Any) -> Any:
        looks.append(given)
        return steps(*given)

    monkeypatch.setattr(heteroclinic_cycles, "steps_of", counted)
    start = motion.to_coordinates(np.array([[1 - 1e-9, 0.4, 0.3]]))
    assert heteroclinic_cycles.heteroclinic_cycles(motion, start) == [None]
    assert len(looks) == 1

"""Basins of games of every shape, and how far away another outcome is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.errors import ComesLater, InputError
from separatrix.run.limits import time_limit
from thinning import thinned

PLAYERS = [
    {"name": "A", "share": "x", "strategies": ["yes", "no"]},
    {"name": "B", "share": "y", "strategies": ["yes", "no"]},
]
SMALL = st.integers(-3, 3)


def bimatrix(rows: Any) -> separatrix.Game:
    """Return a game of two populations from its payoffs."""
    return separatrix.load({"populations": PLAYERS, "bimatrix": rows})


STAG = [[[4, 4], [0, 3]], [[3, 0], [2, 2]]]


def test_the_stag_hunt_of_the_literature_has_its_exact_share() -> None:
    """The share of the basin of mutual cooperation is 0.263600141281, with the argument and no sampling."""
    found = separatrix.basins(bimatrix(STAG))
    assert found.fractions["E4"] == pytest.approx(0.263600141281, abs=1e-12)
    assert found.method == "exact"
    assert found.intervals is None and found.samples is None
    assert found.error < 1e-12
    assert "separatrix" in found.how_sure


@given(st.lists(SMALL, min_size=8, max_size=8), st.integers(1, 5))
@settings(max_examples=25)
def test_exact_fractions_do_not_depend_on_names_or_units(numbers: list[int], factor: int) -> None:
    """Relabelling moves the shares along, scaling payoffs changes nothing, and they add up to one."""
    rows = np.array(numbers).reshape(2, 2, 2)
    base = separatrix.basins(bimatrix(rows.tolist()))
    assert sum(base.fractions.values()) == pytest.approx(1, abs=1e-12)
    scaled = separatrix.basins(bimatrix((rows * factor).tolist()))
    assert dict(scaled.fractions) == pytest.approx(dict(base.fractions), abs=1e-12)
    turned = separatrix.basins(bimatrix(rows[::-1].tolist()))
    assert sorted(turned.fractions.values()) == pytest.approx(sorted(base.fractions.values()), abs=1e-12)
    by_state = {tuple((base.state_of(name) or {}).values()): share for name, share in base.fractions.items()}
    for name, share in turned.fractions.items():
        state = turned.state_of(name)
        if state is not None:
            assert by_state[(1 - state["x"], state["y"])] == pytest.approx(share, abs=1e-12)


def test_speeds_bend_the_separatrix_and_the_shares_follow() -> None:
    """Where one population adapts faster it decides more; the shares are those of a fine grid of orbits."""
    game = separatrix.load({"populations": PLAYERS, "bimatrix": STAG, "speeds": {"A": 5}})
    found = separatrix.basins(game)
    inside = [(i + 0.5) / 12 for i in range(12)]
    ends = [
        trajectory(game, [x, y], points=2).states[-1].round() for x, y in itertools.product(inside, inside)
    ]
    assert np.mean([end.tolist() == [1, 1] for end in ends]) == pytest.approx(found.fractions["E4"], abs=0.02)
    assert found.fractions["E4"] != pytest.approx(0.263600141281, abs=1e-3)


def test_one_population_has_ranges_of_shares() -> None:
    """In a stag hunt within one population the mixed rest point divides the line."""
    found = separatrix.basins(separatrix.load("stag-hunt-one-population"))
    assert found.ranges is not None
    assert [r for own in found.ranges.values() for r in own] == [
        (0.0, pytest.approx(2 / 3)),
        (pytest.approx(2 / 3), 1.0),
    ]
    assert found.method == "exact"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("matching-pennies", "cycle"),
        ("rock-paper-scissors-one-population", "cycle"),
        ("hawk-dove-one-population", "E3"),
    ],
)
def test_where_all_starts_share_an_outcome_it_has_everything(name: str, outcome: str) -> None:
    """Closed orbits are a class of their own; a mixed rest point that attracts everything has it all."""
    found = separatrix.basins(separatrix.load(name), samples=256)
    assert dict(found.fractions) == {outcome: 1.0}


def test_an_attracting_cycle_on_the_boundary_is_a_cycle() -> None:
    """In rock, paper, scissors with losses above gains every trajectory spirals out to the boundary."""
    game = separatrix.load({"title": "t", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    found = separatrix.basins(game, samples=256)
    assert found.fractions["cycle"] == pytest.approx(1)


def matrix(rows: Any) -> separatrix.Game:
    """Return a game of one population that plays itself."""
    return separatrix.load({"title": "One population", "payoff_matrix": rows})


@thinned(
    ("rows", "start"),
    [
        ([[0, -1, 1], [1, 0, -1], [-1, 0, 0]], [0.3, 0.5, 0.2]),
        ([[0, -1, 2], [0, 0, -1], [-3, 1, 0]], [0.46, 0.38, 0.16]),
    ],
    each_run=1,
)
def test_a_corner_where_trajectories_linger_without_bound_is_no_outcome(
    rows: Any, start: list[float]
) -> None:
    """At one corner of these cycles an eigenvalue is zero: each stay there is exponentially longer, and ends.

    Along the edge from there the next strategy grows as its square, so that no trajectory inside comes to it.
    """
    game = matrix(rows)
    found = separatrix.basins(game, samples=1024)
    points = {point.id for point in found.analysis.rest_points}
    assert not points & set(found.fractions)
    assert separatrix.outcome(game, start).name not in points


@pytest.mark.parametrize("shares", [2, 3])
def test_where_everything_rests_no_start_inside_is_on_a_face(shares: int) -> None:
    """Beside a face, within what counts as near, a state at rest belongs to the inside all the same."""
    game = separatrix.load(
        {
            "populations": [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xyz"],
            "advantages": dict.fromkeys("xyz", "0"),
        }
        if shares == 2
        else {"title": "Nothing counts", "payoff_matrix": [[0] * 3] * 3}
    )
    found = separatrix.basins(game, samples=16384)
    (name,) = found.fractions
    pieces = {piece.id: piece.dimension for piece in found.analysis.rest_sets}
    assert pieces[name] == max(pieces.values())
    start = [0.3, 0.4, 0.5] if shares == 2 else [0.2, 0.3, 0.5]
    assert separatrix.critical_shock(game, start).smallest is None


@pytest.mark.soak
def test_an_unstable_corner_to_which_all_trajectories_come_slowly_is_their_outcome() -> None:
    """Beside E4, x1' = x1(x1 - 4 x3) and x3' = x3(4 x1 - x3): x3/x1 grows, then both fall like powers."""
    game = matrix([[0, 2, -3, 0], [3, 0, -3, -1], [3, 2, 0, 0], [-1, 1, 1, 0]])
    assert dict(separatrix.basins(game, samples=1024).fractions) == {"E4": 1.0}


def test_sampled_intervals_hold_the_exact_share() -> None:
    """A third population that decides for itself leaves the basins of two as they were."""
    three = separatrix.load(
        {
            "populations": [*PLAYERS, {"name": "C", "share": "z", "strategies": ["yes", "no"]}],
            "advantages": {"x": "3*y - 2", "y": "3*x - 2", "z": "1 + x"},
        }
    )
    found = separatrix.basins(three, samples=8192, seed=3)
    assert found.intervals is not None
    by_state = {tuple((found.state_of(name) or {}).values()): name for name in found.fractions}
    low, high = found.intervals[by_state[(1.0, 1.0, 1.0)]]
    assert low - 0.004 <= 0.263600141281 <= high + 0.004
    assert high - low < 0.02
    assert sum(found.fractions.values()) == pytest.approx(1)
    assert found.seed == 3 and found.samples == 8192


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly() -> None:
    """Seeds choose the starts, and nothing else."""
    game = separatrix.load("mckelvey-mclennan")
    first, again, other = (separatrix.basins(game, samples=1024, seed=s) for s in (1, 1, 2))
    assert first.fractions == again.fractions != other.fractions
    assert dict(first.fractions) == pytest.approx(dict(other.fractions), abs=0.03)


@pytest.mark.parametrize(("samples", "seed"), [(3, 0), (10**12, 0), (1024, -1)])
def test_impossible_samples_are_refused(samples: int, seed: int) -> None:
    """The error says which numbers can be had."""
    with pytest.raises(InputError, match="D624"):
        separatrix.basins(separatrix.load("mckelvey-mclennan"), samples=samples, seed=seed)


def test_fractions_name_where_starts_end_in_every_pattern_of_signs() -> None:
    """In all 81 sign cases each share is that of a grid of starts whose ends carry the same name."""
    from separatrix.dynamics.basins.exact_outcomes import exact_outcomes

    grid = (np.arange(40) + 0.5) / 40 + 1e-5
    starts = np.stack([part.ravel() for part in np.meshgrid(grid, grid)], axis=1)
    for f0, f1, g0, g1 in itertools.product((-1, 0, 2), repeat=4):
        found = separatrix.basins(bimatrix([[[f1, g1], [f0, 0]], [[0, g0], [0, 0]]]))
        outcomes = exact_outcomes(found.analysis)
        assert outcomes is not None
        names = outcomes.names(starts)
        for name in {*names.tolist(), *found.fractions}:
            assert np.mean(names == name) == pytest.approx(found.fractions.get(name, 0.0), abs=0.04)


# --------------------------------------------------------------------------- shocks


def test_a_shock_of_the_critical_size_is_critical() -> None:
    """A little less in the same direction and the outcome stays, a little more and it changes."""
    game = separatrix.load("shi-chen-2018")
    shock = separatrix.critical_shock(game)
    assert shock.start == (0.2, 0.3) and shock.outcome == "E1"
    for push in (shock.smallest, *shock.alone.values()):
        assert push is not None and push.beyond == "E4"
        start, to = np.array(shock.start), np.array(push.to)
        ends = [
            trajectory(game, start + part * (to - start), until=300, points=2).states[-1]
            for part in (0.9999, 1.0001)
        ]
        assert [end.round().tolist() for end in ends] == [[0, 0], [1, 1]]
    assert shock.smallest is not None
    assert shock.smallest.size <= min(p.size for p in shock.alone.values() if p is not None)


def test_the_time_to_arrive_is_when_every_share_is_near() -> None:
    """At that time the farthest share is 0.01 away."""
    game = separatrix.load("shi-chen-2018")
    shock = separatrix.critical_shock(game)
    assert shock.time is not None
    assert trajectory(game, [0.2, 0.3], until=shock.time, points=2).states[-1].max() == pytest.approx(
        0.01, abs=1e-5
    )


def test_from_the_middle_of_an_attractor_the_shock_leads_to_the_saddle_of_a_symmetric_game() -> None:
    """From mutual defection the nearest way out of a stag hunt is the diagonal; neither party can alone."""
    shock = separatrix.critical_shock(bimatrix(STAG), [0, 0])
    assert shock.smallest is not None
    assert shock.smallest.to == pytest.approx((2 / 3, 2 / 3))
    assert dict(shock.alone) == {"A": None, "B": None}


def test_where_all_starts_share_an_outcome_no_shock_changes_it() -> None:
    """The answer says so, and why."""
    shock = separatrix.critical_shock(separatrix.load("shi-chen-2018"), scenario="decline-dominant")
    assert shock.smallest is None
    assert "all interior starts converge to E1" in shock.how_sure
    circling = separatrix.critical_shock(separatrix.load("matching-pennies"), [0.2, 0.3])
    assert circling.smallest is None and circling.outcome == "cycle"


@pytest.mark.parametrize(
    ("start", "code"),
    [([1.2, 0.5], "D601"), ([1, 0], "D623"), ([2 / 3, 2 / 3], "D623"), ([0.5], "D601")],
)
def test_starts_without_an_outcome_to_change_are_refused(start: list[float], code: str) -> None:
    """Outside the square, and at rest where nothing attracts."""
    with pytest.raises(InputError, match=code):
        separatrix.critical_shock(bimatrix(STAG), start)


def test_a_side_at_rest_holds_what_nothing_across_it_changes() -> None:
    """Straight below the end of the dividing line no change of the other share alone leads across."""
    game = bimatrix([[[2, 2], [0, 0]], [[0, -1], [0, 0]]])
    shock = separatrix.critical_shock(game, [1 / 3, 0.6])
    assert shock.outcome == "E4"
    assert shock.alone["B"] is None
    assert shock.alone["A"] is not None and shock.alone["A"].beyond == "S3a"


def test_a_start_on_a_face_that_repels_is_refused_with_the_reason() -> None:
    """On the side y = 0 the trajectory ends in a corner which the slightest y leads away from."""
    game = bimatrix([[[2, 2], [0, 1]], [[1, 0], [-1, -1]]])
    with pytest.raises(InputError, match=r"D622.*y = 0.*stays"):
        separatrix.critical_shock(game, [0.3, 0])


def test_a_game_without_today_asks_for_a_start() -> None:
    """Where nothing says where things stand, the caller must."""
    with pytest.raises(InputError, match="D625"):
        separatrix.critical_shock(bimatrix(STAG))


def test_a_search_finds_the_exact_shock_where_there_is_one() -> None:
    """Beside a third population that decides for itself, another outcome is as far as in the square."""
    three = separatrix.load(
        {
            "populations": [*PLAYERS, {"name": "C", "share": "z", "strategies": ["yes", "no"]}],
            "advantages": {"x": "3*y - 2", "y": "3*x - 2", "z": "1"},
        }
    )
    flat = separatrix.critical_shock(bimatrix(STAG), [0.5, 0.6])
    found = separatrix.critical_shock(three, [0.5, 0.6, 0.5])
    assert flat.smallest is not None and found.smallest is not None
    assert found.smallest.size == pytest.approx(flat.smallest.size, rel=2e-3)
    assert found.method == "sampled"
    for name in ("A", "B"):
        own, exact = found.alone[name], flat.alone[name]
        assert own is not None and exact is not None
        assert own.size == pytest.approx(exact.size, abs=1e-4)
    assert found.alone["C"] is None


def test_the_curve_of_another_shape_comes_later() -> None:
    """Three populations have a surface, and the error says what can be had."""
    with pytest.raises(ComesLater, match="D621"):
        separatrix.separatrix_curve(separatrix.load("wang-2023"))


def test_answers_show_themselves_in_a_line_or_two() -> None:
    """At a prompt the answer is read, and not the whole game and analysis that it keeps."""
    game = separatrix.load("shi-chen-2018")
    for answer in (
        separatrix.basins(game),
        separatrix.outcome(game, [0.2, 0.3]),
        separatrix.critical_shock(game, [0.2, 0.3]),
        separatrix.portrait(game),
    ):
        assert "E1" in repr(answer) or "square" in repr(answer)
        assert len(repr(answer)) < 1200


def test_a_saddle_where_a_trajectory_on_a_face_ends_is_not_said_to_attract() -> None:
    """On x = 0 both others rise to E4, beside which x grows: where the orbit ends is all that is known."""
    shares = {
        "populations": [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xyz"],
        "advantages": {"x": "2*y - 1", "y": "2*z - 1", "z": "1 - 2*x"},
    }
    found = separatrix.outcome(separatrix.load(shares), [0, 0.5, 0.5])
    assert found.ending.state == (0, 1, 1) and not found.ending.proven
    assert "stays on the face" in found.how_sure and "proven" not in found.how_sure
    line = shares | {"advantages": {"x": "2*y - 1", "y": "2*x - 1", "z": "0"}}
    found = separatrix.outcome(separatrix.load(line), [0, 0.2, 0.5])
    assert found.ending.kind == "rest set" and found.ending.proven


def test_today_on_a_face_stays_there_whatever_the_outcome_inside() -> None:
    """Starts inside come to the middle of a damped cycle; of two strategies alone the better one wins."""
    today = {"x_1": 0.5, "x_2": 0.5, "x_3": 0}
    game = separatrix.load(
        {"payoff_matrix": [[0, -1, 2], [2, 0, -1], [-1, 2, 0]], "today": today, "title": "R"}
    )
    found = separatrix.basins(game)
    (inside,) = found.fractions
    assert found.today != inside and found.today == separatrix.outcome(game).name
    assert found.state_of(str(found.today)) == {"x_1": 0, "x_2": 1, "x_3": 0}
    with_c = {"parameters": {"c": 1}, "payoff_matrix": [[0, "-c", 2], [2, 0, "-c"], ["-c", 2, 0]]}
    swept = separatrix.sweep(separatrix.load(with_c | {"today": today, "title": "R"}), {"c": [1]}, "time")
    assert swept.fate.attrs["flag_meanings"].split()[0] == "x=2"


def test_a_start_at_a_source_is_not_said_to_be_attracted() -> None:
    """Nothing comes to the middle of an expanding cycle, and the start in it stays for ever."""
    found = separatrix.outcome(matrix([[0, -2, 1], [1, 0, -2], [-2, 1, 0]]), [1 / 3, 1 / 3, 1 / 3])
    assert found.name == "separatrix" and "does not attract" in found.how_sure


def test_a_budget_ends_the_following_of_starts() -> None:
    """Where trajectories linger ever longer at corners, those that time did not suffice for are undecided."""
    rows = [
        [[str(value) for value in pair] for pair in row]
        for row in (
            (("0.01", "0.02"), (-1, 1), (1, -1)),
            ((1, -1), ("0.01", "0.02"), (-1, 1)),
            ((-1, 1), (1, -1), ("0.01", "0.02")),
        )
    ]
    game = separatrix.load({"title": "Two that lose and win", "bimatrix": rows})
    ticks = itertools.count()
    with time_limit(1e9, now=lambda: next(ticks) / 1000):  # a thousandth of a second between two looks
        found = separatrix.basins(game, budget=2)
    assert next(ticks) < 2500  # some 25,000 steps would be made
    assert found.fractions["undecided"] > 0.5
    assert "the budget of 2 seconds ran out" in found.how_sure
    with pytest.raises(InputError) as refused:
        separatrix.basins(game, budget=-1)
    assert refused.value.code == "V305"


def test_intervals_hold_the_basins_that_a_longer_budget_finds() -> None:
    """Starts that time did not suffice for can end anywhere, and the intervals say so."""
    rows = [[0, -12, 0, 22], [20, 0, 0, -10], [-21, -4, 0, 35], [10, -2, 2, 0]]  # Skyrms 1992
    game = matrix(rows)
    whole = {"E2": 0.2025, "E10": 0.3553, "attractor 1": 0.4421}  # of 16,384 starts
    least = 1.0
    for budget in (0.13, 0.15, 0.17):
        ticks = itertools.count()
        with time_limit(1e9, now=lambda count=ticks: next(count) / 1000):
            found = separatrix.basins(game, samples=256, budget=budget)
        assert found.intervals is not None
        open_end = found.intervals.get("undecided", (0.0, 0.0))[1]
        for key, share in whole.items():
            low, high = found.intervals.get(key, (0.0, open_end))
            assert low <= share <= high, (budget, key)
        least = min(least, found.fractions.get("E10", 1.0))
    assert least < 0.3  # some budget ended while trajectories were on their way


@pytest.mark.parametrize("budget", [None, 0.2])
def test_basins_report_progress_until_all_starts_are_done_or_time_is_up(budget: float | None) -> None:
    """Reports begin at zero, never fall, and end at the number of starts, with a budget that runs out too."""
    done: list[tuple[int, int]] = []
    found = separatrix.basins(
        separatrix.load("mckelvey-mclennan"),
        samples=256,
        budget=budget,
        advance=lambda part, whole: done.append((part, whole)),
    )
    assert {whole for _, whole in done} == {256} == {found.samples}
    parts = [part for part, _ in done]
    assert parts[0] == 0
    assert parts == sorted(parts) and parts[-1] == 256

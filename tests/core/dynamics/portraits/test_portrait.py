"""Phase portraits as data: exact nullclines, the field, rest points as analysed, and what is numerical."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.nullclines import Nullcline
from separatrix.dynamics.portraits import PhasePortrait, portraits_csv
from separatrix.errors import ComesLater, InputError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression

CURVED: dict[str, Any] = {
    "title": "Advantages that bend",
    "populations": ["A", "B"],
    "advantages": {"x": "y - x^2 - 1/8", "y": "x*(1 - y) - 1/5"},
}
FACTORS: dict[str, Any] = {
    "title": "An advantage in factors",
    "populations": ["A", "B"],
    "advantages": {"x": "(x - 1/2)*(y - 1/3)*(x + y - 1)", "y": "x*(y - 3/4)^2"},
}
OWN_SHARES: dict[str, Any] = {
    "title": "A surface that bends in all three shares",
    "populations": ["A", "B", "C"],
    "advantages": {"x": "x*y + z^2 - 1/2", "y": "x - z", "z": "1/3 - y*z"},
}
MANY: tuple[tuple[Any, str | None], ...] = (
    ("shi-chen-2018", None),
    ("dynamic-penalty", None),
    (CURVED, None),
    (FACTORS, None),
    ("coordination-123", None),
    ("zeeman-1980", None),
    ("rock-paper-scissors-one-population", "good"),
    ("mckelvey-mclennan", None),
    ("wang-2023", "stage-4"),
    (OWN_SHARES, None),
    ("wang-2023", "stage-1"),
)


_DRAWN: dict[str, PhasePortrait] = {}


def found(source: Any, scenario: str | None = None, **options: Any) -> PhasePortrait:
    """Return a portrait without trajectories; each is worked out once, since it does not change."""
    key = repr((source, scenario, sorted(options.items())))
    if key not in _DRAWN:
        game = separatrix.load(source)
        _DRAWN[key] = separatrix.portrait(game, scenario=scenario, trajectories=False, **options)
    return _DRAWN[key]


def moving(portrait: PhasePortrait, share: str) -> list[Nullcline]:
    """Return nullclines inside."""
    return [n for n in portrait.nullclines if n.share == share and n.kind == "advantage"]


# --------------------------------------------------------------------------- exact nullclines


@pytest.mark.parametrize(("source", "scenario"), MANY)
def test_the_rate_vanishes_on_every_nullcline(source: Any, scenario: str | None) -> None:
    """The rates of the field, which know nothing of the polynomials, are zero at all points of all parts."""
    portrait = found(source, scenario)
    assert portrait.nullclines
    for null in portrait.nullclines:
        states = [*(state for line in null.lines for state in line), *map(np.array, null.points)]
        rates = portrait.flow(np.array(states))[:, portrait.shares.index(null.share)]
        assert np.abs(rates).max() < 1e-13 * portrait.flow.scale, null.id


@pytest.mark.parametrize(("source", "scenario"), MANY[:-1])
def test_every_change_of_sign_of_a_rate_is_on_a_nullcline(source: Any, scenario: str | None) -> None:
    """Along random lines a share turns round nowhere but where the portrait says."""
    portrait = found(source, scenario)
    random = np.random.default_rng(5)
    checked = 0
    for _ in range(60):
        ends = (
            random.dirichlet(np.ones(3), 2)
            if portrait.shape == "triangle"
            else random.random((2, len(portrait.shares)))
        )
        heights = None
        if any(n.slices for n in portrait.nullclines):  # drawn where one share has a round value
            heights = portrait.shares.index("z")
            ends[:, heights] = random.integers(0, 11) / 10
        steps = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 200)[:, None]
        rates = portrait.flow(steps)
        for k, share in enumerate(portrait.shares):
            for at in np.flatnonzero(rates[:-1, k] * rates[1:, k] < 0):
                zero = halved(portrait, k, steps[at], steps[at + 1])
                near = min(distance(zero, null, portrait) for null in moving(portrait, share))
                assert near < 1e-3, (share, zero)
                checked += 1
    assert checked > 10


def halved(portrait: PhasePortrait, k: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return where a rate changes its sign between two states."""
    below = portrait.flow(low)[k]
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if portrait.flow(middle)[k] * below > 0 else (low, middle)
    return low


def distance(state: np.ndarray, null: Nullcline, portrait: PhasePortrait) -> float:
    """Return how far a state is from a nullcline; along a ruled share it may be anywhere."""
    kept = [s != null.ruled for s in portrait.shares]
    best = np.inf
    for line in null.lines:
        a, b = line[:-1][:, kept], line[1:][:, kept]
        along = b - a
        length = np.maximum((along**2).sum(axis=1), 1e-300)
        part = np.clip(((state[kept] - a) * along).sum(axis=1) / length, 0, 1)
        best = min(best, float(np.sqrt(((a + part[:, None] * along - state[kept]) ** 2).sum(axis=1)).min()))
    return best


@pytest.mark.parametrize(("source", "scenario"), MANY[:7])
def test_what_is_solved_holds_in_exact_numbers(source: Any, scenario: str | None) -> None:
    """At the rational share of a point the solved equation gives the other share, to its last digit."""
    portrait = found(source, scenario)
    solved = 0
    for null in portrait.nullclines:
        if null.solved is None:
            continue
        name, _, formula = null.solved.partition(" = ")
        expression = parse_expression(formula)
        for line in null.lines:
            for state in line.tolist():
                known = {s: Fraction(v) for s, v in zip(portrait.shares, state, strict=True) if s != name}
                given = float(evaluate(expression, known))
                assert given == pytest.approx(state[portrait.shares.index(name)], abs=1e-15)
                solved += 1
    assert solved


def test_a_product_falls_into_its_factors() -> None:
    """Three lines cross, and each is a part of its own; a square changes no sign and is found, too."""
    portrait = found(FACTORS)
    assert {n.solved for n in moving(portrait, "x")} == {"x = 1/2", "y = 1/3", "y = 1 - x"}
    assert {n.solved for n in moving(portrait, "y")} == {"x = 0", "y = 3/4"}


def test_a_share_that_never_moves_is_still_everywhere() -> None:
    """An advantage that is identically zero is no curve."""
    portrait = found({"title": "t", "populations": ["A", "B"], "advantages": {"x": "0", "y": "x - 1/2"}})
    assert [n.kind for n in portrait.nullclines if n.share == "x"] == ["face", "face", "everywhere"]
    assert [n.solved for n in moving(portrait, "y")] == ["x = 1/2"]


def test_a_share_with_a_constant_advantage_stands_still_on_faces_alone() -> None:
    """Where one strategy always earns more there is nothing between the faces."""
    portrait = found("prisoners-dilemma-two-populations")
    assert {n.kind for n in portrait.nullclines} == {"face"}
    assert [n.solved for n in portrait.nullclines] == ["x = 0", "x = 1", "y = 0", "y = 1"]


def test_nullclines_meet_in_the_rest_points() -> None:
    """At every isolated rest point inside the square both shares stand still."""
    portrait = found(CURVED)
    inner = [p for p in portrait.rest_points if p.state is not None and len(p.free) == 2]
    assert inner
    for point in inner:
        for share in ("x", "y"):
            near = [distance(np.array(point.state), n, portrait) for n in moving(portrait, share)]
            assert min(near) < 1e-4


def test_one_population_stands_still_at_points() -> None:
    """On the line of states nullclines are the rest points of the analysis."""
    portrait = found("collective-risk")
    states = sorted(point[0] for n in portrait.nullclines for point in n.points)
    assert states == pytest.approx(sorted(p.state[0] for p in portrait.rest_points if p.state), abs=1e-12)


def test_surfaces_of_a_cube_that_do_not_bend_along_a_share_are_ruled() -> None:
    """In McKelvey and McLennan's game each is drawn by its lower and its upper edge."""
    portrait = found("mckelvey-mclennan")
    (bent,) = moving(portrait, "z")
    assert (bent.ruled, len(bent.lines)) == ("z", 4)
    for low, high in zip(bent.lines[::2], bent.lines[1::2], strict=True):
        assert (low[:, :2] == high[:, :2]).all()
        assert (low[:, 2] == 0).all() and (high[:, 2] == 1).all()


# --------------------------------------------------------------------------- the other parts


def test_rest_points_are_those_of_the_analysis() -> None:
    """Nothing is analysed again: labels and reasons are the same objects."""
    portrait = found("mckelvey-mclennan")
    assert portrait.rest_points == portrait.analysis.rest_points


def test_the_field_is_sampled_on_the_grid() -> None:
    """As many states as asked for on a side, with the rates of the dynamics."""
    portrait = found("shi-chen-2018", grid=4)
    assert portrait.grid.shape == (16, 2)
    assert (portrait.velocities == portrait.flow(portrait.grid)).all()
    triangle = found("zeeman-1980", grid=5)
    assert triangle.grid.shape == (15, 3)
    assert triangle.grid.sum(axis=1) == pytest.approx(1)
    assert found("wang-2023", "stage-4", grid=3).grid.shape == (27, 3)


def test_the_separatrix_is_the_exact_one() -> None:
    """The same curve as from `separatrix_curve`, and none where one strategy dominates."""
    game = separatrix.load("shi-chen-2018")
    curve = separatrix.separatrix_curve(game)
    (line,) = found("shi-chen-2018").separatrices
    assert curve is not None
    assert (line.states == curve.states).all() and line.saddle == curve.saddle
    assert found("shi-chen-2018", "cooperation-dominant").separatrices == ()


@pytest.mark.parametrize(
    ("source", "scenario", "options"),
    [
        ("shi-chen-2018", None, {}),
        ("zeeman-1980", None, {}),
        ("wang-2023", "stage-4", {}),
        ("shi-chen-2018", None, {"field": "smith"}),
        ("rock-paper-scissors-one-population", None, {"field": "bnn"}),
        ("shi-chen-2018", None, {"field": "best-response"}),
    ],
)
def test_trajectories_follow_the_field(source: Any, scenario: str | None, options: dict[str, Any]) -> None:
    """From each state to the next the shares move as the rates say, and stay in the state space."""
    portrait = separatrix.portrait(separatrix.load(source), scenario=scenario, **options)
    assert len(portrait.trajectories) > 8
    agree, steps = 0, 0
    for orbit in portrait.trajectories:
        states = orbit.states
        assert (states >= 0).all() and (states <= 1).all()
        moved = np.diff(states, axis=0)
        rates = portrait.flow((states[:-1] + states[1:]) / 2)
        size = np.linalg.norm(moved, axis=1) * np.linalg.norm(rates, axis=1)
        along = (moved * rates).sum(axis=1)
        agree += int((along >= 0.95 * size).sum())
        steps += len(moved)
    assert agree > 0.97 * steps


def test_a_portrait_cannot_be_changed() -> None:
    """Results are frozen."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        found("shi-chen-2018").kind = "smith"


# --------------------------------------------------------------------------- other dynamics


@pytest.mark.parametrize("kind", ["smith", "bnn", "best-response"])
def test_numerical_nullclines_lie_on_the_exact_ones(kind: str) -> None:
    """With two strategies these dynamics turn round where the advantage does, as the replicator does."""
    exact = found(CURVED)
    portrait = found(CURVED, field=kind)
    assert {n.method for n in portrait.nullclines} == {"numerical"}
    assert "contours" in portrait.how_sure
    for null in portrait.nullclines:
        for line in null.lines:
            for state in line:
                near = min(distance(state, other, exact) for other in moving(exact, null.share))
                assert near < 1e-4


def test_numerical_nullclines_show_where_rates_change_their_sign() -> None:
    """A hair to one side of each point of logit's nullcline a share grows, on the other it shrinks."""
    portrait = found("shi-chen-2018", field="logit", eta=0.5)
    for k, null in enumerate(portrait.nullclines):
        line = null.lines[0]
        inner = line[(line > 1e-3).all(axis=1) & (line < 1 - 1e-3).all(axis=1)]
        hair = np.zeros(2)
        hair[k] = 1e-4
        below, above = (portrait.flow(inner + sign * hair)[:, k] for sign in (-1, 1))
        assert (below * above < 0).all()


def test_other_dynamics_have_no_labels_of_the_replicator() -> None:
    """Smith's rest points are the Nash equilibria, and whether they are stable is left open."""
    portrait = found("shi-chen-2018", field="smith")
    assert [(p.id, p.stability) for p in portrait.rest_points] == [("E1", None), ("E4", None), ("E5", None)]
    assert not portrait.labelled
    logit = found("shi-chen-2018", field="logit", eta=0.5)
    assert [p.id for p in logit.rest_points] == ["R1", "R2", "R3"]
    assert "numerically" in logit.how_sure


def test_one_payoff_adjusted_population_keeps_its_labels() -> None:
    """It runs along the same lines at another pace; two populations do not."""
    one = found("hawk-dove-one-population", field="payoff-adjusted", background=3)
    assert [p.stability for p in one.rest_points] == [p.stability for p in one.analysis.rest_points]
    two = found("hawk-dove-two-populations", field="payoff-adjusted", background=3)
    assert {p.stability for p in two.rest_points} == {None}
    assert {n.method for n in two.nullclines} == {"exact"}


# --------------------------------------------------------------------------- data


@pytest.mark.parametrize(("source", "scenario"), [*MANY, ("hawk-dove-one-population", None)])
def test_json_and_csv_hold_the_same_states(source: Any, scenario: str | None) -> None:
    """Both have every state of every part in full; JSON has no NaN and tells where it comes from."""
    portrait = found(source, scenario)
    told = json.loads(json.dumps(portrait.to_dict(), allow_nan=False))
    assert told["provenance"]["version"] == separatrix.__version__
    assert told["dynamics"]["field"] == "replicator"
    rows = list(csv.DictReader(io.StringIO(portrait.to_csv())))
    for part, lines in (
        ("field", [told["field"]["states"]]),
        ("nullcline", [line for n in told["nullclines"] for line in [*n["lines"], *alone(n)]]),
        ("separatrix", [line["states"] for line in told["separatrices"]]),
        ("rest point", [[p["state"]] for p in told["rest_points"]]),
    ):
        states = [[float(row[s]) for s in portrait.shares] for row in rows if row["part"] == part]
        assert states == [state for line in lines for state in line], part


def alone(null: dict[str, Any]) -> list[Any]:
    """Return isolated points as lines of one point."""
    return [[point] for point in null["points"]]


def test_names_of_portraits_are_inert_in_csv() -> None:
    """What a user calls a scenario is no formula."""
    rows = portraits_csv([found("shi-chen-2018", grid=2)], ["=cmd|' /C calc'!A0\x07"]).splitlines()
    assert rows[1].startswith("'=cmd|' /C calc'!A0 ,field")


# --------------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize("grid", [1, 0, -3, 2.5, True, "9", 2_000])
def test_an_impossible_grid_is_refused(grid: Any) -> None:
    """Fewer than two states on a side, no whole number, or more than a million states."""
    with pytest.raises(InputError) as refused:
        found("wang-2023", "stage-4", grid=grid)
    assert refused.value.code == "D642"


@pytest.mark.parametrize("source", ["hypercycle-four", "rock-paper-scissors-two-populations"])
def test_more_dimensions_are_refused_with_a_pointer(source: str) -> None:
    """The error says what can be drawn instead."""
    with pytest.raises(ComesLater) as refused:
        separatrix.portrait(separatrix.load(source))
    assert refused.value.code == "D641"
    assert "trajectory" in (refused.value.hint or "")


def test_unknown_dynamics_and_options_are_refused() -> None:
    """As in `field`."""
    for options, code in (({"field": "smth"}, "V320"), ({"eta": 1}, "V321")):
        with pytest.raises(InputError) as refused:
            found("shi-chen-2018", **options)
        assert refused.value.code == code


def test_random_tables_have_a_nullcline_where_they_should() -> None:
    """In bimatrix games the advantage of x changes its sign at one value of y, or nowhere."""
    random = Random(3)
    for _ in range(25):
        table = [[[random.randint(-5, 5) for _ in range(2)] for _ in range(2)] for _ in range(2)]
        portrait = found({"title": "t", "bimatrix": table})
        low = table[0][1][0] - table[1][1][0]  # y = 0: B plays its second strategy
        high = table[0][0][0] - table[1][0][0]
        lines = [line for n in moving(portrait, portrait.shares[0]) for line in n.lines]
        if low == high:
            assert lines == []
        elif low * high <= 0:
            (line,) = lines
            assert line[:, 1] == pytest.approx(low / (low - high))
        else:
            assert lines == []

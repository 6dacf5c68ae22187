"""Changes of a game that must not change its answer, or must permute it."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import separatrix
from core.oracles.bridge import on_piece, to_mapping
from core.oracles.games import OracleGame

PAYOFF = st.one_of(st.integers(-1, 1), st.integers(-4, 4))


@st.composite
def games(draw: st.DrawFn) -> OracleGame:
    """Draw a game of two or three populations with small integer payoffs, often degenerate."""
    n = draw(st.integers(2, 3))
    profiles = list(itertools.product((0, 1), repeat=n))
    entries = draw(st.lists(PAYOFF, min_size=n * len(profiles), max_size=n * len(profiles)))
    return OracleGame({p: tuple(entries[n * k : n * k + n]) for k, p in enumerate(profiles)})


def answer(game: OracleGame) -> Any:
    """What the package says."""
    return separatrix.analyze(separatrix.load(to_mapping(game)))


def close(a: Any, b: Any) -> bool:
    """Whether two states are the same to nine digits."""
    return all(abs(u - v) < 1e-9 for u, v in zip(a, b, strict=True))


def same_points(before: Any, after: Any, keys: tuple[str, ...], move: Any = tuple) -> None:
    """Assert that the rest points, moved, are those of the other answer, and agree in `keys`."""
    assert len(before.rest_points) == len(after.rest_points)
    for point in before.rest_points:
        state = move(point.state)
        match = [p for p in after.rest_points if close(p.state, state)]
        assert len(match) == 1, state
        for key in keys:
            assert getattr(match[0], key) == getattr(point, key), (key, state)


def same_sets(before: Any, after: Any, move: Any = tuple) -> None:
    """Assert that the rest sets, moved, cover the same states with the same labels."""
    assert bool(before.rest_sets) == bool(after.rest_sets)
    for piece in before.rest_sets:
        for state in inner_states(piece):
            found = [p.stability for p in after.rest_sets if on_piece(p, move(state))]
            assert piece.stability in found, (state, piece.stability, found)
    count = [Counter(c.set_stability for c in a.rest_components) for a in (before, after)]
    assert count[0] == count[1]


def inner_states(piece: Any) -> list[tuple[float, ...]]:
    """States of a piece away from its ends."""
    if piece.dimension == 1 and len(piece.corners) == 2:
        start, end = piece.corners
        return [tuple(u + (v - u) * t for u, v in zip(start, end, strict=True)) for t in (0.3, 0.7)]
    inner = [
        s for s in piece.samples if tuple(i for i, v in enumerate(s) if 1e-9 < v < 1 - 1e-9) == piece.free
    ]
    return inner[:: max(1, len(inner) // 5)]


EVERYTHING = ("stability", "isolated", "nash", "strict_nash", "ess", "free")


@given(games(), st.data())
def test_adding_a_constant_against_a_fixed_profile(game: OracleGame, data: st.DataObject) -> None:
    """Only differences between a population's own payoffs against the same opponents matter."""
    who = data.draw(st.integers(0, game.n - 1))
    others = data.draw(st.tuples(*[st.integers(0, 1)] * (game.n - 1)))
    amount = data.draw(st.integers(-20, 20))
    pay = {}
    for profile, values in game.pay.items():
        against = tuple(c for j, c in enumerate(profile) if j != who)
        pay[profile] = tuple(
            v + amount if i == who and against == others else v for i, v in enumerate(values)
        )
    before, after = answer(game), answer(OracleGame(pay))
    same_points(before, after, (*EVERYTHING, "eigenvalues", "reason"))
    same_sets(before, after)


@given(games(), st.fractions(Fraction(1, 7), 9))
def test_scaling_all_payoffs_together(game: OracleGame, factor: Fraction) -> None:
    """A common positive number changes the time scale, hence the eigenvalues, and nothing else."""
    scaled = OracleGame({p: tuple(factor * v for v in values) for p, values in game.pay.items()})
    before, after = answer(game), answer(scaled)
    same_points(before, after, EVERYTHING)
    same_sets(before, after)
    for point in before.rest_points:
        (match,) = (p for p in after.rest_points if close(p.state, point.state))
        assert all(
            min(abs(float(factor) * v - w) for w in match.eigenvalues) < 1e-7 * (1 + abs(v))
            for v in point.eigenvalues
        )


@given(games(), st.data())
def test_scaling_one_population_alone(game: OracleGame, data: st.DataObject) -> None:
    """It moves no rest point and changes neither Nash, strict nor asymptotically stable."""
    who = data.draw(st.integers(0, game.n - 1))
    factor = data.draw(st.fractions(Fraction(1, 7), 9))
    pay = {
        p: tuple(factor * v if i == who else v for i, v in enumerate(values))
        for p, values in game.pay.items()
    }
    before, after = answer(game), answer(OracleGame(pay))
    same_points(before, after, ("nash", "strict_nash", "ess", "isolated", "free"))
    stable = [
        sorted(p.state for p in a.rest_points if p.stability == "asymptotically stable")
        for a in (before, after)
    ]
    assert stable[0] == stable[1]


@given(games(), st.data())
def test_renaming_strategies(game: OracleGame, data: st.DataObject) -> None:
    """Exchanging the strategies of some populations exchanges shares x and 1 - x, and keeps all labels."""
    flips = data.draw(st.tuples(*[st.booleans()] * game.n))
    pay = {
        tuple(1 - c if f else c for c, f in zip(p, flips, strict=True)): values
        for p, values in game.pay.items()
    }

    def move(state: Any) -> tuple[float, ...]:
        return tuple(1 - v if f else v for v, f in zip(state, flips, strict=True))

    before, after = answer(game), answer(OracleGame(pay))
    same_points(before, after, EVERYTHING, move)
    same_sets(before, after, move)


@given(games(), st.data())
def test_renaming_populations(game: OracleGame, data: st.DataObject) -> None:
    """Listing the populations in another order permutes the states, and keeps all labels."""
    order = data.draw(st.permutations(range(game.n)))
    pay = {tuple(p[i] for i in order): tuple(v[i] for i in order) for p, v in game.pay.items()}

    def move(state: Any) -> tuple[float, ...]:
        return tuple(state[i] for i in order)

    before, after = answer(game), answer(OracleGame(pay))
    same_points(before, after, ("stability", "isolated", "nash", "strict_nash", "ess"), move)
    same_sets(before, after, move)


@given(st.lists(PAYOFF, min_size=4, max_size=4), st.fractions(Fraction(1, 7), 9), st.integers(-9, 9))
def test_one_population(payoffs: list[int], factor: Fraction, amount: int) -> None:
    """Scaling, adding a constant to a column and exchanging the strategies do what they do in theory."""
    a, b, c, d = payoffs

    def solve(rows: list[list[Any]]) -> Any:
        text = [[str(v) for v in row] for row in rows]
        return separatrix.analyze(separatrix.load({"title": "one", "payoff_matrix": text}))

    before = solve([[a, b], [c, d]])
    changed = solve([[factor * (a + amount), factor * b], [factor * (c + amount), factor * d]])
    keys = ("stability", "isolated", "nash", "strict_nash", "ess", "nss")
    same_points(before, changed, keys)
    same_points(before, solve([[d, c], [b, a]]), keys, lambda s: (1 - s[0],))
    expected = one_population_labels(a, b, c, d)
    given_labels = {p.state[0]: (p.stability, p.isolated, p.nash, p.ess) for p in before.rest_points}
    assert {round(k, 9): v for k, v in given_labels.items()} == expected


def one_population_labels(a: int, b: int, c: int, d: int) -> dict[float, tuple[str, bool, bool, bool]]:
    """Say by the sign of the advantage on the segment what each rest point is."""
    at_0, at_1 = Fraction(b - d), Fraction(a - c)
    result = {}
    if at_0 == at_1 == 0:
        return {0.0: ("stable", False, True, False), 1.0: ("stable", False, True, False)}
    beside_0, beside_1 = at_0 or at_1, at_1 or at_0
    sink, source = "asymptotically stable", "source"
    result[0.0] = (sink if beside_0 < 0 else source, True, at_0 <= 0, beside_0 < 0)
    result[1.0] = (sink if beside_1 > 0 else source, True, at_1 >= 0, beside_1 > 0)
    if at_0 * at_1 < 0:
        inner = round(float(at_0 / (at_0 - at_1)), 9)
        result[inner] = (sink if at_0 > 0 else source, True, True, at_0 > 0)
    return result

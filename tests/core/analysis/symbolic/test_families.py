"""Answers in symbols for all games of a kind, at random numbers, against an independent exact solver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import separatrix
from core.analysis.symbolic.families import FAMILIES, draws, full_state, precise, symbols_of
from core.analysis.symbolic.linear import Rest, rest_states
from core.oracles.high_precision import holds_at, value_at
from thinning import thinned

CASES = [("3", 3), ("3", 1), ("4", 2), ("2x3", 2), ("3x3", 1), ("own 2x2", 2), ("own 2x2", 1)]
COUNTS = [pytest.param(12, id="12"), pytest.param(400, id="400", marks=pytest.mark.soak)]
EDGE = 1e-7


def indices(which: str, support: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    """The strategies of a support, numbered through all populations."""
    result, start = [], 0
    for population, names in zip(FAMILIES[which].game.populations, support, strict=True):
        own = [s.name for s in population.strategies]
        result += [start + own.index(name) for name in names]
        start += len(own)
    return tuple(sorted(result))


def existing(which: str, values: Mapping[str, Any]) -> dict[tuple[int, ...], Any]:
    """The points of the symbolic answer whose condition holds, by support."""
    return {
        indices(which, p.support): p for p in symbols_of(which).found.points if holds_at(p.exists, values)
    }


def points_of(rest: list[Rest]) -> dict[tuple[int, ...], Rest]:
    """The single points among rest states, by support."""
    return {r.support: r for r in rest if r.dimension == 0}


@pytest.mark.parametrize("count", COUNTS)
@thinned(("which", "most"), CASES, each_run=2)
def test_points_exist_where_they_should(which: str, most: int, count: int) -> None:
    """A candidate's condition holds exactly where the support has one rest state, and its shares are it."""
    sizes = FAMILIES[which].sizes
    for drawn in draws(which, most, count):
        values = precise(drawn)
        exact = points_of(list(rest_states(FAMILIES[which].at(drawn))))
        claimed = existing(which, values)
        assert claimed.keys() == exact.keys(), drawn
        for support, point in claimed.items():
            state = full_state(sizes, point.exact, values)
            for got, wanted in zip(state, exact[support].state, strict=True):
                assert abs(got * wanted.denominator - wanted.numerator) < 1e-30


@pytest.mark.parametrize("count", COUNTS)
@thinned(("which", "most"), CASES, each_run=2)
def test_eigenvalues_and_stability(which: str, most: int, count: int) -> None:
    """Eigenvalues are those of the Jacobian, and where they decide, the condition for stability agrees."""
    family = FAMILIES[which]
    for drawn in draws(which, most, count):
        values, numbers = precise(drawn), family.at(drawn)
        exact = points_of(list(rest_states(numbers)))
        for support, point in existing(which, values).items():
            spectrum = list(numbers.tangent_eigenvalues(exact[support].state))
            stable = point.stable_when is not None and holds_at(point.stable_when, values)
            top = max(v.real for v in spectrum)
            if abs(top) > EDGE:
                assert stable == (top < 0), (drawn, support)
            for expression in point.eigenvalues_exact or ():
                value = complex(value_at(expression, values))
                nearest = min(spectrum, key=lambda w: abs(w - value))
                assert abs(nearest - value) < 1e-6 * (1 + abs(value)), (drawn, support)
                spectrum.remove(nearest)


@pytest.mark.parametrize("count", COUNTS)
@thinned(("which", "most"), CASES, each_run=2)
def test_rest_sets(which: str, most: int, count: int) -> None:
    """Every continuum is announced; where the condition claims to be exact, none is announced in vain."""
    for drawn in draws(which, most, count):
        values = precise(drawn)
        exact = {(r.support, r.dimension) for r in rest_states(FAMILIES[which].at(drawn)) if r.dimension > 0}
        sure, perhaps = set(), set()
        for piece in symbols_of(which).found.sets:
            support = indices(which, piece.support)
            if piece.exists is not None and holds_at(piece.exists, values):
                sure.add((support, piece.dimension))
            if piece.possible_when is not None and holds_at(piece.possible_when, values):
                perhaps.add(support)
        assert sure <= exact, drawn
        assert all(found in sure or found[0] in perhaps for found in exact), drawn


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("which", "most"), [("3", 3), ("3", 1), ("2x3", 2), ("3x3", 1)])
def test_regimes_partition_the_parameters(which: str, most: int, count: int) -> None:
    """Any numbers lie in one regime, whose states are those whose condition for stability holds."""
    symbols = symbols_of(which)
    sizes = FAMILIES[which].sizes
    assert symbols.regimes_completeness.status == "complete"
    for drawn in draws(which, most, count):
        values = precise(drawn)
        (regime,) = [r for r in symbols.regimes if holds_at(r.condition, values)]
        stable = [
            p.exact
            for p in existing(which, values).values()
            if p.stable_when is not None and holds_at(p.stable_when, values)
        ]
        claimed, wanted = (
            sorted([float(v) for v in full_state(sizes, state, values)] for state in states)
            for states in (regime.stable, stable)
        )
        assert len(claimed) == len(wanted)
        for got, expected in zip(claimed, wanted, strict=True):
            assert got == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("which", "most"), [("3", 1), ("2x3", 1), ("own 2x2", 1)])
def test_labels_and_flags_agree_with_the_answer_in_numbers(which: str, most: int, count: int) -> None:
    """Also where eigenvalues vanish: what is said for all parameters holds at each of them."""
    family = FAMILIES[which]
    for drawn in draws(which, most, count):
        values = precise(drawn)
        numeric = separatrix.analyze(family.game, values=drawn)
        for point in existing(which, values).values():
            place = [float(value_at(e, values)) for e in point.exact]
            for rest in numeric.rest_points:
                if rest.state != pytest.approx(place, abs=1e-9):
                    continue
                stable = point.stable_when is not None and holds_at(point.stable_when, values)
                if rest.stability != "undecided":
                    assert stable == (rest.stability == "asymptotically stable"), (drawn, place)
                for key in ("stability", "isolated", "nash", "strict_nash", "ess", "nss"):
                    if getattr(point, key) is not None and getattr(rest, key) is not None:
                        assert getattr(point, key) == getattr(rest, key), (key, drawn, place)


@pytest.mark.parametrize(
    ("which", "regimes"),
    [
        # Partial matchings of rows and columns: strict equilibria share neither.
        ("2x3", 1 + 6 + 6),
        ("3x3", 1 + 9 + 18 + 6),
        ("3", 21),
    ],
)
def test_number_of_regimes(which: str, regimes: int) -> None:
    """Without assumptions every conceivable set of stable states occurs, and is generic."""
    found = symbols_of(which).regimes
    assert len(found) == regimes
    assert all(r.generic for r in found)


@pytest.mark.parametrize("which", ["3", "3x3"])
def test_witnesses_lie_in_their_regime(which: str) -> None:
    """A witness satisfies its own condition and no other regime's."""
    regimes = symbols_of(which).regimes
    for regime in regimes:
        values = precise(regime.witness)
        assert [r for r in regimes if holds_at(r.condition, values)] == [regime]

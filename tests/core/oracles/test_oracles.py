"""The oracles themselves, against theory and against Groebner bases."""

from __future__ import annotations

import itertools
import random

import mpmath
import pytest
import sympy

from core.oracles.bridge import samples
from core.oracles.faces import rest_states
from core.oracles.games import OracleGame, inside, random_game
from core.oracles.judge import Case, judge, observe
from core.oracles.verdicts import is_nash, is_strict, settled

PENNIES = OracleGame({(0, 0): (1, -1), (0, 1): (-1, 1), (1, 0): (-1, 1), (1, 1): (1, -1)})
STAG = OracleGame({(0, 0): (4, 4), (0, 1): (0, 3), (1, 0): (3, 0), (1, 1): (2, 2)})


def nine_nash() -> OracleGame:
    """The game of McKelvey and McLennan."""
    pay = dict.fromkeys(itertools.product((0, 1), repeat=3), (0, 0, 0))
    pay[(0, 0, 0)], pay[(1, 1, 0)] = (9, 8, 12), (9, 8, 2)
    pay[(0, 1, 1)] = pay[(1, 0, 1)] = (3, 4, 6)
    return OracleGame(pay)


def test_the_game_with_nine_nash_equilibria() -> None:
    """It has 16 isolated rest points, nine Nash and four strict."""
    game = nine_nash()
    truth, advantages = rest_states(game), game.advantages()
    assert len(truth.isolated) == 16 and not truth.pieces
    assert sum(is_nash(advantages, p) for p in truth.isolated) == 9
    assert sum(is_strict(advantages, p) for p in truth.isolated) == 4


@pytest.mark.parametrize("low", [-9, -2, -1])
def test_places_are_rest_states(low: int) -> None:
    """The field vanishes at every point and on every piece, and no count passes the bound of 16."""
    rng = random.Random(low)
    for _ in range(60):
        game = random_game(rng, 3, low, -low)
        truth, advantages = rest_states(game), game.advantages()
        places = [*truth.isolated, *(p for piece in truth.pieces for p in samples(piece, rng, 3))]
        for point in places:
            for share, gain in zip(point, advantages, strict=True):
                assert abs(share * (1 - share) * gain(point)) < 1e-30
        assert len(truth.isolated) <= 16


@pytest.mark.parametrize("low", [-9, -1])
def test_interior_agrees_with_groebner_bases(low: int) -> None:
    """Where a Groebner basis says that the interior equations have finitely many zeros, they are the same."""
    rng = random.Random(100 + low)
    x, y, z = symbols = sympy.symbols("x y z")
    compared = 0
    for _ in range(25):
        game = random_game(rng, 3, low, -low)
        equations = []
        for i, advantage in enumerate(game.advantages()):
            total = sympy.Integer(0)
            for choices, value in advantage.at.items():
                term = sympy.Rational(value.numerator, value.denominator)
                for other, choice in zip(advantage.others, choices, strict=True):
                    term *= symbols[other] if choice else 1 - symbols[other]
                total += term
            equations.append(sympy.expand(total))
            assert not total.has(symbols[i])
        basis = sympy.groebner(equations, x, y, z, order="lex")
        if not basis.is_zero_dimensional or basis.exprs == [1]:
            continue
        compared += 1
        count = 0
        for solution in sympy.solve_poly_system(basis.exprs, x, y, z) or []:
            values = [complex(v.evalf(30)) for v in solution]
            if all(abs(v.imag) < 1e-20 and 1e-15 < v.real < 1 - 1e-15 for v in values):
                count += 1
        found = rest_states(game)
        assert sum(all(inside(v) for v in p) for p in found.isolated) == count
    assert compared > 5


def test_the_judge_knows_a_centre() -> None:
    """Matching pennies: the mixed point is a centre, and neither attracts nor repels."""
    half = (mpmath.mpf(1) / 2,) * 2
    (seen,) = observe([Case(PENNIES.advantages(), half)], steps=600)
    assert judge("centre", seen) == "consistent"
    assert judge("asymptotically stable", seen) == "contradicted"
    assert judge("unstable", seen) == "contradicted"


def test_the_judge_knows_a_saddle_and_a_sink() -> None:
    """Stag hunt: orbits leave the mixed point and return to both conventions."""
    third = (mpmath.mpf(2) / 3,) * 2
    corner = (mpmath.mpf(1),) * 2
    saddle, sink = observe([Case(STAG.advantages(), third), Case(STAG.advantages(), corner)], steps=600)
    assert judge("saddle", saddle) == "consistent"
    assert judge("stable", saddle) == "contradicted"
    assert judge("asymptotically stable", sink) == "consistent"
    assert judge("unstable", sink) == "contradicted"


def test_the_judge_knows_slow_instability() -> None:
    """With x' = x(1-x)y and y resting, the edge y = 0 repels beside it though all eigenvalues are zero."""
    game = OracleGame({(0, 0): (1, 0), (0, 1): (0, 0), (1, 0): (0, 0), (1, 1): (0, 0)})
    point = (mpmath.mpf(1) / 3, mpmath.mpf(0))
    assert settled(game.advantages(), point)[0] is None
    (seen,) = observe([Case(game.advantages(), point)], steps=1500)
    assert judge("stable", seen) == "contradicted"

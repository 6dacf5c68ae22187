"""The exact oracles and the numerical referee themselves, against hand cases and floating point."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from core.oracles import exact_texts, own_share
from core.oracles.at_point import allowed_labels, is_ess, is_nss, jacobian
from core.oracles.exact_linear import solve
from core.oracles.exact_supports import rest_states
from core.oracles.flow_judge import contradicted, observe, refutes
from core.oracles.inertia import Inertia, characteristic_polynomial, inertia
from core.oracles.multistart import rest_points_found
from core.oracles.share_games import ShareGame, bimatrix, own_matrix, random_integers, random_profiles

THIRD = (Fraction(1, 3),) * 3
RING = own_matrix([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
GOOD = own_matrix([[0, -1, 2], [2, 0, -1], [-1, 2, 0]])
BAD = own_matrix([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])
ZEEMAN = own_matrix([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]])
BROOM = own_matrix(
    [
        [Fraction(-2), Fraction(5), Fraction(10, 9)],
        [Fraction(0), Fraction(5, 2), Fraction(10, 9)],
        [Fraction(-10, 9), Fraction(35, 9), Fraction(10, 9)],
    ]
)


def test_linear_equations() -> None:
    """One solution, several, or none."""
    only = solve([[2, 1, 3], [1, -1, Fraction(3, 2)]], 2)
    assert only is not None and (only.point, only.free) == ((Fraction(3, 2), Fraction(0)), 0)
    many = solve([[1, 1, 1], [2, 2, 2]], 2)
    assert many is not None and many.free == 1
    assert solve([[1, 1, 1], [1, 1, 2]], 2) is None


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_signs_of_eigenvalues(size: int) -> None:
    """They agree with floating point, and antisymmetric matrices have imaginary eigenvalues only."""
    rng = random.Random(size)
    for _ in range(40):
        most = rng.choice((1, 2, 5))
        rows = random_integers(rng, size, size, most)
        matrix = [[Fraction(v, rng.choice((1, 1, 3))) for v in row] for row in rows]
        values = np.linalg.eigvals(np.array([[float(v) for v in row] for row in matrix]))
        found = inertia(matrix)
        assert found.positive == (values.real > 1e-6).sum() and found.negative == (values.real < -1e-6).sum()
        turning = [
            [Fraction((i < j) * rows[i][j] - (i > j) * rows[j][i]) for j in range(size)] for i in range(size)
        ]
        assert inertia(turning).imaginary == size


def test_eigenvalues_with_multiplicity() -> None:
    """A zero, a double pair ±i and a pair ±1 are all counted."""
    turn = [[0, 1], [-1, 0]]
    blocks = [[[0]], turn, turn, [[0, 1], [1, 0]]]
    size = sum(len(b) for b in blocks)
    matrix = [[Fraction(0)] * size for _ in range(size)]
    at = 0
    for block in blocks:
        for i, row in enumerate(block):
            for j, v in enumerate(row):
                matrix[at + i][at + j] = Fraction(v)
        at += len(block)
    assert inertia(matrix) == Inertia(negative=1, imaginary=5, positive=1, zero=1)
    assert characteristic_polynomial([[Fraction(1, 2)]]) == [Fraction(-1, 2), 1]


def test_rest_states_of_known_games() -> None:
    """Zeeman's game has six isolated rest points; Broom's two, and a segment."""
    assert len(rest_states(ZEEMAN).isolated) == 6 and not rest_states(ZEEMAN).continua
    broom = rest_states(BROOM)
    assert set(broom.isolated) == {(1, 0, 0), (0, 1, 0)}
    (segment,) = broom.continua
    assert segment.dimension == 1
    assert set(segment.corners) == {(0, 0, 1), (Fraction(5, 9), Fraction(4, 9), 0)}
    assert broom.pure_on_continua == ((0, 0, 1),)


def test_everything_at_rest() -> None:
    """Where all payoffs are equal every support is a continuum of full dimension."""
    truth = rest_states(bimatrix([[1, 1], [1, 1]], [[0, 0], [0, 0]]))
    assert not truth.isolated
    assert sorted(c.dimension for c in truth.continua) == [1, 1, 1, 1, 2]
    assert len(truth.pure_on_continua) == 4


@pytest.mark.parametrize(
    ("game", "ess", "nss"),
    [(RING, False, True), (GOOD, True, True), (BAD, False, False), (ZEEMAN, False, False)],
)
def test_evolutionary_stability(game: ShareGame, ess: bool, nss: bool) -> None:
    """The even mixture of rock, paper and scissors is an ESS, neutrally stable or neither."""
    assert (is_ess(game, THIRD), is_nss(game, THIRD)) == (ess, nss)


def test_an_ess_implies_neutral_stability_and_a_sink_need_not_be_one() -> None:
    """Over random games ESSs are neutrally stable and hyperbolic ones have negative eigenvalues."""
    rng = random.Random(7)
    seen = 0
    for _ in range(60):
        game = own_matrix(random_integers(rng, 3, 3, rng.choice((1, 3, 9))))
        for state in rest_states(game).isolated:
            if is_ess(game, state):
                seen += 1
                assert is_nss(game, state)
                assert not inertia(jacobian(game, state)).positive
                assert "asymptotically stable" in allowed_labels(game, state, isolated=True)[0]
    assert seen > 20


def test_the_referee_knows_the_labels_of_textbook_points() -> None:
    """Of four labels for a point it speaks against those that are wrong, and against no right one."""
    half = (Fraction(1, 2),) * 4
    slow = (Fraction(1, 3), Fraction(2, 3), Fraction(0), Fraction(1))
    cases = [
        (RING, THIRD, {"stable", "centre"}),
        (GOOD, THIRD, {"asymptotically stable", "stable"}),
        (BAD, THIRD, {"unstable"}),
        (bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), half, {"stable", "centre"}),
        # x' = x(1-x)y, y' = 0: what lies beside the rest edge y = 0 leaves, with eigenvalues 0 only
        (bimatrix([[1, 0], [0, 0]], [[0, 0], [0, 0]]), slow, {"unstable"}),
    ]
    for game, state, right in cases:
        (seen,) = observe([(game, state)], steps=800)
        for label in ("asymptotically stable", "stable", "centre", "unstable"):
            assert refutes(seen, label) is (label not in right), (game.file, label)


def test_the_referee_waits_for_slow_attraction() -> None:
    """The hypercycle of four attracts like a power of time: a first look doubts it, a longer one does not."""
    game = own_matrix([[int(j == (i - 1) % 4) for j in range(4)] for i in range(4)])
    quarter = (Fraction(1, 4),) * 4
    assert contradicted([(game, quarter, "asymptotically stable"), (game, quarter, "centre")]) == [1]


def test_newton_finds_what_elimination_finds() -> None:
    """From many starts it reaches nearly all rest points of bimatrix games, and nothing else."""
    rng = random.Random(3)
    known = found = 0
    for _ in range(8):
        game = bimatrix(random_integers(rng, 2, 3, 9), random_integers(rng, 2, 3, 9))
        truth = rest_states(game)
        if truth.continua:
            continue
        mixed = [p for p in truth.isolated if not set(p) <= {0, 1}]
        states = list(rest_points_found(game, rng, starts=12))
        for state in states:
            assert any(max(abs(float(a) - b) for a, b in zip(p, state, strict=True)) < 1e-9 for p in mixed)
        known, found = known + len(mixed), found + len(states)
    assert known == found > 0


def test_newton_stays_on_faces_of_three_populations() -> None:
    """What it finds is at rest and strictly inside a face."""
    game = random_profiles(random.Random(5), (2, 2, 3), 9)
    for state in rest_points_found(game, random.Random(1)):
        assert all(abs(state[list(game.members(i))].sum() - 1) < 1e-9 for i in range(3))


def test_formulas_as_printed() -> None:
    """Rational ones are exact, roots of squares too, and conditions tell sides apart."""
    assert exact_texts.value("-(1/3 - 2)**2/5") == Fraction(-5, 9)
    assert exact_texts.value("sqrt(4/9)") == Fraction(2, 3)
    assert abs(exact_texts.value("(sqrt(601) - 13)/24") - 0.479804222677605) < 1e-14
    assert exact_texts.holds("y == 1/2 and 0 < x < 1", {"x": Fraction(1, 3), "y": Fraction(1, 2)})
    assert not exact_texts.holds("x < 1/3 or x != 1/3", {"x": Fraction(1, 3)})


def test_zeros_on_a_line() -> None:
    """A double zero is passed through, a simple one attracts or repels."""
    labels = [p.label for p in own_share.rest_points(own_share.game([1, -4, 4]))]
    assert labels == ["source", "unstable", "asymptotically stable"]

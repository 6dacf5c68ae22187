"""Labels of rest states against theory: textbook games and degenerate ones."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from core.analysis.rest_points.affine.games import Rows, bimatrix, one_population, random_game
from core.analysis.rest_points.affine.orbits import as_floats
from core.analysis.rest_points.affine.states import State, rest_states
from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.stability.classification import localise
from separatrix.analysis.stability.degenerate_points import Judgement, judge


def _even(*sizes: int) -> State:
    """The state in which everybody mixes evenly."""
    return tuple(fmpq(1, k) for k in sizes for _ in range(k))


def _everybody(game: AffineGame) -> Support:
    return tuple(tuple(range(k)) for k in game.sizes)


def _inside(game: AffineGame, state: State | None = None) -> Judgement:
    return judge(game, _everybody(game), state or _even(*game.sizes))


def _pure(game: AffineGame, *strategies: int) -> Judgement:
    support = tuple((a,) for a in strategies)
    played = {offset + a for offset, a in zip(game.offsets, strategies, strict=True)}
    return judge(game, support, tuple(fmpq(int(a in played)) for a in range(sum(game.sizes))))


def _hypercycle(n: int) -> AffineGame:
    return one_population([[int((i - 1) % n == j) for j in range(n)] for i in range(n)])


# ------------------------------------------------------------------------------- textbook


def test_hypercycle() -> None:
    """Stable up to four members, with four by LaSalle's principle only; unstable from five on."""
    labels = [_inside(_hypercycle(n)).label for n in range(3, 8)]
    assert labels == ["asymptotically stable"] * 2 + ["saddle"] * 3
    four = _inside(_hypercycle(4))
    assert "LaSalle" in four.reason
    assert four.ess is False and four.nss is True
    values = sorted(four.eigenvalues, key=lambda v: v.imag)
    assert np.allclose(values, [-0.25j, -0.25, 0.25j], atol=1e-15)
    backwards = AffineGame((4,), (fmpq(1),), _hypercycle(4).matrix * fmpq(-1))
    assert _inside(backwards).label == "source"


def test_rock_paper_scissors() -> None:
    """Sink and ESS, centre, or source, by whether gains exceed losses."""
    for gain, loss, label, ess, nss in (
        (2, 1, "asymptotically stable", True, True),
        (1, 1, "centre", False, True),
        (1, 2, "source", False, False),
    ):
        found = _inside(one_population([[0, -loss, gain], [gain, 0, -loss], [-loss, gain, 0]]))
        assert (found.label, found.ess, found.nss) == (label, ess, nss)
        assert found.eigenvalues_exact is not None


def test_zeeman_game() -> None:
    """A rest state can attract without being an ESS (Zeeman 1980)."""
    found = _inside(one_population([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]]))
    assert found.label == "asymptotically stable"
    assert found.nash and found.ess is False and found.nss is False


def test_a_centre_that_is_not_zero_sum() -> None:
    """Three strategies with a linear centre circle, whatever the matrix (portrait 13 of Bomze 1983)."""
    state = (fmpq(3, 5), fmpq(1, 5), fmpq(1, 5))
    found = _inside(one_population([[0, 1, -1], [1, 0, -3], [-1, 3, 0]]), state)
    assert found.label == "centre" and found.nss is False


def test_hawk_dove_in_one_and_two_populations() -> None:
    """The mixed state is the ESS of one population and a saddle of two."""
    rows = [[-1, 4], [0, 2]]
    mixed = (fmpq(2, 3), fmpq(1, 3))
    alone = judge(one_population(rows), ((0, 1),), mixed)
    assert (alone.label, alone.ess) == ("asymptotically stable", True)
    pair = bimatrix(rows, [list(column) for column in zip(*rows, strict=True)])
    both = judge(pair, ((0, 1), (0, 1)), mixed * 2)
    assert (both.label, both.ess, both.nss) == ("saddle", False, None)
    assert _pure(pair, 0, 1).strict_nash and _pure(pair, 0, 1).label == "asymptotically stable"


def test_chasing_populations() -> None:
    """Matching pennies has a centre; with three strategies each, rescaled zero-sum is stable."""
    assert _inside(bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])).label == "centre"
    rows = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    scaled = [[-7 * v for v in row] for row in rows]
    found = _inside(bimatrix(rows, scaled))
    assert found.label == "stable" and "zero-sum" in found.reason
    assert found.ess is False


def test_dominated_strategy_beside_a_centre() -> None:
    """With a fourth strategy that dies out, a neighbourhood is no longer filled by closed orbits."""
    rows = [[0, -1, 1, 9], [1, 0, -1, 9], [-1, 1, 0, 9], [-2, -2, -2, 9]]
    third = fmpq(1, 3)
    found = judge(one_population(rows), ((0, 1, 2),), (third, third, third, fmpq(0)))
    assert found.label == "stable"


def test_bimatrix_with_slow_escape() -> None:
    """All eigenvalues imaginary, but no rescaled zero-sum game: amplitudes grow together, slowly."""
    rng = random.Random(3)
    seen = set()
    for _ in range(4000):
        first = [[rng.randint(-9, 9) for _ in range(3)] for _ in range(3)]
        second = [[rng.randint(-9, 9) for _ in range(3)] for _ in range(3)]
        game = bimatrix(first, second)
        state = _solution(game)
        if state is None:
            continue
        found = judge(game, _everybody(game), state)
        if found.signs == (0, 4, 0):
            seen.add(found.label)
    assert seen <= {"unstable"} and seen


def _solution(game: AffineGame) -> State | None:
    """The state at which all strategies of two populations with three each earn the same."""
    rows, bounds = [], []
    for offset in (0, 3):
        rows.append([int(offset <= b < offset + 3) for b in range(6)])
        bounds.append([1])
        for a in (1, 2):
            rows.append([game.matrix[offset + a, b] - game.matrix[offset, b] for b in range(6)])
            bounds.append([0])
    matrix = fmpq_mat(rows)
    if matrix.det() == 0:
        return None
    state = matrix.solve(fmpq_mat(bounds))
    shares = tuple(state[k, 0] for k in range(6))
    return shares if all(x > 0 for x in shares) else None


# ------------------------------------------------------------------------------ degenerate values

EDGES: list[tuple[str, Rows, tuple[int, ...], str]] = [
    ("all at rest", [[0, 0], [0, 0]], (0,), "stable"),
    ("neutral, own play hurts it", [[0, 0], [0, -1]], (0,), "asymptotically stable"),
    ("neutral, own play helps it", [[0, 0], [0, 1]], (0,), "source"),
    ("zero-sum at a corner", [[0, 0, 0], [0, 0, 1], [0, -1, 0]], (0,), "stable"),
    ("ray of growth", [[0, 0, 0], [0, -1, 2], [0, 2, -1]], (0,), "unstable"),
    ("line of rest states between", [[0, 0, 0], [0, -1, 1], [0, 1, -1]], (0,), "stable"),
    ("ray that shrinks", [[0, 0, 0], [0, -2, 1], [0, 1, -2]], (0,), "asymptotically stable"),
    ("box", [[0, 0, 0, 0], [0, 0, -3, 0], [0, 1, -2, 1], [0, 3, -3, -3]], (0,), "stable"),
    ("one neutral, one loses", [[0, 0, 0], [0, -1, 3], [-1, 0, 0]], (0,), "asymptotically stable"),
]


@pytest.mark.parametrize(("rows", "at", "label"), [e[1:] for e in EDGES], ids=[e[0] for e in EDGES])
def test_pure_states_without_any_sign(rows: Rows, at: tuple[int, ...], label: str) -> None:
    """Zero eigenvalues at a pure state are decided, one way or the other, and backwards."""
    game = one_population(rows)
    found = _pure(game, *at)
    assert found.label == label
    backwards = _pure(AffineGame(game.sizes, game.speeds, game.matrix * fmpq(-1)), *at)
    if label == "asymptotically stable" and not found.signs[0]:
        assert backwards.label == "source"
    if label == "asymptotically stable":
        assert backwards.label in ("source", "unstable", "saddle")


def test_neutral_strategy_at_a_mixed_state() -> None:
    """What decides is how the neutral strategy fares once the played ones have adapted to it."""
    mixed = (fmpq(1, 2), fmpq(1, 2), fmpq(0))
    for own, label in ((-3, "asymptotically stable"), (3, "unstable")):
        game = one_population([[-2, 2, 0], [2, -2, 0], [0, 0, own]])
        found = judge(game, ((0, 1),), mixed)
        assert found.signs == (1, 1, 0) and found.label == label
    # Its presence shifts the played ones, and they feed it although it hurts itself.
    shifted = one_population([[-2, 2, 3], [2, -2, -3], [4, -4, -1]])
    found = judge(shifted, ((0, 1),), mixed)
    assert found.label == "unstable"


# ------------------------------------------------------------------------------ invariants


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (3, 3), (2, 2, 2)])
def test_no_mixed_attractor_without_own_play(sizes: tuple[int, ...]) -> None:
    """Several populations without own play: asymptotically stable is the same as strict Nash."""
    rng = random.Random(sum(sizes))
    for _ in range(12):
        game = random_game(rng, sizes, 2)
        for support, state, along in rest_states(game, rng):
            found = judge(game, support, state, along)
            assert (found.label == "asymptotically stable") is found.strict_nash is found.ess


@pytest.mark.parametrize(("sizes", "own"), [((3,), True), ((4,), True), ((2, 3), True), ((3, 3), False)])
def test_eigenvalues_are_those_of_the_jacobian(sizes: tuple[int, ...], own: bool) -> None:
    """The listed values are the eigenvalues on the tangent space, one for each free share."""
    rng = random.Random(11)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    mates = (owner[:, None] == owner[None, :]).astype(float)
    for _ in range(15):
        game = random_game(rng, sizes, 3, own_play=own)
        payoffs = np.array([[float(int(v)) for v in row] for row in _integers(game)])
        for support, state, along in rest_states(game, rng):
            found = judge(game, support, state, along)
            x = as_floats(state)
            u = payoffs @ x
            jacobian = np.diag(u - mates @ (x * u)) + x[:, None] * (
                payoffs - mates @ (np.diag(u) + x[:, None] * payoffs)
            )
            tangent = np.array(
                [np.eye(len(x))[a] - np.eye(len(x))[b] for a, b in zip(*_neighbours(sizes), strict=True)]
            ).T
            reduced = np.linalg.lstsq(tangent, jacobian @ tangent, rcond=None)[0]
            assert len(found.eigenvalues) == sum(sizes) - len(sizes)
            assert np.allclose(np.poly(reduced), np.poly(found.eigenvalues), atol=1e-8)


def _integers(game: AffineGame) -> list[list[int]]:
    size = sum(game.sizes)
    return [[int(game.matrix[a, b].p) for b in range(size)] for a in range(size)]


def _neighbours(sizes: tuple[int, ...]) -> tuple[list[int], list[int]]:
    first: list[int] = []
    second: list[int] = []
    start = 0
    for k in sizes:
        first += range(start, start + k - 1)
        second += range(start + 1, start + k)
        start += k
    return first, second


def test_labels_do_not_depend_on_names_scales_and_columns() -> None:
    """Relabelling, positive scaling and constants added to columns leave every label as it is."""
    rng = random.Random(21)
    for _ in range(25):
        n = rng.randint(2, 4)
        game = one_population([[rng.randint(-1, 1) for _ in range(n)] for _ in range(n)])
        order = rng.sample(range(n), n)
        shifts = [rng.randint(-3, 3) for _ in range(n)]
        other = fmpq_mat(
            [[fmpq(3, 2) * game.matrix[order[a], order[b]] + shifts[b] for b in range(n)] for a in range(n)]
        )
        twin = AffineGame((n,), (fmpq(5, 3),), other)
        for (played,), state, along in rest_states(game, rng):
            one = judge(game, (played,), state, along)
            support = (tuple(sorted(order.index(a) for a in played)),)
            two = judge(twin, support, tuple(state[order[a]] for a in range(n)), along)
            assert (one.label, one.ess, one.nss, one.signs) == (two.label, two.ess, two.nss, two.signs)


def test_twice_the_same_population_is_cressman_stable_only_with_own_play_strong_enough() -> None:
    """Two species with two strategies: Cressman's condition is that -[[a, b], [c, d]] is a P-matrix."""
    half = _even(2, 2)
    for a, b, c, d in product((-2, -1, 1), (-3, 0, 3), (-1, 0, 3), (-2, 1)):
        # advantage of the first strategy: a·(x - 1/2) + b·(y - 1/2), and c·(x - 1/2) + d·(y - 1/2)
        rows = [
            [fmpq(a, 2), -fmpq(a, 2), fmpq(b, 2), -fmpq(b, 2)],
            [0, 0, 0, 0],
            [fmpq(c, 2), -fmpq(c, 2), fmpq(d, 2), -fmpq(d, 2)],
            [0, 0, 0, 0],
        ]
        game = AffineGame((2, 2), (fmpq(1), fmpq(1)), fmpq_mat(rows))
        expected = a < 0 and d < 0 and a * d - b * c > 0
        found = judge(game, ((0, 1), (0, 1)), half)
        assert found.ess is expected or (found.ess is None and a * d - b * c == 0)
        if expected:
            assert found.label == "asymptotically stable"


def test_ess_by_its_definition() -> None:
    """No sampled mutant disproves an ESS, and the witness of copositivity disproves the others."""
    rng = random.Random(30)
    draw = np.random.default_rng(30)
    count = 0
    for _ in range(40):
        n = rng.randint(2, 4)
        game = one_population([[rng.randint(-2, 2) for _ in range(n)] for _ in range(n)])
        payoffs = np.array(_integers(game), float)
        for support, state, along in rest_states(game, rng):
            found = judge(game, support, state, along)
            assert not found.ess or found.nss
            assert not found.nss or found.nash
            x = as_floats(state)
            mutants = x + 1e-3 * (draw.dirichlet(np.full(n, 0.5), size=400) - x)
            advantage = ((x - mutants) * (mutants @ payoffs.T)).sum(1)
            if found.nss:
                assert advantage.min() > -1e-15
            if found.ess:
                count += 1
                assert (advantage[np.abs(mutants - x).max(1) > 1e-6] > 0).all()
    assert count > 20


def test_restriction_keeps_the_state() -> None:
    """Local data name strategies by their index among all."""
    local = localise(
        one_population([[0, 0, 1], [0, 0, 1], [-1, -1, 0]]), ((1,),), (fmpq(0), fmpq(1), fmpq(0))
    )
    assert local.neutral == (0,) and local.outside[2] == -1

"""Rest sets cut where the label of their single states changes, and sets judged as a whole."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import numpy
import pytest
from flint import fmpq

from core.analysis.rest_points.affine.games import bimatrix, named, one_population, random_game, solved
from separatrix.analysis.affine.family_labels import Judge, pieces
from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.affine.results import connected, is_strict
from separatrix.analysis.affine.solve import search
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.results import RestSet
from separatrix.analysis.stability.classification import localise
from separatrix.exact.algebraic_numbers import as_float, quadratic_roots
from separatrix.exact.matrices import Point
from separatrix.exact.rational_functions import root_signs
from separatrix.expression.conditions import condition_text, holds


def inside(piece: RestSet, values: dict[str, Fraction]) -> bool:
    """Whether a state satisfies the equations of a piece exactly."""
    return all(holds(condition, values) for condition in piece.equations)


def shares(names: tuple[str, ...], sizes: tuple[int, ...], state: Point) -> dict[str, Fraction]:
    """The named shares of a state: of two strategies only the first one's."""
    shown: list[fmpq] = []
    start = 0
    for size in sizes:
        shown.extend(state[start : start + (1 if size == 2 else size)])
        start += size
    return {n: Fraction(int(v.p), int(v.q)) for n, v in zip(names, shown, strict=True)}


@pytest.mark.parametrize("sizes", [(4,), (3, 3), (2, 2, 2)])
def test_pieces_fill_their_families_and_do_not_overlap(sizes: tuple[int, ...]) -> None:
    """Random states of a rest family satisfy the equations of exactly one piece."""
    rng = random.Random(sum(sizes))
    names = named(sizes).shares
    seen = 0
    for _ in range(12):
        game = random_game(rng, sizes, 1)
        found = solved(game)
        for family in (f for f in search(game, 60).families if f.dimension):
            for _ in range(4):
                weights = [fmpq(rng.randint(1, 9)) for _ in family.closure.vertices]
                total = sum(weights, fmpq(0))
                state = tuple(
                    sum((w * x for w, x in zip(weights, column, strict=True)), fmpq(0)) / total
                    for column in zip(*family.closure.vertices, strict=True)
                )
                values = shares(names, sizes, state)
                assert sum(inside(piece, values) for piece in found.sets) == 1
                seen += 1
    assert seen > 40


@pytest.mark.parametrize("sizes", [(4,), (5,), (3, 3), (2, 4)])
def test_eigenvalue_signs_explain_the_labels_of_pieces(sizes: tuple[int, ...]) -> None:
    """On every piece, at states drawn at random: both signs make a saddle, one positive sign instability."""
    rng = random.Random(7)
    for _ in range(10):
        game = random_game(rng, sizes, 1)
        judge = Judge(game, {f.support: f for f in search(game, 60).families if f.dimension})
        for family in judge.families.values():
            for piece in pieces(judge, family):
                if any(not isinstance(v, fmpq) for corner in piece.corners for v in corner):
                    continue
                weights = [fmpq(rng.randint(1, 5)) for _ in piece.corners]
                total = sum(weights, fmpq(0))
                state = tuple(
                    sum((w * x for w, x in zip(weights, column, strict=True)), fmpq(0)) / total
                    for column in zip(*piece.corners, strict=True)
                )
                negative, zero, positive = localise(game, family.support, state).signs
                label = piece.verdict.label
                assert zero >= family.dimension
                assert label != "asymptotically stable"
                if label == "undecided":
                    continue
                if positive:
                    assert label == ("saddle" if negative else "unstable")
                else:
                    assert label in ("stable", "unstable")


def test_an_edge_that_is_stable_on_one_stretch_only() -> None:
    """Hawks and two kinds of doves: the edge of doves is cut where the third strategy starts to earn more."""
    found = solved(one_population([[0, 0, -1], [0, 0, 1], [0, 0, 0]]))
    assert Counter(s.dimension for s in found.sets) == Counter({1: 1})
    cut = solved(one_population([[0, 0, 1], [0, 0, 1], [1, -1, 0]]))
    edge = [s for s in cut.sets if s.support == (("s1", "s2"),)]
    assert [(s.dimension, s.stability) for s in edge] == [(1, "stable"), (0, "stable"), (1, "unstable")] or [
        (s.dimension, s.stability) for s in edge
    ] == [(1, "unstable"), (0, "stable"), (1, "stable")]


def test_irrational_cut() -> None:
    """An eigenvalue changes its sign at an irrational state of a line: it and both sides are labelled."""
    rows = [[-1, 2, 1, 1], [-1, -1, 2, 0], [1, -1, 1, -1], [1, 2, 0, 0]]
    game = one_population(rows)
    line = [s for s in solved(game).sets if len(s.support[0]) == 4]
    assert [(s.dimension, s.stability) for s in line] == [(1, "stable"), (0, "unstable"), (1, "saddle")]
    texts = [condition_text(condition) for condition in line[1].equations]
    assert all("sqrt(2)" in text for text in texts)
    x = (21 - 6 * 2**0.5) / 41
    assert line[0].corners[1][0] == pytest.approx(x) == line[2].corners[0][0]
    (family,) = (f for f in search(game, 60).families if f.dimension and len(f.support[0]) == 4)
    first, last = (family.closure.vertices[k] for k in (0, 1))
    for k in range(1, 40):
        state = tuple(p + fmpq(k, 40) * (q - p) for p, q in zip(first, last, strict=True))
        signs = localise(game, family.support, state).signs
        assert (signs[2] > 0) == (int(state[0].p) / int(state[0].q) > x)


@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_routh_against_numpy(degree: int) -> None:
    """The numbers of roots in the half-planes agree with floating-point roots, also where sqrt(2) occurs."""
    rng = random.Random(degree)
    root = quadratic_roots(fmpq(1), fmpq(0), fmpq(-2))[1]
    for _ in range(60):
        exact = [root * rng.randint(-3, 3) + rng.randint(-3, 3) for _ in range(degree)]
        found = root_signs([*exact, fmpq(1)])
        if found is not None:
            real = numpy.roots([1.0, *(as_float(v) for v in reversed(exact))]).real
            assert found == (sum(real < -1e-9), sum(abs(real) <= 1e-9), sum(real > 1e-9))
    assert root_signs([fmpq(1), fmpq(0), fmpq(1)]) is None


# --------------------------------------------------------------------------- whole sets


def sets_of(game: AffineGame) -> list[list[RestFamily]]:
    """The connected components of the continua."""
    found = search(game, 60)
    return connected(game, [f for f in found.families if f.dimension], found.corners)


def test_components_meet_where_their_closures_do() -> None:
    """Two edges that share a vertex are one set; two opposite edges of a square are two."""
    chain = one_population([[0, 0, 1], [0, 0, 0], [-1, 0, 0]])
    assert [sorted(f.support for f in c) for c in sets_of(chain)] == [[((0, 1),), ((1, 2),)]]
    opposite = bimatrix([[0, 1], [0, 1]], [[0, 1], [0, 1]])
    assert [len(c) for c in sets_of(opposite)] == [1, 1]


def test_strict_equilibrium_sets() -> None:
    """A face on which all earn the same, and others less, is one; where a corner of it tempts, it is not."""
    strict = bimatrix([[1, 1, 0], [1, 1, 0]], [[1, 1, 0], [1, 1, 0]])
    (members,) = (c for c in sets_of(strict) if any(f.dimension == 2 for f in c))
    assert is_strict(strict, members)
    tempting = bimatrix([[1, 1, 0], [1, 1, 0]], [[1, 1, 1], [1, 1, 0]])
    (members,) = (c for c in sets_of(tempting) if any(f.dimension == 2 for f in c))
    assert not is_strict(tempting, members)


@pytest.mark.parametrize(
    ("rows", "label", "es_set"),
    [
        ([[0] * 3] * 3, "asymptotically stable", True),
        ([[0, 0, 1], [0, 0, 1], [1, 1, 0]], "asymptotically stable", True),  # the line of mixtures
        ([[0, 1, 2], [1, 0, 1], [2, -1, 0]], "asymptotically stable", False),  # attracts, and is no ES set
        ([[0, 0, -2], [0, 0, -1], [0, 0, 0]], "unstable", False),
        ([[0, 0, 0], [0, 0, -1], [0, 0, 0]], "unstable", False),
    ],
)
def test_labels_of_sets(rows: list[list[int]], label: str, es_set: bool) -> None:
    """The component that holds a Nash state carries the label that theory gives."""
    found = solved(one_population(rows))
    assert (label, es_set) in {(c.set_stability, c.es_set) for c in found.components}


def test_attracting_sets_attract() -> None:
    """Orbits from close to an asymptotically stable set end on it; from an unstable one some leave."""
    rng = numpy.random.default_rng(3)
    chosen = random.Random(11)
    checked = 0
    while checked < 6:
        game = random_game(chosen, (3,), 1)
        found = solved(game)
        payoffs = numpy.array([[float(int(game.matrix[a, b].p)) for b in range(3)] for a in range(3)])
        for component in found.components:
            if component.set_stability != "asymptotically stable":
                continue
            states = [s.corners for s in found.sets if s.component == component.id and s.corners]
            if not states:
                continue
            corners = numpy.array(states[0])
            base = rng.dirichlet(numpy.ones(len(corners))) @ corners
            x = base + 0.02 * (rng.dirichlet(numpy.ones(3)) - base)
            for _ in range(60_000):
                u = payoffs @ x
                x = x * numpy.exp(0.05 * (u - x @ u))
                x = x / x.sum()
            u = payoffs @ x
            assert numpy.abs(x * (u - x @ u)).max() < 1e-4
            assert numpy.abs(x - base).max() < 0.5 or len(states) > 1
            checked += 1

"""Diagrams against analyses at random values, and against eigenvalues that numpy computes on a fine grid."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np

import separatrix
from core.dynamics.bifurcation.games import own_shares, random_game
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.expression.evaluation import evaluate
from separatrix.game.model import Game, SelfMatrix
from thinning import thinned

KINDS = ["one2", "one3", "one4", "two22", "two23", "two33", "three", "own"]


def rest_points(diagram: BifurcationDiagram, value: float) -> list[tuple[object, np.ndarray, str]]:
    """What the diagram says at a value between its named points."""
    result: list[tuple[object, np.ndarray, str]] = []
    for branch in diagram.branches:
        for piece in branch.pieces:
            if piece.low < value < piece.high:
                state = np.array([np.interp(value, piece.values, c) for c in zip(*piece.states, strict=True)])
                result.append((branch.support, state, piece.stability))
    return result


def differences(game: Game, diagram: BifurcationDiagram, value: Fraction) -> list[object]:
    """Rest points that the diagram and an exact analysis at a value do not have in common."""
    found = rest_points(diagram, float(value))
    missed: list[object] = []
    for point in separatrix.analyze(game, {diagram.over: value}).rest_points:
        near = next(
            (
                f
                for f in found
                if f[0] == point.support
                and f[2] == point.stability
                and float(np.max(np.abs(f[1] - np.array(point.state)))) < 0.01
            ),
            None,
        )
        if near is None:
            missed.append((value, point.state, point.stability))
        else:
            found = [f for f in found if f is not near]
    return [*missed, *found]


@thinned("kind", KINDS, each_run=3)
def test_branches_and_labels_are_those_of_analyses(kind: str) -> None:
    """At random rational values an analysis lists the diagram's branches, with the same labels."""
    rng = random.Random(f"labels {kind}")
    for _ in range(2 if kind in ("one4", "two33") else 4):
        game = random_game(rng, kind)
        diagram = separatrix.bifurcation_diagram(game, ("t", -3, 3))
        assert diagram.method == "exact"
        for _ in range(8):
            value = Fraction(rng.randint(-2999, 2999), 1009)
            assert differences(game, diagram, value) == []


def test_own_shares_too() -> None:
    """The same where payoffs are cubic in the own share."""
    game = own_shares()
    diagram = separatrix.bifurcation_diagram(game, ("m", 0, 10))
    rng = random.Random(5)
    for _ in range(25):
        assert differences(game, diagram, Fraction(rng.randint(1, 10_000), 1009)) == []


def spectra(game: Game, value: float) -> dict[tuple[int, ...], tuple[int, int]]:
    """For each support that holds a rest point: how many eigenvalues have negative and positive real part.

    By numpy alone: linear equations, and the Jacobian of x_i ((Mx)_i - x·Mx) on the tangent space.
    """
    form = game.form
    assert isinstance(form, SelfMatrix)
    at = {"t": Fraction(value)}
    matrix = np.array([[float(evaluate(e, at)) for e in row] for row in form.rows])
    size = len(matrix)
    tangent = np.vstack([np.eye(size - 1), -np.ones(size - 1)])
    result = {}
    for count in range(1, size + 1):
        for support in itertools.combinations(range(size), count):
            part = matrix[np.ix_(support, support)]
            system = np.vstack([part[:-1] - part[-1], np.ones(count)])
            try:
                inner = np.linalg.solve(system, np.append(np.zeros(count - 1), 1))
            except np.linalg.LinAlgError:
                continue
            if np.any(inner <= 0):
                continue
            x = np.zeros(size)
            x[list(support)] = inner
            payoff = matrix @ x
            mean = x @ payoff
            jacobian = np.diag(payoff - mean) + x[:, None] * (matrix - (payoff + matrix.T @ x)[None, :])
            turns = np.linalg.eigvals((jacobian @ tangent)[:-1]).real
            result[support] = (int(np.sum(turns < -1e-12)), int(np.sum(turns > 1e-12)))
    return result


@thinned("seed", range(4), each_run=2)
def test_sign_changes_on_a_grid_are_the_named_points(seed: int) -> None:
    """Exactly where numpy's eigenvalues change signs, or rest points come and go, there are named points."""
    rng = random.Random(f"grid {seed}")
    game = random_game(rng, "one4" if seed % 2 else "one3", digits=2)
    diagram = separatrix.bifurcation_diagram(game, ("t", -2, 2))
    assert diagram.unnamed == 0
    grid = np.linspace(-2, 2, 1001) + 1e-7
    before = spectra(game, grid[0])
    named = [p.value for p in diagram.points]
    for low, high in itertools.pairwise(grid):
        after = spectra(game, high)
        inside = [v for v in named if low < v <= high]
        assert (before != after) == bool(inside), (low, high, before, after, inside)
        before = after


def test_eigenvalues_that_come_in_opposite_pairs() -> None:
    """Inside a 3 × 3 bimatrix game Hurwitz determinants vanish for all t, yet pairs leave the axis."""
    table = [
        [["-4 + 2*t", "-4"], ["5 + 2*t", "-5"], ["5", "4"]],
        [["5", "-5 + t"], ["-2", "4"], ["3 - 2*t", "1"]],
        [["1", "4"], ["3", "1"], ["5", "-2"]],
    ]
    game = separatrix.load({"title": "Pairs", "bimatrix": table, "parameters": {"t": 1}})
    diagram = separatrix.bifurcation_diagram(game, ("t", -3, 3))
    met = [p for p in diagram.points if "two pairs" in p.reason]
    assert [p.kind for p in met] == ["unnamed", "unnamed"]
    for point in met:
        below, above = (
            sorted(
                abs(v.real) < 1e-9
                for v in separatrix.analyze(game, {"t": repr(t)}).rest_points[-1].eigenvalues or ()
            )
            for t in (point.value - 1e-4, point.value + 1e-4)
        )
        assert below != above
    rng = random.Random(8)
    for _ in range(20):
        assert differences(game, diagram, Fraction(rng.randint(-2999, 2999), 1009)) == []

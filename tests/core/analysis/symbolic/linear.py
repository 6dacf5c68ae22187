"""An independent solver of games with payoffs linear in the shares, at exact numbers.

It shares nothing with the package: Gaussian elimination over fractions on every support, feasibility of
what is left by the vertices of the polytope, the Jacobian by its definition, its eigenvalues by numpy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

__all__ = ["Game", "Rest", "rest_states"]

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Game:
    """Payoffs u = M x over all shares, population by population."""

    sizes: tuple[int, ...]
    matrix: tuple[Vector, ...]

    @property
    def owner(self) -> list[int]:
        """The population of each strategy."""
        return [i for i, size in enumerate(self.sizes) for _ in range(size)]

    def payoffs(self, x: Sequence[Fraction]) -> list[Fraction]:
        """What every strategy earns."""
        return [sum((a * b for a, b in zip(row, x, strict=True)), Fraction(0)) for row in self.matrix]

    def tangent_eigenvalues(self, x: Sequence[Fraction]) -> np.ndarray:
        """Eigenvalues of the replicator's Jacobian along the state space."""
        n, owner = len(x), self.owner
        u = self.payoffs(x)
        mean = [
            sum((x[b] * u[b] for b in range(n) if owner[b] == i), Fraction(0)) for i in range(len(self.sizes))
        ]
        jacobian = np.zeros((n, n))
        for a in range(n):
            for b in range(n):
                slope = self.matrix[a][b]
                for c in range(n):
                    if owner[c] == owner[a]:
                        slope -= x[c] * self.matrix[c][b]
                if owner[b] == owner[a]:
                    slope -= u[b]
                entry = x[a] * slope
                if a == b:
                    entry += u[a] - mean[owner[a]]
                jacobian[a, b] = float(entry)
        # Coordinates of the tangent space: all strategies but the last of each population.
        last = {i: max(k for k in range(n) if owner[k] == i) for i in range(len(self.sizes))}
        kept = [k for k in range(n) if k not in last.values()]
        reduced = np.array([[jacobian[a, b] - jacobian[a, last[owner[b]]] for b in kept] for a in kept])
        return np.linalg.eigvals(reduced) if kept else np.zeros(0)


@dataclass(frozen=True)
class Rest:
    """What is at rest inside the open face of a support: a point, or a set of some dimension."""

    support: tuple[int, ...]
    dimension: int
    state: Vector


def rest_states(game: Game) -> Iterator[Rest]:
    """Yield what each support holds; of a set the state is one of its inner points."""
    owner = game.owner
    populations = [[k for k, i in enumerate(owner) if i == j] for j in range(len(game.sizes))]
    choices = [[c for r in range(1, len(p) + 1) for c in itertools.combinations(p, r)] for p in populations]
    for parts in itertools.product(*choices):
        support = tuple(k for part in parts for k in part)
        rows, right = [], []
        for part in parts:
            for a in part[1:]:
                rows.append([game.matrix[a][k] - game.matrix[part[0]][k] for k in support])
                right.append(Fraction(0))
            rows.append([Fraction(k in part) for k in support])
            right.append(Fraction(1))
        found = _inside(rows, right)
        if found is not None:
            dimension, values = found
            x = [Fraction(0)] * len(owner)
            for k, value in zip(support, values, strict=True):
                x[k] = value
            yield Rest(support, dimension, tuple(x))


def _inside(rows: list[list[Fraction]], right: list[Fraction]) -> tuple[int, Vector] | None:
    """The positive solutions of a system: their dimension and one of them, or None."""
    width = len(rows[0])
    rank = _rank(rows)
    vertices = []
    # A vertex of {x >= 0, A x = b} has at most rank(A) entries that are not zero.
    for size in range(1, rank + 1):
        for columns in itertools.combinations(range(width), size):
            part = [[row[c] for c in columns] for row in rows]
            if _rank(part) == size:
                solution = _solve(part, right)
                if solution is not None and all(v > 0 for v in solution):
                    vertex = [Fraction(0)] * width
                    for c, v in zip(columns, solution, strict=True):
                        vertex[c] = v
                    vertices.append(vertex)
    if not vertices:
        return None
    middle = tuple(sum((v[c] for v in vertices), Fraction(0)) / len(vertices) for c in range(width))
    return (width - rank, middle) if all(v > 0 for v in middle) else None


def _rank(rows: list[list[Fraction]]) -> int:
    return len(_eliminated([list(row) for row in rows])[1])


def _eliminated(rows: list[list[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    pivots: list[int] = []
    for column in range(len(rows[0])):
        k = len(pivots)
        found = next((r for r in range(k, len(rows)) if rows[r][column] != 0), None)
        if found is None:
            continue
        rows[k], rows[found] = rows[found], rows[k]
        rows[k] = [v / rows[k][column] for v in rows[k]]
        for r in range(len(rows)):
            if r != k and rows[r][column] != 0:
                factor = rows[r][column]
                rows[r] = [v - factor * w for v, w in zip(rows[r], rows[k], strict=True)]
        pivots.append(column)
    return rows, pivots


def _solve(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a system of full column rank, or None where there is none."""
    width = len(rows[0])
    done, pivots = _eliminated([[*row, b] for row, b in zip(rows, right, strict=True)])
    if width in pivots:
        return None
    return [done[k][width] for k in range(width)]

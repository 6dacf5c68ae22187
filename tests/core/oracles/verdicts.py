"""What follows from theory alone: Nash by definition, eigenvalues, and the labels they settle.

Pure and strict is the same as asymptotically stable for games of several populations (Ritzberger and
Weibull 1995); in reversed time payoffs change sign, so that sources are the strict profiles of the game
with all payoffs negated.
"""

from __future__ import annotations

from collections.abc import Sequence

import mpmath

from core.oracles.games import ZERO, Advantage, Point, Real, inside


def is_nash(advantages: Sequence[Advantage], point: Point) -> bool:
    """Whether no population has a better reply."""
    gains = [f(point) for f in advantages]
    return all(
        abs(g) < ZERO if inside(p) else (g > -ZERO if p > 0.5 else g < ZERO)
        for g, p in zip(gains, point, strict=True)
    )


def is_strict(advantages: Sequence[Advantage], point: Point) -> bool:
    """Whether every population loses by every change of its strategy."""
    if any(inside(p) for p in point):
        return False
    gains = [f(point) for f in advantages]
    return all(g > ZERO if p > 0.5 else g < -ZERO for g, p in zip(gains, point, strict=True))


def is_source(advantages: Sequence[Advantage], point: Point) -> bool:
    """Whether the point is asymptotically stable when time runs backwards."""
    if any(inside(p) for p in point):
        return False
    gains = [f(point) for f in advantages]
    return all(g < -ZERO if p > 0.5 else g > ZERO for g, p in zip(gains, point, strict=True))


def jacobian(advantages: Sequence[Advantage], point: Point) -> list[list[Real]]:
    """Return the derivatives of the replicator field at `point`."""
    n = len(point)
    rows = []
    for i in range(n):
        weight = point[i] * (1 - point[i])
        rows.append(
            [
                (1 - 2 * point[i]) * advantages[i](point)
                if i == j
                else weight * advantages[i].slope(point, j)
                for j in range(n)
            ]
        )
    return rows


def eigenvalues(advantages: Sequence[Advantage], point: Point) -> list[complex | Real]:
    """Return the eigenvalues to some 40 digits, exact zeros as zeros."""
    matrix = jacobian(advantages, point)
    free = [i for i, p in enumerate(point) if inside(p)]
    values: list[complex | Real] = [matrix[i][i] for i in range(len(point)) if i not in free]
    block = [[matrix[i][j] for j in free] for i in free]
    if len(free) == 1:
        values.append(mpmath.mpf(0))
    elif len(free) == 2:
        root = mpmath.sqrt(_clean(block[0][1] * block[1][0]))
        values += [root, -root]
    elif len(free) == 3:
        # no advantage depends on its own share: the trace of the block is 0
        pairs = -sum(block[i][j] * block[j][i] for i, j in ((0, 1), (0, 2), (1, 2)))
        cycles = block[0][1] * block[1][2] * block[2][0] + block[0][2] * block[2][1] * block[1][0]
        pairs, cycles = _clean(pairs), _clean(cycles)
        if cycles == 0:
            root = mpmath.sqrt(-pairs)
            values += [mpmath.mpf(0), root, -root]
        else:
            values += list(mpmath.polyroots([1, 0, pairs, -cycles], maxsteps=200, extraprec=200))
    return [_clean_complex(v) for v in values]


def _clean(value: Real) -> Real:
    return mpmath.mpf(0) if abs(value) < ZERO else value


def _clean_complex(value: complex | Real) -> complex | Real:
    re, im = _clean(mpmath.re(value)), _clean(mpmath.im(value))
    return mpmath.mpc(re, im) if im else re


def settled(advantages: Sequence[Advantage], point: Point) -> tuple[str | None, bool]:
    """Return the label that theory settles, or None, and whether every real part is non-zero."""
    parts = [mpmath.re(v) for v in eigenvalues(advantages, point)]
    hyperbolic = all(parts)
    if is_strict(advantages, point):
        return "asymptotically stable", hyperbolic
    if any(p > 0 for p in parts) and any(p < 0 for p in parts):
        return "saddle", hyperbolic
    if is_source(advantages, point):
        return "source", hyperbolic
    if any(p > 0 for p in parts):
        return "unstable", hyperbolic
    return None, hyperbolic

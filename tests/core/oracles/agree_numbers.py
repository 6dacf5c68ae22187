"""Differences between an answer and theory where rest points need not be rational: 50 digits instead.

The places are checked by the equations, what may be missing by Newton's method, and the sum of indices of the
Nash points (Hofbauer and Sigmund 1998, theorem 13.4.1) in games in which all rest points are hyperbolic.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from core.oracles.agree import Tally, show
from core.oracles.answers import Answer, Point
from core.oracles.at_point import allowed_labels, averages, jacobian
from core.oracles.inertia import Inertia, inertia
from core.oracles.multistart import jacobian_at, placed
from core.oracles.share_games import ShareGame, value

__all__ = ["differences", "normal_label", "polished", "signs_at"]

TINY = mpmath.mpf(10) ** -25


def polished(game: ShareGame, point: Point) -> tuple[Any, ...] | None:
    """Return a rest point exactly if it is rational, else to 50 digits by Newton's method on its face.

    None where the equations on the face are dependent there, so that digits cannot be gained.
    """
    if point.rational:
        return point.exact
    start = point.exact or point.state
    face = [k for k, v in enumerate(start) if v]
    state = [
        mpmath.mpf(v) if not isinstance(v, Fraction) else mpmath.mpf(v.numerator) / v.denominator
        for v in start
    ]
    parts = [[k for k in face if game.owner[k] == i] for i in range(len(game.sizes))]
    for _ in range(8):
        values, rows = _equations(game, state, face, parts)
        matrix = mpmath.matrix(rows)
        if abs(mpmath.det(matrix)) < mpmath.mpf(10) ** -12:
            return None
        step = mpmath.lu_solve(matrix, mpmath.matrix(values))
        for k, d in zip(face, step, strict=True):
            state[k] -= d
        if max(abs(d) for d in step) < mpmath.mpf(10) ** -45:
            break
    return tuple(v if k in face else Fraction(0) for k, v in enumerate(state))


def _equations(
    game: ShareGame, state: Sequence[Any], face: Sequence[int], parts: Sequence[Sequence[int]]
) -> tuple[list[Any], list[list[Any]]]:
    values, rows = [], []
    for part in parts:
        values.append(mpmath.fsum(state[k] for k in part) - 1)
        rows.append([mpmath.mpf(k in part) for k in face])
        for k in part[1:]:
            values.append(value(game.flat[k], state) - value(game.flat[part[0]], state))
            rows.append(
                [value(game.slopes[k][m], state) - value(game.slopes[part[0]][m], state) for m in face]
            )
    return values, rows


def signs_at(game: ShareGame, state: Sequence[Any]) -> Inertia:
    """Return the signs of the real parts of the eigenvalues, exactly or with 1e-25 as zero."""
    if all(isinstance(v, Fraction) for v in state):
        return inertia(jacobian(game, state))
    real = [mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v for v in state]
    matrix = mpmath.matrix(jacobian(game, real))
    # of a matrix with one entry mpmath returns vectors even if none are asked for
    values = mpmath.eig(matrix, left=False, right=False) if matrix.rows > 1 else [matrix[0, 0]]
    # a repeated zero is known to a fraction of the digits only
    zero = sum(abs(v) < mpmath.mpf(10) ** -15 for v in values)
    parts = [mpmath.re(v) for v in values]
    limit = mpmath.mpf(10) ** -15
    return Inertia(
        sum(p < -limit for p in parts),
        sum(abs(p) <= limit for p in parts),
        sum(p > limit for p in parts),
        zero,
    )


def differences(name: str, answer: Answer, tally: Tally, **search: int) -> None:
    """Add every difference that can be shown to ``tally.wrong``."""
    game = answer.game
    wrong: list[str] = []
    tally.games += 1
    tally.incomplete += not answer.complete
    plain, index = True, 0
    for point in answer.points:
        text = f"{show(point.state)} ({point.entry['id']})"
        state = polished(game, point)
        tally.points += 1
        tally.undecided += point.label == "undecided"
        if state is None:
            plain = False
            wrong += [f"{text}: no rest point"] * (_gap(game, point.state) > 1e-9)
            continue
        if max(abs(float(a) - b) for a, b in zip(state, point.state, strict=True)) > 1e-9:
            wrong.append(f"{text}: should be {show([float(v) for v in state])}")
        signs = signs_at(game, state)
        plain &= signs.hyperbolic and bool(point.entry["isolated"])
        tally.undecided_hyperbolic += signs.hyperbolic and point.label == "undecided"
        wrong += _point_differences(game, state, point, signs, text)
        tally.nash_open += point.entry["nash"] is None
        if point.entry["nash"]:
            index += -1 if signs.positive % 2 else 1
    plain &= not answer.pieces
    tally.plain += plain
    tally.incomplete_plain += plain and not answer.complete
    if plain and answer.complete and index != 1:
        wrong.append(f"the indices of the Nash points add up to {index}")
    rng = random.Random(name)
    for found, on in placed(answer, rng, **search):
        if not on and answer.complete:
            wrong.append(f"{show([float(v) for v in found])} is at rest and not listed")
        if len(on) == 1:
            label = normal_label(game, found, on[0].dimension)
            tally.pieces_undecided_normal += on[0].label == "undecided" and label is not None
            if label is not None and on[0].label not in (label, "undecided"):
                text = show([float(v) for v in found])
                wrong.append(f"{on[0].entry['id']} is {on[0].label}, but {text} on it is {label}")
            if on[0].entry["nash"] not in (None, nash := _nash(game, found)) and nash is not None:
                text = show([float(v) for v in found])
                wrong.append(f"nash of {on[0].entry['id']} is {on[0].entry['nash']}, but {nash} at {text}")
    tally.pieces += len(answer.pieces)
    tally.pieces_undecided += sum(p.label == "undecided" for p in answer.pieces)
    for piece in answer.pieces:
        if piece.label in ("asymptotically stable", "source"):
            wrong.append(f"{piece.entry['id']}: single points of a continuum cannot be {piece.label}")
        for corner in piece.corners:
            if _gap(game, corner) > 1e-8:
                wrong.append(f"{piece.entry['id']}: its corner {show(corner)} is not a rest point")
    wrong += _component_differences(answer)
    tally.wrong += [f"{name}: {text}" for text in wrong]


def _nash(game: ShareGame, state: Sequence[Any]) -> bool | None:
    """Whether a rest state is a Nash equilibrium; None where that hangs on rounding."""
    mean = averages(game, state)
    gains = [
        value(u, state) - mean[game.owner[k]] for k, u in enumerate(game.flat) if state[k] == 0
    ]  # of the strategies that nobody plays
    if any(g > 1e-9 for g in gains):
        return False
    return True if all(g < -1e-9 for g in gains) else None


def _component_differences(answer: Answer) -> Iterator[str]:
    """Yield pieces that have a corner in common and are said to be in different components."""
    for first, second in itertools.combinations(answer.pieces, 2):
        if first.entry["component"] != second.entry["component"] and any(
            max(abs(u - v) for u, v in zip(a, b, strict=True)) < 1e-9
            for a in first.corners
            for b in second.corners
        ):
            names = f"{first.entry['id']} and {second.entry['id']}"
            yield f"{names} have a corner in common, but are in different components"


def normal_label(game: ShareGame, state: Sequence[float], dimension: int) -> str | None:
    """The label of a state on a continuum if its eigenvalues settle it: no real part vanishes across it."""
    values = np.linalg.eigvals(jacobian_at(game, state))
    across = [v.real for v in sorted(values, key=abs)[dimension:]]
    if min((abs(v) for v in across), default=1.0) < 1e-3:
        return None
    signs = {v > 0 for v in across}
    return "saddle" if len(signs) == 2 else "unstable" if True in signs else "stable"


def _gap(game: ShareGame, state: Sequence[float]) -> float:
    """The largest rate of change at a state given in floats."""
    mean = averages(game, [mpmath.mpf(v) for v in state])
    return float(
        max(
            abs(v * (value(u, [mpmath.mpf(w) for w in state]) - mean[game.owner[k]]))
            for k, (v, u) in enumerate(zip(state, game.flat, strict=True))
        )
    )


def _point_differences(
    game: ShareGame, state: Sequence[Any], point: Point, signs: Inertia, text: str
) -> Iterator[str]:
    isolated = point.entry["isolated"]
    if isolated is not True and signs.zero == 0:
        yield f"{text}: isolated is {isolated}, but no eigenvalue is zero"
    # an incomplete search may leave open whether a point is isolated
    allowed, decided = allowed_labels(game, state, isolated=isolated is not False, signs=signs)
    if point.label not in allowed and (decided or point.label != "undecided"):
        yield f"{text}: {point.label}, should be {' or '.join(sorted(allowed))}"
    if not point.entry["reason"]:
        yield f"{text}: {point.label} without a reason"
    real = [mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v for v in state]
    mean = averages(game, real)
    gains = [value(u, real) - mean[game.owner[k]] for k, u in enumerate(game.flat)]
    nash = all(g <= TINY for g in gains)
    pure = all(v in (0, 1) for v in state)
    strict = pure and all(state[k] or g < -TINY for k, g in enumerate(gains))
    flags: dict[str, bool | None] = {"nash": nash, "strict_nash": strict}
    if not game.own_play and len(game.sizes) > 1:
        flags |= {"ess": strict, "nss": None}
    # That another strategy earns exactly as much is proven where a state is rational; else it may stay open.
    tied = not pure and any(not state[k] and abs(g) <= TINY for k, g in enumerate(gains))
    for key, expected in flags.items():
        if point.entry[key] is not expected and not (key == "nash" and tied and point.entry[key] is None):
            yield f"{text}: {key} is {point.entry[key]}, should be {expected}"
    yield from _eigenvalue_differences(game, real, point, text)


def _eigenvalue_differences(game: ShareGame, state: Sequence[Any], point: Point, text: str) -> Iterator[str]:
    listed = point.entry["eigenvalues"]
    if listed is None:
        return
    matrix = jacobian(game, state)
    size = len(matrix)
    if len(listed) != size:
        yield f"{text}: {len(listed)} eigenvalues, the tangent space has dimension {size}"
        return
    clock = float(value(game.clock, state))
    listed = [(clock * re, clock * im) for re, im in listed]
    # sums of powers of the eigenvalues are well conditioned where the eigenvalues are not
    power = mpmath.eye(size)
    ours = mpmath.matrix(matrix)
    scale = max(1.0, *(math.hypot(re, im) for re, im in listed))
    for exponent in range(1, size + 1):
        power = power * ours
        trace = complex(mpmath.fsum(power[d, d] for d in range(size)))
        theirs = sum(complex(re, im) ** exponent for re, im in listed)
        if abs(trace - theirs) > 1e-8 * size * scale**exponent:
            yield f"{text}: eigenvalues {listed}, but the trace of J^{exponent} is {trace:.9g}"
            return

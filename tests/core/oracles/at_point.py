"""What theory says at one rest state of a `ShareGame`, in fractions: Nash, ESS, eigenvalues, labels.

Evolutionary and neutral stability are decided by copositivity: Haigh, J. (1975), Game theory and evolution,
Advances in Applied Probability 7, 8-11; Bomze, I. M. (1992), Detecting all evolutionarily stable strategies,
Journal of Optimization Theory and Applications 75, 313-329.  Without own play no mixed state is
asymptotically stable: Ritzberger, K. and Weibull, J. W. (1995), Econometrica 63, 1371-1399.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from core.oracles.exact_linear import solve
from core.oracles.inertia import Inertia, inertia
from core.oracles.share_games import ShareGame, value

__all__ = ["allowed_labels", "averages", "is_ess", "is_nash", "is_nss", "is_strict", "jacobian"]

State = Sequence[Fraction]


def averages(game: ShareGame, state: Sequence[Any]) -> list[Any]:
    """Return the average payoff of each population."""
    earned = [value(u, state) for u in game.flat]
    return [sum(state[k] * earned[k] for k in game.members(i)) for i in range(len(game.sizes))]


def is_nash(game: ShareGame, state: State) -> bool:
    """Whether no strategy earns more than its population's average."""
    mean = averages(game, state)
    return all(value(u, state) <= mean[game.owner[k]] for k, u in enumerate(game.flat))


def is_strict(game: ShareGame, state: State) -> bool:
    """Whether each population plays one strategy and loses by every other."""
    mean = averages(game, state)
    return set(state) <= {0, 1} and all(
        state[k] or value(u, state) < mean[game.owner[k]] for k, u in enumerate(game.flat)
    )


def jacobian(game: ShareGame, state: Sequence[Any]) -> list[list[Any]]:
    """Return the derivative of the replicator field on the tangent space of the state space.

    The unknowns are all shares but, in each population, one that is played.
    """
    mean = averages(game, state)
    total = len(state)
    full = [[state[0] * 0] * total for _ in range(total)]
    slopes = [[value(s, state) if s else state[0] * 0 for s in row] for row in game.slopes]
    for i in range(len(game.sizes)):
        for m in range(total):
            mean_slope = sum(state[k] * slopes[k][m] for k in game.members(i))
            if game.owner[m] == i:
                mean_slope += value(game.flat[m], state)
            for k in game.members(i):
                entry = state[k] * (slopes[k][m] - mean_slope)
                if k == m:
                    entry += value(game.flat[k], state) - mean[i]
                speed = game.speed(i)
                full[k][m] = entry * speed.numerator / speed.denominator if speed != 1 else entry
    left_out = [max(game.members(i), key=lambda k: state[k]) for i in range(len(game.sizes))]
    kept = [k for k in range(total) if k not in left_out]
    return [[full[k][m] - full[k][left_out[game.owner[m]]] for m in kept] for k in kept]


# --------------------------------------------------------------------------- evolutionary stability


def _form(game: ShareGame, state: State) -> tuple[list[list[Fraction]], list[int]]:
    """The loss of a small group of mutants as a quadratic form in their mixture of best replies.

    The direction of best reply b is e_b - x; entry (b, c) is minus the symmetrised payoff between the two.
    """
    assert len(game.sizes) == 1 and game.degree <= 1
    size = game.sizes[0]
    mean = averages(game, state)[0]
    best = [b for b in range(size) if value(game.flat[b], state) == mean]
    matrix = [[game.flat[a].get((b,), Fraction(0)) for b in range(size)] for a in range(size)]
    directions = [[Fraction(int(a == b)) - state[a] for a in range(size)] for b in best]
    form = [
        [
            -sum(
                (d[a] * e[b] * (matrix[a][b] + matrix[b][a]) / 2 for a in range(size) for b in range(size)),
                Fraction(0),
            )
            for e in directions
        ]
        for d in directions
    ]
    return form, best


def _lows(form: list[list[Fraction]]) -> list[tuple[tuple[Fraction, ...], Fraction]]:
    """The stationary points of a quadratic form inside the faces of the simplex, where there is one only.

    Its least value is attained at one of these: a minimiser of smallest support is the only stationary point
    of its face, else one could move along the others to a smaller support without changing the value.
    """
    size = len(form)
    found = []
    for count in range(1, size + 1):
        for chosen in itertools.combinations(range(size), count):
            rows: list[list[Fraction | int]] = [[*(form[a][b] for b in chosen), -1, 0] for a in chosen] + [
                [*([1] * count), 0, 1]
            ]
            solution = solve(rows, count + 1)
            if solution is not None and not solution.free and all(v > 0 for v in solution.point[:-1]):
                weights = [Fraction(0)] * size
                for a, v in zip(chosen, solution.point, strict=False):
                    weights[a] = v
                found.append((tuple(weights), solution.point[-1]))
    return found


def is_nss(game: ShareGame, state: State) -> bool:
    """Whether a Nash state of one population is neutrally stable (Maynard Smith 1982)."""
    if not is_nash(game, state):
        return False
    form, _ = _form(game, state)
    return all(low >= 0 for _, low in _lows(form))


def is_ess(game: ShareGame, state: State) -> bool:
    """Whether a state of one population is evolutionarily stable (Maynard Smith and Price 1973)."""
    if not is_nash(game, state):
        return False
    size = game.sizes[0]
    mean = averages(game, state)[0]
    best = [b for b in range(size) if value(game.flat[b], state) == mean]
    m = next(b for b in best if state[b])
    matrix = [[game.flat[a].get((b,), Fraction(0)) for b in range(size)] for a in range(size)]
    others = [b for b in best if b != m]

    def entry(b: int, c: int) -> Fraction:
        mixed = matrix[b][c] - matrix[m][c] - matrix[b][m] + matrix[m][m]
        turned = matrix[c][b] - matrix[m][b] - matrix[c][m] + matrix[m][m]
        return -(mixed + turned) / 2

    # coordinates of played strategies may have either sign: eliminate them one by one
    form = {(b, c): entry(b, c) for b in others for c in others}
    left = list(others)
    for b in [b for b in others if state[b]]:
        pivot = form[b, b]
        if pivot <= 0:
            return False
        left.remove(b)
        for c in left:
            for d in left:
                form[c, d] -= form[c, b] * form[b, d] / pivot
    return all(low > 0 for _, low in _lows([[form[c, d] for d in left] for c in left]))


# --------------------------------------------------------------------------- labels


def allowed_labels(
    game: ShareGame, state: State, *, isolated: bool, dimension: int = 0, signs: Inertia | None = None
) -> tuple[set[str], bool]:
    """Return the labels that theory leaves open for a rest state, and whether it must not be undecided.

    ``dimension`` is that of the continuum around it, 0 for a point.
    """
    signs = signs or inertia(jacobian(game, state))
    if signs.positive and signs.negative:
        return {"saddle"}, True
    if signs.hyperbolic:
        return ({"source"} if signs.positive else {"asymptotically stable"}), True
    if signs.positive:
        # reversed time may still lead back along the directions of zero eigenvalues
        return (
            {"unstable", "source"} if isolated else {"unstable"}
        ), signs.zero == signs.imaginary == dimension
    if dimension and not signs.positive and signs.zero == signs.imaginary == dimension:
        return {"stable"}, True  # normally hyperbolic and attracting
    labels = {"stable", "unstable", "undecided"}
    if not signs.negative:
        labels |= {"centre"}
    if isolated:
        labels |= {"asymptotically stable"} | ({"source"} if not signs.negative else set())
        if not game.own_play and not is_strict(game, state):
            labels -= {"asymptotically stable", "source"}
    return labels, False

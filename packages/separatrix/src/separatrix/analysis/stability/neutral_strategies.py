"""Rest states on a rest set along which a strategy that is not played earns the same, or starts to.

Let the rest set have dimension d >= 1 on the face of the played strategies, and let the face contract towards
it.  A small share w of one further strategy b is the only other coordinate of a centre manifold
(t, w), w >= 0, on which t' = w·(ψ(t) + …) and w' = w·(h(t) + γ·w + …): b's gain h is affine.  Division by w
leaves a flow that decides (Carr 1981, theorem 2, for the reduction):

* the drift ψ is zero at all states of the set or at none, for it is zero exactly if some direction in which
  b spreads leaves the played strategies with equal payoffs;
* ψ ≠ 0 and h zero on the whole set: the state drifts along the set, unstable;
* ψ ≠ 0 and h crosses zero: orbits arch over the state if h falls along the drift, else they leave;
* ψ = 0: the sign of γ decides; where γ = 0 and h crosses zero, b's share drifts.

Here t are proportions of the played strategies, which b's spread alone does not change.

If at every state of the set the eigenvalue zero of the face has multiplicity d + 1, the centre manifold has
one transverse coordinate w of either sign, t' = w·(ψ + …) with ψ ≠ 0, and w' = O(w²): unstable.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

from flint import fmpq, fmpq_mat

from separatrix.analysis.stability.centre_manifold import has_ray, shrinks
from separatrix.analysis.stability.local import Local
from separatrix.analysis.stability.verdict import Verdict
from separatrix.analysis.theorems import CENTRE_MANIFOLD
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["beside", "drifts", "escapes"]


def beside(local: Local, everywhere: bool = False, trusted: Collection[int] | None = None) -> Verdict | None:
    """Return the label of a state on a rest set that has no eigenvalue with positive real part.

    None where these arguments do not decide.

    Parameters
    ----------
    everywhere : whether the eigenvalues along the face have the same signs at all states close by on the set
    trusted : neutral strategies that arguments may use, by default all

    Examples
    --------
    >>> from separatrix.analysis.affine_game import AffineGame
    >>> from separatrix.analysis.stability.local import localise
    >>> game = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, 0, 0], [0, 0, -1], [0, 0, 0]]))
    >>> beside(localise(game, ((0, 1),), (fmpq(1, 2), fmpq(1, 2), fmpq(0)))).label
    'unstable'
    """
    gains = _gains(local)
    dimension = len(local.inner) - gains.rank()
    if not dimension or local.spectrum.imaginary or local.spectrum.signs[2]:
        return None
    if everywhere and local.spectrum.zeros == dimension + 1:
        return Verdict(
            "unstable",
            say("close to the continuum of equilibria the other shares drift along it, however slowly"),
        )
    if local.spectrum.zeros > dimension:
        return None
    verdicts = [
        _with(local, b, dimension) if trusted is None or b in trusted else None for b in local.neutral
    ]
    for verdict in verdicts:
        if verdict is not None and verdict.label == "unstable":
            return verdict
    if len(verdicts) == 1:
        return verdicts[0]
    members = [
        b
        for b in local.neutral
        if not drifts(local, b) and not _crosses(local, b) and (trusted is None or b in trusted)
    ]
    return _together(local, members) if len(members) > 1 else None


def escapes(local: Local) -> bool:
    """Whether an orbit is known that leaves the rest set of the state from the state or close by.

    A neutral strategy spreads as w' = γ·w² + …, γ > 0, while the state moves along the set by O(w) in all; so
    backwards in time the orbit tends to the set.
    """
    dimension = len(local.inner) - _gains(local).rank()
    if local.spectrum.imaginary or local.spectrum.signs[2] or local.spectrum.zeros > dimension:
        return False
    return any(not drifts(local, b) and _growth(local, b) > 0 for b in local.neutral)


def drifts(local: Local, b: int) -> bool:
    """Whether the state drifts along its rest set while a little of a neutral strategy b is played."""
    gains = _gains(local)
    n = len(local.inner)
    wider = fmpq_mat([[*row, local.gain(a, b)] for row, a in zip(gains.tolist(), local.inner, strict=True)])
    return n > 0 and wider.rank() > gains.rank()


def _gains(local: Local) -> fmpq_mat:
    n = len(local.inner)
    return fmpq_mat(n, n, [local.gain(a, c) for a in local.inner for c in local.inner])


def _with(local: Local, b: int, dimension: int) -> Verdict | None:
    crosses = _crosses(local, b)
    if drifts(local, b):
        if not crosses:
            return Verdict(
                "unstable",
                say("beside it a neutral strategy makes the state drift along the set").by(CENTRE_MANIFOLD),
            )
        turn = _turn(local, b, dimension)
        if turn > 0:
            return Verdict(
                "unstable",
                say("beside it the state drifts to where a neutral strategy earns more").by(CENTRE_MANIFOLD),
            )
        if turn < 0:
            return Verdict(
                "stable", say("beside it orbits leave the continuum of equilibria and return to it close by")
            )
        return None
    growth = _growth(local, b)
    if growth < 0:
        return Verdict(
            "stable",
            say("beside it a neutral strategy dies out, too fast for the state to drift off").by(
                CENTRE_MANIFOLD
            ),
        )
    if growth > 0:
        return Verdict("unstable", say("a neutral strategy spreads beside it").by(CENTRE_MANIFOLD))
    if crosses:
        return Verdict(
            "unstable", say("beside it a neutral strategy's share drifts, however slowly").by(CENTRE_MANIFOLD)
        )
    return None


def _crosses(local: Local, b: int) -> bool:
    """Whether b's gain changes along the rest set."""
    gains = _gains(local)
    crossing = [local.gain(b, c) for c in local.inner]
    return bool(fmpq_mat([*gains.tolist(), crossing]).rank() > gains.rank())


def _together(local: Local, members: list[int]) -> Verdict | None:
    """Several strategies that are neutral all along the set and do not make the state drift.

    Their shares change as w_b' = w_b·(Γ w)_b + …, and the state moves by O(|w|²): a ray of growth shows an
    orbit that leaves, a positive combination of the shares that falls faster than c·|w|² that none does.
    """
    rates = [[local.speed(b) * _growth(local, b, c) for c in members] for b in members]
    for count in range(2, len(members) + 1):
        for part in itertools.combinations(range(len(members)), count):
            poll()
            if has_ray(fmpq_mat([[rates[i][j] for j in part] for i in part])):
                return Verdict(
                    "unstable", say("neutral strategies spread together beside it").by(CENTRE_MANIFOLD)
                )
    if len(members) < len(local.neutral) or not shrinks(fmpq_mat(rates)):
        return None
    return Verdict(
        "stable",
        say("beside it neutral strategies die out, too fast for the state to drift off").by(CENTRE_MANIFOLD),
    )


def _turn(local: Local, b: int, dimension: int) -> fmpq:
    """A number with the sign of the rate at which b's gain changes along the drift.

    It is a coefficient of the characteristic polynomial of the Jacobian, bordered by b.
    """
    column = local.along((b,))
    rows = [[*row, column[k, 0]] for k, row in enumerate(local.block.tolist())]
    last = [local.gain(b, c) for c in local.inner]
    return -fmpq(fmpq_mat([*rows, [*last, fmpq(0)]]).charpoly()[dimension - 1])


def _growth(local: Local, b: int, spreading: int | None = None) -> fmpq:
    """How fast b's gain rises with its own share, or another one's, the played strategies having adapted."""
    source = b if spreading is None else spreading
    i = local.owner[source]
    direction = [fmpq(0)] * len(local.owner)
    direction[source] += 1
    for a in local.played[i]:
        direction[a] -= local.state[a]
    if local.inner:
        # The adaptation y lies in the range of the Jacobian J: y = J·z with J²·z = -(effect of the spread).
        block = local.block
        mates = fmpq_mat([[local.state[a] if local.owner[a] == i else fmpq(0)] for a in local.inner])
        z = _solution(block * block, block * mates - local.along((source,)))
        adapted = block * z
        for k, a in enumerate(local.inner):
            direction[a] += adapted[k, 0]
            direction[local.reference[local.owner[a]]] -= adapted[k, 0]
    change = local.game.matrix * fmpq_mat([[v] for v in direction])
    return fmpq(change[b, 0] - change[local.reference[local.owner[b]], 0])


def _solution(matrix: fmpq_mat, right: fmpq_mat) -> fmpq_mat:
    """A solution of a system that has one."""
    n = matrix.ncols()
    wide = fmpq_mat([[*row, right[k, 0]] for k, row in enumerate(matrix.tolist())])
    reduced, rank = wide.rref()
    values = [fmpq(0)] * n
    for k in range(rank):
        values[next(j for j in range(n) if reduced[k, j] != 0)] = reduced[k, n]
    return fmpq_mat([[v] for v in values])

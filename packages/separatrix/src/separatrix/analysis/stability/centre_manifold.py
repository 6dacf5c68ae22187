"""Neutral strategies with hyperbolic played ones: the reduced system on the centre manifold.

The shares u of the neutral strategies are its coordinates, and to lowest order u_b' = speed·u_b·(G u)_b, with
G what remains of the payoffs after the played strategies have adapted.  Where G makes shares grow along
a ray, blowing up the state shows an orbit that leaves along it; a linear function that falls, or a
box that is never left, shows stability.

Stability of the corner of u' = u·(a u + b v + …), v' = v·(c u + d v + …) in the quadrant u, v >= 0.

The rates to lowest order; the axes and, where a, d or the determinant vanish, lines of rest states are
exact.  Every case but one is decided by the axes, a ray of growth or a linear Lyapunov function.

Rest states on a rest set along which a strategy that is not played earns the same, or starts to.

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

from separatrix.analysis.results import Label
from separatrix.analysis.stability.classification import Local, Verdict
from separatrix.analysis.theorems import CENTRE_MANIFOLD, WEIGHTS
from separatrix.exact.copositivity import copositive_weights, maximise
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "rest_set_verdict",
    "corner",
    "drifts",
    "escapes",
    "has_ray",
    "quadrant_corner",
    "reduced_rates",
    "shrinks",
    "single",
]


def quadrant_corner(a: fmpq, b: fmpq, c: fmpq, d: fmpq, exact: bool) -> tuple[Label, str] | None:
    """Return the label of the corner within the quadrant and why, or None where it stays open.

    ``a = 0`` means that the whole axis v = 0 is at rest, likewise ``d = 0``.  `exact` says that a row of
    zeros means a share that never moves.

    Examples
    --------
    >>> quadrant_corner(fmpq(-1), fmpq(3), fmpq(-3), fmpq(-1), True)[0]
    'asymptotically stable'
    """
    if a > 0 or d > 0:
        return "unstable", say("one of the neutral strategies spreads on its own").resting_on(CENTRE_MANIFOLD)
    if a == 0 and d != 0:
        return quadrant_corner(d, c, b, a, exact)
    if d != 0:
        if b > 0 and c > 0 and b * c > a * d:
            return "unstable", say("together the two neutral strategies spread along a ray").resting_on(
                CENTRE_MANIFOLD
            )
        if b > 0 and c > 0 and b * c == a * d:
            return "stable", (
                say(
                    "a line of rest states leads away from it between the neutral strategies, "
                    "and nearby orbits end there"
                ).resting_on(CENTRE_MANIFOLD)
            )
        return "asymptotically stable", (
            say(
                "a positive combination of the shares of the neutral strategies decreases near it"
            ).resting_on(CENTRE_MANIFOLD, WEIGHTS)
        )
    if a != 0:
        # The axis u = 0 is at rest, the other one contracts: u' = u(a u + b v), v' = c u v.
        if b > 0:
            if c > 0:
                return "unstable", say("together the two neutral strategies spread along a ray").resting_on(
                    CENTRE_MANIFOLD
                )
            return "stable", say("orbits that leave its edge of rest states converge to rest states close by")
        if b < 0:
            return "stable", say("an edge of rest states leads away from it, and nearby orbits end there")
        if c > 0:
            return "unstable", say("orbits that start near its edge of rest states drift away along it")
        if c < 0 or exact:
            return "stable", say("an edge of rest states leads away from it, and nearby orbits end there")
        return None
    # Both axes are at rest: u' = b u v, v' = c u v.
    if (b == 0) != (c == 0):
        if b + c < 0:
            return "stable", say("near the two edges of rest states one share falls to zero")
        return "unstable", say("near the two edges of rest states one share grows while the other stays")
    if b == c == 0:
        return "stable", say("every state of the face is at rest")
    if b > 0 and c > 0:
        return "unstable", say("together the two neutral strategies spread along a ray").resting_on(
            CENTRE_MANIFOLD
        )
    return "stable", (
        say(
            "two edges of rest states lead away from it, and near them a positive combination of "
            "the shares of the neutral strategies does not grow"
        ).resting_on(CENTRE_MANIFOLD, WEIGHTS)
    )


MOST = 8
"""Rays along which more neutral strategies than this spread together are not looked for."""


def _reduction(local: Local) -> fmpq_mat | None:
    """G of the reduced system, speeds included; None where the played strategies are not hyperbolic."""
    if local.spectrum.signs[1]:
        return None
    return reduced_rates(local)


def reduced_rates(local: Local) -> fmpq_mat:
    """Return speed·G: how the rates of the neutral strategies change with their shares."""
    neutral = local.neutral
    n, inner = len(neutral), local.inner
    gains = fmpq_mat(n, n, [local.gain(a, b) for a in neutral for b in neutral])
    if inner:
        answer = local.block.solve(local.jacobian_columns(neutral))  # the played shares follow as -answer
        gains = gains - fmpq_mat(n, len(inner), [local.gain(a, c) for a in neutral for c in inner]) * answer
    return fmpq_mat(n, n, [local.speed(a) * gains[i, j] for i, a in enumerate(neutral) for j in range(n)])


def single(local: Local) -> Verdict | None:
    """One neutral strategy with hyperbolic played ones: a centre manifold of dimension one."""
    if len(local.neutral) != 1:
        return None
    rates = _reduction(local)
    if rates is None:
        return None
    growth = rates[0, 0]
    if growth == 0:
        return None  # the centre manifold is a line of rest states
    label: Label = "asymptotically stable" if growth < 0 else "unstable"
    return Verdict(
        label,
        say(
            "one strategy is neutral; its share u changes as u' = c·u² + … along the centre manifold, "
            "c {sign} 0, u >= 0",
            sign="<" if growth < 0 else ">",
        ).resting_on(CENTRE_MANIFOLD),
    )


def corner(local: Local) -> Verdict | None:
    """Several neutral strategies with hyperbolic played ones."""
    if len(local.neutral) < 2:
        return None
    rates = _reduction(local)
    if rates is None:
        return None
    n = len(local.neutral)
    if n == 2:
        (a, b), (c, d) = rates.tolist()
        answer = quadrant_corner(a, b, c, d, not local.inner)
        return None if answer is None else Verdict(*answer)
    if _ray(rates):
        return Verdict(
            "unstable", say("neutral strategies spread together along a ray").resting_on(CENTRE_MANIFOLD)
        )
    if shrinks(rates):
        return Verdict(
            "asymptotically stable",
            say(
                "a positive combination of the shares of the neutral strategies decreases near it"
            ).resting_on(CENTRE_MANIFOLD, WEIGHTS),
        )
    if _pairs_shrink(rates, pure=not local.inner):
        return Verdict(
            "stable",
            say(
                "a positive combination of the shares of the neutral strategies never grows near it"
            ).resting_on(CENTRE_MANIFOLD, WEIGHTS),
        )
    if _boxed(rates, pure=not local.inner, single_population=len(local.game.sizes) == 1):
        return Verdict(
            "stable",
            say(
                "the shares of the neutral strategies bound one another: orbits leave no small box around it"
            ).resting_on(CENTRE_MANIFOLD),
        )
    return None


def has_ray(rates: fmpq_mat) -> bool:
    """Return whether u' = u·(A u) grows along a ray inside the orthant, where A is regular.

    Then A u = (1, …, 1), u > 0.  Where A is singular, a smaller face has the ray too.
    """
    if rates.det() == 0:
        return False
    return all(u > 0 for u in rates.solve(fmpq_mat([[1]] * rates.nrows())).entries())


def shrinks(rates: fmpq_mat) -> bool:
    """Return whether weights are found with which Σ d_i·u_i falls all around the corner of u' = u·(A u)."""
    n = rates.nrows()
    forms = []
    for k in range(n):
        whole = fmpq_mat(n, n)
        for j in range(n):
            whole[k, j] = -rates[k, j] / 2
        forms.append(whole + whole.transpose())
    found = copositive_weights(forms, 0)
    return found is not None and found.copositivity.kind == "strict"


def _ray(rates: fmpq_mat) -> bool:
    """Whether u' = u·(A u) grows along a ray within some face of the orthant: A u = (1, …, 1), u > 0."""
    n = rates.nrows()
    for count in range(1, min(n, MOST) + 1):
        for part in itertools.combinations(range(n), count):
            poll()
            if has_ray(fmpq_mat([[rates[i, j] for j in part] for i in part])):
                return True
    return False


def _pairs_shrink(rates: fmpq_mat, pure: bool) -> bool:
    """Whether weights d > 0 make d_i·A_ij + d_j·A_ji < 0 wherever i and j interact.

    Then Σ d_i·u_i does not grow: higher-order terms are small compared with u_i·u_j. They add nothing to a
    single share on whose axis all states rest, nor, at a pure state, to a pair without interaction;
    elsewhere every pair must interact.
    """
    n = rates.nrows()
    at_most = []
    for i in range(n):
        for j in range(i, n):
            if rates[i, j] == 0 and rates[j, i] == 0:
                if pure or i == j:
                    continue
                return False
            row = [fmpq(0)] * n
            row[i] += rates[i, j]
            row[j] += rates[j, i]
            at_most.append((row, -1 - rates[i, j] - rates[j, i]))  # d = 1 + e, e >= 0
    return maximise([fmpq(0)] * n, at_most) is not None


def _boxed(rates: fmpq_mat, pure: bool, single_population: bool) -> bool:
    """Whether boxes 0 <= u <= s·p, s > 0, are never left: on the side u_i = s·p_i, u_i cannot grow.

    At a pure state of one population the reduced system is exact and homogeneous, and u_i' <= 0 suffices;
    at other pure states a row without positive entries never grows; elsewhere u_i' < 0 is needed.
    """
    n = rates.nrows()
    at_most = []
    for i in range(n):
        row = [rates[i, j] if i == j or rates[i, j] > 0 else fmpq(0) for j in range(n)]
        if pure and all(v <= 0 for v in row):
            continue
        slack = 0 if pure and single_population else -1
        at_most.append((row, slack - sum(row, fmpq(0))))
    return maximise([fmpq(0)] * n, at_most) is not None


def rest_set_verdict(
    local: Local, everywhere: bool = False, trusted: Collection[int] | None = None
) -> Verdict | None:
    """Return the label of a state on a rest set that has no eigenvalue with positive real part.

    None where these arguments do not decide.

    Parameters
    ----------
    everywhere : whether the eigenvalues along the face have the same signs at all states close by on the set
    trusted : neutral strategies that arguments may use, by default all

    Examples
    --------
    >>> from separatrix.analysis.payoff_functions import AffineGame
    >>> from separatrix.analysis.stability.classification import localise
    >>> game = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, 0, 0], [0, 0, -1], [0, 0, 0]]))
    >>> rest_set_verdict(localise(game, ((0, 1),), (fmpq(1, 2), fmpq(1, 2), fmpq(0)))).label
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
        _verdict_with_tie(local, b, dimension) if trusted is None or b in trusted else None
        for b in local.neutral
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


def _verdict_with_tie(local: Local, b: int, dimension: int) -> Verdict | None:
    crosses = _crosses(local, b)
    if drifts(local, b):
        if not crosses:
            return Verdict(
                "unstable",
                say("near it a neutral strategy makes the state drift along the set").resting_on(
                    CENTRE_MANIFOLD
                ),
            )
        turn = _turn(local, b, dimension)
        if turn > 0:
            return Verdict(
                "unstable",
                say("near it the state drifts to where a neutral strategy earns more").resting_on(
                    CENTRE_MANIFOLD
                ),
            )
        if turn < 0:
            return Verdict(
                "stable", say("near it orbits leave the continuum of equilibria and return to it close by")
            )
        return None
    growth = _growth(local, b)
    if growth < 0:
        return Verdict(
            "stable",
            say("near it a neutral strategy dies out, too fast for the state to drift off").resting_on(
                CENTRE_MANIFOLD
            ),
        )
    if growth > 0:
        return Verdict("unstable", say("a neutral strategy spreads near it").resting_on(CENTRE_MANIFOLD))
    if crosses:
        return Verdict(
            "unstable",
            say("near it a neutral strategy's share drifts, however slowly").resting_on(CENTRE_MANIFOLD),
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
                    "unstable",
                    say("neutral strategies spread together near it").resting_on(CENTRE_MANIFOLD),
                )
    if len(members) < len(local.neutral) or not shrinks(fmpq_mat(rates)):
        return None
    return Verdict(
        "stable",
        say("near it neutral strategies die out, too fast for the state to drift off").resting_on(
            CENTRE_MANIFOLD
        ),
    )


def _turn(local: Local, b: int, dimension: int) -> fmpq:
    """A number with the sign of the rate at which b's gain changes along the drift.

    It is a coefficient of the characteristic polynomial of the Jacobian, bordered by b.
    """
    column = local.jacobian_columns((b,))
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
        z = _solution(block * block, block * mates - local.jacobian_columns((source,)))
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

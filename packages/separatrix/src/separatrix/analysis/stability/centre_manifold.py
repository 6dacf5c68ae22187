"""Neutral strategies beside hyperbolic played ones: the reduced system on the centre manifold.

The shares u of the neutral strategies are its coordinates, and to lowest order u_b' = speed·u_b·(G u)_b, with
G what remains of the payoffs after the played strategies have adapted.  Where G makes shares grow along
a ray, blowing up the state shows an orbit that leaves along it; a linear function that falls, or a
box that is never left, shows stability.
"""

from __future__ import annotations

import itertools

from flint import fmpq, fmpq_mat

from separatrix.analysis.results import Label
from separatrix.analysis.stability.local import Local
from separatrix.analysis.stability.quadrant import quadrant_corner
from separatrix.analysis.stability.verdict import Verdict
from separatrix.analysis.theorems import CENTRE_MANIFOLD, WEIGHTS
from separatrix.exact.copositivity import copositive_weights, maximise
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["corner", "has_ray", "reduced_rates", "shrinks", "single"]

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
        answer = local.block.solve(local.along(neutral))  # the played shares follow as -answer
        gains = gains - fmpq_mat(n, len(inner), [local.gain(a, c) for a in neutral for c in inner]) * answer
    return fmpq_mat(n, n, [local.speed(a) * gains[i, j] for i, a in enumerate(neutral) for j in range(n)])


def single(local: Local) -> Verdict | None:
    """One neutral strategy beside hyperbolic played ones: a centre manifold of dimension one."""
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
        ).by(CENTRE_MANIFOLD),
    )


def corner(local: Local) -> Verdict | None:
    """Several neutral strategies beside hyperbolic played ones."""
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
        return Verdict("unstable", say("neutral strategies spread together along a ray").by(CENTRE_MANIFOLD))
    if shrinks(rates):
        return Verdict(
            "asymptotically stable",
            say("a positive combination of the shares of the neutral strategies decreases near it").by(
                CENTRE_MANIFOLD, WEIGHTS
            ),
        )
    if _pairs_shrink(rates, pure=not local.inner):
        return Verdict(
            "stable",
            say("a positive combination of the shares of the neutral strategies never grows near it").by(
                CENTRE_MANIFOLD, WEIGHTS
            ),
        )
    if _boxed(rates, pure=not local.inner, single_population=len(local.game.sizes) == 1):
        return Verdict(
            "stable",
            say(
                "the shares of the neutral strategies bound one another: orbits leave no small box around it"
            ).by(CENTRE_MANIFOLD),
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

    Then Σ d_i·u_i does not grow: what higher orders add to the product u_i·u_j is small beside it.  They add
    nothing to a single share on whose axis all states rest, nor, at a pure state, to a pair without
    interaction; elsewhere every pair must interact.
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

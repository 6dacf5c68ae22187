"""The label of a single rest state, with the theorem or argument that proves it.

Eigenvalues with non-zero real part decide first: a positive one makes a state unstable whatever the
rest.  What remains has eigenvalues of negative and of zero real part only.  Then

* a strict Nash equilibrium is asymptotically stable, and nothing else is (Ritzberger & Weibull 1995);
* where all directions but those of one face are contracting, that face is a centre manifold, and the
  planar cases of `planar_faces` decide (reduction principle: Carr 1981, theorem 2);
* where no direction contracts, conserved or decreasing quantities, growth within an invariant face, or
  a ray of growth decide; else the label is ``undecided``.

A Lyapunov function for a rest state p of several populations, found exactly or not at all.

V = Σ w_i [-p_i ln x_i - (1-p_i) ln(1-x_i)] + const with weights w_i > 0 is positive definite at p, and
along orbits V' = Σ w_i (x_i - p_i) f_i(x), a polynomial (the relative entropy of Hofbauer & Sigmund
1998, section 7.2, weighted as for rescaled zero-sum games).  Where V' <= 0 near p, p is stable.

Stability in a face of two populations where the linearisation is silent.

The flow in the face is x' = x(1-x)(a + b·y), y' = y(1-y)(c + d·x).  Local coordinates u, v measure the
distance from the rest state, into the face where the state lies on its border.  Every case is decided
by a conserved quantity or a monotone share (Hofbauer & Sigmund 1998, section 10.3).
"""

from __future__ import annotations

import itertools

from flint import fmpq, fmpq_mat

from separatrix.analysis.binary.family_labels import Linearisation
from separatrix.analysis.binary.rest_states import Face, Linked, RestBranch
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.analysis.stability.centre_manifold import has_ray
from separatrix.analysis.stability.classification import Verdict, growing
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    CONSERVED_QUANTITY,
    LINEARISATION,
    LYAPUNOV_FUNCTION,
    NASH,
    NORMALLY_HYPERBOLIC,
    RELATIVE_ENTROPY,
    STRICT_NASH,
    WEIGHTS,
)
from separatrix.exact.algebraic_numbers import Exact, as_rational, sign
from separatrix.expression.constants import Constant
from separatrix.sentences import say

__all__ = [
    "judge",
    "planar_corner",
    "planar_edge",
    "planar_interior",
    "weighted_entropy_decreases",
]


def weighted_entropy_decreases(
    game: Multilinear, face: tuple[int | None, ...], state: tuple[Exact, ...]
) -> bool:
    """Return whether weights w > 0 are found with V' <= 0 in a neighbourhood of `state`.

    The state must be at rest with all advantages zero, so that V' has no terms of first order.  In
    displacements u_i, pointing into the cube where a share is pure, V' = Σ q_ij u_i u_j + q·u_1 u_2 u_3
    with q_ij = w_i s_i ∂f_i/∂x_j + ….  A pair of pure shares needs q_ij <= 0; a pair with a mixed share,
    which takes both signs, needs q_ij = 0; the cubic term matters only where no pair dominates it.
    """
    n = game.n
    inward = [1 if pure in (0, None) else -1 for pure in face]
    slope = {
        (i, j): inward[i] * inward[j] * game.slope(i, j, state)
        for i, j in itertools.permutations(range(n), 2)
    }
    low: dict[tuple[int, int], Exact] = {}  # bounds on w_i / w_j
    high: dict[tuple[int, int], Exact] = {}
    for i, j in itertools.combinations(range(n), 2):
        a, b = slope[i, j], slope[j, i]  # w_i·a + w_j·b
        both_pure = face[i] is not None and face[j] is not None
        if sign(a) == 0 or sign(b) == 0:
            rest = sign(a) + sign(b)
            if rest > 0 or (rest < 0 and not both_pure):
                return False
        elif sign(a) == sign(b):
            if sign(a) > 0 or not both_pure:
                return False
        else:
            ratio = -b / a
            if not both_pure:
                low[i, j] = high[i, j] = ratio
            elif sign(a) > 0:
                high[i, j] = ratio
            else:
                low[i, j] = ratio
    weights = _weights(n, low, high)
    if weights is None:
        return False
    if n < 3 or _dominated(weights, slope, face):
        return True
    cubic: Exact = fmpq(0)
    for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        cubic = cubic + weights[i] * (inward[0] * inward[1] * inward[2]) * game.second(i, j, k, state)
    return sign(cubic) == 0 or (sign(cubic) < 0 and None not in face)


def _dominated(
    weights: list[Exact], slope: dict[tuple[int, int], Exact], face: tuple[int | None, ...]
) -> bool:
    """Whether a strictly negative pair of pure shares outweighs the cubic term near the state."""
    return any(
        face[i] is not None
        and face[j] is not None
        and sign(weights[i] * slope[i, j] + weights[j] * slope[j, i]) < 0
        for i, j in itertools.combinations(range(3), 2)
    )


def _weights(
    n: int, low: dict[tuple[int, int], Exact], high: dict[tuple[int, int], Exact]
) -> list[Exact] | None:
    """Return positive weights with the given bounds on w_i/w_j, strict inside where there is room."""
    first = _sample_between(low.get((0, 1)), high.get((0, 1)))
    if n == 2:
        return [first, fmpq(1)]
    # w1 = 1; w0 = r in [low01, high01]; w2 = s with 1/s in [low12, high12] and r/s in [low02, high02].
    lows01, highs01 = low.get((0, 1)), high.get((0, 1))
    candidates_low = [
        b for b in (lows01, _product(low.get((0, 2)), _inverse(high.get((1, 2))))) if b is not None
    ]
    candidates_high = [
        b for b in (highs01, _product(high.get((0, 2)), _inverse(low.get((1, 2))))) if b is not None
    ]
    lower = max(candidates_low, default=None)
    upper = min(candidates_high, default=None)
    if lower is not None and upper is not None and lower > upper:
        return None
    r = _sample_between(lower, upper)
    lows = [b for b in (_inverse(high.get((1, 2))), _quotient(r, high.get((0, 2)))) if b is not None]
    highs = [b for b in (_inverse(low.get((1, 2))), _quotient(r, low.get((0, 2)))) if b is not None]
    below, above = max(lows, default=None), min(highs, default=None)
    if below is not None and above is not None and below > above:
        return None
    return [r, fmpq(1), _sample_between(below, above)]


def _sample_between(lower: Exact | None, upper: Exact | None) -> Exact:
    if lower is None:
        return fmpq(1) if upper is None else upper / 2
    return lower + 1 if upper is None else (lower + upper) / 2


def _inverse(value: Exact | None) -> Exact | None:
    return None if value is None else 1 / value


def _quotient(r: Exact, bound: Exact | None) -> Exact | None:
    return None if bound is None else r / bound


def _product(a: Exact | None, b: Exact | None) -> Exact | None:
    return None if a is None or b is None else a * b


PlanarVerdict = tuple[bool, str]
"""Whether the state is Lyapunov stable within the face, and why."""


def planar_corner(b: Exact, d: Exact) -> PlanarVerdict:
    """Both borders are at rest: u' = b·u·v, v' = d·u·v to lowest order, u, v >= 0."""
    grows = (sign(b), sign(d))
    if grows == (0, 0):
        return True, say("every state of the face is at rest")
    if max(grows) <= 0:
        return True, say("no share grows near it, so nothing leaves")
    if min(grows) < 0:
        return True, say("a positive combination of the two logarithmic distances is conserved").resting_on(
            CONSERVED_QUANTITY
        )
    return False, say("near it one share grows while the other does not fall")


def planar_edge(b: Exact, d: Exact) -> PlanarVerdict:
    """The border v = 0 is at rest and v is neutral there: u' ~ b·v, v' ~ d·u·v, v >= 0."""
    along, across = sign(b), sign(d)
    if along == across == 0:
        return True, say("every state of the face is at rest")
    if along * across < 0:
        return True, say("orbits leave the edge on one side of it and return close by on the other")
    if along == 0:
        return False, say("on one side of it the other strategy spreads until it has taken over")
    return False, say("orbits that start near it drift away along the edge")


def planar_interior(b: Exact, d: Exact) -> PlanarVerdict:
    """A mixed state whose eigenvalues along the face have zero real part: b·d <= 0."""
    if sign(b) * sign(d) < 0:
        return True, say(
            "a conserved quantity has a strict extremum at it, so closed orbits surround it"
        ).resting_on(CONSERVED_QUANTITY)
    if sign(b) == sign(d) == 0:
        return True, say("every state of the face is at rest")
    return False, say("one share rests while the other moves away from it")


CONSERVED = say("a weighted relative entropy is conserved near it (Lyapunov's direct method)").resting_on(
    LYAPUNOV_FUNCTION, CONSERVED_QUANTITY, WEIGHTS
)


def judge(
    game: Multilinear,
    face: Face,
    state: tuple[Exact, ...],
    local: Linearisation,
    branch: RestBranch | None = None,
) -> Verdict:
    """Return the label of a rest state relative to the cube.

    Parameters
    ----------
    game : Multilinear
    face : Face
        The open face that holds the state.
    state : tuple of exact numbers
    local : Linearisation
        Local data at the state.
    branch : RestBranch or None
        The rest set that the state lies on, if any; the label then holds for the state as a single
        point, not for the set.
    """
    negative, zero, positive = local.signs()
    found = growing(negative, zero, positive)
    if found is not None and found.label == "source":
        why = say("all eigenvalues are positive: strict Nash in reversed time").resting_on(
            LINEARISATION, NASH
        )
        return Verdict("source", why)
    if found is not None:
        return found
    if not zero:
        return Verdict(
            "asymptotically stable",
            say(
                "strict Nash equilibrium: every eigenvalue is negative (Ritzberger–Weibull theorem)"
            ).resting_on(LINEARISATION, STRICT_NASH, NASH),
        )
    if not local.free:
        return _at_corner(game, face, state, local)
    moving = [i for i in range(game.n) if game.coefficients[i]]
    if not moving:
        return Verdict("stable", say("every state is at rest"))
    if len(moving) == 1 and moving[0] in local.free:
        return Verdict(
            "unstable", say("only one share ever changes, and near this state it moves away to one end")
        )
    if len(local.free) == 1:
        return _on_edge(game, face, state, local)
    if len(local.free) == 2:
        return _in_plane(game, face, state, local)
    return _inside(game, face, state, local, branch)


def _inward(face: Face, i: int) -> int:
    return -1 if face[i] == 1 else 1


def _reduced(verdict: tuple[bool, str], contracting: bool) -> Verdict:
    stable, why = verdict
    if contracting:
        why = say(
            "the other eigenvalues are negative, so the face is a centre manifold; in it, {why}", why=why
        ).resting_on(CENTRE_MANIFOLD)
    return Verdict("stable" if stable else "unstable", why)


def _at_corner(game: Multilinear, face: Face, state: tuple[Exact, ...], local: Linearisation) -> Verdict:
    neutral = [i for i, value in local.pure.items() if sign(value) == 0]
    if len(neutral) == 1:
        return Verdict(
            "stable",
            say(
                "one edge of rest states leads away from it and every other direction contracts "
                "(normally hyperbolic)"
            ).resting_on(NORMALLY_HYPERBOLIC),
        )
    contracting = len(neutral) < game.n
    growth = {
        (i, j): _inward(face, i) * _inward(face, j) * game.slope(i, j, state)
        for i, j in itertools.permutations(neutral, 2)
    }
    verdicts = [planar_corner(growth[i, j], growth[j, i]) for i, j in itertools.combinations(neutral, 2)]
    if len(neutral) == 2:
        return _reduced(verdicts[0], contracting)
    for stable, why in verdicts:
        if not stable:
            return Verdict("unstable", say("in an adjoining face, {why}", why=why))
    if weighted_entropy_decreases(game, face, state):
        return Verdict(
            "stable",
            say("a weighted relative entropy never increases near it (Lyapunov's direct method)").resting_on(
                LYAPUNOV_FUNCTION, RELATIVE_ENTROPY, WEIGHTS
            ),
        )
    if _ray_of_growth(growth):
        return Verdict("unstable", say("to lowest order a ray leads away from it into the interior"))
    return _undecided(say("all eigenvalues are zero and no Lyapunov function or ray of growth was found"))


def _ray_of_growth(growth: dict[tuple[int, int], Exact]) -> bool:
    """Whether u' = u·(A u) has a ray u = w·r with w > 0 and A w = λ·(1, 1, 1), λ > 0."""
    index = sorted({i for i, _ in growth})
    if any(isinstance(value, Constant) for value in growth.values()):
        return False  # a ray is looked for among rationals; without one the label stays open

    def entry(i: int, j: int) -> fmpq:
        return fmpq(0) if i == j else as_rational(growth[i, j])  # slopes at a pure profile are rational

    return has_ray(fmpq_mat([[entry(i, j) for j in index] for i in index]))


def _on_edge(game: Multilinear, face: Face, state: tuple[Exact, ...], local: Linearisation) -> Verdict:
    (u,) = local.free
    neutral = [i for i, value in local.pure.items() if sign(value) == 0]
    if not neutral:
        return Verdict(
            "stable",
            say(
                "it lies on an edge of rest states and every other direction contracts (normally hyperbolic)"
            ).resting_on(NORMALLY_HYPERBOLIC),
        )
    contracting = len(neutral) < game.n - 1
    verdicts = [
        planar_edge(_inward(face, v) * game.slope(u, v, state), _inward(face, v) * game.slope(v, u, state))
        for v in neutral
    ]
    if len(neutral) == 1:
        return _reduced(verdicts[0], contracting)
    for stable, why in verdicts:
        if not stable:
            return Verdict("unstable", say("in an adjoining face, {why}", why=why))
    if weighted_entropy_decreases(game, face, state):
        return Verdict(
            "stable",
            say("a weighted relative entropy never increases near it (Lyapunov's direct method)").resting_on(
                LYAPUNOV_FUNCTION, RELATIVE_ENTROPY, WEIGHTS
            ),
        )
    return _undecided(
        say("all eigenvalues are zero on an edge of rest states and no Lyapunov function was found")
    )


def _in_plane(game: Multilinear, face: Face, state: tuple[Exact, ...], local: Linearisation) -> Verdict:
    u, v = local.free
    b, d = game.slope(u, v, state), game.slope(v, u, state)
    stable, why = planar_interior(b, d)
    if game.n == 2:
        if stable and sign(b):
            return Verdict("centre", why)
        return Verdict("stable" if stable else "unstable", why)
    (w,) = local.pure
    if sign(local.pure[w]) < 0:
        return _reduced((stable, why), contracting=True)
    if not stable:
        return Verdict("unstable", say("within its face, {why}", why=why))
    if sign(b) == 0:
        return _beside_plane(game, face, state, u, v, w)
    if weighted_entropy_decreases(game, face, state):
        return Verdict("stable", CONSERVED, pointwise=True)
    return _undecided(
        say(
            "orbits circle it within its face and the third direction is neutral; no conserved quantity was "
            "found"
        )
    )


def _beside_plane(game: Multilinear, face: Face, state: tuple[Exact, ...], u: int, v: int, w: int) -> Verdict:
    """A state of a face that is all at rest, where the third share is neutral.

    Near the face u' ∝ w·a, v' ∝ w·b, w' ∝ w·g(u, v): after division by w, a steady drift (a, b) along which
    g changes at the rate κ = g_u·a + g_v·b. Orbits arch over the state where κ < 0.
    """
    inward = _inward(face, w)
    weights = {i: state[i] * (1 - state[i]) for i in (u, v)}
    drift = {i: weights[i] * game.slope(i, w, state) * inward for i in (u, v)}
    turn = sum((inward * game.slope(w, i, state) * drift[i] for i in (u, v)), fmpq(0))
    if sign(turn) < 0:
        return Verdict(
            "stable", say("orbits leave the face on one side of it and return close by on the other")
        )
    if sign(turn) > 0:
        return Verdict("unstable", say("orbits that start near it drift away along the face"))
    if not game.coefficients[w]:
        # The third share never moves: beside the face runs a planar flow, slowly but for ever.
        if sign(drift[u]) or sign(drift[v]):
            return Verdict(
                "unstable",
                say("near its face the other shares drift away, however slowly").resting_on(CENTRE_MANIFOLD),
            )
        across, back = game.second(u, w, v, state), game.second(v, w, u, state)
        if sign(across) * sign(back) < 0:
            return Verdict(
                "stable",
                say("near its face closed orbits surround a line of rest states").resting_on(CENTRE_MANIFOLD),
            )
        if sign(across) or sign(back):
            return Verdict(
                "unstable",
                say("near its face orbits move away from it, however slowly").resting_on(CENTRE_MANIFOLD),
            )
    return _undecided(
        say("orbits near its face touch the line on which the third share is neutral").resting_on(
            CENTRE_MANIFOLD
        )
    )


def _inside(
    game: Multilinear, face: Face, state: tuple[Exact, ...], local: Linearisation, branch: RestBranch | None
) -> Verdict:
    resting = [i for i in range(3) if not game.coefficients[i]]
    if weighted_entropy_decreases(game, face, state):
        return Verdict("stable", CONSERVED, pointwise=True)
    if len(resting) == 1:
        verdict = _layered(game, state, resting[0])
        if verdict is not None:
            return verdict
    if branch is not None and branch.dimension == 2:
        return _on_plane(game, state, branch)
    if branch is not None and branch.dimension == 1 and local.cubic is not None and sign(local.cubic[0]) > 0:
        verdict = _elliptic_curve(game, state, branch)
        if verdict is not None:
            return verdict
    if local.cubic is not None and sign(local.cubic[0]) > 0:
        return _undecided(say("a zero and two imaginary eigenvalues, and no conserved quantity was found"))
    return _undecided(say("all eigenvalues are zero, and no conserved quantity was found"))


def _layered(game: Multilinear, state: tuple[Exact, ...], k: int) -> Verdict | None:
    """Share k never moves, so the cube is a stack of planar games; judge the state in its layer."""
    u, v = (i for i in range(3) if i != k)
    b, d = game.slope(u, v, state), game.slope(v, u, state)
    stable, why = (
        planar_interior(b, d) if sign(b) * sign(d) <= 0 else (False, say("it is a saddle in its layer"))
    )
    if not stable:
        return Verdict(
            "unstable",
            say("share {number} never moves, and in its layer {why}", number=k + 1, why=why),
        )
    if sign(b):
        return Verdict(
            "stable",
            say(
                "share {number} never moves, and in every layer near it closed orbits surround a rest state",
                number=k + 1,
            ),
        )
    return None


def _on_plane(game: Multilinear, state: tuple[Exact, ...], branch: RestBranch) -> Verdict:
    """A rest surface x_u = c inside the cube: off it the other two shares move, in a planar flow."""
    u = next(i for i in range(3) if i not in branch.moving)
    v, w = branch.moving
    pull = game.slope(v, u, state), game.slope(w, u, state)
    if sign(pull[0]) or sign(pull[1]):
        return Verdict("unstable", say("off the rest surface, however close, another share moves away"))
    # Both vanish: a rest state of the planar flow that runs, forwards or backwards, beside the surface.
    b, d = game.second(v, u, w, state), game.second(w, u, v, state)
    if sign(b) * sign(d) < 0:
        return Verdict(
            "stable",
            say("near the rest surface closed orbits surround a line of rest states").resting_on(
                CENTRE_MANIFOLD
            ),
        )
    if sign(b) or sign(d):
        return Verdict(
            "unstable", say("near the rest surface orbits move away from it").resting_on(CENTRE_MANIFOLD)
        )
    return _undecided(
        say("the flow near the rest surface has no first-order terms there").resting_on(CENTRE_MANIFOLD)
    )


def _elliptic_curve(game: Multilinear, state: tuple[Exact, ...], branch: RestBranch) -> Verdict | None:
    """A curve of rest states inside the cube whose transverse eigenvalues are imaginary."""
    constant = [
        i for i in range(3) if not isinstance(branch.coordinates[i], Linked) and i not in branch.moving
    ]
    if len(constant) == 1:
        # One share is constant along the curve.  The factor (x_u - c) stands in the two other
        # advantages, so beside the plane x_u = c the orbits' traces in (v, w) are level sets of an
        # integral; on each, (position, x_u) is a planar system with an integral of its own.
        (u,) = constant
        others = [i for i in range(3) if i != u]
        if all(_divisible(game, i, u) for i in others):
            return Verdict(
                "stable",
                say(
                    "two conserved quantities confine orbits to closed curves around the rest curve"
                ).resting_on(CONSERVED_QUANTITY),
            )
    if len(constant) == 2 and _proportional(game, *constant):
        return Verdict("stable", say("after a change of time the orbits around the rest curve are closed"))
    return None


def _divisible(game: Multilinear, i: int, u: int) -> bool:
    """Whether f_i = (x_u - c)·q, given that it vanishes on the plane x_u = c: q's zero set is a line."""
    k = next(m for m in range(3) if m not in (i, u))
    get = game.coefficients[i].get
    zero = fmpq(0)
    p, q = get(frozenset(), zero), get(frozenset((u,)), zero)
    r, s = get(frozenset((k,)), zero), get(frozenset((u, k)), zero)
    return p * s == q * r and (q != 0 or s != 0 or (p == 0 and r == 0))


def _proportional(game: Multilinear, u: int, v: int) -> bool:
    """Whether f_u = (x_v - b)·A(z) and f_v = (x_u - a)·B(z) with A/B constant."""
    w = next(i for i in range(3) if i not in (u, v))
    zero = fmpq(0)

    def factor(i: int, j: int) -> tuple[fmpq, fmpq]:
        get = game.coefficients[i].get
        return get(frozenset((j,)), zero), get(frozenset((j, w)), zero)

    (a0, a1), (b0, b1) = factor(u, v), factor(v, u)
    return _divisible(game, u, v) and _divisible(game, v, u) and a0 * b1 == a1 * b0


def _undecided(why: str) -> Verdict:
    return Verdict("undecided", why)

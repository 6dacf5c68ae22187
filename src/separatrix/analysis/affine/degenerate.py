"""Rest states whose eigenvalues have negative and zero real parts only.

Strategies that earn less than the played ones contract, so the face of the extended support decides.
On it, where the played strategies alone are hyperbolic, the shares u of the neutral strategies are
coordinates of the centre manifold, and to lowest order u_b' = speed·u_b·(G u)_b, with G what remains of the
payoffs after the played strategies have adapted.
"""

from __future__ import annotations

import itertools

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.beside_set import beside_flat, drift_within
from separatrix.analysis.affine.game import AffineGame
from separatrix.analysis.affine.local import Local, localise
from separatrix.analysis.affine.lyapunov import entropy, settles
from separatrix.analysis.affine.quadrant import quadrant_corner
from separatrix.analysis.affine.weights import copositive_weights
from separatrix.analysis.stability import Verdict

__all__ = ["restricted", "reversed_time", "without_growth"]


def reversed_time(local: Local) -> Local:
    """Return the same state in the game that runs backwards."""
    game = AffineGame(local.game.sizes, local.game.speeds, local.game.matrix * fmpq(-1))
    support = tuple(
        tuple(a - offset for a in indices)
        for offset, indices in zip(game.offsets, local.played, strict=True)
    )
    return localise(game, support, local.state)


def restricted(local: Local, neutral: tuple[int, ...]) -> Local:
    """Return the same state in the game on the face of the played and the given neutral strategies."""
    kept = [
        a for a in range(len(local.owner)) if a in neutral or any(a in indices for indices in local.played)
    ]
    sizes = tuple(sum(local.owner[a] == i for a in kept) for i in range(len(local.game.sizes)))
    matrix = fmpq_mat([[local.game.matrix[a, b] for b in kept] for a in kept])
    game = AffineGame(sizes, local.game.speeds, matrix)
    support = tuple(
        tuple(kept.index(a) - offset for a in indices)
        for offset, indices in zip(game.offsets, local.played, strict=True)
    )
    return localise(game, support, tuple(local.state[a] for a in kept))


def without_growth(local: Local, ess: bool) -> Verdict:
    """Return the label of a state without eigenvalues of positive, but some of zero real part."""
    if ess:
        return Verdict(
            "asymptotically stable", "ESS (Taylor & Jonker 1978; Hofbauer, Schuster & Sigmund 1979)"
        )
    contracting = any(value < 0 for value in local.outside.values())
    face = restricted(local, local.neutral) if contracting else local
    verdict = _on_face(face, contracting)
    if not contracting or verdict.label == "undecided":
        return verdict
    label = "stable" if verdict.label == "centre" else verdict.label
    return Verdict(
        label,
        f"strategies that earn less die out, so their absence is a centre manifold; in it, {verdict.reason}",
        verdict.pointwise,
    )


def _on_face(local: Local, contracting: bool) -> Verdict:
    """Label a state at which no strategy earns less than the played ones."""
    for argument in (_all_rest, _single, _by_entropy, _linear_centre, _corner, beside_flat, _drift, _face_below):
        verdict = argument(local)
        if verdict is not None:
            return verdict
    return Verdict("undecided", _open_question(local))


def _open_question(local: Local) -> str:
    zeros = local.spectrum.zeros + len(local.neutral)
    parts = []
    if zeros:
        parts.append("one zero eigenvalue" if zeros == 1 else f"{zeros} zero eigenvalues")
    if local.spectrum.imaginary:
        parts.append(f"{local.spectrum.imaginary} imaginary eigenvalues")
    return " and ".join(parts) + ", and no argument beyond the linearisation was found"


# ------------------------------------------------------------------------------ rest sets


def _all_rest(local: Local) -> Verdict | None:
    """Rest states fill every neutral direction: the rest set is a centre manifold."""
    coordinates = local.inner + local.neutral
    if not coordinates:
        return None
    n = len(coordinates)
    gains = fmpq_mat([[local.gain(a, b) for b in coordinates] for a in coordinates])
    dimension = n - gains.rank()
    if dimension == n:
        return Verdict("stable", "every state is at rest")
    if dimension and dimension == local.signs[1]:
        return Verdict(
            "stable",
            "rest states fill every direction with eigenvalue zero, and the others contract "
            "(normally hyperbolic)",
        )
    return None


# ------------------------------------------------------------------------- neutral strategies


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


def _single(local: Local) -> Verdict | None:
    """One neutral strategy beside hyperbolic played ones: a centre manifold of dimension one."""
    if len(local.neutral) != 1:
        return None
    rates = _reduction(local)
    if rates is None:
        return None
    growth = rates[0, 0]
    if growth == 0:
        return None  # the centre manifold is a line of rest states
    what = "its share u changes as u' = c·u² + … along the centre manifold"
    if growth < 0:
        return Verdict("asymptotically stable", f"one strategy is neutral; {what}, c < 0, u >= 0")
    return Verdict("unstable", f"one strategy is neutral; {what}, c > 0, u >= 0")


def _corner(local: Local) -> Verdict | None:
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
        return Verdict("unstable", "neutral strategies spread together along a ray")
    forms = []
    for k in range(n):
        whole = fmpq_mat(n, n)
        for j in range(n):
            whole[k, j] = -rates[k, j] / 2
        forms.append(whole + whole.transpose())
    found = copositive_weights(forms, 0)
    if found is None:
        return None
    if found.copositivity.kind == "strict":
        return Verdict(
            "asymptotically stable",
            "a positive combination of the shares of the neutral strategies decreases near it",
        )
    if _pairwise(rates, found.form):
        return Verdict(
            "stable", "a positive combination of the shares of the neutral strategies never grows near it"
        )
    return None


def _ray(rates: fmpq_mat) -> bool:
    """Whether u' = u·(A u) grows along a ray within some face of the orthant: A u = (1, …, 1), u > 0."""
    n = rates.nrows()
    for count in range(1, n + 1):
        for part in itertools.combinations(range(n), count):
            matrix = fmpq_mat([[rates[i, j] for j in part] for i in part])
            if matrix.det() == 0:
                continue  # a smaller face has the ray too
            ray = matrix.solve(fmpq_mat([[1]] * count))
            if all(ray[k, 0] > 0 for k in range(count)):
                return True
    return False


def _pairwise(rates: fmpq_mat, form: fmpq_mat) -> bool:
    """Whether every pair of shares that interact at all has a strictly decreasing term."""
    n = rates.nrows()
    return all(
        form[i, j] > 0 or (rates[i, j] == 0 and rates[j, i] == 0) for i in range(n) for j in range(i, n)
    )


# -------------------------------------------------------------------------------- entropies


def _by_entropy(local: Local) -> Verdict | None:
    found = entropy(local)
    if found is None:
        return None
    name = "relative entropy" if found.plain else "weighted relative entropy"
    size = len(local.inner) + len(local.neutral)
    if found.conserved:
        if size == 2 and local.spectrum.imaginary == 2:
            return Verdict("centre", f"a {name} is conserved, so closed orbits surround it")
        if len(local.game.sizes) > 1 and not any(local.game.own_play):
            return Verdict("stable", f"rescaled zero-sum game: a {name} is conserved")
        return Verdict("stable", f"a {name} is conserved")
    if found.strict:
        return Verdict("asymptotically stable", f"a {name} decreases near it (Lyapunov)")
    if settles(found.frame, found.form):
        return Verdict(
            "asymptotically stable",
            f"a {name} (the product of the shares to the powers of the state) never grows near it, and no "
            "orbit but the state itself stays where it is constant (LaSalle)",
            pointwise=True,
        )
    if found.plain and len(local.game.sizes) == 1:
        return Verdict("stable", "neutrally stable, so Lyapunov stable (Thomas 1985; Bomze & Weibull 1995)")
    return Verdict("stable", f"a {name} never grows near it (Lyapunov)")


def _linear_centre(local: Local) -> Verdict | None:
    """Three strategies of one population: all orbits near a linear centre are closed."""
    if len(local.game.sizes) > 1 or local.neutral or len(local.inner) != 2 or local.spectrum.imaginary != 2:
        return None
    return Verdict("centre", "a linear centre of three strategies is surrounded by closed orbits (Zeeman 1980)")


# ----------------------------------------------------------------------------- faces


def _drift(local: Local) -> Verdict | None:
    return None if local.neutral else drift_within(local)


def _face_below(local: Local) -> Verdict | None:
    """Whether the state is unstable on a face with fewer neutral strategies."""
    n = len(local.neutral)
    for count in range(n):
        for chosen in itertools.combinations(local.neutral, count):
            if not chosen and not local.inner:
                continue
            below = restricted(local, chosen)
            if not below.signs[1]:
                continue
            for argument in (_single, _corner, beside_flat, _drift):
                verdict = argument(below)
                if verdict is not None and verdict.label == "unstable":
                    return Verdict("unstable", f"in an adjoining face, {verdict.reason}", verdict.pointwise)
    return None

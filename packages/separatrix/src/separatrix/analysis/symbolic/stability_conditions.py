"""When a candidate is asymptotically stable, as a formula in the signs of polynomials.

Eigenvalues within the support must have negative real parts (Hurwitz), and no absent strategy may grow.
Where one or two absent strategies earn exactly as much as those played, the state has a centre manifold in
the face on which they are played too, and there their shares y change as y_j' = y_j (C y)_j to lowest
order, with the Schur complement C of B (Carr 1981, theorem 2).  One of them: C_jj < 0 decides.  Two: the
rays along which the direction of y rests must lead back, which is C_jj < 0, C_kk < 0, and C_jk <= 0 or
C_kj <= 0 or det C > 0.  Rays on which C y = 0 consist of rest points.  Three or more are left open.

With three strategies of one population inside the support a vanishing trace is a centre, never stable
(Hofbauer & Sigmund 1998, sections 4.2 and 7.5); in other supports it is left open.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.signs import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.symbolic.candidate import Candidate, oriented
from separatrix.analysis.symbolic.spectrum import LONGEST, Inner, TooLong
from separatrix.analysis.theorems import LINEARISATION
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.sentences import say, together

__all__ = ["Attraction", "attraction", "existence", "strict"]


@dataclass(frozen=True)
class Attraction:
    """Where a candidate exists and is asymptotically stable, and where that is left open."""

    stable: Formula
    undecided: Formula = FALSE
    why: str = ""


def existence(candidate: Candidate, polynomials: SignPolynomials) -> Formula:
    """Return where the candidate is one point of the open face of its support."""
    parts = []
    for cone in candidate.cones:
        values = list(cone.numerators.values())
        if len(values) == 2:  # kept as a product of two sums
            same = polynomials.sign(values[0] * values[1], ">")
        else:
            same = any_formula(
                *(every_formula(*(polynomials.sign(s * v, ">") for v in values)) for s in (1, -1))
            )
        parts += [polynomials.sign(cone.content.sign_polynomial, "!="), same]
    return every_formula(*parts)


def strict(candidate: Candidate, polynomials: SignPolynomials) -> Formula:
    """Return where a pure profile is a strict Nash equilibrium."""
    return every_formula(
        *(polynomials.sign(candidate.growth(b).sign_polynomial, "<") for b in candidate.absent)
    )


def attraction(candidate: Candidate, polynomials: SignPolynomials, within: bool = True) -> Attraction:
    """Return where a candidate of a game with own play is asymptotically stable.

    Parameters
    ----------
    candidate : Candidate
    polynomials : SignPolynomials
    within : bool
        Whether to include that the eigenvalues within the support have negative real parts; of that the
        sign of their product is always included.

    Raises
    ------
    TooLong
        Where a polynomial that decides has too many terms.
    """
    if len(candidate.cones) == 2:
        # Within the face nobody plays the own population: no mixed state attracts (Ritzberger & Weibull).
        return Attraction(FALSE)
    inner = Inner(candidate)
    branches = [
        _branch(candidate, inner, polynomials, s, within) for s in ((1, -1) if candidate.cones else (1,))
    ]
    whys = dict.fromkeys(b.why for b in branches if b.why)
    return Attraction(
        any_formula(*(b.stable for b in branches)),
        any_formula(*(b.undecided for b in branches)),
        together(whys, "; "),
    )


def _branch(
    candidate: Candidate, inner: Inner, polynomials: SignPolynomials, side: int, within: bool
) -> Attraction:
    """What holds where the common denominator of the shares has the sign `side`."""
    sign = polynomials.sign
    turn = (-1) ** candidate.dimension  # the sign that det B has at a stable state

    def here(value: Ratio) -> fmpq_mpoly:
        if not candidate.cones:
            return _short(value.sign_polynomial)
        return _short(oriented(value, candidate.cones[0].denominator, side))

    base: Formula = TRUE
    if candidate.cones:
        (cone,) = candidate.cones
        base = every_formula(
            sign(_short(cone.content.sign_polynomial) * (turn * side), ">"),
            *(sign(_short(n) * side, ">") for n in cone.numerators.values()),
        )
        if base == FALSE:
            return Attraction(FALSE)
    hurwitz = [here(h) for h in inner.hurwitz] if within else []
    growth = {b: here(candidate.growth(b)) for b in candidate.absent}
    attracted = every_formula(base, *(sign(h, ">") for h in hurwitz))
    open_at_zero = within and _open_at_zero(candidate, inner)
    if attracted == FALSE and not open_at_zero:
        return Attraction(FALSE)

    def bordered(rows: tuple[tuple[int, int], ...], columns: tuple[tuple[int, int], ...]) -> fmpq_mpoly:
        value: fmpq_mpoly = _short(candidate.reduced.bordered(rows, columns).sign_polynomial) * turn
        return value

    outside = []
    for b, g in growth.items():
        zero = sign(g, "==")
        # C_bb is worked out only where it can matter.
        tied = FALSE if zero == FALSE else every_formula(zero, sign(bordered((b,), (b,)), "<"))
        outside.append(any_formula(sign(g, "<"), tied))
    for j, k in itertools.combinations(growth, 2):
        first, second = sign(growth[j], "<"), sign(growth[k], "<")
        if every_formula(sign(growth[j], "=="), sign(growth[k], "==")) == FALSE:
            continue
        outside.append(
            any_formula(
                first,
                second,
                sign(bordered((j,), (k,)), "<="),
                sign(bordered((k,), (j,)), "<="),
                sign(bordered((j, k), (j, k)), ">"),
            )
        )
    stable = every_formula(attracted, *outside)
    undecided, why = [], []
    for triple in itertools.combinations(growth, 3):
        zero = every_formula(*(sign(growth[b], "==") for b in triple))
        if zero != FALSE:
            tie = every_formula(stable, zero)
            if tie != FALSE:
                undecided.append(tie)
                why.append(say("three strategies that are not played earn exactly as much as those played"))
            stable = every_formula(stable, any_formula(*(sign(growth[b], "<") for b in triple)))
    if open_at_zero:
        undecided.append(
            every_formula(
                base,
                *(sign(h, ">=") for h in hurwitz[:-1]),
                sign(hurwitz[-1], "=="),
                *(sign(g, "<=") for g in growth.values()),
            )
        )
        why.append(say("eigenvalues within the support are imaginary").by(LINEARISATION))
    return Attraction(stable, any_formula(*undecided), together(why, "; "))


def _open_at_zero(candidate: Candidate, inner: Inner) -> bool:
    """Whether imaginary eigenvalues within the support leave stability open."""
    return inner.dimension > 2 or (inner.dimension == 2 and len(candidate.mixed) == 2)


def _short(value: fmpq_mpoly) -> fmpq_mpoly:
    if len(value) > LONGEST:
        raise TooLong
    return value

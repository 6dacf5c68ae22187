"""What is the same for all admissible parameters: labels and the words of the game."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from separatrix.analysis.results import Label
from separatrix.analysis.signs import Formula, SignPolynomials, every_formula, negation
from separatrix.analysis.symbolic.candidate import Candidate
from separatrix.analysis.symbolic.deduction import Deduction
from separatrix.analysis.symbolic.spectrum import Inner
from separatrix.analysis.symbolic.stability_conditions import Attraction
from separatrix.analysis.theorems import CENTRE_OF_THREE, LINEARISATION
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE
from separatrix.sentences import say

__all__ = ["SymbolicVerdict", "isolated_of", "nash_of", "strict_nash_of", "verdict"]

Signs = frozenset[int]
"""All signs that a quantity can have."""


def nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a state is Nash for all parameters, from what unplayed strategies earn more."""
    return True if all(s <= {-1, 0} for s in gains) else False if any(s == {1} for s in gains) else None


def strict_nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a pure profile is strict Nash for all parameters."""
    return True if all(s == {-1} for s in gains) else False if any(-1 not in s for s in gains) else None


def isolated_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a hyperbolic state of its face is isolated for all parameters, None where not known."""
    return True if all(0 not in s for s in gains) else None


@dataclass(frozen=True)
class SymbolicVerdict:
    """What holds wherever the candidate exists; None where that depends on the parameters."""

    label: Label | None
    reason: str
    isolated: bool | None
    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def verdict(
    candidate: Candidate,
    exists: Formula,
    attraction: Attraction,
    polynomials: SignPolynomials,
    deduction: Deduction,
) -> SymbolicVerdict:
    """Return the label and the flags that a candidate has for all admissible parameters."""
    table = candidate.table

    def signs(value: Ratio) -> Signs:
        return deduction.signs_where(exists, polynomials, value.sign_polynomial)

    outside = [signs(candidate.growth(b)) for b in candidate.absent]
    inner = Inner(candidate)
    along = _along(inner, signs)
    always, never = _surely(exists, attraction, polynomials, deduction)
    label, reason = _label(along, outside, always)
    pure = not candidate.mixed
    nash = nash_of(outside)
    strict = strict_nash_of(outside) if pure else False
    own = any(table.own_play)
    ess: bool | None = None
    if not own:
        ess = strict
    elif never:
        ess = False
    elif strict:
        ess = True
    elif len(table.sizes) == 1 and always and len(candidate.support[0]) == 2 and not pure:
        ess = True if all(s == {-1} for s in outside) else None
    nss: bool | None = True if own and ess and len(table.sizes) == 1 else None
    isolated = isolated_of(outside)
    if not table.tabled and any(size > 2 for size in table.sizes):
        nash = strict = ess = nss = None
    return SymbolicVerdict(label, reason, isolated, nash, strict, ess, nss)


def _surely(
    exists: Formula, attraction: Attraction, polynomials: SignPolynomials, deduction: Deduction
) -> tuple[bool, bool]:
    """Whether it is asymptotically stable wherever it exists, and whether nowhere."""
    if attraction.stable == FALSE:
        return False, attraction.undecided == FALSE
    unstable = every_formula(exists, negation(attraction.stable))
    return not deduction.possible(unstable, polynomials), False


@dataclass(frozen=True)
class _Along:
    """What is known of the real parts of the eigenvalues within the support."""

    some_negative: bool = False
    some_positive: bool = False
    all_negative: bool = False
    all_positive: bool = False
    centre: bool = False


def _along(inner: Inner, signs: Callable[[Ratio], Signs]) -> _Along:
    d = inner.dimension
    if d == 0:
        return _Along(all_negative=True, all_positive=True)
    # The determinant of J is that of B times shares and speeds.
    product = signs(inner.candidate.reduced.bordered((), ()))
    if d == 1:
        return _Along(product == {-1}, product == {1}, product == {-1}, product == {1})
    if inner.crossed:
        # Eigenvalues come in pairs ±λ; only a real pair has a negative product.
        return _Along(product == {-1}, product == {-1})
    if d == 2:
        if product == {-1}:
            return _Along(True, True)
        if product == {1}:
            trace = signs(inner.trace)
            centre = trace == {0} and len(inner.candidate.mixed) == 1
            return _Along(trace == {-1}, trace == {1}, trace == {-1}, trace == {1}, centre)
        return _Along()
    return _Along()


def _label(along: _Along, outside: list[Signs], always: bool) -> tuple[Label | None, str]:
    if always:
        return "asymptotically stable", say("asymptotically stable wherever it exists")
    if along.centre and not outside:
        return (
            "centre",
            say("eigenvalues are imaginary; with three strategies that is a centre (Hofbauer & Sigmund)").by(
                CENTRE_OF_THREE
            ),
        )
    negative = along.some_negative or any(s == {-1} for s in outside)
    positive = along.some_positive or any(s == {1} for s in outside)
    if negative and positive:
        return "saddle", say("eigenvalues of both signs wherever it exists").by(LINEARISATION)
    if along.all_positive and all(s == {1} for s in outside):
        return "source", say("all eigenvalues have positive real parts wherever it exists").by(LINEARISATION)
    return None, ""

"""What is left as selection becomes strong: leading terms a e^(-c beta), with exact a and c.

Sums, products and quotients of leading terms are leading terms, and nothing is ever subtracted: fixation
probabilities and the elimination of Grassmann, Taksar and Heyman go through with them as they stand, and
their limits for beta to infinity are exact.

References: Fudenberg, D. and Imhof, L. A. (2006), Imitation processes with small mutations, Journal of
Economic Theory 131, 251-262; Freidlin, M. I. and Wentzell, A. D. (1998), Random Perturbations of Dynamical
Systems, chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from separatrix.errors import InputError
from separatrix.population.finite.encounters import Contest
from separatrix.population.finite.processes import SelectionStrength

__all__ = ["LeadingTerm", "strong_fixation"]


@dataclass(frozen=True)
class LeadingTerm:
    """A positive quantity that behaves as ``factor * exp(-rate * beta)`` when beta is large.

    Examples
    --------
    >>> rare, common = LeadingTerm(Fraction(2), Fraction(1)), LeadingTerm(Fraction(0), Fraction(3))
    >>> (rare + common).limit(), (rare / common).rate
    (Fraction(3, 1), Fraction(2, 1))
    """

    rate: Fraction
    factor: Fraction

    def __add__(self, other: LeadingTerm) -> LeadingTerm:
        if self.rate == other.rate:
            return LeadingTerm(self.rate, self.factor + other.factor)
        return min(self, other, key=lambda term: term.rate)

    def __mul__(self, other: LeadingTerm) -> LeadingTerm:
        return LeadingTerm(self.rate + other.rate, self.factor * other.factor)

    def __truediv__(self, other: LeadingTerm) -> LeadingTerm:
        return LeadingTerm(self.rate - other.rate, self.factor / other.factor)

    def limit(self) -> Fraction:
        """Return where it goes to; raise `OverflowError` where it grows without end."""
        if self.rate < 0:
            raise OverflowError("it grows without end")
        return self.factor if self.rate == 0 else Fraction(0)

    def limit_of_logarithm(self) -> float:
        """Return where its logarithm goes to, minus infinity where it vanishes."""
        limit = self.limit()
        return math.log(limit) if limit else -math.inf


ONE = LeadingTerm(Fraction(0), Fraction(1))


def total(terms: Iterable[LeadingTerm]) -> LeadingTerm:
    """Return the sum of one term or more."""
    first, *others = terms
    for term in others:
        first = first + term
    return first


def strong_fixation(
    contest: Contest, chosen: SelectionStrength, itself: bool, mutants: int = 1
) -> LeadingTerm:
    """Return how the probability of fixation behaves when selection is strong.

    Raises
    ------
    InputError
        N207 for a linear fitness, which has no such limit, and for payoffs that are not known exactly.
    """
    if chosen.linear:
        raise InputError(
            "N207",
            "a fitness of 1 + beta * payoff has no limit of strong selection",
            hint="leave --fitness out, for exp(beta * payoff)",
        )
    if contest.mutant.dtype.kind == "f":
        raise InputError(
            "N207",
            "payoffs given as functions of the shares are rounded, and a limit depends on exact "
            "ties between them",
            hint="give a finite beta; or a table, a matrix or groups of payoffs",
        )
    more = contest.mutant - contest.resident
    if chosen.process.name != "death-birth" or itself:
        # Then T-/T+ is e^(-advantage * beta) as it stands, and the sums of advantages are all that counts.
        rates = [0, *np.cumsum(more).tolist()]
        return _dominant_exponent(rates[:mutants], contest.denominator) / _dominant_exponent(
            rates, contest.denominator
        )
    size = len(more) + 1
    terms, product = [ONE], ONE
    for k, advantage in enumerate(more.tolist(), 1):
        fitter = LeadingTerm(Fraction(-int(advantage), contest.denominator), Fraction(1))
        ratio = _competing(fitter, k, size - k - 1) / _competing(fitter, k - 1, size - k)
        product = product * ratio / fitter
        terms.append(product)
    return total(terms[:mutants]) / total(terms)


def _dominant_exponent(rates: list[int], denominator: int) -> LeadingTerm:
    """Return the sum of ``e^(-rate / denominator * beta)``."""
    least = min(rates)
    return LeadingTerm(Fraction(int(least), denominator), Fraction(rates.count(least)))


def _competing(fitter: LeadingTerm, mutants: int, residents: int) -> LeadingTerm:
    """Return the sum of the weights of so many."""
    there = []
    if mutants:
        there.append(LeadingTerm(fitter.rate, Fraction(mutants)))
    if residents:
        there.append(LeadingTerm(Fraction(0), Fraction(residents)))
    return total(there)

"""The processes by which strategies spread in a finite population, one record each.

Who changes is one player an update, in a population of Z; time 1 is as many updates as there are players.
References: Szabó, G. and Tőke, C. (1998), Physical Review E 58, 69-73, and Traulsen, A., Nowak, M. A. and
Pacheco, J. M. (2006), Physical Review E 74, 011909 (Fermi); Nowak, M. A., Sasaki, A., Taylor, C. and
Fudenberg, D. (2004), Nature 428, 646-650 (birth-death); Ohtsuki, H. and Nowak, M. A. (2006), Proceedings of
the Royal Society B 273, 2249-2256 (death-birth and imitation).

What is left as selection becomes strong: leading terms a e^(-c beta), with exact a and c.

Sums, products and quotients of leading terms are leading terms, and nothing is ever subtracted: fixation
probabilities and the elimination of Grassmann, Taksar and Heyman go through with them as they stand, and
their limits for beta to infinity are exact.

References: Fudenberg, D. and Imhof, L. A. (2006), Imitation processes with small mutations, Journal of
Economic Theory 131, 251-262; Freidlin, M. I. and Wentzell, A. D. (1998), Random Perturbations of Dynamical
Systems, chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, nearest
from separatrix.game.values import exact
from separatrix.population.finite.encounters import Contest
from separatrix.sentences import Sentence, say

__all__ = [
    "LeadingTerm",
    "PROCESSES",
    "Process",
    "SelectionStrength",
    "process_of",
    "selection",
    "strong_fixation",
]

Array = NDArray[np.float64]

LARGEST_BETA = 1e150
"""Larger intensities of selection are given as ``inf``: products with payoffs and sums must be finite."""


@dataclass(frozen=True)
class Process:
    """A process.

    Attributes
    ----------
    name : str
        The identifier.
    title : str
        The displayed name.
    told : str
        What happens in an update.
    spread : callable
        From how many play each strategy (n, k), what the players of each weigh, and whether a player may meet
        itself, to the probability (n, k, k) that a player of the second strategy copies or is replaced by one
        of the third.
    weighs : bool
        Whether players are chosen in proportion to their fitness; else the difference of payoffs counts.
    aliases : tuple of str
        Alternative identifiers.
    """

    name: str
    title: Sentence
    told: Sentence
    spread: Callable[[Array, Array, bool], Array]
    weighs: bool = True
    aliases: tuple[str, ...] = ()


# Each takes the logarithms of the fitness, of which differences alone count.


def _fermi(counts: Array, log_fitness: Array, itself: bool) -> Array:
    """A player looks at another one and copies it with the probability 1/(1 + exp(-beta * difference))."""
    size = counts.sum(axis=1)[:, None, None]
    more = log_fitness[:, None, :] - log_fitness[:, :, None]
    met = counts[:, :, None] * counts[:, None, :] / (size * (size - (not itself)))
    return np.asarray(met * _logistic(more))


def _logistic(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, small) / (1 + small))


def _birth_death(counts: Array, log_fitness: Array, itself: bool) -> Array:
    """A player is chosen by its fitness, and its copy takes the place of another one."""
    size = counts.sum(axis=1)
    born = _drawn_by_fitness(counts, log_fitness)
    left = _counts_without_focal(counts, itself).transpose(0, 2, 1)  # a player does not take its own place
    return np.asarray(left / (size - (not itself))[:, None, None] * born[:, None, :])


def _death_birth(counts: Array, log_fitness: Array, itself: bool) -> Array:
    """A player leaves, and the others compete by their fitness to fill its place."""
    size = counts.sum(axis=1)[:, None, None]
    filled = _drawn_by_fitness(_counts_without_focal(counts, itself), log_fitness[:, None, :])
    return np.asarray(counts[:, :, None] / size * filled)


def _imitation(counts: Array, log_fitness: Array, itself: bool) -> Array:
    """A player compares all, itself included, and takes a strategy in proportion to its fitness."""
    return _death_birth(counts, log_fitness, True)


def _counts_without_focal(counts: Array, itself: bool) -> Array:
    """Return the numbers of each strategy among the others of one player of each: (n, k) to (n, k, k)."""
    k = counts.shape[1]
    return np.asarray(np.maximum(np.repeat(counts[:, None, :], k, axis=1) - (not itself) * np.eye(k), 0.0))


def _drawn_by_fitness(competing: Array, log_fitness: Array) -> Array:
    """Return the selection probabilities of the strategies for given numbers of competitors.

    Fitness is scaled by the largest among those who compete: the fitness of the others may be any number of
    times larger, and would leave nothing of theirs.
    """
    there = np.where(competing > 0, log_fitness, -np.inf)
    top = there.max(axis=-1, keepdims=True)
    weight = competing * np.exp(there - np.where(np.isfinite(top), top, 0.0))
    total = weight.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0))


PROCESSES: Mapping[str, Process] = {
    process.name: process
    for process in (
        Process(
            "fermi",
            say("pairwise comparison (Fermi)"),
            say("a player looks at another one and copies it the more likely, the more that one earns"),
            _fermi,
            weighs=False,
            aliases=("pairwise-comparison", "pairwise comparison"),
        ),
        Process(
            "birth-death",
            say("Moran process, birth-death"),
            say(
                "a player is chosen in proportion to its fitness, and its copy takes the place of another one"
            ),
            _birth_death,
            aliases=("moran", "moran-birth-death", "bd"),
        ),
        Process(
            "death-birth",
            say("Moran process, death-birth"),
            say("a player leaves, and the others fill its place in proportion to their fitness"),
            _death_birth,
            aliases=("moran-death-birth", "db"),
        ),
        Process(
            "imitation",
            say("imitation in proportion to fitness"),
            say("a player compares all, itself included, and takes a strategy in proportion to fitness"),
            _imitation,
            aliases=("im",),
        ),
    )
}
"""Every process, by the name that `process` takes."""


@dataclass(frozen=True)
class SelectionStrength:
    """How strongly payoffs count.

    Attributes
    ----------
    process : Process
    beta : float
        The intensity of selection, 0 or more.
    linear : bool
        Whether the fitness is 1 + beta * payoff; else exp(beta * payoff).
    """

    process: Process
    beta: float
    linear: bool = False

    def log_fitness(self, payoffs: Array, there: Any = True) -> Array:
        """Return the logarithm of the fitness.

        Parameters
        ----------
        payoffs : array
        there : array of bool
            Where some player earns it.

        Raises
        ------
        InputError
            N205 where some linear fitness is not above 0.
        """
        if not self.linear:
            return np.asarray(self.beta * payoffs)
        fitness = 1 + self.beta * payoffs
        wrong = (fitness <= 0) & there
        if wrong.any():
            worst = float(payoffs[wrong].min())
            raise InputError(
                "N205",
                f"the lowest fitness 1 + {self.beta:g} * ({worst:g}) is not above 0",
                hint=f"take a beta below {-1 / worst:.3g}, or leave --fitness out, for exp(beta * payoff)",
            )
        return np.asarray(np.log(np.where(fitness > 0, fitness, 1.0)))

    def advantage(self, contest: Contest) -> Array:
        """Return by how much the logarithm of a mutant's fitness is larger, for k = 1 ... Z - 1."""
        if not self.linear:
            return self.beta * contest.advantages()
        mutant, resident = contest.payoffs()
        return self.log_fitness(mutant) - self.log_fitness(resident)

    def log_ratios(self, contest: Contest, itself: bool) -> Array:
        """Return, for k = 1 ... Z - 1, the sum over 1 ... k of ln(T-/T+).

        T+ and T- are the probabilities that an update makes one mutant more, and one fewer.
        """
        more = self.advantage(contest)
        competes = self.process.name == "death-birth" and not itself
        apart = np.zeros(len(more), dtype=bool)
        if competes:  # a large advantage cancels where the only mutant, or the only resident, leaves
            apart[[0, -1]] = np.abs(more[[0, -1]]) >= 1
        if self.linear:
            summed = -np.cumsum(np.where(apart, 0.0, more))
        else:
            summed = -self.beta * contest.summed_advantages(apart)
        if competes:
            summed = summed + np.cumsum(_who_competes(more, apart))
        return np.asarray(summed)

    def log_ups(self, contest: Contest, itself: bool) -> Array:
        """Return ln T+ for k = 1 ... Z - 1."""
        more = self.advantage(contest)
        size = len(more) + 1
        k = np.arange(1, size, dtype=np.float64)
        met = np.log(k) + np.log(size - k)
        match self.process.name:
            case "fermi":
                return np.asarray(met - math.log(size * (size - (not itself))) - np.logaddexp(0, -more))
            case "birth-death":
                shared = np.logaddexp(np.log(k), np.log(size - k) - more)
                return np.asarray(met - math.log(size - (not itself)) - shared)
            case "death-birth" if not itself:
                others = np.append(np.log(size - k[:-1] - 1), -np.inf)
                shared = np.logaddexp(np.log(k), others - more)
            case _:
                shared = np.logaddexp(np.log(k), np.log(size - k) - more)
        return np.asarray(met - math.log(size) - shared)


def _who_competes(more: Array, apart: Array) -> Array:
    """Return ln of (k f + Z - k - 1) / ((k - 1) f + Z - k): the one that leaves does not compete.

    ``f = exp(more)`` is the relative fitness of a mutant. Numerator minus denominator is f - 1. Where a
    state is `apart`, the logarithm is of the quotient over f, in which nothing cancels.
    """
    size = len(more) + 1
    k = np.arange(1, size, dtype=np.float64)
    with np.errstate(divide="ignore"):  # of nobody
        mutants, fewer = np.log(k), np.log(k - 1)
        others, residents = np.log(size - k - 1), np.log(size - k)
    fitter, less = np.maximum(more, 0.0), np.minimum(more, 0.0)
    # Over the larger fitness of the two, so that counts are not lost beside it.
    above = np.logaddexp(mutants + less, others - fitter)
    below = np.logaddexp(fewer + less, residents - fitter)
    alone = np.logaddexp(mutants, others - more) - np.logaddexp(fewer + more, residents)
    small = np.clip(more, -1.0, 1.0)
    exact = np.log1p(np.expm1(small) / ((k - 1) * np.exp(small) + size - k))
    return np.asarray(np.where(apart, alone, np.where(np.abs(more) < 1, exact, above - below)))


def process_of(name: str) -> Process:
    """Return the process that is called `name`; raise N204 where there is none.

    Examples
    --------
    >>> process_of("moran").title
    'Moran process, birth-death'
    """
    plain = "-".join(str(name).lower().replace("_", " ").replace("-", " ").split())
    known = {**PROCESSES, **{alias: process for process in PROCESSES.values() for alias in process.aliases}}
    if plain in known:
        return known[plain]
    close = nearest(plain, [*known])
    raise InputError(
        "N204",
        f"no process `{name}`; there are: {', '.join(PROCESSES)}",
        hint=f"did you mean `{known[close].name}`?" if close else None,
    )


def selection(process: str = "fermi", beta: object = 1.0, fitness: str = "exponential") -> SelectionStrength:
    """Return how strongly payoffs count, in which process.

    Raises
    ------
    InputError
        N204 for an unknown process or fitness, and for a fitness that the process does not use; N205 for an
        intensity of selection that is not a number of 0 or more.
    """
    known = process_of(process)
    if fitness not in ("exponential", "linear"):
        raise InputError("N204", f"no fitness `{fitness}`; there are: exponential, linear")
    if fitness == "linear" and not known.weighs:
        raise InputError(
            "N204",
            "pairwise comparison takes differences of payoffs and no fitness",
            hint="leave --fitness out, or choose --process birth-death",
        )
    if beta == math.inf or str(beta).strip().lower() in ("inf", "infinity"):
        return SelectionStrength(known, math.inf, fitness == "linear")
    try:
        strength = float(exact(beta, "beta"))
    except (InputError, OverflowError):
        strength = math.nan
    if not 0 <= strength <= LARGEST_BETA:
        raise InputError(
            "N205",
            f"beta, the intensity of selection, is {beta}; expected 0 to {LARGEST_BETA:g}, or inf",
            hint="0 is neutral, 1 is strong for payoffs of the order of 1",
        )
    return SelectionStrength(known, strength, fitness == "linear")


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

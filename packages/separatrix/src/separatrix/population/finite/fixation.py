"""Fixation probabilities in the logarithm, and fixation times, of birth-death chains.

A mutant of one strategy takes over a population of another with the probability 1/(1 + sum over k of
prod T-/T+), and ln of it may be -15,000 and below: sums are taken of logarithms, and what cancels in a sum is
added up exactly first.  References: Nowak, M. A. (2006), Evolutionary
Dynamics, chapter 6; Traulsen, A. and Hauert, C. (2009), Stochastic evolutionary game dynamics, section 3.

Chains that go one step up or down at a time: where they are absorbed, and when, from logarithms.

References: Nowak, M. A. (2006), Evolutionary Dynamics, chapter 6; Traulsen, A. and Hauert, C. (2009),
Stochastic evolutionary game dynamics, in Reviews of Nonlinear Dynamics and Complexity 2, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game
from separatrix.population.finite.encounters import Encounters, Profile, encounters
from separatrix.population.finite.processes import SelectionStrength, selection, strong_fixation
from separatrix.run.results import Tabled
from separatrix.sentences import say

__all__ = [
    "Fixation",
    "FixationTimes",
    "fixation",
    "fixation_in",
    "fixation_probability",
    "fixation_times",
    "log_fixation",
    "setting_of",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FixationTimes:
    """Expected times from a number of mutants on, in updates of their population.

    Attributes
    ----------
    unconditional : float
        Until fixation of either strategy.
    conditional : float
        Until fixation of the mutants, given that it happens.
    extinction : float
        Until extinction of the mutants, given that it happens.
    size : int
        Members of the population: as many updates are one unit of time.
    """

    unconditional: float
    conditional: float
    extinction: float
    size: int


def log_fixation(log_ratios: Array, mutants: int = 1) -> float:
    """Return ln of the probability of absorption at Z from `mutants` on.

    Parameters
    ----------
    log_ratios : (Z - 1,) array
        For each k the sum over 1 ... k of ln(T-/T+).
    mutants : int

    Examples
    --------
    >>> round(math.exp(log_fixation(np.zeros(9))), 12)  # equal payoffs: one of ten
    0.1
    """
    before = np.append(0.0, log_ratios[: mutants - 1])
    return float(-np.logaddexp(0.0, _log_sum(log_ratios[mutants - 1 :]) - _log_sum(before)))


def _log_sum(logarithms: Array) -> float:
    largest = float(logarithms.max())
    return largest + math.log(float(np.exp(logarithms - largest).sum()))


def fixation_times(log_ratios: Array, log_ups: Array, mutants: int = 1) -> FixationTimes:
    """Return the expected times until one strategy is left.

    Parameters
    ----------
    log_ratios, log_ups : (Z - 1,) arrays
        For each k the sum over 1 ... k of ln(T-/T+), and ln T+.
    mutants : int
        How many there are at the beginning.

    Notes
    -----
    From i the chain is at l for G(i, l) = s(min) (s(Z) - s(max)) / (s(Z) T+(l) e^S(l)) updates, where s(k) is
    the sum of e^S below k.  All terms are positive, so nothing cancels.

    Examples
    --------
    >>> from separatrix.population.finite.processes import selection
    >>> neutral = np.log([k * (10 - k) / 180 for k in range(1, 10)])  # pairwise comparison
    >>> round(fixation_times(np.zeros(9), neutral).unconditional, 9)
    50.921428571
    """
    size = len(log_ratios) + 1
    scale = np.append(0.0, log_ratios)
    below = np.logaddexp.accumulate(scale)  # ln s(1) ... ln s(Z)
    above = np.logaddexp.accumulate(scale[::-1])[::-1]  # ln(s(Z) - s(k)), k = 0 ... Z - 1
    every, i = below[-1], mutants
    at = np.arange(1, size)
    reached, left = below[np.minimum(at, i) - 1], above[np.maximum(at, i)]
    log_visits = reached + left - every - log_ups - log_ratios
    log_fixed, log_lost = below[:-1] - every, above[1:] - every
    with np.errstate(over="ignore"):  # a time past 1e308 is infinite for every purpose
        return FixationTimes(
            float(np.exp(log_visits).sum()),
            float(np.exp(log_visits + log_fixed - log_fixed[i - 1]).sum()),
            float(np.exp(log_visits + log_lost - log_lost[i - 1]).sum()),
            size,
        )


NEUTRAL = 1e-12
"""How far from ln(1/Z) a logarithm counts as that of a neutral mutant: what rounding alone may do."""


@dataclass(frozen=True, eq=False, repr=False)
class Fixation(Tabled):
    """Mutants of one strategy in one population, all others playing the same.

    Attributes
    ----------
    met : Encounters
        The game at numbers, and the sizes of its populations.
    selection : SelectionStrength
    scenario : str or None
    population, invader : int
        Of the mutants, as indices.
    origin : Profile
        What all others play.
    mutants : int
        How many there are at the beginning.
    log_probability : float
        ln of the probability that they take over.
    alike : bool
        Whether mutants are neutral, whatever their number: payoffs are equal, or beta is 0.
    times : FixationTimes or None
        None where selection is infinitely strong.
    """

    met: Encounters
    selection: SelectionStrength
    scenario: str | None
    population: int
    invader: int
    origin: Profile
    mutants: int
    log_probability: float
    alike: bool
    times: FixationTimes | None

    @property
    def game(self) -> Game:
        """The game."""
        return self.met.game

    @property
    def size(self) -> int:
        """Members of the population of the mutants."""
        return self.met.sizes[self.population]

    @property
    def target(self) -> Profile:
        """What all play if the mutants take over."""
        return (*self.origin[: self.population], self.invader, *self.origin[self.population + 1 :])

    @property
    def probability(self) -> float:
        """The probability that they take over; 0 where that is below 5e-324."""
        return math.exp(self.log_probability)

    @property
    def log_relative(self) -> float:
        """The logarithm of how many times the probability is that of neutral mutants."""
        return self.log_probability - math.log(self.mutants / self.size)

    @property
    def verdict(self) -> str:
        """Whether selection favours the mutants, opposes them, is neutral, or too close to decide."""
        if self.alike:
            return "neutral"
        if abs(self.log_relative) <= NEUTRAL:
            # A limit of strong selection is a fraction: as close as this it is that of a neutral mutant.
            return "neutral" if math.isinf(self.selection.beta) else "undecided"
        return "favoured" if self.log_relative > 0 else "opposed"

    @property
    def how_sure(self) -> str:
        """How sure the answer is."""
        if math.isinf(self.selection.beta):
            told = say("the limit of strong selection, exact")
        elif self.met.in_closed_form:
            told = say("closed form of a birth-death chain, in logarithms; payoffs are added up exactly")
        else:
            told = say(
                "closed form of a birth-death chain, in logarithms; payoffs are functions of the shares, in "
                "floating point"
            )
        return at_baseline_values(self.game, told)

    def names(self, profile: Profile) -> tuple[str, ...]:
        """Return what each population plays."""
        return tuple(p.strategies[a].name for p, a in zip(self.game.populations, profile, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        return {
            **setting_of(self.met, self.selection, self.scenario),
            **self.details(),
            "how_sure": str(self.how_sure),
            "provenance": provenance(self.game),
        }

    def details(self) -> dict[str, Any]:
        """Return its results without the setting."""
        times, own = self.times, self.game.populations[self.population]
        return {
            "population": own.name,
            "invader": own.strategies[self.invader].name,
            "resident": own.strategies[self.origin[self.population]].name,
            "from": list(self.names(self.origin)),
            "to": list(self.names(self.target)),
            "mutants": self.mutants,
            "probability": self.probability,
            "log_probability": finite(self.log_probability),
            "neutral_probability": self.mutants / self.size,
            "verdict": self.verdict,
            "times": None
            if times is None
            else {
                "unconditional": finite(times.unconditional),
                "conditional": finite(times.conditional),
                "extinction": finite(times.extinction),
                "updates_a_unit": times.size,
            },
        }


def finite(value: float) -> float | None:
    """Return a number that JSON can hold, or None."""
    return float(value) if math.isfinite(value) else None


def setting_of(met: Encounters, chosen: SelectionStrength, scenario: str | None) -> dict[str, Any]:
    """Return a game at numbers, its populations and the process as plain data."""
    game = met.game
    return {
        "schema": 1,
        "model": {
            "title": game.title,
            "scenario": scenario,
            "parameters": {name: float(met.known[name]) for name in game.parameters if name in met.known},
        },
        "process": chosen.process.name,
        "fitness": ("linear" if chosen.linear else "exponential") if chosen.process.weighs else None,
        "beta": chosen.beta if math.isfinite(chosen.beta) else "inf",
        "population_sizes": {p.name: size for p, size in zip(game.populations, met.sizes, strict=True)},
        "self_meeting": met.self_meeting,
        "warnings": [str(warning) for warning in met.warnings],
    }


def fixation_probability(
    game: Game,
    invader: object,
    resident: object,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    log: bool = False,
    process: str = "fermi",
    population: str | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    fitness: str = "exponential",
    mutants: int = 1,
    self_meeting: bool = False,
) -> float:
    """Return the probability that mutants of one strategy take over a population of another.

    Parameters
    ----------
    game : Game
        With payoffs; of one population or of several.
    invader : str
        The strategy of the mutants, by its name or id.
    resident : str, or one for each population
        What all others play.  In a game of several populations the strategy of each: a sequence in their
        order, or a mapping from their names.
    population_size : int, or one for each population
    beta : number
        The intensity of selection; ``inf`` gives the limit.
    log : bool
        Whether to return the logarithm of the probability, which holds those below 1e-308 too.
    process : str
        "fermi" (pairwise comparison), "birth-death", "death-birth" or "imitation".
    population : str, optional
        That of the mutants, where the game has several.
    values, scenario
        As in `separatrix.analyze`.
    fitness : str
        "exponential", exp(beta * payoff), or "linear", 1 + beta * payoff; pairwise comparison uses none.
    mutants : int
        How many there are at the beginning.
    self_meeting : bool
        Whether a player may meet itself: encounters are drawn with replacement.

    Returns
    -------
    float

    Raises
    ------
    InputError
        N201 to N206 for sizes, strategies, processes and numbers that cannot be.
    NameProblem
        N203 for an unknown strategy or population.

    References
    ----------
    Traulsen, A., Nowak, M. A. and Pacheco, J. M. (2006), Stochastic dynamics of invasion and fixation,
    Physical Review E 74, 011909, equation 10.

    Examples
    --------
    >>> from separatrix import Game
    >>> dilemma = Game.from_matrices([[3, 0], [5, 1]], strategies=["cooperate", "defect"])
    >>> f"{fixation_probability(dilemma, 'cooperate', 'defect', population_size=100, beta=1):.6e}"
    '8.433531e-67'
    """
    found = fixation(
        game,
        invader,
        resident,
        values,
        scenario,
        population_size=population_size,
        beta=beta,
        process=process,
        population=population,
        fitness=fitness,
        mutants=mutants,
        self_meeting=self_meeting,
        timed=False,
    )
    return found.log_probability if log else found.probability


def fixation(
    game: Game,
    invader: object,
    resident: object,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    process: str = "fermi",
    population: str | None = None,
    fitness: str = "exponential",
    mutants: int = 1,
    self_meeting: bool = False,
    timed: bool = True,
) -> Fixation:
    """Return the probability that mutants take over, and how long it takes.

    Parameters
    ----------
    game, invader, resident, values, scenario, population_size, beta, process, population, fitness
        As in `fixation_probability`.
    mutants, self_meeting
        As there.
    timed : bool
        Whether the times are computed too.

    Returns
    -------
    Fixation
        With ``probability``, ``log_probability``, ``verdict`` and ``times``.

    Raises
    ------
    InputError, NameProblem
        As `fixation_probability` does.

    References
    ----------
    Traulsen, A. and Hauert, C. (2009), Stochastic evolutionary game dynamics, section 3.

    Examples
    --------
    >>> from separatrix import Game
    >>> hawk_dove = Game.from_matrices([[-1, 4], [0, 2]], strategies=["hawk", "dove"])
    >>> found = fixation(hawk_dove, "hawk", "dove", population_size=20, beta=0.1)
    >>> found.verdict, round(found.times.unconditional)
    ('favoured', 220)
    """
    met = encounters(game, population_size, values, scenario, self_meeting)
    chosen = selection(process, beta, fitness)
    profile = profile_of(game, resident)
    place, mutant = strategy_of(game, invader, population)
    if profile[place] == mutant:
        raise InputError(
            "N203",
            f"`{invader}` is what the residents play already",
            hint="the invader and the resident are two strategies",
        )
    return fixation_in(met, chosen, scenario, place, mutant, profile, mutants, timed)


# --------------------------------------------------------------------------- names


def strategy_of(game: Game, name: object, population: str | None = None) -> tuple[int, int]:
    """Return the population and the strategy of a name, as indices; raise N203 for an unknown one."""
    places = range(len(game.populations))
    if population is not None:
        places = range(p := _population(game, population), p + 1)
    elif len(game.populations) > 1:
        raise InputError(
            "N203",
            f"`{name}` may be a strategy of any of {len(game.populations)} populations",
            hint=f"name the population: --population {game.populations[0].name!r}",
        )
    p = places[0]
    return p, _strategy(game, p, name)


def _population(game: Game, name: str) -> int:
    names = [p.name for p in game.populations]
    for keys in (names, [p.share for p in game.populations]):
        if name in keys:
            return keys.index(name)
    close = nearest(name, names)
    raise NameProblem(
        "N203",
        f"no population `{name}`; the game has: {', '.join(names)}",
        hint=f"did you mean `{close}`?" if close else None,
    )


def _strategy(game: Game, population: int, name: object) -> int:
    own = game.populations[population]
    for keys in ([s.name for s in own.strategies], [s.id for s in own.strategies]):
        if str(name) in keys:
            return keys.index(str(name))
    close = nearest(str(name), [s.name for s in own.strategies])
    raise NameProblem(
        "N203",
        f"{own.name} has no strategy `{name}`; it has: {', '.join(s.name for s in own.strategies)}",
        hint=f"did you mean `{close}`?" if close else None,
    )


def profile_of(game: Game, resident: object) -> Profile:
    """Return the resident strategy of each population, as indices; raise N203 where one is missing."""
    names = [p.name for p in game.populations]
    if isinstance(resident, Mapping):
        told = {_population(game, str(name)): strategy for name, strategy in resident.items()}
        lacking = [names[p] for p in range(len(names)) if p not in told]
        parts = [told.get(p) for p in range(len(names))]
    else:
        parts = (
            list(resident) if isinstance(resident, Sequence) and not isinstance(resident, str) else [resident]
        )
        lacking = names[len(parts) :]
    if lacking or len(parts) != len(names):
        told_for = f"not for {', '.join(lacking)}" if lacking else f"for {len(parts)}"
        raise InputError(
            "N203",
            f"of {len(names)} populations, the resident strategy is given {told_for}",
            hint="give one strategy for each of " + ", ".join(names) + ", in this order",
        )
    return tuple(_strategy(game, p, name) for p, name in enumerate(parts))


# --------------------------------------------------------------------------- probabilities


def fixation_in(
    met: Encounters,
    chosen: SelectionStrength,
    scenario: str | None,
    population: int,
    invader: int,
    origin: Profile,
    mutants: int = 1,
    timed: bool = True,
) -> Fixation:
    """Return what becomes of mutants in one population of a profile.

    Raises
    ------
    InputError
        N206 for a number of mutants that leaves no resident, or that is none.
    """
    size = met.sizes[population]
    if not isinstance(mutants, int) or isinstance(mutants, bool) or not 1 <= mutants < size:
        raise InputError(
            "N206",
            f"{mutants} mutants among {size} players",
            hint=f"give a whole number from 1 to {size - 1}",
        )
    contest = met.contest(population, invader, origin[population], origin)
    itself, times = met.self_meeting, None
    if math.isinf(chosen.beta):
        log_probability = strong_fixation(contest, chosen, itself, mutants).limit_of_logarithm()
    else:
        ratios = chosen.log_ratios(contest, itself)
        log_probability = log_fixation(ratios, mutants)
        if timed:
            times = fixation_times(ratios, chosen.log_ups(contest, itself), mutants)
    alike = chosen.beta == 0 or not (contest.mutant != contest.resident).any()
    return Fixation(
        met, chosen, scenario, population, invader, origin, mutants, log_probability, bool(alike), times
    )

"""The tipping section of a brief: where today's shares lead, what would tip them, and how certain that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock, critical_shock
from separatrix.dynamics.basins.outcomes import Outcome, outcome
from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity, sensitivity
from separatrix.errors import SeparatrixError
from separatrix.game.model import Game
from separatrix.policy.externality_price import target_of
from separatrix.policy.robust_programme import RobustProgramme, robust_programme
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.temporary.results import TemporaryProgramme
from separatrix.policy.tipping.results import TippingValues
from separatrix.policy.tipping.tipping import tipping_values
from separatrix.sentences import Sentence, say
from separatrix_cluster.brief.programmes import (
    comparison_sentences,
    matter_named,
    public_cost,
    robustness_sentences,
    safety_sentences,
    spending,
    temporary_support_sentences,
    tipping_sentences,
    tonnes_saved,
)
from separatrix_cluster.brief.statements import Provenance, SourcedValue

__all__ = ["GameRuns", "ending_of", "game_certainty", "push_sentences", "runs_of"]

SAMPLES = 1024
"""Rows of the design of the Sobol indices."""
DRAWS = 1000
"""Draws of the uncertain parameters by which support is chosen, and again on which it is tried."""


@dataclass(frozen=True)
class GameRuns:
    """What was computed of a game, each with the command that does it again.

    Attributes
    ----------
    game : Game
    arguments : tuple of str
        The game, and the options that give its values, as the command line takes them.
    first : tuple of str
        The command that writes the game file; empty where the user has it.
    start : tuple of str
        The option that gives its current state; empty where the game has it.
    ending : Outcome or None
        Where today's shares lead; None where the game has no current state.
    shock : CriticalShock or None
    sensitivity : Sensitivity or None
        Of whether today's shares have the same outcome as at the baseline values.
    tipping : TippingValues or None
        Of the game's instruments; None where it has none, or where today's shares lead to the target anyway.
    temporary : TemporaryProgramme or None
        Of the instrument that tips for the least that the public has to pay.
    robust : RobustProgramme or None
        Of the same instrument, where parameters are uncertain.
    brief : Provenance
        Of values computed for the page alone.
    money : tuple of float and bool
        How many of the currency one unit of payoff is, and whether payoffs are money.
    problems : mapping of str to SeparatrixError
        Why something could not be computed.
    cautions : tuple of Sentence
        What a reader must know of the game before using it.
    """

    game: Game
    arguments: tuple[str, ...]
    first: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    ending: Outcome | None = None
    shock: CriticalShock | None = None
    sensitivity: Sensitivity | None = None
    tipping: TippingValues | None = None
    temporary: TemporaryProgramme | None = None
    robust: RobustProgramme | None = None
    brief: Provenance = field(default_factory=lambda: Provenance(("brief",)))
    money: tuple[float, bool] = (1.0, False)
    problems: Mapping[str, SeparatrixError] = field(default_factory=dict)
    cautions: tuple[Sentence, ...] = ()

    def source(self, verb: str, at: str = "", *options: str) -> Provenance:
        """Return where a number of a verb comes from, in its JSON."""
        start = () if verb == "analyze" else self.start
        return Provenance((verb, *self.arguments, *start, *options, "--format", "json"), at, first=self.first)


def runs_of(
    game: Game,
    arguments: tuple[str, ...],
    first: tuple[str, ...] = (),
    *,
    scenario: str | None = None,
    values: Mapping[str, Any] | None = None,
    start: Mapping[str, Any] | None = None,
) -> GameRuns:
    """Return what a brief needs to know of a game; what cannot be computed is kept as its problem."""
    problems: dict[str, SeparatrixError] = {}
    ending = shock = found = tipping = temporary = robust = None
    if game.today is not None or start is not None:
        try:
            ending = outcome(game, start, values, scenario)
            shock = critical_shock(game, start, values, scenario)
        except SeparatrixError as problem:
            problems["ending"] = problem
    if ending is not None and ending.ending.kind == "rest point":
        try:
            found = sensitivity(
                game,
                f"outcome:{ending.name}",
                samples=SAMPLES,
                scenario=scenario,
                values=values,
                start=start,
            )
        except SeparatrixError as problem:
            problems["sensitivity"] = problem
    if ending is not None and game.instruments and ending.ending.state != target_state(game):
        try:
            tipping = tipping_values(game, start=start, values=values, scenario=scenario, noise=False)
        except SeparatrixError as problem:
            problems["tipping"] = problem
    paid = None if tipping is None else spending(tipping)
    if paid is not None:
        try:
            temporary = temporary_programme(
                game, [paid[1].name], start=start, values=values, scenario=scenario
            )
        except SeparatrixError as problem:
            problems["temporary"] = problem
    uncertain = any(p.uncertain is not None for p in game.parameters.values())
    if paid is not None and uncertain:
        try:
            robust = robust_programme(
                game, [paid[1].name], values, scenario, draws=DRAWS, start=start, inputs=True
            )
        except SeparatrixError as problem:
            problems["robust"] = problem
    told = "" if start is None else ",".join(f"{share}={value}" for share, value in start.items())
    return GameRuns(
        game,
        arguments,
        first,
        ("--from", told) if told else (),
        ending,
        shock,
        found,
        tipping,
        temporary,
        robust,
        problems=problems,
    )


def target_state(game: Game) -> tuple[float, ...]:
    """Return the state at which every population plays its first strategy, which policy aims at."""
    found: list[float] = []
    for population, strategy in zip(game.populations, target_of(game), strict=True):
        if population.binary:
            found.append(1.0 - strategy)
        else:
            found += [float(k == strategy) for k in range(len(population.strategies))]
    return tuple(found)


def ending_of(runs: GameRuns) -> Iterator[Sentence]:
    """Yield the current state of the game, and where it leads without intervention."""
    ending = runs.ending
    if ending is None:
        return
    today, target = _state(runs, ending.start, "start"), ending.ending
    if target.state is not None:
        there = _state(runs, target.state, "ending.state")
        yield say("Today {today}; left alone, this ends at {ending}.", today=today, ending=there)
    else:
        yield say("Today {today}; left alone, {what}.", today=today, what=ELSEWHERE[target.kind])


ELSEWHERE = {
    "rest set": say("this ends on a continuum of equilibria"),
    "inner cycle": say("the shares converge to a cycle"),
    "boundary cycle": say("the shares go round along the boundary, ever more slowly"),
    "boundary network": say("the shares go on along the boundary, ever more slowly"),
    "chaotic attractor": say("the shares fluctuate irregularly and never settle"),
    "closed orbits": say("the shares follow a closed orbit permanently"),
    "centre": say("the shares keep circling a centre at a constant distance"),
    "separatrix": say("the slightest change decides, for it lies on a separatrix"),
    "undecided": say("where it leads is undecided"),
}
"""Where trajectories end that end at no single rest point, by the kind of their limit."""


def _state(runs: GameRuns, state: tuple[float, ...], at: str) -> SourcedValue:
    shares = dict(zip(runs.game.shares, (float(v) for v in state), strict=True))
    return SourcedValue("state", shares, runs.source("shock", at))


def push_sentences(runs: GameRuns, *, from_today: bool = False) -> Iterator[Sentence]:
    """Yield whether a push is needed, and the smallest change of the shares that leads to another outcome.

    Parameters
    ----------
    runs : GameRuns
    from_today : bool
        Whether to start with where today's shares lead, if no other answer states it.
    """
    if from_today:
        yield from _acting(runs)
    shock, ending = runs.shock, runs.ending
    if shock is None or ending is None:
        return
    if ending.ending.state == target_state(runs.game):
        yield say("To reach that outcome no support is needed.")
        yield from _arrival(runs, shock)
    else:
        yield from _policy(runs)
        if shock.smallest is not None:
            to = _state(runs, shock.smallest.to, "smallest.to")
            yield say("To end elsewhere, the shares would at least have to come to {to}.", to=to)
        elif shock.method == "exact":
            yield say("No change of the shares leads to another outcome.")


def _using(found: TemporaryProgramme | None) -> tuple[str, ...]:
    return () if found is None else tuple(p for name in found.instruments for p in ("--instrument", name))


def _policy(runs: GameRuns) -> Iterator[Sentence]:
    """Yield what tips today's state, its public cost, and the cost per tonne."""
    found, ending = runs.tipping, runs.ending
    if found is None or ending is None:
        return

    def source(at: str) -> Provenance:
        return runs.source("tip", at, "--no-noise")

    def of_programme(at: str) -> Provenance:
        return runs.source("programme", at, "--temporary", *_using(runs.temporary))

    yield from tipping_sentences(found, runs.money, source)
    yield from comparison_sentences(found, source)
    paid = spending(found)
    if paid is not None:
        k, one = paid
        saved = tonnes_saved(found, ending.ending.state, target_state(runs.game))
        yield from public_cost(k, one, found.game.instruments[one.name], saved, runs.money, source)
    if runs.temporary is not None:
        yield from temporary_support_sentences(runs.temporary, runs.money, of_programme, runs.brief)
        yield from safety_sentences(runs.temporary, of_programme)


def _acting(runs: GameRuns) -> Iterator[Sentence]:
    """Yield the share of enterprises that act and its outcome, where both sides are alike."""
    ending = runs.ending
    if ending is None:
        return
    start, state = ending.start, ending.ending.state
    if state is None or len({*start}) > 1 or len({*state}) > 1:
        yield from ending_of(runs)
        return
    today, after = (
        SourcedValue("share", float(shares[0]), runs.source("shock", at))
        for shares, at in ((start, f"start.{runs.game.shares[0]}"), (state, "ending.state"))
    )
    yield say(
        "In the calibrated game, {today} of the enterprises act on carbon today; without new support the "
        "share goes to {after}.",
        today=today,
        after=after,
    )


def _arrival(runs: GameRuns, shock: CriticalShock) -> Iterator[Sentence]:
    """Yield the time until the outcome, in the time unit of the game if it has one."""
    if runs.game.time_unit == "year" and shock.time is not None:
        years = SourcedValue("years", shock.time, runs.source("shock", "time"))
        if runs.game.speed_basis == "assumed":
            yield say("It takes about {years} years, at a speed of change that is assumed.", years=years)
        else:
            yield say("It takes about {years} years.", years=years)


def _policy_certainty(runs: GameRuns) -> Iterator[Sentence]:
    """Yield the share of draws in which the reported support works."""
    using = _using(runs.temporary)

    def of_robust(at: str) -> Provenance:
        return runs.source("pareto", at, *using, "--robust", "95%", "--draws", str(DRAWS))

    if runs.robust is not None and runs.temporary is not None:
        yield from robustness_sentences(runs.robust, runs.money, of_robust)


def game_certainty(runs: GameRuns) -> tuple[list[Sentence], list[Sentence]]:
    """Return how sure the outcome of today is, which parameters matter most, and what would be needed."""
    found = runs.sensitivity
    told_by = (*runs.first[:-2], "--format", "json")
    beware = [
        say("Beware: {caution}.", caution=SourcedValue("text", one, Provenance(told_by, f"cautions[{k}]")))
        for k, one in enumerate(runs.cautions)
    ]
    if found is None or runs.ending is None:
        known = any(p.uncertain is not None for p in runs.game.parameters.values())
        needs = say("How uncertain the parameters are (`uncertain` in the game file).")
        return beware, [needs] if runs.ending is not None and not known else []
    asked = ("--measure", f"outcome:{runs.ending.name}", "--samples", str(SAMPLES))
    mean = SourcedValue("share", found.mean, runs.source("sensitivity", "mean", *asked))
    told = [say("In {share} of all draws of the uncertain parameters the outcome is the same.", share=mean)]
    if found.total is not None:
        places = {name: runs.source("sensitivity", f"total.{name}", *asked) for name in found.names}
        names = matter_named(found, places)
        if len(found.leaders) > 1:
            told.append(
                say(
                    "The most influential parameter could not be determined; candidates: {names}.",
                    names=names,
                )
            )
        else:
            told.append(say("What matters most for it: {names}.", names=names))
    return [*told, *_policy_certainty(runs), *beware], []

"""The observables by name, and functions of the user's own in their place.

Basins of attraction: the share of initial states that leads to each outcome, or to a given one.

The outcome of a start, and the time it takes to come there.

How many rest points and connected rest sets there are.

The smallest change of the shares that changes the outcome of a start.

Stability: the set of asymptotically stable states, or whether one state is.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.attractors.tolerances import NEARLY_DEGENERATE
from separatrix.dynamics.basin_boundaries.critical_shock import critical_shock, time_to_arrive
from separatrix.dynamics.basins.basins import basins, starts
from separatrix.dynamics.basins.exact_outcomes import InLine, InSquare, exact_outcomes
from separatrix.dynamics.basins.outcomes import outcome_on_face
from separatrix.dynamics.basins.strict_basins import StrictBasins, strict_basins
from separatrix.dynamics.bimatrix_basins import corner_areas
from separatrix.dynamics.integration.trajectory import read_start
from separatrix.dynamics.observable_types import (
    PROVEN,
    Answer,
    DrawnQuestion,
    Function,
    Observable,
    SweepPoint,
    SweepVariable,
    Value,
    outcome_label,
    stable_label,
)
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import (
    OTHER,
    Advance,
    DrawnGame,
    clear,
    outcomes_of,
    played_at,
    times_of,
)
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import compiled_rates
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty
from separatrix.errors import InputError, nearest
from separatrix.game.distribution import Distribution
from separatrix.game.model import Game
from separatrix.game.values import exact, resolve
from separatrix.sentences import Sentence, say

__all__ = [
    "BASIN",
    "DrawnObservable",
    "OBSERVABLES",
    "OUTCOME_OF_START",
    "REST",
    "SHOCK",
    "STABLE",
    "TIME",
    "drawn_observable",
    "observables_of",
    "start_or_today",
    "value_at",
]

Array = NDArray[np.float64]

BASIN_SAMPLES = 1_024
"""Starts that are followed in each draw where no closed form is known: a share to about one per cent. Fewer:
indices are noisier."""

COMPILED_FROM = 200_000
"""Trajectories of all draws from which on machine code follows them. Fewer: loading it takes longer."""

MOST_UNDECIDED = 0.02
"""The share of undecided starts above which a basin counts as unknown. Larger: shares that are off by as much
are taken for known."""


def _basin_at_point(point: SweepPoint) -> Mapping[str, Value]:
    found = basins(point.game, point.values, samples=point.samples, seed=point.seed_of_starts)
    shares: dict[str, float] = {}
    for name, share in found.fractions.items():
        label = outcome_label(found.analysis, name)
        shares[label] = shares.get(label, 0.0) + share
    return {"basin": shares, "basin_error": found.error}


def _basin_in_draws(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target, wanted, seed = question.target(cycles=True), question.wanted, question.seed
    what = say("the share of all starts that ends at {outcome}", outcome=wanted)
    return what, lambda drawn: _basin(drawn, target, wanted, seed)


def _basin(drawn: DrawnGame, target: RestPoint | None, wanted: str, seed: int) -> Array:
    played = None if target is None else played_at(drawn.analysis, target)
    result = np.full(drawn.count, np.nan)
    left = np.arange(drawn.count)
    games = drawn.planars
    if games is not None and (played is not None or target is None):
        corner = None if played is None else (1.0 - played[0], 1.0 - played[1])
        plain = np.array([clear(game) for game in games])
        result[plain] = corner_areas([games[k] for k in np.flatnonzero(plain)], corner)
        left = np.flatnonzero(~plain)
    if games is None and (played is not None or target is None) and drawn.field is not None:
        found = _in_boxes(drawn.field, seed, drawn.report_progress)
        if found is not None:
            column = -1 if played is None else found.profiles.index(played)
            result[found.settled] = found.shares[found.settled, :, column].mean(axis=1)
            left = np.flatnonzero(~found.settled)
    for done, k in enumerate(left):
        result[k] = _basin_alone(drawn, int(k), wanted, seed)
        drawn.report_progress(done + 1, len(left))
    return result


def _in_boxes(field: DrawnField, seed: int, advance: Callable[[int, int], None]) -> StrictBasins | None:
    """Return the basins of strict equilibria in all draws, if compiled code can compute them."""
    rates = compiled_rates(field)
    if rates is None or field.count * BASIN_SAMPLES < COMPILED_FROM:
        return None
    return strict_basins(rates, field.rates, starts(rates.sizes, BASIN_SAMPLES, seed), advance)


def _basin_alone(drawn: DrawnGame, index: int, wanted: str, seed: int) -> float:
    values = drawn.uncertainty.at(drawn.draws, index)
    try:
        found = basins(drawn.uncertainty.game, values, samples=BASIN_SAMPLES, seed=seed)
    except InputError:  # payoffs without a value
        return float("nan")
    if found.fractions.get("undecided", 0.0) > MOST_UNDECIDED:
        return float("nan")
    points = {p.id: drawn.name_of(p) for p in found.analysis.rest_points}
    return sum(share for name, share in found.fractions.items() if points.get(name, name) == wanted)


BASIN = Observable(
    "basin",
    _basin_at_point,
    {
        "basin": SweepVariable(
            say("share of all starts with each outcome"),
            say(
                "exact in closed form for two populations of two strategies without "
                "intraspecific interactions and for one of two; else estimated: basin_error "
                "bounds the error, or is half the widest 95 % interval"
            ),
            kind="shares",
        ),
        "basin_error": SweepVariable(
            say("bound of the error of basin, or half its widest 95 % confidence interval"), ""
        ),
    },
    drawn=_basin_in_draws,
)


def _name(point: SweepPoint) -> str:
    """Return the id of the outcome of the start."""
    exact = exact_outcomes(point.analysis)
    on_face = any(share in (0.0, 1.0) for share in point.begun)
    if on_face and not isinstance(exact, InSquare | InLine):
        return outcome_on_face(point.analysis, point.begun)
    return str((exact or omega_limits(point.analysis)).names(np.array([point.begun]))[0])


def _outcome_at(point: SweepPoint) -> Mapping[str, Value]:
    return {"fate": outcome_label(point.analysis, _name(point))}


def _time_at(point: SweepPoint) -> Mapping[str, Value]:
    name = _name(point)
    return {
        "time": time_to_arrive(point.analysis, point.begun, name),
        "fate": outcome_label(point.analysis, name),
    }


def _drawn_time(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    what = say("the time from the start to within 0.01 of where the trajectory ends")
    return what, lambda drawn: times_of(drawn, question.state)


def _drawn_outcome(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target, wanted = question.target(cycles=True), question.wanted

    def answer(drawn: DrawnGame) -> Array:
        names = outcomes_of(drawn, question.state)
        unknown = (names == "undecided") | (names == OTHER) & (target is None)
        return np.where(unknown, np.nan, np.asarray(names == wanted, dtype=float))

    return say("whether the trajectory from the start ends at {outcome}", outcome=wanted), answer


OUTCOME = SweepVariable(
    say("where the trajectory from the start ends"),
    say("exact where basins are, else the trajectory was followed until it arrived"),
    kind="words",
)

TIME = Observable(
    "time",
    _time_at,
    {
        "time": SweepVariable(
            say("time from the start until every share is within 0.01 of its rest point"),
            say("numerical: the error of a step is at most 1e-10 in log-odds"),
            "unit of time in which payoffs are paid",
        ),
        "fate": OUTCOME,
    },
    needs_start=True,
    drawn=_drawn_time,
    of_state=False,
)

OUTCOME_OF_START = Observable("fate", _outcome_at, {"fate": OUTCOME}, needs_start=True, drawn=_drawn_outcome)


def _rest_at_point(point: SweepPoint) -> Mapping[str, Value]:
    analysis = point.analysis
    if analysis.completeness.status != "complete":
        return {"rest": None, "rest_sets": None}
    isolated = sum(1 for p in analysis.rest_points if p.isolated)
    return {"rest": float(isolated), "rest_sets": float(len(analysis.rest_components))}


REST = Observable(
    "rest",
    _rest_at_point,
    {
        "rest": SweepVariable(say("number of isolated rest points"), PROVEN),
        "rest_sets": SweepVariable(
            say("number of connected sets of rest points that are more than a point"), PROVEN
        ),
    },
)


def _shock_at_point(point: SweepPoint) -> Mapping[str, Value]:
    try:
        found = critical_shock(point.game, point.begun, point.values, seed=point.seed("shock"))
    except InputError as problem:
        if problem.code not in ("D622", "D623"):  # the start has no outcome that a shock could change
            raise
        return {"shock": None, "shock_beyond": None}
    if found.smallest is None:
        return {"shock": None, "shock_beyond": None}
    beyond = outcome_label(found.analysis, found.smallest.beyond)
    return {"shock": found.smallest.size, "shock_beyond": beyond}


SHOCK = Observable(
    "shock",
    _shock_at_point,
    {
        "shock": SweepVariable(
            say("size of the smallest change of the shares that changes the outcome of the start"),
            say("exact where basins are; else the smallest shock found by a search; a smaller one may exist"),
        ),
        "shock_beyond": SweepVariable(say("outcome behind the smallest shock"), "", kind="words"),
    },
    needs_start=True,
)


def _stable_at_point(point: SweepPoint) -> Mapping[str, Value]:
    return {"stable": stable_label(point.analysis)}


def _stability_in_draws(question: DrawnQuestion) -> tuple[Sentence, Answer]:
    target = cast(RestPoint, question.target(cycles=False))
    what = say("whether {point} is asymptotically stable", point=question.wanted)
    return what, lambda drawn: _stable(drawn, target)


def _stable(drawn: DrawnGame, target: RestPoint) -> Array:
    result = np.full(drawn.count, np.nan)
    played = played_at(drawn.analysis, target)
    left = np.arange(drawn.count)
    if played is not None and drawn.field is not None:
        largest = drawn.field.invasion(played)
        plain = np.abs(largest) > NEARLY_DEGENERATE * drawn.field.rates
        result[plain] = largest[plain] < 0
        left = np.flatnonzero(~plain)
    for done, k in enumerate(left):
        analysis = drawn.analysed(int(k))
        if analysis is not None:
            labels = [p.stability for p in analysis.rest_points if drawn.name_of(p) == target.id]
            unknown = any(label in (None, "undecided") for label in labels)
            result[k] = np.nan if unknown else float("asymptotically stable" in labels)
        drawn.report_progress(done + 1, len(left))
    return result


STABLE = Observable(
    "stable",
    _stable_at_point,
    {"stable": SweepVariable(say("set of asymptotically stable states"), PROVEN, kind="words")},
    drawn=_stability_in_draws,
)


OBSERVABLES: Mapping[str, Observable] = {
    o.name: o for o in (BASIN, OUTCOME_OF_START, TIME, STABLE, SHOCK, REST)
}
"""Every observable that has a name."""

DRAWN = {name: observable.drawn for name, observable in OBSERVABLES.items() if observable.drawn is not None}


# --------------------------------------------------------------------------- at the points of a sweep


def observables_of(wanted: object) -> tuple[Observable, ...]:
    """Return observables from names, functions, a sequence of these, or a mapping of name to function.

    Raises
    ------
    InputError
        D672 for an unknown name, a measure that is given twice, and for what is neither name nor function.
    """
    if isinstance(wanted, str) or callable(wanted):
        wanted = [wanted]
    result: list[Observable] = []
    if isinstance(wanted, Mapping):
        result = [_custom_observable(str(name), function) for name, function in wanted.items()]
    elif isinstance(wanted, Sequence):
        for k, item in enumerate(wanted):
            if not isinstance(item, str):
                name = getattr(item, "__name__", "")
                result.append(_custom_observable(name if name.isidentifier() else f"measure_{k + 1}", item))
                continue
            for name in (part.strip() for part in item.split(",")):
                result.append(_observable_by_name(name))
    if not result:
        raise InputError("D672", "nothing to measure is given", hint=f"measures are {', '.join(OBSERVABLES)}")
    for k, own in enumerate(result):
        if any(own.name == other.name for other in result[:k]):
            raise InputError("D672", f"the measure `{own.name}` is given twice")
    return tuple(result)


def _observable_by_name(name: str) -> Observable:
    if name in OBSERVABLES:
        return OBSERVABLES[name]
    meant = nearest(name, list(OBSERVABLES))
    raise InputError(
        "D672",
        f"no measure `{name}`",
        hint=f"did you mean `{meant}`?" if meant else f"measures are {', '.join(OBSERVABLES)}",
    )


@dataclass(frozen=True)
class _Own:
    """A function of the user's own, as a measure; a class, so that it can travel to other processes."""

    name: str
    function: Function
    takes_seed: bool

    def __call__(self, point: SweepPoint) -> Mapping[str, Value]:
        options = {"seed": point.seed(self.name)} if self.takes_seed else {}
        found = self.function(dict(point.values), **options)
        items = found.items() if isinstance(found, Mapping) else [(self.name, found)]
        return {self.key(name): self.number(name, value) for name, value in items}

    def key(self, name: object) -> str:
        """Return a name that a variable can bear."""
        if isinstance(name, str) and name.strip() == name and name and not set(name) & set("/\0\n"):
            return name
        raise InputError("D672", f"the measure `{self.name}` names a value {name!r}; expected a plain word")

    def number(self, name: str, value: Any) -> float:
        """Return a value as a number; NaN for None."""
        if value is None:
            return math.nan
        try:
            return float(value)
        except (TypeError, ValueError):
            raise InputError(
                "D672",
                f"the measure `{self.name}` gave {value!r} as `{name}`; expected a number",
                hint="a measure is a function from a mapping of parameters to a number, or to a mapping of "
                "names to numbers",
            ) from None


def _custom_observable(name: str, function: object) -> Observable:
    if not callable(function):
        raise InputError(
            "D672",
            f"{function!r} is neither the name of a measure nor a function",
            hint=f"measures are {', '.join(OBSERVABLES)}, or a function of the values of the parameters",
        )
    try:
        takes_seed = "seed" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        takes_seed = False
    return Observable(name, _Own(name, function, takes_seed), function=function)


# --------------------------------------------------------------------------- in draws of the parameters


@dataclass(frozen=True, eq=False)
class DrawnObservable:
    """A question to every draw, and what answers it.

    Attributes
    ----------
    text : str
        As it was asked: ``basin:E4``, or the name of a function.
    what : str
        What the number is, for people.
    answer : callable
        From draws, a mapping of parameter to array (draws,), to numbers (draws,); NaN where the question has
        no answer.
    """

    text: str
    what: str
    answer: Callable[[Draws], Array]


OTHER_NAMES = {"outcome": "fate"}
"""Additional names of an observable; data use the first one."""


def drawn_observable(
    asked: str | Function,
    uncertainty: Uncertainty,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    seed: int = 0,
    vectorized: bool = False,
    advance: Advance | None = None,
) -> DrawnObservable:
    """Return the requested observable.

    Parameters
    ----------
    asked : str or callable
        ``basin``, ``outcome`` (in data ``fate``) or ``stable``, each with an id as in ``basin:E4``; ``time``;
        or a function from values by name, all of them, to a number.
    uncertainty : Uncertainty
    start : state, optional
        For ``outcome`` and ``time``; without an id its outcome is the one in question; by default
        `today`.
    seed : int
        Of the starts that are followed for a basin without a closed form.
    vectorized : bool
        Whether the function takes arrays and returns one.
    advance : callable, optional
        Receives the progress of the work.

    Raises
    ------
    InputError
        D653 for an unknown observable or id, or where a start is missing.
    """
    if callable(asked):
        name = str(getattr(asked, "__name__", type(asked).__name__))
        answer = _function(asked, uncertainty, vectorized, advance)
        return DrawnObservable(name, say("the function {name}", name=name), answer)
    kind, _, wanted = (part.strip() for part in str(asked).partition(":"))
    kind = OTHER_NAMES.get(kind, kind)
    if kind not in DRAWN:
        named = [next((o for o, known in OTHER_NAMES.items() if known == name), name) for name in DRAWN]
        close = nearest(kind, named)
        raise InputError(
            "D653",
            f"no measure `{str(asked)[:80]}`; there are {', '.join(named)}",
            hint=f"did you mean `{close}`?" if close else "as in basin:E4",
        )
    observable = OBSERVABLES[kind]
    if wanted and not observable.of_state:
        raise InputError(
            "D653",
            f"`{asked}`: {kind} takes no id, and refers to wherever the trajectory ends",
            hint=f"write {kind} alone",
        )
    analysis = analyze(uncertainty.game, uncertainty.base)
    needed = observable.needs_start or not wanted
    state = start_or_today(uncertainty.game, start) if needed or start else ()
    if observable.of_state and not wanted:
        wanted = _usual_outcome(analysis, state)
    what, answer_all = DRAWN[kind](DrawnQuestion(analysis, kind, wanted, state, seed))

    def answer_draws(draws: Draws) -> Array:
        return answer_all(DrawnGame(uncertainty, analysis, draws, advance))

    return DrawnObservable(f"{kind}:{wanted}" if wanted else kind, what, answer_draws)


def start_or_today(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> tuple[float, ...]:
    """Return a start as numbers, by default today's state of the game; raise D653 if the game has none."""
    if start is not None:
        return read_start(game, start)
    if game.today is None:
        raise InputError(
            "D653",
            "no start is given, and the game does not give today's state",
            hint="give one, as in --from "
            + ",".join(f"{s}=0.5" for s in game.shares)
            + ", or name the state, as in basin:E1",
        )
    return read_start(game, game.today)


def value_at(
    asked: str, game: Game, values: Mapping[str, object] | None = None, seed: int = 0, **more: Any
) -> float:
    """Return what an observable is at one set of values.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> value_at("basin:E4", load("shi-chen-2018"), {"C1": 3})
    0.5
    """
    resolved = {n: v for n, v in resolve(game, values).items() if v is not None}
    name = next(iter(resolved))
    law = Distribution("choice", (resolved[name], resolved[name] + 1))
    still = Uncertainty(game, resolved, {name: law}, {name: (-np.inf, np.inf)}, ())
    draws = {name: np.array([float(exact(resolved[name], name))])}
    return round(float(drawn_observable(asked, still, seed=seed, **more).answer(draws)[0]), 12)


def _usual_outcome(analysis: Analysis, state: Sequence[float]) -> str:
    found = exact_outcomes(analysis) or omega_limits(analysis)
    name = str(found.names(np.array([state]))[0])
    if name == "undecided" and any(share in (0.0, 1.0) for share in state):
        name = outcome_on_face(analysis, state)
    if name != "cycle" and all(p.id != name for p in analysis.rest_points):
        raise InputError(
            "D653",
            f"at the baseline values the trajectory from the start ends at no rest point: {name}",
            hint=f"name the state, as in basin:{analysis.rest_points[0].id}",
        )
    return name


def _function(
    function: Function, uncertainty: Uncertainty, vectorized: bool, advance: Advance | None
) -> Callable[[Draws], Array]:
    base = {name: float(value) for name, value in uncertainty.base.items()}

    def answer(draws: Draws) -> Array:
        count = len(next(iter(draws.values())))
        if vectorized:
            given = {name: np.full(count, value) for name, value in base.items()} | dict(draws)
            found = np.asarray(function(given), dtype=float)
            if found.shape != (count,):
                raise InputError(
                    "D653",
                    f"the function returned an array of shape {found.shape}; expected ({count},)",
                    hint="omit vectorized=True for a function of single numbers",
                )
            return found
        result = np.empty(count)
        for k in range(count):
            result[k] = float(function(base | {name: float(v[k]) for name, v in draws.items()}))
            if advance is not None:
                advance(k + 1, count)
        return result

    return answer

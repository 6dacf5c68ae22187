"""The observables by name, and functions of the user's own in their place."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.basin import BASIN
from separatrix.dynamics.basins.exact_outcomes import exact_outcomes
from separatrix.dynamics.basins.outcome import outcome_on_face
from separatrix.dynamics.integration.trajectory import read_start
from separatrix.dynamics.observable import DrawnQuestion, Function, Observable, SweepPoint, Value
from separatrix.dynamics.outcome import OUTCOME_OF_START, TIME
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import Advance, DrawnGame
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty
from separatrix.dynamics.rest import REST
from separatrix.dynamics.shock import SHOCK
from separatrix.dynamics.stability import STABLE
from separatrix.errors import InputError, nearest
from separatrix.game.distribution import Distribution
from separatrix.game.model import Game
from separatrix.game.values import exact, resolve
from separatrix.sentences import say

__all__ = [
    "OBSERVABLES",
    "DrawnObservable",
    "drawn_observable",
    "observables_of",
    "start_or_today",
    "value_at",
]

Array = NDArray[np.float64]

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

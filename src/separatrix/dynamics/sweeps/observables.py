"""What can be measured at each point of a sweep: a registry, and functions of the user's own.

A measure is a function of a `Point`: a game at exact values of its parameters, a start, and seeds.  It
returns named values: a number, a word, or one number for each of several names.  Measures of one point
share its analysis.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from separatrix.analysis.result import Analysis
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.basins.outcome import start_of
from separatrix.dynamics.sweeps.state_labels import fate_label, stable_label
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.run.cached import cached_property
from separatrix.sentence import say

__all__ = ["MEASURES", "Function", "Measure", "Point", "Told", "Value", "measures_of"]

Value = float | str | None | Mapping[str, float]
"""A number, a word, nothing, or shares by name."""

Function = Callable[..., Any]
"""From the values of all parameters to a number or a mapping of names to numbers."""

DRAWN = 4_096
"""Starts at each point for the measure `basin` where no closed form is known."""


@dataclass(frozen=True)
class Point:
    """A game at one point of a sweep.

    Attributes
    ----------
    game : Game
    values : mapping of parameter to number
        Exact, of all parameters.
    seed : callable
        From what is drawn to a seed that belongs to this point.
    start : tuple of float, or None
        Where courses start.
    samples : int
        How many starts are followed where no closed form is known.
    """

    game: Game
    values: Mapping[str, Fraction]
    seed: Callable[[str], int]
    start: tuple[float, ...] | None = None
    samples: int = DRAWN

    @property
    def begun(self) -> tuple[float, ...]:
        """Where courses start; `InputError` D625 where nothing says it."""
        return start_of(self.game, None) if self.start is None else self.start

    @cached_property
    def analysis(self) -> Analysis:
        """Every rest state."""
        from separatrix.analysis.analyze import analyze

        return analyze(self.game, self.values)


@dataclass(frozen=True)
class Told:
    """What is told of a variable: its long name, how sure it is, its unit and its kind."""

    long_name: str
    how_sure: str
    units: str = "1"
    kind: Literal["numbers", "words", "shares"] = "numbers"


@dataclass(frozen=True)
class Measure:
    """Something to measure.

    Attributes
    ----------
    name : str
    at : callable
        From a `Point` to values by name.
    told : mapping of variable to `Told`
        Of a function of the user's own it is empty.
    needs_start : bool
    function : callable or None
        The user's own function.
    """

    name: str
    at: Callable[[Point], Mapping[str, Value]]
    told: Mapping[str, Told] = field(default_factory=dict)
    needs_start: bool = False
    function: Function | None = None


# --------------------------------------------------------------------------- the registry


def _stable(point: Point) -> Mapping[str, Value]:
    return {"stable": stable_label(point.analysis)}


def _rest(point: Point) -> Mapping[str, Value]:
    analysis = point.analysis
    if analysis.completeness.status != "complete":
        return {"rest": None, "rest_sets": None}
    isolated = sum(1 for p in analysis.rest_points if p.isolated)
    return {"rest": float(isolated), "rest_sets": float(len(analysis.rest_components))}


def _basin(point: Point) -> Mapping[str, Value]:
    from separatrix.dynamics.basins.fractions import basins

    found = basins(point.game, point.values, samples=point.samples, seed=point.seed("basin"))
    shares: dict[str, float] = {}
    for name, share in found.fractions.items():
        label = fate_label(found.analysis, name)
        shares[label] = shares.get(label, 0.0) + share
    return {"basin": shares, "basin_error": found.error}


def _time(point: Point) -> Mapping[str, Value]:
    from separatrix.dynamics.basin_boundaries.critical_shock import time_to_arrive
    from separatrix.dynamics.basins.exact_outcomes import InLine, InSquare, exact_fates
    from separatrix.dynamics.basins.outcome import fate_on_face

    fates = exact_fates(point.analysis)
    on_face = any(share in (0.0, 1.0) for share in point.begun)
    if on_face and not isinstance(fates, InSquare | InLine):
        name = fate_on_face(point.analysis, point.begun)
    else:
        name = str((fates or omega_limits(point.analysis)).names(np.array([point.begun]))[0])
    return {
        "time": time_to_arrive(point.analysis, point.begun, name),
        "fate": fate_label(point.analysis, name),
    }


def _shock(point: Point) -> Mapping[str, Value]:
    from separatrix.dynamics.basin_boundaries.critical_shock import critical_shock

    try:
        found = critical_shock(point.game, point.begun, point.values, seed=point.seed("shock"))
    except InputError as problem:
        if problem.code not in ("D622", "D623"):  # the start has no fate that a shock could change
            raise
        return {"shock": None, "shock_beyond": None}
    if found.smallest is None:
        return {"shock": None, "shock_beyond": None}
    beyond = fate_label(found.analysis, found.smallest.beyond)
    return {"shock": found.smallest.size, "shock_beyond": beyond}


PROVEN = say("the analysis of each point; where it leaves a state open, the point says `undecided`")

MEASURES: Mapping[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "stable",
            _stable,
            {"stable": Told(say("set of asymptotically stable states"), PROVEN, kind="words")},
        ),
        Measure(
            "basin",
            _basin,
            {
                "basin": Told(
                    say("share of all starts with each fate"),
                    say(
                        "exact in closed form for two populations of two strategies without own play and "
                        "for one of two; else estimated: basin_error bounds the error, or is half the widest "
                        "95 % interval"
                    ),
                    kind="shares",
                ),
                "basin_error": Told(
                    say("bound of the error of basin, or half its widest 95 % confidence interval"), ""
                ),
            },
        ),
        Measure(
            "time",
            _time,
            {
                "time": Told(
                    say("time from the start until every share is within 0.01 of its rest point"),
                    say("numerical: the error of a step is at most 1e-10 in log-odds"),
                    "unit of time in which payoffs are paid",
                ),
                "fate": Told(
                    say("where the course from the start ends"),
                    say("exact where basins are, else the course was followed until it arrived"),
                    kind="words",
                ),
            },
            needs_start=True,
        ),
        Measure(
            "shock",
            _shock,
            {
                "shock": Told(
                    say("size of the smallest change of the shares that changes the fate of the start"),
                    say(
                        "exact where basins are; else the smallest that a search found, and a smaller may "
                        "exist"
                    ),
                ),
                "shock_beyond": Told(say("fate behind the smallest shock"), "", kind="words"),
            },
            needs_start=True,
        ),
        Measure(
            "rest",
            _rest,
            {
                "rest": Told(say("number of isolated rest points"), PROVEN),
                "rest_sets": Told(
                    say("number of connected sets of rest points that are more than a point"), PROVEN
                ),
            },
        ),
    )
}
"""The measures that have names."""


# --------------------------------------------------------------------------- what was asked for


def measures_of(wanted: object) -> tuple[Measure, ...]:
    """Return measures from names, functions, a sequence of these, or a mapping of name to function.

    Raises
    ------
    InputError
        D672 for an unknown name, a measure that is given twice, and for what is neither name nor function.
    """
    if isinstance(wanted, str) or callable(wanted):
        wanted = [wanted]
    result: list[Measure] = []
    if isinstance(wanted, Mapping):
        result = [_own(str(name), function) for name, function in wanted.items()]
    elif isinstance(wanted, Sequence):
        for k, item in enumerate(wanted):
            if not isinstance(item, str):
                name = getattr(item, "__name__", "")
                result.append(_own(name if name.isidentifier() else f"measure_{k + 1}", item))
                continue
            for name in (part.strip() for part in item.split(",")):
                result.append(_named(name))
    if not result:
        raise InputError("D672", "nothing to measure is given", hint=f"measures are {', '.join(MEASURES)}")
    for k, measure in enumerate(result):
        if any(measure.name == other.name for other in result[:k]):
            raise InputError("D672", f"the measure `{measure.name}` is given twice")
    return tuple(result)


def _named(name: str) -> Measure:
    if name in MEASURES:
        return MEASURES[name]
    meant = nearest(name, list(MEASURES))
    raise InputError(
        "D672",
        f"no measure `{name}`",
        hint=f"did you mean `{meant}`?" if meant else f"measures are {', '.join(MEASURES)}",
    )


@dataclass(frozen=True)
class _Own:
    """A function of the user's own, as a measure; a class, so that it can travel to other processes."""

    name: str
    function: Function
    takes_seed: bool

    def __call__(self, point: Point) -> Mapping[str, Value]:
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


def _own(name: str, function: object) -> Measure:
    if not callable(function):
        raise InputError(
            "D672",
            f"{function!r} is neither the name of a measure nor a function",
            hint=f"measures are {', '.join(MEASURES)}, or a function of the values of the parameters",
        )
    try:
        takes_seed = "seed" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        takes_seed = False
    return Measure(name, _Own(name, function, takes_seed), function=function)

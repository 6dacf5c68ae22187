"""What may be asked of every draw of the parameters: a basin, a fate, a time, stability, or any function.

For developers
--------------
A measure is called with draws, a mapping of parameter to array (draws,), and returns an array (draws,), NaN
where the question has no answer.  `value_at` asks it of one game with given values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.result import Analysis, RestPoint
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.sensitivity.drawn_outcomes import (
    KNIFE_EDGE,
    OTHER,
    Advance,
    DrawnGame,
    clear,
    fates_of,
    played_at,
    times_of,
)
from separatrix.dynamics.sensitivity.draws import Draws, Uncertainty
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.sentence import say

__all__ = ["KINDS", "Function", "Measure", "measure_of", "start_of", "value_at"]

Array = NDArray[np.float64]

Kind = Literal["basin", "fate", "time", "stable"]
KINDS: tuple[Kind, ...] = ("basin", "fate", "time", "stable")

Function = Callable[[Mapping[str, Any]], Any]

BASIN_SAMPLES = 1_024
"""Starts that are followed in each draw where no closed form is known: a share to about one per cent."""

MOST_UNDECIDED = 0.02
"""The share of undecided starts above which a basin counts as unknown."""


@dataclass(frozen=True, eq=False)
class Measure:
    """A question, and what answers it.

    Attributes
    ----------
    text : str
        As it was asked: ``basin:E4``, or the name of a function.
    what : str
        What the number is, for people.
    answer : callable
        From draws to numbers (draws,).
    """

    text: str
    what: str
    answer: Callable[[Draws], Array]


def measure_of(
    asked: str | Function,
    uncertainty: Uncertainty,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    seed: int = 0,
    vectorized: bool = False,
    advance: Advance | None = None,
) -> Measure:
    """Return the measure that is asked for.

    Parameters
    ----------
    asked : str or callable
        ``basin``, ``fate`` or ``stable``, each with an id as in ``basin:E4``, ``time``; or a function from
        values by name, all of them, to a number.
    uncertainty : Uncertainty
    start : state, optional
        Of ``fate`` and ``time``, and the one whose fate is meant where no id is given; by default `today`.
    seed : int
        Of the starts that are followed for a basin without a closed form.
    vectorized : bool
        Whether the function takes arrays and returns one.
    advance : callable, optional
        Told how far the work is.

    Raises
    ------
    InputError
        D653 for an unknown measure or id, or where a start is missing.
    """
    if callable(asked):
        name = getattr(asked, "__name__", type(asked).__name__)
        return Measure(str(name), say("the function {name}", name=str(name)),
                       _function(asked, uncertainty, vectorized, advance))  # fmt: skip
    kind, _, wanted = str(asked).partition(":")
    kind, wanted = kind.strip(), wanted.strip()
    if kind not in KINDS:
        close = nearest(kind, KINDS)
        raise InputError(
            "D653", f"no measure `{str(asked)[:80]}`; there are {', '.join(KINDS)}",
            hint=f"did you mean `{close}`?" if close else "as in basin:E4",
        )  # fmt: skip
    from separatrix.analysis.analyze import analyze

    analysis = analyze(uncertainty.game, uncertainty.base)
    needed = kind in ("fate", "time") or not wanted
    state = start_of(uncertainty.game, start) if needed or start else ()
    if kind == "time":
        if wanted:
            raise InputError("D653", f"`{asked}`: a time is that to wherever the course ends",
                             hint="write time alone")  # fmt: skip

        def time(draws: Draws) -> Array:
            return times_of(DrawnGame(uncertainty, analysis, draws, advance), state)

        return Measure("time", say("the time from the start to within 0.01 of where the course ends"), time)
    if not wanted:
        wanted = _usual_fate(uncertainty, analysis, state)
    target = _target(analysis, wanted, kind)
    text = f"{kind}:{wanted}"
    if kind == "fate":

        def fate(draws: Draws) -> Array:
            names = fates_of(DrawnGame(uncertainty, analysis, draws, advance), state)
            return _indicator(names == wanted, (names == "undecided") | (names == OTHER) & (target is None))

        return Measure(text, say("whether the course from the start ends at {fate}", fate=wanted), fate)
    if kind == "stable":
        if target is None:
            raise InputError("D653", f"`{text}`: `{wanted}` is no rest point",
                             hint=f"choose one of {_ids(analysis)}")  # fmt: skip
        point = target

        def stable(draws: Draws) -> Array:
            return _stable(DrawnGame(uncertainty, analysis, draws, advance), point)

        return Measure(text, say("whether {point} is asymptotically stable", point=wanted), stable)

    def basin(draws: Draws) -> Array:
        return _basin(DrawnGame(uncertainty, analysis, draws, advance), target, wanted, seed)

    return Measure(text, say("the share of all starts that ends at {fate}", fate=wanted), basin)


def start_of(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> tuple[float, ...]:
    """Return a start as numbers, by default where the game stands today; raise D653 where there is none."""
    from separatrix.dynamics.integrate.trajectory import read_start

    if start is not None:
        return read_start(game, start)
    if game.today is None:
        raise InputError(
            "D653", "no start is given, and the game does not say where things stand today",
            hint="give one, as in --from " + ",".join(f"{s}=0.5" for s in game.shares)
            + ", or name what is asked about, as in basin:E1",
        )  # fmt: skip
    return read_start(game, game.today)


def value_at(
    asked: str, game: Game, values: Mapping[str, object] | None = None, seed: int = 0, **more: Any
) -> float:
    """Return what a measure answers at one set of values.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> value_at("basin:E4", load("shi-chen-2018"), {"C1": 3})
    0.5
    """
    from separatrix.game.distribution import Distribution
    from separatrix.game.values import exact, resolve

    resolved = {n: v for n, v in resolve(game, values).items() if v is not None}
    name = next(iter(resolved))
    law = Distribution("choice", (resolved[name], resolved[name] + 1))
    still = Uncertainty(game, resolved, {name: law}, {name: (-np.inf, np.inf)}, ())
    draws = {name: np.array([float(exact(resolved[name], name))])}
    return round(float(measure_of(asked, still, seed=seed, **more).answer(draws)[0]), 12)


# --------------------------------------------------------------------------- what is meant


def _ids(analysis: Analysis) -> str:
    return ", ".join(p.id for p in analysis.rest_points)


def _target(analysis: Analysis, wanted: str, kind: str) -> RestPoint | None:
    """Return the rest point with an id at the usual values; None for a cycle."""
    point = next((p for p in analysis.rest_points if p.id == wanted), None)
    if point is None and not (wanted == "cycle" and kind in ("basin", "fate")):
        close = nearest(wanted, [p.id for p in analysis.rest_points])
        raise InputError(
            "D653", f"`{wanted[:40]}` is no rest point at the usual values; there are {_ids(analysis)}",
            hint=f"did you mean `{close}`?" if close else "`separatrix analyze` lists them",
        )  # fmt: skip
    return point


def _usual_fate(uncertainty: Uncertainty, analysis: Analysis, state: Sequence[float]) -> str:
    from separatrix.dynamics.basins.exact_outcomes import exact_fates
    from separatrix.dynamics.basins.outcome import fate_on_face

    found = exact_fates(analysis) or omega_limits(analysis)
    name = str(found.names(np.array([state]))[0])
    if name == "undecided" and any(share in (0.0, 1.0) for share in state):
        name = fate_on_face(analysis, state)
    if name != "cycle" and all(p.id != name for p in analysis.rest_points):
        raise InputError(
            "D653", f"at the usual values the course from the start ends at no rest point: {name}",
            hint=f"name what is asked about, as in basin:{analysis.rest_points[0].id}",
        )  # fmt: skip
    return name


# --------------------------------------------------------------------------- answers


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
                    "D653", f"the function returned an array of shape {found.shape}; expected ({count},)",
                    hint="leave out vectorized=True for a function of single numbers",
                )  # fmt: skip
            return found
        result = np.empty(count)
        for k in range(count):
            result[k] = float(function(base | {name: float(v[k]) for name, v in draws.items()}))
            if advance is not None:
                advance(k + 1, count)
        return result

    return answer


def _indicator(yes: Any, unknown: Any) -> Array:
    return np.where(unknown, np.nan, np.asarray(yes, dtype=float))


def _stable(drawn: DrawnGame, target: RestPoint) -> Array:
    result = np.full(drawn.count, np.nan)
    played = played_at(drawn.analysis, target)
    left = np.arange(drawn.count)
    if played is not None and drawn.field is not None:
        largest = drawn.field.invasion(played)
        plain = np.abs(largest) > KNIFE_EDGE * drawn.field.rates
        result[plain] = largest[plain] < 0
        left = np.flatnonzero(~plain)
    for done, k in enumerate(left):
        analysis = drawn.analysed(int(k))
        if analysis is not None:
            labels = [p.stability for p in analysis.rest_points if drawn.name_of(p) == target.id]
            unknown = any(label in (None, "undecided") for label in labels)
            result[k] = np.nan if unknown else float("asymptotically stable" in labels)
        drawn.told(done + 1, len(left))
    return result


def _basin(drawn: DrawnGame, target: RestPoint | None, wanted: str, seed: int) -> Array:
    from separatrix.dynamics.two_by_two.basin_areas import corner_areas

    played = None if target is None else played_at(drawn.analysis, target)
    result = np.full(drawn.count, np.nan)
    left = np.arange(drawn.count)
    games = drawn.planars
    if games is not None and (played is not None or target is None):
        corner = None if played is None else (1.0 - played[0], 1.0 - played[1])
        plain = np.array([clear(game) for game in games])
        result[plain] = corner_areas([games[k] for k in np.flatnonzero(plain)], corner)
        left = np.flatnonzero(~plain)
    for done, k in enumerate(left):
        result[k] = _basin_alone(drawn, int(k), wanted, seed)
        drawn.told(done + 1, len(left))
    return result


def _basin_alone(drawn: DrawnGame, index: int, wanted: str, seed: int) -> float:
    from separatrix.dynamics.basins.fractions import basins

    values = drawn.uncertainty.at(drawn.draws, index)
    try:
        found = basins(drawn.uncertainty.game, values, samples=BASIN_SAMPLES, seed=seed)
    except InputError:  # payoffs without a value
        return float("nan")
    if found.fractions.get("undecided", 0.0) > MOST_UNDECIDED:
        return float("nan")
    points = {p.id: drawn.name_of(p) for p in found.analysis.rest_points}
    return sum(share for name, share in found.fractions.items() if points.get(name, name) == wanted)

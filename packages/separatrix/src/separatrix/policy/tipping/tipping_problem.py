"""The problem of tipping values, in the terms of a game."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.dynamics.basins.outcome import start_of
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.instruments import with_instruments
from separatrix.game.model import Game, Profile, ReplicatorForm
from separatrix.game.values import (
    ParameterInterval,
    exact,
    missing,
    no_value_for,
    parameter_intervals,
    resolve,
)
from separatrix.policy.target import target_of
from separatrix.policy.tipping.instrument_levels import InstrumentLevels
from separatrix.policy.tipping.today_basin import Start
from separatrix.population.finite.encounters import population_sizes

__all__ = ["TippingProblem", "tipping_problem"]

WRITTEN = "-i {name}={low}:{high}, in Python {{'{name}': '{low}:{high}'}}"
"""How an instrument and its levels are written, as hints show it."""

MOST_STATES = 64
"""Pure states up to which the chain of finite populations is solved level by level. More: it takes long."""


@dataclass(frozen=True, eq=False)
class TippingProblem:
    """The problem in the terms of a game.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    base : Game
        Without them: costs refer to it.
    resolved : mapping of every parameter to its number, the levels idle
    intervals : tuple of ParameterInterval
        The instruments and their ranges.
    target : Profile
    today : mapping of share to Fraction, or None
    sizes, beta
    """

    game: Game
    base: Game
    resolved: Mapping[str, Fraction]
    intervals: tuple[ParameterInterval, ...]
    target: Profile
    today: Start | None
    sizes: tuple[int, ...] | None
    beta: float | None

    def levels(
        self, interval: ParameterInterval, others: Mapping[str, Fraction] | None = None
    ) -> InstrumentLevels:
        """Return the game along one instrument, the others idle or at the levels that are given."""
        known = {**self.resolved, **(others or {})}
        idle = known.pop(interval.name)
        return InstrumentLevels(self.game, known, interval.name, interval.low, interval.high, idle)


def tipping_problem(
    game: Game,
    instruments: object,
    target: str | Mapping[str, str] | Sequence[str] | None,
    start: Mapping[str, object] | Sequence[object] | None,
    values: Mapping[str, object] | None,
    scenario: str | None,
    population_size: object,
    beta: float,
) -> TippingProblem:
    """Return the problem in the terms of a game.

    Raises
    ------
    InputError, NameProblem
        As `tipping_values` does.
    """
    asked = list(game.instruments) if instruments is None else instruments
    if not asked:
        raise InputError(
            "P101",
            "the game describes no instruments",
            hint="name a parameter with its range, as in C1=0:4, or describe `instruments` in the game file",
        )
    ranges = _ranges(asked)
    names = list(ranges)
    levers = [name for name in names if name in game.instruments and name not in game.in_force]
    unknown = [name for name in names if name not in game.instruments and name not in game.parameters]
    if unknown:
        known = [*game.instruments, *game.parameters]
        close = nearest(unknown[0], known)
        raise NameProblem(
            "V308",
            f"no instrument or parameter `{unknown[0]}`; the game has: {', '.join(known)}",
            hint=f"did you mean `{close}`?" if close else None,
        )
    acting = with_instruments(game, [*game.in_force, *levers]) if levers else game
    intervals = tuple(
        i for name in ranges for i in parameter_intervals(acting, {name: ranges[name]}, "P102", WRITTEN)
    )
    resolved = resolve(acting, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise no_value_for(lacking)
    if not (isinstance(beta, int | float) and math.isfinite(beta) and beta > 0):
        raise InputError(
            "P103",
            f"an intensity of selection of {beta!r}; it is positive and finite",
            hint="leave it out for 1, or give one such as 0.5",
        )
    states = math.prod(acting.space.sizes)
    without = population_size is None or states > MOST_STATES or isinstance(acting.form, ReplicatorForm)
    return TippingProblem(
        game=acting,
        base=game,
        resolved={name: value for name, value in resolved.items() if value is not None},
        intervals=intervals,
        target=target_of(acting, target),
        today=_today(acting, start),
        sizes=None if without else population_sizes(acting, population_size),
        beta=float(beta),
    )


def _ranges(asked: object) -> dict[str, object]:
    """Return the instruments as names with their ranges, None for that of the game file."""
    if isinstance(asked, str):
        name, separator, span = (part.strip() for part in asked.partition("="))
        return {name: span if separator else None}
    if isinstance(asked, Mapping):
        return {str(name): span for name, span in asked.items()}
    if isinstance(asked, Sequence):
        if len(asked) == 3 and isinstance(asked[0], str) and not isinstance(asked[1], str):
            return {asked[0]: (asked[1], asked[2])}
        return {name: span for part in asked for name, span in _ranges(part).items()}
    raise InputError(
        "P102", f"{asked!r} names no instruments", hint="write ['subsidy'], or {'subsidy': '0:1'}"
    )


def _today(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> Start | None:
    """Return today's state as exact numbers."""
    if start is None:
        return None if game.today is None else {name: game.today[name] for name in game.shares}
    start_of(game, start)  # refuses what is no state
    by_name = start if isinstance(start, Mapping) else dict(zip(game.shares, start, strict=True))
    return {name: exact(by_name[name], name) for name in game.shares}

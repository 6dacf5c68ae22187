"""One block of a sweep: its points, which of them can be measured, and what is measured there.

Basins in closed form on whole arrays of parameter values: two populations of two strategies, or one.

Without own play two populations have the areas of `separatrix.dynamics.bimatrix_basins`; in one
population of two strategies the mixed rest point divides the line.  Points at which rounding may have given
the sign of a gain, or where one vanishes, are left to the analysis of each.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, sections 7.1 and 11.2.

Basins at many points of a sweep at once, by machine code: the trajectories of all points together.

The values at each point are those of `separatrix.basins` where it follows starts: shares of the same
starts, with the same intervals. Points at which some start reaches no strict equilibrium are analysed
separately (`separatrix.dynamics.basins.strict_basins`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.heteroclinic_cycles import CYCLE
from separatrix.dynamics.attractors.tolerances import NEARLY_DEGENERATE
from separatrix.dynamics.basins.basins import starts
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.bimatrix_basins import areas_of_many
from separatrix.dynamics.fields.payoffs import Formulas, moving_formulas
from separatrix.dynamics.observable_types import (
    Observable,
    SweepPoint,
    Value,
    profile_label,
    set_label,
    support_label,
)
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.dynamics.statistics import of_replicates
from separatrix.dynamics.sweeps.axes import SweepAxis
from separatrix.dynamics.sweeps.strict_equilibria import (
    UNKNOWN,
    Function,
    StrictProfiles,
    condition_signs,
    difference_of,
    strict_profiles,
)
from separatrix.dynamics.tolerances import ON_IT
from separatrix.dynamics.two_by_two_tolerances import EXACT_GAIN
from separatrix.errors import InputError, SeparatrixError
from separatrix.expression.conditions import with_sides
from separatrix.expression.tree import Call, Expression, Number, names_in, substitute, subtract, walk
from separatrix.game.fitness import folded
from separatrix.game.model import Game, ProfileTable, SelfMatrix
from separatrix.game.values import expand, violated
from separatrix.run.block_store import Tiling, seed_at
from separatrix.run.cached_property import cached_property
from separatrix.run.columns import Column, Numbers, Shares, encoded, words_of
from separatrix.run.workers import opened

__all__ = [
    "ASSUMED",
    "BasinFormulas",
    "Broken",
    "COMPILED_FROM",
    "FINE",
    "STATUS",
    "SampledBasins",
    "Sweep",
    "basin_formulas",
    "block",
    "broken_assumptions",
    "sampled_basins",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BasinFormulas:
    """The gains on which the basins of a game rest.

    Attributes
    ----------
    game : Game
    strict : StrictProfiles
        Decides at which points the game has no values.
    gains : sequence of functions
        The additional payoff of the first strategy: for two populations, each at both ends of the other's
        share, first where that is 0; for one population where its share is 0 and 1.
    speeds : sequence of functions
        The speed that belongs to each gain.
    """

    game: Game
    strict: StrictProfiles
    gains: Sequence[Function]
    speeds: Sequence[Function]

    def __call__(self, at: Mapping[str, Array]) -> list[tuple[dict[str, float], float] | None]:
        """Return the shares by the name of the outcome, and a bound of their error; None where unknown.

        Parameters
        ----------
        at : mapping of varying parameter to array (points,)
            Values, each rounded once.
        """
        count = len(next(iter(at.values())))
        known = ~self.strict.doubtful(at, count)
        values, doubt = np.empty((len(self.gains), count)), np.zeros(count)
        with np.errstate(all="ignore"):
            for row, gain, speed in zip(values, self.gains, self.speeds, strict=True):
                (value, error), (factor, blur) = gain(at), speed(at)
                relative = error / np.abs(value) + blur / np.abs(factor)
                known &= np.broadcast_to(relative <= EXACT_GAIN, count)
                doubt += relative
                row[:] = factor * value
            size = np.abs(values)
            known &= size.min(axis=0) > NEARLY_DEGENERATE * size.max(axis=0)
        rows = np.flatnonzero(known)
        found = self._square(values[:, rows]) if len(self.gains) == 4 else self._line(values[:, rows])
        result: list[tuple[dict[str, float], float] | None] = [None] * count
        for k, (shares, own) in zip(rows.tolist(), found, strict=True):
            # A share moves by no more than a rate does, relative to it; the only outcome has all of them.
            result[k] = shares, own + (float(doubt[k]) if len(shares) > 1 else 0.0)
        return result

    def _square(self, rates: Array) -> list[tuple[dict[str, float], float]]:
        corners = {(1.0 - i, 1.0 - j): profile_label(self.game, (i, j)) for i in (0, 1) for j in (0, 1)}
        return [
            ({CYCLE if place is None else corners[place]: share for place, share in shares}, error)
            for shares, error in areas_of_many(rates.T)
        ]

    def _line(self, rates: Array) -> list[tuple[dict[str, float], float]]:
        ends = [profile_label(self.game, (k,)) for k in (1, 0)]
        mixed = support_label(self.game, [(0, 1)])
        result = []
        for low, high in rates.T.tolist():
            if low < 0 < high:
                middle = low / (low - high)
                result.append(({ends[0]: middle, ends[1]: 1 - middle}, 3 * ON_IT))
            elif high < 0 < low:
                result.append(({mixed: 1.0}, 3 * ON_IT))
            else:
                result.append(({ends[low > 0]: 1.0}, 2 * ON_IT))
        return result


def basin_formulas(game: Game, fixed: Mapping[str, Fraction], varying: Sequence[str]) -> BasinFormulas | None:
    """Return the closed form of the basins of a game while parameters vary, or None where it has none.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> [shares for shares, _ in basin_formulas(game, {}, ["v"])({"v": np.array([3.0, -1.0])})]
    [{'x=0': 0.25, 'x=1': 0.75}, {'x=0': 1.0}]
    """
    if game.space.sizes == (2, 2) and isinstance(game.form, ProfileTable):
        strict = strict_profiles(game, fixed, varying)
        if strict is None:
            return None
        keys = [(i, 0, 1, (other,)) for i in (0, 1) for other in (1, 0)]
        pairs, owners = [strict.pairs[key] for key in keys], [0, 0, 1, 1]
    elif game.space.sizes == (2,) and isinstance(game.form, SelfMatrix):
        (first, second) = game.form.rows
        strict = StrictProfiles(game, fixed, (), {})
        pairs, owners = [(first[k], second[k]) for k in (1, 0)], [0, 0]
        strict = StrictProfiles(game, fixed, (), {(0, 0, 1, (k,)): pair for k, pair in enumerate(pairs)})
    else:
        return None
    written = [strict.plain(subtract(*pair)) for pair in pairs]
    every = [*written, *(strict.plain(speed) for speed in game.speeds)]
    if not all(set(varying).issuperset(names_in(e)) for e in every):
        return None
    if any(isinstance(n, Call) and n.function not in ("min", "max") for e in every for n in walk(e)):
        return None
    functions = [difference_of(e) for e in written]
    if any(function is None for function in functions):
        return None
    return BasinFormulas(
        game, strict, [f for f in functions if f is not None], [strict.speeds[i] for i in owners]
    )


COMPILED_FROM = 400_000
"""Trajectories of a whole sweep from which on machine code follows them. Fewer: loading it takes longer."""

CANCELLED = 1e5
"""How many times as large as what moves a game its payoffs may be: beyond, rounding of these may decide the
signs of gains, and each point is analysed by itself."""


@dataclass(frozen=True)
class SampledBasins:
    """The basins of a game while parameters vary.

    Attributes
    ----------
    game : Game
    formulas : what every strategy earns, and the speeds
    samples, seed : int
        Of the starts, which are the same at every point.
    """

    game: Game
    formulas: Formulas
    samples: int
    seed: int

    def __call__(self, at: Mapping[str, Array]) -> list[tuple[dict[str, float], float] | None]:
        """Return the shares by the name of the outcome, and a bound of their error; None where unknown.

        Parameters
        ----------
        at : mapping of varying parameter to array (points,)
        """
        count = len(next(iter(at.values())))
        nothing: list[tuple[dict[str, float], float] | None] = [None] * count
        field = DrawnField(self.game, at, self.formulas)
        rates = field.polynomials
        if rates is None:
            return nothing
        sizes = self.game.space.sizes
        corners = [[np.eye(n)[k] for n, k in zip(sizes, own, strict=True)] for own in self.game.profiles()]
        with np.errstate(all="ignore"):
            speeds = np.array([np.zeros(count) + np.asarray(speed(at)) for speed in self.formulas[1]])
            largest = np.max([np.abs(one).max(axis=1) for c in corners for one in field.growth_at(c)], axis=0)
            plain = (speeds > 0).all(axis=0) & (largest <= CANCELLED * field.rates)
        drawn = starts(sizes, self.samples, self.seed)
        found = strict_basins(rates, np.where(plain, field.rates, 0.0), drawn)
        if found is None:
            return nothing
        names = [*(profile_label(self.game, profile) for profile in found.profiles), CYCLE]
        for k in np.flatnonzero(found.settled).tolist():
            own = found.shares[k]
            reached = np.flatnonzero(own.any(axis=0)).tolist()
            widest = 0.0
            for column in reached:
                low, high = of_replicates(own[:, column], drawn.shape[1])
                widest = max(widest, (high - low) / 2)
            nothing[k] = {names[column]: float(own[:, column].mean()) for column in reached}, widest
        return nothing


def sampled_basins(
    game: Game, fixed: Mapping[str, Fraction], varying: Sequence[str], points: int, samples: int, seed: int
) -> SampledBasins | None:
    """Return what finds basins at many points at once, or None where each is quicker by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> pay = [["v", 0, 0], [0, 1, 0], [0, 0, 1]]
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": pay, "title": "Coordination"})
    >>> found = sampled_basins(game, {}, ["v"], 1000, 4096, seed=0)({"v": np.array([1.0])})
    >>> [(label, round(share, 2)) for label, share in found[0][0].items()]
    [('x=1', 0.33), ('x=2', 0.33), ('x=3', 0.33)]
    """
    if points * samples < COMPILED_FROM or game.moving_lets:
        return None
    formulas = moving_formulas(game, fixed, varying)
    return None if formulas is None else SampledBasins(game, formulas, samples, seed)


Places = Sequence[NDArray[np.int64]]

STATUS = "status"
FINE = "measured"
ASSUMED = "breaks_assumption"


@dataclass(frozen=True)
class Sweep:
    """What is swept and measured.

    Attributes
    ----------
    game : Game
    values : mapping of parameter to number
        Those that are not swept.
    axes : tuple of SweepAxis
    measures : tuple of Observable
    start : tuple of float, or None
    seed : int
    samples : int
    scenario : str or None
        Where values come from.
    """

    game: Game
    values: Mapping[str, Fraction]
    axes: tuple[SweepAxis, ...]
    measures: tuple[Observable, ...]
    start: tuple[float, ...] | None
    seed: int
    samples: int
    scenario: str | None = None

    def __getstate__(self) -> dict[str, Any]:
        # What was compiled here does not travel; whoever opens it compiles it anew.
        return {own.name: getattr(self, own.name) for own in fields(self)}

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.count for axis in self.axes)

    @cached_property
    def strict(self) -> StrictProfiles | None:
        """The closed form of `stable`, where the game has one."""
        if all(m.name != "stable" or m.function is not None for m in self.measures):
            return None
        return strict_profiles(self.game, self.values, [axis.name for axis in self.axes])

    @cached_property
    def basins(self) -> BasinFormulas | SampledBasins | None:
        """The method that computes `basin` at many points at once, in closed form or in compiled code."""
        if all(m.name != "basin" or m.function is not None for m in self.measures):
            return None
        names = [axis.name for axis in self.axes]
        closed = basin_formulas(self.game, self.values, names)
        if closed is not None:
            return closed
        points, seed = math.prod(self.shape), self.common_seed("basin")
        return sampled_basins(self.game, self.values, names, points, self.samples, seed)

    def common_seed(self, stream: str) -> int:
        """Return a seed that all points share."""
        return seed_at(self.seed, 0, stream)

    @cached_property
    def broken(self) -> Broken | None:
        """The test for points that break an assumption; None if the game has no assumptions."""
        return broken_assumptions(self.game, self.values) if self.game.assumptions else None

    def values_at(self, place: Sequence[int]) -> dict[str, Fraction]:
        """Return the exact values of all parameters at a point."""
        swept = {axis.name: axis.value(int(k)) for axis, k in zip(self.axes, place, strict=True)}
        return {name: swept[name] if name in swept else self.values[name] for name in self.game.parameters}

    def point(self, place: Sequence[int], number: int) -> SweepPoint:
        """Return the game at a point with its number in the grid."""

        def seed(stream: str) -> int:
            return seed_at(self.seed, number, stream)

        return SweepPoint(
            self.game, self.values_at(place), seed, self.start, self.samples, self.common_seed("basin")
        )


def block(parcel: bytes, number: int) -> bytes:
    """Return a block of a sweep as bytes.

    Parameters
    ----------
    parcel : bytes
        A `Sweep`, a `Tiling` and the fingerprint of the run, packed.
    number : int
        Of the block.
    """
    sweep, tiling, run = opened(parcel)
    return worked_out(sweep, tiling, run, number)


def worked_out(sweep: Sweep, tiling: Tiling, run: str, number: int) -> bytes:
    """Return a block of a sweep as bytes."""
    return encoded(measured(sweep, tiling, tiling.places(number)), run, number)


def measured(sweep: Sweep, tiling: Tiling, places: Places) -> dict[str, Column]:
    """Return the columns of points, given by their places along each axis, arrays (points,)."""
    count = len(places[0])
    status: list[str] = [FINE] * count
    at = {axis.name: _floats(axis, own) for axis, own in zip(sweep.axes, places, strict=True)}

    def exactly(k: int) -> Mapping[str, Fraction]:
        return sweep.values_at([int(own[k]) for own in places])

    if sweep.broken is not None:
        for k, found in enumerate(sweep.broken(at, exactly)):
            if found is not False:
                status[k] = ASSUMED if found is True else found
    columns: dict[str, Column] = {}
    each = list(sweep.measures)
    if sweep.strict is not None:
        each = [m for m in each if m.name != "stable"]
        columns["stable"] = _strict_column(sweep, sweep.strict, at, exactly, status)
    if each:
        known = _basins(sweep, at, status)
        columns |= _point_by_point(sweep, each, tiling, places, status, known)
    columns[STATUS] = words_of(status)
    return columns


def _floats(axis: SweepAxis, places: Any) -> Array:
    """Return the values of an axis at places, each rounded once."""
    met, back = np.unique(places, return_inverse=True)
    return np.array([float(axis.value(k)) for k in met.tolist()])[back]


def _strict_column(
    sweep: Sweep,
    strict: StrictProfiles,
    at: Mapping[str, Array],
    exactly: Callable[[int], Mapping[str, Fraction]],
    status: list[str],
) -> Column:
    """Return the sets of stable profiles; note in `status` where the game is undefined."""
    fine = [k for k, word in enumerate(status) if word == FINE]
    labels: list[str | None] = [None] * len(status)
    if not fine:
        return words_of(labels)
    chosen = {name: part[fine] for name, part in at.items()}
    known: dict[int, str] = {}
    for k, mask in zip(fine, strict.masks(chosen, lambda j: exactly(fine[j])), strict=True):
        if isinstance(mask, str):
            status[k] = mask
            continue
        if mask not in known:
            stable = [p for j, p in enumerate(strict.profiles) if mask >> j & 1]
            known[mask] = set_label(profile_label(sweep.game, p) for p in stable)
        labels[k] = known[mask]
    return words_of(labels)


def _basins(sweep: Sweep, at: Mapping[str, Array], status: Sequence[str]) -> list[Mapping[str, Value] | None]:
    """Return the measures of `basin` at points where a closed form gives them, else None."""
    known: list[Mapping[str, Value] | None] = [None] * len(status)
    fine = [k for k, word in enumerate(status) if word == FINE]
    if sweep.basins is None or not fine:
        return known
    for k, one in zip(fine, sweep.basins({name: part[fine] for name, part in at.items()}), strict=True):
        if one is not None:
            known[k] = {"basin": one[0], "basin_error": one[1]}
    return known


# --------------------------------------------------------------------------- point by point


def _point_by_point(
    sweep: Sweep,
    measures: Sequence[Observable],
    tiling: Tiling,
    places: Places,
    status: list[str],
    basins: Sequence[Mapping[str, Value] | None],
) -> dict[str, Column]:
    found: list[dict[str, Value]] = []
    for k, word in enumerate(status):
        values: dict[str, Value] = {}
        told = basins[k]
        asked = measures
        if word == FINE and told is not None:
            values |= told
            asked = [m for m in measures if m.name != "basin" or m.function is not None]
        if word == FINE and asked:
            place = [int(own[k]) for own in places]
            point = sweep.point(place, tiling.at(place))
            for measure in asked:
                try:
                    values |= _evaluate_observable(measure, point, sweep.axes)
                except SeparatrixError as problem:
                    if problem.code == "D672":  # a fault of the measure, not of the point
                        raise
                    status[k] = problem.code
        found.append(values)
    names = {name: None for measure in measures for name in measure.variables}
    names |= {name: None for values in found for name in values}
    return {name: _column(found, name) for name in names}


def _evaluate_observable(
    measure: Observable, point: SweepPoint, axes: Iterable[SweepAxis]
) -> Mapping[str, Value]:
    try:
        return measure.at(point)
    except SeparatrixError:
        raise
    except Exception as problem:
        if measure.function is None:
            raise
        where = ", ".join(f"{axis.name} = {point.values[axis.name]}" for axis in axes)
        raise InputError(
            "D672",
            f"the measure `{measure.name}` failed at {where}: {type(problem).__name__}: {problem}",
            hint="finished blocks are kept; a measure returns None where it has no value",
        ) from problem


def _column(found: Sequence[Mapping[str, Value]], name: str) -> Column:
    values = [point.get(name) for point in found]
    if any(isinstance(value, str) for value in values):
        return words_of([value if isinstance(value, str) else None for value in values])
    if any(isinstance(value, Mapping) for value in values):
        names = sorted({key for value in values if isinstance(value, Mapping) for key in value})
        table = np.full((len(values), len(names)), math.nan)
        for k, value in enumerate(values):
            if isinstance(value, Mapping):
                table[k] = [value.get(key, 0.0) for key in names]
        known = np.array([isinstance(value, Mapping) for value in values])
        return Shares(table, tuple(names), known)
    numbers = [math.nan if v is None else float(v) for v in values]  # type: ignore[arg-type]  # others went above
    return Numbers(np.array(numbers))


# --------------------------------------------------------------------------- assumption mask

Broken = Callable[[Mapping[str, "Array"], Callable[[int], Mapping[str, Fraction]]], list[bool | str]]


def broken_assumptions(game: Game, fixed: Mapping[str, Fraction]) -> Broken:
    """Return a function from points to whether each breaks an assumption.

    Its arguments are those of `separatrix.dynamics.sweeps.strict_equilibria.StrictProfiles.masks`.  Where an
    assumption itself has no value, as in ``1/a > 0`` at ``a = 0``, the code of the error is returned.
    """
    numbers: dict[str, Expression] = {name: Number(value) for name, value in fixed.items()}

    def side_with_numbers(side: Expression) -> Expression:
        return folded(substitute(expand(game, side), numbers))

    rules = [condition_signs(with_sides(condition, side_with_numbers)) for condition, _ in game.assumptions]

    def broken(at: Mapping[str, Array], exactly: Callable[[int], Mapping[str, Fraction]]) -> list[bool | str]:
        count = len(next(iter(at.values())))
        worst = np.ones(count, dtype=np.int8)
        for rule in rules:
            found = rule(at)
            worst = np.where((worst == -1) | (found == -1), -1, np.where(found == UNKNOWN, UNKNOWN, worst))
        result: list[bool | str] = (worst == -1).tolist()
        for k in np.flatnonzero(worst == UNKNOWN).tolist():
            try:
                result[k] = bool(violated(game, exactly(k)))
            except InputError as problem:
                result[k] = problem.code
        return result

    return broken

"""One block of a sweep: its points, which of them can be measured, and what is measured there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.observable import Observable, SweepPoint, Value
from separatrix.dynamics.state_labels import profile_label, set_label
from separatrix.dynamics.sweeps.axes import SweepAxis
from separatrix.dynamics.sweeps.basin_formulas import BasinFormulas, basin_formulas
from separatrix.dynamics.sweeps.rounding_bounds import UNKNOWN, condition_signs
from separatrix.dynamics.sweeps.sampled_basins import SampledBasins, sampled_basins
from separatrix.dynamics.sweeps.strict_profiles import StrictProfiles, strict_profiles
from separatrix.errors import InputError, SeparatrixError
from separatrix.expression.conditions import with_sides
from separatrix.expression.tree import Expression, Number, substitute
from separatrix.game.fitness import folded
from separatrix.game.model import Game
from separatrix.game.values import expand, violated
from separatrix.run.block_store import Tiling, seed_at
from separatrix.run.cached_property import cached_property
from separatrix.run.columns import Column, Numbers, Shares, encoded, words_of
from separatrix.run.workers import opened

__all__ = ["ASSUMED", "Broken", "FINE", "STATUS", "Sweep", "block", "broken_assumptions"]

Array = NDArray[np.float64]
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

    Its arguments are those of `separatrix.dynamics.sweeps.strict_profiles.StrictProfiles.masks`.  Where an
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

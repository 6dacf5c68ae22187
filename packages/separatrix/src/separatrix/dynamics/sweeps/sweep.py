"""Sweeps: what is measured at every point of a grid of parameter values.

The grid is cut into blocks, which are computed here or by other processes, in any order. With an output
file, each finished block is kept in a folder next to it, so that an interrupted run can be resumed.

How long a sweep will take and how large its result will be, from a few of its points.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.observable_types import DRAWN, Observable, SweepVariable, id_of
from separatrix.dynamics.observables import observables_of
from separatrix.dynamics.sweeps.axes import SweepAxis, axes_of
from separatrix.dynamics.sweeps.blocks import ASSUMED, FINE, STATUS, Sweep, measured, worked_out
from separatrix.dynamics.sweeps.blocks import block as block_of
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.model import Game
from separatrix.game.values import no_value_for, resolve
from separatrix.run.block_store import BlockFolder, Blocks, Memory, Tiling, parts_of
from separatrix.run.columns import Damaged, WordColumn, encoded
from separatrix.run.console import progress
from separatrix.run.layout import ColumnLayout, Coordinate, laid_out
from separatrix.run.results import fingerprint, provenance
from separatrix.run.workers import Workers, done, packed
from separatrix.sentences import say

if TYPE_CHECKING:
    import xarray

__all__ = ["LARGEST", "LONGEST", "SweepCost", "SweepResult", "estimate", "planned", "sweep", "work"]

Places = tuple[NDArray[np.int64], ...]

LONGEST = 600.0
"""Seconds that a sweep may take without confirmation."""
LARGEST = 1_000_000_000
"""Bytes of the result, likewise."""

PATIENCE = 0.4
"""Seconds after which no larger sample is tried."""
FIRST = 60.0
"""Seconds of the first point after which no second one is tried; compilation takes up to half of it."""
SAMPLES = (1, 1, 3, 16, 128, 1024)
"""Points that are tried in turn, the first one twice: it loads what all need."""

SURE = 2
"""The sample after which a larger one is tried only if it is quick."""

BLOCK_SECONDS = 2.0
"""How long a block of points may take: what is lost when a sweep is stopped."""

MOST_IN_BLOCK = 1 << 16
"""Points of a block that take hardly any time: more would take more memory."""


@dataclass(frozen=True)
class SweepCost:
    """What a sweep will cost.

    Attributes
    ----------
    points : int
    seconds : float
        With all workers, of the points that are not finished yet.
    bytes : float
        Of the result, and as much again for its blocks until it is assembled.
    in_block : int
        Points that are best computed together.
    """

    points: int
    seconds: float
    bytes: float
    in_block: int

    @property
    def too_large(self) -> bool:
        """Whether to ask for confirmation."""
        return self.seconds > LONGEST or self.bytes > LARGEST


def estimate(sweep: Sweep, workers: int = 1) -> SweepCost:
    """Return what a sweep will cost; takes about half a second, and a few points at least.

    Raises
    ------
    SeparatrixError
        Where none of the points that were tried can be measured: the error of one of them.
    """
    tiling = Tiling.of(sweep.shape, MOST_IN_BLOCK)
    words: set[str] = set()
    begun, taken, size, tried = time.perf_counter(), 0.0, 0, 1
    for k, count in enumerate(SAMPLES):
        tried = min(count, tiling.size)
        places = _spread(sweep.shape, tried)
        started = time.perf_counter()
        columns = measured(sweep, tiling, places)
        taken = (time.perf_counter() - started) / tried
        size = len(encoded(columns, "", 0)) - len(encoded({}, "", 0))
        status = columns[STATUS]
        if isinstance(status, WordColumn):
            words.update(status.words)
        if k == 0 and time.perf_counter() - begun < FIRST:
            begun = time.perf_counter()  # the first point loads and compiles what all need
        elif time.perf_counter() - begun > PATIENCE or tried == tiling.size:
            break
        elif k >= SURE and taken * SAMPLES[min(k + 1, len(SAMPLES) - 1)] > PATIENCE:
            break  # the next sample alone would take longer
    if words and not words & {FINE, ASSUMED}:
        _fail(sweep, tiling, _spread(sweep.shape, 1))
    in_block = max(1, min(MOST_IN_BLOCK, int(BLOCK_SECONDS / max(taken, NOT_ZERO))))
    if workers > 1:  # enough blocks that none of them waits for the last one
        in_block = max(1, min(in_block, math.ceil(tiling.size / (4 * workers))))
    # A description of the columns comes once a block, not once a point.
    each = max(4.0, (size - 400.0 * len(columns)) / tried)
    whole = each * tiling.size + 8.0 * sum(sweep.shape)
    return SweepCost(tiling.size, taken * tiling.size / workers, whole, in_block)


def _spread(shape: Sequence[int], count: int) -> Places:
    """Return places all over a grid: Kronecker's sequence of the square roots of primes."""
    steps = np.sqrt([2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0])
    k = np.arange(count)
    return tuple(
        np.minimum((((0.5 + k * steps[i % 10]) % 1.0) * n).astype(np.int64), n - 1)
        for i, n in enumerate(shape)
    )


def _fail(sweep: Sweep, tiling: Tiling, places: Places) -> None:
    """Raise the error that a point has met."""
    place = [int(own[0]) for own in places]
    point = sweep.point(place, tiling.at(place))
    for measure in sweep.measures:
        try:
            measure.at(point)
        except SeparatrixError as problem:
            where = ", ".join(f"{axis.name} = {point.values[axis.name]}" for axis in sweep.axes)
            again = f"at {where}, and at every other point that was tried"
            problem.hint = (
                f"{problem.hint}; this was met {again}" if problem.hint else f"this was met {again}"
            )
            raise


TIMES = 3
"""How often to recompute blocks that turn out to be damaged while they are assembled."""


def sweep(
    game: Game,
    over: Mapping[str, object] | Sequence[str] | str,
    measure: object = "stable",
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    seed: int = 0,
    samples: int = DRAWN,
    out: str | Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    block: int | None = None,
    progress: bool = False,
) -> xarray.Dataset:
    """Observable a game at every point of a grid of parameter values.

    Parameters
    ----------
    game : Game
    over : mapping of parameter to its values
        ``"LOW:HIGH"`` or ``"LOW:HIGH:COUNT"``, equally spaced; ``"LOW:HIGH:COUNT:log"``; or a sequence of
        numbers.  Also as text, ``"C1=0:8"``, or several of these.  The last parameter varies fastest.
    measure : str, function, or several of these
        ``stable``: which states are asymptotically stable; ``basin``: the share of all starts with each
        outcome; ``time``: until a trajectory from `start` has arrived, and where; ``shock``: the size of the
        smallest change of the shares that changes the outcome of `start`; ``rest``: the number of rest
        points.  Or a function from the exact values of all parameters to a number, or to a mapping of
        names to numbers; it is given a ``seed`` if it takes one.  A mapping gives functions names.
    values, scenario
        The parameters that are not swept, as in `separatrix.analyze`.
    start : mapping of share to number, or one number for each share, optional
        Where trajectories start; by default today's state of the game.
    seed : int
        Each point has a seed of its own, made from this and its place in the grid; the starts of `basin` are
        the same at all points, so that points differ by the game alone.
    samples : int
        Starts at each point for `basin` where no closed form is known.
    out : path, optional
        A netCDF file to write (``.nc``).  Finished blocks are kept in a folder next to it until all is done:
        the same call resumes after an interruption.  Without it the result is made in memory.
    workers : int, optional
        Processes on this machine; by default one.
    scheduler : str, optional
        ``processes``, ``local`` (a Dask cluster on this machine) or the address of a Dask scheduler.
    block : int, optional
        How many points are computed and kept together; by default as many as take about two seconds.
    progress : bool
        Whether to show a bar on a terminal.

    Returns
    -------
    xarray.Dataset
        A variable for each value that was measured, with ``status``: at which points there is none, and why.
        Which values come out does not depend on workers, blocks or interruptions.

    Raises
    ------
    NameProblem
        V302 for a parameter that the game does not have, V303 for an unknown scenario.
    InputError
        D671 for values that make no axis; D672 for a measure that does not exist or that fails; D673 if
        the folder next to `out` holds another run; D674 for a result too large for memory; D675 for
        unavailable workers; D625 without a start; V304 where a parameter has no value.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> found = separatrix.sweep(game, {"C1": "3:9:4", "R1": [1, 3]}, ["stable", "rest"])
    >>> dict(found.sizes), found.rest.sel(R1=3).values.tolist()
    ({'C1': 4, 'R1': 2}, [5.0, 5.0, 4.0, 4.0])
    >>> names = found.stable.attrs["flag_meanings"].split()
    >>> [names[code] for code in found.stable.sel(R1=3).values]
    ['x=0,y=0|x=1,y=1', 'x=0,y=0|x=1,y=1', 'x=0,y=0', 'x=0,y=0']
    """
    asked = planned(game, over, measure, values, scenario, start=start, seed=seed, samples=samples)
    who = Workers.of(workers, scheduler)
    cost = estimate(asked, who.count)
    if block is not None:
        if not isinstance(block, int) or block < 1:
            raise InputError("D671", f"blocks of {block!r} points; expected a whole number of 1 or more")
        cost = replace(cost, in_block=min(block, MOST_IN_BLOCK))
    if out is None:
        if cost.bytes > LARGEST:
            raise InputError(
                "D674",
                f"{cost.points:,} points would take {cost.bytes / LARGEST:.3g} GB of memory",
                hint="give a file with out='sweep.nc': it is written block by block",
            )
        return work(asked, cost, None, who, shown=progress).dataset()
    target = Path(out)
    if target.suffix != ".nc":
        raise InputError("U902", f"{target} does not end in .nc", hint="sweeps are written as netCDF")
    found = work(asked, cost, target, who, shown=progress)
    found.write(target)
    import xarray

    return xarray.open_dataset(target, engine="h5netcdf")


def planned(
    game: Game,
    over: Mapping[str, object] | Sequence[str] | str,
    measure: object = "stable",
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    seed: int = 0,
    samples: int = DRAWN,
) -> Sweep:
    """Return what is to be swept and measured, checked; the arguments are those of `sweep`."""
    from separatrix.dynamics.integration.trajectory import read_start

    if not isinstance(seed, int) or seed < 0:
        raise InputError("D624", f"a seed of {seed!r}; expected a whole number of 0 or more")
    axes = axes_of(game, over)
    measures = observables_of(measure)
    resolved = resolve(game, values, scenario)
    for axis in axes:
        if axis.name in (values or {}):
            raise InputError("D671", f"`{axis.name}` is both set and swept", hint="give only one of the two")
    fixed = {name: v for name, v in resolved.items() if all(name != axis.name for axis in axes)}
    lacking = [name for name, value in fixed.items() if value is None]
    if lacking:
        raise no_value_for(lacking, "sweep it, or choose a scenario")
    given = game.today if start is None else start
    if given is None and any(m.needs_start for m in measures):
        raise InputError(
            "D625",
            "the game does not give today's state",
            hint="give a start, as in --from x=0.2,y=0.3, or write `today: {x: 0.2, y: 0.3}` into the file",
        )
    state = None if given is None else read_start(game, given)
    if any(m.name == "basin" and m.function is None for m in measures):
        from separatrix.dynamics.basins.basins import starts

        starts(
            [2], samples if samples < 64 or samples > 1 << 24 else 64, 0
        )  # refuse an impossible number now
    kept: dict[str, Fraction] = {name: v for name, v in fixed.items() if v is not None}
    return Sweep(game, kept, axes, measures, state, seed, samples, scenario)


# --------------------------------------------------------------------------- working


@dataclass(frozen=True)
class SweepResult:
    """A sweep whose blocks are finished.

    Attributes
    ----------
    sweep : Sweep
    blocks : Blocks
    again : callable
        Computes the blocks that are missing.
    command : str or None
        The command line, for the provenance.
    """

    sweep: Sweep
    blocks: Blocks
    again: Callable[[], None]
    command: str | None = None
    _layout: list[ColumnLayout] = field(default_factory=list)

    @property
    def layout(self) -> ColumnLayout:
        """All of the result but the numbers."""
        if not self._layout:
            self._layout.append(self.whole(self._laid_out))
        return self._layout[0]

    def _laid_out(self) -> ColumnLayout:
        coordinates = [_coordinate(self.sweep.game, axis) for axis in self.sweep.axes]
        told = _sweep_variables(self.sweep)
        kinds = {name: one.kind for name, one in told.items()}
        return laid_out(self.blocks, coordinates, _attributes(self.sweep, told), kinds)

    def whole(self, action: Callable[[], Any]) -> Any:
        """Apply a function to all blocks; recompute those that turn out to be damaged."""
        for _ in range(TIMES - 1):
            try:
                return action()
            except Damaged:
                self._layout.clear()
                self.again()
        return action()

    def states(self) -> dict[str, str]:
        """Return the ids of the states that the results name, by these names."""
        told = sorted(
            {part for v in self.layout.variables for label in v.labels for part in label.split("|")}
        )
        ids = {label: id_of(self.sweep.game, label) for label in told}
        return {label: name for label, name in ids.items() if name is not None}

    def attributes(self) -> dict[str, Any]:
        """Return the description of the whole: its provenance, and what it depends on."""
        game = self.sweep.game
        told: dict[str, Any] = {
            "Conventions": "CF-1.11",
            "title": f"Sweep: {game.title}",
            **{key: str(value) for key, value in provenance(game).items()},
            **_described(self.sweep),
        }
        told["values"] = "; ".join(f"{name}={value}" for name, value in self.sweep.values.items())
        told["axes"] = "; ".join(f"{axis.name}={axis.text()}" for axis in self.sweep.axes)
        told["measures"] = ", ".join(told["measures"])
        for key in ("start", "scenario"):
            if told[key] is None:
                del told[key]
        if states := self.states():
            told["states"] = "; ".join(f"{name}: {label}" for label, name in states.items())
        if self.command is not None:
            told["history"] = self.command
        if game.source:
            told["references"] = game.source
        return told

    def dataset(self) -> xarray.Dataset:
        """Return the result in memory."""
        from separatrix.run.netcdf import dataset_of

        found: xarray.Dataset = self.whole(lambda: dataset_of(self.blocks, self.layout, self.attributes()))
        return found

    def write(self, path: Path, format: str | None = None) -> None:
        """Write the result as netCDF (``nc``) or ``csv``, by default as the ending says; remove the blocks.

        Raises
        ------
        InputError
            U903 where the file cannot be written; the blocks are kept.
        """
        from separatrix.run.csv_output import write_csv
        from separatrix.run.netcdf import write_netcdf

        def write() -> None:
            if (format or path.suffix.lower()[1:]) == "csv":
                write_csv(path, self.blocks, self.layout)
            else:
                write_netcdf(path, self.blocks, self.layout, self.attributes())

        if not isinstance(self.blocks, BlockFolder):
            self.whole(write)
            return
        self.blocks.take()
        try:
            with self.blocks.telling():
                self.whole(write)
        except BaseException:
            self.blocks.release()
            raise
        self.blocks.remove()


def work(
    asked: Sweep,
    cost: SweepCost,
    out: Path | None,
    workers: Workers | None = None,
    *,
    shown: bool = False,
    command: str | None = None,
) -> SweepResult:
    """Work out all blocks of a sweep, or those that an earlier run has not finished.

    Parameters
    ----------
    asked : Sweep
    cost : SweepCost
    out : Path or None
        The file that will be written; its blocks are kept in a folder next to it.
    workers : Workers, optional
    shown : bool
        Whether to show progress on a terminal.
    command : str, optional
        The command line.
    """
    who = workers or Workers()
    tiling = Tiling.of(asked.shape, cost.in_block)
    blocks: Blocks = Memory(tiling)
    if out is not None:
        blocks = BlockFolder.opened(parts_of(out), tiling, _described(asked))

    def finish() -> None:
        missing = blocks.missing()
        if not missing:
            return
        points = sum(blocks.tiling.points_in(k) for k in missing)
        with progress("sweep", asked_points, asked_points - points, shown=shown) as advance:
            for number, content in _contents(asked, blocks, missing, who):
                blocks.put(number, content)
                advance(blocks.tiling.points_in(number))

    asked_points = tiling.size
    try:
        finish()
    finally:
        if isinstance(blocks, BlockFolder):
            blocks.release()
    return SweepResult(asked, blocks, finish, command)


def _contents(asked: Sweep, blocks: Blocks, missing: Sequence[int], who: Workers) -> Any:
    # One block is not worth starting processes for; but who names a cluster learns whether it answers.
    if who.kind == "serial" or (len(missing) == 1 and who.address is None):
        return ((k, worked_out(asked, blocks.tiling, blocks.run, k)) for k in missing)
    return done(block_of, packed((asked, blocks.tiling, blocks.run)), missing, who)


# --------------------------------------------------------------------------- telling


def _described(asked: Sweep) -> dict[str, Any]:
    """Return all that the values depend on, as plain data."""
    from separatrix import __version__

    game = asked.game
    # A game that was made without a file has no content of its own but what it is.
    model = fingerprint(game) if game.raw else hashlib.sha256(repr(game).encode()).hexdigest()[:16]
    return {
        "version": __version__,
        "model": model,
        "values": {name: str(value) for name, value in asked.values.items()},
        "scenario": asked.scenario,
        "axes": {axis.name: _short(axis.text()) for axis in asked.axes},
        "measures": [_identity(m) for m in asked.measures],
        "start": None if asked.start is None else ", ".join(map(repr, asked.start)),
        "seed": asked.seed,
        "samples": asked.samples,
    }


def _short(text: str) -> str:
    return text if len(text) <= 2000 else f"{text[:200]}… {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _identity(measure: Observable) -> str:
    """Return the name of a measure; for a function, with a digest of its code."""
    if measure.function is None:
        return measure.name
    inner = measure.function
    where = f"{getattr(inner, '__module__', '')}.{getattr(inner, '__qualname__', type(inner).__qualname__)}"
    code = getattr(inner, "__code__", None)
    digest = "" if code is None else " " + hashlib.sha256(repr(_code(code)).encode()).hexdigest()[:8]
    return f"{measure.name}: {where}{digest}"


def _code(code: CodeType) -> tuple[object, ...]:
    constants = tuple(_code(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts)
    return code.co_code, code.co_names, code.co_varnames, constants


def _coordinate(game: Game, axis: SweepAxis) -> Coordinate:
    parameter = game.parameters[axis.name]
    told = {"long_name": parameter.meaning or axis.name, "axis_values": _short(axis.text())}
    if parameter.unit:
        told["units"] = parameter.unit
    return Coordinate(axis.name, axis.count, axis.floats, told)


CLOSED_FORM = say(
    "exact: the strict Nash equilibria are the asymptotically stable states (Ritzberger & Weibull 1995); "
    "signs by floating point beyond a bound of its rounding, else by exact fractions"
)
FLAGS = say("points that break an assumption of the game are not measured; codes: separatrix explain CODE")


def _sweep_variables(asked: Sweep) -> dict[str, SweepVariable]:
    """Return the descriptions of the variables."""
    told: dict[str, SweepVariable] = {}
    for measure in asked.measures:
        told |= measure.variables
    if asked.strict is not None:
        told["stable"] = replace(told["stable"], how_sure=CLOSED_FORM)
    told[STATUS] = SweepVariable(say("whether a point was measured"), FLAGS, kind="words")
    return told


def _attributes(asked: Sweep, told: Mapping[str, SweepVariable]) -> dict[str, dict[str, Any]]:
    """Return the attributes of the variables."""
    result: dict[str, dict[str, Any]] = {}
    for name, one in told.items():
        sure = (
            at_baseline_values(asked.game, one.how_sure) if one.how_sure and name != STATUS else one.how_sure
        )
        result[name] = {"long_name": one.long_name, "units": one.units} | ({"how_sure": sure} if sure else {})
    return result

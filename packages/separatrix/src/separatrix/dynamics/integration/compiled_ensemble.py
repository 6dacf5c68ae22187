"""Many trajectories of polynomial fields, followed by machine code on all cores.

The steps are those of `separatrix.dynamics.integration.ensemble`; here is what goes to the compiled loop of
`separatrix.dynamics.integration.compiled_steps` and comes back.  Each trajectory is followed by itself:
nothing depends on which others there are, on their order, or on the number of threads.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE, Tableau
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates
from separatrix.run.compilation import cores
from separatrix.run.limits import poll

__all__ = ["BoxesOfGames", "CompiledEnsemble", "Ended", "ArrivalBox"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

PARCEL = 512
"""Trajectories that a thread takes at a time. Fewer: handing them over costs more than following them; more:
threads wait for the last one, and a lack of time is noticed later."""

AT_A_TIME = 0.05
"""Seconds between two looks at whether the time has run out, while threads work."""


class Ended(IntEnum):
    """Why a trajectory is not followed any further."""

    UNDER_WAY = 0
    END = 1
    REGION = 2
    LOST = 3
    STILL = 4
    STEPS = 5


@dataclass(frozen=True)
class ArrivalBox:
    """A box of states in which a trajectory has arrived, or may have.

    Attributes
    ----------
    low, high : sequence of float
        One for each coordinate of a state; both ends belong to it.
    slowest : float
        The speed of the fastest share from which on the trajectory does not count.
    whole : bool
        Whether the box alone decides; otherwise it only limits where a further check is made.
    """

    low: Sequence[float]
    high: Sequence[float]
    slowest: float = math.inf
    whole: bool = True


# What compiled code takes: arrays with names.


class _Method(NamedTuple):
    stages: Array
    errors: Array
    dense: Array
    order: int
    used: int


class _Games(NamedTuple):
    paired: NDArray[np.bool_]
    coefficients: Array
    pace: Array


class _Order(NamedTuple):
    game: NDArray[np.int64]
    factor: Array
    times: Array
    samples: Array
    coefficients: int


class _State(NamedTuple):
    at: Array
    slope: Array
    time: Array
    length: Array
    refused: NDArray[np.bool_]
    steps: NDArray[np.int64]
    ended: NDArray[np.int8]
    region: NDArray[np.int64]
    sampled: NDArray[np.int64]


class _Limits(NamedTuple):
    end: float
    tolerance: float
    longest: float
    shortest: float
    still: float
    every: int
    most: int


class BoxesOfGames(NamedTuple):
    """Boxes of states of many games: those of game g are from ``first[g]`` on, arrays (boxes, n)."""

    first: NDArray[np.int64]
    low: Array
    high: Array
    slowest: Array


class CompiledEnsemble:
    """Trajectories under way in one game, or each in one of many games of the same form.

    Parameters
    ----------
    rates : PolynomialRates
    at : array (coordinates, trajectories)
        Log-odds where they start.
    pace : float or array (games,)
        As in `Motion`.
    game : array (trajectories,) of int, optional
        Which of the games each is in.
    method, tolerance, factor, longest
        As in `Ensemble`.
    regions : sequence of sequences of ArrivalBox, or BoxesOfGames
        For each game where its trajectories end; by default nowhere.
    end : float
        The last time.
    shortest : float
        As in `batch.Order`.
    times : array (points,)
        At which coordinates are written down, in ascending order.

    Attributes
    ----------
    at, slope, time, steps
        Where and when each trajectory is, and how many steps were tried.
    ended : array (trajectories,) of int
        Why each is not followed any further: see `Ended`.
    region : array (trajectories,) of int
        In which region of its game it ended, by its place in `regions`, or -1.
    samples : array (trajectories, points, coordinates)
    """

    def __init__(
        self,
        rates: PolynomialRates,
        at: Array,
        *,
        pace: float | Array,
        game: NDArray[np.int64] | None = None,
        method: Tableau = DORMAND_PRINCE,
        tolerance: float,
        factor: Array | None = None,
        regions: Sequence[Sequence[ArrivalBox]] | BoxesOfGames | None = None,
        end: float = math.inf,
        longest: float = math.inf,
        shortest: float = 0.0,
        times: Array | None = None,
    ) -> None:
        m, count = at.shape
        asked = np.zeros(0) if times is None else np.array(times, dtype=float)
        self.samples = np.full((count, len(asked), m), np.nan)
        begun = int(np.searchsorted(asked, 0.0, side="right"))
        self.samples[:, :begun] = at.T[:, None]
        self._form = _form(rates)
        self._games = _Games(
            np.array([size == 2 for size in rates.sizes for _ in range(1 if size == 2 else size)]),
            np.array(rates.coefficients, order="C"),
            np.full(len(rates.coefficients), 0.0) + pace,
        )
        self._order = _Order(
            np.zeros(count, np.int64) if game is None else np.array(game, np.int64),
            np.ones(count) if factor is None else np.array(factor, dtype=float),
            asked,
            self.samples,
            3 + len(method.dense),
        )
        self._method = _method(method)
        if regions is None:
            regions = [()] * len(rates.coefficients)
        self._regions = regions if isinstance(regions, BoxesOfGames) else _regions(regions, m)
        self._limits = _Limits(end, tolerance, longest, shortest, 0.0, 1, 1)
        self._state = _State(
            np.array(at, dtype=float, order="C"),
            np.empty((m, count)),
            np.zeros(count),
            np.zeros(count),
            np.zeros(count, np.bool_),
            np.zeros(count, np.int64),
            np.zeros(count, np.int8),
            np.full(count, -1, np.int64),
            np.full(count, begun, np.int64),
        )

    @property
    def at(self) -> Array:
        return self._state.at

    @property
    def slope(self) -> Array:
        return self._state.slope

    @property
    def time(self) -> Array:
        return self._state.time

    @property
    def steps(self) -> NDArray[np.int64]:
        return self._state.steps

    @property
    def sampled(self) -> NDArray[np.int64]:
        """How many of the times of each trajectory are written down."""
        return self._state.sampled

    @property
    def ended(self) -> NDArray[np.int8]:
        return self._state.ended

    @property
    def region(self) -> NDArray[np.int64]:
        return self._state.region

    def run(self, most: int, rows: Rows | None = None, still: float = 0.0, every: int = 1) -> None:
        """Follow trajectories until they end, or have made `most` steps in all.

        Parameters
        ----------
        most : int
        rows : array of int, optional
            Which trajectories; by default all. Those that have ended go on where they are.
        still : float
            Those slower than this part of the pace are given up, which is looked at `every` so many steps.

        Raises
        ------
        OutOfTime
            Where the time runs out; trajectories that were not followed to their end are under way.
        """
        from separatrix.dynamics.integration.compiled_steps import begin, pursue

        chosen = np.arange(self._state.at.shape[1]) if rows is None else np.asarray(rows, dtype=np.int64)
        if not chosen.size:
            return
        limits = self._limits._replace(still=float(still), every=int(every), most=int(most))

        def follow(own: Rows) -> None:
            fresh = own[self._state.length[own] == 0.0]
            begin(self._method, self._form, self._games, self._order, self._state, fresh, limits)
            self.ended[own] = Ended.UNDER_WAY
            pursue(
                self._method,
                self._form,
                self._games,
                self._order,
                self._state,
                own,
                limits,
                self._regions,
            )

        _in_parcels(follow, [chosen[k : k + PARCEL] for k in range(0, chosen.size, PARCEL)])


def _in_parcels(action: Callable[[Rows], None], parcels: Sequence[Rows]) -> None:
    """Do something with all parcels, on all cores; let `OutOfTime` pass as soon as the time has run out."""
    threads = min(cores(), len(parcels))
    if threads < 2:
        for own in parcels:
            poll()
            action(own)
        return
    waiting, stopped = iter(parcels), threading.Event()
    lock = threading.Lock()

    def work() -> None:
        while not stopped.is_set():
            with lock:
                own = next(waiting, None)
            if own is None:
                return
            action(own)

    with ThreadPoolExecutor(threads) as pool:
        under_way = [pool.submit(work) for _ in range(threads)]
        try:
            while True:
                poll()
                done, left = wait(under_way, AT_A_TIME)
                for one in done:
                    one.result()
                if not left:
                    return
        finally:
            stopped.set()


def _method(method: Tableau) -> _Method:
    count = len(method.stages)
    stages = np.zeros((count, count + 1))
    for k, row in enumerate(method.stages):
        stages[k, : len(row)] = row
    errors = np.zeros((len(method.errors), count + 1))
    for k, row in enumerate(method.errors):
        errors[k, : len(row)] = row
    dense = np.zeros((len(method.dense), count + 1))
    for k, row in enumerate(method.dense):
        dense[k, : len(row)] = row
    return _Method(stages, errors, dense, method.order, method.used)


def _form(rates: PolynomialRates) -> NDArray[np.int64]:
    """Return what is the same in all games as one array: counts, populations, products and terms."""
    widths = [1 if size == 2 else size for size in rates.sizes]
    firsts = np.cumsum([0, *widths[:-1]])
    counts = [0 if size == 2 else size for size in rates.sizes]
    sizes = [len(widths), sum(widths), len(rates.parents)]
    parts = [sizes, firsts, counts, rates.parents, rates.variables, rates.begins, rates.features]
    return np.concatenate([np.asarray(part, dtype=np.int64) for part in parts])


def _regions(regions: Sequence[Sequence[ArrivalBox]], m: int) -> BoxesOfGames:
    every = [one for own in regions for one in own]
    return BoxesOfGames(
        np.cumsum([0, *map(len, regions)]),
        np.array([one.low for one in every], dtype=float).reshape(-1, m),
        np.array([one.high for one in every], dtype=float).reshape(-1, m),
        np.array([one.slowest for one in every], dtype=float),
    )

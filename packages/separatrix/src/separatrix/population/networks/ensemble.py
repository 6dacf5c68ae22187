"""Many runs of a game on a network: adoption in time with bands, who adopted when, and after whom.

Each replica has a generator of its own, seeded by a child of the seed, so that its result does not depend
on the worker or the order.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.networks.assembly import Assembled, assembled
from separatrix.population.networks.kernel_arrays import ReplicaState, Tally, Traits
from separatrix.population.networks.model import Hearing, NetworkModel
from separatrix.run.cached_property import keep
from separatrix.run.compilation import cores
from separatrix.run.workers import Workers, done, opened, packed

__all__ = ["Adoptions", "Block", "marks_of", "simulated"]

Int64 = NDArray[np.int64]
Advance = Callable[[int, int], None]

PART = 20_000_000
"""Revisions between two looks at the clock and at who wants to stop: about half a second."""

MOST_REVISIONS = 2**62

MOST_HEARD = 4_000_000
"""Times of hearing that a block holds at once."""


class Block(NamedTuple):
    """What some replicas gave.

    Attributes
    ----------
    first : int
        The number of the first replica.
    record : ndarray of int64, shape (replicas, marks, T)
        How many enterprises were of each type at each mark.
    full : ndarray of int64, shape (replicas,)
        The revision at which the last enterprise took the idea up; -1 where none did.
    adopted, waited, tips, final : ndarray of int64, shape (N,)
        Of each enterprise: in how many replicas it took the idea up, after how many revisions in all, how
        many others took it up from it, and in how many it had it in the end.
    at, by : ndarray, shape (N,)
        Of the last replica: when each enterprise took the idea up, and from whom; -1 if never.
    frames : ndarray of int8, shape (frames, N)
        The types in the first replica at the given marks.
    """

    first: int
    record: Int64
    full: Int64
    adopted: Int64
    waited: Int64
    tips: Int64
    final: Int64
    at: Int64
    by: NDArray[np.int32]
    frames: NDArray[np.int8]


class EnsembleOrder(NamedTuple):
    """A task, in the form sent to other processes."""

    model: Assembled
    marks: Int64
    seed: int
    blocks: tuple[range, ...]
    frames: tuple[int, ...]
    hearing: Hearing | None
    later: tuple[int, Assembled] | None = None


@dataclass(frozen=True, eq=False)
class Adoptions:
    """All replicas together; attributes as in `Block`, of replica 0 where that has the last one's."""

    marks: Int64
    record: Int64
    full: Int64
    adopted: Int64
    waited: Int64
    tips: Int64
    final: Int64
    at: Int64
    by: NDArray[np.int32]
    frames: NDArray[np.int8]


def marks_of(size: int, until: float, points: int, *, whole: bool = False) -> Int64:
    """Return the numbers of revisions at which states are written down, from 0 to the end.

    ``whole`` asks for whole units of time alone.

    Raises
    ------
    InputError
        N119 for a time that is not a number above 0, or too long.

    Examples
    --------
    >>> marks_of(10, 2.0, 4).tolist()
    [0, 5, 10, 15, 20]
    """
    if not 0 < until < math.inf:
        raise InputError("N119", f"{until:g} units of time; expected a number above 0")
    revisions = max(1, round(until * size))
    if revisions > MOST_REVISIONS:
        raise InputError("N119", f"{until:g} units of time of {size:,} enterprises are too many revisions")
    if whole:
        units = max(1, math.ceil(until - 1e-9))
        return np.unique(np.rint(np.linspace(0, units, min(points, units) + 1)).astype(np.int64)) * size
    return np.unique(np.rint(np.linspace(0, revisions, min(points, revisions) + 1)).astype(np.int64))


def simulated(
    model: NetworkModel,
    marks: Int64,
    replicas: int,
    seed: int,
    *,
    frames: Sequence[int] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    advance: Advance | None = None,
    later: tuple[int, NetworkModel] | None = None,
) -> Adoptions:
    """Return what replicas of a model give.

    Parameters
    ----------
    model : NetworkModel
    marks : ndarray of int64
        As `marks_of` gives them.
    replicas, seed : int
    frames : sequence of int
        Positions among the marks at which the states of replica 0 are kept.
    workers : int, optional
        By default as many as there are cores.
    scheduler : str, optional
        None for threads of this process; else as in `separatrix.run.workers.Workers.of`.
    advance : callable, optional
        Called with the numbers of finished and of all revisions.
    later : (int, NetworkModel), optional
        A position among the marks, and the model that holds from there on: the same network, members and
        payoffs, where others lead or rules are different.  The states of replica 0 are not kept then.
    """
    arrays = assembled(model)
    whole = int(marks[-1]) * replicas
    crew = cores() if workers is None else workers
    if crew < 1:
        raise InputError("D675", f"{crew} workers; expected a whole number of 1 or more")
    blocks = _blocks(replicas, int(marks[-1]), crew, model.size if model.hearing else 0)
    then = None if later is None else (later[0], assembled(later[1]))
    if then is not None and frames:
        raise ValueError("the states of a replica are not kept where the model changes")
    order = EnsembleOrder(arrays, marks, seed, blocks, tuple(frames), model.hearing, then)
    found: dict[int, Block] = {}
    reached = 0
    if scheduler is None:
        parts = _by_threads(order, crew)
    else:
        parts = _by_others(order, Workers.of(workers, scheduler))
    for block, revisions in parts:
        reached += revisions
        if advance is not None:
            advance(reached, whole)
        if block is not None:
            found[block.first] = block
    return _together(marks, [found[key] for key in sorted(found)])


def _blocks(replicas: int, revisions: int, workers: int, heard: int) -> tuple[range, ...]:
    """Return the replicas in portions; the first stands alone, for its states are kept.

    ``heard`` is how many numbers a replica needs for who hears when.
    """
    size = min(PART // max(revisions, 1), MOST_HEARD // max(heard, 1), math.ceil(replicas / (8 * workers)))
    size = max(1, size)
    return (range(0, 1), *(range(k, min(k + size, replicas)) for k in range(1, replicas, size)))


def _by_threads(order: EnsembleOrder, workers: int) -> Iterator[tuple[Block | None, int]]:
    """Yield blocks as they are done, and revisions as they pass."""
    import queue

    passed: queue.SimpleQueue[int] = queue.SimpleQueue()
    stop = Event()

    def count_finished() -> int:
        total = 0
        while not passed.empty():
            total += passed.get()
        return total

    if workers == 1 or len(order.blocks) == 1:
        for number in range(len(order.blocks)):
            pieces = _worked(order, number, stop)
            while True:
                try:
                    yield None, next(pieces)
                except StopIteration as ended:
                    yield ended.value, 0
                    break
        return

    def task(number: int) -> Block | None:
        pieces = _worked(order, number, stop)
        while True:
            try:
                passed.put(next(pieces))
            except StopIteration as ended:
                block: Block | None = ended.value
                return block

    with ThreadPoolExecutor(workers) as pool:
        try:
            order.model.kernel()
            flying: set[Future[Block | None]] = {pool.submit(task, k) for k in range(len(order.blocks))}
            while flying:
                ready, flying = wait(flying, timeout=0.2, return_when=FIRST_COMPLETED)
                yield None, count_finished()
                for future in ready:
                    yield future.result(), 0
            yield None, count_finished()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _by_others(order: EnsembleOrder, workers: Workers) -> Iterator[tuple[Block | None, int]]:
    each = int(order.marks[-1])
    for number, content in done(_task, packed(order), range(len(order.blocks)), workers):
        yield pickle.loads(content), each * len(order.blocks[number])


def _task(parcel: bytes, number: int) -> bytes:
    pieces = _worked(opened(parcel), number, Event())
    while True:
        try:
            next(pieces)
        except StopIteration as ended:
            return pickle.dumps(ended.value)


def _worked(order: EnsembleOrder, number: int, stop: Event) -> Any:
    """Yield how many revisions have been done, a part after the other; return the block."""
    from separatrix.population.networks.synchronous_kernels import streams

    replicas, marks = order.blocks[number], order.marks
    kernel, model = order.model.kernel(), order.model
    traits = model.traits
    hearing = order.hearing
    if hearing is not None:
        draw = keep(hearing, "_times", lambda: hearing.times(order.seed))
        traits = traits._replace(aware_at=draw(replicas))
    states = streams(order.seed, replicas)
    state, tally = model.room(len(replicas), len(marks))
    wanted = order.frames if number == 0 else ()
    frames = np.zeros((len(wanted), model.size), np.int8)
    if order.later is not None:
        yield from _changing(order, order.later, replicas, stop, traits, states, state, tally)
        return None if stop.is_set() else _block(replicas, tally, frames)
    ends = _ends(marks, len(replicas), wanted)
    begun = 0
    for end in ends:
        if stop.is_set():
            return None
        kernel(
            model.imitated,
            model.partners,
            model.payoffs,
            traits,
            model.numbers,
            state,
            tally,
            marks,
            begun,
            end,
            begun == 0,
            states,
        )
        for k, mark in enumerate(wanted):
            if mark == end:
                frames[k] = state.types
        yield int(marks[end] - marks[begun]) * len(replicas)
        begun = end
    if 0 in wanted:
        frames[list(wanted).index(0)] = _beginning(order)
    return _block(replicas, tally, frames)


def _changing(
    order: EnsembleOrder,
    later: tuple[int, Assembled],
    replicas: range,
    stop: Event,
    traits: Traits,
    states: NDArray[np.uint64],
    state: ReplicaState,
    tally: Tally,
) -> Iterator[int]:
    """Run replicas one after the other, each under its first model and then under the later one."""
    change, then = later
    marks = order.marks
    followed = then.traits._replace(aware_at=traits.aware_at)
    parts = ((order.model, traits, 0, change, True), (then, followed, change, len(marks) - 1, False))
    for k in range(len(replicas)):
        if stop.is_set():
            return
        one = slice(k, k + 1)
        own = tally._replace(record=tally.record[one], full=tally.full[one])
        for model, told, first, last, fresh in parts:
            if len(told.aware_at):
                told = told._replace(aware_at=told.aware_at[one])
            model.kernel()(
                model.imitated,
                model.partners,
                model.payoffs,
                told,
                model.numbers,
                state,
                own,
                marks,
                first,
                last,
                fresh,
                states[one],
            )
        yield int(marks[-1])


def _block(replicas: range, tally: Tally, frames: NDArray[np.int8]) -> Block:
    return Block(
        replicas.start,
        tally.record,
        tally.full,
        tally.adopted,
        tally.waited,
        tally.tips,
        tally.final,
        tally.at,
        tally.by,
        frames,
    )


def _beginning(order: EnsembleOrder) -> NDArray[np.int8]:
    """Return the types with which replica 0 begins: those of a run that ends at once."""
    from separatrix.population.networks.synchronous_kernels import streams

    model = order.model
    state, tally = model.room(1, len(order.marks))
    model.kernel()(
        model.imitated,
        model.partners,
        model.payoffs,
        model.traits,
        model.numbers,
        state,
        tally,
        order.marks,
        0,
        0,
        True,
        streams(order.seed, range(1)),
    )
    return state.types


def _ends(marks: Int64, replicas: int, wanted: Sequence[int]) -> list[int]:
    """Return the marks at which a run is looked at: those that are wanted, and others in between.

    Several replicas go through all marks at once, one after the other.
    """
    last = len(marks) - 1
    if replicas > 1:
        return [last]
    ends = []
    begun = 0
    for k in range(1, last + 1):
        if k == last or k in wanted or marks[k + 1] - marks[begun] > PART:
            ends.append(k)
            begun = k
    return ends


def _together(marks: Int64, blocks: Sequence[Block]) -> Adoptions:
    """Return blocks as one; what is added are whole numbers, so that the order is nothing to them."""
    first = blocks[0]
    adopted, waited, tips, final = (
        np.sum([getattr(block, name) for block in blocks], axis=0)
        for name in ("adopted", "waited", "tips", "final")
    )
    return Adoptions(
        marks,
        np.concatenate([block.record for block in blocks]),
        np.concatenate([block.full for block in blocks]),
        adopted,
        waited,
        tips,
        final,
        first.at,
        first.by,
        first.frames,
    )

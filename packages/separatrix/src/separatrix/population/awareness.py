"""When enterprises hear of an idea: many runs of a model of diffusion, each from a stream of its own.

Random numbers for compiled loops: one stream for each number, whichever thread draws from it.

A stream is the generator SplitMix64 with a start and an odd increment of its own, both mixed from the key of
the run and the number of the stream, so that two streams are different sequences and no parts of one.  Sets
and runs of diffusion are short and many, so a start has to cost next to nothing; replicas of a game are few
and long, and have the generator of `separatrix.population.networks.synchronous_kernels`.

Steele, G. L., Lea, D. and Flood, C. H. (2014), Fast splittable pseudorandom number generators, OOPSLA 2014,
453-472.

When an idea reaches each node: cascades and thresholds in rounds, Bass's model in continuous time.

Bass's model on a network is exact: with rates that change only when someone adopts, each node hears of the
idea out of itself after an exponential time, and over each link after another one from when its source knows;
the first of them counts (shortest paths, Dijkstra).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.population.diffusion_models import DiffusionModel, bass_coefficients, diffusion_model, forward
from separatrix.run.compilation import compiled, cores
from separatrix.run.limits import poll

if TYPE_CHECKING:
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = [
    "Awareness",
    "advanced",
    "awareness",
    "awareness_times",
    "increment_of",
    "key_of",
    "mixed",
    "nodes_named",
    "spread_by_bass",
    "spread_by_links",
    "start_of",
    "uniform",
]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""The odd number nearest to 2^64 over the golden ratio, by which SplitMix64 counts."""


def key_of(seed: int, stream: int) -> np.uint64:
    """Return the key of a purpose: other purposes and other seeds draw independent numbers."""
    return np.uint64(np.random.SeedSequence(seed, spawn_key=(stream,)).generate_state(1, np.uint64)[0])


@compiled(inline=True)
def mixed(z: Any) -> Any:
    """Return 64 bits; each depends on all given bits."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled(inline=True)
def start_of(key: Any, number: Any) -> Any:
    """Return where the stream of this number starts."""
    return mixed(key + GOLDEN * (np.uint64(2) * np.uint64(number) + np.uint64(1)))


@compiled(inline=True)
def increment_of(key: Any, number: Any) -> Any:
    """Return by which odd number the stream of this number counts."""
    return mixed(key ^ mixed(GOLDEN * (np.uint64(2) * np.uint64(number) + np.uint64(2)))) | np.uint64(1)


@compiled(inline=True)
def advanced(state: Any, increment: Any) -> Any:
    """Return the next state of a stream."""
    return state + increment


@compiled(inline=True)
def uniform(state: Any) -> Any:
    """Return a number above 0 and at most 1, of a state."""
    return (np.float64(mixed(state) >> np.uint64(11)) + 1.0) * 2.0**-53


@compiled(kept=True)
def spread_by_links(
    indptr: Any,
    targets: Any,
    chance: Any,
    threshold: bool,
    aware: Any,
    key: Any,
    number: int,
    times: Any,
    queue: Any,
    weight: Any,
) -> None:
    """Write in which round the idea reaches each node; infinity where it never does.

    Parameters
    ----------
    indptr, targets, chance : ndarray
        The links from each node, with their probabilities or their weights.
    threshold : bool
        Whether nodes take the idea up when weights reach a random threshold, or each link passes it on.
    aware : ndarray of int64
        Who has it in round 0.
    key, number
        Of the stream from which is drawn.
    times : ndarray, shape (N,)
    queue : ndarray of int32, shape (N,)
        Room.
    weight : ndarray, shape (N,)
        Room; used by thresholds: what is left of each until the weights reach it.
    """
    state, step = start_of(key, number), increment_of(key, number)
    times[:] = np.inf
    if threshold:
        for node in range(len(times)):
            state = advanced(state, step)
            weight[node] = uniform(state)
    filled = 0
    for place in range(len(aware)):
        if times[aware[place]] > 0.0:
            times[aware[place]] = 0.0
            queue[filled] = aware[place]
            filled += 1
    at = 0
    while at < filled:
        node = queue[at]
        at += 1
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if threshold:
                weight[target] -= chance[e]
                reached = weight[target] <= 0.0
            else:  # drawn before anything is looked up that is far away in memory
                state = advanced(state, step)
                reached = uniform(state) <= chance[e]
            if reached and times[target] == np.inf:
                times[target] = times[node] + 1.0
                queue[filled] = target
                filled += 1


@compiled(kept=True)
def spread_by_bass(
    indptr: Any,
    targets: Any,
    chance: Any,
    innovation: float,
    imitation: float,
    aware: Any,
    key: Any,
    number: int,
    times: Any,
    heap: Any,
    place: Any,
) -> None:
    """Write when the idea reaches each node; infinity where it never does.

    Parameters
    ----------
    chance : ndarray
        The share of each link in the weights of all links into its target.
    innovation, imitation : float
        p and q of Bass: the rate is ``p + q * (shares of those who know)``.
    heap, place : ndarray of int32, shape (N,)
        Room.
    """
    size = len(times)
    state, step = start_of(key, number), increment_of(key, number)
    for node in range(size):
        if innovation > 0.0:
            state = advanced(state, step)
            times[node] = -math.log(uniform(state)) / innovation
        else:
            times[node] = np.inf
        heap[node] = node
        place[node] = node
    for at in range(len(aware)):
        times[aware[at]] = 0.0
    for at in range(size // 2 - 1, -1, -1):
        _sink(heap, place, times, at, size)
    left = size
    while left > 0 and times[heap[0]] < np.inf:
        node = heap[0]
        left -= 1
        last = heap[left]
        place[node] = -1
        if left > 0:
            heap[0] = last
            place[last] = 0
            _sink(heap, place, times, 0, left)
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if place[target] < 0 or imitation <= 0.0:
                continue
            state = advanced(state, step)
            arrival = times[node] - math.log(uniform(state)) / (imitation * chance[e])
            if arrival < times[target]:
                times[target] = arrival
                at = place[target]
                while at > 0:  # up to where its parent is earlier
                    parent = (at - 1) // 2
                    above = heap[parent]
                    if times[above] <= arrival:
                        break
                    heap[at] = above
                    place[above] = at
                    at = parent
                heap[at] = target
                place[target] = at


@compiled(kept=True)
def _sink(heap: Any, place: Any, times: Any, at: int, size: int) -> None:
    node = heap[at]
    own = times[node]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and times[heap[child + 1]] < times[heap[child]]:
            child += 1
        below = heap[child]
        if times[below] >= own:
            break
        heap[at] = below
        place[below] = at
        at = child
    heap[at] = node
    place[node] = at


Floats = NDArray[np.float64]

MOST_TIMES = 250_000_000
"""Of all runs and enterprises together, of 8 bytes each. More: 2 GB of memory; fewer: large networks have few
runs."""

STREAM = 11
"""Of the draws of a run; those of seeds have others."""


@dataclass(frozen=True, eq=False)
class Awareness:
    """When enterprises hear of an idea.

    Attributes
    ----------
    model : DiffusionModel
    names : tuple of str
        The N enterprises.
    aware : tuple of str
        Those who know at time 0.
    times : ndarray, shape (runs, N)
        When each hears of it: rounds of a cascade or of thresholds, time of Bass's model; infinity for never.
    seed : int
    """

    model: DiffusionModel
    names: tuple[str, ...]
    aware: tuple[str, ...]
    times: Floats
    seed: int

    @property
    def final_counts(self) -> NDArray[np.int64]:
        """How many know in the end, in each run; shape (runs,)."""
        return np.asarray(np.isfinite(self.times).sum(1))

    @property
    def chance(self) -> Floats:
        """The part of the runs in which each enterprise hears of it; shape (N,)."""
        return np.asarray(np.isfinite(self.times).mean(0))

    def mean_reached(self) -> tuple[float, float]:
        """Return how many know in the end, in the mean, and the standard error of that."""
        counts = self.final_counts.astype(float)
        error = counts.std(ddof=1) / len(counts) ** 0.5 if len(counts) > 1 else float("nan")
        return float(counts.mean()), float(error)

    def curve(self, at: Sequence[float] | Floats, part: float = 0.9) -> tuple[Floats, Floats, Floats]:
        """Return how many know at each time: in the mean, and between which numbers in a part of the runs.

        Parameters
        ----------
        at : sequence of float
        part : float
            Of the runs, between the lower and the upper curve.
        """
        ordered = np.sort(self.times, 1)
        counts = np.array([np.searchsorted(run, at, side="right") for run in ordered], float)
        low, high = np.quantile(counts, [(1 - part) / 2, (1 + part) / 2], axis=0)
        return counts.mean(0), low, high


def awareness(
    links: LinkGraph,
    aware: Sequence[str],
    model: str = "weighted-cascade",
    *,
    runs: int = 1000,
    seed: int = 0,
    probability: float | None = None,
    innovation: float = 0.0,
    imitation: float = 0.0,
) -> Awareness:
    """Return when an idea reaches enterprises along links, in many runs.

    Parameters
    ----------
    links : LinkGraph
        A link from i to j: j hears from i.
    aware : sequence of str
        Who knows at time 0.
    model : str
        A key of `DIFFUSION_MODELS`.
    runs : int
    seed : int
        Run k draws the same whatever the number of runs or of cores.
    probability : float, optional
        Of every link of an independent cascade.
    innovation, imitation : float
        p and q of ``bass``.

    Returns
    -------
    Awareness

    Raises
    ------
    NameProblem
        N401 for an unknown model; N404 for an enterprise that is not there.
    InputError
        N402 for weights that the model cannot take; N405 for coefficients or a number of runs that cannot be.

    References
    ----------
    Kempe, D., Kleinberg, J. and Tardos, É. (2003), Maximizing the spread of influence through a social
    network, KDD 2003, 137-146.
    Bass, F. M. (1969), A new product growth for model consumer durables, Management Science 15, 215-227.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> road = link_graph(["a", "b", "c"], [("a", "b"), ("b", "c")])
    >>> awareness(road, ["a"], "independent-cascade", runs=3).times.tolist()
    [[0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]
    """
    if seed < 0:
        raise InputError("N405", f"a seed of {seed}; expected a whole number of 0 or more")
    if runs != int(runs) or runs < 1:
        raise InputError("N405", f"{runs} runs; expected a whole number of 1 or more")
    if runs * links.size > MOST_TIMES:
        raise InputError(
            "N405",
            f"{runs:,} runs of {links.size:,} enterprises are too many times; {MOST_TIMES:,} have room",
            hint=f"ask for {MOST_TIMES // links.size:,} runs",
        )
    kind = diffusion_model(model)
    draw = awareness_times(links, nodes_named(links, aware), kind, seed, probability, innovation, imitation)
    times = np.empty((int(runs), links.size))
    with ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(lambda run: draw(run, times[run]), range(int(runs))):
            poll()
    return Awareness(kind, links.names, tuple(aware), times, seed)


def awareness_times(
    links: LinkGraph,
    aware: NDArray[np.integer[Any]],
    model: DiffusionModel,
    seed: int,
    probability: float | None = None,
    innovation: float = 0.0,
    imitation: float = 0.0,
) -> Callable[[int, Floats], None]:
    """Return a function that writes when the idea reaches each node in a run, given its number and the room.

    It may be called from several threads at once.
    """
    key, start = key_of(seed, STREAM), np.asarray(aware, np.int64)
    size = links.size
    rows = forward(links, model, probability)
    if model.kind == "bass":
        bass_coefficients(innovation, imitation)

        def by_bass(run: int, times: Floats) -> None:
            heap, place = np.empty(size, np.int32), np.empty(size, np.int32)
            spread_by_bass(*rows, float(innovation), float(imitation), start, key, run, times, heap, place)

        return by_bass

    def by_links(run: int, times: Floats) -> None:
        queue = np.empty(size, np.int32)
        weight = np.empty(size if model.kind == "threshold" else 0)
        spread_by_links(*rows, model.kind == "threshold", start, key, run, times, queue, weight)

    return by_links


def nodes_named(links: LinkGraph, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the positions of enterprises, each once.

    Raises
    ------
    NameProblem
        N404 for one that is not in the network.
    """
    where = {name: at for at, name in enumerate(links.names)}
    for name in names:
        if name not in where:
            meant = nearest(str(name), list(where)[:2000])
            raise NameProblem(
                "N404",
                f"an aware enterprise is `{name}`, which is not in the network",
                hint=f"did you mean `{meant}`?" if meant else "name enterprises as the links do",
            )
    return np.unique(np.array([where[name] for name in names], np.int64))

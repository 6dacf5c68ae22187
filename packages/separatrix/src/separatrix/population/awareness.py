"""When enterprises hear of an idea: many runs of a model of diffusion, each from a stream of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.population.activation import DiffusionModel, diffusion_model, forward
from separatrix.population.bass import bass_coefficients
from separatrix.population.random_streams import key_of
from separatrix.population.spreading import spread_by_bass, spread_by_links
from separatrix.run.compilation import cores
from separatrix.run.deadline import poll

if TYPE_CHECKING:
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = ["Awareness", "awareness", "awareness_times", "nodes_named"]

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

"""A game played on a network of enterprises, simulated many times: how the idea spreads, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.statistics import of_draws
from separatrix.errors import InputError
from separatrix.population.networks.ensemble import Adoptions, Advance, marks_of, simulated
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.model import NetworkModel, network_model
from separatrix.run.results import Gridded, Plotted, Tabled, provenance

__all__ = ["LEVELS", "NetworkEnsemble", "network"]

Floats = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of adoption over replicas."""

LISTED = 10_000
"""Of more enterprises than these, only those after whom most others adopted are listed."""


@dataclass(frozen=True, eq=False, repr=False)
class NetworkEnsemble(Plotted, Tabled, Gridded):
    """Replicas of a game on a network.

    Attributes
    ----------
    model : NetworkModel
    seed : int
    adoptions : Adoptions
        What was counted, in whole numbers.
    frame_marks : tuple of int
        Positions of `times` at which `frames` of replica 0 were kept.
    """

    model: NetworkModel
    seed: int
    adoptions: Adoptions
    frame_marks: tuple[int, ...]

    @property
    def replicas(self) -> int:
        """How many there are."""
        return len(self.adoptions.record)

    @property
    def times(self) -> Floats:
        """The times at which states were written down, shape (M,); a unit is one revision an enterprise."""
        return self.adoptions.marks / self.model.size

    def shares(self, kind: int | None = None) -> Floats:
        """Return the share of all enterprises that are of a type, or have the idea; shape (replicas, M)."""
        kinds = list(self.model.idea) if kind is None else [kind]
        return np.asarray(self.adoptions.record[:, :, kinds].sum(axis=2) / self.model.size)

    def quantiles(self, kind: int | None = None) -> Floats:
        """Return `LEVELS` of the shares over replicas, shape (levels, M)."""
        return np.asarray(np.quantile(self.shares(kind), LEVELS, axis=0))

    def mean(self, kind: int | None = None) -> tuple[Floats, Floats, Floats]:
        """Return the mean share over replicas with the ends of its 95 % confidence interval, (M,) each."""
        shares = self.shares(kind)
        middle = shares.mean(axis=0)
        if self.replicas < 2:
            return middle, np.full_like(middle, np.nan), np.full_like(middle, np.nan)
        from scipy.special import stdtrit

        reach = stdtrit(self.replicas - 1, 0.975) * shares.std(axis=0, ddof=1) / np.sqrt(self.replicas)
        return middle, np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)

    @property
    def full_times(self) -> Floats:
        """When the last enterprise took the idea up, shape (replicas,); NaN where none did in time."""
        full = self.adoptions.full
        return np.where(full < 0, np.nan, full / self.model.size)

    @property
    def full_share(self) -> tuple[float, tuple[float, float]]:
        """The share of replicas in which all took the idea up in time, with its 95 % confidence interval."""
        reached = int((self.adoptions.full >= 0).sum())
        return reached / self.replicas, of_draws(reached, self.replicas)

    @property
    def adopted(self) -> Floats:
        """Of each enterprise the share of replicas in which it took the idea up; shape (N,)."""
        return self.adoptions.adopted / self.replicas

    @property
    def adoption_times(self) -> Floats:
        """Of each enterprise the mean time at which it took the idea up where it did; shape (N,)."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.adoptions.waited / self.adoptions.adopted / self.model.size)

    @property
    def tips(self) -> Floats:
        """Of each enterprise how many others took the idea up after it, a replica; shape (N,)."""
        return self.adoptions.tips / self.replicas

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        model = self.model
        middle, low, high = self.mean()
        share, interval = self.full_share
        reached = self.full_times[~np.isnan(self.full_times)]
        order = np.argsort(-self.adoptions.tips, kind="stable")
        order = np.sort(order) if model.size <= LISTED else order[: LISTED // 10]
        return {
            "schema": 1,
            "model": {"title": model.game.title},
            "network": {
                "enterprises": model.size,
                "links": model.imitation.links,
                "direction": "a link from -> to means that `to` sees, copies, is activated by `from`",
                "rule": model.rule.key,
                "beta": model.beta,
                "mu": model.mu,
                "payoffs": model.earning,
                "synchronous": model.synchronous,
                "own_parameters": list(model.payoffs.own),
                "leaders": int((model.codes == -1).sum()),
            },
            "replicas": self.replicas,
            "idea": model.idea_names,
            "times": self.times.tolist(),
            "adoption": {
                "mean": middle.tolist(),
                "mean_low": _numbers(low),
                "mean_high": _numbers(high),
                "quantiles": {
                    f"{level:g}": row.tolist() for level, row in zip(LEVELS, self.quantiles(), strict=True)
                },
            },
            "shares": {name: self.shares(k).mean(axis=0).tolist() for k, name in enumerate(model.types)},
            "full": {
                "share": share,
                "interval": list(interval),
                "median": float(np.median(reached)) if len(reached) else None,
                "mean": float(reached.mean()) if len(reached) else None,
                "within": float(self.times[-1]),
            },
            "enterprises": [
                {
                    "name": model.members.names[i],
                    "adopted": float(self.adopted[i]),
                    "mean_time": None if np.isnan(self.adoption_times[i]) else float(self.adoption_times[i]),
                    "tips": float(self.tips[i]),
                    "final": float(self.adoptions.final[i] / self.replicas),
                }
                for i in order.tolist()
            ],
            "enterprises_listed": len(order),
            "strategies": list(model.types),
            "snapshots": [
                {"time": float(self.times[mark]), "strategy": types.tolist()}
                for mark, types in zip(self.frame_marks, self.adoptions.frames, strict=True)
                if model.size <= LISTED
            ],
            "warnings": [str(warning) for warning in model.warnings],
            "provenance": {**provenance(model.game), "seed": self.seed},
        }


def _numbers(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def network(
    game: Any,
    links: LinkGraph,
    members: Enterprises | None = None,
    *,
    until: float = 100.0,
    replicas: int = 100,
    seed: int = 0,
    points: int = 100,
    frames: int = 4,
    workers: int | None = None,
    scheduler: str | None = None,
    advance: Advance | None = None,
    **told: Any,
) -> NetworkEnsemble:
    """Return how a strategy spreads among enterprises that see each other along links.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
    links : LinkGraph
        A link from -> to means that ``to`` sees, copies, is activated by ``from``.
    members : Enterprises, optional
        By default all are alike.
    until : float
        The end; a unit of time is one revision an enterprise.
    replicas, seed : int
        The number of runs, and the seed of the random numbers.
    points : int
        The number of recorded times.
    frames : int
        How many states of the first replica are kept for a figure.
    workers : int, optional
        Threads, or with a scheduler workers; by default as many as there are cores.
    scheduler : str, optional
        ``processes``, ``local`` (a Dask cluster on this machine), or the address of a Dask scheduler.
    advance : callable, optional
        Called with the numbers of finished and of all revisions.
    **told
        What `separatrix.population.networks.model.network_model` takes: rule, beta, mu, earning,
        start and so on.

    Returns
    -------
    NetworkEnsemble

    Raises
    ------
    InputError, NameProblem
        As `network_model` does; N119 for an impossible time or number of replicas.

    References
    ----------
    Szabó, G. & Fáth, G. (2007). Evolutionary games on graphs. Phys. Rep. 446, 97–216.

    Examples
    --------
    >>> import separatrix
    >>> ring = separatrix.link_graph(20, [(str(k), str(k % 20 + 1)) for k in range(1, 21)], undirected=True)
    >>> found = separatrix.network("shi-chen-2018", ring, until=5, replicas=3, start={"x": 0.5, "y": 0.5})
    >>> found.shares().shape, float(found.shares()[0, 0])
    ((3, 101), 0.5)
    """
    if seed < 0:
        raise InputError("N119", f"a seed of {seed}; expected a whole number of 0 or more")
    if not 1 <= replicas <= MOST_REPLICAS or points < 1:
        raise InputError(
            "N119", f"{replicas} replicas at {points} points; expected 1 to {MOST_REPLICAS:,} at 1 or more"
        )
    model = network_model(game, links, members, **told)
    marks = marks_of(model.size, until, points, whole=model.synchronous)
    # Closer in the beginning, where most happens.
    kept = tuple(sorted({round((k / max(frames - 1, 1)) ** 2 * (len(marks) - 1)) for k in range(frames)}))
    found = simulated(
        model,
        marks,
        replicas,
        seed,
        frames=kept,
        workers=workers,
        scheduler=scheduler,
        advance=advance,
    )
    return NetworkEnsemble(model, seed, found, kept)


MOST_REPLICAS = 1_000_000
"""More would fill the memory with their curves."""

"""Replicator dynamics in noise: what strategies earn is shaken, and nothing leaves a face.

The number Z_a of those who play a strategy grows as dZ_a = Z_a (c U_a dt + sigma_a dW_a), in the sense of
Itô, with independent Brownian motions W_a; the shares x_a = Z_a / sum Z then follow the stochastic
replicator dynamics of Fudenberg and Harris.  Since ln Z_a has the drift c U_a - sigma_a²/2 and the constant
diffusion sigma_a, the log-odds ln(x_a/x_k) are integrated here: in them noise does not depend on the state,
and the Euler-Maruyama method is of strong order one and never leaves the simplex.

Fudenberg, D. and Harris, C. (1992), Evolutionary dynamics with aggregate shocks, Journal of Economic
Theory 57, 420-441, section 2; Kloeden, P. E. and Platen, E. (1992), Numerical Solution of Stochastic
Differential Equations, section 10.2.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.payoffs import FaceField
from separatrix.dynamics.integration.coordinates import softmax
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.values import exact
from separatrix.io.yaml_output import is_list

__all__ = ["NoisyTrajectories", "NoisyField", "noisy", "noisy_trajectories"]

Array = NDArray[np.float64]

BLOCK = 64
"""Steps for which normal numbers are drawn at once. Only the time that it takes depends on it."""


@dataclass(frozen=True)
class NoisyField:
    """A field that keeps faces, with noise that vanishes on them.

    Attributes
    ----------
    flow : FaceField
        The dynamics without noise.
    sigma : tuple of arrays (k,)
        For each population the intensity of noise of each strategy, per square root of time.
    """

    flow: FaceField
    sigma: tuple[Array, ...]

    def drift(self, log_odds: Sequence[Array]) -> list[Array]:
        """Return the drift of the log-odds u_a = ln(x_a/x_k), a < k.

        Parameters
        ----------
        log_odds : arrays (..., k - 1), one a population

        Returns
        -------
        arrays (..., k - 1)
            c (U_a - U_k) - (sigma_a² - sigma_k²)/2 for the replicator.
        """
        growth = self.flow.log_rates(self.weights(log_odds))
        result = []
        for rate, sigma in zip(growth, self.sigma, strict=True):
            lifted = rate - sigma**2 / 2
            result.append(lifted[..., :-1] - lifted[..., -1:])
        return result

    @property
    def diffusion(self) -> list[Array]:
        """The constant diffusion of the log-odds, arrays (k - 1, k): d u = drift dt + diffusion dW."""
        result = []
        for sigma in self.sigma:
            matrix = np.diag(sigma)[:-1]
            matrix[:, -1] = -sigma[-1]
            result.append(matrix)
        return result

    def weights(self, log_odds: Sequence[Array]) -> list[Array]:
        """Return the shares of all strategies, arrays (..., k), at log-odds (..., k - 1)."""
        return [
            softmax(np.concatenate([part, np.zeros_like(part[..., :1])], axis=-1))
            for part in (np.asarray(given, dtype=float) for given in log_odds)
        ]

    def share_drift(self, states: ArrayLike) -> Array:
        """Return the drift of the shares themselves at `states` (..., n), Itô's correction included.

        It is x_a [growth_a - sigma_a² x_a + sum_b sigma_b² x_b²], Fudenberg and Harris' equation.
        """
        own = self.flow.weights(states)
        result = []
        for part, rate, sigma in zip(own, self.flow.log_rates(own), self.sigma, strict=True):
            pull = sigma**2 * part
            result.append(part * (rate - pull + (pull * part).sum(axis=-1, keepdims=True)))
        return self.flow.state(result)


@dataclass(frozen=True)
class NoisyTrajectories:
    """Independent trajectories in noise.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    times : array (points,)
    states : array (runs, points, n)
    seed : int
        Gives the same trajectories again; run i draws from the i-th stream spawned from it, however many runs
        there are.
    steps : int
        How many steps of the Euler-Maruyama method lie between the first time and the last.
    message : str
        What was done, for people.
    """

    shares: tuple[str, ...]
    times: Array
    states: Array
    seed: int
    steps: int
    message: str


def noisy(game: Game, flow: FaceField, sigma: object) -> NoisyField:
    """Return `flow` with noise.

    Parameters
    ----------
    game : Game
    flow : FaceField
        The replicator or the payoff-adjusted replicator of the game.
    sigma : number, or mapping of population to number or to one number a strategy
        The intensity of noise, in payoff units times the square root of time.  A population that is not
        named has no noise.

    Raises
    ------
    InputError
        V321 for a negative intensity, a wrong number of them, or a field that does not keep faces.
    NameProblem
        V321 for an unknown population.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> shaken = noisy(game, field(game), 0.5)
    >>> shaken.share_drift([[0.0], [2 / 3], [1.0]]).round(6).tolist()
    [[0.0], [-0.018519], [0.0]]
    """
    if not isinstance(flow, FaceField) or not flow.keeps_faces:
        raise InputError(
            "V321",
            "noise that vanishes on faces needs a field that keeps them",
            hint='use the kind "replicator" or "payoff-adjusted"',
        )
    names = [p.name for p in game.populations]
    if isinstance(sigma, Mapping):
        for name in sigma:
            if name not in names:
                close = nearest(str(name), names)
                raise NameProblem(
                    "V321",
                    f"`sigma` is given for `{name}`; the populations are: {', '.join(names)}",
                    hint=f"did you mean `{close}`?" if close else None,
                )
        given = [sigma.get(name, 0) for name in names]
    else:
        given = [sigma] * len(names)
    made = tuple(np.array(_intensities(p, item)) for p, item in zip(game.populations, given, strict=True))
    return NoisyField(flow, made)


def _intensities(population: Population, given: object) -> list[float]:
    size = len(population.strategies)
    items = list(given) if is_list(given) else [given] * size
    if len(items) != size:
        raise InputError(
            "V321",
            f"`sigma` of {population.name} holds {len(items)} numbers; expected {size}, one a strategy",
        )
    result = [float(exact(item, f"sigma of {population.name}")) for item in items]
    if min(result) < 0:
        raise InputError(
            "V321", f"`sigma` of {population.name} is {min(result):g}; expected no negative number"
        )
    return result


def noisy_trajectories(
    game: Game,
    start: Mapping[str, object] | Sequence[object],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    sigma: object,
    until: float,
    runs: int = 100,
    steps: int = 1_000,
    points: int = 101,
    seed: int | None = None,
    kind: str = "replicator",
    **options: object,
) -> NoisyTrajectories:
    """Follow many independent trajectories of the stochastic replicator dynamics from one start.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.registry.field`.
    start : mapping of share to number, or one number for each share
        See `separatrix.dynamics.integration.trajectory.trajectory`.
    sigma
        The intensity of noise; see `noisy`.
    until : float
        The last time; the first is 0.
    runs, steps, points : int
        How many trajectories, how many steps of the Euler-Maruyama method each (at least ``points - 1``), and
        how many equally spaced times are returned; steps are added so that every such time is one of a step.
    seed : int, optional
        By default fresh entropy, which the result records.
    kind : str
        "replicator" or "payoff-adjusted", with its options.

    Returns
    -------
    NoisyTrajectories
        `times` has shape (points,), in the unit in which payoffs are paid, `states` (runs, points, shares).

    Raises
    ------
    InputError
        D601 for a start outside the state space; D602 for a time or a number that is not positive; V321 for
        an impossible intensity; also those of `field`.

    References
    ----------
    Fudenberg & Harris (1992), section 2; Kloeden & Platen (1992), section 10.2.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> trajectories = noisy_trajectories(game, [0.5], sigma=0.3, until=20, runs=8, points=21, seed=1)
    >>> trajectories.states.shape, bool((trajectories.states > 0).all()), trajectories.seed
    ((8, 21, 1), True, 1)
    """
    from separatrix.dynamics.fields.registry import field
    from separatrix.dynamics.integration.trajectory import read_start

    _check(until, runs, steps, points, 0 if seed is None else seed)
    flow = field(game, values, scenario, kind, **options)
    shaken = noisy(game, flow, sigma)  # type: ignore[arg-type]  # it refuses what is no FaceField
    first = np.array(read_start(game, start))
    seed = secrets.randbits(128) if seed is None else seed
    root = np.random.SeedSequence(seed)
    streams = [np.random.default_rng(child) for child in root.spawn(runs)]
    each = -(-steps // (points - 1))
    states = _integrated(shaken, first, until / (each * (points - 1)), each, points, streams)
    return NoisyTrajectories(
        flow.shares,
        np.linspace(0.0, until, points),
        states,
        seed,
        each * (points - 1),
        f"{runs} trajectories of {each * (points - 1)} Euler-Maruyama steps in log-odds, seed {seed}",
    )


def _check(until: float, runs: int, steps: int, points: int, seed: int) -> None:
    if not (math.isfinite(until) and until > 0):
        raise InputError("D602", f"the last time is {until}; expected a positive finite number")
    for name, count, least in (
        ("runs", runs, 1),
        ("steps", steps, 1),
        ("points", points, 2),
        ("seed", seed, 0),
    ):
        if count < least:
            raise InputError("D602", f"`{name}` is {count}; at least {least} is needed")


def _integrated(
    shaken: NoisyField,
    start: Array,
    step: float,
    each: int,
    points: int,
    streams: Sequence[np.random.Generator],
) -> Array:
    """Return the states (runs, points, n) of Euler-Maruyama trajectories in ln Z, up to a common summand.

    The logarithm of an unused strategy's share is minus infinity and stays so; the others differ from the
    log-odds by a summand that all strategies of a population share.
    """
    flow, runs, sizes = shaken.flow, len(streams), shaken.flow.sizes
    with np.errstate(divide="ignore"):
        logs = [np.log(np.tile(part, (runs, 1))) for part in flow.weights(start)]
    cuts = np.cumsum(sizes)[:-1]
    width = math.sqrt(step)
    result = np.empty((runs, points, len(flow.shares)))
    result[:, 0] = start
    drawn, used = np.empty((runs, 0, sum(sizes))), 0
    for point in range(1, points):
        for _ in range(each):
            if used == drawn.shape[1]:
                drawn = np.stack([stream.standard_normal((BLOCK, sum(sizes))) for stream in streams])
                used = 0
            shocks = np.split(drawn[:, used], cuts, axis=-1)
            used += 1
            growth = flow.log_rates([softmax(part) for part in logs])
            for i, sigma in enumerate(shaken.sigma):
                moved = logs[i] + (growth[i] - sigma**2 / 2) * step + sigma * width * shocks[i]
                logs[i] = moved - moved.max(axis=-1, keepdims=True)
        result[:, point] = flow.state([softmax(part) for part in logs])
    return result

"""Basins of strict equilibria in many games of one form at once: a box around each, and trajectories into it.

If payoffs are linear in the shares of each population, a strict Nash profile has a box around it in which
each population gains by its strategy whatever the others in the box do, so that trajectories entering it
converge to the profile (`separatrix.dynamics.attractors.candidates`). All boxes of all games are found at
once, and trajectories of all games are followed together. A game is analysed separately if a gain is too
near to zero, or if some start arrives in no box.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.candidates import HALVINGS, MOST_CORNERS
from separatrix.dynamics.attractors.tolerances import GONE, NEARLY_DEGENERATE
from separatrix.dynamics.integration.compiled_ensemble import BoxesOfGames, CompiledEnsemble, Ended
from separatrix.dynamics.integration.coordinates import log_odds_of
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates
from separatrix.dynamics.integration.tolerances import LABEL, PATIENCE
from separatrix.game.model import Profile

__all__ = ["StrictBasins", "strict_basins"]

Array = NDArray[np.float64]

WIDEST = 0.999
"""The widest box, and how much of what gains allow a box may take. Nearer to one: gains at its corners may be
rounding alone."""

TOGETHER = 1 << 16
"""Trajectories that are followed between two progress reports. More: they take more memory."""


@dataclass(frozen=True, eq=False)
class StrictBasins:
    """The share of the starts of each game that converges to each strict profile.

    Attributes
    ----------
    profiles : tuple of profiles
    shares : array (games, replicates, profiles + 1)
        The last is that of closed orbits on a face of a cube, round a centre there.
    settled : array (games,) of bool
        Whether all starts of a game have converged to one; else nothing is known of it.
    """

    profiles: tuple[Profile, ...]
    shares: Array
    settled: NDArray[np.bool_]


def strict_basins(
    rates: PolynomialRates,
    pace: Array,
    starts: Array | Callable[[int], Array],
    advance: Callable[[int, int], None] | None = None,
    *,
    in_log_odds: bool = False,
) -> StrictBasins | None:
    """Return the basins of strict equilibria in many games, or None where their payoffs are not linear.

    Parameters
    ----------
    rates : PolynomialRates
    pace : array (games,)
        The fastest growth rate of each game.
    starts : array (replicates, points, n), or callable
        The starts in all games, or from the number of a game to its own; inside the state space.
    advance : callable, optional
        Receives how many games of how many are done.
    in_log_odds : bool
        Whether `starts` is an array (coordinates, games): one start of each game, in coordinates of the
        motion, which separate 1 - 1e-300 from 1.

    Examples
    --------
    >>> from separatrix.dynamics.basins.basins import starts
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> from separatrix.dynamics.integration.polynomial_rates import rates_of_replicator
    >>> from separatrix.game.reader import load
    >>> field = replicator(load({"payoff_matrix": [[3, 0], [0, 1]], "title": "Coordination"}))
    >>> found = strict_basins(rates_of_replicator(field), np.array([field.scale]), starts((2,), 4096, 0))
    >>> found.profiles, found.shares.mean(axis=1).round(3).tolist(), found.settled.tolist()
    (((0,), (1,)), [[0.75, 0.25, 0.0]], [True])
    """
    sizes, games = rates.sizes, len(rates.coefficients)
    if math.prod(float(size) for size in sizes) > MOST_CORNERS or not _linear(rates):
        return None
    profiles = tuple(itertools.product(*(range(size) for size in sizes)))
    boxes, sure = _boxes(rates, pace, profiles)
    longer = _longer(rates, boxes, profiles)
    circling = _circling_faces(rates, pace) if sizes == (2, 2, 2) else np.zeros((games, 0), np.bool_)
    sure &= circling.sum(axis=1) < 2  # two of them have names of their own
    first = starts if isinstance(starts, np.ndarray) else starts(0)
    replicates, points, n = (1, 1, 0) if in_log_odds else first.shape
    shares = np.zeros((games, replicates, len(profiles) + 1))
    settled = sure & ((boxes > 0).any(axis=1) | circling.any(axis=1))
    paired = np.flatnonzero([size == 2 for size in sizes for _ in range(1 if size == 2 else size)])
    rows = np.flatnonzero(settled)
    each = max(1, TOGETHER // (replicates * points))
    shared = isinstance(starts, np.ndarray) and not in_log_odds
    common = log_odds_of(first.reshape(-1, n), paired) if shared else None
    for begin in range(0, len(rows), each):
        some = rows[begin : begin + each]
        if isinstance(starts, np.ndarray):
            at = first[:, some] if common is None else np.tile(common, len(some))
        else:
            at = np.concatenate([log_odds_of(starts(int(k)).reshape(-1, n), paired) for k in some], axis=1)
        own, order = _regions(longer[some], circling[some], profiles, sizes)
        under_way = CompiledEnsemble(
            rates.select(some),
            at,
            pace=pace[some],
            game=np.repeat(np.arange(len(some)), replicates * points),
            tolerance=LABEL,
            regions=own,
        )
        under_way.run(PATIENCE)
        arrived = under_way.ended.reshape(len(some), -1) == Ended.REGION
        settled[some] = arrived.all(axis=1)
        came = order[under_way.region].reshape(len(some), replicates, points)
        for k in range(len(profiles) + 1):
            shares[some, :, k] = (came == k).mean(axis=2)
        if advance is not None:
            advance(min(begin + each, len(rows)), games)
    return StrictBasins(profiles, shares, settled)


def _linear(rates: PolynomialRates) -> bool:
    """Whether no product of shares holds two shares of one population."""
    owner = [i for i, size in enumerate(rates.sizes) for _ in range(1 if size == 2 else size)]
    owners: list[tuple[int, ...]] = [()]
    for parent, variable in zip(rates.parents[1:].tolist(), rates.variables[1:].tolist(), strict=True):
        if owner[variable] in owners[parent]:
            return False
        owners.append((*owners[parent], owner[variable]))
    return True


def _boxes(
    rates: PolynomialRates, pace: Array, profiles: Sequence[Profile]
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the size of the box around each profile in each game, 0 for none, and whether all is certain."""
    games = len(rates.coefficients)
    sizes, sure = np.zeros((games, len(profiles))), np.isfinite(rates.coefficients).all(axis=1) & (pace > 0)
    for k, profile in enumerate(profiles):
        least = _least_gain(rates, slice(None), profile, 0.0, [profile])
        sure &= ~(np.abs(least) <= NEARLY_DEGENERATE * pace)
        strict = np.flatnonzero(least > NEARLY_DEGENERATE * pace)
        size = WIDEST
        for _ in range(HALVINGS):
            if not strict.size:
                break
            inside = _least_gain(rates, strict, profile, size, profiles) > 0
            sizes[strict[inside], k] = size
            strict = strict[~inside]
            size *= 0.8
        sure[strict] = False
    return sizes, sure & ~((sizes > 0) & (sizes <= GONE)).any(axis=1)


def _longer(rates: PolynomialRates, boxes: Array, profiles: Sequence[Profile]) -> Array:
    """Return sizes of boxes that go further, (games, profiles, boxes, populations), 0 where there is none.

    In each box of a profile another population is the first whose extent grows until some gain might
    vanish, and the next ones grow along with it. Gains are linear in each extent. Starts arrive sooner in
    such boxes.
    """
    count = len(rates.sizes)
    result = np.repeat(np.repeat(boxes[:, :, None, None], count, axis=2), count, axis=3)
    for k, profile in enumerate(profiles):
        rows = np.flatnonzero(boxes[:, k] > 0)
        if not rows.size:
            continue
        gains = _gains(rates, rows, profile, [_state(rates.sizes, corner) for corner in profiles])
        shaped = [gain.reshape(-1, *rates.sizes) for gain in gains]
        for first in range(count):
            own = result[rows, k, first]
            for p in ((first + j) % count for j in range(count)):
                most = np.ones(len(rows))
                for gain in shaped:
                    for q in range(count):
                        if q != p:
                            gain = _drawn_in(gain, q, profile[q], own[:, q])
                    near = np.take(gain, [profile[p]], axis=1 + p)
                    # Above zero near by: where it is below zero far off it vanishes in between.
                    turns = gain < 0
                    reach = np.where(turns, near, 1.0) / np.where(turns, near - gain, 1.0)
                    most = np.minimum(most, reach.reshape(len(rows), -1).min(axis=1))
                own[:, p] = np.maximum(own[:, p], WIDEST * most)
            result[rows, k, first] = own
            if first and (same := (own <= result[rows, k, 0]).all(axis=1)).any():
                result[rows[same], k, first] = 0.0
    return result


def _drawn_in(values: Array, population: int, played: int, size: Array) -> Array:
    """Return values (games, a strategy a population) at corners closer to a profile for one population."""
    part = size.reshape(-1, *(1,) * (values.ndim - 1))
    drawn: Array = (1 - part) * np.take(values, [played], axis=1 + population) + part * values
    return drawn


def _state(
    sizes: Sequence[int], corner: Profile, profile: Profile | None = None, size: float = 1.0
) -> list[float]:
    """Return the shares at a corner of the box around a profile; without one, of the state space."""
    state: list[float] = []
    for count, own, other in zip(sizes, profile or corner, corner, strict=True):
        part = np.zeros(count)
        part[own] += 1 - size
        part[other] += size
        state += part[:1].tolist() if count == 2 else part.tolist()
    return state


def _least_gain(
    rates: PolynomialRates,
    rows: NDArray[np.intp] | slice,
    profile: Profile,
    size: float,
    corners: Sequence[Profile],
) -> Array:
    """Return the least that the strategies of a profile gain over others (games,) at corners of its box."""
    states = [_state(rates.sizes, corner, profile, size) for corner in corners]
    least = np.full(len(rates.coefficients[rows]), math.inf)
    for gain in _gains(rates, rows, profile, states):
        least = np.minimum(least, gain.min(axis=1))
    return least


def _gains(
    rates: PolynomialRates,
    rows: NDArray[np.intp] | slice,
    profile: Profile,
    states: Sequence[Sequence[float]],
) -> list[Array]:
    """Return what the strategies of a profile gain over each other one (games, states)."""
    growth = _growth(rates, rows, np.array(states))
    result: list[Array] = []
    place = 0
    for count, own in zip(rates.sizes, profile, strict=True):
        if count == 2:
            result.append(growth[place] if own == 0 else -growth[place])
            place += 1
        else:
            grown = growth[place : place + count]
            result += [grown[own] - grown[b] for b in range(count) if b != own]
            place += count
    return result


def _growth(rates: PolynomialRates, rows: NDArray[np.intp] | slice, states: Array) -> list[Array]:
    """Return the rates of each coordinate (games, states) at states (states, n)."""
    values = [np.ones(len(states))]
    for parent, variable in zip(rates.parents[1:].tolist(), rates.variables[1:].tolist(), strict=True):
        values.append(values[parent] * states[:, variable])
    terms, coefficients = np.array(values)[rates.features], rates.coefficients[rows]
    return [
        coefficients[:, a:b] @ terms[a:b]
        for a, b in zip(rates.begins.tolist(), rates.begins[1:].tolist(), strict=False)
    ]


def _circling_faces(rates: PolynomialRates, pace: Array) -> NDArray[np.bool_]:
    """Return on which faces (games, 6) of a cube two populations circle round a centre, while it attracts.

    Near such a face the third population gains by its strategy whatever the others do; on it the gains of
    both others change their signs, in opposite senses.
    """
    corners = list(itertools.product((0.0, 1.0), repeat=3))
    growth = _growth(rates, slice(None), np.array(corners))
    result = np.zeros((len(pace), 6), np.bool_)
    sure = NEARLY_DEGENERATE * pace
    for i, end in itertools.product(range(3), (0, 1)):
        j, k = (m for m in range(3) if m != i)
        attracts = ((growth[i] * (1 if end == 0 else -1)) < -sure[:, None]).all(axis=1)
        gains = []
        for own, other in ((j, k), (k, j)):
            for share in (0.0, 1.0):
                corner = tuple(float(end) if m == i else share if m == other else 0.0 for m in range(3))
                gains.append(growth[own][:, corners.index(corner)])
        one, two, three, four = gains
        turning = ((one < -sure) & (two > sure) & (three > sure) & (four < -sure)) | (
            (one > sure) & (two < -sure) & (three < -sure) & (four > sure)
        )
        result[:, 2 * i + end] = attracts & turning
    return result


def _regions(
    sizes: Array, circling: NDArray[np.bool_], profiles: Sequence[Profile], counts: Sequence[int]
) -> tuple[BoxesOfGames, NDArray[np.int64]]:
    """Return the boxes of games, whose sizes `_longer` gives, and their faces, and the profile of each."""
    games, boxes = len(sizes), sizes.shape[2]
    kinds = len(profiles) * boxes
    there = (sizes > 0).all(axis=3).reshape(games, kinds)
    game, which = np.nonzero(np.concatenate([there, circling], axis=1))
    m = sum(1 if count == 2 else count for count in counts)
    low, high = np.full((len(game), m), -math.inf), np.full((len(game), m), math.inf)
    for kind in range(kinds):
        k, box = divmod(kind, boxes)
        rows, place = np.flatnonzero(which == kind), 0
        for p, (count, own) in enumerate(zip(counts, profiles[k], strict=True)):
            extent = sizes[game[rows], k, box, p]
            if count == 2 and own == 1:
                high[rows, place] = extent
            else:
                low[rows, place + (own if count != 2 else 0)] = 1 - extent
            place += 1 if count == 2 else count
    for face in range(circling.shape[1]):
        rows = np.flatnonzero(which == kinds + face)
        if face % 2:
            low[rows, face // 2] = 1 - GONE
        else:
            high[rows, face // 2] = GONE
    first = np.searchsorted(game, np.arange(games + 1))
    found = BoxesOfGames(first, low, high, np.full(len(game), math.inf))
    return found, np.minimum(which // boxes, len(profiles))

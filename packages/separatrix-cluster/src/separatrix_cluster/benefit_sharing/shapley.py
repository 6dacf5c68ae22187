"""The Shapley value: what each player adds on average, over all orders in which the players can join.

The Shapley value from orders that are drawn, with an interval for each player that hold all together.

Where the least and the most that a player can add are known, intervals are those of Maurer and Pontil,
which hold for any distribution. Otherwise they are those of Student's t, which rely on the central limit
theorem. Each order is drawn with its reverse, whose errors tend to cancel (antithetic draws).

References
----------
Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, Princeton,
307–317.
Littlechild, S. C. & Owen, G. (1973). A simple expression for the Shapley value in a special case. Manage.
Sci. 20, 370–372 (airport games).
Castro, J., Gómez, D. & Tejada, J. (2009). Polynomial calculation of the Shapley value based on sampling.
Comput. Oper. Res. 36, 1726–1730.
Maurer, A. & Pontil, M. (2009). Empirical Bernstein bounds and sample-variance penalization. Conf. on Learning
Theory, theorem 4.
Mitchell, R., Cooper, J., Frank, E. & Holmes, G. (2022). Sampling permutations for Shapley value estimation.
J. Mach. Learn. Res. 23 (43), 1–46 (antithetic orders).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.run.limits import poll
from separatrix.run.results import Tabled
from separatrix.sentences import say
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
from separatrix_cluster.benefit_sharing.core import Excesses

__all__ = ["CONFIDENCE", "SampledShapley", "ShapleyValue", "sampled_shapley", "shapley"]

CONFIDENCE = 0.95
"""The default joint confidence of all intervals of one result."""

FEWEST = 4
"""The least number of pairs of orders: fewer do not show how much they differ."""

Interval = Literal["Bernstein", "Student"]


@dataclass(frozen=True, repr=False)
class SampledShapley(Tabled):
    """Estimates of the Shapley value.

    Attributes
    ----------
    players : tuple of str
    allocation : tuple of Fraction
        Means over the orders that were drawn; their sum is what all together are worth.
    low, high : tuple of float
        Intervals, which hold jointly with `confidence`.
    interval : str
        ``Bernstein`` where the bounds of what each player can add are known, else ``Student``.
    orders : int
        The number of orders drawn, every second one the reverse of the one before.
    coalitions : int
        The number of different coalitions evaluated.
    seed : int
    confidence : float
    """

    players: tuple[str, ...]
    allocation: tuple[Fraction, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    interval: Interval
    orders: int
    coalitions: int
    seed: int
    confidence: float = CONFIDENCE

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data."""
        return {
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "intervals": {
                n: [low, high] for n, low, high in zip(self.players, self.low, self.high, strict=True)
            },
            "confidence": self.confidence,
            "interval": self.interval,
            "orders": self.orders,
            "coalitions": self.coalitions,
            "seed": self.seed,
        }


def sampled_shapley(
    players: Sequence[str],
    worth: Callable[[frozenset[str]], Any],
    *,
    orders: int = 1000,
    seed: int = 0,
    bounds: Mapping[str, tuple[Any, Any]] | None = None,
    confidence: float = CONFIDENCE,
) -> SampledShapley:
    """Return estimates of the Shapley value of a game too large for all its coalitions.

    Parameters
    ----------
    players : sequence of str
    worth : callable
        Takes a frozenset of names and returns what they are worth together; called once for each
        coalition. The empty one is worth 0.
    orders : int
        Orders in which all players join, at least 8; an odd one is made even.
    seed : int
        Of the orders.
    bounds : mapping of str to pair of numbers, optional
        The least and the most that each player can add to any coalition. With them intervals hold
        whatever the distribution; without, they rely on the central limit theorem.
    confidence : float
        With which all intervals hold together.

    Returns
    -------
    SampledShapley

    Raises
    ------
    InputError
        K530 for no players or repeated names; K534 for too few orders, bounds that omit a player, or a player
        who adds something outside the bounds; V301 for invalid numbers.

    References
    ----------
    Castro, Gómez & Tejada (2009); Maurer & Pontil (2009), theorem 4.

    Examples
    --------
    >>> ring = [f"E{k:02}" for k in range(20)]
    >>> found = sampled_shapley(ring, lambda who: len(who) ** 2, orders=200, seed=1)
    >>> sum(found.allocation), found.low[0] < 20 < found.high[0]
    (Fraction(400, 1), True)
    """
    names = tuple(str(name) for name in players)
    if not names or len(set(names)) < len(names):
        raise InputError("K530", say("players have to be named, each once"))
    pairs = (orders + 1) // 2
    lost = None if bounds is None else next((name for name in names if name not in bounds), None)
    if pairs < FEWEST or lost is not None:
        raise InputError(
            "K534",
            say("{orders} orders; at least {least} are needed for intervals", orders=orders, least=2 * FEWEST)
            if lost is None
            else say("no bounds of what {name} can add", name=lost),
        )
    known: dict[frozenset[str], Fraction] = {frozenset(): Fraction(0)}
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    whole = [Fraction(0)] * len(names)
    drawn = np.zeros((pairs, len(names)))
    seen = np.full((2, len(names)), np.nan)  # the least and the most that each added
    for pair in range(pairs):
        order = generator.permutation(len(names)).tolist()
        for one in (order, order[::-1]):
            poll()
            before, there = Fraction(0), frozenset[str]()
            for k in one:
                there |= {names[k]}
                if there not in known:
                    known[there] = exact(worth(there), f"v({', '.join(sorted(there))})")
                added = known[there] - before
                before = known[there]
                whole[k] += added
                seen[0, k] = np.fmin(seen[0, k], float(added))
                seen[1, k] = np.fmax(seen[1, k], float(added))
                drawn[pair, k] += float(added) / 2
                if bounds is not None:
                    _check_bounds(names[k], added, bounds[names[k]])
    allocation = tuple(total / (2 * pairs) for total in whole)
    half = _half_widths(
        drawn, None if bounds is None else [bounds[name] for name in names], seen, 1 - confidence
    )
    middle = drawn.mean(axis=0)
    low, high = middle - half, middle + half
    if bounds is not None:
        low = np.maximum(low, [float(bounds[name][0]) for name in names])
        high = np.minimum(high, [float(bounds[name][1]) for name in names])
    return SampledShapley(
        names,
        allocation,
        tuple(low.tolist()),
        tuple(high.tolist()),
        "Student" if bounds is None else "Bernstein",
        2 * pairs,
        len(known) - 1,
        seed,
        confidence,
    )


def _check_bounds(name: str, added: Fraction, bounds: tuple[Any, Any]) -> None:
    low, high = exact(bounds[0], name), exact(bounds[1], name)
    if not low <= added <= high:
        raise InputError(
            "K534",
            say(
                "{name} adds {added} to a coalition, outside the bounds {low} and {high}",
                name=name,
                added=float(added),
                low=float(low),
                high=float(high),
            ),
            hint=say("give the least and the most that anyone can add, or no bounds"),
        )


def _half_widths(
    drawn: npt.NDArray[np.float64],
    bounds: Sequence[tuple[Any, Any]] | None,
    seen: npt.NDArray[np.float64],
    doubt: float,
) -> npt.NDArray[np.float64]:
    """Return half-widths of intervals of means (players,) that hold together, from draws (draws, players).

    The `doubt` is shared equally among the players (Bonferroni). With Student's t, draws that all agree do
    not show how far others differ. As in the rule of three, the number that may have been missed then
    counts with the range `seen` (2, players) of what the player adds, or of what all add where that range
    is zero.
    """
    count, players = drawn.shape
    spread = drawn.var(axis=0, ddof=1)
    missed = doubt / players
    half: npt.NDArray[np.float64]
    if bounds is None:
        from scipy.stats import t

        half = float(t.ppf(1 - missed / 2, count - 1)) * np.sqrt(spread / count)
        own = seen[1] - seen[0]
        own = np.where(own > 0, own, max(0.0, seen[1].max()) - min(0.0, seen[0].min()))
        half = np.maximum(half, math.log(1 / missed) / count * own)
        return half
    widths = np.array([float(high) - float(low) for low, high in bounds])
    tails = math.log(4 / missed)
    half = np.sqrt(2 * spread * tails / count) + 7 * widths * tails / (3 * (count - 1))
    return half


@dataclass(frozen=True, repr=False)
class ShapleyValue(Tabled):
    """The Shapley value of a game.

    Attributes
    ----------
    players : tuple of str
    allocation : tuple of Fraction
        What each player is given, or pays; the sum is what all together are worth.
    """

    players: tuple[str, ...]
    allocation: tuple[Fraction, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain data."""
        return {
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "exact": {n: str(x) for n, x in zip(self.players, self.allocation, strict=True)},
        }


def shapley(coalitions: CoalitionGame) -> ShapleyValue:
    """Return the Shapley value of a game, in fractions.

    Parameters
    ----------
    coalitions : CoalitionGame

    Returns
    -------
    ShapleyValue

    Raises
    ------
    OutOfTime
        Where a limit of time around the call ends first.

    References
    ----------
    Shapley (1953), equation 13.

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> runway = {"a": 1, "b": 2, "c": 4, "d": 7}
    >>> airport = coalition_game(list(runway), lambda who: max(runway[name] for name in who), costs=True)
    >>> [str(share) for share in shapley(airport).allocation]
    ['1/4', '7/12', '19/12', '55/12']
    """
    count = len(coalitions.players)
    numbers = np.arange(len(coalitions.values))
    gains, scale = Excesses(coalitions).scaled_excesses([Fraction(0)] * count)
    size = np.bitwise_count(numbers)
    allocation = []
    for k in range(count):
        poll()
        others = numbers[numbers >> k & 1 == 0]
        added = gains[others | 1 << k] - gains[others]
        # A coalition of s others is in front of a player in one of n·C(n - 1, s) orders.
        whole = sum(
            (
                Fraction(sum(added[size[others] == s].tolist()), comb(count - 1, s) * count)
                for s in range(count)
            ),
            Fraction(0),
        )
        allocation.append((-whole if coalitions.costs else whole) / scale)
    return ShapleyValue(coalitions.players, tuple(allocation))

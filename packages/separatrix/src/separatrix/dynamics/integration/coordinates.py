"""The coordinates in which states move, many side by side: log-odds where a field keeps faces, else shares.

In log-odds a population of two strategies has one coordinate, u = ln(x/(1-x)), with du/dt = g_1 - g_2,
where g_a is the growth rate of strategy a; one of k > 2 strategies has the k logarithms v_a = ln x_a, with
dv_a/dt = g_a minus the mean growth rate (Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and
Population Dynamics, section 7.1). A share cannot leave [0, 1]; one of 1e-300 is as exact as one of 1/2. An
unused strategy has the coordinate minus infinity, which no finite rate moves: faces are preserved without a
special case.

Fields that leave faces are integrated in the shares themselves: an unused strategy may be adopted there.

The motion while parameters change in time: stretches of time between the changes, each with its motion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.fields.schedules import ScheduledField, SchedulePiece
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates, rates_of_replicator
from separatrix.dynamics.integration.results import unsettled_speed
from separatrix.dynamics.integration.step_control import Motion, Scratch
from separatrix.dynamics.integration.tolerances import (
    ACCURACY_IN_ODDS,
    ACCURACY_IN_SHARES,
    ACCURACY_SLIDING,
    DEFAULT_SPAN,
    UNMOVED,
)
from separatrix.errors import InputError
from separatrix.game.values import resolve
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say, together

if TYPE_CHECKING:
    pass

__all__ = [
    "LogOddsCoordinates",
    "ShareCoordinates",
    "TimeSpan",
    "log_odds_of",
    "motion_of",
    "motion_on",
    "softmax",
    "stretches_of",
    "with_changes",
]

Array = NDArray[np.float64]
Writer = Callable[["LogOddsCoordinates", Array, Array, "Scratch"], Array]


# --------------------------------------------------------------------------- log-odds


@dataclass(frozen=True, eq=False)
class LogOddsCoordinates(Motion):
    """Log-odds of two strategies, logarithms of more."""

    leaves_faces = False
    accuracy = ACCURACY_IN_ODDS

    @cached_property
    def _write(self) -> Writer:
        field = self.field
        if not isinstance(field, Replicator):
            return _Growth(field.log_rates)  # type: ignore[attr-defined]  # what else keeps faces
        if field.corners is None:
            return _Growth(_replicator_growth(field))
        return _Multilinear.of(field.corners)

    @property
    def coefficients(self) -> Array | None:
        """The rates as polynomials in the shares, where these are linear in each (`_Multilinear`)."""
        return getattr(self._write, "coefficients", None)

    @cached_property
    def polynomials(self) -> PolynomialRates | None:
        """The rates as polynomials in the shares, where machine code can follow them."""
        if self.moving is not None or not isinstance(self.field, Replicator):
            return None
        return rates_of_replicator(self.field)

    def to_coordinates(self, states: Array) -> Array:
        """Return the coordinates (m, trajectories) of states (trajectories, n)."""
        return log_odds_of(states, self.paired)

    def shares(self, at: Array, out: Array | None = None) -> Array:
        """Return the shares at coordinates (m, ...): that of the first of two strategies, else all."""
        result: Array = np.empty_like(at) if out is None else out
        with np.errstate(over="ignore"):
            if self.many:
                result[self.paired] = 1.0 / (1.0 + np.exp(-at[self.paired]))
                for place in self.many:
                    result[place] = softmax(at[place], axis=0)
                return result
            np.negative(at, out=result)
            np.exp(result, out=result)
            result += 1.0
            np.reciprocal(result, out=result)
        return result

    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        """Write the rates of change at coordinates (m, trajectories) to `out`; return the shares there."""
        return self._write(self, at, out, scratch)

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share of each trajectory changes, at states (trajectories, n)."""
        return np.asarray(np.abs(self.to_rates(states.T, slopes)).max(axis=0))

    def to_rates(self, shares: Array, slopes: Array) -> Array:
        """Return the rates of change of shares (m, ...) from those of coordinates."""
        result = slopes * shares
        result[self.paired] *= 1 - shares[self.paired]
        return result

    def unsettled(self, at: Array, shares: Array, slopes: Array) -> Array:
        """Return the fastest change (trajectories,) of what has not settled.

        A share that all but vanishes counts as settled while it shrinks, and with the speed of its logarithm
        while it grows: near a saddle it is what drives the others away later.
        """
        leaving = at * slopes >= 0
        part = np.where(leaving, shares, 1.0)
        part[self.paired] *= np.where(leaving, 1 - shares, 1.0)[self.paired]
        speeds = np.abs(slopes) * part
        speeds[np.isinf(at)] = 0.0
        return np.asarray(speeds.max(axis=0))

    def size(self, at: Array) -> Array:
        """Return the sizes of coordinates, relative to which a tolerance counts."""
        size = np.abs(at)
        size += 1.0
        return size

    def normalised(self, at: Array) -> Array:
        """Return coordinates (m, ...) with logarithms that belong to shares which add up to one."""
        result = np.array(at)
        for place in self.many:
            top = result[place].max(axis=0)
            result[place] -= top + np.log(np.exp(result[place] - top).sum(axis=0))
        return result

    def log_shares(self, at: Array) -> Array:
        """Return the logarithms (strategies, trajectories) of the shares of all strategies.

        Examples
        --------
        >>> from separatrix.dynamics.fields import field
        >>> from separatrix.game.reader import load
        >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
        >>> motion_of(field(game)).log_shares(np.array([[-1000.0]])).round(3).tolist()
        [[-1000.0], [-0.0]]
        """
        parts = []
        for place, size in zip(self.places, self.field.sizes, strict=True):
            part = at[place]
            if size == 2:
                parts += [-np.logaddexp(0.0, -part), -np.logaddexp(0.0, part)]
            else:
                parts.append(part - np.logaddexp.reduce(part, axis=0))
        return np.concatenate(parts)


def log_odds_of(states: Array, paired: NDArray[np.intp]) -> Array:
    """Return log-odds (n, states) of states (states, n), and logarithms where shares are not `paired`."""
    x = np.ascontiguousarray(np.asarray(states, dtype=float).T)
    with np.errstate(divide="ignore"):
        result: Array = np.log(x)
        result[paired] -= np.log1p(-x[paired])
    return result


def softmax(logs: Array, axis: int = -1) -> Array:
    """Return shares in proportion to exp(logs)."""
    raised = np.exp(logs - logs.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True))


def _replicator_growth(field: Replicator) -> Callable[[Sequence[Array]], list[Array]]:
    def growth(parts: Sequence[Array]) -> list[Array]:
        return [speed * earned for speed, earned in zip(field.speeds, field.payoffs(parts), strict=True)]

    return growth


@dataclass(frozen=True)
class _Growth:
    """Rates of log-odds from the growth rates of all strategies."""

    growth: Callable[[Sequence[Array]], list[Array]]

    def __call__(self, motion: LogOddsCoordinates, at: Array, out: Array, scratch: Scratch) -> Array:
        shares = motion.shares(at, scratch.array("shares", *at.shape))
        parts = []
        for place, size in zip(motion.places, motion.field.sizes, strict=True):
            own = shares[place]
            parts.append(np.stack([own[0], 1 - own[0]], axis=-1) if size == 2 else own.T)
        rates = self.growth(parts)
        for place, part, rate in zip(motion.places, parts, rates, strict=True):
            if part.shape[-1] == 2:
                out[place] = rate[:, 0] - rate[:, 1]
            else:
                out[place] = (rate - (part * rate).sum(axis=-1, keepdims=True)).T
        return shares


@dataclass(frozen=True)
class _Multilinear:
    """Rates of the log-odds of at most three populations, linear in each share of the others.

    They are one product of matrices: ``coefficients`` times 1, the shares, and for three populations the
    products yz, xz, xy.
    """

    coefficients: Array

    @classmethod
    def of(cls, corners: Sequence[Array]) -> _Multilinear:
        n = len(corners)
        result = np.zeros((n, 7 if n == 3 else n + 1))
        for i, table in enumerate(corners):
            met = [i] if n == 1 else [j for j in range(n) if j != i]
            if len(met) == 1:
                result[i, 0], result[i, 1 + met[0]] = table[0], table[1] - table[0]
            else:
                result[i, 0] = table[0, 0]
                result[i, 1 + met[0]] = table[1, 0] - table[0, 0]
                result[i, 1 + met[1]] = table[0, 1] - table[0, 0]
                result[i, 4 + i] = table[1, 1] - table[1, 0] - table[0, 1] + table[0, 0]
        return cls(result)

    def __call__(self, motion: LogOddsCoordinates, at: Array, out: Array, scratch: Scratch) -> Array:
        n, count = at.shape
        features = scratch.array("features", self.coefficients.shape[1], count)
        features[0] = 1.0
        shares = motion.shares(at, features[1 : n + 1])
        if n == 3:
            np.multiply(shares[1:], shares[::-2], out=features[4:6])
            np.multiply(shares[0], shares[1], out=features[6])
        np.matmul(self.coefficients, features, out=out)
        return shares


# --------------------------------------------------------------------------- shares


@dataclass(frozen=True, eq=False)
class ShareCoordinates(Motion):
    """The shares themselves.

    Attributes
    ----------
    least : float
        The share below which a tolerance is an absolute error and no relative one.
    """

    least: float = 1.0

    leaves_faces = True

    @property
    def accuracy(self) -> float:
        """The distance in shares below which trajectories do not come nearer to where they go."""
        return ACCURACY_SLIDING if self.jumps else ACCURACY_IN_SHARES

    def to_coordinates(self, states: Array) -> Array:
        """Return the coordinates (n, trajectories) of states (trajectories, n)."""
        return np.array(np.asarray(states, dtype=float).T)

    def shares(self, at: Array, out: Array | None = None) -> Array:
        """Return the shares at coordinates (n, ...), brought back to where they add up to one."""
        return self.project(at)

    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        """Write the rates of change at coordinates (n, trajectories) to `out`; return these."""
        out[:] = self.field(at.T).T
        return at

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share of each trajectory changes."""
        return np.asarray(np.abs(slopes).max(axis=0))

    def to_rates(self, shares: Array, slopes: Array) -> Array:
        """Return the rates of change of the shares."""
        return slopes

    def unsettled(self, at: Array, shares: Array, slopes: Array) -> Array:
        """Return the fastest change (trajectories,) of a share."""
        return np.asarray(np.abs(slopes).max(axis=0))

    def size(self, at: Array) -> Array:
        """Return the sizes of coordinates, relative to which a tolerance counts."""
        return np.maximum(np.abs(at), self.least)

    def log_shares(self, at: Array) -> Array:
        """Return the logarithms (strategies, trajectories) of the shares of all strategies.

        Examples
        --------
        >>> from separatrix.dynamics.fields import field
        >>> from separatrix.game.reader import load
        >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
        >>> motion_of(field(game, kind="smith")).log_shares(np.array([[0.5, 0.0]])).round(3).tolist()
        [[-0.693, -inf], [-0.693, 0.0]]
        """
        shares = self.project(at)
        parts: list[Array] = []
        for place, size in zip(self.places, self.field.sizes, strict=True):
            part = shares[place]
            parts += [part, 1 - part] if size == 2 else [part]
        with np.errstate(divide="ignore"):
            return np.log(np.concatenate(parts))

    def project(self, at: Array) -> Array:
        """Return shares (n, ...) that are not negative and add up to one.

        Some fields drive away from there what does not add up to one.
        """
        result = np.clip(at, 0.0, 1.0)
        for place in self.many:
            result[place] /= result[place].sum(axis=0)
        return result


def motion_of(field: Any, moving: Callable[[float], Any] | None = None, **more: Any) -> Motion:
    """Return a field in the coordinates of `LogOddsCoordinates` or `ShareCoordinates`.

    Parameters
    ----------
    field : PayoffField or KeepsFaces
    moving : callable, optional
        From a time to the field then.
    **more
        `pace`, or `least` of `ShareCoordinates`, where they are not the usual ones.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> motion = motion_of(field(game))
    >>> at = motion.to_coordinates(np.array([[0.5], [1e-300], [0.0]]))
    >>> at.round(1).tolist(), motion.shares(at).tolist()
    ([[0.0, -690.8, -inf]], [[0.5, 1.0000000000000237e-300, 0.0]])
    >>> type(motion_of(field(game, kind="smith"))).__name__
    'ShareCoordinates'
    """
    pace = field.scale or 1.0 if getattr(field, "continuous", True) else max(field.speeds)
    kind = LogOddsCoordinates if getattr(field, "keeps_faces", True) else ShareCoordinates
    settings: dict[str, Any] = {"field": field, "pace": pace, "moving": moving, **more}
    return kind(**settings)


MOST_TOLD = 8
"""How many changes of parameters a message names."""


@dataclass(frozen=True, eq=False)
class TimeSpan:
    """A stretch of time and the motion on it, which counts time from its start."""

    start: float
    end: float
    motion: Motion
    piece: SchedulePiece | None = None

    @property
    def length(self) -> float:
        return self.end - self.start

    def rests(self, first: Array, sign: float) -> bool:
        """Whether coordinates are those of a rest point throughout, but for rounding."""
        times = (0.0,) if self.motion.moving is None else (0.0, self.length / 2, self.length)
        rest = UNMOVED * self.motion.pace
        return all(unsettled_speed(self.motion.now(time), first, sign) <= rest for time in times)


def stretches_of(flow: ScheduledField, until: float | None) -> tuple[Any, float, list[TimeSpan]]:
    """Return the field at the beginning, the last time and the stretches of a field that changes in time.

    The last time is by default 100 divided by the largest advantage after the last change of parameters,
    counted from it.
    """
    if until is not None and until < 0:
        raise InputError(
            "D605",
            f"a trajectory until t = {until:g} goes back in time, and the game has a schedule",
            hint="give a time above 0, or remove the schedule from the file",
        )
    last = max(flow.breakpoints, default=0.0)
    settled: Any = flow.pieces[-1].field_at(last)
    if not settled.keeps_faces:
        raise InputError(
            "D605",
            f"the game has a schedule, which the {settled.kind} dynamics do not support",
            hint="remove the schedule from the file, or use the replicator",
        )
    end = max(last, 0.0) + DEFAULT_SPAN / (settled.scale or 1.0) if until is None else float(until)
    stretches = [TimeSpan(a, b, motion_on(piece, a), piece) for a, b, piece in flow.pieces_between(0.0, end)]
    return stretches[0].motion.field, end, stretches


def motion_on(piece: SchedulePiece, start: float) -> Motion:
    """Return the motion on a stretch of time, counted from its start."""
    field: Any = piece.field_at(start)
    if piece.constant:
        return motion_of(field)
    return motion_of(field, lambda time: piece.field_at(start + time), pace=piece.scale or 1.0)


def with_changes(message: str, flow: ScheduledField, stretches: Sequence[TimeSpan], end: float) -> str:
    """Return a message that states when parameters change."""
    changes = [told for _, told in sorted(_changes(flow, stretches, end))]
    if len(changes) > MOST_TOLD:
        changes = [*changes[:MOST_TOLD], "…"]
    if not changes:
        return message
    when = say("parameters change at t = {times}", times=together(changes, ", "))
    return together([message, when], "; ")


def _changes(flow: ScheduledField, stretches: Sequence[TimeSpan], end: float) -> Iterator[tuple[float, str]]:
    """Yield when parameters jump, and from when to when they go gradually, up to `end`; not in order."""
    before: Mapping[str, Fraction | None] | None = None
    if 0.0 in flow.breakpoints:
        before = _worth(flow.pieces[flow.breakpoints.index(0.0)], 1)
    since: float | None = None
    for a, b, piece in ((one.start, one.end, one.piece) for one in stretches if one.piece is not None):
        if a >= end and a > 0:
            break
        jumps = before is not None and before != _worth(piece, 0)
        if since is not None and piece.constant:
            yield since, f"{since:.6g}–{a:.6g}"
            since = None
        if jumps:
            yield a, f"{a:.6g}"
        if not piece.constant and since is None:
            since = a
        before, reached = _worth(piece, 1), min(b, end)
    if since is not None:
        yield since, f"{since:.6g}–{reached:.6g}"


def _worth(piece: SchedulePiece, which: int) -> dict[str, Fraction | None]:
    """Return what the parameters are worth at the start (0) or the end (1) of a piece."""
    recipe = piece.recipe
    usual = resolve(recipe.game, recipe.values, recipe.scenario)
    return {**usual, **{name: ends[which] for name, ends in piece.values.items()}}

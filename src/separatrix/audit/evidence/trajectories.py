"""Where paths end, for many starts at once.

The logarithms of the shares are integrated, so that a share can all but vanish and still come back, each path
with its own step.

Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae, Journal of Computational
and Applied Mathematics 6, 19-26.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["Course", "Trap", "run"]

STILL = 1e-12
"""Speed, relative to the scale of payoffs, at which a path has stopped."""
PAUSE, STALE = 100, 1e-6
"""A path whose state has not changed by more than this in so many steps has stopped too."""
_A: tuple[tuple[float, ...], ...] = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


@dataclass(frozen=True)
class Trap:
    """A neighbourhood of a pure profile that no path leaves: all other strategies lose in all of it.

    ``profile`` is what each population plays; each other strategy has at most ``radius`` times its share.
    """

    profile: tuple[int, ...]
    radius: float


@dataclass(frozen=True)
class Course:
    """How one path went on.

    Attributes
    ----------
    states : array (steps, n)
        The states after each step, the start first.
    trap : int
        The index of the trap that it ran into, or -1.
    spread : float
        How far the state moves in the last quarter, largest coordinate range.
    turns : int
        How often the coordinate that moves most turns back in the second half.
    speed : float
        The speed at the end, relative to the scale of payoffs.
    """

    states: Array
    trap: int
    spread: float
    turns: int
    speed: float

    def away(self, distance: Callable[[Array], Array]) -> tuple[float, float, float]:
        """Return the smallest distance on the whole course, and the largest in its third and last quarter."""
        gaps = distance(self.states)
        half, most = len(gaps) // 2, (3 * len(gaps)) // 4
        return float(gaps.min()), float(gaps[half : most + 1].max()), float(gaps[most:].max())


def run(
    field: Replicator,
    starts: Sequence[Sequence[float]],
    traps: Sequence[Trap],
    *,
    tolerance: float = 1e-7,
    most_steps: int = 1500,
) -> list[Course]:
    """Follow paths until each is trapped or has stopped, or for `most_steps` steps.

    Parameters
    ----------
    field : Replicator
    starts : (paths, n)
    traps : the neighbourhoods that end a path
    tolerance : error of a step in the logarithms of the shares
    """
    import numpy as np

    first = np.asarray(starts, dtype=float)
    weights = field.weights(first)
    widths = [w.shape[-1] for w in weights]
    joined = np.concatenate(weights, axis=-1)
    alive = joined > 0
    with np.errstate(divide="ignore"):
        logs = np.log(joined)
    places = [slice(sum(widths[:i]), sum(widths[: i + 1])) for i in range(len(widths))]

    def shares(u: Array) -> list[Array]:
        parts = []
        for place in places:
            part = u[:, place]
            part = np.exp(part - part.max(axis=1, keepdims=True))
            parts.append(part / part.sum(axis=1, keepdims=True))
        return parts

    def states(u: Array) -> Array:
        parts = [s[:, :1] if s.shape[1] == 2 else s for s in shares(u)]
        return np.concatenate(parts, axis=1)

    def slope(u: Array, on: NDArray[np.bool_]) -> Array:
        own = shares(u)
        parts = []
        for speed, part, earned in zip(field.speeds, own, field.payoffs(own), strict=True):
            parts.append(speed * (earned - (part * earned).sum(axis=1, keepdims=True)))
        return np.where(on, np.concatenate(parts, axis=1), 0.0)

    count = len(first)
    scale = field.scale or 1.0
    step = np.full(count, 0.01 / scale)
    trapped = np.full(count, -1, dtype=np.int64)
    track: list[tuple[Any, Array]] = [(np.arange(count), first)]
    active = np.arange(count)
    u = logs
    k1 = slope(u, alive)
    kept: list[Any] = []
    before = first.copy()
    for attempt in range(most_steps):
        if not len(active):
            break
        on, h, here = alive[active], step[active][:, None], u[active]
        ks = [k1[active]]
        for row in _A:
            total = sum((a * k for a, k in zip(row[1:], ks[1:], strict=True)), row[0] * ks[0])
            ks.append(slope(_moved(here, h * total, on), on))
        proposal = _moved(here, h * sum(a * k for a, k in zip(_A[-1], ks[:-1], strict=True)), on)
        error = np.abs(h * sum((e * k for e, k in zip(_ERROR[1:], ks[1:], strict=True)), _ERROR[0] * ks[0]))
        finite = np.where(on, np.abs(here), 0.0)
        worst = (np.where(on, error / (1 + 0.01 * finite), 0.0)).max(axis=1) / tolerance
        worst = np.where(np.isfinite(worst), worst, 1e6)
        accepted = worst <= 1
        rows = active[accepted]
        u[rows] = proposal[accepted]
        k1[rows] = ks[-1][accepted]
        growth = np.clip(0.9 * np.maximum(worst, 1e-10) ** -0.2, 0.2, 5.0)
        step[active] = np.minimum(step[active] * growth, 1e6 / scale)
        if len(rows):
            now = states(u[rows])
            kept.append((rows, now))
            trapped[rows] = _caught(u[rows], places, traps, alive[rows])
            if attempt % 8 == 0:
                still = np.abs(field(states(u[active]))).max(axis=1) <= STILL * scale
                active = active[(trapped[active] < 0) & ~still]
            if attempt % PAUSE == PAUSE - 1:
                now = states(u[active])
                active = active[np.abs(now - before[active]).max(axis=1) > STALE]
                before[active] = states(u[active])
    track += kept
    return _courses(field, trapped, track, scale)


def _moved(u: Array, change: Array, on: NDArray[np.bool_]) -> Array:
    import numpy as np

    return np.where(on, u + change, u)


def _caught(
    u: Array, places: Sequence[slice], traps: Sequence[Trap], alive: NDArray[np.bool_]
) -> NDArray[np.int64]:
    import numpy as np

    found = np.full(len(u), -1, dtype=np.int64)
    for index, trap in enumerate(traps):
        inside = np.ones(len(u), dtype=bool)
        for place, played in zip(places, trap.profile, strict=True):
            part = u[:, place]
            others = np.delete(part, played, axis=1).max(axis=1)
            inside &= alive[:, place][:, played] & (others - part[:, played] <= np.log(trap.radius))
        found[inside] = index
    return found


def _courses(
    field: Replicator, trapped: NDArray[np.int64], track: Sequence[tuple[Any, Array]], scale: float
) -> list[Course]:
    import numpy as np

    owner = np.concatenate([rows for rows, _ in track])
    states = np.concatenate([s for _, s in track])
    order = np.argsort(owner, kind="stable")
    owner, states = owner[order], states[order]
    bounds = np.searchsorted(owner, np.arange(len(trapped) + 1))
    found = []
    for path, trap in enumerate(trapped):
        course = states[bounds[path] : bounds[path + 1]]
        last = course[(3 * len(course)) // 4 :]
        ranges = last.max(axis=0) - last.min(axis=0)
        moves = np.sign(np.diff(course[len(course) // 2 :, int(ranges.argmax())]))
        moves = moves[moves != 0]
        turns = int((moves[1:] != moves[:-1]).sum())
        speed = float(np.abs(field(course[-1:])).max()) / scale
        found.append(Course(course, int(trap), float(ranges.max()), turns, speed))
    return found

"""Where trajectories end, for many starts at once, with the states on their way.

Neighbourhoods that no trajectory leaves: around a strict Nash equilibrium every other strategy loses.

How far they reach follows from the sizes of the Taylor terms of the payoffs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import Truth
from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.step_control import Motion
from separatrix.expression.tree import subtract

__all__ = [
    "TrajectoryEvidence",
    "Trap",
    "trajectories_from",
    "traps_of",
]

Array = NDArray[np.float64]

STILL = 1e-12
"""Speed, relative to the scale of payoffs, at which a trajectory has stopped."""
PAUSE, STALE = 100, 1e-6
"""A trajectory whose state has not changed by more than this in so many steps has stopped too."""


@dataclass(frozen=True)
class Trap:
    """A neighbourhood of a pure profile that no trajectory leaves: all other strategies lose in all of it.

    ``profile`` is what each population plays; each other strategy has at most ``radius`` times its share.
    """

    profile: tuple[int, ...]
    radius: float


@dataclass(frozen=True)
class TrajectoryEvidence:
    """How one trajectory went on.

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
        """Return the smallest distance on the whole way, and the largest in its third and last quarter."""
        gaps = distance(self.states)
        half, most = len(gaps) // 2, (3 * len(gaps)) // 4
        return float(gaps.min()), float(gaps[half : most + 1].max()), float(gaps[most:].max())


def trajectories_from(
    field: Replicator,
    starts: Sequence[Sequence[float]],
    traps: Sequence[Trap],
    *,
    tolerance: float = 1e-7,
    most_steps: int = 1500,
) -> list[TrajectoryEvidence]:
    """Follow trajectories until each is trapped or has stopped, or for `most_steps` steps.

    Parameters
    ----------
    field : Replicator
    starts : (trajectories, n)
    traps : the neighbourhoods that end a trajectory
    tolerance : error of a step in log-odds
    """
    first = np.asarray(starts, dtype=float)
    motion = motion_of(field)
    trapped = np.full(len(first), -1, dtype=np.int64)
    before = first.copy()
    with np.errstate(all="ignore"):
        going = Ensemble(motion, motion.to_coordinates(first), tolerance=tolerance)
        states = first
        track = [(going.rows, first)]
        for attempt in range(most_steps):
            if not going.rows.size:
                break
            going.advance()
            states, moved = motion.states(going.at), ~going.refused
            track.append((going.rows[moved], states[moved]))
            trapped[going.rows] = _caught(motion, going.at, traps)
            stopped = np.zeros(len(states), dtype=bool)
            if attempt % 8 == 0:
                still = motion.speeds(states, going.slope) <= STILL * motion.pace
                stopped = still | (trapped[going.rows] >= 0)
            if attempt % PAUSE == PAUSE - 1:
                stopped |= np.abs(states - before[going.rows]).max(axis=1) <= STALE
                before[going.rows] = states
            going.keep(~stopped)
    owner = np.concatenate([rows for rows, _ in track])
    order = np.argsort(owner, kind="stable")
    lengths = np.cumsum(np.bincount(owner, minlength=len(first)))[:-1]
    ways = np.split(np.concatenate([part for _, part in track])[order], lengths)
    return [_evidence(motion, way, int(trap)) for way, trap in zip(ways, trapped, strict=True)]


def _caught(motion: Motion, at: Array, traps: Sequence[Trap]) -> NDArray[np.int64]:
    """Return in which of the traps each trajectory is, or -1."""
    logs = motion.log_shares(at)
    found = np.full(at.shape[1], -1, dtype=np.int64)
    for index, trap in enumerate(traps):
        inside, begin = np.ones(at.shape[1], dtype=bool), 0
        for size, played in zip(motion.field.sizes, trap.profile, strict=True):
            part = logs[begin : begin + size]
            begin += size
            others = np.delete(part, played, axis=0).max(axis=0)
            inside &= np.isfinite(part[played]) & (others - part[played] <= np.log(trap.radius))
        found[inside] = index
    return found


def _evidence(motion: Motion, states: Array, trap: int) -> TrajectoryEvidence:
    last = states[(3 * len(states)) // 4 :]
    ranges = last.max(axis=0) - last.min(axis=0)
    moves = np.sign(np.diff(states[len(states) // 2 :, int(ranges.argmax())]))
    moves = moves[moves != 0]
    turns = int((moves[1:] != moves[:-1]).sum())
    speed = float(np.abs(motion.field(states[-1:])).max()) / motion.pace
    return TrajectoryEvidence(states, trap, float(ranges.max()), turns, speed)


def traps_of(truth: Truth, values: Mapping[str, Fraction]) -> Iterator[Trap]:
    """Yield a neighbourhood of each strict Nash equilibrium in which all other strategies lose."""
    for profile, entries in truth.pure_eigenvalues.items():
        try:
            gains = [put(v, dict(values)).value for _, _, v in entries]
        except ZeroDivisionError:
            continue
        if all(g is not None and g < 0 for g in gains):
            radius = _radius(truth, profile, values)
            if radius > 0:
                yield Trap(profile, radius)


def _radius(truth: Truth, profile: tuple[int, ...], values: Mapping[str, Fraction]) -> float:
    """How far from a strict equilibrium every other strategy surely loses: by the sizes of Taylor terms."""
    ring = truth.algebra
    place: dict[str, Any] = dict(values)
    # Shares are written as distances from the profile: x = 1 - d or x = d; in reduced shares of more than two
    # strategies the played one is 1 - sum of the others.
    for population, played in zip(truth.game.populations, profile, strict=True):
        if population.binary:
            d = ring.variable(population.share)
            place[population.share] = ring.constant(1) - d if played == 0 else d
        else:
            if population.shares[played] in truth.reduced:
                continue
            rest = ring.constant(1)
            for share in population.shares[:-1]:
                if share != population.shares[played]:
                    rest = rest - ring.variable(share)
            # The last share's distance is the played share's own variable, which is free now.
            place[population.shares[played]] = rest - ring.variable(population.shares[played])
    worst = 1.0
    for i, row in enumerate(truth.payoffs):
        for a in range(len(row)):
            if a == profile[i]:
                continue
            gain = put(truth.read(subtract(row[a], row[profile[i]])), place)
            if not ring.is_rational(gain) or gain.denominator != ring.one:
                return 0.0
            constant = 0.0
            sizes: list[tuple[int, float]] = []
            for exponents, coefficient in gain.numerator.to_dict().items():
                degree, size = sum(int(e) for e in exponents), float(coefficient.p) / float(coefficient.q)
                if degree:
                    sizes.append((degree, abs(size)))
                else:
                    constant = size
            radius = 1.0
            while radius > 1e-9 and constant + sum(s * radius**k for k, s in sizes) >= 0:
                radius *= 0.7
            worst = min(worst, radius)
    return 0.9 * worst if worst > 1e-9 else 0.0

"""Outcomes found by following trajectories until they arrive somewhere.

Attractors that the analysis proves are known in advance. Where many trajectories arrive nowhere, some of
them are followed for a long time. Their limit, a cycle inside or along the boundary or a chaotic attractor,
is then added to the destinations as found numerically.

Slow convergence: orbits that circle a rest state and come nearer by as much each time the time doubles.

Where the linearisation at a rest state is that of a centre, trajectories may still converge to it, at the
rate of the square root of time or more slowly. Such a trajectory does not arrive within any practical time,
but the decay of its distance can be observed.

A trajectory that converges to a state on a face loses every strategy that is not played there. Near a
corner of an attracting cycle the distance also falls, for a very long time, but some strategy that will
lead away from the corner stops getting rarer. The logarithms of the shares show the difference.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.attractors.candidates import (
    UNSETTLED,
    KnownAttractor,
    beside_point,
    near_point,
    region_of,
    settle,
    told_apart,
)
from separatrix.dynamics.attractors.heteroclinic_cycles import (
    ATTRACTOR,
    CYCLE,
    LONGEST_NAME,
    SEPARATRIX,
    UNDECIDED,
    OmegaLimit,
)
from separatrix.dynamics.attractors.tolerances import FLAT, GONE, ON_BOUNDARY, SLOW
from separatrix.dynamics.integration.compiled_ensemble import ArrivalBox
from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.step_control import Motion
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import OutOfTime, seconds_left, time_limit

if TYPE_CHECKING:
    from separatrix.analysis.payoff_functions import Field as ExactField
    from separatrix.dynamics.attractors.chaotic_attractors import ChaoticAttractor
    from separatrix.dynamics.attractors.heteroclinic_cycles import HeteroclinicCycle, NoOrbit
    from separatrix.dynamics.attractors.limit_cycles import LimitCycle
    from separatrix.dynamics.fields.payoffs import PayoffField

__all__ = ["NumericalOutcomes", "SCOUTS", "nearing"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FIRST = 1_000
"""Steps of the first stretch; each further one has twice as many. Fewer: trajectories that only pass by
count as converging."""

STRETCHES = 4
"""Fewer: trajectories that pass a slow place count as converging there."""

FALLS = 0.85
"""Largest part of the distance that may remain after a stretch; under decay as the square root of time 0.71
remains. Larger: trajectories that stop short of the state count as converging to it."""


def nearing(motion: Motion, starts: Array, state: Array) -> float | None:
    """Return the distance from which trajectories are seen to come slowly to a rest state, or None.

    Parameters
    ----------
    motion : Motion
    starts : array (coordinates, trajectories)
        Where trajectories are after a long time.
    state : array (n,)
        A rest state.

    Returns
    -------
    float or None
        None unless the distance of every trajectory, and the share of every strategy that is not played at
        the state, falls by at least the same factor in each of several stretches. Each stretch is twice as
        long as the one before.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game, middle = load("matching-pennies"), np.array([0.5, 0.5])
    >>> found = []
    >>> for flow in (field(game, kind="payoff-adjusted", background=2), field(game)):
    ...     motion = motion_of(flow)
    ...     found.append(nearing(motion, motion.to_coordinates(np.array([[0.6, 0.7]])), middle) is not None)
    >>> found
    [True, False]
    """
    gone = _gone(motion, state)
    here, before, within = starts, np.full(starts.shape[1], np.inf), None
    commonest_before = np.full((gone.sum(), starts.shape[1]), np.inf)
    with np.errstate(all="ignore"):
        for stretch in range(STRETCHES):
            count = FIRST * 2**stretch
            farthest, least = np.zeros(starts.shape[1]), np.full(starts.shape[1], np.inf)
            commonest = np.full_like(commonest_before, -np.inf)
            for k, (at, _) in enumerate(itertools.islice(steps_of(motion, here), count)):
                if k < count // 2:
                    continue
                distance = np.abs(motion.states(at) - state).max(axis=1)
                farthest, least = np.maximum(farthest, distance), np.minimum(least, distance)
                if gone.any():
                    commonest = np.maximum(commonest, motion.log_shares(at)[gone])
            if not (farthest <= FALLS * before).all():
                return None
            if not (commonest <= commonest_before + np.log(FALLS)).all():
                return None
            within = float(least.max()) if within is None else within
            here, before, commonest_before = at, farthest, commonest
    return within


def _gone(motion: Motion, state: Array) -> Mask:
    """Return which strategies, of all populations, die out at a state, under a field that keeps faces."""
    shares = np.concatenate(motion.field.weights(state))
    return np.asarray((shares == 0.0) & motion.field.keeps_faces)


Names = NDArray[np.str_]

SCOUTS = 256
"""Starts that are followed first, to see whether they all arrive. Fewer: what attracts few starts is found
later, or not."""

PILOTS = 8
"""Trajectories that are followed for long where some arrive nowhere. Fewer: the rarer of two cycles may be
missed."""

FAILURES = 2
"""Trajectories that may show no cycle before no more are tried."""

LOOKED_AT_AGAIN = 0.002
"""The share of trajectories that arrive nowhere from which on these are looked at again. Smaller: a few slow
trajectories cost a search."""

SEARCHES = 3
"""How often to search for the limit of trajectories that arrive nowhere. Fewer: second cycles are missed."""

WITHIN_REACH = 0.7
"""How near to a rest point all trajectories must be to count as slowly converging to it. Larger:
trajectories that go elsewhere are followed for a long time without result."""


class NumericalOutcomes:
    """The outcomes of one game under one rule of motion.

    Attributes
    ----------
    analysis : Analysis
    motion : Motion
    attractors : list of KnownAttractor
        What trajectories come to; cycles and chaotic attractors are added when trajectories show them.
    centre : array (n,), or None
        A centre in a plane around which each trajectory that turns is closed.
    exact : Field, or None
        The payoffs at exact numbers, where trajectories are those of the replicator.
    skipped : int
        Starts of the last question that were not followed, because no others had arrived anywhere.
    advance : callable
        Gets about how many of how many starts are done.
    """

    def __init__(
        self,
        analysis: Analysis,
        motion: Motion,
        attractors: Sequence[KnownAttractor],
        centre: Array | None = None,
        exact: ExactField | None = None,
    ) -> None:
        self.analysis = analysis
        self.motion = motion
        self.attractors = list(attractors)
        self.centre = centre
        self.exact = exact
        self._searches = 0
        self._hopeless = False
        self.skipped = 0
        self.advance: Callable[[int, int], None] = lambda done, whole: None
        self._met: set[str] = set()
        self._slowly: set[str] = set()

    @property
    def field(self) -> PayoffField:
        """The field that is followed."""
        return self.motion.field

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end, ``undecided`` where that is open.

        Under a rule that keeps faces, starts on faces are undecided.
        """
        states = np.asarray(starts, dtype=float)
        space = self.field.space
        moves = [space.sizes[i] > 1 for i, _ in space.strategies]  # a single strategy has share 1
        open_ = ((states[:, moves] > 0) & (states[:, moves] < 1)).all(axis=1)
        inside = open_ if self.field.keeps_faces else np.ones(len(states), dtype=bool)
        result = np.full(len(states), UNDECIDED, dtype=f"U{LONGEST_NAME}")
        if inside.any():
            result[inside] = self.names_at(self.motion.to_coordinates(states[inside]))
        return result

    def names_at(self, at: Array) -> Names:
        """Return the names of where starts end, from the coordinates (coordinates, orbits) of the motion."""
        self.advance(0, at.shape[1])
        if not self._searches:
            self._searches = 1
            # What is seen of a few counts for nothing without time to follow the others.
            with suppress(OutOfTime), time_limit(seconds_left() / 2):
                self.scout()
        if self._hopeless and at.shape[1] > SCOUTS:
            # A few of these starts decide whether it is worth while to follow them all.
            some = np.unique(np.linspace(0, at.shape[1] - 1, SCOUTS).astype(int))
            if (self._settle(at[:, some])[0] == UNSETTLED).all():
                self.skipped = at.shape[1] - SCOUTS
                self._met.add(UNDECIDED)
                return np.full(at.shape[1], UNDECIDED, dtype=f"U{LONGEST_NAME}")
        codes, ends = self._settle(at, lambda done: self.advance(done, at.shape[1]))
        astray = np.flatnonzero(codes == UNSETTLED)
        with suppress(OutOfTime):
            while (
                astray.size > LOOKED_AT_AGAIN * len(codes)
                and self._searches < SEARCHES
                and not self._hopeless
            ):
                if not self._search(ends[:, astray]):
                    break
                astray = self._settle_remaining(codes, ends, astray)
        known = np.array([*self._names(), UNDECIDED], dtype=f"U{LONGEST_NAME}")
        result: Names = known[codes]
        if astray.size:
            result[astray[self._on_line(ends[:, astray])]] = SEPARATRIX
        self._met |= set(result.tolist())
        return result

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        for attractor in self.attractors:
            if attractor.name == name:
                return attractor.ending
        if name == CYCLE:
            return OmegaLimit(name, "closed orbits")
        return OmegaLimit(name, "separatrix" if name == SEPARATRIX else "undecided", False)

    def order(self) -> list[str]:
        """Return the names that have occurred, in order: rest points and sets, then cycles, then others."""
        known = [p.id for p in self.analysis.rest_points] + [s.id for s in self.analysis.rest_sets]
        known += [*self._names(), SEPARATRIX, UNDECIDED]
        return sorted(self._met, key=known.index)

    # ----------------------------------------------------------------------- what is not settled

    def _names(self) -> list[str]:
        return [attractor.name for attractor in self.attractors] + ([] if self.centre is None else [CYCLE])

    def _settle(
        self, at: Array, advance: Callable[[int], None] = lambda done: None
    ) -> tuple[NDArray[np.int16], Array]:
        turning = None if self.centre is None else (self.centre, len(self.attractors))
        return settle(self.motion, at, self.attractors, turning=turning, advance=advance)

    def _settle_remaining(
        self, codes: NDArray[np.int16], ends: Array, left: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Settle once more what is left; return what still is."""
        if left.size:
            others, whole = len(codes) - left.size, len(codes)
            codes[left], ends[:, left] = self._settle(
                ends[:, left], lambda done: self.advance(others + done, whole)
            )
        return np.flatnonzero(codes == UNSETTLED)

    def scout(self) -> None:
        """Follow the same few starts for every question, so that what is found depends on the game alone."""
        stream = np.random.default_rng(0)
        parts = [stream.dirichlet(np.ones(size), SCOUTS) for size in self.field.sizes]
        codes, ends = self._settle(self.motion.to_coordinates(self.field.state(parts)))
        astray = ends[:, codes == UNSETTLED]
        if astray.shape[1] > LOOKED_AT_AGAIN * SCOUTS:
            if self._search(astray):
                astray = astray[:, self._settle(astray)[0] == UNSETTLED]
            self._hopeless = astray.shape[1] == SCOUTS

    def _search(self, ends: Array) -> bool:
        """Look where trajectories go in the long run; return whether anything was found."""
        self._searches += 1
        chosen = np.unique(np.linspace(0, ends.shape[1] - 1, PILOTS).astype(int))
        pilots = ends[:, chosen]
        pilots = pilots[:, ~self._on_line(pilots)]
        if not pilots.shape[1]:
            return False
        attractors: list[KnownAttractor] = []
        for look in (self._rings, self._resting, self._slow, self._closed, self._chaotic):
            found = look(pilots) if pilots.shape[1] else []
            if found:
                attractors += found
                codes, pilots = settle(self.motion, pilots, found)
                pilots = pilots[:, codes == UNSETTLED]
        self.attractors = told_apart([*self.attractors, *attractors])
        return bool(attractors)

    def _rings(self, pilots: Array) -> list[KnownAttractor]:
        """Return where trajectories linger along the boundary."""
        from separatrix.dynamics.attractors.heteroclinic_cycles import heteroclinic_cycles

        if not self.field.keeps_faces:
            return []
        groups: list[list[HeteroclinicCycle]] = []
        for seen in heteroclinic_cycles(self.motion, pilots):
            if seen is None:
                continue
            own = next((g for g in groups if any(_belong(seen, other) for other in g)), None)
            if own is None:
                groups.append([seen])
            else:
                own.append(seen)
        return [self._ring(group) for group in groups]

    def _ring(self, seen: Sequence[HeteroclinicCycle]) -> KnownAttractor:
        from separatrix.dynamics.attractors.heteroclinic_cycles import on_faces

        field = self.field
        ordered = all(one.ordered for one in seen)

        def reached_ring(states: Array, speeds: Array) -> Mask:
            return on_faces(seen, np.concatenate(field.weights(states), axis=1))

        anywhere = replace(region_of(field.sizes), whole=False)
        ending = OmegaLimit(CYCLE, "boundary cycle" if ordered else "boundary network", False)
        return KnownAttractor(ending, reached_ring, [anywhere])

    def _resting(self, pilots: Array) -> list[KnownAttractor]:
        """Return unlisted rest states to which orbits converge, such as those of logit."""
        if not self.field.smooth or self.field.keeps_faces:
            return []
        states = self.motion.states(pilots)
        still = self.motion.speeds(states, self.motion.slopes(pilots)) <= SLOW * self.motion.pace
        result: list[KnownAttractor] = []
        for state in states[still]:
            if any(attractor.reached(state[None], np.zeros(1))[0] for attractor in result):
                continue
            number = 1 + sum(attractor.name.startswith("R") for attractor in [*self.attractors, *result])
            found = near_point(f"R{number}", state.tolist(), self.motion)
            if found is not None:
                result.append(found)
        return result

    def _slow(self, pilots: Array) -> list[KnownAttractor]:
        """Return the rest points to which trajectories come so slowly that they never arrive."""

        # What is come to slowly is looked at again: trajectories farther out may come to it too.
        known = {attractor.name for attractor in self.attractors} - self._slowly
        states = self.motion.states(pilots)
        for point in self.analysis.rest_points:
            if point.state is None or not point.nash or point.isolated is False or point.id in known:
                continue
            at = np.array(point.state)
            if (
                np.abs(states - at).max() > WITHIN_REACH
                or max(_growths(point), default=1.0) > FLAT * self.motion.pace
            ):
                continue
            within = nearing(self.motion, pilots, at)
            if within is not None:
                self._slowly.add(point.id)
                return [beside_point(OmegaLimit(point.id, "rest point", False, point.state), within)]
        return []

    def _closed(self, pilots: Array) -> list[KnownAttractor]:
        """Return the attracting closed orbits to which trajectories come."""
        from separatrix.dynamics.attractors.limit_cycles import limit_cycle

        if self.no_orbit is not None and self.no_orbit.faces:
            return []
        if self.no_orbit is not None:
            # What could still be found lies on a face, where some strategy has died out.
            parts = self.field.weights(self.motion.states(pilots))
            pilots = pilots[:, np.min([part.min(axis=1) for part in parts], axis=0) <= GONE]
        result: list[KnownAttractor] = []
        failures = 0
        while pilots.shape[1] and failures < FAILURES:
            found = limit_cycle(self.motion, pilots[:, 0])
            if found is None or self._impossible(found):
                failures += 1
                pilots = pilots[:, 1:]
                continue
            result.append(_near_orbit(found))
            codes, ends = settle(self.motion, pilots[:, 1:], result)
            pilots = ends[:, codes == UNSETTLED]
        return result

    def _chaotic(self, pilots: Array) -> list[KnownAttractor]:
        """Return the attractor that is neither a point nor a cycle and that several trajectories share."""
        from separatrix.dynamics.attractors.chaotic_attractors import chaotic_attractor

        found = chaotic_attractor(self.motion, pilots)
        return [] if found is None else [_near_states(self.motion, found)]

    @cached_property
    def no_orbit(self) -> NoOrbit | None:
        """The theorem that leaves no room for an attracting closed orbit inside, or None."""
        from separatrix.dynamics.attractors.heteroclinic_cycles import no_attracting_orbit

        with suppress(OutOfTime):
            return None if self.exact is None else no_attracting_orbit(self.exact)
        return None

    def _impossible(self, found: LimitCycle) -> bool:
        """Whether a theorem excludes that a closed orbit attracts, inside or on the face on which it lies."""
        from separatrix.dynamics.attractors.heteroclinic_cycles import no_affine_orbit

        played = [(part > GONE).any(axis=0) for part in self.field.weights(found.states)]
        if all(own.all() for own in played):
            return self.no_orbit is not None
        if self.exact is None or self.exact.affine is None:
            return False
        face = self.exact.affine.face(tuple(tuple(np.flatnonzero(own).tolist()) for own in played))
        return no_affine_orbit(face) is not None

    def _on_line(self, ends: Array) -> Mask:
        """Return which orbits have stayed near a non-attracting rest point, and so lie on a boundary line.

        Only a Nash equilibrium can be the limit of a trajectory from inside (Hofbauer & Sigmund 1998,
        theorem 7.2.1), so trajectories that merely linger at a saddle do not count. Near a point with a
        zero eigenvalue trajectories are too slow for any conclusion.
        """
        states = self.motion.states(ends)
        result = np.zeros(len(states), dtype=bool)
        for point in self.analysis.rest_points:
            if (
                point.state is None
                or not point.nash
                or point.id in {attractor.name for attractor in self.attractors}
            ):
                continue
            growths = _growths(point)
            if growths and max(growths) > 0 and min(abs(g) for g in growths) > FLAT * self.motion.pace:
                result |= np.abs(states - np.array(point.state)).max(axis=1) <= ON_BOUNDARY
        return result


def _growths(point: RestPoint) -> list[float]:
    """Return the real parts of the eigenvalues under the replicator."""
    return [value.real for value in point.eigenvalues or ()]


def _belong(one: HeteroclinicCycle, other: HeteroclinicCycle) -> bool:
    """Whether two trajectories linger on the same cycle; all those without a fixed order are one network."""
    if one.ordered and other.ordered:
        return one.meets(other)
    return one.ordered == other.ordered


def _near_orbit(found: Any) -> KnownAttractor:
    from scipy.spatial import cKDTree

    tree = cKDTree(found.states)
    low, high = found.states.min(axis=0) - found.within, found.states.max(axis=0) + found.within
    spaced = float(np.abs(np.diff(found.states, axis=0)).max()) / 2

    def reached_orbit(states: Array, speeds: Array) -> Mask:
        result = ((states >= low) & (states <= high)).all(axis=1)
        if result.any():
            gaps, _ = tree.query(states[result], p=np.inf, distance_upper_bound=found.within + spaced)
            result[result] = np.isfinite(gaps)
        return np.asarray(result)

    ending = OmegaLimit(CYCLE, "inner cycle", False, None, found.period, found.contraction)
    return KnownAttractor(
        ending, reached_orbit, [ArrivalBox(tuple(low.tolist()), tuple(high.tolist()), whole=False)]
    )


def _near_states(motion: Motion, found: ChaoticAttractor) -> KnownAttractor:
    from scipy.spatial import cKDTree

    from separatrix.dynamics.attractors.chaotic_attractors import log_weights

    tree, beside = cKDTree(log_weights(motion, found.states)), np.exp(-found.reach)
    low = found.states.min(axis=0) * beside
    high = np.minimum(found.states.max(axis=0) / beside, 1.0)

    def reached_state(states: Array, speeds: Array) -> Mask:
        result = ((states >= low) & (states <= high)).all(axis=1)
        if result.any():
            logs = log_weights(motion, states[result])
            gaps, _ = tree.query(
                np.where(np.isfinite(logs), logs, -np.finfo(float).max),
                p=np.inf,
                distance_upper_bound=found.reach,
            )
            result[result] = np.isfinite(gaps)
        return np.asarray(result)

    ending = OmegaLimit(
        ATTRACTOR,
        "chaotic attractor",
        False,
        lyapunov_exponent=found.exponent,
        lyapunov_error=found.error,
    )
    return KnownAttractor(
        ending, reached_state, [ArrivalBox(tuple(low.tolist()), tuple(high.tolist()), whole=False)]
    )

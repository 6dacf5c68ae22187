"""What trajectories of the replicator can come to, and how near is near enough.

A trajectory counts as arrived where convergence is certain, or near a proven attractor: an asymptotically
stable rest point, a stable rest set, or an attracting cycle on the boundary. If payoffs are linear in every
share, a strict Nash profile has a box around it in which each population gains by its strategy whatever the
others in the box do; inside it the shares of these strategies only grow. Around any other proven attractor
the box is one from whose border all sampled trajectories converge to it
(`separatrix.dynamics.attractors.attracting_balls`).

Where many trajectories settle: each is followed until it has arrived somewhere, and no further.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis, BoundaryCycle, RestPoint, RestSet
from separatrix.dynamics.attractors.attracting_balls import attracting_box_size
from separatrix.dynamics.attractors.heteroclinic_cycles import ATTRACTOR, CENTRE, CYCLE, OmegaLimit
from separatrix.dynamics.attractors.tolerances import BESIDE_SET, FAR_GONE, GONE, SLOW_ON_SET
from separatrix.dynamics.bimatrix_separatrix import Planar
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE, Tableau
from separatrix.dynamics.integration.compiled_ensemble import ArrivalBox, CompiledEnsemble, Ended
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.step_control import Motion
from separatrix.dynamics.integration.tolerances import LABEL
from separatrix.run.limits import OutOfTime

if TYPE_CHECKING:
    from separatrix.analysis.payoff_functions import AffineGame

__all__ = [
    "KnownAttractor",
    "UNSETTLED",
    "attractors_of",
    "beside_point",
    "beside_set",
    "face_centres",
    "near_point",
    "region_of",
    "settle",
    "told_apart",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CYCLES = ("inner cycle", "boundary cycle", "boundary network", "closed orbits")

MOST_CORNERS = 4_000
"""Pure profiles past which no box is looked for in which the played strategies gain. Fewer: large games take
longer."""

HALVINGS = 40
"""How often the box is made smaller, by a fifth. Fewer: strict equilibria with a small basin are found by
samples."""


@dataclass(frozen=True)
class KnownAttractor:
    """Something to which trajectories come.

    Attributes
    ----------
    ending : OmegaLimit
    reached : callable
        From states (lanes, n) and their speeds (lanes,) to whether each has arrived.
    regions : sequence of ArrivalBox
        Boxes outside which no state has arrived. Compiled code makes no further check where they are `whole`.
    """

    ending: OmegaLimit
    reached: Callable[[Array, Array], Mask]
    regions: Sequence[ArrivalBox]

    @property
    def name(self) -> str:
        """The key of the ending."""
        return self.ending.name


def attractors_of(analysis: Analysis, motion: Motion, linear: bool) -> list[KnownAttractor]:
    """Return what attracts in a game under the replicator.

    Parameters
    ----------
    analysis : Analysis
        With numbers.
    motion : Motion
        Of a `Replicator`.
    linear : bool
        Whether payoffs are linear in the shares of each population.
    """
    field: Any = motion.field
    result = []
    for point in analysis.rest_points:
        if point.state is None:
            continue
        if point.stability == "asymptotically stable":
            result.append(_point(point, point.state, motion, linear))
        elif point.stability == "undecided" and point.nash is not False:
            found = near_point(point.id, point.state, motion)
            if found is not None:
                result.append(found)
    attracting = {
        piece
        for component in analysis.rest_components
        if component.set_stability in ("asymptotically stable", "stable")
        for piece in component.pieces
    }
    # A state beside the border of a piece lies on the piece: the border, of fewer dimensions, comes later.
    for piece in sorted(analysis.rest_sets, key=lambda piece: -piece.dimension):
        if piece.stability == "stable" or piece.id in attracting:
            result.append(beside_set(piece, motion))
    for cycle in analysis.cycles:
        if cycle.attracting:
            result.append(_boundary_cycle(cycle, field))
    result.extend(_face_cycles(field))
    return result


def told_apart(attractors: Sequence[KnownAttractor]) -> list[KnownAttractor]:
    """Return destinations with names of their own where several are alike: cycle, cycle 2, attractor 1."""
    result: list[KnownAttractor] = []
    counts = {CYCLE: 0, CENTRE: 0, ATTRACTOR: 0}
    for attractor in attractors:
        base = (
            CYCLE
            if attractor.ending.kind in CYCLES
            else CENTRE
            if attractor.ending.kind == "centre"
            else ATTRACTOR
            if attractor.ending.kind == "chaotic attractor"
            else None
        )
        if base is not None:
            counts[base] += 1
            name = base if counts[base] == 1 and base != ATTRACTOR else f"{base} {counts[base]}"
            attractor = replace(attractor, ending=replace(attractor.ending, name=name))
        result.append(attractor)
    return result


def region_of(
    sizes: Sequence[int],
    *,
    at_least: Mapping[tuple[int, int], float] | None = None,
    at_most: Mapping[tuple[int, int], float] | None = None,
    whole: bool = True,
) -> ArrivalBox:
    """Return the box in which strategies, by population and number, have at least or at most some shares."""
    widths = [1 if size == 2 else size for size in sizes]
    begins = [sum(widths[:i]) for i in range(len(sizes))]
    low, high = np.full(sum(widths), -math.inf), np.full(sum(widths), math.inf)
    for bounds, own, other in ((at_least or {}, low, high), (at_most or {}, high, low)):
        for (i, k), bound in bounds.items():
            if sizes[i] == 2 and k == 1:
                other[begins[i]] = 1 - bound
            else:
                own[begins[i] + (k if sizes[i] != 2 else 0)] = bound
    return ArrivalBox(tuple(low.tolist()), tuple(high.tolist()), whole=whole)


# --------------------------------------------------------------------------- points


def near_point(name: str, state: Sequence[float], motion: Motion) -> KnownAttractor | None:
    """Return a rest state as a destination, or None if sampled orbits near it do not converge to it."""
    size = attracting_box_size(motion, np.array(state))
    ending = OmegaLimit(name, "rest point", False, tuple(float(v) for v in state))
    return None if size is None else beside_point(ending, size)


def beside_point(ending: OmegaLimit, within: float) -> KnownAttractor:
    """Return a rest point as a destination that is reached at a distance in every share."""
    at = np.array(ending.state)

    def near_point(states: Array, speeds: Array) -> Mask:
        return np.asarray(np.abs(states - at).max(axis=1) <= within)

    return KnownAttractor(
        ending, near_point, [ArrivalBox(tuple((at - within).tolist()), tuple((at + within).tolist()))]
    )


def _point(point: RestPoint, state: Sequence[float], motion: Motion, linear: bool) -> KnownAttractor:
    field: Any = motion.field
    at = np.array(state)
    ending = OmegaLimit(point.id, "rest point", True, tuple(float(v) for v in state))
    own = field.weights(at)
    played = [int(part.argmax()) for part in own]
    if linear and point.strict_nash and all(part[k] == 1.0 for part, k in zip(own, played, strict=True)):
        size = _box(field, played)
        if size > GONE:

            def boxed(states: Array, speeds: Array) -> Mask:
                parts = field.weights(states)
                inside = np.ones(len(states), dtype=bool)
                for part, k in zip(parts, played, strict=True):
                    inside &= part[:, k] >= 1 - size
                return inside

            bounds = dict.fromkeys(enumerate(played), 1 - size)
            return KnownAttractor(ending, boxed, [region_of(field.sizes, at_least=bounds)])
    # It is proven to attract: a destination in any case, with the smallest of boxes if need be.
    within = attracting_box_size(motion, at)
    return beside_point(ending, motion.accuracy if within is None else within)


def _box(field: PayoffField, played: Sequence[int]) -> float:
    """Return a size e such that shares of at least 1 - e of the played strategies only grow; 0 for none.

    What a strategy gains over another is linear in the shares of each population, so it is positive on the
    box if it is at its corners.
    """
    if np.prod([float(size) for size in field.sizes]) > MOST_CORNERS:
        return 0.0
    pure = list(field.space.profiles())
    size = 0.999
    for _ in range(HALVINGS):
        parts = []
        for i, (count, k) in enumerate(zip(field.sizes, played, strict=True)):
            rows = np.zeros((len(pure), count))
            rows[:, k] += 1 - size
            rows[np.arange(len(pure)), [corner[i] for corner in pure]] += size
            parts.append(rows)
        gains = []
        for earned, k in zip(field.payoffs(parts), played, strict=True):
            others = np.delete(earned, k, axis=1)
            gains.append((earned[:, k : k + 1] - others).min(initial=math.inf))
        if min(gains) > 0:
            return size
        size *= 0.8
    return 0.0


# --------------------------------------------------------------------------- sets and cycles


def beside_set(piece: RestSet, motion: Motion, proven: bool = True) -> KnownAttractor:
    """Return a piece of a continuum of rest points as a destination."""
    line = np.array(piece.samples if len(piece.samples) >= 2 and piece.dimension <= 1 else piece.corners)
    if piece.dimension == 0 or len(line) < 2:
        line = np.array(piece.samples or piece.corners)

    def reached_set(states: Array, speeds: Array) -> Mask:
        result = speeds <= SLOW_ON_SET * motion.pace
        if len(line):
            # Most of what is slow is far from most pieces, and a look at the bounds of these is cheap.
            low, high = line.min(axis=0) - 2 * BESIDE_SET, line.max(axis=0) + 2 * BESIDE_SET
            result &= ((states >= low) & (states <= high)).all(axis=1)
        for k in np.flatnonzero(result):
            result[k] = _lies_on_rest_set(states[k], line, piece.dimension)
        return np.asarray(result)

    everywhere = region_of(motion.field.sizes)
    still = replace(everywhere, slowest=SLOW_ON_SET * motion.pace, whole=False)
    return KnownAttractor(OmegaLimit(piece.id, "rest set", proven), reached_set, [still])


def _lies_on_rest_set(state: Array, line: Array, dimension: int) -> bool:
    """Whether a state at rest lies on a point, on a line through states, or in the hull of corners."""
    if not len(line):
        return False
    if dimension == 0 or len(line) == 1:
        return bool(np.abs(line - state).max(axis=1).min() <= BESIDE_SET)
    if dimension == 1:
        start, along = line[:-1], np.diff(line, axis=0)
        lengths = (along**2).sum(axis=1)
        t = np.clip(((state - start) * along).sum(axis=1) / np.where(lengths > 0, lengths, 1.0), 0, 1)
        return bool(np.abs(start + t[:, None] * along - state).max(axis=1).min() <= BESIDE_SET)
    from scipy.optimize import nnls

    columns = np.vstack([line.T, np.full(len(line), 10.0)])
    return float(nnls(columns, np.append(state, 10.0))[1]) <= BESIDE_SET


def _boundary_cycle(cycle: BoundaryCycle, field: Replicator) -> KnownAttractor:
    """An orbit is near a ring of pure states if all but the strategies of one of its edges have vanished."""
    corners = [[int(part.argmax()) for part in field.weights(np.array(state))] for state in cycle.states]

    def reached_cycle(states: Array, speeds: Array) -> Mask:
        parts = field.weights(states)
        result = np.zeros(len(states), dtype=bool)
        for first, second in zip(corners, [*corners[1:], corners[0]], strict=True):
            near = np.ones(len(states), dtype=bool)
            for part, a, b in zip(parts, first, second, strict=True):
                near &= part[:, list({a, b})].sum(axis=1) >= 1 - GONE
            result |= near
        return result

    edges = []
    for first, second in zip(corners, [*corners[1:], corners[0]], strict=True):
        gone = {
            (i, k): GONE
            for i, (size, a, b) in enumerate(zip(field.sizes, first, second, strict=True))
            for k in range(size)
            if k not in (a, b)
        }
        edges.append(region_of(field.sizes, at_most=gone, whole=all(size == 2 for size in field.sizes)))
    return KnownAttractor(OmegaLimit(CYCLE, "boundary cycle"), reached_cycle, edges)


def _face_cycles(field: Replicator) -> Iterator[KnownAttractor]:
    """Yield the faces of a cube that attract and on which two populations circle round a centre.

    Near such a face the third population gains by its strategy whatever the two others do.
    """
    if field.corners is None or len(field.corners) != 3:
        return
    for i, end in itertools.product(range(3), (0, 1)):
        j, k = (m for m in range(3) if m != i)
        leaving = field.corners[i] * (1 if end == 0 else -1)
        if not (leaving < 0).all():
            continue
        of_j, of_k = (
            np.take(field.corners[m], end, axis=[a for a in range(3) if a != m].index(i)) for m in (j, k)
        )
        planar = Planar((float(of_j[0]), float(of_j[1])), (float(of_k[0]), float(of_k[1])))
        if planar.image.kind != "centre":
            continue

        def reached_face(states: Array, speeds: Array, i: int = i, end: int = end) -> Mask:
            return np.asarray(np.abs(states[:, i] - end) <= GONE)

        beside = region_of(field.sizes, at_most={(i, 0 if end == 0 else 1): GONE})
        yield KnownAttractor(OmegaLimit(CYCLE, "closed orbits"), reached_face, [beside])


def face_centres(analysis: Analysis, affine: AffineGame, motion: Motion) -> Iterator[KnownAttractor]:
    """Yield the attracting faces on which a relative entropy is conserved, so that trajectories never
    settle.

    Along such a trajectory the time averages of the shares are those of a rest state z of the face. With
    payoffs affine in the shares, a strategy that is not played grows on average at its rate at z (Hofbauer
    & Sigmund 1998, theorem 7.6.4). Where all these rates are negative the face attracts near every
    trajectory on it. Where the face contains a continuum of rest states, the rates may be negative for some
    trajectories only; the trajectories then show which.
    """
    from flint import fmpq

    from separatrix.analysis.stability.classification import localise
    from separatrix.analysis.stability.lyapunov_functions import everywhere

    single = {p.support: True for p in analysis.rest_points if _may_attract(p.stability) and p.nash}
    several = {s.support: False for s in analysis.rest_sets if _may_attract(s.stability)}
    for names, isolated in (several | single).items():
        support = tuple(
            tuple(a for a, strategy in enumerate(population.strategies) if strategy.name in used)
            for population, used in zip(analysis.game.populations, names, strict=True)
        )
        kept = list(affine.indices(support))
        if len(kept) == sum(affine.sizes) or len(kept) == len(support):
            continue
        whole = everywhere(affine.face(support))
        if whole is None or not whole.conserved:
            continue
        state = [fmpq(0)] * sum(affine.sizes)
        for a, share in zip(kept, whole.state, strict=True):
            state[a] = share
        falls = max(localise(affine, support, tuple(state)).outside.values()) < 0
        if isolated and not falls:
            continue
        closed = sum(len(own) - 1 for own in support) == 2
        ending = (
            OmegaLimit(CYCLE, "closed orbits", isolated) if closed else OmegaLimit(CENTRE, "centre", isolated)
        )
        near = GONE if isolated else FAR_GONE
        every = [(i, a) for i, size in enumerate(motion.field.sizes) for a in range(size)]
        gone = {every[a]: near for a in range(len(every)) if a not in kept}
        region = region_of(motion.field.sizes, at_most=gone)
        yield KnownAttractor(ending, _on_face(motion.field, kept, near), [region])


def _may_attract(label: str | None) -> bool:
    return label in ("stable", "centre")


def _on_face(field: PayoffField, kept: Sequence[int], near: float) -> Callable[[Array, Array], Mask]:
    def reached_face(states: Array, speeds: Array) -> Mask:
        gone = np.delete(np.concatenate(field.weights(states), axis=1), kept, axis=1)
        return np.asarray((gone <= near).all(axis=1))

    return reached_face


Codes = NDArray[np.int16]

UNSETTLED = -1
"""The code of a trajectory that has not arrived anywhere."""

CHUNK = 8_192
"""Trajectories that are followed together, so that they stay in the processor's cache. Only the time that it
takes depends on it."""

COMPILED_FROM = 32_768
"""Trajectories that machine code follows, and no fewer: loading it takes as long as these do without."""

EVERY = 30
"""Steps between two checks for trajectories that have stopped. Fewer: the checks cost more than they save."""


def settle(
    motion: Motion,
    starts: Array,
    attractors: Sequence[KnownAttractor],
    *,
    turning: tuple[Array, int] | None = None,
    method: Tableau = DORMAND_PRINCE,
    tolerance: float | None = None,
    patience: int | None = None,
    still: float | None = None,
    advance: Callable[[int], None] = lambda done: None,
) -> tuple[Codes, Array]:
    """Return which of `attractors` the trajectory of each start comes to, or `UNSETTLED`, and where it ended.

    Parameters
    ----------
    motion : Motion
    starts : array (coordinates, trajectories)
        In the coordinates of the motion.
    attractors : sequence of KnownAttractor
    turning : (state (n,), code), optional
        In a plane: a centre, and the code of trajectories that have gone once around it.
    method, tolerance
        As in `Ensemble`.
    patience : int, optional
        Steps after which a trajectory is given up, by default those of the motion.
    still : float, optional
        Those slower than this fraction of the pace are given up: they have run into a saddle.
    advance : callable
        Gets about how many of the trajectories are done.

    Returns
    -------
    codes : array (trajectories,)
    ends : array (coordinates, trajectories)
        Where each trajectory had arrived, or was given up.
    """
    codes = np.full(starts.shape[1], UNSETTLED, dtype=np.int16)
    most = motion.patience if patience is None else patience
    rates = motion.polynomials if turning is None and starts.shape[1] >= COMPILED_FROM else None
    if rates is not None:
        under_way = CompiledEnsemble(
            rates,
            starts,
            pace=motion.pace,
            method=method,
            tolerance=LABEL if tolerance is None else tolerance,
            regions=[[region for attractor in attractors for region in attractor.regions]],
        )
        with np.errstate(all="ignore"):
            _settled_compiled(under_way, motion, attractors, most, still or 0.0, codes, advance)
        return codes, under_way.at
    ends = np.array(starts)
    for begin in range(0, starts.shape[1], CHUNK):
        part = slice(begin, begin + CHUNK)
        with np.errstate(all="ignore"):
            ensemble = Ensemble(motion, starts[:, part], method=method, tolerance=tolerance)
            _classify_arrivals(
                ensemble,
                attractors,
                turning,
                most,
                still,
                codes[part],
                ends[:, part],
                lambda done, begin=begin: advance(begin + done),  # type: ignore[misc]
            )
    return codes, ends


def _settled_compiled(
    under_way: CompiledEnsemble,
    motion: Motion,
    attractors: Sequence[KnownAttractor],
    most: int,
    still: float,
    codes: Codes,
    advance: Callable[[int], None],
) -> None:
    """Follow trajectories in compiled code; where a box alone does not decide, ask the attractors."""
    owners = [(code, region) for code, one in enumerate(attractors) for region in one.regions]
    whole = np.array(
        [code if region.whole else UNSETTLED for code, region in owners] or [UNSETTLED], np.int16
    )
    rows, late = np.arange(len(codes)), False
    while rows.size and not late:
        try:
            under_way.run(most, rows, still, EVERY)
        except OutOfTime:
            late = True  # what has arrived by now has; what was not followed to its end is unsettled
        inside = rows[under_way.ended[rows] == Ended.REGION]
        codes[inside] = whole[under_way.region[inside]]
        rows = inside[codes[inside] == UNSETTLED]
        if rows.size:
            codes[rows] = _arrived(motion, under_way.at[:, rows], under_way.slope[:, rows], attractors)
            rows = rows[(codes[rows] == UNSETTLED) & (under_way.steps[rows] < most)]
        advance(len(codes) - rows.size)


def _classify_arrivals(
    under_way: Ensemble,
    attractors: Sequence[KnownAttractor],
    turning: tuple[Array, int] | None,
    patience: int,
    still: float | None,
    codes: Codes,
    ends: Array,
    advance: Callable[[int], None],
) -> None:
    motion, turned = under_way.motion, np.zeros(len(codes))
    for made in range(1, patience + 1):
        before = under_way.at.copy() if turning is not None else under_way.at
        try:
            under_way.advance()
        except OutOfTime:
            break  # what was not followed to its end is unsettled
        at = under_way.at
        found = _arrived(motion, at, under_way.slope, attractors)
        if turning is not None:
            turned += _angle(motion, before, at, turning[0])
            found[(found == UNSETTLED) & (np.abs(turned) > 2.1 * np.pi)] = turning[1]
        done = found != UNSETTLED
        if made % EVERY == 0:
            # Those under way take at most the steps that are left.
            advance(int(len(codes) - len(found) * (1 - made / patience)))
        if still is not None and made % EVERY == 0:
            done |= motion.unsettled(at, motion.shares(at), under_way.slope) <= still * motion.pace
        if done.any():
            codes[under_way.rows[done]], ends[:, under_way.rows[done]] = found[done], at[:, done]
            under_way.keep(~done)
            turned = turned[~done]
            if not under_way.rows.size:
                break
    ends[:, under_way.rows] = under_way.at
    advance(len(codes))


def _arrived(motion: Motion, at: Array, slope: Array, attractors: Sequence[KnownAttractor]) -> Codes:
    states = motion.states(at)
    speeds = motion.speeds(states, slope)
    found = np.full(len(states), UNSETTLED, dtype=np.int16)
    for code, attractor in enumerate(attractors):
        found[(found == UNSETTLED) & attractor.reached(states, speeds)] = code
    return found


def _angle(motion: Motion, before: Array, after: Array, centre: Array) -> Array:
    """Return the angle (orbits,) by which a step turns around a centre, in the plane of the first shares."""
    first, second = ((motion.states(at)[:, :2] - centre[:2]).T for at in (before, after))
    cross = first[0] * second[1] - first[1] * second[0]
    return np.asarray(np.arctan2(cross, (first * second).sum(axis=0)))

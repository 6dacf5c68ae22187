"""Branch and prune: all zeros of the equations of many faces at once.

A cell is dropped if it certainly holds no zero, cut down to where its zeros can lie, and otherwise split.
The zeros themselves are certified one by one in ball arithmetic, together with a box in which each is the
only one; cells inside such a box are done.  What cannot be settled down to a tiny cell is handed back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import arb
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.cells import SPLIT, CellLayout, SearchCells, cells_of
from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.contraction import Bounds, bounds, definite, shrunk
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem, Locus
from separatrix.analysis.branch_and_prune.faces import Face, FaceFamily
from separatrix.analysis.branch_and_prune.factors import scaled_coefficients
from separatrix.analysis.branch_and_prune.krawczyk import isolate
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.exact.bernstein import Floats, bases_of
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property
from separatrix.run.deadline import OutOfTime

__all__ = ["SearchResult", "search", "search_system"]

BATCH = 2048  # cells treated at once, fewer where they are large
NUMBERS = 4_000_000  # coefficients of all cells treated at once
MOST_CELLS = 150  # on one face, times its free shares cubed: more means that zeros are degenerate
TINY = 2.0**-34  # narrower cells are handed back
KEEP = 0.8  # a contraction is worth its cost if it leaves at most this part of the volume
ATTEMPTS = tuple(2.0**-k for k in (8, 14, 20, 26, 32))  # widths at which a zero on a cell's rim is sought


@dataclass(eq=False)
class SearchResult:
    """What a search found on one face.

    Attributes
    ----------
    face : the strategies played
    make : from a face to its locus, which is made when it is first needed
    roots : its certified zeros, those outside the open face included
    stuck : tiny cells, as lowest and highest free shares, that stay unsettled
    finished : False where the budget ended first
    exhausted : whether it was given up after too many cells
    """

    face: Face
    make: Callable[[Face], Locus]
    roots: list[CertifiedRoot] = field(default_factory=list)
    stuck: list[tuple[Floats, Floats]] = field(default_factory=list)
    finished: bool = True
    exhausted: bool = False

    @cached_property
    def locus(self) -> Locus:
        """The exact polynomials whose zeros are searched for."""
        return self.make(self.face)


def search(
    families: Sequence[FaceFamily], system: Callable[[Face], FaceSystem], clock: Clock
) -> tuple[list[SearchResult], int]:
    """Return, for each face of some families, all zeros of its equations in the closed face.

    Parameters
    ----------
    families : faces on which no equation vanishes throughout; all of one layout
    system : from a face to its exact equations
    clock : Clock

    Returns
    -------
    outcomes, cells : one outcome a face, in order; the number of cells looked at
    """
    parts, outcomes, orders = [], list[SearchResult](), list[tuple[int, ...]]()
    for family in families:
        first = len(outcomes)
        parts.append(cells_of(family, range(first, first + len(family.faces))))
        outcomes.extend(SearchResult(face, lambda face: system(face).locus) for face in family.faces)
        # Cells list the populations by size, the equations in their own order.
        orders.extend([tuple(int(k) for k in np.argsort(family.mixing))] * len(family.faces))
    return outcomes, _run(SearchCells.joined(parts), _FaceSearch(outcomes, orders), clock)


def search_system(locus: Locus, clock: Clock) -> SearchResult:
    """Return all zeros, in a closed face, of as many polynomials in its free shares as there are shares."""
    system = locus.system
    outcome = SearchResult(system.face, lambda _: locus)
    bases = bases_of(system.spans, locus.polynomials)
    tensors = scaled_coefficients(system.spans, bases, locus.polynomials)
    layout = CellLayout(bases, ((True,) * len(bases),) * len(bases))
    systems = [tensors[None, first : first + b.k - 1] for first, b in zip(layout.offsets, bases, strict=True)]
    _run(SearchCells.whole(layout, systems), _FaceSearch([outcome], [tuple(range(len(bases)))]), clock)
    return outcome


def _run(start: SearchCells, running: _FaceSearch, clock: Clock) -> int:
    """Work on cells until none is left; return how many there were."""
    stack = [start]
    most = MOST_CELLS * start.layout.unknowns**3
    size = math.prod(b.size for b in start.layout.bases) * start.layout.unknowns
    batch = max(1, min(BATCH, NUMBERS // size))
    count = np.zeros(len(running.outcomes), dtype=np.int64)
    while stack:
        cells = stack.pop()
        if len(cells) > batch:
            stack.append(cells.take(slice(batch, None)))
            cells = cells.take(slice(batch))
        if clock.stopped:
            for pending in (cells, *stack):
                for number in np.unique(pending.face):
                    running.outcomes[int(number)].finished = False
            break
        count += np.bincount(cells.face, minlength=len(count))
        if (count[cells.face] > most).any():
            for number in np.unique(cells.face[count[cells.face] > most]):
                running.outcomes[int(number)].exhausted = True
            cells = cells.take(count[cells.face] <= most)
            if not len(cells):
                continue
        try:
            cells = cells.take(~definite(cells))
            if not len(cells):
                continue
            found = bounds(cells)
            if not found.empty.all():
                following = running.advance(cells, found)
                if len(following):
                    stack.append(following)
        except OutOfTime:
            stack.append(cells)
    return int(count.sum())


class _FaceSearch:
    """The state of a search: what is known of each face, and in which order it lists the populations."""

    def __init__(self, outcomes: list[SearchResult], orders: list[tuple[int, ...]]) -> None:
        self.outcomes, self._order = outcomes, orders

    def advance(self, cells: SearchCells, found: Bounds) -> SearchCells:
        """Return the cells that are left of a batch after contraction, certification and splitting."""
        volume = np.prod(
            [np.clip(1 - low.sum(axis=1), 0, None) ** (low.shape[1] - 1) for low in found.low], axis=0
        )
        worth = ~found.empty & ((volume < KEEP) | found.solved)
        parts = []
        if worth.any():
            smaller = shrunk(cells.take(worth), [low[worth] for low in found.low])
            ready = found.solved[worth] & (volume[worth] < 0.5)
            parts.append(smaller.take(~self._settled(smaller, ready, 1.0)))
        rest = ~found.empty & ~worth
        if rest.any():
            left = cells.take(rest)
            parts.extend(left.split_along(_edges(left), SPLIT))
        following = SearchCells.joined(parts)
        width = following.width
        tiny = width < TINY
        due = tiny.copy()
        for attempt in ATTEMPTS:
            due |= (width < attempt) & (width > attempt / 4)
        done = self._settled(following, due, 2.0)
        for k in np.nonzero(~done & tiny)[0]:
            self.outcomes[int(following.face[k])].stuck.append(self._extent(following, int(k)))
        return following.take(~done & ~tiny)

    def _extent(self, cells: SearchCells, k: int) -> tuple[Floats, Floats]:
        """The lowest and highest free shares of a cell, in the order of the face's equations."""
        order = self._order[int(cells.face[k])]
        free = [cells.corners[q][k, :, :-1] for q in order]
        low, high = [c.min(axis=0) for c in free], [c.max(axis=0) for c in free]
        return np.concatenate(low), np.concatenate(high)

    def _settled(self, cells: SearchCells, which: NDArray[np.bool_], inflation: float) -> NDArray[np.bool_]:
        """Return which cells are explained by a certified zero, the only one in a box around the cell."""
        done = np.zeros(len(cells), dtype=bool)
        for k in np.nonzero(which)[0]:
            outcome = self.outcomes[int(cells.face[k])]
            low, high = self._extent(cells, int(k))
            if _covered(outcome, low, high):
                done[k] = True
                continue
            middle = (low + high) / 2
            radius = (high - low) / 2 * inflation + 2.0**-46
            balls = isolate(outcome.locus, [float(m) for m in middle], [float(r) for r in radius])
            if balls is not None:
                done[k] = True
                _record(outcome, middle, radius, balls)
        return done


@precision()
def _covered(outcome: SearchResult, low: Floats, high: Floats) -> bool:
    slack = 2.0**-48
    return any(
        all(
            float(b.lower()) < a - slack and c + slack < float(b.upper())
            for b, a, c in zip(root.box, low, high, strict=True)
        )
        for root in outcome.roots
    )


def _record(outcome: SearchResult, middle: Floats, radius: Floats, balls: list[arb]) -> None:
    """Add a zero unless it is known: two boxes share their zero if it lies in both."""
    box = [arb(float(m), float(r)) for m, r in zip(middle, radius, strict=True)]
    new = CertifiedRoot(outcome.locus, box, balls)
    for root in outcome.roots:
        if all(a.contains(b) for a, b in zip(root.box, new.at(96), strict=True)):
            return
        if all(a.contains(b) for a, b in zip(box, root.at(96), strict=True)):
            root.box = box
            return
    outcome.roots.append(new)


def _edges(cells: SearchCells) -> NDArray[np.int64]:
    """Choose the edge of each cell along which the equations change most, for their size.

    With three or more strategies the population with fewest is split first: where its shares are nearly
    known the equations of the others are nearly linear and fix theirs.
    """
    layout = cells.layout
    favour = np.ones(len(cells))
    if layout.count > 2 and layout.bases[-1].k > 2:
        wide = np.ptp(cells.corners[0], axis=1).max(axis=1) > 0.02 * cells.width
        favour[wide] = 1e6
    score = np.zeros((len(cells), len(layout.edges)))
    for p, system in enumerate(cells.systems):
        flat = np.abs(system).reshape(len(cells), system.shape[1], -1)
        size = flat.max(axis=2) + 1e-300
        for n, (q, i, j) in enumerate(layout.edges):
            if layout.uses[p][q] and layout.bases[q].degree:
                first, second = layout.bases[q].along[i, j]
                moved = np.moveaxis(system, 2 + q, -1)
                steps = np.abs(moved[..., first] - moved[..., second])
                change = steps.reshape(len(cells), system.shape[1], -1).mean(axis=2)
                score[:, n] += (change / size).sum(axis=1)
    for n, (q, _, _) in enumerate(layout.edges):
        if q == 0:
            score[:, n] *= favour
    chosen: NDArray[np.int64] = score.argmax(axis=1)
    return chosen

"""Branch and prune: all zeros of the equations of many faces at once.

A cell is dropped if it certainly holds no zero, cut down to where its zeros can lie, and otherwise split.
The zeros themselves are certified one by one in ball arithmetic, together with a box in which each is the
only one; cells inside such a box are done.  What cannot be settled down to a tiny cell is handed back.

How long an analysis may take, and how long the rest of it would.

Equations of a face taken apart: multiples dropped, factors without zeros struck out, choices listed.

A product vanishes where one of its factors does.  So the zeros of a system are those of the systems that take
one irreducible factor of each equation; where equations share a factor, fewer equations are left.

Fewer equations than free shares: whether they have zeros inside a face, and that these form a manifold.

Cells are dropped where an equation has no zero, or where the equations' Jacobian by some of the shares is
regular throughout: there the zeros, if any, are a graph over the other shares (implicit function theorem).
If all cells go, the zero set in the face is a manifold of dimension (shares - equations); that it is not
empty is shown by Krawczyk's test with the other shares held fixed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.cells import (
    SPLIT,
    UNIT,
    Bounds,
    CellLayout,
    SearchCells,
    bounds,
    cells_of,
    definite,
    linear_part,
    shrunk,
)
from separatrix.analysis.branch_and_prune.faces import Face, FaceFamily, FaceSystem, Locus
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot, isolate
from separatrix.exact.bernstein import Basis, Floats, Spans, bases_of, coefficients
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import OutOfTime, clock, poll
from separatrix.sentences import say

__all__ = [
    "Clock",
    "SEARCH_SHARE",
    "SearchResult",
    "choices",
    "duration",
    "manifold_state",
    "one_signed",
    "scaled_coefficients",
    "search",
    "search_system",
]

SEARCH_SHARE = 0.7  # of the budget; the rest is for labelling what was found


class Clock:
    """Runs from its making.

    Parameters
    ----------
    budget : float
        Seconds.
    """

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.interrupted = False
        self._now = clock()
        self._started = self._now()
        self._spent: dict[int, tuple[int, float]] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._now() - self._started

    @property
    def stopped(self) -> bool:
        """Whether no more searching may be begun."""
        return self.interrupted or self.elapsed > SEARCH_SHARE * self.budget

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be begun."""
        return self.elapsed > self.budget

    def note(self, dimension: int, faces: int, seconds: float) -> None:
        """Remember what faces with so many free shares cost."""
        count, total = self._spent.get(dimension, (0, 0.0))
        self._spent[dimension] = count + faces, total + seconds

    def estimate(self, sizes: tuple[int, ...]) -> float:
        """Return the seconds that all faces would take, from what those with few free shares took.

        The cost of a face is taken to go on growing with its free shares as it did so far.
        """
        cost = {d: seconds / faces for d, (faces, seconds) in self._spent.items() if faces}
        known = sorted(cost)
        growth = 1.0
        if len(known) > 1 and cost[known[0]] > 0:
            growth = max(1.0, (cost[known[-1]] / cost[known[0]]) ** (1 / (known[-1] - known[0])))
        total = 0.0
        for d, count in enumerate(_faces_by_dimension(sizes)):
            nearest = max((k for k in known if k <= d), default=known[0] if known else 0)
            total += count * cost.get(nearest, 0.0) * growth ** max(0, d - nearest)
        return total


def _faces_by_dimension(sizes: tuple[int, ...]) -> list[int]:
    counts = [1]
    for size in sizes:
        own = [math.comb(size, m) for m in range(1, size + 1)]
        product = [0] * (len(counts) + size - 1)
        for i, a in enumerate(counts):
            for j, b in enumerate(own):
                product[i + j] += a * b
        counts = product
    return counts


UNITS = (
    (say("seconds"), 1, 90),
    (say("minutes"), 60, 5400),
    (say("hours"), 3600, 172_800),
    (say("days"), 86_400, 60_000_000),
)


def duration(seconds: float) -> str:
    """Return a rough length of time in words.

    Examples
    --------
    >>> duration(50), duration(9000), duration(4e11)
    ('50 seconds', '2.5 hours', 'thousands of years')
    """
    for unit, length, most in UNITS:
        if seconds < most:
            count = seconds / length
            amount = f"{count:.0f}" if count >= 10 else f"{count:.2g}"
            return say("{amount} {unit}", amount=amount, unit=unit)
    years = seconds / 86_400 / 365
    if years < 1000:
        return say("{amount} {unit}", amount=f"{years:.0f}", unit=say("years"))
    return say("thousands of years")


MOST_CHOICES = 64


def scaled_coefficients(spans: Spans, bases: Sequence[Basis], polynomials: Sequence[fmpq_mpoly]) -> Floats:
    """Return the Bernstein coefficients of polynomials as floats, each times a power of two: at most one."""
    tensors = []
    for polynomial in polynomials:
        values = coefficients(spans, bases, polynomial)
        largest = max(abs(v) for v in values.flat)
        scale = fmpq(2) ** (int(largest.q).bit_length() - int(largest.p).bit_length() - 1)
        scaled = [v * scale for v in values.flat]
        tensors.append(np.array([int(v.p) / int(v.q) for v in scaled]).reshape(values.shape))
    return np.stack(tensors)


def one_signed(system: FaceSystem, polynomial: fmpq_mpoly) -> bool:
    """Return whether coefficients of one sign show that a polynomial has no zero inside the face."""
    values = coefficients(system.spans, bases_of(system.spans, [polynomial]), polynomial)
    low, high = min(values.flat), max(values.flat)
    return bool(low >= 0 and high > 0) or bool(high <= 0 and low < 0)


def independent(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Return polynomials that span the same space over the rationals, none a combination of the others.

    Equations in the same shares are combined so that terms of high degree cancel where they can.
    """
    groups: dict[tuple[bool, ...], list[fmpq_mpoly]] = {}
    for polynomial in polynomials:
        groups.setdefault(tuple(bool(d) for d in polynomial.degrees()), []).append(polynomial)
    result: list[fmpq_mpoly] = []
    for group in groups.values():
        result.extend(_echelon(group) if len(group) > 1 else group)
    rank = _matrix(result)[0].rank()
    return result if rank == len(result) else _echelon(result)


def _matrix(polynomials: Sequence[fmpq_mpoly]) -> tuple[fmpq_mat, list[tuple[int, ...]]]:
    """Coefficients of the polynomials (rows) by monomials of falling degree."""
    terms = [p.to_dict() for p in polynomials]
    monomials = sorted({m for t in terms for m in t}, key=lambda m: (-sum(m), [-e for e in m]))
    rows = [[t.get(m, fmpq(0)) for m in monomials] for t in terms]
    return fmpq_mat(rows) if rows else fmpq_mat(0, 0), monomials


def _echelon(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    rows, monomials = _matrix(polynomials)
    reduced, rank = rows.rref()
    context = polynomials[0].context()
    return [
        context.from_dict({m: reduced[r, c] for c, m in enumerate(monomials) if reduced[r, c] != 0})
        for r in range(rank)
    ]


def choices(system: FaceSystem, polynomials: Sequence[fmpq_mpoly]) -> Iterator[tuple[fmpq_mpoly, ...]] | None:
    """Return the systems of irreducible equations whose zeros inside the face are those of a given system.

    None where there would be too many.
    """
    options: list[list[fmpq_mpoly]] = []
    for polynomial in independent([p for p in polynomials if p]):
        poll()
        factors = [f / f.leading_coefficient() for f, _ in polynomial.factor()[1]]
        factors = [f for f in factors if not f.is_constant() and not one_signed(system, f)]
        options.append(factors)
    count = 1
    for factors in options:
        count *= len(factors)
    if count > MOST_CHOICES:
        return None
    # A factor that two equations share solves both; sets drop what is said twice.
    unique: dict[frozenset[str], tuple[fmpq_mpoly, ...]] = {}
    for choice in itertools.product(*options):
        distinct = {str(f): f for f in choice}
        unique.setdefault(frozenset(distinct), tuple(distinct.values()))
    smallest = [choice for key, choice in unique.items() if not any(other < key for other in unique)]
    return iter(smallest)


MOST_MANIFOLD_CELLS = 20_000
LEAST = 2.0**-16  # narrower cells are given up
TRIALS = 60


def manifold_state(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], clock: Clock
) -> CertifiedRoot | str | None:
    """Return a state of the zero set, None if that is empty inside the face, or why neither is certain."""
    poll()
    bases = bases_of(system.spans, equations)
    pending = SearchCells.whole(
        CellLayout(bases, ((True,) * len(bases),)),
        [scaled_coefficients(system.spans, bases, equations)[None]],
    )
    count = trials = 0
    found: CertifiedRoot | None = None
    touched = False
    while len(pending):
        count += len(pending)
        if clock.stopped:
            return say("the budget of time ran out")
        if count > MOST_MANIFOLD_CELLS or float(pending.width.min()) < LEAST:
            return say("equations that are degenerate at some of their common zeros")
        left = pending.take(~definite(pending))
        if not len(left):
            break
        regular, pivots = _regular(left, len(equations))
        for k in np.nonzero(regular)[0]:
            touched = True
            if found is None and trials < TRIALS:
                trials += 1
                found = _on_slice(system, equations, left, int(k), pivots[k].tolist())
        pending = left.take(~regular)
        if len(pending):
            pending = pending.halves(SPLIT)
    if found is None and touched:
        return say("it is not certain whether some equations have a common zero inside")
    return found


def _regular(cells: SearchCells, count: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return where the Jacobian by some shares is regular on the whole cell, and these shares."""
    layout = cells.layout
    slopes = [s for s in linear_part(cells, 0) if s is not None]
    jacobian = np.concatenate([s[..., :-1] - s[..., -1:] for s in slopes], axis=2)
    pivots = _columns(jacobian)
    square = np.take_along_axis(jacobian, pivots[:, None, :], axis=2)
    regular = np.linalg.cond(square) <= 1e8
    (asked,) = np.nonzero(regular)
    if not len(asked):
        return regular, pivots
    inverse = np.linalg.inv(square[asked])
    rounding = 4 * max(b.degree for b in layout.bases) * (cells.margin[asked] + 8 * count * UNIT)
    off = np.abs(inverse).sum(axis=2) * rounding.reshape(len(asked), -1)
    worst = np.zeros(len(asked))
    for column, slope in enumerate(_derivatives(cells)):
        for m in range(count):
            (at,) = np.nonzero(pivots[asked, m] == column)
            if not len(at):
                continue
            flat = inverse[at] @ slope[asked[at]].reshape(len(at), count, -1)
            gap = np.abs(flat - np.eye(count)[:, m : m + 1]).max(axis=2) + off[at]
            worst[at] += gap.max(axis=1)
    regular[asked] = worst < 1
    return regular, pivots


def _columns(jacobian: Floats) -> NDArray[np.intp]:
    """Columns that are far from dependent, (B, equation), by elimination with the largest pivot."""
    rest = jacobian.copy()
    cells, count, shares = rest.shape
    each = np.arange(cells)
    chosen = np.empty((cells, count), dtype=np.intp)
    free = np.ones((cells, shares), dtype=bool)
    for m in range(count):
        size = np.where(free[:, None, :], np.abs(rest), -1.0)  # where all is zero, the first free share
        row, column = np.divmod(size.reshape(cells, -1).argmax(axis=1), shares)
        chosen[:, m] = column
        free[each, column] = False
        pivot = rest[each, row, column]
        ratio = rest[each, :, column] / np.where(pivot == 0, 1.0, pivot)[:, None]
        rest = rest - ratio[:, :, None] * rest[each, row][:, None, :]
        rest[each, row] = 0.0
        rest[each, :, column] = 0.0
    return chosen


def _derivatives(cells: SearchCells) -> list[Floats]:
    """The coefficients of the derivatives by each free share of the cells, as arrays (B, equation, ...)."""
    (system,) = cells.systems
    result = []
    for q, b in enumerate(cells.layout.bases):
        moved = np.moveaxis(system, 2 + q, -1)
        for i in range(b.k - 1):
            if not b.degree:
                result.append(np.zeros_like(moved))
                continue
            first, second = b.edge_coefficients[i, b.k - 1]
            result.append(b.degree * (moved[..., first] - moved[..., second]))
    return result


def _on_slice(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], cells: SearchCells, k: int, pivots: list[int]
) -> CertifiedRoot | None:
    """A zero inside the face with the non-pivot shares fixed at the cell's centre."""
    generators = system.field.ring.context.gens()
    centre = [float(x) for c in cells.middle(k) for x in c[:-1]]
    held = [n for n in range(len(centre)) if n not in pivots]
    fixed = [generators[system.variables[n]] - fmpq(*centre[n].as_integer_ratio()) for n in held]
    square = Locus(system, (*equations, *fixed))
    radius = [float(cells.width[k])] * len(centre)
    for scale in (1.0, 0.25, 2.0**-6):
        start = _newton(square, centre)
        balls = isolate(square, start, [r * scale for r in radius])
        if balls is not None:
            box = [arb(x, r * scale) for x, r in zip(start, radius, strict=True)]
            root = CertifiedRoot(square, box, balls)
            return root if root.place == "inside" else None
    return None


@precision()
def _newton(locus: Locus, start: list[float]) -> list[float]:
    """A few steps of Newton's method."""
    point = [arb(x) for x in start]
    for _ in range(20):
        try:
            step = locus.jacobian(point).mid().solve(arb_mat([[v] for v in locus.values(point)]))
        except ZeroDivisionError:
            break
        point = [(x - step[i, 0]).mid() for i, x in enumerate(point)]
        if all(abs(float(step[i, 0].mid())) < 1e-14 for i in range(len(point))):
            break
        if any(not abs(float(x.mid())) < 10 for x in point):
            return start
    return [float(x.mid()) for x in point]


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
    return outcomes, _run(SearchCells.concatenate(parts), _FaceSearch(outcomes, orders), clock)


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
            parts.append(smaller.take(~self._has_zero(smaller, ready, 1.0)))
        rest = ~found.empty & ~worth
        if rest.any():
            left = cells.take(rest)
            parts.extend(left.split_along(_edges(left), SPLIT))
        following = SearchCells.concatenate(parts)
        width = following.width
        tiny = width < TINY
        due = tiny.copy()
        for attempt in ATTEMPTS:
            due |= (width < attempt) & (width > attempt / 4)
        done = self._has_zero(following, due, 2.0)
        for k in np.nonzero(~done & tiny)[0]:
            self.outcomes[int(following.face[k])].stuck.append(self._extent(following, int(k)))
        return following.take(~done & ~tiny)

    def _extent(self, cells: SearchCells, k: int) -> tuple[Floats, Floats]:
        """The lowest and highest free shares of a cell, in the order of the face's equations."""
        order = self._order[int(cells.face[k])]
        free = [cells.corners[q][k, :, :-1] for q in order]
        low, high = [c.min(axis=0) for c in free], [c.max(axis=0) for c in free]
        return np.concatenate(low), np.concatenate(high)

    def _has_zero(self, cells: SearchCells, which: NDArray[np.bool_], inflation: float) -> NDArray[np.bool_]:
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
        if all(a.contains(b) for a, b in zip(root.box, new.refine(96), strict=True)):
            return
        if all(a.contains(b) for a, b in zip(box, root.refine(96), strict=True)):
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
                first, second = layout.bases[q].edge_coefficients[i, j]
                moved = np.moveaxis(system, 2 + q, -1)
                steps = np.abs(moved[..., first] - moved[..., second])
                change = steps.reshape(len(cells), system.shape[1], -1).mean(axis=2)
                score[:, n] += (change / size).sum(axis=1)
    for n, (q, _, _) in enumerate(layout.edges):
        if q == 0:
            score[:, n] *= favour
    chosen: NDArray[np.int64] = score.argmax(axis=1)
    return chosen

"""All rest states of a game with affine payoffs: one exact linear system a support.

A state that plays just the strategies of a support S is at rest where all played strategies of each
population earn the same.  With payoffs u = M x that is a linear system, so its solutions with positive
shares are nothing, a point, or a relatively open polytope whose closure is again at rest.  Every state
plays some support; so all supports together hold every rest state, and each in one place.

Of two populations that do not play themselves each is indifferent at a strategy of the *other* one, so
the solutions of a support are a product of two polytopes, each from a system of half the size.

Which strategies can be played side by side: every product of supports, and a quick way to drop most.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpz_mat

from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.exact.matrices import Point, Polytope
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "AffineRestStates",
    "Dominance",
    "RestFamily",
    "count_supports",
    "integer_rows",
    "positive_solutions",
    "supports",
]


def count_supports(sizes: tuple[int, ...]) -> int:
    """Return the number of products of supports: of populations with k strategies, 2**k - 1 each.

    Examples
    --------
    >>> count_supports((6, 6))
    3969
    """
    return math.prod(2**size - 1 for size in sizes)


def supports(sizes: tuple[int, ...]) -> Iterator[Support]:
    """Yield every product of supports, those with few strategies first.

    Parameters
    ----------
    sizes : strategies of each population

    Examples
    --------
    >>> list(supports((2,)))
    [((0,),), ((1,),), ((0, 1),)]
    """
    for total in range(len(sizes), sum(sizes) + 1):
        for played in _split(total, sizes):
            yield from itertools.product(
                *(itertools.combinations(range(size), k) for size, k in zip(sizes, played, strict=True))
            )


def _split(total: int, sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the ways in which populations can play `total` strategies, each at least one."""
    if len(sizes) == 1:
        if 1 <= total <= sizes[0]:
            yield (total,)
        return
    for first in range(1, min(sizes[0], total - len(sizes) + 1) + 1):
        yield from ((first, *rest) for rest in _split(total - first, sizes[1:]))


class Dominance:
    """Detects supports on which one strategy earns more than another wherever both are played.

    On a product of supports the difference of two payoffs is affine, so it runs from the sum of its
    least coefficients, one a population, to the sum of its largest.  Where that range lies on one side of
    zero, or touches zero at one end, no state that plays the whole support is at rest.
    """

    def __init__(self, game: AffineGame) -> None:
        self.game = game
        self._rows = integer_rows(game)
        self._ranges: dict[tuple[int, int, int, tuple[int, ...]], tuple[int, int]] = {}

    def excludes(self, support: Support) -> bool:
        """Return whether some strategy is dominated by another one on `support`."""
        return any(
            self._one_sided(offset + a, offset + b, support)
            for offset, played in zip(self.game.offsets, support, strict=True)
            for a, b in itertools.combinations(played, 2)
        )

    def _one_sided(self, a: int, b: int, support: Support) -> bool:
        low = high = 0
        for j, played in enumerate(support):
            key = (a, b, j, played)
            ends = self._ranges.get(key)
            if ends is None:
                first, second, offset = self._rows[a], self._rows[b], self.game.offsets[j]
                values = [first[offset + c] - second[offset + c] for c in played]
                ends = self._ranges[key] = min(values), max(values)
            low, high = low + ends[0], high + ends[1]
        return (low >= 0 and high > 0) or (high <= 0 and low < 0)


def integer_rows(game: AffineGame) -> list[list[int]]:
    """Return the payoff rows, each population's times one positive number that makes them whole.

    A population without own play may have its own shares in its payoffs, alike for all its strategies;
    that drops out of the differences.
    """
    width = sum(game.sizes)
    rows: list[list[int]] = []
    for offset, size in zip(game.offsets, game.sizes, strict=True):
        entries = [[game.matrix[offset + a, c] for c in range(width)] for a in range(size)]
        scale = math.lcm(*(int(value.q) for row in entries for value in row))
        rows.extend([int(value.p) * (scale // int(value.q)) for value in row] for row in entries)
    return rows


@dataclass(frozen=True)
class RestFamily:
    """The rest states that play one support: a point, or a relatively open polytope.

    Attributes
    ----------
    support : the strategies played
    closure : the closed polytope in all K shares; bit a of a vertex's facets: its share a is 0
    """

    support: Support
    closure: Polytope

    @property
    def dimension(self) -> int:
        """0 for a single state."""
        return self.closure.dimension


class AffineRestStates:
    """Finds the rest states that play given supports.

    Parameters
    ----------
    game : AffineGame

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> rock_paper_scissors = fmpq_mat([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    >>> game = AffineGame((3,), (fmpq(1),), rock_paper_scissors)
    >>> AffineRestStates(game).on(((0, 1, 2),)).closure.vertices
    ((1/3, 1/3, 1/3),)
    """

    def __init__(self, game: AffineGame) -> None:
        self.game = game
        self._rows = integer_rows(game)

    @cached_property
    def _decoupled(self) -> bool:
        return len(self.game.sizes) == 2 and not any(self.game.own_play)

    def on(self, support: Support) -> RestFamily | None:
        """Return the rest states with exactly this support, or None where there are none."""
        if self._decoupled:
            return self._product(support)
        indices = list(self.game.indices(support))
        rows = []
        for offset, played in zip(self.game.offsets, support, strict=True):
            rows.extend(self._equal_payoffs(offset, played, indices))
        right = [0] * len(rows)
        for offset, size in zip(self.game.offsets, self.game.sizes, strict=True):
            rows.append([int(offset <= c < offset + size) for c in indices])
            right.append(1)
        found = positive_solutions(rows, right, indices)
        return None if found is None else RestFamily(support, self._embedded(found, indices))

    def _equal_payoffs(self, offset: int, played: Sequence[int], indices: Sequence[int]) -> list[list[int]]:
        first, *others = (self._rows[offset + a] for a in played)
        return [[other[c] - first[c] for c in indices] for other in others]

    def _embedded(self, found: Polytope, indices: Sequence[int]) -> Polytope:
        """A polytope in the shares of a support, in all shares; the absent ones are 0 at every vertex."""
        width = sum(self.game.sizes)
        zero = fmpq(0)
        absent = sum(1 << a for a in set(range(width)).difference(indices))

        def embed(point: Point) -> Point:
            full = [zero] * width
            for index, value in zip(indices, point, strict=True):
                full[index] = value
            return tuple(full)

        return Polytope(
            tuple(embed(p) for p in found.vertices),
            tuple(f | absent for f in found.facets),
            found.dimension,
        )

    def _product(self, support: Support) -> RestFamily | None:
        """Two populations without own play: what one plays must leave the other one indifferent."""
        sides = []
        for i in (1, 0):  # the shares of population i make the other one indifferent
            other = 1 - i
            indices = [self.game.offsets[i] + a for a in support[i]]
            rows = self._equal_payoffs(self.game.offsets[other], support[other], indices)
            found = positive_solutions([*rows, [1] * len(indices)], [*([0] * len(rows)), 1], indices)
            if found is None:
                return None
            sides.append(found)
        second, first = sides
        indices = list(self.game.indices(support))
        return RestFamily(support, self._embedded(first.times(second, shift=0), indices))


def positive_solutions(rows: list[list[int]], right: list[int], labels: Sequence[int]) -> Polytope | None:
    """Return the closure of {z > 0: rows · z = right}, or None where no z is positive.

    The rows must bound every coordinate by 1.

    Parameters
    ----------
    rows, right : the equations, in whole numbers
    labels : for each coordinate the bit that marks the vertices at which it is 0

    Examples
    --------
    >>> sorted(positive_solutions([[1, 1, 1], [1, -1, 0]], [1, 0], [0, 1, 2]).vertices)
    [(0, 0, 1), (1/2, 1/2, 0)]
    """
    poll()
    width = len(labels)
    reduced, scale, rank = fmpz_mat([[*row, b] for row, b in zip(rows, right, strict=True)]).rref()
    pivots = []
    column = 0
    for k in range(rank):
        while reduced[k, column] == 0:
            column += 1
        pivots.append(column)
    if pivots and pivots[-1] == width:
        return None
    if rank == width:
        if any(reduced[k, width] * scale <= 0 for k in range(width)):
            return None
        return Polytope((tuple(fmpq(reduced[k, width], scale) for k in range(width)),), (0,), 0)
    # The free coordinates are parameters, at first in a simplex that holds the unit cube.
    free = [c for c in range(width) if c not in pivots]
    lines = {
        c: (fmpq(reduced[k, width], scale), [fmpq(-reduced[k, f], scale) for f in free])
        for k, c in enumerate(pivots)
    }
    polytope = _start([labels[f] for f in free], max(labels) + 1)
    for c, (constant, slopes) in lines.items():
        values = [
            sum((s * t for s, t in zip(slopes, point, strict=True)), constant) for point in polytope.vertices
        ]
        inner = polytope.split(values, labels[c])[2]
        if inner is None:
            return None
        polytope = inner

    def extend(point: Point) -> Point:
        full = dict(zip(free, point, strict=True))
        for c, (constant, slopes) in lines.items():
            full[c] = sum((s * t for s, t in zip(slopes, point, strict=True)), constant)
        return tuple(full[c] for c in range(width))

    return polytope.map(extend)


def _start(labels: list[int], outer: int) -> Polytope:
    """The simplex of parameters t >= 0 with sum below d + 1; its outer facet is never reached in the end."""
    d = len(labels)
    every = sum(1 << b for b in labels)
    corners = [tuple(fmpq(d + 1) if m == k else fmpq(0) for m in range(d)) for k in range(d)]
    return Polytope(
        ((fmpq(0),) * d, *corners),
        (every, *((every & ~(1 << labels[k])) | 1 << outer for k in range(d))),
        d,
    )

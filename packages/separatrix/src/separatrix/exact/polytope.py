"""Polytopes by their vertices, exactly, and their parts on either side of a hyperplane.

A polytope is cut by the double description method (Motzkin, Raiffa, Thompson & Thrall 1953): the
vertices of the section lie on the edges between vertices of opposite sides, and two vertices are ends of
an edge if no third one lies on all the facets that both lie on (Fukuda & Prodon 1996, proposition 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["Point", "Polytope", "affine_rank", "simplex"]

MOST_CORNERS = 400

Point = tuple[fmpq, ...]


@dataclass(frozen=True)
class Polytope:
    """The convex hull of its vertices.

    Attributes
    ----------
    vertices : points of any one space
    facets : for each vertex, as bits of a number, the inequalities that hold there with equality.
        Together with the dimension they fix which vertices are ends of an edge.
    dimension : of the affine hull
    """

    vertices: tuple[Point, ...]
    facets: tuple[int, ...]
    dimension: int

    @property
    def centre(self) -> Point:
        """The mean of the vertices: a point of the relative interior."""
        count = len(self.vertices)
        return tuple(sum(values, fmpq(0)) / count for values in zip(*self.vertices, strict=True))

    def split(
        self, values: Sequence[fmpq], facet: int, most: int | None = None
    ) -> tuple[Polytope | None, Polytope | None, Polytope | None]:
        """Return the parts on which an affine function is at most, exactly, and at least zero.

        Parameters
        ----------
        values : its value at each vertex
        facet : the number of the bit that marks the vertices at which it vanishes
        most : vertices beyond which it is refused; by default some hundreds

        Returns
        -------
        (below, level, above)
            None for a side on which the function is nowhere strictly of that sign, and for a level
            that is empty.  Where the function is zero throughout, all is level.

        Raises
        ------
        OverflowError
            Where the polytope has too many vertices: the time grows faster than the square of their number.

        Examples
        --------
        >>> square = simplex(1).times(simplex(1))
        >>> below, level, above = square.split([v[0] - fmpq(1, 3) for v in square.vertices], 9)
        >>> sorted(level.vertices), level.dimension, len(above.vertices)
        ([(1/3, 0), (1/3, 1)], 1, 4)
        """
        most = MOST_CORNERS if most is None else most
        if len(values) > most:
            raise OverflowError(say("some continuum of equilibria has more than {most} corners", most=most))
        bit = 1 << facet
        below = [k for k, value in enumerate(values) if value < 0]
        level = [k for k, value in enumerate(values) if value == 0]
        above = [k for k, value in enumerate(values) if value > 0]
        if not below and not above:
            return None, self, None
        crossing: list[tuple[Point, int]] = []
        for k in below:
            poll()
            for m in above:
                common = self.facets[k] & self.facets[m]
                if self._edge(k, m, common):
                    t = values[k] / (values[k] - values[m])
                    point = tuple(
                        p + t * (q - p) for p, q in zip(self.vertices[k], self.vertices[m], strict=True)
                    )
                    crossing.append((point, common | bit))
        section = [(self.vertices[k], self.facets[k] | bit) for k in level] + crossing

        def side(members: list[int]) -> Polytope | None:
            if not members:
                return None
            return _polytope([(self.vertices[k], self.facets[k]) for k in members] + section, self.dimension)

        if not section:
            return side(below), None, side(above)
        dimension = self.dimension - 1 if below and above else affine_rank([p for p, _ in section])
        return side(below), _polytope(section, dimension), side(above)

    def _edge(self, k: int, m: int, common: int) -> bool:
        if common.bit_count() < self.dimension - 1:
            return False
        return not any(f & common == common for z, f in enumerate(self.facets) if z != k and z != m)

    def times(self, other: Polytope, shift: int | None = None) -> Polytope:
        """Return the product; the bits of `other` are moved up by `shift`, by default past all of these."""
        if shift is None:
            shift = max((f.bit_length() for f in self.facets), default=0)
        return Polytope(
            tuple(p + q for p in self.vertices for q in other.vertices),
            tuple(f | g << shift for f in self.facets for g in other.facets),
            self.dimension + other.dimension,
        )

    def map(self, function: Callable[[Point], Point]) -> Polytope:
        """Return the image under an affine map that is one-to-one on it."""
        return Polytope(tuple(function(p) for p in self.vertices), self.facets, self.dimension)


def _polytope(pairs: list[tuple[Point, int]], dimension: int) -> Polytope:
    return Polytope(tuple(p for p, _ in pairs), tuple(f for _, f in pairs), dimension)


def simplex(dimension: int, size: int = 1) -> Polytope:
    """Return the points with coordinates at least 0 that sum up to at most `size`.

    Bit k marks the facet on which coordinate k is 0, bit `dimension` the one on which the sum is `size`.
    """
    zero = (fmpq(0),) * dimension
    corners = [tuple(fmpq(size) if m == k else fmpq(0) for m in range(dimension)) for k in range(dimension)]
    everything = (1 << (dimension + 1)) - 1
    return Polytope(
        (zero, *corners),
        (everything & ~(1 << dimension), *(everything & ~(1 << k) for k in range(dimension))),
        dimension,
    )


def affine_rank(points: Iterable[Point]) -> int:
    """Return the dimension of the affine hull of one or more points."""
    first, *others = points
    if not others:
        return 0
    return int(fmpq_mat([[p - q for p, q in zip(other, first, strict=True)] for other in others]).rank())

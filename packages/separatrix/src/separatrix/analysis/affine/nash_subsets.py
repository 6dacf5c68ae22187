"""The maximal Nash subsets of a game of two players, exactly.

The Nash equilibria of two players are finitely many products X × Y of polytopes, the maximal Nash subsets:
sets of exchangeable equilibria that no larger one holds (Millham 1974; Jansen 1981).  With payoffs made
positive, the mixed strategies x of the first player at which the second one can earn no more than v are,
divided by v, the points of the polytope {x >= 0, x·B <= 1}; its vertices, and those of the other player's
polytope, have labels: the strategies that are not played and the other player's best replies.  Two vertices
that have all labels between them are an extreme equilibrium.  Every equilibrium is a mixture of extreme ones,
and the maximal Nash subsets are the convex hulls of the maximal bicliques of the graph of extreme equilibria
(Avis, Rosenberg, Savani & von Stengel 2010, proposition 3).  Two subsets with a common state have a common
corner, so the connected components of the graph are those of the set of equilibria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.results import NashComponent
from separatrix.analysis.theorems import NASH
from separatrix.exact.algebraic_numbers import Exact, as_expression, as_float, rational, sign
from separatrix.exact.matrices import Point, affine_rank, simplex
from separatrix.game.model import Game
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "Bimatrix",
    "NashSubset",
    "bimatrix_of",
    "bimatrix_of_corners",
    "holds",
    "maximal_nash_subsets",
    "nash_components",
]

MOST_VERTICES = 2_000
MOST_SUBSETS = 2_000
MOST_EXTREME = 20_000
"""Extreme equilibria, counted in each subset that they belong to."""

Mask = int
"""Strategies of one player, as bits."""


@dataclass(frozen=True)
class Bimatrix:
    """Payoffs of two players who play against each other only.

    Attributes
    ----------
    first, second : of either player; rows are strategies of the first one, columns of the second one
    """

    first: fmpq_mat
    second: fmpq_mat


@dataclass(frozen=True)
class Vertex:
    """A mixed strategy at which the other player is indifferent between as many best replies as possible.

    Attributes
    ----------
    shares : of all strategies of its player; they add up to 1
    played : the strategies with a positive share
    replies : the other player's best replies
    """

    shares: Point
    played: Mask
    replies: Mask


@dataclass(frozen=True)
class NashSubset:
    """A maximal Nash subset: every mixture of `first` with every mixture of `second` is an equilibrium.

    Attributes
    ----------
    first, second : the corners of its two factors
    connected : the number, from 1, of the connected component of the set of equilibria that it is part of
    """

    first: tuple[Vertex, ...]
    second: tuple[Vertex, ...]
    connected: int


def bimatrix_of(game: AffineGame) -> Bimatrix | None:
    """Return the payoffs of two populations that do not play themselves, or None for other games.

    Terms that depend only on a population's own shares change no equilibrium and are dropped.

    Examples
    --------
    >>> pennies = fmpq_mat([[0, 0, 1, -1], [0, 0, -1, 1], [-1, 1, 0, 0], [1, -1, 0, 0]])
    >>> bimatrix_of(AffineGame((2, 2), (fmpq(1), fmpq(1)), pennies)).second.tolist()
    [[-1, 1], [1, -1]]
    """
    if len(game.sizes) != 2 or any(game.own_play):
        return None
    payoffs = []
    for i in (0, 1):
        other, own = game.block(i, 1 - i), game.block(i, i)
        rows, columns = game.sizes[i], game.sizes[1 - i]
        payoffs.append(
            fmpq_mat([[other[a, b] + own[a, 0] - own[0, 0] for b in range(columns)] for a in range(rows)])
        )
    return Bimatrix(payoffs[0], payoffs[1].transpose())


def bimatrix_of_corners(advantages: Sequence[Mapping[tuple[int, ...], Fraction]]) -> Bimatrix:
    """Return payoffs of two strategies each, from what the first one of either earns over the second one.

    Parameters
    ----------
    advantages : for each player by the share of the other one's first strategy, (0,) or (1,)
    """
    first, second = ([rational(table[(share,)]) for share in (1, 0)] for table in advantages)
    zero = fmpq(0)
    return Bimatrix(fmpq_mat([first, [zero, zero]]), fmpq_mat([[v, zero] for v in second]))


def maximal_nash_subsets(game: Bimatrix) -> list[NashSubset]:
    """Return all maximal Nash subsets, those of one connected component after the other.

    Raises
    ------
    OverflowError
        Where there are thousands of vertices or subsets.
    OutOfTime
        See `separatrix.run.limits`.

    Examples
    --------
    >>> chicken = Bimatrix(fmpq_mat([[0, 2], [1, 1]]), fmpq_mat([[0, 1], [2, 1]]))
    >>> [[v.shares for v in (*s.first, *s.second)] for s in maximal_nash_subsets(chicken)]
    [[(0, 1), (1, 0)], [(1/2, 1/2), (1/2, 1/2)], [(1, 0), (0, 1)]]
    """
    first, second = _vertices(game.second), _vertices(game.first.transpose())
    partners: list[Mask] = []  # for each vertex of the first player those of the second, as bits
    for x in first:
        poll()
        bits = 0
        for k, y in enumerate(second):
            if not x.played & ~y.replies and not y.played & ~x.replies:
                bits |= 1 << k
        partners.append(bits)
    closed: set[Mask] = set()
    for bits in partners:
        poll()
        closed |= {bits & other for other in closed}
        closed.add(bits)
        closed.discard(0)
        if len(closed) > MOST_SUBSETS:
            raise OverflowError(
                say("there are more than {most:,} maximal Nash subsets", most=MOST_SUBSETS).resting_on(NASH)
            )
    bicliques = [(sum(1 << k for k, p in enumerate(partners) if p & ys == ys), ys) for ys in closed]
    if sum(xs.bit_count() * ys.bit_count() for xs, ys in bicliques) > MOST_EXTREME:
        raise OverflowError(say("there are more than {most:,} extreme equilibria", most=MOST_EXTREME))
    bicliques.sort(key=lambda pair: (_ascending(pair[0]), _ascending(pair[1])))
    subsets = []
    for number, members in enumerate(_connected(bicliques), 1):
        for xs, ys in members:
            subsets.append(
                NashSubset(
                    tuple(first[k] for k in _ascending(xs)), tuple(second[k] for k in _ascending(ys)), number
                )
            )
    return subsets


def _vertices(replies: fmpq_mat) -> list[Vertex]:
    """The vertices of one player's polytope, but for the origin.

    Parameters
    ----------
    replies : what the other player earns: a row for each strategy of this one, a column for each of the other
    """
    rows, columns = replies.nrows(), replies.ncols()
    least = min(replies.entries())
    # With payoffs of at least 1 the shares add up to at most 1; so the facet of the size 2 is never reached.
    polytope = simplex(rows, 2)
    for b in range(columns):
        poll()
        column = [replies[a, b] - least + 1 for a in range(rows)]
        values = [
            sum((c * x for c, x in zip(column, v, strict=True) if x), fmpq(-1)) for v in polytope.vertices
        ]
        if len(values) > MOST_VERTICES:
            why = say("a best-reply polytope has more than {most:,} vertices", most=MOST_VERTICES)
            raise OverflowError(why)
        below, level, _ = polytope.split(values, rows + 1 + b, MOST_VERTICES)
        polytope = below if below is not None else level if level is not None else polytope
    played = (1 << rows) - 1
    found = []
    for point, facets in zip(polytope.vertices, polytope.facets, strict=True):
        total = sum(point, fmpq(0))
        if total:
            shares = tuple(x / total for x in point)
            found.append(Vertex(shares, played & ~facets, facets >> (rows + 1)))
    return sorted(found, key=lambda v: v.shares)


def _ascending(bits: Mask) -> list[int]:
    return [k for k in range(bits.bit_length()) if bits >> k & 1]


def _connected(bicliques: list[tuple[Mask, Mask]]) -> list[list[tuple[Mask, Mask]]]:
    """Groups of subsets that hang together.

    Two subsets that share a corner of the first factor do: the best replies of one strategy are convex.
    """
    groups: list[tuple[Mask, list[tuple[Mask, Mask]]]] = []
    for pair in bicliques:
        poll()
        touching = [g for g in groups if pair[0] & g[0]]
        union = pair[0]
        members = []
        for xs, others in touching:
            union |= xs
            members += others
        groups = [*(g for g in groups if not pair[0] & g[0]), (union, [*members, pair])]
    return [members for _, members in groups]


def holds(game: Bimatrix, subset: NashSubset, corners: Sequence[Sequence[Exact]]) -> bool:
    """Return whether a subset holds all states between some corners, which are equilibria.

    Parameters
    ----------
    corners : states with the shares of both players
    """
    rows = game.first.nrows()
    for factor, replies, part in (
        (subset.first, game.second, slice(None, rows)),
        (subset.second, game.first.transpose(), slice(rows, None)),
    ):
        played = best = 0
        for vertex in factor:
            played |= vertex.played
        for vertex in factor:
            best = vertex.replies if vertex is factor[0] else best & vertex.replies
        for corner in corners:
            shares = corner[part]
            if any(sign(x) and not played >> a & 1 for a, x in enumerate(shares)):
                return False
            if best & ~_best_replies(replies, shares):
                return False
    return True


def _best_replies(replies: fmpq_mat, shares: Sequence[Exact]) -> Mask:
    best, most = 0, None
    for b in range(replies.ncols()):
        total: Exact = fmpq(0)
        for a, x in enumerate(shares):
            if x:
                total = total + x * replies[a, b]
        turn = 1 if most is None else sign(total - most)
        if turn > 0:
            best, most = 0, total
        if turn >= 0:
            best |= 1 << b
    return best


def nash_components(
    game: Game, payoffs: Bimatrix, subsets: Sequence[NashSubset], found: RestStateAnswer
) -> tuple[NashComponent, ...]:
    """Return maximal Nash subsets in the words of the output, with the rest states that lie in them.

    Parameters
    ----------
    game : Game
        For the names.
    subsets : of its two players
    found : its rest states
    """
    equilibria = [p.id for p in found.points if p.nash] + [s.id for s in found.sets if s.nash]
    places = {
        name: [[x for own in game.space.shares(c) for x in own] for c in found.places.get(name, ())]
        for name in equilibria
    }
    result = []
    for k, subset in enumerate(subsets, 1):
        poll()
        exact = [game.space.coordinates((x.shares, y.shares)) for x in subset.first for y in subset.second]
        inside = []
        for name, corners in places.items():
            poll()
            if corners and holds(payoffs, subset, corners):
                inside.append(name)
        result.append(
            NashComponent(
                id=f"N{k}",
                support=_support(game, subset),
                dimension=affine_rank([v.shares for v in subset.first])
                + affine_rank([v.shares for v in subset.second]),
                corners=tuple(tuple(as_float(x) for x in corner) for corner in exact),
                exact=tuple(tuple(as_expression(x) for x in corner) for corner in exact),
                strict=_strict(subset),
                connected=subset.connected,
                pieces=tuple(inside),
            )
        )
    return tuple(result)


def _strict(subset: NashSubset) -> bool:
    """Whether it is a single state and each player loses by every other strategy."""
    return all(
        len(factor) == 1 and factor[0].played.bit_count() == factor[0].replies.bit_count() == 1
        for factor in (subset.first, subset.second)
    )


def _support(game: Game, subset: NashSubset) -> tuple[tuple[str, ...], ...]:
    result = []
    for population, factor in zip(game.populations, (subset.first, subset.second), strict=True):
        result.append(
            tuple(
                s.name for a, s in enumerate(population.strategies) if any(v.played >> a & 1 for v in factor)
            )
        )
    return tuple(result)

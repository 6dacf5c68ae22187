"""Which strategies can be played side by side: every product of supports, and a quick way to drop most."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from separatrix.analysis.affine_game import AffineGame, Support

__all__ = ["Dominance", "count_supports", "integer_rows", "supports"]


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
    """Tells supports on which one strategy earns more than another one wherever both are played.

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

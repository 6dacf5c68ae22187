"""Which strategies can be played side by side: every product of supports, and a quick way to drop most."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from flint import fmpq

from separatrix.analysis.affine.game import AffineGame, Support

__all__ = ["Dominance", "count_supports", "supports"]


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
        self._rows: list[list[tuple[int, int, tuple[tuple[fmpq, ...], ...]]]] = []
        for offset, size in zip(game.offsets, game.sizes, strict=True):
            pairs = []
            for a, b in itertools.combinations(range(size), 2):
                pairs.append((a, b, _differences(game, offset + a, offset + b)))
            self._rows.append(pairs)
        self._ranges: dict[tuple[int, int, int, int, tuple[int, ...]], tuple[fmpq, fmpq]] = {}

    def excludes(self, support: Support) -> bool:
        """Return whether some strategy is dominated by another one on `support`."""
        for i, pairs in enumerate(self._rows):
            played = set(support[i])
            for a, b, differences in pairs:
                if a in played and b in played and self._one_sided(i, a, b, differences, support):
                    return True
        return False

    def _one_sided(
        self, i: int, a: int, b: int, differences: tuple[tuple[fmpq, ...], ...], support: Support
    ) -> bool:
        low = high = fmpq(0)
        for j, played in enumerate(support):
            key = (i, a, b, j, played)
            ends = self._ranges.get(key)
            if ends is None:
                values = [differences[j][c] for c in played]
                ends = self._ranges[key] = min(values), max(values)
            low, high = low + ends[0], high + ends[1]
        return (low >= 0 and high > 0) or (high <= 0 and low < 0)


def _differences(game: AffineGame, a: int, b: int) -> tuple[tuple[fmpq, ...], ...]:
    """The coefficients of u_a - u_b, population by population."""
    return tuple(
        tuple(game.matrix[a, offset + c] - game.matrix[b, offset + c] for c in range(size))
        for offset, size in zip(game.offsets, game.sizes, strict=True)
    )

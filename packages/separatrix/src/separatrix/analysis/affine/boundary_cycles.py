"""Cycles of pure states along the boundary, each followed by the one state that invades it.

At every state of such a cycle exactly one strategy of one population grows, and on the edge that it opens
there is no rest state, so the edge leads to the next one.  The *characteristic matrix* C has a row for each
state of the cycle and a column for each strategy played somewhere on it, and holds the growth rate of the
strategy where it is not played, else 0.  If C·p < 0 for some p > 0, then the product of the shares to the
powers p falls along the cycle and the cycle attracts; if C·p > 0 for some p > 0, it repels (Hofbauer &
Sigmund 1998, theorem 17.5.1; Hofbauer 1994).  All other strategies must shrink along it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.affine_game import AffineGame
from separatrix.analysis.theorems import (
    CHARACTERISTIC_MATRIX,
    CONSERVED_QUANTITY,
    HETEROCLINIC_CYCLE,
    WEIGHTS_OF_CYCLE,
)
from separatrix.exact.copositivity import maximise
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["Cycle", "boundary_cycles"]

Profile = tuple[int, ...]
Direction = tuple[int, int]
"""A population and one of its strategies."""

LARGEST = 20_000


@dataclass(frozen=True)
class Cycle:
    """A heteroclinic cycle of pure states.

    Attributes
    ----------
    states : for each state the strategy of every population, in the order in which they are visited
    attracting : whether every orbit that starts near enough ends on it; None where that is open
    reason : the criterion that says so
    """

    states: tuple[Profile, ...]
    attracting: bool | None
    reason: str


def boundary_cycles(game: AffineGame) -> list[Cycle]:
    """Return the cycles of pure states, each with exactly one growing strategy.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> bad = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, -2, 1], [1, 0, -2], [-2, 1, 0]]))
    >>> [(cycle.states, cycle.attracting) for cycle in boundary_cycles(bad)]
    [(((0,), (1,), (2,)), True)]
    """
    if math.prod(game.sizes) > LARGEST:
        return []
    following: dict[Profile, Profile] = {}
    rates: dict[Profile, dict[Direction, fmpq]] = {}
    for profile in itertools.product(*(range(size) for size in game.sizes)):
        poll()
        rates[profile] = _rates(game, profile)
        growing = [d for d, rate in rates[profile].items() if rate > 0]
        if len(growing) == 1:
            (i, a) = growing[0]
            following[profile] = (*profile[:i], a, *profile[i + 1 :])
    for profile, after in list(following.items()):
        (i,) = (j for j in range(len(profile)) if profile[j] != after[j])
        if rates[after][i, profile[i]] >= 0:
            del following[profile]  # the edge holds a rest state, or more
    return [_judged(game, cycle, rates) for cycle in _loops(following)]


def _rates(game: AffineGame, profile: Profile) -> dict[Direction, fmpq]:
    """The growth rate of every strategy that is not played at a pure state."""
    columns = [offset + a for offset, a in zip(game.offsets, profile, strict=True)]
    result = {}
    for i, (offset, size) in enumerate(zip(game.offsets, game.sizes, strict=True)):
        here = sum((game.matrix[columns[i], c] for c in columns), fmpq(0))
        for a in range(size):
            if a != profile[i]:
                there = sum((game.matrix[offset + a, c] for c in columns), fmpq(0))
                result[i, a] = game.speeds[i] * (there - here)
    return result


def _loops(following: dict[Profile, Profile]) -> Iterator[tuple[Profile, ...]]:
    """The cycles of a map, each from its first state on."""
    seen: set[Profile] = set()
    for start in sorted(following):
        path: list[Profile] = []
        state: Profile | None = start
        while state is not None and state not in seen:
            seen.add(state)
            path.append(state)
            state = following.get(state)
        if state in path:
            loop = path[path.index(state) :]
            first = loop.index(min(loop))
            yield tuple(loop[first:] + loop[:first])


def _judged(
    game: AffineGame, cycle: tuple[Profile, ...], rates: dict[Profile, dict[Direction, fmpq]]
) -> Cycle:
    if any(rate == 0 for profile in cycle for rate in rates[profile].values()):
        return Cycle(cycle, None, say("a strategy is neutral at one of its states"))
    used = sorted({(i, a) for profile in cycle for i, a in enumerate(profile)})
    matrix = [[rates[profile].get(d, fmpq(0)) for d in used] for profile in cycle]
    if len(game.sizes) == 1 and len(cycle) == 3:
        return _triangle(cycle, matrix)
    if _sign_weights(matrix, -1):
        return Cycle(
            cycle,
            True,
            say(
                "weights p > 0 make the characteristic matrix C·p < 0 "
                "(Hofbauer & Sigmund 1998, theorem 17.5.1)"
            ).by(HETEROCLINIC_CYCLE, CHARACTERISTIC_MATRIX, WEIGHTS_OF_CYCLE),
        )
    if _sign_weights(matrix, 1):
        return Cycle(
            cycle,
            False,
            say(
                "weights p > 0 make the characteristic matrix C·p > 0, so it repels "
                "(Hofbauer & Sigmund 1998, theorem 17.5.1)"
            ).by(HETEROCLINIC_CYCLE, CHARACTERISTIC_MATRIX, WEIGHTS_OF_CYCLE),
        )
    if len(cycle) == 4 and not any(game.own_play):
        return Cycle(
            cycle,
            False,
            say("a conserved quantity keeps orbits beside it at their distance").by(CONSERVED_QUANTITY),
        )
    return Cycle(
        cycle,
        None,
        say("no weights give the characteristic matrix one sign: attraction is balanced").by(
            CHARACTERISTIC_MATRIX
        ),
    )


def _triangle(cycle: tuple[Profile, ...], matrix: list[list[fmpq]]) -> Cycle:
    """Three strategies: one product decides (Hofbauer & Sigmund 1998, section 7.7)."""
    inflow, outflow = fmpq(1), fmpq(1)
    for row in matrix:
        inflow *= -min(row)
        outflow *= max(row)
    if inflow == outflow:
        return Cycle(
            cycle,
            False,
            say(
                "the product of its rates of attraction equals that of its rates of repulsion: orbits of the "
                "three strategies beside it are closed"
            ),
        )
    if inflow > outflow:
        return Cycle(
            cycle, True, say("the product of its rates of attraction exceeds that of its rates of repulsion")
        )
    return Cycle(
        cycle, False, say("the product of its rates of repulsion exceeds that of its rates of attraction")
    )


def _sign_weights(matrix: list[list[fmpq]], sign: int) -> bool:
    """Whether sign·C·p > 0 for some p > 0; by homogeneity, sign·C·p >= 1 and p >= 1."""
    at_most = []
    for row in matrix:
        total = sum(row, fmpq(0)) * sign
        at_most.append(([-sign * v for v in row], total - 1))  # p = 1 + q, q >= 0
    return maximise([fmpq(0)] * len(matrix[0]), at_most) is not None

"""Every rest state of a game with payoffs affine in the shares, support by support, in fractions.

On a support the payoffs of the strategies that a population plays are equal: linear equations.  One
solution that is positive everywhere is a rest point.  With more solutions, those that are nowhere
negative form a polytope, whose corners are found by trying every smaller support; it has states that are
positive everywhere exactly if every strategy is played at some corner.  A rest point is isolated unless it is
in one of these polytopes.  Hofbauer and Sigmund (1998), chapters 7 and 10.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.oracles.exact_linear import solve
from core.oracles.share_games import ShareGame, value

__all__ = ["Continuum", "RestStates", "rest_states"]

State = tuple[Fraction, ...]
Support = frozenset[int]


@dataclass(frozen=True)
class Continuum:
    """All rest states with one support, where they are more than a point; ``corners`` of its closure."""

    support: Support
    dimension: int
    corners: tuple[State, ...]

    def middle(self, weights: Sequence[Fraction | int] | None = None) -> State:
        """Return a state of it: a mixture of all corners, with positive weights."""
        chosen = [Fraction(w) for w in weights or [1] * len(self.corners)]
        total = sum(chosen)
        columns = zip(*self.corners, strict=True)
        return tuple(
            sum((w * c for w, c in zip(chosen, column, strict=True)), Fraction(0)) / total
            for column in columns
        )


@dataclass(frozen=True)
class RestStates:
    """Isolated rest points, continua, and the pure states that are not isolated."""

    isolated: tuple[State, ...]
    continua: tuple[Continuum, ...]
    pure_on_continua: tuple[State, ...]


def supports(game: ShareGame) -> Iterator[Support]:
    """Yield every choice of strategies that are played, the pure ones first."""
    choices = [
        [
            c
            for size in range(1, len(game.members(i)) + 1)
            for c in itertools.combinations(game.members(i), size)
        ]
        for i in range(len(game.sizes))
    ]
    found = [frozenset(k for part in parts for k in part) for parts in itertools.product(*choices)]
    yield from sorted(found, key=len)


def _equations(game: ShareGame, support: Support, played: Sequence[int]) -> list[list[Fraction | int]]:
    """Equal payoffs on `support`, and shares that add up to one, for states that play `played` at most."""
    column = {k: c for c, k in enumerate(played)}
    rows: list[list[Fraction | int]] = []
    for i in range(len(game.sizes)):
        members = [k for k in game.members(i) if k in support]
        rows.append([*(int(k in members) for k in played), 1])
        for k in members[1:]:
            row: list[Fraction | int] = [0] * (len(played) + 1)
            for sign, strategy in ((1, k), (-1, members[0])):
                for monomial, coefficient in game.flat[strategy].items():
                    if not monomial:
                        row[-1] -= sign * coefficient
                    elif monomial[0] in column:
                        row[column[monomial[0]]] += sign * coefficient
            rows.append(row)
    return rows


def _spread(game: ShareGame, played: Sequence[int], values: Sequence[Fraction]) -> State:
    state = [Fraction(0)] * len(game.owner)
    for k, v in zip(played, values, strict=True):
        state[k] = v
    return tuple(state)


def _only_state(game: ShareGame, support: Support, played: Support) -> State | None:
    """The state that plays exactly `played` and has equal payoffs on `support`, if there is just one."""
    order = sorted(played)
    found = solve(_equations(game, support, order), len(order))
    if found is None or found.free or any(v <= 0 for v in found.point):
        return None
    return _spread(game, order, found.point)


def _corners(game: ShareGame, support: Support) -> tuple[State, ...]:
    smaller = (s for s in supports(game) if s <= support)
    return tuple(state for s in smaller if (state := _only_state(game, support, s)) is not None)


def is_rest(game: ShareGame, support: Support, state: Sequence[Fraction]) -> bool:
    """Whether a state plays nothing outside `support` and all payoffs on it are equal."""
    if any(state[k] for k in range(len(state)) if k not in support):
        return False
    for i in range(len(game.sizes)):
        earned = {value(game.flat[k], state) for k in game.members(i) if k in support}
        if len(earned) > 1:
            return False
    return True


def rest_states(game: ShareGame) -> RestStates:
    """Return every rest state of a game whose payoffs are affine in the shares."""
    assert game.degree <= 1, "payoffs must be affine in the shares"
    points: list[State] = []
    continua: list[Continuum] = []
    for support in supports(game):
        order = sorted(support)
        found = solve(_equations(game, support, order), len(order))
        if found is None:
            continue
        if not found.free:
            if all(v > 0 for v in found.point):
                points.append(_spread(game, order, found.point))
            continue
        corners = _corners(game, support)
        if all(any(c[k] for c in corners) for k in support) and corners:
            continua.append(Continuum(support, found.free, corners))
    in_some = [any(is_rest(game, c.support, p) for c in continua) for p in points]
    return RestStates(
        tuple(p for p, inside in zip(points, in_some, strict=True) if not inside),
        tuple(continua),
        tuple(p for p, inside in zip(points, in_some, strict=True) if inside and set(p) <= {0, 1}),
    )

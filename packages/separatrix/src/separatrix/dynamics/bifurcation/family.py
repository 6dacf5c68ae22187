"""A game along one of its parameters: payoffs as quotients of polynomials in the shares and that parameter.

On the face of a support the free shares are those of all played strategies but the last of each population.
A state of the open face rests where g_a = 0 for each of them, g_a being the payoff of strategy a minus that
of the last played one; a strategy b that is not played has the eigenvalue speed·g_b, and along the face the
Jacobian is speed·x_a·(∂g_a - Σ_c x_c ∂g_c).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.fitness import last_shares, strategy_payoffs
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

__all__ = ["Face", "GameFamily", "Support", "family_of"]

Support = tuple[tuple[int, ...], ...]
"""The played strategies of each population, by index."""

MOST_FACES = 1_100
"""Past which numbers alone are used, for want of time. Ten strategies of one population have 1,023."""


@dataclass(frozen=True, eq=False)
class GameFamily:
    """The payoffs of a game, all parameters but one being numbers.

    Attributes
    ----------
    game : Game
    over : str
        The parameter that varies: the last variable of every ring.
    ring : Ring
        The shares of all strategies but the last of each population, and the parameter.
    payoffs : ``payoffs[i][a]`` is what strategy a of population i earns
    speeds : one factor a population
    """

    game: Game
    over: str
    ring: Ring
    payoffs: tuple[tuple[Ratio, ...], ...]
    speeds: tuple[Ratio, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        return self.game.space.sizes

    @cached_property
    def faces(self) -> Mapping[Support, Face]:
        """Every face of the state space, those of fewer strategies first.

        Raises
        ------
        ArithmeticError
            Where there are too many.
        """
        choices = [
            [s for m in range(1, size + 1) for s in itertools.combinations(range(size), m)]
            for size in self.sizes
        ]
        count = 1
        for options in choices:
            count *= len(options)
        if count > MOST_FACES:
            raise ArithmeticError("too many faces")
        supports = sorted(itertools.product(*choices), key=lambda s: sum(map(len, s)))
        return {support: Face(self, support) for support in supports}


@dataclass(frozen=True, eq=False)
class Face:
    """The open face of a support, and its rest states.

    Its ring holds the free shares, then the parameter.
    """

    family: GameFamily
    support: Support

    @cached_property
    def free(self) -> tuple[tuple[int, int], ...]:
        """Population and strategy of each free share."""
        return tuple((i, a) for i, played in enumerate(self.support) for a in played[:-1])

    @property
    def dimension(self) -> int:
        """How many shares are free."""
        return len(self.free)

    @cached_property
    def ring(self) -> Ring:
        """The free shares and the parameter."""
        return Ring((*(f"{i}:{a}" for i, a in self.free), self.family.over))

    @cached_property
    def shares(self) -> tuple[tuple[Ratio, ...], ...]:
        """The share of every strategy on the face."""
        rows = []
        for i, played in enumerate(self.support):
            row = [self.ring.constant(0)] * self.family.sizes[i]
            rest = self.ring.constant(1)
            for a in played[:-1]:
                row[a] = self.ring.variable(f"{i}:{a}")
                rest = rest - row[a]
            row[played[-1]] = rest
            rows.append(tuple(row))
        return tuple(rows)

    @cached_property
    def state(self) -> tuple[Ratio, ...]:
        """The shares in the order of the game's: one for two strategies, else one a strategy."""
        return self.family.game.space.coordinates(self.shares)

    @cached_property
    def _images(self) -> list[fmpq_mpoly]:
        images = [share.numerator for row in self.shares for share in row[:-1]]
        return [*images, self.ring.variable(self.family.over).numerator]

    def restrict(self, value: Ratio) -> Ratio:
        """Return a quotient of the family on this face."""
        context = self.ring.context
        above = value.numerator.compose(*self._images, ctx=context)
        below = value.denominator.compose(*self._images, ctx=context)
        if not below:
            raise ArithmeticError("a payoff has a pole on a whole face")
        return self.ring.ratio(above, below)

    def gain(self, i: int, a: int) -> Ratio:
        """Return what strategy a of population i earns more than the last played one."""
        row = self.family.payoffs[i]
        return self.restrict(row[a] - row[self.support[i][-1]])

    @cached_property
    def equations(self) -> tuple[Ratio, ...]:
        """What vanishes where a state of the open face rests, one for each free share."""
        return tuple(self.gain(i, a) for i, a in self.free)

    @cached_property
    def absent(self) -> tuple[tuple[int, int], ...]:
        """Population and strategy of what is not played."""
        return tuple(
            (i, b)
            for i, size in enumerate(self.family.sizes)
            for b in range(size)
            if b not in self.support[i]
        )

    @cached_property
    def growths(self) -> tuple[Ratio, ...]:
        """For each absent strategy what has the sign of its eigenvalue at a rest point."""
        return tuple(self.gain(i, b) for i, b in self.absent)

    @cached_property
    def speeds(self) -> tuple[Ratio, ...]:
        """The speeds, in the ring of the face."""
        return tuple(self.restrict(s) for s in self.family.speeds)

    @cached_property
    def slopes(self) -> tuple[tuple[Ratio, ...], ...]:
        """Derivatives of the equations (rows) by the free shares."""
        return tuple(tuple(g.derivative(k) for k in range(self.dimension)) for g in self.equations)

    @cached_property
    def rates(self) -> tuple[Ratio, ...]:
        """The rate of change of each free share."""
        result = []
        for k, (i, a) in enumerate(self.free):
            mean = self.ring.constant(0)
            for m, (j, c) in enumerate(self.free):
                if i == j:
                    mean = mean + self.shares[j][c] * self.equations[m]
            result.append(self.speeds[i] * self.shares[i][a] * (self.equations[k] - mean))
        return tuple(result)

    @cached_property
    def block(self) -> tuple[tuple[Ratio, ...], ...]:
        """The Jacobian along the face at its rest points."""
        rows = []
        for k, (i, a) in enumerate(self.free):
            mates = [(m, c) for m, (j, c) in enumerate(self.free) if j == i]
            row = []
            for t in range(self.dimension):
                rest = self.slopes[k][t]
                for m, c in mates:
                    rest = rest - self.shares[i][c] * self.slopes[m][t]
                row.append(self.speeds[i] * self.shares[i][a] * rest)
            rows.append(tuple(row))
        return tuple(rows)

    @cached_property
    def affine(self) -> bool:
        """Whether the equations are linear in the free shares."""
        free = self.dimension
        for g in self.equations:
            if any(g.denominator.degrees()[:free]):
                return False
            if any(sum(e[:free]) > 1 for e in g.numerator.monoms()):
                return False
        return True


def family_of(game: Game, known: Mapping[str, Fraction], over: str) -> GameFamily:
    """Return a game along a parameter.

    Parameters
    ----------
    game : Game
    known : mapping of parameter to number
        Of all parameters but `over`.
    over : str

    Raises
    ------
    ComesLater
        A501, A503 if a payoff is not a rational function of the shares and of the parameter, with rational
        coefficients; A502 if the parameter gives the size of a group.
    InputError
        S002, S003 for expressions that are too long or divide by zero.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": 2, "c": 3}})
    >>> family = family_of(game, {"v": Fraction(2)}, "c")
    >>> family.faces[((0, 1),)].equations[0].numerator
    -v0*v1 + 2
    """
    names = [share for p in game.populations for share in p.free_shares]
    ring = Ring((*names, over), rational=True)
    numbers: dict[str, Expression] = {n: Number(v) for n, v in known.items() if n != over}
    meanings = last_shares(game, ring)
    needed = _needed(game, known)
    for name, expression in game.lets.items():
        if name not in game.moving_lets and name in needed:
            meanings[name] = ring.read(substitute(expression, numbers), meanings)

    def read(expression: Expression) -> Ratio:
        return ring.read(substitute(expression, numbers), meanings)

    payoffs = strategy_payoffs(game, {n: v for n, v in known.items() if n != over})
    rows = tuple(tuple(read(u) for u in row) for row in payoffs)
    speeds = tuple(read(s) for s in game.speeds)
    return GameFamily(game, over, ring, rows, speeds)


def _needed(game: Game, known: Mapping[str, Fraction]) -> set[str]:
    """The shorthands that payoffs and speeds use, also by way of others."""
    expressions = [u for row in strategy_payoffs(game, known) for u in row] + list(game.speeds)
    needed: set[str] = set()
    pending = [n for e in expressions for n in names_in(e)]
    while pending:
        name = pending.pop()
        if name in game.lets and name not in needed:
            needed.add(name)
            pending.extend(names_in(game.lets[name]))
    return needed

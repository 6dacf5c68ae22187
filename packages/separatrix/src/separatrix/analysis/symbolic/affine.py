"""A game whose payoffs are affine in the shares, with parameters for numbers."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.payoff_quotients import Formulas, formulas_of
from separatrix.analysis.symbolic.cube import poles_of
from separatrix.errors import ComesLater
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.tree import Expression, Name, number, subtract, to_text
from separatrix.game.fitness import last_shares
from separatrix.game.model import AdvantageForm, Game, ReplicatorForm
from separatrix.run.cached_property import cached_property

__all__ = ["AffineSymbols", "Strategy", "affine_symbols", "read_formulas"]

Strategy = tuple[int, int]
"""A population and the index of one of its strategies."""

Matrix = tuple[tuple[Ratio, ...], ...]


@dataclass(frozen=True, eq=False)
class AffineSymbols:
    """Payoffs u = M x up to what all strategies of a population earn alike; x holds every share.

    Attributes
    ----------
    game : Game
    ring : Ring
        In the game's parameters.
    speeds : one positive factor a population
    rows : ``rows[i][a][k]`` is the coefficient of share number k in the payoff of strategy a of
        population i, minus that of its first strategy
    poles : denominators in the payoffs; where one vanishes there is no game
    """

    game: Game
    ring: Ring
    speeds: tuple[Ratio, ...]
    rows: tuple[Matrix, ...]
    poles: tuple[fmpq_mpoly, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        return self.game.space.sizes

    @property
    def tabled(self) -> bool:
        """Whether these are payoffs of a game, not advantages or equations alone."""
        return not isinstance(self.game.form, AdvantageForm | ReplicatorForm)

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        return tuple(
            any(
                self.gain((i, a), (i, 0), (i, b)) != self.gain((i, a), (i, 0), (i, 0))
                for a in range(size)
                for b in range(size)
            )
            for i, size in enumerate(self.sizes)
        )

    def gain(self, one: Strategy, other: Strategy, met: Strategy) -> Ratio:
        """Return the coefficient of the share of `met` in the payoff of `one` minus that of `other`."""
        column: int = self.game.space.strategy_slices[met[0]].start + met[1]
        rows = self.rows[one[0]]
        return rows[one[1]][column] - rows[other[1]][column]

    def share(self, strategy: Strategy) -> Expression:
        """Return the share of a strategy: ``x`` and ``1 - x``, or one of the k shares of more than two."""
        population = self.game.populations[strategy[0]]
        if population.binary:
            x = Name(population.share)
            return x if strategy[1] == 0 else subtract(number(1), x)
        return Name(population.shares[strategy[1]])


def read_formulas(game: Game) -> Formulas:
    """Return the payoffs in the shares and the parameters.

    Raises
    ------
    ComesLater
        A501 where they are not rational in the parameters, A503 where they are not in the shares, A502
        for a group whose size is a symbol.
    """
    formulas = formulas_of(game)
    if formulas is None:
        raise ComesLater(
            "A503",
            "some payoff is no rational function of the shares, or too long to expand: its analysis in "
            "symbols comes later",
            hint="give the parameters values and leave out --symbolic",
        )
    for expression in formulas.opaque.values():
        raise ComesLater(
            "A501",
            f"`{to_text(expression)}` is not a rational function of the parameters; its exact symbolic "
            "analysis comes later",
            hint="give the parameters values and leave out --symbolic",
        )
    return formulas


def affine_symbols(formulas: Formulas) -> AffineSymbols | None:
    """Return the game as a matrix over the parameters; None where some advantage is not affine.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": {}, "c": {}}})
    >>> table = affine_symbols(read_formulas(game))
    >>> table.gain((0, 0), (0, 1), (0, 0)).numerator
    v0 - v1
    """
    game = formulas.game
    ring = Ring(game.parameters)
    shares = len(game.shares)
    last = _last_shares(formulas)
    starts = [place.start for place in game.space.strategy_slices]
    width = sum(game.space.sizes)
    # Which share number each variable of the ring stands for.
    column = [starts[i] + a for i, a in game.space.strategies]
    rows = []
    for i, payoffs in enumerate(formulas.payoffs):
        home = next((j for j in range(len(starts)) if j != i), i)
        constant_columns = [starts[home] + b for b in range(len(game.populations[home].strategies))]
        matrix = []
        for payoff in payoffs:
            advantage = _reduced(payoff - payoffs[0], last, shares)
            if any(advantage.denominator.degrees()[:shares]):
                return None
            below = _slice(ring, advantage.denominator.to_dict(), shares)
            parts: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(width)]
            for exponents, coefficient in advantage.numerator.to_dict().items():
                degree = sum(exponents[:shares])
                if degree > 1:
                    return None
                at = [column[exponents[:shares].index(1)]] if degree else constant_columns
                for k in at:
                    parts[k][exponents[shares:]] = parts[k].get(exponents[shares:], fmpq(0)) + coefficient
            matrix.append(tuple(_quotient(ring, part, below) for part in parts))
        rows.append(tuple(matrix))
    speeds = []
    for speed in formulas.speeds:
        below = _slice(ring, speed.denominator.to_dict(), shares)
        speeds.append(_quotient(ring, {e[shares:]: c for e, c in speed.numerator.to_dict().items()}, below))
    return AffineSymbols(game, ring, tuple(speeds), tuple(rows), poles_of(formulas, ring))


def _slice(ring: Ring, terms: dict[tuple[int, ...], fmpq], shares: int) -> fmpq_mpoly:
    return ring.context.from_dict({e[shares:]: c for e, c in terms.items()})


def _quotient(ring: Ring, terms: dict[tuple[int, ...], fmpq], below: fmpq_mpoly) -> Ratio:
    return ring.ratio(ring.context.from_dict(terms), below)


def _last_shares(formulas: Formulas) -> dict[int, fmpq_mpoly]:
    """The variable of the last of k > 2 shares -> one minus the other shares."""
    game = formulas.game
    return {
        game.shares.index(name): rest.numerator
        for name, rest in last_shares(game, formulas.ring).items()
        if rest.value is None
    }


def _reduced(value: Ratio, last: dict[int, fmpq_mpoly], shares: int) -> Ratio:
    """Write the last shares out, where only that can show that a quotient is affine."""
    ring = value.ring
    used = value.numerator.degrees()
    degree = max((sum(e[:shares]) for e in value.numerator.to_dict()), default=0)
    if degree <= 1 or not any(used[k] for k in last):
        return value
    images = [last.get(k, variable) for k, variable in enumerate(ring.context.gens())]
    return ring.ratio(value.numerator.compose(*images), value.denominator)

"""Payoffs of every strategy at exact numbers, as functions of the state: what all routes start from.

The state has one share a strategy, K in all; those of a population add up to one.  Payoffs are kept in
*reduced* coordinates, in which the last share of each population is written out as one minus the others:
so two payoffs are the same function exactly if they are the same quotient of polynomials.

A game whose payoffs are affine in the shares, at exact numbers.

From a game and exact parameter values to the payoffs of every strategy as functions of the state.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Irrational
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.model import (
    AdvantageForm,
    Game,
    Population,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
    StateSpace,
)
from separatrix.game.values import evaluate_in, place_of, within_range
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "AffineGame",
    "Field",
    "Support",
    "affine_table",
    "field_of",
    "field_speeds",
    "is_constant_table",
    "mixing",
    "unplayed",
]

Support = tuple[tuple[int, ...], ...]
"""For each population the strategies that are played, as ascending indices into its own strategies."""


def mixing(support: Support) -> tuple[int, ...]:
    """Return the indices of the populations in which more than one strategy is played."""
    return tuple(i for i, played in enumerate(support) if len(played) > 1)


def unplayed(sizes: Sequence[int], support: Support) -> Iterator[tuple[int, int]]:
    """Yield the populations and strategies that are not in a support."""
    for i, (size, played) in enumerate(zip(sizes, support, strict=True)):
        yield from ((i, a) for a in range(size) if a not in played)


@dataclass(frozen=True, eq=False)
class AffineGame:
    """Payoffs u = M x, where x holds all shares, one a strategy, population by population.

    Attributes
    ----------
    sizes : strategies of each population
    speeds : positive speed of each population
    matrix : (K, K) with K = sum(sizes); row = own strategy, column = share it is multiplied by.
        Constants are written as multiples of a sum of shares that is one.

    Examples
    --------
    >>> hawk_dove = AffineGame((2,), (fmpq(1),), fmpq_mat([[-1, 4], [0, 2]]))
    >>> hawk_dove.payoffs((fmpq(2, 3), fmpq(1, 3)))
    (2/3, 2/3)
    """

    sizes: tuple[int, ...]
    speeds: tuple[fmpq, ...]
    matrix: fmpq_mat

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The index of each population's first share."""
        return tuple(place.start for place in self.space.strategy_slices)

    def block(self, i: int, j: int) -> fmpq_mat:
        """Return what the strategies of population i earn per share of population j's."""
        rows, columns = self.offsets[i], self.offsets[j]
        return fmpq_mat(
            [[self.matrix[rows + a, columns + b] for b in range(self.sizes[j])] for a in range(self.sizes[i])]
        )

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        result = []
        for i, size in enumerate(self.sizes):
            own = self.block(i, i)
            result.append(
                any(own[a, b] - own[0, b] != own[a, 0] - own[0, 0] for a in range(size) for b in range(size))
            )
        return tuple(result)

    def payoffs(self, state: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
        """Return the payoff of every strategy at a state of K shares."""
        column = self.matrix * fmpq_mat([[x] for x in state])
        return tuple(column[a, 0] for a in range(len(state)))

    def indices(self, support: Support) -> Iterator[int]:
        """Yield the indices, among all K shares, of the strategies in a support."""
        for offset, played in zip(self.offsets, support, strict=True):
            yield from (offset + a for a in played)

    def face(self, support: Support) -> AffineGame:
        """Return the game of the strategies in a support."""
        kept = list(self.indices(support))
        matrix = fmpq_mat([[self.matrix[a, b] for b in kept] for a in kept])
        return AffineGame(tuple(len(own) for own in support), self.speeds, matrix)


@dataclass(frozen=True, eq=False)
class Field:
    """The payoffs of a game at exact parameter values.

    Attributes
    ----------
    sizes : strategies of each population
    speeds : positive speed of each population
    ring : the reduced coordinates: for population i the shares of its first ``sizes[i] - 1`` strategies
    payoffs : ``payoffs[i][a]`` is what strategy a of population i earns, a quotient in `ring`
    tabled : whether these are payoffs of a game; where only advantages or equations were given, they are
        payoffs that move the shares alike, and no more

    A state satisfies x_a' = speed · x_a · (payoff of a - average payoff of its population).
    """

    sizes: tuple[int, ...]
    speeds: tuple[fmpq, ...]
    ring: Ring
    payoffs: tuple[tuple[Ratio, ...], ...]
    tabled: bool = True

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The index of each population's first reduced coordinate."""
        return tuple(sum(self.sizes[:i]) - i for i in range(len(self.sizes)))

    @cached_property
    def spans(self) -> tuple[range, ...]:
        """The reduced coordinates of each population."""
        return tuple(range(o, o + size - 1) for o, size in zip(self.offsets, self.sizes, strict=True))

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """The population of each reduced coordinate."""
        return tuple(i for i, size in enumerate(self.sizes) for _ in range(size - 1))

    def advantage(self, i: int, a: int, b: int) -> Ratio:
        """Return the payoff of strategy a of population i minus that of its strategy b."""
        return self.payoffs[i][a] - self.payoffs[i][b]

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        return tuple(
            any(
                used and self.owner[k] == i
                for a in range(1, self.sizes[i])
                for k, used in enumerate(_used(self.advantage(i, a, 0)))
            )
            for i in range(len(self.sizes))
        )

    @cached_property
    def rational_only(self) -> bool:
        """Whether some payoff has shares in a denominator."""
        return any(any(u.denominator.degrees()) for row in self.payoffs for u in row)

    @cached_property
    def degree(self) -> int:
        """The largest total degree of an advantage's numerator."""
        return max(
            (
                int(self.advantage(i, a, 0).numerator.total_degree())
                for i, size in enumerate(self.sizes)
                for a in range(1, size)
                if not self.advantage(i, a, 0).is_zero
            ),
            default=0,
        )

    @cached_property
    def corners(self) -> tuple[dict[tuple[int, ...], Fraction], ...] | None:
        """Advantages where every share is 0 or 1, if they say everything: two strategies, multilinear.

        ``corners[i]`` maps the shares of the other populations, or for one population against itself its
        own share, to speed times advantage: to change at another speed is to earn so many times as much.
        None where some payoff is not linear in each of these shares, or depends on others.
        """
        if not self.space.binary or self.rational_only:
            return None
        n = len(self.sizes)
        result = []
        for i in range(n):
            numerator = (self.advantage(i, 0, 1)).numerator
            met = [i] if n == 1 else [j for j in range(n) if j != i]
            terms = numerator.to_dict()
            if any(e > (1 if j in met else 0) for exponents in terms for j, e in enumerate(exponents)):
                return None
            table = {}
            for corner in itertools.product((0, 1), repeat=len(met)):
                at = dict(zip(met, corner, strict=True))
                total = (
                    sum(
                        (
                            v
                            for exponents, v in terms.items()
                            if all(at[j] for j, e in enumerate(exponents) if e)
                        ),
                        fmpq(0),
                    )
                    * self.speeds[i]
                )
                table[corner] = Fraction(int(total.p), int(total.q))
            result.append(table)
        return tuple(result)

    @cached_property
    def affine(self) -> AffineGame | None:
        """The game as a matrix where all advantages are affine in the shares, else None."""
        if self.rational_only or self.degree > 1:
            return None
        width = sum(self.sizes)
        starts = [sum(self.sizes[:i]) for i in range(len(self.sizes))]
        rows = []
        for i, size in enumerate(self.sizes):
            home = next((j for j in range(len(self.sizes)) if j != i), i)
            for a in range(size):
                row = [fmpq(0)] * width
                for exponents, value in self.advantage(i, a, 0).numerator.to_dict().items():
                    if not any(exponents):
                        for b in range(self.sizes[home]):
                            row[starts[home] + b] += value
                        continue
                    k = next(k for k, e in enumerate(exponents) if e)
                    j = self.owner[k]
                    row[starts[j] + k - self.offsets[j]] += value
                rows.append(row)
        return AffineGame(self.sizes, self.speeds, fmpq_mat(rows))


def _used(value: Ratio) -> list[bool]:
    above, below = value.numerator.degrees(), value.denominator.degrees()
    # the zero polynomial has degree -1
    return [a > 0 or b > 0 for a, b in zip(above, below, strict=True)]


Index = tuple[int, ...]


def field_of(game: Game, known: Mapping[str, Fraction]) -> Field:
    """Return the payoffs of a game at exact numbers.

    Parameters
    ----------
    game : Game
    known : mapping of parameter and shorthand to number

    An irrational constant in a payoff is replaced by a rational approximation, and its ring is `rounded`.

    Raises
    ------
    ComesLater
        A503 for payoffs that are not rational functions of the state.
    InputError
        S003, S004 where a payoff divides by zero or is not rational at these values.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> field = field_of(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}), {})
    >>> field.advantage(0, 0, 1).numerator
    -3*v0 + 2
    """
    ring = Ring(name for p in game.populations for name in p.free_shares)
    sizes = game.space.sizes
    if is_constant_table(game):
        payoffs = _from_table(game, known, ring, sizes)
    else:
        payoffs = _from_formulas(game, known, ring)
    return Field(
        sizes,
        _speeds(game, known),
        ring,
        payoffs,
        tabled=not isinstance(game.form, AdvantageForm | ReplicatorForm),
    )


def _speeds(game: Game, known: Mapping[str, Fraction]) -> tuple[fmpq, ...]:
    return tuple(map(rational, field_speeds(game, known)))


def field_speeds(game: Game, known: Mapping[str, Fraction]) -> tuple[Fraction, ...]:
    """Return the speed of each population.

    Raises
    ------
    InputError
        V301 for a speed that is not positive.
    """
    result = []
    for population, speed in zip(game.populations, game.speeds, strict=True):
        value = evaluate_in(game, f"the speed of {population.name}", speed, known)
        if value <= 0:
            raise InputError("V301", f"the speed of {population.name} is {value}; speeds are positive")
        result.append(value)
    return tuple(result)


def _entries(game: Game) -> list[Expression]:
    form = game.form
    if isinstance(form, ProfileTable):
        return [e for row in form.pay.values() for e in row]
    return [e for row in form.rows for e in row] if isinstance(form, SelfMatrix) else []


def is_constant_table(game: Game) -> bool:
    """Whether the payoffs are a table whose entries do not depend on the state."""
    entries, shares = _entries(game), set(game.shares)
    return bool(entries) and not any(shares.intersection(names_in(e)) for e in entries)


# --------------------------------------------------------------------------- tables


def affine_table(game: Game, known: Mapping[str, Fraction]) -> AffineGame | None:
    """Return the game of a payoff table of one or two populations; None where it is of another kind.

    The same as the `Field.affine` of `field_of`, without polynomials in hundreds of shares; also None where
    an entry is an irrational constant.
    """
    if len(game.populations) > 2 or not is_constant_table(game):
        return None
    sizes = game.space.sizes
    form, width = game.form, sum(sizes)
    rows: list[list[fmpq]] = []
    for i, (population, size) in enumerate(zip(game.populations, sizes, strict=True)):
        what = f"a payoff of {population.name}"
        met = i if game.plays_itself else 1 - i
        offset = 0 if met == 0 else sizes[0]
        first: list[fmpq] = []
        for a in range(size):
            poll()
            row = [fmpq(0)] * width
            for b in range(sizes[met]):
                if isinstance(form, SelfMatrix):
                    entry = form.rows[a][b]
                else:
                    entry = game.pay[(a, b) if i == 0 else (b, a)][i]
                value = evaluate_in(game, what, entry, known)
                if isinstance(value, Irrational):
                    return None
                row[offset + b] = rational(value)
            first = first or row
            rows.append([u - v for u, v in zip(row, first, strict=True)])
    return AffineGame(sizes, _speeds(game, known), fmpq_mat(rows))


def _from_table(
    game: Game, known: Mapping[str, Fraction], ring: Ring, sizes: Index
) -> tuple[tuple[Ratio, ...], ...]:
    """Expected payoffs of a table: multilinear, written out by differences along each axis."""
    form = game.form
    result = []
    for i, population in enumerate(game.populations):
        what = f"a payoff of {population.name}"
        met = [i] if game.plays_itself else [j for j in range(len(sizes)) if j != i]
        row = []
        for own in range(sizes[i]):
            poll()
            table: dict[Index, fmpq] = {}
            for others in itertools.product(*(range(sizes[j]) for j in met)):
                if isinstance(form, SelfMatrix):
                    entry = form.rows[own][others[0]]
                else:
                    entry = game.pay[(*others[:i], own, *others[i:])][i]
                table[others] = ring.number(evaluate_in(game, what, entry, known))
            row.append(_multilinear(ring, sizes, met, table))
        result.append(tuple(row))
    return tuple(result)


def _multilinear(ring: Ring, sizes: Index, met: list[int], table: dict[Index, fmpq]) -> Ratio:
    for axis, j in enumerate(met):
        last = sizes[j] - 1
        for index in table:
            if index[axis] != last:
                table[index] = table[index] - table[(*index[:axis], last, *index[axis + 1 :])]
    starts = [sum(sizes[:j]) - j for j in range(len(sizes))]
    terms = {}
    for index, value in table.items():
        if value != 0:
            exponents = [0] * len(ring.names)
            for axis, j in enumerate(met):
                if index[axis] != sizes[j] - 1:
                    exponents[starts[j] + index[axis]] = 1
            terms[tuple(exponents)] = value
    return ring.ratio(ring.context.from_dict(terms))


# --------------------------------------------------------------------------- formulas


def _from_formulas(game: Game, known: Mapping[str, Fraction], ring: Ring) -> tuple[tuple[Ratio, ...], ...]:
    from separatrix.game.fitness import last_shares, strategy_payoffs

    numbers: dict[str, Expression] = {name: Number(value) for name, value in known.items()}
    written_out = last_shares(game, ring)
    result = []
    for population, row in zip(game.populations, strategy_payoffs(game, known), strict=True):
        payoffs = []
        for strategy, expression in zip(population.strategies, row, strict=True):
            what = f"the payoff of `{strategy.name}` of {population.name}"
            try:
                payoff = ring.read(substitute(expression, numbers), written_out)
                for coefficient in (*payoff.numerator.coeffs(), *payoff.denominator.coeffs()):
                    within_range(Fraction(int(coefficient.p), int(coefficient.q)), "a coefficient")
                payoffs.append(payoff)
            except ComesLater as problem:
                part = problem.message.partition(" is not ")[0]
                raise ComesLater(
                    "A503",
                    f"{what} contains {part}, which is not a rational function of the shares",
                    hint="sums, products, quotients and whole powers of the shares can be analysed",
                ) from None
            except InputError as problem:
                if problem.where is None:
                    problem.where = place_of(game, what, expression)
                raise
        if isinstance(game.form, ReplicatorForm):
            _require_whole(population, payoffs, ring, written_out)
        result.append(tuple(payoffs))
    return tuple(result)


def _require_whole(
    population: Population, growth: list[Ratio], ring: Ring, written_out: Mapping[str, Ratio]
) -> None:
    """Refuse equations that leave the state space: an unplayed strategy must stay unplayed."""
    _require_faces_kept(population, growth, ring)
    if len(growth) == 2:
        return
    total = ring.constant(0)
    for share, rate in zip(population.shares, growth, strict=True):
        total = total + (written_out.get(share) or ring.variable(share)) * rate
    if not total.is_zero:
        raise ComesLater(
            "A503",
            f"the equations of {population.name} do not add up to zero, so its shares would not stay a "
            "whole: such equations are not replicator equations",
        )


def _require_faces_kept(population: Population, growth: list[Ratio], ring: Ring) -> None:
    one = ring.constant(1)
    for share, rate in zip(population.shares, growth, strict=False):
        if share not in ring.names:
            continue
        own = ring.variable(share)
        ends = [(own, 0)] if len(growth) > 2 else [(own, 0), (one - own, 1)]
        for factor, end in ends:
            common = rate.denominator.gcd(factor.numerator)
            if not common.is_constant():
                raise ComesLater(
                    "A503",
                    f"the equation of {share} is not 0 where {share} = {end}, so states would leave "
                    "the state space: that is not a replicator equation",
                )

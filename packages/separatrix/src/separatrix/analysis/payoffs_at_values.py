"""From a game and exact parameter values to the payoffs of every strategy as functions of the state."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine_game import AffineGame
from separatrix.analysis.payoff_functions import Field
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Irrational
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.model import AdvantageForm, Game, Population, ProfileTable, ReplicatorForm, SelfMatrix
from separatrix.game.values import evaluate_in, place_of, within_range
from separatrix.run.deadline import poll

__all__ = ["affine_table", "field_of", "field_speeds", "is_constant_table"]

Index = tuple[int, ...]


def field_of(game: Game, known: Mapping[str, Fraction]) -> Field:
    """Return the payoffs of a game at exact numbers.

    Parameters
    ----------
    game : Game
    known : mapping of parameter and shorthand to number

    Where a payoff is an irrational constant, a rational beside it is taken, and its ring is `rounded`.

    Raises
    ------
    ComesLater
        A503 for payoffs that are no rational function of the state.
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
                    f"{what} holds {part}, which is no rational function of the shares",
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
    """Refuse equations that leave the state space: a strategy that nobody plays stays unplayed there."""
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
            "whole: such equations are no replicator equations",
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
                    "the state space: that is no replicator equation",
                )

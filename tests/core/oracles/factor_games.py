"""Random games whose payoffs are products of factors, some over others: continua and double zeros abound.

The file of a game holds the products as they are.  The `ShareGame` beside it holds polynomials: where payoffs
are quotients, every population's payoffs are multiplied by one polynomial that is positive at every state.
That changes the speed along orbits, not the orbits, so labels and signs of eigenvalues are the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from core.oracles.share_games import Polynomial, ShareGame, file_of_functions, share_names

__all__ = ["KINDS", "draw"]

Terms = dict[tuple[int, ...], Fraction]
ONE: Polynomial = {(): Fraction(1)}

SIZES = ((2, 2),) * 16 + ((2,), (2,), (3,), (3,), (2, 3), (2, 2, 2), (2, 2, 2), (4,))


@dataclass(frozen=True)
class Factor:
    """A polynomial in the shares, with the text that a game file has for it."""

    text: str
    terms: Polynomial


@dataclass(frozen=True)
class Payoff:
    """A product of factors over another one."""

    above: tuple[Factor, ...]
    below: tuple[Factor, ...] = ()
    number: Fraction = Fraction(1)

    @property
    def text(self) -> str:
        parts = [f"({f.text})" for f in self.above]
        text = "*".join([f"({self.number})", *parts] if self.number != 1 or not parts else parts)
        return text + "".join(f"/({f.text})" for f in self.below)

    def times(self, below: Iterable[Factor]) -> Terms:
        """Return it as a polynomial, multiplied by factors that hold its denominator."""
        left = list(below)
        for factor in self.below:
            left.remove(factor)
        return product([{(): self.number}, *(f.terms for f in (*self.above, *left))])


def product(polynomials: Iterable[Polynomial]) -> Terms:
    """Multiply polynomials."""
    result: Terms = dict(ONE)
    for polynomial in polynomials:
        following: Terms = {}
        for (a, u), (b, v) in itertools.product(result.items(), polynomial.items()):
            key = tuple(sorted((*a, *b)))
            following[key] = following.get(key, Fraction(0)) + u * v
        result = {m: c for m, c in following.items() if c}
    return result


class _Drawer:
    """Draws factors in the shares of one shape of game."""

    def __init__(self, rng: Random, sizes: Sequence[int]) -> None:
        self.rng, self.sizes = rng, sizes
        names = share_names(sizes)
        offsets = [sum(sizes[:i]) for i in range(len(sizes))]
        # of two strategies the share of the first has a name
        self.shares = [(name, offsets[i] + a) for i, row in enumerate(names) for a, name in enumerate(row)]

    def line(self, shares: Sequence[tuple[str, int]]) -> Factor:
        """An affine function of shares."""
        while True:
            numbers = [self.rng.randint(-3, 3) for _ in shares]
            if any(numbers):
                break
        constant = Fraction(self.rng.choice((0, 0, 1, -1, 2, -2, 3)), self.rng.choice((1, 1, 1, 2)))
        text = " + ".join(
            [str(constant), *(f"({n})*{name}" for n, (name, _) in zip(numbers, shares, strict=True) if n)]
        )
        terms: Terms = {(k,): Fraction(n) for n, (_, k) in zip(numbers, shares, strict=True) if n}
        if constant:
            terms[()] = constant
        return Factor(text, terms)

    def some(self, most: int) -> list[tuple[str, int]]:
        return self.rng.sample(self.shares, min(len(self.shares), self.rng.randint(1, most)))

    def factor(self) -> Factor:
        """A share, its rest, a line, or a bilinear function."""
        kind = self.rng.random()
        name, k = self.rng.choice(self.shares)
        if kind < 0.12:
            return Factor(name, {(k,): Fraction(1)})
        if kind < 0.2:
            return Factor(f"1 - {name}", {(): Fraction(1), (k,): Fraction(-1)})
        if kind < 0.75:
            return self.line(self.some(2))
        first, second = self.rng.choice(self.shares), self.rng.choice(self.shares)
        line = self.line(self.some(2))
        c = self.rng.choice((1, -1, 2, -2, 3, -3))
        terms = dict(line.terms)
        key = tuple(sorted((first[1], second[1])))
        terms[key] = terms.get(key, Fraction(0)) + c
        return Factor(f"{line.text} + ({c})*{first[0]}*{second[0]}", {m: v for m, v in terms.items() if v})

    def positive(self) -> Factor:
        """A factor that is positive at every state."""
        shares = self.some(2)
        numbers = [self.rng.randint(-2, 3) for _ in shares]
        constant = 1 + sum(-n for n in numbers if n < 0)
        text = f"{constant}" + "".join(
            f" + ({n})*{name}" for n, (name, _) in zip(numbers, shares, strict=True) if n
        )
        terms: Terms = {(k,): Fraction(n) for n, (_, k) in zip(numbers, shares, strict=True) if n}
        return Factor(text, {(): Fraction(constant), **terms})

    def payoff(self, shared: Sequence[Factor], rational: bool) -> Payoff:
        if self.rng.random() < 0.12:
            return Payoff((), (), Fraction(self.rng.choice((0, 0, 1, 2))))
        above = [self.factor() for _ in range(self.rng.choice((1, 1, 2, 2, 3)))]
        if shared and self.rng.random() < 0.7:
            above[0] = self.rng.choice(shared)
        below = (self.positive(),) if rational and self.rng.random() < 0.5 else ()
        return Payoff(tuple(above), below, Fraction(self.rng.choice((1, 1, 1, -1, 2))))


KINDS = ("plain", "shared", "against nothing", "one moves", "rational", "rational and shared")


def draw(rng: Random) -> ShareGame:
    """Return a game of a random shape and kind."""
    sizes, kind = rng.choice(SIZES), rng.choice(KINDS)
    drawer = _Drawer(rng, sizes)
    shared = [drawer.factor() for _ in range(rng.choice((1, 2)))] if "shared" in kind else []
    rational = "rational" in kind
    still = rng.randrange(len(sizes)) if kind == "one moves" else None
    table: list[list[Payoff]] = []
    for i, size in enumerate(sizes):
        nothing = Payoff((), (), Fraction(0))
        row = [
            nothing if still == i and len(sizes) > 1 else drawer.payoff(shared, rational) for _ in range(size)
        ]
        if kind in ("against nothing", "one moves", "shared") and rng.random() < 0.9:
            row[-1] = nothing
        table.append(row)
    return assembled(sizes, table)


def assembled(sizes: Sequence[int], table: Sequence[Sequence[Payoff]]) -> ShareGame:
    """Return the game in which strategy a of population i earns ``table[i][a]``."""
    below = [f for row in table for payoff in row for f in payoff.below]
    payoffs = tuple(tuple(payoff.times(below) for payoff in row) for row in table)
    file = file_of_functions(sizes, [[payoff.text for payoff in row] for row in table])
    return ShareGame(
        tuple(sizes), payoffs, file, _own_play(sizes, payoffs, table), clock=product(f.terms for f in below)
    )


def _own_play(
    sizes: Sequence[int], payoffs: Sequence[Sequence[Polynomial]], table: Sequence[Sequence[Payoff]]
) -> bool:
    """Whether an own share occurs, be it in a divisor; where it cancels, theory tells less."""
    starts = (sum(sizes[:i]) for i in range(len(sizes)))
    return any(
        any(
            offset <= k < offset + size
            for u in (*row, *(f.terms for p in drawn for f in p.below))
            for m in u
            for k in m
        )
        for offset, size, row, drawn in zip(starts, sizes, payoffs, table, strict=True)
    )

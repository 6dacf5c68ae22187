"""Kinds of random games, from generic ones to such as are at rest on edges, curves, surfaces, everywhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from random import Random

from core.oracles.games import OracleGame, random_game

LINES = [(1, 0), (-1, 2), (-1, 3), (-2, 3), (0, 1), (-1, 1), (2, -1), (1, -2), (0, 0), (1, 1), (-1, 4)]


def from_advantages(gain: Callable[[int, tuple[int, ...]], int]) -> OracleGame:
    """Return the game in which the second strategies earn 0 and the first ``gain(i, shares)``."""
    pay = {}
    for profile in itertools.product((0, 1), repeat=3):
        shares = tuple(1 - c for c in profile)
        pay[profile] = tuple(gain(i, shares) if profile[i] == 0 else 0 for i in range(3))
    return OracleGame(pay)


def sparse(rng: Random) -> OracleGame:
    """Return a game whose advantages have few monomials."""
    table = [[rng.choice((0, 0, 1, -1)) for _ in range(4)] for _ in range(3)]

    def gain(i: int, shares: tuple[int, ...]) -> int:
        u, v = (shares[j] for j in range(3) if j != i)
        a, b, c, d = table[i]
        return a + b * u + c * v + d * u * v

    return from_advantages(gain)


def products(rng: Random) -> OracleGame:
    """Return a game whose advantages are products of lines, with zeros at common fractions."""
    table = [(rng.choice(LINES), rng.choice(LINES)) for _ in range(3)]

    def gain(i: int, shares: tuple[int, ...]) -> int:
        u, v = (shares[j] for j in range(3) if j != i)
        (a, b), (c, d) = table[i]
        return (a + b * u) * (c + d * v)

    return from_advantages(gain)


def curves(rng: Random) -> OracleGame:
    """Return a game whose first advantage vanishes where the other two do: often a curve of rest points."""
    a, b, c, d = (rng.randint(-2, 2) for _ in range(4))
    e, f, g, h = (rng.randint(-2, 2) for _ in range(4))
    sign = rng.choice((1, -1))

    def gain(i: int, shares: tuple[int, ...]) -> int:
        x, y, z = shares
        if i == 0:
            return sign * ((a + c * z) * (f + h * y) - (b + d * z) * (e + g * y))
        return a + b * x + c * z + d * x * z if i == 1 else e + f * x + g * y + h * x * y

    return from_advantages(gain)


KINDS: Mapping[str, Callable[[Random], OracleGame]] = {
    "nine": lambda rng: random_game(rng, 3, -9, 9),
    "one": lambda rng: random_game(rng, 3, -1, 1),
    "zero or one": lambda rng: random_game(rng, 3, 0, 1),
    "square nine": lambda rng: random_game(rng, 2, -9, 9),
    "square one": lambda rng: random_game(rng, 2, -1, 1),
    "sparse": sparse,
    "products": products,
    "curves": curves,
}

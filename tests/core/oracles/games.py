"""Games for the oracles: exact payoffs, advantages of the first strategy, numbers of 50 digits."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import mpmath

mpmath.mp.dps = 50
ZERO = mpmath.mpf(10) ** -30

Profile = tuple[int, ...]
Real = mpmath.mpf
Line = tuple[Fraction, Fraction]  # constant and slope
Point = tuple[Real, ...]


def real(value: Fraction | int | Real) -> Real:
    """Return `value` to 50 digits."""
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value)


@dataclass(frozen=True)
class Advantage:
    """What the first strategy of a population earns more than the second, by the others' choices.

    ``at[choices]`` is its value where the others play pure; a choice of 1 is the first strategy.
    """

    others: tuple[int, ...]
    at: Mapping[tuple[int, ...], Fraction]

    def __call__(self, state: Sequence[Real]) -> Real:
        total = mpmath.mpf(0)
        for choices, value in self.at.items():
            weight = real(value)
            for other, choice in zip(self.others, choices, strict=True):
                weight *= state[other] if choice else 1 - state[other]
            total += weight
        return total

    def slope(self, state: Sequence[Real], along: int) -> Real:
        """Return the derivative along the share `along`, which it depends on linearly."""
        if along not in self.others:
            return mpmath.mpf(0)
        low, high = list(state), list(state)
        low[along], high[along] = mpmath.mpf(0), mpmath.mpf(1)
        return self(high) - self(low)


@dataclass(frozen=True)
class OracleGame:
    """A game by its payoffs: ``pay[profile][i]``, where 0 in a profile is the first strategy."""

    pay: Mapping[Profile, tuple[int | Fraction, ...]]

    @property
    def n(self) -> int:
        return len(next(iter(self.pay)))

    def advantages(self) -> tuple[Advantage, ...]:
        n = self.n
        result = []
        for i in range(n):
            others = tuple(j for j in range(n) if j != i)
            at = {}
            for choices in itertools.product((0, 1), repeat=n - 1):
                first = [0] * n
                for j, c in zip(others, choices, strict=True):
                    first[j] = 1 - c
                second = list(first)
                second[i] = 1
                at[choices] = Fraction(self.pay[tuple(first)][i]) - Fraction(self.pay[tuple(second)][i])
            result.append(Advantage(others, at))
        return tuple(result)


def random_game(rng: random.Random, n: int, low: int, high: int) -> OracleGame:
    """Return a game with independent uniform integer payoffs."""
    return OracleGame(
        {
            profile: tuple(rng.randint(low, high) for _ in range(n))
            for profile in itertools.product((0, 1), repeat=n)
        }
    )


def inside(value: Real) -> bool:
    """Whether a share is strictly between 0 and 1."""
    return bool(ZERO < value < 1 - ZERO)

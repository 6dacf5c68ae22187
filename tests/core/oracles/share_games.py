"""Games of any size for the oracles: payoffs as polynomials in the shares of all strategies.

A share has one number for each strategy, also where a population has only two; shares are numbered through,
population by population.  Nothing here comes from the package: `ShareGame.file` is what it is asked about.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

__all__ = [
    "Polynomial",
    "ShareGame",
    "bimatrix",
    "own_matrix",
    "pairs",
    "profiles",
    "random_integers",
    "share_names",
]

Polynomial = Mapping[tuple[int, ...], Fraction]
"""Coefficients by the ascending indices of the shares that are multiplied; (0, 0, 3) is x0²·x3."""

Number = int | Fraction
Matrix = Sequence[Sequence[Number]]

_POPULATIONS = ("P1", "P2", "P3", "P4", "P5", "P6")
_SHARES = ("x", "y", "z", "w", "v", "u")
_STRATEGIES = ("a", "b", "c", "d", "e", "f", "g", "h")


@dataclass(frozen=True, eq=False)
class ShareGame:
    """A game: ``payoffs[i][a]`` is what strategy a of population i earns; ``file`` the same as a game file.

    ``own_play`` says whether some population's payoffs depend on its own shares.  ``clock`` is a
    polynomial that is positive at every state: payoffs here are those of the file times it, which changes
    the time along orbits only.
    """

    sizes: tuple[int, ...]
    payoffs: tuple[tuple[Polynomial, ...], ...]
    file: Mapping[str, Any] = field(repr=False)
    own_play: bool = False
    speeds: tuple[Fraction, ...] = ()
    clock: Polynomial = field(default_factory=lambda: {(): Fraction(1)})

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The index of each population's first share."""
        return tuple(sum(self.sizes[:i]) for i in range(len(self.sizes)))

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """The population of each share."""
        return tuple(i for i, size in enumerate(self.sizes) for _ in range(size))

    @cached_property
    def flat(self) -> tuple[Polynomial, ...]:
        """The payoff of each strategy, numbered through."""
        return tuple(u for row in self.payoffs for u in row)

    @cached_property
    def slopes(self) -> tuple[tuple[Polynomial, ...], ...]:
        """The derivative of each payoff (rows) along each share (columns)."""
        return tuple(tuple(slope(u, k) for k in range(len(self.owner))) for u in self.flat)

    @property
    def degree(self) -> int:
        """The largest number of shares multiplied in a payoff."""
        return max((len(m) for u in self.flat for m in u), default=0)

    def speed(self, i: int) -> Fraction:
        """The speed of population i."""
        return self.speeds[i] if self.speeds else Fraction(1)

    def members(self, i: int) -> range:
        """The indices of the shares of population i."""
        return range(self.offsets[i], self.offsets[i] + self.sizes[i])


def value(polynomial: Polynomial, state: Sequence[Any]) -> Any:
    """Return the value of a polynomial at a state of numbers of any kind."""
    total: Any = 0 * state[0]
    for monomial, coefficient in polynomial.items():
        term = state[0] * 0 + 1
        for k in monomial:
            term = term * state[k]
        total = total + _like(coefficient, term) * term
    return total


def slope(polynomial: Polynomial, along: int) -> dict[tuple[int, ...], Fraction]:
    """Return the derivative of a polynomial along a share."""
    result: dict[tuple[int, ...], Fraction] = {}
    for monomial, coefficient in polynomial.items():
        count = monomial.count(along)
        if count:
            k = monomial.index(along)
            rest = monomial[:k] + monomial[k + 1 :]
            result[rest] = result.get(rest, Fraction(0)) + count * coefficient
    return result


def _like(coefficient: Fraction, sample: Any) -> Any:
    """The coefficient as a number that multiplies `sample`: mpmath knows no fractions."""
    if isinstance(sample, int | Fraction):
        return coefficient
    return sample * 0 + coefficient.numerator / (sample * 0 + coefficient.denominator)


# --------------------------------------------------------------------------- making games


def share_names(sizes: Sequence[int]) -> list[list[str]]:
    """Return the names under which the answer lists the shares of each population."""
    return [
        [_SHARES[i]] if size == 2 else [f"{_SHARES[i]}_{_STRATEGIES[a]}" for a in range(size)]
        for i, size in enumerate(sizes)
    ]


def _populations(sizes: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"name": _POPULATIONS[i], "share": _SHARES[i], "strategies": list(_STRATEGIES[:size])}
        for i, size in enumerate(sizes)
    ]


def _file(sizes: Sequence[int], **content: Any) -> dict[str, Any]:
    return {"title": "a game of the oracles", "populations": _populations(sizes), **content}


def file_of_functions(sizes: Sequence[int], texts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the file of a game by what each strategy of each population earns."""
    functions = {
        name: dict(zip(_STRATEGIES, row, strict=False))
        for name, row in zip(_POPULATIONS, texts, strict=False)
    }
    return _file(sizes, payoff_functions=functions)


def _texts(matrix: Matrix) -> list[list[str]]:
    return [[str(v) for v in row] for row in matrix]


def _linear(matrix: Matrix, offset: int) -> list[dict[tuple[int, ...], Fraction]]:
    return [{(offset + b,): Fraction(v) for b, v in enumerate(row) if v} for row in matrix]


def own_matrix(matrix: Matrix) -> ShareGame:
    """Return one population against itself."""
    size = len(matrix)
    return ShareGame(
        (size,), (tuple(_linear(matrix, 0)),), _file((size,), payoff_matrix=_texts(matrix)), True
    )


def bimatrix(first: Matrix, second: Matrix) -> ShareGame:
    """Return two populations; both matrices have the strategies of the first population as rows."""
    sizes = (len(first), len(first[0]))
    table = [
        [[str(a), str(b)] for a, b in zip(r, s, strict=True)] for r, s in zip(first, second, strict=True)
    ]
    turned = [list(column) for column in zip(*second, strict=True)]
    payoffs = (tuple(_linear(first, sizes[0])), tuple(_linear(turned, 0)))
    return ShareGame(sizes, payoffs, _file(sizes, bimatrix=table))


def pairs(
    sizes: Sequence[int], matrices: Mapping[tuple[int, int], Matrix], speeds: Sequence[Fraction] = ()
) -> ShareGame:
    """Return populations that meet in pairs: ``matrices[i, j]`` has the strategies of i as rows."""
    offsets = [sum(sizes[:i]) for i in range(len(sizes))]
    payoffs = []
    for i, size in enumerate(sizes):
        rows: list[dict[tuple[int, ...], Fraction]] = [{} for _ in range(size)]
        for (p, q), matrix in matrices.items():
            if p == i:
                for row, more in zip(rows, _linear(matrix, offsets[q]), strict=True):
                    row.update(more)
        payoffs.append(tuple(rows))
    names = {f"{_POPULATIONS[i]},{_POPULATIONS[j]}": _texts(m) for (i, j), m in matrices.items()}
    content: dict[str, Any] = {"payoff_matrices": names}
    if speeds:
        content["speeds"] = {_POPULATIONS[i]: str(s) for i, s in enumerate(speeds)}
    own = any(i == j for i, j in matrices)
    return ShareGame(tuple(sizes), tuple(payoffs), _file(sizes, **content), own, tuple(map(Fraction, speeds)))


def profiles(sizes: Sequence[int], pay: Mapping[tuple[int, ...], Sequence[Number]]) -> ShareGame:
    """Return populations that meet all at once: ``pay[profile][i]``."""
    offsets = [sum(sizes[:i]) for i in range(len(sizes))]
    payoffs = []
    for i, size in enumerate(sizes):
        rows: list[dict[tuple[int, ...], Fraction]] = [{} for _ in range(size)]
        for profile, earned in pay.items():
            met = tuple(offsets[j] + b for j, b in enumerate(profile) if j != i)
            if earned[i]:
                rows[profile[i]][met] = Fraction(earned[i])
        payoffs.append(tuple(rows))
    table = [
        {"play": [_STRATEGIES[a] for a in profile], "pay": [str(v) for v in earned]}
        for profile, earned in pay.items()
    ]
    return ShareGame(tuple(sizes), tuple(payoffs), _file(sizes, payoffs=table))


def functions_of_own_share(first: Sequence[Number], second: Sequence[Number]) -> ShareGame:
    """Return one population of two strategies whose payoffs are polynomials in the share of the first.

    Coefficients ascend: ``[1, 0, -2]`` is 1 - 2x².
    """
    payoffs = tuple(
        {(0,) * k: Fraction(c) for k, c in enumerate(coefficients) if c} for coefficients in (first, second)
    )
    texts = [
        " + ".join(f"({c})*x**{k}" if k else f"({c})" for k, c in enumerate(coefficients))
        for coefficients in (first, second)
    ]
    file = _file((2,), payoff_functions={"P1": dict(zip(_STRATEGIES, texts, strict=False))})
    return ShareGame((2,), (payoffs,), file, True)


# --------------------------------------------------------------------------- drawing games


def random_integers(rng: random.Random, rows: int, columns: int, most: int) -> list[list[int]]:
    """Return a matrix of independent integers between -most and most."""
    return [[rng.randint(-most, most) for _ in range(columns)] for _ in range(rows)]


def random_profiles(rng: random.Random, sizes: Sequence[int], most: int) -> ShareGame:
    """Return populations that meet all at once, with independent integer payoffs."""
    return profiles(
        sizes,
        {
            profile: tuple(rng.randint(-most, most) for _ in sizes)
            for profile in itertools.product(*(range(s) for s in sizes))
        },
    )


def polynomial_square(rng: random.Random, degree: int, most: int) -> ShareGame:
    """Return two populations of two strategies whose advantages are polynomials in both shares.

    The second strategies earn 0; coefficients are integers between -most and most, half of them zero.
    """
    payoffs: list[tuple[Polynomial, ...]] = []
    texts = []
    for _ in range(2):
        polynomial: dict[tuple[int, ...], Fraction] = {}
        for a, b in itertools.product(range(degree + 1), repeat=2):
            c = rng.choice((0, rng.randint(-most, most)))
            if a + b <= degree and c:
                polynomial[(0,) * a + (2,) * b] = Fraction(c)
        payoffs.append((polynomial, {}))
        terms = [
            "*".join([f"({c})", *["x"] * m.count(0), *["y"] * m.count(2)]) for m, c in polynomial.items()
        ]
        texts.append([" + ".join(terms) or "0", "0"])
    file = file_of_functions((2, 2), texts)
    return ShareGame((2, 2), tuple(payoffs), file, True)

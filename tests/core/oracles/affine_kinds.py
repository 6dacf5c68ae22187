"""Kinds of random games with payoffs affine in the shares, generic ones and such as are full of ties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random

from core.oracles.share_games import ShareGame, bimatrix, own_matrix, pairs, random_integers

__all__ = ["KINDS", "draw"]


def _size(rng: Random, most: int) -> int:
    """A number of strategies; small ones are more likely, as work grows fast with it."""
    return rng.choice([k for k in range(2, most + 1) for _ in range(1 << (most - k))])


def _most(rng: Random) -> int:
    return rng.choice((1, 3, 9))


def one(rng: Random) -> ShareGame:
    """Return one population of three to five strategies against itself."""
    k = _size(rng, 4) + 1
    return own_matrix(random_integers(rng, k, k, _most(rng)))


def symmetric(rng: Random) -> ShareGame:
    """Return a partnership game: both of a pair earn the same, so that mean payoff never falls."""
    k, most = _size(rng, 4) + 1, _most(rng)
    m = random_integers(rng, k, k, most)
    return own_matrix([[m[min(i, j)][max(i, j)] for j in range(k)] for i in range(k)])


def antisymmetric(rng: Random) -> ShareGame:
    """Return a zero-sum game of one population, in which entropies of equilibria are conserved."""
    k, most = _size(rng, 4) + 1, _most(rng)
    m = random_integers(rng, k, k, most)
    return own_matrix([[(i < j) * m[i][j] - (i > j) * m[j][i] for j in range(k)] for i in range(k)])


def circulant(rng: Random) -> ShareGame:
    """Return a game in which each strategy plays the same against those that follow it in a ring."""
    k, most = _size(rng, 4) + 1, _most(rng)
    row = [rng.randint(-most, most) for _ in range(k)]
    return own_matrix([[row[(j - i) % k] for j in range(k)] for i in range(k)])


def two(rng: Random) -> ShareGame:
    """Return two populations that play each other."""
    k, m, most = _size(rng, 5), _size(rng, 4), _most(rng)
    return bimatrix(random_integers(rng, k, m, most), random_integers(rng, k, m, most))


def zero_sum(rng: Random) -> ShareGame:
    """Return two populations of which one earns what the other loses, perhaps in another unit."""
    k, m, most = _size(rng, 4), _size(rng, 4), _most(rng)
    unit = rng.choice((1, 1, 2, 3))
    first = random_integers(rng, k, m, most)
    return bimatrix(first, [[-unit * v for v in row] for row in first])


def common_interest(rng: Random) -> ShareGame:
    """Return two populations that earn the same."""
    k, m, most = _size(rng, 4), _size(rng, 4), _most(rng)
    first = random_integers(rng, k, m, most)
    return bimatrix(first, first)


def two_with_own_play(rng: Random) -> ShareGame:
    """Return two populations that play each other and themselves, sometimes at other speeds."""
    sizes, most = (_size(rng, 3), _size(rng, 3)), _most(rng)
    skipped = rng.choice(((0, 0), (1, 1), None))
    matrices = {
        (i, j): random_integers(rng, sizes[i], sizes[j], most)
        for i in range(2)
        for j in range(2)
        if (i, j) != skipped
    }
    speeds = rng.choice(((), (), (Fraction(1), Fraction(2)), (Fraction(1, 3), Fraction(5))))
    return pairs(sizes, matrices, speeds)


def three_in_pairs(rng: Random) -> ShareGame:
    """Return three populations that meet in pairs, sometimes with own play."""
    sizes, most = (2, _size(rng, 3), _size(rng, 3)), _most(rng)
    own = rng.random() < 0.3
    return pairs(
        sizes,
        {
            (i, j): random_integers(rng, sizes[i], sizes[j], most)
            for i in range(3)
            for j in range(3)
            if i != j or own
        },
    )


def sparse(rng: Random) -> ShareGame:
    """Return one or two populations that mostly earn nothing: ties, continua and zero eigenvalues abound."""
    k, m = _size(rng, 4) + 1, _size(rng, 4)

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[rng.choice((0, 0, 0, 1, -1)) for _ in range(columns)] for _ in range(rows)]

    return own_matrix(matrix(k, k)) if rng.random() < 0.5 else bimatrix(matrix(k, m), matrix(k, m))


def twins(rng: Random) -> ShareGame:
    """Return one population in which two strategies earn the same, and perhaps are met alike too."""
    k, most = _size(rng, 3) + 1, _most(rng)
    rows = random_integers(rng, k, k, most)
    rows.append(list(rows[-1]))
    alike = rng.random() < 0.5
    return own_matrix([[*row, row[-1] if alike else rng.randint(-most, most)] for row in rows])


def cyclic(rng: Random) -> ShareGame:
    """Return a ring in which each strategy earns most against the one before it, as in a hypercycle."""
    k, most = _size(rng, 4) + 1, _most(rng)
    rows = [[0] * k for _ in range(k)]
    for i in range(k):
        rows[i][i - 1] = rng.randint(1, most)
        if rng.random() < 0.4:
            rows[i][(i + 1) % k] = -rng.randint(0, most)
    return own_matrix(rows)


KINDS: Mapping[str, Callable[[Random], ShareGame]] = {
    f.__name__.replace("_", " "): f
    for f in (
        one,
        symmetric,
        antisymmetric,
        circulant,
        two,
        zero_sum,
        common_interest,
        two_with_own_play,
        three_in_pairs,
        sparse,
        twins,
        cyclic,
    )
}


def draw(kind: str, seed: int, k: int) -> tuple[str, ShareGame]:
    """Return the k-th game of a kind, with the name that finds it again."""
    name = f"{kind}-{seed}-{k}"
    return name, KINDS[kind](Random(name))

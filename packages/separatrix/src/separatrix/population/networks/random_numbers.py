"""Random numbers of one replica: xoshiro256++, whose state is its own and is seeded by a child of the seed.

References
----------
Blackman, D. & Vigna, S. (2021). Scrambled linear pseudorandom number generators. ACM Trans. Math. Softw. 47,
36 (xoshiro256++).
Lemire, D. (2019). Fast random integer generation in an interval. ACM Trans. Model. Comput. Simul. 29, 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.run.compilation import compiled

__all__ = ["below", "draw", "geometric", "next_of", "normal", "streams", "uniform", "unit_of"]

TO_UNIT = 2.0**-53


def streams(seed: int, replicas: range) -> NDArray[np.uint64]:
    """Return the states of the generators of some replicas, shape (R, 4); each depends on its number alone.

    Examples
    --------
    >>> bool((streams(1, range(5))[3] == streams(1, range(3, 4))[0]).all())
    True
    """
    # With room around: what two threads write to shall not lie in one cache line.
    made = np.empty((len(replicas) + 8, 4), np.uint64)[4 : 4 + len(replicas)]
    for k, replica in enumerate(replicas):
        made[k] = np.random.SeedSequence(seed, spawn_key=(replica,)).generate_state(4, np.uint64)
    return made


@compiled(inline=True)
def _rotated(x: Any, k: Any) -> Any:
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@compiled(inline=True)
def next_of(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return the next state of a generator, and 64 random bits."""
    bits = _rotated(a + d, 23) + a
    t = b << np.uint64(17)
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = _rotated(d, 45)
    return a, b, c, d, bits


@compiled(inline=True)
def unit_of(bits: Any) -> Any:
    """Return 64 bits as a number in [0, 1)."""
    return np.float64(bits >> np.uint64(11)) * TO_UNIT


@compiled(inner=True)
def draw(stream: Any) -> Any:
    """Return 64 random bits, and move the state of a generator on."""
    a, b, c, d, bits = next_of(stream[0], stream[1], stream[2], stream[3])
    stream[0], stream[1], stream[2], stream[3] = a, b, c, d
    return bits


@compiled(inline=True)
def uniform(stream: Any) -> Any:
    """Return a number in [0, 1)."""
    return unit_of(draw(stream))


@compiled(inner=True)
def below(stream: Any, count: Any) -> Any:
    """Return a whole number from 0 to count - 1, each as likely; count is below 2^32."""
    n = np.uint64(count)
    least = np.uint64(2**32) % n
    product = (draw(stream) >> np.uint64(32)) * n
    while (product & np.uint64(0xFFFFFFFF)) < least:
        product = (draw(stream) >> np.uint64(32)) * n
    return np.int64(product >> np.uint64(32))


@compiled(inner=True)
def normal(stream: Any) -> Any:
    """Return a standard normal number (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(stream)))
    return radius * math.cos(2.0 * math.pi * uniform(stream))


@compiled(inner=True)
def geometric(stream: Any, chance: float) -> Any:
    """Return how many trials fail before one succeeds; without end where the chance is 0."""
    if chance <= 0.0:
        return np.int64(2**62)
    return np.int64(min(math.log(1.0 - uniform(stream)) / math.log1p(-chance), 4e18))

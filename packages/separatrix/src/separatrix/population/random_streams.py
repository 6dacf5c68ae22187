"""Random numbers for compiled loops: one stream for each number, whichever thread draws from it.

A stream is the generator SplitMix64 with a start and an odd increment of its own, both mixed from the key of
the run and the number of the stream, so that two streams are different sequences and no parts of one.  Sets
and runs of diffusion are short and many, so a start has to cost next to nothing; replicas of a game are few
and long, and have the generator of `separatrix.population.networks.random_numbers`.

Steele, G. L., Lea, D. and Flood, C. H. (2014), Fast splittable pseudorandom number generators, OOPSLA 2014,
453-472.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from separatrix.run.compilation import compiled

__all__ = ["advanced", "increment_of", "key_of", "mixed", "start_of", "uniform"]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""The odd number nearest to 2^64 over the golden ratio, by which SplitMix64 counts."""


def key_of(seed: int, stream: int) -> np.uint64:
    """Return the key of a purpose: other purposes and other seeds draw independent numbers."""
    return np.uint64(np.random.SeedSequence(seed, spawn_key=(stream,)).generate_state(1, np.uint64)[0])


@compiled(inline=True)
def mixed(z: Any) -> Any:
    """Return 64 bits; each depends on all given bits."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled(inline=True)
def start_of(key: Any, number: Any) -> Any:
    """Return where the stream of this number starts."""
    return mixed(key + GOLDEN * (np.uint64(2) * np.uint64(number) + np.uint64(1)))


@compiled(inline=True)
def increment_of(key: Any, number: Any) -> Any:
    """Return by which odd number the stream of this number counts."""
    return mixed(key ^ mixed(GOLDEN * (np.uint64(2) * np.uint64(number) + np.uint64(2)))) | np.uint64(1)


@compiled(inline=True)
def advanced(state: Any, increment: Any) -> Any:
    """Return the next state of a stream."""
    return state + increment


@compiled(inline=True)
def uniform(state: Any) -> Any:
    """Return a number above 0 and at most 1, of a state."""
    return (np.float64(mixed(state) >> np.uint64(11)) + 1.0) * 2.0**-53

"""Starts spread evenly over the state space, in replicates whose differences give the error of a share.

Each replicate is a Sobol sequence with a random linear scrambling and a random digital shift of its own: its
share of starts is an unbiased estimate, and the replicates are independent.

Owen, A. B. (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14, 466-489.
L'Ecuyer, P. and Lemieux, C. (2002), Recent advances in randomized quasi-Monte Carlo methods, in: Modeling
Uncertainty, 419-474, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import UNIFORM_EDGE
from separatrix.errors import InputError

__all__ = ["REPLICATES", "starts"]

Array = NDArray[np.float64]

REPLICATES = 16
"""Independent scramblings, whose spread gives the interval. Fewer: it is wider and less reliable."""

KEPT = 10
"""Powers of two of the starts of a replicate up to which they are kept for the next game. Larger: more memory
is held."""

MOST = 1 << 24
"""Starts past which memory does not suffice."""


def starts(sizes: Sequence[int], samples: int, seed: int) -> Array:
    """Return starts as an array (replicates, points, n), uniform on the product of simplices.

    Parameters
    ----------
    sizes : sequence of int
        The number of strategies of each population.
    samples : int
        At least this many in all; each replicate has a power of two.
    seed : int

    Raises
    ------
    InputError
        D624 for a number of samples that is not between 64 and 16,777,216.

    Examples
    --------
    >>> starts((2, 3), 100, seed=0).shape
    (16, 8, 4)
    """
    if not 4 * REPLICATES <= samples <= MOST:
        raise InputError(
            "D624",
            f"{samples} samples; expected a number from {4 * REPLICATES} to {MOST:,}",
            hint="16384 give most shares to half a percentage point",
        )
    power = int(np.ceil(np.log2(samples / REPLICATES)))
    if power <= KEPT:
        return _cached_starts(tuple(sizes), power, seed)
    return _sobol_states(sizes, power, seed)


@lru_cache(maxsize=8)
def _cached_starts(sizes: tuple[int, ...], power: int, seed: int) -> Array:
    result = _sobol_states(sizes, power, seed)
    result.flags.writeable = False
    return result


def _sobol_states(sizes: Sequence[int], power: int, seed: int) -> Array:
    from scipy.stats import qmc

    result = []
    for child in np.random.SeedSequence(seed).spawn(REPLICATES):
        sobol = qmc.Sobol(sum(sizes) - len(sizes), rng=np.random.default_rng(child))
        cube = np.clip(sobol.random_base2(power), UNIFORM_EDGE, 1 - UNIFORM_EDGE)
        result.append(_on_simplices(cube, sizes))
    return np.array(result)


def _on_simplices(cube: Array, sizes: Sequence[int]) -> Array:
    """Return uniform states from uniform numbers: of k shares each is what it leaves of the rest, in turn."""
    parts, at = [], 0
    for size in sizes:
        own = cube[:, at : at + size - 1]
        at += size - 1
        if size == 2:
            parts.append(own)
            continue
        if size == 1:
            parts.append(np.ones((len(cube), 1)))
            continue
        kept = own ** (1 / np.arange(size - 1, 0, -1))
        rest = np.cumprod(kept, axis=1)
        before = np.hstack([np.ones((len(own), 1)), rest[:, :-1]])
        parts.append(np.hstack([before * (1 - kept), rest[:, -1:]]))
    return np.hstack(parts)

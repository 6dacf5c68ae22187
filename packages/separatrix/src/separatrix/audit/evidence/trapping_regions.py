"""Neighbourhoods that no trajectory leaves: around a strict Nash equilibrium every other strategy loses.

How far they reach follows from the sizes of the Taylor terms of the payoffs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import Truth
from separatrix.audit.evidence.trajectories import Trap
from separatrix.expression.tree import subtract

__all__ = ["traps_of"]


def traps_of(truth: Truth, values: Mapping[str, Fraction]) -> Iterator[Trap]:
    """Yield a neighbourhood of each strict Nash equilibrium in which all other strategies lose."""
    for profile, entries in truth.pure_eigenvalues.items():
        try:
            gains = [put(v, dict(values)).value for _, _, v in entries]
        except ZeroDivisionError:
            continue
        if all(g is not None and g < 0 for g in gains):
            radius = _radius(truth, profile, values)
            if radius > 0:
                yield Trap(profile, radius)


def _radius(truth: Truth, profile: tuple[int, ...], values: Mapping[str, Fraction]) -> float:
    """How far from a strict equilibrium every other strategy surely loses: by the sizes of Taylor terms."""
    ring = truth.algebra
    place: dict[str, Any] = dict(values)
    # Shares are written as distances from the profile: x = 1 - d or x = d; in reduced shares of more than two
    # strategies the played one is 1 - sum of the others.
    for population, played in zip(truth.game.populations, profile, strict=True):
        if population.binary:
            d = ring.variable(population.share)
            place[population.share] = ring.constant(1) - d if played == 0 else d
        else:
            if population.shares[played] in truth.reduced:
                continue
            rest = ring.constant(1)
            for share in population.shares[:-1]:
                if share != population.shares[played]:
                    rest = rest - ring.variable(share)
            # The last share's distance is the played share's own variable, which is free now.
            place[population.shares[played]] = rest - ring.variable(population.shares[played])
    worst = 1.0
    for i, row in enumerate(truth.payoffs):
        for a in range(len(row)):
            if a == profile[i]:
                continue
            gain = put(truth.read(subtract(row[a], row[profile[i]])), place)
            if not ring.is_rational(gain) or gain.denominator != ring.one:
                return 0.0
            constant = 0.0
            sizes: list[tuple[int, float]] = []
            for exponents, coefficient in gain.numerator.to_dict().items():
                degree, size = sum(int(e) for e in exponents), float(coefficient.p) / float(coefficient.q)
                if degree:
                    sizes.append((degree, abs(size)))
                else:
                    constant = size
            radius = 1.0
            while radius > 1e-9 and constant + sum(s * radius**k for k, s in sizes) >= 0:
                radius *= 0.7
            worst = min(worst, radius)
    return 0.9 * worst if worst > 1e-9 else 0.0

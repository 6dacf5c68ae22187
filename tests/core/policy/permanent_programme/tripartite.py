"""Random games of three parties with affine instruments, and their least costs by brute force."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

PARTIES = ("A", "B", "C")
SHARES = ("x", "y", "z")

Rows = list[tuple[tuple[Fraction, ...], Fraction]]
"""Slopes and constant of what is to be above 0."""


def random_tripartite(rng: random.Random) -> dict[str, Any]:
    """Return a game file: a subsidy, a fine and a reward, each with some effect on every party."""
    names = [f"k{i}" for i in range(3)]
    payoffs = []
    for profile in itertools.product((0, 1), repeat=3):
        pay = []
        for i, choice in enumerate(profile):
            value = rng.randint(-6, 6)
            pay.append(f"{value} + {names[i]}" if choice == 0 else str(value))
        payoffs.append({"play": [("yes", "no")[c] for c in profile], "pay": pay})
    instruments = {}
    for k in range(3):
        changes = {}
        for i in range(3):
            effect = (
                Fraction(rng.randint(-1, 4), rng.randint(1, 3)) if i != k else Fraction(rng.randint(1, 4))
            )
            if effect:
                changes[names[i]] = f"{names[i]} + ({effect})*u{k}"
        instruments[f"u{k}"] = {
            "range": [0, rng.randint(1, 5)],
            "changes": changes,
            "cost": f"{rng.randint(-1, 5)}*u{k}*x + {rng.randint(0, 3)}*u{k}*y*z",
        }
    return {
        "title": "Random",
        "populations": [{"name": p, "share": s} for p, s in zip(PARTIES, SHARES, strict=True)],
        "parameters": dict.fromkeys(names, 0),
        "payoffs": payoffs,
        "instruments": instruments,
    }


def vertices(rows: Rows, box: Sequence[tuple[Fraction, Fraction]]) -> Iterator[tuple[Fraction, ...]]:
    """Yield every corner of the levels in a box at which all rows are at least 0."""
    n = len(box)
    planes = list(rows)
    for k, (low, high) in enumerate(box):
        unit = tuple(Fraction(int(j == k)) for j in range(n))
        planes += [(unit, -low), (tuple(-u for u in unit), high)]
    for chosen in itertools.combinations(planes, n):
        matrix = fmpq_mat([[fmpq(a.numerator, a.denominator) for a in slopes] for slopes, _ in chosen])
        if matrix.det() == 0:
            continue
        right = fmpq_mat([[fmpq(-c.numerator, c.denominator)] for _, c in chosen])
        solved = matrix.solve(right)
        point = tuple(Fraction(int(solved[k, 0].p), int(solved[k, 0].q)) for k in range(n))
        if all(sum(a * u for a, u in zip(s, point, strict=True)) + c >= 0 for s, c in planes):
            yield point


def brute_force(
    cost: tuple[tuple[Fraction, ...], Fraction], rows: Rows, box: Sequence[tuple[Fraction, Fraction]]
) -> tuple[Fraction, bool] | None:
    """Return the infimum of a cost where all rows are above 0, and whether it is attained, by all corners.

    A row is above 0 somewhere just where it is at some corner, and then it is at the mean of the corners.
    """

    def value(function: tuple[tuple[Fraction, ...], Fraction], point: Sequence[Fraction]) -> Fraction:
        return sum((a * u for a, u in zip(function[0], point, strict=True)), function[1])

    corners = list(vertices(rows, box))
    if not corners or any(all(value(row, c) == 0 for c in corners) for row in rows):
        return None
    least = min(value(cost, c) for c in corners)
    cheapest = [c for c in corners if value(cost, c) == least]
    attained = all(any(value(row, c) > 0 for c in cheapest) for row in rows)
    return least, attained

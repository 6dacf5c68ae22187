"""Alias tables of the rows of a graph, in time linear in its links."""

from __future__ import annotations

from typing import Any

from separatrix.run.compilation import compiled

__all__ = ["fill"]


@compiled(kept=True)
def fill(indptr: Any, weights: Any, chance: Any, other: Any, waiting: Any) -> None:
    """Write for each place of a row how likely it stands for itself, and for which other one else."""
    for i in range(len(indptr) - 1):
        low, high = indptr[i], indptr[i + 1]
        total = 0.0
        for q in range(low, high):
            total += weights[q]
        for q in range(low, high):
            chance[q] = weights[q] * (high - low) / total
        # Two ends of one list: places with too little from below, with too much from above.
        few, many = 0, high - low
        for q in range(low, high):
            if chance[q] < 1.0:
                waiting[few] = q
                few += 1
            else:
                many -= 1
                waiting[many] = q
        while few > 0 and many < high - low:
            few -= 1
            small, large = waiting[few], waiting[many]
            other[small] = large
            chance[large] -= 1.0 - chance[small]
            if chance[large] < 1.0:
                many += 1
                waiting[few] = large
                few += 1
        for k in range(few):
            chance[waiting[k]] = 1.0
        for k in range(many, high - low):
            chance[waiting[k]] = 1.0

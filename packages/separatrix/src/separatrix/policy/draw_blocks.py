"""Answers for every draw of a sample, block by block, computed by this process or by others.

Each block has draws of its own, made from the seed and its number, so the answers do not depend on the
worker.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.draws import independent_draws
from separatrix.policy.followed_programmes import ProgrammeCase, lanes_of, outcomes_after
from separatrix.policy.programme import IDLE, Programme
from separatrix.policy.required_strength import Needed, needed_duration, needed_strength
from separatrix.run.workers import Workers, done, opened, packed

__all__ = ["DrawOrder", "answers_of"]

Array = NDArray[np.float64]

IN_BLOCK = 2_500
"""Draws that one worker takes at a time."""


@dataclass(frozen=True, eq=False)
class DrawOrder:
    """The task of workers: a case, a programme, and the question for each draw."""

    case: ProgrammeCase
    programme: Programme
    asked: Literal["strength", "duration", "fresh"]
    draws: int
    seed: int

    @property
    def blocks(self) -> int:
        return -(-self.draws // IN_BLOCK)

    def block(self, number: int) -> tuple[Array, tuple[int, int], int]:
        """Return an answer for each draw of a block, how many fail again and are undecided, and rejected."""
        count = min(IN_BLOCK, self.draws - number * IN_BLOCK)
        stream = "fresh" if self.asked == "fresh" else "search"
        draws, rejected = independent_draws(self.case.uncertainty, count, self.seed, number, stream)
        if self.asked == "fresh":
            names = outcomes_after(self.case, lanes_of(self.case, [self.programme, IDLE], draws))
            with_it, idle = (part == self.case.target for part in np.split(names, 2))
            undecided = int((names[:count] == "undecided").sum())
            return with_it + 2.0 * idle, (0, undecided), rejected
        found = self.needed(draws)
        return found.values, (int(found.fails_again.sum()), int(found.undecided.sum())), rejected

    def needed(self, draws: Mapping[str, Array]) -> Needed:
        """Return what each draw needs."""
        case, programme = self.case, self.programme
        levels = np.array([programme.levels[name] for name in case.names])
        if self.asked == "duration":
            return needed_duration(case, draws, levels, programme.duration)
        return needed_strength(case, draws, levels, np.inf if programme.end is None else programme.end)


def _task(parcel: bytes, number: int) -> bytes:
    return pickle.dumps(opened(parcel).block(number))


def answers_of(
    order: DrawOrder, workers: Workers, advance: Callable[[int, int], None] | None
) -> tuple[Array, tuple[int, int], int]:
    """Return the answers of all draws in their order, and both counts, and how many draws were rejected."""
    found: dict[int, tuple[Array, tuple[int, int], int]] = {}
    if workers.kind == "serial":
        for number in range(order.blocks):
            found[number] = order.block(number)
            _report_progress(advance, len(found), order.blocks)
    else:
        for number, content in done(_task, packed(order), range(order.blocks), workers):
            found[number] = pickle.loads(content)
            _report_progress(advance, len(found), order.blocks)
    parts = [found[number] for number in range(order.blocks)]
    again, undecided = (sum(part[1][k] for part in parts) for k in (0, 1))
    return np.concatenate([part[0] for part in parts]), (again, undecided), sum(part[2] for part in parts)


def _report_progress(advance: Callable[[int, int], None] | None, reached: int, whole: int) -> None:
    if advance is not None:
        advance(reached, whole)

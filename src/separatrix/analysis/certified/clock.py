"""How long an analysis may take."""

from __future__ import annotations

import time

__all__ = ["Clock"]


class Clock:
    """Runs from its making; `stopped` once the budget is spent or somebody interrupts.

    Parameters
    ----------
    budget : float
        Seconds.
    """

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.interrupted = False
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def stopped(self) -> bool:
        """Whether no more work may be begun."""
        return self.interrupted or self.elapsed > self.budget

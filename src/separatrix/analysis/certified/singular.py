"""Degenerate zeros: recognised where they are rational, and shown to be alone in a neighbourhood."""

from __future__ import annotations

from separatrix.analysis.certified.clock import Clock
from separatrix.analysis.certified.root import Root
from separatrix.analysis.certified.search import Outcome

__all__ = ["settle_stuck"]


def settle_stuck(outcome: Outcome, clock: Clock, reasons: list[str]) -> list[Root]:
    """Return the degenerate zeros inside a face near which a search got stuck."""
    reasons.append("a zero at which the equations are degenerate")
    return []

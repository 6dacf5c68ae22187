"""What is said of the stability of a rest state: a label, why, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.analysis.result import Label

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """A label and the reason for it."""

    label: Label
    reason: str
    pointwise: bool = False
    """Whether the argument used equalities that may hold at this state alone."""

"""Outcomes, starts and indices in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.dynamics.integration.result import Trajectory

__all__ = ["index_text", "outcome_words", "start_in_words", "with_ids"]


def start_in_words(orbit: Trajectory) -> str:
    """Return where a trajectory starts: ``x = 0.2, y = 0.3``."""
    return ", ".join(f"{s} = {x:.6g}" for s, x in zip(orbit.shares, orbit.states[0].tolist(), strict=True))


def index_text(value: float) -> str:
    """Return an index to three decimals, as intervals of sampling deserve.

    Examples
    --------
    >>> index_text(0.61234), index_text(-0.0004), index_text(-0.02)
    ('0.612', '0.000', '−0.020')
    """
    return f"{round(value, 3) + 0.0:.3f}".replace("-", "−")


def outcome_words(name: str, words: Language) -> str:
    """Return where trajectories end, for people."""
    known = {
        "cycle": words.OUTCOME_CYCLE,
        "separatrix": words.OUTCOME_SEPARATRIX,
        "undecided": words.OUTCOME_UNDECIDED,
        "other": words.OUTCOME_OTHER,
    }
    return known.get(name, name)


def with_ids(label: str, ids: Mapping[str, str]) -> str:
    """Return the states that a sweep names by their shares, each with its id, with room for lines to break.

    Examples
    --------
    >>> with_ids("x=0,y=0|cycle", {"x=0,y=0": "E1"})
    'E1 x=0,y=0 | cycle'
    """
    return " | ".join(f"{ids[part]} {part}" if part in ids else part for part in label.split("|"))

"""What answers that know no time say of a game whose parameters change in time."""

from __future__ import annotations

from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["at_baseline_values"]


def at_baseline_values(game: Game, how_sure: str) -> str:
    """Return `how_sure`, with a remark that the schedule is ignored if the game has one."""
    if not game.schedule:
        return how_sure
    return say("{how_sure}; at the baseline values, without the schedule of the game", how_sure=how_sure)

"""How a course ended, as a message."""

from __future__ import annotations

from enum import IntEnum

from separatrix.sentence import say

__all__ = ["Status"]


class Status(IntEnum):
    """How a course ended; ``message`` tells people.

    Examples
    --------
    >>> Status.STEADY.message
    'steady'
    >>> Status(0).answered
    True
    """

    END = 0
    ARRIVED = 1
    STEADY = 2
    CROSSED = 3
    TOO_MANY_STEPS = 4
    LOST = 5

    @property
    def message(self) -> str:
        """What happened, and where it went wrong what to try."""
        return _MESSAGES[self]

    @property
    def answered(self) -> bool:
        """Whether the course was followed as far as it was asked for."""
        return self < Status.TOO_MANY_STEPS


_MESSAGES = {
    Status.END: say("end of time"),
    Status.ARRIVED: say("arrived"),
    Status.STEADY: say("steady"),
    Status.CROSSED: say("crossed the threshold"),
    Status.TOO_MANY_STEPS: say(
        "too many steps; try an earlier end, more `most_steps` or a larger `tolerance`"
    ),
    Status.LOST: say("lost: a payoff is not finite, or changes too fast to be followed, at the last state"),
}

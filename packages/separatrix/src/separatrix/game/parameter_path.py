"""The path of one parameter: what it is worth at what time."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["ParameterPath"]


@dataclass(frozen=True)
class ParameterPath:
    """The values of a parameter over time.

    Attributes
    ----------
    kind : {"steps", "ramp", "table"}
        Steps hold each value until the next time.  A ramp and a table go in a straight line from each point
        to the next.
    points : tuple of (time, value)
        Exact, times rising.  A ramp has two, its start and its end.
    """

    kind: Literal["steps", "ramp", "table"]
    points: tuple[tuple[Fraction, Fraction], ...]

    @property
    def times(self) -> tuple[Fraction, ...]:
        """When the value jumps or bends."""
        return tuple(time for time, _ in self.points)

    def at(self, time: Fraction | int) -> Fraction | None:
        """Return the value at `time`; where it jumps, that from then on.

        None before the first step: the parameter has its baseline value then.  Before and after the points of
        a ramp or a table it has the first and the last value.

        Examples
        --------
        >>> policy = ParameterPath("steps", ((Fraction(2), Fraction(5)), (Fraction(10), Fraction(0))))
        >>> policy.at(1), policy.at(2), policy.before(2), policy.before(10), policy.at(11)
        (None, Fraction(5, 1), None, Fraction(5, 1), Fraction(0, 1))
        """
        return self._between(bisect.bisect_right(self.times, time), time)

    def before(self, time: Fraction | int) -> Fraction | None:
        """Return the value just before `time`, which differs from that at `time` where it jumps."""
        return self._between(bisect.bisect_left(self.times, time), time)

    def _between(self, after: int, time: Fraction | int) -> Fraction | None:
        """Return the value on the stretch that ends at the point numbered `after`."""
        if self.kind == "steps":
            return self.points[after - 1][1] if after else None
        if after in (0, len(self.points)):
            return self.points[min(after, len(self.points) - 1)][1]
        (start, low), (end, high) = self.points[after - 1 : after + 1]
        return low + (high - low) * (time - start) / (end - start)

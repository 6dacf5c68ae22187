"""The axes of a sweep: which values a parameter takes, each an exact number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact, unknown_parameter

__all__ = ["SweepAxis", "axes_of", "axis_of"]

Array = NDArray[np.float64]

USUAL_COUNT = 51
"""Values where their number is not given."""

MOST = 10**12
"""Values on one axis: the count of points must stay a whole number of 64 bits."""

LARGEST = 10**300
"""What a double can hold, with room to spare."""
EXAMPLE = "as in --over C1=0:4:81 (81 values from 0 to 4), C1=1,2,5 or C1=0.1:100:31:log"

_WHOLE = re.compile(r"\d{1,15}")


@dataclass(frozen=True)
class SweepAxis:
    """The values of a parameter in a sweep.

    Attributes
    ----------
    name : str
        The parameter.
    count : int
    low, high : Fraction
        The first and the last value; of a list the smallest and the largest.
    kind : str
        ``linear``: equally spaced; ``log``: each the same multiple of the one before; ``list``.
    listed : tuple of Fraction
        The values of a list.
    """

    name: str
    count: int
    low: Fraction
    high: Fraction
    kind: Literal["linear", "log", "list"] = "linear"
    listed: tuple[Fraction, ...] = ()

    def value(self, k: int) -> Fraction:
        """Return the value number k, exactly; on a logarithmic axis that of the nearest double.

        Examples
        --------
        >>> axis_of("C1", "0:1:4").value(1), axis_of("C1", "1:100:3:log").value(1)
        (Fraction(1, 3), Fraction(10, 1))
        """
        if self.kind == "list":
            return self.listed[k]
        if k == 0 or self.count == 1:
            return self.low
        if k == self.count - 1:
            return self.high
        if self.kind == "linear":
            return self.low + (self.high - self.low) * k / (self.count - 1)
        ratio = float(self.high / self.low)
        return Fraction(repr(float(self.low) * ratio ** (k / (self.count - 1))))

    def floats(self, part: slice) -> Array:
        """Return the values of a part of the axis, each rounded once."""
        return np.array([float(self.value(k)) for k in range(part.start, part.stop)])

    def text(self) -> str:
        """Return the axis as it can be written on the command line."""
        if self.kind == "list":
            return ",".join(str(value) for value in self.listed)
        end = ":log" if self.kind == "log" else ""
        return f"{self.low}:{self.high}:{self.count}{end}"


def axes_of(game: Game, over: Mapping[str, object] | Sequence[str] | str) -> tuple[SweepAxis, ...]:
    """Return the axes of a sweep, the slowest first.

    Parameters
    ----------
    game : Game
    over : mapping of parameter to values, or ``NAME=VALUES``, or several of these
        Values as in `axis_of`; None or nothing stands for the range of the parameter in the file.

    Raises
    ------
    NameProblem
        V302 for a parameter that the game does not have.
    InputError
        D671 for values that make no axis, and for a parameter that is given twice.
    """
    pairs: list[tuple[str, object]] = []
    if isinstance(over, Mapping):
        pairs = list(over.items())
    else:
        for text in [over] if isinstance(over, str) else over:
            name, separator, told = (part.strip() for part in text.partition("="))
            if not name or (separator and not told):
                raise InputError("D671", f"--over {text}: expected NAME=VALUES", hint=EXAMPLE)
            pairs.append((name, told or None))
    if not pairs:
        raise InputError("D671", "no parameter to sweep is given", hint=EXAMPLE)
    axes: list[SweepAxis] = []
    for name, values in pairs:
        if name not in game.parameters:
            raise unknown_parameter(game, name, f"no parameter `{name}` to sweep")
        if any(axis.name == name for axis in axes):
            raise InputError("D671", f"`{name}` is swept twice", hint="give each parameter once")
        axes.append(_over_range(game, name) if values is None else axis_of(name, values))
    return tuple(axes)


def _over_range(game: Game, name: str) -> SweepAxis:
    limits = game.parameters[name].range
    if limits is None:
        raise InputError(
            "D671", f"`{name}` has no range in the game file", hint=f"give its values, {EXAMPLE}"
        )
    return SweepAxis(name, USUAL_COUNT, *limits)


def axis_of(name: str, values: object) -> SweepAxis:
    """Return an axis from ``LOW:HIGH``, ``LOW:HIGH:COUNT``, ``LOW:HIGH:COUNT:log``, ``v1,v2,v3``, or numbers.

    Raises
    ------
    InputError
        D671 for a range that is empty or reversed, a count that is not a whole number above 0, and values
        that repeat; V301 for a value that is not a finite number.

    Examples
    --------
    >>> axis_of("C1", "0:4:81").count, axis_of("C1", [0.5, "1/3"]).listed
    (81, (Fraction(1, 2), Fraction(1, 3)))
    """
    if isinstance(values, str) and ":" in values:
        return _ranged(name, values)
    given: list[Any] = values.split(",") if isinstance(values, str) else _several(name, values)
    listed = tuple(exact(value.strip() if isinstance(value, str) else value, name) for value in given)
    _representable(name, listed)
    if not listed:
        raise InputError("D671", f"`{name}` is given no values", hint=EXAMPLE)
    if len(set(listed)) < len(listed):
        twice = next(value for k, value in enumerate(listed) if value in listed[:k])
        raise InputError("D671", f"`{name}` takes the value {twice} twice", hint="give each value once")
    return SweepAxis(name, len(listed), min(listed), max(listed), "list", listed)


def _several(name: str, values: object) -> list[Any]:
    if isinstance(values, Iterable):
        return list(values)
    raise InputError(
        "D671", f"`{name}` is swept over {values!r}; expected a range or several values", hint=EXAMPLE
    )


def _representable(name: str, values: Iterable[Fraction]) -> None:
    for value in values:
        if abs(value) > LARGEST:
            raise InputError("D671", f"`{name}` takes a value that is larger than 1e300")


def _ranged(name: str, text: str) -> SweepAxis:
    parts = [part.strip() for part in text.split(":")]
    given = f"{name}={text}"
    if len(parts) == 2:
        parts.append(str(USUAL_COUNT))
    if len(parts) not in (3, 4) or not all(parts):
        raise InputError("D671", f"{given}: expected LOW:HIGH or LOW:HIGH:COUNT", hint=EXAMPLE)
    if len(parts) == 4 and parts[3] != "log":
        raise InputError(
            "D671", f"{given}: only `log` is allowed after COUNT, not `{parts[3]}`", hint=EXAMPLE
        )
    low, high = exact(parts[0], name), exact(parts[1], name)
    _representable(name, (low, high))
    if not _WHOLE.fullmatch(parts[2]) or not 1 <= int(parts[2]) <= MOST:
        raise InputError("D671", f"{given}: the count is `{parts[2]}`; expected a whole number from 1 on")
    count = int(parts[2])
    if low > high:
        raise InputError("D671", f"{given}: the range is reversed", hint=f"write {parts[1]}:{parts[0]}")
    if low == high and count > 1:
        raise InputError(
            "D671", f"{given}: {count} values in an empty range", hint=f"write {name}={parts[0]}"
        )
    if low < high and count == 1:
        raise InputError("D671", f"{given}: one value cannot cover a range", hint="give a count of 2 or more")
    if len(parts) == 3:
        return SweepAxis(name, count, low, high)
    if low <= 0:
        raise InputError("D671", f"{given}: a logarithmic axis begins above 0")
    axis = SweepAxis(name, count, low, high, "log")
    if count > 1 and axis.value(1) <= low:
        raise InputError("D671", f"{given}: the values are too close together")
    return axis

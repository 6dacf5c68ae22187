"""The probability distribution of an uncertain parameter.

Its own numbers are exact; draws are quantiles of uniform numbers, so that every way of spreading these
(pseudo-random, Latin hypercube, Sobol) serves every distribution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["DISTRIBUTIONS", "RELATIVE", "Distribution", "distribution_document", "distribution_text"]

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("lowest", "highest"),
    "loguniform": ("lowest", "highest"),
    "triangular": ("lowest", "most likely", "highest"),
    "normal": ("mean", "standard deviation"),
    "truncated_normal": ("mean", "standard deviation", "lowest", "highest"),
    "lognormal": ("mean of the logarithm", "standard deviation of the logarithm"),
    "beta": ("alpha", "beta", "lowest", "highest"),
    "choice": ("value",),
    "discrete": ("value", "weight"),
}
"""The distributions, with what their numbers mean; `beta` lies from 0 to 1 where it has two, `choice` takes
values that are equally likely, `discrete` pairs."""

RELATIVE = ("uniform", "triangular", "normal")
"""Those that may be given as a percentage of the parameter's value instead."""


@dataclass(frozen=True)
class Distribution:
    """What a parameter may be worth, and how likely.

    Attributes
    ----------
    kind : str
        One of `DISTRIBUTIONS`.
    numbers : tuple of Fraction
        Its own parameters; for ``choice`` and ``discrete`` the values.
    weights : tuple of Fraction
        Of ``discrete``: how likely each value is, in any unit.
    relative : bool
        Whether the one number is a fraction of the value that the parameter has where it is drawn: half the
        width of ``uniform`` and ``triangular``, the standard deviation of ``normal``.

    Examples
    --------
    >>> fine = Distribution("triangular", (Fraction(8), Fraction(10), Fraction(12)))
    >>> fine.quantile([0.0, 0.5, 1.0]).tolist()
    [8.0, 10.0, 12.0]
    >>> Distribution("uniform", (Fraction(1, 10),), relative=True).around(Fraction(20), "fine").numbers
    (Fraction(18, 1), Fraction(22, 1))
    """

    kind: str
    numbers: tuple[Fraction, ...]
    weights: tuple[Fraction, ...] = ()
    relative: bool = False

    def around(self, value: Fraction | None, name: str) -> Distribution:
        """Return the distribution in absolute numbers, for a parameter `name` of this value.

        Raises
        ------
        InputError
            V331 where it is a percentage of no value, or of 0.
        """
        if not self.relative:
            return self
        if not value:
            what = "has no value" if value is None else "is 0"
            raise InputError(
                "V331",
                f"`{name}` {what}, and its distribution is a percentage of its value",
                hint=f"give `{name}` a value, write its distribution in numbers, or hold it fixed",
            )
        half = abs(value) * self.numbers[0]
        if self.kind == "normal":
            return replace(self, numbers=(value, half), relative=False)
        middle = (value,) if self.kind == "triangular" else ()
        return replace(self, numbers=(value - half, *middle, value + half), relative=False)

    @property
    def discrete(self) -> bool:
        """Whether it takes some values only."""
        return self.kind in ("choice", "discrete")

    @cached_property
    def support(self) -> tuple[float, float]:
        """The lowest and the highest value that it may take."""
        numbers = [float(n) for n in self.numbers]
        match self.kind:
            case "normal":
                return -math.inf, math.inf
            case "lognormal":
                return 0.0, math.inf
            case "truncated_normal":
                return numbers[2], numbers[3]
            case "beta":
                return (numbers[2], numbers[3]) if len(numbers) == 4 else (0.0, 1.0)
            case _:
                return min(numbers), max(numbers)

    def quantile(self, levels: ArrayLike, low: float = -math.inf, high: float = math.inf) -> Array:
        """Return the values below which it falls with probabilities `levels`, of what lies in [low, high].

        Cutting a distribution off at a limit is the same as rejecting every draw beyond it.
        """
        import numpy as np

        u = np.asarray(levels, dtype=float)
        if self.discrete:
            values, steps = self._steps(low, high)
            return np.asarray(values[np.minimum(np.searchsorted(steps, u, side="right"), len(values) - 1)])
        law = self._law
        below, inside = float(law.cdf(low)), self.inside(low, high)
        if below <= 0.5:
            result = law.ppf(np.minimum(below + u * inside, 1.0))
        else:  # beyond the median, what is left above keeps its digits
            above = float(law.sf(high))
            result = law.isf(np.minimum(above + (1 - u) * inside, 1.0))
        return np.asarray(np.clip(result, max(low, self.support[0]), min(high, self.support[1])))

    def inside(self, low: float, high: float) -> float:
        """Return how likely a value from `low` to `high` is."""
        if self.discrete:
            return sum(w for v, w in self._masses if low <= v <= high)
        law = self._law
        if low > float(law.median()):
            return float(law.sf(low) - law.sf(high))
        return float(law.cdf(high) - law.cdf(low))

    def _steps(self, low: float, high: float) -> tuple[Array, Array]:
        import numpy as np

        kept = sorted((v, w) for v, w in self._masses if low <= v <= high)
        steps = np.cumsum([w for _, w in kept])
        return np.array([v for v, _ in kept]), steps[:-1] / steps[-1]

    @cached_property
    def _masses(self) -> tuple[tuple[float, float], ...]:
        weights = self.weights or (Fraction(1),) * len(self.numbers)
        whole = sum(weights, Fraction(0))
        return tuple((float(v), float(w / whole)) for v, w in zip(self.numbers, weights, strict=True))

    @cached_property
    def _law(self) -> Any:
        """The distribution of scipy's."""
        from scipy import stats as scipy_stats

        stats: Any = scipy_stats  # its stubs tell shapes apart that are all one here
        numbers = [float(n) for n in self.numbers]
        match self.kind:
            case "uniform":
                return stats.uniform(numbers[0], numbers[1] - numbers[0])
            case "loguniform":
                return stats.loguniform(numbers[0], numbers[1])
            case "triangular":
                low, mode, high = self.numbers
                return stats.triang(float((mode - low) / (high - low)), float(low), float(high - low))
            case "normal":
                return stats.norm(*numbers)
            case "truncated_normal":
                mean, deviation, low, high = self.numbers
                ends = float((low - mean) / deviation), float((high - mean) / deviation)
                return stats.truncnorm(*ends, loc=float(mean), scale=float(deviation))
            case "lognormal":
                return stats.lognorm(numbers[1], scale=math.exp(numbers[0]))
            case _:
                start, end = self.support
                return stats.beta(numbers[0], numbers[1], loc=start, scale=end - start)


def distribution_document(given: Distribution) -> dict[str, Any]:
    """Return a distribution as a game file holds it."""
    if given.relative:
        return {given.kind: f"{_percent(given.numbers[0])}"}
    if given.kind == "discrete":
        return {given.kind: [list(pair) for pair in zip(given.numbers, given.weights, strict=True)]}
    return {given.kind: list(given.numbers)}


def distribution_text(given: Distribution) -> str:
    """Return a distribution on one line, as `uncertain` and the command line read it too.

    Examples
    --------
    >>> distribution_text(Distribution("triangular", (Fraction(8), Fraction(10), Fraction(25, 2))))
    'triangular(8, 10, 12.5)'
    >>> distribution_text(Distribution("normal", (Fraction(1, 10),), relative=True))
    'normal(10%)'
    """
    from separatrix.io.yaml_output import decimal_text

    if given.relative:
        inner = _percent(given.numbers[0])
    elif given.kind == "discrete":
        pairs = zip(given.numbers, given.weights, strict=True)
        inner = ", ".join(f"{decimal_text(v)}: {decimal_text(w)}" for v, w in pairs)
    else:
        inner = ", ".join(decimal_text(n) for n in given.numbers)
    return f"{given.kind}({inner})"


def _percent(number: Fraction) -> str:
    from separatrix.io.yaml_output import decimal_text

    return f"{decimal_text(number * 100)}%"

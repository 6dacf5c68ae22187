"""Decoupling of emissions from growth after Tapio: the elasticity e = (ΔC/C₀)/(ΔG/G₀) and its eight states.

References
----------
Tapio, P. (2005). Towards a theory of decoupling: degrees of decoupling in the EU and the case of road traffic
in Finland between 1970 and 2001. Transport Policy 12, 137–151.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say

__all__ = ["STATES", "DecouplingStep", "decoupling", "decoupling_series"]

STATES = {
    "strong decoupling": say("strong decoupling"),
    "weak decoupling": say("weak decoupling"),
    "expansive coupling": say("expansive coupling"),
    "expansive negative decoupling": say("expansive negative decoupling"),
    "strong negative decoupling": say("strong negative decoupling"),
    "weak negative decoupling": say("weak negative decoupling"),
    "recessive coupling": say("recessive coupling"),
    "recessive decoupling": say("recessive decoupling"),
}
"""The states, in the words shown to readers."""

_NAMES = tuple(STATES)

STILL = 1e-3
"""A relative change of output below this is called none: the elasticity would be noise."""


@dataclass(frozen=True)
class DecouplingStep:
    """From one year to the next: the relative changes, the elasticity, the state.

    ``elasticity`` and ``state`` are None where output hardly changed, or where either was not positive
    before; then ``why`` says so.
    """

    start: int
    end: int
    emissions_change: float | None
    output_change: float | None
    elasticity: float | None
    state: str | None
    why: Sentence | None = None

    @property
    def state_text(self) -> str:
        """The state in the words shown to readers."""
        return "" if self.state is None else STATES[self.state]

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data."""
        return {
            "start": self.start,
            "end": self.end,
            "emissions_change": self.emissions_change,
            "output_change": self.output_change,
            "elasticity": self.elasticity,
            "state": self.state,
            "why": None if self.why is None else str(self.why),
        }


def decoupling(emissions_change: float, output_change: float) -> tuple[float | None, str | None]:
    """Return Tapio's elasticity and state for relative changes of emissions and of output.

    Parameters
    ----------
    emissions_change, output_change : float
        Relative to the year before: 0.05 is 5 % more.

    Returns
    -------
    tuple of (float or None, str or None)
        The elasticity, and one of `STATES`; None where output hardly changed, or a change is not known.

    References
    ----------
    Tapio (2005), Towards a theory of decoupling, Transport Policy 12, 137–151.

    Examples
    --------
    >>> decoupling(0.05, 0.10), decoupling(-0.02, 0.08), decoupling(0.05, 0.0)
    ((0.5, 'weak decoupling'), (-0.25, 'strong decoupling'), (None, None))
    """
    if not (math.isfinite(emissions_change) and math.isfinite(output_change)) or abs(output_change) < STILL:
        return None, None
    e = emissions_change / output_change
    grows = output_change > 0
    if e < 0:
        return e, _NAMES[0] if grows else _NAMES[4]
    # Tapio's bounds are round numbers; a quotient such as 0.8 must not miss them by its last bit.
    if e < 0.8 - 1e-12:
        return e, _NAMES[1] if grows else _NAMES[5]
    if e <= 1.2 + 1e-12:
        return e, _NAMES[2] if grows else _NAMES[6]
    return e, _NAMES[3] if grows else _NAMES[7]


def decoupling_series(
    years: Sequence[int], emissions: Sequence[float], output: Sequence[float]
) -> tuple[DecouplingStep, ...]:
    """Return the decoupling of each year from the one before; years without either number break the series.

    Parameters
    ----------
    years : sequence of int
        In order.
    emissions, output : sequence of float
        t CO2e, and value added in constant prices; `nan` where not known.
    """
    steps = []
    for i in range(1, len(years)):
        before, after = (emissions[i - 1], output[i - 1]), (emissions[i], output[i])
        steps.append(_step(years[i - 1], years[i], before, after))
    return tuple(steps)


def _step(start: int, end: int, before: tuple[float, float], after: tuple[float, float]) -> DecouplingStep:
    if any(np.isnan(v) for v in (*before, *after)):
        return DecouplingStep(
            start, end, None, None, None, None, say("emissions or output of a year are not known")
        )
    if min(before) <= 0 or after[1] < 0:
        return DecouplingStep(
            start, end, None, None, None, None, say("nothing relative to zero or a negative number")
        )
    emitted, made = after[0] / before[0] - 1, after[1] / before[1] - 1
    elasticity, state = decoupling(emitted, made)
    why = None if state else say("output changed by less than {percent:g} %", percent=100 * STILL)
    return DecouplingStep(start, end, emitted, made, elasticity, state, why)

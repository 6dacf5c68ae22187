"""How fast enterprises change their minds: per year, and per unit of what is to be gained.

The share x of those who act follows x′ = β x (1 − x) times the advantage of acting, so that β has the unit
1 / (year × payoff). Where no history tells it, it is assumed from how long the spread from 10 % to 90 %
takes: ln 81 / (β × advantage), the time of a logistic curve (Fisher, J. C. & Pry, R. H., 1971, A simple
substitution model of technological change, Technol. Forecast. Soc. Change 3, 75–88, eq. 3).
"""

from __future__ import annotations

import math
from fractions import Fraction

from separatrix.cluster.calibration.estimate import Estimate
from separatrix.cluster.measures.abatement_measure import exact
from separatrix.sentence import say

__all__ = ["SPREAD", "assumed_speed"]

SPREAD = (15.0, 5.0, 40.0)
"""Years from 10 % to 90 % of a spread that nobody measured: usual, fastest and slowest."""


def assumed_speed(advantage: Fraction) -> Estimate | None:
    """Return the speed at which a spread takes the years of `SPREAD`; None where nothing is to be gained.

    Parameters
    ----------
    advantage : Fraction
        The largest advantage of acting or of not acting, in the unit of payoff a year.

    Returns
    -------
    Estimate or None
        Per year and unit of payoff.

    Examples
    --------
    >>> found = assumed_speed(Fraction(30))
    >>> round(float(found.value), 5), round(float(found.low), 5), round(float(found.high), 5)
    (0.00977, 0.00366, 0.0293)
    """
    if not advantage:
        return None
    usual, fastest, slowest = (exact(math.log(81) / years) / abs(advantage) for years in SPREAD)
    how = say(
        "assumed: a spread from 10 % to 90 % takes {usual} years ({fastest} to {slowest}) at the "
        "largest advantage",
        usual=f"{SPREAD[0]:g}",
        fastest=f"{SPREAD[1]:g}",
        slowest=f"{SPREAD[2]:g}",
    )
    return Estimate(usual, slowest, fastest, "assumed", how)

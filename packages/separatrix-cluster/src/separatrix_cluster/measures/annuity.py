"""What an investment costs a year over its life."""

from __future__ import annotations

import math

from separatrix.errors import InputError

__all__ = ["USUAL_DISCOUNT_RATE", "capital_recovery_factor"]

USUAL_DISCOUNT_RATE = 0.08
"""Used where no `discount_rate` is given, and marked as assumed wherever it counts: the social discount
rate of NDRC and MOC (2006), Economic Evaluation of Construction Projects: Methods and Parameters, 3rd
ed., China."""


def capital_recovery_factor(rate: float, life: float) -> float:
    """Return the equal yearly payment, at the end of each year, that one of money at once is worth.

    Parameters
    ----------
    rate : float
        The interest, as a share a year; 0 or more.
    life : float
        Years; above 0.

    Raises
    ------
    InputError
        K500 for a rate below 0 or a life of no years.

    References
    ----------
    Blank, L. & Tarquin, A. (2012). Engineering Economy, 7th ed., McGraw-Hill, eq. 2.6 (A/P factor).

    Examples
    --------
    >>> round(capital_recovery_factor(0.10, 10), 6), capital_recovery_factor(0, 4)
    (0.162745, 0.25)
    """
    if not (math.isfinite(rate) and math.isfinite(life) and rate >= 0 and life > 0):
        raise InputError(
            "K500", f"a rate of {rate:g} over {life:g} years; a rate of 0 or more and a life above 0 expected"
        )
    # expm1 and log1p keep the digits where rate × life is small.
    return 1 / life if rate == 0 else rate / -math.expm1(-life * math.log1p(rate))

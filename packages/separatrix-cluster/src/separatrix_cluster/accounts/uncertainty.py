"""How uncertain a total is: by propagation of errors, and by Monte Carlo as a second route.

Approach 1 of IPCC (2006), Guidelines, vol. 1, ch. 3, eq. 3.2: half-widths of independent amounts add in
squares.  Amounts are independent; the factor of a carrier is one number for all who burn it, so its error
adds up first and is squared then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts

__all__ = ["Spread", "monte_carlo_total", "spread_of_total"]

_TO_DEVIATION = (
    1.959963984540054  # a 95 % interval of a normal distribution is this many deviations each side
)
_NORMAL = 0.3
"""Half-widths up to this share are those of a normal distribution (IPCC 2006, vol. 1, ch. 3, approach 1)."""

_NEARLY_ALL = 0.95
"""Below this share of the total with a stated uncertainty, readers are informed."""

_NOT_STATED = say("neither amounts nor factors state how uncertain they are, so the interval is not known")
_EXACT = say("the only uncertainties that are stated are 0, so the interval has no width")
_LOGNORMAL = say(
    "a half-width of more than 30 % does not fit a normal distribution, for emissions are not negative; the "
    "interval is that of a lognormal distribution of the same mean and variance"
)


@dataclass(frozen=True)
class Spread:
    """A total with its 95 % interval, t CO2e; without any width where no doubt is stated.

    ``why`` states why the interval is missing or asymmetric.
    """

    total: float
    low: float
    high: float
    why: Sentence | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data: null for an interval that is not known, with the reason."""
        stated = self.high > self.low
        return {
            "total": self.total,
            "low": self.low if stated else None,
            "high": self.high if stated else None,
            "why": None if self.why is None else str(self.why),
        }


def _interval(total: float, half: float) -> Spread:
    """Return the interval of a total that is not negative, of a half-width of 1.96 deviations."""
    if not half > 0 or not total > 0:
        return Spread(total, total, total, _NOT_STATED)
    if half <= _NORMAL * total:
        return Spread(total, total - half, total + half)
    sigma = math.sqrt(math.log1p((half / _TO_DEVIATION / total) ** 2))
    middle = math.log(total) - sigma**2 / 2
    low, high = (math.exp(middle + sign * _TO_DEVIATION * sigma) for sign in (-1, 1))
    return Spread(total, low, high, _LOGNORMAL)


def _parts(accounts: CarbonAccounts, year: int) -> tuple[Any, Any, Any, Any]:
    """Return of the lines in the total: amounts, their own relative doubt, the factor's, its position."""
    if year not in accounts.years:
        known = ", ".join(map(str, accounts.years)) or "no year at all"
        raise InputError("K240", f"the accounts know nothing of {year}", hint=f"they know {known}")
    chosen = (accounts.year == year) & ~accounts.internal
    amounts = accounts.location[chosen]
    factor = accounts.factor[chosen]
    of_factor = np.array([_relative(f) for f in accounts.factors] + [0.0])[factor]
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(amounts > 0, accounts.spread[chosen] / amounts, 0.0)
    own = np.sqrt(np.maximum(whole**2 - of_factor**2, 0.0))
    return amounts, own, of_factor, factor


def _relative(factor: Any) -> float:
    if factor["low"] is None or not factor["value"] > 0:
        return 0.0
    return float((factor["high"] - factor["low"]) / 2 / factor["value"])


def spread_of_total(accounts: CarbonAccounts, year: int) -> Spread:
    """Return the total of a year (location-based) with its interval by propagation of errors.

    Only the doubts that are stated enter: those of the table's column `uncertainty` and the published ranges
    of factors.  Where none is stated the interval has no width, which says that nothing is known of it.
    Above a half-width of 30 % the interval is that of a lognormal distribution of the same mean and variance,
    so that no bound is negative.

    Parameters
    ----------
    accounts : CarbonAccounts
        From `separatrix.carbon_accounts`.
    year : int

    Returns
    -------
    Spread
        t CO2e, with the 95 % interval.

    Raises
    ------
    InputError
        K240 for a year without data in the accounts.

    References
    ----------
    IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 1, ch. 3, eq. 3.2.

    Examples
    --------
    >>> import separatrix
    >>> found = spread_of_total(separatrix.carbon_accounts("synthetic-park"), 2024)
    >>> found.low < found.total < found.high
    True
    """
    amounts, own, of_factor, factor = _parts(accounts, year)
    total = float(amounts.sum())
    shared = np.bincount(factor + 1, amounts * of_factor)
    half = float(np.sqrt((shared**2).sum() + ((amounts * own) ** 2).sum()))
    found = _interval(total, half)
    told = accounts.told_spread[(accounts.year == year) & ~accounts.internal]
    if not half > 0:
        return replace(found, why=_EXACT) if told.any() else found
    covered = float(amounts[told | (own > 0) | (of_factor > 0)].sum()) / total if total > 0 else 1.0
    if covered > _NEARLY_ALL:
        return found
    part = say(
        "the interval reflects only the {share} % of the total with a stated uncertainty; the "
        "rest counts as exact, so the interval is too narrow",
        share=rounded(100 * covered, 2),
    )
    return replace(found, why=part if found.why is None else say("{one}; {other}", one=part, other=found.why))


def monte_carlo_total(accounts: CarbonAccounts, year: int, *, draws: int = 20_000, seed: int = 0) -> Spread:
    """Return the total of a year with the interval that holds 95 % of the draws.

    Amounts and factors are drawn from normal distributions of their half-widths, and above 30 % from
    lognormal ones of the same mean and variance.

    Parameters
    ----------
    accounts : CarbonAccounts
        From `separatrix.carbon_accounts`.
    year : int
    draws : int
        From 1 up.
    seed : int

    Returns
    -------
    Spread
        t CO2e: the total as `spread_of_total` has it, between the quantiles 0.025 and 0.975 of the draws.

    Raises
    ------
    InputError
        K240 for a year without data in the accounts, K241 for fewer than one draw.

    References
    ----------
    IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 1, ch. 3, approach 2.

    Examples
    --------
    >>> import separatrix
    >>> accounts = separatrix.carbon_accounts("synthetic-park")
    >>> drawn, added = monte_carlo_total(accounts, 2024), spread_of_total(accounts, 2024)
    >>> abs(drawn.high - added.high) < 0.01 * added.total
    True
    """
    if draws < 1:
        raise InputError(
            "K241", f"{draws} draws; an interval needs at least one", hint="leave draws out: 20000"
        )
    amounts, own, of_factor, factor = _parts(accounts, year)
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    positions = np.unique(factor)
    totals = np.zeros(draws)
    for position in positions:
        lines = factor == position
        common = _sample_factors(rng, float(of_factor[lines][0]), draws)
        sums = np.zeros(draws)
        for amount, doubt in zip(amounts[lines], own[lines], strict=True):
            sums += amount * _sample_factors(rng, float(doubt), draws)
        totals += common * sums
    low, high = np.quantile(totals, [0.025, 0.975])
    return Spread(float(amounts.sum()), float(low), float(high))


def _sample_factors(rng: np.random.Generator, half: float, draws: int) -> npt.NDArray[np.float64]:
    """Return draws of mean 1 whose half-width is that share; all 1 where none is stated."""
    if not half > 0:
        return np.ones(draws)
    deviation = half / _TO_DEVIATION
    if half <= _NORMAL:
        return rng.normal(1.0, deviation, draws)
    sigma = math.sqrt(math.log1p(deviation**2))
    return rng.lognormal(-(sigma**2) / 2, sigma, draws)

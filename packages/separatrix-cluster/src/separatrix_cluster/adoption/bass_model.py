"""Bass's model fitted to yearly sales: the market M, innovation p and imitation q by least squares.

Three readings of "sales of the year t" are in use and give different numbers: M times the density at t = 1,
2, ..., as most textbooks' regressions have it; M times the difference of the cumulative curve between t - 1
and t (Srinivasan & Mason); and the cumulative sales against M times the curve at t.  Before sales have passed
their peak M hardly follows from them, whatever the reading.

References
----------
Bass, F. M. (1969). A new product growth for model consumer durables. Management Science 15, 215-227.
Srinivasan, V. & Mason, C. H. (1986). Nonlinear least squares estimation of new product diffusion models.
Marketing Science 5, 169-178.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.io.cells import Remark
from separatrix.population.diffusion_models import bass_density, bass_peak, bass_share
from separatrix.sentences import say

__all__ = ["BassSales", "fit_bass_sales"]

Floats = NDArray[np.float64]

FEWEST_YEARS = 4
LOOSE = 0.5
"""A standard error above this part of M says that M does not follow from the sales."""


@dataclass(frozen=True)
class BassSales:
    """Bass's model of yearly sales.

    Attributes
    ----------
    method : str
        density, differences or cumulative.
    market, innovation, imitation : float
        M in units of the sales; p and q per year.
    errors : tuple of float
        Standard errors of the three, from the curvature of the sum of squares.
    peak : float
        Years after the beginning when sales are highest.
    expected : tuple of float
        Sales of each year (with `cumulative`: up to each year) by the model.
    remarks : tuple of Remark
        K598 where M does not follow from the sales.
    """

    method: str
    market: float
    innovation: float
    imitation: float
    errors: tuple[float, float, float]
    peak: float
    expected: tuple[float, ...]
    remarks: tuple[Remark, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain data."""
        return {
            "method": self.method,
            "market": self.market,
            "innovation": self.innovation,
            "imitation": self.imitation,
            "errors": list(self.errors),
            "peak": self.peak,
            "expected": list(self.expected),
            "remarks": [remark.to_dict() for remark in self.remarks],
        }


def _differences(t: Floats, p: float, q: float) -> Floats:
    return bass_share(t, p, q) - bass_share(t - 1, p, q)


_READINGS: Mapping[str, Callable[[Floats, float, float], Floats]] = {
    "density": bass_density,
    "differences": _differences,
    "cumulative": bass_share,
}


def fit_bass_sales(sales: Sequence[float], method: str = "density") -> BassSales:
    """Fit Bass's model to the sales of years 1, 2, ... by least squares.

    Parameters
    ----------
    sales : sequence of float
        Of each year since the beginning, without gaps.
    method : str
        density: M f(t); differences: M (F(t) - F(t - 1)); cumulative: the sums against M F(t).

    Returns
    -------
    BassSales
        The market in units of the sales; rates per year.

    Raises
    ------
    InputError
        K599 for sales that no curve can be fitted to.
    NameProblem
        K599 for an unknown method.

    References
    ----------
    Bass (1969), equations 8-10; Srinivasan & Mason (1986) for the differences.

    Examples
    --------
    >>> recorders = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
    >>> found = fit_bass_sales(recorders)
    >>> round(found.market), round(found.innovation, 6), round(found.imitation, 5)
    (67981, 0.006594, 0.63809)
    """
    from scipy.optimize import least_squares

    if method not in _READINGS:
        meant = nearest(method, list(_READINGS))
        raise NameProblem(
            "K599",
            say("unknown method `{name}`", name=method),
            hint=say("did you mean `{name}`?", name=meant)
            if meant
            else say("methods are {names}", names=", ".join(_READINGS)),
        )
    y = np.asarray(sales, float)
    if y.ndim != 1 or len(y) < FEWEST_YEARS or not np.isfinite(y).all() or (y < 0).any() or not y.any():
        raise InputError(
            "K599",
            say(
                "sales of {n} years; {least} or more numbers from 0 are expected, not all of them 0",
                n=y.size,
                least=FEWEST_YEARS,
            ),
            hint=say("a curve of three parameters needs the sales of each year since the beginning"),
        )
    t, total = np.arange(1.0, len(y) + 1), float(y.sum())
    target = np.cumsum(y) if method == "cumulative" else y
    curve = _READINGS[method]

    def off(at: Floats) -> Floats:
        market, p, q = np.exp(at)
        return np.asarray((market * total * curve(t, p, q) - target) / total)

    best = min(
        (
            least_squares(off, np.log(start), xtol=1e-12, ftol=1e-12, gtol=1e-12)
            for start in ((1.2, 0.01, 0.5), (2.0, 0.03, 0.3), (1.0, 0.002, 0.9), (5.0, 0.01, 0.2))
        ),
        key=lambda found: float(found.cost),
    )
    market, p, q = (float(v) for v in np.exp(best.x))
    spread = 2 * float(best.cost) / (len(y) - 3)
    # In the values themselves, not in their logarithms.
    slopes = best.jac / np.array([market, p, q])
    errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(slopes.T @ slopes)) * spread, 0.0))
    peak = bass_peak(p, q)
    remarks = []
    if peak > len(y) or errors[0] > LOOSE * market:
        what = say(
            "sales have not passed their peak, or hardly: how many will buy in the end does not follow"
        )
        remarks.append(Remark("K598", "warning", "", None, None, what, say("take M from elsewhere, or wait")))
    return BassSales(
        method,
        market * total,
        p,
        q,
        (float(errors[0]) * total, float(errors[1]), float(errors[2])),
        peak if math.isfinite(peak) else math.inf,
        tuple(float(v) for v in market * total * curve(t, p, q)),
        tuple(remarks),
    )

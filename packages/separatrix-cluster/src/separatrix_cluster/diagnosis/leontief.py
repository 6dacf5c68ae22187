"""Input-output analysis: which emissions and which value added stand behind final demand and exports.

x = (I − A)⁻¹ y;  embodied emissions of a demand e: f (I − A)⁻¹ e, with f emissions per unit of output.

References
----------
Leontief, W. (1970). Environmental repercussions and the economic structure. Rev. Econ. Stat. 52, 262–271.
Miller, R. E. & Blair, P. D. (2009). Input-Output Analysis, 2nd ed. Cambridge, ch. 2 and 10.
Antràs, P. & Chor, D. (2013). Organizing the global value chain. Econometrica 81, 2127–2204 (upstreamness).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["ExportAccount", "export_account", "leontief_inverse", "upstreamness"]


@dataclass(frozen=True)
class ExportAccount:
    """What exports carry.

    Attributes
    ----------
    emissions : array, shape (sectors,)
        Emissions embodied in the exports of each sector, along the whole domestic chain.
    value_added : array, shape (sectors,)
        Domestic value added in them.
    exports : array, shape (sectors,)
        The exports.
    """

    emissions: Floats
    value_added: Floats
    exports: Floats

    @property
    def carbon_per_value_added(self) -> float | None:
        """Emissions per exported value added, fLe/vLe; None where nothing is exported."""
        value = float(self.value_added.sum())
        return float(self.emissions.sum()) / value if value > 0 else None

    @property
    def value_added_share(self) -> float | None:
        """Domestic value added per unit of exports, vLe/e."""
        exports = float(self.exports.sum())
        return float(self.value_added.sum()) / exports if exports > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain data."""
        return {
            "emissions": float(self.emissions.sum()),
            "value_added": float(self.value_added.sum()),
            "exports": float(self.exports.sum()),
            "carbon_per_value_added": self.carbon_per_value_added,
            "value_added_share": self.value_added_share,
        }


def leontief_inverse(coefficients: npt.ArrayLike) -> Floats:
    """Return (I − A)⁻¹.

    Parameters
    ----------
    coefficients : array_like, shape (n, n)
        A: input from sector i per unit of output of sector j.

    Raises
    ------
    InputError
        K302 where A is not square, has negative entries, or its spectral radius is not below one, so that a
        unit of output would need more than itself.

    Examples
    --------
    >>> leontief_inverse([[0.15, 0.25], [0.2, 0.05]]).round(6).tolist()
    [[1.254125, 0.330033], [0.264026, 1.122112]]
    """
    matrix = _square(coefficients)
    radius = float(np.abs(np.linalg.eigvals(matrix)).max()) if len(matrix) else 0.0
    if radius >= 1:
        raise InputError(
            "K302",
            f"the coefficients need more than they make (spectral radius {radius:.3g})",
            hint="coefficients are inputs per unit of output of the buying sector; columns sum to below 1",
        )
    return np.asarray(np.linalg.inv(np.eye(len(matrix)) - matrix))


def export_account(
    coefficients: npt.ArrayLike,
    emission_intensity: npt.ArrayLike,
    value_added_rate: npt.ArrayLike,
    exports: npt.ArrayLike,
) -> ExportAccount:
    """Return the emissions and the value added that exports carry.

    Parameters
    ----------
    coefficients : array_like, shape (n, n)
        Domestic input coefficients.
    emission_intensity, value_added_rate : array_like, shape (n,)
        Emissions and value added per unit of output.
    exports : array_like, shape (n,)
        In units of output.

    Returns
    -------
    ExportAccount
        Emissions in the unit of `emission_intensity` times that of output, value added in that of output.

    Raises
    ------
    InputError
        K302 as `leontief_inverse`, for columns of another length, and for a number that is not known.

    References
    ----------
    Leontief (1970), Rev. Econ. Stat. 52, 262–271; Miller & Blair (2009), Input-Output Analysis, 2nd ed.,
    Cambridge, ch. 2 and 10.

    Examples
    --------
    >>> found = export_account([[0.0, 0.5], [0.0, 0.0]], [2.0, 1.0], [1.0, 0.5], [0.0, 10.0])
    >>> found.emissions.tolist(), found.value_added.tolist(), found.carbon_per_value_added
    ([0.0, 20.0], [0.0, 10.0], 2.0)
    """
    inverse = leontief_inverse(coefficients)
    n = len(inverse)
    sold = amounts(exports, "K302", "the exports", (n,), low=None)
    emitted = (
        amounts(emission_intensity, "K302", "the emission intensities", (n,), low=None) @ inverse
    ) * sold
    earned = (amounts(value_added_rate, "K302", "the rates of value added", (n,), low=None) @ inverse) * sold
    return ExportAccount(emitted, earned, sold)


def upstreamness(coefficients: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """Return how many stages each sector is away from final demand: 1 for a maker of final goods only.

    U = (I − B)⁻¹ 1 with B_ij = A_ij x_j / x_i, the share of i's output that j uses.

    Parameters
    ----------
    coefficients : array_like, shape (n, n)
        A: input from sector i per unit of output of sector j.
    output : array_like, shape (n,)
        x: in the unit of the coefficients, above 0.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    InputError
        K302 as `leontief_inverse`, and for a sector without output.

    References
    ----------
    Antràs & Chor (2013), Organizing the global value chain, Econometrica 81, 2127–2204.

    Examples
    --------
    >>> upstreamness([[0.0, 0.5], [0.0, 0.0]], [50.0, 100.0]).tolist()
    [2.0, 1.0]
    """
    matrix = _square(coefficients)
    made = amounts(output, "K302", "the outputs", (len(matrix),), above=True)
    return np.asarray(leontief_inverse(matrix * made[None, :] / made[:, None]).sum(axis=1))


def _square(coefficients: npt.ArrayLike) -> Floats:
    matrix = amounts(coefficients, "K302", "the coefficients", (None, None))
    if matrix.shape[0] != matrix.shape[1]:
        raise InputError("K302", f"the coefficients are {matrix.shape}; a square table was expected")
    return matrix

"""Drivers of the change in a cluster's emissions between two years, as far as its tables show them.

The identities are Kaya's, as Ang (2005) extends them to industries (`lmdi`).  With energy and value added:
C = Σ Q S_i I_i M_ij U_ij (activity, structure, intensity, fuel mix, emission factor; i enterprises,
j carriers).  With value added only: C = Σ Q S_i (C/V)_i.  With emissions alone nothing but who changed by how
much can be said: no identity has only one factor.

Logarithmic mean Divisia index, LMDI-I: what changed an aggregate, factor by factor, without a residual.

The aggregate is V = Σ_i V_i with V_i = x_1i x_2i … x_ni.
Additive: ΔV_k = Σ_i L(V_i^T, V_i^0) ln(x_ki^T/x_ki^0);
multiplicative: D_k = exp(Σ_i L(V_i^T, V_i^0)/L(V^T, V^0) ln(x_ki^T/x_ki^0)), with the logarithmic mean
L(a, b) = (a − b)/(ln a − ln b).

Input-output analysis: which emissions and which value added stand behind final demand and exports.

x = (I − A)⁻¹ y;  embodied emissions of a demand e: f (I − A)⁻¹ e, with f emissions per unit of output.

Decoupling of emissions from growth after Tapio: the elasticity e = (ΔC/C₀)/(ΔG/G₀) and its eight states.

References
----------
Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical guide. Energy Policy 33, 867–871,
eq. 4–5.
Ang, B. W., Zhang, F. Q. & Choi, K.-H. (1998). Factorizing changes in energy and environmental indicators
through decomposition. Energy 23, 489–495, Table 2 (the limits at zero).
Wood, R. & Lenzen, M. (2006). Zero-value problems of the logarithmic mean Divisia index decomposition method.
Energy Policy 34, 1326–1331 (why limits and not a small number in place of zero).
Leontief, W. (1970). Environmental repercussions and the economic structure. Rev. Econ. Stat. 52, 262–271.
Miller, R. E. & Blair, P. D. (2009). Input-Output Analysis, 2nd ed. Cambridge, ch. 2 and 10.
Antràs, P. & Chor, D. (2013). Organizing the global value chain. Econometrica 81, 2127–2204 (upstreamness).
Tapio, P. (2005). Towards a theory of decoupling: degrees of decoupling in the EU and the case of road traffic
in Finland between 1970 and 2001. Transport Policy 12, 137–151.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.completeness.bounds import accounts_as_one, comparable_as_one, value_added_as_one
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cells import Floats, Texts, text_codes
from separatrix_cluster.tables.panel import Cluster, real_value_added

__all__ = [
    "Decomposition",
    "DecouplingStep",
    "Drivers",
    "ExportAccount",
    "FACTORS",
    "STATES",
    "decompose",
    "decoupling",
    "decoupling_series",
    "drivers",
    "export_account",
    "leontief_inverse",
    "log_mean",
    "upstreamness",
]


@dataclass(frozen=True)
class Decomposition:
    """The change of an aggregate, split by factor.

    Attributes
    ----------
    factors : tuple of str
        Their names.
    before, after : float
        The aggregate at both times.
    additive : array, shape (factors,)
        In the unit of the aggregate; they sum to ``after - before``.
    multiplicative : array, shape (factors,), or None
        They multiply to ``after / before``; None where the aggregate is zero at either time, or a
        factor is larger than a number can be.
    by_category : array, shape (categories, factors)
        The additive parts of every category.
    """

    factors: tuple[str, ...]
    before: float
    after: float
    additive: Floats
    multiplicative: Floats | None
    by_category: Floats

    def to_dict(self) -> dict[str, Any]:
        """Return the decomposition as plain data."""
        return {
            "before": self.before,
            "after": self.after,
            "additive": dict(zip(self.factors, self.additive.tolist(), strict=True)),
            "multiplicative": None
            if self.multiplicative is None
            else dict(zip(self.factors, self.multiplicative.tolist(), strict=True)),
        }


def log_mean(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """Return the logarithmic mean of numbers that are not negative: L(a, a) = a, L(0, b) = 0.

    Examples
    --------
    >>> float(log_mean(2.0, 2.0)), float(log_mean(0.0, 3.0)), round(float(log_mean(1.0, np.e)), 6)
    (2.0, 0.0, 1.718282)
    """
    first, second = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    low, high = np.minimum(first, second), np.maximum(first, second)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        gap = high - low
        # Where both are close, ln a − ln b loses digits that log1p keeps; far apart, it is the other
        # way round.
        logarithm = np.where(gap < low, np.log1p(gap / low), np.log(high) - np.log(low))
        mean = np.where(gap == 0, first, gap / logarithm)
    return np.where((first == 0) | (second == 0), 0.0, mean)


def decompose(
    before: npt.ArrayLike, after: npt.ArrayLike, factors: Sequence[str] | None = None
) -> Decomposition:
    """Split the change of Σ_i Π_k x_ki by factor.

    Parameters
    ----------
    before, after : array_like, shape (categories, factors)
        The factors of every category at both times, in units that make their product the aggregate.
    factors : sequence of str, optional
        Their names.

    Returns
    -------
    Decomposition

    Raises
    ------
    InputError
        K301 where a factor is negative or not finite: a change of sign has no logarithm; and for shapes that
        do not fit.

    Notes
    -----
    A category that appears or vanishes because a factor is zero at one time gets the limits of Ang, Zhang &
    Choi (1998): the whole of its change belongs to the factors that are zero there, in equal parts where
    several are; that is what the terms tend to when these go to zero together.

    References
    ----------
    Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33, 867–871, eq. 4–5.
    Ang, Zhang & Choi (1998), Energy 23, 489–495, table 2.

    Examples
    --------
    >>> parts = decompose([[1, 10, 2], [4, 5, 3]], [[4, 5, 3], [5, 6, 4]])
    >>> parts.additive.round(4).tolist(), parts.after - parts.before
    ([69.7901, -9.4551, 39.6651], 100.0)
    """
    first = np.atleast_2d(np.asarray(before, dtype=float))
    last = np.atleast_2d(np.asarray(after, dtype=float))
    if first.shape != last.shape or first.ndim != 2:
        raise InputError("K301", f"{first.shape} factors before and {last.shape} after do not compare")
    names = tuple(factors) if factors is not None else tuple(f"factor {k + 1}" for k in range(first.shape[1]))
    if len(names) != first.shape[1]:
        raise InputError("K301", f"{len(names)} names are given for {first.shape[1]} factors")
    for values in (first, last):
        wrong = np.argwhere(~np.isfinite(values) | (values < 0))
        if len(wrong):
            i, k = (int(n) for n in wrong[0])
            raise InputError(
                "K301",
                f"{names[k]} of category {i + 1} is {values[i, k]:g}; LMDI needs numbers from 0 up",
                hint="a change of sign has no logarithm: leave that category out, or use another identity",
            )
    each_before, each_after = first.prod(axis=1), last.prod(axis=1)
    weights = log_mean(each_after, each_before)
    whole = (first > 0).all(axis=1) & (last > 0).all(axis=1)
    parts = np.zeros(first.shape)
    parts[whole] = weights[whole, None] * np.log(last[whole] / first[whole])
    for i in np.flatnonzero(~whole).tolist():
        parts[i] = _at_zero(first[i], last[i], each_after[i] - each_before[i])
    total_before, total_after = float(each_before.sum()), float(each_after.sum())
    additive = parts.sum(axis=0)
    multiplicative = None
    if total_before > 0 and total_after > 0:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            multiplicative = np.exp(additive / float(log_mean(total_after, total_before)))
        multiplicative = multiplicative if np.isfinite(multiplicative).all() else None
    return Decomposition(names, total_before, total_after, additive, multiplicative, parts)


def _at_zero(before: Floats, after: Floats, change: float) -> Floats:
    """Return the parts of a category with a zero: its change, shared by the factors that are zero once."""
    once = (before == 0) != (after == 0)
    parts = np.zeros(len(before))
    if change and once.any():
        parts[once] = change / once.sum()
    return parts


FACTORS = {
    "activity": say("activity"),
    "structure": say("structure"),
    "energy intensity": say("energy intensity"),
    "carbon intensity": say("carbon intensity"),
    "fuel mix": say("fuel mix"),
    "emission factor": say("emission factor"),
    "process intensity": say("process intensity"),
}
"""The factors, in the words shown to readers."""


@dataclass(frozen=True)
class Drivers:
    """A decomposition between two years, and which enterprises it covers."""

    start: int
    end: int
    decomposition: Decomposition
    enterprises: Texts

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "start": self.start,
            "end": self.end,
            **self.decomposition.to_dict(),
            "enterprises": len(self.enterprises),
        }


def drivers(cluster: Cluster, books: DataCompleteness) -> Drivers | None:
    """Return the decomposition between the first and the last year with value added, or nothing.

    Only enterprises that are whole and have positive value added in both years take part; a sign change has
    no logarithm.
    """
    accounts = accounts_as_one(cluster, books.accounts)
    years = [y for y in books.comparable_years if not np.isnan(real_value_added(cluster, y)).all()]
    if len(years) < 2:
        return None
    start, end = years[0], years[-1]
    value = [value_added_as_one(cluster, books, y) for y in (start, end)]
    emitted = [accounts.by_enterprise(y, internal=False) for y in (start, end)]
    with np.errstate(invalid="ignore"):
        chosen = (value[0] > 0) & (value[1] > 0) & ~np.isnan(emitted[0]) & ~np.isnan(emitted[1])
    chosen &= comparable_as_one(cluster, books, start) & comparable_as_one(cluster, books, end)
    if not chosen.any():
        return None
    known = [~np.isnan(accounts.energy_by_enterprise(y)) for y in (start, end)]
    whole = chosen & known[0] & known[1]
    if whole.any() and not _other_lines(accounts, whole, (start, end)):
        return Drivers(start, end, _five(accounts, value, whole, start, end), cluster.enterprises[whole])
    table = [
        np.c_[np.full(int(chosen.sum()), v[chosen].sum()), v[chosen] / v[chosen].sum(), e[chosen] / v[chosen]]
        for v, e in zip(value, emitted, strict=True)
    ]
    parts = decompose(table[0], table[1], ("activity", "structure", "carbon intensity"))
    return Drivers(start, end, parts, cluster.enterprises[chosen])


def _other_lines(accounts: CarbonAccounts, whole: Any, years: tuple[int, int]) -> bool:
    """Return whether these enterprises have emissions that no energy explains.

    Verified totals, and fuels whose own factor is per amount with unknown energy.
    """
    chosen = whole[accounts.enterprise] & np.isin(accounts.year, years)
    totals = np.isin(accounts.kind[chosen].astype(str), ["verified", "reported"])
    dark = np.isnan(accounts.energy[chosen]) & (accounts.carrier[chosen] != "")
    return bool(totals.any() or dark.any())


def _five(accounts: CarbonAccounts, value: list[Floats], whole: Any, start: int, end: int) -> Decomposition:
    """Return activity, structure, energy intensity, fuel mix, emission factor, and process emissions."""
    carriers = [name for name in text_codes(accounts.carrier)[0].tolist() if name]
    members = np.flatnonzero(whole)
    used = [_used(accounts, members, carriers, year) for year in (start, end)]
    energy, carbon, process = (np.array([u[k] for u in used]) for k in range(3))
    sums = energy.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mix, factor = energy / sums[:, :, None], carbon / energy
    # Of a carrier that is not used in one year the factor is not zero but unknown: that of the other year
    # stands for it, so that a change of fuel shows as fuel mix alone; the same with the mix of no energy.
    for part in (mix, factor):
        for one, other in ((0, 1), (1, 0)):
            part[one] = np.where(np.isnan(part[one]), part[other], part[one])
    mix, factor = np.nan_to_num(mix), np.nan_to_num(factor)
    tables = []
    for y in (0, 1):
        total = float(value[y][members].sum())
        share, intensity = value[y][members] / total, sums[y] / value[y][members]
        own, ones = process[y] / value[y][members], np.ones(len(members))
        burned = np.repeat(np.c_[ones * total, share, intensity], len(carriers), axis=0)
        burned = np.c_[burned, mix[y].ravel(), factor[y].ravel(), np.ones(len(burned))]
        tables.append(np.r_[burned, np.c_[ones * total, share, ones, ones, ones, own]])
    names = ("activity", "structure", "energy intensity", "fuel mix", "emission factor", "process intensity")
    return decompose(tables[0], tables[1], names)


def _used(
    accounts: CarbonAccounts, members: Ints, carriers: list[str], year: int
) -> tuple[Floats, Floats, Floats]:
    """Return energy and carbon by member and carrier, and by member the carbon that no energy explains."""
    energy = np.zeros((len(members), len(carriers)))
    carbon = np.zeros((len(members), len(carriers)))
    process = np.zeros(len(members))
    place = np.full(len(accounts.enterprises), -1)
    place[members] = np.arange(len(members))
    lines = np.flatnonzero((accounts.year == year) & ~accounts.internal & (place[accounts.enterprise] >= 0))
    burned = (accounts.carrier[lines] != "") & ~np.isnan(accounts.energy[lines])
    names, codes = text_codes(accounts.carrier[lines[burned]])
    column = np.array([carriers.index(name) for name in names.tolist()], dtype=np.int64)[codes]
    at = place[accounts.enterprise[lines[burned]]], column
    np.add.at(energy, at, accounts.energy[lines[burned]])
    np.add.at(carbon, at, accounts.location[lines[burned]])
    np.add.at(process, place[accounts.enterprise[lines[~burned]]], accounts.location[lines[~burned]])
    return energy, carbon, process


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

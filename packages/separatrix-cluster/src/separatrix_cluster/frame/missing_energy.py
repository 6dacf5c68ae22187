"""Energy that the accounts of a year do not hold, and between which bounds it leaves a quotient of energy.

Energy is uncertain for four reasons: a gap of the accounts, a doubt about counted amounts, fuel without a
known heating value, and a verified or reported total without rows of fuel or purchases. In each case the
energy follows from the carbon, by the carbon per energy of the possible carriers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.untold_energy import carbon_per_energy, untold_carbon
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["MissingEnergy", "missing_energy", "quotient_bounds"]

Truths = npt.NDArray[np.bool_]

_BOUGHT = ("electricity", "heat")
_UNBOUNDED = 1e15  # GJ, where nothing can be said of how much


@dataclass(frozen=True)
class MissingEnergy:
    """What leaves energy open, a position for each thing; every array has a least and a most, shape (n, 2).

    Attributes
    ----------
    energy : array of float
        GJ.
    carbon, clean, electric : array of float
        t CO2 for a GJ of it, and which share of it is clean energy, and electricity.
    fixed : array of float
        t CO2 that do not depend on the energy.
    with_process : array of bool, shape (n,)
        Whether what is fixed holds process emissions, and so counts only with them; then `carbon` only
        without them.
    """

    energy: Floats
    carbon: Floats
    clean: Floats
    electric: Floats
    fixed: Floats
    with_process: Truths

    def __len__(self) -> int:
        return len(self.energy)


def missing_energy(
    accounts: CarbonAccounts, completeness: DataCompleteness | None, year: int
) -> MissingEnergy:
    """Return the energy that the accounts of a year leave open."""
    found: list[tuple[tuple[float, float], ...]] = []
    processes: list[bool] = []

    def add(
        energy: tuple[float, float],
        carbon: tuple[float, float],
        clean: tuple[float, float],
        electric: tuple[float, float],
        fixed: tuple[float, float] = (0.0, 0.0),
        process: bool = False,
    ) -> None:
        found.append((energy, carbon, clean, electric, fixed))
        processes.append(process)

    fuels, bought = carbon_per_energy(accounts, fuels=True), carbon_per_energy(accounts, fuels=False)
    no, maybe, yes = (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)
    now = accounts.year == year
    # Fuel without a heating value: its carbon is known.
    for i in np.flatnonzero(now & (accounts.kind == "combustion") & np.isnan(accounts.energy)).tolist():
        carbon = float(accounts.factor_location[i])
        add((carbon / fuels[1], carbon / fuels[0]), no, no, no, (carbon, carbon))
    for carbon in untold_carbon(accounts, year).tolist():
        if carbon > 0:
            add((0.0, carbon / fuels[0]), fuels, maybe, no, (carbon, carbon), True)
    reported = np.flatnonzero(now & (accounts.kind == "reported") & (accounts.location > 0))
    for i in reported.tolist():
        own = now & (accounts.enterprise == accounts.enterprise[i]) & (accounts.scope == 2)
        if not (own & np.isin(accounts.carrier.astype(str), _BOUGHT)).any():
            carbon = float(accounts.location[i])
            add((carbon / bought[1], carbon / bought[0]), no, maybe, maybe, (carbon, carbon))
    if completeness is not None:
        c = completeness.columns
        for i in np.flatnonzero(c.year == year).tolist():
            source = str(c.source[i])
            low, high = float(np.nan_to_num(c.low[i])), float(c.high[i])
            if source == "process":
                add(no, no, no, no, (low, high if np.isfinite(high) else _UNBOUNDED), True)
                continue
            by_place = bought if source in _BOUGHT else fuels if source else (fuels[0], bought[1])
            same = _known_lines(accounts, source)
            per = accounts.factor_location[same] / accounts.energy[same]
            if len(per) and per.max() > 0:
                by_place = float(per.min()), float(per.max())
            if len(per) and per.max() == 0:  # it emits nothing, and its energy counts
                other = same & (accounts.enterprise == c.enterprise[i])
                most = float(accounts.energy[other if other.any() else same].max())
                add((0.0, most), no, yes, no)
                continue
            energy = (
                low / by_place[1],
                high / by_place[0] if np.isfinite(high) and by_place[0] > 0 else _UNBOUNDED,
            )
            if source in _BOUGHT:
                stated = accounts.factor_stated[same] / accounts.energy[same]
                ends = (float(stated.min()), float(stated.max())) if len(stated) else by_place
                power = source == "electricity"
                add(energy, ends, maybe, yes if power else no)
            elif source and source not in ("verified", "reported"):
                add(energy, by_place, no, no)
            else:
                add(energy, (0.0, by_place[1]), maybe, maybe)
        for one in _doubted(accounts, completeness, year, (fuels, bought)):
            add(*one)
    values = np.array(found, dtype=float).reshape(len(found), 5, 2)
    energy_, carbon_, clean_, electric_, fixed_ = (values[:, k] for k in range(5))
    return MissingEnergy(
        energy_, carbon_, clean_, electric_, fixed_, np.array(processes, dtype=bool).reshape(len(found))
    )


Ends = tuple[float, float]


def _doubted(
    accounts: CarbonAccounts, completeness: DataCompleteness, year: int, per: tuple[Ends, Ends]
) -> Iterator[tuple[Ends, Ends, Ends, Ends, Ends, bool]]:
    """Yield what doubts leave open: energy, its carbon, clean and electric share, fixed carbon, processes."""
    no, maybe, yes = (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)
    fuels, bought = per
    doubts = completeness.doubted()
    for i in np.flatnonzero(doubts.year == year).tolist():
        source = str(doubts.source[i])
        carbon = _clip_ends(doubts.low[i], doubts.high[i])
        if source in ("process", "verified", "reported"):
            yield no, no, no, no, carbon, True
            continue
        usual = bought if source in _BOUGHT else fuels if source else (fuels[0], bought[1])
        ends = _carbon_per_line(accounts, (accounts.year == year) & (accounts.carrier == source)) or usual
        used = _clip_ends(doubts.energy_low[i], doubts.energy_high[i])
        if np.isnan(used[0]):  # it follows from the carbon
            used = (carbon[0] / ends[0], carbon[1] / ends[0]) if ends[0] > 0 else no
        if used == no:  # a factor: the carbon alone
            yield no, no, no, no, carbon, False
            continue
        clean = yes if ends[1] == 0 else no if source and source not in _BOUGHT else maybe
        yield used, ends, clean, yes if source == "electricity" else no if source else maybe, no, False


def _clip_ends(low: float, high: float) -> Ends:
    return float(np.clip(low, -_UNBOUNDED, _UNBOUNDED)), float(np.clip(high, -_UNBOUNDED, _UNBOUNDED))


def _carbon_per_line(accounts: CarbonAccounts, chosen: Truths) -> tuple[float, float] | None:
    """Return the least and the most t CO2/GJ of lines; None where none has both."""
    known = chosen & (accounts.energy > 0) & ~np.isnan(accounts.factor_stated)
    per = accounts.factor_stated[known] / accounts.energy[known]
    return (float(per.min()), float(per.max())) if len(per) else None


def _known_lines(accounts: CarbonAccounts, source: str) -> Truths:
    """Return the lines of a carrier, in all years, whose energy and carbon are known."""
    return np.asarray(
        (accounts.carrier == source)
        & (accounts.energy > 0)
        & ~np.isnan(accounts.factor_location)
        & ~accounts.internal
    )


def quotient_bounds(
    over: tuple[float, float], under: float, energy: Floats, per: Floats
) -> tuple[float, float]:
    """Return the least and the most of (over + Σ energy·per) / (under + Σ energy).

    Such a quotient is extreme where each energy is at one of its ends, and those at their upper ends are the
    ones whose `per` lies beyond the quotient itself: a row of them in order.

    Examples
    --------
    >>> quotient_bounds((10.0, 10.0), 10.0, np.array([[0.0, 10.0]]), np.array([[2.0, 3.0]]))
    (1.0, 2.0)
    """
    ends = []
    for side, order in ((0, 1), (1, -1)):
        start = over[side] + float((energy[:, 0] * per[:, side]).sum())
        first = under + float(energy[:, 0].sum())
        by = np.argsort(order * per[:, side], kind="stable")
        more = energy[by, 1] - energy[by, 0]
        tops = start + np.r_[0.0, np.cumsum(more * per[by, side])]
        bottoms = first + np.r_[0.0, np.cumsum(more)]
        known = bottoms > 0
        if not known.any():
            return float("nan"), float("nan")
        quotients = tops[known] / bottoms[known]
        ends.append(float(quotients.min() if side == 0 else quotients.max()))
    return ends[0], ends[1]

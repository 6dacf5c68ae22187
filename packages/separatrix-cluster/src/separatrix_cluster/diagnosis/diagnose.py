"""The diagnosis of a cluster: its frame, the four difficulties, the gap to a standard, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from separatrix.io.cells import Remark
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence
from separatrix_cluster.accounts.account import carbon_accounts
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import Spread, spread_of_total
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.coverage import Ability, abilities
from separatrix_cluster.diagnosis.change_bounds import EmissionTrend, emission_trend
from separatrix_cluster.diagnosis.indicator import Difficulty, difficulty
from separatrix_cluster.diagnosis.movers import Mover, boundary_cautions, movers
from separatrix_cluster.diagnosis.registry import DIFFICULTIES
from separatrix_cluster.frame.frame import Frame, frame_of
from separatrix_cluster.frame.standards import Scorecard, scorecard, standard_named
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True, repr=False)
class Diagnosis(Tabled):
    """What the data of a cluster say of it.

    Attributes
    ----------
    cluster : Cluster
    accounts : CarbonAccounts
    totals : mapping of int to Spread
        t CO2e of each year, location-based, with the interval of what is stated to be uncertain.
    abilities : tuple of Ability
        What could be computed, and for how much of the cluster.
    frame : Frame
    difficulties : tuple of Difficulty
        The four, in the paper's order.
    scorecard : Scorecard or None
        The gap to the standard that cluster.yaml names.
    movers : tuple of Mover
        Whose emissions changed most between the first year and `year`.
    completeness : DataCompleteness
        What is missing from the accounts, and how large it is.
    cautions : tuple of Sentence
        Between which years what the data cover may have changed, so that changes are not all real.
    trend : EmissionTrend or None
        How emissions changed from the base year, else the first, to `year`.
    """

    cluster: Cluster
    accounts: CarbonAccounts
    totals: dict[int, Spread]
    abilities: tuple[Ability, ...]
    frame: Frame
    difficulties: tuple[Difficulty, ...]
    scorecard: Scorecard | None
    movers: tuple[Mover, ...]
    completeness: DataCompleteness
    cautions: tuple[Sentence, ...] = ()
    trend: EmissionTrend | None = None

    @property
    def year(self) -> int | None:
        """The year that is reported: see `DataCompleteness.reporting_year`."""
        return self.completeness.reporting_year

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything that was amiss in the data."""
        return (*self.cluster.remarks, *self.accounts.remarks, *self.completeness.remarks)

    @property
    def binding(self) -> Difficulty | None:
        """The difficulty that binds most, if two or more have a score and its interval lies above theirs."""
        scored = sorted(
            (d for d in self.difficulties if d.score is not None), key=lambda d: -(d.score or 0.0)
        )
        if len(scored) < 2 or (scored[0].low or 0.0) <= max(d.high or 0.0 for d in scored[1:]):
            return None
        return scored[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain data."""
        from separatrix.run.results import provenance

        return {
            "cluster": self.cluster.label,
            "year": self.year,
            "completeness": self.completeness.to_dict(),
            "totals": {
                str(y): {**s.to_dict(), "with_missing_and_doubt": self.completeness.total(y).to_dict()}
                for y, s in self.totals.items()
            },
            "trend": None if self.trend is None else self.trend.to_dict(),
            "abilities": [a.to_dict() for a in self.abilities],
            "frame": self.frame.to_dict(),
            "difficulties": [_plain(x.to_dict()) for x in self.difficulties],
            "binding": None if self.binding is None else self.binding.name,
            "standard": None if self.scorecard is None else self.scorecard.to_dict(),
            "movers": [m.to_dict() for m in self.movers],
            "cautions": [str(c) for c in self.cautions],
            "remarks": [r.to_dict() for r in self.remarks],
            "provenance": provenance(self.cluster),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def diagnose(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    standard: str | None = None,
    year: int | None = None,
) -> Diagnosis:
    """Return the diagnosis of a cluster.

    Parameters
    ----------
    cluster : Cluster
    accounts : CarbonAccounts, optional
        By default computed here.
    standard : str, optional
        A park standard in place of the one that cluster.yaml names.
    year : int, optional
        Which year is reported; by default the last one that holds 90 % of the last known emissions.

    Returns
    -------
    Diagnosis
        Scores run from 0 (does not bind) to 1 (binds fully); carbon is in t CO2e.

    Raises
    ------
    InputError
        K230 for an unknown standard, K240 for a year without data.

    References
    ----------
    Shi & Chen (2018), section 3.1; each indicator names the source of its method.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> found = diagnose(load_cluster("kalundborg"))
    >>> [d.score for d in found.difficulties], found.frame.network.arcs
    ([None, None, None, None], 30)
    """
    books = carbon_accounts(cluster) if accounts is None else accounts
    chosen = standard or cluster.description.park_standard
    if chosen:
        standard_named(chosen, cluster.origin)  # a name that is wrong is told even where no year is known
    whole = completeness_of(cluster, books, year=year)
    return Diagnosis(
        cluster,
        books,
        {year: spread_of_total(books, year) for year in books.years},
        abilities(cluster, books, whole),
        frame_of(cluster, books, whole),
        tuple(difficulty(name, rules, cluster, whole) for name, rules in DIFFICULTIES.items()),
        scorecard(cluster, books, chosen, year=whole.reporting_year, completeness=whole)
        if chosen and books.years
        else None,
        movers(cluster, whole),
        whole,
        boundary_cautions(cluster, whole),
        emission_trend(cluster, whole),
    )

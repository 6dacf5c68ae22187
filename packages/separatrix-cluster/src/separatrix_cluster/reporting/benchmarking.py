"""An enterprise compared with others of its sector: averages of groups in which none can be identified.

All averages are over the same enterprises, those with all compared figures, so that no two of them differ
by one; see `separatrix_cluster.reporting.benchmarking`.

Statistical disclosure control: which sums may be disclosed to their contributors.

A sum is disclosed only if it has enough contributors and passes the p % rule: even if the next largest
contributors combine their knowledge, their best bound for the largest is off by `PROTECTION` of it. Groups
that fail are merged with others and never dropped, because a dropped group of a total follows by
subtraction; and the groups do not overlap, so that no two sums differ by one enterprise.

Reference: Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, sections 4.2 and 4.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.bounds import undoubted
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.doubt import whole_energy
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, by_enterprise, sectors_of

__all__ = [
    "DIGITS",
    "LEAST_OTHERS",
    "PARTNERS",
    "PROTECTION",
    "PeerComparison",
    "Peers",
    "may_disclose_sum",
    "peer_comparisons",
    "safe_groups",
    "told_average",
]

LEAST_OTHERS = 3
"""The least number of other contributors whose sum is disclosed."""

PARTNERS = 2
"""So many contributors may put together what they know: the reader of a page, and one more."""

PROTECTION = 0.25
"""What others must add to the largest, as a share of it."""


def may_disclose_sum(contributions: npt.ArrayLike) -> bool:
    """Return whether the sum of these non-negative numbers may be disclosed to each contributor.

    Examples
    --------
    >>> may_disclose_sum([5, 4, 3, 2]), may_disclose_sum([50, 4, 3, 2]), may_disclose_sum([5, 5, 5])
    (True, False, False)
    """
    ordered = np.sort(np.asarray(contributions, dtype=float))[::-1]
    if (ordered < 0).any() or int((ordered > 0).sum()) <= LEAST_OTHERS:
        return False
    return bool(ordered[1 + PARTNERS :].sum() >= PROTECTION * ordered[0])


def safe_groups(
    kinds: Sequence[str], contributions: Sequence[Floats]
) -> list[tuple[tuple[str, ...], list[int]]]:
    """Return groups whose sums may all be disclosed: single kinds where that is safe, else merged.

    Parameters
    ----------
    kinds : sequence of str
        Of each contributor, as its sector; neighbours in the order of the alphabet are joined.
    contributions : sequence of array, shape (contributors,)
        What is summed: several numbers of each contributor.

    Returns
    -------
    list of (kinds, positions)
        They do not overlap and omit no one; empty where not even the sums of all may be disclosed.

    Examples
    --------
    >>> of = [np.array([5.0, 4.0, 3.0, 2.0, 9.0, 5.0, 4.0, 3.0])]
    >>> [kinds for kinds, _ in safe_groups(list("aaaabbbb"), of)]
    [('a',), ('b',)]
    >>> [kinds for kinds, _ in safe_groups(list("aaaabbbc"), of)]
    [('a',), ('b', 'c')]
    """

    def safe(members: list[int]) -> bool:
        return all(may_disclose_sum(part[members]) for part in contributions)

    by_kind: dict[str, list[int]] = {}
    for i, kind in enumerate(kinds):
        by_kind.setdefault(kind, []).append(i)
    # In the order of their codes: neighbours in a classification are alike.
    groups: list[tuple[tuple[str, ...], list[int]]] = [((k,), by_kind[k]) for k in sorted(by_kind)]
    while groups:
        failing = [k for k, (_, members) in enumerate(groups) if not safe(members)]
        if not failing:
            return groups
        if len(groups) == 1:
            return []
        smallest = min(failing, key=lambda k: len(groups[k][1]))
        beside = [k for k in (smallest - 1, smallest + 1) if 0 <= k < len(groups)]
        # Two that fail are joined first, so that the others keep what is comparable.
        other = min(beside, key=lambda k: (k not in failing, len(groups[k][1])))
        first, second = sorted((smallest, other))
        joined = ((*groups[first][0], *groups[second][0]), [*groups[first][1], *groups[second][1]])
        groups[first : second + 1] = [joined]
    return []


Place = Literal["better half", "middle", "worse half"]

DIGITS = 2
"""The number of digits shown of an average."""


@dataclass(frozen=True)
class PeerComparison:
    """One figure of an enterprise compared with that of others.

    Attributes
    ----------
    id, name, unit : str, Sentence, str
    own : float or None
    average : float or None
        Of the whole group, the enterprise included where its data are complete: sums over sums, in two
        digits.
    others : int
        The number of others in it.
    sectors : tuple of str
        Theirs.
    place : str or None
        better half, middle or worse half: whether fewer than half of the others do better, half, or
        more.
    why : Sentence or None
        Why the average is missing.
    """

    id: str
    name: Sentence
    unit: str
    own: float | None
    average: float | None
    others: int
    sectors: tuple[str, ...]
    place: Place | None
    why: Sentence | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "id": self.id,
            "name": str(self.name),
            "unit": self.unit,
            "own": self.own,
            "average": self.average,
            "others": self.others,
            "sectors": list(self.sectors),
            "place": self.place,
            "why": None if self.why is None else str(self.why),
        }


@dataclass(frozen=True)
class _Measure:
    id: str
    name: Sentence
    unit: str
    above: Floats
    below: Floats
    less_is_better: bool

    @property
    def is_comparable(self) -> np.ndarray[Any, Any]:
        with np.errstate(invalid="ignore"):
            return np.asarray((self.above >= 0) & (self.below > 0))

    @property
    def ratios(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(self.is_comparable, self.above / self.below, np.nan))


def _measures(cluster: Cluster, complete: DataCompleteness, year: int) -> list[_Measure]:
    """Return the compared figures, only of enterprises without missing data or suspected errors."""
    d = cluster.description
    money = d.money_unit or d.currency
    value, staff = (
        undoubted(complete, column, year, by_enterprise(cluster, "accounts", column, year))
        for column in ("value_added", "staff")
    )
    value = value / d.money_factor
    books, whole = complete.accounts, complete.is_comparable(year)
    carbon = np.where(whole, books.by_enterprise(year), np.nan)
    energy = np.where(whole, whole_energy(books, year) / TCE, np.nan)
    return [
        _Measure("carbon-per-value-added", say("carbon per value added"), f"t/{money}", carbon, value, True),
        _Measure(
            "energy-per-value-added", say("energy per value added"), f"tce/{money}", energy, value, True
        ),
        _Measure(
            "value-added-per-worker", say("value added per worker"), f"{money}/worker", value, staff, False
        ),
    ]


def _compared(measures: Sequence[_Measure]) -> tuple[list[_Measure], np.ndarray[Any, Any]]:
    """Return the measures that may be disclosed, and the enterprises for which all of them are known.

    A measure that is unknown for half of the remaining enterprises is dropped, rather than these
    enterprises.
    """
    chosen: list[_Measure] = []
    whole = np.ones(len(measures[0].above), dtype=bool)
    for measure in measures:
        both = whole & measure.is_comparable
        if both.sum() > LEAST_OTHERS and (not chosen or both.sum() * 2 >= whole.sum()):
            chosen.append(measure)
            whole = both
    return chosen, whole if chosen else np.zeros_like(whole)


@dataclass(frozen=True)
class Peers:
    """Who is compared in a year: by which measures, and in which groups of positions; see `Peers.of`."""

    complete: DataCompleteness
    year: int
    measures: tuple[_Measure, ...]
    told: tuple[_Measure, ...]
    groups: tuple[tuple[tuple[str, ...], list[int]], ...]
    sectors: tuple[str, ...]

    @classmethod
    def of(cls, cluster: Cluster, complete: DataCompleteness, year: int) -> Peers:
        """Return them; they are the same for every enterprise."""
        measures = _measures(cluster, complete, year)
        told, whole = _compared(measures)
        members = np.flatnonzero(whole)
        sectors = tuple(str(s) for s in sectors_of(cluster))
        parts = [side[members] for m in told for side in (m.above, m.below)]
        groups = safe_groups([sectors[i] for i in members], parts) if told else []
        placed = tuple((kinds, [int(members[k]) for k in own]) for kinds, own in groups)
        return cls(complete, year, tuple(measures), tuple(told), placed, sectors)

    def comparisons(self, at: int) -> tuple[PeerComparison, ...]:
        """Return the figures of one enterprise compared with those of its group."""
        group = next(((k, members) for k, members in self.groups if self.sectors[at] in k), None)
        whole = bool(self.complete.is_comparable(self.year)[at])
        why = say("its own data are not complete, or contradict themselves")
        return tuple(
            _comparison(m, m in self.told, group, bool(self.groups), at)
            if whole or m.id == "value-added-per-worker"
            else PeerComparison(m.id, m.name, m.unit, None, None, 0, (), None, why)
            for m in self.measures
        )


def peer_comparisons(
    cluster: Cluster, complete: DataCompleteness, year: int
) -> dict[str, tuple[PeerComparison, ...]]:
    """Return for every enterprise the comparisons with others that its page shows for a year.

    Parameters
    ----------
    cluster : Cluster
    complete : DataCompleteness
    year : int
        One of those that are known.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.completeness.completeness import completeness_of
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> park = load_cluster("synthetic-park")
    >>> told = peer_comparisons(park, completeness_of(park, carbon_accounts(park)), 2024)
    >>> [(c.id, c.others, c.place) for c in told["E01"]][0]
    ('carbon-per-value-added', 6, 'better half')
    """
    peers = Peers.of(cluster, complete, year)
    return {str(e): peers.comparisons(at) for at, e in enumerate(cluster.enterprises)}


def _comparison(
    measure: _Measure, told: bool, group: tuple[Any, list[int]] | None, any_group: bool, at: int
) -> PeerComparison:
    own = None if np.isnan(measure.ratios[at]) else float(measure.ratios[at])
    why = None
    if not told:
        why = say("too few enterprises have reported the figures it is based on")
    elif not any_group:
        why = say(
            "an average would disclose the figures of one enterprise: some are too large, or there "
            "are too few"
        )
    elif group is None:
        why = say("no enterprise of its sector has reported all compared figures")
    if why is not None or group is None:
        return PeerComparison(measure.id, measure.name, measure.unit, own, None, 0, (), None, why)
    kinds, members = group
    others = [i for i in members if i != at]
    average = float(measure.above[members].sum() / measure.below[members].sum())
    return PeerComparison(
        measure.id,
        measure.name,
        measure.unit,
        own,
        told_average(average),
        len(others),
        tuple(str(k) for k in kinds),
        None if own is None else _place(own, measure.ratios[others], measure.less_is_better),
    )


def told_average(average: float) -> float:
    """Return an average as shown, in two digits.

    Examples
    --------
    >>> told_average(0.4567)
    0.46
    """
    return float(f"{average:.{DIGITS}g}")


def _place(own: float, others: Floats, less_is_better: bool) -> Place:
    """Return in which half of the others; of no single one it follows whether it does better."""
    sign = 1 if less_is_better else -1
    better = float((sign * others < sign * own).sum()) + float((others == own).sum()) / 2
    if 2 * better == len(others):
        return "middle"
    return "better half" if 2 * better < len(others) else "worse half"

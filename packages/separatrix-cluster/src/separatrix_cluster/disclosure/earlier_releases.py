"""Earlier releases, and who could compute from further figures what they could not before.

An audit names one smallest coalition for a value. If that coalition knew the value before, others may learn
it now: so the search continues among the coalitions that contain none of those, until one knows more than
before or none is left. Earlier knowledge is computed from the earlier figures alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from separatrix_cluster.disclosure.disclosure_audit import PROTECTION, Disclosure, TargetAudit
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure
from separatrix_cluster.disclosure.releases import Releases, Target
from separatrix_cluster.disclosure.witness_movement import WitnessMovements

__all__ = ["EarlierReleases"]

Terms = tuple[tuple[Cell, float], ...]
"""A value, or a sum of some with their weights."""

NEAR = 1e-6
"""Relative: by how much two programmes of the same interval may differ."""


class EarlierReleases:
    """All earlier releases of some values.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values of all cells of what was released and of further figures.
    released : sequence of ReleasedFigure or ReleasedPlace
    protection, colluders, kept
        As for `audit`.

    Raises
    ------
    InputError
        K258 to K261, as `audit`; the methods as well.

    Examples
    --------
    A total, and one without D that only B receives; then all receive it, or again B alone.

    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = {Cell(name, "heat"): 5.0 + k for k, name in enumerate("ABCDE")}
    >>> most = [c for c in cells if c.enterprise != "D"]
    >>> before = [total("all", cells, cells), total("sheet", most, cells, reader="B")]
    >>> earlier = EarlierReleases(cells, before, colluders=1)
    >>> [(d.cell.enterprise, d.attackers) for d in earlier.new_disclosures([total("most", most, cells)])]
    [('D', ())]
    >>> earlier.new_disclosures([total("sheet again", most, cells, reader="B")])
    ()
    """

    def __init__(
        self,
        values: Mapping[Cell, float],
        released: Sequence[Release],
        *,
        protection: float = PROTECTION,
        colluders: int = 2,
        kept: WitnessMovements | None = None,
    ) -> None:
        self.values, self.released = values, tuple(released)
        self.kept = WitnessMovements() if kept is None else kept
        self.protection, self.colluders = protection, colluders
        self._audit = TargetAudit(values, self.released, protection, colluders)
        self._number = {name: k for k, name in enumerate(self._audit.releases.enterprises)}
        self._known: dict[Terms, dict[tuple[str, ...], tuple[float, float]]] = {}
        self._ends = WitnessMovements()  # by which they are known

    def new_disclosures(self, figures: Sequence[Release]) -> tuple[Disclosure, ...]:
        """Return the values that further figures disclose too narrowly.

        Parameters
        ----------
        figures : sequence of ReleasedFigure or ReleasedPlace

        Returns
        -------
        tuple of Disclosure
            For each such value one of the smallest coalitions that know it too narrowly and did not before,
            or not as narrowly; the smallest first. Coalitions with a member who knew it too narrowly before
            are excluded.
        """
        return tuple(sorted(self._new(tuple(figures), ()), key=lambda d: (len(d.attackers), d.cell)))

    def first_new_disclosure(
        self, figures: Sequence[Release], suspects: Sequence[Cell] = ()
    ) -> Disclosure | None:
        """Return one value that further figures disclose too narrowly, or None.

        It is fast if it tests the right value first. A caller that tries many tables of the same values
        should pass the values that the last ones disclosed.

        Parameters
        ----------
        figures : sequence of ReleasedFigure or ReleasedPlace
        suspects : sequence of Cell
            Which values, or sums as a `Disclosure` names them, are looked at first.
        """
        return next(self._new(tuple(figures), suspects), None)

    def _new(self, figures: Sequence[Release], suspects: Sequence[Cell]) -> Iterator[Disclosure]:
        if not figures:
            return
        told = [*self.released, *figures]
        audit = TargetAudit(self.values, told, self.protection, self.colluders, self.kept)
        touched = self._touched(audit.releases, figures)
        cells = audit.releases.cells
        rank = {cell: k for k, cell in enumerate(suspects)}
        for target in sorted(audit.releases.targets, key=lambda t: rank.get(t.cell, len(rank))):
            if target.part in touched:
                terms = tuple((cells[i], w) for i, w in zip(target.at, target.weights, strict=True))
                self._take_known(audit, terms, target)
                as_before = partial(self._as_before, audit, terms, target)
                those = audit.all_at(target, as_before, self._ends)
                found = next((d for d in those if not self._knew(terms, target, d)), None)
                if found is not None:
                    yield found

    def _touched(self, releases: Releases, figures: Sequence[Release]) -> set[int]:
        """Return the parts that further figures concern: of others no one knows more than before."""
        told = sum(isinstance(r, ReleasedFigure) for r in self.released)
        new: Iterable[int] = range(told, told + sum(isinstance(r, ReleasedFigure) for r in figures))
        places = len(self.released) - told
        sides = [side for side, (place, _) in releases.sides.items() if place >= places]
        return {int(releases.part_of_figure[k]) for k in (*new, *sides)}

    def _take_known(self, audit: TargetAudit, terms: Terms, target: Target) -> None:
        """Record for an audit who knew a value too narrowly before, and so does now, without a programme."""
        number = {name: k for k, name in enumerate(audit.releases.enterprises)}
        size = self.protection * target.value * (1 - NEAR)
        for attackers, (low, high) in self._known.get(terms, {}).items():
            if not number.keys() >= set(attackers):
                continue  # one is told of nothing here
            coalition = tuple(sorted(number[a] for a in attackers))
            for sign, end in ((-1.0, target.value - low), (1.0, high - target.value)):
                if end < size:
                    audit.search.known_before(target, sign, coalition)

    def _as_before(
        self, audit: TargetAudit, terms: Terms, target: Target, attackers: tuple[int, ...]
    ) -> bool:
        """Return whether both ends that a coalition knew before are seen at once to be possible still."""
        known = self._known.get(terms)
        ends = known and known.get(tuple(sorted(audit.releases.enterprises[a] for a in attackers)))
        if not ends:
            return False
        down, up = audit.search.reach(target, attackers, self._ends)
        near = NEAR * target.value
        return ends[0] >= target.value + down - near and ends[1] <= target.value + up + near

    def _knew(self, terms: Terms, target: Target, now: Disclosure) -> bool:
        """Return whether those who know a value too narrowly now knew it as narrowly before."""
        near = NEAR * (now.high if np.isfinite(now.high) else max(now.low, target.value))
        reach = self.protection * target.value + near
        if now.low < target.value - reach and now.high > target.value + reach:
            return False  # its ends are far enough: a solver left something open, which counts as learnt
        known = self._known.setdefault(terms, {})
        if now.attackers not in known:
            known[now.attackers] = self._known_range(now.cell, dict(terms), now.attackers)
        low, high = known[now.attackers]
        return low >= now.low - near and high <= now.high + near

    def _known_range(
        self, name: Cell, terms: Mapping[Cell, float], attackers: Sequence[str]
    ) -> tuple[float, float]:
        """Return between what a coalition knew a sum of values to be before."""
        releases = self._audit.releases
        # To whom and of whom nothing was told, they bring nothing.
        those = tuple(self._number[a] for a in attackers if a in self._number)
        parts: dict[int, dict[Cell, float]] = {}
        for cell, weight in terms.items():
            if cell in releases.position:
                parts.setdefault(int(releases.part[releases.position[cell]]), {})[cell] = weight
        # Figures of one part say nothing of the others, so that the ends of a sum are sums of their ends.
        known = [
            self._audit.known_to(releases.target(name, part), those, self._ends) for part in parts.values()
        ]
        untold = any(cell not in releases.position for cell in terms)
        return sum(k.low for k in known), np.inf if untold else sum(k.high for k in known)

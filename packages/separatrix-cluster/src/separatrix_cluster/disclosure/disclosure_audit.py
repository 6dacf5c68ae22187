"""An audit of all releases: who could compute whose value more narrowly than allowed.

An attacker knows the figures that were released to everybody and to them, and their own values; several may
put theirs together.  What they can conclude of another's value is the interval between two linear programmes
(Fischetti & Salazar 2000; Hundepool et al. 2012, ch. 4).  A value is safe from them if both ends are far
enough from it: if the values of the others can move so that every figure stays as it was released, and this
one is higher, or lower, by the protection.

Most values are proven safe from all coalitions by `robust_feasibility`, or where figures concern one
enterprise alone, as corrections do, by `joint_movement`; for the others, and for values disclosed to single
enterprises, `coalition` finds a smallest coalition that knows too much, or proves that none exists.

References
----------
Fischetti, M. & Salazar, J. J. (2000). Models and algorithms for optimizing cell suppression in tabular data
with linear constraints. Journal of the American Statistical Association 95, 916–928.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.disclosure.coalition import CoalitionSearch
from separatrix_cluster.disclosure.joint_movement import JointMovements
from separatrix_cluster.disclosure.place_programme import farthest
from separatrix_cluster.disclosure.released_figure import Cell, Release
from separatrix_cluster.disclosure.releases import TOLERANCE, Releases, Target
from separatrix_cluster.disclosure.robust_feasibility import RobustFeasibility
from separatrix_cluster.disclosure.witness_movement import WitnessMovements

__all__ = ["PROTECTION", "Disclosure", "DisclosureAudit", "TargetAudit", "audit"]

PROTECTION = 0.15
"""By default no one may know a value more narrowly than 15 % on either side."""


@dataclass(frozen=True)
class Disclosure:
    """A value that someone could compute too narrowly.

    Attributes
    ----------
    cell : Cell
    attackers : tuple of str
        The enterprises that share their values; empty for the public.
    low, high : float
        The bounds they can compute.
    figures : tuple of str
        The names of the figures that they need for it.
    """

    cell: Cell
    attackers: tuple[str, ...]
    low: float
    high: float
    figures: tuple[str, ...]


@dataclass(frozen=True)
class DisclosureAudit:
    """The outcome of an audit.

    Attributes
    ----------
    disclosures : tuple of Disclosure
        For each value that is not safe one of the smallest coalitions; those that need fewest first.
    cells : int
        How many values were looked at.
    programmes : int
        How many linear programmes that took.
    """

    disclosures: tuple[Disclosure, ...]
    cells: int
    programmes: int

    @property
    def safe(self) -> bool:
        """Whether no value is known too narrowly."""
        return not self.disclosures


def audit(
    values: Mapping[Cell, float],
    figures: Sequence[Release],
    *,
    protection: float = PROTECTION,
    colluders: int = 2,
    kept: WitnessMovements | None = None,
) -> DisclosureAudit:
    """Find the values that someone could compute too narrowly from the releases.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values, zero or more, of all cells in the figures; it is public that they are not
        negative.
    figures : sequence of ReleasedFigure or ReleasedPlace
        All releases; a value that was corrected later is another cell.
    protection : float
        Relative to the value, so that zero is always safe: the possible values must reach this far on
        both sides.
    colluders : int
        The number of enterprises that may share their values.
    kept : WitnessMovements, optional
        Results that are reused where several tables of the same values are audited.

    Returns
    -------
    DisclosureAudit

    Raises
    ------
    InputError
        K258 where a value is missing, negative or not a number; K259 where the values contradict a figure;
        K260 where the protection is not between 0 and 1, or `colluders` is below one; K261 where something is
        not a released figure, or has weights, ends or a sum that are not numbers.

    References
    ----------
    Fischetti & Salazar (2000), for totals; see the head of this module.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = {Cell(name, "heat"): value for name, value in zip("ABCD", (5.0, 4.0, 3.0, 2.0), strict=True)}
    >>> found = audit(cells, [total("all", cells, cells)])
    >>> found.safe
    True
    >>> later = audit(cells, [total("all", cells, cells), total("large", list(cells)[:3], cells)])
    >>> later.disclosures[0].cell.enterprise, later.disclosures[0].attackers, later.disclosures[0].low
    ('D', (), 2.0)
    """
    look = TargetAudit(values, figures, protection, colluders, kept)
    found = [d for target in look.releases.targets if (d := look.at(target)) is not None]
    found.sort(key=lambda d: (len(d.attackers), d.cell))
    return DisclosureAudit(tuple(found), len(look.releases.targets), look.programmes)


class TargetAudit:
    """A look at one value of some releases after another: who knows it too narrowly."""

    def __init__(
        self,
        values: Mapping[Cell, float],
        figures: Sequence[Release],
        protection: float,
        colluders: int,
        kept: WitnessMovements | None = None,
    ) -> None:
        if not (0 < protection < 1 and colluders >= 0 and colluders % 1 == 0):
            raise InputError(
                "K260",
                say(
                    "a protection of {protection} against {colluders} who collude; expected a share "
                    "between 0 and 1, and a number of zero or more",
                    protection=str(protection),
                    colluders=str(colluders),
                ),
            )
        self.releases, self.protection = Releases(values, figures), protection
        self.joint = JointMovements(self.releases, colluders)
        self.robust = RobustFeasibility(self.releases, protection, colluders, self.joint)
        self.search = CoalitionSearch(
            self.releases, protection, colluders, self.joint, WitnessMovements() if kept is None else kept
        )
        self._of_ends = 0

    @property
    def programmes(self) -> int:
        """How many programmes the looks took so far."""
        return self.joint.programmes + self.robust.programmes + self.search.programmes + self._of_ends

    def at(self, target: Target) -> Disclosure | None:
        """Return who knows a value too narrowly, if anyone does: one of the smallest coalitions."""
        return next(self.all_at(target), None)

    def all_at(
        self,
        target: Target,
        besides: Callable[[tuple[int, ...]], bool] | None = None,
        ends_by: WitnessMovements | None = None,
    ) -> Iterator[Disclosure]:
        """Yield all who know a value too narrowly, the smallest coalitions first, none with another in it.

        Coalitions that ``besides`` accepts are not yielded. Movements to the ends of what the others know
        are added to some.
        """
        found: list[tuple[int, ...]] = []
        while (attackers := self._attackers(target, found)) is not None:
            found.append(attackers)
            if besides is None or not besides(attackers):
                yield self.known_to(target, attackers, ends_by)

    def known_to(
        self, target: Target, attackers: tuple[int, ...], ends_by: WitnessMovements | None = None
    ) -> Disclosure:
        """Return what a coalition knows of a value, too narrowly or not, and what makes its ends.

        The movements to both ends are added to some others.
        """
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        releases = self.releases
        told = releases.knowledge(target, attackers)
        size = self.protection * (target.value or 1.0)
        ends, needed = [], set()
        for sign in (1.0, -1.0):
            known = told
            if told.places:
                # It is told of how many, not who stands on which side: an end is that of the widest world.
                known = farthest(releases, target, told, -sign)
                self._of_ends += 1
            cost = np.zeros(len(known.room))
            cost[: len(target.at)] = sign * np.array(target.weights)
            sides = [(known.block, known.up), (-known.block, -known.down)]
            bound = vstack([b[np.isfinite(u)] for b, u in sides])
            limit = np.concatenate([u[np.isfinite(u)] for _, u in sides]) / size
            names = np.concatenate([known.figures[np.isfinite(u)] for _, u in sides])
            low = [(-v, None) for v in known.room / size]
            self._of_ends += 1
            solved = linprog(cost, A_ub=bound, b_ub=limit, bounds=low, method="highs")
            if solved.status != 0 or solved.fun is None:
                ends.append(-sign * np.inf)
                continue
            ends.append(float(target.value + sign * solved.fun * size))
            if ends_by is not None:
                moved = self.search.movement(target, np.asarray(solved.x) * size, known)
                if moved:
                    ends_by.add(releases, target, moved)
            needed |= set(names[np.abs(solved.ineqlin.marginals) > TOLERANCE].tolist())
        return Disclosure(
            target.cell,
            tuple(sorted(releases.enterprises[a] for a in attackers)),
            max(min(ends[0], target.value), 0.0),
            max(ends[1], target.value),
            tuple(dict.fromkeys(releases.figures[k].name for k in sorted(needed))),
        )

    def _attackers(self, target: Target, besides: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
        """Return a smallest coalition, with none of some others in it, that knows a target too narrowly."""
        found = None
        for sign in (1.0, -1.0):
            among = None
            if target.value and self.robust.holds(target, sign):
                among = self.search.readers(target)
                if not among:
                    continue
            attackers = self.search.attackers(target, sign, among, besides=besides)
            if attackers is not None and (found is None or len(attackers) < len(found)):
                found = attackers
        return found

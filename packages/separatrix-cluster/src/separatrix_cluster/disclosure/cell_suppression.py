"""Which figures of a table to withhold so that no one is identified: primary and secondary suppression.

A figure is withheld by itself where it is of too few enterprises, or one of them makes up nearly all of it
(Hundepool et al. 2012, section 4.2).  What remains can give these away by differences, and others together
with what was released before; so the table is audited, and while it fails more is withheld: for a value that
is known too narrowly a linear programme finds the cheapest figures whose absence lets it move as far as it
must (the heuristic of Kelly, Golden & Assad 1992, for tables).  In the end each is put back whose absence
turns out not to be needed.  The least cost in all is NP-hard, and not claimed.

References
----------
Kelly, J. P., Golden, B. L. & Assad, A. A. (1992). Cell suppression: disclosure protection for sensitive
tabular data. Networks 22, 397–417.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from separatrix_cluster.disclosure.audit import PROTECTION, Disclosure, EarlierReleases, audit
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure
from separatrix_cluster.disclosure.releases import Releases, WitnessMovements

__all__ = ["FEWEST", "LARGEST_SHARE", "Suppression", "dominating", "sensitive", "suppress"]

FEWEST = 3
"""Of fewer enterprises nothing is published."""

LARGEST_SHARE = 0.75
"""A figure is not published if one enterprise makes up more than this share."""


@dataclass(frozen=True)
class Suppression:
    """What of a table may be shown.

    Attributes
    ----------
    shown, withheld : tuple of ReleasedFigure
    primary : tuple of ReleasedFigure
        Those of the withheld that are of too few, or dominated.
    disclosures : tuple of Disclosure
        What was given away by earlier releases already, which no withholding mends.
    """

    shown: tuple[ReleasedFigure, ...]
    withheld: tuple[ReleasedFigure, ...]
    primary: tuple[ReleasedFigure, ...]
    disclosures: tuple[Disclosure, ...]


def sensitive(
    figure: ReleasedFigure,
    values: Mapping[Cell, float],
    *,
    fewest: int = FEWEST,
    largest_share: float = LARGEST_SHARE,
) -> bool:
    """Return whether a figure is of too few enterprises, or one makes up nearly all of it.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> values = {Cell(name, "heat"): value for name, value in (("A", 96.0), ("B", 2.0), ("C", 2.0))}
    >>> sensitive(total("heat", values, values), values)
    True
    """
    return (
        len({cell.enterprise for cell in figure.terms}) < fewest
        or dominating(figure, values, largest_share=largest_share) is not None
    )


def dominating(
    figure: ReleasedFigure, values: Mapping[Cell, float], *, largest_share: float = LARGEST_SHARE
) -> str | None:
    """Return which enterprise makes up nearly all of a figure, if one does.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> values = {Cell(name, "heat"): value for name, value in (("A", 96.0), ("B", 2.0), ("C", 2.0))}
    >>> dominating(total("heat", values, values), values)
    'A'
    >>> dominating(total("heat", values, values), values, largest_share=0.97) is None
    True
    """
    sums: dict[str, float] = {}
    for cell, weight in figure.terms.items():
        sums[cell.enterprise] = sums.get(cell.enterprise, 0.0) + abs(weight) * values[cell]
    largest = max(sums, key=lambda name: sums[name], default=None)
    return largest if largest and sums[largest] > largest_share * sum(sums.values()) else None


def suppress(
    values: Mapping[Cell, float],
    table: Sequence[ReleasedFigure],
    released: Sequence[Release] = (),
    *,
    cost: Mapping[str, float] | None = None,
    protection: float = PROTECTION,
    colluders: int = 2,
    kept: WitnessMovements | None = None,
) -> Suppression:
    """Choose which figures of a table to withhold.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values of all cells of the table and of what was released.
    table : sequence of ReleasedFigure
        The figures to be published; figures of one name are withheld together.
    released : sequence of ReleasedFigure or ReleasedPlace
        All earlier releases.
    cost : Mapping of str to float, optional
        By name of a figure, what it costs to withhold it; by default one each.
    protection, colluders, kept
        As for `audit`.

    Returns
    -------
    Suppression

    Raises
    ------
    InputError
        K258 to K261, as `audit`.

    References
    ----------
    Kelly, Golden & Assad (1992), Cell suppression, Networks 22, 397–417; see the head of this module.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> values = {Cell(f"{s}{k}", "heat"): 10.0 + k for s in "AB" for k in range(5)} | {
    ...     Cell("C0", "heat"): 9.0
    ... }
    >>> parts = [total(s, [c for c in values if c.enterprise[0] == s], values) for s in "ABC"]
    >>> chosen = suppress(values, [*parts, total("all", values, values)])
    >>> [f.name for f in chosen.withheld]
    ['C', 'all']
    """
    table, released = tuple(table), tuple(released)
    costs = {f.name: 1.0 if cost is None else cost.get(f.name, 1.0) for f in table}
    kept = WitnessMovements() if kept is None else kept
    before = audit(values, released, protection=protection, colluders=colluders, kept=kept)
    unnamed = [replace(r, name="") for r in released]  # which may be called like figures of the table
    earlier = EarlierReleases(values, unnamed, protection=protection, colluders=colluders, kept=kept)
    primary = [f for f in table if sensitive(f, values)]
    withheld = {f.name for f in primary}

    def released_figures(again: str | None = None) -> list[ReleasedFigure]:
        return [f for f in table if f.name not in withheld or f.name == again]

    suspects: dict[Cell, tuple[str, ...]] = {}
    while disclosures := earlier.new_disclosures(released_figures()):
        suspects |= {d.cell: d.figures for d in disclosures}
        mended: set[str] = set()
        for disclosure in disclosures:
            if not mended.isdisjoint(disclosure.figures):
                continue  # what was withheld for others may have mended it: the next audit tells
            more = _cheapest(values, released, released_figures(), disclosure, costs, protection)
            if more is None:
                continue
            # Where the programme sees nothing to do its own figures are withheld, so that this ends for sure.
            more = (
                more
                or [f for f in released_figures() if f.name in disclosure.figures]
                or released_figures()[-1:]
            )
            mended |= {f.name for f in more}
            withheld |= mended
    besides = dict.fromkeys(f.name for f in table if f.name in withheld - {f.name for f in primary})
    for name in sorted(besides, key=lambda name: -costs[name]):
        # Most likely it gives away what it gave away before.
        first = sorted(suspects, key=lambda cell, name=name: name not in suspects[cell])  # type: ignore[misc]
        found = earlier.first_new_disclosure(released_figures(name), first)
        if found is None:
            withheld.remove(name)
        else:
            suspects[found.cell] = found.figures
    return Suppression(
        tuple(released_figures()),
        tuple(f for f in table if f.name in withheld),
        tuple(primary),
        before.disclosures,
    )


def _cheapest(
    values: Mapping[Cell, float],
    released: Sequence[Release],
    shown: Sequence[ReleasedFigure],
    disclosure: Disclosure,
    costs: Mapping[str, float],
    protection: float,
) -> list[ReleasedFigure] | None:
    """Return the figures that have to change for a value to move as far as it must, at the least cost.

    None where no figure refers to it any more.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_array, eye_array

    releases = Releases(values, [*released, *shown])
    target = next((t for t in releases.targets if t.cell == disclosure.cell), None)
    if target is None:
        return None
    known = releases.knowledge(target, [releases.enterprises.index(a) for a in disclosure.attackers])
    size = protection * target.value
    own, rows, room = len(target.at), known.figures, known.room / size
    before = sum(isinstance(r, ReleasedFigure) for r in released)
    free = np.flatnonzero((rows >= before) & (rows < before + len(shown)))
    slack = eye_array(len(rows)).tocsc()[:, free]
    price = np.array([costs[shown[rows[k] - before].name] for k in free])
    goal = np.r_[target.weights, np.zeros(len(room) - own + 2 * len(free))]
    found: dict[ReleasedFigure, None] = {}
    for sign in (1.0, -1.0):
        solved = milp(
            np.r_[np.zeros(len(room)), price, price],
            constraints=[
                LinearConstraint(
                    block_array([[known.block, slack, -slack]]), known.down / size, known.up / size
                ),
                LinearConstraint(goal[None, :], sign, sign),
            ],
            bounds=Bounds(np.r_[-room, np.zeros(2 * len(free))], np.inf),
        )
        if solved.x is None:
            continue
        moved = solved.x[len(room) : len(room) + len(free)] + solved.x[len(room) + len(free) :]
        found |= {shown[rows[k] - before]: None for k in free[moved > 1e-6]}
    return list(found)

"""Statistical disclosure control: which sums may be disclosed to their contributors.

A sum is disclosed only if it has enough contributors and passes the p % rule: even if the next largest
contributors combine their knowledge, their best bound for the largest is off by `PROTECTION` of it. Groups
that fail are merged with others and never dropped, because a dropped group of a total follows by
subtraction; and the groups do not overlap, so that no two sums differ by one enterprise.

Reference: Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, sections 4.2 and 4.4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from separatrix_cluster.tables.cell_values import Floats

__all__ = ["LEAST_OTHERS", "PARTNERS", "PROTECTION", "may_disclose_sum", "safe_groups"]

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

"""How concentrated a cluster is, and how much more of its sector it has than its country.

References
----------
Florence, P. S. (1939); Farhauer, O. & Kröll, A. (2013). Standorttheorien. Springer (location quotient).
Ellison, G. & Glaeser, E. L. (1997). Geographic concentration in U.S. manufacturing industries: a dartboard
approach. J. Polit. Econ. 105, 889–927, eq. 5.
Litzenberger, T. & Sternberg, R. (2006). Der Clusterindex. Geographische Zeitschrift 94, 209–224.
Hirschman, A. O. (1964). The paternity of an index. Am. Econ. Rev. 54, 761.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cells import Floats

__all__ = [
    "cluster_index",
    "concentration_ratio",
    "ellison_glaeser",
    "herfindahl",
    "herfindahl_bounds",
    "location_quotient",
    "ratio_bounds",
    "share_bounds",
    "spatial_gini",
]


def location_quotient(part: float, area: float, sector: float, whole: float) -> float:
    """Return LQ = (e_ij/e_j)/(e_i/e): the sector's share in the area over its share in the country.

    Parameters
    ----------
    part, area, sector, whole : float
        Employment (or value added, all in one unit) of the sector in the area, of the area, of the sector in
        the country, of the country.

    Returns
    -------
    float
        Above 1 where the area has more of the sector than the country has.

    Raises
    ------
    InputError
        K304 for a total that is not above zero, or a number that is not known.

    References
    ----------
    Florence (1939); Farhauer & Kröll (2013), Standorttheorien, Springer.

    Examples
    --------
    >>> round(location_quotient(1714, 79006, 879213, 15593224), 7)
    0.3847623
    """
    amounts([part], "K304", "the parts", (1,))
    amounts([area, sector, whole], "K304", "the totals of area, sector and country", (3,), above=True)
    return (part / area) / (sector / whole)


def herfindahl(amounts: npt.ArrayLike) -> float:
    """Return Hirschman's (1964) and Herfindahl's index Σ s², from 1/n (all alike) to 1 (one has all)."""
    shares = _shares(amounts)
    return float((shares**2).sum())


def herfindahl_bounds(low: npt.ArrayLike, high: npt.ArrayLike) -> tuple[float, float]:
    """Return the least and the most of Σ s² of amounts that each lie between two ends.

    The index falls in an amount while this is below c = Σ x²/Σ x and rises above it.  So it is least where
    every amount is as near to one level c as its ends allow, and most where the largest are at their upper
    ends and all others at their lower ones.

    Examples
    --------
    >>> herfindahl_bounds([1.0, 1.0], [1.0, 1.0])
    (0.5, 0.5)
    >>> low, high = herfindahl_bounds([1.0, 0.0], [1.0, 3.0])
    >>> round(low, 9), round(high, 9)
    (0.5, 1.0)
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    first, last = float(least.min(initial=0.0)), float(most.max(initial=0.0))
    for _ in range(60):
        level = (first + last) / 2
        values = np.clip(level, least, most)
        above = float((values**2).sum()) > level * float(values.sum())
        first, last = (level, last) if above else (first, level)
    order = np.argsort(-most, kind="stable")
    added, squares = (most - least)[order], (most**2 - least**2)[order]
    sums = least.sum() + np.r_[0.0, np.cumsum(added), added]  # the first k of them, or one alone
    totals = (least**2).sum() + np.r_[0.0, np.cumsum(squares), squares]
    with np.errstate(divide="ignore", invalid="ignore"):
        largest = float(np.nanmax(np.where(sums > 0, totals / sums**2, 0.0)))
    return _index(np.clip(last, least, most)), largest


def _index(values: Floats) -> float:
    whole = float(values.sum())
    return float((values**2).sum()) / whole**2 if whole > 0 else 0.0


def concentration_ratio(amounts: npt.ArrayLike, largest: int = 4) -> float:
    """Return the share of the `largest` largest, CR4 by default: Farhauer & Kröll (2013)."""
    shares = np.sort(_shares(amounts))[::-1]
    return float(shares[:largest].sum())


def ratio_bounds(low: npt.ArrayLike, high: npt.ArrayLike, largest: int = 4) -> tuple[float, float]:
    """Return bounds of the concentration ratio of amounts that each lie between two ends.

    No set of so many has more than the largest upper ends over these and the lower ends of the others; the
    share of any one set, such as that of the largest lower ends, is no more than that of the largest.

    Examples
    --------
    >>> ratio_bounds([3.0, 1.0], [3.0, 3.0], 1)
    (0.5, 0.75)
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    tops, order = np.sort(most)[::-1][:largest].sum(), np.sort(least)[::-1]
    above = tops / (tops + order[largest:].sum()) if tops > 0 else 0.0
    below = 0.0
    for by in (least, most):
        chosen = np.zeros(len(least), dtype=bool)
        chosen[np.argsort(-by, kind="stable")[:largest]] = True
        part, rest = float(least[chosen].sum()), float(most[~chosen].sum())
        below = max(below, part / (part + rest) if part > 0 else 0.0)
    return below, min(1.0, float(above))


def share_bounds(low: npt.ArrayLike, high: npt.ArrayLike, at: int) -> tuple[float, float]:
    """Return the least and the most that one of them has of all, of amounts that each lie between two ends.

    Examples
    --------
    >>> share_bounds([1.0, 1.0], [3.0, 1.0], 0)
    (0.5, 0.75)
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    others = float(least.sum() - least[at]), float(most.sum() - most[at])
    ends = [
        float(own) / (float(own) + rest) if own > 0 else 0.0
        for own, rest in ((least[at], others[1]), (most[at], others[0]))
    ]
    return ends[0], ends[1]


def _shares(amounts: npt.ArrayLike) -> Floats:
    values = np.asarray(amounts, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values) or (values < 0).any() or values.sum() <= 0:
        raise InputError("K304", "shares need numbers from 0 up that are not all zero")
    return np.asarray(values / values.sum())


def ellison_glaeser(
    plants: Sequence[float], areas: Sequence[str], totals: Mapping[str, float]
) -> tuple[float, float, float]:
    """Return G, H and γ: concentration beyond that of plant sizes (Ellison & Glaeser 1997, eq. 5).

    G = Σ (s_j − x_j)², H = Σ z_k², γ = (G − (1 − Σ x_j²) H) / ((1 − Σ x_j²)(1 − H)).

    Parameters
    ----------
    plants : sequence of float
        Employment of every plant of the industry, from 0 up.
    areas : sequence of str
        The area of each.
    totals : mapping of str to float
        Employment of every area of the *whole* country, all industries.

    Returns
    -------
    tuple of float
        G from 0 to 2, H from 1/plants to 1, and γ, which is 0 where plants lie as by chance.

    Raises
    ------
    InputError
        K304 for numbers that are negative, not known or all zero, plants of another number than areas, an
        area without a total, and where one area or one plant has everything: then the index is not defined.

    References
    ----------
    Ellison & Glaeser (1997), J. Polit. Econ. 105, 889–927, eq. 5.

    Examples
    --------
    >>> g, h, gamma = ellison_glaeser([10, 10], ["a", "b"], {"a": 50, "b": 50})
    >>> g, h, gamma
    (0.0, 0.5, -1.0)
    """
    sizes = amounts(plants, "K304", "the plants", (len(areas),))
    amounts(list(totals.values()), "K304", "the totals of the areas", (None,))
    if sizes.sum() <= 0 or sum(totals.values()) <= 0:
        raise InputError("K304", "employment adds up to zero")
    unknown = sorted(set(areas) - set(totals))
    if unknown:
        raise InputError("K304", f"the area {unknown[0]} has no total")
    z = sizes / sizes.sum()
    own: dict[str, float] = {}
    for share, area in zip(z, areas, strict=True):
        own[area] = own.get(area, 0.0) + float(share)
    everything = sum(totals.values())
    x = {area: total / everything for area, total in totals.items()}
    g = sum((own.get(area, 0.0) - share) ** 2 for area, share in x.items())
    h = float((z**2).sum())
    spread = 1 - sum(share**2 for share in x.values())
    if spread <= 0 or h >= 1:
        raise InputError("K304", "one area or one plant has everything: the index is not defined")
    return g, h, (g - spread * h) / (spread * (1 - h))


def cluster_index(
    part: float,
    sector: float,
    area: float,
    whole_area: float,
    people: float,
    all_people: float,
    plants: float,
    all_plants: float,
) -> float:
    """Return the index of Litzenberger & Sternberg (2006): relative density times stock over size.

    Parameters
    ----------
    part, sector : float
        Employment of the sector in the area and in the country.
    area, whole_area : float
        Surface of both, in one unit.
    people, all_people : float
        Population of both.
    plants, all_plants : float
        Number of plants of the sector in both.

    Returns
    -------
    float
        1 where the area is like the country.

    Raises
    ------
    InputError
        K304 for a number that is negative or not known, or zero where it is divided by.

    References
    ----------
    Litzenberger & Sternberg (2006), Der Clusterindex, Geographische Zeitschrift 94, 209–224.

    Examples
    --------
    >>> round(cluster_index(1743, 5740, 50, 576, 488, 4621, 35, 53), 5)
    21.87491
    """
    amounts([part], "K304", "the parts", (1,))
    rest = [sector, area, whole_area, people, all_people, plants, all_plants]
    amounts(rest, "K304", "the totals, surfaces, people and plants", (7,), above=True)
    density = (part / sector) / (area / whole_area)
    stock = (part / sector) / (people / all_people)
    size = (part / plants) / (sector / all_plants)
    return density * stock / size


def spatial_gini(parts: Sequence[float], totals: Sequence[float]) -> float:
    """Return the Gini coefficient of the location quotients of areas of equal weight.

    Parameters
    ----------
    parts, totals : sequence of float
        Employment of the industry, from 0 up, and of everything, above 0, in each area.

    Returns
    -------
    float
        From 0, where the industry has the same share everywhere, to 1 - 1/areas, where one area has it all.

    Raises
    ------
    InputError
        K304 for numbers that are negative, not known or all zero, an area without anyone employed, and areas
        of different numbers.

    References
    ----------
    Farhauer & Kröll (2013), Standorttheorien, Springer.

    Examples
    --------
    >>> round(spatial_gini([500, 500, 1000, 7000, 1000], [20000, 15000, 20000, 40000, 5000]), 7)
    0.4068966
    """
    own = amounts(parts, "K304", "the parts", (None,))
    all_ = amounts(totals, "K304", "the totals", (len(own),), above=True)
    if not own.sum() > 0:
        raise InputError("K304", "the industry has no employees")
    quotients = np.sort((own / own.sum()) / (all_ / all_.sum()))
    n = len(quotients)
    ranks = np.arange(1, n + 1)
    return float(2 * ((ranks - (n + 1) / 2) * quotients).sum() / (n**2 * quotients.mean()))

"""The frame of a diagnosis: how large, how concentrated, how linked the cluster is, and its specialities.

A cluster's tables `enterprises` and `links` as a network on which games are played.

The network of a cluster's links: how many there are of those there could be, and how cyclic they are.

References
----------
Wasserman, S. & Faust, K. (1994). Social Network Analysis. Cambridge (density, reciprocity).
Hardy, C. & Graedel, T. E. (2002). Industrial ecosystems as food webs. J. Ind. Ecol. 6(1), 29–38
(connectance).
Fath, B. D. & Halnes, G. (2007). Cyclic energy pathways in ecological food webs. Ecol. Model. 208,
17–24 (spectral radius as cyclicity).
Noda, T. (1971). Note on the computation of the maximal eigenvalue of a non-negative irreducible matrix.
Numer. Math. 17, 382–386.
Wielandt, H. (1950). Unzerlegbare, nicht negative Matrizen. Math. Z. 52, 642–648 (bounds of the radius).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.bounds import KnownAmounts, carbon_of, column_of, column_year
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.frame.concentration import (
    concentration_ratio,
    ellison_glaeser,
    herfindahl,
    herfindahl_bounds,
    location_quotient,
    ratio_bounds,
    share_bounds,
)
from separatrix_cluster.tables.cells import Floats, is_total
from separatrix_cluster.tables.panel import Cluster, by_enterprise

__all__ = [
    "Concentration",
    "Frame",
    "Network",
    "Specialisation",
    "enterprise_network",
    "frame_of",
    "network",
    "network_of",
]

MUTUAL = "joint project"
"""The kind of link in which the order of the two does not matter."""

MADE = ("output", "value_added", "exports", "staff", "rd_spend", "rd_staff", "patents", "new_product_sales")
"""Columns of `accounts` that become columns of the enterprises."""


def enterprise_network(cluster: Cluster, year: int | None = None) -> tuple[Enterprises, LinkGraph]:
    """Return the enterprises of a cluster and their links.

    Leading enterprises are leaders, and what each made and spent in the year are columns of numbers, so that
    a game with a parameter called ``output`` takes each enterprise's own.  A link of supply or information
    leads from the giver to the receiver, a joint project both ways; rows that differ in their stream or year
    alone are one link, and their weights add.

    Parameters
    ----------
    cluster : Cluster
    year : int, optional
        Whose accounts, members and links are taken; by default the last one of the accounts.

    Raises
    ------
    InputError
        N121 for a cluster without links.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> park, links = enterprise_network(load_cluster("synthetic-park"))
    >>> len(park) == links.size, "information" in links.kinds
    (True, True)
    """
    table = cluster.table("enterprises")
    years = cluster.table("accounts").years
    when = year if year is not None else (years[-1] if years else None)
    ids = [str(one) for one in table.texts("id")]
    here = np.ones(len(ids), dtype=bool)
    if when is not None:
        # Comparisons with an empty cell are false.
        here &= ~(table.numbers("opened") > when) & ~(table.numbers("closed") < when)
    names = [name for name, stays in zip(ids, here, strict=True) if stays]
    where = {name: k for k, name in enumerate(names)}
    texts = {
        column: tuple(str(text) for text, stays in zip(table.texts(column), here, strict=True) if stays)
        for column in ("sector", "size")
    }
    leading = table.numbers("leader")[here] == 1.0
    texts["leader"] = tuple("yes" if leads else "" for leads in leading)
    numbers = {}
    accounts = cluster.table("accounts")
    for column in MADE:
        if accounts.has(column):
            values = np.full(len(names), np.nan)
            told = accounts.texts("enterprise"), accounts.numbers("year"), accounts.numbers(column)
            for one, of, value in zip(*told, strict=True):
                if str(one) in where and of == when:
                    values[where[str(one)]] = value
            numbers[column] = values
    members = Enterprises(tuple(names), numbers, texts, table.file or None)
    return members, _links(cluster, names, when)


def _links(cluster: Cluster, names: list[str], when: int | None) -> LinkGraph:
    table = cluster.table("links")
    known = set(names)
    added: dict[tuple[str, str, str], float] = {}
    since = table.numbers("year")
    for k in range(len(table)):
        source, target, kind = (str(table.texts(name)[k]) for name in ("from", "to", "kind"))
        later = when is not None and since[k] > when
        if source == target or later or source not in known or target not in known:
            continue
        weight = float(table.numbers("weight")[k])
        ways = ((source, target), (target, source)) if kind == MUTUAL else ((source, target),)
        for one, other in ways:
            key = (one, other, kind)
            added[key] = added.get(key, 0.0) + (1.0 if np.isnan(weight) else weight)
    if not added:
        raise InputError(
            "N121",
            say("{name} has no links between its enterprises, and no network", name=cluster.name),
            hint=say("write a table `links` with the columns from, to and kind"),
        )
    return link_graph(
        names,
        [(source, target) for source, target, _ in added],
        list(added.values()),
        kinds=[kind for _, _, kind in added],
    )


@dataclass(frozen=True)
class Network:
    """The measures of a network.

    Attributes
    ----------
    nodes, links, arcs, pairs : int
        Nodes; rows of the table; ordered pairs with any link; unordered pairs with any.
    connectance : float or None
        Pairs over all possible pairs; None for fewer than two nodes.
    density : float or None
        Arcs over all possible ordered pairs.
    reciprocity : float or None
        The share of arcs that are answered; None without arcs.
    spectral_radius : float
        Of the directed 0/1 matrix: 0 without any cycle, above 1 where cycles cross.
    largest_component : int
        Nodes in the largest part that hangs together, whatever the direction.
    busiest : str
        The node with most arcs, in and out: `busiest_degree` of them.
    busiest_degree : int
    """

    nodes: int
    links: int
    arcs: int
    pairs: int
    connectance: float | None
    density: float | None
    reciprocity: float | None
    spectral_radius: float
    largest_component: int
    busiest: str
    busiest_degree: int

    def to_dict(self) -> dict[str, Any]:
        """Return the measures as plain data."""
        return asdict(self)


def network(nodes: Sequence[str], start: Sequence[str], end: Sequence[str]) -> Network:
    """Return the measures of the network with these links.

    Parameters
    ----------
    nodes : sequence of str
        Their names, each once.
    start, end : sequence of str
        The two ends of each link; links of a node to itself are excluded.

    Returns
    -------
    Network

    Raises
    ------
    InputError
        K306 for a link that leads nowhere or to no node of that name.

    References
    ----------
    Wasserman & Faust (1994), Social Network Analysis, Cambridge (density, reciprocity).
    Hardy & Graedel (2002), J. Ind. Ecol. 6(1), 29–38 (connectance).
    Fath & Halnes (2007), Ecol. Model. 208, 17–24 (spectral radius).

    Examples
    --------
    >>> ring = network(["a", "b", "c"], ["a", "b", "c"], ["b", "c", "a"])
    >>> ring.arcs, ring.connectance, round(ring.spectral_radius, 12)
    (3, 1.0, 1.0)
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {name: i for i, name in enumerate(nodes)}
    if len(start) != len(end):
        raise InputError("K306", f"{len(start)} links start and {len(end)} end")
    lost = next((name for name in (*start, *end) if name not in place), None)
    if lost is not None:
        raise InputError("K306", f"a link leads to {lost}, which is none of the {len(place)} nodes")
    n = len(place)
    giver, taker = (
        np.fromiter(map(place.__getitem__, names), dtype=np.int64, count=len(names)) for names in (start, end)
    )
    links = np.flatnonzero(giver != taker)
    arcs = np.unique(giver[links] * n + taker[links])
    source, target = np.divmod(arcs, max(n, 1))
    pairs = np.unique(np.minimum(source, target) * n + np.maximum(source, target))
    answered = int(np.isin(target * n + source, arcs).sum())
    matrix = coo_array((np.ones(len(arcs)), (source, target)), shape=(n, n)).tocsr()
    degree = np.bincount(np.r_[source, target], minlength=n)
    busiest = int(np.argmax(degree)) if n else 0
    labels = connected_components(matrix, directed=False)[1] if n else np.zeros(0, dtype=int)
    return Network(
        nodes=n,
        links=len(links),
        arcs=len(arcs),
        pairs=len(pairs),
        connectance=len(pairs) / (n * (n - 1) / 2) if n > 1 else None,
        density=len(arcs) / (n * (n - 1)) if n > 1 else None,
        reciprocity=answered / len(arcs) if len(arcs) else None,
        spectral_radius=_spectral_radius(matrix) if n else 0.0,
        largest_component=int(np.bincount(labels).max()) if n else 0,
        busiest=list(place)[busiest] if len(links) else "",
        busiest_degree=int(degree[busiest]) if len(links) else 0,
    )


def _spectral_radius(matrix: Any) -> float:
    """Return the largest modulus of an eigenvalue, that of a strongly connected part.

    Part by part, because without a cycle it is exactly 0, and numerically the eigenvalues of such a matrix
    are far from it.
    """
    from scipy.sparse.csgraph import connected_components

    labels = connected_components(matrix, directed=True, connection="strong")[1]
    order = np.argsort(labels, kind="stable")
    largest = 0.0
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part) > 1:
            largest = max(largest, _perron_root(matrix[part][:, part]))
    return largest


_DENSE = 200
"""Nodes up to which all eigenvalues are found at once."""
_STEPS = 2_000
_CLOSE = 1e-13


def _perron_root(matrix: Any) -> float:
    """Return the largest eigenvalue of the matrix of a strongly connected network.

    Large ones by the power method on A + I, whose largest eigenvalue is the only one of its modulus, between
    the least and the greatest quotient (Wielandt 1950); where these come together slowly, as on long circles,
    by Noda's inverse iteration (1971), which costs more a step and converges quadratically.
    """
    n = matrix.shape[0]
    if n <= _DENSE:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    state = np.full(n, 1.0)
    for _ in range(_STEPS):
        after = matrix @ state + state
        quotients = after / state
        if quotients.max() - quotients.min() <= _CLOSE * quotients.max():
            return float(quotients.max() + quotients.min()) / 2 - 1.0
        state = after / after.max()
    return _noda(matrix, state)


def _noda(matrix: Any, state: Floats) -> float:
    """Return the same from a positive vector; the greatest quotient falls to it from above."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    one = eye_array(matrix.shape[0])
    while True:
        quotients = matrix @ state / state
        high, low = float(quotients.max()), float(quotients.min())
        try:
            after = splu((high * one - matrix).tocsc()).solve(state)
        except RuntimeError:  # it is the eigenvalue itself
            return high
        after = np.abs(after / np.abs(after).max())
        if high - low <= _CLOSE * high or not float((matrix @ after / after).max()) < high:
            return high
        state = after


def network_of(cluster: Cluster, kind: str | None = None) -> Network | None:
    """Return the network of a cluster's links, of one kind or of all; nothing where there are none."""
    table = cluster.table("links")
    chosen = np.ones(len(table), dtype=bool) if kind is None else table.texts("kind") == kind
    if not chosen.any():
        return None
    return network(cluster.enterprises.tolist(), table.texts("from")[chosen], table.texts("to")[chosen])


@dataclass(frozen=True)
class Concentration:
    """The shares of the largest in emissions, output or staff, among those with complete data.

    What ends in ``low`` and ``high`` bounds the same of all enterprises where something is missing or in
    doubt: the index, the share of the four largest, the share of the one that is named.
    """

    of: str
    year: int
    enterprises: int
    herfindahl: float
    largest_four: float
    largest: str
    largest_share: float
    herfindahl_low: float | None = None
    herfindahl_high: float | None = None
    largest_four_low: float | None = None
    largest_four_high: float | None = None
    largest_share_low: float | None = None
    largest_share_high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.__dict__}


@dataclass(frozen=True)
class Specialisation:
    """The location quotient of a sector: its share in the area over its share in the country."""

    sector: str
    year: int
    measure: str
    quotient: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.__dict__}


@dataclass(frozen=True)
class Frame:
    """The frame of a diagnosis; what cannot be determined is in `missing`.

    Attributes
    ----------
    enterprises : int
    concentrations : tuple of Concentration
        Of emissions, output and staff, as far as they are known.
    specialisations : tuple of Specialisation
        Of the sectors of the table `region`, the highest first.
    ellison_glaeser : tuple of float, or None
        G, H and γ, for areas that cover the country.
    network : Network or None
        Of all links.
    missing : tuple of Sentence
    """

    enterprises: int
    concentrations: tuple[Concentration, ...]
    specialisations: tuple[Specialisation, ...]
    ellison_glaeser: tuple[float, float, float] | None
    network: Network | None
    missing: tuple[Sentence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the frame as plain data."""
        eg = self.ellison_glaeser
        return {
            "enterprises": self.enterprises,
            "concentrations": [c.to_dict() for c in self.concentrations],
            "specialisations": [s.to_dict() for s in self.specialisations],
            "ellison_glaeser": None if eg is None else {"G": eg[0], "H": eg[1], "gamma": eg[2]},
            "network": None if self.network is None else self.network.to_dict(),
            "missing": [str(m) for m in self.missing],
        }


def frame_of(cluster: Cluster, accounts: CarbonAccounts, books: DataCompleteness | None = None) -> Frame:
    """Return the frame of a cluster; what is missing from its accounts is looked up where it is not given.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> port = load_cluster("rotterdam")
    >>> of_emissions = frame_of(port, carbon_accounts(port)).concentrations[0]
    >>> of_emissions.enterprises, round(of_emissions.herfindahl, 3), round(of_emissions.largest_four, 3)
    (48, 0.109, 0.592)
    """
    missing: list[Sentence] = []
    concentrations = []
    books = completeness_of(cluster, accounts) if books is None else books
    year = books.reporting_year
    if year is not None and year in accounts.years:
        concentrations.append(_concentration(cluster, "emissions", year, carbon_of(books, year)))
    for column in ("output", "staff"):
        year = column_year(cluster, books, column)
        if year is not None:
            amounts = column_of(cluster, books, column, year)
            concentrations.append(_concentration(cluster, column, year, amounts))
    specialised = _specialisations(cluster)
    if not specialised:
        missing.append(
            say(
                "employment or value added by sector, of this area and of the country (table region; "
                "region_country in cluster.yaml), for what the area is specialised in"
            )
        )
    spread = _ellison_glaeser(cluster)
    if isinstance(spread, Sentence):
        missing.append(spread)
    links = network_of(cluster)
    if links is None:
        missing.append(say("who supplies whom (table links), for the network"))
    return Frame(
        len(cluster.enterprises),
        tuple(c for c in concentrations if c is not None),
        specialised,
        None if isinstance(spread, Sentence) else spread,
        links,
        tuple(missing),
    )


def _concentration(cluster: Cluster, of: str, year: int, amounts: KnownAmounts) -> Concentration | None:
    positive = np.nan_to_num(amounts.value) > 0
    if not positive.any():
        return None
    kept = amounts.value[positive]
    first = int(np.argmax(kept))
    index = herfindahl(kept)
    four, largest = concentration_ratio(kept), float(kept[first] / kept.sum())
    ends: list[float | None] = [None] * 6
    if not amounts.whole and np.isfinite(amounts.high).all():
        # What was counted of each is known; what is missing or in doubt lies within its bounds.
        least, most = amounts.low.clip(min=0), amounts.high.clip(min=0)
        who = int(np.flatnonzero(positive)[first])
        bounds = herfindahl_bounds(least, most), ratio_bounds(least, most), share_bounds(least, most, who)
        for k, (value, (low, high)) in enumerate(zip((index, four, largest), bounds, strict=True)):
            ends[2 * k : 2 * k + 2] = min(value, low), max(value, high)
    return Concentration(
        of,
        year,
        len(kept),
        index,
        four,
        str(cluster.enterprises[positive][first]),
        largest,
        *ends,
    )


_COUNTRIES = frozenset({"country", "nation", "national", "全国"})


def _country(cluster: Cluster) -> str | None:
    """Return the area that is the country: as cluster.yaml names it, else one called so or by its code."""
    description = cluster.description
    areas = sorted({str(a) for a in cluster.table("region").texts("area")})
    if description.region_country:
        return description.region_country if description.region_country in areas else None
    return next(
        (
            a
            for a in areas
            if a.casefold() in _COUNTRIES or (description.country and a == description.country)
        ),
        None,
    )


def _specialisations(cluster: Cluster) -> tuple[Specialisation, ...]:
    table = cluster.table("region")
    area, country = cluster.description.region_area, _country(cluster)
    if not area or country is None or area == country or not len(table):
        return ()
    found = []
    for measure in ("employment", "value_added"):
        values: dict[tuple[str, str, int], float] = {}
        numbers = table.numbers(measure)
        for i in range(len(table)):
            if not np.isnan(numbers[i]):
                sector = str(table.texts("sector")[i])
                key = (
                    str(table.texts("area")[i]),
                    "total" if is_total(sector) else sector,
                    int(np.nan_to_num(table.numbers("year")[i])),
                )
                values[key] = float(numbers[i])
        sectors = {s for a, s, _ in values if a == area and s != "total"}
        for sector in sorted(sectors):
            years = sorted((y for a, s, y in values if a == area and s == sector), reverse=True)
            for year in years:
                keys = [(a, s, year) for a in (area, country) for s in (sector, "total")]
                four = [values.get(k) for k in keys]
                if all(v is not None and v > 0 for v in four):
                    part, whole, everywhere, all_ = (v for v in four if v is not None)
                    quotient = location_quotient(part, whole, everywhere, all_)
                    found.append(Specialisation(sector, year, measure, quotient))
                    break
    return tuple(sorted(found, key=lambda s: -s.quotient))


def _ellison_glaeser(cluster: Cluster) -> tuple[float, float, float] | Sentence:
    if not cluster.description.region_covers_country:
        return say(
            "staff by sector of all areas of the country (region_covers_country in cluster.yaml), for how "
            "much an industry gathers in few places"
        )
    staff = by_enterprise(cluster, "accounts", "staff")
    cities = cluster.table("enterprises").texts("city")
    table = cluster.table("region")
    rows = [
        (float(np.nan_to_num(table.numbers("year")[i])), str(table.texts("area")[i]), float(people))
        for i, people in enumerate(table.numbers("employment"))
        if is_total(str(table.texts("sector")[i])) and not np.isnan(people)
    ]
    latest = max((year for year, _, _ in rows), default=0.0)
    totals = {area: people for year, area, people in rows if year == latest}
    whole = totals.pop(_country(cluster) or "", None)
    if whole is not None and abs(sum(totals.values()) - whole) > 0.01 * whole:
        return say(
            "areas that cover the country: those of the table region add up to {share} of it",
            share=f"{sum(totals.values()) / whole:.0%}",
        )
    told = ~np.isnan(staff) & np.array([str(c) in totals for c in cities], dtype=bool)
    if told.sum() < 2:
        return say("staff of enterprises whose city is an area of the table region")
    try:
        return ellison_glaeser(staff[told].tolist(), [str(c) for c in cities[told]], totals)
    except InputError as problem:
        return say("the index of Ellison and Glaeser is not defined: {why}", why=problem.message)

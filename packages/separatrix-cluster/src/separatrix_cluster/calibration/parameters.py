"""The six parameters of Shi and Chen (2018) for one side of a pair, computed from the tables.

π2 is the base return, R1 = π2 + v the return of a lone investor, π1 = π2 + v + B its return if the partner
also invests, and R2 = π2 + F the return of an enterprise whose partner alone invests; C1 = (1 − s) K is the
gross yearly cost after support, before savings, and C2 = p a + penalties the cost of not acting. The
advantage of acting is then (B − F) y − ((1 − s) K − p a − v), where y is the share of partners who act.

A number of a calibration: its value, interval, basis, and the rows it came from.

Intervals are added and multiplied end by end (Moore, R. E., 1966, Interval Analysis, Prentice-Hall, ch. 3),
so that what comes out holds the truth wherever what went in does; they are never narrower than a draw would
be. Numbers are rational, as in the game file that is written.

Who acts today: the share of a group, from the table of adoption or, in its place, from that of awareness.

The interval is that of Wilson, E. B. (1927), Probable inference, the law of succession, and statistical
inference, J. Am. Stat. Assoc. 22, 209–212, for the members with data: they represent the others of their
group.

References
----------
Shi, L. & Chen, N. (2018). Research on innovation and development of industrial clusters under low-carbon
economy, Table 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.game.model import BASES
from separatrix.io.cells import located, row_runs
from separatrix.sentences import Sentence, say
from separatrix_cluster.measures.measures import exact
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "COMPONENTS",
    "Components",
    "Estimate",
    "FileRow",
    "PaperParameter",
    "StartInside",
    "acting_today",
    "adoption_today",
    "exact_estimate",
    "paper_parameters",
    "product_of",
    "rows_of",
    "sum_of",
    "weakest",
    "wilson_interval",
]

FileRow = tuple[str, int | None]


@dataclass(frozen=True)
class Estimate:
    """A number and its basis.

    Attributes
    ----------
    value, low, high : Fraction
        ``low`` and ``high`` hold the truth as far as is known; both the value where nothing is uncertain.
    basis : str
        One of `separatrix.game.model.BASES`.
    how : Sentence
        Where it comes from, for people.
    rows : tuple of (str, int or None)
        The files and their rows that it came from; None for a file without rows.
    """

    value: Fraction
    low: Fraction
    high: Fraction
    basis: str
    how: Sentence
    rows: tuple[FileRow, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The files with their rows as a reader looks them up, as ``measures.csv: 2–4, 7``."""
        found: dict[str, list[int]] = {}
        for file, row in self.rows:
            found.setdefault(file, []).extend(() if row is None else (row,))
        return tuple(f"{file}: {row_runs(rows)}" if rows else file for file, rows in found.items())

    @property
    def certain(self) -> bool:
        """Whether its interval has no width."""
        return self.low == self.high

    def times(self, factor: Fraction) -> Estimate:
        """Return the same, multiplied by a number that is known."""
        low, high = sorted((self.low * factor, self.high * factor))
        return replace(self, value=self.value * factor, low=low, high=high)

    def reworded(self, how: Sentence) -> Estimate:
        """Return the same number with another description."""
        return replace(self, how=how)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "value": float(self.value),
            "interval": [float(self.low), float(self.high)],
            "basis": self.basis,
            "how": str(self.how),
            "rows": list(self.sources),
        }


def weakest(bases: Iterable[str]) -> str:
    """Return the least firm of several bases.

    Examples
    --------
    >>> weakest(["measured", "assumed", "literature"])
    'assumed'
    """
    return max(bases, key=BASES.index, default="measured")


def exact_estimate(
    value: Fraction, how: Sentence, rows: Sequence[FileRow] = (), basis: str = "measured"
) -> Estimate:
    """Return a number without uncertainty."""
    return Estimate(value, value, value, basis, how, tuple(rows))


def sum_of(parts: Sequence[Estimate], how: Sentence) -> Estimate:
    """Return a sum; it is as firm as the weakest of its parts that are not zero.

    Examples
    --------
    >>> from separatrix.sentences import say
    >>> one = Estimate(Fraction(1), Fraction(0), Fraction(2), "assumed", say("n"))
    >>> found = sum_of([one, exact_estimate(Fraction(3), say("n"))], say("n"))
    >>> found.value, found.low, found.high, found.basis
    (Fraction(4, 1), Fraction(3, 1), Fraction(5, 1), 'assumed')
    """
    value, low, high = (
        sum((getattr(p, end) for p in parts), Fraction(0)) for end in ("value", "low", "high")
    )
    count = [p for p in parts if p.value or not p.certain] or parts
    rows = tuple(dict.fromkeys(row for p in count for row in p.rows))
    return Estimate(value, low, high, weakest(p.basis for p in count), how, rows)


def product_of(one: Estimate, other: Estimate, how: Sentence) -> Estimate:
    """Return a product; zero for certain where either is."""
    ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
    parts = [p for p in (one, other) if p.certain and not p.value] or [one, other]
    rows = tuple(dict.fromkeys(row for p in parts for row in p.rows))
    basis = weakest(p.basis for p in parts)
    return Estimate(one.value * other.value, min(ends), max(ends), basis, how, rows)


def rows_of(table: ClusterTable, places: Iterable[int]) -> tuple[FileRow, ...]:
    """Return the files, and their rows, that some rows of a table come from."""
    return tuple(located(table.file, int(table.rows[place])) for place in places)


Z = 1.959963984540054
"""The quantile of the normal distribution for 95 %."""

_SOURCES = (
    ("adoption", "adopted", "measured"),
    ("awareness", "certified", "assumed"),
    ("awareness", "reports", "assumed"),
)
"""The sources, in order of preference: table, column, and basis."""


@dataclass(frozen=True)
class StartInside(Estimate):
    """A start of the game within 0 and 1 for a group in which all, or none, are reported to act.

    Attributes
    ----------
    observed : Sentence
        The observation, from which the value deviates.
    """

    observed: Sentence = field(kw_only=True)


def _how(column: str, yes: int, count: int) -> Sentence:
    if column == "adopted":
        return say("{yes} of {count} are reported to act", yes=yes, count=count)
    if column == "certified":
        return say(
            "no table states who acts; proxy: {yes} of {count} have a certified management system",
            yes=yes,
            count=count,
        )
    return say(
        "no table states who acts; proxy: {yes} of {count} report their emissions",
        yes=yes,
        count=count,
    )


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share observed as `hits` of `count`.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(9, 22)], wilson_interval(0, 0)
    ([0.2326, 0.6127], (0.0, 1.0))
    """
    if not count:
        return 0.0, 1.0
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z / (1 + square / count) * (share * (1 - share) / count + square / (4 * count * count)) ** 0.5
    return (0.0 if not hits else middle - half), (1.0 if hits == count else middle + half)


def adoption_today(cluster: Cluster, members: Collection[str], year: int | None) -> Estimate | None:
    """Return the share of a group that acts in a year, or in the last reported year before; None without
    data."""
    for name, column, basis in _SOURCES:
        table = cluster.table(name)
        last = _last_stated_row(table, column, members, year)
        places = list(last.values())
        told = np.array([float(table.numbers(column)[i]) for i in places])
        yes, count = int((told >= 0.5).sum()), len(told)
        whole = _last_count(table, year) if name == "adoption" and not last else None
        if whole is not None and len(members) == len(cluster.enterprises):
            places = [whole]
            yes, count = (int(table.numbers(c)[whole]) for c in ("adopters", "of"))
        if not places:
            continue
        low, high = wilson_interval(yes, count)
        value = Fraction(yes, count)
        how = _how(column, yes, count)
        if yes in (0, count):
            # A share of exactly 0 or 1 never moves, so the game needs another start.
            return StartInside(
                exact(round((low + high) / 2, 4)),
                exact(low),
                exact(high),
                "assumed",
                say(
                    "{how}; from all or none nothing would move, so the game starts from the middle of the "
                    "95 % interval",
                    how=how,
                ),
                rows_of(table, places),
                observed=how,
            )
        return Estimate(
            value,
            min(value, exact(low)),
            max(value, exact(high)),
            basis,
            how,
            rows_of(table, places),
        )
    return None


def acting_today(cluster: Cluster, members: Collection[str], year: int | None) -> dict[str, bool]:
    """Return which members act in a year, or in the last reported year before, among those with data.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> acting_today(load_cluster("synthetic-park"), ["E01", "E04"], None)
    {'E01': True, 'E04': False}
    """
    for name, column, _ in _SOURCES:
        table = cluster.table(name)
        last = _last_stated_row(table, column, members, year)
        if last:
            acts = table.numbers(column)
            return {member: bool(acts[place] >= 0.5) for member, place in last.items()}
    return {}


def _last_count(table: ClusterTable, year: int | None) -> int | None:
    """Return the place of the last row that counts all who act, and of how many."""
    years = table.numbers("year")
    told = (table.numbers("of") > 0) & (table.texts("group") == "") & (years >= 0)
    if year is not None:
        told &= years <= year
    places = np.flatnonzero(told & ~np.isnan(table.numbers("adopters")))
    return int(places[np.argmax(years[places])]) if len(places) else None


def _last_stated_row(
    table: ClusterTable, column: str, members: Collection[str], year: int | None
) -> dict[str, int]:
    """Return the position of each member's last row with a value in the column."""
    found: dict[str, tuple[float, int]] = {}
    years: Any = np.nan_to_num(table.numbers("year"))
    for place, (name, value) in enumerate(zip(table.texts("enterprise"), table.numbers(column), strict=True)):
        if value != value or str(name) not in members or (year is not None and years[place] > year):
            continue
        if str(name) not in found or years[place] >= found[str(name)][0]:
            found[str(name)] = float(years[place]), place
    return {name: place for name, (_, place) in found.items()}


COMPONENTS: Mapping[str, Sentence] = {
    "pi2": say("base return of an enterprise"),
    "v": say("own saving of who acts"),
    "B": say("benefit when the partner acts too"),
    "F": say("gain of who lets the partner act alone"),
    "K": say("gross yearly cost of acting"),
    "s": say("share of it that the public bears"),
    "p": say("price of carbon"),
    "a": say("emissions that acting avoids"),
    "penalty": say("other penalties of who does not act"),
}
"""What the six parameters are made of."""


@dataclass(frozen=True)
class Components:
    """What the six parameters of one side are made of, a year and enterprise; see `COMPONENTS`.

    Money is in the money unit of the cluster and `a` in t CO2e; `p` is in currency per t CO2e, and `money` of
    that currency make one money unit.
    """

    pi2: Estimate
    v: Estimate
    B: Estimate
    F: Estimate
    K: Estimate
    s: Estimate
    p: Estimate
    a: Estimate
    penalty: Estimate
    money: Fraction = Fraction(1)

    def __iter__(self) -> Iterator[tuple[str, Estimate]]:
        return ((name, getattr(self, name)) for name in COMPONENTS)

    @property
    def own_cost(self) -> Estimate:
        """(1 − s) K."""
        rest = Estimate(
            1 - self.s.value, 1 - self.s.high, 1 - self.s.low, self.s.basis, self.s.how, self.s.rows
        )
        if rest.certain and rest.value == 1:
            return self.K
        return product_of(rest, self.K, self.K.how)

    @property
    def price_of_waiting(self) -> Estimate:
        """What not acting costs: p a and penalties."""
        carbon = product_of(self.p, self.a, self.p.how).times(1 / self.money)
        return sum_of([carbon, self.penalty], self.p.how)

    def advantages(self) -> tuple[Fraction, Fraction]:
        """Return the advantage of acting where no partner acts, and where all do."""
        alone = self.v.value - self.own_cost.value + self.price_of_waiting.value
        return alone, alone + self.B.value - self.F.value

    @property
    def threshold(self) -> Fraction | None:
        """The share of partners at which acting pays as much as not acting; None where it never changes."""
        alone, together = self.advantages()
        return None if alone == together else alone / (alone - together)

    def to_dict(self) -> dict[str, Any]:
        """Return them as plain data."""
        return {name: estimate.to_dict() for name, estimate in self}


@dataclass(frozen=True)
class PaperParameter:
    """One of the six, as the game file has it.

    Attributes
    ----------
    name, latex, meaning : str
    estimate : Estimate
    varying : tuple of Fraction, or None
        The interval without that of the base return, which all returns share and which cancels in every
        answer.
    """

    name: str
    latex: str
    meaning: Sentence
    estimate: Estimate
    varying: tuple[Fraction, Fraction] | None


def paper_parameters(
    of: Components, suffix: str = "", grid: Fraction = Fraction(0)
) -> tuple[PaperParameter, ...]:
    """Return the six parameters.

    Parameters
    ----------
    of : Components
    suffix : str
        Behind each name, as the A of `pi1A`.
    grid : Fraction
        Values are multiples of it, so that what cancels does so exactly; 0 leaves them as they are.

    Examples
    --------
    >>> from separatrix_cluster.calibration.parameters import exact_estimate
    >>> def given(n):
    ...     return exact_estimate(Fraction(n), say("given"))
    >>> worked = Components(
    ...     given(500),
    ...     given(40),
    ...     given(80),
    ...     given(20),
    ...     given(100),
    ...     given(0),
    ...     given("0.06"),
    ...     given(500),
    ...     given(0),
    ... )
    >>> {p.name: int(p.estimate.value) for p in paper_parameters(worked)}
    {'pi1': 620, 'pi2': 500, 'R1': 540, 'R2': 520, 'C1': 100, 'C2': 30}
    >>> worked.threshold
    Fraction(1, 2)
    """
    returns: tuple[tuple[str, str, Sentence, tuple[Estimate, ...], Sentence], ...] = (
        (
            "pi1",
            r"\pi_{1}",
            say("return when both act"),
            (of.v, of.B),
            say("base return, own saving, and the benefit of acting together"),
        ),
        ("pi2", r"\pi_{2}", say("return when neither acts"), (), of.pi2.how),
        ("R1", "R_{1}", say("return of who acts alone"), (of.v,), say("base return and own saving")),
        (
            "R2",
            "R_{2}",
            say("return of who lets the partner act alone"),
            (of.F,),
            say("base return and what the partner's acting brings"),
        ),
    )
    found = []
    base = _on(of.pi2, grid)
    for name, latex, meaning, parts, how in returns:
        own = [_on(part, grid) for part in parts]
        found.append(
            _paper_parameter(
                name, latex, meaning, sum_of([base, *own], how), _varying(own, base.value), suffix
            )
        )
    for name, latex, meaning, cost in (
        ("C1", "C_{1}", say("cost of acting: gross, a year, after support"), of.own_cost),
        ("C2", "C_{2}", say("cost of not acting: carbon price and penalties"), of.price_of_waiting),
    ):
        own = [_on(cost, grid)]
        found.append(_paper_parameter(name, latex, meaning, own[0], _varying(own, Fraction(0)), suffix))
    return tuple(found)


def _on(of: Estimate, grid: Fraction) -> Estimate:
    if not grid:
        return of
    value = round(of.value / grid) * grid
    low, high = of.low // grid * grid, -(-of.high // grid) * grid
    if of.certain:
        low = high = value
    return Estimate(value, low, high, of.basis, of.how, of.rows)


def _varying(parts: list[Estimate], base: Fraction) -> tuple[Fraction, Fraction] | None:
    low, high = (base + sum((getattr(p, end) for p in parts), Fraction(0)) for end in ("low", "high"))
    return None if low == high else (low, high)


def _paper_parameter(
    name: str,
    latex: str,
    meaning: Sentence,
    of: Estimate,
    varying: tuple[Fraction, Fraction] | None,
    suffix: str,
) -> PaperParameter:
    shown = latex.replace("}", suffix + "}") if suffix else latex.replace("{", "").replace("}", "")
    return PaperParameter(name + suffix, shown, meaning, of, varying)

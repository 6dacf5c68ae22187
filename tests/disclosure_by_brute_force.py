"""Who could compute what, by trying all coalitions, over small parks drawn at random: the audit's oracle.

It shares nothing with the audit but the figures: two programmes a value and coalition over the values
themselves, and of places among others every way in which they may stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
from scipy.optimize import linprog

from separatrix_cluster.disclosure.audit import PROTECTION
from separatrix_cluster.disclosure.released_figure import (
    Cell,
    Release,
    ReleasedFigure,
    ReleasedPlace,
    average,
    place,
    ranking,
    total,
)

Values = dict[Cell, float]

FAR = 1e6
"""Above all values that are drawn."""


def told_cells(released: list[Release]) -> set[Cell]:
    """Return the cells that anything is told of."""
    figures = {c for f in released if isinstance(f, ReleasedFigure) for c in f.terms}
    return figures | {c for p in released if isinstance(p, ReleasedPlace) for s in p.others for c in s}


def _worlds(released: list[Release], attackers: tuple[str, ...]) -> Iterator[list[ReleasedFigure]]:
    """Yield what attackers know, for every way in which others may stand at their places."""
    known = [r for r in released if not r.reader or r.reader in attackers]
    figures = [r for r in known if isinstance(r, ReleasedFigure)]
    places = [r for r in known if isinstance(r, ReleasedPlace)]
    ways = [
        [below for below in product((True, False), repeat=len(p.others)) if p.least <= sum(below) <= p.most]
        for p in places
    ]
    for way in product(*ways):
        yield figures + [
            ReleasedFigure("", other, -np.inf if under else 0.0, 0.0 if under else np.inf)
            for p, below in zip(places, way, strict=True)
            for other, under in zip(p.others, below, strict=True)
        ]


def interval(
    values: Values, released: list[Release], target: frozenset[Cell], attackers: tuple[str, ...]
) -> tuple[float, float]:
    """Return between what a coalition knows a value to be."""
    cells = list(values)
    # Bounded far away, since a programme without end is told apart from one without answer only sometimes.
    bounds = [(values[c], values[c]) if c.enterprise in attackers else (0.0, FAR) for c in cells]
    least, most = np.inf, -np.inf
    for figures in _worlds(released, attackers):
        above, limits = [], []
        for figure in figures:
            row = [figure.terms.get(c, 0.0) for c in cells]
            for sign, limit in ((1.0, figure.high), (-1.0, -figure.low)):
                if np.isfinite(limit):
                    above.append([sign * v for v in row])
                    limits.append(limit + 1e-9)
        ends = []
        for sign in (1.0, -1.0):
            cost = [sign if c in target else 0.0 for c in cells]
            solved = linprog(cost, A_ub=above or None, b_ub=limits or None, bounds=bounds, method="highs")
            assert solved.status in (0, 2)
            if solved.status == 0:
                ends.append(sign * solved.fun)
        if len(ends) == 2:
            least, most = min(least, ends[0]), max(most, ends[1])
    assert least <= most
    return least, np.inf if most > FAR / 100 else most


def _spoken_of(released: list[Release]) -> set[frozenset[Cell]]:
    """Return the cells, and the sums of one enterprise in a figure or left of one without another."""
    figures = [f for f in released if isinstance(f, ReleasedFigure)]
    shares = {
        frozenset(own)
        for f in figures
        for e in {c.enterprise for c in f.terms}
        if (own := {c: w for c, w in f.terms.items() if c.enterprise == e}) and min(own.values()) > 0
    }
    left = {a - b for a in shares for b in shares}
    return {frozenset([c]) for c in told_cells(released)} | {s for s in shares | left if len(s) > 1}


def given_away(values: Values, released: list[Release], colluders: int) -> set[frozenset[Cell]]:
    """Return the values that some coalition knows too narrowly."""
    return {t for t in _spoken_of(released) if next(_knowing(values, released, t, colluders), None)}


Known = tuple[tuple[str, ...], float, float]
"""A coalition, and between what it knows a value to be."""


def _knowing(
    values: Values, released: list[Release], target: frozenset[Cell], colluders: int
) -> Iterator[Known]:
    """Yield every coalition that knows a value too narrowly, the small ones first."""
    enterprises = sorted({c.enterprise for c in values})
    known = {c: values[c] for c in values if c in told_cells(released)}
    value, owner = sum(values[c] for c in target), next(iter(target)).enterprise
    others = [e for e in enterprises if e != owner]
    for attackers in (c for n in range(colluders + 1) for c in combinations(others, n)):
        low, high = interval(known, released, target, attackers)
        near = 1e-6 * value
        if low > (1 - PROTECTION) * value + near or high < (1 + PROTECTION) * value - near:
            yield attackers, low, high


@dataclass(frozen=True)
class Learning:
    """Who learns a value by further figures.

    Attributes
    ----------
    newly : set of tuple of str
        All coalitions that know it too narrowly now, and did not before.
    nearer : set of tuple of str
        Those that know it more narrowly than before, of those that know it too narrowly now and have nobody
        who could be spared.
    """

    newly: set[tuple[str, ...]]
    nearer: set[tuple[str, ...]]


def learning(
    values: Values, earlier: list[Release], further: list[Release], colluders: int
) -> dict[frozenset[Cell], Learning]:
    """Return who learns what by further figures, by trying all coalitions before and after."""
    released = [*earlier, *further]
    before = {c: v for c, v in values.items() if c in told_cells(earlier)}
    found = {}
    for target in _spoken_of(released):
        value, least = sum(values[c] for c in target), list[set[str]]()
        who = Learning(set(), set())
        for attackers, low, high in _knowing(values, released, target, colluders):
            heard = target & before.keys()  # of what nothing was told, they knew that it is not negative
            was = interval(before, earlier, heard, attackers) if heard else (0.0, np.inf)
            was = was if heard == target else (was[0], np.inf)
            near = 1e-5 * (1 + value)
            if was[0] <= (1 - PROTECTION) * value + near and was[1] >= (1 + PROTECTION) * value - near:
                who.newly.add(attackers)
            if not any(one <= set(attackers) for one in least):
                least.append(set(attackers))
                if low > was[0] + near or high < was[1] - near:
                    who.nearer.add(attackers)
        if who.newly or who.nearer:
            found[target] = who
    return found


def parts(cell: Cell) -> frozenset[Cell]:
    """Return the cells of a sum as the audit names it."""
    return frozenset(Cell(cell.enterprise, q) for q in cell.quantity.split(" + "))


def drawn(seed: int) -> tuple[Values, list[Release]]:
    """Draw a small park and all that is told of it: totals by two classes, sheets, rankings, corrections."""
    numbers = np.random.default_rng(seed)
    n = int(numbers.integers(4, 8))
    values: Values = {}
    released: list[Release] = []
    for quantity in ("heat", "power")[: int(numbers.integers(1, 3))]:
        cells = [Cell(f"E{k}", quantity) for k in range(n)]
        values |= {c: float(np.round(np.exp(numbers.normal(3, 1)), 1)) for c in cells}
        rounding = float(numbers.choice([0.0, 1.0, 10.0]))
        for name in ("sector", "district")[: int(numbers.integers(1, 3))]:
            of = numbers.integers(0, 2, n)
            for k in (0, 1):
                members = [c for c, v in zip(cells, of, strict=True) if v == k]
                if members:
                    released.append(total(f"{quantity} {name} {k}", members, values, rounding=rounding))
        if numbers.random() < 0.5:
            released.append(total(f"{quantity} all", cells, values))
        if numbers.random() < 0.4:
            reader = f"E{numbers.integers(n)}"
            released.append(total(f"{quantity} sheet", cells[:3], values, reader=reader))
        if numbers.random() < 0.4:
            released += ranking(f"{quantity} ranks", cells[1:4], values, reader=f"E{numbers.integers(n)}")
        if numbers.random() < 0.4:
            again = [
                Cell(c.enterprise, f"{quantity}, corrected") if k < 2 else c for k, c in enumerate(cells)
            ]
            values |= {c: values[old] + 3.0 for c, old in zip(again[:2], cells[:2], strict=True)}
            released.append(total(f"{quantity} corrected", again, values, rounding=rounding))
    if any(c.quantity == "power" for c in values) and numbers.random() < 0.5:
        both = [c for c in values if c.enterprise in ("E0", "E1") and "," not in c.quantity]
        released.append(total("both of two", both, values))
    return values, released


def drawn_ratios(seed: int) -> tuple[Values, list[Release]]:
    """Draw a small park and what enterprise pages tell: averages of ratios, and places among others."""
    numbers = np.random.default_rng(seed)
    n = int(numbers.integers(4, 7))
    pairs = [(Cell(f"E{k}", "carbon"), Cell(f"E{k}", "output")) for k in range(n)]
    values = {c: float(np.round(np.exp(numbers.normal(2, 0.6)), 1)) for pair in pairs for c in pair}
    released: list[Release] = []
    for column, name in enumerate(("carbon", "output")):
        if numbers.random() < 0.7:
            released.append(total(name, [p[column] for p in pairs], values))
    if numbers.random() < 0.5:  # as in books that are open to everybody
        released += [total(f"output of {output.enterprise}", [output], values) for _, output in pairs]
    if numbers.random() < 0.7:
        released += average("average", pairs, values, digits=2)
    for reader in numbers.choice(n, 2, replace=False).tolist():
        own = values[pairs[reader][0]] / values[pairs[reader][1]]
        others = [p for k, p in enumerate(pairs) if k != reader][:4]
        better = sum(values[a] / values[b] < own for a, b in others)
        told = "better half" if 2 * better < len(others) else "worse half"
        if 2 * better == len(others):
            told = "middle"
        released.append(place("place", own, others, told, reader=f"E{reader}"))  # type: ignore[arg-type]
    return values, released


def drawn_corrections(seed: int) -> tuple[Values, list[Release]]:
    """Draw a small park that publishes again after corrections, of which everybody knows who was corrected.

    What a value was corrected by is a value of its own; of small ones it is known that they were small, and
    where all were worked out anew, between which ratios.
    """
    numbers = np.random.default_rng(seed)
    n = int(numbers.integers(5, 9))
    values: Values = {}
    released: list[Release] = []
    for quantity in ("heat", "power")[: 1 + (n < 7 and numbers.random() < 0.3)]:
        now = [Cell(f"E{k}", f"{quantity} 1") for k in range(n)]
        values |= {c: float(np.round(np.exp(numbers.normal(3, 0.7)), 1)) for c in now}
        rounding = float(numbers.choice([0.0, 0.0, 1.0]))
        group = numbers.integers(0, 2, n) * (numbers.random() < 0.4)
        for version in range(1, int(numbers.integers(2, 4)) + 1):
            for k in (0, 1):
                members = [c for c, v in zip(now, group, strict=True) if v == k]
                if members:
                    released.append(total(f"{quantity} {version}, {k}", members, values, rounding=rounding))
            anew, factor = numbers.random() < 0.3, numbers.normal(0.95, 0.02)
            spread, ratios = float(numbers.choice([0.0, 0.02])), []
            for k, old in enumerate(now):
                if not anew and numbers.random() < 0.4:
                    continue
                ratio = factor + spread * numbers.random() if anew else np.exp(numbers.normal(0, 0.25))
                now[k] = Cell(old.enterprise, f"{quantity} {version + 1}")
                values[now[k]] = float(values[old] * ratio)
                if anew:
                    ratios.append((values[now[k]] / values[old], old, now[k]))
                else:
                    released += _correction(old, now[k], values)
            for _, old, new in ratios:
                least, most = min(ratios)[0], max(ratios)[0]
                released.append(ReleasedFigure("", {new: 1.0, old: -least}, 0.0, np.inf))
                released.append(ReleasedFigure("", {new: 1.0, old: -most}, -np.inf, 0.0))
        if numbers.random() < 0.15:
            reader = f"E{numbers.integers(n)}"
            released.append(total(f"{quantity} sheet", now[:3], values, reader=reader))
    return values, released


def _correction(old: Cell, new: Cell, values: Values) -> Iterator[ReleasedFigure]:
    size = values[new] - values[old]
    change = Cell(new.enterprise, f"change of {new.quantity}")
    values[change] = abs(size)
    sign = 1.0 if size > 0 else -1.0
    yield ReleasedFigure("", {new: 1.0, old: -1.0, change: -sign}, 0.0, 0.0)
    if abs(size) < 0.1 * values[old]:
        yield ReleasedFigure("", {change: 1.0, old: -0.1}, -np.inf, 0.0)


def drawn_in_two(
    seed: int, draw: Callable[[int], tuple[Values, list[Release]]]
) -> tuple[Values, list[Release], list[Release]]:
    """Draw a small park, what was told of it earlier, some of that to single ones, and what is told now.

    What one was told is often told again, to another or to everybody.
    """
    values, released = draw(seed)
    numbers = np.random.default_rng([seed, 1])
    readers = sorted({c.enterprise for c in values})
    earlier: list[Release] = []
    further: list[Release] = []
    for release in released:
        if numbers.random() < 0.35:
            further.append(release)
            continue
        single = isinstance(release, ReleasedFigure) and not release.reader and numbers.random() < 0.5
        earlier.append(replace(release, reader=str(numbers.choice(readers))) if single else release)
        if single and numbers.random() < 0.6:
            again = str(numbers.choice(readers)) if numbers.random() < 0.7 else release.reader
            further.append(replace(release, reader=again))
    if numbers.random() < 0.6:  # the value of one, to one, and perhaps to another
        one = sorted(values)[int(numbers.integers(len(values)))]
        others = [r for r in readers if r != one.enterprise]
        first, second = numbers.choice(others, 2, replace=False)
        earlier.append(total("value", [one], values, reader=str(first)))
        if numbers.random() < 0.5:
            further.append(total("value again", [one], values, reader=str(second)))
    return values, earlier, further

"""The audit of releases: beside brute force over all coalitions, and on the ways to be given away."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from separatrix.cluster.disclosure.disclosure_audit import PROTECTION, audit
from separatrix.cluster.disclosure.released_figure import Cell, ReleasedFigure, ranking, total
from separatrix.errors import InputError


def interval(
    values: dict[Cell, float],
    figures: list[ReleasedFigure],
    target: frozenset[Cell],
    attackers: tuple[str, ...],
) -> tuple[float, float]:
    """Return between what a coalition knows a value to be, by two programmes over the values themselves."""
    cells = list(values)
    above, limits = [], []
    for figure in figures:
        if figure.reader and figure.reader not in attackers:
            continue
        row = [figure.terms.get(c, 0.0) for c in cells]
        for sign, end in ((1.0, figure.high), (-1.0, -figure.low)):
            if np.isfinite(end):
                above.append([sign * v for v in row])
                limits.append(end)
    bounds = [(values[c], values[c]) if c.enterprise in attackers else (0.0, None) for c in cells]
    ends = []
    for sign in (1.0, -1.0):
        cost = [sign if c in target else 0.0 for c in cells]
        solved = linprog(cost, A_ub=above or None, b_ub=limits or None, bounds=bounds, method="highs")
        ends.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
    return ends[0], ends[1]


def spoken_of(figures: list[ReleasedFigure]) -> set[frozenset[Cell]]:
    """Return the cells, and the sums of one enterprise in a figure or left of one without another."""
    shares = {
        frozenset(c for c, w in f.terms.items() if c.enterprise == e)
        for f in figures
        for e in {c.enterprise for c in f.terms}
        if all(w > 0 for w in f.terms.values())
    }
    left = {a - b for a in shares for b in shares}
    return {frozenset([c]) for f in figures for c in f.terms} | {s for s in shares | left if len(s) > 1}


def given_away(
    values: dict[Cell, float], figures: list[ReleasedFigure], colluders: int
) -> set[frozenset[Cell]]:
    """Return the values that some coalition knows too narrowly, by trying all."""
    enterprises = sorted({c.enterprise for c in values})
    found = set()
    for target in spoken_of(figures):
        value, owner = sum(values[c] for c in target), next(iter(target)).enterprise
        others = [e for e in enterprises if e != owner]
        for attackers in (c for n in range(colluders + 1) for c in combinations(others, n)):
            low, high = interval(values, figures, target, attackers)
            near = 1e-6 * value
            if low > (1 - PROTECTION) * value + near or high < (1 + PROTECTION) * value - near:
                found.add(target)
                break
    return found


def parts(cell: Cell) -> frozenset[Cell]:
    """Return the cells of a sum as the audit names it."""
    return frozenset(Cell(cell.enterprise, q) for q in cell.quantity.split(" + "))


def drawn(seed: int) -> tuple[dict[Cell, float], list[ReleasedFigure]]:
    """Draw a small park and what is told of it: totals by two classes, sheets and rankings."""
    numbers = np.random.default_rng(seed)
    n = int(numbers.integers(4, 8))
    values: dict[Cell, float] = {}
    figures: list[ReleasedFigure] = []
    for quantity in ("heat", "power")[: int(numbers.integers(1, 3))]:
        cells = [Cell(f"E{k}", quantity) for k in range(n)]
        values |= {c: float(np.round(np.exp(numbers.normal(3, 1)), 1)) for c in cells}
        for name in ("sector", "district")[: int(numbers.integers(1, 3))]:
            of = numbers.integers(0, 2, n)
            rounding = float(numbers.choice([0.0, 1.0, 10.0]))
            for k in (0, 1):
                members = [c for c, v in zip(cells, of, strict=True) if v == k]
                if members:
                    figures.append(total(f"{quantity} {name} {k}", members, values, rounding=rounding))
        if numbers.random() < 0.5:
            figures.append(total(f"{quantity} all", cells, values))
        if numbers.random() < 0.4:
            reader = f"E{numbers.integers(n)}"
            figures.append(total(f"{quantity} sheet", cells[:3], values, reader=reader))
        if numbers.random() < 0.4:
            figures += ranking(f"{quantity} ranks", cells[1:4], values, reader=f"E{numbers.integers(n)}")
    if len(values) > n and numbers.random() < 0.5:
        figures.append(total("both of two", [c for c in values if c.enterprise in ("E0", "E1")], values))
    return values, figures


@pytest.mark.parametrize("colluders", [0, 1, 2])
def test_brute_force_over_all_coalitions_finds_the_same_values(colluders: int) -> None:
    """On small parks the audit misses no value that a coalition knows too narrowly, and accuses no figure."""
    kinds = set()
    for seed in range(8):
        values, figures = drawn(100 * colluders + seed)
        told = {c for f in figures for c in f.terms}
        found = audit(values, figures, colluders=colluders)
        expected = given_away({c: v for c, v in values.items() if c in told}, figures, colluders)
        assert {parts(d.cell) for d in found.disclosures} == expected
        for disclosure in found.disclosures:
            low, high = interval(values, figures, parts(disclosure.cell), disclosure.attackers)
            near = 1e-5 * (1 + sum(values[c] for c in parts(disclosure.cell)))
            assert disclosure.low == pytest.approx(low, abs=near)
            assert disclosure.high == pytest.approx(high, abs=near) or disclosure.high == high
        kinds |= {frozenset([c]) in expected for c in told}
    assert kinds == {True, False}


def park(n: int, values: tuple[float, ...] = (5.0,)) -> dict[Cell, float]:
    """Return a park whose values repeat."""
    return {Cell(f"E{k}", "heat"): values[k % len(values)] for k in range(n)}


def test_nothing_released_gives_nothing_away() -> None:
    """No figure, no enterprise, or a value of zero: nothing is known too narrowly."""
    assert audit({}, []).safe
    assert audit(park(3), []).safe
    assert audit(park(6, (0.0,)), [total("all", park(6), park(6, (0.0,)))]).safe


def test_a_total_of_three_is_an_open_book_for_two_of_them() -> None:
    """With two that collude three are too few, with one alone they are enough; of one everybody knows."""
    for n, colluders, safe in ((3, 2, False), (3, 1, True), (2, 1, False), (4, 2, True), (1, 0, False)):
        values = park(n)
        found = audit(values, [total("all", values, values)], colluders=colluders)
        assert found.safe is safe
        assert all(len(d.attackers) == min(n - 1, colluders) for d in found.disclosures)


def test_two_totals_that_differ_by_one_enterprise_give_it_away() -> None:
    """A total before and after somebody left is its value, to anybody; the audit names both figures."""
    values = park(8, (5.0, 7.0, 6.0))
    cells = list(values)
    before, after = total("2023", cells, values), total("2024", cells[1:], values)
    assert audit(values, [before]).safe and audit(values, [after]).safe
    first = audit(values, [before, after]).disclosures[0]
    assert (first.cell, first.attackers, first.low, first.high) == (cells[0], (), 5.0, 5.0)
    assert first.figures == ("2023", "2024")


def test_a_corrected_value_is_bounded_by_the_difference() -> None:
    """A total is published again after one enterprise corrected its value: it is at least the difference."""
    values = park(9, (5.0, 7.0, 6.0))
    corrected = Cell("E0", "heat, version 2")
    values[corrected] = 50.0
    cells = [c for c in values if c.quantity == "heat"]
    both = [total("first", cells, values), total("second", [corrected, *cells[1:]], values)]
    found = audit(values, both)
    assert [d.cell for d in found.disclosures] == [corrected]
    assert found.disclosures[0].low == pytest.approx(45.0)


def test_what_one_reader_is_told_counts_for_that_reader_alone() -> None:
    """A sheet that tells one enterprise a total without a third gives that one away to it alone."""
    values = park(7, (5.0, 7.0, 6.0))
    cells = list(values)
    released = [total("all", cells, values), total("sheet", cells[:-1], values, reader="E0")]
    found = audit(values, released, colluders=1)
    assert [(d.cell, d.attackers) for d in found.disclosures] == [(cells[-1], ("E0",))]
    assert audit(values, released, colluders=0).safe


def test_a_dominant_value_is_known_to_the_second_largest() -> None:
    """The p % rule: of 80, 15, 3, 2, 2 the second knows the first to be at most 87, anybody at most 102."""
    values = dict(zip((Cell(f"E{k}", "heat") for k in range(5)), (80.0, 15.0, 3.0, 2.0, 2.0), strict=True))
    released = [total("all", values, values)]
    assert audit(values, released, colluders=0).safe
    first = audit(values, released, colluders=1).disclosures[0]
    assert (first.cell, first.attackers) == (Cell("E0", "heat"), ("E1",))
    assert first.high == pytest.approx(87.0)


def test_what_an_enterprise_has_in_a_figure_together_is_looked_at_as_well() -> None:
    """Its coal and its gas are safe, their sum is told to everybody; and what is left without the coal is."""
    values = {Cell("E0", "coal"): 5.0, Cell("E0", "gas"): 3.0, Cell("E0", "wood"): 2.0}
    coal, gas, wood = values
    alone = audit(values, [total("its energy", [coal, gas], values)])
    assert [(d.cell.quantity, d.low, d.high) for d in alone.disclosures] == [("coal + gas", 8.0, 8.0)]
    others = {Cell(f"E{k}", "coal"): 4.0 + k for k in range(1, 7)}
    both = values | others
    released = [
        total("all", [coal, gas, wood, *others], both),
        total("coal", [coal, *others], both),
    ]
    assert [d.cell for d in audit(both, released).disclosures] == [Cell("E0", "gas + wood")]


def test_sums_of_many_enterprises_hide_each_of_them() -> None:
    """Totals over two carriers of ten enterprises give away neither a carrier nor an enterprise's sum."""
    values = {Cell(f"E{k}", q): 5.0 + k for k in range(10) for q in ("coal", "gas")}
    found = audit(values, [total("all", values, values)])
    assert found.safe and found.programmes == 0 and found.cells == 30


def test_values_that_are_none_and_figures_that_are_false_are_refused() -> None:
    """An audit of values that are missing, negative or not those that were published would say nothing."""
    values = park(6)
    released = [total("all", values, values)]
    first = next(iter(values))
    for wrong in (float("nan"), float("inf"), -1.0):
        with pytest.raises(InputError, match="K258"):
            audit(values | {first: wrong}, released)
    with pytest.raises(InputError, match="missing"):
        audit({c: v for c, v in values.items() if c != first}, released)
    with pytest.raises(InputError, match="K259"):
        audit(values | {first: 50.0}, released)

"""What of a table is withheld: enough that nobody is given away, and nothing that need not be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from separatrix_cluster.disclosure.audit import audit
from separatrix_cluster.disclosure.cell_suppression import sensitive, suppress
from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure, total


def table(seed: int, n: int = 24) -> tuple[dict[Cell, float], list[ReleasedFigure]]:
    """Draw a park and its table by sector and district, with the totals of both and of all."""
    numbers = np.random.default_rng(seed)
    cells = [Cell(f"E{k:02}", "heat") for k in range(n)]
    values = {c: float(np.round(np.exp(numbers.normal(3, 0.7)), 1)) for c in cells}
    of = {"sector": numbers.integers(0, 3, n), "district": numbers.integers(0, 2, n)}
    groups = {
        f"{name} {k}": {c for c, v in zip(cells, classes, strict=True) if v == k}
        for name, classes in of.items()
        for k in range(int(classes.max()) + 1)
    }
    inner = {
        f"{a}, {b}": groups[a] & groups[b] for a in groups for b in groups if a[0] == "s" and b[0] == "d"
    }
    figures = [total(name, sorted(members), values) for name, members in (groups | inner).items() if members]
    return values, [*figures, total("all", cells, values)]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_gives_nobody_away_and_no_figure_could_be_added(seed: int) -> None:
    """The audit passes what is shown; put back one by one, each withheld figure is primary or fails it."""
    values, figures = table(seed)
    chosen = suppress(values, figures)
    assert audit(values, chosen.shown).safe and not chosen.disclosures
    assert set(chosen.shown) | set(chosen.withheld) == set(figures)
    assert all(sensitive(f, values) for f in chosen.primary)
    for figure in set(chosen.withheld) - set(chosen.primary):
        assert not audit(values, [*chosen.shown, figure]).safe


@pytest.mark.parametrize("seed", range(2))
def test_no_more_than_twice_the_fewest_are_withheld(seed: int) -> None:
    """Beside the fewest figures that an exhaustive search has to withhold from a small table."""
    values, figures = table(seed + 50, 12)
    figures = [f for f in figures if "," not in f.name]
    chosen = suppress(values, figures)
    primary = {f for f in figures if sensitive(f, values)}
    rest = [f for f in figures if f not in primary]
    fewest = next(
        n
        for n in range(len(rest) + 1)
        for left in combinations(rest, n)
        if audit(values, [f for f in rest if f not in left]).safe
    )
    assert fewest <= len(chosen.withheld) - len(primary) <= 2 * fewest


def test_a_table_that_undoes_an_earlier_one_is_withheld() -> None:
    """A total of all but one is refused after the total of all was published, whatever it costs."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k % 3 for k in range(9)}
    cells = list(values)
    released = [total("all", cells, values)]
    chosen = suppress(values, [total("all but one", cells[1:], values)], released)
    assert [f.name for f in chosen.withheld] == ["all but one"] and not chosen.primary


def test_what_was_given_away_before_is_told_and_blocks_nothing_else() -> None:
    """Where earlier figures gave a value away, it is told; a harmless table is shown all the same."""
    values = {Cell(f"E{k}", q): 5.0 + k % 3 for k in range(9) for q in ("heat", "power")}
    heat, power = ([c for c in values if c.quantity == q] for q in ("heat", "power"))
    released = [total("all", heat, values), total("all but one", heat[1:], values)]
    chosen = suppress(values, [total("power", power, values)], released)
    assert [d.cell for d in chosen.disclosures] == [heat[0]]
    assert [f.name for f in chosen.shown] == ["power"]


def test_what_was_given_away_in_part_is_not_given_away_wholly() -> None:
    """A value that two could know before is still kept from everybody else."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k % 3 for k in range(9)}
    cells = list(values)
    released = [total("three", cells[:3], values), total("all", cells, values)]
    chosen = suppress(values, [total("all but one", cells[1:], values)], released)
    assert cells[0] in {d.cell for d in chosen.disclosures}
    assert [f.name for f in chosen.withheld] == ["all but one"] and not chosen.primary


def test_a_table_with_the_names_of_an_earlier_one_is_suppressed_all_the_same() -> None:
    """Figures that are called like earlier ones are withheld where they differ from these by one."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k % 3 for k in range(9)}
    cells = list(values)
    released = [total("all", cells, values)]
    chosen = suppress(values, [total("all", cells[1:], values), total("large", cells[:8], values)], released)
    assert [f.name for f in chosen.withheld] == ["all", "large"]


def test_figures_without_a_name_are_withheld_together_and_end_no_less() -> None:
    """A figure of two without a name is primary; what differs from an earlier one is withheld besides."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k % 3 for k in range(9)}
    cells = list(values)
    meant = [total("", cells[:2], values), total("all but one", cells[1:], values)]
    chosen = suppress(values, meant, [total("all", cells, values)])
    assert list(chosen.withheld) == meant and not chosen.shown


def test_too_few_and_dominated_figures_are_withheld_by_themselves() -> None:
    """Two enterprises, or one that makes up 9 in 10, are primary."""
    values = dict(
        zip((Cell(f"E{k}", "heat") for k in range(6)), (900.0, 50.0, 50.0, 5.0, 5.0, 5.0), strict=True)
    )
    cells = list(values)
    assert sensitive(total("two", cells[3:5], values), values)
    assert sensitive(total("dominated", cells[:3], values), values)
    assert not sensitive(total("three", cells[3:], values), values)

"""Movements that are kept from one audit to the next: they change how long it takes, and no answer."""

from __future__ import annotations

from collections.abc import Callable

from disclosure_by_brute_force import drawn, drawn_corrections, drawn_in_two, drawn_ratios
from separatrix_cluster.disclosure.audit import EarlierReleases, audit
from separatrix_cluster.disclosure.released_figure import Cell, Release, total
from separatrix_cluster.disclosure.releases import Releases, WitnessMovements
from thinning import thinned

Draw = Callable[[int], tuple[dict[Cell, float], list[Release]]]


@thinned(("draw", "seed"), [(drawn, 1), (drawn_ratios, 0), (drawn_corrections, 2)], each_run=1)
def test_one_table_after_another_is_answered_as_each_by_itself(draw: Draw, seed: int) -> None:
    """The same values, the same coalitions and the same ends, whatever was looked at before."""
    values, earlier, further = drawn_in_two(3000 + seed, draw)
    kept = WitnessMovements()
    known = EarlierReleases(values, earlier, colluders=2, kept=kept)
    tables = [further, *(further[:k] + further[k + 1 :] for k in range(min(len(further), 1)))]
    for table in [*tables, further]:
        assert known.new_disclosures(table) == EarlierReleases(values, earlier).new_disclosures(table)
        told = [*earlier, *table]
        assert audit(values, told, kept=kept).disclosures == audit(values, told).disclosures


def test_a_movement_serves_both_ways_and_only_as_far_as_values_and_figures_let_it() -> None:
    """A exchanges two with B: up and down, not more than it went, and not where B has less or it shows."""
    a, b, c = (Cell(name, "heat") for name in "ABC")
    values = {a: 5.0, b: 3.0, c: 4.0}
    kept, both = WitnessMovements(), Releases(values, [total("both", [a, b], values)])
    target = both.targets[0]
    kept.add(both, target, {0: 2.0, 1: -2.0})
    assert kept.still(both, target, 2.0) == [{0: 2.0, 1: -2.0}] == kept.still(both, target, 1.0)
    assert kept.still(both, target, -1.5) == [{0: -2.0, 1: 2.0}]
    assert kept.still(both, target, 2.5) == [] == kept.still(both, both.targets[1], 1.0)
    less = Releases(values | {b: 1.0}, [total("both", [a, b], values | {b: 1.0})])
    assert kept.still(less, less.targets[0], 2.0) == [] and kept.still(less, less.targets[0], -2.0)
    shown = Releases(values, [total("both", [a, b], values), total("other", [b, c], values)])
    assert kept.still(shown, shown.targets[0], 2.0) == []
    rounded = [total("both", [a, b], values), total("other", [b, c], values, rounding=5.0)]
    assert kept.still(Releases(values, rounded), shown.targets[0], 1.0) == [{0: 2.0, 1: -2.0}]
    alone = Releases(values, [total("one", [b, c], values, reader="A"), total("both", [a, b], values)])
    assert kept.still(alone, alone.targets[0], 2.0) == [{0: 2.0, 1: -2.0}]

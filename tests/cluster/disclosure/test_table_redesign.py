"""Which groups of a table are merged: enough that nobody is given away, and no more than need be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pytest

from separatrix_cluster.disclosure.audit import EarlierReleases, audit
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure, place, total
from separatrix_cluster.disclosure.table_redesign import Line, Redesign, merges
from thinning import thinned

Half = Literal["better half", "worse half"]


def park(seed: int, groups: int = 5, n: int = 20) -> tuple[dict[Cell, float], dict[str, list[Cell]]]:
    """Draw a park in sectors of which some are small."""
    numbers = np.random.default_rng(seed)
    of = numbers.integers(0, groups, n)
    cells = {f"s{g}": [Cell(f"E{k:02}", "heat") for k in range(n) if of[k] == g] for g in range(groups)}
    values = {c: float(np.round(np.exp(numbers.normal(3, 0.7)), 1)) for s in cells.values() for c in s}
    return values, {s: c for s, c in cells.items() if c}


def line_of(values: dict[Cell, float], cells: dict[str, list[Cell]], rounding: float = 0.0) -> Line:
    """Return what a table tells of merged sectors: their total."""

    def line(merged: tuple[str, ...]) -> list[ReleasedFigure]:
        return [total("+".join(merged), [c for s in merged for c in cells[s]], values, rounding=rounding)]

    return line


def partitions(names: list[str]) -> Iterator[list[tuple[str, ...]]]:
    """Yield all ways to merge."""
    if not names:
        yield []
        return
    for rest in partitions(names[1:]):
        yield [(names[0],), *rest]
        for k, group in enumerate(rest):
            yield [*rest[:k], (names[0], *group), *rest[k + 1 :]]


@pytest.mark.parametrize("seed", range(5))
def test_trying_all_ways_to_merge_finds_none_with_more_groups(seed: int) -> None:
    """The table passes the audit with the total of all beside it, and none that passes has more groups."""
    values, cells = park(seed)
    line = line_of(values, cells)
    beside = [total("all", values, values)]

    def passes(groups: list[tuple[str, ...]]) -> bool:
        return audit(values, [*beside, *(f for g in groups for f in line(g))]).safe

    found = merges(values, sorted(cells), line, beside)
    assert found is not None and found.fewest and passes(list(found.groups))
    assert sorted(s for g in found.groups for s in g) == sorted(cells)
    assert found.lost == len(cells) - len(found.groups)
    assert not any(passes(p) for p in partitions(sorted(cells)) if len(p) > len(found.groups))


@thinned("seed", range(3), each_run=1)
def test_with_places_among_others_none_that_passes_has_more_groups(seed: int) -> None:
    """What a place tells depends on who may stand where: all ways to merge are tried beside it, too."""
    values, cells = park(seed, 4, 9)
    heat = list(values)
    values |= {Cell(c.enterprise, "output"): 10.0 for c in heat}
    pairs = [(c, Cell(c.enterprise, "output")) for c in heat]
    released: list[Release] = [total(f"output of {b.enterprise}", [b], values) for _, b in pairs]
    for own, others in ((pairs[0], pairs[1:4]), (pairs[4], pairs[5:8])):
        ratio = values[own[0]] / values[own[1]]
        better = sum(values[a] / values[b] < ratio for a, b in others)
        told: Half = "better half" if 2 * better < len(others) else "worse half"
        released.append(place("place", ratio, others, told, reader=own[0].enterprise))
    line, names = line_of(values, cells), sorted(cells)
    earlier = EarlierReleases(values, released)

    def passes(groups: Sequence[tuple[str, ...]]) -> bool:
        return not earlier.new_disclosures([f for g in groups for f in line(g)])

    found = merges(values, names, line, released)
    whole = [p for p in partitions(names) if passes(p)]
    assert (found is None) == (not whole)
    if found is not None:
        assert found.fewest and passes(found.groups) and len(found.groups) == max(map(len, whole))


def test_where_audits_run_out_fewest_is_not_claimed() -> None:
    """With no audits to spare the table passes all the same, and nothing could simply be taken out again."""
    values, cells = park(0)
    line = line_of(values, cells)
    exact, quick = (merges(values, sorted(cells), line, audits=n) for n in (200, 1))
    assert exact is not None and quick is not None
    assert exact.fewest and not quick.fewest and quick.lost >= exact.lost > 0
    assert audit(values, quick.figures).safe


def test_what_not_even_the_whole_table_may_tell_has_no_redesign() -> None:
    """Two enterprises in all; and a total that differs from an earlier one by an enterprise."""
    values, cells = park(3)
    few = dict(list(values.items())[:2])
    assert merges(few, ["s"], line_of(few, {"s": list(few)})) is None
    first = next(iter(values))
    released = [total("without one", [c for c in values if c != first], values)]
    assert merges(values, sorted(cells), line_of(values, cells), released) is None


def test_a_table_that_passes_is_left_as_it_was_meant() -> None:
    """Nothing is merged without need, and a table without groups has nothing to merge."""
    cells = {s: [Cell(f"{s}{k}", "heat") for k in range(6)] for s in "AB"}
    values = {c: 5.0 for s in cells.values() for c in s}
    found = merges(values, "AB", line_of(values, cells))
    assert found is not None and (found.groups, found.lost, found.fewest) == ((("A",), ("B",)), 0, True)
    assert merges({}, [], line_of({}, {})) == Redesign((), (), 0, True, ())


def test_what_was_given_away_before_is_told_and_blocks_nothing_else() -> None:
    """A value that earlier figures told forbids no table that does not tell it."""
    values, cells = park(1)
    others = {Cell(f"F{k}", "power"): 4.0 for k in range(2)}
    released = [total("two", others, values | others)]
    found = merges(values | others, sorted(cells), line_of(values, cells), released)
    assert found is not None and {d.cell for d in found.disclosures} == set(others)


def test_figures_that_are_called_like_earlier_ones_are_kept_apart() -> None:
    """A table of the next year whose lines are called the same is merged by its own lines."""
    values, cells = park(2)
    small = min(cells, key=lambda s: len(cells[s]))
    line = line_of(values, cells)
    later = {Cell(c.enterprise, "heat, next year"): v for c, v in values.items()}
    again = {s: [Cell(c.enterprise, "heat, next year") for c in those] for s, those in cells.items()}
    first = merges(values, sorted(cells), line)
    second = merges(values | later, sorted(cells), line_of(later, again), first.figures if first else ())
    assert first is not None and second is not None and first.groups == second.groups
    assert all((small,) != g or len(cells[small]) > 3 for g in second.groups)

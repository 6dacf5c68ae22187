"""The audit of releases: beside brute force over all coalitions, and on the ways to be given away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from disclosure_by_brute_force import (
    drawn,
    drawn_corrections,
    drawn_ratios,
    given_away,
    interval,
    parts,
    told_cells,
)
from separatrix.errors import InputError
from separatrix_cluster.disclosure.audit import EarlierReleases, audit
from separatrix_cluster.disclosure.cell_suppression import suppress
from separatrix_cluster.disclosure.coalition import CoalitionSearch
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure, place, ranking, total
from thinning import thinned

Draw = Callable[[int], tuple[dict[Cell, float], list[Release]]]


@pytest.mark.parametrize("draw", [drawn, drawn_ratios, drawn_corrections])
@thinned("colluders", [0, 1, 2], each_run=2)
def test_brute_force_over_all_coalitions_finds_the_same_values(colluders: int, draw: Draw) -> None:
    """On small parks the audit misses no value that a coalition knows too narrowly, and accuses no figure."""
    told = 0
    for seed in range(2 if draw is drawn_corrections else 4):
        told += compared(100 * colluders + seed, colluders, draw)
    assert told or colluders < 2


@pytest.mark.soak
@pytest.mark.parametrize("draw", [drawn, drawn_ratios, drawn_corrections])
def test_brute_force_over_hundreds_of_parks_finds_nothing_that_the_audit_missed(draw: Draw) -> None:
    """The same over hundreds of parks, with corrected versions, rankings, roundings, sheets and places."""
    assert sum(compared(seed, seed % 3, draw) for seed in range(1000, 1300)) > 300


def compared(seed: int, colluders: int, draw: Draw) -> int:
    """Hold the audit of a park that was drawn against brute force; return how many values are given away."""
    values, released = draw(seed)
    found = audit(values, released, colluders=colluders)
    expected = given_away(values, released, colluders)
    assert {parts(d.cell) for d in found.disclosures} == expected
    known = {c: v for c, v in values.items() if c in told_cells(released)}
    for disclosure in found.disclosures:
        low, high = interval(known, released, parts(disclosure.cell), disclosure.attackers)
        near = 1e-5 * (1 + sum(values[c] for c in parts(disclosure.cell)))
        assert disclosure.low == pytest.approx(low, abs=near)
        assert disclosure.high == pytest.approx(high, abs=near) or disclosure.high == high
    return len(expected)


def test_a_corrected_value_is_exchanged_in_both_versions_without_a_programme() -> None:
    """Of many in a sector some were corrected, each by an amount that others of them hide."""
    values = park(40, (50.0, 70.0, 60.0))
    cells = list(values)
    told = [total("first", cells, values)]
    for k in range(8):
        new, change = Cell(f"E{k}", "heat 2"), Cell(f"E{k}", "change")
        values |= {new: values[cells[k]] + 20.0 + k, change: 20.0 + k}
        told.append(ReleasedFigure("", {new: 1.0, cells[k]: -1.0, change: -1.0}, 0.0, 0.0))
        cells[k] = new
    found = audit(values, [*told, total("second", cells, values)])
    assert found.safe and found.cells == 56 and found.programmes == 0


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


def test_who_is_told_one_of_two_values_of_a_kind_is_found() -> None:
    """All else that is told of an enterprise may look alike: each of its values is looked at by itself."""
    values = {Cell(f"E{k}", q): 5.0 + k for k in range(8) for q in ("coal", "gas")}
    for quantity in ("coal", "gas"):
        told = Cell("E0", quantity)
        found = audit(values, [total("all", values, values), total("page", [told], values, reader="E1")])
        assert [(d.cell, d.attackers) for d in found.disclosures] == [(told, ("E1",))]


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


def test_a_value_that_is_called_like_a_sum_of_others_is_looked_at_as_well() -> None:
    """A value whose name is that of two others of its enterprise together is told; their sum is not."""
    coal, gas, called = Cell("E0", "coal"), Cell("E0", "gas"), Cell("E0", "coal + gas")
    values = {coal: 1.0, gas: 1.0, called: 2.0} | {Cell(f"E{k}", "coal"): 1.0 for k in range(1, 9)}
    released = [total("mix", [c for c in values if c != called], values), total("one", [called], values)]
    assert [(d.cell, d.low, d.high) for d in audit(values, released).disclosures] == [(called, 2.0, 2.0)]


def test_a_witness_that_no_single_values_make_ends_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where movements of kinds are never made of values as many have to collude."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k for k in range(9)}
    cells = list(values)
    released = [total(f"row {k}", cells[3 * k : 3 * k + 3], values) for k in range(3)]
    released += [total(f"column {k}", cells[k::3], values) for k in range(3)]

    def known() -> list[list[tuple[Cell, int]]]:
        found = [audit(values, released, colluders=k).disclosures for k in (0, 1, 2)]
        return [[(d.cell, len(d.attackers)) for d in one] for one in found]

    before = known()
    monkeypatch.setattr(CoalitionSearch, "_values", lambda *given, **more: None)
    assert known() == before and [len(one) for one in before] == [0, 0, 9]


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


@pytest.mark.parametrize("value", ["5", 1j, 10**400, float("nan")])
def test_values_of_other_kinds_than_numbers_are_refused(value: object) -> None:
    """Text of a table that was not converted is no value, nor is a number beyond all that can be computed."""
    values = park(6)
    with pytest.raises(InputError, match="K258"):
        audit({**values, next(iter(values)): value}, [total("all", values, values)])  # type: ignore[dict-item]


def test_figures_that_are_none_are_refused_instead_of_passed_over() -> None:
    """A list within the list, as an average is, or ends, weights or sums that are none: not safe."""
    values = park(6)
    terms, nan = dict.fromkeys(values, 1.0), float("nan")
    with pytest.raises(InputError, match=r"K261.*\n.*\*ranking"):
        audit(values, [total("all", values, values), ranking("rank", values, values)])  # type: ignore[list-item]
    for figure in (
        ReleasedFigure("ends", terms, nan, nan),
        ReleasedFigure("weights", dict.fromkeys(values, nan), 0.0, 1.0),
        place("place", nan, [(c, c) for c in values], "middle", reader="Z"),
    ):
        with pytest.raises(InputError, match="K261"):
            audit(values, [figure])
    with pytest.raises(InputError, match="K261"):
        audit(dict.fromkeys(values, 1e308), [ReleasedFigure("sum", terms, 0.0, float("inf"))])


def test_figures_that_can_be_gone_through_once_alone_are_looked_at_all() -> None:
    """A generator of figures gives away what a list of them does, in each way to look at them."""
    values = park(6)
    figures = [total("all", values, values), total("but one", list(values)[1:], values)]
    assert audit(values, iter(figures)) == audit(values, figures)  # type: ignore[arg-type]
    assert not audit(values, figures).safe
    first, second = ([f] for f in figures)
    learnt = EarlierReleases(values, iter(first)).new_disclosures(iter(second))  # type: ignore[arg-type]
    assert learnt == EarlierReleases(values, first).new_disclosures(second) != ()
    chosen = suppress(values, iter(second), iter(first))  # type: ignore[arg-type]
    assert [f.name for f in chosen.withheld] == ["but one"]


@pytest.mark.parametrize(
    ("protection", "colluders"), [(0.0, 2), (1.0, 2), (float("nan"), 2), (0.15, -1), (0.15, float("nan"))]
)
def test_terms_on_which_everything_would_be_safe_are_refused(protection: float, colluders: float) -> None:
    """A protection of nothing or of more than the value, and fewer attackers than none."""
    with pytest.raises(InputError, match="K260"):
        audit(park(6), [total("all", park(6), park(6))], protection=protection, colluders=colluders)  # type: ignore[arg-type]


def test_a_place_in_the_better_half_says_of_no_single_one_where_it_stands() -> None:
    """The place among three others tells nothing of any of them; a place that is not true is refused."""
    carbon = dict(zip("ABCD", (10.0, 11.0, 30.0, 31.0), strict=True))
    values = {Cell(e, "carbon"): v for e, v in carbon.items()} | {Cell(e, "output"): 10.0 for e in carbon}
    pairs = [(Cell(e, "carbon"), Cell(e, "output")) for e in "BCD"]
    told = place("page", 1.0, pairs, "better half", reader="A")
    assert (told.least, told.most) == (0, 1)
    assert audit(values, [told]).safe
    with pytest.raises(InputError, match="K259"):
        audit(values, [place("page", 2.0, pairs, "worse half", reader="A")])


def test_who_is_told_by_all_others_where_it_stands_is_bounded_by_their_places() -> None:
    """Of two others one colludes with the reader: the place bounds the other's ratio on one side alone."""
    values = {Cell(e, q): v for e in "ABC" for q, v in (("carbon", 10.0), ("output", 10.0))}
    values[Cell("B", "carbon")] = 11.0
    pairs = [(Cell(e, "carbon"), Cell(e, "output")) for e in "BC"]
    outputs = total("outputs", [Cell("B", "output")], values)
    told = place("page", 1.05, pairs, "middle", reader="A")
    found = {d.cell: d for d in audit(values, [outputs, told]).disclosures}
    assert found[Cell("B", "carbon")].attackers == ("A", "C")
    assert found[Cell("B", "carbon")].low == pytest.approx(10.5)
    assert found[Cell("B", "carbon")].high == float("inf")

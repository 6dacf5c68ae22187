"""What further figures tell beside earlier ones: beside brute force, and on who learns what another knew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scipy.optimize import OptimizeResult

from disclosure_by_brute_force import (
    drawn,
    drawn_corrections,
    drawn_in_two,
    drawn_ratios,
    interval,
    learning,
    parts,
    told_cells,
)
from separatrix_cluster.disclosure.audit import Disclosure, EarlierReleases, TargetAudit, audit
from separatrix_cluster.disclosure.released_figure import Cell, Release, total
from thinning import thinned

Draw = Callable[[int], tuple[dict[Cell, float], list[Release]]]

PARK = {Cell(f"E{k}", "heat"): 5.0 + k for k in range(8)}
CELLS = list(PARK)
ALL = total("all", CELLS, PARK)
FIRST = CELLS[0]


@thinned("draw", [drawn, drawn_ratios, drawn_corrections], each_run=1)
def test_brute_force_before_and_after_finds_the_same_who_learn(draw: Draw) -> None:
    """On small parks nobody is missed who learns a value that others knew before, and nobody accused."""
    seeds = (5,) if draw is drawn_corrections else range(3)
    assert sum(compared(seed, 1 + seed % 2, draw)[0] for seed in seeds)


@pytest.mark.soak
@pytest.mark.parametrize("draw", [drawn, drawn_ratios, drawn_corrections])
def test_brute_force_before_and_after_over_hundreds_of_parks_finds_the_same(draw: Draw) -> None:
    """The same over hundreds of parks; in many of them it is known to somebody before what others learn."""
    told = [compared(seed, seed % 3, draw) for seed in range(2000, 2100)]
    assert sum(new for new, _ in told) > 100 and sum(again for _, again in told) > 10


def compared(seed: int, colluders: int, draw: Draw) -> tuple[int, int]:
    """Hold what further figures tell against brute force; return how many learnt and known."""
    values, earlier, further = drawn_in_two(seed, draw)
    known = EarlierReleases(values, earlier, colluders=colluders)
    found = known.new_disclosures(further)
    expected = learning(values, earlier, further, colluders)
    told = {c: v for c, v in values.items() if c in told_cells([*earlier, *further])}
    assert {parts(d.cell) for d in found} == set(expected)
    for disclosure in found:
        who = expected[parts(disclosure.cell)]
        assert disclosure.attackers in who.nearer
        assert len(disclosure.attackers) == min(map(len, who.nearer))
        ends = interval(told, [*earlier, *further], parts(disclosure.cell), disclosure.attackers)
        near = 1e-5 * (1 + sum(values[c] for c in parts(disclosure.cell)))
        assert (disclosure.low, disclosure.high) == pytest.approx(ends, abs=near)
    first = known.first_new_disclosure(further, [d.cell for d in reversed(found)])
    assert first == (None if not found else next(d for d in found if d.cell == found[-1].cell))
    before = {parts(d.cell) for d in audit(values, earlier, colluders=colluders).disclosures}
    return len(found), len(before & set(expected))


def test_who_learns_alone_what_another_knew_is_found() -> None:
    """One was told a value; then another is, and of as many the audit names but the first."""
    earlier = EarlierReleases(PARK, [ALL, total("sheet", [FIRST], PARK, reader="E1")])
    (found,) = earlier.new_disclosures([total("page", [FIRST], PARK, reader="E2")])
    assert (found.cell, found.attackers, found.figures) == (FIRST, ("E2",), ("page",))


def test_who_learns_by_what_it_knows_itself_what_another_knew_is_found() -> None:
    """A sum of two is told: each learns the other's value, of which one was told to a third before."""
    earlier = EarlierReleases(PARK, [ALL, total("sheet", [FIRST], PARK, reader="E1")], colluders=1)
    found = earlier.new_disclosures([total("two", [FIRST, CELLS[2]], PARK)])
    assert {d.cell: d.attackers for d in found}[FIRST] == ("E2",)


def test_two_who_learn_together_what_a_third_knew_are_found() -> None:
    """The sum of three is an open book for two of them, whoever else knew one of the values."""
    earlier = EarlierReleases(PARK, [total("sheet", [FIRST], PARK, reader="E1")])
    found = {
        d.cell: d.attackers for d in earlier.new_disclosures([total("three", CELLS[:1] + CELLS[2:4], PARK)])
    }
    assert found[FIRST] == ("E2", "E3")


def test_what_the_same_knew_before_is_not_new_however_many_they_are() -> None:
    """Several were told a value each by itself; told to them again it is new to nobody."""
    sheets = [total("sheet", [FIRST], PARK, reader=f"E{k}") for k in range(1, 6)]
    earlier = EarlierReleases(PARK, [ALL, *sheets])
    again = [total("again", [FIRST], PARK, reader=f"E{k}") for k in (5, 2)]
    assert earlier.new_disclosures(again) == () and earlier.first_new_disclosure(again) is None
    (found,) = earlier.new_disclosures([*again, total("page", [FIRST], PARK, reader="E6")])
    assert found.attackers == ("E6",)


def test_who_knew_all_parts_of_a_sum_knew_the_sum() -> None:
    """Told its coal and its gas one by one, their sum is nothing new; with its wood besides it is."""
    coal, gas, wood = (Cell("E0", carrier) for carrier in ("coal", "gas", "wood"))
    values = {coal: 5.0, gas: 0.0, wood: 3.0}
    apart = [total(c.quantity, [c], values, reader="E1") for c in (coal, gas)]
    earlier = EarlierReleases(values, apart)
    both = [coal, gas]
    assert earlier.new_disclosures([total("both", both, values, reader="E1")]) == ()
    (found,) = earlier.new_disclosures([total("both", both, values, reader="E2")])[-1:]
    assert (found.cell.quantity, found.attackers) == ("coal + gas", ("E2",))
    more = earlier.new_disclosures([total("all", values, values, reader="E1")])
    assert {d.cell.quantity: (d.low, d.high) for d in more}["coal + gas + wood"] == (8.0, 8.0)


def test_who_knew_a_value_and_learns_it_more_narrowly_is_found() -> None:
    """It was told within one, and is told exactly; told less exactly it is nothing new."""
    rough = total("rough", [FIRST], PARK, rounding=1.0, reader="E1")
    exact = total("exact", [FIRST], PARK, reader="E1")
    (found,) = EarlierReleases(PARK, [ALL, rough]).new_disclosures([exact])
    assert (found.attackers, found.low, found.high) == (("E1",), 5.0, 5.0)
    assert EarlierReleases(PARK, [ALL, exact]).new_disclosures([rough]) == ()


def test_what_a_solver_leaves_open_counts_as_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no programme is answered a value that was told of before counts as given away by a new figure."""
    values = {Cell(f"E{k}", "heat"): 5.0 + k for k in range(9)}
    cells = list(values)
    rows = [total(f"row {k}", cells[3 * k : 3 * k + 3], values) for k in range(3)]
    columns = [total(f"column {k}", cells[k::3], values) for k in range(3)]
    asked, unasked = (EarlierReleases(values, rows, colluders=0) for _ in range(2))
    assert asked.new_disclosures(columns) == ()
    unanswered = OptimizeResult(x=None, fun=None, status=1)
    monkeypatch.setattr("scipy.optimize.milp", lambda *given, **more: unanswered)
    monkeypatch.setattr("scipy.optimize.linprog", lambda *given, **more: unanswered)
    assert {d.cell for d in unasked.new_disclosures(columns)} == set(cells)
    # The movements that were found before need no solver.
    assert asked.new_disclosures(columns) == ()


def test_what_many_pairs_knew_before_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large one is known to each two of twelve: asked about another table of it, that is at hand."""
    values = {Cell("large", "heat"): 1000.0} | {Cell(f"E{k:02}", "heat"): 14.5 for k in range(12)}
    everybody = total("all", values, values)
    earlier = EarlierReleases(values, [everybody])
    assert earlier.new_disclosures([total("again", values, values)]) == ()
    asked: list[object] = []
    whole = TargetAudit.known_to

    def counted(self: TargetAudit, *given: Any) -> Disclosure:
        asked.append(given)
        return whole(self, *given)

    monkeypatch.setattr(TargetAudit, "known_to", counted)
    rounded = total("rounded", values, values, rounding=50.0)
    assert earlier.new_disclosures([rounded]) == () and not asked
    known = audit(values, [everybody]).disclosures
    assert [(d.cell.enterprise, len(d.attackers)) for d in known] == [("large", 2)]
    (found,) = earlier.new_disclosures([total("large", list(values)[:1], values)])[:1]
    assert (found.cell.enterprise, found.attackers, found.low) == ("large", (), 1000.0)


def test_nothing_earlier_and_nothing_further() -> None:
    """Without earlier figures all that an audit finds is new; without further ones nothing is."""
    three = total("three", CELLS[:3], PARK)
    assert EarlierReleases(PARK, []).new_disclosures([three]) == audit(PARK, [three]).disclosures
    assert EarlierReleases(PARK, [three]).new_disclosures([]) == ()
    assert EarlierReleases({}, []).first_new_disclosure([]) is None
    apart = {Cell(f"F{k}", "power"): 9.0 for k in range(6)}
    beside = EarlierReleases(PARK | apart, [three]).new_disclosures([total("power", apart, apart)])
    assert beside == ()


def test_a_value_beyond_a_gap_counts_as_possible() -> None:
    """With places a value may be unable to fall by just so much, but by more: nobody is accused of that."""
    values, earlier, further = drawn_in_two(2034, drawn_ratios)
    gap = Cell("E3", "carbon")
    low, high = interval(values, [*earlier, *further], frozenset([gap]), ("E0", "E2"))
    assert low < 0.85 * values[gap] and high > 1.15 * values[gap]
    assert gap not in {d.cell for d in audit(values, [*earlier, *further]).disclosures}

"""Footprints of products from approved reports and suppliers' footprints: versions, circles, and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from park.footprints.makers import (
    YEAR,
    bought,
    circle,
    described,
    link,
    maker,
    offer,
    partner,
    received,
    record,
    worked_out,
)
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    """Give the park a country."""
    with described(park):
        yield


def test_a_circle_of_members_is_solved_at_once(park: ParkFolder) -> None:
    """A takes 0.1 of B, B takes 0.2 of A, own 3 and 1: 155/49 and 80/49."""
    a, b = circle()
    offer(a)
    offer(b)
    first, second = worked_out(a)["a"], worked_out(b)["b"]
    assert first.result["carbon"] == pytest.approx(155 / 49, rel=1e-12)
    assert second.result["carbon"] == pytest.approx(80 / 49, rel=1e-12)
    assert first.whole and second.whole
    (entry,) = first.inputs.all()
    assert (entry.supplier, entry.product_id, entry.amount, entry.unit) == ("B", "b", 0.1, "kilogram")
    assert entry.carbon == pytest.approx(80 / 49) and entry.partner_id is None


def inputs(row: Any) -> list[tuple[Any, ...]]:
    """Return what went into a roll-up."""
    return [(i.supplier, i.product_id, i.amount, i.unit) for i in row.inputs.all()]


@ON_ONE
def test_what_a_member_does_not_offer_counts_as_missing(park: ParkFolder) -> None:
    """By default nothing is offered; then neither its figure nor whether it makes the product is told."""
    a, b = circle()
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.0) and not row.whole and not inputs(row)
    assert row.result["at_least"]
    (told,) = row.result["missing"]["en"]
    assert "B offers no footprint of it to others in the park" in told
    maker("C", "c", 1000, [bought("never made", 100, "B")])
    other = worked_out(_enterprise("C"))["c"].result["missing"]["en"]
    assert [text.replace("never made", "b") for text in other] == [told]
    offer(b, for_park=False, products_for_park=["another"])
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(3.0)
    offer(b, for_park=False, products_for_park=["b"])
    # B has A's product withheld, so that its own figure is not whole, and A is told so.
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.1) and not row.whole
    assert "is not whole" in row.result["missing"]["en"][0]


def _enterprise(key: str) -> Any:
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return Enterprise.objects.get(key=key)


def test_a_received_record_stands_for_a_purchase_by_its_link(park: ParkFolder) -> None:
    """With fossil part, primary data weighted by emissions, what was left out, and transport to the gate."""
    a = maker("A", "a", 3000, [bought("ore", 500)])
    mine = partner(a)
    link(a, "ore", partner=mine, product_id="urn:pact:mine.example:product:ore")
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.0) and not row.whole
    assert "has sent no footprint of it yet" in row.result["missing"]["en"][0]
    rated = {"technologicalDQR": "1", "geographicalDQR": "2", "temporalDQR": "3"}
    more = {"outboundLogisticsGhgEmissions": "0.4", "dqi": rated}
    told = record("ore", 2.0, fossil=1.5, exempted=20.0, primary_share=25.0, more=more)
    kept = received(mine, told)
    row = worked_out(a)["a"]
    result = row.result
    assert row.version == 2 and row.whole
    assert result["carbon"] == pytest.approx(3.0 + 0.5 * (2.0 + 0.4))
    assert result["fossil"] == pytest.approx(3.0 + 0.5 * (1.5 + 0.4))
    assert result["primary"] == pytest.approx(100 * (3.0 + 0.5 * 2.0 * 0.25) / 4.2)
    left = 0.5 * 2.0 * 20 / 80
    assert result["exempted"] == pytest.approx(100 * left / (4.2 + left))
    assert result["rated"] == pytest.approx(1.0 / 4.2) and result["quality"] == pytest.approx([1, 2, 3])
    (entry,) = row.inputs.all()
    assert (entry.partner_id, entry.pf_id, entry.created) == (mine.pk, kept.pf_id, "2025-02-01T00:00:00Z")
    assert (entry.amount, entry.unit, entry.carbon) == (0.5, "kilogram", pytest.approx(2.0))
    assert entry.primary_share == pytest.approx(25.0)


def test_the_record_that_fits_best_is_taken(park: ParkFolder) -> None:
    """The newest that is valid for the year; a replaced one only where there is no other, and it is told."""
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 0, [bought("ore", 1000)])
    mine = partner(a)
    old = received(mine, record("ore", 1.0), "2025-01-01T00:00:00Z")
    received(
        mine,
        record("ore", 9.0, start="2031-01-01T00:00:00Z", end="2032-01-01T00:00:00Z"),
        "2032-02-01T00:00:00Z",
    )
    link(a, "ore", partner=mine, product_id=old.product_ids[0])
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(1.0)
    new = received(mine, record("ore", 2.0), "2025-06-01T00:00:00Z")
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(2.0) and row.result["doubts"] == []
    with whole_park("the tests let a partner replace both"):
        for one in (old, new):
            one.deprecated = one.received
            one.save()
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(2.0)
    assert [d["doubt"] for d in row.result["doubts"]] == ["replaced"]


@ON_ONE
def test_units_that_do_not_fit_are_told_and_count_as_missing(park: ParkFolder) -> None:
    """A purchase in pieces, a footprint for one kilogram: nothing leads from one to the other."""
    a = maker("A", "a", 3000, [bought("screws", 500, unit="piece")])
    mine = partner(a)
    kept = received(mine, record("screws", 2.0))
    link(a, "screws", partner=mine, product_id=kept.product_ids[0])
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.0) and not row.whole
    assert "nothing leads from one to the other" in row.result["missing"]["en"][0]


def test_a_correction_of_a_partner_is_marked_and_worked_out_by_a_job(park: ParkFolder) -> None:
    """And so is what rests on it in the park; a second look finds nothing to do."""
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.footprints.product_roll_up import mark_outdated, newest
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000, [bought("ore", 500)])
    b = maker("B", "b", 1000, [bought("a", 200, "A")])
    offer(a)
    mine = partner(a)
    kept = received(mine, record("ore", 2.0))
    link(a, "ore", partner=mine, product_id=kept.product_ids[0])
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(4.0)
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.8)
    received(mine, record("ore", 4.0), "2025-06-01T00:00:00Z")
    assert mark_outdated(a.pk, mine.pk, ["urn:another"]) == 0
    assert mark_outdated(a.pk, mine.pk, kept.product_ids) == 2
    assert mark_outdated(a.pk, mine.pk, kept.product_ids) == 0
    with whole_park("the tests look on"):
        assert {row.why_outdated for row in newest()} == {'["partner", "Mine"]', '["member", "A"]'}
    do_waiting()
    with whole_park("the tests look on"):
        rows = {row.product: row for row in newest()}
    assert [rows[p].result["carbon"] for p in "ab"] == pytest.approx([5.0, 2.0])
    assert [(rows[p].version, rows[p].outdated) for p in "ab"] == [(2, None), (2, None)]
    assert {p: row.version for p, row in {**worked_out(a), **worked_out(b)}.items()} == {"a": 2, "b": 2}


@ON_ONE
def test_a_job_that_was_lost_is_made_up_for(park: ParkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was marked a while ago is worked out by whoever looks after it, once."""
    from datetime import timedelta

    from django_tasks_db.models import DBTaskResult

    from separatrix_park.footprints import product_roll_up
    from separatrix_park.footprints.product_roll_up import mark_own, work_out_outdated

    a = maker("A", "a", 3000)
    worked_out(a)
    assert mark_own(a.pk, "links") == 1
    DBTaskResult.objects.all().delete()
    assert work_out_outdated() == 0
    monkeypatch.setattr(product_roll_up, "LEFT_BEHIND", timedelta(0))
    assert work_out_outdated() == 1 and work_out_outdated() == 0
    assert worked_out(a)["a"].version == 1


@ON_ONE
def test_a_circle_without_answer_is_told_to_those_in_it_and_to_nobody_else(park: ParkFolder) -> None:
    """Its members are named to whoever buys from them; of others it is told how many there are."""
    a = maker("A", "a", 3000, [bought("b", 900, "B")])
    b = maker("B", "b", 1000, [bought("c", 1200, "C")])
    c = maker("C", "c", 1000, [bought("a", 1000, "A")])
    d = maker("D", "d", 500, [bought("a", 100, "A")])
    e = maker("E", "e", 500)
    for one in (a, b, c, d, e):
        offer(one)
    row = worked_out(a)["a"]
    assert row.result["carbon"] is None and not row.whole
    assert row.result["circle"] == {"own": ["a"], "suppliers": [["B", "b"]], "others": 1}
    assert "C" not in str(row.result["missing"])
    row = worked_out(d)["d"]
    assert row.result["carbon"] == pytest.approx(0.5) and row.result["circle"] is None and not row.whole
    assert worked_out(e)["e"].whole


@ON_ONE
def test_what_goes_back_into_its_own_maker_is_solved_too(park: ParkFolder) -> None:
    """100 of 1,000 t of A's product go into itself: 3 / (1 - 0.1)."""
    a = maker("A", "a", 3000, [bought("a", 100, "A")])
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(3 / 0.9)


@ON_ONE
def test_an_approval_makes_another_version_only_where_figures_change(park: ParkFolder) -> None:
    """A report that no product rests on makes none; more emissions make one, of all that rests on it."""
    from park_reports import approve

    a, b = circle()
    offer(a)
    offer(b)
    assert worked_out(a)["a"].version == worked_out(b)["b"].version == 1
    approve("A", "awareness", YEAR, [])
    assert worked_out(a)["a"].version == 1
    approve("B", "emissions", YEAR, [{"gas": "CO2", "kind": "process", "amount": "2000", "unit": "t"}])
    first, second = worked_out(a)["a"], worked_out(b)["b"]
    assert (first.version, second.version) == (2, 2)
    assert second.result["carbon"] == pytest.approx((2 + 0.6) / 0.98)
    assert first.result["carbon"] == pytest.approx((3 + 0.2) / 0.98)


@ON_ONE
def test_several_products_need_a_stated_allocation(park: ParkFolder) -> None:
    """Until it is stated they have no footprint; another enterprise's are worked out all the same."""
    from park_reports import approve

    a = maker("A", "a", 3000)
    rows = [
        {"product": name, "amount": amount, "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
        for name, amount in (("a", "1000"), ("slag", "500"))
    ]
    approve("A", "products", YEAR, rows)
    b = maker("B", "b", 1000, [bought("a", 100, "A")])
    offer(a)
    assert {p: r.result["carbon"] for p, r in worked_out(a).items()} == {"a": None, "slag": None}
    row = worked_out(b)["b"]
    assert row.result["carbon"] == pytest.approx(1.0) and not row.whole
    offer(a, allocation="mass")
    assert [r.result["carbon"] for r in worked_out(a).values()] == pytest.approx([2.0, 2.0])
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.2)


def test_neighbours_figures_that_were_not_shared_stand_nowhere(park: ParkFolder) -> None:
    """Of a supplier that offers its footprint the buyer reads that alone; no amount, emission or supplier."""
    import json

    from park_reports import approve

    a = maker("A", "a", 3000, [bought("a secret input", 77.125, "C")])
    c = maker("C", "a secret input", 87654)
    b = maker("B", "b", 1000, [bought("a", 2000, "A")])
    approve("A", "accounts", YEAR, [{"value_added": "4242", "output": "9000", "staff": "61"}])
    for one in (a, b, c):
        offer(one)
    row = worked_out(b)["b"]
    shared = 3 + 0.077125 * 87.654
    assert row.result["carbon"] == pytest.approx(1 + 2 * shared)
    told = json.dumps(row.result) + str([vars(one) for one in row.inputs.all()])
    for secret in ("a secret input", "87654", "87.654", "77.125", "0.077125", "4242", "2000 t", "1,000 t"):
        assert secret not in told
    # It took more than was made: where that is told, one amount after another would tell how much was made.
    assert row.whole and "took more" not in told


@ON_ONE
def test_a_circle_through_two_parks_comes_to_its_answer_by_versions(park: ParkFolder) -> None:
    """Each passes its newest figure on to the other: 155/49 and 80/49, and the changes become too small."""
    from separatrix_park.footprints.product_roll_up import MATERIALITY

    a = maker("A", "a", 3000, [bought("b", 100)])
    b = maker("B", "b", 1000, [bought("a", 200)])
    to_b, to_a = partner(a, "B elsewhere"), partner(b, "A elsewhere")
    first = received(to_b, record("b", 0.0))
    second = received(to_a, record("a", 0.0))
    link(a, "b", partner=to_b, product_id=first.product_ids[0])
    link(b, "a", partner=to_a, product_id=second.product_ids[0])
    figures = [0.0, 0.0]
    for version in range(1, 10):
        before, figures = figures, [worked_out(a)["a"].result["carbon"], worked_out(b)["b"].result["carbon"]]
        if all(abs(now / then - 1) < MATERIALITY for now, then in zip(figures, before, strict=True) if then):
            if version > 1:
                break
        created = f"2025-03-0{version}T00:00:00Z"
        received(to_b, record("b", figures[1]), created)
        received(to_a, record("a", figures[0]), created)
    assert version <= 5
    assert figures == pytest.approx([155 / 49, 80 / 49], rel=MATERIALITY)


def test_an_approval_is_seen_without_anybody_looking(park: ParkFolder) -> None:
    """The queue's process works out what rests on it, down the chain; without news it does nothing."""
    from park_reports import approve
    from separatrix_park.footprints.product_roll_up import look_after_products, newest
    from separatrix_park.scope import whole_park

    a, b = circle()
    offer(a)
    offer(b)
    worked_out(a)
    worked_out(b)
    look_after_products()
    assert look_after_products() == 0
    approve("B", "emissions", YEAR, [{"gas": "CO2", "kind": "process", "amount": "2000", "unit": "t"}])
    assert look_after_products() == 2
    with whole_park("the tests look on"):
        told = {row.product: row.result["carbon"] for row in newest()}
    assert told == pytest.approx({"a": 3.2 / 0.98, "b": 2.6 / 0.98})
    assert look_after_products() == 0


def test_what_was_deleted_stands_in_nobodys_footprint(park: ParkFolder) -> None:
    """Of whoever used it the roll-ups go with it, and are worked out anew without it."""
    from separatrix_park.models import RollUpInput
    from separatrix_park.records.export import delete_report
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    b = maker("B", "b", 1000, [bought("a", 200, "A")])
    c = maker("C", "c", 500, [bought("b", 1000, "B")])
    offer(a)
    offer(b)
    assert worked_out(c)["c"].result["carbon"] == pytest.approx(2.1)
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.6)
    delete_report(park, a.pk, "products", YEAR, "tests", "it was wrong")
    with whole_park("the tests look on"):
        assert not RollUpInput.objects.exists()
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.0)
    assert worked_out(c)["c"].result["carbon"] == pytest.approx(1.5)


@ON_ONE
def test_nothing_to_report_is_zero_and_not_missing(park: ParkFolder, tmp_path: Path) -> None:
    """Of energy, what other years tell of included, and of purchases; what was not reported is missing."""
    from park_reports import approve, cluster_of_park
    from separatrix_cluster.accounts.accounts import carbon_accounts
    from separatrix_cluster.completeness.completeness import completeness_of

    a = maker("A", "a", 3000, [])
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.0) and row.whole
    coal = [{"carrier": "raw_coal", "amount": "10", "unit": "t"}]
    approve("A", "energy", YEAR - 1, coal)
    approve("A", "streams", 0, [])
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(3.0) and row.whole
    cluster = cluster_of_park(tmp_path)
    assert not cluster.broken and not cluster.remarks
    assert completeness_of(cluster, carbon_accounts(cluster)).gaps_of(YEAR) == ()
    b = approve("B", "products", YEAR, [{"product": "b", "amount": "1000", "unit": "t"}]).enterprise
    approve("B", "purchases", YEAR, [])
    approve("B", "emissions", YEAR, [{"kind": "process", "amount": "5", "unit": "t"}])
    assert not worked_out(b)["b"].whole
    approve("B", "energy", YEAR, [])
    assert worked_out(b)["b"].whole


@ON_ONE
def test_products_that_cannot_be_worked_out_any_more_are_told_and_left_alone(park: ParkFolder) -> None:
    """A correction without any product that can be read: the page says why, and no job tries for ever."""
    from park_reports import approve
    from separatrix_park.footprints.product_roll_up import (
        bring_products_up_to_date,
        look_after_products,
        newest,
    )
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    worked_out(a)
    approve("A", "products", YEAR, [{"product": "a", "amount": "many", "unit": "t"}])
    state = bring_products_up_to_date(a.pk)
    assert state.problem is not None and state.problem.code == "K255"
    with whole_park("the tests look on"):
        (row,) = newest(a.pk)
    assert row.version == 1 and row.why_outdated == '["refused", ""]'
    look_after_products()
    assert look_after_products() == 0

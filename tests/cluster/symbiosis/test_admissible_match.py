"""Which offers may serve which wants: names in two languages, quality, hazard, temperature, distance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from separatrix.errors import InputError
from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
from separatrix_cluster.symbiosis.problem import exchange_problem, problem_of
from separatrix_cluster.symbiosis.streams import Facility, Stream, heat_cascade
from separatrix_cluster.tables.reader import load_cluster

OFFER = Stream("A", "blast-furnace slag", 2, "mass", "solid waste", 500.0, price=10.0)
WANT = Stream("B", "矿渣", 3, "mass", "solid waste", 400.0, price=30.0)
HOT = Stream("A", "waste heat", 2, "energy", "waste energy", 900.0, temperature=100.0)
COLD = Stream("B", "heat", 3, "energy", "waste energy", 600.0, price=40.0, temperature=95.0)


def reason(offer: Stream, want: Stream, **told: Any) -> str:
    """Return why a pair was rejected, '' where it was not."""
    problem = problem_of([offer], [want], **told)
    assert len(problem.matches) + len(problem.rejected) == 1
    return "".join(str(r.reason) for r in problem.rejected)


@pytest.mark.parametrize(
    ("offer", "want", "said"),
    [
        ({}, {}, ""),
        ({"name": "gypsum"}, {}, "another stream"),
        ({"dimension": "volume"}, {}, "another unit"),
        ({"name": "steel slag"}, {"name": "高炉渣"}, "another kind of the same"),
        ({"name": "mixed filter dust"}, {"name": "filter dust"}, ""),
        ({"name": "filter dust"}, {"name": "mixed filter dust"}, "share a word only"),
        ({"name": "dust", "code": "100207"}, {"name": "feed", "code": "100207"}, ""),
        ({"code": "100201"}, {"code": "100202"}, "another code"),
        ({"enterprise": "B"}, {}, "one enterprise"),
        ({"purity": 0.8}, {"purity": 0.9}, "its purity is 80 %, at least 90 % is wanted"),
        ({"licences": frozenset({"HW17"})}, {}, "licence that the taker does not hold: HW17"),
        ({"licences": frozenset({"HW17"})}, {"licences": frozenset({"HW17", "HW08"})}, ""),
        ({"minimum_lot": 450.0}, {}, "at most 400 t a year, less than the minimum lot of 450 t"),
        ({"amount": 0.0}, {}, "all is already used"),
        ({"conversion": 0.0}, {}, "nothing of it is left after recovery"),
    ],
)
def test_each_pair_that_fails_has_its_reason_in_words(
    offer: dict[str, Any], want: dict[str, Any], said: str
) -> None:
    """And a pair that does not fail has none."""
    found = reason(replace(OFFER, **offer), replace(WANT, **want))
    assert said in found and bool(said) == bool(found)


def test_distance_is_held_against_the_reach_only_where_it_is_known() -> None:
    """What is assumed rejects nobody, and is said of the match."""
    offer = replace(OFFER, reach=8.0)
    assert "30 km apart; it can be carried 8 km" in reason(offer, WANT, distance=lambda a, b: (30.0, True))
    problem = problem_of([offer], [WANT], distance=lambda a, b: (30.0, False))
    assert problem.matches[0].assumed_distance
    assert "30 km; that it can be carried 8 km only was not checked" in str(problem.matches[0].notes[0])
    near = problem_of([offer], [WANT], distance=lambda a, b: (5.0, False))
    assert str(near.matches[0].notes[0]) == "the distance is assumed: 5 km"


def test_a_distance_that_is_given_binds_and_is_not_below_zero() -> None:
    """`--distance` is held against the reach, where no table tells how far two are apart."""
    offer = replace(OFFER, reach=8.0)
    assert "9 km apart" in reason(offer, WANT, distance=lambda a, b: (9.0, False), reach_binds=True)
    cluster = load_cluster("synthetic-park")
    for distance in (-2.0, float("nan")):
        with pytest.raises(InputError, match="--distance") as caught:
            exchange_problem(cluster, distance=distance)
        assert caught.value.code == "K511"
    assert exchange_problem(cluster, distance=0.0).matches


def test_heat_is_not_handed_to_what_is_hotter_less_the_approach() -> None:
    """100 °C serve 90 °C at an approach of 10 K, 95 °C only at 5 K."""
    assert "heat at 100 °C; with an approach of 10 K 95 °C is wanted" in reason(HOT, COLD)
    assert reason(HOT, COLD, minimum_approach=5.0) == ""
    assert reason(HOT, replace(COLD, temperature=90.0)) == ""
    upside_down = replace(COLD, temperature=40.0, return_temperature=60.0)
    assert "row 3: the return temperature is above the temperature" in reason(HOT, upside_down)


def test_only_the_hot_part_of_what_cools_down_serves_steam() -> None:
    """Of 900 GJ from 200 to 100 °C, at 10 K, 450 GJ are above 150 °C; the rest may warm water besides."""
    hot = replace(HOT, temperature=200.0, return_temperature=100.0)
    steam = replace(COLD, temperature=140.0, amount=900.0)
    water = replace(COLD, enterprise="C", temperature=80.0, return_temperature=50.0, amount=300.0, price=20.0)
    assert optimal_exchange(problem_of([hot], [steam])).flows[0].amount == 450
    plan = optimal_exchange(problem_of([hot], [steam, water]))
    assert {f.taker: f.amount for f in plan.flows} == {"B": 450, "C": 300}


def test_the_parts_of_a_stream_are_all_of_it() -> None:
    """Intervals share a stream out by temperature, whatever else parts them."""
    hot = replace(HOT, temperature=200.0, return_temperature=100.0)
    colds = [replace(COLD, temperature=t, return_temperature=t - 37.0) for t in (90.0, 121.0, 155.0)]
    cascade = heat_cascade([hot], colds, 12.0, [Facility("n", "n", temperature=111.0)])
    assert sum(cascade.offered[0].values()) == pytest.approx(hot.amount)
    assert all(
        sum(part.values()) == pytest.approx(c.amount) for part, c in zip(cascade.wanted, colds, strict=True)
    )
    assert all(low <= high for low, high in cascade.bounds)


def test_a_network_of_heat_stands_between_both_temperatures() -> None:
    """What enters is hotter than it, what it heats colder, each by the approach; losses are taken off."""
    network = Facility(
        "n", "network", dimension="energy", carries=("waste energy",), loss=0.2, temperature=85.0
    )
    warm = replace(COLD, temperature=75.0, amount=600.0)
    through = [m for m in problem_of([HOT], [warm], [network]).matches if m.facility == 0]
    assert [(m.conversion, m.upper) for m in through] == [(0.8, 750.0)]
    hotter = replace(network, temperature=95.0)
    assert [m for m in problem_of([HOT], [warm], [hotter]).matches if m.facility == 0] == []


def test_treatment_makes_waste_water_fit_for_use() -> None:
    """What is not pure enough alone is so through a plant that both may connect to."""
    waste = Stream("A", "waste water", 2, "volume", "water", 100.0, purity=0.6, disposal_cost=2.0)
    want = Stream("B", "process water", 3, "volume", "water", 90.0, purity=0.9, price=3.0)
    works = Facility(
        "w", "works", dimension="volume", carries=("water",), purity=0.95, may_connect=("A", "B")
    )
    assert [m.facility for m in problem_of([waste], [want], [works]).matches] == [0]
    closed = replace(works, may_connect=("A",))
    problem = problem_of([waste], [want], [closed])
    assert not problem.matches and "purity" in str(problem.rejected[0].reason)


def test_who_pays_to_be_rid_of_it_pays_the_taker() -> None:
    """At a price below zero money flows with the stream; disposal at no cost is no gain."""
    offer = replace(OFFER, price=-8.0, disposal_cost=20.0, recovery_cost=3.0)
    flow = optimal_exchange(problem_of([offer], [replace(WANT, price=1.0)])).flows[0]
    assert (flow.paid, flow.as_asked) == (-3200.0, True)
    free = replace(OFFER, price=None, disposal_cost=0.0, recovery_cost=3.0)
    plan = optimal_exchange(problem_of([free], [replace(WANT, price=1.0)]))
    assert plan.flows == () and plan.net_benefit == 0

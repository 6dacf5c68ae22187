"""What measures cut together never exceeds what there is."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from cluster.measures.parks import all_sets, inventory, measure, random_joint
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.measures.target import joint_abatement, source_inventory
from separatrix_cluster.tables.reader import load_cluster


def test_measures_on_one_carrier_multiply_what_remains() -> None:
    """Half of a thousand tonnes, and half of what is left: 750 t, not 1,000."""
    halves = [measure("A", 500, carriers=["raw_coal"]), measure("B", 500, carriers=["raw_coal"])]
    joint = joint_abatement(halves, inventory(E01={"raw_coal": 1000, "electricity": 300}))
    assert joint.cuts({"A", "B"}) == (500, 250)
    assert joint.cuts({"B"}) == (0, 500)


def test_other_carriers_and_enterprises_are_left_alone() -> None:
    """A measure of another carrier or enterprise adds its whole claim."""
    there = inventory(E01={"raw_coal": 1000, "electricity": 300}, E02={"raw_coal": 50})
    some = [
        measure("A", 500, carriers=["raw_coal"]),
        measure("B", 30, carriers=["electricity"]),
        measure("C", 50, enterprise="E02"),
    ]
    assert joint_abatement(some, there).abatement({"A", "B", "C"}) == 580


def test_a_measure_of_the_cluster_acts_on_what_enterprises_leave() -> None:
    """A tenth of all power is a tenth of what the enterprises still draw."""
    there = inventory(E01={"electricity": 600}, E02={"electricity": 400})
    some = [
        measure("own", 300, carriers=["electricity"]),
        measure("all", 100, enterprise="", carriers=["electricity"]),
    ]
    assert joint_abatement(some, there).cuts({"own", "all"}) == (300, 70)


def test_a_claim_beyond_the_inventory_is_capped_and_its_saving_with_it() -> None:
    """Of 400 t claimed where 100 t are emitted a quarter is counted, and a quarter of the saving."""
    joint = joint_abatement([measure("A", 400, saving=80)], inventory(E01={"raw_coal": 100}))
    assert joint.abatement({"A"}) == 100
    assert joint.net_cost({"A"}) == -20


def test_where_nothing_is_known_claims_add_up() -> None:
    """Measures of an enterprise without data are not compared with anything."""
    joint = joint_abatement([measure("A", 400), measure("B", 5)], inventory(E02={"raw_coal": 1}))
    assert joint.abatement({"A", "B"}) == 405


@pytest.mark.parametrize("seed", range(12))
def test_no_set_cuts_more_than_there_is_and_the_order_does_not_matter(seed: int) -> None:
    """By enterprise, by carrier and in total; more measures never cut less."""
    joint = random_joint(seed, 5)
    there = joint.inventory
    ids = [m.id for m in joint.measures]
    for one in all_sets(joint):
        cuts = dict(zip(ids, joint.cuts(one), strict=True))
        assert sum(cuts.values()) <= there.total
        for name in ("E01", "E02", "E03"):
            own = [m for m in joint.measures if m.enterprise == name]
            assert sum(cuts[m.id] for m in own) <= there.emissions_of(name)
            for carrier in ("raw_coal", "electricity", "process"):
                least = sum(cuts[m.id] for m in own if m.carriers == (carrier,))
                assert least <= sum(
                    v for s, v in there.amounts.items() if (s.enterprise, s.carrier) == (name, carrier)
                )
        assert all(joint.abatement(one | {i}) >= joint.abatement(one) for i in ids)
    whole = {joint.in_order(order).abatement(set(ids)) for order in list(permutations(ids))[::17]}
    assert len(whole) == 1


def test_heat_that_one_enterprise_supplies_to_another_is_cut_once() -> None:
    """E05 makes the heat of E24 to E28: what they and it cut together is no more than it emits."""
    cluster = load_cluster("synthetic-park")
    accounts = carbon_accounts(cluster)
    there = source_inventory(accounts, 2024)
    assert float(there.total) == pytest.approx(accounts.total(2024), abs=0.01)
    everything = [measure("a", 1e9, enterprise="E05"), measure("b", 1e9, enterprise="E24", carriers=["heat"])]
    joint = joint_abatement(everything, there)
    assert joint.abatement({"a", "b"}) == joint.abatement({"a"}) == there.emissions_of("E05")
    assert float(joint.abatement({"b"})) == pytest.approx(14_598, abs=1)


def test_a_verified_total_is_parted_among_the_fuels(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Of a verified total the fuels explain their part, the rest is of the process."""
    from cluster.folders import ENERGY, park

    cluster = park(
        tmp_path,
        energy=f"{ENERGY}E01,2024,raw_coal,100,t\n",
        emissions="enterprise,year,kind,amount,unit\nE01,2024,verified,1000,t\n",
    )
    there = source_inventory(carbon_accounts(cluster), 2024)
    coal, process = (
        joint_abatement([measure("A", 1e6, carriers=[c])], there).abatement({"A"})
        for c in ("raw_coal", "process")
    )
    assert float(coal) == pytest.approx(190.03, abs=0.5)
    assert coal + process == Fraction(1000)

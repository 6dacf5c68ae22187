"""Footprints from cradle to gate: own emissions, allocation, suppliers, circles, and what is missing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, park
from cluster.pact.schema import faults
from cluster.test_footprints import CEMENT
from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
from separatrix_cluster.footprints.footprint import parse_footprint, parse_footprints
from separatrix_cluster.footprints.results import CradleToGate
from separatrix_cluster.footprints.unit_process import SupplyChain

ENERGY = "enterprise,year,carrier,amount,unit\nE01,2024,raw_coal,1000,t\nE01,2024,electricity,500,MWh\n"
NO_ENERGY = "enterprise,year,carrier,amount,unit\nE01,2024,electricity,0,MWh\nE02,2024,electricity,0,MWh\n"
PRODUCTS = "enterprise,year,product,amount,unit,mass,value,energy,fossil_carbon,biogenic_carbon\n"
CLINKER = f"{PRODUCTS}E01,2024,clinker,10000,t,,,,0,0\n"
PURCHASES = "enterprise,year,input,amount,unit,supplier,product,footprint,factor,source,version,exempt\n"
BEHIND = "E01,2024,raw coal,1000,t,,,,0.1,a database,3,\nE01,2024,电力,500,MWh,,,,0.05,a database,3,\n"
WHOLE = f"{PURCHASES}{BEHIND}"
STATED = {"standards": ("PACT-3.0",)}


def computed(folder: Path, allocation: str | None = None, **tables: str) -> CradleToGate:
    """Read a park and compute its footprints."""
    given = {"energy": ENERGY, "products": CLINKER, "purchases": WHOLE, **tables}
    return cradle_to_gate(park(folder, **given), allocation=allocation)  # type: ignore[arg-type]


def test_own_emissions_and_inputs_add_up(tmp_path: Path) -> None:
    """kg CO2e for one kilogram: the account of the enterprise and its inputs over what it made."""
    found = computed(tmp_path)
    clinker = found.footprint_of("clinker")
    accounts = carbon_accounts(found.cluster)
    own = float(accounts.by_enterprise(2024, "market")[0])
    bought = 1000 * 0.1 + 500 * 0.05
    assert clinker.carbon == pytest.approx((own + bought) / 10_000, rel=1e-12)
    assert clinker.carbon == pytest.approx(sum(c.carbon for c in clinker.contributions), rel=1e-12)
    scope_1 = float(accounts.by_enterprise(2024, scope=1)[0])
    assert clinker.primary == pytest.approx(scope_1 / 10_000, rel=1e-12)
    assert clinker.whole and not found.remarks and found.allocation is None


def test_a_record_of_it_holds_to_the_published_schema(tmp_path: Path) -> None:
    """And says what was not allocated, which sources were used, and which year it is of."""
    found = computed(tmp_path)
    record = found.record(found.products[0], **STATED).to_record()
    assert faults(record) == []
    pcf = record["pcf"]
    assert found.record(found.products[0], standards="PACT-3.0").standards == ("PACT-3.0",)
    assert pcf["declaredUnitOfMeasurement"] == "kilogram" and pcf["productMassPerDeclaredUnit"] == "1"
    assert {"name": "a database", "version": "3"} in pcf["secondaryEmissionFactorSources"]
    assert pcf["referencePeriodStart"] == "2024-01-01T00:00:00Z" and pcf["geographyCountry"] == "CN"
    assert float(pcf["pcfExcludingBiogenicUptake"]) == pytest.approx(found.products[0].carbon, rel=1e-8)
    assert record["companyName"] == "First" and record["companyIds"][0].endswith(":E01")


def test_a_product_without_an_id_is_told_by_whose_it_is(tmp_path: Path) -> None:
    """Two clusters may have the same name and ids; the URN of an enterprise keeps their products apart."""
    tables = [f"id,name,sector,urn\nE01,First,C30,{urn}\n" for urn in ("urn:uuid:1", "urn:uuid:2", "")]
    names = [
        [computed(tmp_path / f"{k}{again}", enterprises=table).products[0].product_id for again in "ab"]
        for k, table in enumerate(tables)
    ]
    assert all(one == other for one, other in names)
    assert len({one for one, _ in names}) == 3


TWO = "E01,2024,clinker,8000,t,,300,800,0,0\nE01,2024,steam,20000,GJ,400,100,,0,0\n"


@pytest.mark.parametrize(
    ("allocation", "share"), [("mass", 8000 / 8400), ("value", 300 / 400), ("energy", 800 / 20_800)]
)
def test_emissions_are_allocated_as_stated(tmp_path: Path, allocation: str, share: float) -> None:
    """By mass, value or energy content; all parts add up to the whole account."""
    found = computed(tmp_path, allocation, products=PRODUCTS + TWO)
    clinker, steam = found.products
    assert clinker.share == pytest.approx(share) and steam.share == pytest.approx(1 - share)
    alone = computed(tmp_path / "alone").products[0]
    whole = clinker.carbon * clinker.made + steam.carbon * steam.made
    assert whole == pytest.approx(alone.carbon * alone.made, rel=1e-12)
    assert (steam.unit, steam.made) == ("megajoule", 20_000_000.0)
    assert "was allocated by" in str(found.record(clinker, **STATED).more["allocationRulesDescription"])


def test_an_allocation_must_be_stated_and_known(tmp_path: Path) -> None:
    """Nothing is chosen unasked; without the mass of one product no mass is allocated by."""
    with pytest.raises(InputError, match="clinker, steam") as refused:
        computed(tmp_path / "a", products=PRODUCTS + TWO)
    assert refused.value.code == "K254"
    found = computed(tmp_path / "b", "mass", products=PRODUCTS + TWO.replace(",400,100,", ",,100,"))
    assert all(np.isnan(p.carbon) and "the mass of steam" in str(p.missing[0]) for p in found.products)
    with pytest.raises(InputError, match="no footprint") as refused:
        found.record(found.products[0], exempted=1.0, **STATED)
    assert refused.value.code == "K256"


@pytest.mark.parametrize(
    "how", [{"allocation": "price"}, {"allocation": {"E01": "price"}}, {"basis": "Location"}]
)
def test_another_way_to_count_is_refused_and_not_taken_for_one(tmp_path: Path, how: dict[str, Any]) -> None:
    """A basis that is misspelt would be called by its name and counted by another; 2024.0 is a year."""
    with pytest.raises(InputError, match=r"K2(54|62).*found"):
        two_makers(tmp_path / "a", "", **how)
    made = two_makers(tmp_path / "b", "", year=2024.0, basis="location")
    assert (made.year, made.basis) == (2024, "location") and isinstance(made.year, int)


def test_what_is_bought_for_one_product_goes_to_it_alone(tmp_path: Path) -> None:
    """Slag for cement is no part of clinker."""
    products = f"{PRODUCTS}E01,2024,clinker,5000,t,,,,0,0\nE01,2024,cement,5000,t,,,,0,0\n"
    slag = "E01,2024,slag,1000,t,,cement,,0.5,a database,3,\n"
    clinker, cement = computed(tmp_path, "mass", products=products, purchases=WHOLE + slag).products
    assert cement.carbon - clinker.carbon == pytest.approx(1000 * 0.5 / 5000, rel=1e-9)


def test_a_product_that_was_left_out_may_make_the_others_smaller(tmp_path: Path) -> None:
    """A refused co-product leaves no "at least", for the others bear its part; a refused purchase does."""
    products = CLINKER + "E01,2024,slag,,t,,,,0,0\nE02,2024,cement,10000,t,,,,0,0\n"
    inputs = WHOLE + "E02,2024,clinker,9000,t,E01,,,,,,\n"
    energy = ENERGY + "E02,2024,raw_coal,100,t\n"
    found = computed(tmp_path / "a", products=products, purchases=inputs, energy=energy)
    assert [(p.either, p.to_dict()["at_least"], p.whole) for p in found.products] == [
        (True, False, False)
    ] * 2
    lost = computed(tmp_path / "b", purchases=WHOLE + "E01,2024,limestone,,t,,,,0.1,x,1,\n")
    assert not lost.products[0].either and lost.products[0].to_dict()["at_least"] is True


def test_a_second_row_of_a_product_may_make_it_smaller(tmp_path: Path) -> None:
    """Of two batches one is left out, so that all emissions stand for a part of what was made."""
    for amount in ("10000", "5000"):
        found = computed(tmp_path / amount, products=f"{CLINKER}E01,2024,clinker,{amount},t,,,,0,0\n")
        (clinker,) = found.products
        assert clinker.either and not clinker.whole and clinker.to_dict()["at_least"] is False
        assert "excluded" in str(clinker.missing[0])


def test_more_taken_than_was_made_is_told(tmp_path: Path) -> None:
    """210,000 t of 10,000 t: a unit is wrong, and what it goes into is not whole."""
    products = CLINKER + "E02,2024,cement,10000,t,,,,0,0\n"
    inputs = WHOLE + "E02,2024,clinker,210000,t,E01,,,,,,\n"
    found = computed(tmp_path, products=products, purchases=inputs, energy=ENERGY + "E02,2024,diesel,0,t\n")
    maker, taker = found.products
    assert maker.whole and not taker.whole and taker.either and "210,000 t" in str(taker.missing)
    assert [(r.code, r.severity, r.row) for r in found.remarks] == [("K253", "warning", 2)]


def test_fuel_that_was_bought_and_never_burned_is_missing(tmp_path: Path) -> None:
    """Coal that `purchases` has and `energy` has not; a verified total would hold it."""
    energy = "enterprise,year,carrier,amount,unit\nE01,2024,electricity,500,MWh\n"
    found = computed(tmp_path / "a", energy=energy)
    assert not found.products[0].whole and "raw coal" in str(found.products[0].missing)
    verified = "enterprise,year,kind,amount,unit\nE01,2024,verified,2000,t\n"
    assert computed(tmp_path / "b", energy=energy, emissions=verified).products[0].whole


def test_a_suppliers_record_counts_by_what_its_unit_is(tmp_path: Path) -> None:
    """For 12.5 litres of 10 kg 20 kg CO2e: bought by mass, by volume; its primary data count as such."""
    record = replace(
        CEMENT, product="solvent", unit="liter", amount=12.5, mass=10.0, carbon=20.0, fossil=18.0
    )
    record = replace(record, more={"landUseChangeGhgEmissions": "2"}, exempted=0.0, primary_share=25.0)
    alone = computed(tmp_path / "alone").products[0]
    for n, (amount, carbon) in enumerate((("100,t", 200_000.0), ("50,m3", 80_000.0))):
        rows = f"{WHOLE}E01,2024,solvent,{amount},,,solvent.json,,,,\n"
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "solvent.json").write_text(record.to_json(), encoding="utf-8")
        product = computed(folder, purchases=rows).products[0]
        assert (product.carbon - alone.carbon) * product.made == pytest.approx(carbon, rel=1e-6)
        assert (product.primary - alone.primary) * product.made == pytest.approx(carbon / 4, rel=1e-6)
        assert product.parts[0] * product.made == pytest.approx(carbon / 10, rel=1e-9)
        assert product.whole


def test_products_of_the_cluster_go_into_one_another_in_circles(tmp_path: Path) -> None:
    """p1 = 1 + p2 and p2 = 1/2 + p1/4 have the one solution 2 and 1; a dense solver gives the same."""
    products = f"{PRODUCTS}E01,2024,a,1000,t,,,,0,0\nE02,2024,b,1000,t,,,,0,0\n"
    emissions = "enterprise,year,kind,amount,unit\nE01,2024,process,1000,t\nE02,2024,process,500,t\n"
    rows = f"{PURCHASES}E01,2024,b,1000,t,E02,,,,,,\nE02,2024,a,250,t,E01,,,,,,\n"
    cluster = park(tmp_path, energy=NO_ENERGY, emissions=emissions, products=products, purchases=rows)
    a, b = cradle_to_gate(cluster).products
    assert (a.carbon, b.carbon) == pytest.approx((2.0, 1.0), rel=1e-12)
    assert np.linalg.solve(np.array([[1, -1], [-0.25, 1]]), [1, 0.5]) == pytest.approx([a.carbon, b.carbon])
    assert a.whole and b.whole and {c.kind for c in a.contributions} == {"direct", "product of the cluster"}


def test_who_tells_nothing_of_energy_has_no_whole_footprint(tmp_path: Path) -> None:
    """Power may have been bought; an amount of 0, a reported scope 2 or a complete year says if not."""
    emissions, zero = "enterprise,year,kind,amount,unit\nE01,2024,process,1000,t\n", NO_ENERGY
    complete = f"{DESCRIPTION}complete: [2024]\n"
    products, rows = CLINKER, f"{PURCHASES}E01,2024,sand,0,t,,,,,,,\n"
    told = {"emissions": emissions, "products": products, "purchases": rows}
    silent = cradle_to_gate(park(tmp_path / "silent", **told)).footprint_of("clinker")
    assert silent.carbon == pytest.approx(0.1) and not silent.whole
    assert [str(what) for what in silent.missing if "energy" in what and "2024" in what]
    # That others tell of theirs says nothing of it.
    others = zero.replace("E01,2024,electricity,0", "E03,2024,electricity,5")
    assert not cradle_to_gate(park(tmp_path / "others", energy=others, **told)).footprint_of("clinker").whole
    reported = told | {"emissions": f"{emissions}E01,2024,scope 2,0,t\n"}
    for name, folder in (
        ("zero", park(tmp_path / "zero", energy=zero, **told)),
        ("reported", park(tmp_path / "reported", **reported)),
        ("complete", park(tmp_path / "complete", complete, **told)),
    ):
        assert cradle_to_gate(folder).footprint_of("clinker").whole, name


def test_products_that_go_back_nearly_whole_are_solved_by_factors(tmp_path: Path) -> None:
    """Of 999 tonnes in a thousand that go round the footprint is a thousand times what is emitted for one."""
    products = f"{PRODUCTS}E01,2024,a,1000,t,,,,0,0\nE02,2024,b,1000,t,,,,0,0\n"
    emissions = "enterprise,year,kind,amount,unit\nE01,2024,process,1000,t\n"
    rows = f"{PURCHASES}E01,2024,b,999,t,E02,,,,,,\nE02,2024,a,1000,t,E01,,,,,,\n"
    a, b = cradle_to_gate(park(tmp_path, emissions=emissions, products=products, purchases=rows)).products
    assert (a.carbon, b.carbon) == pytest.approx((1000.0, 1000.0), rel=1e-9)


def test_products_that_need_more_of_one_another_than_is_made_are_refused(tmp_path: Path) -> None:
    """A tonne of each needs a tonne of the other: no footprint is large enough."""
    products = f"{PRODUCTS}E01,2024,a,1000,t,,,,0,0\nE02,2024,b,1000,t,,,,0,0\n"
    emissions = "enterprise,year,kind,amount,unit\nE01,2024,process,1000,t\nE02,2024,process,500,t\n"
    for amount in (1000, 1500, 10**9):
        rows = f"{PURCHASES}E01,2024,b,1000,t,E02,,,,,,\nE02,2024,a,{amount},t,E01,,,,,,\n"
        cluster = park(tmp_path / str(amount), emissions=emissions, products=products, purchases=rows)
        with pytest.raises(InputError, match="more of one another") as refused:
            cradle_to_gate(cluster)
        assert refused.value.code == "K254"


def test_heat_that_a_neighbour_sells_counts_once(tmp_path: Path) -> None:
    """All that both emit stands in their products; the heat is the seller's product, not a default factor."""
    energy = (
        "enterprise,year,carrier,amount,unit,use,supplier\n"
        "E01,2024,raw_coal,1000,t,used,\n"
        "E02,2024,heat,5000,GJ,used,E01\n"
    )
    products = (
        f"{PRODUCTS}E01,2024,heat,5000,GJ,,,,0,0\nE01,2024,clinker,1000,t,,,10000,0,0\n"
        "E02,2024,paper,100,t,,,,0,0.4\n"
    )
    rows = f"{PURCHASES}E01,2024,raw_coal,1000,t,,,,0,a database,1,\nE02,2024,nothing,0,t,,,,,,,\n"
    found = cradle_to_gate(
        park(tmp_path, energy=energy, products=products, purchases=rows), allocation="energy"
    )
    heat, clinker, paper = found.products
    emitted = carbon_accounts(found.cluster).total(2024) * 1000
    assert clinker.carbon * clinker.made + paper.carbon * paper.made == pytest.approx(emitted, rel=1e-9)
    assert paper.carbon * paper.made == pytest.approx(heat.carbon * heat.made, rel=1e-9)
    assert paper.whole and not found.remarks


def test_heat_that_no_product_holds_is_told(tmp_path: Path) -> None:
    """Without a row of the seller its emissions stay with its other products, and a warning says so."""
    energy = (
        "enterprise,year,carrier,amount,unit,use,supplier\n"
        "E01,2024,raw_coal,1000,t,used,\n"
        "E02,2024,heat,5000,GJ,used,E01\n"
    )
    products = f"{CLINKER}E02,2024,paper,100,t,,,,0,0.4\n"
    found = cradle_to_gate(park(tmp_path, energy=energy, products=products))
    assert [(r.code, r.severity) for r in found.remarks] == [("K253", "warning")]
    assert "stays with its own products" in str(found.remarks[0].what)


def test_power_sold_that_no_product_holds_is_told(tmp_path: Path) -> None:
    """What was emitted for it stays with the other products, and a warning names the row."""
    energy = ENERGY.replace("unit\n", "unit,use\n") + "E01,2024,electricity,100,MWh,sold\n"
    found = computed(tmp_path, energy=energy)
    assert [(r.code, r.severity, r.row) for r in found.remarks] == [("K253", "warning", 4)]


def test_reported_scope_2_holds_what_a_neighbour_supplied(tmp_path: Path) -> None:
    """It is all that was bought, so the neighbour's product is not added to it."""
    energy = (
        "enterprise,year,carrier,amount,unit,use,supplier\n"
        "E01,2024,raw_coal,1000,t,used,\n"
        "E02,2024,heat,5000,GJ,used,E01\n"
    )
    products = f"{PRODUCTS}E01,2024,heat,5000,GJ,,,,0,0\nE02,2024,paper,100,t,,,,0,0.4\n"
    emissions = "enterprise,year,kind,amount,unit\nE02,2024,scope 2,700,t\n"
    rows = f"{PURCHASES}E01,2024,raw_coal,1000,t,,,,0,a database,1,\nE02,2024,heat,0,t,,,,,,,\n"
    cluster = park(tmp_path, energy=energy, products=products, purchases=rows, emissions=emissions)
    paper = cradle_to_gate(cluster).footprint_of("paper")
    assert paper.carbon * paper.made == pytest.approx(700_000, rel=1e-12)


def test_biogenic_carbon_in_the_product_is_uptake(tmp_path: Path) -> None:
    """44/12 of it, negative, and only in the figure with uptake."""
    found = computed(tmp_path, products=CLINKER.replace("clinker", "sugar").replace(",0,0\n", ",0,42 %\n"))
    pcf = found.record(found.products[0], **STATED).to_record()["pcf"]
    assert float(pcf["biogenicCO2Uptake"]) == pytest.approx(-0.42 * 44 / 12, rel=1e-8)
    assert float(pcf["pcfIncludingBiogenicUptake"]) == pytest.approx(
        float(pcf["pcfExcludingBiogenicUptake"]) + float(pcf["biogenicCO2Uptake"]), rel=1e-8
    )


def test_what_is_exempted_stands_beside_the_figure(tmp_path: Path) -> None:
    """It is no part of it, and the record tells its percentage and its name."""
    alone = computed(tmp_path / "a").products[0]
    rows = f"{WHOLE}E01,2024,bags,10,t,,,,2,estimate,1,yes\n"
    found = computed(tmp_path / "b", purchases=rows)
    product = found.products[0]
    assert product.carbon == alone.carbon and product.exempted * product.made == pytest.approx(20_000)
    record = found.record(product, **STATED)
    left = 20 / (alone.carbon * 10_000 + 20)
    assert record.exempted == pytest.approx(100 * left, rel=1e-8)
    assert "bags" in str(record.more["exemptedEmissionsDescription"])


def test_what_suppliers_left_out_is_no_percentage_without_a_word(tmp_path: Path) -> None:
    """A record that tells a percentage says of what, where it came with what was bought alone."""
    rows = "E01,2024,ore,500,t,,,,,,,\nE02,2024,sand,1,t,,,,9,x,1,\n"
    supply = SupplyChain(records={("E01", "ore", ""): replace(CEMENT, exempted=5.0)})
    found = two_makers(tmp_path, rows, supply=supply)
    record = found.record(found.products[0], **STATED)
    assert record.exempted is not None and 0 < record.exempted < 5
    assert (
        record.more["exemptedEmissionsDescription"]
        == "emissions that suppliers excluded from their footprints"
    )


MISSING = [
    ({"purchases": PURCHASES}, "has no row for E01"),
    ({"purchases": f"{PURCHASES}E01,2024,lime,0,t,,,,,,,\n"}, "behind raw coal"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,,,,,,\n"}, "neither a supplier's record nor a factor"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,E02,,,,,,\n"}, "E02 has no product of that name"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,,,0.1,,,\n"}, "the factor has no source"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,,no.json,,,,\n"}, "file no.json"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,,../no.json,,,,\n"}, "outside the cluster's folder"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,,bad.json,,,,\n"}, "companyName"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,m3,,,good.json,,,,\n"}, "nothing leads from one to the other"),
    ({"purchases": f"{WHOLE}E01,2024,lime,9,t,,ciment,,0.1,a database,1,\n"}, "what lime was bought for"),
    ({"purchases": f"{WHOLE}E01,2024,bags,9,t,,,,,,,yes\n"}, "no factor gives"),
    (
        {"purchases": f"{WHOLE}E01,2024,lime,x,t,,,,0.1,a database,1,\n"},
        "1 of its rows of the table purchases",
    ),
    ({"energy": f"{ENERGY}E01,2024,dragon dung,5,t\n"}, "1 of its rows of the table energy"),
    (
        {"energy": f"{ENERGY}E01,2023,diesel,80,t\nE01,2025,diesel,80,t\n"},
        "no row of 2024 reports its diesel",
    ),
    (
        {"energy": "enterprise,year,carrier,amount,unit\nE02,2024,raw_coal,5,t\n"},
        "no energy or emissions data for E01",
    ),
]


@pytest.mark.parametrize(("tables", "words"), MISSING, ids=lambda v: v if isinstance(v, str) else "")
def test_what_is_missing_is_named_and_nothing_is_handed_on(
    tmp_path: Path, tables: dict[str, str], words: str
) -> None:
    """The figure is marked as a part; a record needs people to say what percentage is left out."""
    (tmp_path / "good.json").write_text(CEMENT.to_json(), encoding="utf-8")
    (tmp_path / "bad.json").write_text(
        json.dumps({**CEMENT.to_record(), "companyName": ""}), encoding="utf-8"
    )
    found = computed(tmp_path, **tables)
    product = found.products[0]
    assert not product.whole and any(words in str(m) for m in product.missing)
    with pytest.raises(InputError, match="not whole") as refused:
        found.record(product, **STATED)
    assert refused.value.code == "K256" and words in str(refused.value)
    record = found.record(product, exempted=7.5, **STATED)
    assert faults(record.to_record()) == [] and record.exempted == 7.5
    assert words in record.more["exemptedEmissionsDescription"]


def test_what_goes_into_a_product_and_is_not_whole_makes_it_so(tmp_path: Path) -> None:
    """Also at two removes."""
    products = "".join(f"E0{k},2024,p{k},1000,t,,,,0,0\n" for k in (1, 2, 3))
    emissions = "enterprise,year,kind,amount,unit\n" + "".join(f"E0{k},2024,process,9,t\n" for k in (1, 2, 3))
    rows = f"{PURCHASES}E01,2024,p2,9,t,E02,,,,,,\nE02,2024,p3,9,t,E03,,,,,,\nE03,2024,salt,9,t,,,,,,,\n"
    found = cradle_to_gate(park(tmp_path, emissions=emissions, products=PRODUCTS + products, purchases=rows))
    assert [p.whole for p in found.products] == [False, False, False]
    assert [any(f"p{k} of E0{k}" in str(m) for m in found.products[k - 2].missing) for k in (2, 3)] == [
        True
    ] * 2


def test_a_record_out_of_date_or_replaced_is_doubted(tmp_path: Path) -> None:
    """It is taken, with a warning that names the row."""
    for name, record in (
        ("old", replace(CEMENT, start="2018-01-01T00:00:00Z", end="2019-01-01T00:00:00Z")),
        ("gone", replace(CEMENT, status="Deprecated")),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "r.json").write_text(record.to_json(), encoding="utf-8")
        found = computed(folder, purchases=f"{WHOLE}E01,2024,cement,9,t,,,r.json,,,,\n")
        assert [(r.code, r.severity, r.row) for r in found.remarks] == [("K253", "warning", 4)]
        assert found.products[0].whole


def test_a_country_that_is_no_code_is_refused(tmp_path: Path) -> None:
    """A record without a place would say that it is of the whole world."""
    for country in ("country: China\n", ""):
        told = DESCRIPTION.replace("country: CN\n", country)
        cluster = park(tmp_path / str(len(country)), told, energy=ENERGY, products=CLINKER, purchases=WHOLE)
        found = cradle_to_gate(cluster)
        with pytest.raises(InputError, match=r"cluster\.yaml"):
            found.record(found.products[0], **STATED)
        assert found.record(found.products[0], geography="Eastern Asia", **STATED).geography == "Eastern Asia"
        assert found.record(found.products[0], geography="", **STATED).geography == ""


def test_tables_without_what_is_asked_say_so(tmp_path: Path) -> None:
    """No products at all, another year, another name."""
    with pytest.raises(InputError, match="no row") as refused:
        computed(tmp_path / "a", products=PRODUCTS)
    assert refused.value.code == "K255"
    cluster = park(tmp_path / "b", energy=ENERGY, products=CLINKER, purchases=WHOLE)
    with pytest.raises(InputError, match="2023"):
        cradle_to_gate(cluster, year=2023)
    with pytest.raises(InputError, match="clinkr"):
        cradle_to_gate(cluster).footprint_of("clinkr")
    with pytest.raises(InputError, match="every row"):
        computed(tmp_path / "d", products=f"{PRODUCTS}E09,2024,a,-5,t,,,,0,0\n")
    odd = computed(tmp_path / "c", products=f"{CLINKER}E02,2024,roads,5,km,,,,0,0\nE03,2024,air,0,t,,,,0,0\n")
    assert [(r.code, r.severity, r.row) for r in odd.remarks] == [("K253", "error", 3), ("K253", "note", 4)]
    assert [p.product for p in odd.products] == ["clinker"]


def _random_park(folder: Path, chance: random.Random) -> CradleToGate:
    """Draw a park: fuels and power, products in every unit, inputs by factor, by record, and in circles."""
    firms = [f"E{k:02d}" for k in range(1, chance.randint(2, 6))]
    energy, products, purchases, names = [], [], [], {}
    for who in firms:
        for carrier, unit in (("raw_coal", "t"), ("natural_gas", "1e4 Nm3"), ("electricity", "MWh")):
            if chance.random() < 0.8:
                energy.append(f"{who},2024,{carrier},{chance.uniform(1, 1e5):.2f},{unit}")
                purchases.append(
                    f"{who},2024,{carrier},1,{unit},,,,{chance.uniform(0, 1):.3f},base,3.{who[1:]},"
                )
        energy.append(f"{who},2024,diesel,{chance.uniform(1, 50):.1f},t")
        for k in range(chance.randint(1, 3)):
            name = f"{chance.choice(('steel', '水泥', 'gas & oil', 'widget'))} {k}"
            unit = chance.choice(("t", "kg", "m3", "piece", "GJ", "MWh"))
            names.setdefault(who, []).append((name, unit))
            amounts = [f"{chance.uniform(10, 1e6):.3f}" for _ in range(4)]
            made, mass, value, content = amounts
            carbon = f"{chance.uniform(0, 0.5):.3f},{chance.choice(('0', '0.4', '12 %'))}"
            told = f"{mass if unit not in ('t', 'kg') else ''},{value},{content},{carbon}"
            products.append(f"{who},2024,{name},{made},{unit},{told}")
        if chance.random() < 0.5:
            purchases.append(f"{who},2024,cement,{chance.uniform(1, 99):.2f},t,,,cement.json,,,,")
        if chance.random() < 0.4:
            purchases.append(f"{who},2024,bags,1,t,,,,{chance.uniform(0, 2):.2f},guess,1,yes")
        purchases.append(f"{who},2024,diesel,1,t,,,,0.4,base,3,")
    for who in firms:
        other = chance.choice(firms)
        name, unit = chance.choice(names[other])
        if other != who:
            purchases.append(f"{who},2024,{name},0.001,{unit},{other},,,,,,")
    folder.mkdir()
    record = replace(
        CEMENT, amount=chance.choice((1.0, 50.0)), carbon=0.7, more={"biogenicNonCO2Emissions": "0.01"}
    )
    (folder / "cement.json").write_text(record.to_json(), encoding="utf-8")
    cluster = park(
        folder,
        DESCRIPTION + f"gwp: {chance.choice(('AR4', 'AR5', 'AR6'))}\n",
        enterprises="id,name\n" + "\n".join(f"{who},Works {who}" for who in firms),
        energy=ENERGY.splitlines()[0] + "\n" + "\n".join(energy),
        products=PRODUCTS + "\n".join(products),
        purchases=PURCHASES + "\n".join(purchases),
    )
    return cradle_to_gate(cluster, allocation=chance.choice(("mass", "value", "energy")))  # type: ignore[arg-type]


def test_records_of_random_clusters_are_valid_and_come_back(tmp_path: Path) -> None:
    """A hundred of parks drawn at random: the published schema takes each, and each is read back equal."""
    chance = random.Random(15)
    written = 0
    while written < 100:
        found = _random_park(tmp_path / str(written), chance)
        told = []
        for product in found.products:
            if not np.isnan(product.carbon):
                told.append(found.record(product, exempted=None if product.whole else 5.0, **STATED))
        records = [json.loads(f.to_json()) for f in told]
        assert [faults(r) for r in records] == [[]] * len(records)
        assert list(parse_footprints({"data": records})) == told
        assert [parse_footprint(r).identifier for r in records] == [r["id"] for r in records]
        written += len(records)
    assert written >= 100


# ------------------------------------------------------------------------------ suppliers beyond the tables

PROCESS = "enterprise,year,kind,amount,unit\nE01,2024,process,3000,t\nE02,2024,process,1000,t\n"
BOTH = f"{PRODUCTS}E01,2024,a,1000,t,,,,0,0\nE02,2024,b,1000,t,,,,0,0\n"


def two_makers(folder: Path, purchases: str, products: str = BOTH, **how: object) -> CradleToGate:
    """Compute two makers that emit 3 and 1 kg CO2e for one kilogram, what they buy apart."""
    tables = {
        "energy": NO_ENERGY,
        "emissions": PROCESS,
        "products": products,
        "purchases": PURCHASES + purchases,
    }
    return cradle_to_gate(park(folder, **tables), **how)  # type: ignore[arg-type]


def test_a_record_or_a_product_stands_for_a_purchase_by_what_is_known_of_suppliers(tmp_path: Path) -> None:
    """With its transport to the gate and the ratings of its data; what is unknown says why."""
    rows = "E01,2024,ore,500,t,,,,,,,\nE01,2024,stuff,100,t,,,,,,,\nE02,2024,sand,1,t,,,,9,x,1,\n"
    rated = {"technologicalDQR": "1", "geographicalDQR": "2", "temporalDQR": "4"}
    more = {"outboundLogisticsGhgEmissions": "0.4", "dqi": rated}
    ore = replace(CEMENT, carbon=2.0, fossil=1.5, exempted=0.0, primary_share=25.0, identifier="x", more=more)
    supply = SupplyChain(
        records={("E01", "ore", ""): ore},
        products={("E01", "stuff", ""): ("E02", "b")},
        unknown={("E02", "sand", ""): say("its supplier has sent no footprint of it yet")},
    )
    made, other = two_makers(tmp_path, rows, supply=supply).products
    assert made.carbon == pytest.approx(3 + 0.5 * 2.4 + 0.1 * 1) and made.fossil == pytest.approx(4.05)
    assert (made.rated, made.quality) == (pytest.approx(1 / made.carbon), pytest.approx((1, 2, 4)))
    told = {(c.kind, c.name): (c.amount, c.unit, c.record) for c in made.contributions}
    assert told["purchase", "ore"] == (0.5, "kilogram", "x")
    assert told["product of the cluster", "b"] == (pytest.approx(0.1), "kilogram", "")
    assert ("transport", "ore") in told and made.suppliers == (("E02", "b"),)
    assert other.carbon == pytest.approx(1.0) and "has sent no footprint" in str(other.missing)


def test_what_is_not_offered_goes_into_nobody_elses_product(tmp_path: Path) -> None:
    """Nor is it told whether there is such a product; its own maker uses it all the same."""
    rows = "E01,2024,b,100,t,E02,,,,,,\nE02,2024,b,100,t,E02,,,,,,\n"
    for offered, carbon in (((), 3.0), ((("E02", "b"),), 3 + 0.1 / 0.9)):
        found = two_makers(tmp_path / str(len(offered)), rows, supply=SupplyChain(offered=offered))
        assert [p.carbon for p in found.products] == pytest.approx([carbon, 1 / 0.9])
    assert found.products[0].whole
    missing = [
        two_makers(tmp_path / name, f"E01,2024,{name},100,t,E02,,,,,,\n", supply=SupplyChain(offered=()))
        .products[0]
        .missing[0]
        .removeprefix(name)
        for name in ("b", "xyz")
    ]
    assert missing[0] == missing[1] and "offers no footprint" in missing[0]


def test_without_strictness_a_circle_without_answer_takes_nobody_else_along(tmp_path: Path) -> None:
    """Its members have no footprint and are named; what uses them is not whole, the others are as before."""
    products = f"{BOTH}E03,2024,c,1000,t,,,,0,0\n"
    rows = (
        "E01,2024,b,1000,t,E02,,,,,,\nE02,2024,a,1000,t,E01,,,,,,\nE03,2024,a,1,t,E01,,,,,,\n"
        "E03,2024,sand,1000,t,,,,0.5,a database,1,\n"
    )
    with pytest.raises(InputError, match="more of one another"):
        two_makers(tmp_path / "a", rows, products)
    a, b, c = two_makers(tmp_path / "b", rows, products, strict=False).products
    assert np.isnan(a.carbon) and np.isnan(b.carbon) and a.circle == (("E01", "a"), ("E02", "b")) == b.circle
    assert "more of itself than is made" in str(a.missing[0]) and not a.contributions
    assert c.carbon == pytest.approx(0.5) and not c.whole and not c.circle


def test_a_circle_of_which_rounding_decides_has_no_footprint(tmp_path: Path) -> None:
    """All but 10^-13 of two products go round: there is an answer, and no digit of it is sure."""
    rows = "E01,2024,b,1000,t,E02,,,,,,\nE02,2024,a,999.9999999999,t,E01,,,,,,\n"
    with pytest.raises(InputError, match="no footprint is sure"):
        two_makers(tmp_path / "a", rows)
    a, b = two_makers(tmp_path / "b", rows, strict=False).products
    assert np.isnan(a.carbon) and np.isnan(b.carbon) and a.circle == (("E01", "a"), ("E02", "b"))
    assert "no footprint is sure" in str(a.missing[0])


def test_each_enterprise_states_its_own_allocation(tmp_path: Path) -> None:
    """Whoever stated none has no footprint of several products; the other's are worked out."""
    products = (
        f"{PRODUCTS}E01,2024,a,1000,t,,,,0,0\nE01,2024,slag,500,t,,,,0,0\n"
        "E02,2024,b,1000,t,,,,0,0\nE02,2024,dust,1000,t,,,,0,0\n"
    )
    found = two_makers(tmp_path, "E01,2024,sand,0,t,,,,,,,\n", products, allocation={"E01": "mass"})
    carbon = [p.carbon for p in found.products]
    assert carbon[:2] == pytest.approx([2.0, 2.0]) and np.isnan(carbon[2:]).all()
    assert "nothing says how emissions are shared" in str(found.products[2].missing)
    assert found.to_dict()["allocation"] == {"E01": "mass"}
    assert "by mass" in str(found.record(found.products[0], exempted=0.0, **STATED).more)

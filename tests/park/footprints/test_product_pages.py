"""The pages of products: what an enterprise reads of its footprints, chooses, and proposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from park.footprints.makers import (
    YEAR,
    bought,
    circle,
    described,
    maker,
    offer,
    partner,
    person,
    received,
    record,
    worked_out,
)
from park.footprints.nodes import published
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    """Give the park a country."""
    with described(park):
        yield


def browser(enterprise: Any, role: str = "approval") -> Any:
    """Return a browser in which somebody of an enterprise is signed in."""
    from django.test import Client

    from separatrix_park.scope import whole_park

    client, who = Client(SERVER_NAME="localhost"), person(enterprise, role)
    with whole_park("the tests sign somebody in"):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@ON_ONE
def test_an_enterprise_reads_its_footprints_and_what_is_missing(park: ParkFolder) -> None:
    """With a sign that says how sure the figure is, and the way to what would make it whole."""
    a, b = circle()
    client = browser(a, "entry")
    page = client.get("/products/").content.decode()
    assert "≥" in page and "counted as missing" in page
    assert "No other enterprise in the park may use them." in page
    offer(a)
    offer(b)
    page = client.get("/products/").content.decode()
    assert "3.16" in page and "offered by the supplier in the park" in page and "≥\xa03" not in page
    number = worked_out(a)["a"].pk
    page = client.get(f"/products/{number}/").content.decode()
    assert "Footprints used" in page and "1.63" in page and "since version 1" in page
    assert browser(b).get(f"/products/{number}/").status_code == 404


def test_a_partners_footprint_is_chosen_for_a_purchase(park: ParkFolder) -> None:
    """Of those that were received, in units that fit; one's own enterprise is nobody to buy from."""
    import json
    import uuid

    a = maker("A", "a", 3000, [bought("ore", 500), bought("screws", 4, unit="piece")])
    mine = partner(a)
    kept = received(mine, record("ore", 2.0))
    client = browser(a, "entry")
    address = "/products/supplier/?year=2024&supplier=&input="
    chosen = json.dumps(["partner", str(mine.pk), kept.product_ids[0]])
    page = client.get(f"{address}ore").content.decode()
    assert "Mine: ore" in page
    assert client.post(f"{address}ore", {"stands": chosen}).status_code == 302
    row = worked_out(a)["a"]
    assert row.result["carbon"] == pytest.approx(4.0)
    assert "the supplier&#x27;s record" in client.get(f"/products/{row.pk}/").content.decode()
    page = client.post(f"{address}screws", {"stands": chosen})
    assert page.status_code == 422 and "nothing leads from one to the other" in page.content.decode()
    page = client.post(f"{address}screws", {"member": "A", "product": "a"})
    assert page.status_code == 422 and "cannot be its own supplier" in page.content.decode()
    page = client.post(f"{address}screws", {"member": "nobody", "product": "a"})
    assert page.status_code == 422
    forged = json.dumps(["partner", str(uuid.uuid4()), kept.product_ids[0]])
    assert client.post(f"{address}ore", {"stands": forged}).status_code == 422
    assert client.get(f"{address}gold").status_code == 404
    assert client.post(f"{address}ore", {"stands": ""}).status_code == 302
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(3.0)


@ON_ONE
def test_what_was_chosen_stays_a_choice_however_much_came_since(
    park: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest products of partners are listed: keeping the page as it is undoes nothing."""
    import json

    from separatrix_park.footprints import supply_choice

    a = maker("A", "a", 3000, [bought("ore", 500)])
    mine = partner(a)
    kept = received(mine, record("ore", 2.0))
    client, address = browser(a, "entry"), "/products/supplier/?year=2024&supplier=&input=ore"
    chosen = json.dumps(["partner", str(mine.pk), kept.product_ids[0]])
    assert client.post(address, {"stands": chosen}).status_code == 302
    monkeypatch.setattr(supply_choice, "MOST_LISTED", 1)
    received(mine, record("sand", 1.0))
    page = client.get(address).content.decode()
    assert "Mine: sand" in page and f"Mine: {kept.product_ids[0]}" in page
    assert client.post(address, {"stands": chosen}).status_code == 302
    assert worked_out(a)["a"].result["carbon"] == pytest.approx(4.0)


def test_what_the_park_may_use_is_said_by_who_approves(park: ParkFolder) -> None:
    """Then it is offered by name to others, and a purchase can stand for it; the log tells of it."""
    import json

    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    b = maker("B", "b", 1000, [bought("stuff of A", 200)])
    worked_out(a)
    assert browser(a, "entry").post("/products/choices/", {"for_park": "on"}).status_code == 403
    client, buyer = browser(a), browser(b)
    address = "/products/supplier/?year=2024&supplier=&input=stuff+of+A"
    assert "Offered in the park" not in buyer.get(address).content.decode()
    assert client.post("/products/choices/", {"allocation": "", "products": ["a"]}).status_code == 302
    assert client.post("/products/choices/", {"products": ["another's"]}).status_code == 422
    offered = json.dumps(["offered", "A", "a"])
    assert buyer.post(address, {"stands": offered}).status_code == 302
    do_waiting()
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.6)
    assert client.post("/products/choices/", {}).status_code == 302
    do_waiting()
    assert worked_out(b)["b"].result["carbon"] == pytest.approx(1.0)
    with whole_park("the tests read the log"):
        told = list(LogEntry.objects.order_by("number").values_list("action", flat=True))
    assert told.count("footprints offered") == 2 and "supplier linked" in told


def test_a_footprint_is_proposed_and_a_change_that_matters_is_pressed(park: ParkFolder) -> None:
    """What was published differs by 0.05 %: told; by 10 %: a correction is worth proposing."""
    from park_reports import approve
    from separatrix_park.models import PublishedFootprint
    from separatrix_park.scope import whole_park

    def emitted(tonnes: float) -> str:
        approve(
            "A", "emissions", 2024, [{"gas": "CO2", "kind": "process", "amount": str(tonnes), "unit": "t"}]
        )
        page: str = client.get("/products/").content.decode()
        return page

    a = maker("A", "a", 3000)
    client = browser(a, "entry")
    number = worked_out(a)["a"].pk
    assert client.post(f"/products/{number}/propose/", {}).status_code == 422
    given = {"standards": ["PACT-3.0"], "exempted": "2.5", "left_out": "packaging"}
    half = client.post(f"/products/{number}/propose/", {**given, "time": "2"})
    assert half.status_code == 422 and "all three ratings" in half.content.decode()
    rated = {"technology": "1", "geography": "2", "time": "3"}
    assert client.post(f"/products/{number}/propose/", {**given, **rated}).status_code == 302
    with whole_park("the tests publish it"):
        (made,) = PublishedFootprint.objects.all()
        assert made.roll_up_id == number and made.state == "draft"
        pcf = made.record["pcf"]
        assert (pcf["pcfExcludingBiogenicUptake"], pcf["exemptedEmissionsPercent"]) == ("3", "2.5")
        assert pcf["dqi"] == {"technologicalDQR": "1", "geographicalDQR": "2", "temporalDQR": "3"}
        assert pcf["exemptedEmissionsDescription"] == "packaging"
        made.state, made.published = "published", made.made
        made.save()
    assert "has changed" not in client.get("/products/").content.decode()
    assert "immaterial" in emitted(3001.5)
    assert "has changed" in emitted(3300)
    assert client.post(f"/products/{number}/propose/", {**given, **rated}).status_code == 422


@ON_ONE
def test_what_is_passed_on_of_another_year_is_not_compared(park: ParkFolder) -> None:
    """A footprint of the year before is no former version; and one that is lost is in no other unit."""
    from park_reports import approve
    from separatrix_park.models import ProductRollUp
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    row = worked_out(a)["a"]
    made = published(a, product_id=row.product_id, pcf={"pcfExcludingBiogenicUptake": "2"})
    client = browser(a, "entry")
    assert "It differs by" in client.get(f"/products/{row.pk}/").content.decode()
    later = {"product": "a", "amount": "1000", "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
    approve("A", "products", YEAR + 1, [later])
    page = client.get(f"/products/?year={YEAR + 1}").content.decode()
    assert "not yet" in page and "has changed" not in page
    assert "has changed" in client.get(f"/products/?year={YEAR}").content.decode()
    with whole_park("the tests take a figure away"):
        made.refresh_from_db()
        ProductRollUp.objects.filter(pk=row.pk).update(result={**row.result, "carbon": None})
    page = client.get(f"/products/{row.pk}/").content.decode()
    assert "this version has none" in page and "in another unit" not in page


@ON_ONE
def test_what_is_not_complete_is_passed_on_as_that(park: ParkFolder) -> None:
    """Neither as if nothing were left out, nor without a word of what is; and whoever publishes reads it."""
    from separatrix_park.models import PublishedFootprint
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000, [bought("ore", 500)])
    client = browser(a, "entry")
    number = worked_out(a)["a"].pk
    assert "of the known data" in client.get("/products/").content.decode()
    said = {"standards": ["PACT-3.0"], "technology": "1", "geography": "2", "time": "3"}
    for given, told in (
        ({"exempted": "0", "left_out": "ore"}, "Data are missing, so the share is not zero"),
        ({"exempted": "4"}, "This field is required."),
    ):
        answer = client.post(f"/products/{number}/propose/", {**said, **given})
        assert answer.status_code == 422 and told in answer.content.decode()
    stated = {**said, "exempted": "4", "left_out": "the ore"}
    assert client.post(f"/products/{number}/propose/", stated).status_code == 302
    with whole_park("the tests look"):
        made = PublishedFootprint.objects.get()
    for page in ("/footprints/", f"/footprints/{made.pk}/"):
        assert "ncomplete" in browser(a).get(page).content.decode()
    page = browser(a).get(f"/footprints/{made.pk}/").content.decode()
    assert "neither a supplier" in page and "4 % <small>the ore</small>" in page
    page = client.get(f"/products/{number}/").content.decode()
    assert "View the proposal" in page and "Propose this footprint" not in page
    assert client.post(f"/products/{number}/propose/", stated).status_code == 302
    with whole_park("the tests look again"):
        assert PublishedFootprint.objects.count() == 1


@ON_ONE
@pytest.mark.parametrize(
    ("language", "what", "where"),
    [
        ("en", "the fossil carbon in the product", "table products"),
        ("zh-CN", "产品中的化石碳", "产品（products）表"),
    ],
)
def test_what_a_record_has_to_tell_is_asked_for_in_the_readers_language(
    park: ParkFolder, language: str, what: str, where: str
) -> None:
    """Who left the carbon in a product open is told what it is, and in which table it is entered."""
    from park_reports import approve

    a = maker("A", "a", 3000)
    approve("A", "products", YEAR, [{"product": "a", "amount": "1000", "unit": "t"}])
    number = worked_out(a)["a"].pk
    answer = browser(a, "entry").post(
        f"/products/{number}/propose/",
        {"standards": ["PACT-3.0"], "exempted": "0"},
        headers={"accept-language": language},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and what in page and where in page


@ON_ONE
def test_no_less_is_said_to_be_left_out_than_suppliers_tell(park: ParkFolder) -> None:
    """Of a complete footprint the estimate stands in the field, as it is shown and no lower."""
    import json

    a = maker("A", "a", 3000, [bought("ore", 500)])
    mine = partner(a)
    kept = received(mine, record("ore", 2.0, exempted=3.3))
    client = browser(a, "entry")
    chosen = json.dumps(["partner", str(mine.pk), kept.product_ids[0]])
    client.post("/products/supplier/?year=2024&supplier=&input=ore", {"stands": chosen})
    row = worked_out(a)["a"]
    assert row.result["exempted"] == pytest.approx(100 * (3.3 / 96.7) / (4 + 3.3 / 96.7))
    page = client.get(f"/products/{row.pk}/").content.decode()
    assert f'value="{row.result["exempted"]:.4g}"' in page and row.product_id in page
    said = {"standards": ["PACT-3.0"], "technology": "1", "geography": "2", "time": "3"}
    less = client.post(f"/products/{row.pk}/propose/", {**said, "exempted": "0"})
    assert less.status_code == 422 and "already 0.8459" in less.content.decode()
    shown = {**said, "exempted": f"{row.result['exempted']:.4g}"}
    assert client.post(f"/products/{row.pk}/propose/", shown).status_code == 302


@ON_ONE
def test_what_stands_for_a_purchase_is_what_goes_in(park: ParkFolder) -> None:
    """A factor without a source does not, nor does what a member of the park does not offer."""
    a = maker("A", "a", 3000)
    b = maker("B", "b", 1000, [bought("ore", 200), {**bought("salt", 10), "factor": "0.2"}])
    buyer, address = browser(b), "/products/supplier/?year=2024&supplier=&input="
    assert buyer.get("/products/").content.decode().count("none: counted as missing") == 2
    assert buyer.post(f"{address}ore", {"member": "A", "product": "a"}).status_code == 302
    page = buyer.get("/products/").content.decode()
    assert "a from A, in the park" in page and "not offered yet: counted as missing" in page
    offer(a)
    assert "not offered yet" not in buyer.get("/products/").content.decode()
    assert buyer.post(f"{address}salt", {"product": "a"}).status_code == 422


@ON_ONE
def test_what_a_supplier_offers_goes_in_from_that_supplier_alone(park: ParkFolder) -> None:
    """Of two who are named for one product, only of who offers it; also in a circle without an answer."""
    a = maker("A", "a", 3000)
    b = maker("B", "b", 1000, [bought("a", 200, "A"), bought("a", 100, "Somebody else")])
    offer(a)
    page = browser(b).get("/products/").content.decode()
    assert page.count("offered by the supplier in the park") == page.count("counted as missing") == 1
    maker("A", "a", 3000, [bought("b", 1000, "B")])
    maker("B", "b", 1000, [bought("a", 1000, "A")])
    offer(b)
    page = browser(b).get("/products/").content.decode()
    assert "a loop without a solution" in page and "offered by the supplier in the park" in page
    assert "counted as missing" not in page


@ON_ONE
def test_units_that_do_not_fit_are_told_in_the_readers_language(park: ParkFolder) -> None:
    """With the name of the unit, too."""
    import json

    a = maker("A", "a", 3000, [bought("ore", 500)])
    mine = partner(a)
    kept = received(mine, record("ore", 2.0, unit="cubic meter", mass=0.0))
    chosen = json.dumps(["partner", str(mine.pk), kept.product_ids[0]])
    address = "/products/supplier/?year=2024&supplier=&input=ore"
    answer = browser(a, "entry").post(address, {"stands": chosen}, headers={"accept-language": "zh-hans"})
    told = answer.content.decode()
    assert answer.status_code == 422 and "立方米" in told and "cubic meter" not in told


@ON_ONE
def test_a_circle_takes_nothing_away_from_what_was_emitted(park: ParkFolder) -> None:
    """Where there is no footprint any more, its parts are not told as changed to nothing."""
    from park_reports import approve

    a, b = circle()
    offer(a)
    offer(b)
    client = browser(a, "entry")
    worked_out(a)
    approve("A", "purchases", 2024, [bought("b", 6000, "B")])
    row = worked_out(a)["a"]
    assert row.version > 1 and row.result["carbon"] is None
    page = client.get(f"/products/{row.pk}/").content.decode()
    assert "Products in the loop" in page and "Changes since" not in page

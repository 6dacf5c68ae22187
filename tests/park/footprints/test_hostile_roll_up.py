"""What a member learns of another by its own products' footprints: what that one offers, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from park.footprints.makers import YEAR, bought, described, link, maker, offer, worked_out
from park_reports import approve
from separatrix_park.folder import ParkFolder


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    with described(park):
        yield


def _told(enterprise: Any) -> str:
    """Return all that a member may read of its roll-ups, but for what they are called."""
    from separatrix_park.models import ProductRollUp, RollUpInput
    from separatrix_park.scope import Scope, scoped

    worked_out(enterprise)
    with scoped(Scope("approval", enterprise.pk)):
        rows = ProductRollUp.objects.order_by("product_id", "version").values()
        inputs = RollUpInput.objects.order_by("pk").values()
        told = [{k: v for k, v in row.items() if k not in ("made", "basis", "id")} for row in rows]
        went_in = [{k: v for k, v in row.items() if k not in ("id", "roll_up_id")} for row in inputs]
    return json.dumps([told, went_in], default=str)


def test_what_a_member_does_not_offer_interferes_with_nobody(park: ParkFolder) -> None:
    """Whatever it reports, makes, buys and links: who buys of it, or of its customers, reads the same."""
    secret = maker("S", "s", 500)
    middle = maker("M", "m", 700, [bought("s", 300, "S"), bought("t", 20, "T")])
    third = maker("T", "t", 40, [bought("s", 10, "S")])
    buyer = maker("B", "b", 100, [bought("s", 50, "S"), bought("m", 60, "M"), bought("another", 1, "S")])
    offer(middle)
    before = [_told(buyer), _told(middle)]
    approve("S", "emissions", YEAR, [{"gas": "CO2", "kind": "process", "amount": "98765", "unit": "t"}])
    made = {"amount": "3", "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
    approve("S", "products", YEAR, [{"product": "s", **made}, {"product": "another", **made}])
    approve("S", "purchases", YEAR, [bought("m", 900, "M"), bought("b", 7, "B"), bought("coal", 1)])
    link(secret, "coal", member=third, product_id="t")
    approve("T", "products", YEAR, [{"product": "t", **made}])
    assert [_told(buyer), _told(middle)] == before


def test_whether_a_member_makes_a_product_is_not_found_by_guessing(park: ParkFolder) -> None:
    """A link to what it makes and one to what it does not read alike, by the row and by the link."""
    secret = maker("S", "s", 500)
    rows = [bought("one", 50), bought("two", 50)]
    buyer = maker("B", "b", 100, rows)
    link(buyer, "one", member=secret, product_id="s")
    link(buyer, "two", member=secret, product_id="no such thing")
    told = worked_out(buyer)["b"].result["missing"]["en"]
    assert [line.replace("one", "*") for line in told if "one" in line] == [
        line.replace("two", "*") for line in told if "two" in line
    ]


def test_how_much_a_member_makes_is_not_found_by_trying(park: ParkFolder) -> None:
    """A buyer that enters one amount after another reads that much of the footprint, and nothing else."""
    seller = maker("S", "s", 500)
    offer(seller)
    told = []
    for amount in (999, 1001, 5000):
        row = worked_out(maker("B", "b", 100, [bought("s", amount, "S")]))["b"]
        assert row.result["carbon"] == pytest.approx(0.1 + amount / 1000 * 0.5)
        told.append({k: v for k, v in row.result.items() if k not in ("carbon", "fossil", "primary")})
        for part in ("contributions", "footprint", "refused"):
            told[-1].pop(part)
    assert told[0] == told[1] == told[2]


EXTREME = (
    {"pcfExcludingBiogenicUptake": "9" * 308},
    {"pcfExcludingBiogenicUptake": "9" * 400},
    {"pcfExcludingBiogenicUptake": "-" + "9" * 300, "pcfIncludingBiogenicUptake": "-" + "9" * 300},
    {"pcfExcludingBiogenicUptake": "0." + "0" * 400 + "1"},
    {"declaredUnitAmount": "0." + "0" * 300 + "1"},
    {"declaredUnitAmount": "0." + "0" * 400 + "1"},
    {"declaredUnitAmount": "9" * 400},
    {
        "declaredUnitOfMeasurement": "liter",
        "declaredUnitAmount": "0." + "0" * 321 + "1",
        "productMassPerDeclaredUnit": "1",
    },
    {"fossilGhgEmissions": "9" * 308, "outboundLogisticsGhgEmissions": "9" * 308},
    {"exemptedEmissionsPercent": "99.99999999999999999"},
    {"exemptedEmissionsPercent": "100"},
    {"primaryDataShare": "-5"},
    {"primaryDataShare": "1" + "0" * 300},
    {"dqi": {"technologicalDQR": "9" * 300, "geographicalDQR": "1", "temporalDQR": "1"}},
    {"referencePeriodStart": "0001-01-01T00:00:00Z", "referencePeriodEnd": "9999-12-31T23:59:59Z"},
    {"referencePeriodStart": "0001-01-01T00:00:00+14:00", "referencePeriodEnd": "9999-12-31T23:59:59-14:00"},
)


def test_no_record_of_a_partner_takes_the_pages_of_products_away(park: ParkFolder) -> None:
    """Whatever numbers and times it holds: it is refused, or what comes of it is told in finite numbers."""
    from park.footprints.makers import partner, person
    from park.footprints.nodes import record_of
    from separatrix.errors import SeparatrixError
    from separatrix_park.footprints.received_footprints import LIST, receive
    from separatrix_park.models import SupplyLink
    from separatrix_park.scope import Scope, scoped, whole_park

    buyer = maker("B", "b", 100, [bought("ore", 50)])
    who = person(buyer)
    supplier = partner(buyer)
    used = 0
    for k, pcf in enumerate(EXTREME):
        product = f"urn:gtin:{k}"
        with scoped(Scope("approval", buyer.pk, who.pk)):
            try:
                row = receive(supplier, record_of(product, pcf=pcf), LIST)
            except SeparatrixError:
                continue
        used += 1
        with whole_park("the tests link a product"):
            SupplyLink.objects.all().delete()
        link(buyer, "ore", partner=supplier, product_id=product)
        told = worked_out(buyer)["b"]
        json.dumps(told.result, allow_nan=False)
        assert told.whole or told.result["missing"]["en"], pcf
        client = _signed_in(who)
        for address in (
            "/products/",
            f"/products/{told.pk}/",
            f"/partners/{supplier.pk}/",
            f"/received/{row.pk}/",
        ):
            page = client.get(address)
            assert page.status_code == 200, (pcf, address)
            assert not {"nan", "inf"} & set(page.content.decode().lower().split()), (pcf, address)
    assert used >= 2


def _signed_in(who: Any) -> Any:
    from django.test import Client

    from separatrix_park.scope import whole_park

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    with whole_park("the tests sign somebody in"):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client

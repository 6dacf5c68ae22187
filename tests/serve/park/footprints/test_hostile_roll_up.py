"""What a member learns of another by its own products' footprints: what that one offers, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from park_reports import approve
from separatrix.serve.park.folder import ParkFolder
from serve.park.footprints.makers import YEAR, bought, described, link, maker, offer, worked_out


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    with described(park):
        yield


def _told(enterprise: Any) -> str:
    """Return all that a member may read of its roll-ups, but for what they are called."""
    from separatrix.serve.park.models import ProductRollUp, RollUpInput
    from separatrix.serve.park.scope import Scope, scoped

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

"""Every operation of the API × everybody who may not see an enterprise × its ids: nothing of it is told.

The operations are those of the description, so that a new one is asked too; the enterprise's values are ones
that nobody else has, and are looked for in bodies and headers.
"""

from __future__ import annotations

from typing import Any

import pytest

from park.footprints.makers import link, partner, received, record, worked_out
from park.footprints.nodes import published
from park.programs import ENERGY, Program, bearer, program, stranger
from park.test_answers import described
from separatrix_park.folder import ParkFolder

__all__ = ["described"]

CANARIES = (
    "canary works",
    "e-canary",
    "canary.example",
    "98765.25",
    "canary-why",
    "canary.pdf",
    "canary-bill",
    "canary-partner",
    "canary-product",
    "canary-comment",
)
BODIES: dict[str, Any] = {
    "admit_enterprise": {"key": "E77", "name": "Seventh"},
    "rename_enterprise": {"name": "Renamed"},
    "put_draft": {"rows": []},
    "check_rows": {"rows": [{"carrier": "heat", "amount": 1, "unit": "GJ"}]},
    "return_report": {"reason": "no"},
    "post_sharing": {"recipient": "Nobody", "table": "energy", "since": 2025},
    "put_deadline": {"due": "2026-03-31T00:00:00Z"},
    "ask_for_answer": {"kind": "check"},
    "publish_figures": {"year": 2025, "title": "2025"},
    "withdraw_publication": {"why": "no"},
    "roll_up_products": {"year": 2025},
    "propose_record": {"record": {}},
    "propose_product": {"standards": ["PACT-3.0"], "exempted": 1},
    "put_supply_link": {"year": 2025, "input": "nothing", "member": "E03", "product_id": "x"},
    "post_request": {"product_ids": ["urn:gtin:4712345060507"]},
}
QUERIES = {
    "get_board": {"year": "2025"},
    "get_figures": {"year": "2025"},
    "list_purchases": {"year": "2025"},
}
SHOWN = frozenset(
    "list_reports get_report list_changes list_evidence get_evidence fetch_evidence list_enterprises "
    "get_enterprise list_energy get_page_one get_board list_log list_sharings export_enterprise "
    "list_partners get_partner list_requests get_request list_received get_received list_footprints "
    "get_footprint list_products get_product list_supply_links get_supply_link list_purchases".split()
)
"""Operations by which those who may see something of the enterprise."""


def owner_has_all() -> tuple[Program, Program, dict[str, Any]]:
    """Fill an enterprise with what nobody else has; return its programs and the ids of its things."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit members"):
        own = Enterprise.objects.create(key="E-CANARY", name="Canary Works")
        Enterprise.objects.create(key="E03", name="Third")
    enters = program("enters@canary.example", "entry", own)
    approves = program("approves@canary.example", "approval", own)
    rows = [{"carrier": "electricity", "amount": 98765.25, "unit": "MWh"}]
    saved = enters.ask("put", ENERGY, {"rows": rows, "why": "canary-why"})
    number = saved.json()["id"]
    file = stranger().post(
        f"/api/v1/reports/{number}/evidence",
        {"file": SimpleUploadedFile("canary.pdf", b"%PDF-1.7 canary-bill")},
        headers=bearer(enters.secret),
    )
    sent = enters.ask("post", f"{ENERGY}/submit", tag=saved["ETag"])
    done = approves.ask("post", f"reports/{number}/approve", tag=sent["ETag"])
    assert (file.status_code, done.status_code) == (201, 200)
    shared = approves.ask("post", "sharings", {"recipient": "E03", "table": "energy", "since": 2025}).json()
    ids = {"reports": number, "evidence": file.json()["id"], "sharings": shared["id"]}
    return enters, approves, ids | footprints_of(own)


def footprints_of(own: Any) -> dict[str, Any]:
    """Plant products, partners and footprints of an enterprise, and return their ids."""
    from park_reports import approve
    from separatrix_park.models import FootprintRequest
    from separatrix_park.scope import whole_park

    product = {"product": "canary-product", "amount": "1000", "unit": "t"}
    approve(own.key, "products", 2025, [product | {"fossil_carbon": "0", "biogenic_carbon": "0"}])
    approve(own.key, "purchases", 2025, [{"input": "canary-product", "amount": "1", "unit": "t"}])
    mine = partner(own, "canary-partner")
    sent = received(mine, record("canary-product", 2.0))
    with whole_park("the tests ask"):
        asked_for = FootprintRequest.objects.create(
            enterprise=own, partner=mine, ours=False, event_id="1", comment="canary-comment"
        )
    return {
        "partners": mine.pk,
        "received": sent.pk,
        "requests": asked_for.pk,
        "footprints": published(own, product_id="urn:pact:canary-product").pk,
        "supply-links": link(own, "canary-product", partner=mine, product_id=sent.product_ids[0]).pk,
        "products": next(iter(worked_out(own).values())).pk,
    }


def asked(operation: Any, method: str, address: str, ids: dict[str, Any], secret: str | None) -> Any:
    """Send one operation with the ids of the enterprise."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    kind = address.removeprefix("/api/v1/").partition("/")[0]
    one = ids.get(kind, 1)
    holes = {"number": one, "identifier": one, "key": "E-CANARY", "table": "energy", "year": 2025}
    place = address.format(name="energy", **holes)
    headers = {"If-Match": "*"} | (bearer(secret) if secret else {})
    body = operation.get("requestBody", {}).get("content", {})
    more: dict[str, Any] = {"query_params": QUERIES.get(operation["operationId"])}
    if "application/json" in body:
        more |= {"data": BODIES[operation["operationId"]], "content_type": "application/json"}
    elif body:
        more |= {"data": {"file": SimpleUploadedFile("a.csv", b"carrier,amount,unit\nheat,1,GJ\n")}}
    return getattr(stranger(), method)(place, headers=headers, **more)


def leaked(answer: Any) -> list[str]:
    """Return what of the enterprise stands in an answer."""
    told = f"{answer.headers} {answer.getvalue().decode(errors='replace')}".lower()
    return [canary for canary in CANARIES if canary in told]


def test_no_operation_tells_anything_of_a_neighbour(described: ParkFolder) -> None:
    """With its ids, of every role that may not see it and of nobody; those who may do see it."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    _enters, approves, ids = owner_has_all()
    office, auditor = program("office@example.org", "office"), program("auditor@example.org", "auditor")
    with whole_park("the tests admit a neighbour"):
        other = Enterprise.objects.create(key="E02", name="Second")
    neighbours = {
        "entry": program("a@e2.example", "entry", other).secret,
        "approval": program("b@e2.example", "approval", other).secret,
        "nobody": None,
        "revoked": program("gone@e2.example", "entry", other).secret,
    }
    Program(neighbours["revoked"] or "").ask("delete", "me/token")
    told = stranger().get("/api/v1/openapi.json").json()["paths"]
    operations = [
        (operation, method, address)
        for address, methods in told.items()
        for method, operation in methods.items()
        if operation["operationId"] != "revoke_token"
    ]
    assert len(operations) > 45
    for operation, method, address in operations:
        for whose, secret in neighbours.items():
            answer = asked(operation, method, address, ids, secret)
            assert answer.status_code < 500
            assert (operation["operationId"], whose, leaked(answer)) == (operation["operationId"], whose, [])
            if secret is None or whose == "revoked":
                public = "public" in operation["x-roles"]
                assert answer.status_code in ((200, 404) if public else (401,))
    seen = set()
    for operation, method, address in operations:
        if method == "get" or operation["operationId"] == "export_enterprise":
            for own in (approves, office, auditor):
                answer = asked(operation, method, address, ids, own.secret)
                if answer.status_code == 200 and leaked(answer):
                    seen.add(operation["operationId"])
    assert SHOWN <= seen


@pytest.mark.parametrize("change", [{"is_active": False}, {"epoch": 3}])
def test_who_has_left_is_told_nothing_by_any_operation(described: ParkFolder, change: dict[str, Any]) -> None:
    """A token of somebody deactivated, or whose sessions were ended, is as good as none."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    enters, _approves, ids = owner_has_all()
    with whole_park("the tests let somebody leave"):
        Person.objects.filter(email="enters@canary.example").update(**change)
    told = stranger().get("/api/v1/openapi.json").json()["paths"]
    for address, methods in told.items():
        for method, operation in methods.items():
            answer = asked(operation, method, address, ids, enters.secret)
            assert leaked(answer) == []
            assert answer.status_code in ((200, 404) if "public" in operation["x-roles"] else (401,))

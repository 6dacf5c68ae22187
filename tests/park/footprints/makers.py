"""Makers of products in tests: their approved reports, what they let the park use, and what comes out."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from park_reports import approve
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_park.folder import ParkFolder

__all__ = [
    "YEAR",
    "bought",
    "circle",
    "described",
    "link",
    "maker",
    "offer",
    "partner",
    "person",
    "received",
    "record",
    "worked_out",
]

DESCRIBED = "format: 1\nname: Park of tests\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\n"
YEAR = 2024


@contextmanager
def described(park: ParkFolder) -> Iterator[None]:
    """Let the park say in which country it is."""
    path = park.path / "cluster.yaml"
    path.write_text(DESCRIBED, "utf-8")
    try:
        yield
    finally:
        path.unlink()


def maker(key: str, product: str, emitted: float, bought: list[dict[str, str]] | None = None) -> Any:
    """Approve the reports of an enterprise that makes 1,000 t of a product and emits so many t CO2."""
    approve(key, "emissions", YEAR, [{"gas": "CO2", "kind": "process", "amount": str(emitted), "unit": "t"}])
    made = {"product": product, "amount": "1000", "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
    approve(key, "products", YEAR, [made])
    approve(key, "energy", YEAR, [])
    rows = [{"input": "nothing", "amount": "0", "unit": "t"}] if bought is None else bought
    return approve(key, "purchases", YEAR, rows).enterprise


def offer(enterprise: Any, **choice: Any) -> None:
    """Let others of the park use an enterprise's footprints."""
    from separatrix_park.models import FootprintChoice
    from separatrix_park.scope import whole_park

    with whole_park("the tests choose"):
        FootprintChoice.objects.update_or_create(enterprise=enterprise, defaults={"for_park": True, **choice})


def worked_out(enterprise: Any) -> Any:
    """Return the newest roll-ups of an enterprise, by product."""
    from separatrix_park.footprints.product_roll_up import bring_products_up_to_date, newest
    from separatrix_park.scope import whole_park

    state = bring_products_up_to_date(enterprise.pk)
    assert state.problem is None and not state.working
    with whole_park("the tests look on"):
        return {row.product: row for row in newest(enterprise.pk).prefetch_related("inputs")}


def bought(what: str, amount: float, supplier: str = "", unit: str = "t") -> dict[str, str]:
    """Return a row of purchases."""
    return {"input": what, "amount": str(amount), "unit": unit, "supplier": supplier}


def circle() -> tuple[Any, Any]:
    """Return two makers that take 0.1 and 0.2 of one another's product."""
    a = maker("A", "a", 3000, [bought("b", 100, "B")])
    b = maker("B", "b", 1000, [bought("a", 200, "A")])
    return a, b


def person(enterprise: Any, role: str = "approval") -> Any:
    """Return somebody of an enterprise, without a password."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests make people"):
        return Person.objects.create_user(
            f"{secrets.token_hex(4)}@{enterprise.key}.example", role, enterprise.pk
        )


def partner(enterprise: Any, name: str = "Mine") -> Any:
    """Return an approved partner of an enterprise."""
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests make partners"):
        return Partner.objects.create(
            enterprise=enterprise, name=name, client_id=secrets.token_hex(8), state="approved"
        )


def record(product: str, carbon: float, **more: Any) -> ProductFootprint:
    """Return a footprint of one kilogram of a product."""
    told = {
        "company": "Mine",
        "company_id": "urn:pact:mine.example:company:1",
        "product": product,
        "product_id": f"urn:pact:mine.example:product:{product}",
        "unit": "kilogram",
        "amount": 1.0,
        "carbon": carbon,
        "start": f"{YEAR}-01-01T00:00:00Z",
        "end": f"{YEAR + 1}-01-01T00:00:00Z",
        "geography": "CN",
        "primary_share": 50.0,
        "gwp": ("AR6",),
        "fossil": carbon,
        "fossil_content": 0.0,
        "biogenic_content": 0.0,
        "exempted": 0.0,
        "standards": ("PACT-3.0",),
    }
    return ProductFootprint(**{**told, **more})


def received(of: Any, footprint: ProductFootprint, created: str = "2025-02-01T00:00:00Z") -> Any:
    """Return a footprint as it was received of a partner."""
    from separatrix_park.models import ReceivedFootprint
    from separatrix_park.scope import whole_park

    pf_id = uuid.uuid4()
    told = footprint.to_record(identifier=str(pf_id)) | {"created": created}
    with whole_park("the tests receive footprints"):
        return ReceivedFootprint.objects.create(
            enterprise_id=of.enterprise_id,
            partner=of,
            pf_id=pf_id,
            product_ids=told["productIds"],
            product=footprint.product,
            record=told,
            digest=secrets.token_hex(32),
            way="list",
        )


def link(enterprise: Any, what: str, supplier: str = "", **to: Any) -> Any:
    """Let a product of a partner or a member stand for a purchase."""
    from separatrix_park.models import SupplyLink
    from separatrix_park.scope import whole_park

    with whole_park("the tests name suppliers"):
        return SupplyLink.objects.create(enterprise=enterprise, input=what, supplier=supplier, **to)

"""Footprints of products from approved reports and suppliers' footprints: versions, circles, and secrets."""

from __future__ import annotations

from typing import Any

import pytest

from park_reports import approve
from separatrix.serve.park.folder import ParkFolder

DESCRIBED = "format: 1\nname: Park of tests\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\n"
YEAR = 2024


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Any:
    """Give the park a country."""
    path = park.path / "cluster.yaml"
    path.write_text(DESCRIBED, "utf-8")
    yield
    path.unlink()


def maker(key: str, product: str, emitted: float, bought: list[dict[str, str]] | None = None) -> Any:
    """Approve the reports of an enterprise that makes 1,000 t of a product and emits so many t CO2."""
    approve(key, "emissions", YEAR, [{"gas": "CO2", "kind": "process", "amount": str(emitted), "unit": "t"}])
    made = {"product": product, "amount": "1000", "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
    approve(key, "products", YEAR, [made])
    rows = [{"input": "nothing", "amount": "0", "unit": "t"}] if bought is None else bought
    return approve(key, "purchases", YEAR, rows).enterprise


def offer(enterprise: Any, **choice: Any) -> None:
    """Let others of the park use an enterprise's footprints."""
    from separatrix.serve.park.models import FootprintChoice
    from separatrix.serve.park.scope import whole_park

    with whole_park("the tests choose"):
        FootprintChoice.objects.update_or_create(enterprise=enterprise, defaults={"for_park": True, **choice})


def worked_out(enterprise: Any) -> Any:
    """Return the newest roll-ups of an enterprise, by product."""
    from separatrix.serve.park.footprints.product_roll_up import bring_products_up_to_date, newest
    from separatrix.serve.park.scope import whole_park

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

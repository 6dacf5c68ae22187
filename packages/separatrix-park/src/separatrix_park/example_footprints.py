"""Footprints in the example of a park: a customer who sees one and asks for another, a supplier who sent one.

Neither partner has a node that could be called: an example park sends nothing.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext

from separatrix_cluster.footprints.footprint import ProductFootprint, period_of
from separatrix_park.footprints import partners, requests, versions
from separatrix_park.footprints.product_roll_up import bring_products_up_to_date, newest, record_from
from separatrix_park.footprints.received_footprints import LIST, receive
from separatrix_park.footprints.supply_choice import choose, link_to_partner, purchased_inputs
from separatrix_park.models import Enterprise, Partner, Person, ProductRollUp
from separatrix_park.models.people import scope_of
from separatrix_park.reports import LAST_YEAR
from separatrix_park.scope import PARTNER, Scope, scoped

__all__ = ["PASSING_ON", "pass_on"]

PASSING_ON = "E05"
"""The enterprise that has partners."""

SHOWN, ASKED_FOR, BOUGHT = "polymer", "heat", "naphtha"
CUSTOMER, SUPPLIER = "Coast Packaging", "Bay Refinery"


def pass_on(enterprise: Enterprise, enters: Person, approves: Person) -> None:
    """Let an enterprise of the example have partners, and do what people and a partner's program would."""
    customer, supplier = (_partner(name, enters, approves) for name in (CUSTOMER, SUPPLIER))
    with scoped(scope_of(enters)):
        receive(supplier, _naphtha().to_record(), LIST)
        choose(approves, "value", for_park=False, products=[])
        bought = next(one for one in purchased_inputs(enterprise.pk, LAST_YEAR) if one.input == BOUGHT)
        link_to_partner(enters, bought, supplier.pk, _naphtha().product_id)
    bring_products_up_to_date(enterprise.pk)
    with scoped(scope_of(enters)):
        made = {row.product: row for row in newest(enterprise.pk)}
        proposed = versions.propose(
            enterprise,
            _footprint_record(made[SHOWN]),
            made[SHOWN],
            enters,
            why=gettext("Requested by customers."),
        )
    with scoped(scope_of(approves)):
        versions.grant(versions.publish(proposed, approves), customer, approves)
    asked = {"productId": [made[ASKED_FOR].product_id], "comment": gettext("For our annual report.")}
    with scoped(Scope(PARTNER, partner=customer.pk)):
        requests.take_request(customer, str(uuid5(NAMESPACE_URL, CUSTOMER)), asked)


def _partner(name: str, enters: Person, approves: Person) -> Partner:
    with scoped(scope_of(enters)):
        proposed = partners.propose(name, None, enters)
    with scoped(scope_of(approves)):
        return partners.approve(proposed, approves)[0]


def _footprint_record(row: ProductRollUp) -> ProductFootprint:
    return record_from(
        row.result,
        standards=("PACT-3.0",),
        exempted=row.result["exempted"] or 0.0,
        left_out=gettext("Rows with missing data.") if not row.whole else "",
    )


def _naphtha() -> ProductFootprint:
    """Return what the supplier says of what it sells: made up, as everything here."""
    start, end = period_of(LAST_YEAR)
    return ProductFootprint(
        company=SUPPLIER,
        company_id="urn:pact:example.com:company:bay-refinery",
        product=BOUGHT,
        product_id="urn:pact:example.com:product:naphtha",
        unit="kilogram",
        amount=1.0,
        carbon=0.41,
        start=start,
        end=end,
        geography="CN",
        primary_share=62.0,
        gwp=("AR6",),
        fossil=0.41,
        fossil_content=0.84,
        biogenic_content=0.0,
        exempted=1.5,
        standards=("PACT-3.0",),
    )

"""Our products: their footprints in versions, what goes into them, and what is passed on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from separatrix.serve.park.footprints.product_roll_up import (
    GONE,
    MATERIALITY,
    bring_products_up_to_date,
    cause_of,
    newest,
)
from separatrix.serve.park.footprints.roll_up_result import INSIDE
from separatrix.serve.park.footprints.supply_choice import (
    PurchasedInput,
    choose,
    offered_by_others,
    purchased_inputs,
    received_products,
)
from separatrix.serve.park.models import FootprintChoice, Person, ProductRollUp, Role, SupplyLink
from separatrix.serve.park.scope import SPEAK_FOR_ONE, require
from separatrix.serve.park.views.menu import MenuEntry
from separatrix.serve.park.views.problem_page import with_problem_told
from separatrix.serve.park.views.products.product_version import own_enterprise_of, published_by, roll_up_told
from separatrix.serve.park.views.products.purchase_supplier import member_names
from separatrix.serve.park.views.query import year_of

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("products", _("Our products"), (Role.ENTRY, Role.APPROVAL), 25),)

ALLOCATIONS = (
    ("", _("not said")),
    ("mass", _("by mass")),
    ("value", _("by value")),
    ("energy", _("by energy content")),
)


class ChoiceForm(forms.Form):
    """By what emissions are shared, and what the park may use."""

    allocation = forms.ChoiceField(
        label=_("How emissions are shared among several products"), choices=ALLOCATIONS, required=False
    )
    for_park = forms.BooleanField(label=_("Others of the park may use all of them"), required=False)
    products = forms.MultipleChoiceField(
        label=_("Or only these"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, made: list[str], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["products"].choices = [(name, name) for name in made]


# --------------------------------------------------------------------------- the list


@login_required
@require_GET
@with_problem_told
def products(request: HttpRequest) -> HttpResponse:
    """Show the footprints of all products of a year, and what goes into them."""
    person = require(request.user, *SPEAK_FOR_ONE)
    return _page(request, person, None)


def _page(request: HttpRequest, person: Person, form: ChoiceForm | None) -> HttpResponse:
    own = own_enterprise_of(person)
    state = bring_products_up_to_date(own)
    rows = _standing(own)
    years = sorted({*state.years, *(row.year for row in rows)}, reverse=True)
    asked = year_of(request.GET.get("year"))
    year = asked if asked in years else years[0] if years else None
    shown = sorted((row for row in rows if row.year == year), key=lambda row: row.product)
    published = published_by(own)
    choice = FootprintChoice.objects.filter(enterprise_id=own).first()
    if form is None and person.role == Role.APPROVAL:
        form = ChoiceForm(initial=_initial(choice), made=_made(rows, choice))
    context = {
        "years": years,
        "year": year,
        "working": state.working,
        "problem": state.problem,
        "products": [roll_up_told(row, published) for row in shown],
        "several": len(shown) > 1,
        "purchases": [] if year is None else _purchases(own, year, shown),
        "choice": choice,
        "allocation": dict(ALLOCATIONS)[choice.allocation if choice else ""],
        "materiality": MATERIALITY,
        "form": form,
    }
    return render(
        request, "park/footprints/products.html", context, status=422 if form and form.errors else 200
    )


def _standing(enterprise: UUID) -> list[ProductRollUp]:
    """Return the newest roll-up of each product that is still made."""
    return [row for row in newest(enterprise) if cause_of(row)[0] != GONE]


def _made(rows: list[ProductRollUp], choice: FootprintChoice | None) -> list[str]:
    """Return what may be offered to the park: the products, and those that are offered already."""
    return sorted({row.product for row in rows} | set(choice.products_for_park if choice else ()))


def _initial(choice: FootprintChoice | None) -> dict[str, Any]:
    if choice is None:
        return {}
    return {
        "allocation": choice.allocation,
        "for_park": choice.for_park,
        "products": choice.products_for_park,
    }


def _purchases(enterprise: UUID, year: int, rows: list[ProductRollUp]) -> list[dict[str, Any]]:
    """Return what was bought, and what stands for each."""
    links = {
        (link.input, link.supplier): link
        for link in SupplyLink.objects.filter(enterprise_id=enterprise).select_related("partner")
    }
    received = {(partner, pid): name for partner, _, pid, name in received_products(enterprise)}
    names = member_names([link.member_id for link in links.values() if link.member_id is not None])
    inside = {c["name"] for row in rows for c in row.result["contributions"] if c["kind"] == INSIDE}
    offered = {(one.enterprise, one.product) for one in offered_by_others(enterprise)}
    return [
        {
            "bought": one,
            "link": (link := links.get((one.input, one.supplier))),
            "stands": _stands(one, link, names, received),
            "lacking": _lacking(one, link, names, offered),
            "from_park": link is None and bool(one.supplier) and one.input in inside,
        }
        for one in purchased_inputs(enterprise, year)
    ]


def _stands(
    one: PurchasedInput,
    link: SupplyLink | None,
    names: Mapping[UUID, str],
    received: Mapping[tuple[UUID, str], str],
) -> str:
    if link is None:
        return gettext("the emission factor of its row") if one.factor else ""
    if link.partner is not None:
        product = received.get((link.partner.pk, link.product_id), link.product_id)
        return gettext("%(product)s by the partner %(name)s") % {
            "product": product,
            "name": link.partner.name,
        }
    return gettext("%(product)s of %(name)s, of the park") % {
        "product": link.product_id,
        "name": names.get(link.member_id, ""),
    }


def _lacking(
    one: PurchasedInput,
    link: SupplyLink | None,
    names: Mapping[UUID, str],
    offered: Collection[tuple[str, str]],
) -> str:
    """Return what stands for a purchase while the member of the park that was named does not offer it."""
    if link is None or link.member_id is None or (names.get(link.member_id), link.product_id) in offered:
        return ""
    if one.factor:
        return gettext("not offered so far: the emission factor of its row stands for it")
    return gettext("not offered so far: it counts as missing")


@login_required
@require_POST
@with_problem_told
def choices(request: HttpRequest) -> HttpResponse:
    """Keep by what emissions are shared, and what the park may use."""
    person = require(request.user, Role.APPROVAL)
    own = own_enterprise_of(person)
    choice = FootprintChoice.objects.filter(enterprise_id=own).first()
    form = ChoiceForm(request.POST, made=_made(_standing(own), choice))
    if not form.is_valid():
        return _page(request, person, form)
    given = form.cleaned_data
    choose(person, given["allocation"], given["for_park"], given["products"])
    messages.success(request, gettext("Kept; footprints are worked out anew."))
    return redirect("products")


urlpatterns = [
    path("products/", products, name="products"),
    path("products/choices/", choices, name="product-choices"),
]

"""Our products: their footprints in versions, what goes into them, and what is passed on."""

from __future__ import annotations

from collections.abc import Iterable
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

from separatrix_park.footprints.product_roll_up import MATERIALITY, bring_products_up_to_date, standing
from separatrix_park.footprints.supply_choice import (
    FACTOR,
    MEMBER,
    OFFER,
    PARTNER,
    PurchaseSource,
    choose,
    purchase_sources,
)
from separatrix_park.footprints.versions import published_by
from separatrix_park.models import FootprintChoice, Person, ProductRollUp, Role
from separatrix_park.models.people import require
from separatrix_park.scope import SPEAK_FOR_ONE
from separatrix_park.templatetags.amounts import bought
from separatrix_park.views.home import shows_problems
from separatrix_park.views.navigation import MenuEntry, year_of
from separatrix_park.views.product_version import own_enterprise_of, roll_up_data

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("products", _("Our products"), (Role.ENTRY, Role.APPROVAL), 25),)

ALLOCATIONS = (
    ("", _("not specified")),
    ("mass", _("by mass")),
    ("value", _("by value")),
    ("energy", _("by energy content")),
)


class ChoiceForm(forms.Form):
    """By what emissions are shared, and what the park may use."""

    allocation = forms.ChoiceField(
        label=_("How emissions are shared among several products"), choices=ALLOCATIONS, required=False
    )
    for_park = forms.BooleanField(
        label=_("Other enterprises of the park may use all of them"), required=False
    )
    products = forms.MultipleChoiceField(
        label=_("Or only these products"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, made: list[str], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["products"].choices = [(name, bought(name)) for name in made]


# --------------------------------------------------------------------------- the list


@login_required
@require_GET
@shows_problems
def products(request: HttpRequest) -> HttpResponse:
    """Show the footprints of all products of a year, and what goes into them."""
    person = require(request.user, *SPEAK_FOR_ONE)
    return _page(request, person, None)


def _page(request: HttpRequest, person: Person, form: ChoiceForm | None) -> HttpResponse:
    own, asked = own_enterprise_of(person), year_of(request.GET.get("year"))
    state = bring_products_up_to_date(own, asked=asked)
    rows = list(standing(own))
    years = sorted({*state.years, *(row.year for row in rows)}, reverse=True)
    year = asked if asked in years else years[0] if years else None
    shown = sorted((row for row in rows if row.year == year), key=lambda row: row.product)
    published = published_by(own)
    choice = FootprintChoice.objects.filter(enterprise_id=own).first()
    if form is None and person.role == Role.APPROVAL:
        form = ChoiceForm(initial=_initial(choice), made=_offered_products(rows, choice))
    context = {
        "years": years,
        "year": year,
        "working": state.working,
        "problem": state.problem,
        "products": [roll_up_data(row, published) for row in shown],
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


def _offered_products(rows: Iterable[ProductRollUp], choice: FootprintChoice | None) -> list[str]:
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
    return [
        {
            "bought": one.bought,
            "link": one.link,
            "stands": _stands(one),
            "lacking": _lacking(one),
            "from_park": one.kind == OFFER,
        }
        for one in purchase_sources(enterprise, year, rows)
    ]


def _stands(one: PurchaseSource) -> str:
    told = {"product": one.product, "name": one.name}
    if one.kind == PARTNER:
        return gettext("%(product)s from the partner %(name)s") % told
    if one.kind == MEMBER:
        return gettext("%(product)s from %(name)s, in the park") % told
    return gettext("the emission factor of its row") if one.kind == FACTOR else ""


def _lacking(one: PurchaseSource) -> str:
    """Return what stands for a purchase while the member of the park that was named does not offer it."""
    if one.offered:
        return ""
    if one.counts == FACTOR:
        return gettext("not offered yet: its row's emission factor is used instead")
    return gettext("not offered yet: counted as missing")


@login_required
@require_POST
@shows_problems
def choices(request: HttpRequest) -> HttpResponse:
    """Keep by what emissions are shared, and what the park may use."""
    person = require(request.user, Role.APPROVAL)
    own = own_enterprise_of(person)
    choice = FootprintChoice.objects.filter(enterprise_id=own).first()
    form = ChoiceForm(request.POST, made=_offered_products(standing(own), choice))
    if not form.is_valid():
        return _page(request, person, form)
    given = form.cleaned_data
    choose(person, given["allocation"], given["for_park"], given["products"])
    messages.success(request, gettext("Saved; footprints are being recalculated."))
    return redirect("products")


urlpatterns = [
    path("products/", products, name="products"),
    path("products/choices/", choices, name="product-choices"),
]

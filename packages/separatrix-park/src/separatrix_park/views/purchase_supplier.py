"""What stands for a purchase: a footprint that a partner sent, or a product of the park."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from separatrix.errors import InputError
from separatrix_park.footprints.supply_choice import (
    PurchasedInput,
    link_to_member,
    link_to_partner,
    member_names,
    offered_by_others,
    purchased_inputs,
    received_products,
    unlink,
)
from separatrix_park.models import Person, SupplyLink
from separatrix_park.models.people import require
from separatrix_park.scope import SPEAK_FOR_ONE
from separatrix_park.views.problem_page import problem_line
from separatrix_park.views.product_version import own_enterprise_of
from separatrix_park.views.query import year_of

__all__ = ["MENU", "urlpatterns"]

MENU = ()


class SupplierForm(forms.Form):
    """What stands for a purchase."""

    stands = forms.ChoiceField(label=_("Its footprint"), required=False)
    member = forms.CharField(
        label=_("Or another enterprise of the park"),
        max_length=200,
        required=False,
        help_text=_("Its id or full name. Its footprint is used once the enterprise offers it to the park."),
    )
    product = forms.CharField(label=_("and its name for the product"), max_length=300, required=False)


@login_required
def supplier(request: HttpRequest) -> HttpResponse:
    """Choose what stands for a purchase: a partner's footprint, or a product of the park."""
    person = require(request.user, *SPEAK_FOR_ONE)
    own, year = own_enterprise_of(person), year_of(request.GET.get("year"))
    asked = (request.GET.get("input", ""), request.GET.get("supplier", ""))
    rows = [] if year is None else purchased_inputs(own, year)
    bought = next((one for one in rows if (one.input, one.supplier) == asked), None)
    if bought is None:
        raise Http404
    link = SupplyLink.objects.filter(enterprise_id=own, input=bought.input, supplier=bought.supplier).first()
    form = SupplierForm(request.POST or None, initial={"stands": _value(link)})
    form.fields["stands"].choices = _options(own, link)
    if request.method == "POST" and form.is_valid() and _one_is_chosen(form, link):
        try:
            _keep_supplier(person, bought, link, form.cleaned_data)
        except InputError as problem:
            field = "member" if form.cleaned_data["member"] else "stands"
            form.add_error(field, problem_line(problem))
        else:
            messages.success(request, gettext("Saved; footprints are being recalculated."))
            return redirect("products")
    context = {"form": form, "bought": bought, "year": year}
    return render(request, "park/footprints/supplier.html", context, status=422 if form.errors else 200)


def _value(link: SupplyLink | None) -> str:
    if link is None:
        return ""
    if link.partner_id is not None:
        return json.dumps(["partner", str(link.partner_id), link.product_id])
    return json.dumps(["member", str(link.member_id), link.product_id])


def _options(own: UUID, link: SupplyLink | None) -> list[Any]:
    received = [
        (json.dumps(["partner", str(partner), product_id]), f"{name}: {product} ({product_id})")
        for partner, name, product_id, product in received_products(own)
    ]
    inside = [
        (json.dumps(["offered", one.key, one.product]), f"{one.enterprise}: {one.product}")
        for one in offered_by_others(own)
    ]
    found: list[Any] = [("", gettext("its row's own emission factor"))]
    if link is not None and _value(link) not in dict(received):
        # Of a partner's products the newest alone are listed; what was chosen before stays a choice.
        name = link.partner.name if link.partner else member_names([link.member_id]).get(link.member_id, "")
        found.append((_value(link), f"{name}: {link.product_id}"))
    if received:
        found.append((gettext("Received from partners"), received))
    if inside:
        found.append((gettext("Offered in the park"), inside))
    return found


def _one_is_chosen(form: SupplierForm, link: SupplyLink | None) -> bool:
    """Report at its field two choices at once, or a product without an owner."""
    given = form.cleaned_data
    if given["member"] and given["stands"] not in ("", _value(link)):
        form.add_error("member", gettext("Choose one: from the list, or an enterprise entered here."))
    elif given["product"] and not given["member"]:
        form.add_error("member", gettext("Enter the enterprise that makes this product."))
    return not form.errors


def _keep_supplier(
    person: Person, bought: PurchasedInput, link: SupplyLink | None, given: Mapping[str, Any]
) -> None:
    if given["member"]:
        link_to_member(person, bought, given["member"], given["product"])
        return
    if not given["stands"]:
        if link is not None:
            unlink(person, link)
        return
    kind, who, product = json.loads(given["stands"])
    if kind == "partner":
        link_to_partner(person, bought, UUID(who), product)
    elif kind == "offered":
        link_to_member(person, bought, who, product)


urlpatterns = [path("products/supplier/", supplier, name="product-supplier")]

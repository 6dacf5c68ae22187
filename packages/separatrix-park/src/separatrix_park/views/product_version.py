"""The footprint of one product in its versions: inputs, changes, and proposal.

What stands for a purchase: a footprint that a partner sent, or a product of the park.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from separatrix.errors import InputError
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_park.footprints.product_roll_up import GONE, INSIDE, MATERIALITY, REFUSED, cause_of, sign_of
from separatrix_park.footprints.supply_choice import (
    PurchasedInput,
    link_to_member,
    link_to_partner,
    member_names,
    offered_by_others,
    purchased_inputs,
    received_products,
    supplier_names,
    unlink,
)
from separatrix_park.footprints.versions import (
    FootprintProposalForm,
    Published,
    change_of,
    passed_on,
    propose_version,
    published_by,
    waiting_proposal,
    why_not_now,
)
from separatrix_park.models.footprints import ProductRollUp, SupplyLink
from separatrix_park.models.people import Person, require
from separatrix_park.scope import SPEAK_FOR_ONE, library_language
from separatrix_park.templatetags.amounts import bought, source_called
from separatrix_park.views.footprints import UNITS
from separatrix_park.views.home import problem_line, shows_problems
from separatrix_park.views.navigation import year_of

MENU = ()

__all__ = ["MENU", "own_enterprise_of", "roll_up_data", "urlpatterns"]

OUTDATED = {
    "partner": _("{who} reported another footprint for an input"),
    "member": _("the footprint of products supplied by {who} has changed"),
    "links": _("the footprint used for a purchase has changed"),
    "choice": _("the allocation of emissions or the products offered have changed"),
    "data": _("reports used for it have changed"),
    REFUSED: _("it cannot be calculated from the data approved now"),
    GONE: _("no report includes its production any more"),
}
KINDS = {
    "direct": _("own site"),
    "bought energy": _("bought energy"),
    "purchase": _("purchase"),
    "transport": _("transport to this site, from the supplier's record"),
    INSIDE: _("from the park"),
    "exempted": _("left out"),
}
DOUBTS = {
    "replaced": _(
        "{partner} has replaced its footprint of {product}, and no newer one has been received yet"
    ),
    "other year": _("the footprint of {product} by {partner} is not valid for this year"),
}
SEEN = 1e-4
"""What changed by less than this share of the footprint cannot be seen in the digits that are shown."""


def own_enterprise_of(person: Person) -> UUID:
    """Return a person's enterprise."""
    if person.enterprise_id is None:
        raise Http404
    return person.enterprise_id


def roll_up_data(row: ProductRollUp, published: Published) -> dict[str, Any]:
    """Return a roll-up as shown on pages, with the published footprint of the product for the same year."""
    passed = passed_on(row, published)
    change = change_of(row, passed)
    return {
        "row": row,
        "carbon": row.result["carbon"],
        "sign": sign_of(row.result),
        "unit": UNITS.get(row.result["unit"], row.result["unit"]),
        "outdated": _outdated_reason(row),
        "published": passed,
        "change": change,
        "pressing": abs(change or 0.0) > MATERIALITY,
    }


def _outdated_reason(row: ProductRollUp) -> str:
    if row.outdated is None:
        return ""
    what, who = cause_of(row)
    return str(OUTDATED[what]).format(who=who)


# --------------------------------------------------------------------------- one version


@login_required
@require_GET
@shows_problems
def product(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version of the footprint of a product, and what has changed in it."""
    person = require(request.user, *SPEAK_FOR_ONE)
    row = get_object_or_404(ProductRollUp, pk=number, enterprise_id=own_enterprise_of(person))
    return _version(request, row, FootprintProposalForm(initial=_exempted_field(row), of=row))


def _exempted_field(row: ProductRollUp) -> dict[str, Any]:
    exempted = row.result["exempted"]
    return {} if exempted is None or not row.whole else {"exempted": f"{exempted:.4g}"}


def _version(request: HttpRequest, row: ProductRollUp, form: FootprintProposalForm) -> HttpResponse:
    versions = list(
        ProductRollUp.objects.filter(
            enterprise_id=row.enterprise_id, product_id=row.product_id, year=row.year
        ).order_by("-version")
    )
    former = next((one for one in versions if one.version == row.version - 1), None)
    if former is not None and None in (former.result["carbon"], row.result["carbon"]):
        former = None  # without a footprint nothing adds to it, and none of that is gone
    circle = row.result["circle"]
    names = supplier_names(row)
    context = {
        **roll_up_data(row, published_by(row.enterprise_id)),
        "materiality": MATERIALITY,
        "versions": [roll_up_data(one, {}) for one in versions],
        "newest": versions[0].pk == row.pk,
        "contributions": [
            {
                **c,
                **_contribution_names(c["kind"], c["name"]),
                "supplier": names.get(c["supplier"], c["supplier"]),
                "source": gettext("the supplier's record") if c["record"] else c["source"],
            }
            for c in sorted(row.result["contributions"], key=lambda c: -c["carbon"])
        ],
        "inputs": [
            {
                "row": one,
                "unit": UNITS.get(one.unit, one.unit),
                "supplier": names.get(one.supplier, one.supplier),
            }
            for one in row.inputs.order_by("-carbon")
        ],
        "changes": [] if former is None else _changes(former, row, names),
        "former": former,
        "missing": row.result["missing"][library_language()],
        "refused": (row.result["refused"] or {}).get(library_language(), ""),
        "doubts": [
            str(DOUBTS[d["doubt"]]).format(partner=d["partner"], product=d["product_id"])
            for d in row.result["doubts"]
        ],
        "circle": None if circle is None else _circle(circle, names),
        "quality": row.result["quality"],
        "rated": row.result["rated"],
        "waiting": waiting_proposal(row),
        "form": form,
    }
    return render(request, "park/footprints/product.html", context, status=422 if form.errors else 200)


def _contribution_names(kind: str, name: str) -> dict[str, str]:
    """Return what a contribution and its kind are called."""
    told = bought(name)
    if kind in ("direct", "bought energy"):
        told = source_called(carrier_named(name)[0] or "", name)
    return {"kind": str(KINDS.get(kind, kind)), "name": told}


def _circle(circle: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "own": circle["own"],
        "suppliers": [(names.get(key, key), product) for key, product in circle["suppliers"]],
        "others": circle["others"],
    }


def _changes(former: ProductRollUp, row: ProductRollUp, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what adds more or less than in the version before, what changed most first."""
    sums: list[dict[tuple[str, str, str], float]] = []
    for one in (former, row):
        told: dict[tuple[str, str, str], float] = {}
        for c in one.result["contributions"]:
            key = (c["kind"], c["name"], c["supplier"])
            told[key] = told.get(key, 0.0) + c["carbon"]
        sums.append(told)
    before, after = sums
    found: list[dict[str, Any]] = [
        {
            **_contribution_names(*key[:2]),
            "supplier": names.get(key[2], key[2]),
            "before": before.get(key),
            "after": after.get(key),
            "by": abs(after.get(key, 0.0) - before.get(key, 0.0)),
        }
        for key in dict.fromkeys([*after, *before])
    ]
    least = SEEN * max(sum(map(abs, told.values())) for told in sums)
    changed: list[dict[str, Any]] = [one for one in found if one["by"] > least]
    return sorted(changed, key=lambda one: -float(one["by"]))


@login_required
@require_POST
@shows_problems
def propose_product(request: HttpRequest, number: int) -> HttpResponse:
    """Propose a footprint for publication."""
    person = require(request.user, *SPEAK_FOR_ONE)
    row = get_object_or_404(ProductRollUp, pk=number, enterprise_id=own_enterprise_of(person))
    if waiting_proposal(row) is not None:  # sent twice, or from another window: the page shows the proposal
        return redirect("product", row.pk)
    form = FootprintProposalForm(request.POST, of=row)
    if why := why_not_now(row):
        form.add_error(None, why)
    if not form.is_valid():
        return _version(request, row, form)
    try:
        propose_version(row, form, person)
    except InputError as problem:
        form.add_error(None, problem_line(problem))
        return _version(request, row, form)
    messages.success(request, gettext("Proposed: a second person decides whether to publish it."))
    return redirect("product", row.pk)


urlpatterns = [
    path("products/<int:number>/", product, name="product"),
    path("products/<int:number>/propose/", propose_product, name="product-propose"),
]


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


urlpatterns += [path("products/supplier/", supplier, name="product-supplier")]

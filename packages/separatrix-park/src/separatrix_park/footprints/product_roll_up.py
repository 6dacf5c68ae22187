"""The footprints of an enterprise's products, stored in versions: when they become outdated, and
recalculation.

A footprint calculated from approved reports and suppliers' footprints is valid until one of these changes.
Then it is marked with the reason, together with all footprints in the park that use it, and a job
recalculates it. Approvals need not notify this module: it compares the inputs of a version with the current
ones, as for accounts.

The footprint of a product as plain data, as a roll-up keeps it: in numbers, and in words of each language.

From other enterprises of the park it contains only the footprints that they offer for use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django_tasks import task

from separatrix.errors import InputError
from separatrix.languages import LANGUAGES, language_of
from separatrix_cluster.footprints.footprint import ProductFootprint
from separatrix_cluster.footprints.results import Contribution, CradleToGate, ProductCarbon
from separatrix_cluster.footprints.unit_process import RATINGS
from separatrix_park.answers.approved_data import approved
from separatrix_park.answers.enterprise_accounts import bring_one_up_to_date
from separatrix_park.answers.jobs import QUICK
from separatrix_park.footprints.supply_chain import (
    ReceivedRecord,
    SupplyData,
    footprints_of,
    gather,
    years_of,
)
from separatrix_park.models.footprints import Partner, ProductRollUp, RollUpInput, SupplyLink
from separatrix_park.models.people import Enterprise, OfficeTable
from separatrix_park.models.reports import Report
from separatrix_park.scope import whole_park

__all__ = [
    "CARE_EVERY",
    "GONE",
    "INSIDE",
    "MATERIALITY",
    "REFUSED",
    "RollUpState",
    "bring_products_up_to_date",
    "cause_of",
    "compare_all",
    "inputs_of",
    "look_after_products",
    "mark_outdated",
    "mark_own",
    "newest",
    "record_from",
    "roll_up_result",
    "same_figures",
    "sign_of",
    "standing",
    "work_out_outdated",
    "work_out_products",
]

INSIDE = "product of the cluster"
"""The kind of a contribution that another member of the park made."""

_SAME = 1e-9
"""Relative tolerance within which two calculated numbers are the same."""


def roll_up_result(gathered: SupplyData, found: CradleToGate, product: ProductCarbon) -> dict[str, Any]:
    """Return what is kept of the footprint of a product.

    Parameters
    ----------
    gathered : SupplyData
        The inputs of the calculation.
    found : CradleToGate
        The footprints of the whole supply chain.
    product : ProductCarbon
        One of the enterprise's own products.
    """
    known = not math.isnan(product.carbon)
    footprint, refused = _footprint(found, product)
    return {
        "unit": product.unit,
        "made": product.made,
        "carbon": product.carbon if known else None,
        "fossil": product.fossil if known else None,
        "primary": product.primary_share if known else None,
        "exempted": product.exempted_share if known else None,
        "rated": product.rated,
        "quality": None if product.quality is None else list(product.quality),
        "share": None if math.isnan(product.share) else product.share,
        "allocation": (found.allocation or {}).get(product.enterprise, "")
        if not isinstance(found.allocation, str)
        else found.allocation,
        "at_least": bool(product.missing) and not product.either,
        "contributions": [_contribution(c) for c in product.contributions],
        "missing": {code: [language_of(code).tell(what) for what in product.missing] for code in LANGUAGES},
        "circle": _circle(gathered, product),
        "doubts": _doubts(gathered, product),
        "footprint": footprint,
        "refused": refused,
    }


def sign_of(result: Mapping[str, Any]) -> str:
    """Return the sign before a figure that is not whole: ≥ where it can only be more, ~ where also less."""
    if not result["missing"]["en"]:
        return ""
    return "≥" if result["at_least"] else "~"


def _contribution(told: Contribution) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "name": told.name,
        "supplier": told.supplier,
        "carbon": told.carbon,
        "primary": told.primary,
        "source": told.source,
        "amount": None if math.isnan(told.amount) else told.amount,
        "unit": told.unit,
        "record": told.record,
    }


def _circle(gathered: SupplyData, product: ProductCarbon) -> dict[str, Any] | None:
    """Return the circle in which a product has no footprint: one's own products, those that one buys, others.

    The suppliers of other enterprises in the park are confidential.
    """
    if not product.circle:
        return None
    own = [name for key, name in product.circle if key == gathered.key]
    suppliers = [
        [key, name]
        for key, name in product.circle
        if (key, name) in product.suppliers and key != gathered.key
    ]
    return {"own": own, "suppliers": suppliers, "others": len(product.circle) - len(own) - len(suppliers)}


def _doubts(gathered: SupplyData, product: ProductCarbon) -> list[dict[str, str]]:
    """Return the records that went in and are replaced, or of another period."""
    used = {c.record for c in product.contributions if c.record}
    return [
        {"doubt": told.doubt, "partner": told.partner_name, "product_id": told.product_id}
        for told in gathered.records.values()
        if told.doubt and str(told.pf_id) in used
    ]


def _footprint(
    found: CradleToGate, product: ProductCarbon
) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """Return what a record of it holds, or why there is none."""
    exempted = product.exempted_share
    try:
        made = found.record(product, exempted=100.0 if exempted is None else exempted)
    except InputError as problem:
        return None, {code: language_of(code).tell(problem.message) for code in LANGUAGES}
    # What is missing may tell of others in the park: whoever publishes says it in their own words.
    more = {name: value for name, value in made.more.items() if name != "exemptedEmissionsDescription"}
    told = asdict(replace(made, more={}, about={}))
    return {**told, "more": more, "about": {}}, None


def record_from(
    kept: Mapping[str, Any],
    *,
    standards: tuple[str, ...],
    exempted: float,
    left_out: str = "",
    quality: tuple[float, float, float] | None = None,
) -> ProductFootprint:
    """Return the record of a kept footprint, with what people say of it.

    Parameters
    ----------
    kept : mapping
        From `roll_up_result`, for a product with a footprint.
    standards : tuple of str
        Standards followed.
    exempted : float
        Percentage of the emissions that is excluded.
    left_out : str
        Description of the exclusion.
    quality : tuple of float, optional
        Ratings of the data not rated in suppliers' records: technology, geography, time.
    """
    told = dict(kept["footprint"])
    more = dict(told.pop("more"))
    if left_out:
        more["exemptedEmissionsDescription"] = left_out
    rated, by_suppliers = float(kept["rated"]), kept["quality"]
    ratings = quality
    if by_suppliers is not None and (quality is not None or rated >= 1 - _SAME):
        own = quality or tuple(by_suppliers)
        ratings = tuple(rated * s + (1 - rated) * o for s, o in zip(by_suppliers, own, strict=True))
    if ratings is not None:
        more["dqi"] = {name: f"{value:.4g}" for name, value in zip(RATINGS, ratings, strict=True)}
    lists = {name: tuple(told[name]) for name in ("gwp", "standards")}
    made = ProductFootprint(**{**told, **lists, "more": more})
    return replace(made, standards=standards, exempted=exempted, identifier="", created="")


def inputs_of(gathered: SupplyData, product: ProductCarbon) -> list[dict[str, Any]]:
    """Return what went into a product, with the versions of its footprints, ready to be kept."""
    ids = {member.key: member.id for member in gathered.data.members}
    by_record = {str(told.pf_id): told for told in gathered.records.values()}
    found = []
    for told in product.contributions:
        if math.isnan(told.amount) or not told.unit:
            continue
        of: dict[str, Any] = {
            "product": told.name[:300],
            "amount": told.amount,
            "unit": told.unit,
            "carbon": told.carbon / told.amount if told.amount else 0.0,
            "primary_share": 100 * told.primary / told.carbon if told.carbon > 0 else None,
        }
        if told.kind == INSIDE:
            of |= {"supplier": told.supplier, "product_id": told.name[:300]}
            of["created"] = gathered.data.version_of(ids[told.supplier])[:16]
        elif told.record in by_record:
            of |= _received(by_record[told.record])
        else:
            continue
        found.append(of)
    return found


def _received(told: ReceivedRecord) -> dict[str, Any]:
    return {
        "partner_id": told.partner,
        "pf_id": told.pf_id,
        "supplier": told.partner_name[:200],
        "product_id": told.product_id,
        "created": told.created[:40],
    }


def same_figures(one: Any, other: Any) -> bool:
    """Whether two stored results are equal, apart from rounding errors.

    Examples
    --------
    >>> same_figures({"carbon": [1.0, "kg"]}, {"carbon": [1.0 + 1e-15, "kg"]})
    True
    >>> same_figures({"carbon": 1.0}, {"carbon": 1.001})
    False
    """
    if isinstance(one, float) or isinstance(other, float):
        if not (isinstance(one, (int, float)) and isinstance(other, (int, float))):
            return False
        return math.isclose(one, other, rel_tol=_SAME, abs_tol=0.0)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_figures(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_figures, one, other))
    return bool(one == other)


WHY = "product footprints are calculated from approved reports and suppliers' footprints, and kept"

AT_ONCE = 8
"""Maximum number of enterprises calculated while a page waits; a job calculates longer chains."""

GONE, REFUSED = "gone", "refused"
"""Changes: a product is no longer made, or cannot be calculated from the approved data."""

SETTLED = (GONE, REFUSED)
"""What is outdated for these reasons stays so until other reports are approved."""

LEFT_BEHIND = timedelta(seconds=30)
"""What was marked so long ago has no job that will come yet."""

CARE_EVERY = 20.0
"""Seconds between two checks for marked footprints without a job, and for new approvals."""

MATERIALITY = 0.001
"""A relative change below this threshold is shown but requires no new published version."""


@dataclass(frozen=True)
class RollUpState:
    """How far the footprints of an enterprise's products are.

    Attributes
    ----------
    years : tuple of int
        Years with products, the latest first.
    working : bool
        Whether a job calculates them.
    problem : InputError or None
        Reason why there are none.
    """

    years: tuple[int, ...]
    working: bool
    problem: InputError | None = None


def newest(enterprise: UUID | None = None) -> QuerySet[ProductRollUp]:
    """Return the last version of each roll-up, of one enterprise or of all in the scope."""
    rows = ProductRollUp.objects.all()
    return _last_of(rows if enterprise is None else rows.filter(enterprise_id=enterprise))


def standing(enterprise: UUID) -> QuerySet[ProductRollUp]:
    """Return the newest roll-up of each product that is still made."""
    return newest(enterprise).exclude(why_outdated=_cause(GONE))


def _last_of(rows: QuerySet[ProductRollUp]) -> QuerySet[ProductRollUp]:
    ordered = rows.order_by("version").values_list("enterprise_id", "product_id", "year", "pk")
    last = {row[:3]: row[3] for row in ordered}
    found: QuerySet[ProductRollUp] = ProductRollUp.objects.filter(pk__in=list(last.values()))
    return found


# --------------------------------------------------------------------------- marked


def mark_outdated(enterprise_id: UUID, partner_id: UUID, product_ids: Iterable[str]) -> int:
    """Mark footprints that use a partner's products after a footprint was received, replaced or withdrawn.

    A job recalculates them.

    Parameters
    ----------
    enterprise_id : UUID
        Whose partner it is.
    partner_id : UUID
    product_ids : iterable of str
        As its records name the products.

    Returns
    -------
    int
        How many roll-ups are marked that were not before, those of others in the park among them.
    """
    named = list(product_ids)
    with whole_park(WHY), transaction.atomic():
        mine = newest(enterprise_id)
        linked = SupplyLink.objects.filter(
            enterprise_id=enterprise_id, partner_id=partner_id, product_id__in=named
        )
        # A product that nothing was received of so far stands for a purchase all the same.
        if not linked.exists():
            used = RollUpInput.objects.filter(partner_id=partner_id, product_id__in=named)
            mine = mine.filter(pk__in=used.values("roll_up_id"))
        partner = Partner.objects.filter(pk=partner_id).values_list("name", flat=True).first()
        return _mark(mine, "partner", partner or "")


def mark_own(enterprise_id: UUID, what: str) -> int:
    """Mark the products of an enterprise after it changed its own settings: ``links`` or ``choice``."""
    with whole_park(WHY), transaction.atomic():
        return _mark(newest(enterprise_id), what, "")


def _mark(chosen: QuerySet[ProductRollUp], what: str, who: str) -> int:
    """Mark roll-ups, and all in the park that use them, for recalculation by jobs."""
    open_ones = list(dict.fromkeys(chosen.values_list("enterprise_id", flat=True)))
    marked, seen = _outdate(chosen, what, who), set(open_ones)
    while open_ones:
        maker = Enterprise.objects.get(pk=open_ones.pop())
        users = _users(maker.key)
        more = set(users.values_list("enterprise_id", flat=True)) - seen
        marked += _outdate(users, "member", maker.name)
        seen |= more
        open_ones += more
    for enterprise in seen if marked else ():
        work_out_products.enqueue(str(enterprise))
    return marked


def _users(key: str) -> QuerySet[ProductRollUp]:
    """Return the newest roll-ups into which products of a member of the park went."""
    used = RollUpInput.objects.filter(partner=None, supplier=key)
    buyers = ProductRollUp.objects.filter(pk__in=used.values("roll_up_id")).values("enterprise_id")
    last = _last_of(ProductRollUp.objects.filter(enterprise_id__in=buyers))
    return last.filter(pk__in=used.values("roll_up_id"))


def _outdate(chosen: QuerySet[ProductRollUp], what: str, who: str = "") -> int:
    """Mark those that are not marked yet."""
    fresh = ProductRollUp.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)), outdated=None)
    return int(fresh.update(outdated=timezone.now(), why_outdated=_cause(what, who)))


def _cause(what: str, who: str = "") -> str:
    return json.dumps([what, who], ensure_ascii=False)


def cause_of(row: ProductRollUp) -> tuple[str, str]:
    """Return the word for what has changed since a roll-up was made, and who changed it; else empty ones."""
    what, who = json.loads(row.why_outdated) if row.why_outdated else ("", "")
    return what, who


# --------------------------------------------------------------------------- worked out


def bring_products_up_to_date(
    enterprise: UUID, most: int | None = AT_ONCE, *, asked: int | None = None
) -> RollUpState:
    """Work out the footprints of an enterprise's products that are out of date.

    The years are the last one with a products report, the requested one, and all years calculated before.

    Parameters
    ----------
    enterprise : UUID
    most : int, optional
        Maximum number of enterprises calculated at once; longer chains are left to a job.
    asked : int, optional
        A further year.
    """
    bring_one_up_to_date(enterprise)  # who is linked to it by energy is kept with its accounts
    working, problem = False, None
    with whole_park(WHY):
        years = years_of(enterprise)
        rows = list(newest(enterprise))
        wanted = {row.year for row in rows} | {asked, *years[:1]}
        for year in [y for y in years if y in wanted]:
            gathered = gather(enterprise, year)
            kept = [row for row in rows if row.year == year]
            if any(row.basis == gathered.basis and row.outdated is None for row in kept):
                continue
            if most is not None and len(gathered.chain) > most:
                with transaction.atomic():
                    _outdate(newest(enterprise).filter(year=year), "data", "")
                    work_out_products.enqueue(str(enterprise), year)
                working = True
                continue
            try:
                _rework(gathered)
            except InputError as refused:
                problem = refused
                stands = ProductRollUp.objects.filter(pk__in=[row.pk for row in kept])
                stands.update(outdated=timezone.now(), why_outdated=_cause(REFUSED))
    return RollUpState(tuple(years), working, problem)


def _rework(gathered: SupplyData) -> None:
    """Work out and keep the footprints of one enterprise's products."""
    found = footprints_of(gathered)
    own = [product for product in found.products if product.enterprise == gathered.key]
    changed = False
    with transaction.atomic():
        # What is kept last wins; where that rests on former data, the next look finds it out of date.
        list(Enterprise.objects.select_for_update(no_key=True).filter(pk=gathered.enterprise))
        former = {row.product_id: row for row in newest(gathered.enterprise).filter(year=gathered.year)}
        for product in own:
            told = former.pop(product.product_id, None)
            kept = json.loads(json.dumps(roll_up_result(gathered, found, product)))
            inputs = inputs_of(gathered, product)
            if told is not None and same_figures(told.result, kept) and _same_inputs(told, inputs):
                ProductRollUp.objects.filter(pk=told.pk).update(
                    basis=gathered.basis, outdated=None, why_outdated=""
                )
                continue
            changed |= told is not None
            _keep(gathered, product.product_id, product.product, told, kept, inputs)
        # What is made no more has no newer version.
        _outdate(ProductRollUp.objects.filter(pk__in=[row.pk for row in former.values()]), GONE)
        if changed:
            _mark_users(gathered)


def _keep(
    gathered: SupplyData,
    product_id: str,
    product: str,
    former: ProductRollUp | None,
    kept: Mapping[str, Any],
    inputs: Iterable[Mapping[str, Any]],
) -> None:
    made = ProductRollUp.objects.create(
        enterprise_id=gathered.enterprise,
        year=gathered.year,
        product_id=product_id,
        product=product[:300],
        version=1 if former is None else former.version + 1,
        basis=gathered.basis,
        whole=not kept["missing"]["en"],
        result=dict(kept),
    )
    RollUpInput.objects.bulk_create(
        RollUpInput(enterprise_id=gathered.enterprise, roll_up=made, **one) for one in inputs
    )


def _same_inputs(former: ProductRollUp, inputs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the same records went in; that a member's are the same figures is seen by the result."""
    rows = former.inputs.values_list("pf_id", "supplier", "product_id")
    return sorted(map(str, rows)) == sorted(
        str((one.get("pf_id"), one["supplier"], one["product_id"])) for one in inputs
    )


def _mark_users(gathered: SupplyData) -> None:
    """Mark footprints that use the enterprise's products, for recalculation."""
    maker = Enterprise.objects.get(pk=gathered.enterprise)
    users = _users(maker.key).exclude(enterprise_id=gathered.enterprise)
    enterprises = set(users.values_list("enterprise_id", flat=True))
    if _outdate(users, "member", maker.name):
        for enterprise in enterprises:
            work_out_products.enqueue(str(enterprise))


# --------------------------------------------------------------------------- by jobs


@task(queue_name=QUICK)
def work_out_products(enterprise: str, asked: int | None = None) -> None:
    """Recalculate the outdated products of an enterprise, whatever the length of its supply chain."""
    with whole_park(WHY):
        there = Enterprise.objects.filter(pk=enterprise).exists()
    if there:
        bring_products_up_to_date(UUID(enterprise), None, asked=asked)


def work_out_outdated() -> int:
    """Queue the marked footprints left by a process that ended; return their number."""
    with whole_park(WHY):
        # What has just been marked has a job.
        since = timezone.now() - LEFT_BEHIND
        late = newest().filter(outdated__lt=since).exclude(why_outdated__in=map(_cause, SETTLED))
        enterprises = sorted(set(late.values_list("enterprise_id", flat=True)))
    for enterprise in enterprises:
        bring_products_up_to_date(enterprise, None)
    return len(enterprises)


@task(queue_name=QUICK)
def compare_all() -> None:
    """Compare the inputs of all roll-ups with the current ones, and recalculate those that changed."""
    with whole_park(WHY):
        enterprises = sorted(set(newest().values_list("enterprise_id", flat=True)))
    for enterprise in enterprises:
        bring_products_up_to_date(enterprise, None)


class ApprovalWatch:
    """Sees which enterprises' approved reports are other ones than when it last looked."""

    def __init__(self) -> None:
        self._stamp: object = None
        self._own: dict[UUID, str] = {}
        self._shared: object = None

    def changed(self) -> frozenset[UUID]:
        """Return them; all of them at the first check, and after the office changed data that all of them
        use."""
        told = Report.objects.filter(state=Report.State.APPROVED)
        tables = OfficeTable.objects.aggregate(last=Max("pk"))
        stamp = told.aggregate(last=Max("judged"), newest=Max("pk"), count=Count("pk")), tables
        if stamp == self._stamp:
            return frozenset()
        data = approved()
        own = {member.id: data.version_of(member.id) for member in data.members}
        shared = data.shared, data.description
        before = self._own if shared == self._shared else {}
        self._stamp, self._own, self._shared = stamp, own, shared
        return frozenset(e for e in own.keys() | before.keys() if own.get(e, "") != before.get(e, ""))


_watch = ApprovalWatch()


def look_after_products() -> int:
    """Recalculate unfinished footprints, and those whose reports were approved or deleted since.

    Returns
    -------
    int
        The products of how many enterprises were looked at.
    """
    with whole_park(WHY):
        changed = _watch.changed()
        makers = set(newest().values_list("enterprise_id", flat=True)) if changed else set()
        late, open_ones = makers & changed, list(changed)
        while open_ones:
            key = Enterprise.objects.filter(pk=open_ones.pop()).values_list("key", flat=True).first()
            users = set() if key is None else set(_users(key).values_list("enterprise_id", flat=True))
            open_ones += users - late
            late |= users
    for enterprise in sorted(late):
        bring_products_up_to_date(enterprise, None)
    return len(late) + work_out_outdated()

"""The footprints of an enterprise's products, stored in versions: when they become outdated, and
recalculation.

A footprint calculated from approved reports and suppliers' footprints is valid until one of these changes.
Then it is marked with the reason, together with all footprints in the park that use it, and a job
recalculates it. Approvals need not notify this module: it compares the inputs of a version with the current
ones, as for accounts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django_tasks import task

from separatrix.errors import InputError
from separatrix_park.answers.accounts import bring_one_up_to_date
from separatrix_park.answers.approved_data import approved
from separatrix_park.answers.jobs import QUICK
from separatrix_park.footprints.roll_up_result import inputs_of, roll_up_result, same_figures
from separatrix_park.footprints.supply_chain import SupplyData, footprints_of, gather, years_of
from separatrix_park.models import (
    Enterprise,
    OfficeTable,
    Partner,
    ProductRollUp,
    Report,
    RollUpInput,
    SupplyLink,
)
from separatrix_park.scope import whole_park

__all__ = [
    "CARE_EVERY",
    "GONE",
    "MATERIALITY",
    "REFUSED",
    "RollUpState",
    "bring_products_up_to_date",
    "cause_of",
    "compare_all",
    "look_after_products",
    "mark_outdated",
    "mark_own",
    "newest",
    "standing",
    "work_out_outdated",
    "work_out_products",
]

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

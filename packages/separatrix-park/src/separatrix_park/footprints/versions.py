"""Footprints of an enterprise's products on their way to partners: proposed, published, corrected, withdrawn.

One person proposes a footprint, another with the role approval publishes it. A published footprint never
changes: a correction is a new version that deprecates the previous one, and all who have that are notified.

Declarations for a calculated footprint that is proposed for publication.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.footprints.footprint import ProductFootprint, period_of
from separatrix_cluster.footprints.pact import SPEC_VERSION, require_record
from separatrix_park.footprints.outbox import enqueue
from separatrix_park.footprints.pages import subject_of
from separatrix_park.footprints.partner_client import PUBLISHED
from separatrix_park.footprints.product_roll_up import newest, record_from
from separatrix_park.models.footprints import (
    FootprintDelivery,
    FootprintGrant,
    Partner,
    ProductRollUp,
    PublishedFootprint,
)
from separatrix_park.models.people import Enterprise, Person, require_for
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import SPEAK_FOR_ONE, Role

__all__ = [
    "FootprintProposalForm",
    "LARGEST_RECORD",
    "Published",
    "STANDARDS",
    "change_of",
    "discard",
    "end_grant",
    "former_of",
    "grant",
    "passed_on",
    "period_in",
    "propose",
    "propose_version",
    "publish",
    "published_by",
    "require_reason",
    "show_to_all",
    "waiting_proposal",
    "why_not_now",
    "withdraw",
]

LARGEST_RECORD = 1_000_000
"""Maximum size of an imported record in bytes."""

NAMED_BEFORE = 100
"""Former versions that a record names."""


def propose(
    enterprise: Enterprise,
    record: ProductFootprint | Mapping[str, Any],
    roll_up: ProductRollUp | None,
    by: Person,
    *,
    why: str = "",
) -> PublishedFootprint:
    """Propose a footprint for publication, in the scope of the person who proposes it.

    Where the product has a published footprint, it is proposed as a newer version of that, to be seen by the
    same partners.

    Parameters
    ----------
    enterprise : Enterprise
        That of the person.
    record : ProductFootprint or mapping
        A record of PACT's data model 3; it gets an id and a date of its own.
    roll_up : ProductRollUp or None
        What it was taken from.
    by : Person
    why : str
        What is corrected, for those who decide.

    Raises
    ------
    InputError
        K220 where the data model refuses the record; W305 where it is that of a partner.
    PermissionDenied
        Where the person is of another enterprise.
    """
    require_for(enterprise.pk, by, *SPEAK_FOR_ONE)
    pk = uuid.uuid4()
    told = _record_of(record, pk)
    _require_not_a_partners(enterprise, told)
    product_id = str(told["productIds"][0])
    with transaction.atomic():
        former = _previous_version(enterprise, told)
        made = PublishedFootprint.objects.create(
            pk=pk,
            enterprise=enterprise,
            product_id=product_id,
            product=str(told["productNameCompany"])[:300],
            record=told,
            replaces=None if former is None else former.pk,
            roll_up=roll_up,
            for_all=former is not None and former.for_all,
            why=why,
            proposer=by,
        )
        if former is not None:
            FootprintGrant.objects.bulk_create(
                FootprintGrant(enterprise=enterprise, partner_id=partner, footprint=made)
                for partner in FootprintGrant.objects.filter(footprint=former).values_list(
                    "partner_id", flat=True
                )
            )
        LogEntry.append(str(by.pk), "footprint proposed", subject_of(made))
    return made


def _require_not_a_partners(enterprise: Enterprise, record: Mapping[str, Any]) -> None:
    """Refuse a record in a partner's name: passed on as one's own, its maker would be taken for oneself."""
    named = {str(one).casefold() for one in record["companyIds"]} - {enterprise.pk.urn}
    partners = Partner.objects.filter(enterprise=enterprise).exclude(state__in=("rejected", "removed"))
    for name, ids in partners.order_by("name").values_list("name", "company_ids"):
        if named & {str(one).casefold() for one in ids}:
            raise InputError(
                "W305",
                say("the record is in the name of the partner {partner}", partner=name),
                hint=say("what a partner sent is chosen under What you buy; here stands what you make"),
            )


def _record_of(record: ProductFootprint | Mapping[str, Any], pk: uuid.UUID) -> dict[str, Any]:
    if isinstance(record, ProductFootprint):
        about = {k: v for k, v in record.about.items() if k != "precedingPfIds"}
        return replace(record, status="Active", about=about).to_record(identifier=str(pk))
    told = {name: value for name, value in record.items() if name != "precedingPfIds"}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told |= {"id": str(pk), "specVersion": SPEC_VERSION, "created": now, "status": "Active"}
    require_record(told, 3)
    return told


def _previous_version(enterprise: Enterprise, record: Mapping[str, Any]) -> PublishedFootprint | None:
    """Return the published version that a record comes after: one of its period, or else the newest."""
    known = PublishedFootprint.objects.filter(
        enterprise=enterprise, product_id=str(record["productIds"][0]), state="published"
    )
    newest: list[PublishedFootprint] = list(known.order_by("-published"))
    same = (one for one in newest if period_in(one.record) == period_in(record))
    return next(same, newest[0] if newest else None)


def former_of(footprint: PublishedFootprint) -> PublishedFootprint | None:
    """Return the version before one."""
    if footprint.replaces is None:
        return None
    found: PublishedFootprint | None = PublishedFootprint.objects.filter(
        pk=footprint.replaces, enterprise_id=footprint.enterprise_id
    ).first()
    return found


def publish(footprint: PublishedFootprint, by: Person) -> PublishedFootprint:
    """Publish a footprint that another person proposed, and notify all who have an older version.

    Raises
    ------
    PermissionDenied
        Where the person does not approve for the enterprise.
    InputError
        W300 where they proposed it themselves; W301 where it is published or withdrawn by now.
    """
    require_for(footprint.enterprise_id, by, Role.APPROVAL)
    if footprint.proposer_id == by.pk:
        raise InputError(
            "W300",
            say("you proposed this yourself"),
            hint=say("another person with the role approval has to publish it"),
        )
    with transaction.atomic():
        # Whoever publishes another version of the product at the same time waits here until this one stands.
        versions = PublishedFootprint.objects.filter(
            enterprise_id=footprint.enterprise_id, product_id=footprint.product_id
        )
        list(versions.select_for_update().order_by("pk").values_list("pk", flat=True))
        held = _locked_footprint(footprint, "draft")
        record = dict(held.record)
        former = _previous_version(held.enterprise, record)  # meanwhile another one may have been published
        same = former is not None and period_in(former.record) == period_in(record)
        if former is not None and same:
            before = [str(former.pk), *former.record.get("precedingPfIds", ())]
            record["precedingPfIds"] = before[:NAMED_BEFORE]
            former.record = {**former.record, "status": "Deprecated"}
            former.state = "deprecated"
            former.save(update_fields=["record", "state"])
        now = timezone.now()
        record["created"] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        held.record, held.state, held.publisher, held.published = record, "published", by, now
        held.replaces = None if former is None else former.pk
        held.save(update_fields=["record", "state", "publisher", "published", "replaces"])
        _notify_holders(held, [str(held.pk), *([str(former.pk)] if former is not None and same else [])])
        LogEntry.append(str(by.pk), "footprint published", subject_of(held))
    return held


def discard(footprint: PublishedFootprint, by: Person) -> None:
    """Discard a proposal: allowed for its author and the enterprise's approvers."""
    roles = SPEAK_FOR_ONE if footprint.proposer_id == by.pk else (Role.APPROVAL,)
    require_for(footprint.enterprise_id, by, *roles)
    with transaction.atomic():
        held = _locked_footprint(footprint, "draft")
        subject = subject_of(held)
        held.delete()
        LogEntry.append(str(by.pk), "footprint discarded", subject)


def withdraw(footprint: PublishedFootprint, by: Person, why: str) -> PublishedFootprint:
    """Withdraw a published footprint: partners no longer see it, and those who have it are notified."""
    require_for(footprint.enterprise_id, by, Role.APPROVAL)
    require_reason(why)
    with transaction.atomic():
        held = _locked_footprint(footprint, "published", "deprecated")
        held.state, held.why = "withdrawn", why.strip()
        held.record = {**held.record, "status": "Deprecated"}
        held.save(update_fields=["state", "why", "record"])
        for partner in _holders([held.pk]):
            enqueue(partner, PUBLISHED, {"pfIds": [str(held.pk)]})
        LogEntry.append(str(by.pk), "footprint withdrawn", subject_of(held))
    return held


def require_reason(why: str) -> None:
    """Refuse to end something without a word.

    Raises
    ------
    InputError
        W302.
    """
    if not why.strip():
        raise InputError("W302", say("no reason given"), hint=say("say why, for those who come later"))


def grant(footprint: PublishedFootprint, partner: Partner, by: Person) -> None:
    """Let a partner see a footprint; a second time does nothing."""
    require_for(footprint.enterprise_id, by, Role.APPROVAL)
    if partner.enterprise_id != footprint.enterprise_id:
        raise PermissionDenied
    with transaction.atomic():
        _, made = FootprintGrant.objects.get_or_create(
            enterprise_id=footprint.enterprise_id, footprint=footprint, partner=partner
        )
        if made:
            LogEntry.append(str(by.pk), "footprint shown", subject_of(footprint))


def end_grant(footprint: PublishedFootprint, partner: Partner, by: Person) -> None:
    """Let a partner see a footprint no longer, nor a newer version that is proposed; what it has it keeps."""
    require_for(footprint.enterprise_id, by, Role.APPROVAL)
    with transaction.atomic():
        done, _ = FootprintGrant.objects.filter(footprint=footprint, partner=partner).delete()
        if done:
            FootprintGrant.objects.filter(footprint__in=_proposed_after(footprint), partner=partner).delete()
            LogEntry.append(str(by.pk), "footprint shown no longer", subject_of(footprint))


def show_to_all(footprint: PublishedFootprint, by: Person, *, shown: bool = True) -> None:
    """Let all approved partners see a footprint, those of later days too; or only those it is granted to.

    The latter is for newer versions that are proposed as well.
    """
    require_for(footprint.enterprise_id, by, Role.APPROVAL)
    with transaction.atomic():
        done = PublishedFootprint.objects.filter(pk=footprint.pk, for_all=not shown).update(for_all=shown)
        if done:
            if not shown:
                PublishedFootprint.objects.filter(pk__in=_proposed_after(footprint)).update(for_all=False)
            action = "footprint shown" if shown else "footprint shown no longer"
            LogEntry.append(str(by.pk), action, subject_of(footprint))


def _proposed_after(footprint: PublishedFootprint) -> list[uuid.UUID]:
    """Return the proposals for the same product, which took over who sees it when they were made."""
    proposed = PublishedFootprint.objects.filter(
        enterprise_id=footprint.enterprise_id, product_id=footprint.product_id, state="draft"
    )
    return list(proposed.values_list("pk", flat=True))


def _notify_holders(footprint: PublishedFootprint, identifiers: list[str]) -> None:
    """Notify all who have an older version of the product's footprint and may see this one."""
    versions = PublishedFootprint.objects.filter(
        enterprise_id=footprint.enterprise_id,
        product_id=footprint.product_id,
        state__in=("published", "deprecated", "withdrawn"),
    ).exclude(pk=footprint.pk)
    shown = set(FootprintGrant.objects.filter(footprint=footprint).values_list("partner_id", flat=True))
    for partner in _holders(list(versions.values_list("pk", flat=True))):
        if footprint.for_all or partner.pk in shown:
            enqueue(partner, PUBLISHED, {"pfIds": identifiers})


def _holders(identifiers: list[uuid.UUID]) -> list[Partner]:
    held = FootprintDelivery.objects.filter(footprint_id__in=identifiers).values_list("partner_id", flat=True)
    return list(Partner.objects.filter(pk__in=set(held), state="approved").order_by("pk"))


def _locked_footprint(footprint: PublishedFootprint, *states: str) -> PublishedFootprint:
    held: PublishedFootprint = PublishedFootprint.objects.select_for_update().get(pk=footprint.pk)
    if held.state not in states:
        raise InputError(
            "W301",
            say("this footprint is in another state by now"),
            hint=say("load the page again and look at it"),
        )
    return held


def period_in(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return the period of a record; a record of another period does not correct it."""
    return record["pcf"]["referencePeriodStart"], record["pcf"]["referencePeriodEnd"]


# --------------------------------------------------------------------------- beside what is worked out

Published = Mapping[tuple[str, tuple[str, str]], PublishedFootprint]
"""Footprints by the product's id and the period."""


def published_by(enterprise: uuid.UUID) -> Published:
    """Return the newest footprint of each product and period that an enterprise passes on."""
    rows = PublishedFootprint.objects.filter(enterprise_id=enterprise, state="published")
    return {(row.product_id, period_in(row.record)): row for row in rows.order_by("published")}


def passed_on(row: ProductRollUp, published: Published) -> PublishedFootprint | None:
    """Return what is passed on of the product of a roll-up for the same year."""
    return published.get((row.product_id, period_of(row.year)))


def change_of(row: ProductRollUp, published: PublishedFootprint | None) -> float | None:
    """Return the relative difference between a calculated footprint and the published one.

    Returns
    -------
    float or None
        Infinite where nothing at all was passed on; None where the two cannot be compared.
    """
    if published is None or row.result["carbon"] is None:
        return None
    pcf = published.record.get("pcf", {})
    if pcf.get("declaredUnitOfMeasurement") != row.result["unit"]:
        return None
    before = float(pcf["pcfExcludingBiogenicUptake"]) / float(pcf["declaredUnitAmount"])
    now = float(row.result["carbon"])
    if not before:
        return 0.0 if not now else float("inf")
    return now / before - 1


STANDARDS = ("ISO14067", "ISO14040-44", "GHGP-Product", "PACT-3.0")
"""Which a footprint may follow, as PACT names them."""

SHOWN = 1e-3
"""A percentage that is entered as it was shown, in four digits, may be less by this share of it."""

RATED_SINCE = 2025
"""From this year on, published records include data quality ratings."""


class FootprintProposalForm(forms.Form):
    """What people say of a footprint that is passed on."""

    standards = forms.MultipleChoiceField(
        label=_("Standards followed"),
        choices=[(name, name) for name in STANDARDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing else is claimed."),
    )
    exempted = forms.FloatField(
        label=_("Excluded share of the emissions, in percent"), min_value=0, max_value=100
    )
    left_out = forms.CharField(label=_("Details"), required=False, max_length=500)
    technology = forms.FloatField(label=_("Own data: technology"), min_value=1, max_value=5, required=False)
    geography = forms.FloatField(label=_("Own data: place"), min_value=1, max_value=5, required=False)
    time = forms.FloatField(
        label=_("Own data: time"),
        min_value=1,
        max_value=5,
        required=False,
        help_text=_("From 1 (best) to 5; ratings in suppliers' records are included as a weighted average."),
    )
    why = forms.CharField(label=_("Description of the change, for approvers"), required=False, max_length=500)

    def __init__(self, *args: Any, of: ProductRollUp, **named: Any) -> None:
        super().__init__(*args, **named)
        self.of = of
        self.fields["left_out"].required = not of.whole
        for name in ("technology", "geography", "time"):
            self.fields[name].required = of.year >= RATED_SINCE

    def clean_exempted(self) -> float:
        """Reject an excluded share below the share known to be excluded."""
        given: float = self.cleaned_data["exempted"]
        known = self.of.result["exempted"]
        if not self.of.whole and not given:
            raise forms.ValidationError(
                gettext("Data are missing, so the share is not zero: enter your estimate.")
            )
        if known is not None and given < known * (1 - SHOWN):
            told_least = f"{known:.4g}"
            raise forms.ValidationError(
                gettext("The known excluded share is already %(least)s %%.") % {"least": told_least}
            )
        return given

    def clean(self) -> dict[str, Any]:
        """Ask for all three ratings where one is given."""
        given: dict[str, Any] = super().clean() or {}
        ratings = [given.get(name) for name in ("technology", "geography", "time")]
        if any(r is not None for r in ratings) and None in ratings and not self.errors:
            self.add_error("time", gettext("Give all three ratings, or none."))
        return given

    def quality(self) -> tuple[float, float, float] | None:
        """Return the ratings of one's own data."""
        given = self.cleaned_data
        if given.get("technology") is None:
            return None
        return given["technology"], given["geography"], given["time"]


def waiting_proposal(row: ProductRollUp) -> PublishedFootprint | None:
    """Return the proposal of a version that waits for a second person."""
    rows = PublishedFootprint.objects.filter(enterprise_id=row.enterprise_id, roll_up=row, state="draft")
    found: PublishedFootprint | None = rows.select_related("proposer").order_by("made").first()
    return found


def why_not_now(row: ProductRollUp) -> str:
    """Return why a version cannot be proposed, whatever is said of it; empty where it can."""
    if row.outdated is not None or newest(row.enterprise_id).filter(pk=row.pk).first() is None:
        return gettext("It has been recalculated in the meantime: propose the newest version.")
    if not row.result["footprint"]:
        return gettext("It has no footprint to pass on.")
    return ""


def propose_version(row: ProductRollUp, form: FootprintProposalForm, by: Person) -> PublishedFootprint:
    """Propose the footprint of a version that can be proposed now, with what was said of it.

    Parameters
    ----------
    row : ProductRollUp
        Of the person's own enterprise.
    form : FootprintProposalForm
        A valid one.
    by : Person

    Raises
    ------
    InputError
        K220 where the data model refuses the record.
    """
    given = form.cleaned_data
    record = record_from(
        row.result,
        standards=tuple(given["standards"]),
        exempted=given["exempted"],
        left_out=given["left_out"],
        quality=form.quality(),
    )
    return propose(Enterprise.objects.get(pk=row.enterprise_id), record, row, by, why=given["why"])

"""Declarations for a calculated footprint that is proposed for publication."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from separatrix_park.footprints.footprint_versions import propose
from separatrix_park.footprints.product_roll_up import newest
from separatrix_park.footprints.roll_up_result import record_from
from separatrix_park.models import Enterprise, Person, ProductRollUp, PublishedFootprint

__all__ = ["STANDARDS", "FootprintProposalForm", "propose_version", "waiting_proposal", "why_not_now"]

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

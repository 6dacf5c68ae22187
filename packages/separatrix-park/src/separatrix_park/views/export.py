"""The data of an enterprise in its own hands: all of it as a file, and its deletion."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.language import translate_sentence
from separatrix_park.models import Enterprise, Person, Report, Role
from separatrix_park.models.people import require
from separatrix_park.records.deletion import delete_enterprise, delete_report
from separatrix_park.records.export import name_of_export, opened_export
from separatrix_park.reporting.table_titles import title_of
from separatrix_park.views.menu import MenuEntry

__all__ = ["MENU", "data", "delete_all", "delete_one", "download", "urlpatterns"]

HAVE_DATA = (Role.OFFICE, Role.ENTRY, Role.APPROVAL)
MAY_DELETE = (Role.OFFICE, Role.APPROVAL)
MENU = (MenuEntry("data", _("Export and deletion"), HAVE_DATA, 85),)


class ReportDeletion(forms.Form):
    """Which report is deleted, and why."""

    table = forms.CharField(max_length=40, widget=forms.HiddenInput)
    year = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=_("Why"), max_length=500)


class EnterpriseDeletion(forms.Form):
    """The id of the enterprise, typed once more."""

    key = forms.CharField(label=_("The id of the enterprise, to confirm"), max_length=40)


def _enterprise(person: Person, given: UUID | None) -> Enterprise:
    """Return the requested enterprise, if the person may see it."""
    return get_object_or_404(Enterprise, pk=given or person.enterprise_id)


@login_required
@never_cache
def data(request: HttpRequest, enterprise: UUID | None = None) -> HttpResponse:
    """Show what there is of an enterprise; the office chooses one first."""
    person = require(request.user, *HAVE_DATA)
    if enterprise is None and person.role == Role.OFFICE:
        return render(
            request, "park/keeping/data_of.html", {"enterprises": Enterprise.objects.order_by("key")}
        )
    chosen = _enterprise(person, enterprise)
    reports = (
        Report.objects.filter(enterprise=chosen)
        .exclude(state=Report.State.DELETED)
        .values("table", "year")
        .annotate(versions=Count("pk"))
        .order_by("table", "-year")
    )
    context = {
        "enterprise": chosen,
        "reports": [{**report, "title": title_of(report["table"])} for report in reports],
        "may_delete": person.role in MAY_DELETE,
        "deletion": EnterpriseDeletion(),
    }
    return render(request, "park/keeping/data.html", context)


@login_required
@require_POST
def download(request: HttpRequest, enterprise: UUID) -> FileResponse:
    """Give everything that an enterprise entered, as one file."""
    person = require(request.user, *HAVE_DATA)
    chosen = _enterprise(person, enterprise)
    content = opened_export(settings.PARK, chosen, str(person.pk))
    return FileResponse(content, as_attachment=True, filename=name_of_export(chosen))


@login_required
@require_POST
def delete_one(request: HttpRequest, enterprise: UUID) -> HttpResponse:
    """Delete all versions of one report."""
    person = require(request.user, *MAY_DELETE)
    chosen = _enterprise(person, enterprise)
    form = ReportDeletion(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            deleted = delete_report(
                settings.PARK, chosen.pk, given["table"], given["year"], str(person.pk), given["why"]
            )
            messages.success(
                request,
                gettext("Deleted: %(reports)d versions, %(files)d files. The log is still intact.")
                % {"reports": deleted.reports, "files": deleted.files},
            )
        except InputError as problem:
            messages.error(request, translate_sentence(problem.message))
    else:
        messages.error(request, gettext("Nothing was deleted: give a reason."))
    return redirect("data_of", chosen.pk)


@login_required
@require_POST
def delete_all(request: HttpRequest, enterprise: UUID) -> HttpResponse:
    """Delete an enterprise with everything it entered, and the accounts of its people."""
    person = require(request.user, *MAY_DELETE)
    answer: HttpResponse = _delete_all(request, person, _enterprise(person, enterprise))
    return answer


@reauthentication_required()  # only of somebody who may: a neighbour finds nothing that a password would open
def _delete_all(request: HttpRequest, person: Person, chosen: Enterprise) -> HttpResponse:
    form = EnterpriseDeletion(request.POST)
    if not form.is_valid() or form.cleaned_data["key"] != chosen.key:
        messages.error(request, gettext("Nothing was deleted: the id you typed is not the enterprise's id."))
        return redirect("data_of", chosen.pk)
    delete_enterprise(settings.PARK, chosen.pk, str(person.pk))
    if person.role == Role.OFFICE:
        messages.success(
            request,
            gettext("The enterprise and everything it entered have been deleted. The log is still intact."),
        )
        return redirect("data")
    logout(request)  # one's own account is gone with the enterprise
    return redirect("account_login")


urlpatterns = [
    path("data/", data, name="data"),
    path("data/<uuid:enterprise>/", data, name="data_of"),
    path("data/<uuid:enterprise>/export/", download, name="export"),
    path("data/<uuid:enterprise>/delete-report/", delete_one, name="delete_report"),
    path("data/<uuid:enterprise>/delete/", delete_all, name="delete_enterprise"),
]

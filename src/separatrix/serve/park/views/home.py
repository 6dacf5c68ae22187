"""The first page of each role: what there is to do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from separatrix.serve.park.models import Enterprise, Report, Role
from separatrix.serve.park.views.menu import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("home", _("Home"), tuple(Role.values), 0),)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what there is to do."""
    reports = Report.objects.select_related("enterprise").order_by("-made")
    waiting = reports.filter(state=Report.State.SUBMITTED)
    context = {"reports": reports[:50], "waiting": waiting, "enterprises": Enterprise.objects.all()}
    return render(request, "park/home.html", context)


urlpatterns = [path("", home, name="home")]

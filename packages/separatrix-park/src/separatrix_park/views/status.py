"""How the service fares, for the office; programs that watch over it ask `keeping.probes`."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from separatrix import __version__
from separatrix_park.models import LogEntry, Role
from separatrix_park.models.people import require
from separatrix_park.records.health import readiness
from separatrix_park.views.menu import MenuEntry

__all__ = ["MENU", "status", "urlpatterns"]

MENU = (MenuEntry("status", _("Status"), (Role.OFFICE,), 95),)

CHECKS = {
    "database": _("The database responds"),
    "schema": _("The database schema matches this version"),
    "disk": _("The disk has free space"),
}
LATE = timedelta(days=3)
"""After this time without a backup, the office is warned."""


@login_required
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show the office how the service fares."""
    require(request.user, Role.OFFICE)
    backup = LogEntry.objects.filter(action="backed up").order_by("-number").first()
    context = {
        "checks": [(CHECKS[c.name], c) for c in readiness(settings.PARK)],
        "backup": backup,
        "version": __version__,
        "late": backup is not None and timezone.now() - backup.at > LATE,
    }
    return render(request, "park/keeping/status.html", context)


urlpatterns = [
    path("status/", status, name="status"),
]

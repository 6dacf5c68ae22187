"""The first page of each role, and the answers for the office."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from separatrix.errors import SeparatrixError
from separatrix.serve.park.answers import page_one
from separatrix.serve.park.models import Report, Role
from separatrix.serve.park.scope import enterprises_of, reports_of, require

__all__ = ["answers", "home"]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what there is to do."""
    reports = reports_of(request.user).select_related("enterprise").order_by("-made")
    waiting = reports.filter(state=Report.State.SUBMITTED)
    context = {"reports": reports[:50], "waiting": waiting, "enterprises": enterprises_of(request.user)}
    return render(request, "park/home.html", context | {"park": settings.PARK})


@login_required
def answers(request: HttpRequest) -> HttpResponse:
    """Show the park's accounts on what is approved."""
    require(request.user, Role.OFFICE, Role.AUDITOR)
    try:
        data, accounts = page_one(settings.PARK.name)
    except SeparatrixError as problem:
        return render(request, "park/answers.html", {"park": settings.PARK, "problem": problem.message})
    return render(
        request, "park/answers.html", {"park": settings.PARK, "data": data, "answer": accounts.to_dict()}
    )

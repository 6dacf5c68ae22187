"""Answers for the office and for auditors, on what is approved."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from separatrix.errors import SeparatrixError
from separatrix.serve.park.answers import page_one
from separatrix.serve.park.models import Role
from separatrix.serve.park.scope import require
from separatrix.serve.park.views.menu import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("answers", _("Answers"), (Role.OFFICE, Role.AUDITOR), 30),)


@login_required
def answers(request: HttpRequest) -> HttpResponse:
    """Show the park's accounts on what is approved."""
    require(request.user, Role.OFFICE, Role.AUDITOR)
    try:
        data, accounts = page_one(settings.PARK.name)
    except SeparatrixError as problem:
        return render(request, "park/answers.html", {"problem": problem.message})
    return render(request, "park/answers.html", {"data": data, "answer": accounts.to_dict()})


urlpatterns = [path("answers/", answers, name="answers")]

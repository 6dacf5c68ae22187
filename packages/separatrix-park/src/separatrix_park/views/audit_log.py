"""The log: what was done, by whom and when, and whether its chain holds."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from separatrix.errors import InputError
from separatrix_park.models import Role
from separatrix_park.models.people import require
from separatrix_park.records.audit_trail import ACTIONS, check_log, current_head, entries_for, told_entries
from separatrix_park.records.chain import Head
from separatrix_park.scope import current, translate_sentence
from separatrix_park.views.navigation import MenuEntry, page_of_list

__all__ = ["MENU", "check", "head", "log", "urlpatterns"]

MENU = (MenuEntry("log", _("Log"), tuple(Role), 80),)
READ_ALL = (Role.OFFICE, Role.AUDITOR)


@login_required
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """Show the entries visible to a person, the newest first."""
    require(request.user, *Role)
    entries = entries_for(current())
    action = request.GET.get("action", "")
    if action:
        entries = entries.filter(action=action)
    page = page_of_list(request, entries)
    context = {
        "page": page,
        "entries": told_entries(page.object_list),
        "actions": sorted(((code, name) for code, name in ACTIONS.items()), key=lambda pair: str(pair[1])),
        "chosen": action,
        "head": current_head(),
        "may_check": request.user.role in READ_ALL,
    }
    return render(request, "park/keeping/log.html", context)


@login_required
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Hold the whole log against itself, reports and publications, and against a head from paper."""
    require(request.user, *READ_ALL)
    context: dict[str, object] = {"typed": request.GET.get("head", "")}
    try:
        heads = [Head.read(request.GET["head"])] if request.GET.get("head", "").strip() else []
        found = check_log(heads)
        context |= {
            "found": found,
            "told": [translate_sentence(sentence) for sentence in found.to_sentences()],
            "heads": heads,
        }
    except InputError as problem:
        context |= {
            "problem": translate_sentence(problem.message),
            "hint": translate_sentence(problem.hint or ""),
        }
    return render(request, "park/keeping/log_check.html", context)


@login_required
@never_cache
@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """Download the head of the log, to be kept elsewhere."""
    require(request.user, *Role)
    found = current_head()
    response = HttpResponse(f"{found}\n" if found else "", content_type="text/plain")
    response["Content-Disposition"] = f'attachment; filename="log-head-{found.number if found else 0}.txt"'
    return response


urlpatterns = [
    path("log/", log, name="log"),
    path("log/check/", check, name="check_log"),
    path("log/head.txt", head, name="log_head"),
]

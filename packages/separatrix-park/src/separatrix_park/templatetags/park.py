"""The tags of the platform's templates (``{% load park %}``): what several pages show, each once.

{% notice "wrong" %}text{% endnotice %}                 plain, good, doubtful or wrong
{% scroll "Energy of 2025" %}<table>…{% endscroll %}    a table that may be wider than a phone
{% nothing_yet "Title" %}what to do first{% endnothing_yet %}
{% state report.state report.get_state_display %}       a state, by shape and colour and word
{% data_version version date %}                         the data version behind an answer
{% work 0.4 "Page one" %}                               progress of a job; None if unknown
{% pager page %}                                        of a paginator's page
{% crumbs "Reports" reports_address "Energy" %}         breadcrumbs: titles and addresses, the page last
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString

from separatrix.errors import SeparatrixError
from separatrix_park.reporting.tables import column_title as title_of_column
from separatrix_park.reporting.tables import period_of_report, title_of
from separatrix_park.scope import translate_sentence as told_in

__all__: list[str] = []

register = template.Library()

KINDS = {"plain": "", "good": " good", "doubtful": " doubtful", "wrong": " wrong"}
STATES = {
    **dict.fromkeys(("submitted", "proposed", "queued", "running", "open", "waiting", "sent"), "waiting"),
    **dict.fromkeys(
        ("approved", "done", "active", "used", "joined", "current", "kept", "published", "fulfilled"), "good"
    ),
    **dict.fromkeys(("returned", "doubtful", "stale", "soon", "partial"), "doubtful"),
    **dict.fromkeys(
        (
            *("failed", "overdue", "expired", "withdrawn", "cancelled", "inactive", "locked"),
            *("rejected", "removed", "given up"),
        ),
        "wrong",
    ),
}
"""The class of each state; states not listed (a draft) have no colour."""


@register.simple_block_tag
def notice(content: str, kind: str = "plain") -> SafeString:
    """Set something apart; what is wrong is read out at once."""
    role = "alert" if kind == "wrong" else "status"
    return format_html('<div class="notice{}" role="{}">{}</div>', KINDS[kind], role, content)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """Let a wide table move within its own frame, which the keyboard reaches."""
    return format_html(
        '<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>', label, content
    )


@register.simple_block_tag
def nothing_yet(content: str, title: str) -> SafeString:
    """Say that something is empty, and the first step."""
    return format_html('<div class="empty"><h2>{}</h2>{}</div>', title, content)


@register.simple_tag
def state(code: str, title: str) -> SafeString:
    """Show a state by word, shape and colour."""
    return format_html('<span class="state {}">{}</span>', STATES.get(str(code), ""), title)


@register.filter
def table_title(table: str) -> str:
    """Return the title of a table."""
    return str(title_of(table))


@register.filter
def column_title(column: str, table: str) -> str:
    """Return the title of a column of a table."""
    return title_of_column(table, column)


@register.filter
def report_period(year: int) -> str:
    """Return the year of a report, or the text for a report without one."""
    return period_of_report(year)


@register.filter
def told(text: str) -> str:
    """Return a sentence of the library in the language of the page."""
    return told_in(text)


@register.inclusion_tag("park/part/problem.html")
def problem(error: SeparatrixError) -> dict[str, Any]:
    """Show an error of the library: what is wrong, where, and what to do."""
    place = error.where
    if place is not None and place.source is not None:  # where a folder of ours lies is nobody's business
        place = replace(place, source=re.split(r"[/\\]", place.source)[-1])
    return {"error": error, "place": place}


@register.inclusion_tag("park/part/version.html")
def data_version(version: str, until: datetime | None = None) -> dict[str, Any]:
    """Show on which version of the data an answer rests, and when the last of it was approved."""
    return {"data_version": version, "until": until}


@register.inclusion_tag("park/part/work.html")
def work(progress: float | None, label: str) -> dict[str, Any]:
    """Show how far work is; what has only begun shows no number, which would be taken for a result."""
    percent = None if not progress else round(100 * min(max(progress, 0.0), 1.0))
    return {"percent": percent, "label": label}


@register.inclusion_tag("park/part/pager.html", takes_context=True)
def pager(context: template.Context, page: Page) -> dict[str, Any]:
    """Lead to the pages before and after; the rest of the query stays as it is."""
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("park/part/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """Show where one is: titles and addresses in turn, then the title of the page itself."""
    return {"ways": list(zip(parts[:-1:2], parts[1::2], strict=True)), "last": parts[-1]}

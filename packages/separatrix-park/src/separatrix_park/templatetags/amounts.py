"""Amounts in the library's form (``{% load amounts %}``): few digits, and never more certain than they are.

{{ value|amount }}        few digits, thousands set apart; – where it is not known
{{ value|marked:sign }}   the same, with ≥ where something is missing, ~ where it contradicts itself
{{ ends|between }}        between which ends a total lies
{{ value|percent }}       of a share; {{ value|signed }} of a change
{{ unit|unit }}           a unit as people write it
{{ row|source }}          what a carrier, or another source of emissions, is called
{{ name|bought }}         what a purchase or a product is called; a carrier by its name
{{ text|origin }}         where a factor is published
{{ code|sector }}         what a sector is called, with its code
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext

from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.languages.number_text import rounded
from separatrix_cluster.documents.vocabulary import amount as told_amount
from separatrix_cluster.documents.vocabulary import amount_end, kind_name, sector_title, signed_percent
from separatrix_cluster.tables.carriers import carrier_name, carrier_named, is_carrier
from separatrix_park.reporting.description import park_description
from separatrix_park.scope import library_language, unit_text

__all__ = ["bought", "sector", "source_called"]

register = template.Library()

NBSP = "\u00a0"


@register.filter
def amount(value: float | None) -> str:
    """Return an amount with few digits; – where it is not known."""
    return told_amount(value)


@register.filter
def marked(value: float | None, sign: str) -> str:
    """Return an amount with the sign before it that says how sure it is; '' where it is sure."""
    told = told_amount(value)
    return f"{sign}{NBSP}{told}" if sign and value is not None else told


@register.filter
def between(ends: Any) -> str:
    """Return between which ends a total lies, rounded outwards; one number where they are alike."""
    low, high = ends["low"], ends["high"]
    if low is None or high is None:
        return f"≥{NBSP}{amount_end(ends['counted'] if low is None else low, up=False)}"
    told = amount_end(low, up=False), amount_end(high, up=True)
    return told_amount(ends["counted"]) if high - low < 1e-9 * max(high, 1.0) else " – ".join(told)


@register.filter
def percent(value: float | None) -> str:
    """Return a share as a percentage."""
    if value is None:
        return "–"
    told = rounded(100 * value, 2) if value < 0.1 else f"{100 * value:.0f}"
    return f"{told}{NBSP}%"


@register.filter
def signed(value: float | None) -> str:
    """Return a relative change as a percentage with its sign."""
    return "–" if value is None else signed_percent(value)


@register.filter
def unit(name: str) -> str:
    """Return a unit as people write it in the language of the page."""
    return unit_text(name)


@register.filter
def bought(name: str) -> str:
    """Return what a purchase or a product is called: a carrier by its name in the language of the page."""
    known = carrier_named(name)[0] if is_carrier(name) else None
    return name if known is None else carrier_name(known, library_language())


@register.filter
def origin(text: str) -> str:
    """Return where a factor is published, as the language of the page has it."""
    return language_of(library_language()).source(text)


@register.filter
def source(row: Any) -> str:
    """Return what a carrier, or another source of emissions, is called in the language of the page."""
    return source_called(row.carrier, row.kind)


def source_called(carrier: str, kind: str) -> str:
    """Return what a carrier or a kind of emissions is called in the language of the page."""
    if carrier:
        return carrier_name(carrier, library_language())
    try:
        return kind_name(kind, language_of(library_language()))
    except KeyError:
        return kind


@register.filter
def sector(code: str) -> str:
    """Return what a sector is called in the language of the page; its code where it is not of the scheme."""
    if not code:
        return gettext("no sector")
    try:
        described = park_description(settings.PARK)
    except InputError:  # which other pages tell
        return code
    return sector_title(described, code, language_of(library_language()))

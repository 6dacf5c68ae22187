"""The kinds of answers that jobs calculate, their requirements and their time limits.

For developers
--------------
A kind is one record here and one maker of the same name in `separatrix_park.answers.documents`.

The options of an answer, as one form for pages and programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

__all__ = [
    "AnswerKind",
    "AnswerOption",
    "FORMATS",
    "KINDS",
    "PICTURES",
    "given_options",
    "kind_named",
    "options_form",
]

FORMATS = ("page", "pdf", "docx", "html", "md", "csv")
"""How an answer is given: as a page of the platform, or as a file."""


PICTURES = "pictures/"
"""Where the blocks of an answer look for its figures; a page puts the address in its place."""


@dataclass(frozen=True)
class AnswerOption:
    """An option of an answer."""

    name: str
    title: Promise
    of: Literal["year", "number", "text", "choice"]
    choices: tuple[tuple[str, Promise], ...] = ()


@dataclass(frozen=True)
class AnswerKind:
    """One kind of answer.

    Attributes
    ----------
    name : str
    title, question : lazy text
        Its name, and the question it answers.
    seconds : float
        Time limit.
    tables : tuple of str
        Required tables.
    options : tuple of AnswerOption
    studio : str
        The page of the studio on which it can be viewed and changed; empty if there is none.
    memory : int
        Memory limit of its process in bytes.
    note : lazy text
        Why its figures may differ from those of another page; empty if no other page shows the same quantity.
    """

    name: str
    title: Promise
    question: Promise
    seconds: float = 120.0
    tables: tuple[str, ...] = ()
    options: tuple[AnswerOption, ...] = ()
    studio: str = ""
    memory: int = 1_500_000_000
    note: Promise | str = ""


_BUDGET = AnswerOption("budget", _("Investment limit, in the money unit of the park"), "number")
_PRICE = AnswerOption("carbon_price", _("Carbon price, currency per t CO2e"), "number")
_ALLOCATION = AnswerOption(
    "allocation",
    _("How emissions are shared among several products"),
    "choice",
    (("mass", _("by mass")), ("value", _("by value")), ("energy", _("by energy"))),
)

KINDS = (
    AnswerKind(
        "diagnosis",
        _("Diagnosis"),
        _(
            "What is the state of the park, why did it change, and which of the four difficulties is "
            "the bottleneck?"
        ),
        300,
        studio="difficulties",
    ),
    AnswerKind(
        "standard",
        _("Park standard"),
        _("How far is the park from its chosen standard, and what annual reduction would close the gap?"),
    ),
    AnswerKind(
        "path",
        _("Path to a target"),
        _("Which measures, started when, cut emissions to a target within the investment limit?"),
        300,
        ("measures",),
        (
            AnswerOption("by", _("Target year"), "year"),
            AnswerOption("target", _("Cut a year: tonnes, a share such as 15%, or standard"), "text"),
            _BUDGET,
            AnswerOption("yearly_budget", _("Investment limit for a single year"), "number"),
            _PRICE,
        ),
        studio="measures",
    ),
    AnswerKind(
        "measures",
        _("Measures"),
        _("What does it cost to cut a tonne, and which measures pay for themselves?"),
        300,
        ("measures",),
        (_BUDGET, _PRICE),
        studio="measures",
    ),
    AnswerKind(
        "exchanges",
        _("Exchanges"),
        _("Which by-products, heat and water are worth exchanging, and how is the gain shared?"),
        600,
        studio="exchanges",
    ),
    AnswerKind(
        "game",
        _("Calibrated game"),
        _("Do enterprises act together, according to the data, and can this last?"),
        300,
        ("measures", "accounts"),
        studio="calibration",
    ),
    AnswerKind(
        "policy",
        _("Policy"),
        _("From which carbon price or support on does acting tip, and how long must support last?"),
        600,
        ("measures", "accounts"),
        studio="time",
    ),
    AnswerKind(
        "brief",
        _("Brief"),
        _("Ten questions on one page, with a source for every number."),
        900,
        options=(_BUDGET, _PRICE),
        studio="brief",
    ),
    AnswerKind(
        "inventory",
        _("Greenhouse gas inventory"),
        _("What are the emissions by category and gas, by which methods, and from which report rows?"),
    ),
    AnswerKind(
        "footprints",
        _("Product footprints"),
        _("How much carbon is in the products of the park, from cradle to gate?"),
        300,
        ("products",),
        (_ALLOCATION,),
        note=_(
            "Based on approved reports only, with the same allocation for all enterprises. An "
            "enterprise's own product page also uses its chosen allocation and its suppliers' "
            "records, so its figure may differ."
        ),
    ),
    AnswerKind(
        "check",
        _("Data check"),
        _("What is wrong in the reports, and what can be calculated for how much of the park?"),
    ),
)


def kind_named(name: str) -> AnswerKind | None:
    """Return the kind of a name, None where there is none."""
    return next((kind for kind in KINDS if kind.name == name), None)


def options_form(kind: AnswerKind, told: Any = None) -> forms.Form:
    """Return the form of what may be asked beyond a kind."""
    fields: dict[str, forms.Field] = {}
    for option in kind.options:
        field: forms.Field
        if option.of == "year":
            field = forms.IntegerField(min_value=2000, max_value=2100, required=False)
        elif option.of == "number":
            field = forms.FloatField(min_value=0, max_value=1e15, required=False)
        elif option.of == "choice":
            field = forms.ChoiceField(choices=[("", "–"), *option.choices], required=False)
        else:
            field = forms.CharField(max_length=40, required=False)
        field.label = option.title
        fields[option.name] = field
    form: forms.Form = type("OptionsForm", (forms.Form,), fields)(told)
    return form


def given_options(form: forms.Form) -> dict[str, Any]:
    """Return what a valid form holds; what was left empty is not asked."""
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}

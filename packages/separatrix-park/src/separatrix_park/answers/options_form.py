"""The options of an answer, as one form for pages and programs."""

from __future__ import annotations

from typing import Any

from django import forms

from separatrix_park.answers.kinds import AnswerKind

__all__ = ["given_options", "options_form"]


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

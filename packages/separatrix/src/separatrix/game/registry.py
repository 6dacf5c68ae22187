"""The forms in which a file gives payoffs, each read into one of the forms of `separatrix.game.model`.

A form that says nothing about the shares becomes a table of profiles wherever that is the same game:
a bimatrix, pairwise matrices without own play, payoffs that are constant.  A table whose entries depend on
the shares becomes the expected payoffs that follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.model import Form, Population
from separatrix.game.payoff_matrices import (
    read_bimatrix,
    read_payoff_matrices,
    read_payoff_matrix,
)
from separatrix.game.profiles import read_profiles
from separatrix.game.state_functions import (
    read_advantages,
    read_group,
    read_payoff_functions,
    read_replicator,
)
from separatrix.io.plain_values import is_list

__all__ = ["FORMS", "implied_sizes", "read_form"]


def read_form(
    reading: Reading, kind: str, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs under the key `kind`, a member of `FORMS`."""
    return FORMS[kind](reading, value, populations, words)


def implied_sizes(kind: str, value: object) -> tuple[int, ...] | None:
    """Return how many strategies each population has, where the payoffs alone tell it."""
    if not is_list(value):
        return None
    rows = list(cast("Iterable[Any]", value))
    if not rows or not hasattr(rows[0], "__len__") or isinstance(rows[0], (str, Mapping)):
        return None
    if kind == "payoff_matrix":
        return (len(rows),)
    return (len(rows), len(rows[0])) if kind == "bimatrix" else None


FORMS: Mapping[str, Callable[[Reading, object, tuple[Population, ...], Vocabulary], Form]] = {
    "payoffs": read_profiles,
    "payoff_matrix": read_payoff_matrix,
    "bimatrix": read_bimatrix,
    "payoff_matrices": read_payoff_matrices,
    "payoff_functions": read_payoff_functions,
    "advantages": read_advantages,
    "replicator": read_replicator,
    "group": read_group,
}
"""The keys under which a file may give its payoffs, with their readers."""

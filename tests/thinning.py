"""Cases of a test of which each run takes some and the soak the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import pytest

__all__ = ["thinned"]


def thinned(
    names: str | Sequence[str],
    values: Iterable[Any],
    *,
    each_run: int | Collection[Any],
    ids: Sequence[str] | Callable[[Any], str] | None = None,
) -> pytest.MarkDecorator:
    """Parametrize a test with values of which each run takes some, and `make soak` all the others.

    Parameters
    ----------
    names : str or sequence of str
        As `pytest.mark.parametrize` has them.
    values : iterable
        Values that are marked for the soak already stay there.
    each_run : int or collection
        How many are taken in each run, spread evenly; or which ones.
    ids : sequence of str or function, optional

    Examples
    --------
    >>> [len(value.marks) for value in thinned("seed", range(6), each_run=2).args[1]]
    [0, 1, 1, 0, 1, 1]
    """
    several = not isinstance(names, str) or "," in names
    cases: list[Any] = []
    for value in values:
        plain = isinstance(value, type(pytest.param()))
        cases.append(value if plain else pytest.param(*value) if several else pytest.param(value))
    short = [k for k, case in enumerate(cases) if not any(mark.name == "soak" for mark in case.marks)]
    if isinstance(each_run, int):
        taken = {short[k * len(short) // each_run] for k in range(min(each_run, len(short)))}
    else:
        taken = {k for k in short if (cases[k].values if several else cases[k].values[0]) in each_run}
    for k in set(short) - taken:
        case = cases[k]
        cases[k] = pytest.param(*case.values, marks=(*case.marks, pytest.mark.soak), id=case.id)
    return pytest.mark.parametrize(names, cases, ids=ids)

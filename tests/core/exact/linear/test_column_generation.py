"""Linear programmes by columns: the same optimum as with all columns listed, and a proof of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from separatrix.exact.copositivity import dot, maximise
from separatrix.exact.linear_programming import PricedColumn, maximise_by_columns

ENTRY = st.integers(0, 3)


@given(
    st.lists(st.tuples(ENTRY, ENTRY, ENTRY, st.integers(-3, 6)), max_size=12), st.tuples(ENTRY, ENTRY, ENTRY)
)
def test_it_finds_what_the_tableau_finds(
    given_columns: list[tuple[int, ...]], bound: tuple[int, ...]
) -> None:
    """Columns one at a time and all at once lead to one optimum, ties and zero bounds included."""
    slack = [PricedColumn(-1 - k, tuple(fmpq(int(i == k)) for i in range(3)), fmpq(0)) for k in range(3)]
    columns = [
        PricedColumn(k, tuple(fmpq(v) for v in one[:3]), fmpq(one[3])) for k, one in enumerate(given_columns)
    ]

    def improving(prices: Sequence[fmpq]) -> PricedColumn | None:
        best = max([*columns, *slack], key=lambda c: c.worth - dot(c.entries, prices), default=None)
        return best if best is not None and best.worth > dot(best.entries, prices) else None

    rows = [([c.entries[i] for c in columns], fmpq(bound[i])) for i in range(3)]
    listed = maximise([c.worth for c in columns], rows)
    assert listed is not None
    if listed.value is None:
        with pytest.raises(ArithmeticError):
            maximise_by_columns(slack, [fmpq(b) for b in bound], improving)
    else:
        found = maximise_by_columns(slack, [fmpq(b) for b in bound], improving)
        assert found.value == listed.value == dot(found.prices, [fmpq(b) for b in bound])
        assert all(w >= 0 for w in found.weights)

"""What an investment costs a year."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.errors import InputError
from separatrix_cluster.measures.measures import capital_recovery_factor


@given(st.fractions(Fraction(1, 10_000), 1), st.integers(1, 60))
def test_its_payments_are_worth_the_investment(rate: Fraction, life: int) -> None:
    """Discounted one by one in fractions, the payments sum to 1."""
    payment = Fraction(capital_recovery_factor(float(rate), life))
    worth = sum(payment / (1 + rate) ** year for year in range(1, life + 1))
    assert abs(float(worth) - 1) < 1e-12


@pytest.mark.parametrize(("rate", "life"), [(-0.01, 5), (0.1, 0), (float("nan"), 5), (0.1, float("inf"))])
def test_what_cannot_be_is_refused(rate: float, life: float) -> None:
    """No life, a negative rate and no numbers at all have no yearly payment."""
    with pytest.raises(InputError):
        capital_recovery_factor(rate, life)

"""LMDI-I: the identities that define it, to rounding, and its limits at zero."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.errors import InputError
from separatrix_cluster.diagnosis.decomposition import decompose, log_mean

Table = npt.NDArray[np.float64]


@st.composite
def pairs(draw: st.DrawFn, *, zeros: bool = False) -> tuple[Table, Table]:
    """Two tables of factors of one shape, of sizes that real accounts have."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    number = st.floats(1e-3, 1e3)
    if zeros:
        number = st.one_of(st.just(0.0), number)
    cells = st.lists(number, min_size=rows * columns, max_size=rows * columns)
    first, last = (np.array(draw(cells)).reshape(rows, columns) for _ in range(2))
    return first, last


def scale(*tables: Table) -> float:
    """Return the size of what is split, against which rounding is measured."""
    return float(sum(t.prod(axis=1).sum() for t in tables)) * 10 or 1.0


@given(pairs())
def test_parts_add_up_to_the_change(tables: tuple[Table, Table]) -> None:
    """Σ ΔV_k = V^T − V^0, and each is the sum over categories."""
    parts = decompose(*tables)
    assert parts.additive.sum() == pytest.approx(parts.after - parts.before, abs=1e-12 * scale(*tables))
    np.testing.assert_allclose(parts.by_category.sum(axis=0), parts.additive, atol=1e-12 * scale(*tables))


@given(pairs(zeros=True))
def test_parts_add_up_with_zeros_too(tables: tuple[Table, Table]) -> None:
    """The limits leave no residual."""
    parts = decompose(*tables)
    assert parts.additive.sum() == pytest.approx(parts.after - parts.before, abs=1e-12 * scale(*tables))
    assert np.isfinite(parts.additive).all()


@given(pairs())
def test_factors_multiply_to_the_ratio(tables: tuple[Table, Table]) -> None:
    """Π D_k = V^T/V^0, and D_k = exp(ΔV_k / L(V^T, V^0))."""
    parts = decompose(*tables)
    assert parts.multiplicative is not None
    assert np.log(parts.multiplicative).sum() == pytest.approx(np.log(parts.after / parts.before), abs=1e-11)
    whole = float(log_mean(parts.after, parts.before))
    np.testing.assert_allclose(np.log(parts.multiplicative), parts.additive / whole, rtol=1e-12, atol=1e-12)


@given(pairs(zeros=True))
def test_time_reversal(tables: tuple[Table, Table]) -> None:
    """Backwards every part has the other sign, every factor is turned over."""
    forth, back = decompose(*tables), decompose(tables[1], tables[0])
    np.testing.assert_allclose(forth.additive, -back.additive, atol=1e-12 * scale(*tables))
    if forth.multiplicative is not None and back.multiplicative is not None:
        np.testing.assert_allclose(np.log(forth.multiplicative), -np.log(back.multiplicative), atol=1e-9)


@given(pairs(), st.data())
def test_consistency_in_aggregation(tables: tuple[Table, Table], data: st.DataObject) -> None:
    """The parts of two groups of categories add up to those of all together."""
    first, last = tables
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first))))
    whole = decompose(first, last).additive
    groups = [decompose(first[m], last[m]).additive for m in (chosen, ~chosen) if m.any()]
    np.testing.assert_allclose(sum(groups), whole, atol=1e-12 * scale(*tables))


@given(pairs(), st.data())
def test_the_order_of_factors_does_not_matter(tables: tuple[Table, Table], data: st.DataObject) -> None:
    """Permuted factors have permuted parts; so have categories."""
    first, last = tables
    order = data.draw(st.permutations(range(first.shape[1])))
    np.testing.assert_allclose(
        decompose(first[:, order], last[:, order]).additive,
        decompose(first, last).additive[order],
        atol=1e-12 * scale(*tables),
    )


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic(a: float, b: float) -> None:
    """√(ab) ≤ L(a, b) ≤ (a + b)/2, the same both ways round, also where a and b are nearly equal."""
    mean = float(log_mean(a, b))
    assert np.sqrt(a * b) * (1 - 1e-9) <= mean <= (a + b) / 2 * (1 + 1e-9)
    assert mean == pytest.approx(float(log_mean(b, a)), rel=1e-9)


@pytest.mark.parametrize("gap", [0.0, 1e-16, 1e-13, 1e-9, 1e-6])
def test_the_logarithmic_mean_of_close_numbers(gap: float) -> None:
    """L(a, a + ε) = a + ε/2 − …: no digits are lost in the quotient of two small differences."""
    assert float(log_mean(1.0 + gap, 1.0)) == pytest.approx(1 + gap / 2, rel=1e-12)


# --------------------------------------------------------------------------- the eight cases at zero

CASES = {
    # Ang, Zhang & Choi (1998), Table 2: V = x·r of two factors; what x is and what the part of x tends to.
    1: ([0.0, 3.0], [2.0, 4.0], 8.0),  # x⁰ = 0, V⁰ = 0, all else above zero: V^T
    2: ([2.0, 4.0], [0.0, 3.0], -8.0),  # x^T = 0, V^T = 0: −V⁰
    3: ([2.0, 0.0], [2.0, 4.0], 0.0),  # V⁰ = 0 by another factor, x above zero
    4: ([2.0, 4.0], [2.0, 0.0], 0.0),  # V^T = 0 by another factor
    5: ([0.0, 0.0], [0.0, 4.0], 0.0),  # x zero both times
    6: ([0.0, 3.0], [0.0, 4.0], 0.0),  # x zero both times, the others above zero
    7: ([2.0, 0.0], [3.0, 0.0], 0.0),  # V zero both times by another factor
    8: ([0.0, 0.0], [3.0, 0.0], 0.0),  # V zero both times, x comes up from zero
}


@pytest.mark.parametrize("case", CASES)
def test_the_eight_cases_at_zero(case: int) -> None:
    """The part of x is the analytical limit, whatever stands in the other categories."""
    before, after, part = CASES[case]
    assert decompose([before], [after]).additive[0] == part
    with_others = decompose([before, [5.0, 6.0]], [after, [7.0, 8.0]])
    alone = decompose([[5.0, 6.0]], [[7.0, 8.0]])
    assert with_others.additive[0] == pytest.approx(part + alone.additive[0], rel=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_the_limits_are_what_small_numbers_tend_to(case: int) -> None:
    """With δ in place of zero the part approaches its limit (slowly, as 1/ln δ: why limits are used)."""
    before, after, part = CASES[case]
    gaps = []
    for delta in (1e-25, 1e-50, 1e-100):
        one, two = (np.where(np.array(v) == 0, delta, v) for v in (before, after))
        gaps.append(abs(decompose([one], [two]).additive[0] - part))
    assert gaps[0] < 0.5 and gaps[2] <= gaps[1] <= gaps[0]


def test_factors_that_come_up_from_zero_together_share_alike() -> None:
    """Two of three are zero before: each gets half of what appears."""
    assert decompose([[0.0, 0.0, 3.0]], [[2.0, 5.0, 4.0]]).additive.tolist() == [20, 20, 0]


def test_an_aggregate_of_zero_has_no_ratio() -> None:
    """The additive parts are there, the multiplicative are none."""
    parts = decompose([[0.0, 3.0]], [[2.0, 4.0]])
    assert parts.multiplicative is None and parts.to_dict()["multiplicative"] is None


@pytest.mark.parametrize("wrong", [-1.0, -1e-300, float("nan"), float("inf")])
@pytest.mark.parametrize("time", [0, 1])
def test_a_change_of_sign_is_refused(wrong: float, time: int) -> None:
    """Also where both are negative; the message names the factor and the category."""
    tables = [[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]]
    tables[time][1][0] = wrong
    with pytest.raises(InputError, match="activity of category 2") as refused:
        decompose(tables[0], tables[1], ("activity", "intensity"))
    assert refused.value.code == "K301"


def test_tables_of_other_shapes_are_refused() -> None:
    """They do not compare."""
    with pytest.raises(InputError, match="do not compare"):
        decompose([[1.0, 2.0]], [[1.0, 2.0, 3.0]])


def test_every_pattern_of_zeros_of_three_factors() -> None:
    """All 8 × 8 patterns of one category are finite and add up."""
    full = np.array([2.0, 3.0, 5.0])
    for one, two in itertools.product(itertools.product([0, 1], repeat=3), repeat=2):
        before, after = full * one, full * 1.5 * np.array(two)
        parts = decompose([before], [after])
        assert parts.additive.sum() == pytest.approx(after.prod() - before.prod(), abs=1e-12)

"""Sobol indices of functions whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from separatrix.dynamics.sensitivity.sobol_estimators import Answers, answers, design, indices, sobol_indices
from separatrix.errors import InputError

Array = NDArray[np.float64]


def ishigami(cube: Array) -> Array:
    """Ishigami and Homma (1990), with a = 7 and b = 0.1, on uniform numbers from 0 to 1."""
    t = np.pi * (2 * cube - 1)
    return np.asarray(np.sin(t[:, 0]) + 7 * np.sin(t[:, 1]) ** 2 + 0.1 * t[:, 2] ** 4 * np.sin(t[:, 0]))


ISHIGAMI_FIRST = np.array([0.3139, 0.4424, 0.0])
ISHIGAMI_TOTAL = np.array([0.5576, 0.4424, 0.2437])

G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(cube: Array) -> Array:
    """Sobol's g-function."""
    return np.asarray(np.prod((np.abs(4 * cube - 2) + G) / (1 + G), axis=1))


def g_indices() -> tuple[Array, Array]:
    """Return its first-order and total indices (Saltelli et al. 2010, section 5)."""
    parts = 1 / (3 * (1 + G) ** 2)
    whole = np.prod(1 + parts) - 1
    return parts / whole, parts * np.prod(1 + parts) / (1 + parts) / whole


def within(intervals: Array, truth: Array) -> NDArray[np.bool_]:
    """Return which intervals hold the truth."""
    return (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])


def test_the_indices_of_ishigami_are_found() -> None:
    """First-order, total and second-order indices are near those known, each within its interval."""
    found = sobol_indices(ishigami, 3, samples=16384, seed=1, second=True)
    assert found is not None and found.second is not None and found.second_interval is not None
    assert found.first == pytest.approx(ISHIGAMI_FIRST, abs=0.02)
    assert found.total == pytest.approx(ISHIGAMI_TOTAL, abs=0.02)
    assert found.second[0, 2] == pytest.approx(0.2437, abs=0.03)
    assert found.second[0, 1] == pytest.approx(0, abs=0.03) and np.isnan(found.second[1, 0])
    assert found.mean == pytest.approx(3.5, abs=0.02)
    assert found.variance == pytest.approx(49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5, rel=0.02)
    low, high = found.second_interval[0, 2]
    assert low < 0.2437 < high


def test_the_indices_of_the_g_function_are_found() -> None:
    """Also where the inputs range from all-important to irrelevant."""
    first, total = g_indices()
    found = sobol_indices(g_function, 5, samples=16384, seed=2)
    assert found is not None
    assert found.first == pytest.approx(first, abs=0.02)
    assert found.total == pytest.approx(total, abs=0.02)


def test_more_samples_come_nearer() -> None:
    """The error with 64 times the rows is several times smaller, on the average over seeds."""

    def error(samples: int) -> float:
        wrong = []
        for seed in range(6):
            found = sobol_indices(ishigami, 3, samples=samples, seed=seed, resamples=2)
            assert found is not None
            wrong.append(np.abs(found.total - ISHIGAMI_TOTAL).max())
        return float(np.mean(wrong))

    assert error(8192) < error(128) / 4


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 95 % intervals of independent rows, over many seeds, 88 % to 100 % hold the known index."""
    held = []
    for seed in range(120):
        rng = np.random.default_rng(1000 + seed)
        a, b = rng.random((512, 3)), rng.random((512, 3))
        found = indices(answers(ishigami, a, b), resamples=400, seed=seed)
        assert found is not None
        for truth, interval in (
            (ISHIGAMI_FIRST, found.first_interval),
            (ISHIGAMI_TOTAL, found.total_interval),
        ):
            held.append((interval[:, 0] <= truth) & (truth <= interval[:, 1]))
    share = np.mean(held)
    assert 0.88 <= share <= 1.0


def test_a_sobol_design_is_never_worse_than_its_intervals_say() -> None:
    """Rows of a Sobol sequence are more even than independent ones, so their intervals are wide enough."""
    held = []
    for seed in range(60):
        found = sobol_indices(g_function, 5, samples=256, seed=seed, resamples=300)
        assert found is not None
        held.append(
            (found.total_interval[:, 0] <= g_indices()[1]) & (g_indices()[1] <= found.total_interval[:, 1])
        )
    assert np.mean(held) >= 0.88


def test_an_additive_function_has_no_interactions() -> None:
    """First-order indices add up to one and equal the total ones; the sign of an input does not matter."""
    found = sobol_indices(lambda x: 3 * x[:, 0] - 4 * x[:, 1], 2, samples=8192)
    assert found is not None
    assert found.first == pytest.approx([0.36, 0.64], abs=0.01)
    assert found.total == pytest.approx([0.36, 0.64], abs=0.01)


def test_an_input_that_does_nothing_has_a_total_index_of_zero() -> None:
    """Exactly, with an interval of no width: nothing ever changed."""
    found = sobol_indices(lambda x: x[:, 0], 2, samples=64)
    assert found is not None
    assert found.total[1] == 0 and found.total_interval[1].tolist() == [0, 0]


def test_shifting_and_scaling_an_answer_change_no_index() -> None:
    """Indices are parts of a variance, whatever its unit and origin."""
    plain = sobol_indices(ishigami, 3, samples=512, seed=3)
    moved = sobol_indices(lambda x: 1e6 - 1e3 * ishigami(x), 3, samples=512, seed=3)
    assert plain is not None and moved is not None
    assert moved.first == pytest.approx(plain.first, abs=1e-6)
    assert moved.total_interval == pytest.approx(plain.total_interval, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0, 1e9, 1 / 3])
def test_a_constant_has_no_indices(value: float) -> None:
    """Also where rounding makes it look as if it varied."""
    assert sobol_indices(lambda x: np.full(len(x), value) * (1 + 1e-16 * x[:, 0]), 2, samples=64) is None


def test_rows_without_an_answer_are_known() -> None:
    """A row counts where every answer in it is finite."""
    one = np.array([1.0, np.nan, 3.0, 4.0])
    found = Answers(one, np.ones(4), np.array([[1, 1, np.inf, 1], [1, 1, 1, 1]]))
    assert found.finite_rows().tolist() == [True, False, False, True]
    assert found.select(found.finite_rows()).ab.shape == (2, 2)


def test_the_two_samples_are_one_design() -> None:
    """They have a power of two of rows, differ in every input, and follow from the seed."""
    a, b = design(3, 100, 7)
    assert a.shape == b.shape == (128, 3)
    assert not (a == b).any()
    assert np.array_equal(design(3, 100, 7)[1], b)


@pytest.mark.parametrize(("samples", "seed"), [(15, 0), (1 << 23, 0), (64, -1), (64, True), (64, 1.5)])
def test_impossible_designs_are_refused(samples: int, seed: int) -> None:
    """Too few and too many samples, and seeds that are none."""
    with pytest.raises(InputError, match="D654"):
        design(2, samples, seed)


@pytest.mark.parametrize("threshold", [0.5, 0.9, 0.99])
def test_answers_of_zero_and_one_have_indices_and_a_variance_that_can_be(threshold: float) -> None:
    """Of zeros and ones the variance is p(1 - p), and no index goes beyond 1, however rare one is."""
    for seed in range(12):
        a, b = design(4, 64, seed)
        found = answers(lambda x: (x.max(axis=1) > threshold ** (1 / 4)).astype(float), a, b)
        result = indices(found, resamples=100, seed=seed)
        assert found.rarer is not None
        if result is None:
            assert found.rarer == 0
            continue
        assert result.variance == pytest.approx(result.mean * (1 - result.mean))
        kept = result.bounded
        assert (kept.total <= 1).all() and (kept.total_interval <= 1).all() and (kept.first >= 0).all()
        assert (kept.total_interval[:, 0] <= kept.total).all() and (
            kept.total <= kept.total_interval[:, 1]
        ).all()

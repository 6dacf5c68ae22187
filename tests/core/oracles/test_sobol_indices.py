"""Sobol indices beside those of SALib and of scipy, from the same samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from SALib.analyze import sobol as salib
from scipy.stats import sobol_indices as scipy_indices

from core.dynamics.sensitivity.test_sobol import g_function, g_indices, ishigami
from separatrix.dynamics.sensitivity.sobol_estimators import Answers, Indices, answers, design, indices

Array = NDArray[np.float64]
FUNCTIONS = [(ishigami, 3), (g_function, 5), (lambda x: (x[:, 0] + x[:, 1] > 1.2) * 1.0, 4)]


def by_variance_of_two(found: Indices, answered: Answers) -> float:
    """By what our indices are multiplied to be those of others, who know the variance at A and B alone."""
    return found.variance / float(np.concatenate([answered.a, answered.b]).var())


@pytest.mark.parametrize(("function", "inputs"), FUNCTIONS, ids=["ishigami", "g", "step"])
def test_salib_finds_the_same_from_the_same_samples(function: Callable[[Array], Array], inputs: int) -> None:
    """Total indices agree to rounding, the others up to the difference of estimators; variances aside."""
    a, b = design(inputs, 1024, 5)
    ours = answers(function, a, b, second=True)
    assert ours.ba is not None
    rows = np.concatenate([[ours.a], ours.ab, ours.ba, [ours.b]]).T.ravel()
    problem = {"num_vars": inputs, "names": [f"x{k}" for k in range(inputs)], "bounds": [[0, 1]] * inputs}
    theirs = salib.analyze(problem, rows, calc_second_order=True, num_resamples=400, seed=1)
    found = indices(ours)
    assert found is not None and found.second is not None
    assert found.variance == pytest.approx(rows.var())
    scale = by_variance_of_two(found, ours)
    assert found.first * scale == pytest.approx(theirs["S1"], abs=1e-9)
    assert found.total * scale == pytest.approx(theirs["ST"], abs=1e-9)
    upper = np.triu_indices(inputs, 1)
    assert found.second[upper] * scale == pytest.approx(theirs["S2"][upper], abs=2e-2)


@pytest.mark.parametrize(("function", "inputs"), FUNCTIONS, ids=["ishigami", "g", "step"])
def test_salib_finds_the_same_without_second_order(function: Callable[[Array], Array], inputs: int) -> None:
    """Then all answers are the same, and so are first-order indices, to rounding; intervals are alike."""
    a, b = design(inputs, 2048, 6)
    ours = answers(function, a, b)
    rows = np.concatenate([[ours.a], ours.ab, [ours.b]]).T.ravel()
    problem = {"num_vars": inputs, "names": [f"x{k}" for k in range(inputs)], "bounds": [[0, 1]] * inputs}
    theirs = salib.analyze(problem, rows, calc_second_order=False, num_resamples=1000, seed=1)
    found = indices(ours)
    assert found is not None
    scale = by_variance_of_two(found, ours)
    assert found.first * scale == pytest.approx(theirs["S1"], abs=1e-9)
    assert found.total * scale == pytest.approx(theirs["ST"], abs=1e-9)
    half = (found.total_interval[:, 1] - found.total_interval[:, 0]) / 2
    assert half == pytest.approx(theirs["ST_conf"], rel=0.25, abs=2e-3)


@pytest.mark.parametrize(("function", "inputs"), FUNCTIONS[:2], ids=["ishigami", "g"])
def test_scipy_finds_the_same_from_the_same_answers(function: Callable[[Array], Array], inputs: int) -> None:
    """scipy's function takes the answers at A, B and AB."""
    a, b = design(inputs, 1024, 8)
    ours = answers(function, a, b)
    theirs = scipy_indices(
        func={"f_A": ours.a[None], "f_B": ours.b[None], "f_AB": ours.ab[:, None, :]}, n=1024
    )
    found = indices(ours)
    assert found is not None
    scale = by_variance_of_two(found, ours)
    assert found.first * scale == pytest.approx(theirs.first_order, abs=1e-3)
    assert found.total * scale == pytest.approx(theirs.total_order, abs=1e-9)


def test_salib_knows_the_same_truth() -> None:
    """With SALib's own sample, its indices of the g-function are those that the tests here hold true."""
    from SALib.sample import sobol as sample

    problem = {"num_vars": 5, "names": list("abcde"), "bounds": [[0, 1]] * 5}
    cube = sample.sample(problem, 4096, calc_second_order=False, seed=1)
    theirs = salib.analyze(problem, g_function(cube), calc_second_order=False, seed=1)
    assert theirs["S1"] == pytest.approx(g_indices()[0], abs=0.02)
    assert theirs["ST"] == pytest.approx(g_indices()[1], abs=0.02)

"""Rewards and fines in finite populations: against published values, limits, systems and simulation."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

import separatrix
from separatrix.errors import SeparatrixError
from separatrix.policy.expected_cost import (
    FinitePopulation,
    Incentive,
    expected_cost,
    finite_population,
    frequency,
    visits,
)
from separatrix.policy.incentive_cost import (
    cost_and_slope,
    critical_beta,
    falling_costs,
    finite_programme,
    least_incentive,
)
from separatrix.population.finite.fixation import fixation_probability

DONATION = {"payoff_matrix": [["b - c", "-c"], ["b", 0]], "parameters": {"b": 2, "c": 1}}
HAWK_DOVE = {"payoff_matrix": [[-1, 4], [0, 2]]}
STAG = {"payoff_matrix": [[4, 0], [3, 2]]}
GROUP: dict[str, Any] = {
    "populations": [{"name": "all", "share": "x", "strategies": ["give", "keep"]}],
    "group": {"size": 3, "payoff": {"give": "2*(k + 1)/3 - 1", "keep": "2*k/3"}},
}


def donation(size: int, beta: object) -> FinitePopulation:
    """Return the population of Duong and Han: whom a player looks at may be itself."""
    return finite_population(DONATION, population_size=size, beta=beta, self_imitation=True)


def by_linear_system(population: FinitePopulation, theta: float, starts: list[int]) -> Any:
    """Return how often each state is visited, by solving (I - Q)^T n = e at 60 digits."""
    with mpmath.workdps(60):
        size, most = population.size, population.size - 1
        meet = mpmath.mpf(1) / (size * (size - (not population.itself)))
        system = mpmath.zeros(most, most)
        for k, own in enumerate(population.advantages, 1):
            more = population.beta * (mpmath.mpf(own.numerator) / own.denominator + mpmath.mpf(str(theta)))
            up, down = (k * (size - k) * meet / (1 + mpmath.exp(sign * more)) for sign in (-1, 1))
            system[k - 1, k - 1] = up + down
            if k < most:
                system[k, k - 1] = -up
            if k > 1:
                system[k - 2, k - 1] = -down
        first = mpmath.zeros(most, 1)
        for start in starts:
            first[start - 1] += mpmath.mpf(1) / len(starts)
        return [float(value) for value in mpmath.lu_solve(system, first)]


@pytest.mark.parametrize(
    ("size", "beta", "theta", "reward", "fine"),
    [
        (10, "0.1", 2, 571.867890990127588, 556.031355794345078),
        (50, "0.1", 2, 22511.5976365466375, 21496.7715042431104),
        (100, 1, "1.2", 60930.8620282906, 57134.2920725562),
    ],
)
def test_published_costs(size: int, beta: object, theta: object, reward: float, fine: float) -> None:
    """Duong and Han's donation game, b = 2 and c = 1: to twelve digits."""
    population = donation(size, beta)
    assert expected_cost(population, theta) == pytest.approx(reward, rel=1e-12, abs=0)
    assert expected_cost(population, theta, "punishment") == pytest.approx(fine, rel=1e-12, abs=0)


def test_limits_of_weak_and_strong_selection() -> None:
    """theta N^2 H for weak selection and where theta meets the loss; a jump where selection is strong."""
    size = 10
    harmonic = math.fsum(1 / k for k in range(1, size))
    weak, strong, some = donation(size, 0), donation(size, "inf"), donation(size, 3)
    loss = -weak.advantages[0]
    assert expected_cost(weak, 3) == pytest.approx(3 * size**2 * harmonic, rel=1e-14)
    assert expected_cost(some, loss) == pytest.approx(float(loss) * size**2 * harmonic, rel=1e-13)
    above, below = (size**2 / 2 * (part + harmonic) for part in (1, 1 / (size - 1)))
    assert expected_cost(strong, 2) == pytest.approx(2 * above, rel=1e-14)
    assert expected_cost(strong, 1) == pytest.approx(below, rel=1e-14)
    assert expected_cost(donation(size, 400), 2) == pytest.approx(2 * above, rel=1e-12)
    # Where each is rare it earns more: the chain never ends, and an incentive is paid for ever.
    mixed = finite_population(HAWK_DOVE, population_size=9, beta="inf")
    assert expected_cost(mixed, "0.1") == math.inf


@pytest.mark.parametrize("game", [DONATION, HAWK_DOVE, STAG, GROUP])
@pytest.mark.parametrize("itself", [True, False])
def test_visits_solve_the_linear_system(game: Any, itself: bool) -> None:
    """Four games, from the ends and from a number in between: as the fundamental matrix at 60 digits."""
    for size, beta, theta in ((3, 2, 0.5), (12, 1, 0.25), (25, 0.3, 1.5)):
        own = finite_population(game, population_size=size, beta=beta, self_imitation=itself)
        for start, starts in ((None, [1, size - 1]), (size // 2, [size // 2])):
            expected = by_linear_system(own, theta, starts)
            assert visits(own, theta, start) == pytest.approx(expected, rel=1e-12)


def test_costs_are_those_of_simulated_populations() -> None:
    """Twenty thousand runs of six players: the mean payment lies within four standard errors."""
    own, theta, rng = finite_population(STAG, population_size=6, beta=1), 0.7, np.random.default_rng(11)
    more = np.array([float(a) for a in own.advantages]) + theta
    runs = 20_000
    state, paid = np.where(rng.random(runs) < 0.5, 1, 5), np.zeros(runs)
    while ((state > 0) & (state < 6)).any():
        active = (state > 0) & (state < 6)
        paid += np.where(active, theta * state, 0.0)
        own_more = more[np.clip(state, 1, 5) - 1]
        meet = state * (6 - state) / 30
        draw = rng.random(runs)
        up, down = meet / (1 + np.exp(-own_more)), meet / (1 + np.exp(own_more))
        state = state + np.where(active & (draw < up), 1, 0) - np.where(active & (draw > 1 - down), 1, 0)
    error = paid.std(ddof=1) / math.sqrt(runs)
    assert abs(paid.mean() - expected_cost(own, theta)) < 4 * error


def test_the_frequency_is_that_of_fixation_probabilities() -> None:
    """rho(C in D) / (rho(C in D) + rho(D in C)), with the reward written into the game."""
    for beta, theta in ((0.1, 2), (1, "1.2"), (2, "0.5")):
        paid = {
            "payoff_matrix": [["b - c + t", "t - c"], ["b", 0]],
            "parameters": {"b": 2, "c": 1, "t": theta},
            "populations": [{"name": "all", "share": "x", "strategies": ["C", "D"]}],
        }
        game = separatrix.load(paid)
        into, out = (
            fixation_probability(game, a, b, population_size=10, beta=beta)
            for a, b in (("C", "D"), ("D", "C"))
        )
        assert frequency(donation(10, beta), theta) == pytest.approx(into / (into + out), rel=1e-12)


def test_the_least_incentive_is_the_closed_form() -> None:
    """-delta + ln(w / (1 - w)) / ((N - 1) beta); 0 where the strategy is as frequent of itself."""
    own = donation(50, "0.1")
    loss = -float(own.advantages[0])
    for wished in (0.5, 0.9, 0.999):
        least = least_incentive(own, wished)
        assert least == pytest.approx(loss + math.log(wished / (1 - wished)) / (49 * 0.1), rel=1e-14)
        assert frequency(own, Fraction(least)) == pytest.approx(wished, rel=1e-12)
    assert least_incentive(own, 1e-9) == 0.0
    assert least_incentive(donation(50, "inf"), 0.9) == pytest.approx(loss)


@pytest.mark.parametrize(("size", "published"), [(3, 10.929142), (4, 6.647109), (10, 3.834769)])
def test_published_critical_intensities(size: int, published: float) -> None:
    """Where the cost of a reward stops growing with it, in units of the loss: to six digits."""
    own = donation(size, 1)
    found = critical_beta(own)
    assert found is not None
    assert found * -float(own.advantages[0]) == pytest.approx(published, abs=1e-6)
    # One percent to either side: the cost falls nowhere, and somewhere.
    assert falling_costs(donation(size, 0.99 * found)) == ()
    assert len(falling_costs(donation(size, 1.01 * found))) == 1


@pytest.mark.parametrize("incentive", ["reward", "punishment"])
@pytest.mark.parametrize("game", [DONATION, HAWK_DOVE, STAG])
def test_slopes_are_those_of_costs(game: Any, incentive: Incentive) -> None:
    """The derivative of the cost against differences of mpmath's numbers, at many incentives."""
    own = finite_population(game, population_size=8, beta=2)
    theta = np.array([0.0, 0.3, 0.9, 1.1, 1.6, 3.0])
    costs, slopes = cost_and_slope(own, theta, incentive)
    step = 1e-5
    for at, cost, slope in zip(theta.tolist(), costs, slopes, strict=True):
        assert cost == pytest.approx(expected_cost(own, Fraction(at), incentive), rel=1e-12)
        around = [expected_cost(own, Fraction(max(at + s, 0.0)), incentive) for s in (-step, step)]
        width = 2 * step if at else step
        assert slope == pytest.approx((around[1] - around[0]) / width, rel=1e-4)
    assert cost_and_slope(own, theta, incentive, 3)[0][2] == pytest.approx(
        expected_cost(own, Fraction(0.9), incentive, 3), rel=1e-12
    )


def test_where_costs_fall_the_cheapest_incentive_is_larger_than_the_least() -> None:
    """Ten players under strong selection: no reward on a fine grid that is often enough costs less."""
    own = donation(10, 6)
    found = finite_programme(own, 0.99)
    ((low, high),) = found.falling
    assert (
        low < found.least < high and found.theta == pytest.approx(high) and found.cost < found.cost_of_least
    )
    grid = np.linspace(found.least, 4, 400)
    assert min(expected_cost(own, Fraction(t)) for t in grid.tolist()) >= found.cost * (1 - 1e-12)
    assert found.to_dict()["frequency"] >= 0.99
    mild = finite_programme(donation(10, "0.1"), 0.9)
    assert mild.theta == mild.least and mild.falling == () and mild.frequency == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: finite_population("shi-chen-2018"), "P164"),
        (lambda: finite_population({"payoff_matrix": np.eye(3).tolist()}), "P164"),
        (lambda: finite_population(DONATION, population_size=1), "N201"),
        (lambda: finite_population(DONATION, beta=-1), "N205"),
        (lambda: finite_population(DONATION, "nobody"), "N203"),
        (lambda: expected_cost(donation(5, 1), -1), "P165"),
        (lambda: expected_cost(donation(5, 1), 1, "praise"), "P165"),  # type: ignore[arg-type]
        (lambda: visits(donation(5, 1), 1, 5), "P165"),
        (lambda: least_incentive(donation(5, 1), 1.0), "P165"),
        (lambda: least_incentive(donation(5, 0), 0.6), "P167"),
        (lambda: critical_beta(finite_population({"payoff_matrix": [[1, 1], [1, 1]]})), "P166"),
    ],
)
def test_what_cannot_be_asked_is_told(call: Any, code: str) -> None:
    """Each has its code; half of the time can be had without selection."""
    with pytest.raises(SeparatrixError, match=code):
        call()
    assert least_incentive(donation(5, 0), 0.5) == 0.0


def test_large_populations_keep_their_digits() -> None:
    """A thousand players under strong selection: no overflow, and the limit to ten digits."""
    own = donation(1000, 10)
    harmonic = math.fsum(1 / k for k in range(1, 1000))
    assert expected_cost(own, 9) == pytest.approx(9 * 1000**2 / 2 * (1 + harmonic), rel=1e-10)

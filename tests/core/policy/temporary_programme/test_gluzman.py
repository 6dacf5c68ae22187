"""The three strategies of Gluzman, Scott and Vladimirsky (2020): the value function and direct optimisation.

Cells that make acid (share p), that make vessels (q of the others), and that do neither; a drug of at most 3
works against the first, at a cost of its dose and 0.01 per unit of time, until p is below 10^-1.5.  Of these
p' = p(1-p)(b_a/5 - q(b_v - c) - dose) and q' = q(1-q)(b_v/5 (1 + p + p² + p³ + p⁴) - c).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

import separatrix
from separatrix.figures.programmes import switching_curve_picture
from separatrix.policy.temporary.control_problem import ControlProblem, control_problem
from separatrix.policy.temporary.direct_collocation import followed
from separatrix.policy.temporary.direct_shooting import cheapest_constant, cheapest_steps
from separatrix.policy.temporary.hamilton_jacobi_bellman import ValueFunction, value_function
from separatrix.policy.temporary.supported_trajectory import supported_trajectory
from separatrix.policy.temporary.target_set import ratio_rates, ratios_of, states_of

Array = NDArray[np.float64]

BARRIER = 10**-1.5
START = np.array([0.665, 0.0871, 0.2479])


@dataclass(frozen=True)
class Recovered:
    """The states in which few cells make acid, as a target."""

    error: float = 0.0
    how_sure: str = "a share"

    def depths(self, states: Array) -> Array:
        return np.asarray(BARRIER - states[..., 0])

    def depth(self, state: Array) -> float:
        return float(BARRIER - state[0])

    def holds(self, state: Array) -> bool:
        return bool(state[0] < BARRIER)


def tumour() -> ControlProblem:
    """Return the case of the paper's figure 3: d_max 3, σ 0.01, b_a 2.5, b_v 2, c 1."""
    cells = [{"id": "G", "name": "acid"}, {"id": "V", "name": "vessels"}, {"id": "D", "name": "neither"}]
    game = separatrix.load(
        {
            "title": "Gluzman, Scott and Vladimirsky (2020)",
            "populations": [{"name": "Tumour", "share": "x", "strategies": cells}],
            "parameters": {"ba": 2.5, "bv": 2, "c": 1, "dose": 0},
            "let": {"q": "x_V/(x_V + x_D)", "B": "bv*(1 + x_G + x_G^2 + x_G^3 + x_G^4)/5"},
            "payoff_functions": {
                "Tumour": {"G": "ba/5 - dose", "V": "q*(bv - B) + B - c", "D": "q*(bv - B)"}
            },
            "instruments": {
                "drug": {"range": [0, 3], "changes": {"dose": "dose + drug"}, "cost": "drug + 0.01"}
            },
        }
    )
    return control_problem(game, ["drug"])


def motion(ratios: Array, levels: Array) -> tuple[Array, Array]:
    """Return the rates of p and q as the paper writes them, and the cost: no payoffs are asked."""
    p, q = ratios[..., 0], ratios[..., 1]
    vessels = 2 / 5 * (1 + p + p**2 + p**3 + p**4) - 1
    rates = np.stack([p * (1 - p) * (0.5 - q - levels[0]), q * (1 - q) * vessels], axis=-1)
    return rates, np.full(p.shape, levels[0] + 0.01)


def value(nodes: int, hold: float) -> ValueFunction:
    """Return the value function; where nearly all cells make acid nobody recovers."""
    return value_function(
        motion,
        lambda at: BARRIER - at[..., 0],
        np.array([[0.0], [3.0]]),
        [nodes, nodes],
        hold,
        beyond=100.0,
        forbidden=lambda at: at[..., 0] >= 1 - BARRIER,
    )


def test_the_game_moves_as_the_paper_writes() -> None:
    """Payoffs of three strategies give the two equations of the paper, for any dose."""
    problem = tumour()
    rng = np.random.default_rng(0)
    ratios = rng.uniform(0.02, 0.98, (50, 2))
    for dose in (0.0, 1.7, 3.0):
        states = states_of(ratios, (3,))
        levels = np.full((50, 1), dose)
        found = ratio_rates(ratios, problem.growth(states, levels))
        assert found == pytest.approx(motion(ratios, np.array([dose]))[0], abs=1e-12)
    assert problem.affine and problem.polynomials is None


def test_optimisation_and_the_value_function_agree() -> None:
    """Both routes are within 1 %; the drug waits first, which is far cheaper than the most at once."""
    problem, target = tumour(), Recovered()
    fine = value(301, 0.08)
    expected = float(fine.at(ratios_of(START[None], (3,)))[0])
    order = followed(problem, fine, START, target)
    assert order is not None
    rough, reached = supported_trajectory(problem, START, order, target)
    assert reached
    best = cheapest_steps(problem, START, target, rough.steps, 0.0, None)
    assert best is not None
    assert best.cost == pytest.approx(expected, rel=0.01)
    assert best.cost <= rough.cost
    assert best.states[:, 0].max() < 1 - BARRIER
    assert best.steps.levels[0] == (0.0,) and best.steps.levels[-1] == (3.0,)
    constant = cheapest_constant(problem, START, target, 0.0, None)
    assert constant is not None and constant.steps.levels == ((3.0,),)
    assert constant.cost > 1.2 * best.cost


@pytest.mark.soak
def test_a_finer_lattice_comes_to_the_same_value() -> None:
    """The value converges as the lattice is refined, and vanishes at the barrier."""
    at = ratios_of(START[None], (3,))
    coarse, middle, fine = (float(value(n, 0.1).at(at)[0]) for n in (101, 201, 301))
    assert abs(fine - middle) < abs(middle - coarse)
    assert fine == pytest.approx(middle, rel=5e-3)
    assert float(value(101, 0.1).at(np.array([[0.02, 0.5]]))[0]) == 0.0


def test_the_switching_curve_is_drawn_between_waiting_and_working() -> None:
    """The drug is off at the start and above the curve, on within it, and the figure tells both."""
    found = value(151, 0.1)
    chosen = found.choices[found.best, 0]
    nodes = found.axes[0]

    def dose(p: float, q: float) -> float:
        return float(chosen[int(np.abs(nodes - p).argmin()), int(np.abs(nodes - q).argmin())])

    assert dose(0.665, 0.26) == 0.0 and dose(0.8, 0.5) == 0.0 and dose(0.9, 0.8) == 0.0
    assert dose(0.3, 0.5) == 3.0 and dose(0.5, 0.5) == 3.0 and dose(0.06, 0.3) == 3.0
    draw = switching_curve_picture(found, "Three kinds of cells", ("p", "q"), ratios_of(START[None], (3,)))
    assert b"Three kinds of cells" in draw("svg") and draw("png")[1:4] == b"PNG"

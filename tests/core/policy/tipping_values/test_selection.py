"""The levels at which noise selects the target: golden values, both criteria, and chains on both sides."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import separatrix
from core.policy.tipping_values.levers import PARTIES, alone, only, random_game
from separatrix.game.model import Game
from separatrix.policy.tipping.levels import InstrumentLevels
from separatrix.policy.tipping.stochastic_selection import Selection
from thinning import thinned


def unequal(losses: tuple[tuple[object, object], tuple[object, object]] = ((2, 2), (5, "1.05"))) -> Game:
    """Return two parties who lose so much by leaving (yes, yes), and (no, no); `s` adds to the first loss."""
    (a1, b1), (a0, b0) = losses
    return separatrix.load(
        {
            "populations": PARTIES,
            "bimatrix": [[[f"{a1} + s", b1], [0, 0]], [[0, 0], [a0, b0]]],
            "parameters": {"s": {"value": 0, "range": [-2, 2]}},
        }
    )


def of(game: Game, name: str, low: int, high: int, sizes: tuple[int, ...], beta: float) -> Selection:
    """Return what is asked of the first strategies of a game along a parameter."""
    values = {n: p.value for n, p in game.parameters.items() if n != name and p.value is not None}
    levels = InstrumentLevels(game, values, name, Fraction(low), Fraction(high), Fraction(low))
    return Selection(levels, tuple(0 for _ in game.populations), sizes, beta)


def test_noise_and_the_product_of_losses_choose_differently() -> None:
    """Losses (2, 2) against (5, 1.05): the chain puts 0.9997 on what product and sum reject."""
    game = unequal()
    chain = separatrix.small_mutation_limit(game, population_size=20, beta=0.5)
    assert chain.weights[0] == pytest.approx(0.9997, abs=5e-5)
    found = only(separatrix.tipping_values(game, "s", population_size=20, beta=0.5))
    zero = Fraction(0)
    assert found.condition("selected").idle and found.condition("strong").idle
    assert not found.condition("risk").idle and 2 + 2 < 5 + 1.05
    risk = found.condition("risk").tipping
    assert risk is not None and risk.low == risk.high == Fraction(5, 8)
    assert found.differs is not None and found.differs.holds(zero) and not found.differs.holds(Fraction(1))


@pytest.mark.parametrize("sizes", [(20, 20), (5, 30), (30, 6)])
def test_the_strong_criterion_is_the_limit_of_the_chain(sizes: tuple[int, int]) -> None:
    """Where the least (N - 1) times loss is larger, strong selection keeps the target, and nowhere else."""
    for losses in (((2, 2), (5, "1.05")), ((1, 3), (2, 2)), ((4, "1/2"), (1, 1))):
        game = unequal(losses)  # type: ignore[arg-type]
        selection = of(game, "s", -2, 2, sizes, 1.0)
        strong = selection.strong()
        for k in range(9):
            level = Fraction(k - 4, 2) * Fraction(96, 97)
            limit = separatrix.small_mutation_limit(game, {"s": level}, population_size=sizes).strong
            assert limit is not None and strong is not None and (limit[0] == 1) == strong.holds(level)


def test_one_population_is_selected_where_the_sum_of_gains_is_positive() -> None:
    """N/2 (a+b-c-d) - a + d = 0, exactly, and the fixation probabilities agree on both sides."""
    game = separatrix.load(
        {
            "payoff_matrix": [["4 - c", "-c"], [0, 0]],
            "parameters": {"c": {"value": 3, "range": [0, 4]}},
        }
    )
    found = only(separatrix.tipping_values(game, "c", population_size=20, beta=0.5))
    selected = found.condition("selected")
    assert selected.method == "exact" and selected.tipping is not None
    # 10 (4 - 2c) - 4 + c = 0
    assert selected.tipping.low == selected.tipping.high == Fraction(36, 19)
    for _, below, above in alone(selected.levels, found.low, found.high):
        ratios = [
            separatrix.fixation_probability(
                game, "yes", "no", values={"c": c}, population_size=20, beta=0.5, log=True
            )
            - separatrix.fixation_probability(
                game, "no", "yes", values={"c": c}, population_size=20, beta=0.5, log=True
            )
            for c in (below, above)
        ]
        assert ratios[0] > 0 > ratios[1]


def test_gains_that_are_functions_of_the_share_are_summed_exactly() -> None:
    """The exact sum over 1 ... N-1 crosses where the chain's weights are equal."""
    game = separatrix.load(
        {
            "populations": [{"name": "P", "share": "x"}],
            "payoff_functions": {"P": {"yes": "s + 4*x^2", "no": "1 + x"}},
            "parameters": {"s": {"value": 0, "range": [-1, 2]}},
        }
    )
    selection = of(game, "s", -1, 2, (12,), 0.7)
    (end,) = selection.selected().ends
    assert len(selection.criterion) == 1 and abs(selection.lead(end.low)) < 1e-12


def test_two_identical_parties_are_linear_too() -> None:
    """The paper's game: as much lost by leaving either state at C1 = 3; the majority changes there."""
    game = separatrix.load("shi-chen-2018")
    found = only(separatrix.tipping_values(game, "C1=0:6", scenario="bistable", population_size=30, beta=0.4))
    selected = found.condition("selected")
    assert selected.method == "exact" and selected.tipping is not None and selected.tipping.low == 3
    majority = []
    for c in (Fraction(297, 100), Fraction(303, 100)):
        chain = separatrix.small_mutation_limit(game, {"C1": c}, "bistable", population_size=30, beta=0.4)
        majority.append(chain.names[int(np.argmax(chain.weights))])
    assert majority == ["cooperate, cooperate", "decline, decline"]


@pytest.mark.parametrize("seed", range(4))
def test_unequal_parties_change_their_majority_at_each_end(seed: int) -> None:
    """One per cent on either side of a tipping value the chain is mostly in different states."""
    draw = np.random.default_rng(seed)
    losses = tuple((int(a), int(b)) for a, b in draw.integers(1, 7, (2, 2)))
    game = unequal(losses)  # type: ignore[arg-type]
    found = only(separatrix.tipping_values(game, "s", population_size=[12, 20], beta=0.5))
    for _, below, above in alone(found.condition("selected").levels, found.low, found.high):
        modes = [
            int(
                np.argmax(
                    separatrix.small_mutation_limit(
                        game, {"s": s}, population_size=[12, 20], beta=0.5
                    ).log_weights
                )
            )
            for s in (below, above)
        ]
        assert modes[0] != modes[1] and 0 in modes


def test_what_is_never_selected_says_how_often_it_is_met() -> None:
    """At the best level the share of the time at the target is told, and where most of it is spent."""
    game = unequal(((1, 1), (5, 5)))
    found = only(separatrix.tipping_values(game, "s=-1/2:1/2", population_size=20, beta=0.1))
    why = found.condition("selected").shortfall
    assert why is not None and "of the time, and at (no, no)" in why


def test_an_intensity_that_is_none_is_refused() -> None:
    """A beta of 0, below 0 or infinite selects nothing, or needs another question."""
    for beta in (0, -1, math.inf):
        with pytest.raises(separatrix.InputError) as caught:
            separatrix.tipping_values(unequal(), "s", beta=beta)
        assert caught.value.code == "P103"


@pytest.mark.parametrize("parties", [1, 2, 3])
@thinned("seed", range(3), each_run=1)
def test_random_games_are_found_where_the_chain_says(parties: int, seed: int) -> None:
    """At levels all over the range the target has the largest weight exactly where that is claimed."""
    game = random_game(4000 + 10 * parties + seed, parties, today=False)
    draw = np.random.default_rng(seed)
    target = tuple(int(b) for b in draw.integers(0, 2, parties))
    sizes = [int(v) for v in draw.integers(4, 25, parties)]
    asked: Any = {"population_size": sizes, "beta": (0.05, 0.3, 1)[seed]}
    names = [("yes", "no")[a] for a in target]
    selected = only(separatrix.tipping_values(game, "s", target=names, **asked)).condition("selected")
    for level in (Fraction(float(v)).limit_denominator(997) for v in draw.uniform(-4, 4, 6)):
        chain = separatrix.small_mutation_limit(game, {"s": level}, **asked)
        k = chain.states.index(target)
        lead = chain.log_weights[k] - np.delete(chain.log_weights, k).max()
        if abs(lead) > 1e-6:
            assert (lead > 0) == selected.levels.holds(level)

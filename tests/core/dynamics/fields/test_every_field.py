"""What all fields have in common, whatever the game."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dynamics.fields.games import (
    DYNAMICS,
    FORMS,
    HAWKS,
    IMITATIVE,
    INNOVATIVE,
    PENNIES,
    UNEVEN,
    bimatrices,
    made,
    points,
    states,
)
from separatrix.dynamics.fields import FaceField
from separatrix.errors import InputError
from separatrix.game.reader import load


@pytest.mark.parametrize("kind", DYNAMICS)
@pytest.mark.parametrize("form", FORMS)
def test_rates_stay_in_the_state_space(kind: str, form: str) -> None:
    """For any form of game the rates of a population add up to zero, and none leads out of [0, 1]."""
    flow = made(load(FORMS[form]), kind)
    own = flow.weights(states(flow))
    for part, rate in zip(own, flow.rates(own), strict=True):
        assert np.abs(rate.sum(axis=-1)).max() <= 1e-12 * max(1.0, float(np.abs(rate).max()))
        assert (rate[part == 0] >= 0).all()


@pytest.mark.parametrize("kind", DYNAMICS)
@given(data=st.data())
def test_rates_add_up_to_zero_in_random_games(kind: str, data: st.DataObject) -> None:
    """The flow keeps the sum of the shares, faces included, to 1e-12."""
    flow = made(data.draw(bimatrices()), kind)
    own = flow.weights(data.draw(points(flow)))
    for rate in flow.rates(own):
        assert abs(rate.sum()) <= 1e-12


@pytest.mark.parametrize("kind", [*INNOVATIVE, *IMITATIVE])
@given(data=st.data())
def test_motion_and_payoffs_agree(kind: str, data: st.DataObject) -> None:
    """Positive correlation: the rates of a population times its payoffs are not negative."""
    flow = made(data.draw(bimatrices()), kind)
    own = flow.weights(data.draw(points(flow)))
    for rate, earned in zip(flow.rates(own), flow.payoffs(own), strict=True):
        assert float((rate * earned).sum()) >= -1e-12


@pytest.mark.parametrize("kind", INNOVATIVE)
@given(data=st.data())
def test_innovators_rest_exactly_at_nash_equilibria(kind: str, data: st.DataObject) -> None:
    """A state is at rest if and only if no strategy earns more than one that is played."""
    flow = made(data.draw(bimatrices()), kind)
    own = flow.weights(data.draw(points(flow)))
    regret = max(
        float((earned.max() - earned[part > 0]).max())
        for part, earned in zip(own, flow.payoffs(own), strict=True)
    )
    motion = max(float(np.abs(rate).max()) for rate in flow.rates(own))
    assert (regret <= 1e-12) == (motion <= 1e-12)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_the_fields_that_keep_faces_say_so(kind: str) -> None:
    """A strategy that nobody plays stays unplayed exactly under the fields that have logarithmic rates."""
    flow = made(load(UNEVEN), kind)
    assert flow.keeps_faces == isinstance(flow, FaceField) == (kind in IMITATIVE)
    own = flow.weights(flow.probes[1:])
    taken_up = any((rate[part == 0] > 0).any() for part, rate in zip(own, flow.rates(own), strict=True))
    assert taken_up != flow.keeps_faces


@pytest.mark.parametrize("kind", IMITATIVE)
def test_logarithmic_rates_are_rates_over_shares(kind: str) -> None:
    """x times d ln x / dt is dx/dt, and it is finite where x is zero or 1e-300."""
    flow = made(load(UNEVEN), kind)
    own = flow.weights(np.array([[1e-300, 0.0, 1.0, 1e-300], [0.2, 0.3, 0.5, 0.4]]))
    assert isinstance(flow, FaceField)
    for part, rate, growth in zip(own, flow.rates(own), flow.log_rates(own), strict=True):
        assert np.isfinite(growth).all()
        assert part * growth == pytest.approx(rate)
    assert (flow.log_rates(own)[0][0, 0] != 0) or (flow.log_rates(own)[0][0, 1] != 0)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_each_population_has_a_speed_of_its_own(kind: str) -> None:
    """Twice the speed of one population doubles its rates and leaves those of the other."""
    slow = made(load(PENNIES), kind)
    fast = made(load({**PENNIES, "speeds": {"x": 2}}), kind)
    at = states(slow)
    assert fast(at)[:, 0] == pytest.approx(2 * slow(at)[:, 0])
    assert fast(at)[:, 1] == pytest.approx(slow(at)[:, 1])


@pytest.mark.parametrize("kind", DYNAMICS)
def test_many_states_are_answered_at_once(kind: str) -> None:
    """An array (..., n) gives one of its shape, each state on its own; an empty one an empty one."""
    flow = made(load(UNEVEN), kind)
    at = states(flow)[:24].reshape(4, -1, 4)
    rates = flow(at)
    assert rates.shape == at.shape
    assert rates[2, 1] == pytest.approx(flow(at[2, 1]))
    assert flow(np.empty((0, 4))).shape == (0, 4)


@pytest.mark.parametrize("kind", DYNAMICS)
@pytest.mark.parametrize("wrong", [0.5, [0.5], [[0.1, 0.2, 0.3]]])
def test_states_of_a_wrong_length_are_refused(kind: str, wrong: Any) -> None:
    """A state has one number a share."""
    with pytest.raises(InputError, match="states have 2 numbers each, for x, y") as caught:
        made(load(PENNIES), kind)(wrong)
    assert caught.value.code == "D601"


@pytest.mark.parametrize("kind", [k for k in DYNAMICS if k not in ("logit", "replicator-mutator")])
def test_where_payoffs_are_equal_nothing_moves(kind: str) -> None:
    """With one and the same payoff for everything each state is at rest, and the scale is zero."""
    flow = made(load({"title": "t", "payoff_matrix": [[1, 1, 1]] * 3}), kind)
    assert flow(states(flow)) == pytest.approx(0, abs=1e-15)
    assert flow.scale <= 1e-15


@pytest.mark.parametrize("kind", DYNAMICS)
def test_the_scale_grows_with_the_speed(kind: str) -> None:
    """What counts as slow goes by the unit of time."""
    one, three = made(load(HAWKS), kind), made(load({**HAWKS, "speeds": {"x": 3}}), kind)
    assert one.scale > 0
    assert three.scale == pytest.approx(3 * one.scale)


def test_state_is_the_inverse_of_weights() -> None:
    """States become shares of all strategies and back, for arrays of any shape."""
    flow = made(load(UNEVEN), "smith")
    at = states(flow)[:24].reshape(2, 3, 4, 4)
    assert flow.state(flow.weights(at)) == pytest.approx(at)

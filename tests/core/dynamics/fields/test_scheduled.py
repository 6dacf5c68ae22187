"""Fields whose parameters change in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.dynamics.fields.games import DYNAMICS, OPTIONS
from core.game.every_form import FORMS
from separatrix.dynamics.fields import field
from separatrix.dynamics.fields.schedules import scheduled_field
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.model import ParameterPath
from separatrix.game.reader import load

POLICY: dict[str, Any] = {
    "title": "A subsidy",
    "parameters": {"s": 0, "c": "1/2"},
    "let": {"net": "s - c"},
    "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
    "bimatrix": [[["2 + net", 1], ["net", 0]], [[1, 0], [1, 3]]],
}
AT = np.array([[0.1, 0.7], [0.5, 0.2], [1.0, 0.0]])


def policy(**schedule: Any) -> Any:
    """Return the game of a subsidy with a schedule."""
    return load({**POLICY, "schedule": schedule})


def test_steps_hold_until_the_next() -> None:
    """Before the first step the usual value counts; from each step on its own, the instant included."""
    flow = scheduled_field(policy(s={"steps": [[2, 3], [10, 1]]}))
    assert flow.breakpoints == (2, 10)
    for time, value in [(-5, 0), (0, 0), (1.999, 0), (2, 3), (9.999, 3), (10, 1), (1e6, 1)]:
        assert flow(time, AT) == pytest.approx(field(policy(), {"s": value})(AT), abs=0)


def test_the_usual_value_may_be_the_callers() -> None:
    """Before the first step --set and scenarios count."""
    flow = scheduled_field(policy(s={"steps": [[2, 3]]}), {"s": 7})
    assert flow(0, AT) == pytest.approx(field(policy(), {"s": 7})(AT), abs=0)
    assert flow(2, AT) == pytest.approx(field(policy(), {"s": 3})(AT), abs=0)


def test_a_ramp_goes_straight_from_start_to_end() -> None:
    """Before its start a ramp has its first value, after its end its last, and is linear in between."""
    flow = scheduled_field(policy(s={"ramp": {"from": 1, "to": 3, "start": 5, "end": 10}}))
    assert flow.breakpoints == (5, 10)
    for time, value in [(0, 1), (5, 1), (6, 1.4), (7.5, 2), (10, 3), (11, 3)]:
        assert flow.values_at(time)["s"] == pytest.approx(value)
        assert flow(time, AT) == pytest.approx(field(policy(), {"s": value})(AT), abs=1e-12)


def test_a_table_goes_straight_between_points() -> None:
    """Several parameters may move at once, each on its own table."""
    flow = scheduled_field(policy(s={"table": [[0, 0], [4, 2], [6, 2]]}, c={"table": [[2, 1], [4, 0]]}))
    assert flow.breakpoints == (0, 2, 4, 6)
    for time, s, c in [(-1, 0, 1), (1, 0.5, 1), (3, 1.5, 0.5), (5, 2, 0), (9, 2, 0)]:
        assert flow(time, AT) == pytest.approx(field(policy(), {"s": s, "c": c})(AT), abs=1e-12)


def test_at_its_end_a_piece_has_the_limit_from_before() -> None:
    """An integrator that steps up to a jump sees there what was before it."""
    flow = scheduled_field(
        policy(
            s={"steps": [[2, 3], [10, 0]]},
            c={"ramp": dict(zip(("from", "to", "start", "end"), (0, 1, 0, 20), strict=True))},
        )
    )
    before = flow.piece(5).field_at(10)
    assert before(AT) == pytest.approx(field(policy(), {"s": 3, "c": 0.5})(AT), abs=1e-12)
    assert flow.field_at(10)(AT) == pytest.approx(field(policy(), {"s": 0, "c": 0.5})(AT), abs=1e-12)


def test_stretches_cover_the_time_between() -> None:
    """The stretches follow each other without gaps, and each lies in one piece."""
    flow = scheduled_field(policy(s={"steps": [[2, 3], [10, 0]]}))
    assert [(a, b) for a, b, _ in flow.pieces_between(0, 12)] == [(0, 2), (2, 10), (10, 12)]
    assert [(a, b) for a, b, _ in flow.pieces_between(2, 10)] == [(2, 10)]
    assert all(piece.start <= a and b <= piece.end for a, b, piece in flow.pieces_between(-3, 99))


def test_constant_pieces_have_one_field() -> None:
    """Where nothing moves the same field is returned at all times, so that what it caches is kept."""
    flow = scheduled_field(policy(s={"steps": [[2, 3]]}))
    assert flow.piece(3).constant
    assert flow.field_at(3) is flow.field_at(4)
    assert scheduled_field(policy()).breakpoints == ()


@pytest.mark.parametrize("kind", DYNAMICS)
def test_every_kind_of_field_can_be_scheduled(kind: str) -> None:
    """On a ramp each kind, with its options, moves as that kind at the value of the moment."""
    options = OPTIONS.get(kind, {})
    ramp = {"from": 0, "to": 2, "start": 0, "end": 4}
    flow = scheduled_field(policy(s={"ramp": ramp}), kind=kind, **options)
    assert flow(1, AT) == pytest.approx(field(policy(), {"s": 0.5}, kind=kind, **options)(AT), abs=1e-12)
    assert flow.piece(1).scale >= flow.field_at(1).scale * 0.99


MOVING = {
    "matrix": ("a", 0, 2),
    "bimatrix": ("b", 1, 3),
    "dynamic table": ("f", 1, 3),
    "functions": ("r", 1, 2),
    "group": ("r", 1, 2),
}


@pytest.mark.parametrize("form", MOVING)
def test_every_form_of_game_can_be_scheduled(form: str) -> None:
    """Payoffs of any form, shorthands and speeds follow a parameter that moves."""
    name, low, high = MOVING[form]
    ramp = {name: {"ramp": {"from": low, "to": high, "start": 0, "end": 4}}}
    game = load(FORMS[form])
    flow = scheduled_field(game, schedule=ramp)
    at = flow.field_at(0).probes * 0.6 + flow.field_at(0).probes[0] * 0.4
    expected = field(game, {name: low + (high - low) / 4})
    assert flow(1, at) == pytest.approx(expected(at), abs=1e-12)


def test_equations_are_worked_out_anew_at_each_value() -> None:
    """Where only equations were given, exact algebra is done at each time."""
    game = load({"parameters": {"a": 1}, "replicator": {"x": "x*(1 - x)*(a - x)"}})
    flow = scheduled_field(game, schedule={"a": {"table": [[0, 0], [3, 1]]}})
    assert flow(1, [0.5]) == pytest.approx([0.25 * (1 / 3 - 0.5)])


def test_a_schedule_from_python_adds_to_that_of_the_file() -> None:
    """A plan that is passed counts for its parameter, and those of the file for all others."""
    game = policy(s={"steps": [[0, 1]]}, c={"steps": [[0, 0]]})
    flow = scheduled_field(game, schedule={"s": {"steps": [[0, 2]]}})
    assert flow.values_at(1) == {"s": 2, "c": 0}
    plan = ParameterPath("ramp", ((game.parameters["c"].value, game.parameters["c"].value), (9, 9)))
    assert scheduled_field(game, schedule={"s": plan}).breakpoints == (0, 0.5, 9)


@pytest.mark.parametrize(
    ("schedule", "code"),
    [({"S": {"steps": [[0, 1]]}}, "G120"), ({"s": {"steps": [[1, 1], [0, 1]]}}, "V323"), ({"s": 3}, "G110")],
)
def test_a_schedule_from_python_is_checked(schedule: dict[str, Any], code: str) -> None:
    """What a file may not say Python may not either."""
    with pytest.raises(SeparatrixError) as caught:
        scheduled_field(policy(), schedule=schedule)
    assert caught.value.code == code


def test_a_value_that_lacks_is_missed_when_it_is_needed() -> None:
    """A parameter without a usual value may be scheduled; before its first step it is missing."""
    game = load({**POLICY, "parameters": {"s": None, "c": 1}, "schedule": {"s": {"steps": [[0, 1]]}}})
    flow = scheduled_field(game)
    assert flow(0, AT) == pytest.approx(field(game, {"s": 1})(AT))
    with pytest.raises(InputError, match="no value for `s`"):
        flow(-1, AT)


def test_a_speed_that_a_schedule_stops_is_refused_there() -> None:
    """Speeds stay positive at all times that are asked for."""
    game = load({**POLICY, "speeds": {"x": "c"}})
    flow = scheduled_field(game, schedule={"c": {"table": [[0, 1], [2, -1]]}})
    assert flow(0.5, AT).shape == AT.shape
    with pytest.raises(InputError, match="speed") as caught:
        flow(1.5, AT)
    assert caught.value.code == "V301"


def test_unknown_kinds_are_refused_at_once() -> None:
    """A misspelt kind is refused before any time is asked for."""
    with pytest.raises(InputError, match="did you mean `smith`"):
        scheduled_field(policy(), kind="smiht")

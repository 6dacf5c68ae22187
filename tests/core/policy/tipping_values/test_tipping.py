"""What is asked, what is refused, and what follows: hysteresis, withdrawal, other attractors, data."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pytest

import separatrix
from core.policy.tipping_values.levers import only, worked
from separatrix.cli.app import run
from separatrix.policy.tipping.pure_states import bisected
from separatrix.reports.tipping import HEADINGS, tipping_csv

Capture = pytest.CaptureFixture[str]


def test_a_programme_that_may_end_is_told_from_one_that_may_not() -> None:
    """Where the target is stable when idle it stays; else it tips back where stability ends."""
    stays = only(separatrix.tipping_values(worked(), "subsidy", noise=False)).hysteresis
    assert stays.stays and stays.back is None and stays.forward is not None
    game = separatrix.load(
        {
            "payoff_matrix": [["s", "s - 2"], [1, 0]],
            "parameters": {"s": {"value": 0, "range": [0, 4]}},
            "today": {"x": 0.1},
        }
    )
    turn = only(separatrix.tipping_values(game, "s", noise=False)).hysteresis
    assert not turn.stays and turn.forward is not None and turn.back is not None
    assert turn.forward.value == pytest.approx(1.9) and turn.back.value == 1


def test_other_attractors_beside_the_only_pure_one_are_named() -> None:
    """Where the target is the only stable pure state a mixed one may attract, too: more is not claimed."""
    game = separatrix.load(
        {
            "payoff_matrix": [["3 + s", 0, 0], [0, 0, 3], [0, 3, 0]],
            "parameters": {"s": {"value": 0, "range": [0, 1]}},
        }
    )
    found = only(separatrix.tipping_values(game, "s", noise=False))
    assert found.condition("only").idle
    mixed = [
        p.id
        for p in separatrix.analyze(game).rest_points
        if p.stability == "asymptotically stable" and any(len(own) > 1 for own in p.support)
    ]
    assert mixed and list(found.also_stable) == mixed


def test_an_instrument_without_cost_is_answered_all_the_same() -> None:
    """What nothing is known of is not told: no cost, and no failure."""
    found = separatrix.tipping_values(worked(), "price", noise=False)
    assert only(found).cost is None and found.tips


def test_a_start_at_which_nothing_is_known_of_today_asks_for_stability() -> None:
    """Without today's state the condition that counts is that the target is stable."""
    game = separatrix.load("stag-hunt-one-population")
    name = next(iter(game.parameters))
    found = only(separatrix.tipping_values(game, {name: (1, 5)}, noise=False))
    assert found.goal == "stable" and [c.name for c in found.conditions] == ["stable", "only"]


@pytest.mark.parametrize(
    ("asked", "more", "code"),
    [
        (None, {}, "P101"),
        ("C1=4:4", {}, "P102"),
        (7, {}, "P102"),
        ("C1=0:4", {"target": "both"}, "P120"),
        ("C1=0:4", {"target": ["cooperate"]}, "P121"),
        ("C9=0:4", {}, "V308"),
        ("C1=0:4", {"start": [0.2, 1.3]}, "D601"),
        ("C1=0:4", {"beta": 0}, "P103"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_code(asked: object, more: dict[str, object], code: str) -> None:
    """No instrument, no range, no pure state, an unknown name, a start outside, no intensity."""
    game = separatrix.load("shi-chen-2018")
    if asked is None:
        game = separatrix.load("stag-hunt-one-population")
    with pytest.raises(separatrix.SeparatrixError) as caught:
        separatrix.tipping_values(game, asked, **more)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_target_is_named_by_its_id_or_by_its_strategies() -> None:
    """E1 and (decline, decline) are one state."""
    game = separatrix.load("shi-chen-2018")
    one, other = (
        separatrix.tipping_values(game, "C1=0:4", target=target, noise=False)
        for target in ("E1", "decline, decline")
    )
    assert one.target == other.target == (1, 1) and one.target_names == ("decline", "decline")


def test_the_command_exits_with_1_where_no_level_tips(capsys: Capture) -> None:
    """The answer says what fails and by how much; a level that tips is answered with 0."""
    arguments = ["tip", "shi-chen-2018", "--scenario", "bistable", "--no-noise"]
    assert run([*arguments, "-i", "C1=2:4"]) == 1
    assert "short of the basin of the target" in " ".join(capsys.readouterr().out.split())
    assert run([*arguments, "-i", "C1=0:4", "--lang", "zh"]) == 0
    assert "临界值为1.486444" in "".join(capsys.readouterr().out.split())
    assert run([*arguments, "-i", "C1=0:4", "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["instruments"][0]
    assert told["conditions"]["basin"]["tipping_value"]["value"] == pytest.approx(1.4864444475, abs=1e-10)


def test_the_csv_has_a_line_for_each_interval() -> None:
    """Each interval with its ends, whether they count, and its error."""
    found = separatrix.tipping_values(worked(), noise=False)
    rows = list(csv.DictReader(io.StringIO(tipping_csv(found))))
    assert list(rows[0]) == HEADINGS
    basins = [row for row in rows if row["condition"] == "basin"]
    assert [(float(r["from"]), float(r["to"]), r["from_included"]) for r in basins] == [
        (96, 200, "False"),
        (0.18, 1, "False"),
    ]


def test_an_assumption_that_a_level_breaks_is_named() -> None:
    """The paper assumes C1 > 0: at the lower end of 0 to 4 that does not hold, and the answer says so."""
    found = separatrix.tipping_values(separatrix.load("shi-chen-2018"), "C1=0:4", noise=False)
    assert [w.code for w in found.warnings] == ["A505"] and "C1 > 0" in str(found.warnings[0].text)
    inside = separatrix.tipping_values(separatrix.load("shi-chen-2018"), "C1=1:4", noise=False)
    assert inside.warnings == ()


def test_a_schedule_is_left_out_and_that_is_said() -> None:
    """Tipping values are those of levels kept for ever, at the baseline values."""
    game = separatrix.load("shi-chen-2018")
    parts = ("title", "populations", "parameters", "payoffs", "today")
    document = {k: game.raw[k] for k in parts} | {"schedule": {"C1": {"steps": [[0, 1], [2, 4]]}}}
    found = only(separatrix.tipping_values(separatrix.load(document), "C1=0:4", noise=False))
    assert all("without the schedule" in str(c.how_sure) for c in found.conditions)


def test_a_level_that_cannot_be_told_from_zero_is_zero() -> None:
    """Signs that change at 0, or within the width of the bisection, are not told to change beside it."""
    found = bisected(lambda levels: [level > 0 for level in levels], Fraction(0), Fraction(100))
    assert [i.low.value for i in found.intervals] == [0.0]
    assert found.intervals[0].low.low <= 0 < found.intervals[0].low.high

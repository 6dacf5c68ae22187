"""The section `schedule` of a game file."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.errors import SeparatrixError
from separatrix.game.documents import schedule_document
from separatrix.game.formats.document import document_of
from separatrix.game.formats.table_writer import write_game
from separatrix.game.model import ParameterPath
from separatrix.game.reader import load

FILE = """\
title: A subsidy that ends
parameters:
  subsidy: {value: 0, meaning: 'paid to who abates'}
  fine: 1
let: {both: 'subsidy + fine'}
payoff_matrix: [['both', 1], [0, 2]]
schedule:
"""


def game(**schedule: Any) -> Any:
    """Return a game with two parameters and a schedule."""
    return load(
        {
            "parameters": {"subsidy": 0, "fine": 1},
            "let": {"both": "subsidy + fine"},
            "payoff_matrix": [["both", 1], [0, 2]],
            "schedule": schedule,
        }
    )


def test_the_three_kinds_are_read_exactly(tmp_path: Path) -> None:
    """Steps, ramps and tables become plans with exact times and values."""
    path = tmp_path / "game.yaml"
    path.write_text(
        FILE + "  subsidy: {steps: [[0, 2], [10.5, '1/3']]}\n"
        "  fine: {ramp: {from: 1, to: 3, start: 5, end: 10}}\n",
        encoding="utf-8",
    )
    read = load(path)
    assert read.schedule["subsidy"] == ParameterPath(
        "steps", ((Fraction(0), Fraction(2)), (Fraction(21, 2), Fraction(1, 3)))
    )
    assert read.schedule["fine"] == ParameterPath(
        "ramp", ((Fraction(5), Fraction(1)), (Fraction(10), Fraction(3)))
    )
    assert "schedule" not in read.later


@pytest.mark.parametrize(
    ("line", "code", "place", "message"),
    [
        ("subsidie: {steps: [[0, 2]]}", "G120", "8:3", "did you mean `subsidy`"),
        ("both: {steps: [[0, 2]]}", "G120", "8:3", "schedule the parameters it is made of"),
        ("subsidy: {steps: [[10, 2], [0, 1]]}", "V323", "8:31", "the time 0 comes after 10"),
        ("subsidy: {table: [[1, 2], [1, 3]]}", "V323", "8:30", "the time 1 comes again"),
        ("subsidy: {steps: [[0, .nan]]}", "V301", "8:25", "only finite numbers"),
        ("subsidy: {steps: [[.inf, 1]]}", "V301", "8:22", "only finite numbers"),
        ("subsidy: {steps: [[0, fine]]}", "V301", "8:25", "must be a number, found `fine`"),
        ("subsidy: {steps: [[0, 1, 2]]}", "G119", "8:21", "holds 3 numbers; 2 are needed"),
        ("subsidy: {steps: []}", "G119", "8:20", "is empty"),
        ("subsidy: {steps: [0, 2]}", "G110", "8:21", "must be a list"),
        ("subsidy: {stepps: [[0, 2]]}", "G107", "8:13", "did you mean `steps`"),
        ("subsidy: {steps: [[0, 2]], table: [[0, 2]]}", "G119", "8:12", "holds 2 plans"),
        ("subsidy: {}", "G119", "8:12", "holds 0 plans"),
        ("subsidy: 3", "G110", "8:12", "must be a mapping"),
        ("fine: {ramp: {from: 1, to: 3, start: 5}}", "G111", "8:10", "needs `end`"),
        ("fine: {ramp: {from: 1, to: 3, start: 5, end: 5}}", "V323", "8:48", "the time 5 comes again"),
        ("fine: {ramp: {from: 1, to: 3, start: 5, ende: 9}}", "G107", "8:43", "did you mean `end`"),
    ],
)
def test_faults_are_told_with_their_place(
    tmp_path: Path, line: str, code: str, place: str, message: str
) -> None:
    """Each fault of a schedule is refused at its line and column, with what was expected."""
    path = tmp_path / "game.yaml"
    path.write_text(f"{FILE}  {line}\n", encoding="utf-8")
    with pytest.raises(SeparatrixError) as caught:
        load(path)
    assert caught.value.code == code
    assert message in str(caught.value)
    assert f"game.yaml:{place}" in str(caught.value)


numbers = st.fractions(-100, 100, max_denominator=60)
points = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5, unique_by=lambda p: p[0]).map(sorted)
plans = st.one_of(
    st.builds(ParameterPath, st.sampled_from(["steps", "table"]), points.map(tuple)),
    points.filter(lambda p: len(p) > 1).map(lambda p: ParameterPath("ramp", (p[0], p[-1]))),
)


@given(plans)
def test_what_is_written_is_read_again(plan: ParameterPath) -> None:
    """A plan becomes a document and the same plan again."""
    assert game(**schedule_document({"fine": plan})).schedule == {"fine": plan}


@given(plans, numbers)
def test_plans_jump_nowhere_but_at_steps(plan: ParameterPath, time: Fraction) -> None:
    """A ramp and a table are continuous; a step holds from its time on, and not just before."""
    if plan.kind != "steps":
        assert plan.at(time) == plan.value_before(time)
    for at, value in plan.points:
        assert plan.at(at) == value
    if plan.kind == "steps" and time not in plan.times:
        assert plan.at(time) == plan.value_before(time)


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_a_schedule_survives_conversion(tmp_path: Path, suffix: str) -> None:
    """A game written as YAML is read with the same schedule, also where it never was a file."""
    one = game(subsidy={"table": [[0, "1/3"], [7, 2]]}, fine={"steps": [[-1, 0.5]]})
    write_game(one, tmp_path / f"game{suffix}")
    assert load(tmp_path / f"game{suffix}") == one
    object.__setattr__(one, "raw", {})
    assert load(document_of(one)).schedule == one.schedule


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".nfg"])
def test_files_without_a_place_for_a_schedule_say_so(
    tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Tables and Gambit's files leave the schedule out, and warn."""
    duel = load(
        {
            "parameters": {"s": 1},
            "bimatrix": [[["s", 1], [0, 2]], [[1, 1], [1, 0]]],
            "schedule": {"s": {"steps": [[0, 1]]}},
        }
    )
    with caplog.at_level(logging.WARNING):
        write_game(duel, tmp_path / f"game{suffix}")
    assert "schedule" in caplog.text


def test_no_schedule_is_an_empty_one() -> None:
    """A key without content, or none at all, schedules nothing."""
    assert load({"payoff_matrix": [[1, 2], [3, 4]], "schedule": None}).schedule == {}
    assert load({"payoff_matrix": [[1, 2], [3, 4]]}).schedule == {}

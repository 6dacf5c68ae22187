"""Where two or three instruments together tip a game: against one at a time, and against formulas."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

import separatrix
from core.policy.tipping_values.levers import worked
from separatrix.cli.app import run
from separatrix.expression.evaluation import evaluate
from separatrix.figures.tipping import tipping_surface_picture
from separatrix.game.instruments import with_instruments
from separatrix.reports.tipping import tipping_surface_csv


def test_price_and_subsidy_of_the_worked_case_trade_off_along_a_line() -> None:
    """Both at a fifth tip where 100 (1 - s) - p/2 - 40 = 12: at p = 96 - 200 s, exactly."""
    found = separatrix.tipping_surface(worked(), ["subsidy=0:1/5", "price"], points=5)
    assert found.goal == "basin" and found.methods["basin"] == "certified" and found.tips
    for column in found.columns:
        (interval,) = column.levels["basin"].intervals
        assert interval.low.low == interval.low.high == 96 - 200 * column.at[0]


def test_each_column_is_what_one_instrument_alone_gives() -> None:
    """With the others held at their levels by --set, the tipping values are the same."""
    game = separatrix.load("shi-chen-2018")
    found = separatrix.tipping_surface(game, ["subsidy", "fine=0:2", "carbon_price"], points=3)
    assert [level for level, _ in found.planes] == [Fraction(k, 4) for k in range(5)]
    acting = with_instruments(game, ["subsidy", "fine"])
    for column in found.columns[::4]:
        held = dict(zip(("subsidy", "fine"), column.at, strict=True))
        alone = separatrix.tipping_values(acting, "carbon_price", values=held, noise=False).instruments[0]
        for name, levels in column.levels.items():
            assert alone.condition(name).levels == levels


def test_the_formulas_are_positive_exactly_where_the_target_is_stable() -> None:
    """At a grid of levels the sign of every loss is that of the set."""
    game = separatrix.load("shi-chen-2018")
    found = separatrix.tipping_surface(game, ["C1=0:12", "R2=0:12"], points=7)
    assert found.formulas
    for column in found.columns:
        for k in range(13):
            at = {"C1": column.at[0], "R2": Fraction(2 * k + 1, 3)}
            if at["R2"] <= 12:
                positive = all(evaluate(f.loss, at) > 0 for f in found.formulas)
                assert column.levels["stable"].holds(at["R2"]) == positive


def test_a_border_is_followed_to_where_it_ends() -> None:
    """Columns are added where a border leaves the range, so that it ends within a 32nd of a step."""
    found = separatrix.tipping_surface(worked(), ["subsidy", "price=60:200"], points=5)
    bordered = [c.at[0] for c in found.columns if not c.levels["basin"].intervals[0].closed_low]
    assert Fraction(18, 100) - Fraction(1, 4 * 32) <= max(bordered) < Fraction(18, 100)


@pytest.mark.parametrize(
    ("asked", "more", "code"),
    [(["C1=0:4"], {}, "P104"), (["C1=0:4", "C2=0:4"], {"points": 1}, "P105")],
)
def test_what_is_no_surface_is_refused(asked: list[str], more: dict[str, int], code: str) -> None:
    """One instrument has tipping values and no surface; one level is no grid."""
    with pytest.raises(separatrix.InputError) as caught:
        separatrix.tipping_surface(separatrix.load("shi-chen-2018"), asked, **more)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_the_surface_is_drawn_and_tabled() -> None:
    """The figure has a curve for each border and says what it shows; the table has every interval."""
    found = separatrix.tipping_surface(worked(), ["subsidy", "price"], points=5)
    svg = tipping_surface_picture(found)("svg").decode()
    assert "Tipping surface: Worked case" in svg and "is reached from" in svg
    rows = list(csv.reader(io.StringIO(tipping_surface_csv(found))))
    count = sum(max(len(s.intervals), 1) for c in found.columns for s in c.levels.values())
    assert len(rows) == count + 1


def test_the_command_answers_for_instruments_together(capsys: pytest.CaptureFixture[str]) -> None:
    """`--surface` tells the table; where no levels together tip, the exit code is 1."""
    together = ["tip", "shi-chen-2018", "--surface", "--no-noise", "--points", "3", "-i"]
    assert run([*together, "subsidy", "-i", "carbon_price"]) == 0
    assert "251.355555" in capsys.readouterr().out
    assert run([*together, "C1=3:4", "-i", "C2=0:1", "-f", "json"]) == 1

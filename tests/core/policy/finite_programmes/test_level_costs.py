"""Levels of instruments in finite populations: against rewards written out, and the game of two parties."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.errors import SeparatrixError
from separatrix.policy.expected_cost import expected_cost, finite_population, frequency
from separatrix.policy.finite_costs import level_costs, one_population
from separatrix.policy.incentive_cost import finite_programme

PLAYERS = [{"name": "players", "share": "x", "strategies": ["give", "keep"]}]
DONATION: dict[str, Any] = {
    "payoff_matrix": [["b - c + r", "r - c"], ["b", 0]],
    "parameters": {"b": 2, "c": 1, "r": 0},
    "populations": PLAYERS,
    "instruments": {
        "reward": {"range": [0, 4], "changes": {"r": "r + reward"}, "cost": "reward*x"},
        "fine": {"range": [0, 4], "changes": {"r": "r + fine"}, "cost": "fine*(1 - x)"},
        "free": {"changes": {"r": "r + free"}},
    },
}


@pytest.mark.parametrize(("instrument", "kind"), [("reward", "reward"), ("fine", "punishment")])
def test_a_reward_in_the_file_costs_what_duong_and_han_have(instrument: str, kind: Any) -> None:
    """Over the number of players, who are as many as updates in a unit of time; the same cheapest level."""
    for size, beta, wished in ((20, "0.1", 0.8), (10, 6, 0.99)):
        found = level_costs(DONATION, instrument, wished, population_size=size, beta=beta)
        own = finite_population({**DONATION, "instruments": {}}, population_size=size, beta=beta)
        for level, cost, often in list(zip(found.levels, found.costs, found.frequencies, strict=True))[::17]:
            assert cost * size == pytest.approx(expected_cost(own, Fraction(level), kind), rel=1e-9)
            assert often == pytest.approx(frequency(own, Fraction(level)), rel=1e-9)
        whole = finite_programme(own, wished, kind)
        assert found.least == pytest.approx(whole.least, rel=1e-12)
        assert found.level == pytest.approx(whole.theta, abs=4 / 120)
        assert bool(found.falling) == bool(whole.falling)


def test_two_parties_alike_are_one_population() -> None:
    """The paper's game: as its matrix played by one population; half of what both parties cost."""
    game = separatrix.load("shi-chen-2018")
    merged = one_population(game)
    found = level_costs(game, "subsidy", 0.9, population_size=20, beta=0.5, scenario="bistable")
    values = {"C1": 4 * (1 - Fraction(found.level or 0))}
    own = finite_population(merged, population_size=20, beta=0.5, scenario="bistable", values=values)
    assert found.merged and found.verdict == "reached"
    assert found.frequency == pytest.approx(frequency(own, 0), rel=1e-9) == pytest.approx(0.9)
    # At the tipping level and one percent less: the majority of time changes sides near one half.
    half = level_costs(game, "subsidy", 0.5, population_size=20, beta=0.5, scenario="bistable").least or 0
    for factor, more in ((1.01, True), (0.99, False)):
        told = {"C1": 4 * (1 - Fraction(half * factor))}
        at = finite_population(merged, population_size=20, beta=0.5, scenario="bistable", values=told)
        assert (frequency(at, 0) > 0.5) is more
    with pytest.raises(SeparatrixError, match="P164"):
        one_population(separatrix.load("coal-safety"))
    with pytest.raises(SeparatrixError, match="P164"):
        one_population(separatrix.load({"bimatrix": [[[1, 0], [0, 2]], [[0, 3], [2, 0]]]}))


def test_what_is_not_needed_or_not_enough_is_told() -> None:
    """The other strategy needs no reward; a reward up to a hundredth is not enough."""
    idle = level_costs(DONATION, "reward", 0.9, population_size=20, beta=1, strategy="keep")
    assert idle.verdict == "none needed" and idle.level == 0 and idle.cost == 0
    short = level_costs(DONATION, "reward", 0.9, population_size=20, beta=1, limits=(None, "0.01"))
    assert short.verdict == "unreachable" and short.level is None and short.frequency < 0.9


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"instrument": "praise"}, "V308"),
        ({"instrument": "free"}, "P165"),
        ({"instrument": "free", "limits": (0, 1)}, "P165"),
        ({"wished": 1.0}, "P165"),
        ({"limits": (2, 1)}, "P165"),
        ({"payer": "enterprises"}, "P165"),
        ({"population_size": 1}, "N201"),
    ],
)
def test_what_cannot_be_asked_is_told(told: dict[str, Any], code: str) -> None:
    """Each has its code."""
    with pytest.raises(SeparatrixError, match=code):
        level_costs(DONATION, **{"instrument": "reward", "wished": 0.9, "population_size": 9, **told})


def test_the_verb_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`programme --frequency` in text, JSON and CSV; 1 where no level is enough; misfits are refused."""
    asked = ["programme", "shi-chen-2018", "--scenario", "bistable", "--size", "20", "--frequency", "0.9"]
    one = [*asked, "--instrument", "subsidy"]
    assert run(one) == 0
    assert capsys.readouterr().out.strip()
    assert run([*one, "-f", "json", "--lang", "zh"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "reached" and told["one_population_of_two_parties"]
    assert run([*one, "-f", "csv"]) == 0
    assert capsys.readouterr().out.startswith("level,cost,frequency")
    assert run([*one, "--level", "subsidy=0:0.01"]) == 1
    capsys.readouterr()
    for wrong in (asked, [*one, "--margin", "1"]):
        assert run(wrong) == 2
        assert "U901" in capsys.readouterr().err

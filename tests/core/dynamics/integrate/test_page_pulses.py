"""The page follows temporary instruments as this program does: both are held to the same numbers.

``python tests/core/dynamics/integrate/test_page_pulses.py`` writes the numbers anew.
The other route: the shares by `trajectory` with levels that are scheduled, costs and emissions by Simpson's
rule along it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import simpson

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.expression.tree import Expression
from separatrix.game.formats.document import document_of
from separatrix.game.instruments import cost_of
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.game.values import expand
from separatrix.policy.temporary.control_problem import control_problem
from separatrix.policy.temporary.supported_trajectory import Steps, supported_trajectory
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model

NUMBERS = Path(__file__).parents[4] / "web" / "src" / "dynamics" / "supported_path.golden.json"

NEEDED: dict[str, tuple[str, ...] | None] = {
    "populations": ("name", "share", "shares", "free", "strategies"),
    "parameters": ("name", "value"),
    "instruments": ("name", "idle", "range", "changes", "cost"),
    "speeds": None,
    "emissions": None,
    "payoffs": None,
    "balanced": None,
}
"""What the numbers rest on, of what a page is given of a game; of lists of records these keys."""

POINTS = 401
"""Of Simpson's rule on each stretch of time."""

MARKETS = {
    "populations": [
        {"name": "Firms", "share": "f", "strategies": ["old", "retrofit", "new"]},
        {"name": "Park", "share": "g", "strategies": ["help", "wait"]},
    ],
    "parameters": {"k": "1/2", "c": 2},
    "payoff_functions": {
        "Firms": {"old": "1 - k", "retrofit": "g - k/2", "new": "2*f_new + g - c/2"},
        "Park": {"help": "f_retrofit + f_new - 1/4", "wait": "1/8"},
    },
    "speeds": {"Park": "1/2"},
    "today": {"f_old": 0.6, "f_retrofit": 0.3, "f_new": 0.1, "g": 0.4},
    "emissions": "10*f_old + 4*f_retrofit + k",
    "instruments": {
        "grant": {"range": [0, 3], "changes": {"c": "c - grant*f_old"}, "cost": {"public": "grant*f_new"}},
        "tax": {
            "range": [0, 3],
            "changes": {"k": "k + tax"},
            "cost": {"public": "-tax*f_old", "enterprises": "tax*f_old"},
        },
    },
}

CASES: list[dict[str, Any]] = [
    {
        "game": "shi-chen-2018",
        "start": [0.2, 0.3],
        "standing": {},
        "pulses": [{"instrument": "subsidy", "level": "1", "from": "0", "until": "3/4"}],
        "discount": 0,
        "times": [0.25, 0.75, 1.5, 4, 6],
    },
    {
        "game": "shi-chen-2018",
        "start": [0.6, 0.05],
        "standing": {"awareness": "1/2"},
        "pulses": [
            {"instrument": "demonstration", "level": "4", "from": "1/5", "until": "1"},
            {"instrument": "club", "level": "3", "from": "1/2", "until": "2"},
            {"instrument": "awareness", "level": "2", "from": "3/2", "until": "5/2"},
        ],
        "discount": 0.3,
        "times": [0.1, 0.5, 1, 2, 2.5, 5],
    },
    {
        "game": MARKETS,
        "start": [0.6, 0.3, 0.1, 0.4],
        "standing": {},
        "pulses": [
            {"instrument": "tax", "level": "3/2", "from": "0", "until": "4"},
            {"instrument": "grant", "level": "2", "from": "1", "until": "6"},
        ],
        "discount": 0.1,
        "times": [1, 3, 5, 8, 20],
    },
]


def fraction(text: str) -> float:
    """Return the number that a text stands for."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def levels_at(case: Mapping[str, Any], game: Game, time: float) -> dict[str, str]:
    """Return the levels that are not idle at a time."""
    levels = dict(case["standing"])
    for pulse in case["pulses"]:
        if fraction(pulse["from"]) <= time < fraction(pulse["until"]):
            levels[pulse["instrument"]] = pulse["level"]
    return levels


def numbers_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return states, costs by payer and emissions at the times of a case."""
    game = load(case["game"])
    dates = sorted({0.0, *(fraction(p[key]) for p in case["pulses"] for key in ("from", "until"))})
    used = [n for n in game.instruments if any(n in levels_at(case, game, d) for d in dates)]
    idle = {name: str(i.idle) for name, i in game.instruments.items()}
    steps: dict[str, list[list[Any]]] = {
        n: [[d, {**idle, **levels_at(case, game, d)}[n]] for d in dates] for n in used
    }
    acting = load(
        {
            **document_of(game),
            "in_force": used,
            "schedule": {n: {"steps": [[d, fraction(v)] for d, v in steps[n]]} for n in used},
        }
    )
    payers = ("public", "enterprises")
    known = {name: float(p.value) for name, p in game.parameters.items() if p.value is not None}
    told: dict[str, Any] = {"states": [], **{key: [] for key in (*payers, "emissions")}}
    spent = dict.fromkeys((*payers, "emissions"), 0.0)
    ends = sorted({*dates, *case["times"]})
    grids = [np.linspace(begin, end, POINTS) for begin, end in itertools.pairwise(ends)]
    times = np.concatenate([[0.0], *(grid[1:] for grid in grids)])
    states = np.asarray(trajectory(acting, case["start"], times=times, tolerance=1e-11).states)
    for place, grid in enumerate(grids):
        begin, end = ends[place], ends[place + 1]
        part = states[place * (POINTS - 1) : (place + 1) * (POINTS - 1) + 1]
        levels = {n: fraction(v) for n, v in {**idle, **levels_at(case, game, begin)}.items()}
        here = {**known, **levels, **dict(zip(game.shares, part.T, strict=True))}
        cost = cost_of(game, [n for n in used if n in levels_at(case, game, begin)])
        worth = np.exp(-case["discount"] * grid)
        rates = {p: value(expand(game, cost[p]), here) * worth if p in cost else 0 * worth for p in payers}
        # What is emitted follows the parameters that instruments change.
        assert acting.emissions is not None
        rates["emissions"] = value(expand(acting, acting.emissions), here) + 0 * worth
        for key, rate in rates.items():
            spent[key] += float(simpson(rate, x=grid))
        if end in case["times"]:
            told["states"].append(part[-1].tolist())
            for key, amount in spent.items():
                told[key].append(amount)
    return told


def value(expression: Expression, here: Mapping[str, Any]) -> Any:
    """Return the values of an expression along a trajectory."""
    return compiled(expression)(here)


def game_of(source: Any) -> dict[str, Any]:
    """Return a game as the page takes it, no more than is needed."""
    model = model_json(page_model(load(source)))
    return {
        name: model[name] if keys is None else [{key: one[key] for key in keys} for one in model[name]]
        for name, keys in NEEDED.items()
    }


def as_written() -> list[dict[str, Any]]:
    """Return the cases with the game as the page takes it, and the numbers."""
    found = []
    for case in CASES:
        found.append({**case, "game": game_of(case["game"]), "expected": numbers_of(case)})
    return found


@pytest.mark.parametrize("place", range(len(CASES)))
def test_the_numbers_that_the_page_is_held_to_are_those_of_this_program(place: int) -> None:
    """Shares by `trajectory` with a schedule, costs and emissions by Simpson's rule along it."""
    written = json.loads(NUMBERS.read_text("utf-8"))[place]
    assert written["game"] == game_of(CASES[place]["game"])
    assert {key: written[key] for key in CASES[place] if key != "game"} == {
        key: v for key, v in CASES[place].items() if key != "game"
    }
    for key, row in numbers_of(CASES[place]).items():
        assert np.allclose(written["expected"][key], row, rtol=1e-8, atol=1e-8), key


@pytest.mark.parametrize("place", range(len(CASES)))
def test_costs_are_those_that_programmes_are_compared_by(place: int) -> None:
    """What is spent by each payer until a date is the cost of the same steps as a temporary programme."""
    written = json.loads(NUMBERS.read_text("utf-8"))[place]
    case, game = CASES[place], load(CASES[place]["game"])
    dates = sorted({0.0, *(fraction(p[key]) for p in case["pulses"] for key in ("from", "until"))})
    used = [n for n in game.instruments if any(n in levels_at(case, game, d) for d in dates)]
    idle = {name: float(i.idle) for name, i in game.instruments.items()}
    levels = tuple(
        tuple(fraction(v) for v in ({**{n: str(idle[n]) for n in used}, **levels_at(case, game, d)}.values()))
        for d in dates[:-1]
    )
    steps = Steps(levels, tuple(b - a for a, b in itertools.pairwise(dates)))
    until = max(time for time in case["times"] if time <= dates[-1])
    for payer in ("public", "enterprises"):
        if not any(payer in game.instruments[name].cost for name in used):
            continue
        problem = control_problem(game, used, payer=payer, discount=case["discount"])
        path, _ = supported_trajectory(problem, np.array(case["start"]), steps.cut(until))
        k = case["times"].index(until)
        assert path.cost == pytest.approx(written["expected"][payer][k], rel=1e-7)
        assert np.allclose(path.state, written["expected"]["states"][k], atol=1e-7)


if __name__ == "__main__":
    NUMBERS.write_text(json.dumps(as_written(), ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")

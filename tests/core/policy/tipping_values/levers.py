"""Games with instruments for the tests of tipping values, and what simulation says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

import separatrix
from separatrix.dynamics.integration.runge_kutta import Arrival
from separatrix.expression.evaluation import evaluate
from separatrix.game.model import Game
from separatrix.policy.tipping.levels import InstrumentLevel, LevelSet
from separatrix.policy.tipping.results import InstrumentTipping, TippingValues

PARTIES = [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}]


def worked() -> Game:
    """Return two identical parties: K 100, v 40, B - F 60, half a kilotonne each at 60 CNY/t; a fifth act."""
    return separatrix.load(
        {
            "title": "Worked case",
            "populations": PARTIES,
            "parameters": {"pi1": 620, "pi2": 500, "R1": 540, "R2": 520, "C1": 100, "C2": 30, "a": "1/2"},
            "payoffs": [
                {"play": ["yes", "yes"], "pay": ["pi1 - C1", "pi1 - C1"]},
                {"play": ["yes", "no"], "pay": ["R1 - C1", "R2 - C2"]},
                {"play": ["no", "yes"], "pay": ["R2 - C2", "R1 - C1"]},
                {"play": ["no", "no"], "pay": ["pi2 - C2", "pi2 - C2"]},
            ],
            "instruments": {
                "price": {
                    "range": [0, 200],
                    "idle": 60,
                    "changes": {"C2": "C2 + (price - 60)*a"},
                    "unit": "CNY/t",
                },
                "subsidy": {
                    "range": [0, 1],
                    "changes": {"C1": "C1*(1 - subsidy)"},
                    "cost": {"public": "C1*subsidy*(x + y)"},
                },
            },
            "today": {"x": "1/5", "y": "1/5"},
        }
    )


def random_game(seed: int, parties: int, today: bool = True) -> Game:
    """Return a game of some parties of two strategies, whole payoffs, and a lever that moves all of them."""
    draw = np.random.default_rng(seed)
    names = [f"P{k}" for k in range(parties)]
    profiles = list(np.ndindex(*(2,) * parties))
    pay = [
        {
            "play": ["yes" if a == 0 else "no" for a in profile],
            "pay": [f"{draw.integers(-9, 10)} + ({draw.integers(-3, 4)})*s" for _ in names],
        }
        for profile in profiles
    ]
    return separatrix.load(
        {
            "title": f"Random {seed}",
            "populations": [{"name": n, "share": f"x{k}"} for k, n in enumerate(names)],
            "parameters": {"s": {"value": 0, "range": [-4, 4]}},
            "payoffs": pay,
            **({"today": {f"x{k}": f"{draw.integers(1, 20)}/20" for k in range(parties)}} if today else {}),
        }
    )


def only(found: TippingValues) -> InstrumentTipping:
    """Return the one instrument that was asked for."""
    (one,) = found.instruments
    return one


def beside(level: InstrumentLevel, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return the levels one per cent below and above one, of the range where it is 0."""
    step = abs(Fraction(level.value)) / 100 or (high - low) / 100
    return Fraction(level.value) - step, Fraction(level.value) + step


def alone(
    found: LevelSet, low: Fraction, high: Fraction
) -> Iterator[tuple[InstrumentLevel, Fraction, Fraction]]:
    """Yield the ends that no other end is near, with the levels on both sides of each."""
    ends = found.ends
    for end in ends:
        below, above = beside(end, low, high)
        if low < below and above < high and all(o is end or not below <= o.value <= above for o in ends):
            yield end, below, above


def strict_profiles(game: Game, values: Mapping[str, Any]) -> set[tuple[int, ...]]:
    """Return the profiles at which whoever deviates alone loses, from the payoff table itself."""
    known = {"s": Fraction(values["s"])}
    pay = {p: [evaluate(e, known) for e in row] for p, row in game.pay.items()}
    return {
        p
        for p, own in pay.items()
        if all(own[i] > pay[(*p[:i], 1 - p[i], *p[i + 1 :])][i] for i in range(len(p)))
    }


def stable_states(game: Game, values: Mapping[str, Any]) -> set[str]:
    """Return the ids of all asymptotically stable rest points."""
    found = separatrix.analyze(game, values)
    return {p.id for p in found.rest_points if p.stability == "asymptotically stable"}


def followed(game: Game, start: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the strict state to which a trajectory comes; its last state where it comes to none."""
    strict = [p.state for p in separatrix.analyze(game, values).rest_points if p.strict_nash and p.state]
    events = [Arrival(strict, radius=1e-3)] if strict else []
    end = separatrix.trajectory(game, start, values, until=1000, points=2, events=events).states[-1]
    for state in strict:
        if max(abs(float(v) - w) for v, w in zip(end, state, strict=True)) <= 2e-3:
            return state
    return tuple(float(v) for v in end)

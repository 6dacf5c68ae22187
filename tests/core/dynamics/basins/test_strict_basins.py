"""Basins of many games at once, beside those of each game alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import separatrix
from separatrix.dynamics.basins.basins import starts
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.polynomial_rates import rates_of_replicator

NAMES = ("A", "B", "C")


def game_of(pay: Any) -> Any:
    """Return a game of three populations of two strategies from payoffs (2, 2, 2, 3)."""
    return separatrix.load(
        {
            "title": "random",
            "populations": [{"name": n, "share": s} for n, s in zip(NAMES, "xyz", strict=True)],
            "payoffs": [
                {"play": ["no" if k else "yes" for k in place], "pay": pay[place].tolist()}
                for place in np.ndindex(2, 2, 2)
            ],
        }
    )


def test_shares_are_those_of_each_game_alone() -> None:
    """Strict equilibria and closed orbits on a face; what arrives in none of them is left open."""
    stream = np.random.default_rng(11)
    games = [game_of(stream.normal(size=(2, 2, 2, 3)).round(3)) for _ in range(25)]
    fields = [replicator(game) for game in games]
    rates = [rates_of_replicator(field) for field in fields]
    first = rates[0]
    assert first is not None
    every = replace(first, coefficients=np.concatenate([r.coefficients for r in rates if r is not None]))
    drawn = starts((2, 2, 2), 256, 3)
    found = strict_basins(every, np.array([field.scale for field in fields]), drawn)
    assert found is not None
    assert 0.3 < found.settled.mean() < 1
    for k in np.flatnonzero(found.settled).tolist():
        alone = separatrix.basins(games[k], samples=256, seed=3)
        told = {name: share for name, share in alone.fractions.items() if share}
        mine: dict[str, float] = {}
        for profile, share in zip([*found.profiles, None], found.shares[k].mean(axis=0), strict=True):
            if share:
                corner = None if profile is None else tuple(1.0 - i for i in profile)
                points = [p.id for p in alone.analysis.rest_points if p.state == corner]
                name = "cycle" if corner is None else points[0]
                mine[name] = share
        assert mine == told


def test_a_game_whose_gains_vanish_is_left_open() -> None:
    """A profile that is an equilibrium, but not a strict one, has no box, and nothing is said of its game."""
    pay = np.zeros((2, 2, 2, 3))
    pay[0, 0, 0] = 1.0
    field = replicator(game_of(pay))
    rates = rates_of_replicator(field)
    assert rates is not None
    found = strict_basins(rates, np.array([field.scale]), starts((2, 2, 2), 64, 0))
    assert found is not None
    assert found.settled.tolist() == [False]

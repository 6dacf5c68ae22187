"""Seeded problems of exchange, of any size: the instances of the stated gap of `cluster symbiosis`.

An instance holds heat, water and solid streams in the proportion 3 : 2 : 5.  Enterprises lie in a square of
20 km; amounts are log-normal, so that a few are large, as in real parks; half of what is offered has a
minimum lot; each offer needs a connection, whose yearly cost is a few percent to a third of what one
middling flow brings, the range in which choosing connections is hard.
"""

from __future__ import annotations

import math

import numpy as np

from separatrix_cluster.symbiosis.problem import ExchangeProblem, problem_of
from separatrix_cluster.symbiosis.streams import Facility, Stream

SOLIDS = ("slag", "fly ash", "gypsum", "scrap steel", "waste wood")


def instance(
    seed: int, *, streams: int = 200, enterprises: int = 60, facilities: int = 3, carbon_price: float = 80.0
) -> ExchangeProblem:
    """Return a problem of so many streams, half of them offered and half wanted."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, streams, enterprises]))
    names = [f"E{k:03d}" for k in range(enterprises)]
    places = {name: rng.uniform(0, 20, 2) for name in names}
    kinds = rng.choice(["heat", "water", "solid"], size=streams, p=[0.3, 0.2, 0.5])
    offers, wants = [], []
    for k in range(streams):
        maker = _offer if k % 2 == 0 else _want
        stream = maker(rng, str(rng.choice(names)), str(kinds[k // 2]), k + 2)
        (offers if k % 2 == 0 else wants).append(stream)

    def apart(one: str, other: str) -> tuple[float, bool]:
        return round(float(math.dist(places[one], places[other])), 1), True

    return problem_of(
        offers,
        wants,
        [_facility(rng, k, names) for k in range(facilities)],
        distance=apart,
        carbon_price=carbon_price,
        members=names,
    )


def _amount(rng: np.random.Generator, middle: float) -> float:
    return float(round(middle * math.exp(rng.normal(0, 0.8))))


def _offer(rng: np.random.Generator, who: str, kind: str, row: int) -> Stream:
    if kind == "heat":
        top = float(rng.integers(60, 250))
        return Stream(
            who, "waste heat", row, "energy", "waste energy", _amount(rng, 30_000),
            price=float(rng.integers(0, 20)), temperature=top,
            return_temperature=float(rng.integers(30, int(top))) if rng.random() < 0.5 else None,
            recovery_cost=float(rng.integers(1, 8)), pipe_cost=float(rng.integers(4, 12)) * 1e5,
            life=20.0, reach=5.0,
        )  # fmt: skip
    if kind == "water":
        return Stream(
            who, "waste water", row, "volume", "water", _amount(rng, 200_000),
            purity=round(float(rng.uniform(0.5, 1)), 2), disposal_cost=round(float(rng.uniform(0.5, 2.5)), 1),
            pipe_cost=float(rng.integers(2, 6)) * 1e5, life=25.0, reach=10.0,
        )  # fmt: skip
    return Stream(
        who, str(rng.choice(SOLIDS)), row, "mass", "solid waste", _amount(rng, 8_000),
        price=float(rng.integers(-30, 60)), purity=round(float(rng.uniform(0.7, 1)), 2),
        minimum_lot=float(rng.integers(0, 2) * rng.integers(200, 2_000)),
        disposal_cost=float(rng.integers(0, 40)), recovery_cost=float(rng.integers(2, 15)),
        transport_cost=round(float(rng.uniform(0.4, 0.9)), 1),
        connection_cost=float(rng.integers(2, 12)) * 1e5, life=15.0,
    )  # fmt: skip


def _want(rng: np.random.Generator, who: str, kind: str, row: int) -> Stream:
    if kind == "heat":
        top = float(rng.integers(50, 180))
        return Stream(
            who, "heat", row, "energy", "waste energy", _amount(rng, 25_000),
            price=float(rng.integers(30, 60)), temperature=top,
            return_temperature=float(rng.integers(20, int(top))) if rng.random() < 0.5 else None,
            co2_avoided=0.09,
        )  # fmt: skip
    if kind == "water":
        return Stream(
            who, "process water", row, "volume", "water", _amount(rng, 150_000),
            price=round(float(rng.uniform(2, 5)), 1), purity=round(float(rng.uniform(0.5, 0.99)), 2),
            co2_avoided=0.0004,
        )  # fmt: skip
    return Stream(
        who, str(rng.choice(SOLIDS)), row, "mass", "solid waste", _amount(rng, 6_000),
        price=float(rng.integers(20, 120)), purity=round(float(rng.uniform(0.6, 0.95)), 2),
        minimum_lot=float(rng.integers(0, 2) * rng.integers(100, 1_500)),
        conversion=round(float(rng.uniform(0.8, 1)), 2), recovery_cost=float(rng.integers(0, 10)),
        co2_avoided=round(float(rng.uniform(0, 0.8)), 2),
    )  # fmt: skip


def _facility(rng: np.random.Generator, k: int, names: list[str]) -> Facility:
    allowed = tuple(str(n) for n in rng.choice(names, size=max(3, len(names) // 3), replace=False))
    if k % 3 == 1:
        return Facility(
            f"works-{k}", f"works {k}", fixed_cost=6e6, capacity=1_500_000.0, dimension="volume",
            unit_cost=0.9, may_connect=allowed, carries=("water",), connection_cost=1e5, loss=0.1, life=25.0,
            purity=0.95,
        )  # fmt: skip
    return Facility(
        f"network-{k}", f"network {k}", fixed_cost=5e6, capacity=120_000.0, dimension="energy",
        unit_cost=3.0, may_connect=allowed, carries=("waste energy",), connection_cost=3e5, loss=0.08,
        life=25.0, temperature=float(rng.integers(70, 120)),
    )  # fmt: skip

"""Workload of products that go into one another: footprints with a proven bound beside those who have none.

A network of 10,000 products with 100,000 inputs, in one circle through nearly all of them, and one of many
small circles, of which rational numbers tell every digit.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from timing import Plan, Row, seconds, shown

__all__ = ["WORKLOADS"]

PEER_SCRIPT = Path(__file__).with_name("peer_roll_up.py")
PRODUCTS, INPUTS = 10_000, 100_000
GOAL = 2.0
PEERS = ("scipy spsolve", "numpy solve, dense", "bw2calc, one product")


def network(products: int, inputs: int, size: int, seed: int) -> dict[str, Any]:
    """Return a network of circles of up to ``size`` members, all products of which emit something."""
    numbers = np.random.default_rng(seed)
    users = numbers.integers(0, products, inputs)
    suppliers = np.minimum(users // size * size + numbers.integers(0, size, inputs), products - 1)
    users, suppliers = np.unique(np.c_[users, suppliers], axis=0).T
    amounts = numbers.random(len(users))
    # What goes into a product weighs less than it does.
    amounts *= 0.9 / np.maximum(np.bincount(users, weights=amounts, minlength=products), 1.0)[users]
    return {"own": numbers.random(products), "users": users, "suppliers": suppliers, "amounts": amounts}


def ask(plan: Plan, order: dict[str, Any], way: str) -> dict[str, Any] | None:
    """Return the answer of a peer, or None when it has not after the seconds that it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        np.savez(path, **order)
        try:
            done = subprocess.run(
                [plan.peer, str(PEER_SCRIPT), str(path), way],
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=plan.patience,
            )
        except subprocess.TimeoutExpired:
            return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def exactly(order: dict[str, Any]) -> Any:
    """Return the footprints of a network as rational numbers."""
    from separatrix_cluster.footprints.roll_up import exact_roll_up

    inputs: list[dict[int, Fraction]] = [{} for _ in order["own"]]
    for i, j, v in zip(order["users"], order["suppliers"], order["amounts"], strict=True):
        inputs[int(i)][int(j)] = Fraction(float(v))
    return exact_roll_up([Fraction(float(v)) for v in order["own"]], inputs)


def circles_of_products(plan: Plan) -> list[Row]:
    """Time both networks, and hold the answers against one another and against rational numbers."""
    from separatrix_cluster.footprints.roll_up import RollUp, roll_up

    rows = []
    for size, what in ((PRODUCTS, "one circle"), (20, "circles of up to 20")):
        order = network(PRODUCTS, INPUTS, size, seed=1)
        solve = partial(roll_up, order["own"][:, None], order["users"], order["suppliers"], order["amounts"])
        found = solve()
        assert isinstance(found, RollUp)
        footprint = found.footprint[:, 0]
        bound = float((found.error[:, 0] / footprint).max())
        sure = f"proven to {bound:.0e}"
        if size < PRODUCTS:
            pairs = zip(footprint.tolist(), exactly(order), strict=True)
            off = max(abs(Fraction(p) - e) / e for p, e in pairs)
            assert off <= bound
            sure += f", {float(off):.0e} from the rational answer"
        mine = statistics.median(seconds(solve) for _ in range(plan.repeats))
        for way in PEERS:
            answer = ask(plan, order, way)
            peer = plan.patience if answer is None else answer["seconds"]
            if answer is not None:
                told = np.array(answer["footprints"])
                assert np.allclose(told, footprint[: len(told)], rtol=1e-9)
            rows.append(
                Row(
                    f"footprints of {PRODUCTS:,} products, {len(order['amounts']):,} inputs, {what} ({sure})",
                    shown(mine),
                    f"{way} {'' if answer else '> '}{shown(peer)}",
                    f"{'' if answer else '< '}{mine / peer:.2g}×",
                    f"≤ {GOAL:g} s",
                )
            )
    return rows


WORKLOADS = (circles_of_products,)

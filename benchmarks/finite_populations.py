"""Fixation, the long run and sample paths of finite populations, beside EGTTools and a plain numba kernel."""

from __future__ import annotations

import json
import statistics
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

PEER_POPULATIONS = Path(__file__).with_name("peer_populations.py")
THREE = [[30, 1, 30], [50, 10, 14], [29.2, 8.3, 29.2]]
"""Always cooperate, always defect and tit for tat, after Imhof, Fudenberg and Nowak (2005)."""

PATIENT_STATES = 100
"""Players from which on EGTTools takes minutes, and is asked in a full run only."""

__all__ = ["WORKLOADS"]


def ask(plan: Plan, order: dict[str, object], patience: float = 600) -> dict[str, Any]:
    """Return what a peer answers in its own process."""
    try:
        done = subprocess.run(
            [plan.peer, str(PEER_POPULATIONS)],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=patience,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return {"late": patience}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def fixation(plan: Plan) -> list[Row]:
    """Time the probability of fixation among 10,000 players."""
    from separatrix import Game, fixation_probability

    rows = []
    for matrix, size, goal in (
        ([[-0.5, 2], [0, 0]], 10_000, "≤ 0.02×"),
        ([[3, 0], [5, 1]], 10_000, "right where EGTTools gives 0"),
        ([[3, 0], [5, 1]], 100, "right where EGTTools gives 0"),
    ):
        game = Game.from_matrices(matrix, strategies=["A", "B"])
        action = partial(fixation_probability, game, "A", "B", population_size=size, beta=1, log=True)
        value = action()
        mine = statistics.median(seconds(action) for _ in range(25))
        reply = ask(plan, {"task": "fixation", "matrix": matrix, "size": size, "beta": 1.0, "repeats": 25})
        rows.append(
            _row(
                f"fixation among {size:,} players: ln ρ = {value:.4f}",
                mine,
                "EGTTools",
                reply,
                goal,
                f", ρ = {reply.get('value', float('nan')):.3g}",
            )
        )
    return rows


def long_run(plan: Plan) -> list[Row]:
    """Time the stationary distribution of three strategies, assembly counted."""
    from separatrix import Game, stationary_distribution

    game = Game.from_matrices(THREE)
    rows = []
    for size, goal in ((60, ""), (100, "≤ 0.001×"), (300, "≤ 1 s")):
        action = partial(stationary_distribution, game, population_size=size, beta=0.1, mu=0.001)
        found = action()
        mine = statistics.median(seconds(action) for _ in range(5))
        work = f"stationary distribution, 3 strategies, {size} players: {len(found.log_weights):,} states"
        order: dict[str, object] = {
            "task": "stationary",
            "matrix": THREE,
            "size": size,
            "beta": 0.1,
            "mu": 0.001,
        }
        if size < PATIENT_STATES or (size == PATIENT_STATES and plan.patience > 100):
            rows.append(_row(work, mine, "EGTTools", ask(plan, order), goal))
        else:
            rows.append(Row(work, shown(mine), "EGTTools: not asked (minutes, or more memory)", "", goal))
    return rows


def paths(plan: Plan) -> list[Row]:
    """Time sample paths where most updates are idle, and where few are."""
    from separatrix import Game, finite_path

    rows = []
    four = [[3, 0, 2, 1], [5, 1, 0, 2], [1, 4, 2, 0], [2, 2, 3, 1]]
    for matrix, size, beta, mu, goal in (
        ([[3, 0], [5, 1]], 50, 1.0, 0.001, "≤ 0.2×"),
        (THREE, 100, 0.1, 0.001, "≤ 0.2×"),
        (four, 200, 1.0, 0.001, "≤ 1×"),
        (four, 1_000, 0.01, 0.05, "≤ 1×"),
        (four, 200, 0.01, 0.5, "≤ 1×"),
    ):
        updates = 10_000_000
        action = partial(
            finite_path, Game.from_matrices(matrix), updates=updates, population_size=size, beta=beta, mu=mu
        )
        found = action()
        mine = statistics.median(seconds(action) for _ in range(5))
        order: dict[str, object] = {
            "task": "path",
            "matrix": matrix,
            "size": size,
            "beta": beta,
            "mu": mu,
            "updates": updates,
            "repeats": 5,
        }
        work = (
            f"path of {updates:,} updates, {len(matrix)} strategies, {size:,} players, β = {beta:g}, "
            f"μ = {mu:g}: {found.moves / updates:.1%} move"
        )
        rows.append(_row(work, mine, "plain kernel in numba", ask(plan, order), goal))
    return rows


def _row(work: str, mine: float, name: str, reply: dict[str, Any], goal: str, more: str = "") -> Row:
    if "missing" in reply:
        return Row(work, shown(mine), f"{name}: not installed", "", goal)
    if "late" in reply:
        late = reply["late"]
        return Row(work, shown(mine), f"{name}: no answer in {late:.0f} s", f"< {mine / late:.5f}×", goal)
    taken = reply["seconds"]
    return Row(work, shown(mine), f"{name}: {shown(taken)}{more}", f"{mine / taken:.5f}×", goal)


WORKLOADS = (fixation, long_run, paths)

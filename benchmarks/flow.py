"""Trajectories in time beside scipy's `solve_ivp` and heyoka's batch mode."""

from __future__ import annotations

import json
import statistics
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

PEER_INTEGRATORS = Path(__file__).with_name("peer_integrators.py")
UNTIL, TOLERANCE, LANES, LOOP = 50.0, 1e-8, 10_000, 60
BATCH_TOLERANCES = (1e-8, 1e-10, 1e-12, 1e-14)
TOLERANCES = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13)

__all__ = ["WORKLOADS"]


def ask(plan: Plan, order: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of the peers."""
    done = subprocess.run(
        [plan.peer, str(PEER_INTEGRATORS)],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def random_game(seed: int) -> Any:
    """Return a 2×2×2 game with normal payoffs."""
    import numpy as np

    import separatrix

    pay = np.random.default_rng(seed).normal(size=(2, 2, 2, 3)).round(3).tolist()
    names = ("A", "B", "C")
    return separatrix.load(
        {
            "title": f"random {seed}",
            "populations": [
                {"name": n, "share": s, "strategies": ["yes", "no"]}
                for n, s in zip(names, "xyz", strict=True)
            ],
            "payoffs": [
                {"play": ["no" if k else "yes" for k in (a, b, c)], "pay": pay[a][b][c]}
                for a in (0, 1)
                for b in (0, 1)
                for c in (0, 1)
            ],
        }
    )


def many_trajectories(plan: Plan) -> list[Row]:
    """Time 10,000 trajectories of tripartite games to T = 50."""
    import numpy as np

    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.batch import batch

    mine, loop, worst, worst_loop = [], [], 0.0, 0.0
    batches: dict[float, list[float]] = {t: [] for t in BATCH_TOLERANCES}
    errors = dict.fromkeys(BATCH_TOLERANCES, 0.0)
    for seed in range(plan.repeats):
        field = replicator(random_game(seed))
        starts = np.random.default_rng(seed).uniform(0.01, 0.99, (LANES, 3))
        follow = partial(batch, field, starts, UNTIL, tolerance=TOLERANCE)
        follow()
        mine.append(statistics.median(seconds(follow) for _ in range(3)))
        exact = batch(field, starts, UNTIL, tolerance=1e-13).ends
        worst = max(worst, float(np.abs(follow().ends - exact).max()))
        assert field.corners is not None
        reply = ask(
            plan,
            {
                "task": "many",
                "corners": [c.tolist() for c in field.corners],
                "starts": starts.tolist(),
                "until": UNTIL,
                "tolerance": TOLERANCE,
                "tolerances": BATCH_TOLERANCES,
                "loop": LOOP,
                "repeats": 3,
            },
        )
        loop.append(reply["loop"] * LANES / LOOP)
        worst_loop = max(worst_loop, float(np.abs(reply["loop_ends"] - exact[:LOOP]).max()))
        for found in reply["batch"] or []:
            batches[found["tolerance"]].append(found["seconds"])
            error = float(np.abs(found["ends"] - exact).max())
            errors[found["tolerance"]] = max(errors[found["tolerance"]], error)
    work = (
        f"{LANES:,} tripartite trajectories to T = {UNTIL:g} at 1e-8 ({plan.repeats} random 2×2×2 games; "
        f"largest error {worst:.0e})"
    )
    ours, theirs = statistics.median(mine), statistics.median(loop)
    told = f"scipy `solve_ivp` DOP853, {LOOP} measured; largest error {worst_loop:.0e}: {shown(theirs)}"
    rows = [Row(work, shown(ours), told, f"{ours / theirs:.4f}×", "≤ 0.0125×")]
    if not batches[TOLERANCE]:
        return [*rows, Row(work, shown(ours), "heyoka is not installed", "–", "≤ 2×")]
    equal = next((t for t in BATCH_TOLERANCES if errors[t] <= worst), BATCH_TOLERANCES[-1])
    for tolerance, goal in ((TOLERANCE, "≤ 2×"), (equal, "")):
        taken = statistics.median(batches[tolerance])
        ratio = statistics.median(m / p for m, p in zip(mine, batches[tolerance], strict=True))
        told = f"heyoka, batches of 8 at {tolerance:g}; largest error {errors[tolerance]:.0e}: {shown(taken)}"
        rows.append(Row(work, shown(ours), told, f"{ratio:.2f}×", goal))
    return rows


def one_trajectory(plan: Plan) -> list[Row]:
    """Time one trajectory with a thousand points, beside LSODA at the tolerance that errs no more."""
    import numpy as np

    import separatrix
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.batch import batch
    from separatrix.dynamics.integration.trajectory import follow

    field = replicator(separatrix.load("shi-chen-2018"), scenario="bistable")
    start, until, points = [0.55, 0.4], 25.0, 1000
    exact = batch(field, [start], until, times=points, tolerance=1e-14).states[0]
    run = partial(follow, field, start, until=until, points=points, tolerance=TOLERANCE)
    error = float(np.abs(run().states - exact).max())
    mine = statistics.median(seconds(run) for _ in range(5 * plan.repeats))
    assert field.corners is not None
    reply = ask(
        plan,
        {
            "task": "one",
            "corners": [c.tolist() for c in field.corners],
            "start": start,
            "until": until,
            "points": points,
            "tolerances": TOLERANCES,
            "repeats": 5 * plan.repeats,
        },
    )
    errors = [float(np.abs(np.array(r["states"]) - exact).max()) for r in reply["runs"]]
    equal = next((k for k, e in enumerate(errors) if e <= error), len(errors) - 1)
    peer = reply["runs"][equal]
    return [
        Row(
            f"one trajectory of a 2×2 game at 1e-8, {points:,} points; largest error {error:.0e}",
            shown(mine),
            f"scipy `solve_ivp` LSODA at {peer['tolerance']:g}; largest error {errors[equal]:.0e}: "
            f"{shown(peer['seconds'])}",
            f"{mine / peer['seconds']:.2f}×",
            "≤ 1×",
        )
    ]


WORKLOADS = (many_trajectories, one_trajectory)

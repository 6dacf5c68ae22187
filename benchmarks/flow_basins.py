"""Basins: the exact map of a 2×2 game beside a compiled Runge-Kutta classification, and volumes in a cube."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

PEER_NUMBA = Path(__file__).with_name("peer_numba.py")
SIDE = 1000
STEP = 0.1
DISPUTED = 200
"""Starts of those with two answers that are judged, by scipy at 1e-13."""

__all__ = ["WORKLOADS"]


def exact_map(plan: Plan) -> list[Row]:
    """Time the basins of a 2×2 game on 1000 × 1000 starts."""
    import numpy as np

    from separatrix.dynamics.bimatrix_basins import outcomes
    from separatrix.dynamics.bimatrix_separatrix import Planar

    planar = Planar((-1.0, 2.0), (-1.0, 1.0))
    grid = (np.arange(SIDE) + 0.5) / SIDE
    with tempfile.TemporaryDirectory() as folder:
        labels = Path(folder) / "labels.npy"
        order = {
            "f": planar.f,
            "g": planar.g,
            "side": SIDE,
            "step": STEP,
            "repeats": 5,
            "labels": str(labels),
        }
        done = subprocess.run(
            [plan.peer, str(PEER_NUMBA)],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        peer = statistics.median(json.loads(done.stdout)["seconds"])
        theirs = np.load(labels)
    outcomes(planar, grid[:, None], grid[None, :])
    mine = statistics.median(
        seconds(lambda: outcomes(planar, grid[:, None], grid[None, :])) for _ in range(max(plan.repeats, 5))
    )
    ours = outcomes(planar, grid[:, None], grid[None, :])
    disputed = np.argwhere(ours != theirs)
    judged = disputed[:: max(1, len(disputed) // DISPUTED)]
    truth = [judge(planar, grid[i], grid[j]) for i, j in judged]
    wrong = sum(int(ours[i, j]) != code for (i, j), code in zip(judged, truth, strict=True))
    theirs_wrong = sum(int(theirs[i, j]) != code for (i, j), code in zip(judged, truth, strict=True))
    work = (
        f"exact basin map of a 2×2 game, {SIDE} × {SIDE} starts, {wrong} of {len(judged)} disputed ones wrong"
    )
    told = f"numba, Runge-Kutta of order 4 with steps of {STEP:g}, {theirs_wrong} wrong: {shown(peer)}"
    return [Row(work, shown(mine), told, f"{peer / mine:.0f}× as fast", "≥ 20×, none wrong")]


def judge(planar: Any, x: float, y: float) -> int:
    """Return the corner in which a start ends, by an integration in log-odds to many digits."""
    import numpy as np
    from scipy.integrate import solve_ivp

    def share(odds: Any) -> Any:
        return 0.5 * (1 + np.tanh(odds / 2))

    def slope(_: float, odds: Any) -> list[Any]:
        first, second = share(odds)
        (f0, f1), (g0, g1) = planar.f, planar.g
        return [f0 + (f1 - f0) * second, g0 + (g1 - g0) * first]

    start = [np.log(x / (1 - x)), np.log(y / (1 - y))]
    end = solve_ivp(slope, (0, 200), start, method="DOP853", rtol=1e-13, atol=1e-13).y[:, -1]
    return 2 * int(end[0] > 0) + int(end[1] > 0)


def volumes(plan: Plan) -> list[Row]:
    """Time the basin volumes of a 2×2×2 game with nine Nash equilibria."""
    import separatrix

    game = separatrix.load("mckelvey-mclennan")
    found = separatrix.basins(game)
    mine = statistics.median(seconds(lambda: separatrix.basins(game)) for _ in range(5))
    work = f"basin volumes of a 2×2×2 game, {found.samples:,} starts, at most ±{100 * found.error:.2f} %"
    return [Row(work, shown(mine), "no peer", "", "±0.5 % in ≤ 10 s")]


def over_parameters(plan: Plan) -> list[Row]:
    """Time basins over parameters: followed from starts, by the closed form, and their sensitivity."""
    from growth import explained, swept, swept_by_starts

    kinds = (
        ("basins of a tripartite game at 576 points, 4,096 starts each", swept_by_starts(576), "–"),
        ("basins of a 2×2 game at 10,000 points", swept(10_000), "≤ 2 s"),
        ("sensitivity of a tripartite basin, 1,024 samples", explained(1024), "≤ 20 s"),
    )
    return [Row(work, shown(seconds(job)), "no peer", "", goal) for work, job, goal in kinds]


WORKLOADS = (exact_map, volumes, over_parameters)

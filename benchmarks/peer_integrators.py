"""The same trajectories by scipy's `solve_ivp` and by heyoka; runs in the peers' own environment.

Reads an order from standard input and prints an answer, both JSON.

``many``: a 2×2×2 game by its advantages at the corners of the cube, with starts: seconds of a DOP853 loop
over some of the starts and of heyoka's batch mode over all at several tolerances, with the last states.
``one``: a 2×2 game and one start: seconds and states of LSODA at several tolerances.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def expanded(corners: Any) -> tuple[float, ...]:
    """Return the coefficients of 1, a, b, ab of the function with these values at the corners."""
    (neither, second), (first, both) = corners
    return neither, first - neither, second - neither, both - first - second + neither


def many(order: dict[str, Any]) -> dict[str, Any]:
    """Follow many trajectories of a 2×2×2 game, in shares as users of these libraries do."""
    import numpy as np
    from scipy.integrate import solve_ivp

    (a0, a1, a2, a3), (b0, b1, b2, b3), (c0, c1, c2, c3) = (expanded(c) for c in order["corners"])

    def slope(_: float, state: Any) -> list[float]:
        x, y, z = state
        return [
            x * (1 - x) * (a0 + a1 * y + a2 * z + a3 * y * z),
            y * (1 - y) * (b0 + b1 * x + b2 * z + b3 * x * z),
            z * (1 - z) * (c0 + c1 * x + c2 * y + c3 * x * y),
        ]

    until, tolerance, starts = order["until"], order["tolerance"], np.array(order["starts"])
    begun = time.perf_counter()
    ends = []
    for start in starts[: order["loop"]]:
        solved = solve_ivp(slope, (0, until), start, method="DOP853", rtol=tolerance, atol=tolerance)
        ends.append(solved.y[:, -1].tolist())
    answer: dict[str, Any] = {"loop": time.perf_counter() - begun, "loop_ends": ends, "batch": None}
    try:
        import heyoka  # type: ignore[import-not-found]  # in an environment of its own
    except ImportError:
        return answer
    x, y, z = heyoka.make_vars("x", "y", "z")
    rates = [(v, f) for v, f in zip((x, y, z), slope(0.0, (x, y, z)), strict=True)]
    answer["batch"] = [
        in_batches(heyoka, rates, starts, until, t, order["repeats"]) for t in order["tolerances"]
    ]
    return answer


def in_batches(
    heyoka: Any, rates: Any, starts: Any, until: float, tolerance: float, repeats: int
) -> dict[str, Any]:
    """Follow all trajectories, eight at a time."""
    import numpy as np

    width = 8
    taylor = heyoka.taylor_adaptive_batch(rates, np.zeros((3, width)), tol=tolerance)
    times: list[float] = []
    found: list[Any] = []
    for _ in range(repeats):
        found = []
        begun = time.perf_counter()
        for k in range(0, len(starts), width):
            taylor.set_time(0.0)
            taylor.state[:] = starts[k : k + width].T
            taylor.propagate_until(until)
            found.append(taylor.state.T.copy())
        times.append(time.perf_counter() - begun)
    seconds = sorted(times)[len(times) // 2]
    return {"tolerance": tolerance, "seconds": seconds, "ends": np.concatenate(found).tolist()}


def one(order: dict[str, Any]) -> dict[str, Any]:
    """Follow one trajectory of a 2×2 game by LSODA."""
    import numpy as np
    from scipy.integrate import solve_ivp

    (a0, a1), (b0, b1) = order["corners"]

    def slope(_: float, state: Any) -> list[float]:
        x, y = state
        return [x * (1 - x) * (a0 + (a1 - a0) * y), y * (1 - y) * (b0 + (b1 - b0) * x)]

    times = np.linspace(0, order["until"], order["points"])
    runs = []
    for tolerance in order["tolerances"]:
        taken = []
        for _ in range(order["repeats"]):
            begun = time.perf_counter()
            solved = solve_ivp(
                slope,
                (0, times[-1]),
                order["start"],
                method="LSODA",
                t_eval=times,
                rtol=tolerance,
                atol=tolerance,
            )
            taken.append(time.perf_counter() - begun)
        runs.append(
            {"tolerance": tolerance, "seconds": sorted(taken)[len(taken) // 2], "states": solved.y.T.tolist()}
        )
    return {"runs": runs}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump({"many": many, "one": one}[asked["task"]](asked), sys.stdout)

"""Fermi imitation on networks, beside a straightforward compiled kernel; memory, and two cores."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from seeding import scale_free
from timing import Plan, Row, seconds, shown

PEER_NETWORK = Path(__file__).with_name("peer_network.py")
SWEEPS = 100
BETA = 0.1
PAYOFFS = [["b - c", "-c"], ["b", 0]]
GAME = {"title": "donation", "parameters": {"b": 1.2, "c": 0.2}, "payoff_matrix": PAYOFFS}

__all__ = ["WORKLOADS"]


def _asked(plan: Plan, order: dict[str, object]) -> dict[str, Any]:
    done = subprocess.run(
        [plan.peer, str(PEER_NETWORK)],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def imitation(plan: Plan) -> list[Row]:
    """Play a donation game by Fermi imitation on Barabási-Albert networks, alike and unequal."""
    from separatrix.population.networks.ensemble import marks_of, simulated
    from separatrix.population.networks.enterprises import enterprises
    from separatrix.population.networks.link_graph import link_graph
    from separatrix.population.networks.model import network_model

    rows = []
    for size in (10_000, 100_000):
        graph = link_graph(size, scale_free(size, 2))
        draw = np.random.default_rng(5)
        begun = draw.random(size) < 0.5
        plays = ["yes" if one else "no" for one in begun]
        alike = enterprises(size, {"strategy": plays})
        costs = draw.uniform(0.15, 0.25, size)
        unequal = enterprises(
            size, {"strategy": plays, "c": costs, "aware": ["yes" if one else "no" for one in begun]}
        )
        models = {
            "all alike": network_model(GAME, graph, alike, beta=BETA),
            "unequal payoffs, awareness": network_model(
                GAME, graph, unequal, beta=BETA, awareness="weighted-cascade"
            ),
        }
        marks = marks_of(size, SWEEPS, 10)
        taken: dict[str, float] = {}
        for name, model in models.items():
            simulated(model, marks[:2], 1, 0, workers=1)
            taken[name] = statistics.median(
                seconds(partial(simulated, model, marks, 1, k, workers=1)) for k in range(3)
            )
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder)
            indptr, indices, _ = graph.sources_of
            np.savez(where / "rows.npz", indptr=indptr, indices=indices)
            np.save(where / "start.npy", (~begun).astype(np.int64))
            order: dict[str, object] = {"rows": str(where / "rows.npz"), "start": str(where / "start.npy")}
            order |= {"payoffs": [[1.0, -0.2], [1.2, 0.0]], "beta": BETA, "sweeps": SWEEPS, "repeats": 3}
            peer = statistics.median(_asked(plan, order)["seconds"])
        for name, mine in taken.items():
            goal = "≥ 1.5× at 10⁵" if name == "all alike" else "at most 2× slower than all alike"
            ratio = f"{peer / mine:.2f}×"
            if name != "all alike":
                ratio += f"; {mine / taken['all alike']:.2f}× the time of all alike"
            rows.append(
                Row(
                    f"Fermi imitation, {size:,} enterprises, {SWEEPS} revisions each, {name}",
                    f"{size * SWEEPS / mine:.3g} revisions/s",
                    f"plain numba kernel: {size * SWEEPS / peer:.3g} revisions/s",
                    ratio,
                    goal,
                )
            )
    return rows


def two_cores(plan: Plan) -> list[Row]:
    """Run an ensemble on one core and on two, beside a bare compiled loop."""
    import numba

    from separatrix.population.networks.ensemble import marks_of, simulated
    from separatrix.population.networks.link_graph import link_graph
    from separatrix.population.networks.model import network_model

    def loop(count: int) -> float:
        x = 0.5
        for _ in range(count):
            x = 3.9 * x * (1.0 - x)
        return x

    bare = numba.njit(nogil=True)(loop)
    bare(10)

    def on(workers: int) -> Callable[[], object]:
        def run() -> None:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(lambda _: bare(20_000_000), range(8)))

        return run

    graph = link_graph(2_000, scale_free(2_000, 2))
    model = network_model(GAME, graph, beta=BETA, mu=0.01, start=[0.5])
    marks = marks_of(2_000, 100, 10)
    simulated(model, marks, 4, 0, workers=2)
    gains: dict[str, list[float]] = {"bare": [], "ensemble": []}
    for _ in range(3):
        gains["bare"].append(seconds(on(1)) / seconds(on(2)))
        one, two = (seconds(partial(simulated, model, marks, 200, 0, workers=workers)) for workers in (1, 2))
        gains["ensemble"].append(one / two)
    mine, other = (statistics.median(gains[name]) for name in ("ensemble", "bare"))
    return [
        Row(
            "200 replicas of 2,000 enterprises: one core against two",
            f"{mine:.2f}×",
            f"bare numba loop: {other:.2f}×",
            f"{mine / other:.2f}",
            "≥ 0.95",
        )
    ]


MEMORY = """
import resource, time
import numpy as np
from separatrix.population.networks.ensemble import marks_of, simulated
from separatrix.population.networks.link_graph import link_graph
from separatrix.population.networks.model import network_model
n = 1_000_000
pairs = np.unique(np.sort(np.random.default_rng(1).integers(0, n, (5_050_000, 2)), axis=1), axis=0)
pairs = pairs[pairs[:, 0] != pairs[:, 1]][:5_000_000]
graph = link_graph(n, pairs, undirected=True)
model = network_model(GAME, graph, beta=0.1, start=[0.5])
begun = time.perf_counter()
simulated(model, marks_of(n, 5, 5), 1, 0, workers=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, time.perf_counter() - begun, graph.links)
"""


def large(plan: Plan) -> list[Row]:
    """Hold a million enterprises with ten million links in memory."""
    code = MEMORY.replace("GAME", repr(GAME))
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    memory, taken, links = (float(part) for part in done.stdout.split())
    work = f"1,000,000 enterprises, {links:,.0f} links, 5 revisions each"
    return [Row(work, f"{memory / 1e9:.2f} GB, {shown(taken)}", "", "", "≤ 4 GB")]


WORKLOADS = (imitation, two_cores, large)

"""Whom to win first, and how an idea spreads, beside pynetim and cynetdiff."""

from __future__ import annotations

import json
import math
import random
import statistics
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timing import Plan, Row, seconds, shown

PEER_DIFFUSION = Path(__file__).with_name("peer_diffusion.py")
ENTERPRISES = 100_000
SEEDS = 50
RATIO = 0.5

__all__ = ["WORKLOADS", "scale_free"]


def scale_free(size: int, each: int = 4, seed: int = 1) -> NDArray[np.int64]:
    """Return the links of a network after Barabási and Albert, both ways; shape (2 each (size - each), 2)."""
    source = random.Random(seed)
    ends = list(range(each))
    pairs = []
    for node in range(each, size):
        chosen: set[int] = set()
        while len(chosen) < each:
            chosen.add(source.choice(ends))
        pairs += [(node, other) for other in sorted(chosen)]
        ends += [*chosen, *[node] * each]
    found = np.array(pairs)
    return np.concatenate([found, found[:, ::-1]])


def ask(plan: Plan, order: dict[str, object]) -> dict[str, Any]:
    """Return what a peer answers in its own process."""
    done = subprocess.run(
        [plan.peer, str(PEER_DIFFUSION)],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def certified(plan: Plan) -> list[Row]:
    """Time the choice of fifty seeds among 100,000 enterprises, with its certificate."""
    from separatrix.population.networks.link_graph import link_graph
    from separatrix.population.opim import certified_seeds

    links = scale_free(ENTERPRISES)
    graph = link_graph(ENTERPRISES, links)
    epsilon = 1 - 1 / math.e - RATIO
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links.npy"
        np.save(path, links)
        for model, told in (("weighted-cascade", "IC"), ("linear-threshold", "LT")):
            action = partial(certified_seeds, graph, SEEDS, model, ratio=RATIO)
            found = action()
            mine = statistics.median(seconds(action) for _ in range(3))
            order: dict[str, object] = {"links": str(path), "model": told, "k": SEEDS}
            imm = ask(plan, order | {"task": "imm", "epsilon": epsilon})
            stopped = ask(plan, order | {"task": "opim-c", "epsilon": epsilon})
            opim = ask(plan, order | {"task": "opim", "sets": 2 * found.sets})
            work = (
                f"{SEEDS} seeds of {ENTERPRISES:,} enterprises, {model}: ratio {found.ratio:.3f} certified, "
                f"failure probability 1/n"
            )
            for name, reply in (
                (f"pynetim IMM, ε = {epsilon:.3f}", imm),
                (f"pynetim OPIM-C, ε = {epsilon:.3f}, bound of its seeds for that of the best", stopped),
                (f"pynetim OPIM, {2 * found.sets:,} sets", opim),
            ):
                rows.append(_row(work, mine, name, reply, "≤ 10 s"))
    return rows


def cascades(plan: Plan) -> list[Row]:
    """Time simulated cascades from fifty seeds among 100,000 enterprises."""
    from separatrix.population.awareness import awareness
    from separatrix.population.networks.link_graph import link_graph

    links = scale_free(ENTERPRISES)
    graph = link_graph(ENTERPRISES, links)
    names = [str(k + 1) for k in range(SEEDS)]
    runs = 200
    action = partial(awareness, graph, names, runs=runs)
    reached = action().mean_reached()[0]
    mine = statistics.median(seconds(action) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links.npy"
        np.save(path, links)
        order = {"links": str(path), "task": "cascades", "runs": runs, "seeds": list(range(SEEDS))}
        reply = ask(plan, order)
    work = f"{runs} weighted cascades from {SEEDS} of {ENTERPRISES:,} enterprises, {reached:,.0f} reached"
    return [_row(work, mine, "cynetdiff, one thread", reply, "")]


def own_dynamics(plan: Plan) -> list[Row]:
    """Time the choice of fifty leaders among 10,000 enterprises by the game's own dynamics."""
    from separatrix.population.networks.link_graph import link_graph
    from separatrix.population.seeding import targeted_seeds

    graph = link_graph(10_000, scale_free(10_000))
    action = partial(
        targeted_seeds,
        "shi-chen-2018",
        graph,
        count=SEEDS,
        rule="logit",
        beta=3.0,
        earning="averaged",
        start={"x": 0.05, "y": 0.05},
    )
    found = action()
    mine = seconds(action)
    work = (
        f"{SEEDS} leaders of {graph.size:,} enterprises for the paper's game, logit choice: "
        f"{len(found.tried)} orders, {found.replicas} runs of {found.until:g} units each"
    )
    return [Row(work, shown(mine), "no peer", "", "≤ 60 s")]


def _row(work: str, mine: float, name: str, reply: dict[str, Any], goal: str) -> Row:
    if "missing" in reply:
        return Row(work, shown(mine), f"{name}: not installed", "", goal)
    more = "".join(
        f", {what} {reply[what]:{form}}"
        for what, form in (("ratio", ".3f"), ("reached", ",.0f"))
        if what in reply
    )
    taken = reply["seconds"]
    return Row(work, shown(mine), f"{name}: {shown(taken)}{more}", f"{mine / taken:.3f}×", goal)


WORKLOADS = (certified, cascades, own_dynamics)

"""Measure this program beside its peers, in one run, in turn, and print the ratios.

    python benchmarks/run.py --peer PYTHON [--quick | --full] [--markdown] [--only WORD]

`make bench` calls it with the right environments.  Each workload is repeated and the contestants take
turns, so that a busy moment of the machine hits all of them; medians are reported.  The goals are
printed beside the numbers and never turn into a failure: a slow machine is not a bug.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import WORKLOADS as CLUSTER
from disclosure_audit import WORKLOADS as DISCLOSURE
from every_game import WORKLOADS as EVERY_GAME
from finite_populations import WORKLOADS as FINITE
from flow import WORKLOADS as FLOW
from flow_basins import WORKLOADS as BASINS
from networks import WORKLOADS as NETWORKS
from park_import import WORKLOADS as PARK_IMPORT
from park_load import WORKLOADS as PARK_LOAD
from park_outbox import WORKLOADS as PARK_OUTBOX
from policy import WORKLOADS as POLICY
from regimes import WORKLOADS as REGIMES
from reports import reports
from roll_up import WORKLOADS as ROLL_UP
from seeding import WORKLOADS as SEEDING
from studio_load import WORKLOADS as STUDIO
from studio_page import WORKLOADS as STUDIO_PAGE
from sweep import WORKLOADS as SWEEPS
from timing import Plan, Row, in_turn, process, seconds, shown

if TYPE_CHECKING:
    from separatrix import Game

PEER_SCRIPT = Path(__file__).with_name("peer_sympy.py")
GAMES_IN_ALL = 10_000
EVERYTHING = "conditions, eigenvalues, labels, regimes, proof"


def ask_sympy(plan: Plan, order: dict[str, object], patience: float | None = None) -> dict[str, Any] | None:
    """Return what sympy answers in its own process, or None when it has not after `patience` seconds."""
    try:
        done = subprocess.run(
            [plan.peer, str(PEER_SCRIPT)],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=patience,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# ---------------------------------------------------------------- the workloads


def whole_processes(plan: Plan) -> list[Row]:
    """Time whole processes against the time it takes to import sympy."""
    program = str(Path(sys.executable).with_name("separatrix"))
    ours = {
        "`separatrix --help`": (("--help",), 0.6),
        "`separatrix analyze shi-chen-2018`": (("analyze", "shi-chen-2018"), 3.0),
        "`separatrix analyze wang-2023 --symbolic`": (("analyze", "wang-2023", "--symbolic"), 10.0),
    }
    actions = {name: process(program, *arguments) for name, (arguments, _) in ours.items()}
    actions["sympy"] = process(plan.peer, "-c", "import sympy")
    times = in_turn(actions, plan.repeats)
    peer = times["sympy"]
    return [
        Row(
            name,
            shown(times[name]),
            f"`import sympy` {shown(peer)}",
            f"{times[name] / peer:.2f}×",
            f"≤ {goal:g}×",
        )
        for name, (_, goal) in ours.items()
    ]


def in_symbols(game: Game) -> dict[str, Any]:
    """Return everything that this program says about a game with symbols."""
    import separatrix

    return separatrix.analyze(game, symbolic=True).to_dict()


def order_for(answer: dict[str, Any]) -> dict[str, object]:
    """Return the rest-point equations of a symbolic analysis as an order for sympy."""
    equations = answer["equations"]
    return {
        "unknowns": list(equations),
        "symbols": list(answer["model"]["parameters"]),
        "tasks": [list(equations.values())],
    }


def generic_game() -> dict[str, object]:
    """Return the three-population game whose advantages have twelve independent coefficients."""
    letters = {"x": ("a", "y", "z"), "y": ("b", "x", "z"), "z": ("c", "x", "y")}
    return {
        "title": "generic 2×2×2",
        "populations": [{"name": f"P{share}", "share": share} for share in letters],
        "parameters": {f"{letter}{i}": {} for letter, _, _ in letters.values() for i in range(4)},
        "advantages": {
            share: f"{k}0 + {k}1*{u} + {k}2*{v} + {k}3*{u}*{v}" for share, (k, u, v) in letters.items()
        },
    }


def two_populations(plan: Plan) -> list[Row]:
    """Time the symbolic 2×2 game, where sympy does find the rest points."""
    import separatrix

    game = separatrix.load("shi-chen-2018")
    answer = in_symbols(game)
    ours, theirs, found = [], [], 0
    for turn in range(plan.repeats + 1):
        taken = seconds(partial(in_symbols, game))
        reply = ask_sympy(plan, order_for(answer))
        assert reply is not None
        if turn:
            ours.append(taken)
            theirs.append(reply["seconds"][0])
        found = reply["solutions"][0]
    mine, peer = statistics.median(ours), statistics.median(theirs)
    work = f"shi-chen-2018 with 6 symbols: {len(answer['rest_points'])} rest points, {EVERYTHING}"
    return [
        Row(
            work,
            shown(mine),
            f"`sympy.solve`, {found} rest points, nothing more: {shown(peer)}",
            f"{mine / peer:.2f}×",
        )
    ]


def three_populations(plan: Plan) -> list[Row]:
    """Time tripartite games with symbols, where sympy does not come back."""
    import separatrix

    rows = []
    for name, source in (("wang-2023", "wang-2023"), ("generic 2×2×2 game", generic_game())):
        game = separatrix.load(source)
        answer = in_symbols(game)
        times = [seconds(partial(in_symbols, game)) for _ in range(plan.repeats)]
        mine = statistics.median(times)
        order = order_for(answer)
        symbols = len(answer["model"]["parameters"])
        work = f"{name} with {symbols} symbols: {len(answer['rest_points'])} rest points, {EVERYTHING}"
        interior = list(answer["advantages"].values())
        for what, tasks in (("whole system", order["tasks"]), ("interior alone", [interior])):
            reply = ask_sympy(plan, order | {"tasks": tasks}, plan.patience)
            if reply is None:
                told, ratio = (
                    f"no answer within {plan.patience:g} s",
                    f"< {math.ceil(1000 * mine / plan.patience) / 1000:.3f}×",
                )
            else:
                taken, found = reply["seconds"][0], reply["solutions"][0]
                told = f"{found} rest point{'s' if found != 1 else ''}, nothing more: {shown(taken)}"
                ratio = f"{mine / taken:.2f}×"
            rows.append(Row(work, shown(mine), f"`sympy.solve`, {what}: {told}", ratio))
    return rows


def random_game(source: random.Random) -> dict[str, object]:
    """Return a 2×2×2 game with integer payoffs from −9 to 9."""
    names = ("A", "B", "C")
    return {
        "populations": [
            {"name": n, "share": s, "strategies": ["yes", "no"]} for n, s in zip(names, "xyz", strict=True)
        ],
        "payoffs": [
            {"play": [i, j, k], "pay": [source.randint(-9, 9) for _ in names]}
            for i in ("yes", "no")
            for j in ("yes", "no")
            for k in ("yes", "no")
        ],
    }


def random_games(plan: Plan) -> list[Row]:
    """Time random numeric 2×2×2 games through the Python API, on one core."""
    import separatrix

    source = random.Random(20181)
    bare, written, theirs = list[float](), list[float](), list[float]()
    for _ in range(5):
        games = [random_game(source) for _ in range(plan.games)]
        started = time.perf_counter()
        analyses = [separatrix.analyze(separatrix.load(game)) for game in games]
        bare.append((time.perf_counter() - started) / plan.games)
        answers: list[dict[str, Any]] = [analysis.to_dict() for analysis in analyses]
        written.append((time.perf_counter() - started) / plan.games)
        tasks = [list(answer["equations"].values()) for answer in answers[:3]]
        reply = ask_sympy(plan, {"unknowns": ["x", "y", "z"], "symbols": [], "tasks": tasks})
        assert reply is not None
        theirs += reply["seconds"]
    peer = statistics.median(theirs)
    told = f"`sympy.solve`, rest points, nothing more: {shown(peer)} a game ({len(theirs)} measured)"
    rows = []
    for what, times, goal in (("", bare, "≤ 60 s"), (", with all formulas written out", written, "")):
        mine = statistics.median(times)
        work = f"{GAMES_IN_ALL:,} random 2×2×2 games (5 × {plan.games:,} measured), each complete{what}"
        rows.append(Row(work, f"{mine * GAMES_IN_ALL:.1f} s", told, f"{mine / peer:.4f}×", goal))
    return rows


# ---------------------------------------------------------------- telling


def machine() -> str:
    """Return one line about what this was measured on, and when."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text("utf-8").splitlines()
        model = next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model
        )
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return (
        f"{today}, {os.cpu_count()} × {model}, {platform.system()}, Python {platform.python_version()}, "
        f"separatrix {version('separatrix')}"
    )


HEAD = ("work", "separatrix", "peer", "ratio", "goal")


def as_markdown(rows: Sequence[Row], peer: str) -> str:
    """Return the table for the documentation."""
    cells = [HEAD, ("---",) * 5, *((r.work, r.ours, r.peer, r.ratio, r.goal) for r in rows)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return f"{table}\n\nMedians of one run in which the contestants took turns: {machine()}, {peer}."


def as_text(rows: Sequence[Row], peer: str) -> str:
    """Return the table for a terminal."""
    parts = [f"{machine()}, {peer}\n"]
    for r in rows:
        goal = f"   (goal {r.goal})" if r.goal else ""
        parts.append(f"{r.work}\n    separatrix {r.ours}   |   {r.peer}   |   ratio {r.ratio}{goal}")
    return "\n".join(parts).replace("`", "")


def main() -> None:
    """Run every workload and print the table."""
    parser = argparse.ArgumentParser(description="Measure separatrix beside its peers.")
    parser.add_argument("--peer", required=True, help="the Python in which sympy is installed")
    parser.add_argument(
        "--quick", action="store_true", help="few repeats: to see that it works, not to quote"
    )
    parser.add_argument("--full", action="store_true", help="give sympy 130 s for each question, not 30")
    parser.add_argument("--markdown", action="store_true", help="print the table for the documentation")
    parser.add_argument("--only", default="", metavar="WORD", help="run the workloads whose name holds WORD")
    chosen = parser.parse_args()
    plan = Plan(
        peer=chosen.peer,
        repeats=5 if chosen.quick else 9,
        games=100 if chosen.quick else 2000,
        patience=130 if chosen.full else 5 if chosen.quick else 30,
    )
    rows = []
    ours = (whole_processes, two_populations, three_populations, random_games)
    populations = (*FINITE, *SEEDING, *NETWORKS)
    every = (
        *ours,
        *EVERY_GAME,
        reports,
        *FLOW,
        *BASINS,
        *REGIMES,
        *SWEEPS,
        *CLUSTER,
        *DISCLOSURE,
        *populations,
        *POLICY,
        *ROLL_UP,
        *STUDIO,
        *STUDIO_PAGE,
        *PARK_IMPORT,
        *PARK_LOAD,
        *PARK_OUTBOX,
    )
    for workload in (w for w in every if chosen.only in w.__name__):
        print(f"· {(workload.__doc__ or '').strip()}", file=sys.stderr, flush=True)
        rows += workload(plan)
    asked = [plan.peer, "-c", "import sympy; print('sympy', sympy.__version__)"]
    peer = subprocess.run(asked, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    print((as_markdown if chosen.markdown else as_text)(rows, peer))


if __name__ == "__main__":
    main()

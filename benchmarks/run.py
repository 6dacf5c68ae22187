"""Measure this program beside its peers, in one run, in turn, and print the ratios.

    python benchmarks/run.py --peer PYTHON [--quick | --full] [--markdown]

`make bench` calls it with the right environments.  Each workload is repeated and the contestants take
turns, so that a busy moment of the machine hits all of them; medians are reported.  The goals are
printed beside the numbers and never turn into a failure: a slow machine is not a bug.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

PEER_SCRIPT = Path(__file__).with_name("peer_sympy.py")
GAMES_IN_ALL = 10_000


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, how long it took, and beside what."""

    work: str
    ours: str
    peer: str
    ratio: str
    goal: str = ""


@dataclass(frozen=True)
class Plan:
    """How much to measure: repeats of a process, random games a round, seconds that a peer is given."""

    peer: str
    repeats: int
    games: int
    patience: float


# ---------------------------------------------------------------- measuring


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turn(actions: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median time of each action; they take turns, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(repeats + 1):
        for name, action in actions.items():
            taken = seconds(action)
            if turn:
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def process(*command: str) -> Callable[[], object]:
    """Return an action that runs a whole process and throws its output away."""
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


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


def shown(taken: float) -> str:
    """Return a duration as people write it."""
    return (
        f"{taken:.2f} s"
        if taken >= 1
        else f"{taken * 1000:.0f} ms"
        if taken >= 0.01
        else f"{taken * 1000:.2f} ms"
    )


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


def equations_of(slug: str) -> tuple[dict[str, Any], dict[str, object]]:
    """Return a catalogue game's symbolic analysis and its rest-point equations as an order for sympy."""
    import separatrix

    answer = separatrix.analyze(separatrix.load(slug), symbolic=True).to_dict()
    equations = answer["equations"]
    order: dict[str, object] = {
        "unknowns": list(equations),
        "symbols": list(answer["model"]["parameters"]),
        "tasks": [list(equations.values())],
    }
    return answer, order


def advantages_of(answer: dict[str, Any]) -> list[str]:
    """Return the payoff of each population's first strategy minus that of its second."""
    result = []
    for population in answer["model"]["populations"]:
        first, second = (answer["payoffs"][population["name"]][s] for s in population["strategies"])
        result.append(f"({first}) - ({second})")
    return result


def two_populations(plan: Plan) -> list[Row]:
    """Time the symbolic 2×2 game, where sympy does find the rest points."""
    import separatrix

    answer, order = equations_of("shi-chen-2018")
    game = separatrix.load("shi-chen-2018")
    ours, theirs, found = [], [], 0
    for turn in range(plan.repeats + 1):
        taken = seconds(lambda: separatrix.analyze(game, symbolic=True).to_dict())
        reply = ask_sympy(plan, order)
        assert reply is not None
        if turn:
            ours.append(taken)
            theirs.append(reply["seconds"][0])
        found = reply["solutions"][0]
    mine, peer = statistics.median(ours), statistics.median(theirs)
    count = len(answer["rest_points"])
    work = f"shi-chen-2018 with symbols: {count} rest points, conditions, eigenvalues, labels, regimes"
    return [
        Row(
            work,
            shown(mine),
            f"`sympy.solve`, {found} rest points only: {shown(peer)}",
            f"{mine / peer:.2f}×",
        )
    ]


def three_populations(plan: Plan) -> list[Row]:
    """Time the tripartite game with 24 symbols, where sympy does not come back."""
    import separatrix

    answer, order = equations_of("wang-2023")
    game = separatrix.load("wang-2023")
    ours = [seconds(lambda: separatrix.analyze(game, symbolic=True).to_dict()) for _ in range(plan.repeats)]
    mine = statistics.median(ours)
    rows = []
    for what, tasks in (("whole system", order["tasks"]), ("interior alone", [advantages_of(answer)])):
        reply = ask_sympy(plan, order | {"tasks": tasks}, plan.patience)
        if reply is None:
            told, ratio = f"no answer within {plan.patience:g} s", f"< {mine / plan.patience:.3f}×"
        else:
            taken = reply["seconds"][0]
            told, ratio = f"{reply['solutions'][0]} solutions in {shown(taken)}", f"{mine / taken:.3f}×"
        work = f"wang-2023 with {len(answer['model']['parameters'])} symbols, all faces, everything"
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
    ours, theirs, counted = [], [], 0
    for _ in range(5):
        games = [random_game(source) for _ in range(plan.games)]
        answers: list[dict[str, Any]] = []
        started = time.perf_counter()
        answers.extend(separatrix.analyze(separatrix.load(g)).to_dict() for g in games)
        ours.append((time.perf_counter() - started) / plan.games)
        few = answers[:3]
        tasks = [list(a["equations"].values()) for a in few]
        reply = ask_sympy(plan, {"unknowns": ["x", "y", "z"], "symbols": [], "tasks": tasks})
        assert reply is not None
        theirs += reply["seconds"]
        counted += len(few)
    mine, peer = statistics.median(ours), statistics.median(theirs)
    return [
        Row(
            f"{GAMES_IN_ALL:,} random 2×2×2 games, each complete (5 × {plan.games:,} measured)",
            f"{mine * GAMES_IN_ALL:.1f} s",
            f"`sympy.solve`, rest points only: {shown(peer)} each ({counted} measured)",
            f"{mine / peer:.4f}×",
            "≤ 60 s",
        )
    ]


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
    """Return the table for the README."""
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
    parser.add_argument("--markdown", action="store_true", help="print the table for the README")
    chosen = parser.parse_args()
    plan = Plan(
        peer=chosen.peer,
        repeats=5 if chosen.quick else 9,
        games=100 if chosen.quick else 2000,
        patience=130 if chosen.full else 5 if chosen.quick else 30,
    )
    rows = []
    for workload in (whole_processes, two_populations, three_populations, random_games):
        print(f"· {(workload.__doc__ or '').strip()}", file=sys.stderr, flush=True)
        rows += workload(plan)
    asked = [plan.peer, "-c", "import sympy; print('sympy', sympy.__version__)"]
    peer = subprocess.run(asked, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
    print((as_markdown if chosen.markdown else as_text)(rows, peer))


if __name__ == "__main__":
    main()

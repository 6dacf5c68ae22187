"""How the time of each kind of work grows with its size: a figure and a table for the documentation.

Each size is worked at in this process, and processor time is told, of all threads together, so that other
work on the machine matters little.  `make growth` runs this file.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from run import machine

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "_static" / "growth.svg"
PAGE = ROOT / "docs" / "development" / "growth.md"

Job = Callable[[], object]


@dataclass(frozen=True)
class Kind:
    """A kind of work: what it is, what its size counts, the sizes, and how one of them becomes a job."""

    work: str
    size: str
    sizes: tuple[int, ...]
    job: Callable[[int], Job]


def table(populations: int, alike: bool = False) -> dict[str, Any]:
    """Return a game of populations of two strategies with random payoffs; nobody may mind the last choice."""
    source = random.Random(1)
    pay: dict[tuple[str, ...], list[int]] = {}
    for play in itertools.product("ab", repeat=populations):
        pay[play] = [source.randint(-9, 9) for _ in range(populations)]
        if alike and play[-1] == "b":
            pay[play] = pay[*play[:-1], "a"]
    return {
        "title": "random payoffs",
        "populations": [
            {"name": f"P{k}", "share": f"x{k}", "strategies": ["a", "b"]} for k in range(populations)
        ],
        "payoffs": [{"play": list(play), "pay": own} for play, own in pay.items()],
    }


def bistable() -> dict[str, Any]:
    """Return a tripartite coordination game with two parameters."""
    document = table(3)
    for row in document["payoffs"]:
        lone = [row["play"].count(own) == 1 for own in row["play"]]
        row["pay"] = [
            0 if alone else "p" if own == "a" else "q" for own, alone in zip(row["play"], lone, strict=True)
        ]
    return document | {"parameters": {"p": {"value": 3, "range": [2, 4]}, "q": {"value": 2, "range": [1, 3]}}}


def analysed(document: dict[str, Any]) -> Job:
    """Return the analysis of a game."""
    import separatrix

    game = separatrix.load(document)
    return lambda: separatrix.analyze(game, budget=3600)


def swept(points: int) -> Job:
    """Return a sweep of the basins of the game of the tutorial."""
    import separatrix

    side, game = round(points**0.5), separatrix.load("shi-chen-2018")
    over = {"C1": f"1:6:{side}", "C2": f"0.5:2:{side}"}
    return lambda: separatrix.sweep(game, over, measure="basin", workers=1)


def swept_by_starts(points: int) -> Job:
    """Return a sweep of the basins of a tripartite game, whose starts are followed."""
    import separatrix

    side, game = round(points**0.5), separatrix.load(bistable())
    over = {"p": f"2:4:{side}", "q": f"1:3:{side}"}
    return lambda: separatrix.sweep(game, over, measure="basin", samples=4096, workers=1)


def explained(samples: int) -> Job:
    """Return the indices of sensitivity of a tripartite basin."""
    import separatrix

    game = separatrix.load(bistable())
    return lambda: separatrix.sensitivity(game, "basin", spread="10%", samples=samples, start=[0.5] * 3)


def checked(claims: int) -> Job:
    """Return the check of a tripartite paper that claims outcomes."""
    import separatrix

    source, document = random.Random(1), bistable()
    starts = [[round(source.uniform(0.05, 0.95), 3) for _ in range(3)] for _ in range(claims)]
    document["published"] = {"outcomes": [{"from": start, "to": [1, 1, 1]} for start in starts]}
    game = separatrix.load(document)
    return lambda: separatrix.check(game)


KINDS = (
    Kind("analyze n populations × 2", "populations", (3, 4, 5, 6, 7, 8), lambda n: analysed(table(n))),
    Kind(
        "the same, one choice without effect on payoffs",
        "populations",
        (4, 5, 6, 7),
        lambda n: analysed(table(n, True)),
    ),
    Kind("sweep of basins, 2 × 2", "points", (100, 1024, 10_000), swept),
    Kind("sweep of basins, tripartite, 4,096 starts", "points", (16, 64, 256, 576), swept_by_starts),
    Kind("sensitivity of a tripartite basin", "samples", (64, 256, 1024), explained),
    Kind("check of outcomes, tripartite", "claims", (10, 20, 40, 80), checked),
)


def measured(kind: Kind) -> list[float]:
    """Return the processor time of each size in seconds, what is loaded and compiled first left out."""
    kind.job(kind.sizes[0])()
    taken = []
    for size in kind.sizes:
        job = kind.job(size)
        started = time.process_time()
        job()
        taken.append(time.process_time() - started)
    return taken


def drawn(results: dict[Kind, list[float]]) -> None:
    """Draw the figure: one panel a kind of size, both axes logarithmic."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    sizes = list(dict.fromkeys(kind.size for kind in results))
    with plt.rc_context({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 8}):
        figure, axes = plt.subplots(1, len(sizes), figsize=(10, 3), sharey=True, layout="constrained")
        for axis, size in zip(axes, sizes, strict=True):
            own = [kind for kind in results if kind.size == size]
            for marker, kind in zip("osD^"[: len(own)], own, strict=True):
                axis.plot(
                    kind.sizes, results[kind], marker=marker, markersize=4, linewidth=1, label=kind.work
                )
            axis.set(xlabel=size, xscale="linear" if size == "populations" else "log", yscale="log")
            if len(own) == 1:
                axis.set_xticks(own[0].sizes, [f"{n:,}" for n in own[0].sizes])
                axis.minorticks_off()
            axis.grid(alpha=0.3)
            axis.legend(fontsize=6, frameon=False)
        axes[0].set_ylabel("processor time, s")
        figure.savefig(PICTURE, metadata={"Date": None, "Title": "How processor time grows with size"})
        plt.close(figure)


def page(results: dict[Kind, list[float]]) -> str:
    """Return the page of the documentation."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    rows = [
        f"| {kind.work} | {' · '.join(f'{n:,}' for n in kind.sizes)} {kind.size} | "
        f"{' · '.join(f'{t:.2g}' for t in taken)} |"
        for kind, taken in results.items()
    ]
    return "\n".join(
        [
            "# Scaling",
            "",
            "Processor time of all threads by problem size, without loading and compilation. Shared cores",
            "take longer, so the load average is given. `make growth` repeats the measurement.",
            "",
            "![Processor time by size, one line for each kind of work](../_static/growth.svg)",
            "",
            "| work | size | processor time, s |",
            "|---|---|---|",
            *rows,
            "",
            f"Measured in one run: {machine()}; load average {load:.1f}.",
            "",
        ]
    )


def main() -> None:
    """Measure all kinds, draw them, and write the page."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    results = {}
    for kind in KINDS:
        results[kind] = measured(kind)
        print(kind.work, [round(t, 3) for t in results[kind]], file=sys.stderr)
    drawn(results)
    PAGE.write_text(page(results), "utf-8")


if __name__ == "__main__":
    main()

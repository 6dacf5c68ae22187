"""Games of any size beside EGTTools (rest points) and msolve (polynomial systems), and what has no peer."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

ROOT = Path(__file__).resolve().parent.parent
PEER_EGTTOOLS = Path(__file__).with_name("peer_egttools.py")

__all__ = ["WORKLOADS"]


def bomze_matrices() -> list[list[list[int]]]:
    """Return the 49 matrices of Bomze's phase portraits."""
    lines = (ROOT / "tests" / "core" / "golden" / "bomze.txt").read_text("utf-8").splitlines()
    rows = [line.split("|")[1] for line in lines if line.startswith("portrait")]
    return [[[int(v) for v in row.split()] for row in text.split(",")] for text in rows]


def analyses_of(documents: list[dict[str, Any]]) -> list[Any]:
    """Return the answers for the given games."""
    import separatrix

    return [separatrix.analyze(separatrix.load(d)) for d in documents]


def bomze(plan: Plan) -> list[Row]:
    """Time Bomze's 49 phase portraits of three strategies."""
    documents = [{"title": f"portrait {k}", "payoff_matrix": m} for k, m in enumerate(bomze_matrices())]
    answers = analyses_of(documents)
    mine = statistics.median(seconds(partial(analyses_of, documents)) for _ in range(plan.repeats))
    isolated = [[tuple(p.state) for p in answer.rest_points if p.isolated] for answer in answers]
    missed, spurious, times = [], [], []
    for turn in range(3):
        done = subprocess.run(
            [plan.peer, str(PEER_EGTTOOLS)],
            input=json.dumps({"matrices": bomze_matrices(), "seed": turn}),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=True,
        )
        reply = json.loads(done.stdout)
        times.append(reply["seconds"])
        wanted = [(k, p) for k, points in enumerate(isolated) for p in points if 1.0 not in p]
        missed.append(sum(not any(near(p, r) for r in reply["roots"][k]) for k, p in wanted))
        spurious.append(
            sum(
                not any(near(r, p) for p in isolated[k]) and max(r) < 1 - 1e-6
                for k, roots in enumerate(reply["roots"])
                for r in roots
            )
        )
    peer = statistics.median(times)
    count = sum(len(points) for points in isolated)
    mixed = sum(1.0 not in p for points in isolated for p in points)
    return [
        Row(
            f"Bomze's 49 phase portraits: all {count} isolated rest points exact, all continua, every label",
            shown(mine),
            f"EGTTools `find_roots`: misses {statistics.median(missed):g} of {mixed} mixed ones, lists "
            f"{statistics.median(spurious):g} points of continua as if isolated, no label: {shown(peer)}",
            f"{mine / peer:.2f}×",
            "≤ 3 s",
        )
    ]


def near(a: tuple[float, ...] | list[float], b: tuple[float, ...] | list[float]) -> bool:
    """Return whether two states agree to three decimals."""
    return all(abs(u - v) < 1e-3 for u, v in zip(a, b, strict=True))


# ---------------------------------------------------------------- many populations, beside msolve


def advantages(source: random.Random, n: int) -> list[dict[tuple[int, ...], int]]:
    """Return, for each of n populations, random integer payoff advantages at the others' pure profiles."""
    corners = [tuple(k >> i & 1 for i in range(n - 1)) for k in range(2 ** (n - 1))]
    return [{corner: source.randint(-9, 9) for corner in corners} for _ in range(n)]


def polynomial(table: dict[tuple[int, ...], int], names: list[str]) -> str:
    """Return the multilinear polynomial with the given values at the corners."""
    values = dict(table)
    for axis in range(len(names)):
        for corner in values:
            if corner[axis]:
                values[corner] -= values[(*corner[:axis], 0, *corner[axis + 1 :])]
    terms = [
        "*".join([str(v), *(name for name, on in zip(names, corner, strict=True) if on)])
        for corner, v in values.items()
        if v
    ]
    return "+".join(terms).replace("+-", "-") or "0"


def on_face(tables: list[dict[tuple[int, ...], int]], face: tuple[int | None, ...]) -> list[str]:
    """Return the equations of the mixing populations of a face in their own shares x0, x1, ..."""
    free = [i for i, pure in enumerate(face) if pure is None]
    result = []
    for i in free:
        others = [j for j in range(len(face)) if j != i]
        kept = [k for k, j in enumerate(others) if face[j] is None]
        reduced = {
            tuple(corner[k] for k in kept): value
            for corner, value in tables[i].items()
            if all(face[j] in (None, corner[k]) for k, j in enumerate(others))
        }
        result.append(polynomial(reduced, [f"x{others[k]}" for k in kept]))
    return result


def faces_of(n: int) -> list[tuple[int | None, ...]]:
    """Return the faces of the cube on which two or more populations mix."""
    choices: list[tuple[int | None, ...]] = [()]
    for _ in range(n):
        choices = [(*face, pure) for face in choices for pure in (0, 1, None)]
    return [face for face in choices if face.count(None) > 1]


def msolve_time(
    program: str, tables: list[dict[tuple[int, ...], int]], patience: float
) -> tuple[float, bool]:
    """Return how long msolve takes for all faces of a game, one process each, and whether it finished.

    The input files are written before the clock starts.
    """
    n = len(tables)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for k, face in enumerate(faces_of(n)):
            equations = [e for e in on_face(tables, face) if e != "0"]
            names = ",".join(f"x{i}" for i, pure in enumerate(face) if pure is None)
            path = Path(folder) / f"{k}.ms"
            path.write_text(f"{names}\n0\n" + ",\n".join(equations) + "\n", "utf-8")
            files.append(path)
        started = time.perf_counter()
        for path in files:
            left = patience - (time.perf_counter() - started)
            try:
                subprocess.run(
                    [program, "-f", str(path), "-o", str(path.with_suffix(".out"))],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=max(left, 0.01),
                )
            except subprocess.TimeoutExpired:
                return time.perf_counter() - started, False
        return time.perf_counter() - started, True


def document_of(tables: list[dict[tuple[int, ...], int]]) -> dict[str, Any]:
    """Return the game file with these advantages."""
    n = len(tables)
    names = [f"x{i}" for i in range(n)]
    return {
        "title": f"{n} populations",
        "populations": [{"name": f"P{i}", "share": f"x{i}"} for i in range(n)],
        "advantages": {
            f"x{i}": polynomial(tables[i], [names[j] for j in range(n) if j != i]) for i in range(n)
        },
    }


def many_populations(plan: Plan) -> list[Row]:
    """Time random games of four, five and six populations, beside msolve on the same faces."""
    program = shutil.which("msolve")
    source = random.Random(4)
    rows = []
    for n, goal in ((4, "≤ 4×"), (5, "≤ 4×"), (6, "< 1×")):
        count = max(1, min(plan.repeats, 9) if n < 6 else 2)
        games = [advantages(source, n) for _ in range(count)]
        ours = [seconds(partial(analyses_of, [document_of(tables)])) for tables in games]
        mine = statistics.median(ours)
        work = f"{n} populations × 2, payoffs −9 … 9: all {3**n} faces certified ({count} games)"
        if program is None:
            rows.append(Row(work, shown(mine), "msolve is not installed", "–", goal))
            continue
        theirs = [msolve_time(program, tables, plan.patience) for tables in games]
        peer = statistics.median(t for t, _ in theirs)
        whole = all(done for _, done in theirs)
        told = f"msolve, real solutions of the {len(faces_of(n))} mixed faces, no label: "
        told += shown(peer) if whole else f"not finished after {plan.patience:g} s"
        rows.append(Row(work, shown(mine), told, f"{'' if whole else '< '}{mine / peer:.2f}×", goal))
    return rows


# ---------------------------------------------------------------- without a peer


def evolutionarily_stable(plan: Plan) -> list[Row]:
    """Time the search for all evolutionarily stable strategies of a 12 × 12 matrix."""
    from flint import fmpq_mat

    from separatrix.analysis.affine.ess_search import ess_search

    row = [0, *CIRCULANT_12, *reversed(CIRCULANT_12[:-1])]
    matrix = fmpq_mat([[row[(j - i) % 12] for j in range(12)] for i in range(12)])
    found = len(ess_search(matrix))
    mine = seconds(partial(ess_search, matrix))
    work = f"every ESS of a circulant 12 × 12 matrix of FracESSA's, exactly: {found}"
    return [Row(work, shown(mine), "–", "–", "≤ 60 s")]


CIRCULANT_12 = (533, 118, 326, 357, 118, 477)
"""The first half row of matrix 18 in FracESSA's verification set: 105 ESS (R. Ullrich; a fact, not code)."""


def refereeing(plan: Plan) -> list[Row]:
    """Time `separatrix check` on a published tripartite model with its claims."""
    program = str(Path(sys.executable).with_name("separatrix"))
    paper = ROOT / "tests" / "core" / "golden" / "cases" / "L02.yaml"

    def check() -> None:
        subprocess.run([program, "check", str(paper)], stdout=subprocess.DEVNULL, check=False)

    mine = statistics.median(seconds(check) for _ in range(plan.repeats))
    work = "`separatrix check` on a tripartite paper: 24 symbols, five scenarios, all its claims"
    return [Row(work, shown(mine), "–", "–", "≤ 5 s")]


WORKLOADS = (bomze, many_populations, evolutionarily_stable, refereeing)

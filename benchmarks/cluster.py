"""Workload of the real place: the EU's emissions trading system, whole, beside pandas and polars."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from timing import Plan, Row, shown

__all__ = ["WORKLOADS"]

DATA = Path(__file__).with_name("data") / "eutl-2005-2022.csv.gz"
PEERS = {name: Path(__file__).with_name(f"peer_{name}.py") for name in ("pandas", "polars")}
YEARS = range(2005, 2023)

OURS = """
import json, sys, time
sys.path.append(sys.argv[2])
from timing import peak_memory
started = time.perf_counter()
import separatrix
cluster = separatrix.load_cluster(sys.argv[1])
accounts = separatrix.carbon_accounts(cluster)
found = separatrix.diagnose(cluster, accounts)
whole = time.perf_counter() - started
json.dump({
    "whole": whole, "peak": peak_memory() / 1e9, "total": accounts.total(2022),
    "herfindahl": found.frame.concentrations[0].herfindahl,
}, sys.stdout)
"""


def write_folder(folder: Path) -> int:
    """Write the whole scheme as the folder of a cluster, and return how many installations it has."""
    text = gzip.decompress(DATA.read_bytes()).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    (folder / "cluster.yaml").write_text(
        "format: 1\nname: EU ETS\nlicence: CC BY 4.0\ncomplete: all\n"  # the log holds every installation
        "sources: ['European Commission, EU Transaction Log, as compiled by cedricr/eutl (CC BY 4.0)']\n",
        "utf-8",
    )
    with (folder / "enterprises.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "sector", "parent", "city", "latitude", "longitude"))
        writer.writerows(
            (r["id"], r["installation"], r["activity_code"], r["parent"], r["city"], r["lat"], r["lon"])
            for r in rows
        )
    with (folder / "emissions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("enterprise", "year", "kind", "amount", "unit"))
        writer.writerows(
            (r["id"], year, "verified", r[f"ve{year}"], "t") for r in rows for year in YEARS if r[f"ve{year}"]
        )
    return len(rows)


def ask(*command: str) -> dict[str, Any]:
    """Return what a fresh process answers."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def whole_scheme(plan: Plan) -> list[Row]:
    """Time the EU's emissions trading system as one cluster, from CSV files to its diagnosis."""
    ours: list[dict[str, Any]] = []
    theirs: dict[str, list[dict[str, Any]]] = {peer: [] for peer in PEERS}
    with tempfile.TemporaryDirectory() as name:
        count = write_folder(Path(name))
        for _ in range(plan.repeats):
            ours.append(ask(sys.executable, "-c", OURS, name, str(Path(__file__).parent)))
            for peer, script in PEERS.items():
                theirs[peer].append(ask(plan.peer, str(script), name))
    for answer in (*ours, *(a for answers in theirs.values() for a in answers)):
        assert math.isclose(answer["total"], ours[0]["total"], rel_tol=1e-12)
        assert math.isclose(answer["herfindahl"], ours[0]["herfindahl"], rel_tol=1e-9)
    mine, memory = _cost(ours)
    work = (
        f"EU ETS whole ({count:,} installations × {len(YEARS)} years) as one cluster, from CSV to diagnosis, "
        "every cell checked; fresh process"
    )
    does = {
        "pandas": "`read_csv` and sums of the same files, nothing checked, no diagnosis",
        "polars": "`read_csv`, keys checked and sums of the same files, no diagnosis",
    }
    goals = {"pandas": "≤ 5 s, ≤ 1 GB", "polars": "≤ 5× the time, ≤ 2× the memory"}
    rows = []
    for peer, answers in theirs.items():
        time, other = _cost(answers)
        told = f"{peer} {answers[0]['version']}, {does[peer]}: {shown(time)}, {other:.2f} GB"
        ratio = f"{mine / time:.2f}×, memory {memory / other:.2f}×"
        rows.append(Row(work, f"{shown(mine)}, {memory:.2f} GB", told, ratio, goals[peer]))
    return rows


def _cost(answers: list[dict[str, Any]]) -> tuple[float, float]:
    """Return the median time in seconds, and the most memory in GB."""
    return statistics.median(a["whole"] for a in answers), max(a["peak"] for a in answers)


WORKLOADS = (whole_scheme,)

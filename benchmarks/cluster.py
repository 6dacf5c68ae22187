"""Workload of the real place: the EU's emissions trading system, whole, as one cluster, beside pandas."""

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
PEER = Path(__file__).with_name("peer_pandas.py")
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
        "format: 1\nname: EU ETS\nlicence: CC BY 4.0\n"
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
    theirs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        count = write_folder(Path(name))
        for _ in range(plan.repeats):
            ours.append(ask(sys.executable, "-c", OURS, name, str(PEER.parent)))
            theirs.append(ask(plan.peer, str(PEER), name))
    for answer in (*ours, *theirs):
        assert math.isclose(answer["total"], ours[0]["total"], rel_tol=1e-12)
        assert math.isclose(answer["herfindahl"], ours[0]["herfindahl"], rel_tol=1e-9)
    mine, peer = (statistics.median(a["whole"] for a in answers) for answers in (ours, theirs))
    memory, other = (max(a["peak"] for a in answers) for answers in (ours, theirs))
    work = (
        f"EU ETS whole ({count:,} installations × {len(YEARS)} years) as one cluster, from CSV to diagnosis, "
        "every cell checked; fresh process"
    )
    told = (
        f"pandas {theirs[0]['version']}, `read_csv` and sums of the same files, nothing checked, "
        f"no diagnosis: {shown(peer)}, {other:.2f} GB"
    )
    return [
        Row(work, f"{shown(mine)}, {memory:.2f} GB", told, f"{mine / peer:.2f}×", "≤ 5 s, ≤ 1 GB"),
    ]


WORKLOADS = (whole_scheme,)

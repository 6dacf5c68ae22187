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

import numpy as np

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
    "bounds": [found.frame.concentrations[0].herfindahl_low, found.frame.concentrations[0].herfindahl_high],
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
    low, high = ours[0]["bounds"]  # what is in doubt is not of the index itself, but within its bounds
    for answer in (a for answers in theirs.values() for a in answers):
        assert low * (1 - 1e-9) <= answer["herfindahl"] <= high * (1 + 1e-9)
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


def write_park(folder: Path, enterprises: int) -> None:
    """Write a made-up park: ten years, five carriers, accounts, and ten links an enterprise."""
    rng = np.random.default_rng(enterprises)
    years, ids = range(2015, 2025), [f"E{k:05d}" for k in range(enterprises)]
    size = np.exp(rng.normal(0, 1, enterprises))
    carriers = (
        ("raw_coal", 1000, "t"),
        ("diesel", 50, "t"),
        ("natural_gas", 20, "1e4 Nm3"),
        ("electricity", 3000, "MWh"),
        ("heat", 5000, "GJ"),
    )
    (folder / "cluster.yaml").write_text(
        "name: Made-up park\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\nfactor_set: cn-guideline\n",
        "utf-8",
    )
    sectors = rng.choice(["C14", "C17", "C22", "C25", "C26", "C30", "C31", "C34"], enterprises)
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "enterprises": ("id,name,sector", [(i, f"Works {i}", s) for i, s in zip(ids, sectors, strict=True)]),
        "energy": ("enterprise,year,carrier,amount,unit", []),
        "accounts": (
            "enterprise,year,output,value_added,exports,staff,rd_spend,rd_staff,patents,new_product_sales",
            [],
        ),
        "links": ("from,to,kind,stream", []),
    }
    for k, who in enumerate(ids):
        for year in years:
            g = size[k] * (1 + 0.03 * (year - 2015)) * rng.uniform(0.9, 1.1)
            tables["energy"][1].extend((who, year, c, round(n * g, 2), unit) for c, n, unit in carriers)
            made = size[k] * (1 + 0.04 * (year - 2015))
            value, research = 1500 * made * rng.uniform(0.8, 1.2), 30 * made * rng.uniform(0.2, 2)
            staff = max(3, round(100 * size[k] * rng.uniform(0.8, 1.2)))
            row = (
                5000 * made,
                value,
                300 * made,
                staff,
                research,
                round(3 * size[k]),
                rng.poisson(1),
                200 * made,
            )
            tables["accounts"][1].append((who, year, *(round(float(v)) for v in row)))
    kinds = ("supply", "information", "exchange", "joint project")
    drawn = zip(
        *rng.integers(0, enterprises, (2, 20 * enterprises)),
        rng.integers(0, 4, 20 * enterprises),
        strict=True,
    )
    links = dict.fromkeys((ids[a], ids[b], kinds[k]) for a, b, k in drawn if a != b)
    tables["links"][1].extend((*link, "goods") for link in list(links)[: 10 * enterprises])
    for name, (heading, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(f"{heading}\n")
            csv.writer(file).writerows(rows)


def many_enterprises(plan: Plan) -> list[Row]:
    """Time a large park, from CSV files to its diagnosis, beside one of half the size."""
    answers = []
    for count in (5_000, 10_000):
        with tempfile.TemporaryDirectory() as name:
            write_park(Path(name), count)
            answers.append(ask(sys.executable, "-c", OURS, name, str(Path(__file__).parent)))
    half, whole = answers
    work = (
        "10,000 enterprises × 10 years × 5 carriers with 100,000 links, from CSV to diagnosis; fresh process"
    )
    return [
        Row(
            work,
            f"{shown(whole['whole'])}, {whole['peak']:.2f} GB",
            f"half as many: {shown(half['whole'])}, {half['peak']:.2f} GB",
            f"{whole['whole'] / half['whole']:.2f}×",
            "≤ 30 s, ≤ 1 GB, ≤ 2× for twice as many",
        )
    ]


WORKLOADS = (whole_scheme, many_enterprises)

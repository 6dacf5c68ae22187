"""Sweeps: two workers beside one, and the memory of a grid beside that of one ten times as large."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

POINTS_ON_AXES = ((400, 250), (1000, 1000))
"""Grids of 100,000 and of 1,000,000 points."""

HERE = str(Path(__file__).parent)

PEAK = """
import sys
sys.path.append(sys.argv[4])
import separatrix
from timing import peak_memory
over = {"C1": f"1:9:{sys.argv[1]}", "R1": f"1:9:{sys.argv[2]}"}
separatrix.sweep(separatrix.load("shi-chen-2018"), over, "stable", out=sys.argv[3], block=20_000).close()
print(peak_memory())
"""


def memory(plan: Plan) -> list[Row]:
    """Measure the peak memory of whole processes that sweep a grid and one ten times as large."""
    if sys.platform == "win32":  # it has no such counter
        return []
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for shape in POINTS_ON_AXES:
            command = [sys.executable, "-c", PEAK, *map(str, shape), str(Path(folder) / "sweep.nc"), HERE]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
            peaks.append(int(told))
    small, large = peaks
    return [
        Row(
            "sweep of 1,000,000 points to a file, peak memory of the process",
            f"{large / 1e6:.0f} MB",
            f"100,000 points: {small / 1e6:.0f} MB",
            f"{large / small:.2f}×",
            "flat",
        )
    ]


def workers(plan: Plan) -> list[Row]:
    """Time a sweep on two workers of a Dask cluster beside one."""
    from distributed import LocalCluster

    times: dict[int, list[float]] = {1: [], 2: []}
    # Each cluster is up before the clock starts, and has loaded the program.
    options: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    for count in (1, 2) * (2 if plan.repeats < 9 else 5):
        with LocalCluster(n_workers=count, **options) as cluster:
            sweep_on(cluster.scheduler_address, 4)
            times[count].append(seconds(lambda: sweep_on(cluster.scheduler_address, 24)))
    one, two = statistics.median(times[1]), statistics.median(times[2])
    work = "sweep of wang-2023, 576 points, basins from 4,096 starts each: two Dask workers"
    return [Row(work, shown(two), f"one worker: {shown(one)}", f"{one / two:.2f}× faster", "≥ 1.7×")]


def sweep_on(address: str, count: int) -> None:
    """Sweep basins on a cluster."""
    import separatrix

    over = {"PA": f"1:9:{count}", "CB1": f"1:5:{count}"}
    game = separatrix.load("wang-2023")
    separatrix.sweep(game, over, "basin", scenario="stage-4", scheduler=address, block=24)


WORKLOADS = (memory, workers)

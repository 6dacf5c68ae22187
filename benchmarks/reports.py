"""From a finished study to the file that is handed in; no peer writes reports.

`python benchmarks/reports.py FORMAT` works out a game, then prints how many seconds the report took.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from timing import Plan, Row, shown

__all__ = ["reports"]

GAME = "wang-2023"
REPEATS = 5
"""Of each format; every one works the game out anew, which is not counted."""
FORMATS = (("html", "HTML", "≤ 3 s"), ("docx", "Word", "≤ 6 s"), ("pdf", "PDF", "≤ 6 s"))
NO_PEER = "– (no peer writes reports)"


def seconds_to_write(format: str) -> float:
    """Return how long a report takes once its study is finished, all further imports included."""
    import separatrix
    from separatrix.reports.study import study

    found = study(separatrix.load(GAME))
    started = time.perf_counter()
    from separatrix.languages import language_of
    from separatrix.reports.game_report import build_paper
    from separatrix.writers.registry import write

    write(build_paper(found, language_of("en")), format)
    return time.perf_counter() - started


def in_fresh_process(format: str) -> float | None:
    """Return what a process of its own measures, or None where the library of the format is missing."""
    command = [sys.executable, str(Path(__file__)), format]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if "U905" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def reports(plan: Plan) -> list[Row]:
    """Time the report on a tripartite model with its five scenarios; formats take turns."""
    times: dict[str, list[float | None]] = {format: [] for format, _, _ in FORMATS}
    for turn in range(min(plan.repeats, REPEATS) + 1):
        for format, taken in times.items():
            found = in_fresh_process(format)
            if turn:  # the first one fills caches, such as that of fonts
                taken.append(found)
    rows = []
    for format, name, goal in FORMATS:
        known = [t for t in times[format] if t is not None]
        work = f"the report on {GAME} with five scenarios and their figures as {name}, analysis not counted"
        rows.append(
            Row(work, shown(statistics.median(known)) if known else "not installed", NO_PEER, "–", goal)
        )
    return rows


if __name__ == "__main__":
    print(seconds_to_write(sys.argv[1]))

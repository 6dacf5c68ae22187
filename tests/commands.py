"""Commands as at a terminal: each a process of its own, made from one that has loaded the libraries."""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Done", "command"]

HEAVY = [
    *("separatrix.cli.app", "separatrix.analysis.analyze", "separatrix.reports.report_file"),
    *("separatrix_cluster.diagnosis.diagnose", "cyclopts", "docx", "numba", "rich.markdown", "yaml"),
    *("matplotlib.pyplot", "pandas", "scipy.optimize", "scipy.stats", "z3"),
]
"""What most commands load: a second of each that would otherwise pass before it begins."""

FORKS = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
if FORKS:
    PROCESSES.set_forkserver_preload(HEAVY)


@dataclass(frozen=True)
class Done:
    """What a command printed, on both streams, and its exit code."""

    printed: str
    code: int


def command(arguments: Sequence[str], folder: Path) -> Done:
    """Run `separatrix …` in a folder, as a person at a plain terminal of 100 columns would."""
    with tempfile.TemporaryDirectory() as beside:
        printed = Path(beside) / "printed"
        process = PROCESSES.Process(target=_main, args=(list(arguments), folder, printed))
        process.start()
        process.join()
        return Done(printed.read_text("utf-8"), process.exitcode)


def _main(arguments: list[str], folder: Path, printed: Path) -> None:
    """Be the command, with what is printed written to a file."""
    from separatrix.cli import main
    from separatrix.run import progress

    progress.FIRST = math.inf  # lines of progress depend on how fast the machine is
    os.chdir(folder)
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    with printed.open("wb") as file, Path(os.devnull).open("rb") as nothing:
        for stream, number in ((nothing, 0), (file, 1), (file, 2)):
            os.dup2(stream.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # a process of this kind has none
    for text in (sys.stdout, sys.stderr):
        text.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.argv = ["separatrix", *arguments]
    sys.exit(main())

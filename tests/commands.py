"""Commands as at a terminal: each a process of its own, made from one that has loaded the libraries."""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Done", "command", "park_command"]

HEAVY = [
    *("separatrix.cli.app", "separatrix.analysis.analyze", "separatrix.reports.game_report"),
    *("separatrix_cluster.diagnosis.diagnosis", "cyclopts", "docx", "numba", "rich.markdown", "yaml"),
    *("matplotlib.pyplot", "pandas", "scipy.optimize", "scipy.stats", "z3"),
]
"""What most commands load: a second of each that would otherwise pass before it begins."""

OF_PARKS = [
    *("django.contrib.staticfiles", "django.core.management", "django.db.models", "django.forms"),
    *("django.template", "django.test", "django.urls", "django.utils.html", "django.views.generic"),
    *("argon2", "cryptography.x509", "jinja2", "pydantic", "requests", "sqlparse"),
]
"""What the commands of a park load besides, as far as that needs no settings of a park."""

FORKS = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
if FORKS:
    PROCESSES.set_forkserver_preload([*HEAVY, *OF_PARKS])


@dataclass(frozen=True)
class Done:
    """What a command printed, its exit code, and what stood on standard error where that was kept apart."""

    printed: str
    code: int
    errors: str = ""


def command(arguments: Sequence[str], folder: Path) -> Done:
    """Run `separatrix …` in a folder, as a person at a plain terminal of 100 columns would."""
    return _done(arguments, folder, apart=False)


def park_command(*arguments: str | Path, umask: int = -1) -> Done:
    """Run `separatrix park …`, with standard error kept apart."""
    return _done(["park", *map(str, arguments)], Path.cwd(), apart=True, umask=umask)


def _done(arguments: Sequence[str], folder: Path, *, apart: bool, umask: int = -1) -> Done:
    with tempfile.TemporaryDirectory() as beside:
        files = [Path(beside) / name for name in ("printed", "errors" if apart else "printed")]
        process = PROCESSES.Process(target=_main, args=(list(arguments), folder, files, umask))
        process.start()
        process.join()
        printed, errors = (file.read_text("utf-8") for file in files)
        return Done(printed, process.exitcode, errors if apart else "")


def _main(arguments: list[str], folder: Path, files: list[Path], umask: int) -> None:
    """Be the command, with what is printed written to files."""
    from separatrix.cli import main
    from separatrix.run import console

    console.FIRST = math.inf  # lines of progress depend on how fast the machine is
    os.chdir(folder)
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    one, other = files
    with ExitStack() as opened:
        printed = opened.enter_context(one.open("wb"))
        errors = printed if other == one else opened.enter_context(other.open("wb"))
        nothing = opened.enter_context(Path(os.devnull).open("rb"))
        for stream, number in ((nothing, 0), (printed, 1), (errors, 2)):
            os.dup2(stream.fileno(), number)
    if umask >= 0:
        os.umask(umask)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # a process of this kind has none
    for text in (sys.stdout, sys.stderr):
        text.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.argv = ["separatrix", *arguments]
    sys.exit(main())

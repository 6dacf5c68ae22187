"""Runs of a fuzzer that go on where the last one ended: `python -m fuzz.run KIND COUNT` in the folder tests.

How far each kind has come, and every input that failed, is kept in the folder that SEPARATRIX_FUZZ names, by
default in the user's cache: outside of the tree.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cross.fuzz.kinds import KINDS, fuzzed
from separatrix.errors import SeparatrixError
from separatrix.explanations.explanation import EXPLANATIONS

MOST_SECONDS = 2.0
MOST_BYTES = 500_000_000


class Hang(BaseException):
    """An input takes longer than any may; no `Exception`, so that no reader takes it for one of its own."""


def folder() -> Path:
    """Return where the state of runs is kept."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "separatrix-fuzz"
    made = Path(os.environ.get("SEPARATRIX_FUZZ") or default)
    made.mkdir(parents=True, exist_ok=True)
    return made


def outcome(kind: str, content: bytes) -> str:
    """Return how reading an input ends: `read`, the code of its error, or what went wrong."""
    resident, before = _resident(), _peak()
    told = _outcome(kind, content)
    # The peak of a process never falls, so an input answers for what it added to what stood there before.
    return "fault: more than 500 MB" if before < _peak() > resident + MOST_BYTES else told


def _outcome(kind: str, content: bytes) -> str:
    try:
        with end_after(MOST_SECONDS):
            KINDS[kind].read(content)
    except SeparatrixError as problem:
        problem.render()
        return problem.code if problem.code in EXPLANATIONS else f"fault: {problem.code} is not explained"
    except Hang:
        return f"fault: longer than {MOST_SECONDS:g} s"
    except BaseException as problem:
        if isinstance(problem, (KeyboardInterrupt, SystemExit)):
            raise
        last = traceback.extract_tb(problem.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        return f"fault: {type(problem).__name__} at {place}: {str(problem)[:200]}"
    return "read"


@contextmanager
def end_after(most: float) -> Iterator[None]:
    """End what takes more CPU than this; elsewhere than on POSIX a reader that hangs, hangs."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, _end)
    signal.setitimer(signal.ITIMER_PROF, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _end(*_: object) -> None:
    raise Hang


def _resident() -> int:
    """Return the memory that this process has now, in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    """Return the most memory that this process had, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def go_on(kind: str, until: int) -> tuple[Counter[str], dict[int, str]]:
    """Read the inputs of a kind from where the last run ended; return all outcomes so far, and the faults."""
    state = folder() / f"{kind}.json"
    kept = json.loads(state.read_text("utf-8")) if state.is_file() else {"next": 0, "ends": {}, "faults": {}}
    ends: Counter[str] = Counter(kept["ends"])
    faults: dict[int, str] = {}
    for known in map(int, kept["faults"]):  # what failed before is asked again
        if (again := outcome(kind, fuzzed(kind, known))).startswith("fault"):
            faults[known] = again
    saved = time.monotonic()
    number = kept["next"]
    while number < until:
        content = fuzzed(kind, number)
        told = outcome(kind, content)
        if told.startswith("fault"):
            faults[number] = told
            (folder() / f"{kind}-{number}{KINDS[kind].suffix}").write_bytes(content)
        ends[told if not told.startswith("fault") else "fault"] += 1
        number += 1
        if time.monotonic() - saved > 5 or number == until:
            text = json.dumps({"next": number, "ends": ends, "faults": faults})
            temporary = state.with_suffix(".new")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(state)
            saved = time.monotonic()
    return ends, faults


if __name__ == "__main__":
    name, count = sys.argv[1], int(sys.argv[2])
    counted, failed = go_on(name, count)
    print(
        name,
        sum(counted.values()),
        "inputs,",
        counted["read"],
        "read, peak",
        _peak() // 10**6,
        "MB;",
        dict(counted),
    )
    for number, told in sorted(failed.items())[:40]:
        print(" ", number, told)

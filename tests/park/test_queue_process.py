"""The process beside the server's works on the queue, comes back when it is killed, and loses no question."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from park_reports import approve, monthly_bills
from park_set_up import park_on
from separatrix_park.database import QueueProcess

PATIENCE = 120.0


def until(holds: Callable[[], bool]) -> bool:
    """Return whether something holds within the patience of the tests."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False


def state_of(number: int) -> str:
    """Return how far an answer is."""
    from separatrix_park.models import Answer
    from separatrix_park.scope import whole_park

    with whole_park("tests"):
        return str(Answer.objects.get(pk=number).state)


def alive(pid: int) -> bool:
    """Return whether a process of this number runs."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text("ascii").rpartition(")")[2].split()[0] != "Z"


def test_what_jobs_call_in_another_process_needs_no_database() -> None:
    """There are no settings of Django: each function that a job names is imported without them."""
    (package,) = find_spec("separatrix_park").submodule_search_locations  # type: ignore[union-attr]
    text = (Path(package) / "answers" / "jobs.py").read_text("utf-8")
    named = re.findall(r'"(separatrix_park\.[\w.]+):(\w+)"', text)
    assert len(named) >= 3
    for module, function in named:
        code = f"import sys, {module} as m; m.{function}; assert 'django' not in sys.modules"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, (module, done.stderr[-500:])


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_a_killed_process_is_replaced_and_its_answer_comes_all_the_same() -> None:
    """kill -9 while it works: another process takes its place, begins the answer anew, and ends it."""
    with park_on("sqlite") as park:
        from separatrix_park.answers import jobs
        from separatrix_park.scope import whole_park

        for year in (2024, 2025):
            for k in range(8):
                approve(f"E{k}", "energy", year, monthly_bills(30.0 + 3.1 * k))
                approve(f"E{k}", "accounts", year, [{"value_added": f"{3000 + k}", "staff": "50"}])
        queue = QueueProcess(park.path)
        queue.start()
        try:
            with whole_park("tests"):
                made = jobs.ask("brief", "en", "page", {}, "v", None)
            assert until(lambda: state_of(made.pk) == "running")
            first = queue.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            assert until(lambda: queue.pid not in (None, first))
            assert until(lambda: state_of(made.pk) in ("done", "failed", "cancelled"))
            assert state_of(made.pk) == "done"
            last = queue.pid
        finally:
            queue.close()
        assert last is not None
        assert until(lambda: not alive(last))


def test_what_fails_is_tried_again_and_ends_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the database refused or the code was wrong; told to stop, everybody does."""
    from django.db import OperationalError

    with park_on("sqlite"):
        from separatrix_park.answers import workers

        monkeypatch.setattr(workers, "PATIENCE", 0.01)
        problems = {"wrong": ValueError("no such thing"), "refused": OperationalError("gone"), "right": None}
        rounds = Counter[str]()

        def care(name: str) -> None:
            rounds[name] += 1
            if (problem := problems[name]) is not None:
                raise problem

        cares = [workers.Care(0.01, partial(care, name)) for name in problems]
        stop, before = threading.Event(), threading.active_count()
        works = threading.Thread(target=workers.work, args=(stop, cares))
        works.start()
        try:
            assert until(lambda: all(rounds[name] > 2 for name in problems))
        finally:
            stop.set()
            works.join(PATIENCE)
        assert until(lambda: threading.active_count() == before)

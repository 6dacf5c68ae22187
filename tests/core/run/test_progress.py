"""How far a run is, where standard error is no terminal."""

from __future__ import annotations

import pytest

from separatrix.run.console import _lines, progress


def test_lines_are_written_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the first seconds, then at growing distances, each with what is done and how long it took."""
    clock = iter([0.0, 1.0, 11.0, 12.0, 100.0, 110.0, 130.0])
    advance = _lines("sweep", lambda: next(clock))
    for done in (10, 110, 120, 1_000, 1_100, 1_300):
        advance(done, 2_000)
    assert capsys.readouterr().err.splitlines() == [
        "sweep: 110 of 2,000 (5 %) after 11 s",
        "sweep: 1,000 of 2,000 (50 %) after 100 s",
        "sweep: 1,300 of 2,000 (65 %) after 130 s",
    ]


def test_work_of_a_moment_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is soon over writes nothing into a log."""
    with progress("sweep", 100, 40) as advance:
        for _ in range(6):
            advance(10)
    assert capsys.readouterr().err == ""

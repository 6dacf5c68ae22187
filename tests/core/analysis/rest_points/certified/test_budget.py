"""Games that are too large: an estimate, what was found so far, and an interruption that keeps it."""

from __future__ import annotations

import time

import pytest

from separatrix.analysis.branch_and_prune import search as search_module
from separatrix.analysis.branch_and_prune.cells import bounds
from separatrix.analysis.branch_and_prune.search import Clock, duration

from .games import certify, random_profiles


@pytest.mark.soak
def test_too_large() -> None:
    """Five populations of five strategies come back about when told, with an estimate of the whole work."""
    game = random_profiles("large", (5, 5, 5, 5, 5), 9)
    started = time.monotonic()
    answer = certify(game, budget=3)
    assert time.monotonic() - started < 60
    assert answer.completeness.status == "incomplete"
    assert "28,629,151 faces" in answer.completeness.proof
    assert "would take about" in answer.completeness.proof
    assert len(answer.points) >= 5**5
    assert sum(p.stability != "undecided" for p in answer.points) > 0


def test_interruption_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the search; the rest points found by then are labelled and the answer is incomplete."""
    calls = []

    def interrupted(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return bounds(*arguments)

    monkeypatch.setattr(search_module, "bounds", interrupted)
    answer = certify(random_profiles("interrupted", (3, 3, 3), 9))
    assert answer.completeness.status == "incomplete"
    assert "interrupted" in answer.completeness.proof
    assert len(answer.points) >= 27
    assert {p.stability for p in answer.points} & {"saddle", "asymptotically stable"}


def test_durations() -> None:
    """Lengths of time are told in a unit that people use for them."""
    texts = [duration(s) for s in (3.0, 600.0, 8e3, 1e6, 1e9, 1e15)]
    assert texts == ["3 seconds", "10 minutes", "2.2 hours", "12 days", "32 years", "thousands of years"]


def test_estimates() -> None:
    """The estimate counts every face at the cost that its number of free shares suggests."""
    clock = Clock(10)
    clock.note(0, 16, 0.016)
    clock.note(1, 32, 0.064)
    # 16, 32, 24, 8, 1 faces with 0 to 4 free shares; each free share doubles the cost of a face.
    expected = 0.016 + 0.064 + 24 * 0.004 + 8 * 0.008 + 0.016
    assert clock.estimate((2, 2, 2, 2)) == pytest.approx(expected)

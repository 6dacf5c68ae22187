"""What all routes share: labelling in time, and the sum of the indices."""

from __future__ import annotations

from separatrix.analysis.answer import Labelling, completeness, index_sum
from separatrix.run.limits import poll, time_limit


def _interrupted() -> str:
    raise KeyboardInterrupt


def test_an_interruption_ends_the_labelling_and_is_told() -> None:
    """After an interruption from the keyboard nothing more is labelled, and the answer says why."""
    labelling = Labelling()
    with time_limit(60):
        assert labelling.in_time(lambda: "done", "late") == "done"
        assert labelling.in_time(_interrupted, "late") == "late"
        assert labelling.in_time(lambda: "done", "late") == "late"
    proof = completeness(["All faces were looked at."], late=labelling.late)
    assert proof.status == "incomplete"
    assert "interrupted" in proof.proof


def test_work_that_takes_too_long_leaves_the_rest_its_turn() -> None:
    """Where only the share of one piece of work has run out, what follows is still labelled."""
    labelling = Labelling()

    def long() -> str:
        with time_limit(-1):
            poll()
        return "done"

    with time_limit(60):
        assert labelling.in_time(long, "late") == "late"
        assert labelling.in_time(lambda: "done", "late") == "done"
    assert labelling.late


def test_one_unknown_index_leaves_the_sum_open() -> None:
    """The indices add up only where each of them is known and not zero."""
    assert index_sum([1, -1, 1]) == 1
    assert index_sum([1, None]) is None
    assert index_sum([1, 0]) is None
    assert completeness([], index_sum([1, 1])).status == "incomplete"

"""Properties that are worked out once."""

from __future__ import annotations

import threading

from separatrix.run.cached_property import cached_property


class Pair:
    """Two properties that use each other on another object."""

    def __init__(self) -> None:
        self.other: Pair = self
        self.worked = 0
        self.meeting: threading.Barrier | None = None

    @cached_property
    def first(self) -> int:
        """Uses `second` of the other."""
        self.worked += 1
        if self.meeting:
            self.meeting.wait()
        return 1 + (self.other.second if self.other is not self else 0)

    @cached_property
    def second(self) -> int:
        """Uses `first` of the other."""
        if self.meeting:
            self.meeting.wait()
        return 2 + (self.other.first if self.other is not self else 0)


def test_it_is_worked_out_once() -> None:
    """A second look finds what the first one worked out."""
    pair = Pair()
    assert (pair.first, pair.first, pair.worked) == (1, 1, 1)
    assert Pair.__dict__["first"].__doc__ == "Uses `second` of the other."


def test_two_threads_do_not_wait_for_each_other() -> None:
    """Properties that use each other crosswise in two threads both come to an end."""
    one, two = Pair(), Pair()
    one.other, two.other = Pair(), Pair()
    one.meeting = two.meeting = threading.Barrier(2)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(one.first), daemon=True),
        threading.Thread(target=lambda: found.append(two.second), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [3, 3]

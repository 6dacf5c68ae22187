"""Those who take much leave room for others: connections, workers and the queue."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from separatrix.errors import InputError
from separatrix.studio import jobs, server
from separatrix.studio.jobs import Jobs
from separatrix.studio.tasks import TASKS, Task
from separatrix.studio.upload import Upload
from studio_server import Served
from thinning import thinned

HAWKS = "payoff_matrix: [[-1, {}], [0, 2]]"


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Return a server with two workers, little patience and few connections."""
    monkeypatch.setattr(server, "PATIENCE", 2.0)  # a busy machine may take a second to send a request
    monkeypatch.setattr(server, "MOST", 25)
    monkeypatch.setattr(jobs, "QUICK", 0.5)
    for name in ("endless", "polite"):
        monkeypatch.setitem(TASKS, name, Task(name, f"misbehaviour:{name}", 30.0, quick=True))
    served = Served(2)
    yield served
    served.close()


def test_half_requests_keep_nobody_out_and_are_closed(crowded: Served) -> None:
    """More connections than there may be, each with half a request: the server answers at once."""
    half = []
    for _ in range(60):
        one = socket.create_connection(("127.0.0.1", crowded.door.port), timeout=5)
        one.sendall(b"GET / HTTP/1.1\r\nHost: ")
        half.append(one)
    assert crowded.client.get("/api/alive").status_code == 200
    for one in half:
        with one:
            try:
                assert one.recv(1) == b""
            except ConnectionResetError:
                continue


@thinned("task", ["endless", "polite"], each_run=1)
def test_models_that_are_hard_to_open_leave_a_worker_to_others(crowded: Served, task: str) -> None:
    """Two quick tasks that do not end take both workers; the second gives way, and is not lost."""
    hard = [crowded.opened(HAWKS.format(k)) for k in (5, 6)]
    tickets = [crowded.ask(model, task, long=True).json()["id"] for model in hard]
    time.sleep(0.6)
    assert crowded.answer(crowded.opened(HAWKS.format(7)), "labels")["state"] == "done"

    def states() -> list[str]:
        return sorted(crowded.client.get(f"/api/jobs/{ticket}").json()["state"] for ticket in tickets)

    while states() == ["queued", "queued"]:  # a worker of the server's own beginnings is not free yet
        time.sleep(0.1)
    assert states() == ["queued", "running"]
    for ticket in tickets:
        assert crowded.client.delete(f"/api/jobs/{ticket}").json() == {"cancelled": True}


def test_models_take_turns_and_none_fills_the_queue() -> None:
    """Of two models, one with many questions, each is served in turn; past a bound one is told to wait."""
    queue = Jobs(0)
    upload = Upload.of_text(HAWKS.format(4))
    for k in range(jobs.MOST_OF_ONE):
        queue.ask(TASKS["labels"], "one", upload, {"k": k})
    with pytest.raises(InputError, match="W117"):
        queue.ask(TASKS["labels"], "one", upload, {"k": -1})
    for k in range(2):
        queue.ask(TASKS["labels"], "other", upload, {"k": k})
    served = [job.digest for job in (queue._next() for _ in range(5)) if job is not None]
    assert served == ["one", "other", "one", "other", "one"]


def test_tickets_of_one_question_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks the same again and again without taking the answer is told to come again."""
    monkeypatch.setattr(jobs, "MOST_TICKETS", 3)
    queue = Jobs(0)
    for _ in range(3):
        queue.ask(TASKS["examples"], "", None, {})
    with pytest.raises(InputError, match="W117"):
        queue.ask(TASKS["examples"], "", None, {})

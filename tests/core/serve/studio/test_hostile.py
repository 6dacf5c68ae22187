"""Work that never ends, takes too much, or is killed: the server says so and goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from separatrix.studio.tasks import TASKS, Task
from separatrix.studio.worker_process import Limits
from studio_server import Served

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def small() -> Iterator[Served]:
    """Return a server with one worker that may take 250 MB, and with tasks that misbehave."""
    names = ("endless", "asleep", "greedy", "gluttonous", "suicidal", "faulty", "infinite")
    names = (*names, "counted", "polite")
    for name in names:
        TASKS[name] = Task(name, f"misbehaviour:{name}", 1.0, quick=True)
    TASKS["long"] = Task("long", "misbehaviour:endless", 60.0)
    server = Served(1, Limits(memory=250_000_000))
    yield server
    server.close()
    for name in (*names, "long"):
        del TASKS[name]


@pytest.fixture
def model(small: Served) -> str:
    """Return the address of a model."""
    return small.opened("payoff_matrix: [[-1, 4], [0, 2]]")


def code_of(news: dict[str, object]) -> object:
    """Return the code of an error."""
    error = news["error"]
    assert isinstance(error, dict)
    return error["code"]


@pytest.mark.parametrize(
    ("task", "code"),
    [
        ("endless", "W113"),
        ("asleep", "W113"),
        ("greedy", "W114"),
        ("gluttonous", "W114"),
        ("suicidal", "W115"),
        ("faulty", "U999"),
    ],
)
def test_what_misbehaves_is_ended_and_the_next_is_answered(
    small: Served, model: str, task: str, code: str
) -> None:
    """The page is told why, and the server answers others at once, in the meantime too."""
    ticket = small.ask(model, task).json()["id"]
    begun = time.monotonic()
    assert small.client.get("/api/alive").status_code == 200
    assert time.monotonic() - begun < 0.5
    news = small.client.get(f"/api/jobs/{ticket}", params={"wait": 20, "seen": 1}).json()
    assert (news["state"], code_of(news)) == ("failed", code)
    assert news["error"]["told"]["zh"]["text"] != news["error"]["text"]
    assert small.answer(model, "labels", parameters={})["state"] == "done"


@POSIX
def test_a_killed_worker_is_replaced_and_its_task_is_done_anyway(small: Served, model: str) -> None:
    """`kill -9` of the process costs nothing but time."""
    small.answer(model, "counted", once=0)
    ticket = small.ask(model, "counted", once=1).json()["id"]
    process = small.jobs.processes[0]
    time.sleep(0.2)
    assert process.pid is not None
    killed = process.pid
    os.kill(killed, signal.SIGKILL)
    news = small.client.get(f"/api/jobs/{ticket}", params={"wait": 20, "seen": 1}).json()
    assert news["state"] == "done"
    assert news["value"]["process"] not in (killed, os.getpid())


def test_progress_is_told_while_it_is_made(small: Served, model: str) -> None:
    """Parts go up, and the first is heard before the answer."""
    ticket = small.ask(model, "counted", twice=1).json()["id"]
    seen, state = [0.0], "queued"
    while state in ("queued", "running"):
        news = small.client.get(f"/api/jobs/{ticket}", params={"wait": 10, "seen": seen[-1]}).json()
        seen.append(news["progress"])
        state = news["state"]
    assert seen == sorted(seen)
    assert any(0 < part < 1 for part in seen)


def test_what_is_given_up_ends_and_frees_the_worker(small: Served, model: str) -> None:
    """A cancelled task does not keep the next one waiting."""
    ticket = small.ask(model, "long").json()["id"]
    small.client.get(f"/api/jobs/{ticket}", params={"wait": 5, "seen": 0.1})
    assert small.client.delete(f"/api/jobs/{ticket}").json() == {"cancelled": True}
    assert small.client.delete(f"/api/jobs/{ticket}").json() == {"cancelled": False}
    assert small.answer(model, "labels", parameters={}, scenario=None)["state"] == "done"
    assert small.client.get(f"/api/jobs/{ticket}").json()["error"]["code"] == "W110"


def test_a_task_that_is_given_up_ends_by_itself_where_it_can(small: Served, model: str) -> None:
    """Its process goes on with the next one, with all that it has loaded."""
    before = small.answer(model, "polite", once=1)["value"]
    ticket = small.ask(model, "polite", long=True).json()["id"]
    time.sleep(0.3)
    small.client.delete(f"/api/jobs/{ticket}")
    assert small.answer(model, "polite", once=2)["value"] == before


def test_who_asks_the_same_waits_for_the_same(small: Served, model: str) -> None:
    """One gives up, the other still gets the answer; the task was done once."""
    one = small.ask(model, "counted", shared=1).json()["id"]
    other = small.ask(model, "counted", shared=1).json()["id"]
    assert one != other
    small.client.delete(f"/api/jobs/{one}")
    news = small.client.get(f"/api/jobs/{other}", params={"wait": 10, "seen": 1}).json()
    assert news["state"] == "done"
    again = small.answer(model, "counted", shared=1)
    assert again["value"] == news["value"]


def test_a_queued_task_is_given_up_without_a_process(small: Served, model: str) -> None:
    """What waits behind a long task and is cancelled never begins."""
    long = small.ask(model, "long", a=1).json()["id"]
    waiting = small.ask(model, "long", b=1).json()["id"]
    assert small.client.delete(f"/api/jobs/{waiting}").json() == {"cancelled": True}
    small.client.delete(f"/api/jobs/{long}")
    assert small.answer(model, "labels", parameters={"x": "1"})["state"] == "failed"


def test_answers_are_json_whatever_the_task_says(small: Served, model: str) -> None:
    """Infinite numbers are null, and texts stay texts."""
    value = small.answer(model, "infinite")["value"]
    assert value == {"a": None, "b": [None, 1.5], "c": "</script>\u2028"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"parameters": 7},
        {"parameters": {"x": 1}},
        {"parameters": {"x": "9" * 100_000}},
        {"levels": {"nothing": "1"}},
        {"parameters": {"__class__": "1"}},
        {"scenario": ["a"]},
        {"scenario": "none of this name"},
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    small: Served, model: str, arguments: dict[str, object]
) -> None:
    """With a code, not with a fault of the program."""
    news = small.answer(model, "labels", **arguments)
    assert news["state"] == "failed"
    assert code_of(news) != "U999"


def test_requests_that_make_no_sense_are_refused(small: Served, model: str) -> None:
    """Unknown tasks and models, numbers that are none, and bodies of another form."""
    post = small.client.post
    assert post("/api/jobs", json={"model": model, "task": "os.system"}).json()["error"]["code"] == "W111"
    assert post("/api/jobs", json={"model": model, "task": ["labels"]}).json()["error"]["code"] == "W111"
    assert post("/api/jobs", json={"model": model, "task": "labels", "arguments": 1}).status_code == 422
    assert post("/api/jobs", json={"model": "../x", "task": "labels"}).status_code == 404
    assert post("/api/jobs", content=b"x" * 300_000).status_code == 413
    assert small.client.get("/api/jobs/x", params={"wait": "nan", "seen": "inf"}).status_code == 404
    assert small.client.get("/api/models/x").status_code == 404


def test_an_expression_that_never_ends_is_given_up(small: Served) -> None:
    """Towers of powers are read, and no number of them is ever written down."""
    text = "payoff_matrix: [['x^64^64^64', 1], [1, 1]]\nparameters: {x: 3}"
    answer = small.client.post("/api/models", json={"text": text})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        news = small.answer(answer.json()["hash"], "labels", parameters={"x": "7/3"})
        assert news["state"] in ("done", "failed")
    assert small.client.get("/api/alive").status_code == 200


@POSIX
def test_workers_end_with_the_server() -> None:
    """No process is left, and no folder."""
    server = Served(1)
    server.client.get("/api/start")
    (process,) = server.jobs.processes
    pid, home = process.pid, process._home
    assert pid is not None
    assert home.is_dir()
    server.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not home.exists()


def test_the_server_itself_computes_nothing() -> None:
    """Models of any kind are opened without a library of numbers in the server's process."""
    script = (
        "import sys; import separatrix.studio.application, separatrix.cli.studio; "
        "heavy = ('numba', 'scipy', 'matplotlib', 'sympy', 'z3', 'pandas', 'numpy'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"

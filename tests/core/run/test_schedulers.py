"""A scheduler that is not there, or is none, is told as that, and soon."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from event_loops import run_in_thread
from separatrix.errors import InputError
from separatrix.run import workers
from separatrix.run.workers import Workers, by_dask, packed

pytest.importorskip("distributed", reason="comes with the extra `scale`")
MAIN = "import sys; from separatrix.cli import main; sys.exit(main())"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Yield the address of a program on this machine that is no Dask scheduler."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        kept: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                kept.append(connection)
                try:
                    answer(connection)
                except OSError:
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        for connection in kept:
            connection.close()


def asked(address: str) -> InputError:
    """Return the error of a run with that scheduler."""
    with pytest.raises(InputError) as problem:
        list(by_dask(lambda parcel, number: parcel, packed(None), [1], Workers.of(None, address)))
    assert problem.value.code == "D675"
    return problem.value


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_dead_address_ends_the_program_with_its_message() -> None:
    """Nothing keeps the program from ending once it has said that nobody answers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    command = ["sweep", "shi-chen-2018", "--over", "C1=0:8:5", "--scheduler", address]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *command], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert "D675" in done.stderr
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_loop_that_runs_already_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook's own loop does not keep a scheduler from being asked who it is."""
    monkeypatch.setattr(workers, "SECONDS", 1)

    async def from_a_notebook() -> InputError:
        with server(lambda connection: connection.sendall(b"\0")) as address:
            return asked(address)

    assert "no answer within 1 seconds" in run_in_thread(from_a_notebook).message


@pytest.mark.parametrize(
    "answer",
    [
        lambda c: c.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" * 3),
        lambda c: c.sendall(b"\0" * 8),
        lambda c: c.close(),
    ],
    ids=["http", "zeros", "close"],
)
def test_a_server_of_another_protocol_is_told_as_that(answer: Callable[[socket.socket], None]) -> None:
    """Garbage in place of Dask's greeting is an answer in words."""
    with server(answer) as address:
        told = asked(address).message
    assert "no Dask scheduler answers" in told
    assert "another protocol" in told or "closed" in told or "reset" in told


def test_the_limit_holds_for_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never answers is given up after the limit, which is shortened here."""
    monkeypatch.setattr(workers, "SECONDS", 1)
    with server(lambda connection: None) as address:
        assert "no answer within 1 seconds" in asked(address).message


@pytest.mark.parametrize("kind", ["ucx", "tls", "inproc", "http"])
def test_kinds_of_addresses_that_cannot_be_reached_are_refused(kind: str) -> None:
    """The message names the kinds that can."""
    with pytest.raises(InputError, match=f"begin with `{kind}://`") as problem:
        Workers.of(None, f"{kind}://127.0.0.1:8786")
    assert "tcp://" in str(problem.value.hint)

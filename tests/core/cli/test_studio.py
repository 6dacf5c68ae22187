"""The command that starts the studio: what it opens, what it says, and when it refuses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from separatrix.cli.app import run

Started = subprocess.Popen[str]


def started(*arguments: str, given: str | None = None) -> Started:
    """Start the program as a user does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "separatrix", "studio", *arguments, "--no-browser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None
    if given is not None:
        process.stdin.write(given)
    process.stdin.close()
    process.stdin = None
    return process


@pytest.fixture
def processes() -> Iterator[list[Started]]:
    """Collect what was started, and end it."""
    running: list[Started] = []
    yield running
    for process in running:
        process.kill()
        process.wait()


def first_line(process: Started) -> str:
    """Return the address that was printed."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_address_opens_the_game_and_ctrl_c_ends_all(processes: list[Started]) -> None:
    """A game from standard input is served at the address; after Ctrl-C no process is left."""
    process = started("-", given="title: Mine\npayoff_matrix: [[-1, 4], [0, 2]]\n")
    processes.append(process)
    address = first_line(process)
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        assert client.get(address).status_code == 200
        found = client.get(address.partition("?")[0] + "api/start").json()
    assert found["game"]["title"] == "Mine"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    own = children.read_text("ascii").split() if children.exists() else []
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert "Traceback" not in told
    for child in own:
        with pytest.raises(ProcessLookupError):
            os.kill(int(child), 0)


def test_a_folder_of_a_cluster_is_opened(processes: list[Started]) -> None:
    """A shipped cluster opens by its name, as in other commands."""
    process = started("kalundborg")
    processes.append(process)
    address = first_line(process)
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        client.get(address)
        found = client.get(address.partition("?")[0] + "api/start").json()
    assert (found["kind"], found["cluster"]["shipped"]) == ("cluster", "kalundborg")


def test_beyond_loopback_the_command_says_what_that_means(processes: list[Started]) -> None:
    """Whoever opens the page to a network is told before the address."""
    process = started("--host", "0.0.0.0")
    processes.append(process)
    assert first_line(process).startswith("http://127.0.0.1:")
    process.kill()
    _, told = process.communicate()
    assert "not encrypted" in told


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command says that refuses."""
    assert run(["studio", *arguments, "--no-browser"]) == 2
    return capsys.readouterr().err


def test_a_broken_file_is_refused_in_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the error that all commands give, before anything is served."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("payoff_matrix: [[1, 2], [Rr, 4]]", "utf-8")
    assert "S012" in refused(capsys, str(broken))
    assert "C401" in refused(capsys, "no-such-game")


def test_an_address_that_is_taken_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The port of another program, and a host that is not this machine."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert "W130" in refused(capsys, "--port", str(port))
    assert "W130" in refused(capsys, "--host", "192.0.2.1")
    assert "W130" in refused(capsys, "--port", "99999")

"""Pipes: one without a writer is left after a while, one with a writer is read to its end."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from separatrix.errors import InputError
from separatrix.io import files
from separatrix.io.files import read_bytes

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a named pipe."""
    path = tmp_path / "game.yaml"
    os.mkfifo(path)
    return path


def test_a_pipe_without_a_writer_is_left(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that nobody writes, and what to do."""
    assert files.PATIENCE == 5
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    with pytest.raises(InputError) as refused:
        read_bytes(pipe, 100, "a game file")
    assert refused.value.code == "G124" and refused.value.hint


def test_a_writer_may_take_its_time(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there is a writer, pauses longer than the patience do not end the reading."""
    monkeypatch.setattr(files, "PATIENCE", 0.2)

    def write() -> None:
        with pipe.open("wb", buffering=0) as stream:
            stream.write(b"format: ")
            time.sleep(0.5)
            stream.write(b"1\n")

    writer = threading.Thread(target=write)
    writer.start()
    assert read_bytes(pipe, 100, "a game file") == b"format: 1\n"
    writer.join()


def test_no_more_than_the_limit_is_taken_from_a_pipe(pipe: Path) -> None:
    """A writer that never ends is left at the limit."""

    def write() -> None:
        try:
            with pipe.open("wb", buffering=0) as stream:
                while True:
                    stream.write(b"x" * 1000)
        except BrokenPipeError:
            pass

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(InputError, match="G101"):
        read_bytes(pipe, 5000, "a game file")
    writer.join()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no /dev/fd")
def test_process_substitution_is_read() -> None:
    """What a shell passes as /dev/fd/N, a pipe without a name, is read."""
    reader, writer = os.pipe()
    os.write(writer, b"format: 1\n")
    os.close(writer)
    try:
        assert read_bytes(Path(f"/dev/fd/{reader}"), 100, "a game file") == b"format: 1\n"
    finally:
        os.close(reader)

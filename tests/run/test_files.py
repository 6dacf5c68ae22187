"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from separatrix.cli.output import write_text
from separatrix.run.files import replacing, unfinished


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_writing_changes_no_other_threads_files(tmp_path: Path) -> None:
    """Files that another thread makes meanwhile have the permissions that the user's mask gives."""
    mask = os.umask(0o027)
    try:
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                with replacing(tmp_path / "answer") as temporary:
                    temporary.write_text("42", "utf-8")
                write_text(tmp_path / "other", "42")

        thread = threading.Thread(target=write)
        thread.start()
        modes = set()
        for k in range(3000):
            file = tmp_path / f"{k}"
            file.touch()
            modes.add(file.stat().st_mode & 0o777)
        stop.set()
        thread.join()
        assert modes == {0o640}
        assert {(tmp_path / n).stat().st_mode & 0o777 for n in ("answer", "other")} == {0o640}
    finally:
        os.umask(mask)


def test_unfinished_files_do_not_meet(tmp_path: Path) -> None:
    """Threads that write in one folder at once have each its own file."""
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.extend(unfinished(tmp_path) for _ in range(100)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 800 == len(list(tmp_path.iterdir()))

"""`separatrix mcp` where it cannot serve."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from separatrix.cli.app import run


def test_a_missing_library_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the SDK is not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert run(["mcp"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("U905 ")
    assert "pip install 'mcp" in told.err or "with its extra `mcp`" in told.err


@pytest.mark.parametrize("folder", [Path(Path.cwd().anchor), Path("no-such-folder")])
def test_a_folder_that_keeps_nothing_apart_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The root of a disk, or a folder that is not there, is an error before anything is served."""
    assert run(["mcp", "--folder", str(folder)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("U920 ")
    assert "--folder" in told.err

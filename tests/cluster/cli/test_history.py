"""``separatrix calibrate --history``: what a history of adoption tells, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

COUNTS = "year,adopters,of\n" + "\n".join(
    f"{2014 + k},{n},60" for k, n in enumerate((6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54))
)


def test_a_file_of_counts_is_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON both advantages with intervals and the rivals; as CSV one number a row; and a figure."""
    file = tmp_path / "adoption.csv"
    file.write_text(COUNTS)
    assert run(["calibrate", str(file), "--history", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["groups"][0]["advantage_when_all"]["low"] > 0
    assert answer["rivals"]["plausible"] == ["replicator"]
    assert run(["calibrate", str(file), "--history", "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 + 2 + 3
    assert run(["calibrate", str(file), "--history", "--out", str(tmp_path / "a.svg")]) == 0
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert run(["calibrate", str(file), "--history", "--format", "csv", "--out", str(file)]) == 2
    assert file.read_text() == COUNTS


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--format", "svg"], "not a figure"), (["--history", "--format", "yaml"], "not a game file")],
)
def test_formats_that_do_not_fit_are_refused(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A calibration is no figure, and a history no game file."""
    assert run(["calibrate", "synthetic-park", *options]) == 2
    assert words in capsys.readouterr().err

"""What a user gets who installs the wheel: no extras, no tools of ours, nothing that only tests bring.

`scripts/dev.py test` makes one with the core alone and one with clusters, `soak` and `release-check` also one
with the platform, one with the newest releases, and one for each extra alone; they are named in
SEPARATRIX_PLAIN, a line `name=python` each.  Everything here runs in processes of those environments.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

PLACES = dict(line.split("=", 1) for line in os.environ.get("SEPARATRIX_PLAIN", "").splitlines())
EXTRAS = {
    "word": "docx",
    "pdf": "typst",
    "scale": "distributed",
    "mrio": "pymrio",
    "sympy": "sympy",
    "studio": "starlette",
    "mcp": "mcp",
    "park": "django",
    "postgres": "psycopg",
}
BRING = {"mcp": {"starlette"}, "park": {"starlette"}, "postgres": {"django", "starlette"}}
WITH_CLUSTERS = {"cluster", "mrio", "park", "postgres"}
ONE = PLACES or {"none": ""}
GAMES = [name for name in ONE if name != "cluster"]  # which has the libraries of `plain`, and one wheel more

pytestmark = pytest.mark.skipif(not PLACES, reason="SEPARATRIX_PLAIN names no environment (make test does)")


def call(python: str, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a plain environment, in a folder of its own, away from any source."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=environment | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
        encoding="utf-8",
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def separatrix(python: str, command: str, folder: Path) -> str:
    """Run one command and return what it prints; it must succeed."""
    done = call(python, ["-m", "separatrix", *command.split()], folder)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", GAMES)
class TestPlainInstall:
    """The verbs that people begin with."""

    def test_it_answers_from_a_folder_without_sources(self, name: str, tmp_path: Path) -> None:
        """`analyze` gives the whole answer as JSON, by numbers and by symbols."""
        answer = json.loads(separatrix(PLACES[name], "analyze shi-chen-2018 --format json", tmp_path))
        assert len(answer["rest_points"]) == 5
        general = json.loads(separatrix(PLACES[name], "analyze wang-2023 --symbolic --format json", tmp_path))
        assert general["completeness"]["status"] == "complete"

    def test_files_are_read_and_written_in_every_form(self, name: str, tmp_path: Path) -> None:
        """A template becomes a workbook and CSV and is read back to the same answer."""
        separatrix(PLACES[name], "new game.yaml", tmp_path)
        first = json.loads(separatrix(PLACES[name], "analyze game.yaml --format json", tmp_path))
        separatrix(PLACES[name], "convert game.yaml game.xlsx", tmp_path)
        again = json.loads(separatrix(PLACES[name], "analyze game.xlsx --format json", tmp_path))
        assert again["rest_points"] == first["rest_points"]

    def test_figures_reports_and_the_referee_work(self, name: str, tmp_path: Path) -> None:
        """A figure, a report without extras and the check of a paper are made."""
        separatrix(PLACES[name], "analyze shi-chen-2018 --out figure.svg", tmp_path)
        separatrix(PLACES[name], "report shi-chen-2018 --lang zh --out report.html", tmp_path)
        assert "<svg" in (tmp_path / "figure.svg").read_text("utf-8")
        assert (tmp_path / "report.html").stat().st_size > 10_000
        done = call(PLACES[name], ["-m", "separatrix", "check", "coal-safety"], tmp_path)
        assert done.returncode == 1, done.stderr
        assert "1.2 < H" in done.stdout

    def test_dynamics_work(self, name: str, tmp_path: Path) -> None:
        """Basins, a trajectory and a shock are computed."""
        for command in ("basins shi-chen-2018", "trajectory shi-chen-2018", "shock shi-chen-2018"):
            assert separatrix(PLACES[name], command, tmp_path).strip()

    def test_a_sweep_on_two_processes_gives_what_one_gives(self, name: str, tmp_path: Path) -> None:
        """Games travel to worker processes although nothing but the standard pickle is there."""
        sweep = "sweep shi-chen-2018 --over C1=0:8:9"
        if name == "scale":
            sweep += " --scheduler processes"
        separatrix(PLACES[name], f"{sweep} --workers 2 --out two.csv", tmp_path)
        separatrix(PLACES[name], "sweep shi-chen-2018 --over C1=0:8:9 --out one.csv", tmp_path)
        assert (tmp_path / "two.csv").read_text("utf-8") == (tmp_path / "one.csv").read_text("utf-8")

    def test_what_needs_an_extra_says_which_library(self, name: str, tmp_path: Path) -> None:
        """Without the extra, reports in Word and PDF name the library; with it they are written."""
        for extra, ending in (("word", "docx"), ("pdf", "pdf")):
            report = tmp_path / f"report.{ending}"
            done = call(
                PLACES[name],
                ["-m", "separatrix", "report", "shi-chen-2018", "--out", str(report)],
                tmp_path,
            )
            if name == extra:
                assert done.returncode == 0, done.stderr
                assert report.stat().st_size > 10_000
            else:
                assert done.returncode == 2
                assert "U905" in done.stderr
                assert f"(the extra `{extra}`)" in done.stderr
                assert not report.exists()


@pytest.mark.parametrize("name", ONE)
class TestDistributions:
    """What each of the three brings, and what is said where it is not installed."""

    def test_clusters_are_there_with_their_distribution_alone(self, name: str, tmp_path: Path) -> None:
        """The shipped cluster has accounts and a diagnosis, or its verb says what to install."""
        if name in WITH_CLUSTERS:
            assert "t" in separatrix(PLACES[name], "cluster account synthetic-park", tmp_path)
            separatrix(PLACES[name], "cluster diagnose synthetic-park --out park.html", tmp_path)
            assert (tmp_path / "park.html").stat().st_size > 10_000
            return
        for verb in ("cluster account", "calibrate", "brief"):
            done = call(PLACES[name], ["-m", "separatrix", *verb.split(), "synthetic-park"], tmp_path)
            assert done.returncode == 2
            assert "pip install separatrix-cluster" in done.stderr

    def test_the_platform_is_there_with_its_distribution_alone(self, name: str, tmp_path: Path) -> None:
        """A park can be made, or its verb says what to install."""
        if name in ("park", "postgres"):
            separatrix(PLACES[name], "park init here --name Here --email one@park.example", tmp_path)
            assert (tmp_path / "here" / "park.toml").is_file()
            return
        done = call(PLACES[name], ["-m", "separatrix", "park", "init", "here"], tmp_path)
        assert done.returncode == 2
        assert "pip install separatrix-park" in done.stderr

    def test_only_what_is_declared_is_there(self, name: str, tmp_path: Path) -> None:
        """No library of another extra is importable, so that none is used in secret."""
        script = (
            "import importlib.util as u, json; "
            f"print(json.dumps([n for n in {sorted(EXTRAS.values())} + ['cloudpickle', 'networkx'] "
            "if u.find_spec(n)]))"
        )
        found = set(json.loads(call(PLACES[name], ["-c", script], tmp_path).stdout))
        if name in ("plain", "newest", "cluster"):
            assert not found
        else:
            assert EXTRAS[name] in found
            assert not found & (set(EXTRAS.values()) - {EXTRAS[name]} - BRING.get(name, set()))

"""Input that once ended as an internal error is told in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from separatrix.cli.app import run

TWO = """format: 1
title: Two
populations:
  - {name: A, share: x, strategies: [c, d]}
  - {name: B, share: y, strategies: [c, d]}
today: {x: 0.2, y: 0.5}
"""
TABLE = TWO + "bimatrix: [[['1e300*1e300', 1], [0, 0]], [[0, 0], [1, 2]]]\n"
FORMULA = TWO + "payoff_functions: {A: {c: '1e300*1e300*y', d: '1'}, B: {c: 'x', d: '1/2'}}\n"
ROOT = TWO + "payoff_functions: {A: {c: 'min(1e300*1e300*y, 3)', d: '1'}, B: {c: 'x', d: '1/2'}}\n"
POLE = (
    TWO
    + """parameters: {k: {value: 0}}
payoff_functions: {A: {c: 'y/k', d: '1'}, B: {c: 'x', d: '1/2'}}
published: {replicator: {x: 'x*(1-x)*(y/k-1)'}}
"""
)
VERBS = ("analyze", "trajectory", "basins", "portrait", "shock", "report --out r.html")


def answer(command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command and return its exit code and what it says of errors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code = run(command.split())
    return code, capsys.readouterr().err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("text", [TABLE, FORMULA, ROOT], ids=["table", "formula", "root"])
def test_numbers_beyond_the_range_of_floats_are_refused_with_their_place(
    text: str, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Payoffs that no float can hold are refused by every verb that computes with them."""
    if text is ROOT and verb != "trajectory":
        pytest.skip("min is known to trajectories only")
    (tmp_path / "big.yaml").write_text(text, "utf-8")
    name, *rest = verb.split()
    code, told = answer(" ".join([name, "big.yaml", *rest]), tmp_path, capsys)
    assert code == 2
    assert told.startswith("V307 ")
    assert "1e600" in told
    assert max(map(len, told.splitlines())) < 220


@pytest.mark.parametrize("verb", ["analyze", "trajectory", "basins", "portrait"])
def test_a_pole_at_the_given_values_is_a_division_by_zero(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A payoff without a value is named."""
    (tmp_path / "pole.yaml").write_text(POLE, "utf-8")
    code, told = answer(f"{verb} pole.yaml", tmp_path, capsys)
    assert code == 2
    assert told.startswith("S003 ")


def test_check_passes_over_values_at_which_payoffs_have_a_pole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is claimed for all values is compared; the base values are no reason to stop."""
    (tmp_path / "pole.yaml").write_text(POLE, "utf-8")
    assert answer("check pole.yaml", tmp_path, capsys)[0] == 0
    (tmp_path / "pole.yaml").write_text(POLE.replace("y/k-1)", "y/k-2)"), "utf-8")
    assert answer("check pole.yaml", tmp_path, capsys)[0] == 1


@pytest.mark.parametrize("ending", ["nc", "csv", "json", "txt", "svg"])
def test_a_sweep_in_which_no_point_meets_the_assumptions_says_so(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All points are flagged, and the file is written all the same."""
    code, told = answer(f"sweep stag-hunt-one-population --over R=0:1:2 --out q.{ending}", tmp_path, capsys)
    assert code in (0, 2), told
    assert "U999" not in told
    if ending == "json":
        found = json.loads((tmp_path / "q.json").read_text("utf-8"))
        assert found["variables"]["status"]["words"] == ["breaks_assumption"]
    if ending == "nc":
        import xarray

        with xarray.open_dataset(tmp_path / "q.nc", engine="h5netcdf") as found:
            assert found.stable.values.tolist() == [-1, -1]


LIBRARIES = {
    "report shi-chen-2018 --out r.docx": ("docx", "U905"),
    "report shi-chen-2018 --out r.pdf": ("typst", "U905"),
    "sweep shi-chen-2018 --over R1=1:2:2 --scheduler local": ("distributed", "U905"),
    "studio shi-chen-2018 --no-browser": ("uvicorn", "U905"),
    "mcp --folder .": ("mcp", "U905"),
    "park init park --name P --email a@example.org": ("django", "U905"),
    "park serve park": ("django_tasks_db", "W202"),
    "portrait shi-chen-2018 --out p.svg": ("matplotlib", "U905"),
    "park init other --name P --email a@example.org --database postgresql://a@localhost/none": (
        "psycopg",
        "U905",
    ),
}


@pytest.mark.parametrize("command", LIBRARIES)
def test_a_library_that_is_not_installed_is_named(command: str, tmp_path: Path) -> None:
    """Whatever part of separatrix needs it, with how to install it."""
    library, code = LIBRARIES[command]
    program = (
        "import sys; from importlib.abc import MetaPathFinder\n"
        "class Lacking(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {library!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Lacking())\n"
        "from separatrix.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr[:5]) == (2, f"{code} ")


@pytest.mark.parametrize(
    "command",
    [
        "new {long}.yaml",
        "new {long}",
        "cluster new {long}",
        "cluster feedback synthetic-park --out {long}",
        "brief {long}",
        "report {long} --out r.html",
        "export-html {long} --out r.html",
        "park serve {long}",
        "park init {long} --name P --email a@example.org",
        "park admin restore {long} there",
        "park admin restore folder there",
        "park admin backup there --to file/below",
        "new folder/x.yaml/y.yaml",
        "new file/x.yaml",
        "analyze file/x.yaml",
        "analyze loop.yaml",
        "cluster check loop.yaml",
        "cluster account loop.yaml",
        "network shi-chen-2018 --links loop.yaml",
        "network shi-chen-2018 --links folder",
    ],
)
def test_a_name_that_the_system_refuses_is_told_in_words(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name too long, a folder for a file, a file for a folder, a link to itself."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    try:
        (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    except OSError:
        pytest.skip("links cannot be made here")
    code, text = answer(command.format(long="x" * 300), tmp_path, capsys)
    assert code == 2 and "U999" not in text

"""Input that once ended as an internal error is told in words."""

from __future__ import annotations

import json
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

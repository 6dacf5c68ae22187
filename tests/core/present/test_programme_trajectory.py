"""The figure of a temporary programme: the trajectory across the separatrix, and what its lines mean."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.figures.programmes import programme_overlay, temporary_programme_picture
from separatrix.languages import language_of
from separatrix.policy.temporary.results import TemporaryProgramme


@pytest.fixture(scope="module")
def found() -> TemporaryProgramme:
    """The whole cost of cooperating borne until the trajectory is 0.01 beyond the separatrix."""
    return separatrix.temporary_programme(separatrix.load("shi-chen-2018"), held={"subsidy": 1})


def test_the_lines_lead_from_the_start_across_and_on(found: TemporaryProgramme) -> None:
    """With support from (0.2, 0.3) to where it ends, after it from there to (1, 1), without it to (0, 0)."""
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    programme_overlay(found, language_of("en")).paint(axes, lambda state: state)
    lines = [np.array(line.get_xydata()) for line in axes.lines if len(line.get_xydata()) > 1]
    alone, after, supported = lines
    assert found.cheapest is not None
    assert supported[0] == pytest.approx([0.2, 0.3])
    assert after[0] == pytest.approx(supported[-1])
    assert after[-1] == pytest.approx([1, 1], abs=0.01)
    assert alone[-1] == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize(("lang", "told"), [("en", "support ends at 0.7331"), ("zh", "支持在0.7331结束")])
def test_the_legend_says_when_support_ends(found: TemporaryProgramme, lang: str, told: str) -> None:
    """Each line has its meaning, in the language of the figure."""
    drawn = temporary_programme_picture(found, language_of(lang))("svg").decode("utf-8")
    letters = re.sub(r"\s", "", "".join(re.findall(r">([^<>]+)</", drawn)))
    assert told.replace(" ", "") in letters


def test_the_verb_draws_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`programme --temporary --out x.svg` is the figure; a permanent programme has none."""
    out = tmp_path / "across.svg"
    held = ["programme", "shi-chen-2018", "--hold", "subsidy=1", "--out", str(out)]
    assert run(held) == 0
    assert out.read_text("utf-8").startswith("<svg")
    capsys.readouterr()
    assert run(["programme", "shi-chen-2018", "--instrument", "subsidy", "--format", "svg"]) == 2
    assert capsys.readouterr().err.startswith("U902")

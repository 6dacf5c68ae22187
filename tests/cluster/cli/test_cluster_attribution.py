"""Whatever is made of data under CC BY says whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix.cli.app import run

FORMATS = ("text", "json", "csv", "html", "md", "tex", "svg")


@pytest.mark.parametrize("form", FORMATS)
def test_accounts_name_the_source_and_the_licence_of_their_data(form: str, tmp_path: Path) -> None:
    """Rotterdam's accounts, in every format that is text, name the registry, the compiler and CC BY 4.0."""
    target = tmp_path / f"out.{form}"
    assert run(["cluster", "account", "rotterdam", "--format", form, "--out", str(target)]) == 0
    told = " ".join(target.read_text("utf-8").split())
    for part in ("EU Transaction Log", "cedricr/eutl", "CC BY 4.0"):
        assert part in told


@pytest.mark.parametrize("form", [f for f in FORMATS if f != "csv"])
def test_a_diagnosis_names_the_source_and_the_licence_of_its_data(form: str, tmp_path: Path) -> None:
    """So does the diagnosis; as CSV it has no row, for nothing can be scored."""
    target = tmp_path / f"out.{form}"
    assert run(["cluster", "diagnose", "rotterdam", "--format", form, "--out", str(target)]) == 0
    told = " ".join(target.read_text("utf-8").split())
    for part in ("EU Transaction Log", "cedricr/eutl", "CC BY 4.0"):
        assert part in told


def test_every_row_of_a_made_up_cluster_says_so(tmp_path: Path) -> None:
    """A row copied out of a table of the synthetic park still says that nothing was measured."""
    target = tmp_path / "out.csv"
    assert run(["cluster", "diagnose", "synthetic-park", "--out", str(target)]) == 0
    head, *rows = target.read_text("utf-8").splitlines()
    assert head.endswith("data_source")
    assert rows
    assert all("made up" in row for row in rows)

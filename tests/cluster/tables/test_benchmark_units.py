"""A benchmark is compared in its own unit, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix.sentences import Sentence
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.input_output_tables import benchmark_scale

HERE = Description("Here", currency="CNY", exchange_rates={"EUR": 7.8})
CARBON, ENERGY_PER, WORKER = "carbon per value added", "energy per value added", "value added per worker"


@pytest.mark.parametrize(
    ("unit", "indicator", "scale"),
    [
        ("t/10k CNY", CARBON, 1e-4),
        ("tCO2/万元", CARBON, 1e-4),
        ("t CO₂e / 10k CNY", CARBON, 1e-4),
        ("吨二氧化碳/万元", CARBON, 1e-4),
        ("kgCO2/CNY", CARBON, 1e-3),
        ("kg/10k CNY", CARBON, 1e-7),
        ("t/million CNY", CARBON, 1e-6),
        ("t/亿元", CARBON, 1e-8),
        ("t/100 million CNY", CARBON, 1e-8),
        ("kt/billion CNY", CARBON, 1e-6),
        ("t/kEUR", CARBON, 1 / 7.8e3),
        ("tce/万元", ENERGY_PER, 29.307e-4),
        ("kgce/元", ENERGY_PER, 0.029307),
        ("MJ/EUR", ENERGY_PER, 1e-3 / 7.8),
        ("10k CNY/worker", WORKER, 1e4),
        ("万元/人", WORKER, 1e4),
        ("k EUR/person", WORKER, 7.8e3),
        ("", "value-added rate", 1.0),
        ("%", "R&D intensity", 0.01),
    ],
)
def test_units_that_are_understood(unit: str, indicator: str, scale: float) -> None:
    """By hand: what one of the unit is in t, GJ and yuan."""
    assert benchmark_scale(unit, indicator, HERE) == pytest.approx(scale, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "indicator"),
    [
        ("", CARBON),
        ("t", CARBON),
        ("t/t", CARBON),
        ("tce/10k CNY", CARBON),
        ("t/10k", CARBON),
        ("t/k USD", CARBON),
        ("mt/10k CNY", CARBON),
        ("t/10k CNY", ENERGY_PER),
        ("share", WORKER),
        ("10k CNY", WORKER),
        ("10k CNY/t", WORKER),
        ("10k USD/worker", WORKER),
        ("t", "export share"),
    ],
)
def test_units_that_are_refused(unit: str, indicator: str) -> None:
    """No unit, another dimension, another currency without a rate: any scale would be a guess."""
    assert isinstance(benchmark_scale(unit, indicator, HERE), Sentence)


ROWS = ENERGY + "E01,2023,raw coal,1000,t\n"
ACCOUNTS = "enterprise,year,value_added\nE01,2023,1000\n"
HEAD = "sector,indicator,q1,median,q3,unit\n"


def scored(folder: Path, row: str) -> tuple[float | None, list[tuple[str, int | None, str | None, str]]]:
    """Return the score of carbon per value added, and the remarks on the benchmark."""
    read = park(folder, DESCRIPTION, energy=ROWS, accounts=ACCOUNTS, benchmarks=HEAD + row + "\n")
    growth = diagnose(read).difficulties[1]
    score = next(i.score for i in growth.indicators if i.id == "carbon-per-value-added")
    return score, [*found(read.remarks, "K130"), *found(read.remarks, "K131")]


def test_the_same_benchmark_in_other_units_gives_the_same_score(tmp_path: Path) -> None:
    """1.9003 t per 10k CNY lies between the median 1.5 and the upper quartile 2.3, however they are told."""
    first, remarks = scored(tmp_path / "a", f"all,{CARBON},1,1.5,2.3,t/10k CNY")
    assert remarks == [] and first == pytest.approx(0.5 + 0.25 * (1.90031 - 1.5) / 0.8, abs=1e-5)
    for n, row in enumerate(
        ("0.1,0.15,0.23,kgCO2/CNY", "100,150,230,t/million CNY", "10000,15000,23000,t/亿元")
    ):
        score, remarks = scored(tmp_path / str(n), f"all,{CARBON},{row}")
        assert remarks == [] and score == pytest.approx(first, abs=1e-12)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (f"all,{CARBON},1,1.5,2.3,", "unit"),
        (f"all,{CARBON},1,1.5,2.3,t/10k USD", "unit"),
        (f"all,{CARBON},1,1.5,2.3,tce/10k CNY", "unit"),
        (f"all,{CARBON},2.3,1.5,1,t/10k CNY", "median"),
    ],
)
def test_what_is_not_understood_scores_nothing(tmp_path: Path, row: str, column: str) -> None:
    """The row is left out with its place, and the indicator stays without a score."""
    score, remarks = scored(tmp_path, row)
    assert score is None
    assert remarks == [("benchmarks.csv", 2, column, "error")]


@pytest.mark.parametrize(
    ("q", "unit", "lost"), [("20,28,35", "", True), ("20,28,35", "%", False), ("0.2,0.28,0.35", "", False)]
)
def test_a_share_above_one_is_in_percent(tmp_path: Path, q: str, unit: str, lost: bool) -> None:
    """Without its unit it would be a hundred times too high, so it is left out."""
    rows = f"sector,indicator,q1,median,q3,unit\nall,value-added rate,{q},{unit}\n"
    read = park(tmp_path, energy=ENERGY + "E01,2024,diesel,1,t\n", benchmarks=rows)
    assert bool(found(read.remarks, "K131")) is lost and len(read.table("benchmarks")) == (not lost)
